from odoo import api, fields, models

from .sop_decision import DECIDED, DECISION, DONE, LIVE


class SopCycle(models.Model):
    """The decisions of a cycle; what stays open travels to the next one."""

    _inherit = "sop.cycle"

    decision_ids = fields.One2many("sop.decision", "cycle_id", string="Decisions")
    decision_count = fields.Integer(
        compute="_compute_decision_counts", string="Decisions and actions"
    )
    open_decision_count = fields.Integer(
        compute="_compute_decision_counts", string="Open decisions and actions"
    )
    has_decision = fields.Boolean(
        compute="_compute_decision_counts",
        string="Something is decided",
        help="At least one decision of the cycle is decided.",
    )

    @api.depends("decision_ids.state", "decision_ids.kind")
    def _compute_decision_counts(self):
        states = self._count("sop.decision", "state", [])
        decided = self._count("sop.decision", "state", [("kind", "=", DECISION)])
        for cycle in self:
            own = states.get(cycle, {})
            cycle.decision_count = sum(own.values())
            cycle.open_decision_count = sum(own.get(state, 0) for state in LIVE)
            answered = decided.get(cycle, {})
            cycle.has_decision = bool(answered.get(DECIDED) or answered.get(DONE))

    @api.model_create_multi
    def create(self, vals_list):
        cycles = super().create(vals_list)
        for cycle in cycles:
            cycle.sudo()._carry_decisions()
        return cycles

    def _carry_decisions(self):
        """What is open or deferred in the company's cycle before goes on in this one."""
        before = self.env["sop.planner"]._last_cycle(self)
        return before.decision_ids._carry_to(self)

    def _meeting_day(self):
        """When the cycle is decided upon: until then an item without a day is due."""
        today = self.company_id._sop_today()
        days = [day for day in self.step_ids.mapped("date_due") if day]
        return max([today, *days])

    def action_open_decisions(self):
        return self._open("sop_decision_action")
