from odoo import fields
from odoo.tests import tagged

from .common_screen import HootMixin, ScreenCase

DASHBOARD = "/odoo/action-sop_planning.sop_dashboard_action"


@tagged("post_install", "-at_install")
class TestUi(HootMixin, ScreenCase):
    """The screens in a browser, today, for a controller of a company with two families."""

    def test_dashboard_tour(self):
        valve = self._make_product("Valves", "Growing valve")
        pump = self._make_product("Pumps", "Steady pump")
        self._sell_monthly({valve: [40] * 20 + [90] * 6, pump: [50] * 26})
        cycle = self.env["sop.cycle"].create({"user_id": self.controller.id})
        cycle.action_refresh()
        self.assertGreater(cycle.red_count, 0)
        # the figures of the day before yesterday
        cycle.date_snapshot = fields.Datetime.subtract(fields.Datetime.now(), days=2)
        self.start_tour(
            DASHBOARD, "sop_planning_dashboard", login=self.controller.login, timeout=180
        )
        run = cycle.run_ids.sorted("id")[-1:]
        self.assertEqual((run.state, run.user_id), ("done", self.controller))
        self.assertEqual(run.step_ids.sorted("id")[-1:].name, "check")
        review = cycle.review_ids.filtered(lambda review: review.family_id.name == "Valves")
        self.assertEqual((review.state, review.signed_by_id), ("agreed", self.controller))

    def test_dashboard_without_a_cycle_offers_to_open_one(self):
        self.env["product.template"].search([]).sale_ok = False
        self.start_tour(DASHBOARD, "sop_planning_first_cycle", login=self.controller.login)

    def test_guided_tour_of_the_first_steps(self):
        """The guide for people, walked by the browser: every screen that it points at is there."""
        pump = self._make_product("Pumps", "Steady pump")
        self._sell_monthly({pump: [50] * 6})
        self.env["sop.cycle"].create({"user_id": self.controller.id}).action_refresh()
        self.start_tour(DASHBOARD, "sop_planning_guide", login=self.controller.login, timeout=180)

    def test_hoot(self):
        self._run_hoot("@sop_planning", "desktop")
