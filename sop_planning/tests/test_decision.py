from datetime import date, timedelta

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .common_decision import DECEMBER, NEXT_WEEK, DecisionCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDeciding(DecisionCommon):
    """Options, and the answers to a decision: decided, deferred, changed, reopened."""

    def test_scenario_gives_its_figures_once(self):
        option = self._with_options().option_ids[1]
        figures = ["name", "amount_cost", "rate_service", "qty"]
        expected = ("Second shift", 18000.0, 0.98, 12.0)
        self.assertEqual(tuple(option[name] for name in figures), expected)
        self.assertEqual(option.note, self.scenario.lever_text)
        self.scenario.sudo().write({"amount_extra": 99.0, "title": "Another"})
        option.invalidate_recordset()
        self.assertEqual(tuple(option[name] for name in figures), expected)

    def test_figures_of_a_scenario_cannot_be_entered(self):
        controller = self._user("controller")
        option = self._with_options(user=controller).option_ids[1].with_user(controller)
        with self.assertRaisesRegex(UserError, "scenario"):
            option.amount_cost = 5
        made = option.create(
            {"decision_id": option.decision_id.id, "scenario_id": self.scenario.id, "qty": 1}
        )
        self.assertEqual(made.qty, 12)
        made.write({"scenario_id": False, "amount_cost": 7, "note": "by hand"})
        self.assertEqual((made.amount_cost, made.name), (7, "Second shift"))

    def test_scenario_must_be_calculated_and_of_the_cycle(self):
        item = self._item()
        self.scenario.sudo().state = "draft"
        with self.assertRaisesRegex(UserError, "not calculated"):
            item.option_ids = [Command.create({"scenario_id": self.scenario.id})]
        other = self._next_cycle()
        item = self._item(cycle_id=other.id)
        with self.assertRaisesRegex(UserError, "no scenario of"):
            item.option_ids = [Command.create({"scenario_id": self.scenario.id})]

    def test_one_option_is_recommended(self):
        item = self._with_options()
        wait, shift = item.option_ids
        wait.is_recommended = True
        self.assertEqual((item.recommended_id, shift.is_recommended), (wait, False))

    def test_every_calculated_scenario_becomes_an_option(self):
        item = self._item()
        item.action_add_scenarios()
        self.assertEqual(item.option_ids.scenario_id, self.scenario)
        with self.assertRaises(UserError):
            item.action_add_scenarios()

    def test_decision_needs_choice_and_reason(self):
        item = self._with_options()
        wait, shift = item.option_ids
        for vals in (
            {"state": "decided", "reason": "Because"},
            {"state": "decided", "choice_id": shift.id},
            {"state": "decided", "choice_id": shift.id, "reason": "  "},
            {"state": "decided", "choice_id": self._with_options().option_ids[0].id,
             "reason": "Not its own"},
            {"state": "done"},
        ):  # fmt: skip
            with self.assertRaises(ValidationError, msg=vals):
                item.write(vals)
        self.assertFalse(self.cycle.has_decision)
        item.action_decide(wait.id, "Cheaper")
        self.cycle.invalidate_recordset()
        self.assertTrue(self.cycle.has_decision)
        self.assertEqual((item.choice_id, item.decided_by_id), (wait, self.env.user))
        with self.assertRaisesRegex(UserError, "reopen"):
            wait.note = "It was another thing"
        item.action_reopen()
        self.assertEqual((item.state, item.choice_id.id, item.reason), ("open", False, False))
        self.assertFalse(item.decided_by_id)

    def test_decision_without_options_needs_a_reason_only(self):
        item = self._item()
        with self.assertRaises(ValidationError):
            item.action_decide(False, "")
        item.action_decide(False, "Agreed")
        self.assertEqual(item.state, "decided")

    def test_deferring_needs_a_coming_day_and_a_reason(self):
        item = self._item()
        for day, reason in ((TODAY, "Later"), (False, "Later"), (NEXT_WEEK, "")):
            with self.assertRaises(UserError):
                item.action_defer(day, reason)
        item.action_defer(NEXT_WEEK, "The quote is missing")
        self.assertEqual((item.state, item.date_due), ("deferred", NEXT_WEEK))

    def test_executive_approves_changes_and_defers(self):
        self._reach("executive")
        item = self._as(self._with_options(), "executive")
        wait, shift = item.option_ids
        self.assertTrue(item.can_decide)
        item.action_approve()
        self.assertEqual((item.state, item.choice_id), ("decided", shift))
        self.assertEqual(item.decided_by_id, self._user("executive"))
        self._answer(item.action_change(), choice_id=wait.id, reason="Too dear")
        self.assertEqual((item.choice_id, item.reason), (wait, "Too dear"))
        self._answer(item.action_ask_defer(), date_due=NEXT_WEEK, reason="Ask the works council")
        self.assertEqual((item.state, item.date_due), ("deferred", NEXT_WEEK))
        self.assertFalse(item.choice_id)

    def _answer(self, action, **vals):
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard = wizard.with_user(self._user("executive"))
        with self.assertRaisesRegex(UserError, "why"):
            wizard.action_apply()
        wizard.write(vals)
        wizard.action_apply()

    def test_without_recommendation_the_dialog_asks(self):
        item = self._with_options()
        item.option_ids.is_recommended = False
        action = item.action_approve()
        self.assertEqual(action["res_model"], "sop.decision.answer")
        self.assertEqual(item.state, "open")

    def test_who_decides_depends_on_the_step(self):
        item = self._with_options()
        for state, refused, accepted in (
            ("pre_sop", "executive", "controller"),
            ("executive", "controller", "executive"),
        ):
            self._reach(state)
            for record in (self._as(item, refused), self._as(item, "operations")):
                with self.assertRaises(UserError, msg=(state, refused)):
                    record.write({"state": "decided", "reason": "x",
                                  "choice_id": item.option_ids[0].id})  # fmt: skip
                self.assertFalse(record.can_decide)
            self._as(item, accepted).action_approve()
            self.assertEqual(item.state, "decided")
            self._as(item, "manager").action_reopen()

    def test_exposure_and_its_limits(self):
        risk = self._item(kind="risk", probability=0.3, amount_impact=50000)
        self.assertEqual(risk.exposure, 15000)
        self.assertEqual(self._item(probability=0.3, amount_impact=50000).exposure, 0)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            risk.probability = 1.5

    def test_overdue(self):
        late = self._item(date_due=TODAY - timedelta(days=1))
        self._item(date_due=TODAY)
        done = self._item(kind="action", date_due=TODAY - timedelta(days=1))
        done.action_done()
        found = self.env["sop.decision"].search(
            [("cycle_id", "=", self.cycle.id), ("is_overdue", "=", True)]
        )
        self.assertEqual(found, late)
        self.assertEqual((late.is_overdue, done.is_overdue), (True, False))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDecisionTravel(DecisionCommon):
    """What is open goes on in the next cycle, and on the list of its owner."""

    def test_open_and_deferred_items_travel_once(self):
        waiting = self._with_options(name="Which plan?", date_due=NEXT_WEEK)
        late = self._item(name="Wait for quote")
        late.action_defer(date(2027, 1, 5), "No quote")
        gone = [self._item(name=name, kind="action") for name in ("Done", "Dropped")]
        gone[0].action_done()
        gone[1].write({"state": "dropped", "reason": "Not needed"})
        self._item(name="Decided").action_decide(False, "Agreed")
        december = self._next_cycle()
        copies = december.decision_ids
        self.assertEqual(copies.carried_from_id, waiting + late)
        self.assertEqual(set(copies.mapped("name")), {"Which plan?", "Wait for quote"})
        copy = copies.filtered(lambda item: item.carried_from_id == waiting)
        self.assertEqual(copy.option_ids.mapped("amount_cost"), [0, 18000])
        self.assertFalse(copy.option_ids.scenario_id)
        self.assertEqual(copy.recommended_id.name, "Second shift")
        again = (copies - copy)[0]
        self.assertEqual((again.state, again.reason), ("deferred", "No quote"))
        self.assertTrue(waiting.is_carried)
        december._carry_decisions()
        self.assertEqual(december.decision_ids, copies)
        open_here = [("cycle_id", "=", self.cycle.id), ("is_carried", "=", False),
                     ("state", "in", ["open", "deferred"])]  # fmt: skip
        self.assertFalse(self.env["sop.decision"].search(open_here))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            copy.copy({"carried_from_id": waiting.id, "cycle_id": december.id})

    def test_cancelled_cycle_does_not_keep_them(self):
        waiting = self._item()
        cancelled = self._next_cycle()
        cancelled.action_cancel()
        self.env.flush_all()
        self.assertFalse(waiting.is_carried)
        self.assertEqual(self._next_cycle().decision_ids.carried_from_id, waiting)

    def test_items_of_other_companies_stay_there(self):
        self._item()
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids += other
        with freeze_time("2026-12-07"):
            theirs = self._make_cycle(company=other, month=DECEMBER)
        self.assertFalse(theirs.decision_ids)

    def test_a_controller_opens_the_next_cycle(self):
        item = self._item(self._user("viewer"), kind="action")
        with freeze_time("2026-12-07"):
            vals = {"company_id": self.company.id, "month": DECEMBER}
            december = self.env["sop.cycle"].with_user(self._user("controller")).create(vals)
        self.assertEqual(december.decision_ids.carried_from_id, item)
        self.assertEqual(december.decision_ids.user_id, self._user("viewer"))

    def test_owner_has_one_todo(self):
        sales, operations = self._user("sales"), self._user("operations")
        item = self._item(sales, kind="action", date_due=NEXT_WEEK)
        todo = item.activity_ids
        self.assertEqual((todo.user_id, todo.date_deadline), (sales, NEXT_WEEK))
        self.assertEqual(todo.activity_type_id, self.env.ref("mail.mail_activity_data_todo"))
        item.write({"user_id": operations.id, "date_due": TODAY})
        item.write({"user_id": operations.id})
        self.assertEqual(item.activity_ids, todo)
        self.assertEqual((todo.user_id, todo.date_deadline), (operations, TODAY))
        december = self._next_cycle()
        self.assertFalse(item.activity_ids)
        copy = december.decision_ids
        self.assertEqual(len(copy.activity_ids), 1)
        copy.with_user(operations).action_done()
        self.assertFalse(copy.activity_ids)
        copy.action_reopen()
        self.assertEqual(copy.activity_ids.user_id, operations)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDecisionSources(DecisionCommon):
    """A decision is made from what it is about, and counted there."""

    def _made(self, source):
        action = source.action_make_decision()
        made = self.env[action["res_model"]].browse(action["res_id"])
        source.invalidate_recordset()
        self.assertEqual(source.decision_count, 1)
        found = self.env["sop.decision"].search(source.action_open_decisions()["domain"])
        self.assertEqual(found, made)
        return made

    def test_gap(self):
        made = self._made(self._as(self.gap, "operations"))
        self.assertEqual((made.gap_id, made.family_id), (self.gap, self.valves))
        self.assertEqual((made.effect_measure, made.effect_expected), ("revenue", 61000))
        self.assertEqual(made.user_id, self._user("operations"))
        self.assertIn("Line 2 turning", made.description)
        self.assertNotIn("€", made.description)  # not everybody who reads it sees amounts

    def test_controller_asks_the_owner_of_the_gap(self):
        self.gap.user_id = self._user("operations")
        made = self._made(self._as(self.gap, "controller"))
        self.assertEqual(made.activity_ids.user_id, self._user("operations"))

    def test_exception(self):
        exception = self.env["sop.exception"].create(
            {"cycle_id": self.cycle.id, "company_id": self.company.id, "natural_key": "x",
             "kind": "no_family", "product_id": self.pump.id, "family_id": self.pumps.id}
        )  # fmt: skip
        made = self._made(self._as(exception, "sales"))
        self.assertEqual((made.exception_id, made.family_id), (exception, self.pumps))

    def test_supplier_risk(self):
        risk = self.env["sop.supplier.risk"].create(
            {"cycle_id": self.cycle.id, "company_id": self.company.id, "amount_at_risk": 1000.0,
             "partner_id": self.vendor.id, "has_data": True, "rate_otif_first": 0.6}
        )  # fmt: skip
        made = self._made(risk)
        made.kind = "risk"
        self.assertAlmostEqual(made.exposure, 400)
        self.assertIn("Steelco", made.name)

    def test_scenario(self):
        made = self._made(self._as(self.scenario, "operations"))
        self.assertEqual(made.recommended_id.scenario_id, self.scenario)

    def test_viewers_make_none(self):
        with self.assertRaises(AccessError):
            self._as(self.gap, "viewer").action_make_decision()

    def test_counts_of_the_cycle(self):
        self._item(kind="action").action_decide(False, "Agreed")
        self._item()
        self.cycle.invalidate_recordset()
        counts = (self.cycle.decision_count, self.cycle.open_decision_count)
        self.assertEqual((*counts, self.cycle.has_decision), (2, 1, False))
        domain = self.cycle.action_open_decisions()["domain"]
        self.assertEqual(self.env["sop.decision"].search(domain), self.cycle.decision_ids)

    def test_screens_open_for_a_viewer(self):
        self._with_options()
        viewer = self._user("viewer")
        kinds = ("kanban", "list", "form", "calendar", "pivot", "search")
        items = self.env["sop.decision"].with_user(viewer)
        self.assertTrue(items.get_views([(False, kind) for kind in kinds])["views"])
        self.assertTrue(items.search([]).read())
