from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.tests import freeze_time, tagged

from .common import MONTH, TODAY, SopCommon

DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)
DECIDED = date(2026, 8, 5)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPipeline(SopCommon):
    """Quotations are weighted by what became of earlier ones, and count beyond the forecast only.

    100 pumps and 20 valves a month, ordered longer ago than conversion looks back.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            for back in range(1, 37):
                order = cls._sell(
                    MONTH - relativedelta(months=back) + relativedelta(days=9),
                    {cls.pump: 100, cls.valve: 20},
                )
                order.date_order = "2023-01-09 12:00:00"
            cls.north, cls.south = cls.env["crm.team"].create(
                [{"name": name, "company_id": cls.company.id} for name in ("North", "South")]
            )
            cls.cycle = cls._make_cycle()

    def _decide(self, team, won, lost, company=None):
        """Quotations of services, so that they are no demand, that were won or lost."""
        orders = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "company_id": (company or self.company).id,
                    "team_id": team.id,
                }
            ]
            * (won + lost)
        )
        orders[:won].state = "sale"
        orders[won:]._action_cancel()
        orders.date_order = DECIDED

    def _quote(self, qty, product=None, day=date(2026, 12, 10), team=None, **vals):
        return self._sell(
            day, {product or self.pump: qty}, confirm=False,
            team_id=(team or self.north).id, **vals,
        )  # fmt: skip

    def _refreshed(self, product=None, month=DECEMBER):
        self.cycle.action_refresh()
        return self._line(self.cycle, product or self.pump, month)

    def test_quotation_counts_by_conversion_and_beyond_the_forecast(self):
        # one of two quotations is won: 500 count as 250, of which 150 exceed the usual 100
        self._decide(self.north, 10, 10)
        self._quote(500)
        line = self._refreshed()
        self.assertAlmostEqual(line.qty_quotation, 250, delta=0.01)
        self.assertAlmostEqual(line.qty_pipeline, 150, delta=0.5)
        self.assertAlmostEqual(line.qty_computed, 250, delta=1)
        self.assertEqual(line.qty_consensus, line.qty_computed)
        self.assertEqual(self._line(self.cycle, self.pump, JANUARY).qty_quotation, 0)

    def test_small_quotation_is_the_usual_business(self):
        self._decide(self.north, 10, 10)
        self._quote(150)
        line = self._refreshed()
        self.assertAlmostEqual(line.qty_quotation, 75, delta=0.01)
        self.assertEqual((line.qty_pipeline, line.qty_consensus), (0, line.qty_statistical))

    def test_orders_consume_the_forecast_first(self):
        # 80 ordered leave 20 of the forecast for quotations: 75 - 20
        self._decide(self.north, 10, 10)
        self._sell(date(2026, 12, 3), {self.pump: 80}).date_order = "2023-01-09 12:00:00"
        self._quote(150)
        line = self._refreshed()
        self.assertEqual(line.qty_orders, 80)
        self.assertAlmostEqual(line.qty_pipeline, 55, delta=0.5)

    def test_confirmed_quotation_is_an_order_and_counts_once(self):
        self._decide(self.north, 10, 10)
        quotation = self._quote(500)
        self._refreshed()
        quotation.action_confirm()
        line = self._refreshed()
        self.assertEqual((line.qty_orders, line.qty_quotation, line.qty_pipeline), (500, 0, 0))
        self.assertEqual(line.qty_consensus, line.qty_statistical)
        raised = self._exceptions(self.cycle).filtered(lambda row: row.kind == "order_intake")
        self.assertEqual(raised.product_id, self.pump)
        self.assertIn("500 ordered already where 100 are planned", raised.reason)

    def test_orders_above_the_plan_of_several_products_are_one_exception(self):
        self._decide(self.north, 10, 10)
        self._sell(date(2026, 12, 3), {self.pump: 500, self.small_pump: 400, self.valve: 900})
        self._refreshed()
        raised = self._exceptions(self.cycle).filtered(lambda row: row.kind == "order_intake")
        family = raised.filtered(lambda row: not row.product_id)
        self.assertEqual(family.family_id, self.pumps)
        self.assertEqual((family.qty_consensus, family.qty_reference), (900, 100))
        self.assertEqual(family.deviation, 8)
        self.assertIn("900 ordered already in 2 products where 100 are planned", family.reason)
        self.assertIn("Steady pump (+400", family.reason)
        self.assertEqual((raised - family).product_id, self.valve, "alone in its family")
        family.action_accept()
        self._refreshed()
        self.assertEqual(family.state, "accepted")

    def test_expired_and_cancelled_quotations_do_not_count(self):
        self._decide(self.north, 10, 10)
        self._quote(500, validity_date=date(2026, 11, 17))
        self._quote(500)._action_cancel()
        self.assertEqual(self._refreshed().qty_quotation, 0)

    def test_quotation_valid_until_today_counts(self):
        self._decide(self.north, 10, 10)
        self._quote(500, validity_date=TODAY)
        self.assertAlmostEqual(self._refreshed().qty_quotation, 250, delta=0.01)

    def test_quotation_for_a_month_that_is_over_counts_now(self):
        self._decide(self.north, 10, 10)
        self._quote(500, day=date(2026, 9, 10))
        self.assertAlmostEqual(self._refreshed(month=MONTH).qty_quotation, 250, delta=0.01)

    def test_teams_have_their_own_conversion(self):
        self._decide(self.north, 27, 3)
        self._decide(self.south, 3, 27)
        self._quote(100, self.pump, team=self.north)
        self._quote(100, self.valve, team=self.south)
        north = self._refreshed().qty_quotation
        south = self._line(self.cycle, self.valve, DECEMBER).qty_quotation
        # 90 and 10 drawn a little towards the 50 that both have together
        self.assertTrue(80 < north < 90, north)
        self.assertAlmostEqual(north + south, 100, delta=0.1)

    def test_team_without_decisions_takes_the_rate_of_all(self):
        self._decide(self.north, 10, 10)
        self._quote(500, team=self.south)
        self.assertAlmostEqual(self._refreshed().qty_quotation, 250, delta=0.01)

    def test_nothing_decided_nothing_counts(self):
        self._quote(500)
        line = self._refreshed()
        self.assertEqual((line.qty_quotation, line.qty_pipeline), (0, 0))

    def test_expired_quotations_count_as_lost(self):
        # 10 won; 10 that nobody cancelled but that expired
        self._decide(self.north, 10, 0)
        for _n in range(10):
            self._quote(1, validity_date=date(2026, 10, 1)).state = "sent"
        self._quote(500)
        self.assertAlmostEqual(self._refreshed().qty_quotation, 250, delta=0.01)

    def test_quotations_of_another_company_stay_there(self):
        other = self.env["res.company"].create({"name": "Other Maker"})
        self.env.user.company_ids += other
        theirs = self.env["crm.team"].create({"name": "Theirs", "company_id": other.id})
        self._decide(self.north, 10, 10)
        self._decide(theirs, 0, 30, other)
        self._quote(900, team=theirs, company=other)
        self._quote(500)
        self.assertAlmostEqual(self._refreshed().qty_quotation, 250, delta=0.01)

    def test_product_that_is_only_quoted_is_planned_by_its_quotations(self):
        fresh = self._make_product("Quoted pump", self.pumps, 100)
        self._decide(self.north, 10, 10)
        self._quote(40, fresh)
        line = self._refreshed(fresh)
        self.assertEqual(line.qty_statistical, 0)
        self.assertAlmostEqual(line.qty_consensus, 20, delta=1)

    def test_quotation_in_dozens_counts_in_units(self):
        self._decide(self.north, 10, 10)
        dozen = self.env.ref("uom.product_uom_dozen")
        self._quote({"product_uom_qty": 20, "product_uom_id": dozen.id})
        self.assertAlmostEqual(self._refreshed().qty_quotation, 120, delta=0.01)
