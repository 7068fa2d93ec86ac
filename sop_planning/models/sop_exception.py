from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from .navigation import open_action
from .res_company import REFERENCES

DEVIATION, NO_FAMILY, UNIT_MISMATCH = "deviation", "no_family", "unit_mismatch"
KINDS = [
    (DEVIATION, "Forecast deviation"),
    (NO_FAMILY, "Product without family"),
    (UNIT_MISMATCH, "Order in a foreign unit"),
]


class SopException(models.Model):
    _name = "sop.exception"
    _description = "S&OP Exception"
    _inherit = ["sop.readonly.mixin", "sop.severity.mixin", "mail.thread", "mail.activity.mixin"]
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
        default=True, readonly=True, help="The cause still stands in the cycle's last figures."
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    family_id = fields.Many2one(
        "product.category", readonly=True, index="btree_not_null", ondelete="set null"
    )
    product_id = fields.Many2one(
        "product.product", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", readonly=True, ondelete="cascade")
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
    note = fields.Text(string="Answer", tracking=True, help="Why it was accepted or dismissed.")

    _cycle_key_unique = models.Constraint(
        "UNIQUE (cycle_id, natural_key)", "A cycle raises the same cause once."
    )

    @api.depends("kind", "product_id", "family_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for exception in self:
            subject = exception.product_id.display_name or exception.family_id.name
            exception.display_name = f"{kinds.get(exception.kind)}: {subject}"

    @api.depends(
        "kind", "qty_consensus", "qty_reference", "deviation", "amount_impact", "reference"
    )
    @api.depends_context("lang")
    def _compute_reason(self):
        for exception in self:
            sentence = getattr(exception, f"_reason_{exception.kind}", None)
            exception.reason = sentence and sentence()

    def _reason_deviation(self):
        values = {
            "subject": self.product_id.display_name or self.family_id.name,
            "months": self._months_label(),
            "plan": formatLang(self.env, self.qty_consensus, digits=0),
            "reference": formatLang(self.env, self.qty_reference, digits=0),
            "deviation": self._deviation_label(),
            "impact": self._impact_label(),
        }
        if self.is_new:
            return self.env._(
                "%(subject)s: %(plan)s planned for %(months)s, worth %(impact)s, and nothing to"
                " compare with: new demand.",
                **values,
            )
        return self._sentences().get(self.reference, "%(subject)s") % values

    def _sentences(self):
        """A whole sentence a reference, so that translators can inflect it."""
        return {
            "trend": self.env._(
                "%(subject)s: %(plan)s planned for %(months)s against %(reference)s by trend (last"
                " year times growth): %(deviation)s, worth %(impact)s."
            ),
            "statistical": self.env._(
                "%(subject)s: %(plan)s planned for %(months)s against a statistical forecast of"
                " %(reference)s: %(deviation)s, worth %(impact)s."
            ),
            "last_plan": self.env._(
                "%(subject)s: %(plan)s planned for %(months)s against %(reference)s in the last"
                " approved plan: %(deviation)s, worth %(impact)s."
            ),
            "last_year": self.env._(
                "%(subject)s: %(plan)s planned for %(months)s against %(reference)s in the same"
                " months last year: %(deviation)s, worth %(impact)s."
            ),
        }

    def _reason_no_family(self):
        return self.env._(
            "%(product)s has no product category, so its %(impact)s of the last twelve months"
            " belong to no family: give the product a category.",
            product=self.product_id.display_name,
            impact=self._impact_label(),
        )

    def _reason_unit_mismatch(self):
        return self.env._(
            "%(impact)s of orders for %(product)s are in a unit that cannot be converted to"
            " %(unit)s and are left out of its history: correct the unit of the orders.",
            product=self.product_id.display_name,
            unit=self.product_id.uom_id.name,
            impact=self._impact_label(),
        )

    def _impact_label(self):
        return formatLang(
            self.env, self.amount_impact, currency_obj=self.currency_id, rounding_unit="units"
        )

    def _months_label(self):
        last = self.bucket_end - relativedelta(months=1)
        return " - ".join(
            format_date(self.env, day, date_format="MMM yyyy") for day in (self.bucket_start, last)
        )

    def write(self, vals):
        if set(vals) & {"state", "user_id", "note"}:
            self.cycle_id._check_not_frozen()
        return super().write(vals)

    def action_accept(self):
        self.write({"state": "accepted"})

    def action_dismiss(self):
        self.write({"state": "dismissed"})

    def action_snooze(self):
        self.write({"state": "snoozed"})

    def action_reopen(self):
        self.write({"state": "open"})

    def action_open_lines(self):
        """The plan lines behind the exception."""
        domain = [("cycle_id", "in", self.cycle_id.ids)]
        products = self.product_id
        families = self.filtered(lambda exception: not exception.product_id).family_id
        subjects = Domain("product_id", "in", products.ids) | Domain(
            "family_id", "in", families.ids
        )
        domain = list(Domain(domain) & subjects)
        return open_action(self.env, "sop_demand_line_action", domain, "list")

    def action_open_product(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "product.product",
            "res_id": self.product_id.id,
            "views": [(False, "form")],
        }
