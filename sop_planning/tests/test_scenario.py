from datetime import date, timedelta

from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_scenario import KINDS, WEEK_4, ScenarioCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestComputedScenarios(ScenarioCommon):
    """The four scenarios of every refresh."""

    def test_base_is_the_plan(self):
        base = self._system("base")
        self.assertEqual(self.cycle.scenario_ids.mapped("kind"), KINDS)
        self.assertEqual(set(self.cycle.scenario_ids.mapped("state")), {"done"})
        self.assertEqual((base.is_followed, bool(base.lever_ids)), (True, False))
        self.assertEqual(self._gap_rows(base), {("capacity", "Valves"): (17.17, 51.5)})
        self.assertEqual((base.qty_late, base.amount_late, base.family_count), (51.5, 515, 1))
        # a week late: 2 % of 10 EUR; only the more important pumps would cost twice that
        self.assertAlmostEqual(base.amount_penalty, 51.5 * 10 * 0.02, places=2)
        self.assertAlmostEqual(base.rate_fill, 1 - 515 / (17500 + 1130), places=4)
        # four open order lines, of one of them 51.5 of 59 units are late
        self.assertAlmostEqual(base.rate_otif, 1 - 51.5 / 59 / 4, places=4)

    def test_overtime_is_what_the_lathe_is_short_of(self):
        overtime = self._system("overtime")
        lever = overtime.lever_ids
        self.assertEqual((lever.kind, lever.workcenter_id), ("extra_hours", self.lathe))
        self.assertEqual((lever.date_from, lever.date_to), WEEK_4)
        self.assertEqual((lever.value, lever.cost), (17.5, 60))
        self.assertEqual((overtime.hours_overtime, overtime.amount_overtime), (17.5, 1050))
        self.assertEqual((overtime.gap_count, overtime.qty_late, overtime.rate_fill), (0, 0, 1))
        self.assertFalse(overtime.gap_ids)
        cash = {row["month"]: row["amount"] for row in overtime.cash if row["amount"]}
        self.assertEqual(cash, {"2026-12-01": -1050})

    def test_the_least_important_family_waits(self):
        wait = self._system("postpone")
        lever = wait.lever_ids
        # 17 h 10 min of 19 h 40 min, in whole percent
        self.assertEqual((lever.family_id, lever.value), (self.valves, 0.88))
        self.assertEqual((lever.date_target, wait.gap_count), (date(2027, 1, 1), 0))
        self.assertAlmostEqual(wait.qty_late, 0.88 * 59, places=2)
        self.assertIn("priority 20", wait.reason)

    def test_nothing_is_cheaper_than_the_cheapest_plan(self):
        totals = {kind: self._system(kind).amount_total for kind in KINDS}
        self.assertEqual(min(totals.values()), totals["optimal"])
        best = self._system("optimal")
        self.assertTrue(best.has_bound)
        self.assertLessEqual(best.amount_bound, best.amount_total + 0.01)

    def test_a_second_refresh_changes_nothing(self):
        self.env.flush_all()
        own = self._ask(self._overtime())
        before = self._identity()
        self.cycle.action_refresh()
        self.assertEqual(self._identity(), before)
        self.assertFalse(any(self.cycle.scenario_ids.mapped("is_stale")))
        self.assertEqual(own.state, "done")

    def _identity(self):
        self.env.invalidate_all()
        return [
            (row.id, row.kind, row.lever_ids.ids, row.message_ids.ids, row.amount_total,
             row.gap_ids.ids, row.family_ids.ids, row.is_followed)
            for row in self.cycle.scenario_ids
        ]  # fmt: skip

    def test_refresh_follows_the_orders(self):
        """Four pumps more: two hours more overtime, and the scenario stays the same record."""
        overtime = self._system("overtime")
        self._sell(date(2026, 12, 9), {self.pump: 4})
        self.cycle.action_refresh()
        self.assertEqual(self._system("overtime"), overtime)
        self.assertEqual((overtime.lever_ids.value, overtime.amount_overtime), (19.5, 1170))

    def test_no_native_record_is_written(self):
        names = ("mrp.production", "purchase.order", "resource.calendar", "sop.extra.hours",
                 "sale.order", "stock.quant", "stock.move")  # fmt: skip

        def versions():
            self.env.flush_all()
            rows = {}
            for name in names:
                self.env.cr.execute(f"SELECT id, ctid::text FROM {self.env[name]._table}")
                rows[name] = sorted(self.env.cr.fetchall())
            return rows

        before = versions()
        self._system("overtime").action_select("Quickest")
        self._ask(self._lever("extra_shift", 8, workcenter=self.lathe)).action_select("Safe")
        self.cycle.action_refresh()
        self.assertEqual(versions(), before)

    def test_computed_alone_like_in_the_refresh(self):
        rows = {}
        for kind in KINDS:
            scenario = self._system(kind)
            before = (scenario.amount_total, scenario.lever_ids.ids, scenario.binds)
            scenario.action_simulate()
            rows[kind] = (scenario.amount_total, scenario.lever_ids.ids, scenario.binds) == before
        self.assertEqual(rows, dict.fromkeys(KINDS, True))

    def test_nothing_is_short(self):
        self.large.action_cancel()
        self.cycle.action_refresh()
        for kind in KINDS:
            scenario = self._system(kind)
            self.assertEqual((scenario.state, scenario.gap_count), ("done", 0), kind)
            self.assertFalse(scenario.lever_ids, kind)
        self.assertIn("No work center is short", self._system("overtime").lever_text)
        wizard = self.env["sop.scenario.new"].create({})
        self.assertEqual(wizard.workcenter_id, self.lathe, "the fullest one")

    def test_one_that_cannot_be_calculated_keeps_its_figures(self):
        mill = self._make_workcenter("Mill", self.calendar, costs_hour=10.0)
        broken = self._ask(self._lever("extra_hours", 10, workcenter=mill), title="Mill at night")
        fine = self._ask(self._overtime())
        self.assertEqual(broken.amount_overtime, 150)
        broken.action_select("Let us see")
        mill.active = False
        self._sell(date(2026, 12, 9), {self.pump: 4})
        self.cycle.action_refresh()
        self.assertEqual((broken.state, broken.amount_overtime), ("failed", 150))
        self.assertIn("Mill", broken.message)
        self.assertEqual((fine.state, self._system("base").hours_short), ("done", 19.17))
        self.assertEqual(self._gap_rows(fine), {("capacity", "Valves"): (1.17, 3.5)})
        # the plan follows the base until the chosen one works again
        self.assertEqual(self._followed(), self._system("base"))
        self.assertEqual(self.cycle.gap_count, 1)
        columns = {row["id"]: row for row in self.cycle.get_comparison_data(self.cycle.id)[
            "scenarios"]}  # fmt: skip
        self.assertIn("Mill", columns[broken.id]["message"])
        self.assertNotIn("Let us see", columns[self._system("base").id]["selected_text"])
        mill.active = True
        self.cycle.action_refresh()
        self.assertEqual((broken.state, broken.message), ("done", False))
        self.assertEqual(self._followed(), broken)

    def _followed(self):
        rows = self.env["sop.scenario"].with_context(active_test=False)
        return rows.search([("cycle_id", "=", self.cycle.id), ("is_followed", "=", True)])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStaleScenarios(ScenarioCommon):
    """What makes the figures of a calculated scenario old, and what does not."""

    def test_changed_inputs_are_named_until_it_is_recalculated(self):
        scenario = self._ask(self._overtime(10))
        self.assertEqual(scenario.hours_short, 7.17)
        self._an_hour_passes()
        self.assertFalse(scenario.is_stale)
        self._sell(date(2026, 12, 9), {self.pump: 10})
        self._put_stock(self.valve, 30)
        self._line(self.cycle, self.pump, date(2027, 3, 1)).qty_override = 40
        self.env.invalidate_all()
        self.assertTrue(scenario.is_stale)
        self.assertEqual(
            scenario.stale_text,
            "3 inputs changed: demand plan (1), sales orders (1), stock (1)",
        )
        self.assertEqual(scenario.hours_short, 7.17, "the figures stay until somebody recalculates")
        revenue = scenario.amount_revenue
        scenario.action_simulate()
        self.env.invalidate_all()
        self.assertEqual((scenario.is_stale, scenario.stale_text), (False, False))
        self.assertIn("changed since: demand, stock", scenario.message_ids[0].body)
        # five hours of pumps more; 18 of the valves are there after week 2: 41 need 13 h 40 min
        self.assertAlmostEqual(scenario.hours_short, 42.5 + 41 / 3 - 50, places=2)
        self.assertAlmostEqual(scenario.amount_revenue - revenue, 1000 + 2000, places=2)

    def test_what_else_makes_it_old(self):
        """Everything that changes the result is named."""
        later = self.purchase.order_line.date_planned + timedelta(days=14)
        self._missed_none(
            {
                "promised day": lambda: self.large.write({"commitment_date": later}),
                "ordered quantity": lambda: self.large.order_line[0].write({"product_uom_qty": 70}),
                "order cancelled": self.small.action_cancel,
                "purchase date": lambda: self.purchase.order_line.write({"date_planned": later}),
                "purchase cancelled": self.purchase.button_cancel,
                "manufacturing order": lambda: self._make_order(self.pump, 2, TODAY),
                "lead time": lambda: self.casting.seller_ids.write({"delay": 90}),
                "efficiency": lambda: self.lathe.write({"time_efficiency": 80}),
                "minutes": lambda: self.bom.operation_ids.write({"time_cycle_manual": 40}),
                "bill": lambda: self.bom.bom_line_ids.write({"product_qty": 2}),
                "absence": self._absence,
                "schedule": lambda: self.calendar.attendance_ids.write({"hour_to": 15.0}),
                "cost of an hour": lambda: self.lathe.write({"costs_hour": 99.0}),
            }
        )

    def test_families_products_and_settings_make_it_old(self):
        self._missed_none(
            {
                "priority": lambda: self.valves.write({"sop_priority": 5}),
                "cost of a product": lambda: self.pump.write({"standard_price": 70.0}),
                "cost of being late": lambda: self.company.write({"sop_late_cost": 0.1}),
            }
        )

    def test_deleted_records_make_it_old(self):
        extra = self.env["sop.extra.hours"].create(
            {
                "workcenter_id": self.lathe.id,
                "date_from": "2027-01-04",
                "date_to": "2027-01-10",
                "hours_per_week": 5,
            }
        )
        self._missed_none(
            {
                "absence gone": self._absence().unlink,
                "extra hours gone": extra.unlink,
                "hours of the schedule gone": self.calendar.attendance_ids[-1:].unlink,
            }
        )

    def _missed_none(self, changes):
        """Every change, on its own, makes a calculated scenario old."""
        scenario, missed = self._ask(self._overtime(10)), []
        for name, change in changes.items():
            with self.env.cr.savepoint() as savepoint:
                self._an_hour_passes()
                self.assertFalse(scenario.is_stale, name)
                change()
                self.env.flush_all()
                self.env.invalidate_all()
                if not scenario.is_stale:
                    missed.append(name)
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertEqual(missed, [])

    def _absence(self):
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": "2026-12-08 00:00:00",
                "date_to": "2026-12-08 23:00:00",
            }
        )

    def test_what_does_not_change_it(self):
        scenario = self._ask(self._overtime())
        self._an_hour_passes()
        self._sell(date(2026, 12, 9), {self.pump: 10}, confirm=False)
        self._ask(self._overtime(3))
        self._system("overtime").action_simulate()
        self.cycle.message_post(body="Hello")
        self.env.invalidate_all()
        self.assertFalse(scenario.stale_text)

    def test_drafts_and_frozen_plans_are_not_old(self):
        scenario, draft = self._ask(self._overtime()), self._ask(self._overtime(), simulate=False)
        self._an_hour_passes()
        self._sell(date(2026, 12, 9), {self.pump: 10})
        self.env.invalidate_all()
        self.assertEqual((scenario.is_stale, draft.is_stale), (True, False))
        self.cycle.action_cancel()
        self.env.invalidate_all()
        self.assertFalse(scenario.is_stale)
