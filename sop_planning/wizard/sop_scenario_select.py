from odoo import fields, models


class SopScenarioSelect(models.TransientModel):
    """Why a scenario is chosen."""

    _name = "sop.scenario.select"
    _description = "S&OP Choice of a Scenario"
    _inherit = ["sop.money.mixin"]

    scenario_id = fields.Many2one("sop.scenario", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="scenario_id.currency_id", related_sudo=False)
    lever_text = fields.Text(related="scenario_id.lever_text", related_sudo=False)
    gap_count = fields.Integer(related="scenario_id.gap_count", related_sudo=False)
    amount_extra = fields.Monetary(related="scenario_id.amount_extra", related_sudo=False)
    rate_fill = fields.Float(related="scenario_id.rate_fill", related_sudo=False)
    reason = fields.Text(required=True)

    def action_apply(self):
        self.ensure_one()
        self.scenario_id.action_select(self.reason)
        return {"type": "ir.actions.act_window_close"}
