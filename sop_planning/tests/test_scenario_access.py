from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_scenario import ScenarioCommon

READERS = ("viewer", "sales", "executive")
WRITERS = ("operations", "controller")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestScenarioAccess(ScenarioCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls.asked = cls.env["sop.scenario"].create(
                {
                    "cycle_id": cls.cycle.id,
                    "title": "A bit more",
                    "lever_ids": [
                        Command.create(
                            {"kind": "extra_hours", "value": 5, "workcenter_id": cls.lathe.id,
                             "date_from": "2026-12-07", "date_to": "2026-12-13"}
                        )
                    ],
                }
            )  # fmt: skip
            cls.asked.action_simulate()
        cls.other_company = cls.env["res.company"].create({"name": "Other Maker"})
        cls.other_company.sop_auto_open = False

    # ---- who reads ----

    def test_readers_read(self):
        for role in READERS:
            user = self._user(role)
            self.env.invalidate_all()
            rows = self.env["sop.scenario"].with_user(user).search([])
            self.assertEqual(len(rows), 5, role)
            self.assertIn("on Lathe", rows.filtered("title").lever_text)
            self.assertTrue(rows.gap_ids and rows.family_ids, role)
            for row in rows:
                row.read()
                row.lever_ids.read()
            data = self.env["sop.cycle"].with_user(user).get_comparison_data()
            self.assertEqual(len(data["scenarios"]), 5, role)
            self.assertEqual(
                (data["cycle"]["can_choose"], data["cycle"]["can_simulate"]), (False, False), role
            )

    def test_readers_change_nothing(self):
        before = (self.asked.write_date, self.asked.amount_total, len(self.cycle.scenario_ids))
        for role in READERS:
            user = self._user(role)
            mine, lever = self.asked.with_user(user), self.asked.lever_ids.with_user(user)
            overtime = self._system("overtime").with_user(user)
            changes = {
                "create": lambda user=user: self._ask(self._overtime(), user=user, simulate=False),
                "write": lambda mine=mine: mine.write({"title": "Mine"}),
                "archive": lambda mine=mine: mine.write({"active": False}),
                "copy": mine.copy,
                "unlink": mine.unlink,
                "lever": lambda lever=lever: lever.write({"value": 1}),
                "lever gone": lever.unlink,
                "lever more": lambda user=user: self.env["sop.scenario.lever"].with_user(
                    user).create({"scenario_id": self.asked.id, **self._overtime()}),
                "simulate": mine.action_simulate,
                "simulate computed": overtime.action_simulate,
                "select": lambda overtime=overtime: overtime.action_select("I like it"),
                "open select": overtime.action_open_select,
                "question": lambda user=user: self.env["sop.scenario.new"].with_user(user).create(
                    {}),
                "choice": lambda user=user: self.env["sop.scenario.select"].with_user(user).create(
                    {"scenario_id": self.asked.id, "reason": "Because"}),
            }  # fmt: skip
            for name, change in changes.items():
                with self.assertRaises(AccessError, msg=f"{role} {name}"):
                    with self.env.cr.savepoint():
                        change()
        self.env.invalidate_all()
        self.assertEqual(
            (self.asked.write_date, self.asked.amount_total, len(self.cycle.scenario_ids)), before
        )
        self.assertFalse(self.cycle.selected_scenario_id)

    def test_people_outside_sop_see_nothing(self):
        employee = self._user(None)
        for model in ("sop.scenario", "sop.scenario.lever", "sop.scenario.family"):
            with self.assertRaises(AccessError, msg=model):
                self.env[model].with_user(employee).search([])
        with self.assertRaises(AccessError):
            self.env["sop.cycle"].with_user(employee).get_comparison_data(self.cycle.id)

    # ---- who writes ----

    def test_writers_do_it_all(self):
        for role in WRITERS:
            user = self._user(role)
            self.env.invalidate_all()
            scenario = self._ask(self._overtime(), user=user)
            self.assertEqual((scenario.state, scenario.amount_overtime), ("done", 1080), role)
            self.assertEqual(scenario.user_id, user)
            scenario.write({"title": "Mine", "note": "Assumed"})
            scenario.lever_ids.value = 20
            self.assertEqual(scenario.state, "draft")
            scenario.action_simulate()
            self._system("overtime").with_user(user).action_simulate()
            copy = scenario.copy()
            copy.action_simulate()
            scenario.action_select(f"Chosen by {role}")
            self.env.invalidate_all()
            self.assertEqual(self.cycle.select_user_id, user)
            self.assertIn(f"Chosen by {role}", self.cycle.message_ids[0].body)
            self.assertEqual(self.cycle.message_ids[0].author_id, user.partner_id)
            self._system("base").with_user(user).action_select("Back")
            (scenario + copy).unlink()
            wizard = self.env["sop.scenario.new"].with_user(user).create({})
            made = self.env["sop.scenario"].browse(wizard.action_create()["res_id"])
            self.assertEqual((made.user_id, made.gap_count), (user, 0), role)
            data = self.env["sop.cycle"].with_user(user).get_comparison_data()
            self.assertTrue(data["cycle"]["can_choose"] and data["cycle"]["can_simulate"])

    def test_the_screen_knows_who_may_ask_for_a_decision(self):
        for role in ("viewer", "sales", "operations", "controller", "executive"):
            user = self._user(role)
            data = self.env["sop.cycle"].with_user(user).get_comparison_data()
            try:
                self._system("overtime").with_user(user).action_make_decision()
                may = True
            except AccessError:
                may = False
            self.assertEqual(data["cycle"]["can_decide"], may, role)

    def test_figures_cannot_be_typed_in(self):
        mine = self.asked.with_user(self._user("controller"))
        for vals in ({"amount_total": 0}, {"state": "done"}, {"is_followed": True},
                     {"kind": "base"}, {"gap_count": 0}, {"fingerprint": {}}):  # fmt: skip
            with self.assertRaises(UserError, msg=vals):
                mine.write(vals)
        with self.assertRaises(UserError):
            self.cycle.with_user(self._user("controller")).selected_scenario_id = mine

    def test_nobody_is_born_chosen_or_computed(self):
        scenarios = self.env["sop.scenario"].with_user(self._user("controller"))
        vals = {"kind": "optimal", "state": "done", "is_followed": True, "gap_count": 7}
        plain = scenarios.create({"cycle_id": self.cycle.id, **vals})
        context = {f"default_{name}": value for name, value in vals.items()}
        by_context = scenarios.with_context(**context).create({"cycle_id": self.cycle.id})
        for scenario in (plain, by_context):
            self.assertEqual(
                (scenario.kind, scenario.state, scenario.is_followed, scenario.gap_count),
                ("user", "draft", False, 0),
            )

    # ---- computed scenarios ----

    def test_computed_scenarios_are_left_alone(self):
        lever = self._overtime(3)
        own = self.asked.lever_ids
        for role in WRITERS:
            user = self._user(role)
            mine = self._system("overtime").with_user(user)
            changes = {
                "title": lambda mine=mine: mine.write({"title": "Mine"}),
                "note": lambda mine=mine: mine.write({"note": "Mine"}),
                "archive": lambda mine=mine: mine.write({"active": False}),
                "levers": lambda mine=mine: mine.write({"lever_ids": [Command.clear()]}),
                "unlink": mine.unlink,
                "lever": lambda mine=mine: mine.lever_ids.write({"value": 1}),
                "lever gone": lambda mine=mine: mine.lever_ids.unlink(),
                "lever more": lambda mine=mine: mine.env["sop.scenario.lever"].create(
                    {"scenario_id": mine.id, **lever}),
                "lever moved in": lambda mine=mine: own.with_env(mine.env).write(
                    {"scenario_id": mine.id}),
            }  # fmt: skip
            for name, change in changes.items():
                with self.assertRaises(UserError, msg=f"{role} {name}"):
                    with self.env.cr.savepoint():
                        change()
                self.env.invalidate_all()
        self.assertEqual(self._system("overtime").lever_ids.value, 17.5)

    def test_a_copy_of_a_computed_one_is_a_question(self):
        user = self._user("operations")
        for kind in ("overtime", "postpone", "optimal"):
            source = self._system(kind).with_user(user)
            copy = source.copy()
            self.assertEqual((copy.kind, copy.state, copy.user_id), ("user", "draft", user))
            self.assertEqual(copy.name, f"{source.name} (copy)")
            self.assertFalse(copy.is_followed or copy.gap_count or copy.date_simulated)
            self.assertEqual(copy.lever_ids.mapped("label"), source.lever_ids.mapped("label"))
            self.assertEqual(copy.lever_ids.mapped("cost"), source.lever_ids.mapped("cost"))
            self.assertFalse(copy.lever_ids & source.lever_ids)
            copy.action_simulate()
            self.assertEqual(copy.amount_total, source.amount_total, kind)
            copy.title = "Mine"
            copy.lever_ids.unlink()
            self.assertTrue(source.lever_ids)
        empty = self._system("base").with_user(user).copy({"title": "From scratch"})
        self.assertEqual((empty.name, bool(empty.lever_ids)), ("From scratch", False))

    # ---- companies ----

    def test_another_company_sees_nothing(self):
        stranger = self._user("controller", self.other_company)
        theirs = self.env(user=stranger, context={"allowed_company_ids": self.other_company.ids})
        for model in ("sop.scenario", "sop.scenario.lever", "sop.scenario.family",
                      "sop.supply.gap", "sop.capacity.line"):  # fmt: skip
            self.assertFalse(theirs[model].search([]), model)
        self.assertEqual(theirs["sop.cycle"].get_comparison_data(), {"cycle": False})
        self.env.invalidate_all()
        mine = self.asked.with_env(theirs)
        attempts = {
            "comparison": lambda: theirs["sop.cycle"].get_comparison_data(self.cycle.id),
            "read": lambda: mine.read(["title"]),
            "lever": lambda: self.asked.lever_ids.with_env(theirs).read(["value"]),
            "simulate": mine.action_simulate,
            "select": lambda: mine.action_select("Ours"),
            "write": lambda: mine.write({"title": "Ours"}),
            "unlink": mine.unlink,
            "copy": mine.copy,
            "create": lambda: theirs["sop.scenario"].create({"cycle_id": self.cycle.id}),
            "lever more": lambda: theirs["sop.scenario.lever"].create(
                {"scenario_id": self.asked.id, **self._overtime()}),
            "choice": lambda: theirs["sop.scenario.select"].create(
                {"scenario_id": self.asked.id, "reason": "Ours"}).read(
                    ["lever_text", "amount_extra", "gap_count"]),
            "question": lambda: theirs["sop.scenario.new"].create(
                {"cycle_id": self.cycle.id, "workcenter_id": self.lathe.id}).action_create(),
        }  # fmt: skip
        let = []
        for name, attempt in attempts.items():
            try:
                with self.env.cr.savepoint():
                    attempt()
                let.append(name)
            except AccessError:
                pass
            self.env.invalidate_all()
        self.assertEqual(let, [])

    def test_a_cycle_of_another_company_has_its_own_scenarios(self):
        self.env.user.company_ids += self.other_company
        theirs = self._make_cycle(company=self.other_company)
        self.assertFalse(theirs.scenario_ids)
        self.assertEqual(theirs.get_comparison_data(theirs.id)["scenarios"], [])
        with self.assertRaisesRegex(UserError, "Lathe belongs to Small Maker"):
            self.env["sop.scenario"].create(
                {"cycle_id": theirs.id, "lever_ids": [Command.create(self._overtime())]}
            )
