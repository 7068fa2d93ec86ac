from datetime import date

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY, SopCommon

NEXT_MONTHS = [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestExceptions(SopCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [1000] * 26)
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()

    def _plan(self, *quantities):
        for month, qty in zip(NEXT_MONTHS, quantities):
            self._line(self.cycle, self.pump, month).qty_override = qty

    def _severity(self):
        return self._review(self.cycle, self.pumps).severity

    def test_exactly_ten_percent_is_green_and_a_hundredth_more_amber(self):
        self._plan(1100, 1100, 1100)
        self.assertEqual(self._severity(), "none")
        self._plan(1100, 1100, 1100.3)
        self.assertEqual(self._severity(), "amber")

    def test_exactly_a_quarter_is_amber_and_a_hundredth_more_red(self):
        self._plan(1250, 1250, 1250)
        self.assertEqual(self._severity(), "amber")
        self._plan(1250, 1250, 1250.3)
        self.assertEqual(self._severity(), "red")

    def test_falling_demand_is_flagged_as_well(self):
        self._plan(700, 700, 700)
        review = self._review(self.cycle, self.pumps)
        self.assertEqual((review.severity, review.severity_label), ("red", "▼▼ -30.0 %"))

    def test_sentence_carries_the_arithmetic(self):
        self._plan(1300, 1300, 1300)
        family, product = self._exceptions(self.cycle).sorted(lambda row: row.product_id.id)
        for part in ("Pumps", "3,900", "3,000", "trend", "+30.0 %", "90,000", "Nov 2026"):
            self.assertIn(part, family.reason)
        self.assertIn("Steady pump", product.reason)

    def test_family_thresholds_win(self):
        self._plan(1300, 1300, 1300)
        self.pumps.write(
            {
                "sop_own_thresholds": True,
                "sop_threshold_amber": 0.28,
                "sop_threshold_red": 0.5,
            }
        )
        self.cycle.action_refresh()
        self.assertEqual(self._severity(), "amber")

    def test_small_money_is_not_flagged(self):
        self.company.sop_value_floor = 90000.01
        self._plan(1300, 1300, 1300)
        self.assertEqual(self._severity(), "none")
        self.assertFalse(self._exceptions(self.cycle))

    def test_cause_that_goes_away_archives_the_exception_and_its_return_brings_it_back(self):
        self._plan(1300, 1300, 1300)
        exceptions = self._exceptions(self.cycle)
        self.assertEqual(len(exceptions), 2)
        exceptions.action_dismiss()
        self._plan(1000, 1000, 1000)
        self.assertFalse(self._exceptions(self.cycle))
        self._plan(1300, 1300, 1300)
        self.assertEqual(self._exceptions(self.cycle), exceptions)
        self.assertEqual(set(exceptions.mapped("state")), {"dismissed"})

    def test_only_the_largest_products_are_raised(self):
        products = [self._make_product(f"Valve {n}", self.valves, 100 + n) for n in range(6)]
        for month in range(1, 11):
            self._sell(date(2026, month, 5), {product: 100 for product in products})
        self.company.sop_exception_cap = 2
        self.cycle.action_refresh()
        lines = self.env["sop.demand.line"].search(
            [("cycle_id", "=", self.cycle.id), ("product_id", "in", [p.id for p in products])]
        )
        lines.filtered(lambda line: line.bucket_start in NEXT_MONTHS).qty_override = 300
        raised = self._exceptions(self.cycle).product_id
        self.assertEqual(set(raised), set(products[-2:]))
        facts = self.env["sop.demand.product"].search([("cycle_id", "=", self.cycle.id)])
        self.assertEqual(len(facts.filtered(lambda fact: fact.severity == "red")), 6)

    def test_demand_without_anything_to_compare_with_is_new(self):
        fresh = self._make_product("Fresh valve", self.valves, 100)
        self._sell(date(2026, 11, 5), {fresh: 10})
        self.cycle.action_refresh()
        self._line(self.cycle, fresh).qty_override = 50
        review = self._review(self.cycle, self.valves)
        self.assertEqual((review.severity, review.severity_label), ("red", "▲▲ new"))

    def test_product_without_category_is_told(self):
        orphan = self._make_product("Orphan", False, 10)
        self._sell_monthly(orphan, [50] * 4)
        self.cycle.action_refresh()
        exception = self._exceptions(self.cycle).filtered(lambda row: row.kind == "no_family")
        self.assertEqual(exception.product_id, orphan)
        self.assertIn("2,000", exception.reason)
        orphan.categ_id = self.valves
        self.cycle.action_refresh()
        self.assertFalse(exception.active)

    def test_reference_can_be_last_year_statistics_or_the_last_plan(self):
        self._sell(date(2025, 11, 20), {self.pump: 2000})
        self.cycle.reference = "last_year"
        self.cycle.action_refresh()
        self.assertEqual(self._review(self.cycle, self.pumps).qty_reference, 5000)
        self.cycle.reference = "statistical"
        self.cycle.action_refresh()
        review = self._review(self.cycle, self.pumps)
        self.assertAlmostEqual(review.qty_reference, review.qty_consensus, places=2)
        # no plan was approved yet: the trend takes its place and the review says so
        self.cycle.reference = "last_plan"
        self.cycle.action_refresh()
        self.assertEqual(review.reference, "trend")

    def test_last_plan_is_compared_with_after_an_approval(self):
        self._plan(1300, 1300, 1300)
        for _step in range(4):
            self.cycle.action_next_step()
        self.cycle.action_approve()
        with freeze_time("2026-12-09"):
            december = self._make_cycle(month=date(2026, 12, 1), reference="last_plan")
            december.action_refresh()
        review = self._review(december, self.pumps)
        february = self._line(self.cycle, self.pump, date(2027, 2, 1)).qty_consensus
        self.assertEqual(review.reference, "last_plan")
        self.assertAlmostEqual(review.qty_reference, 1300 + 1300 + february, places=2)

    def test_answers_are_kept_with_the_exception(self):
        self._plan(1300, 1300, 1300)
        exception = self._exceptions(self.cycle)[0]
        exception.action_accept()
        self.assertEqual(exception.state, "accepted")
        self.assertEqual(self.cycle.red_count, 1)
        self.cycle.action_cancel()
        with self.assertRaisesRegex(UserError, "frozen"):
            exception.action_dismiss()
