from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY
from .common_scenario import WEEK_4, ScenarioCommon

KINDS = ["base", "overtime", "postpone", "optimal"]


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


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestChosenScenario(ScenarioCommon):
    def test_the_plan_follows_the_scenario_and_comes_back(self):
        base, overtime = self._system("base"), self._system("overtime")
        count, start = len(self.cycle_lines()), self._plan()
        self.assertEqual(self.cycle.gap_count, 1)
        overtime.action_select("  The customer of the valves waits since summer ")
        self.env.invalidate_all()
        self.assertEqual(self.cycle.selected_scenario_id, overtime)
        self.assertEqual(self.cycle.select_user_id, self.env.user)
        self.assertEqual(self.cycle.select_reason, "The customer of the valves waits since summer")
        self.assertTrue(self.cycle.select_date)
        self.assertEqual((overtime.is_followed, base.is_followed), (True, False))
        self.assertEqual((self.cycle.gap_count, base.gap_count), (0, 1))
        self.assertEqual(self.cycle_lines().scenario_id, overtime)
        self.assertEqual(len(self.cycle_lines()), count)
        facts = self.env["sop.supply.product"].search([("cycle_id", "=", self.cycle.id)])
        self.assertEqual(facts.scenario_id, overtime)
        self.assertEqual(self._gap_rows(base), {("capacity", "Valves"): (17.17, 51.5)})
        self.assertIn("waits since summer", self.cycle.message_ids[0].body)
        self.assertIn("Overtime", self.cycle.message_ids[0].body)
        base.action_select("Too expensive")
        self.env.invalidate_all()
        self.assertEqual(self._plan(), start)
        self.assertEqual((self.cycle.gap_count, base.is_followed, overtime.is_followed),
                         (1, True, False))  # fmt: skip
        self.assertEqual(overtime.state, "done")

    def cycle_lines(self):
        return self.env["sop.supply.line"].search([("cycle_id", "=", self.cycle.id)])

    def _plan(self):
        lines = [
            (line.product_id.id, line.bucket_start, line.qty_stock, line.qty_planned)
            for line in self.cycle_lines()
        ]
        facts = self.env["sop.supply.product"].search([("cycle_id", "=", self.cycle.id)])
        gaps = self.env["sop.supply.gap"].search(
            [("cycle_id", "=", self.cycle.id), ("scenario_id.is_followed", "=", True)]
        )
        return lines, facts.mapped("qty_on_hand"), gaps.ids, gaps.mapped("reason")

    def test_products_of_the_plan_are_the_scenarios(self):
        wait = self._system("postpone")
        wait.action_select("Valves may wait")
        demand = {line.week: line.qty_demand for line in self._supply(self.cycle, self.valve)}
        self.assertAlmostEqual(demand[4], 0.12 * 59, places=2)
        self.assertAlmostEqual(sum(demand[n] for n in range(7, 13)), 0.88 * 59, delta=12)

    def test_what_binds_and_how_it_was_found_is_still_told(self):
        for kind in KINDS[::-1]:
            scenario = self._system(kind)
            before = (scenario.binds, scenario.reason, scenario.amount_bound)
            scenario.action_select("Look")
            self.assertEqual((scenario.binds, scenario.reason, scenario.amount_bound), before, kind)

    def test_a_reason_is_required(self):
        for reason in (False, "", "   "):
            with self.assertRaisesRegex(UserError, "why Overtime is chosen"):
                self._system("overtime").action_select(reason)
        self.assertFalse(self.cycle.selected_scenario_id)

    def test_a_refresh_keeps_the_choice_and_the_answers(self):
        short = self._ask(self._overtime(5), title="A bit more")
        base = self._system("base")
        base.gap_ids.write({"note": "Base is no option", "state": "accepted"})
        short.action_select("Better than nothing")
        gap = short.gap_ids
        self.assertEqual((len(gap), self.cycle.gap_count), (1, 1))
        self.assertAlmostEqual(gap.hours_short, 12.17, places=2)
        gap.write({"note": "Asking for a student", "state": "in_progress"})
        trust = (self.cycle.rate_trust, self.cycle.blocking_issue_count)
        self._sell(date(2026, 12, 9), {self.pump: 2})
        self.cycle.action_refresh()
        self.env.invalidate_all()
        self.assertEqual((self.cycle.selected_scenario_id, short.is_followed), (short, True))
        self.assertEqual(self.cycle.select_reason, "Better than nothing")
        self.assertEqual(short.gap_ids, gap)
        self.assertAlmostEqual(gap.hours_short, 13.17, places=2)
        self.assertEqual((gap.note, gap.state), ("Asking for a student", "in_progress"))
        self.assertEqual((base.gap_ids.note, base.gap_ids.state), ("Base is no option", "accepted"))
        self.assertEqual(self.cycle_lines().scenario_id, short)
        # the weights of data issues are those of the plan, whichever scenario it follows
        self.assertEqual((self.cycle.rate_trust, self.cycle.blocking_issue_count), trust)

    def test_values_of_products_do_not_depend_on_the_scenario(self):
        def values():
            rows = self.env["sop.source"]._read_planned_values(self.cycle)
            return rows.sort_values("product_id").to_dict("records")

        before = values()
        self.assertTrue(before)
        self._system("overtime").action_select("Quickest")
        self.assertEqual(values(), before)

    def test_recalculating_the_chosen_one_moves_the_plan(self):
        short = self._ask(self._overtime(5))
        short.action_select("Better than nothing")
        short.lever_ids.value = 18
        self.assertEqual((short.state, short.is_followed), ("draft", True))
        short.action_simulate()
        self.env.invalidate_all()
        self.assertEqual((self.cycle.gap_count, short.state), (0, "done"))

    def test_the_chosen_one_cannot_go_away(self):
        short = self._ask(self._overtime(5), title="A bit more")
        short.action_select("Better than nothing")
        with self.assertRaisesRegex(UserError, "follows A bit more"):
            short.unlink()
        with self.assertRaisesRegex(UserError, "follows A bit more"):
            short.with_user(self._user("controller")).active = False
        self._system("base").action_select("Back")
        short.unlink()
        self.assertFalse(short.exists())
        self.assertEqual(self.cycle.selected_scenario_id, self._system("base"))

    def test_an_approved_plan_refuses(self):
        scenario = self._ask(self._overtime())
        scenario.action_select("Best")
        self._approve()
        controller = self._user("controller")
        mine, lever = scenario.with_user(controller), scenario.lever_ids.with_user(controller)
        actions = [
            mine.action_simulate,
            mine.action_open_select,
            lambda: mine.action_select("Again"),
            lambda: mine.write({"title": "Later"}),
            lambda: lever.write({"value": 1}),
            lever.unlink,
            mine.unlink,
            mine.copy,
            lambda: self._ask(self._overtime(), user=controller),
            lambda: self.env["sop.scenario.new"].with_user(controller).create(
                {"cycle_id": self.cycle.id, "workcenter_id": self.lathe.id,
                 "date_from": WEEK_4[0], "date_to": WEEK_4[1]}).action_create(),
        ]  # fmt: skip
        for number, action in enumerate(actions):
            with self.assertRaisesRegex(UserError, "approved", msg=number):
                with self.env.cr.savepoint():
                    action()
        data = self.cycle.with_user(controller).get_comparison_data(self.cycle.id)
        self.assertEqual((data["cycle"]["can_choose"], data["cycle"]["can_simulate"]),
                         (False, False))  # fmt: skip
        self.assertEqual(scenario.amount_overtime, 1080)

    def test_a_cycle_without_figures(self):
        cycle = self._make_cycle(month=date(2026, 10, 1))
        scenario = self.env["sop.scenario"].create(
            {"cycle_id": cycle.id, "lever_ids": [Command.create(self._overtime())]}
        )
        with self.assertRaisesRegex(UserError, "press Refresh"):
            scenario.action_simulate()
        self.assertEqual(cycle.get_comparison_data(cycle.id)["scenarios"][0]["state"], "draft")

    def test_wizard_asks_why(self):
        action = self._system("overtime").action_open_select()
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create(
            {"reason": "Quickest"}
        )  # fmt: skip
        self.assertEqual((wizard.gap_count, wizard.amount_extra), (0, 1050))
        self.assertIn("Lathe", wizard.lever_text)
        wizard.action_apply()
        self.assertEqual(self.cycle.select_reason, "Quickest")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestComparison(ScenarioCommon):
    def _compared(self):
        return self.cycle.get_comparison_data(self.cycle.id)

    def _rows(self, data):
        return {row["name"]: row for section in data["sections"] for row in section["rows"]}

    def test_columns_and_changes_to_the_base(self):
        self._ask(self._overtime(), title="Draft", simulate=False)
        data = self._compared()
        columns, rows = data["scenarios"], self._rows(data)
        self.assertEqual([row["kind"] for row in columns], [*KINDS, "user"])
        self.assertFalse(any(row["is_selected"] for row in columns), "nobody has chosen yet")
        self.assertIn("nothing is chosen", columns[0]["selected_text"])
        self.assertEqual(rows["amount_overtime"]["values"][:2], [0, 1050])
        self.assertEqual(rows["amount_overtime"]["changes"][:2], [None, 1050])
        self.assertEqual(rows["qty_late"]["values"], [51.5, 0, 51.92, 0, None])
        self.assertEqual(rows["qty_late"]["changes"][-1], None)
        self.assertAlmostEqual(rows["hours_short"]["changes"][1], -17.17)
        self.assertNotIn("amount_subcontract", rows, "nobody subcontracts")
        self.assertEqual((columns[1]["name"], columns[-1]["state"]), ("Overtime", "draft"))
        self.assertIn("+17.5 h a week on Lathe", columns[1]["levers"][0])
        self.assertTrue(columns[0]["binds"])
        self.assertTrue(data["cycle"]["can_choose"])

    def test_families_and_months(self):
        data = self._compared()
        [row] = data["families"]
        self.assertEqual(row["name"], "Valves")
        self.assertEqual([value["qty"] for value in row["values"]], [51.5, 0, 51.92, 0])
        self.assertEqual(row["values"][0]["amount"], 515)
        months = {row["label"]: row["values"] for row in data["months"]}
        self.assertEqual(months["Dec 2026"][:2], [0, -1050])
        self.assertEqual(set(months), {"Nov 2026", "Dec 2026", "Jan 2027"})

    def test_recommended_by_goal(self):
        dearer = self._ask(self._lever("price", 0.1, family=self.pumps), title="Dearer")
        overtime, best = self._system("overtime"), self._system("optimal")
        best.sudo().rate_fill = 0.99
        for goal, expected in (("cost", best), ("service", overtime), ("margin", dearer)):
            self.company.sop_scenario_goal = goal
            data = self._compared()
            chosen = [row["id"] for row in data["scenarios"] if row["is_recommended"]]
            self.assertEqual(chosen, expected.ids, goal)
            self.assertTrue(data["goal"]["label"] and data["goal"]["formula"], goal)
        dearer.lever_ids.value = 0.2
        chosen = [row["id"] for row in self._compared()["scenarios"] if row["is_recommended"]]
        self.assertNotEqual(chosen, dearer.ids, "what is not calculated is not recommended")

    def test_budget(self):
        self.assertNotIn("budget", [row["name"] for row in self._compared()["sections"]])
        target = self.env["sop.target"]
        base = self._system("base")
        for family, month, value in ((self.pumps, "2026-12-01", 7000.0),
                                     (self.valves, "2026-12-01", 500.0),
                                     (self.pumps, "2027-01-01", 2000.0),
                                     (self.pumps, "2026-10-01", 9e9)):  # fmt: skip
            target.create({"family_id": family.id, "bucket_start": month, "value": value})
        target.create({"family_id": self.pumps.id, "bucket_start": "2026-12-01", "value": 0.95,
                       "measure": "service"})  # fmt: skip
        rows = self._rows(self._compared())
        self.assertAlmostEqual(
            rows["budget_revenue"]["values"][0], base.amount_revenue - 9500, places=2
        )
        self.assertAlmostEqual(rows["budget_service"]["values"][0], base.rate_fill - 0.95, places=4)
        self.assertEqual(rows["budget_service"]["format"], "percent")
        self.assertNotIn("budget_margin", rows)

    def test_no_cycle(self):
        other = self.env["res.company"].create({"name": "Other Maker"})
        self.env.user.company_ids += other
        empty = self.env["sop.cycle"].with_context(allowed_company_ids=other.ids)
        self.assertEqual(empty.get_comparison_data(), {"cycle": False})
        self.assertEqual(empty.get_comparison_data(999999999), {"cycle": False})

    def test_choice_is_told(self):
        self.assertIn("nothing is chosen", self._compared()["scenarios"][0]["selected_text"])
        self._system("overtime").action_select("Quickest")
        columns = self._compared()["scenarios"]
        self.assertIn("Quickest", columns[1]["selected_text"])
        self.assertEqual([row["is_selected"] for row in columns], [False, True, False, False])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestNewScenario(ScenarioCommon):
    """The form that asks what if, and the settings behind its figures."""

    def _wizard(self, **vals):
        return self.env["sop.scenario.new"].create(vals)

    def _made(self, wizard):
        action = wizard.action_create()
        self.assertEqual(action["res_model"], "sop.scenario")
        return self.env["sop.scenario"].browse(action["res_id"])

    def test_a_shift_where_it_is_short(self):
        wizard = self._wizard()
        self.assertEqual((wizard.cycle_id, wizard.question), (self.cycle, "extra_shift"))
        self.assertEqual((wizard.workcenter_id, wizard.value, wizard.cost), (self.lathe, 8, 60))
        self.assertEqual((wizard.date_from, wizard.date_to), WEEK_4)
        self.assertEqual(wizard.unit, "hours a working day")
        scenario = self._made(wizard)
        self.assertEqual((scenario.state, scenario.kind), ("done", "user"))
        self.assertEqual((scenario.hours_overtime, scenario.gap_count), (40, 0))
        self.assertIn("+8 h a working day on Lathe", scenario.name)

    def test_a_late_vendor(self):
        wizard = self._wizard(question="supplier_delay", vendor_id=self.foundry.id)
        self.assertEqual((wizard.value, wizard.date_from), (14, TODAY))
        risk = self.env["sop.supplier.risk"].search(
            [("cycle_id", "=", self.cycle.id), ("partner_id", "=", self.foundry.id)]
        )
        risk.sudo().write({"has_data": True, "days_late_mean": 10, "days_late_std": 6.2})
        wizard = self._wizard(
            question="supplier_delay", vendor_id=self.foundry.id, title="Foundry fails",
            family_id=self.valves.id,
        )  # fmt: skip
        self.assertEqual(wizard.value, 16)
        scenario = self._made(wizard)
        self.assertEqual((scenario.name, scenario.lever_ids.partner_id),
                         ("Foundry fails", self.foundry))  # fmt: skip
        self.assertFalse(scenario.lever_ids.family_id)
        self.assertIn(("material", "Pumps"), self._gap_rows(scenario))

    def test_demand_of_a_family_and_customer(self):
        wizard = self._wizard(
            question="demand", family_id=self.pumps.id, customer_id=self.second.id,
            date_from=WEEK_4[0], date_to=WEEK_4[1], value=1.0,
        )  # fmt: skip
        self.assertTrue(wizard.is_percent)
        self.assertAlmostEqual(self._made(wizard).qty_late, 59 + 13.75)

    def test_a_family_waits(self):
        """The month in which it is made follows the weeks in which it is not."""
        wizard = Form(self.env["sop.scenario.new"])
        wizard.question = "postpone"
        wizard.family_id = self.valves
        wizard.date_from, wizard.date_to = WEEK_4
        self.assertEqual((wizard.value, wizard.date_target), (1, date(2027, 1, 1)))
        wizard.date_from, wizard.date_to = date(2027, 2, 1), date(2027, 2, 7)
        self.assertEqual(wizard.date_target, date(2027, 3, 1))
        wizard.date_from, wizard.date_to = WEEK_4
        self.assertEqual(self._made(wizard.save()).gap_count, 0)

    def test_question_starts_from_what_the_base_plan_is_short_of(self):
        """The plan that is followed has no gap left; a question is about the same weeks."""
        self._system("overtime").action_select("Customers first")
        self.assertFalse(self.cycle._followed_scenario().gap_ids)
        wizard = Form(self.env["sop.scenario.new"])
        self.assertEqual(wizard.workcenter_id, self.lathe)
        self.assertEqual((wizard.date_from, wizard.date_to), WEEK_4)

    def test_every_question_has_usual_figures(self):
        mill = self._make_workcenter("Mill", self.calendar)
        for question, _label in self.env["sop.scenario.new"]._fields["question"].selection:
            if question == "copy":
                continue
            given = {
                "prebuild": {"date_from": WEEK_4[0], "date_to": WEEK_4[1],
                             "date_target": date(2026, 11, 30)},
                "subcontract": {"value": 20},
            }.get(question, {})  # fmt: skip
            wizard = self._wizard(
                question=question, family_id=self.valves.id, vendor_id=self.foundry.id,
                other_workcenter_id=mill.id, **given,
            )  # fmt: skip
            self.assertEqual(self._made(wizard).state, "done", question)

    def test_start_from_another_scenario(self):
        with self.assertRaisesRegex(UserError, "start from"):
            self._wizard(question="copy").action_create()
        scenario = self._made(
            self._wizard(question="copy", scenario_id=self._system("overtime").id)
        )
        self.assertEqual((scenario.kind, scenario.name), ("user", "Overtime (copy)"))
        self.assertEqual((scenario.lever_ids.value, scenario.amount_overtime), (17.5, 1050))
        named = self._made(self._wizard(question="copy", scenario_id=scenario.id, title="Mine"))
        self.assertEqual(named.name, "Mine")

    def test_settings(self):
        for vals in (
            {"sop_overtime_premium": -0.1}, {"sop_overtime_peak": -1}, {"sop_late_cost": -0.01},
            {"sop_overtime_average": -1}, {"sop_holding_cost": -1}, {"sop_hour_cost": -5},
            {"sop_subcontract_premium": -0.1}, {"sop_subcontract_share": 1.01},
            {"sop_subcontract_share": -0.1},
        ):  # fmt: skip
            with self.assertRaisesRegex(ValidationError, "Small Maker.*100 %", msg=vals):
                with self.env.cr.savepoint():
                    self.company.write(vals)
        with self.assertRaisesRegex(ValidationError, "Small Maker needs a second"):
            self.company.sop_solver_seconds = 0

    def test_settings_make_the_figures(self):
        self.company.write({"sop_overtime_premium": 1.0, "sop_late_cost": 0.1})
        scenario = self._ask(self._lever("demand", 0.2, family=self.pumps))
        # 59 valves and 10 pumps a week late; the more important family counts twice
        self.assertAlmostEqual(scenario.amount_penalty, 0.1 * (590 + 2 * 1000), places=2)
        self.assertEqual(self._wizard().cost, 80)
        self.company.sop_overtime_peak = 0.25
        overtime = self._system("overtime")
        overtime.action_simulate()
        # a quarter of 40 h at most: 7 h 10 min stay short
        self.assertEqual((overtime.hours_overtime, overtime.amount_overtime), (10, 800))
        self.assertAlmostEqual(overtime.hours_short, 7.17, places=2)
