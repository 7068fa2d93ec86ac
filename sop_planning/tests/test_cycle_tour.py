from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .common_screen import ScreenCase

ACTION = "/odoo/action-sop_planning."


@tagged("post_install", "-at_install")
class TestCycleTour(ScreenCase):
    """A whole cycle in the browser, from opening to approval, by three different people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.valve = cls._make_product("Valves", "Growing valve")
        cls._sell_monthly({cls.valve: [40] * 20 + [90] * 6})
        cls.sales, cls.executive, cls.viewer = (
            cls._person(role) for role in ("sales", "executive", "viewer")
        )
        cls.valve.categ_id.sop_owner_id = cls.sales
        cls.cycle = cls.env["sop.cycle"].create({"user_id": cls.controller.id})
        cls.cycle.action_refresh()

    @classmethod
    def _person(cls, role):
        return new_test_user(
            cls.env,
            login=f"{role}_on_screen",
            groups=f"sop_planning.sop_planning_group_{role}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _walk(self, user, action, name):
        self.start_tour(f"{ACTION}{action}", name, login=user.login, timeout=120)

    def test_a_cycle_from_opening_to_approval(self):
        form = f"sop_cycle_action/{self.cycle.id}"
        self._walk(self.controller, form, "sop_planning_cycle_data")
        self._walk(self.sales, "sop_demand_review_action", "sop_planning_cycle_agree")
        self._walk(self.controller, "sop_exception_action", "sop_planning_cycle_exceptions")
        self._walk(self.controller, form, "sop_planning_cycle_supply")
        self._walk(self.controller, "sop_compare_action", "sop_planning_cycle_choose")
        self._walk(self.controller, "sop_decision_action", "sop_planning_cycle_decision")
        self._walk(self.controller, form, "sop_planning_cycle_executive")
        self._walk(self.executive, "sop_decision_action", "sop_planning_cycle_decide")
        self._walk(self.executive, form, "sop_planning_cycle_approve")
        cycle = self.cycle
        self.assertEqual(cycle.state, "approved")
        self.assertEqual(
            cycle.step_ids.sorted("sequence").mapped("signed_by_id"),
            self.controller | self.executive,
        )
        self.assertFalse(any(cycle.step_ids.mapped("is_jumped")))
        self.assertEqual(cycle.review_ids.state, "agreed")
        self.assertEqual(cycle.selected_scenario_id.kind, "base")
        self.assertEqual(cycle.select_reason, "Nothing is short")
        decision = self.env["sop.decision"].search([("cycle_id", "=", cycle.id)])
        self.assertEqual(decision.decided_by_id, self.executive)

    def test_nobody_does_what_the_role_forbids(self):
        self._walk(self.viewer, f"sop_cycle_action/{self.cycle.id}", "sop_planning_cycle_viewer")
        for user in (self.viewer, self.sales):
            cycle = self.cycle.with_user(user)
            for method, args in (
                ("action_next_step", ("now",)), ("action_approve", ("now",)),
                ("action_send_back", ("now",)), ("action_refresh", ()),
            ):  # fmt: skip
                with self.assertRaises(UserError):
                    getattr(cycle, method)(*args)
        self.assertEqual(self.cycle.state, "data")
