from datetime import date

from lxml import etree

from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_decision import DECEMBER, DecisionCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestExecutivePage(DecisionCommon):
    """The page of the executive meeting: the plan, its decisions and its risks."""

    def _review(self, **vals):
        return self.env["sop.demand.review"].create(
            {"cycle_id": self.cycle.id, "company_id": self.company.id,
             "family_id": self.pumps.id, **vals}
        )  # fmt: skip

    def _plan(self, cycle, amount, month=DECEMBER):
        return self.env["sop.demand.line"].create(
            {"cycle_id": cycle.id, "company_id": self.company.id, "product_id": self.pump.id,
             "family_id": self.pumps.id, "bucket_start": month, "qty_consensus": 1,
             "amount_consensus": amount}
        )  # fmt: skip

    def test_opens_the_current_cycle(self):
        action = self.env["sop.cycle"].with_user(self._user("executive"))
        action = action.action_open_executive_review()
        self.assertEqual((action["res_model"], action["res_id"]), ("sop.cycle", self.cycle.id))
        form = self.env.ref("sop_planning.sop_cycle_view_form_executive")
        self.assertEqual(action["views"], [(form.id, "form")])
        self.assertNotEqual(self.env["sop.cycle"].get_view(view_type="form")["id"], form.id)

    def test_decisions_in_their_order_and_risks_by_exposure(self):
        decided = self._item(name="Decided", sequence=1)
        decided.action_decide(False, "Agreed")
        waiting = self._with_options(name="Open")
        small = self._item(kind="risk", probability=0.1, amount_impact=100)
        large = self._item(kind="risk", probability=0.5, amount_impact=100)
        assumed = self._item(kind="assumption")
        self.cycle.invalidate_recordset()
        self.assertEqual(list(self.cycle.agenda_ids), [decided, waiting])
        self.assertEqual(self.cycle.agenda_open_count, 1)
        self.assertEqual(list(self.cycle.risk_ids), [large, small])
        self.assertEqual(self.cycle.assumption_ids, assumed)
        row = waiting.option_rows[1]
        self.assertEqual((row["name"], row["service"]), ("Second shift", "98.0 %"))
        self.assertTrue(row["is_recommended"])

    def test_figures_of_the_plan(self):
        self._review(amount_year=1050000, amount_last_year=1000000)
        cycle = self._as(self.cycle, "executive")
        self.assertEqual(cycle.growth_label, "+5.0 % on the last 12 months (1.0 M€)")
        self.assertFalse(cycle.last_plan_label or cycle.budget_label)
        self.assertFalse(cycle.gap_label)  # the plan follows no scenario yet
        self.scenario.sudo().is_followed = True
        cycle.invalidate_recordset()
        self.assertEqual(cycle.gap_label, "61.0 k€ short")
        self.assertEqual((cycle.fill_label, cycle.extra_label), ("98.0 %", "18.0 k€"))

    def test_against_the_last_plan_and_the_budget(self):
        with freeze_time("2026-10-05"):
            october = self._make_cycle(month=date(2026, 10, 1))
        self._plan(october, 1000)
        self._plan(october, 5000, date(2026, 10, 1))  # over: no part of the comparison
        october.sudo().state = "approved"
        self._plan(self.cycle, 1100)
        self._plan(self.cycle, 400, date(2027, 1, 1))  # no budget of this month
        self.env["sop.target"].create(
            {"company_id": self.company.id, "family_id": self.pumps.id, "measure": "revenue",
             "bucket_start": DECEMBER, "value": 1000}
        )  # fmt: skip
        cycle = self._as(self.cycle, "executive")
        self.assertEqual(cycle.last_plan_label, "+50.0 %")
        self.assertEqual(cycle.last_plan_text, "October 2026 for Nov 2026 - Oct 2027: 1.0 k€")
        self.assertEqual(cycle.budget_label, "+10.0 %")

    def test_rates_without_amounts_for_those_who_see_none(self):
        settings = self.env["res.config.settings"]
        settings.create({"group_sop_planning_money": False}).execute()
        self._review(amount_year=1050000, amount_last_year=1000000)
        self.scenario.sudo().is_followed = True
        self._with_options()
        self._item(kind="risk", probability=0.1, amount_impact=100)
        cycle = self._as(self.cycle, "viewer")
        told = (cycle.year_label, cycle.growth_label, cycle.fill_label)
        self.assertEqual(told, ("+5.0 %", "on the last 12 months", "98.0 %"))
        self.assertFalse(cycle.gap_label or cycle.extra_label or cycle.total_label)
        self.assertEqual(len(cycle.risk_ids), 1)
        self.assertNotIn("18", str(cycle.agenda_ids.option_rows))

    def test_everything_on_the_page_can_be_read(self):
        self._with_options()
        self._item(kind="risk", probability=0.1, amount_impact=100)
        view = self.env.ref("sop_planning.sop_cycle_view_form_executive")
        for role in ("executive", "viewer"):
            cycle = self._as(self.cycle, role)
            arch = etree.fromstring(cycle.get_view(view.id, "form")["arch"])
            names = {node.get("name") for node in arch.xpath("//field[not(ancestor::field)]")}
            self.assertTrue(cycle.read(list(names)), role)
            for parent in ("agenda_ids", "risk_ids", "assumption_ids"):
                inner = arch.xpath(f"//field[@name='{parent}']//field/@name")
                self.assertTrue(inner, parent)
                cycle[parent].read(list(set(inner)))

    def test_warns_when_the_plan_does_not_follow_the_decision(self):
        item = self._with_options()
        self.assertFalse(self.cycle.plan_warning)
        item.action_approve()
        self.assertIn("Second shift", self.cycle.plan_warning)
        self.scenario.sudo().is_followed = True
        self.cycle.invalidate_recordset()
        self.assertFalse(self.cycle.plan_warning)
