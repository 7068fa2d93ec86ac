from odoo import fields, models


class SopPlanReopen(models.TransientModel):
    """Why an approved plan is taken back."""

    _name = "sop.plan.reopen"
    _description = "S&OP Re-opening of a Plan"

    cycle_id = fields.Many2one("sop.cycle", required=True, readonly=True, ondelete="cascade")
    reason = fields.Text(required=True)

    def action_apply(self):
        self.ensure_one()
        self.cycle_id.action_reopen(self.reason)
        return {"type": "ir.actions.act_window_close"}
