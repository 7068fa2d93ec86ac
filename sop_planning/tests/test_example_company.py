from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, new_test_user, tagged

from ..example import loader, story
from ..models.sop_source_example import LOCK
from .common_example import ExampleCase

# what Odoo writes by itself at any time
UNRELATED = {"bus_bus", "bus_presence", "ir_logging", "res_users_log", "ir_cron_progress"}
LEAST = 0.05  # hours that an answer may differ from the arithmetic, and the share of it
SHARE = 0.02


def contents(env):
    """{table: (rows, digest of what is in them beside who wrote them when)}."""
    env.flush_all()
    env.cr.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relpersistence = 'p'"
        " AND relnamespace = current_schema()::regnamespace"
    )
    found = {}
    for (table,) in env.cr.fetchall():
        if table in UNRELATED:
            continue
        env.cr.execute(
            "SELECT count(*), coalesce(sum(hashtextextended("
            "   (to_jsonb(x) - 'write_date' - 'write_uid' - 'mimetype')::text, 0)), 0)"
            f' FROM "{table}" x'
        )
        found[table] = env.cr.fetchone()
    return found


def others(env, company):
    """{table: rows of other companies, and of none}, of tables with a company."""
    found = {}
    for name, model in env.registry.models.items():
        field = model._fields.get("company_id")
        if model._abstract or not model._auto or not field or not field.store:
            continue
        records = env[name].sudo().with_context(active_test=False)
        found[name] = records.search_count([("company_id", "!=", company.id or -1)])
    return found


@tagged("post_install", "-at_install")
class TestExampleCompany(ExampleCase):
    """The story of the founding text, from the records of a company that was loaded just now."""

    @classmethod
    def _load(cls):
        nobody = cls.env["res.company"]
        cls.before, cls.numbers = others(cls.env, nobody), cls._numbers(-1)
        super()._load()

    @classmethod
    def _numbers(cls, but):
        """The next number of every sequence of another company, or of none."""
        rows = cls.env["ir.sequence"].sudo().search([("company_id", "!=", but)])
        return {row.id: row.number_next_actual for row in rows}

    def _short(self, scenario):
        return {gap.family_id.name: gap for gap in scenario.gap_ids if gap.kind == "capacity"}

    def _scenario(self, kind):
        return self.cycle.scenario_ids.filtered(lambda scenario: scenario.kind == kind)

    def _close(self, found, planned, subject):
        self.assertAlmostEqual(found, planned, delta=max(LEAST, SHARE * planned), msg=subject)

    def test_postgres_knows_how_much_was_loaded(self):
        """Or a refresh joins row by row, for hours: see ``_analyze_filled``."""
        for table in ("sale_order_line", "stock_move", "sop_demand_line"):
            self.env.cr.execute(
                f"SELECT (SELECT count(*) FROM {table}), reltuples,"
                "       (SELECT count(*) FROM pg_stats WHERE tablename = relname)"
                "  FROM pg_class WHERE relname = %s",
                (table,),
            )
            count, estimated, columns = self.env.cr.fetchone()
            self.assertGreater(columns, 0, table)
            self.assertAlmostEqual(estimated, count, delta=0.1 * count, msg=table)

    def test_three_families_are_short_in_weeks_six_to_eight(self):
        base = self._scenario("base")
        self.assertEqual(len(base.gap_ids), 3, base.gap_ids.mapped("display_name"))
        short = self._short(base)
        self.assertEqual(set(short), set(story.SHORT_FAMILIES))
        for planned in self.gaps:
            gap = short[planned["family"]]
            weeks = (gap.week_from, gap.week_to)
            self.assertEqual((gap.workcenter_id.name, *weeks), (story.BOTTLENECK, 6, 8))
            self._close(gap.hours_short, planned["hours_short"], planned["family"])

    def test_overtime_is_what_the_arithmetic_says(self):
        scenario, planned = self._scenario("overtime"), self.scenarios["overtime"]
        self.assertEqual(scenario.state, "done")
        self.assertEqual(scenario.lever_ids.workcenter_id.name, story.BOTTLENECK)
        self.assertAlmostEqual(scenario.hours_overtime, planned["hours"], 2)
        self.assertAlmostEqual(scenario.amount_overtime, planned["amount"], 2)
        self._close(scenario.hours_short, planned["hours_short"], "left with overtime")

    def test_the_less_important_family_waits_until_the_month_after(self):
        scenario, planned = self._scenario("postpone"), self.scenarios["postpone"]
        lever = scenario.lever_ids
        self.assertEqual(scenario.state, "done")
        self.assertEqual((lever.kind, lever.family_id.name), ("postpone", planned["family"]))
        self.assertAlmostEqual(lever.value, planned["share"], 4)
        days = [str(day) for day in (lever.date_from, lever.date_to, lever.date_target)]
        self.assertEqual(days, [planned[name] for name in ("date_from", "date_to", "date_target")])
        self._close(scenario.hours_short, planned["hours_short"], "left with postponement")

    def test_the_late_vendor_is_flagged_and_no_other(self):
        risks = self.env["sop.supplier.risk"].search([("cycle_id", "=", self.cycle.id)])
        flagged = risks.filtered("is_flagged")
        self.assertEqual(flagged.partner_id.name, "Steelco Trading")
        self.assertEqual(flagged.missed_windows, 2)
        self.assertTrue(flagged.is_key)
        self.assertGreater(flagged.amount_at_risk, 0)
        self.assertTrue(flagged.family_line_ids, "its materials are short in no family")
        self.assertEqual(len(risks), len(story.VENDORS))

    def test_families_have_amber_and_red_exceptions_and_owners(self):
        reviews = {review.family_id.name: review for review in self.cycle.review_ids}
        self.assertEqual(set(reviews), {family.name for family in story.FAMILIES})
        self.assertEqual(reviews["Valves"].severity, "red")
        self.assertEqual(reviews["Filters"].severity, "amber")
        self.assertEqual(self.cycle.review_ids.user_id, self.manager)
        self.assertTrue(self.cycle.red_count)
        self.assertTrue(self.cycle.amber_count)

    def test_most_of_the_data_can_be_trusted_and_some_is_to_do(self):
        issues = self.env["sop.data.issue"].search([("cycle_id", "=", self.cycle.id)])
        self.assertTrue(0.85 < self.cycle.rate_trust < 0.97, self.cycle.rate_trust)
        self.assertEqual(
            set(issues.rule_id.mapped("code")),
            {"no_calendar", "overdue_purchase", "overdue_sales", "duplicate_vendor_price",
             "zero_cost"},
        )  # fmt: skip

    def test_the_plan_of_last_month_is_approved_and_leads_to_this_one(self):
        self.assertEqual(len(self.last), 1)
        self.assertEqual(self.last.version_count, 1)
        self.assertTrue(all(review.state == "agreed" for review in self.last.review_ids))
        data = self.cycle.with_user(self.people["controller"]).get_dashboard_data()
        self.assertEqual(data["bridge"]["state"], "ok")
        self.assertIn("event", str(data["bridge"]))

    def test_a_budget_and_a_year_of_tens_of_millions(self):
        year = sum(self.cycle.review_ids.mapped("amount_year"))
        self.assertTrue(10e6 < year < 100e6, year)
        self.assertEqual(self.company.currency_id.name, "EUR")
        self.assertTrue(self.cycle.with_user(self.people["executive"]).budget_label)

    def test_nothing_of_other_companies_changed(self):
        after = others(self.env, self.company)
        changed = {name: (before, after[name]) for name, before in self.before.items()
                   if after[name] != before and name not in self._shared()}  # fmt: skip
        self.assertEqual(changed, {})
        numbers = self._numbers(self.company.id)
        self.assertEqual({row: numbers[row] for row in self.numbers}, self.numbers)
        outsider = new_test_user(self.env, "outsider", groups="sales_team.group_sale_manager")
        env = self.env(user=outsider, context={"allowed_company_ids": outsider.company_ids.ids})
        for name in ("sale.order", "product.template", "res.partner"):
            records = env[name].search([("company_id", "=", self.company.id)])
            self.assertFalse(records, name)

    def _shared(self):
        """Of no company: quants outside, messages, what the test itself made."""
        return {"stock.quant", "res.users", "res.partner", "ir.attachment", "ir.sequence"}

    def test_it_tells_how_far_it_is(self):
        self.assertEqual(self.told, [*loader.STAGES, None])
        rates = list(loader.STAGES.values())
        self.assertEqual(rates, sorted(rates))

    def test_it_is_loaded_once_and_says_so(self):
        example = self.env["sop.example"].with_user(self.manager)
        with self.assertRaisesRegex(UserError, "loaded already"):
            example.action_load()
        state = example.get_state()
        self.assertEqual((state["state"], state["company_id"]), ("loaded", self.company.id))
        self.assertFalse(state["can_load"])
        self.assertIn("loaded already", state["reason"])
        self.assertTrue(state["can_remove"])

    def test_only_an_administrator_may(self):
        example = self.env["sop.example"].with_user(self.people["controller"])
        for method in ("action_load", "action_remove"):
            with self.assertRaisesRegex(AccessError, "Only an administrator of S&OP"):
                getattr(example, method)()
        self.assertFalse(example.get_state()["can_remove"])
        self.assertIn("Only an administrator", example.get_state()["reason"])

    def test_its_dashboard_leads_out_again(self):
        for user, may_remove in ((self.manager, True), (self.people["controller"], False)):
            data = self.env["sop.cycle"].with_user(user).get_dashboard_data(self.cycle.id)
            self.assertIs(data["cycle"]["can_remove_example"], may_remove, user.login)

    def test_people_of_the_example_only_are_in_the_way_of_its_removal(self):
        example = self.env["sop.example"].with_user(self.manager)
        with self.assertRaisesRegex(UserError, "belong to the example company only"):
            with patch.object(type(example), "_tell", lambda self, stage: None):
                example.action_remove()


@tagged("post_install", "-at_install")
class TestExampleRemoval(TransactionCase):
    """Loaded, used, removed: as if it had never been."""

    def setUp(self):
        super().setUp()
        self.manager = new_test_user(
            self.env, "remover", groups="sop_planning.sop_planning_group_manager"
        )
        self.example = self.env["sop.example"].with_user(self.manager)
        self.startPatcher(patch.object(type(self.example), "_tell", lambda self, stage: None))

    def _use(self, company):
        """What people leave behind."""
        env = self.env(context={"allowed_company_ids": company.ids})
        cycle = env["sop.cycle"].search([("company_id", "=", company.id)], limit=1)
        cycle.exception_ids[:1].activity_schedule("mail.mail_activity_data_todo", summary="Ask")
        cycle.message_post(body="Said")
        env["sop.pack"].create({"cycle_id": cycle.id}).action_preview()
        env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"a", "res_model": cycle._name, "res_id": cycle.id}
        )
        order = env["sale.order"].search(
            [("company_id", "=", company.id), ("picking_ids", "!=", False)], limit=1
        )
        order.picking_ids.move_ids.quantity = 1
        order.picking_ids.move_ids.picked = True
        order.picking_ids._action_done()
        env["product.product"].create({"name": "Own", "company_id": company.id})

    def test_removal_leaves_nothing(self):
        guest = new_test_user(self.env, "guest_before", groups="base.group_user")
        before = contents(self.env)
        home = self.manager.company_ids
        company = self.env["res.company"].browse(self.example.action_load()["company_id"])
        self.assertIn(company, self.manager.company_ids)
        guest.company_ids += company
        guest.company_id = company
        self._use(company)
        self.env.invalidate_all()
        answer = self.example.action_remove()
        self.assertEqual(answer["company_id"], self.manager.company_id.id)
        self.assertEqual(self.manager.company_ids, home)
        self.assertEqual(guest.company_ids, home)
        after = contents(self.env)
        changed = {table: (before[table], after[table]) for table in before
                   if after[table] != before[table]}  # fmt: skip
        self.assertEqual(changed, {})
        self.assertEqual(self.example.get_state()["state"], "empty")
        with patch.dict(loader.WORK, clear=True):  # products and work centers are enough
            self.example.action_load()
        self.assertEqual(self.example.get_state()["state"], "loaded")

    def test_a_second_one_waits(self):
        """Somebody else's transaction holds the lock: a connection of its own."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            cr.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            self.assertEqual(self.example.get_state()["state"], "loading")
            with self.assertRaisesRegex(UserError, "at this moment"):
                self.example.action_load()
        self.assertEqual(self.example.get_state()["state"], "empty")

    def test_a_failed_load_leaves_nothing(self):
        companies = self.env["res.company"].search_count([])
        with patch.dict(loader.WORK, {"history": self._fail}):
            with self.assertRaisesRegex(UserError, "Full"), self.env.cr.savepoint():
                self.example.action_load()
        self.assertEqual(self.env["res.company"].search_count([]), companies)
        self.assertTrue(self.example.get_state()["can_load"])

    def test_no_other_company_can_be_marked_as_the_example(self):
        admin = self.env.ref("base.user_admin")
        category = self.env["product.category"].create({"name": "Mine"})
        with self.assertRaisesRegex(AccessError, "which company"):
            self.env.company.with_user(admin).sop_example_category_id = category

    def _fail(self, env, masters, plan, rng):
        raise UserError("Full")
