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
        family = self._exceptions(self.cycle)
        for part in ("Pumps", "3,900", "3,000", "trend", "+30.0 %", "90,000", "Nov 2026"):
            self.assertIn(part, family.reason)

    def test_same_cause_is_raised_once_and_the_family_names_its_product(self):
        self._plan(1300, 1300, 1300)
        family = self._exceptions(self.cycle)
        self.assertFalse(family.product_id)
        self.assertIn("Mainly Steady pump (+900)", family.reason)
        fact = self._fact(self.pump)
        self.assertEqual((fact.severity, fact.flag_code), ("red", "same_cause"))
        self.assertIn("its family Pumps deviates the same way", fact.flag_reason)

    def test_product_against_the_direction_of_its_family_is_raised_on_its_own(self):
        self._sell_monthly(self.small_pump, [1000] * 26)
        self.cycle.action_refresh()
        self._plan(1800, 1800, 1800)
        for month in NEXT_MONTHS:
            self._line(self.cycle, self.small_pump, month).qty_override = 500
        raised = self._exceptions(self.cycle).filtered(lambda row: row.kind == "deviation")
        self.assertEqual(raised.product_id, self.small_pump)
        self.assertEqual(len(raised), 2)

    def _fact(self, product):
        return self.env["sop.demand.product"].search(
            [("cycle_id", "=", self.cycle.id), ("product_id", "=", product.id)]
        )

    def test_why_a_product_is_not_flagged_is_told_with_its_figures(self):
        self._plan(1080, 1080, 1080)
        self.assertIn("+8.00 % is within the amber threshold of 10.00 %",
                      self._fact(self.pump).flag_reason)  # fmt: skip
        self.company.sop_value_floor = 90000.01
        self._plan(1300, 1300, 1300)
        self.assertIn("less than", self._fact(self.pump).flag_reason)
        self.assertEqual(self._review(self.cycle, self.pumps).flag_code, "below_floor")

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
        self.assertEqual(len(exceptions), 1)
        exceptions.write({"state": "dismissed", "note": "The customer confirmed"})
        self._plan(1000, 1000, 1000)
        self.assertFalse(self._exceptions(self.cycle))
        self._plan(1300, 1300, 1300)
        self.assertEqual(self._exceptions(self.cycle), exceptions)
        self.assertEqual(set(exceptions.mapped("state")), {"dismissed"})

    def test_only_the_largest_by_money_are_shown_and_the_others_say_so(self):
        families = [self._make_family(f"Family {n}") for n in range(6)]
        products = [
            self._make_product(f"Valve {n}", family, 100 + n) for n, family in enumerate(families)
        ]
        for month in range(1, 11):
            self._sell(date(2026, month, 5), {product: 100 for product in products})
        self.company.sop_exception_cap = 2
        self.cycle.action_refresh()
        lines = self.env["sop.demand.line"].search(
            [("cycle_id", "=", self.cycle.id), ("product_id", "in", [p.id for p in products])]
        )
        lines.filtered(lambda line: line.bucket_start in NEXT_MONTHS).qty_override = 300
        shown = self._exceptions(self.cycle)
        self.assertEqual(shown.family_id, families[-1] | families[-2])
        reviews = [self._review(self.cycle, family) for family in families]
        self.assertEqual({review.severity for review in reviews}, {"red"})
        self.assertEqual(
            [review.flag_code for review in reviews], ["beyond_cap"] * 4 + ["flagged"] * 2
        )
        self.assertIn("only the 2 largest", reviews[0].flag_reason)
        # an answered one makes room for nobody else, and stays to be seen
        shown[0].action_accept()
        self.cycle.action_refresh()
        self.assertEqual(self._exceptions(self.cycle), shown)

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
        exception = self._exceptions(self.cycle)
        self.assertEqual(self.cycle.red_count, 1)
        exception.action_accept()
        self.assertEqual(exception.state, "accepted")
        self.cycle.invalidate_recordset()
        self.assertEqual(self.cycle.red_count, 0)
        self.cycle.action_cancel()
        with self.assertRaisesRegex(UserError, "frozen"):
            exception.write({"state": "dismissed", "note": "Too late"})

    def test_dismissing_and_snoozing_need_a_reason(self):
        self._plan(1300, 1300, 1300)
        exception = self._exceptions(self.cycle).with_user(self._user("controller"))
        with self.assertRaisesRegex(UserError, "Say why"):
            exception.state = "dismissed"
        action = exception.action_dismiss()
        answer = self.env[action["res_model"]].with_user(exception.env.user)
        answer = answer.browse(action["res_id"])
        with self.assertRaisesRegex(UserError, "Say why"):
            answer.action_apply()
        answer.note = "One-off order"
        answer.action_apply()
        self.assertEqual((exception.state, exception.note), ("dismissed", "One-off order"))

    def test_snoozed_exception_sleeps_into_the_next_cycle_and_wakes_on_its_day(self):
        self._plan(1300, 1300, 1300)
        exception = self._exceptions(self.cycle)
        exception.write(
            {"state": "snoozed", "note": "Wait for the tender", "date_snooze": "2026-12-20"}
        )
        self.cycle.action_refresh()
        self.assertEqual(exception.state, "snoozed")
        with freeze_time("2026-12-09"):
            december = self._make_cycle(month=date(2026, 12, 1))
            december.action_refresh()
            for month in (date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)):
                self._line(december, self.pump, month).qty_override = 1400
            again = self._exceptions(december).filtered(lambda row: row.kind == "deviation")
            self.assertEqual((again.state, str(again.date_snooze)), ("snoozed", "2026-12-20"))
        with freeze_time("2026-12-21"):
            december.action_refresh()
            self.assertEqual((again.state, again.date_snooze), ("open", False))

    def test_answer_to_amber_does_not_hold_for_red(self):
        self._plan(1200, 1200, 1200)
        exception = self._exceptions(self.cycle)
        self.assertEqual(exception.severity, "amber")
        exception.action_accept()
        self._plan(1300, 1300, 1300)
        self.assertEqual((exception.severity, exception.state), ("red", "open"))
        self.assertIn("+20.0 % when answered", exception.message_ids[0].body)
        exception.action_accept()
        self._plan(1310, 1310, 1310)
        self.assertEqual(exception.state, "accepted")

    def test_answer_to_a_rise_does_not_hold_for_a_fall_or_a_much_larger_rise(self):
        self._plan(1300, 1300, 1300)
        exception = self._exceptions(self.cycle)
        exception.action_accept()
        lines = self._line(self.cycle, self.pump)
        for month in NEXT_MONTHS[1:]:
            lines |= self._line(self.cycle, self.pump, month)
        lines._override(dict.fromkeys(lines, 1500.0), {"kind": "set"})
        self.assertEqual(exception.state, "open")
        exception.action_accept()
        lines._override(dict.fromkeys(lines, 600.0), {"kind": "set"})
        self.assertEqual((exception.severity, exception.state), ("red", "open"))

    def test_answered_exception_stays_when_larger_ones_come(self):
        self.company.sop_exception_cap = 1
        self._plan(1300, 1300, 1300)
        exception = self._exceptions(self.cycle)
        exception.write({"state": "dismissed", "note": "Known"})
        self._sell_monthly(self.valve, [90000] * 26)
        self.cycle.action_refresh()
        for month in NEXT_MONTHS:
            self._line(self.cycle, self.valve, month).qty_override = 200000
        self.assertEqual(len(self._exceptions(self.cycle)), 2)
        self.assertTrue(exception.active and exception.has_cause)
