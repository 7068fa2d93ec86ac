from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_maker import MONDAY, MakerCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSupplyPlan(MakerCommon):
    def test_weeks_then_months_without_gap_or_overlap(self):
        self._sell_monthly(self.pump, [20] * 12)
        cycle = self._refreshed()
        lines = self._supply(cycle, self.pump)
        self.assertEqual(
            (cycle.week_start, lines[0].bucket_start, lines[0].week), (MONDAY, MONDAY, 1)
        )
        self.assertEqual(lines.filtered("week").mapped("week"), list(range(1, 27)))
        self.assertEqual(lines[:-1].mapped("bucket_end"), lines[1:].mapped("bucket_start"))
        self.assertEqual(lines[-1].bucket_end, cycle.date_end)

    def test_weekly_demand_adds_up_to_the_months_plan(self):
        self._sell_monthly(self.pump, [21] * 30)
        cycle = self._refreshed()
        lines = self._supply(cycle, self.pump)
        plan = self.env["sop.demand.line"].search(
            [("cycle_id", "=", cycle.id), ("product_id", "=", self.pump.id)]
        )
        coming = sum(plan.filtered(lambda line: line.bucket_start > TODAY).mapped("qty_consensus"))
        # of November, nine of twenty-one working days are still to come
        november = self._line(cycle, self.pump).qty_consensus * 9 / 21
        self.assertAlmostEqual(sum(lines.mapped("qty_demand")), coming + november, delta=1)

    def test_balance_closes_in_every_bucket(self):
        self._put_stock(self.pump, 30)
        self._sell_monthly(self.pump, [25] * 24)
        self._make_order(self.pump, 10, TODAY + timedelta(days=6))
        cycle = self._refreshed()
        for product in (self.pump, self.casting):
            stock = product.with_context(warehouse_id=self.warehouse.id).qty_available
            for line in self._supply(cycle, product):
                stock += line.qty_receipts + line.qty_planned - line.qty_demand - line.qty_dependent
                self.assertAlmostEqual(line.qty_stock, stock, places=1)

    def test_orders_consume_the_forecast_and_keep_their_week(self):
        self._sell_monthly(self.pump, [20] * 30)
        self._sell(date(2026, 12, 9), {self.pump: 90})
        cycle = self._refreshed()
        by_week = {line.week: line.qty_demand for line in self._supply(cycle, self.pump)}
        self.assertEqual(by_week[4], 90, "orders above the forecast leave nothing of it")
        self.assertEqual(by_week[5], 0)

    def test_open_orders_count_at_their_dates_and_overdue_ones_now(self):
        self.company.sop_overdue_days = 90
        self._sell_monthly(self.pump, [20] * 12)
        self._buy(self.casting, 40, MONDAY + timedelta(days=15))
        self._buy(self.casting, 7, TODAY - timedelta(days=10))
        self._buy(self.casting, 5, TODAY - timedelta(days=200))
        cycle = self._refreshed()
        by_week = {line.week: line.qty_receipts for line in self._supply(cycle, self.casting)}
        self.assertEqual((by_week[1], by_week[3]), (7, 40), "long overdue orders are not expected")
        found = self.env["sop.data.issue"].search(
            [("company_id", "=", self.company.id), ("rule_id.code", "=", "overdue_purchase")]
        )
        self.assertEqual(len(found), 2)

    def test_components_follow_the_production_of_their_product(self):
        self._no_safety_stock()
        self.bom.produce_delay = 7
        self._sell_monthly(self.pump, [20] * 12)
        self._sell(date(2026, 12, 9), {self.pump: 50})
        cycle = self._refreshed()
        pump, casting = self._supply(cycle, self.pump), self._supply(cycle, self.casting)
        self.assertEqual(pump.filtered(lambda line: line.week == 4).qty_planned, 50)
        self.assertEqual(casting.filtered(lambda line: line.week == 3).qty_dependent, 50)

    def test_bill_lines_in_other_units_and_kits(self):
        gram, kilogram = self.env.ref("uom.product_uom_gram"), self.env.ref("uom.product_uom_kgm")
        self._no_safety_stock()
        bar = self._make_product("Bar", self.goods, 0.0, uom_id=kilogram.id, is_storable=True)
        self._make_vendor(bar, self.foundry, 0)
        self._make_bom(self.small_pump, {bar: {"product_qty": 190, "product_uom_id": gram.id}}, {})
        kit = self._make_product("Pump pair", self.pumps, 130.0)
        self._make_bom(kit, {self.pump: 1, self.small_pump: 2}, {}, type="phantom")
        self._sell_monthly(kit, [10] * 12)
        self._sell(date(2026, 12, 9), {kit: 100})
        cycle = self._refreshed()
        need = {
            product: self._supply(cycle, product).filtered(lambda line: line.week == 4)
            for product in (self.pump, self.small_pump, bar)
        }
        self.assertEqual(need[self.pump].qty_dependent, 100)
        self.assertEqual(need[self.small_pump].qty_dependent, 200)
        self.assertAlmostEqual(need[bar].qty_dependent, 38.0, places=2)
        self.assertEqual(self._fact(cycle, kit).supply_kind, "kit")
        self.assertFalse(any(self._supply(cycle, kit).mapped("qty_stock")))

    def test_first_bill_by_sequence_is_used(self):
        other = self._make_product("Other casting", self.goods, 0.0, is_storable=True)
        self._make_vendor(other, self.foundry, 5)
        self._make_bom(self.pump, {other: 1}, {}, sequence=-1)
        self._sell_monthly(self.pump, [20] * 12)
        cycle = self._refreshed()
        self.assertTrue(sum(self._supply(cycle, other).mapped("qty_dependent")))
        self.assertFalse(self._supply(cycle, self.casting))

    def test_latest_order_date_and_lead_times(self):
        self._no_safety_stock()
        self._sell_monthly(self.pump, [20] * 12)
        self._sell(date(2026, 12, 9), {self.pump: 90})
        self.bom.produce_delay = 3
        cycle = self._refreshed()
        fact = self._fact(cycle, self.casting)
        self.assertEqual((fact.days_lead, fact.partner_id), (14, self.foundry))
        self.assertEqual(self._fact(cycle, self.pump).days_lead_cumulative, 17)
        self.assertTrue(fact.is_order_late, "the first castings had to be ordered two weeks ago")
        self.assertIn("was due", fact.order_label)

    def test_material_shortage_within_the_lead_time_is_a_gap(self):
        self._no_safety_stock()
        self.company.sop_value_floor = 100
        self._sell_monthly(self.pump, [20] * 12)
        self._sell(date(2026, 11, 25), {self.pump: 60})
        cycle = self._refreshed()
        gap = self._gaps(cycle, kind="material")
        self.assertEqual((gap.product_id, gap.family_id), (self.casting, self.pumps))
        self.assertIn("Casting", gap.reason)
        self.assertIn("14 days", gap.reason)
        self.assertGreaterEqual(gap.qty_component, 60)
        self.assertEqual(gap.order_count, 1)

    def test_measured_minutes_stand_beside_the_standard(self):
        self._no_safety_stock()
        self._put_stock(self.casting, 100)
        for _n in range(5):
            order = self._make_order(self.pump, 2, TODAY - timedelta(days=20))
            order.workorder_ids.button_start()
            order.workorder_ids.button_finish()
            order.qty_producing = 2
            order.move_raw_ids.picked = True
            order.button_mark_done()
            order.workorder_ids.duration = 80.0
            self.assertEqual(order.workorder_ids.mapped("duration"), [80.0])
            self.assertEqual(order.workorder_ids.mapped("qty_produced"), [2.0])
        self._overload(qty=40)
        self._sell_monthly(self.pump, [1] * 12)
        cycle = self._refreshed()
        line = self._capacity(cycle, self.lathe).filtered(lambda line: line.week == 3)
        self.assertGreater(line.hours_plan_standard, 0)
        self.assertAlmostEqual(
            line.hours_plan_measured, line.hours_plan_standard * 40 / 30, places=1
        )
        self.assertEqual(line.hours_plan, line.hours_plan_standard)
        self.company.sop_use_measured_times = True
        cycle.action_refresh()
        self.assertEqual(line.hours_plan, line.hours_plan_measured)

    def test_refresh_leaves_equal_rows_alone(self):
        self._sell_monthly(self.pump, [20] * 12)
        self._overload()
        cycle = self._refreshed()
        tables = ("sop_supply_line", "sop_capacity_line", "sop_supply_product", "sop_supply_gap",
                  "sop_supply_gap_line", "sop_data_issue", "sop_supplier_risk")  # fmt: skip

        def versions():
            self.env.flush_all()
            rows = {}
            for table in tables:
                self.env.cr.execute(f"SELECT id, ctid::text FROM {table} ORDER BY id")
                rows[table] = self.env.cr.fetchall()
            return rows

        before = versions()
        cycle.action_refresh()
        self.assertEqual(versions(), before)

    def test_queries_do_not_grow_with_products(self):
        self._sell_monthly(self.pump, [20] * 12)
        cycle = self._refreshed()
        count = self._count_queries(cycle)
        for number in range(15):
            product = self._make_product(f"Pump {number}", self.pumps, 50.0, is_storable=True)
            self._make_bom(product, {self.casting: 1}, {self.lathe: 5.0})
            self._sell(date(2026, 10, 6), {product: 10})
        self.env.flush_all()
        # a scenario that finds something to do writes its levers: a few queries, not one a product
        self.assertLessEqual(self._count_queries(cycle), count + 9)

    def _count_queries(self, cycle):
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        cycle.action_refresh()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCapacity(MakerCommon):
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


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStockTargets(MakerCommon):
    def test_reordering_minimum_is_planned_towards_where_there_is_one(self):
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.pump.id,
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "product_min_qty": 37,
                "product_max_qty": 60,
            }
        )
        self._put_stock(self.pump, 37)
        self._sell_monthly(self.pump, [20] * 12)
        cycle = self._refreshed()
        self.assertEqual(set(self._supply(cycle, self.pump).mapped("qty_target")), {37.0})
        fact = self._fact(cycle, self.pump)
        self.assertEqual((fact.qty_safety_current, fact.has_rule), (37, True))

    def test_missing_stock_is_rebuilt_over_weeks(self):
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.pump.id,
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "product_min_qty": 80,
                "product_max_qty": 100,
            }
        )
        self.company.sop_rebuild_weeks = 4
        self._sell_monthly(self.pump, [20] * 12)
        targets = self._supply(self._refreshed(), self.pump).mapped("qty_target")
        self.assertEqual(targets[:5], [20.0, 40.0, 60.0, 80.0, 80.0])

    def test_excess_stock_in_money(self):
        self.pump.standard_price = 60
        self._put_stock(self.pump, 1000)
        self._sell_monthly(self.pump, [20] * 24)
        fact = self._fact(self._refreshed(), self.pump)
        self.assertGreater(fact.qty_excess, 800)
        self.assertAlmostEqual(fact.amount_excess, 60 * fact.qty_excess, delta=1)
        self.assertTrue(fact.is_days_capped or fact.days_of_supply > 300)

    def test_proposals_are_written_by_a_person_only(self):
        self._sell_monthly(self.pump, [20, 35, 10, 40, 25, 5] * 4)
        cycle = self._refreshed()
        rules = self.env["stock.warehouse.orderpoint"]
        domain = [("product_id", "=", self.pump.id), ("company_id", "=", self.company.id)]
        self.assertFalse(rules.search(domain), "nothing is written silently")
        fact = self._fact(cycle, self.pump)
        self.assertGreater(fact.qty_safety_proposed, 0)
        action = fact.action_apply_safety_stock()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.line_ids.qty_new = 44
        wizard.action_apply()
        rule = rules.search(domain)
        self.assertEqual((rule.product_min_qty, rule.trigger), (44, "manual"))
        viewer = self._user("viewer")
        with self.assertRaises(AccessError):
            fact.with_user(viewer).action_apply_safety_stock()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSupplyBadData(MakerCommon):
    def test_a_bill_that_contains_itself_stops_nothing(self):
        part = self._make_product("Part", self.goods, 0.0, is_storable=True)
        bill = self._make_bom(part, {self.casting: 1}, {})
        self._sell_monthly(self.pump, [20] * 12)
        self._sell_monthly(part, [5] * 12)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mrp_bom_line SET product_id = %s WHERE bom_id = %s", (part.id, bill.id)
        )
        self.env.invalidate_all()
        cycle = self._refreshed()
        issue = self.env["sop.data.issue"].search(
            [("company_id", "=", self.company.id), ("rule_id.code", "=", "bom_cycle")]
        )
        self.assertEqual((issue.res_model, issue.res_id), ("mrp.bom", bill.id))
        self.assertTrue(self._supply(cycle, self.casting), "all the rest is planned")

    def test_company_without_any_supply_data_is_planned_for_demand(self):
        other = self.env["res.company"].create({"name": "Trader without data"})
        other.sop_auto_open = False
        self.env.user.company_ids += other
        product = self._make_product("Thing", self.pumps, 10.0)
        self._sell(date(2026, 10, 6), {product: 10}, company=other)
        cycle = self._make_cycle(company=other)
        cycle.action_refresh()
        self.assertTrue(cycle.date_snapshot)
        self.assertFalse(self._gaps(cycle))

    def test_archived_work_center_and_bill_are_left_out(self):
        self._sell_monthly(self.pump, [20] * 12)
        self.bom.active = False
        cycle = self._refreshed()
        self.assertEqual(self._fact(cycle, self.pump).supply_kind, "none")
        self.assertFalse(self._gaps(cycle))
