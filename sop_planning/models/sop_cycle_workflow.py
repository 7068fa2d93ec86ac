from odoo import models
from odoo.exceptions import UserError

from .sop_cycle import APPROVED, CANCELLED, OPEN_STATES


class SopCycle(models.Model):
    """The way of a cycle through its steps: who may move it, and when."""

    _inherit = "sop.cycle"

    def action_next_step(self, reason=None):
        """Sign the current step off and start the next one. While a blocking check fails, only who
        may pass gates can, with a reason."""
        for cycle in self:
            cycle._check_not_frozen()
            if cycle.state == OPEN_STATES[-1]:
                raise UserError(
                    self.env._(
                        "%s is in its last step: the executives approve the plan from here.",
                        cycle.name,
                    )
                )
            cycle._check_computed()
            cycle._pass_gate(reason)
            cycle._current_step()._sign_off()
            cycle._set_state(OPEN_STATES[OPEN_STATES.index(cycle.state) + 1])
            cycle._current_step()._begin()

    def action_send_back(self, reason=None):
        """Return to the step before, with a reason; from approval, to the executive step."""
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the cycle is sent back."))
        for cycle in self:
            cycle.check_access("write")
            if cycle.state == OPEN_STATES[0]:
                raise UserError(self.env._("%s is in its first step already.", cycle.name))
            words = self.env._("Sent back: %s", reason.strip())
            if cycle.state == CANCELLED:
                cycle._set_state(OPEN_STATES[0])
                cycle.step_ids._reopen()
                cycle._current_step()._note(words)
                cycle.message_post(body=words)
                continue
            if cycle.state == APPROVED:
                cycle._check_executive()
            back = [*OPEN_STATES, APPROVED].index(cycle.state) - 1
            cycle._set_state(OPEN_STATES[back])
            cycle._current_step()._reopen()
            cycle._current_step()._note(words)
            cycle.message_post(body=words)

    def action_approve(self, reason=None):
        """Approve the plan: its figures are frozen from here on. Failing checks need a reason, as
        in ``action_next_step``."""
        self._check_executive()
        for cycle in self:
            cycle._check_computed()
            if cycle.state != OPEN_STATES[-1]:
                raise UserError(
                    self.env._("%s can be approved in the step Executive S&OP only.", cycle.name)
                )
            cycle._pass_gate(reason)
            self.env["sop.planner"]._freeze(cycle)
            cycle._current_step()._sign_off()
            cycle._set_state(APPROVED)

    def action_cancel(self):
        for cycle in self:
            cycle._check_not_frozen()
            cycle._set_state(CANCELLED)

    def _check_executive(self):
        if not self.env.user.has_group("sop_planning.sop_planning_group_executive"):
            raise UserError(
                self.env._("Only S&OP executives approve a plan or take an approval back.")
            )

    def _set_state(self, state):
        self.check_access("write")
        if state in (APPROVED, CANCELLED):
            self.env["sop.planner"]._seal(self)
        self.sudo().state = state

    def _current_step(self):
        return self.step_ids.filtered(lambda step: step.code == self.state)

    def _check_not_frozen(self):
        """Refuse a change to frozen figures."""
        for cycle in self.filtered("is_frozen"):
            if cycle.state == APPROVED:
                raise UserError(
                    self.env._(
                        "%s is approved, so its figures are frozen. An executive can send it back"
                        " to change them.",
                        cycle.name,
                    )
                )
            raise UserError(
                self.env._(
                    "%s is cancelled, so its figures are frozen. Send it back to change them.",
                    cycle.name,
                )
            )

    def _check_computed(self):
        for cycle in self:
            if not cycle.date_snapshot:
                raise UserError(
                    self.env._("%s has no figures yet: press Refresh first.", cycle.name)
                )
