from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_decision import NEXT_WEEK, DecisionCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDecisionRights(DecisionCommon):
    """Who creates, changes and answers a decision, and when nobody does."""

    def test_viewers_and_executives_create_nothing(self):
        for role in ("viewer", "executive"):
            user = self._user(role)
            with self.assertRaises(AccessError, msg=role):
                self.env["sop.decision"].with_user(user).create(
                    {"cycle_id": self.cycle.id, "name": "x", "user_id": user.id}
                )

    def test_contributors_create_and_edit_their_own(self):
        controller = self._user("controller")
        for role in ("sales", "operations"):
            user = self._user(role)
            vals = {"cycle_id": self.cycle.id, "name": "Ask", "user_id": user.id, "state": "done",
                    "option_ids": [Command.create({"name": "Yes", "qty": 3})]}  # fmt: skip
            mine = self.env["sop.decision"].with_user(user).create(vals)
            self.assertEqual((mine.state, mine.option_ids.qty), ("open", 3))
            mine.write({"description": "Facts", "date_due": NEXT_WEEK})
            mine.option_ids.note = "Better"
            with self.assertRaises(AccessError, msg=role):
                self._item().with_user(user).write({"description": "Not mine"})
            with self.assertRaises(AccessError, msg=role):
                self._with_options().option_ids[0].with_user(user).write({"note": "Not mine"})
            with self.assertRaises(AccessError, msg=role):
                mine.create({**vals, "user_id": controller.id})
            mine.sudo().action_decide(mine.option_ids.id, "Yes")
            with self.assertRaises(UserError, msg=role):
                mine.write({"description": "Afterwards"})

    def test_owners_follow_their_actions_and_risks(self):
        viewer = self._user("viewer")
        for kind in ("action", "risk"):
            mine = self._item(viewer, kind=kind).with_user(viewer)
            mine.write({"response": "Second source", "date_due": NEXT_WEEK})
            mine.action_done()
            mine.write({"effect_note": "It came"})
            with self.assertRaises(UserError, msg=kind):
                mine.write({"name": "Another one"})
            with self.assertRaises(AccessError, msg=kind):
                self._item(kind=kind).with_user(viewer).action_done()
        for kind in ("decision", "assumption"):
            with self.assertRaises(AccessError, msg=kind):
                self._item(viewer, kind=kind).with_user(viewer).write({"description": "x"})
        action = self._item(viewer, kind="action").with_user(viewer)
        with self.assertRaises(AccessError):
            action.kind = "decision"

    def test_executives_answer_and_change_nothing_else(self):
        self._reach("executive")
        item = self._as(self._with_options(), "executive")
        with self.assertRaises(AccessError):
            item.write({"state": "decided", "choice_id": item.option_ids[0].id, "reason": "x",
                        "name": "Another question"})  # fmt: skip
        with self.assertRaises(AccessError):
            item.write({"description": "x"})
        with self.assertRaises(AccessError):
            item.option_ids[0].write({"amount_cost": 1})
        with self.assertRaises(AccessError):
            self._as(self._item(kind="action"), "executive").action_done()

    def test_controllers_change_everything_but_what_buttons_write(self):
        item = self._as(self._item(kind="risk"), "controller")
        item.write({"name": "Late steel", "probability": 0.5, "user_id": self._user("sales").id})
        for vals in ({"decided_by_id": self.env.uid}, {"carried_from_id": self._item().id}):
            with self.assertRaises(UserError, msg=vals):
                item.write(vals)
        with self.assertRaisesRegex(UserError, "travels"):
            item.write({"cycle_id": self._next_cycle().id})
        item.unlink()
        decided = self._item()
        decided.action_decide(False, "Agreed")
        with self.assertRaisesRegex(UserError, "kept"):
            self._as(decided, "controller").unlink()

    def test_frozen_cycle_refuses(self):
        decided = self._with_options()
        decided.action_approve()
        action = self._item(kind="action")
        risk = self._item(kind="risk")
        self._reach("approved")
        changes = {
            "name": "x", "description": "x", "kind": "risk", "user_id": False, "sequence": 1,
            "date_due": NEXT_WEEK, "state": "dropped", "choice_id": decided.option_ids[0].id,
            "reason": "x", "probability": 0.1, "amount_impact": 1, "response": "x",
            "effect_measure": "cost", "effect_expected": 1, "gap_id": self.gap.id,
            "family_id": self.pumps.id,
        }  # fmt: skip
        decided.effect_real = 3.0  # what came of it is told when it is known
        for name, value in changes.items():
            for item in (decided, risk):
                for user in (self._user("controller"), self._user("manager"), self.env.user):
                    with self.assertRaises(UserError, msg=(name, item.kind)):
                        item.with_user(user).write({name: value})
        for name in ("name", "user_id", "date_due", "reason", "effect_expected"):
            with self.assertRaises(UserError, msg=name):
                self._as(action, "controller").write({name: changes[name]})
        self._as(action, "controller").write({"state": "done", "effect_real": 7.0})
        self.assertEqual((action.state, action.effect_real), ("done", 7.0))
        for refused in (
            lambda: self._as(decided.option_ids[0], "controller").write({"name": "x"}),
            lambda: self._as(decided.option_ids[0], "controller").unlink(),
            lambda: self._as(risk, "controller").unlink(),
            lambda: self._item(self._user("controller")),
            lambda: self._as(self.gap, "controller").action_make_decision(),
        ):
            with self.assertRaisesRegex(UserError, "frozen"):
                refused()

    def test_other_company_sees_nothing(self):
        item = self._with_options()
        other = self.env["res.company"].create({"name": "Outsider"})
        theirs = self.env(
            user=self._user("manager", other), context={"allowed_company_ids": other.ids}
        )
        for model in ("sop.decision", "sop.decision.option"):
            self.assertFalse(theirs[model].search([("cycle_id", "=", self.cycle.id)]))
        with self.assertRaises(AccessError):
            item.with_env(theirs).read(["name"])
        with self.assertRaises(AccessError):
            self.cycle.with_env(theirs).action_open_executive_review()
        with self.assertRaises(AccessError):
            self.env["sop.decision"].with_user(self._user("")).search([])
        self.env.user.company_ids += other
        foreign = self._make_cycle(company=other)
        with self.assertRaises(UserError):
            self._item(cycle_id=foreign.id, gap_id=self.gap.id)
