from datetime import date, timedelta

from lxml import etree
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .common_supply import SupplyCommon

DECEMBER = date(2026, 12, 1)
NEXT_WEEK = TODAY + timedelta(days=7)


class DecisionCommon(SupplyCommon):
    """A gap of the cycle, a calculated scenario, and people of every role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gap = cls._capacity_gap()
        cls.scenario.sudo().write(
            {"title": "Second shift", "state": "done", "amount_extra": 18000.0, "rate_fill": 0.98,
             "qty_late": 12.0}
        )  # fmt: skip

    def _user(self, role, company=None):
        """The same person every time."""
        people = self.__dict__.setdefault("people", {})
        if (role, company) not in people:
            people[role, company] = super()._user(role, company)
        return people[role, company]

    @classmethod
    def _item(cls, user=None, **vals):
        return cls.env["sop.decision"].create(
            {
                "cycle_id": cls.cycle.id,
                "name": "Second shift?",
                "user_id": (user or cls.env.user).id,
                **vals,
            }
        )

    @classmethod
    def _with_options(cls, **vals):
        """A decision between waiting and the scenario, which is recommended."""
        options = [
            Command.create({"name": "Wait"}),
            Command.create({"scenario_id": cls.scenario.id, "is_recommended": True}),
        ]
        return cls._item(option_ids=options, **vals)

    def _as(self, record, role):
        return record.with_user(self._user(role))

    def _reach(self, state):
        self.cycle.sudo().write({"state": state})

    def _next_cycle(self):
        with freeze_time("2026-12-07"):
            return self._make_cycle(month=DECEMBER)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDeciding(DecisionCommon):
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
class TestDecisionRights(DecisionCommon):
    def test_viewers_and_executives_create_nothing(self):
        for role in ("viewer", "executive"):
            user = self._user(role)
            with self.assertRaises(AccessError, msg=role):
                self.env["sop.decision"].with_user(user).create(
                    {"cycle_id": self.cycle.id, "name": "x", "user_id": user.id}
                )

    def test_contributors_create_and_edit_their_own(self):
        controller = self._user("controller")
        for role in ("sales", "operations"):
            user = self._user(role)
            vals = {"cycle_id": self.cycle.id, "name": "Ask", "user_id": user.id, "state": "done",
                    "option_ids": [Command.create({"name": "Yes", "qty": 3})]}  # fmt: skip
            mine = self.env["sop.decision"].with_user(user).create(vals)
            self.assertEqual((mine.state, mine.option_ids.qty), ("open", 3))
            mine.write({"description": "Facts", "date_due": NEXT_WEEK})
            mine.option_ids.note = "Better"
            with self.assertRaises(AccessError, msg=role):
                self._item().with_user(user).write({"description": "Not mine"})
            with self.assertRaises(AccessError, msg=role):
                self._with_options().option_ids[0].with_user(user).write({"note": "Not mine"})
            with self.assertRaises(AccessError, msg=role):
                mine.create({**vals, "user_id": controller.id})
            mine.sudo().action_decide(mine.option_ids.id, "Yes")
            with self.assertRaises(UserError, msg=role):
                mine.write({"description": "Afterwards"})

    def test_owners_follow_their_actions_and_risks(self):
        viewer = self._user("viewer")
        for kind in ("action", "risk"):
            mine = self._item(viewer, kind=kind).with_user(viewer)
            mine.write({"response": "Second source", "date_due": NEXT_WEEK})
            mine.action_done()
            mine.write({"effect_note": "It came"})
            with self.assertRaises(UserError, msg=kind):
                mine.write({"name": "Another one"})
            with self.assertRaises(AccessError, msg=kind):
                self._item(kind=kind).with_user(viewer).action_done()
        for kind in ("decision", "assumption"):
            with self.assertRaises(AccessError, msg=kind):
                self._item(viewer, kind=kind).with_user(viewer).write({"description": "x"})
        action = self._item(viewer, kind="action").with_user(viewer)
        with self.assertRaises(AccessError):
            action.kind = "decision"

    def test_executives_answer_and_change_nothing_else(self):
        self._reach("executive")
        item = self._as(self._with_options(), "executive")
        with self.assertRaises(AccessError):
            item.write({"state": "decided", "choice_id": item.option_ids[0].id, "reason": "x",
                        "name": "Another question"})  # fmt: skip
        with self.assertRaises(AccessError):
            item.write({"description": "x"})
        with self.assertRaises(AccessError):
            item.option_ids[0].write({"amount_cost": 1})
        with self.assertRaises(AccessError):
            self._as(self._item(kind="action"), "executive").action_done()

    def test_controllers_change_everything_but_what_buttons_write(self):
        item = self._as(self._item(kind="risk"), "controller")
        item.write({"name": "Late steel", "probability": 0.5, "user_id": self._user("sales").id})
        for vals in ({"decided_by_id": self.env.uid}, {"carried_from_id": self._item().id}):
            with self.assertRaises(UserError, msg=vals):
                item.write(vals)
        with self.assertRaisesRegex(UserError, "travels"):
            item.write({"cycle_id": self._next_cycle().id})
        item.unlink()
        decided = self._item()
        decided.action_decide(False, "Agreed")
        with self.assertRaisesRegex(UserError, "kept"):
            self._as(decided, "controller").unlink()

    def test_frozen_cycle_refuses(self):
        decided = self._with_options()
        decided.action_approve()
        action = self._item(kind="action")
        risk = self._item(kind="risk")
        self._reach("approved")
        changes = {
            "name": "x", "description": "x", "kind": "risk", "user_id": False, "sequence": 1,
            "date_due": NEXT_WEEK, "state": "dropped", "choice_id": decided.option_ids[0].id,
            "reason": "x", "probability": 0.1, "amount_impact": 1, "response": "x",
            "effect_measure": "cost", "effect_expected": 1, "gap_id": self.gap.id,
            "family_id": self.pumps.id,
        }  # fmt: skip
        decided.effect_real = 3.0  # what came of it is told when it is known
        for name, value in changes.items():
            for item in (decided, risk):
                for user in (self._user("controller"), self._user("manager"), self.env.user):
                    with self.assertRaises(UserError, msg=(name, item.kind)):
                        item.with_user(user).write({name: value})
        for name in ("name", "user_id", "date_due", "reason", "effect_expected"):
            with self.assertRaises(UserError, msg=name):
                self._as(action, "controller").write({name: changes[name]})
        self._as(action, "controller").write({"state": "done", "effect_real": 7.0})
        self.assertEqual((action.state, action.effect_real), ("done", 7.0))
        for refused in (
            lambda: self._as(decided.option_ids[0], "controller").write({"name": "x"}),
            lambda: self._as(decided.option_ids[0], "controller").unlink(),
            lambda: self._as(risk, "controller").unlink(),
            lambda: self._item(self._user("controller")),
            lambda: self._as(self.gap, "controller").action_make_decision(),
        ):
            with self.assertRaisesRegex(UserError, "frozen"):
                refused()

    def test_other_company_sees_nothing(self):
        item = self._with_options()
        other = self.env["res.company"].create({"name": "Outsider"})
        theirs = self.env(
            user=self._user("manager", other), context={"allowed_company_ids": other.ids}
        )
        for model in ("sop.decision", "sop.decision.option"):
            self.assertFalse(theirs[model].search([("cycle_id", "=", self.cycle.id)]))
        with self.assertRaises(AccessError):
            item.with_env(theirs).read(["name"])
        with self.assertRaises(AccessError):
            self.cycle.with_env(theirs).action_open_executive_review()
        with self.assertRaises(AccessError):
            self.env["sop.decision"].with_user(self._user("")).search([])
        self.env.user.company_ids += other
        foreign = self._make_cycle(company=other)
        with self.assertRaises(UserError):
            self._item(cycle_id=foreign.id, gap_id=self.gap.id)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDecisionTravel(DecisionCommon):
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


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestExecutivePage(DecisionCommon):
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
