from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY, SopCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestOverride(SopCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [100] * 24)
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()

    def test_override_is_the_consensus_at_once(self):
        line = self._line(self.cycle, self.pump)
        line.qty_override = 140
        self.assertEqual(line.qty_consensus, 140)
        self.assertEqual(line.amount_consensus, 14000)
        self.assertNotEqual(line.qty_statistical, 140)

    def test_zero_is_an_override_too(self):
        line = self._line(self.cycle, self.pump)
        line.qty_override = 0
        self.assertTrue(line.is_overridden)
        self.assertEqual(line.qty_consensus, 0)

    def test_override_wins_over_sales_input_wins_over_statistics(self):
        line = self._line(self.cycle, self.pump)
        statistical = line.qty_consensus
        line.qty_sales = 120
        self.assertEqual(line.qty_consensus, 120)
        line.qty_override = 130
        self.assertEqual(line.qty_consensus, 130)
        line.action_reset_override()
        self.assertEqual(line.qty_consensus, 120)
        line.is_sales = False
        self.assertEqual(line.qty_consensus, statistical)

    def test_deviation_follows_an_override_without_a_refresh(self):
        review = self._review(self.cycle, self.pumps)
        self.assertEqual(review.severity, "none")
        year = review.qty_year
        for month in (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)):
            self._line(self.cycle, self.pump, month).qty_override = 126
        self.assertEqual(review.qty_consensus, 378)
        self.assertAlmostEqual(review.qty_year, year + 78, places=1)
        self.assertEqual(review.severity, "red")
        self.assertAlmostEqual(review.deviation, 0.26, places=4)
        exception = self._exceptions(self.cycle).filtered(lambda row: not row.product_id)
        self.assertIn("+26.0 %", exception.reason)

    def test_computed_figures_cannot_be_typed(self):
        with self.assertRaisesRegex(UserError, "computed by Refresh"):
            self._line(self.cycle, self.pump).qty_statistical = 3

    def test_negative_demand_is_refused(self):
        with self.assertRaisesRegex(UserError, "cannot be negative"):
            self._line(self.cycle, self.pump).qty_override = -1

    def test_sales_contributor_enters_sales_input_for_own_family_only(self):
        seller = self._user("sales")
        line = self._line(self.cycle, self.pump).with_user(seller)
        with self.assertRaises(AccessError):
            line.qty_sales = 90
        self.pumps.sop_owner_id = seller
        line.qty_sales = 90
        self.assertEqual(line.qty_consensus, 90)
        with self.assertRaisesRegex(AccessError, "Only S&OP controllers"):
            line.qty_override = 80
