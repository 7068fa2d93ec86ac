from dateutil.relativedelta import relativedelta

from odoo.tests import tagged

from .common_screen import ScreenCase

ACTION = "/odoo/action-sop_planning."


@tagged("post_install", "-at_install")
class TestDemandTour(ScreenCase):
    """The demand review in a browser: adjust with a reason, undo, snooze, launch."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.valve = cls._make_product("Valves", "Growing valve")
        cls._sell_monthly({cls.valve: [40] * 20 + [90] * 6})
        cls.cycle = cls.env["sop.cycle"].create({"user_id": cls.controller.id})
        cls.cycle.action_refresh()

    def _tour(self, action, name):
        self.start_tour(ACTION + action, name, login=self.controller.login, timeout=120)

    def test_family_is_adjusted_with_a_reason_and_the_change_undone(self):
        review = self.cycle.review_ids
        before = review.qty_consensus
        self._tour("sop_demand_review_action", "sop_planning_demand_review")
        undo, entry = self.env["sop.demand.override"].search([("cycle_id", "=", self.cycle.id)])
        self.assertEqual((entry.user_id, entry.note), (self.controller, "Agreed with S. Roth"))
        self.assertEqual(entry.reason_id.name, "New customer")
        self.assertAlmostEqual(entry.qty_new, 1.2 * entry.qty_old, delta=2)
        self.assertEqual(undo.undoes_id, entry)
        self.assertEqual(review.qty_consensus, before)

    def test_exception_is_snoozed_with_a_reason(self):
        self._tour("sop_exception_action", "sop_planning_exceptions")
        exception = self.env["sop.exception"].search([("state", "=", "snoozed")])
        self.assertEqual(exception.note, "Wait for the tender")
        today = self.company._sop_today()
        self.assertGreater(exception.date_snooze, today + relativedelta(days=20))

    def test_exception_is_accepted_with_one_click_in_the_list(self):
        exception = self.env["sop.exception"].search([("cycle_id", "=", self.cycle.id)])
        self._tour("sop_exception_action", "sop_planning_exception_row")
        self.assertEqual(exception.state, "accepted")

    def test_launch_is_one_record_that_says_what_is_missing(self):
        self.env["product.product"].create(
            {"name": "Fresh valve", "type": "consu", "categ_id": self.valve.categ_id.id}
        )
        self._tour("sop_event_action", "sop_planning_launch")
        launch = self.env["sop.event"].search([("name", "=", "New valve in spring")])
        self.assertEqual((launch.kind, launch.like_product_id), ("launch", self.valve))
        self.assertFalse(launch.problem)
