from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_quality import QualityCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDataGate(QualityCommon):
    """The trust score, and what it takes to close the data gathering."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls.orphan = cls._make_product("Orphan", cls.valves, 100.0, standard_price=4.0)
            cls.stray = cls._make_product("Stray", cls.valves, 20.0, standard_price=4.0)
            cls._history({cls.pump: 10, cls.orphan: 10, cls.stray: 10}, months=2)
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()
        cls.env.ref("sop_planning.sop_step_check_trusted").active = True

    def _issue(self, product):
        return self._issues("no_source").filtered(lambda issue: issue.product_id == product)

    def _value(self, product):
        return self._amount_year(self.cycle, product)

    def test_score_is_the_share_of_planned_value_without_blocking_issues(self):
        good, bad = self._value(self.pump), self._value(self.orphan) + self._value(self.stray)
        self.assertAlmostEqual(self.cycle.rate_trust, good / (good + bad), places=4)
        self.assertEqual(self.cycle.trust_label, "45.4 %", "rounded down")
        self.assertEqual((self.cycle.blocking_issue_count, self.cycle.data_issue_count), (2, 2))

    def test_gate_says_score_count_largest_and_what_to_do(self):
        with self.assertRaises(UserError) as refused:
            self.cycle.action_next_step()
        sentence = str(refused.exception)
        for part in (
            "Only 45.4 %",
            "less than 80 %",
            "Blocking issues: 2",
            "Sold product without source: Orphan",
            "Correct the records",
            "accept an issue with a reason",
        ):
            self.assertIn(part, sentence)
        self.assertLess(sentence.index("Orphan"), sentence.index("Stray"), "largest first")
        self.assertEqual(self.cycle.state, "data")

    def test_gate_names_the_largest_three_only(self):
        small = [self._make_product(f"Tiny {i}", self.valves, 1.0 + i) for i in range(3)]
        self._history({product: 1 for product in small}, months=1)
        self.cycle.action_refresh()
        with self.assertRaisesRegex(UserError, "Blocking issues: 5") as refused:
            self.cycle.action_next_step()
        self.assertIn("Tiny 2", str(refused.exception))
        self.assertNotIn("Tiny 1", str(refused.exception))

    def test_accepted_with_a_reason_blocks_no_more_and_reopened_does(self):
        before = self.cycle.rate_trust
        self._issue(self.orphan).write({"state": "accepted", "note": "Bought by hand."})
        self.assertGreater(self.cycle.rate_trust, 0.8)
        answered = self.cycle.rate_trust
        self.cycle.action_refresh()
        self.assertEqual(self.cycle.rate_trust, answered, "a refresh comes to the same")
        self._issue(self.orphan).action_reopen()
        self.assertEqual(self.cycle.rate_trust, before)
        self._issue(self.orphan).action_accept()
        self._issue(self.orphan).write({"state": "accepted", "note": "Bought by hand."})
        self.cycle.action_next_step()
        self.assertEqual(self.cycle.state, "demand")

    def test_whoever_may_answer_moves_the_score(self):
        """The score belongs to the planner; an answer changes it without the right to write it."""
        issue = self._issue(self.orphan).with_user(self._user("operations"))
        issue.write({"state": "accepted", "note": "Bought by hand."})
        self.assertGreater(self.cycle.rate_trust, 0.8)
        with self.assertRaises(UserError):
            self.cycle.with_user(self._user("controller")).rate_trust = 1

    def test_corrected_records_open_the_gate(self):
        self._make_price(self.orphan, 7)
        self.cycle.action_refresh()
        self.cycle.action_next_step()
        self.assertEqual(self.cycle.state, "demand")

    def test_rule_switched_off_or_not_blocking_opens_the_gate_at_once(self):
        rule, before = self._rule("no_source"), self.cycle.rate_trust
        rule.active = False
        self.assertEqual((self.cycle.rate_trust, self.cycle.blocking_issue_count), (1, 0))
        rule.active = True
        self.assertEqual(self.cycle.rate_trust, before)
        rule.write({"is_blocking": False, "severity": "amber"})
        self.assertEqual(self.cycle.rate_trust, 1)
        self.assertEqual(set(self._issues("no_source").mapped("severity")), {"amber"})
        self.cycle.action_next_step()
        self.assertEqual(self.cycle.state, "demand")

    def test_threshold_is_the_companys_and_zero_is_no_gate(self):
        self.company.sop_trust_threshold = 0.4
        self.cycle.action_next_step()
        self.cycle.action_send_back("A figure was wrong")
        self.company.sop_trust_threshold = 1
        with self.assertRaises(UserError):
            self.cycle.action_next_step()
        self.company.sop_trust_threshold = 0
        self.cycle.action_next_step()
        self.assertEqual(self.cycle.state, "demand")
        for wrong in (-0.1, 1.1):
            with self.assertRaises(ValidationError):
                self.company.sop_trust_threshold = wrong

    def test_only_the_first_step_has_the_gate(self):
        self.company.sop_trust_threshold = 0
        self.cycle.action_next_step()
        self.company.sop_trust_threshold = 1
        self.cycle.action_next_step()
        self.assertEqual(self.cycle.state, "supply")

    def test_blocked_component_blocks_all_that_it_goes_into(self):
        self.casting.seller_ids.unlink()
        self.cycle.action_refresh()
        self.assertEqual(self.cycle.rate_trust, 0)
        issue = self._issues("no_vendor")
        issue.write({"state": "accepted", "note": "From the customer."})
        answered = self.cycle.rate_trust
        self.assertGreater(answered, 0.4)
        issue.action_reopen()
        self.assertEqual(self.cycle.rate_trust, 0)

    def test_without_any_supply_data_demand_is_planned_and_the_gate_is_open(self):
        """One note about the company instead of a blocking issue a product."""
        other = self.env["res.company"].create({"name": "Trader", "sop_auto_open": False})
        self.env.user.company_ids += other
        product = self._make_product("Thing", self.pumps, 10.0, company_id=other.id)
        self._history({product: 10}, months=2, company=other)
        cycle = self._make_cycle(company=other)
        cycle.action_refresh()
        issue = self.env["sop.data.issue"].search(
            [("company_id", "=", other.id), ("rule_code", "=", "no_source")]
        )
        self.assertEqual((issue.res_model, issue.res_id), ("res.company", other.id))
        self.assertFalse(issue.is_blocking)
        self.assertIn("only demand is planned", issue.reason)
        self.assertGreater(issue.amount_at_risk, 0)
        self._rule("no_source").is_blocking = True
        self.assertFalse(issue.is_blocking)
        self.assertEqual(cycle.rate_trust, 1)
        cycle.action_next_step()
        self.assertEqual(cycle.state, "demand")
        self.assertLess(self.cycle.rate_trust, 0.8, "the other company's score is its own")

    def test_cycle_without_figures_has_no_score(self):
        cycle = self._make_cycle(month=TODAY.replace(month=10, day=1))
        self.assertEqual((cycle.has_trust, cycle.trust_label), (False, "no data"))
        with self.assertRaisesRegex(UserError, "press Refresh first"):
            cycle.action_next_step()
