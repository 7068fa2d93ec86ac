from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_maker import MONDAY, MakerCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCapacity(MakerCommon):
    """Hours of work centers: what there is, and what the plan needs."""

    def test_hours_are_calendar_less_leaves_times_efficiency(self):
        self.lathe.time_efficiency = 85
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": datetime(2026, 12, 1, 0, 0),
                "date_to": datetime(2026, 12, 1, 23, 0),
            }
        )
        self._sell_monthly(self.pump, [20] * 12)
        by_week = {line.week: line for line in self._capacity(self._refreshed(), self.lathe)}
        self.assertAlmostEqual(by_week[2].hours_available, 34, places=2)
        self.assertAlmostEqual(by_week[3].hours_available, 27.2, places=2)
        self.assertAlmostEqual(by_week[1].hours_available, 20.4, places=2, msg="from Wednesday on")

    def test_two_week_calendars_alternate(self):
        self.calendar.switch_calendar_type()
        self.calendar.attendance_ids.filtered(
            lambda line: line.week_type == "1" and not line.display_type
        ).unlink()
        self._sell_monthly(self.pump, [20] * 12)
        hours = [
            line.hours_available for line in self._capacity(self._refreshed(), self.lathe)[1:5]
        ]
        self.assertEqual(sorted(hours), [0.0, 0.0, 40.0, 40.0])
        self.assertNotEqual(hours[0], hours[1])

    def test_extra_hours_add_to_the_calendar(self):
        self.env["sop.extra.hours"].create(
            {
                "workcenter_id": self.lathe.id,
                "company_id": self.company.id,
                "date_from": MONDAY + timedelta(days=7),
                "date_to": MONDAY + timedelta(days=13),
                "hours_per_week": 10,
            }
        )
        self._sell_monthly(self.pump, [20] * 12)
        by_week = {line.week: line for line in self._capacity(self._refreshed(), self.lathe)}
        self.assertEqual((by_week[2].hours_extra, by_week[3].hours_extra), (10, 0))
        self.assertEqual(by_week[2].hours_available, 50)

    def test_released_work_is_not_counted_twice(self):
        self._no_safety_stock()
        self._sell_monthly(self.pump, [20] * 12)
        self._sell(date(2026, 11, 25), {self.pump: 20})
        self._put_stock(self.pump, 100)
        self._make_order(self.pump, 8, date(2026, 11, 24))
        by_week = {line.week: line for line in self._capacity(self._refreshed(), self.lathe)}
        self.assertAlmostEqual(by_week[2].hours_orders, 4, places=2)
        self.assertEqual(by_week[2].hours_plan, 0, "stock and the released order cover the week")

    def test_work_center_without_hours_is_no_overload(self):
        closed = self._make_calendar(8.0)
        closed.attendance_ids.unlink()
        idle = self._make_workcenter("Idle", closed)
        self._make_bom(self.pump, {self.casting: 1}, {idle: 30.0}, sequence=-1)
        self._sell_monthly(self.pump, [20] * 12)
        self._overload()
        cycle = self._refreshed()
        lines = self._capacity(cycle, idle)
        self.assertFalse(any(lines.mapped("has_hours")))
        self.assertTrue(sum(lines.mapped("hours_load")), "the load is shown all the same")
        self.assertEqual(set(lines.mapped("level")), {"none"})
        self.assertIn("no calendar", lines[0].level_label)
        self.assertFalse(self._gaps(cycle, kind="capacity"))
        self.assertTrue(
            self.env["sop.data.issue"].search(
                [("rule_id.code", "=", "no_calendar"), ("res_id", "=", idle.id)]
            )
        )

    def test_utilization_of_a_group_is_the_ratio_of_its_sums(self):
        self._sell_monthly(self.pump, [20] * 12)
        self._overload()
        cycle = self._refreshed()
        [(_center, rate, load, available)] = self.env["sop.capacity.line"]._read_group(
            [("cycle_id", "=", cycle.id), ("workcenter_id", "=", self.lathe.id)],
            ["workcenter_id"],
            ["rate_load:avg", "hours_load:sum", "hours_available:sum"],
        )
        self.assertAlmostEqual(rate, load / available, places=4)

    def test_extra_hours_are_checked(self):
        vals = {
            "workcenter_id": self.lathe.id,
            "company_id": self.company.id,
            "date_from": "2026-12-01",
            "date_to": "2026-11-01",
            "hours_per_week": 8,
        }
        with self.assertRaisesRegex(ValidationError, "Lathe"):
            self.env["sop.extra.hours"].create(vals)
        with self.assertRaisesRegex(ValidationError, "168"):
            self.env["sop.extra.hours"].create(
                {**vals, "date_to": "2026-12-31", "hours_per_week": 500}
            )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestGaps(MakerCommon):
    """What is short becomes a gap that people answer."""

    def test_overload_becomes_a_gap_with_its_arithmetic(self):
        self._no_safety_stock()
        self._put_stock(self.casting, 1000)
        self._sell_monthly(self.pump, [20] * 12)
        self._overload(week=3, qty=200)
        cycle = self._refreshed()
        gap = self._gaps(cycle, kind="capacity")
        self.assertEqual(len(gap), 1)
        self.assertEqual((gap.family_id, gap.workcenter_id), (self.pumps, self.lathe))
        self.assertEqual((gap.week_from, gap.week_to), (3, 3))
        self.assertAlmostEqual(gap.hours_short, 200 * 0.5 - 40, places=2)
        self.assertAlmostEqual(gap.qty_short, 120, places=1)
        self.assertAlmostEqual(gap.rate_peak, 2.5, places=3)
        self.assertEqual(gap.order_count, 1)
        self.assertIn("Lathe", gap.reason)
        self.assertIn("60.0", gap.reason)
        orders = gap.action_open_orders()
        self.assertEqual(
            self.env["sale.order"].search(orders["domain"]).order_line.mapped("product_uom_qty"),
            [200],
        )

    def test_the_least_important_family_loses_first(self):
        self._no_safety_stock()
        self.pumps.sop_priority, self.valves.sop_priority = 10, 20
        self.valve.is_storable = True
        self._make_bom(self.valve, {self.casting: 1}, {self.lathe: 30.0})
        self._put_stock(self.casting, 1000)
        self._sell_monthly(self.pump, [5] * 12)
        self._sell_monthly(self.valve, [5] * 12)
        day = MONDAY + timedelta(days=16)
        self._sell(day, {self.pump: 60, self.valve: 40})
        cycle = self._refreshed()
        gap = self._gaps(cycle, kind="capacity")
        self.assertEqual(gap.family_id, self.valves)
        self.assertAlmostEqual(gap.hours_short, 10, places=2)

    def test_a_refresh_keeps_what_people_said_and_a_gone_gap_rests(self):
        self._no_safety_stock()
        self._put_stock(self.casting, 1000)
        self._sell_monthly(self.pump, [20] * 12)
        self._overload()
        cycle = self._refreshed()
        gap = self._gaps(cycle, kind="capacity")
        owner = self._user("operations")
        gap.write({"note": "Second shift is being hired", "state": "in_progress"})
        gap.user_id = owner
        self._sell(MONDAY + timedelta(days=24), {self.pump: 150})
        cycle.action_refresh()
        self.assertEqual(self._gaps(cycle, kind="capacity"), gap, "the run got longer: same gap")
        self.assertEqual((gap.week_from, gap.week_to), (3, 4))
        self.assertEqual((gap.note, gap.state), ("Second shift is being hired", "in_progress"))
        self.assertEqual(gap.user_id, owner)
        self.env["sop.extra.hours"].create(
            {
                "workcenter_id": self.lathe.id,
                "company_id": self.company.id,
                "date_from": MONDAY,
                "date_to": MONDAY + timedelta(days=60),
                "hours_per_week": 120,
            }
        )
        cycle.action_refresh()
        self.assertFalse(gap.active)
        self.assertFalse(self._gaps(cycle, kind="capacity"))
        self.assertEqual(gap.note, "Second shift is being hired")

    def test_who_may_write_gaps(self):
        self._no_safety_stock()
        self._sell_monthly(self.pump, [20] * 12)
        self._overload()
        cycle = self._refreshed()
        gap = self._gaps(cycle)[:1]
        for role in ("operations", "controller"):
            user = self._user(role)
            gap.with_user(user).note = f"Seen by {role}"
            with self.assertRaises(UserError):
                gap.with_user(user).hours_short = 1
        for role in ("viewer", "sales", "executive"):
            with self.assertRaises(AccessError):
                gap.with_user(self._user(role)).note = "Hidden"
        with self.assertRaises(AccessError):
            self.env["sop.supply.gap"].with_user(self._user(None)).search([])

    def test_frozen_plan_keeps_its_gaps(self):
        self._sell_monthly(self.pump, [20] * 12)
        self._overload()
        cycle = self._refreshed()
        gap = self._gaps(cycle)[:1]
        cycle.action_cancel()
        with self.assertRaisesRegex(UserError, "cancelled"):
            gap.note = "Too late"

    def test_companies_do_not_see_each_other(self):
        self._sell_monthly(self.pump, [20] * 12)
        self._overload()
        cycle = self._refreshed()
        other = self.env["res.company"].create({"name": "Other Maker"})
        stranger = self._user("controller", other)
        for model in ("sop.supply.gap", "sop.supply.line", "sop.capacity.line",
                      "sop.supply.product", "sop.extra.hours", "sop.scenario"):  # fmt: skip
            rows = self.env(user=stranger, context={})[model].search([])
            self.assertFalse(rows.filtered(lambda row: row.company_id == self.company), model)
        with self.assertRaises(AccessError):
            self.env(user=stranger, context={})["sop.supply.gap"].browse(
                self._gaps(cycle)[:1].id
            ).read(["reason"])

    def test_other_companies_stock_and_orders_do_not_count(self):
        other = self.env["res.company"].create({"name": "Other Maker"})
        self.env.user.company_ids += other
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        self.env["stock.quant"].with_company(other).create(
            {
                "product_id": self.pump.id,
                "location_id": warehouse.lot_stock_id.id,
                "quantity": 500,
            }
        )
        self._sell_monthly(self.pump, [20] * 12)
        cycle = self._refreshed()
        self.assertEqual(self._fact(cycle, self.pump).qty_on_hand, 0)
