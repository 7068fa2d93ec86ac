from odoo import api, fields, models
from odoo.tools import format_date

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
    date_start = fields.Date(string="Planned start")
    date_due = fields.Date(string="Due")
    date_begun = fields.Datetime(string="Begun on", readonly=True)
    signed_by_id = fields.Many2one("res.users", string="Signed off by", readonly=True)
    date_signed = fields.Datetime(string="Signed off on", readonly=True)
    date_meeting = fields.Datetime(string="Meeting")
    attendee_ids = fields.Many2many(
        "res.users", string="Attendees", domain="[('share', '=', False)]"
    )
    minutes = fields.Html(string="Minutes of the meeting", sanitize=True)
    days_elapsed = fields.Integer(
        string="Working days",
        compute="_compute_days_elapsed",
        help="Working days of the company calendar from the beginning of the step to its sign-off,"
        " both included.",
    )
    log = fields.Text(
        string="History",
        readonly=True,
        help="Sign-offs, steps closed although checks failed, and why the cycle was sent back; kept"
        " for good.",
    )
    is_jumped = fields.Boolean(
        string="Gate passed with a reason",
        readonly=True,
        help="The step was closed once although checks failed.",
    )
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

    @api.depends("date_begun", "date_signed")
    def _compute_days_elapsed(self):
        for step in self:
            step.days_elapsed = step._working_days(step.date_begun, step.date_signed)

    def _working_days(self, first, last):
        """Working days between two moments, both days included; to today while it lasts."""
        if not first:
            return 0
        company = self.company_id
        start = company._sop_day(first)
        end = company._sop_day(last) if last else company._sop_today()
        days = company._sop_working_days_between(start, fields.Date.add(end, days=1))
        return len(days)

    def _begin(self):
        for step in self.filtered(lambda step: not step.date_begun):
            step.sudo().date_begun = fields.Datetime.now()

    def _sign_off(self):
        self._begin()
        self.sudo().write({"signed_by_id": self.env.uid, "date_signed": fields.Datetime.now()})
        self._note(self.env._("Signed off"))

    def _reopen(self):
        self.sudo().write({"signed_by_id": False, "date_signed": False})

    def _note_jump(self, reason, wrong):
        """Keep for good that a gate was passed, by whom, why and what failed."""
        for step in self:
            words = self.env._(
                "Closed although checks failed: %(reason)s (%(checks)s)",
                reason=reason, checks=" ".join(wrong),
            )  # fmt: skip
            step.sudo().is_jumped = True
            step._note(words)
            step.cycle_id.message_post(body=words)

    def _note(self, words):
        """Add a line to the history of the step: day, who, what."""
        for step in self.sudo():
            day = format_date(self.env, step.company_id._sop_today())
            line = f"{day} {self.env.user.name}: {words}"
            step.log = f"{step.log}\n{line}" if step.log else line
