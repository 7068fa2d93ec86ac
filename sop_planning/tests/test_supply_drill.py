from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .common_supply import SupplyCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestExtraHours(SupplyCommon):
    def _enter(self, **vals):
        return self.env["sop.extra.hours"].create(
            {
                "workcenter_id": self.turning.id,
                "date_from": "2026-12-07",
                "date_to": "2026-12-20",
                "hours_per_week": 8,
                **vals,
            }
        )

    def test_overtime_and_short_time_work(self):
        self.assertEqual(self._enter().display_name, "Line 2 turning: +8.0 h a week")
        entry = self._enter(hours_per_week=-20.5)
        self.assertEqual(entry.display_name, "Line 2 turning: -20.5 h a week")
        self.assertEqual(entry.company_id, self.company)

    def test_impossible_entries_are_refused(self):
        refused = [
            ({"date_to": "2026-12-06"}, "exchange the days"),
            ({"hours_per_week": 0}, "changes nothing"),
            ({"hours_per_week": 169}, "168"),
            ({"hours_per_week": -169}, "168"),
        ]
        for vals, message in refused:
            with self.assertRaisesRegex(ValidationError, message):
                self._enter(**vals)
        with self.assertRaisesRegex(ValidationError, "exchange the days"):
            self._enter().date_from = "2027-01-01"

    def test_a_day_cannot_be_left_out(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._enter(date_to=False)

    def test_work_center_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other Maker"})
        calendar = {"resource_calendar_id": other.resource_calendar_id.id}
        center = self._make_center("Lathe", company_id=other.id, **calendar)
        with self.assertRaises(UserError):
            self._enter(workcenter_id=center.id)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDrillDown(SupplyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.valve.product_tmpl_id.id,
                "company_id": cls.company.id,
                "operation_ids": [
                    Command.create(
                        {"name": "Turn", "workcenter_id": cls.turning.id, "time_cycle_manual": 60}
                    )
                ],
            }
        )
        cls.fact = cls._fact(cls.valve, "make", days_lead=14)
        cls.lines = cls.env["sop.supply.line"]
        for week in range(3, 10):
            cls.lines |= cls._projection(cls.valve, week, 0, qty_planned=10)
        cls._projection(cls.pump, 8, 0, qty_planned=10)
        cls.loads = [cls._capacity(cls.turning, week, 10, 40) for week in range(3, 10)]

    def _weeks(self, action):
        return sorted(self.env[action["res_model"]].search(action["domain"]).mapped("week"))

    def test_load_comes_from_what_is_due_a_lead_time_later(self):
        self.assertEqual(self._weeks(self.loads[3].action_open_plan()), [8])
        both = self.loads[3] | self.loads[4]
        self.assertEqual(self._weeks(both.action_open_plan()), [8, 9])

    def test_first_week_also_carries_what_had_to_start_before(self):
        self.assertEqual(self._weeks(self.loads[0].action_open_plan()), [3, 4, 5])

    def test_lead_time_that_is_no_whole_week_touches_two(self):
        self.fact.days_lead = 10
        self.assertEqual(self._weeks(self.loads[3].action_open_plan()), [7, 8])

    def test_work_center_without_products_has_no_plan(self):
        load = self._capacity(self.bench, 6, 0, 40)
        self.assertEqual(self._weeks(load.action_open_plan()), [])

    def test_gap_opens_its_own_weeks_only(self):
        gap = self._capacity_gap()
        action = gap.action_open_capacity()
        self.assertEqual(self._weeks(action), [6, 7, 8])
        self.assertEqual(action["views"][0][1], "list")
        rows = self.env["sop.supply.line"].search(gap.action_open_plan()["domain"])
        self.assertEqual(rows.product_id, self.valve)
        self.assertEqual(rows.mapped("week"), [6, 7, 8])

    def test_product_projection_is_a_chart_of_the_current_cycle(self):
        action = self.valve.action_open_sop_projection()
        self.assertEqual(action["views"][0][1], "graph")
        self.assertEqual(self._weeks(action), list(range(3, 10)))
        self.assertEqual(action["context"]["search_default_current"], 1)

    def test_calendar_of_a_work_center_without_one(self):
        line = self.loads[0]
        self.assertEqual(
            line.action_open_calendar()["res_id"], self.turning.resource_calendar_id.id
        )
        self.turning.resource_calendar_id = False
        with self.assertRaisesRegex(UserError, "working time"):
            line.action_open_calendar()

    def test_time_off_is_that_of_the_work_center_and_its_company(self):
        leaves = self.env["resource.calendar.leaves"]
        days = {"date_from": "2026-12-24 00:00:00", "date_to": "2026-12-24 23:00:00"}
        calendar = self.turning.resource_calendar_id
        own = leaves.create({**days, "name": "Repair", "calendar_id": calendar.id,
                             "resource_id": self.turning.resource_id.id})  # fmt: skip
        holiday = leaves.create({**days, "name": "Christmas", "calendar_id": calendar.id})
        leaves.create({**days, "name": "Bench off", "calendar_id": calendar.id,
                       "resource_id": self.bench.resource_id.id})  # fmt: skip
        found = leaves.search(self.loads[0].action_open_leaves()["domain"])
        self.assertEqual(found, own | holiday)
