from datetime import date

from odoo.tests import freeze_time, tagged

from .common import MONTH, TODAY
from .common_learning import DECEMBER, JANUARY, NEXT_MONTH, LearningCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestFrozenForecast(LearningCommon):
    """Forecasts are kept as they stood, and meet what was ordered when their month is over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [100] * 24)
            cls._sell_monthly(cls.valve, [20] * 24)
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()

    def _next_cycle(self):
        with freeze_time(NEXT_MONTH):
            cycle = self._make_cycle(month=DECEMBER)
            cycle.action_refresh()
        return cycle

    def test_first_three_months_are_kept_with_their_lag(self):
        kept = self.Forecast.search(
            [("product_id", "=", self.pump.id), ("source", "=", "cycle")], order="lag"
        )
        self.assertEqual(kept.mapped("lag"), [1, 2, 3])
        self.assertEqual(kept.mapped("bucket_start"), [MONTH, DECEMBER, JANUARY])
        self.assertEqual(kept.cycle_id, self.cycle)
        self.assertEqual(kept.company_id, self.company)
        for row in kept:
            line = self._line(self.cycle, self.pump, row.bucket_start)
            for name in ("qty_naive", "qty_statistical", "qty_computed", "qty_consensus"):
                self.assertEqual(row[name], line[name], name)
            self.assertEqual(row.family_id, self.pumps)
            self.assertFalse(row.is_closed)

    def test_lag_is_counted_across_the_year_end(self):
        with freeze_time(NEXT_MONTH):
            self._make_cycle(month=DECEMBER).action_refresh()
        january = self.Forecast.search(
            [
                ("product_id", "=", self.pump.id),
                ("bucket_start", "=", JANUARY),
                ("source", "=", "cycle"),
            ]
        )
        self.assertEqual(sorted(january.mapped("lag")), [2, 3])
        self.assertEqual(january.filtered(lambda row: row.lag == 3).cycle_id, self.cycle)

    def test_override_is_kept_at_once_with_its_person(self):
        controller = self._user("controller")
        self._line(self.cycle, self.pump).with_user(controller).qty_override = 140
        kept = self._frozen(self.pump)
        self.assertEqual(kept.qty_consensus, 140)
        self.assertEqual(kept.user_id, controller)
        self.assertTrue(kept.is_overridden)
        self.assertEqual(kept.override_id.user_id, controller)
        self.assertFalse(self._frozen(self.pump, DECEMBER, 2).is_overridden)

    def test_override_taken_back_leaves_the_computed_figure(self):
        line = self._line(self.cycle, self.pump)
        line.qty_override = 140
        line.action_reset_override()
        kept = self._frozen(self.pump)
        self.assertEqual(kept.qty_consensus, line.qty_computed)
        self.assertFalse(kept.user_id)

    def test_sales_input_is_kept_by_contributor(self):
        seller, other = self._user("sales"), self._user("controller")
        self.pumps.sop_owner_id = seller
        line = self._line(self.cycle, self.pump)
        line.with_user(seller).qty_sales = 90
        line.with_user(other).qty_sales = 130
        kept = self._frozen(self.pump)
        self.assertTrue(kept.is_sales)
        self.assertEqual(kept.qty_sales, 110)
        self.assertEqual(kept.contributions, {str(seller.id): 90, str(other.id): 130})

    def test_later_month_changes_no_kept_figure(self):
        line = self._line(self.cycle, self.pump)
        line.qty_override = 120
        before = self._frozen(self.pump).read(["qty_statistical", "qty_consensus", "user_id"])
        self.assertEqual(before[0]["qty_consensus"], 120)
        with freeze_time(NEXT_MONTH):
            line.qty_override = 500
            self.cycle.action_refresh()
            self._make_cycle(month=DECEMBER).action_refresh()
        kept = self._frozen(self.pump)
        self.assertEqual(kept.read(["qty_statistical", "qty_consensus", "user_id"]), before)
        changes = self.Accuracy.search([("step", "=", "override")])
        self.assertEqual(changes.mapped("qty_forecast"), [120], "hindsight does not count")

    def test_approved_plan_is_kept_and_stays(self):
        line = self._line(self.cycle, self.pump)
        # as if figures had come in by another way than the buttons
        self.env.cr.execute("UPDATE sop_demand_line SET qty_consensus = 77 WHERE id = %s", line.ids)
        line.invalidate_recordset()
        for _step in range(4):
            self.cycle.action_next_step()
        self.cycle.action_approve()
        self.assertEqual(self._frozen(self.pump).qty_consensus, 77)
        self.env.cr.execute("UPDATE sop_demand_line SET qty_consensus = 78 WHERE id = %s", line.ids)
        self.env["sop.planner"]._freeze(self.cycle)
        self.assertEqual(self._frozen(self.pump).qty_consensus, 77)

    def test_second_refresh_touches_nothing(self):
        self.env.cr.execute("SELECT id, xmin::text FROM sop_forecast ORDER BY id")
        before = self.env.cr.fetchall()
        self.env["sop.planner"]._freeze(self.cycle)
        self.env["sop.planner"]._learn(self.cycle)
        self.env.cr.execute("SELECT id, xmin::text FROM sop_forecast ORDER BY id")
        self.assertEqual(self.env.cr.fetchall(), before)
        self.cycle.action_refresh()
        self.env.cr.execute("SELECT id, xmin::text FROM sop_forecast ORDER BY id")
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_product_that_leaves_the_plan_is_not_expected(self):
        self.assertTrue(self._frozen(self.valve))
        self.valve.sale_ok = False
        self.cycle.action_refresh()
        self.assertFalse(self._frozen(self.valve))
        self.assertTrue(self._frozen(self.pump))

    def test_actual_is_filled_in_when_the_month_is_over(self):
        with freeze_time(NEXT_MONTH):
            self._sell(date(2026, 11, 25), {self.pump: 70})
        self._next_cycle()
        kept = self._frozen(self.pump)
        self.assertTrue(kept.is_closed)
        self.assertEqual(kept.qty_actual, 70)
        nothing = self._frozen(self.valve)
        self.assertTrue(nothing.is_closed, "no order is an answer too")
        self.assertEqual(nothing.qty_actual, 0)
        self.assertFalse(self._frozen(self.pump, DECEMBER, 1).is_closed)
        self.assertFalse(self._frozen(self.pump, DECEMBER, 2).is_closed)

    def test_late_order_corrects_the_actual_only(self):
        december = self._next_cycle()
        before = self._frozen(self.pump).qty_consensus
        with freeze_time(NEXT_MONTH):
            self._sell(date(2026, 11, 28), {self.pump: 9})
            december.action_refresh()
        kept = self._frozen(self.pump)
        self.assertEqual((kept.qty_actual, kept.qty_consensus), (9, before))

    def test_backtest_stands_in_for_months_without_a_kept_plan(self):
        backtest = self.Forecast.search([("source", "=", "backtest")])
        self.assertTrue(backtest)
        self.assertTrue(all(backtest.mapped("is_closed")))
        self.assertEqual(set(backtest.mapped("lag")), {1, 2, 3})
        october = self._frozen(self.pump, date(2026, 10, 1), 1, "backtest")
        # the last origin leaves room for three months
        self.assertFalse(october)
        self.assertEqual(self._frozen(self.pump, date(2026, 8, 1), 1, "backtest").qty_actual, 100)
        row = self._frozen(self.pump, date(2026, 8, 1), 1, "backtest")
        self.assertEqual(row.qty_consensus, row.qty_statistical)

    def test_kept_plan_takes_the_place_of_the_backtest(self):
        august = date(2026, 8, 1)
        key = (self.pump, august, 1, "backtest")
        self.assertTrue(self._frozen(*key))
        self.Forecast.sudo().create(
            {
                "company_id": self.company.id,
                "product_id": self.pump.id,
                "source": "cycle",
                "bucket_start": august,
                "lag": 1,
                "qty_consensus": 60,
            }
        )
        self.cycle.action_refresh()
        self.assertFalse(self._frozen(*key))
        self.assertTrue(self._frozen(self.pump, august, 2, "backtest"))
        kept = self._frozen(self.pump, august)
        self.assertEqual((kept.qty_actual, kept.qty_consensus), (100, 60))

    def test_older_cycle_leaves_the_backtest_alone(self):
        self._next_cycle()
        before = set(self.Forecast.search([("source", "=", "backtest")]).ids)
        with freeze_time(NEXT_MONTH):
            self.cycle.action_refresh()
        self.assertEqual(set(self.Forecast.search([("source", "=", "backtest")]).ids), before)

    def test_bias_is_read_from_kept_plans_once_there_are_four(self):
        rows = self.env["sop.source"]._read_bias(self.cycle)
        pump = rows[rows["product_id"] == self.pump.id]
        self.assertEqual(set(pump["source"]), {"backtest"})
        self.assertTrue((pump["qty_actual"] == 100).all())
        self._keep(self.pump, [100] * 3, [130] * 3, qty_statistical=101)
        rows = self.env["sop.source"]._read_bias(self.cycle)
        pump = rows[rows["product_id"] == self.pump.id]
        self.assertEqual(set(pump["source"]), {"backtest"})
        self.assertIn(101, pump["qty_consensus"].tolist())
        self.Forecast.search([("source", "=", "cycle"), ("is_closed", "=", True)]).unlink()
        self._keep(self.pump, [100] * 5, [130] * 5)
        rows = self.env["sop.source"]._read_bias(self.cycle)
        pump = rows[rows["product_id"] == self.pump.id]
        self.assertEqual(set(pump["source"]), {"cycle"})
        self.assertEqual(pump["qty_consensus"].tolist(), [130] * 5)

    def test_value_added_by_each_person_adds_up_to_the_step(self):
        optimist, realist = self._user("controller"), self._user("manager")
        line = self._line(self.cycle, self.pump)
        computed = line.qty_computed
        line.with_user(optimist).qty_override = 150
        line.with_user(realist).qty_override = 90
        with freeze_time(NEXT_MONTH):
            self._sell(date(2026, 11, 25), {self.pump: 80})
        self._next_cycle()
        domain = [("product_id", "=", self.pump.id), ("source", "=", "cycle")]
        by_person = {
            user: (before - after, rate)
            for user, before, after, rate in self.Accuracy._read_group(
                [*domain, ("step", "=", "override")],
                ["user_id"],
                ["abs_error_previous:sum", "abs_error:sum", "rate_value_added:avg"],
            )
        }
        self.assertAlmostEqual(by_person[optimist][0], abs(computed - 80) - 70)
        self.assertAlmostEqual(by_person[realist][0], 60)
        self.assertAlmostEqual(by_person[realist][1], 60 / 80)
        step = self.Accuracy.search([*domain, ("step", "=", "consensus")])
        self.assertEqual(step.user_id, realist)
        self.assertAlmostEqual(
            sum(value for value, _rate in by_person.values()),
            step.abs_error_previous - step.abs_error,
        )

    def test_undone_change_counts_both_ways(self):
        line = self._line(self.cycle, self.pump)
        line.qty_override = 150
        self.env["sop.demand.override"].search([("cycle_id", "=", self.cycle.id)]).action_undo()
        with freeze_time(NEXT_MONTH):
            self._sell(date(2026, 11, 25), {self.pump: 80})
        self._next_cycle()
        changes = self.Accuracy.search([("step", "=", "override")])
        self.assertEqual(len(changes), 2)
        self.assertAlmostEqual(
            sum(changes.mapped("abs_error_previous")), sum(changes.mapped("abs_error"))
        )

    def test_each_contributor_is_measured_by_the_own_figure(self):
        seller, other = self._user("sales"), self._user("controller")
        self.pumps.sop_owner_id = seller
        line = self._line(self.cycle, self.pump)
        line.with_user(seller).qty_sales = 90
        line.with_user(other).qty_sales = 130
        with freeze_time(NEXT_MONTH):
            self._sell(date(2026, 11, 25), {self.pump: 80})
        self._next_cycle()
        rows = self.Accuracy.search(
            [("product_id", "=", self.pump.id), ("step", "=", "sales"), ("lag", "=", 1)]
        )
        errors = {row.user_id: row.error for row in rows}
        self.assertEqual(errors, {seller: 10, other: 50})
        consensus = self.Accuracy.search(
            [
                ("product_id", "=", self.pump.id),
                ("step", "=", "consensus"),
                ("source", "=", "cycle"),
            ]
        )
        self.assertEqual(consensus.qty_previous, 110)
        self.assertEqual(len(set((rows + consensus).ids)), 3)

    def test_shares_of_a_summed_input_are_not_measured_by_themselves(self):
        self.company.sop_sales_combination = "sum"
        seller, other = self._user("sales"), self._user("controller")
        self.pumps.sop_owner_id = seller
        line = self._line(self.cycle, self.pump)
        line.with_user(seller).qty_sales = 30
        line.with_user(other).qty_sales = 60
        self._next_cycle()
        row = self.Accuracy.search([("product_id", "=", self.pump.id), ("step", "=", "sales")])
        self.assertEqual(row.qty_forecast, 90)
        self.assertFalse(row.user_id)

    def test_way_from_a_row_to_its_records(self):
        line = self._line(self.cycle, self.pump)
        line.qty_override = 150
        with freeze_time(NEXT_MONTH):
            order = self._sell(date(2026, 11, 25), {self.pump: 80})
        self._next_cycle()
        row = self.Accuracy.search([("step", "=", "override")])
        entry = self.env["sop.demand.override"].search([("cycle_id", "=", self.cycle.id)])
        action = row.action_open_change()
        self.assertEqual((action["res_model"], action["res_id"]), (entry._name, entry.id))
        action = row.action_open_forecast()
        self.assertEqual(action["res_id"], self._frozen(self.pump).id)
        action = row.action_open_orders()
        lines = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(lines, order.order_line)
        action = row.action_open_lines()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), line)
        action = self._frozen(self.pump).action_open_changes()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), entry)
