from odoo import fields, models

from ..models.sop_cycle import OPEN_STATES


class SopCycleReason(models.TransientModel):
    """Why a step is closed although checks fail, or why a cycle goes back."""

    _name = "sop.cycle.reason"
    _description = "S&OP Reason"

    cycle_id = fields.Many2one("sop.cycle", required=True, readonly=True, ondelete="cascade")
    kind = fields.Selection(
        [("jump", "Close all the same"), ("back", "Send back")], required=True, readonly=True
    )
    gate_text = fields.Text(related="cycle_id.gate_text")
    reason = fields.Text(required=True)

    def action_apply(self):
        self.ensure_one()
        cycle = self.cycle_id
        if self.kind == "back":
            cycle.action_send_back(self.reason)
        elif cycle.state == OPEN_STATES[-1]:
            cycle.action_approve(self.reason)
        else:
            cycle.action_next_step(self.reason)
        return {"type": "ir.actions.act_window_close"}
