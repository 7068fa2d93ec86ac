import inspect
from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import MONTH, TODAY, SopCommon
from .common_scenario import ScenarioCommon

OCTOBER, DECEMBER = date(2026, 10, 1), date(2026, 12, 1)
# what is said about a plan, and what people do after its approval, is no part of it
AFTER = {"sop.cycle.step", "sop.data.issue", "sop.decision", "sop.decision.option", "sop.pack",
         "sop.promise", "sop.run"}  # fmt: skip
DISCUSSION = ("message_", "activity_", "my_activity_", "website_message")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPlanVersion(SopCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [100] * 14)
            cls._sell_monthly(cls.valve, [50] * 14)
            cls.october = cls._make_cycle(month=OCTOBER)
            cls.cycle = cls._make_cycle()
            (cls.october + cls.cycle).action_refresh()

    def _approved(self, cycle=None, user=None):
        """The version that an approval makes."""
        cycle = cycle or self.cycle
        while cycle.state != "executive":
            cycle.action_next_step()
        cycle.with_user(user or self.env.user).action_approve()
        return cycle.version_ids.sorted("number")[-1]

    # ---- what is frozen ----

    def test_approval_keeps_every_line_and_the_figures(self):
        line = self._line(self.cycle, self.pump)
        line.qty_override = 130
        version = self._approved()
        lines = self.env["sop.demand.line"].search([("cycle_id", "=", self.cycle.id)])
        kept = {(row.product_id, row.bucket_start): row for row in version.line_ids}
        self.assertEqual(len(kept), len(lines))
        for name in ("qty_statistical", "qty_override", "is_overridden", "qty_consensus",
                     "price_unit", "amount_consensus", "family_id"):  # fmt: skip
            self.assertEqual(kept[self.pump, MONTH][name], line[name], name)
        self.assertEqual(kept[self.pump, MONTH].qty_consensus, 130)
        year = lines.filtered(lambda row: row.bucket_start < date(2027, 11, 1))
        self.assertAlmostEqual(version.qty_year, sum(year.mapped("qty_consensus")), 2)
        self.assertAlmostEqual(version.amount_year, sum(year.mapped("amount_consensus")), 2)
        self.assertEqual(version.override_count, 1)
        self.assertEqual((version.product_count, version.line_count), (2, len(lines)))
        scenario = self.cycle._followed_scenario()
        self.assertTrue(scenario)
        self.assertEqual(version.scenario_id, scenario)
        self.assertEqual(version.amount_revenue, scenario.amount_revenue)
        self.assertEqual(version.fingerprint, scenario.fingerprint)
        self.assertIn("version 1", version.name)
        self.assertTrue(version.is_in_force)

    def test_who_asked_and_who_approved(self):
        controller, executive = self._user("controller"), self._user("executive")
        while self.cycle.state != "executive":
            self.cycle.with_user(controller).action_next_step()
        version = self._approved(user=executive)
        self.assertEqual((version.requested_by_id, version.user_id), (controller, executive))

    def test_next_approval_makes_the_next_version(self):
        first = self._approved()
        self.cycle.action_send_back("The pump customer cancelled")
        self.assertFalse(first.is_in_force)
        self._line(self.cycle, self.pump).qty_override = 7
        second = self._approved()
        self.assertEqual((first.number, second.number), (1, 2))
        self.assertEqual(second.reason, "The pump customer cancelled")
        self.assertFalse(self.cycle.reopen_reason)
        month = [("product_id", "=", self.pump.id), ("bucket_start", "=", MONTH)]
        self.assertEqual(second.line_ids.filtered_domain(month).qty_consensus, 7)
        self.assertNotEqual(first.line_ids.filtered_domain(month).qty_consensus, 7)
        self.assertEqual((first.is_in_force, second.is_in_force), (False, True))
        in_force = self.env["sop.plan.version"].search(
            [("is_in_force", "=", True), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(in_force, second)
        self.assertTrue(first.is_valid)

    def test_lines_are_frozen_in_one_statement_whatever_their_number(self):
        while self.cycle.state != "executive":
            self.cycle.action_next_step()
        with self.assertQueryCount(__system__=90):  # there are 36 lines
            self.cycle.action_approve()

    # ---- nobody changes it ----

    def test_no_way_to_write_a_version(self):
        version = self._approved()
        line = version.line_ids[0]
        for role in ("viewer", "controller", "executive", "manager"):
            user = self._user(role)
            for record in (version, line):
                mine = record.with_user(user)
                with self.assertRaises(UserError, msg=role):
                    mine.write({"company_id": self.company.id})
                with self.assertRaises(UserError, msg=role):
                    mine.unlink()
                with self.assertRaises(UserError, msg=role):
                    mine.create({"company_id": self.company.id})
                with self.assertRaises(UserError, msg=role):
                    mine.copy()
        self.assertTrue(version.is_valid)

    def test_not_even_the_system_writes_a_version(self):
        version = self._approved()
        for record, vals in ((version, {"number": 9}), (version.line_ids[0], {"qty_consensus": 1})):
            with self.assertRaisesRegex(UserError, "nobody creates, changes or deletes"):
                record.sudo().write(vals)
            with self.assertRaisesRegex(UserError, "nobody creates, changes or deletes"):
                record.sudo().unlink()
            with self.assertRaisesRegex(UserError, "nobody creates, changes or deletes"):
                record.sudo().create(vals)

    def test_import_changes_nothing(self):
        version = self._approved()
        line = version.line_ids[0]
        manager = self._user("manager")
        for record, names, row in (
            (version, [".id", "number"], [str(version.id), "5"]),
            (line, [".id", "qty_consensus"], [str(line.id), "5"]),
            (line, ["version_id/.id", "qty_consensus"], [str(version.id), "5"]),
        ):
            try:
                result = record.browse().with_user(manager).load(names, [row])
                self.assertFalse(result["ids"])
            except AccessError:
                continue
        self.assertEqual((version.number, version.is_valid), (1, True))

    def test_a_change_in_the_database_is_found_out(self):
        version = self._approved()
        self.assertEqual(version.action_check()["params"]["type"], "success")
        for statement in (
            "UPDATE sop_plan_version_line SET qty_consensus = qty_consensus + 0.01 WHERE id = %s",
            "DELETE FROM sop_plan_version_line WHERE id = %s",
        ):
            self.env.flush_all()
            with self.env.cr.savepoint(flush=False) as point:
                self.env.cr.execute(statement, [version.line_ids[0].id])
                self.env.invalidate_all()
                self.assertFalse(version.is_valid)
                answer = version.action_check()["params"]
                self.assertEqual(answer["type"], "danger")
                self.assertIn("Changed since its approval", answer["message"])
                point.rollback()
            self.env.invalidate_all()
            self.assertTrue(version.is_valid)
        self.env.cr.execute(
            "UPDATE sop_plan_version SET figures = jsonb_set(figures, '{rate_fill}', '1.5')"
            " WHERE id = %s",
            [version.id],
        )
        self.env.invalidate_all()
        self.assertFalse(version.is_valid)

    def test_cycle_with_a_version_is_kept(self):
        self._approved()
        self.cycle.action_send_back("Wrong")
        with self.assertRaisesRegex(UserError, "cancel the cycle instead"):
            self.cycle.unlink()

    # ---- two people ----

    def test_requester_does_not_approve(self):
        self.company.sop_four_eyes = True
        both = self._user("controller")
        both.group_ids += self.env.ref("sop_planning.sop_planning_group_executive")
        cycle = self.cycle.with_user(both)
        while cycle.state != "executive":
            cycle.action_next_step()
        with self.assertRaisesRegex(UserError, "another executive"):
            cycle.action_approve()
        self.assertFalse(self.cycle.version_ids)
        self.assertEqual(self._approved(user=self._user("executive")).requested_by_id, both)

    def test_without_the_setting_one_person_may_do_both(self):
        self.assertFalse(self.company.sop_four_eyes)
        version = self._approved()
        self.assertEqual(version.user_id, version.requested_by_id)

    def test_two_people_need_a_request(self):
        self.company.sop_four_eyes = True
        while self.cycle.state != "executive":
            self.cycle.action_next_step()
        self.cycle.step_ids.filtered(lambda step: step.code == "pre_sop").sudo().unlink()
        with self.assertRaisesRegex(UserError, "Nobody has signed"):
            self.cycle.action_approve()

    # ---- comparison ----

    def _compared(self, old, new, user=None):
        """The lines of a comparison by product and month."""
        compare = self.env["sop.plan.compare"].with_user(user or self.env.user)._of(old, new)
        action = compare.action_compare()
        lines = self.env["sop.plan.comparison"].with_user(user or self.env.user)
        return {(r.product_id, r.bucket_start): r for r in lines.search(action["domain"])}, compare

    def test_two_versions_line_by_line(self):
        first = self._approved()
        self.cycle.action_send_back("Wrong")
        line = self._line(self.cycle, self.pump)
        before = line.qty_consensus
        line.qty_override = before + 30
        second = self._approved()
        rows, _compare = self._compared(first, second)
        row = rows[self.pump, MONTH]
        self.assertEqual((row.kind, row.qty_old, row.qty_new), ("both", before, before + 30))
        self.assertEqual((row.qty_change, row.qty_override), (30, 30))
        self.assertAlmostEqual(row.amount_override, row.amount_new - row.amount_old, 2)
        others = [row for key, row in rows.items() if key != (self.pump, MONTH)]
        self.assertTrue(others)
        self.assertEqual({row.kind for row in others}, {"equal"})
        self.assertFalse(any(row.qty_change or row.amount_change for row in others))

    def test_months_that_both_plans_have_are_proposed(self):
        version = self._approved(self.october)
        rows, compare = self._compared(version, self.cycle)
        months = {month for _product, month in rows}
        self.assertEqual(min(months), MONTH)
        self.assertEqual((compare.date_from, compare.date_until), (MONTH, date(2027, 11, 1)))
        self.assertFalse([row for row in rows.values() if row.kind in ("new", "gone")])
        compare.date_from = OCTOBER
        compare.action_compare()
        lines = self.env["sop.plan.comparison"].search([("compare_id", "=", compare.id)])
        gone = lines.filtered(lambda row: row.kind == "gone")
        self.assertEqual(set(gone.mapped("bucket_start")), {OCTOBER})
        self.assertEqual(sum(gone.mapped("qty_scope")), -sum(gone.mapped("qty_old")))

    def test_causes_add_up_in_every_row_and_in_the_bridge(self):
        self._line(self.october, self.pump, DECEMBER).qty_override = 10
        version = self._approved(self.october)
        self._line(self.cycle, self.valve, DECEMBER).write({"qty_sales": 500})
        rows, compare = self._compared(version, self.cycle)
        causes = [cause for cause, _label in self.env["sop.plan.bridge"]._causes()]
        for row in rows.values():
            qty = sum(row[f"qty_{cause}"] for cause in causes if cause != "price")
            self.assertAlmostEqual(qty, row.qty_new - row.qty_old, 2)
            amount = sum(row[f"amount_{cause}"] for cause in causes)
            self.assertAlmostEqual(amount, row.amount_new - row.amount_old, 2)
        bridge = self.env["sop.plan.bridge"].search([("compare_id", "=", compare.id)])
        change = sum(row.qty_change for row in rows.values())
        self.assertAlmostEqual(sum(bridge.mapped("qty")), change, 2)
        december = bridge.filtered(lambda row: row.bucket_start == DECEMBER)
        self.assertIn((self.pumps, "override"), [(row.family_id, row.cause) for row in december])
        sales = december.filtered(lambda row: row.cause == "sales")
        self.assertEqual(sales.family_id, self.valves)
        opened = self.env["sop.plan.comparison"].search(sales.action_open_lines()["domain"])
        self.assertEqual(opened.product_id, self.valve)

    def test_wrong_choices_are_told(self):
        compare = self.env["sop.plan.compare"].create(
            {"old_kind": "cycle", "old_cycle_id": self.cycle.id, "new_cycle_id": self.cycle.id}
        )
        with self.assertRaisesRegex(UserError, "on both sides"):
            compare.action_compare()
        compare.new_cycle_id = False
        with self.assertRaisesRegex(UserError, "Choose both plans"):
            compare.action_compare()
        compare.new_cycle_id = self.october
        compare.date_until = compare.date_from
        with self.assertRaisesRegex(UserError, "no month in common"):
            compare.action_compare()

    def test_dialog_proposes_the_last_plan_and_the_current_one(self):
        version = self._approved(self.october)
        compare = self.env["sop.plan.compare"].create({})
        self.assertEqual(compare._sides(), (version, self.cycle))

    # ---- bridge of a cycle ----

    def test_bridge_from_the_last_approved_plan(self):
        self.assertEqual(self.cycle.get_bridge_data(), [])
        with self.assertRaisesRegex(UserError, "nothing to compare"):
            self.cycle.action_open_bridge()
        version = self._approved(self.october)
        self.assertEqual(self.cycle._last_plan(), version)
        line = self._line(self.cycle, self.pump)
        line.qty_override = line.qty_consensus + 1000
        data = self.cycle.get_bridge_data()
        self.assertEqual([row["family"] for row in data], ["Pumps", "Valves"])
        year = [("bucket_start", ">=", MONTH), ("bucket_start", "<", date(2027, 11, 1))]
        for row in data:
            domain = [("family_id", "=", row["family_id"]), *year]
            old = version.line_ids.filtered_domain(domain)
            new = self.env["sop.demand.line"].search([("cycle_id", "=", self.cycle.id), *domain])
            self.assertAlmostEqual(row["old"]["qty"], sum(old.mapped("qty_consensus")), 2)
            self.assertAlmostEqual(row["new"]["amount"], sum(new.mapped("amount_consensus")), 2)
            for figure in ("qty", "amount"):
                causes = sum(cause[figure] for cause in row["causes"].values())
                self.assertAlmostEqual(causes, row["new"][figure] - row["old"][figure], 1)
        self.assertAlmostEqual(data[0]["causes"]["override"]["qty"], 1000, 2)
        self.assertEqual(data[1]["causes"]["override"]["qty"], 0)
        action = self.cycle.action_open_bridge()
        self.assertTrue(self.env["sop.plan.bridge"].search(action["domain"]))

    def test_plan_approved_before_there_were_versions(self):
        self._approved(self.october)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM sop_plan_version_line; DELETE FROM sop_plan_version")
        self.env.invalidate_all()
        self.assertEqual(self.cycle._last_plan(), self.october)
        self.assertTrue(self.cycle.get_bridge_data())

    # ---- rights ----

    def test_every_role_reads_and_compares(self):
        version = self._approved(self.october)
        for role in ("viewer", "sales", "operations", "controller", "executive", "manager"):
            user = self._user(role)
            self.assertTrue(version.with_user(user).line_ids[0].qty_consensus)
            self.assertTrue(version.with_user(user).is_valid)
            rows, _compare = self._compared(version, self.cycle, user=user)
            self.assertTrue(rows, role)

    def test_comparisons_are_one_s_own(self):
        version = self._approved(self.october)
        self._line(self.cycle, self.pump).qty_override = 1
        _rows, compare = self._compared(version, self.cycle, user=self._user("controller"))
        other = self._user("viewer")
        for model in ("sop.plan.comparison", "sop.plan.bridge"):
            domain = [("compare_id", "=", compare.id)]
            self.assertTrue(self.env[model].sudo().search_count(domain))
            self.assertFalse(self.env[model].with_user(other).search(domain))
        with self.assertRaises(AccessError):
            compare.with_user(other).action_compare()

    def test_other_company_sees_nothing(self):
        version = self._approved(self.october)
        outsider = self.env["res.company"].create({"name": "Outsider"})
        stranger = self._user("manager", outsider)
        theirs = self.env(user=stranger, context={"allowed_company_ids": outsider.ids})
        for model in ("sop.plan.version", "sop.plan.version.line"):
            self.assertFalse(theirs[model].search([]), model)
        for record in (version, self.cycle):
            with self.assertRaises(AccessError):
                theirs["sop.plan.compare"]._of(
                    record.with_env(theirs), self.october
                ).action_compare()
        with self.assertRaises(AccessError):
            self.cycle.with_env(theirs).get_bridge_data()
        with self.assertRaises(AccessError):
            version.with_env(theirs).action_check()

    def test_people_outside_sop_see_nothing(self):
        self._approved(self.october)
        employee = self._user("")
        for model in ("sop.plan.version", "sop.plan.version.line", "sop.plan.compare",
                      "sop.plan.comparison", "sop.plan.bridge"):  # fmt: skip
            with self.assertRaises(AccessError, msg=model):
                self.env[model].with_user(employee).search([])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWriteGate(ScenarioCommon):
    """Nothing of an approved plan changes: by a call, an import or a scheduled action."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            line = cls._line(cls, cls.cycle, cls.pump)
            line.qty_sales = 40
            line.qty_override = 50
            cls.event = cls.env["sop.event"].create(
                {
                    "name": "Pump weeks",
                    "kind": "promotion",
                    "product_ids": [(6, 0, cls.pump.ids)],
                    "date_start": date(2027, 1, 1),
                    "date_end": date(2027, 1, 31),
                    "rate_uplift": 0.5,
                }
            )
            cls.cycle.action_refresh()

    def setUp(self):
        super().setUp()
        self._ask(self._overtime()).action_select("Cheaper")
        self._approve()

    def _plan_models(self):
        """Every stored model whose records belong to a cycle."""
        names = []
        for name, model in self.env.registry.items():
            is_stored = model._auto and not model._abstract and not model._transient
            if name.startswith("sop.") and is_stored and name not in AFTER:
                fields = model._fields
                if "cycle_id" in fields or "scenario_id" in fields or "gap_id" in fields:
                    names.append(name)
        return sorted(names)

    def _own(self, name):
        model = self.env[name].with_context(active_test=False)
        for path in ("cycle_id", "scenario_id.cycle_id", "gap_id.cycle_id"):
            if path.split(".")[0] in model._fields:
                return model.search([(path, "=", self.cycle.id)])
        return model

    def _prints(self, names):
        """A digest of all rows of the plan, a model."""
        self.env.flush_all()
        prints = {}
        for name in names:
            records = self._own(name)
            self.env.cr.execute(
                f"SELECT md5(string_agg(row::text, ',' ORDER BY id)), count(*)"
                f" FROM {self.env[name]._table} row WHERE id = ANY(%s)",
                [records.ids],
            )
            prints[name] = self.env.cr.fetchone()
        return prints

    def _attempt(self, action):
        """Do it, or be refused; whether it was refused."""
        try:
            with mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_rule",
                             "odoo.models.unlink"), self.env.cr.savepoint():  # fmt: skip
                action()
                self.env.flush_all()
        except (UserError, IntegrityError):
            self.env.invalidate_all()
            return True
        self.env.invalidate_all()
        return False

    def _other_value(self, record, field):
        """A value that the field does not have."""
        now = record[field.name]
        match field.type:
            case "boolean":
                return not now
            case "integer" | "float" | "monetary":
                return (now or 0) + 1
            case "char" | "text":
                return f"{now or ''} changed"
            case "html":
                return "<p>changed</p>"
            case "date":
                return date(2027, 3, 1)
            case "selection":
                values = [value for value, _label in field._description_selection(self.env)]
                return next(value for value in values if value != now)
            case "many2one":
                other = self.env[field.comodel_name].search([("id", "!=", now.id)], limit=1)
                return other.id
        return None

    def _fields_of(self, model):
        return [
            field
            for field in model._fields.values()
            if field.store and field.name not in ("id", "create_uid", "write_uid", "create_date",
                                                  "write_date")
            and not field.name.startswith(DISCUSSION)
            and field.type not in ("one2many", "many2many", "json", "datetime", "binary")
        ]  # fmt: skip

    def test_every_model_of_the_plan_refuses_a_controller(self):
        names = self._plan_models()
        filled = {name for name in names if self._own(name)}
        expected = {"sop.demand.line", "sop.demand.product", "sop.demand.review",
                    "sop.demand.input", "sop.demand.override", "sop.event.effect", "sop.exception",
                    "sop.scenario", "sop.scenario.lever", "sop.scenario.family",
                    "sop.supply.line", "sop.supply.product", "sop.supply.gap",
                    "sop.supply.gap.line", "sop.capacity.line", "sop.plan.version"}  # fmt: skip
        self.assertFalse(expected - filled, "no record to try")
        before = self._prints(names)
        controller = self._user("controller")
        holes = []
        for name in sorted(filled):
            record = self._own(name)[:1].with_user(controller).with_context(active_test=False)
            holes += self._try_all(record)
        self.assertEqual(holes, [])
        after = self._prints(names)
        changed = [name for name in names if before[name] != after[name]]
        self.assertFalse(changed)

    def _try_all(self, record):
        """Every field by a call, one of them by an import; delete, copy, and create anew."""
        passed = []
        fields = self._fields_of(record)
        for field in fields:
            value = self._other_value(record.sudo(), field)
            if value is None:
                continue
            point = self._prints([record._name])
            if not self._attempt(lambda f=field, v=value: record.write({f.name: v})):
                if self._prints([record._name]) != point:
                    passed.append(f"write {field.name}")
        actions = {
            "unlink": lambda: record.unlink(),
            "copy": lambda: record.copy(),
            "import": lambda: record.browse().load(
                [".id", *(f.name for f in fields if f.type == "float")][:2],
                [[str(record.id), "12345"][: 1 + any(f.type == "float" for f in fields)]],
            ),
        }
        for label, action in actions.items():
            point = self._prints([record._name])
            if not self._attempt(action) and self._prints([record._name]) != point:
                passed.append(label)
        return [f"{record._name}: {what}" for what in passed]

    def test_buttons_leave_the_plan_alone(self):
        names = self._plan_models()
        before = self._prints(names)
        controller = self._user("controller")
        pressed = 0
        records = [self._own(name)[:1] for name in names if self._own(name)]
        for record in [*records, self.cycle]:
            for name in self._buttons(record):
                if record == self.cycle and name == "action_send_back":
                    continue
                pressed += 1
                button = getattr(record.with_user(controller), name)
                self._attempt(button)
                self.assertEqual(self._prints(names), before, f"{record._name}.{name}")
        self.assertGreater(pressed, 50)

    def _buttons(self, record):
        """The public actions of a model that take no argument."""
        for name in dir(type(record)):
            is_archive = name.endswith("archive") and not record._active_name
            if name.startswith("action_") and not is_archive:
                parameters = list(
                    inspect.signature(getattr(type(record), name)).parameters.values()
                )
                if all(p.default is not p.empty for p in parameters[1:]):
                    yield name

    def test_scheduled_actions_leave_the_plan_alone(self):
        names = self._plan_models()
        self.assertTrue(self._own("sop.exception"))
        before = self._prints(names)
        crons = (
            self.env["ir.cron"]
            .with_context(active_test=False)
            .search([("model_id.model", "like", "sop.%")])
        )
        self.assertTrue(crons)
        for cron in crons:
            with (
                freeze_time("2026-11-20"),
                patch.object(self.registry["ir.cron"], "_commit_progress", lambda *a, **k: 1e9),
            ):
                cron.ir_actions_server_id.with_company(self.company).run()
        after = self._prints(names)
        self.assertEqual([n for n in names if before[n] != after[n]], [])
