from datetime import date, datetime, timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

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


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStepCalendar(GateCommon):
    """When the steps of a new cycle start and are due, who is responsible, how long they take."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cycle.unlink()
        cls.templates = cls.env["sop.step.template"].search([])
        cls.buyer = cls._person("Bob", "operations")

    def _holiday(self, day):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Public holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": datetime.combine(day, datetime.min.time()),
                "date_to": datetime.combine(day, datetime.max.time()),
            }
        )

    def _days(self, cycle):
        return [(step.date_start.day, step.date_due.day) for step in cycle.step_ids]

    def test_shipped_calendar_over_a_weekend_and_a_public_holiday(self):
        self._holiday(date(2026, 11, 9))
        cycle = self._make_cycle(date_open=date(2026, 11, 5))
        # working days: Thursday 5, Friday 6, Tuesday 10, Wednesday 11, Thursday 12
        self.assertEqual(self._days(cycle), [(5, 5), (5, 6), (6, 10), (10, 11), (12, 12)])

    def test_opened_on_a_weekend_starts_on_monday(self):
        cycle = self._make_cycle(date_open=date(2026, 11, 7))
        self.assertEqual(self._days(cycle)[0], (9, 9))

    def test_template_of_the_company_before_the_general_one(self):
        own = {"company_id": self.company.id, "code": "supply", "day_start": 4, "day_due": 8}
        self.env["sop.step.template"].create({**own, "user_id": self.buyer.id})
        other = self.env["res.company"].create({"name": "Other"})
        self.env["sop.step.template"].create({**own, "company_id": other.id, "day_due": 9})
        cycle = self._make_cycle(date_open=date(2026, 11, 2), user_id=self.env.uid)
        self.assertEqual(self._days(cycle), [(2, 2), (2, 3), (5, 11), (4, 5), (6, 6)])
        self.assertEqual(self._step("supply", cycle).user_id, self.buyer)
        self.assertEqual((cycle.step_ids - self._step("supply", cycle)).user_id, self.env.user)

    def test_without_templates_a_step_a_day(self):
        self.templates.unlink()
        cycle = self._make_cycle(date_open=date(2026, 11, 2))
        self.assertEqual(self._days(cycle), [(day, day) for day in range(2, 7)])

    def test_days_in_order_and_within_a_month(self):
        template = self.templates.filtered(lambda row: row.code == "supply")
        for first, last in ((3, 2), (0, 2), (1, 24)):
            with self.assertRaisesRegex(ValidationError, "Supply Review: the working days lie"):
                template.write({"day_start": first, "day_due": last})
        template.write({"day_start": 23, "day_due": 23})

    def test_one_template_a_step_and_company(self):
        for company in (False, self.company.id):
            vals = {"code": "data", "company_id": company}
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(UniqueViolation),
                self.env.cr.savepoint(),
            ):
                self.env["sop.step.template"].create([vals, vals])

    def test_elapsed_working_days_count_both_ends_and_no_weekend(self):
        with freeze_time("2026-11-06 08:00:00"):  # a Friday
            cycle = self._make_cycle(date_snapshot=fields.Datetime.now())
        step = self._step("data", cycle)
        with freeze_time("2026-11-09 08:00:00"):
            cycle.action_next_step()
        self.assertEqual(step.days_elapsed, 2)
        demand = self._step("demand", cycle)
        with freeze_time("2026-11-11 08:00:00"):
            demand.invalidate_recordset(["days_elapsed"])
            self.assertEqual(demand.days_elapsed, 3, "to today while it lasts")
            self.assertEqual(self._step("supply", cycle).days_elapsed, 0)
        self._holiday(date(2026, 11, 10))
        with freeze_time("2026-11-11 08:00:00"):
            demand.invalidate_recordset(["days_elapsed"])
            self.assertEqual(demand.days_elapsed, 2)

    def test_late_is_an_open_step_after_its_day(self):
        cycle = self._make_cycle(date_open=TODAY)
        step = self._step("demand", cycle)
        for day, is_late in (("2026-11-19", False), ("2026-11-20", True)):
            with freeze_time(day):
                step.invalidate_recordset(["is_late"])
                self.assertEqual(step.is_late, is_late)

    def test_rights_by_role(self):
        cycle = self._make_cycle()
        step = self._step("data", cycle)
        for role in ("viewer", "sales", "operations"):
            user = self._user(role)
            self.assertEqual(step.with_user(user).code, "data")
            with self.assertRaises(AccessError):
                step.with_user(user).date_due = TODAY
        for role in ("controller", "executive", "manager"):
            step.with_user(self._user(role)).date_due = TODAY
        stranger = self._user("manager", self.env["res.company"].create({"name": "Stranger"}))
        with self.assertRaises(AccessError):
            step.with_user(stranger).read(["code"])

    def test_only_administrators_change_checks_and_calendar(self):
        checks = self._switch_on("families")
        for record, vals in ((checks, {"active": False}), (self.templates[0], {"day_due": 9})):
            with self.assertRaises(AccessError):
                record.with_user(self._person(f"C{record._table}", "controller")).write(vals)
            record.with_user(self._person(f"A{record._table}", "manager")).write(vals)
