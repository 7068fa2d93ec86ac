from datetime import datetime

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged

DASHBOARD = "/odoo/action-sop_planning.sop_dashboard_action"


@tagged("post_install", "-at_install")
class TestUi(HttpCase):
    """The screens in a browser, today, for a controller of a company with two families."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Small Maker on Screen"})
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(
            context={
                **cls.env.context,
                "allowed_company_ids": cls.company.ids,
                "tracking_disable": True,
            }
        )
        cls.company = cls.company.with_env(cls.env)
        cls.controller = new_test_user(
            cls.env,
            login="controller_on_screen",
            groups="sop_planning.sop_planning_group_controller",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _make_product(cls, family, name):
        category = cls.env["product.category"].create(
            {
                "name": family,
                "is_sop_family": True,
                # any deviation is red, whatever method forecasts
                "sop_own_thresholds": True,
                "sop_threshold_amber": 0.0001,
                "sop_threshold_red": 0.0002,
            }
        )
        return cls.env["product.product"].create(
            {"name": name, "type": "consu", "categ_id": category.id, "list_price": 5000.0}
        )

    @classmethod
    def _sell_monthly(cls, quantities):
        """An order a month until the last month; ``quantities`` is {product: units by month}."""
        customer = cls.env["res.partner"].create({"name": "Reliable Customer"})
        month = cls.company._sop_month(cls.company._sop_today())
        count = max(len(units) for units in quantities.values())
        for n in range(count):
            order = cls.env["sale.order"].create(
                {
                    "partner_id": customer.id,
                    "company_id": cls.company.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "product_uom_qty": units[n]})
                        for product, units in quantities.items()
                    ],
                }
            )
            order.action_confirm()
            day = month - relativedelta(months=count - n) + relativedelta(days=9)
            noon = datetime.combine(day, datetime.min.time()) + relativedelta(hours=12)
            order.write({"date_order": noon, "commitment_date": noon})

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
        self.assertEqual(run.step_ids.sorted("id")[-1:].name, "flag")
        review = cycle.review_ids.filtered(lambda review: review.family_id.name == "Valves")
        self.assertEqual((review.state, review.signed_by_id), ("agreed", self.controller))

    def test_dashboard_without_a_cycle_offers_to_open_one(self):
        self.start_tour(DASHBOARD, "sop_planning_first_cycle", login=self.controller.login)

    def test_hoot(self):
        """The addon's unit tests of JavaScript; Hoot's id of a suite is a hash of its name."""
        suite = 0
        for char in "@sop_planning":
            suite = ((suite << 5) - suite + ord(char)) & 0xFFFFFFFF
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite:08x}",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )
