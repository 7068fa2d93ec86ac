from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .common_supply import SupplyCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSupplyFigures(SupplyCommon):
    """What rows show, alone and in groups."""

    def _grouped(self, model, groupby, aggregate):
        rows = self.env[model].formatted_read_group(
            [("cycle_id", "=", self.cycle.id)], groupby, [aggregate]
        )
        return [row[aggregate] for row in rows]

    def test_utilization_of_a_group_is_load_over_hours(self):
        self._capacity(self.turning, 4, 100, 50)
        self._capacity(self.turning, 5, 0, 150)
        self.assertEqual(
            self._grouped("sop.capacity.line", ["workcenter_id"], "rate_load:avg"), [0.5]
        )

    def test_what_has_no_calendar_is_not_compared(self):
        self._capacity(self.turning, 4, 30, 60)
        self._capacity(self.bench, 4, 500, 0, has_hours=False)
        by_center = self._grouped("sop.capacity.line", ["workcenter_id"], "rate_load:avg")
        self.assertCountEqual(by_center, [0.5, False])
        self.assertEqual(self._grouped("sop.capacity.line", [], "rate_load:avg"), [0.5])

    def test_stock_adds_over_products_and_is_averaged_over_weeks(self):
        for week, pumps, valves in ((4, 100, 20), (5, 50, -10)):
            self._projection(self.pump, week, pumps, amount_stock=pumps, qty_demand=7)
            self._projection(self.valve, week, valves, amount_stock=max(valves, 0), qty_demand=1)
        self.assertEqual(self._grouped("sop.supply.line", ["period"], "qty_stock:avg"), [120, 40])
        self.assertEqual(self._grouped("sop.supply.line", [], "qty_stock:avg"), [80])
        self.assertEqual(self._grouped("sop.supply.line", [], "amount_stock:avg"), [85])
        self.assertEqual(self._grouped("sop.supply.line", [], "qty_demand:sum"), [16])

    def test_utilization_in_words(self):
        cases = [
            ({"load": 30, "available": 60, "level": "none"}, "50 %"),
            ({"load": 97, "available": 100, "level": "amber"}, "▲ 97 %"),
            ({"load": 65, "available": 60, "level": "red"}, "▲▲ 108 %"),
            ({"load": 78, "available": 60, "level": "critical"}, "▲▲▲ 130 %"),
            ({"load": 5, "available": 0, "level": "critical"}, "▲▲▲ no hours"),
            ({"load": 5, "available": 0, "has_hours": False}, "no calendar"),
        ]
        for week, (figures, label) in enumerate(cases, start=4):
            self.assertEqual(self._capacity(self.turning, week, **figures).level_label, label)

    def test_weeks_in_words(self):
        row = self._capacity(self.turning, 6, 1, 1)
        self.assertEqual(row.period_label, "Week 6 (2026-W52)")
        self.assertEqual(row.display_name, "Line 2 turning, Week 6 (2026-W52)")
        row = self._capacity(self.turning, 7, 1, 1)
        row.write({"week": 0, "bucket_start": "2027-06-01", "bucket_end": "2027-07-01"})
        self.assertEqual(row.period_label, "Jun 2027")

    def test_days_of_supply_beyond_the_plan_say_so(self):
        fact = self._fact(self.pump, days_of_supply=540, is_days_capped=True)
        self.assertEqual(fact.cover_label, "over 540")
        fact.is_days_capped = False
        self.assertEqual(fact.cover_label, "540")

    def test_order_date_in_words(self):
        fact = self._fact(self.steel)
        self.assertEqual(fact.order_label, "covered")
        fact.date_order_latest = date(2026, 11, 30)
        self.assertEqual(fact.order_label, "by 11/30/2026")
        fact.write({"date_order_latest": date(2026, 11, 3), "is_order_late": True})
        self.assertEqual(fact.order_label, "▲▲ was due 11/03/2026")

    def test_a_row_exists_once(self):
        twice = [
            lambda: self.env["sop.scenario"].create(
                {**self._owned(with_scenario=False), "kind": "base"}
            ),
            lambda: [self._capacity(self.turning, 4, 1, 1) for _ in "ab"],
            lambda: [self._projection(self.pump, 4, 1) for _ in "ab"],
            lambda: [self._fact(self.pump) for _ in "ab"],
            lambda: [self._capacity_gap() for _ in "ab"],
        ]
        for create in twice:
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                create()

    def test_rows_go_with_their_cycle(self):
        gap = self._capacity_gap()
        rows = (self._capacity(self.turning, 4, 1, 1), self._projection(self.pump, 4, 1), gap)
        lines = gap.line_ids
        self.cycle.unlink()
        for row in (*rows, lines, self.scenario):
            self.assertFalse(row.exists(), row._name)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSupplyGap(SupplyCommon):
    def test_capacity_in_one_sentence(self):
        self.valves.sop_priority = 20
        for week, rate in ((5, 2.0), (6, 1.2), (7, 1.3), (8, 1.1)):
            self._capacity(self.turning, week, 80 * rate, 80)
        gap = self._capacity_gap()
        self.assertEqual(
            gap.reason.replace("\N{NO-BREAK SPACE}", " "),
            "Line 2 turning has 240.0 h and needs 312.5 h (130 % at the peak in week 7) in weeks 6"
            " to 8: 72.5 h short, of which 24.1 h fall on Valves (priority 20, least important"
            " first) = 410 units, 61,000 €.",
        )
        self.assertEqual(gap.severity_label, "▲▲▲ 130 %")
        self.assertEqual(gap.severity, "critical")

    def test_a_closed_work_center_has_no_percentage(self):
        gap = self._capacity_gap(hours_available=0, rate_peak=0)
        self.assertEqual(gap.severity_label, "▲▲▲ no hours")
        self.assertIn("(no hours)", gap.reason)

    def test_exactly_120_percent_is_not_critical(self):
        self.assertEqual(self._capacity_gap(rate_peak=1.2).severity, "red")

    def test_material_in_one_sentence_that_adds_up(self):
        self._projection(self.steel, 3, 100, qty_dependent=700, qty_receipts=500)
        self._projection(self.steel, 4, -1200, qty_dependent=1300)
        self._projection(self.steel, 5, 50, qty_planned=1250)
        self._fact(
            self.steel, qty_on_hand=300, partner_id=self.vendor.id, days_lead=35,
            days_lead_measured=44, has_lead_measured=True, date_order_latest=date(2026, 11, 3),
        )  # fmt: skip
        gap = self._gap("material", 4, 4, product_id=self.steel.id, qty_component=300,
                        qty_short=410, amount_short=61000)  # fmt: skip
        unit = self.steel.uom_id.name
        self.assertEqual(
            gap.reason.replace("\N{NO-BREAK SPACE}", " "),
            f"Bar steel: 1,200 {unit} short in week 4: 300 on hand and 500 on order or planned in"
            " time, against 2,000 needed until the end of Week 4 (2026-W50). Steelco: lead time 35"
            " days promised, 44 measured; the latest order date was 11/03/2026. 300 of it is"
            " missing for Valves = 410 units, 61,000 €.",
        )
        self.assertEqual(gap.severity_label, "▲▲ no material")

    def test_lead_time_in_one_sentence(self):
        self._projection(self.valve, 3, -60, qty_demand=180)
        self._fact(self.valve, "make", qty_on_hand=120, days_lead=14, days_lead_cumulative=49)
        gap = self._gap("lead_time", 3, 3, product_id=self.valve.id, qty_component=60,
                        qty_short=60, amount_short=600)  # fmt: skip
        unit = self.valve.uom_id.name
        self.assertEqual(
            gap.reason.replace("\N{NO-BREAK SPACE}", " "),
            f"Growing valve: 60 {unit} short in week 3: 120 on hand and 0 on order or planned in"
            " time, against 180 needed until the end of Week 3 (2026-W49). What is started today"
            " is ready in 14 days (49 with all material). Valves loses 60 units, 600 €.",
        )

    def test_gap_without_plan_rows_still_speaks(self):
        gap = self._gap("material", 4, 5, product_id=self.steel.id)
        self.assertEqual(gap.reason, "")
        self._fact(self.steel)
        gap.invalidate_recordset()
        self.assertTrue(gap.reason.startswith("Bar steel is short in weeks 4 to 5. No vendor:"))

    def test_runs_in_words(self):
        june = {"bucket_start": "2027-06-01", "week_from": 0, "week_to": 0}
        cases = [
            (self._gap("capacity", 6, 8), "W6-W8", "W6-W8 (2026-W52 to 2027-W01)"),
            (self._gap("capacity", 6, 6), "W6", "W6 (2026-W52)"),
            (self._gap("capacity", 8, 10), "W8-W10", "W8-W10 (2027-W01 to 2027-W03)"),
            (self._gap("capacity", 25, 26, week_to=0, bucket_end="2027-08-01"), "W25-Jul 2027",
             "W25-Jul 2027"),
            (self._gap("capacity", 4, 5, **june, bucket_end="2027-07-01"), "Jun 2027", "Jun 2027"),
            (self._gap("capacity", 5, 6, **june, bucket_end="2027-08-01"), "Jun 2027-Jul 2027",
             "Jun 2027-Jul 2027"),
        ]  # fmt: skip
        for gap, run, period in cases:
            self.assertEqual((gap.run_label, gap.period_label), (run, period))
        self.assertEqual(cases[0][0].display_name, "Valves: , W6-W8")
        self.assertIn("in W25 to Jul 2027:", cases[3][0].reason)

    def test_arithmetic_of_many_gaps_takes_as_many_queries_as_of_one(self):
        self._capacity(self.turning, 6, 90, 60)
        self._projection(self.steel, 6, -10)
        self._fact(self.steel)
        gaps = self._capacity_gap() | self._gap("material", 6, 6, product_id=self.steel.id)
        counts = []
        for first in (4, 7):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            gaps.mapped("reason")
            counts.append(self.env.cr.sql_log_count - start)
            for more in (first, first + 1):
                gaps |= self._capacity_gap(natural_key=str(more))
                gaps |= self._gap("material", more, more, product_id=self.steel.id)
        self.assertLessEqual(counts[1], counts[0])

    def test_people_answer_and_the_planner_computes(self):
        gap = self._capacity_gap().with_user(self._user("operations"))
        gap.write({"note": "Second shift asked for", "user_id": gap.env.uid})
        gap.action_start()
        self.assertEqual(gap.state, "in_progress")
        gap.action_accept()
        gap.action_reopen()
        gap.action_solve()
        self.assertEqual(gap.state, "solved")
        for vals in ({"hours_short": 0}, {"active": False}, {"week_to": 9}, {"kind": "material"}):
            with self.assertRaises(UserError, msg=vals):
                gap.write(vals)

    def test_a_frozen_plan_takes_no_answer(self):
        gap = self._capacity_gap().with_user(self._user("controller"))
        self.cycle.action_cancel()
        for vals in ({"note": "too late"}, {"state": "solved"}, {"user_id": self.env.uid}):
            with self.assertRaisesRegex(UserError, "frozen"):
                gap.write(vals)
