from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_scenario import KINDS, WEEK_4, ScenarioCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestChosenScenario(ScenarioCommon):
    """The plan follows the scenario that somebody chose, for a reason."""

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
    """The scenarios side by side, from which one is chosen."""

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
