from odoo import api, fields, models
from odoo.exceptions import UserError

from .sop_decision import ACTION, DECIDED, DECISION, DEFERRED, DONE, DROPPED, LIVE, OPEN

TODO = "mail.mail_activity_data_todo"
ASKED = {"name", "user_id", "date_due", "state"}  # what the owner's to-do shows


class SopDecision(models.Model):
    """How an item is answered, its owner's to-do, and its way from cycle to cycle."""

    _inherit = "sop.decision"

    @api.model_create_multi
    def create(self, vals_list):
        """An item starts open and unanswered, in a cycle that is not frozen."""
        if not self.env.su:
            own = {name for name, field in self._fields.items() if field.readonly and field.store}
            own |= {"state", "choice_id", "reason", "effect_real", "effect_note"}
            vals_list = [{k: v for k, v in vals.items() if k not in own} for vals in vals_list]
        items = super().create(vals_list)
        items.cycle_id._check_not_frozen()
        items._ask_owner()
        return items

    def write(self, vals):
        self._check_frozen(vals)
        if not self.env.su:
            self._check_rights(vals)
        vals = self._complete(vals)
        result = super().write(vals)
        if "state" in vals:
            super(SopDecision, self.sudo()).write(self._signature(vals["state"]))
        if ASKED & vals.keys():
            self._ask_owner()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_while_open(self):
        self._check_frozen({"name"})
        for item in self:
            if item.state not in LIVE:
                raise UserError(self.env._("%s is answered: it is kept for good.", item.name))

    # ---- answers ----

    def _complete(self, vals):
        """An answer brings its own reason; what is not decided has no choice."""
        state = vals.get("state")
        if state in (OPEN, DECIDED, DEFERRED, DROPPED):
            vals = {"reason": False, **vals}
        if state in (OPEN, DEFERRED, DROPPED):
            vals = {**vals, "choice_id": False}
        if state in (DEFERRED, DROPPED):
            for item in self:
                item._check_put_off(state, vals)
        return vals

    def _check_put_off(self, state, vals):
        day = fields.Date.to_date(vals.get("date_due", self.date_due))
        if state == DEFERRED and not (day and day > self.company_id._sop_today()):
            raise UserError(self.env._("Choose a coming day to which %s is deferred.", self.name))
        needs_reason = state == DEFERRED or self.kind == DECISION
        if needs_reason and not (vals["reason"] or "").strip():
            raise UserError(self.env._("Say why %s is put off.", self.name))

    def _signature(self, state):
        if state == DONE:
            return {}
        is_decided = state == DECIDED
        return {
            "decided_by_id": is_decided and self.env.uid,
            "decided_on": is_decided and fields.Datetime.now(),
        }

    def action_decide(self, option_id, reason):
        """Decide for an option, or without one where there are none."""
        self.ensure_one()
        self.write({"state": DECIDED, "choice_id": option_id or False, "reason": reason})
        return True

    def action_defer(self, day, reason):
        self.write({"state": DEFERRED, "date_due": day, "reason": reason})
        return True

    def action_approve(self):
        """Decide as recommended; without a recommendation, ask what to choose."""
        self.ensure_one()
        if self.option_ids and not self.recommended_id:
            return self._ask("choose")
        words = self.env._("As recommended.") if self.recommended_id else self.env._("As proposed.")
        return self.action_decide(self.recommended_id.id, words)

    def action_change(self):
        return self._ask("choose")

    def action_ask_defer(self):
        return self._ask("defer")

    def action_ask_drop(self):
        return self._ask("drop")

    def _ask(self, answer):
        """The dialog that asks for an answer and its reason."""
        self.ensure_one()
        wizard = self.env["sop.decision.answer"].create(
            {"decision_id": self.id, "answer": answer, "choice_id": self.choice_id.id}
        )
        return {
            "type": "ir.actions.act_window",
            "name": dict(wizard._fields["answer"]._description_selection(self.env))[answer],
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_done(self):
        self.write({"state": DONE})

    def action_reopen(self):
        self.write({"state": OPEN})

    def action_add_scenarios(self):
        """Every calculated scenario of the cycle that is no option yet."""
        self.ensure_one()
        known = self.option_ids.scenario_id
        scenarios = self.cycle_id.scenario_ids.filtered(lambda s: s.state == "done") - known
        if not scenarios:
            raise UserError(self.env._("%s has no other calculated scenario.", self.cycle_id.name))
        self.env["sop.decision.option"].create(
            [
                {"decision_id": self.id, "scenario_id": scenario.id, "sequence": 10 + place}
                for place, scenario in enumerate(scenarios)
            ]
        )
        return True

    # ---- the owner's to-do ----

    def _ask_owner(self):
        """One to-do for the owner as long as the item is open; it moves with the owner."""
        for item in self.sudo():
            todo = item.activity_ids.filtered(
                lambda row: row.automated and row.activity_type_id == self.env.ref(TODO)
            )
            is_waiting = item.state in LIVE or (item.kind == ACTION and item.state == DECIDED)
            if is_waiting and item.user_id and not item.is_carried:
                item._schedule(todo)
            elif todo and item.state in (DECIDED, DONE):
                item.activity_feedback([TODO])
            else:
                todo.unlink()

    def _schedule(self, todo):
        vals = {
            "summary": self.name,
            "user_id": self.user_id.id,
            "date_deadline": self.date_due or self.cycle_id._meeting_day(),
        }
        if not todo:
            self.activity_schedule(TODO, **vals)
            return
        old = {name: todo[:1][name] for name in vals}
        changed = {
            name: value
            for name, value in vals.items()
            if value != (old[name].id if name == "user_id" else old[name])
        }
        if changed:
            todo[:1].write(changed)

    # ---- from cycle to cycle ----

    def _carry_to(self, cycle):
        """Bring what is open or deferred into the next cycle, with the figures it has."""
        items = self.filtered(lambda item: item.state in LIVE and not item._copies())
        rows = items.copy_data({"cycle_id": cycle.id})
        for item, row in zip(items, rows):
            row.update(
                state=item.state,
                reason=item.reason,
                carried_from_id=item.id,
                user_id=item._carried_owner(cycle).id,
            )
            for _command, _id, option in row.get("option_ids", []):
                option["scenario_id"] = False  # of the cycle before
        copies = self.create(rows)
        items.activity_unlink([TODO])
        return copies

    def _carried_owner(self, cycle):
        """Who left the company leaves his items to the controller."""
        owner = self.user_id
        is_there = owner.active and cycle.company_id in owner.company_ids
        return owner if is_there else cycle.user_id
