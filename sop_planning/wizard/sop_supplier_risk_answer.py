from odoo import fields, models


class SopSupplierRiskAnswer(models.TransientModel):
    """Why supplier risks need no action, or not yet."""

    _name = "sop.supplier.risk.answer"
    _description = "S&OP Answer to Supplier Risks"

    state = fields.Selection(
        [("accepted", "Accept"), ("dismissed", "Dismiss"), ("snoozed", "Snooze")],
        string="Answer",
        required=True,
        default="dismissed",
    )
    risk_ids = fields.Many2many("sop.supplier.risk", readonly=True)
    risk_count = fields.Integer(compute="_compute_risk_count", string="Vendors")
    note = fields.Text(string="Reason")
    date_snooze = fields.Date(
        string="Until",
        default=lambda self: fields.Date.add(fields.Date.context_today(self), weeks=2),
    )

    def _compute_risk_count(self):
        for wizard in self:
            wizard.risk_count = len(wizard.risk_ids)

    def action_apply(self):
        self.ensure_one()
        vals = {"state": self.state, "note": self.note}
        if self.state == "snoozed":
            vals["date_snooze"] = self.date_snooze
        self.risk_ids.write(vals)
        return {"type": "ir.actions.act_window_close"}
