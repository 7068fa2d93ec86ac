from odoo import fields, models


class SopScenarioSelect(models.TransientModel):
    """Why a scenario is chosen."""

    _name = "sop.scenario.select"
    _description = "S&OP Choice of a Scenario"
    _inherit = ["sop.money.mixin"]

    scenario_id = fields.Many2one("sop.scenario", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="scenario_id.currency_id")
    lever_text = fields.Text(related="scenario_id.lever_text")
    gap_count = fields.Integer(related="scenario_id.gap_count")
    amount_extra = fields.Monetary(related="scenario_id.amount_extra")
    rate_fill = fields.Float(related="scenario_id.rate_fill")
    reason = fields.Text(required=True)

    def action_apply(self):
        self.ensure_one()
        self.scenario_id.action_select(self.reason)
        return {"type": "ir.actions.act_window_close"}
