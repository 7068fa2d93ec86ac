from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY
from .common_scenario import WEEK_4, ScenarioCommon


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
