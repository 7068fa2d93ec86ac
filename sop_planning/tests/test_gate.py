from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY
from .common_gate import GateCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestGateChecks(GateCommon):
    """Every check of the addon fails and passes as its sentence says."""

    def _check(self, code):
        """What a check says, and whether it stands between the cycle's step and the next."""
        checks = self._switch_on(code)
        self.assertEqual(len(checks), 1)
        self.cycle.invalidate_recordset(["gate_text", "gate_warning", "gate_status"])
        words = (self.cycle.gate_text, self.cycle.gate_warning)
        self.assertFalse(words[checks.is_blocking], "blocks or warns, not both")
        return words[not checks.is_blocking]

    def _assert_gate(self, code, state, sentence):
        """The check fails with the sentence and keeps the step open; a warning does not."""
        self._at(state)
        self.assertEqual(self._check(code), sentence)
        if not self._switch_on(code).is_blocking:
            return
        with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
            self._leave()
        self.assertEqual(
            str(refused.exception), f"November 2026 cannot leave this step yet:\n- {sentence}"
        )
        self.assertEqual(self.cycle.state, state)

    def _leave(self):
        if self.cycle.state == "executive":
            self.cycle.action_approve()
        else:
            self.cycle.action_next_step()

    def _assert_open(self, code, following):
        self.assertFalse(self._check(code))
        self._leave()
        self.assertEqual(self.cycle.state, following)

    def test_computed(self):
        self.cycle.date_snapshot = False
        self.assertEqual(self._check("computed"), "The cycle has no figures yet: press Refresh.")
        with self.assertRaisesRegex(UserError, "press Refresh"), self.env.cr.savepoint():
            self._leave()
        self.cycle.date_snapshot = fields.Datetime.now()
        self._assert_open("computed", "demand")

    def test_trusted(self):
        self.cycle.write({"has_trust": True, "rate_trust": 0.5})
        self._switch_on("trusted")
        self.assertIn("Only 50 % of the planned value of November 2026", self._check("trusted"))
        with self.assertRaisesRegex(UserError, "less than 80 %"), self.env.cr.savepoint():
            self._leave()
        self.cycle.rate_trust = 0.8
        self._assert_open("trusted", "demand")

    def test_fresh_warns_only(self):
        self.cycle.date_snapshot = fields.Datetime.now() - timedelta(hours=49)
        self._assert_gate("fresh", "data", "The figures are 49 hours old: press Refresh.")
        self.cycle.date_snapshot = fields.Datetime.now() - timedelta(hours=48)
        self.assertFalse(self._check("fresh"))
        self.cycle.date_snapshot = fields.Datetime.now() - timedelta(hours=49)
        self._leave()
        self.assertEqual(self.cycle.state, "demand", "a warning does not block")
        self.assertFalse(self._check("fresh"), "asked at the entry of its step only")

    def test_red_exceptions(self):
        pumps = self._put_exception(self.pumps)
        self._put_exception(self.valves, severity="amber")
        self._assert_gate(
            "reds",
            "demand",
            "Red exceptions without an answer: 1 (Forecast deviation: Pumps).",
        )
        pumps.write({"state": "accepted", "note": "Known"})
        self._assert_open("reds", "supply")

    def test_families(self):
        reviews = self._put_review(self.pumps) + self._put_review(self.valves, state="discuss")
        for number in range(2):
            reviews += self._put_review(self._make_family(f"Family {number}"))
        self._assert_gate(
            "families",
            "demand",
            "Families not agreed: 4 (Pumps, Valves, Family 0 and 1 more).",
        )
        reviews[1:].action_agree()
        self._assert_gate("families", "demand", "Families not agreed: 1 (Pumps).")
        reviews.action_agree()
        self._assert_open("families", "supply")

    def _put_gap(self, scenario, key="a", **vals):
        return self.env["sop.supply.gap"].create(
            {
                "cycle_id": self.cycle.id, "company_id": self.company.id,
                "scenario_id": scenario.id, "natural_key": key, "kind": "material",
                "family_id": self.pumps.id, "product_id": self.pump.id, "week_from": 2,
                "week_to": 3, "bucket_start": date(2026, 11, 9), "bucket_end": date(2026, 11, 23),
                **vals,
            }
        )  # fmt: skip

    def _put_scenario(self, **vals):
        return self.env["sop.scenario"].create({"cycle_id": self.cycle.id, **vals})

    def test_gaps_of_the_followed_scenario_within_the_weeks(self):
        followed = self._put_scenario(is_followed=True)
        gap = self._put_gap(followed)
        self._put_gap(followed, "months away", week_from=0, week_to=0)
        self._put_gap(followed, "solved", active=False)
        self._put_gap(self._put_scenario(title="What if"))
        self._assert_gate(
            "gaps", "supply", f"Supply gaps without a decision: 1 ({gap.display_name})."
        )
        self.assertIn("Pumps: ", gap.display_name)
        gap.state = "accepted"
        self._assert_open("gaps", "pre_sop")

    def test_flagged_vendors_warn_only(self):
        vendor = self.env["res.partner"].create({"name": "Foundry"})
        risk = self._put("sop.supplier.risk", partner_id=vendor.id, is_flagged=True)
        other = self.env["res.partner"].create({"name": "Punctual"})
        self._put("sop.supplier.risk", partner_id=other.id, is_flagged=False)
        self._assert_gate("suppliers", "supply", "Flagged vendors without an answer: 1 (Foundry).")
        risk.write({"state": "accepted", "note": "Second source found"})
        self._assert_open("suppliers", "pre_sop")

    def test_scenario(self):
        self._assert_gate(
            "scenario", "pre_sop", "No scenario is chosen: compare them and choose one."
        )
        self.cycle.selected_scenario_id = self._put_scenario(title="Second shift")
        self._assert_open("scenario", "executive")

    def test_pack_warns_only(self):
        self._assert_gate("pack", "pre_sop", "The meeting pack is not published.")
        self.cycle.date_pack_published = fields.Datetime.now()
        self._assert_open("pack", "executive")

    def test_decision(self):
        self._put("sop.decision", name="Hire", kind="action", state="decided", reason="More orders")
        open_one = self._put("sop.decision", name="Buy a lathe", kind="decision")
        sentence = "No decision is recorded: a meeting without one was a report."
        self._assert_gate("decision", "executive", sentence)
        open_one.write({"state": "decided", "reason": "Needed"})
        self.assertFalse(self._check("decision"))

    def test_open_decisions(self):
        lathe = self._put("sop.decision", name="Buy a lathe", kind="decision")
        self._put("sop.decision", name="Call the vendor", kind="action")
        self._assert_gate("decided", "executive", "Open decisions: 1 (Buy a lathe).")
        lathe.write({"state": "decided", "reason": "Needed"})
        self.assertFalse(self._check("decided"))

    def test_all_that_fails_is_said_at_once_in_order(self):
        self._put_review(self.pumps)
        self._put_exception(self.valves)
        self._switch_on("reds", "families", "gaps", "scenario")
        self._at("demand")
        with self.assertRaises(UserError) as refused:
            self._leave()
        self.assertEqual(
            str(refused.exception),
            "November 2026 cannot leave this step yet:\n"
            "- Red exceptions without an answer: 1 (Forecast deviation: Valves).\n"
            "- Families not agreed: 1 (Pumps).",
        )
        self.cycle.invalidate_recordset()
        self.assertEqual(len(self.cycle.gate_text.splitlines()), 2)

    def test_switched_off_does_not_block(self):
        self._put_review(self.pumps)
        checks = self._switch_on("families")
        self._at("demand")
        checks.active = False
        self.assertFalse(self.cycle.gate_text)
        self._leave()
        self.assertEqual(self.cycle.state, "supply")

    def test_made_a_warning_does_not_block_and_is_still_said(self):
        self._put_review(self.pumps)
        self._switch_on("families").is_blocking = False
        self._at("demand")
        self.assertFalse(self.cycle.gate_text)
        self.assertIn("Pumps", self.cycle.gate_warning)
        self._leave()
        self.assertEqual(self.cycle.state, "supply")

    def test_frozen_and_new_cycles_have_nothing_to_do(self):
        self._put_review(self.pumps)
        self._switch_on("families", "computed")
        self._at("demand").action_cancel()
        self.assertFalse(self.cycle.gate_text)
        self.assertTrue(Form(self.env["sop.cycle"]))

    def test_unknown_code_is_refused(self):
        for code in ("weather", "status", "rows", "checks"):
            with self.assertRaisesRegex(ValidationError, f"There is no check {code}"):
                self.env["sop.step.check"].create(
                    {"name": "Weather", "code": code, "step": "demand"}
                )

    def test_what_the_addon_ships_is_there(self):
        """All of them; only what is a judgement warns."""
        checks = self.env["sop.step.check"].with_context(active_test=False).search([])
        self.assertEqual(
            {(check.code, check.step, check.is_blocking) for check in checks},
            {
                ("computed", "data", True), ("trusted", "data", True), ("fresh", "demand", False),
                ("reds", "demand", True), ("families", "demand", True), ("gaps", "supply", True),
                ("suppliers", "supply", False), ("scenario", "pre_sop", True),
                ("pack", "pre_sop", False), ("decision", "executive", True),
                ("decided", "executive", True),
            },
        )  # fmt: skip
