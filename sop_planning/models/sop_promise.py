from odoo import api, fields, models
from odoo.exceptions import UserError

from .navigation import open_action


class SopPromise(models.Model):
    """A ledger: what vendors promised, and when it was recorded. Nobody edits it; Odoo itself keeps
    the current date of a purchase line only."""

    _name = "sop.promise"
    _description = "S&OP Supplier Promise"
    _inherit = ["sop.money.mixin"]
    _order = "date_recorded desc, id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    order_line_id = fields.Many2one(
        "purchase.order.line", string="Purchase line", readonly=True, ondelete="set null"
    )
    order_id = fields.Many2one(
        "purchase.order",
        string="Purchase order",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    order_name = fields.Char(
        string="Order", readonly=True, help="The order's number, also when it has been deleted."
    )
    partner_id = fields.Many2one(
        "res.partner", string="Vendor", readonly=True, ondelete="set null", index="btree_not_null"
    )
    product_id = fields.Many2one(
        "product.product", readonly=True, ondelete="set null", index="btree_not_null"
    )
    date_promised = fields.Date(
        string="Promised", required=True, readonly=True, help="In the company's time zone."
    )
    # as it stood on the line: a change of the company's time zone is no new promise
    date_planned = fields.Datetime(string="Expected arrival", readonly=True)
    date_recorded = fields.Datetime(string="Recorded on", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Recorded by", readonly=True, ondelete="set null")
    source = fields.Selection(
        [
            ("confirmed", "Order confirmed"),
            ("changed", "Changed later"),
            ("reconstructed", "Reconstructed"),
        ],
        required=True,
        readonly=True,
        help="Reconstructed: from the records of an order that was confirmed before the ledger"
        " began, or by an import. Earlier dates of it may be lost.",
    )
    sequence = fields.Integer(string="Promise no.", required=True, readonly=True, aggregator=None)
    is_first = fields.Boolean(string="First promise", readonly=True)
    is_last = fields.Boolean(string="Latest promise", readonly=True)
    is_window = fields.Boolean(
        string="Delivery window",
        readonly=True,
        help="The promise that the vendor is measured by: the first one, or an earlier date that"
        " was confirmed later for the same quantity.",
    )
    is_cancelled = fields.Boolean(
        string="Withdrawn", readonly=True, help="The line is not ordered any more."
    )
    days_moved = fields.Integer(
        string="Moved by (days)",
        readonly=True,
        help="Days after the promise before it; negative: earlier.",
    )
    qty = fields.Float(
        string="Promised quantity",
        digits="Product Unit",
        readonly=True,
        help="In the product's unit.",
    )
    qty_received = fields.Float(
        string="Received in time",
        digits="Product Unit",
        readonly=True,
        help="Received by the promised day and the tolerance, returns deducted.",
    )
    amount = fields.Monetary(readonly=True, help="What was promised, without taxes.")
    days_late = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Full receipt after the promised day; until today for what is overdue; negative:"
        " early.",
    )
    has_days_late = fields.Boolean(string="Lateness known", readonly=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("kept", "Kept"),
            ("missed", "Missed"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        default="open",
        required=True,
        readonly=True,
        help="Kept: fully received by the promised day. As of the last check, which happens every"
        " night and with every refresh.",
    )

    _line_sequence_unique = models.UniqueIndex(
        "(order_line_id, sequence) WHERE order_line_id IS NOT NULL",
        "A purchase line has one promise of each number.",
    )
    _company_date_index = models.Index("(company_id, date_promised) WHERE is_last")
    _company_open_index = models.Index("(company_id) WHERE state = 'open'")

    @api.depends("order_name", "date_promised")
    def _compute_display_name(self):
        for promise in self:
            day = fields.Date.to_string(promise.date_promised)
            promise.display_name = " ".join(part for part in (promise.order_name, day) if part)

    @api.model
    def _record(self, lines):
        """Append what ordered purchase lines promise now, where it is not what they promised last.
        Called by the hooks, as superuser."""
        known = self.search([("order_line_id", "in", lines.ids)], order="sequence")
        by_line = known.grouped("order_line_id")
        vals_list = [self._vals(line, by_line.get(line, self.browse())) for line in lines]
        return self.create([vals for vals in vals_list if vals])

    def _vals(self, line, before):
        """The values of a line's new entry; ``before`` are its entries so far, oldest first, whose
        marks are moved on. Nothing when it promises the same as last time."""
        facts = line._sop_promise_facts()
        standing = before.filtered(lambda entry: not entry.is_cancelled)
        last, window = standing[-1:], standing.filtered("is_window")
        if last and last._is_same(facts):
            return None
        day = facts["date_promised"]
        is_window = not window or (
            self._is_confirmed_earlier(line, last, facts) and day < window.date_promised
        )
        before.filtered("is_last").is_last = False
        if is_window:
            window.is_window = False
        return {
            **facts,
            "date_recorded": fields.Datetime.now(),
            "user_id": self.env.uid,
            "source": "changed" if last else "confirmed",
            "sequence": before[-1:].sequence + 1,
            "is_first": not last,
            "is_last": True,
            "is_window": is_window,
            "days_moved": (day - last.date_promised).days if last else 0,
        }

    def _is_confirmed_earlier(self, line, last, facts):
        """Whether a date may be one that the vendor confirmed. What is recorded after its own day
        corrects a record; and with another quantity Odoo itself proposes a date by the usual lead
        time."""
        is_coming = line.company_id._sop_today() <= facts["date_promised"]
        return is_coming and last._is_same_qty(facts)

    def _is_same_qty(self, facts):
        unit = self.product_id.uom_id
        return not unit or unit.compare(facts["qty"], self.qty) == 0

    def _is_same(self, facts):
        """Whether an entry says what a line promises now."""
        is_same_day = (
            facts["date_promised"] == self.date_promised
            or facts["date_planned"] == self.date_planned
        )
        return (
            is_same_day and facts["partner_id"] == self.partner_id.id and self._is_same_qty(facts)
        )

    @api.model
    def _withdraw(self, lines):
        """The promises of lines that are not ordered any more: kept, and marked."""
        standing = [("order_line_id", "in", lines.ids), ("is_cancelled", "=", False)]
        self.search(standing).write({"is_cancelled": True, "state": "cancelled"})

    @api.model
    def _check(self, company):
        """Complete the company's ledger from native records, and judge what became of it."""
        planner = self.env["sop.planner"]
        planner._reconstruct_promises(company)
        planner._judge_promises(company, company._sop_today())

    @api.model
    def _check_all(self):
        for company in self.env["res.company"].search([]):
            self._check(company)

    @api.model
    def _cron_check(self):
        """Every night: what loaders and imports wrote past the hooks, and what has become due."""
        cron, companies = self.env["ir.cron"], self.env["res.company"].search([])
        for position, company in enumerate(companies, start=1):
            self._check(company)
            if not cron._commit_progress(1, remaining=len(companies) - position):
                break

    def action_open_order(self):
        """The purchase order behind a promise."""
        self.ensure_one()
        if not self.order_id:
            raise UserError(
                self.env._(
                    "Purchase order %s has been deleted: only its promises are left.",
                    self.order_name or "",
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "purchase.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }

    def action_open_history(self):
        """Every promise of the same purchase line."""
        self.ensure_one()
        domain = [("order_line_id", "=", self.order_line_id.id)]
        if not self.order_line_id:  # the line is gone: what is known of it is its order and product
            domain = [
                ("company_id", "=", self.company_id.id),
                ("order_name", "=", self.order_name),
                ("product_id", "=", self.product_id.id),
            ]
        return open_action(self.env, "sop_promise_action", domain, "list")
