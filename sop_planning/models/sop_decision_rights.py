from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .sop_decision import ACTION, DECIDED, DECISION, LIVE, RISK

ANSWER = {"state", "choice_id", "reason", "date_due"}
EFFECT = {"effect_real", "effect_note"}  # what came of it is told when it is known
FOLLOW_UP = {"state", "effect_real", "effect_note"}  # of actions, also when the plan is frozen
GROUP = "sop_planning.sop_planning_group_"


class SopDecision(models.Model):
    """Who may change what of an item, and who decides when."""

    _inherit = "sop.decision"

    can_decide = fields.Boolean(compute="_compute_can", help="You may answer this decision now.")
    can_edit = fields.Boolean(compute="_compute_can", help="You may close or reopen the item.")

    @api.depends("state", "kind", "user_id", "cycle_id.state")
    @api.depends_context("uid")
    def _compute_can(self):
        for item in self:
            item.can_decide = item.kind == DECISION and item._may_decide()
            is_mine = self._is_controller() or item.user_id == self.env.user
            is_open = not item.cycle_id.is_frozen or item.kind == ACTION
            item.can_edit = item.kind != DECISION and is_mine and is_open

    def _check_frozen(self, vals):
        """Nothing of a frozen cycle changes, but actions are followed up and effects are told."""
        names = set(vals)
        for item in self.filtered(lambda item: item.cycle_id.is_frozen):
            if names <= EFFECT or (item.kind == ACTION and names <= FOLLOW_UP):
                continue
            raise UserError(
                self.env._(
                    "%(item)s belongs to %(cycle)s, which is frozen: only real effects and the"
                    " status of actions can still be entered. What is open goes on in the next"
                    " cycle.",
                    item=item.name,
                    cycle=item.cycle_id.name,
                )
            )

    def _check_rights(self, vals):
        self.check_access("write")
        if "cycle_id" in vals and any(vals["cycle_id"] != item.cycle_id.id for item in self):
            raise UserError(self.env._("An item belongs to its cycle and travels by itself."))
        self.filtered(lambda item: item._is_answer(vals))._check_may_decide()
        if not self._is_controller():
            for item in self:
                item._check_own(vals)

    def _is_answer(self, vals):
        """These values decide something."""
        if vals.get("state") == DECIDED or "choice_id" in vals:
            return True
        return self.kind == DECISION and bool({"state", "reason"} & vals.keys())

    def _check_own(self, vals):
        """People other than controllers change what is theirs; executives answer."""
        if self._has("executive") and self._is_answer(vals) and vals.keys() <= ANSWER:
            return
        is_contributor = self._has("sales") or self._has("operations")
        kinds = {self.kind, vals.get("kind", self.kind)}
        if self.user_id != self.env.user or not (is_contributor or kinds <= {ACTION, RISK}):
            raise AccessError(
                self.env._("%s is not yours to change: ask its owner or a controller.", self.name)
            )
        if self.state not in LIVE and not vals.keys() <= FOLLOW_UP:
            raise UserError(
                self.env._("%s is closed: reopen it to change more than its effect.", self.name)
            )

    def _check_may_decide(self):
        for item in self:
            if item._may_decide():
                continue
            words = (
                self.env._("Only S&OP executives decide in the step Executive S&OP: %s.", item.name)
                if item.cycle_id.state == "executive"
                else self.env._(
                    "Only S&OP controllers decide before the step Executive S&OP: %s.", item.name
                )
            )
            raise UserError(words)

    def _may_decide(self):
        if self.cycle_id.is_frozen:
            return False
        return self._has("executive" if self.cycle_id.state == "executive" else "controller")

    def _has(self, role):
        return self.env.user.has_group(GROUP + role)

    def _is_controller(self):
        return self._has("controller")

    def _check_options_open(self):
        """Options of what is answered stay as they were."""
        self._check_frozen({"option_ids"})
        if not self.env.su and not self._is_controller():
            for item in self:
                item._check_own({"option_ids": True})
        for item in self:
            if item.state not in LIVE:
                raise UserError(
                    self.env._("%s is answered: reopen it to change its options.", item.name)
                )
