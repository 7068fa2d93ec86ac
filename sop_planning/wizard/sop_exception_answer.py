from odoo import fields, models


class SopExceptionAnswer(models.TransientModel):
    """Why exceptions need no action, or not yet."""

    _name = "sop.exception.answer"
    _description = "S&OP Answer to Exceptions"

    state = fields.Selection(
        [("accepted", "Accept"), ("dismissed", "Dismiss"), ("snoozed", "Snooze")],
        string="Answer",
        required=True,
        default="dismissed",
    )
    exception_ids = fields.Many2many("sop.exception", readonly=True)
    exception_count = fields.Integer(compute="_compute_exception_count", string="Exceptions")
    note = fields.Text(string="Reason")
    date_snooze = fields.Date(
        string="Until",
        default=lambda self: fields.Date.add(fields.Date.context_today(self), months=1),
    )

    def _compute_exception_count(self):
        for wizard in self:
            wizard.exception_count = len(wizard.exception_ids)

    def action_apply(self):
        self.ensure_one()
        vals = {"date_snooze": self.date_snooze} if self.state == "snoozed" else {}
        self.exception_ids._answer(self.state, self.note, **vals)
        return {"type": "ir.actions.act_window_close"}
