from odoo import api, fields, models

from .sop_cycle import STEPS


class SopCycleStep(models.Model):
    _name = "sop.cycle.step"
    _description = "S&OP Cycle Step"
    _inherit = ["sop.readonly.mixin"]
    _order = "cycle_id, sequence"
    _check_company_auto = True

    cycle_id = fields.Many2one("sop.cycle", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="cycle_id.company_id", store=True, index=True)
    code = fields.Selection(STEPS, string="Step", required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", domain="[('share', '=', False)]")
    date_due = fields.Date(string="Due")
    signed_by_id = fields.Many2one("res.users", string="Signed off by", readonly=True)
    date_signed = fields.Datetime(string="Signed off on", readonly=True)
    state = fields.Selection(
        [("todo", "To Do"), ("current", "In Progress"), ("done", "Signed Off")],
        compute="_compute_state",
    )
    is_late = fields.Boolean(compute="_compute_state")

    _cycle_step_unique = models.Constraint(
        "UNIQUE (cycle_id, code)", "A cycle has each of its five steps once."
    )

    @api.depends("code")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for step in self:
            step.display_name = labels.get(step.code)

    @api.depends("cycle_id.state", "date_signed", "date_due")
    def _compute_state(self):
        for step in self:
            is_current = step.code == step.cycle_id.state
            step.state = "done" if step.date_signed else "current" if is_current else "todo"
            today = step.company_id._sop_today() if step.company_id else fields.Date.today()
            step.is_late = bool(
                step.state != "done"
                and not step.cycle_id.is_frozen
                and step.date_due
                and step.date_due < today
            )

    def _sign_off(self):
        self.sudo().write({"signed_by_id": self.env.uid, "date_signed": fields.Datetime.now()})

    def _reopen(self):
        self.sudo().write({"signed_by_id": False, "date_signed": False})
