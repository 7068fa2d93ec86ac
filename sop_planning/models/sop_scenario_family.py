from odoo import fields, models


class SopScenarioFamily(models.Model):
    _name = "sop.scenario.family"
    _description = "S&OP Scenario by Family"
    _inherit = ["sop.readonly.mixin", "sop.money.mixin"]
    _order = "scenario_id, amount_late desc, id"
    _rec_name = "family_id"

    scenario_id = fields.Many2one(
        "sop.scenario", required=True, ondelete="cascade", readonly=True, index=True
    )
    cycle_id = fields.Many2one("sop.cycle", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    family_id = fields.Many2one(
        "product.category", required=True, readonly=True, ondelete="cascade"
    )
    qty_demand = fields.Float(string="Demand", digits="Product Unit", readonly=True)
    qty_late = fields.Float(
        string="Units late",
        digits="Product Unit",
        readonly=True,
        help="Of the 26 weeks: what is not there in the week in which customers want it.",
    )
    amount_late = fields.Monetary(string="Value late", readonly=True)
    rate_fill = fields.Float(
        string="Fill rate",
        readonly=True,
        aggregator="avg",
        help="Share of the demand that is there in its week, by value.",
    )

    _natural_key = models.UniqueIndex("(scenario_id, family_id)")
