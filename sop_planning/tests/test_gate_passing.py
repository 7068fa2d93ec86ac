from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY
from .common_gate import GateCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestGatePassing(GateCommon):
    """Who passes a gate all the same, who sends back, and what is kept of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._switch_on("families", "reds", "scenario")
        cls._put_review(cls.pumps)
        cls._put_exception(cls.valves)
        cls.controller = cls._person("Carla", "controller")
        cls.admin = cls._person("Adam", "manager")
        cls.executive = cls._person("Eve", "executive")

    def _jump(self, user, reason="The meeting cannot wait"):
        self.cycle.with_user(user).action_next_step(reason)

    def test_controller_cannot_even_with_a_reason(self):
        self._at("demand")
        with self.assertRaisesRegex(UserError, "cannot leave this step yet"):
            self._jump(self.controller, None)
        with self.assertRaisesRegex(UserError, "Only who may pass gates"):
            self._jump(self.controller)
        with self.assertRaisesRegex(UserError, "Only who may pass gates"):
            self.cycle.with_user(self.controller).action_jump_gate()
        self.assertEqual(self.cycle.state, "demand")
        self.assertFalse(self._step("demand").is_jumped)

    def test_controller_with_the_group_can(self):
        self.controller.group_ids += self.env.ref("sop_planning.sop_planning_group_gate")
        self._at("demand")
        self._jump(self.controller)
        self.assertEqual(self.cycle.state, "supply")

    def test_administrator_can_and_it_is_kept(self):
        self._at("demand")
        for blank in (None, "", "   "):
            with self.assertRaisesRegex(UserError, "cannot leave this step yet"):
                self._jump(self.admin, blank)
        self._jump(self.admin, "  The meeting cannot wait ")
        step = self._step("demand")
        self.assertEqual((self.cycle.state, step.is_jumped), ("supply", True))
        words = (
            "Closed although checks failed: The meeting cannot wait (Red exceptions without an"
            " answer: 1 (Forecast deviation: Valves). Families not agreed: 1 (Pumps).)"
        )
        self.assertEqual(step.log, f"11/18/2026 Adam: {words}\n11/18/2026 Adam: Signed off")
        self.assertEqual(step.signed_by_id, self.admin)
        message = self.cycle.message_ids[0]
        self.assertEqual((message.author_id, words in message.body), (self.admin.partner_id, True))

    def test_it_is_known_after_the_cycle_was_sent_back_and_closed_properly(self):
        self._at("demand")
        self._jump(self.admin)
        self.cycle.with_user(self.controller).action_send_back("A figure was wrong")
        self.assertTrue(self._step("demand").is_jumped)
        self.cycle.review_ids.action_agree()
        self.cycle.exception_ids.write({"state": "accepted"})
        self.cycle.with_user(self.controller).action_next_step()
        step = self._step("demand")
        self.assertTrue(step.is_jumped)
        self.assertEqual(
            [line.split(": ")[0] for line in step.log.splitlines()],
            [
                "11/18/2026 Adam", "11/18/2026 Adam", "11/18/2026 Carla", "11/18/2026 Carla",
            ],
        )  # fmt: skip
        self.assertIn("Carla: Sent back: A figure was wrong", step.log)

    def test_reason_without_failing_checks_is_no_jump(self):
        self._at("supply")
        self._jump(self.controller, "Just so")
        self.assertFalse(self._step("supply").is_jumped)

    def test_history_cannot_be_written(self):
        self._at("demand")
        self._jump(self.admin)
        step = self._step("demand").with_user(self.admin)
        for vals in ({"log": ""}, {"is_jumped": False}, {"date_signed": False}):
            with self.assertRaisesRegex(UserError, "only the screen's buttons"):
                step.write(vals)

    def test_dialog_closes_the_step(self):
        self._at("demand")
        cycle = self.cycle.with_user(self.admin)
        action = cycle.action_jump_gate()
        self.assertEqual((action["res_model"], action["target"]), ("sop.cycle.reason", "new"))
        with Form(
            self.env["sop.cycle.reason"].with_user(self.admin).with_context(**action["context"])
        ) as form:
            self.assertIn("Families not agreed: 1 (Pumps).", form.gate_text)
            form.reason = "The meeting cannot wait"
        form.record.action_apply()
        self.assertTrue(self._step("demand").is_jumped)

    def test_dialog_in_the_last_step_approves(self):
        self._switch_on("decision")
        self._at("executive")
        reason = self.env["sop.cycle.reason"].with_user(self.admin)
        reason.create(
            {"cycle_id": self.cycle.id, "kind": "jump", "reason": "Decided on the phone"}
        ).action_apply()
        self.assertEqual(self.cycle.state, "approved")
        self.assertIn("Decided on the phone (No decision", self._step("executive").log)

    def test_executive_without_the_group_cannot_approve_past_a_gate(self):
        self._switch_on("decision")
        self._at("executive")
        with self.assertRaisesRegex(UserError, "No decision is recorded"):
            self.cycle.with_user(self.executive).action_approve()
        with self.assertRaisesRegex(UserError, "Only who may pass gates"):
            self.cycle.with_user(self.executive).action_approve("All agreed")

    def test_send_back_needs_a_reason_and_is_kept(self):
        self._at("supply")
        cycle = self.cycle.with_user(self.controller)
        for blank in (None, "", " \n"):
            with self.assertRaisesRegex(UserError, "Say why"):
                cycle.action_send_back(blank)
        action = cycle.action_ask_send_back()
        with Form(
            self.env["sop.cycle.reason"]
            .with_user(self.controller)
            .with_context(**action["context"])
        ) as form:
            form.reason = "A figure was wrong"
        form.record.action_apply()
        self.assertEqual(self.cycle.state, "demand")
        words = "Sent back: A figure was wrong"
        self.assertEqual(self._step("demand").log, f"11/18/2026 Carla: {words}")
        self.assertIn(words, self.cycle.message_ids[0].body)
        self.assertEqual(self.cycle.message_ids[0].author_id, self.controller.partner_id)

    def test_cancelled_cycle_that_comes_back_says_why(self):
        self._at("supply")
        self.cycle.action_cancel()
        self.cycle.with_user(self.controller).action_send_back("Cancelled by mistake")
        self.assertEqual(
            self._step("data").log, "11/18/2026 Carla: Sent back: Cancelled by mistake"
        )

    def test_who_signs_and_when(self):
        self._at("supply")
        self.cycle.step_ids.user_id = self.executive
        with freeze_time("2026-11-19 08:30:00"):
            self.cycle.with_user(self.controller).action_next_step()
        step = self._step("supply")
        self.assertEqual(
            (step.signed_by_id, step.date_signed, step.user_id, step.state),
            (self.controller, datetime(2026, 11, 19, 8, 30), self.executive, "done"),
        )
        self.assertEqual(step.log, "11/19/2026 Carla: Signed off")
        self.assertEqual(self._step("pre_sop").date_begun, datetime(2026, 11, 19, 8, 30))

    def test_viewers_move_nothing(self):
        self._at("supply")
        for role in ("viewer", "sales", "operations"):
            user = self._person(role.title(), role)
            with self.assertRaises(AccessError):
                self.cycle.with_user(user).action_next_step()
            with self.assertRaises(AccessError):
                self.cycle.with_user(user).action_send_back("No")
        self.assertEqual(self.cycle.state, "supply")
        self.assertFalse(self._step("supply").log)
