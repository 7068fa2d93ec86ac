from odoo import fields, models
from odoo.exceptions import UserError


class SopDecisionAnswer(models.TransientModel):
    """How a decision is answered, and why."""

    _name = "sop.decision.answer"
    _description = "S&OP Answer to a Decision"

    decision_id = fields.Many2one(
        "sop.decision", string="Item", required=True, readonly=True, ondelete="cascade"
    )
    description = fields.Text(related="decision_id.description")
    option_ids = fields.One2many(related="decision_id.option_ids")
    answer = fields.Selection(
        [("choose", "Decide"), ("defer", "Defer"), ("drop", "Drop")],
        required=True,
        default="choose",
    )
    choice_id = fields.Many2one(
        "sop.decision.option", domain="[('decision_id', '=', decision_id)]", ondelete="cascade"
    )
    date_due = fields.Date(
        string="Until",
        default=lambda self: fields.Date.add(fields.Date.context_today(self), weeks=4),
    )
    reason = fields.Text()

    def action_apply(self):
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why: %s keeps the reason.", self.decision_id.name))
        if self.answer == "choose":
            self.decision_id.action_decide(self.choice_id.id, self.reason)
        elif self.answer == "defer":
            self.decision_id.action_defer(self.date_due, self.reason)
        else:
            self.decision_id.write({"state": "dropped", "reason": self.reason})
        return {"type": "ir.actions.act_window_close"}
