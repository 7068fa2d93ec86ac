from odoo import fields, models


class SopDataIssueAnswer(models.TransientModel):
    """Why data issues may stay as they are."""

    _name = "sop.data.issue.answer"
    _description = "S&OP Answer to Data Issues"

    issue_ids = fields.Many2many("sop.data.issue", readonly=True)
    issue_count = fields.Integer(compute="_compute_issue_count", string="Issues")
    note = fields.Text(string="Reason")

    def _compute_issue_count(self):
        for wizard in self:
            wizard.issue_count = len(wizard.issue_ids)

    def action_apply(self):
        self.ensure_one()
        self.issue_ids.write({"state": "accepted", "note": self.note})
        return {"type": "ir.actions.act_window_close"}
