from datetime import date
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import MONTH, TODAY, SopCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRefresh(SopCommon):
    def test_steady_demand_is_forecast_steady(self):
        self._sell_monthly(self.pump, [20] * 30)
        cycle = self._make_cycle()
        cycle.action_refresh()
        lines = self.env["sop.demand.line"].search([("cycle_id", "=", cycle.id)])
        self.assertEqual(len(lines), 18)
        self.assertEqual(lines[0].bucket_start, MONTH)
        for line in lines:
            self.assertAlmostEqual(line.qty_statistical, 20, delta=0.5)
            self.assertLessEqual(line.qty_low, line.qty_statistical)
            self.assertGreaterEqual(line.qty_high, line.qty_statistical)
            self.assertEqual(line.qty_consensus, line.qty_statistical)
            self.assertAlmostEqual(line.amount_consensus, 100 * line.qty_consensus, places=2)

    def test_forecast_error_stands_beside_the_naive_one(self):
        seasonal = [10, 12, 15, 22, 30, 34, 31, 26, 20, 15, 12, 10] * 3
        self._sell_monthly(self.pump, seasonal)
        cycle = self._make_cycle()
        cycle.action_refresh()
        fact = self.env["sop.demand.product"].search([("cycle_id", "=", cycle.id)])
        self.assertTrue(fact.has_backtest)
        self.assertLess(fact.rate_error, 0.25)
        self.assertEqual(fact.rate_error_naive, 0)
        self.assertEqual((fact.months_sold, fact.method), (36, "seasonal"))

    def test_outlier_does_not_move_the_forecast_nor_the_history(self):
        self._sell_monthly(self.pump, [20] * 30 + [500] + [20] * 5)
        cycle = self._make_cycle()
        cycle.action_refresh()
        fact = self.env["sop.demand.product"].search([("cycle_id", "=", cycle.id)])
        self.assertEqual(fact.months_corrected, 1)
        self.assertAlmostEqual(self._line(cycle, self.pump).qty_statistical, 20, delta=1)
        history = self.env["sop.demand.history"].search([("product_id", "=", self.pump.id)])
        self.assertEqual(max(history.mapped("qty")), 500)

    def test_addon_adds_a_forecast_method(self):
        self._sell_monthly(self.pump, [20, 30, 25] * 10)
        cycle = self._make_cycle()
        cycle.action_refresh()
        alone = self._line(cycle, self.pump).qty_statistical
        planner = type(self.env["sop.planner"])
        with patch.object(planner, "_forecast_methods", return_value=("croston", "theta")):
            cycle.action_refresh()
        self.assertAlmostEqual(self._line(cycle, self.pump).qty_statistical, alone, delta=8)
        with (
            patch.object(planner, "_forecast_methods", return_value=("crystal_ball",)),
            self.assertRaisesRegex(UserError, "crystal_ball"),
        ):
            cycle.action_refresh()

    def test_last_year_and_orders_stand_in_their_months(self):
        self._sell(date(2025, 11, 5), {self.pump: 7})
        self._sell(date(2026, 2, 5), {self.pump: 9})
        self._sell(date(2026, 11, 20), {self.pump: 3})
        self._sell(date(2027, 2, 20), {self.pump: 4})
        cycle = self._make_cycle()
        cycle.action_refresh()
        november, february = (
            self._line(cycle, self.pump),
            self._line(cycle, self.pump, date(2027, 2, 1)),
        )
        self.assertEqual((november.qty_last_year, november.qty_orders), (7, 3))
        self.assertEqual((february.qty_last_year, february.qty_orders), (9, 4))
        # a year later the month of last year is the cycle's own, which is not over
        self.assertEqual(self._line(cycle, self.pump, date(2027, 11, 1)).qty_last_year, 0)

    def test_price_is_the_average_of_the_last_year_else_the_list_price(self):
        self._sell(date(2026, 3, 5), {self.pump: {"product_uom_qty": 1, "price_unit": 90}})
        self._sell(date(2026, 4, 5), {self.pump: {"product_uom_qty": 3, "price_unit": 70}})
        self._sell(date(2024, 12, 5), {self.valve: {"product_uom_qty": 3, "price_unit": 1}})
        cycle = self._make_cycle()
        cycle.action_refresh()
        self.assertEqual(self._line(cycle, self.pump).price_unit, 75)
        self.assertEqual(self._line(cycle, self.valve).price_unit, 10)

    def _snapshot(self, cycle):
        # every stored row of the plan, with its id and row version
        cycle.flush_recordset()
        tables = ("sop_demand_line", "sop_demand_product", "sop_demand_review", "sop_exception")
        rows = {}
        for table in tables:
            self.env.cr.execute(
                f"SELECT ctid::text, * FROM {table} WHERE cycle_id = %s ORDER BY id",  # noqa: S608
                (cycle.id,),
            )
            rows[table] = self.env.cr.fetchall()
        return rows

    def test_second_refresh_changes_nothing(self):
        self._sell_monthly(self.pump, [20] * 14 + [60, 70, 80])
        self._sell_monthly(self.valve, [3, 0, 0, 8, 0, 0, 0, 4] * 2)
        cycle = self._make_cycle()
        cycle.action_refresh()
        self.assertTrue(cycle.exception_count)
        before = self._snapshot(cycle)
        cycle.action_refresh()
        self.assertEqual(self._snapshot(cycle), before)

    def test_refresh_keeps_what_people_entered(self):
        self._sell_monthly(self.pump, [20] * 14 + [60, 70, 80])
        cycle = self._make_cycle()
        cycle.action_refresh()
        line = self._line(cycle, self.pump)
        line.qty_override = 0
        self._line(cycle, self.pump, date(2026, 12, 1)).qty_sales = 33
        review = self._review(cycle, self.pumps)
        review.write({"state": "discuss", "note": "Ask the customer"})
        exception = self._exceptions(cycle).filtered(lambda row: row.kind == "deviation")
        exception.write({"state": "accepted", "note": "New customer"})
        self._sell(date(2026, 10, 20), {self.pump: 1})
        cycle.action_refresh()
        self.assertEqual((line.is_overridden, line.qty_consensus), (True, 0))
        self.assertEqual(self._line(cycle, self.pump, date(2026, 12, 1)).qty_consensus, 33)
        self.assertEqual((review.state, review.note), ("discuss", "Ask the customer"))
        self.assertEqual((exception.state, exception.note), ("accepted", "New customer"))

    def test_product_no_longer_sold_leaves_the_plan_unless_somebody_planned_it(self):
        self._sell_monthly(self.pump, [20] * 5)
        self._sell_monthly(self.valve, [20] * 5)
        self._sell_monthly(self.small_pump, [20] * 5)
        cycle = self._make_cycle()
        cycle.action_refresh()
        self._line(cycle, self.valve).qty_override = 11
        self.valve.sale_ok = False
        self.small_pump.sale_ok = False
        cycle.action_refresh()
        self.assertFalse(self._line(cycle, self.small_pump))
        self.assertEqual(self._line(cycle, self.valve).qty_consensus, 11)

    def test_queries_do_not_grow_with_products(self):
        def queries(cycle):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            cycle.action_refresh()
            return self.env.cr.sql_log_count - before

        self._sell_monthly(self.pump, [20] * 5)
        cycle = self._make_cycle()
        cycle.action_refresh()
        cycle.action_refresh()  # the first one that finds rows reads their defaults, once
        few = queries(cycle)
        products = [self._make_product(f"Pump {n}", self.pumps, 10 + n) for n in range(40)]
        for month in range(1, 4):
            self._sell(MONTH - relativedelta(months=month), {p: 5 for p in products})
        cycle.action_refresh()
        self.assertEqual(queries(cycle), few)

    def test_failure_leaves_the_last_plan_in_place(self):
        self._sell_monthly(self.pump, [20] * 5)
        cycle = self._make_cycle()
        cycle.action_refresh()
        before = self._snapshot(cycle)
        self._sell(date(2026, 10, 20), {self.pump: 500})
        planner = type(self.env["sop.planner"])
        with (
            patch.object(planner, "_write_reviews", side_effect=UserError("disk full")),
            self.assertRaises(UserError),
            self.env.cr.savepoint(),
        ):
            cycle.action_refresh()
        self.assertEqual(self._snapshot(cycle), before)

    def test_family_is_the_nearest_flagged_category(self):
        below = self.env["product.category"].create({"name": "Big", "parent_id": self.pumps.id})
        self.assertEqual(below.sop_family_id, self.pumps)
        self.assertEqual(self.goods.sop_family_id, self.goods)
        big = self._make_product("Big pump", below, 900)
        self._sell_monthly(big, [2] * 6)
        cycle = self._make_cycle()
        cycle.action_refresh()
        self.assertEqual(self._line(cycle, big).family_id, self.pumps)
        self.pumps.is_sop_family = False
        self.assertEqual(below.sop_family_id, below)

    def test_family_that_lost_its_products_counts_nothing_and_raises_nothing(self):
        self._sell_monthly(self.pump, [20] * 15)
        cycle = self._make_cycle()
        cycle.action_refresh()
        self._review(cycle, self.pumps).note = "Kept"
        self.pump.categ_id = self.valves
        cycle.action_refresh()
        review = self._review(cycle, self.pumps)
        self.assertEqual((review.note, review.severity), ("Kept", "none"))
        self.assertEqual((review.qty_reference, review.qty_last_year), (0, 0))
        self.assertFalse(self._exceptions(cycle))
        self.assertEqual(sum(cycle.review_ids.mapped("qty_last_year")), 240)

    def test_branch_plans_the_goods_of_its_parent(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.env.user.company_ids += branch
        self.pump.company_id = self.company
        self._sell(date(2026, 10, 10), {self.pump: 10}, company=branch)
        cycle = self._make_cycle(branch)
        cycle.action_refresh()
        self.assertEqual(self._review(cycle, self.pumps).qty_last_year, 10)

    def test_fallback_price_includes_the_variant_s_extra(self):
        attribute = self.env["product.attribute"].create(
            {"name": "Motor", "value_ids": [Command.create({"name": "Strong"})]}
        )
        template = self.env["product.template"].create(
            {
                "name": "Motor pump",
                "type": "consu",
                "list_price": 100,
                "categ_id": self.pumps.id,
                "attribute_line_ids": [
                    Command.create(
                        {"attribute_id": attribute.id, "value_ids": attribute.value_ids.ids}
                    )
                ],
            }
        )
        template.attribute_line_ids.product_template_value_ids.price_extra = 50
        variant = template.product_variant_id
        self.assertEqual(variant.lst_price, 150)
        self._sell(date(2026, 11, 10), {variant: {"product_uom_qty": 1, "price_unit": 1}})
        cycle = self._make_cycle()
        cycle.action_refresh()
        self.assertEqual(self._line(cycle, variant).price_unit, 150)

    def test_family_figures_are_the_sums_of_their_products(self):
        self._sell_monthly(self.pump, [20] * 15)
        self._sell_monthly(self.small_pump, [5, 9] * 8)
        cycle = self._make_cycle()
        cycle.action_refresh()
        review = self._review(cycle, self.pumps)
        lines = self.env["sop.demand.line"].search([("cycle_id", "=", cycle.id)])
        near = lines.filtered(lambda line: line.bucket_start < date(2027, 2, 1))
        year = lines.filtered(lambda line: line.bucket_start < date(2027, 11, 1))
        self.assertAlmostEqual(review.qty_consensus, sum(near.mapped("qty_consensus")), places=2)
        self.assertAlmostEqual(review.qty_year, sum(year.mapped("qty_consensus")), places=2)
        self.assertEqual(review.qty_last_year, 12 * 20 + 6 * 14)
        series = review.series
        self.assertEqual(len(series["months"]), 36 + 18)
        self.assertEqual(series["history"][35], 20 + 9)
        self.assertIsNone(series["history"][36])
        self.assertAlmostEqual(sum(series["consensus"][36:48]), review.qty_year, places=2)
