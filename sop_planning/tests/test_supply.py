from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_maker import MONDAY, MakerCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSupplyPlan(MakerCommon):
    """Demand, receipts, stock and components of every product, by weeks and then by months."""

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
class TestStockTargets(MakerCommon):
    """The stock that is planned towards, what is above it, and proposals for it."""

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
    """What is wrong or missing in the records stops no plan."""

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
