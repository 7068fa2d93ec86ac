import sys

from odoo import api, fields, models
from odoo.exceptions import UserError

MEASURES = [
    ("qty", "Demand in units"),
    ("revenue", "Revenue"),
    ("margin", "Margin"),
    ("stock", "Stock value"),
    ("service", "Service level"),
]


class SopTarget(models.Model):
    """A budget figure of a family and month; demand is compared with its units or revenue."""

    _name = "sop.target"
    _description = "S&OP Target"
    _inherit = ["sop.money.mixin", "sop.bucket.mixin"]
    _money_fields = ("value",)
    _order = "company_id, family_id, bucket_start, measure"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    family_id = fields.Many2one(
        "product.category",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('sop_family_id', '!=', False)]",
    )
    bucket_start = fields.Date(readonly=False, help="Any day of the month.")
    measure = fields.Selection(MEASURES, required=True, default="revenue")
    value = fields.Float(
        required=True,
        help="Units, company currency, or a ratio for the service level.",
    )

    _family_month_measure_unique = models.Constraint(
        "UNIQUE (company_id, family_id, bucket_start, measure)",
        "A family has one target a month and measure.",
    )

    @api.depends("family_id", "bucket_start")
    def _compute_display_name(self):
        for target in self:
            target.display_name = f"{target.family_id.name} {target.bucket_label or ''}"

    @api.model_create_multi
    def create(self, vals_list):
        """A target that exists takes the new value, so that a file can be imported again."""
        targets = self.browse()
        for vals in map(self._with_first_day, vals_list):
            key = {"company_id": self.env.company.id, "measure": "revenue", **vals}
            names = ("company_id", "family_id", "bucket_start", "measure")
            known = self.search([(name, "=", key.get(name)) for name in names], limit=1)
            if known:
                known.write({"value": vals.get("value", 0.0)})
            targets += known or super().create([vals])
        targets._check_value()
        return targets

    def write(self, vals):
        result = super().write(self._with_first_day(vals))
        if "company_id" in vals:
            self.check_access("write")
        self._check_value()
        return result

    @api.model
    def _with_first_day(self, vals):
        return self.env["sop.demand.input"]._with_first_day(vals)

    def _check_value(self):
        for target in self:
            limit = 1 if target.measure == "service" else sys.float_info.max
            if not 0 <= target.value <= limit:
                raise UserError(
                    self.env._(
                        "%(value)s cannot be the target of %(target)s: a target is not negative,"
                        " and a service level lies between 0 and 1.",
                        value=target.value,
                        target=target.display_name,
                    )
                )

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Import Template for Targets"),
                "template": "/sop_planning/static/xls/targets.xlsx",
            }
        ]
