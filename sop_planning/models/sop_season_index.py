from odoo import api, fields, models
from odoo.exceptions import UserError

MONTH_NUMBERS = [(str(n), str(n)) for n in range(1, 13)]


class SopSeasonIndex(models.Model):
    """How much of an average month a family sells in a month of the year."""

    _name = "sop.season.index"
    _description = "S&OP Seasonal Index"
    _inherit = ["sop.readonly.mixin"]
    _order = "company_id, family_id, month_number"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    family_id = fields.Many2one(
        "product.category", required=True, readonly=True, index=True, ondelete="cascade"
    )
    month_number = fields.Integer(
        string="Month of the year", required=True, readonly=True, aggregator=None
    )
    month_name = fields.Char(string="Month", compute="_compute_month_name")
    index_computed = fields.Float(
        string="Measured",
        digits=(16, 3),
        readonly=True,
        aggregator="avg",
        help="Measured from the family's corrected history: 1 is an average month.",
    )
    index_override = fields.Float(
        string="Chosen",
        digits=(16, 3),
        aggregator="avg",
        help="Enter another index to move the statistical forecast of this month of the year.",
    )
    is_overridden = fields.Boolean(string="Changed by hand")
    index_used = fields.Float(
        string="Index", digits=(16, 3), compute="_compute_index_used", store=True, aggregator="avg"
    )
    user_id = fields.Many2one("res.users", string="Changed by", readonly=True)
    note = fields.Char(help="Why the measured index does not hold.")

    _company_family_month_unique = models.Constraint(
        "UNIQUE (company_id, family_id, month_number)",
        "A family has one seasonal index a month of the year.",
    )

    @api.depends("month_number")
    @api.depends_context("lang")
    def _compute_month_name(self):
        for index in self:
            day = fields.Date.to_date(f"2001-{index.month_number or 1:02d}-01")
            index.month_name = self.env["ir.qweb.field.date"].value_to_html(day, {"format": "MMMM"})

    @api.depends("family_id", "month_name")
    def _compute_display_name(self):
        for index in self:
            index.display_name = f"{index.family_id.name} {index.month_name}"

    @api.depends("index_computed", "index_override", "is_overridden")
    def _compute_index_used(self):
        for index in self:
            index.index_used = index.index_override if index.is_overridden else index.index_computed

    def write(self, vals):
        if "index_override" in vals:
            if not 0 <= vals["index_override"] <= 12:
                raise UserError(
                    self.env._(
                        "A seasonal index lies between 0 (no sales) and 12 (the whole year's sales"
                        " in one month): %s was entered.",
                        vals["index_override"],
                    )
                )
            vals = {"is_overridden": True, **vals}
        if vals.get("is_overridden") is False:
            vals = {**vals, "index_override": 0.0}
        if "is_overridden" in vals and not self.env.su:
            self.sudo().write({"user_id": vals["is_overridden"] and self.env.uid})
        return super().write(vals)

    def action_reset(self):
        """Take the measured index again."""
        self.write({"is_overridden": False})
