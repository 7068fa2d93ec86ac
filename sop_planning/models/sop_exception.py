from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .navigation import open_action
from .res_company import REFERENCES
from .sop_severity_mixin import SEVERITIES

DEVIATION, NO_FAMILY, UNIT_MISMATCH = "deviation", "no_family", "unit_mismatch"
CUSTOMER, LAUNCH, ORDER_INTAKE, BIAS = "customer", "launch", "order_intake", "bias"
NO_PRODUCT_DATA = "no_product_data"
KINDS = [
    (DEVIATION, "Forecast deviation"),
    (CUSTOMER, "Customer pattern"),
    (LAUNCH, "Launch approaching"),
    (ORDER_INTAKE, "Orders above plan"),
    (BIAS, "Biased forecast"),
    (NO_FAMILY, "Product without family"),
    (NO_PRODUCT_DATA, "Demand without product data"),
    (UNIT_MISMATCH, "Order in a foreign unit"),
]
NEEDS_REASON = ("dismissed", "snoozed")


class SopException(models.Model):
    _name = "sop.exception"
    _description = "S&OP Exception"
    _inherit = [
        "sop.readonly.mixin", "sop.money.mixin", "sop.severity.mixin", "mail.thread",
        "mail.activity.mixin",
    ]  # fmt: skip
    _money_fields = ("facts",)
    _order = "cycle_id desc, amount_impact desc, id"

    cycle_id = fields.Many2one("sop.cycle", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    natural_key = fields.Char(
        required=True,
        readonly=True,
        help="What the exception is about: it stays the same record as long as the cause lasts.",
    )
    active = fields.Boolean(
        string="Shown",
        default=True,
        readonly=True,
        help="The cause stands, and it is among the largest by money or has an answer.",
    )
    has_cause = fields.Boolean(
        string="Cause stands",
        default=True,
        readonly=True,
        help="The cause still stands in the cycle's last figures.",
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    family_id = fields.Many2one(
        "product.category", readonly=True, index="btree_not_null", ondelete="set null"
    )
    product_id = fields.Many2one(
        "product.product", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    event_id = fields.Many2one(
        "sop.event", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    # figures of the sentence that have no column of their own, by kind
    facts = fields.Json(readonly=True)
    bucket_start = fields.Date(string="From", readonly=True)
    bucket_end = fields.Date(string="Until before", readonly=True)
    reference = fields.Selection(REFERENCES, string="Compared with", readonly=True)
    amount_impact = fields.Monetary(
        string="Impact", readonly=True, help="What the exception is worth over its months."
    )
    reason = fields.Text(compute="_compute_reason", help="The arithmetic in one sentence.")
    user_id = fields.Many2one(
        "res.users", string="Owner", tracking=True, domain="[('share', '=', False)]"
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("accepted", "Accepted"),
            ("adjusted", "Adjusted"),
            ("snoozed", "Snoozed"),
            ("dismissed", "Dismissed"),
        ],
        default="open",
        required=True,
        tracking=True,
    )
    severity_answered = fields.Selection(SEVERITIES, string="Severity when answered", readonly=True)
    deviation_answered = fields.Float(string="Deviation when answered", readonly=True)
    date_snooze = fields.Date(
        string="Snoozed until",
        tracking=True,
        help="From this day on the exception is open again, in whatever cycle.",
    )
    note = fields.Text(string="Answer", tracking=True, help="Why it was accepted or dismissed.")

    _cycle_key_unique = models.Constraint(
        "UNIQUE (cycle_id, natural_key)", "A cycle raises the same cause once."
    )

    @api.depends("kind")
    def _compute_severity_label(self):
        return super()._compute_severity_label()

    def _severity_word(self):
        """Causes that are no deviation show their severity in words."""
        if self.kind in (LAUNCH, NO_FAMILY, NO_PRODUCT_DATA, UNIT_MISMATCH):
            return dict(self._fields["severity"]._description_selection(self.env))[self.severity]
        return super()._severity_word()

    @api.depends("kind", "partner_id", "product_id", "family_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for exception in self:
            exception.display_name = f"{kinds.get(exception.kind)}: {exception._subject()}"

    def _subject(self):
        """Whom or what the exception is about."""
        return (
            self.partner_id.display_name
            or self.product_id.display_name
            or self.family_id.name
            or ""
        )

    def write(self, vals):
        if set(vals) & {"state", "user_id", "note", "date_snooze"}:
            self.cycle_id._check_not_frozen()
        if set(vals) & {"state", "note", "date_snooze"} and not self.env.su:
            self._check_reason(vals)
        if vals.get("state", "snoozed") != "snoozed":
            vals = {**vals, "date_snooze": False}
        result = super().write(vals)
        if "state" in vals:
            for severity, exceptions in self.grouped("severity").items():
                exceptions = exceptions.sudo()
                super(SopException, exceptions).write({"severity_answered": severity})
            for deviation, exceptions in self.grouped("deviation").items():
                exceptions = exceptions.sudo()
                super(SopException, exceptions).write({"deviation_answered": deviation})
        return result

    def _check_reason(self, vals):
        """Who says that nothing needs to be done says why, and until when."""
        for exception in self:
            state = vals.get("state", exception.state)
            if state in NEEDS_REASON and not (vals.get("note", exception.note) or "").strip():
                raise UserError(
                    self.env._(
                        "Say why %s needs no action: enter an answer.", exception.display_name
                    )
                )
            day = fields.Date.to_date(vals.get("date_snooze", exception.date_snooze))
            if state == "snoozed" and not (day and day > exception.company_id._sop_today()):
                raise UserError(
                    self.env._(
                        "Choose a coming day on which %s is open again.", exception.display_name
                    )
                )

    def _answer(self, state, reason, note=None, **vals):
        """Answer with a reason; the chatter remembers who and when."""
        text = ": ".join(part for part in (reason, note) if part)
        said = {"note": text} if text else {}  # each one keeps what was said before
        self.write({"state": state, **said, **vals})

    def _reopen_as_worse(self):
        """What was answered is asked again when it is another thing than it was."""
        for exception in self:
            before = f"{100 * exception.deviation_answered:+,.1f} %"
            exception.write({"state": "open"})
            exception.message_post(
                body=self.env._(
                    "Open again: the deviation is %(now)s, it was %(before)s when answered.",
                    now=exception._severity_word(),
                    before=before,
                )
            )

    def _wake(self):
        """Snoozed until today."""
        self.write({"state": "open"})

    def action_accept(self):
        """The plan is right as it is."""
        self.write({"state": "accepted"})

    def action_adjust(self):
        """Change the plan that the exception is about."""
        self.ensure_one()
        lines = self.env["sop.demand.line"].search(self._lines_domain())
        first, last = self.bucket_start, fields.Date.subtract(self.bucket_end, days=1)
        if first < self.cycle_id.month:  # the cause lies in the past, the answer in the next months
            first = self.cycle_id.month
            last = fields.Date.subtract(fields.Date.add(first, months=3), days=1)
        months = {"month_from": first, "month_to": last}
        return self.env["sop.demand.adjust"]._open(lines, self, **months)

    def action_ask_accept(self):
        """The plan is right, and why."""
        return self._ask("accepted")

    def action_dismiss(self):
        return self._ask("dismissed")

    def action_snooze(self):
        return self._ask("snoozed")

    def _ask(self, state):
        """The dialog that asks for the reason of an answer."""
        wizard = self.env["sop.exception.answer"].create(
            {"state": state, "exception_ids": [fields.Command.set(self.ids)]}
        )
        names = {
            "accepted": self.env._("Accept"),
            "snoozed": self.env._("Snooze"),
            "dismissed": self.env._("Dismiss"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": names[state],
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_reopen(self):
        self.write({"state": "open"})

    def action_open_lines(self):
        """The plan lines behind the exceptions."""
        return open_action(self.env, "sop_demand_line_action", self._lines_domain(), "list")

    def _lines_domain(self):
        products = self.product_id
        families = self.filtered(lambda exception: not exception.product_id).family_id
        subjects = Domain("product_id", "in", products.ids) | Domain(
            "family_id", "in", families.ids
        )
        return list(Domain("cycle_id", "in", self.cycle_id.ids) & subjects)

    def action_open_product(self):
        return self._open_record(self.product_id)

    def action_open_customer(self):
        return self._open_record(self.partner_id)

    def action_open_event(self):
        return self._open_record(self.event_id)

    def _open_record(self, record):
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def action_open_orders(self):
        """The customer's orders, or the product's of these months."""
        self.ensure_one()
        if self.partner_id:
            self.env["sale.order"].check_access("read")
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Orders"),
                "res_model": "sale.order",
                "views": [(False, "list"), (False, "form")],
                "domain": [
                    ("partner_id", "child_of", self.partner_id.ids),
                    ("state", "=", "sale"),
                    ("company_id", "=", self.company_id.id),
                ],
                "context": {"create": False},
            }
        if not self.product_id:
            raise UserError(self.env._("Open the plan lines of a family, then their orders."))
        months, day = [], self.bucket_start
        while day < self.bucket_end:
            months.append((self.company_id, self.product_id.id, day))
            day = fields.Date.add(day, months=1)
        return self.env["sop.source"]._action_demand_lines(months)
