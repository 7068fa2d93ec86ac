from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL, mute_logger

from .common import TODAY
from .common_quality import QualityCommon

PLANNER = "odoo.addons.sop_planning.models.sop_planner_quality"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDataRules(QualityCommon):
    """Every rule finds the defect planted for it, and none of its healthy neighbours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._plant_masters()
            cls._plant_bills()
            cls._plant_orders()
            sold = cls.pump | cls.small_pump | cls.valve | cls.orphan | cls.at_once | cls.twice
            sold |= cls.free | cls.bare | cls.timeless | cls.tested | cls.nameless | cls.snake
            sold |= cls.needy | cls.foreign
            cls._history({product: 10 for product in sold})
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()

    @classmethod
    def _plant_masters(cls):
        cls.orphan = cls._make_product("Orphan", cls.valves, 10.0, standard_price=4.0)
        cls.unsold = cls._make_product("Never sold", cls.valves, 10.0)
        cls.at_once, cls.no_days = cls._make_bought("At once")
        cls.no_days.delay = 0
        cls.free, _price = cls._make_bought("For nothing", standard_price=0.0)
        cls.nameless, _price = cls._make_bought("Anywhere")
        cls.nameless.categ_id = False
        cls.twice, first = cls._make_bought("Priced twice")
        first.date_end = date(2026, 12, 31)
        cls.again = cls._make_price(cls.twice, 7, date_start=date(2026, 12, 1))
        cls._make_price(cls.twice, 7, min_qty=50)
        # a price that is over, and one that begins after the other has ended
        _product, ended = cls._make_bought("Priced in turns")
        ended.date_end = date(2026, 6, 30)
        cls._make_price(_product, 7, date_start=date(2026, 7, 1))
        overdrawn, _price = cls._make_bought("Overdrawn")
        cls.short = cls._put_stock(overdrawn, -3)
        cls._put_stock(cls.casting, 5)
        customers = cls.env.ref("stock.stock_location_customers")
        cls._put_stock(cls.casting, -5, customers)

    @classmethod
    def _plant_bills(cls):
        cls.part = cls._make_product("Unknown part", cls.goods, 0.0, sale_ok=False)
        cls.part.standard_price = 1.0
        cls.needy, _bill = cls._make_made("Needy", {cls.part: 2})
        cls.bare, cls.bare_bill = cls._make_made("Bare", minutes={})
        cls.timeless, timeless_bill = cls._make_made("Timeless")
        cls.no_minutes = timeless_bill.operation_ids
        cls.no_minutes.time_cycle_manual = 0
        idle = cls._make_calendar([])
        cls.idle = cls._make_workcenter("Idle bench", idle)
        cls._make_workcenter("Unused bench", idle)
        cls.tested, _bill = cls._make_made("Tested", minutes={cls.idle: 5.0})
        cls.foreign, cls.foreign_bill = cls._make_made("In kilograms")
        cls.foreign_bill.bom_line_ids.product_uom_id = cls.env.ref("uom.product_uom_kgm")
        cls.dozens, dozens_bill = cls._make_made("In dozens")
        dozens_bill.bom_line_ids.product_uom_id = cls.env.ref("uom.product_uom_dozen")
        cls.snake, cls.snake_bill = cls._make_made("Snake")
        cls.tail, cls.tail_bill = cls._make_made("Tail")
        cls.env.flush_all()
        # Odoo refuses such bills; imports into the database do not ask it
        for bill, part in ((cls.snake_bill, cls.tail), (cls.tail_bill, cls.snake)):
            cls.env.execute_query(
                SQL(
                    "UPDATE mrp_bom_line SET product_id = %s, product_tmpl_id = %s"
                    " WHERE bom_id = %s RETURNING id",
                    part.id,
                    part.product_tmpl_id.id,
                    bill.id,
                )
            )
        cls.env.invalidate_all()

    @classmethod
    def _plant_orders(cls):
        cls.late_sale = cls._sell(TODAY - timedelta(days=20), {cls.valve: 3})
        cls._sell(TODAY - timedelta(days=3), {cls.valve: 3})
        cls._sell(TODAY + timedelta(days=3), {cls.valve: 3})
        cls.late_purchase = cls._buy(cls.casting, 4, TODAY - timedelta(days=20))
        cls.lost_purchase = cls._buy(cls.casting, 4, TODAY - timedelta(days=200))
        cls._buy(cls.casting, 4, TODAY - timedelta(days=1))
        cls._buy(cls.casting, 4, TODAY + timedelta(days=9))
        closed = cls._buy(cls.casting, 4, TODAY - timedelta(days=30))
        closed.picking_ids.action_cancel()
        long_ago, soon = TODAY - timedelta(days=20), TODAY + timedelta(days=9)
        cls.late_work = cls._make_order(cls.bom, long_ago, long_ago + timedelta(days=1))
        cls._make_order(cls.bom, long_ago, soon)
        cls.typo = cls._sell(date(2031, 11, 20), {cls.valve: 1})

    def test_no_source(self):
        self._assert_found("no_source", self.orphan)

    def test_no_vendor(self):
        self._assert_found("no_vendor", self.part)

    def test_no_operations(self):
        self._assert_found("no_operations", self.bare_bill)

    def test_no_time(self):
        self._assert_found("no_time", self.no_minutes)

    def test_zero_lead_time(self):
        self._assert_found("zero_lead_time", self.no_days)

    def test_zero_cost(self):
        self._assert_found("zero_cost", self.free)

    def test_no_calendar(self):
        self._assert_found("no_calendar", self.idle)

    def test_negative_stock(self):
        self._assert_found("negative_stock", self.short)
        self.assertEqual(self._issues("negative_stock").reason, "-3.00 on hand.")

    def test_overdue_sales(self):
        self._assert_found("overdue_sales", self.late_sale)

    def test_overdue_purchase_says_whether_it_is_still_expected(self):
        self._assert_found("overdue_purchase", self.late_purchase, self.lost_purchase)
        reasons = {issue.res_id: issue.reason for issue in self._issues("overdue_purchase")}
        self.assertEqual(
            reasons,
            {
                self.late_purchase.id: "20 days overdue: it counts in the current week.",
                self.lost_purchase.id: "200 days overdue, more than 90: the plan does not expect it"
                " any more.",
            },
        )

    def test_overdue_production(self):
        self._assert_found("overdue_production", self.late_work)

    def test_unit_mismatch(self):
        self._assert_found("unit_mismatch", self.foreign_bill)
        self.assertEqual(
            self._issues("unit_mismatch").reason, "In kg, which does not convert to Units."
        )

    def test_bom_cycle(self):
        self._assert_found("bom_cycle", self.snake_bill, self.tail_bill)
        self.assertEqual(
            set(self._issues("bom_cycle").mapped("reason")), {"Goes round by Snake, Tail."}
        )
        value = self._amount_year(self.cycle, self.snake)
        for issue in self._issues("bom_cycle"):
            self.assertEqual(issue.amount_at_risk, value, "the tail goes into what is sold")

    def test_duplicate_vendor_price(self):
        self._assert_found("duplicate_vendor_price", self.again)

    def test_date_out_of_range(self):
        self._assert_found("date_out_of_range", self.typo)

    def test_no_category(self):
        self._assert_found("no_category", self.nameless)

    def test_component_puts_at_risk_all_that_it_goes_into(self):
        issue = self._issues("no_vendor")
        self.assertGreater(issue.amount_at_risk, 0)
        self.assertEqual(issue.amount_at_risk, self._amount_year(self.cycle, self.needy))
        self.assertEqual((issue.product_id, issue.product_count), (self.part, 1))

    def test_a_component_that_is_late_endangers_all_that_is_made_of_it(self):
        issue = self._issues("overdue_purchase")[0]
        self.assertEqual(issue.product_id, self.casting)
        bills = self.casting.bom_line_ids.bom_id - self.foreign_bill  # whose line is left out
        made = bills.product_tmpl_id.product_variant_ids
        amounts = [self._amount_year(self.cycle, product) for product in made]
        self.assertAlmostEqual(issue.amount_at_risk, sum(amounts), places=1)
        self.assertEqual(issue.product_count, len([amount for amount in amounts if amount]))

    def test_a_work_center_puts_at_risk_what_needs_it_and_names_no_product_of_several(self):
        second, _bill = self._make_made("Tested too", minutes={self.idle: 1.0})
        self._history({second: 5}, months=1)
        self.cycle.action_refresh()
        issue = self._issues("no_calendar")
        both = [self._amount_year(self.cycle, product) for product in (self.tested, second)]
        self.assertAlmostEqual(issue.amount_at_risk, sum(both), places=2)
        self.assertFalse(issue.product_id)
        self.assertEqual(issue.family_id, self.pumps)

    def test_owner_is_the_familys_else_the_controller(self):
        owner = self._user("sales")
        self._issues("no_source").sudo().unlink()
        self.valves.sop_owner_id = owner
        self.cycle.action_refresh()
        self.assertEqual(self._issues("no_source").user_id, owner)
        self.assertEqual(self._issues("no_vendor").user_id, self.cycle.user_id)

    def test_archived_records_are_no_defects(self):
        (self.orphan.product_tmpl_id | self.free.product_tmpl_id).active = False
        self.bare_bill.active = False
        self.idle.action_archive()
        self.cycle.action_refresh()
        for code in ("zero_cost", "no_operations", "no_calendar"):
            self._assert_found(code)
        self._assert_found("no_source", self.bare)

    def test_rule_switched_off_finds_nothing(self):
        self._rule("no_vendor").active = False
        self.cycle.action_refresh()
        self._assert_found("no_vendor")
        self._assert_found("no_source", self.orphan)

    def test_limit_of_a_rule_counts(self):
        self._rule("overdue_sales").limit = 1
        self._rule("overdue_purchase").limit = 30
        self._rule("date_out_of_range").limit = 6
        self.cycle.action_refresh()
        self.assertEqual(len(self._found("overdue_sales")), 2)
        self._assert_found("overdue_purchase", self.lost_purchase)
        self._assert_found("date_out_of_range")

    def test_limits_are_checked(self):
        for limit in (-1, 10000):
            with self.assertRaises(ValidationError):
                self._rule("overdue_sales").limit = limit

    def test_foreign_units_of_prices_orders_and_whole_bills(self):
        kilo = self.env.ref("uom.product_uom_kgm")
        self.price.product_uom_id = kilo
        order = self._sell(TODAY, {self.valve: {"product_uom_qty": 2, "product_uom_id": kilo.id}})
        purchase = self._buy(self.casting, 1, TODAY)
        self.env.flush_all()
        # a unit that Odoo's form would not offer
        for table, record in (("purchase_order_line", purchase.order_line), ("mrp_bom", self.bom)):
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET product_uom_id = %s WHERE id = %s RETURNING id",
                    SQL.identifier(table),
                    kilo.id,
                    record.id,
                )
            )
        self.env.invalidate_all()
        self.cycle.action_refresh()
        self._assert_found(
            "unit_mismatch", self.foreign_bill, self.price, order, purchase, self.bom
        )

    def test_other_companies_records_are_not_ours(self):
        other = self.env["res.company"].create({"name": "Other Maker", "sop_auto_open": False})
        self.env.user.company_ids += other
        theirs = self.env(context={"allowed_company_ids": [other.id]})
        self._make_product("Their orphan", self.valves, 10.0, company_id=other.id)
        self.price.company_id = other  # the valve's only vendor sells to them alone
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        self._put_stock(self.valve.with_env(theirs), -8, warehouse.lot_stock_id)
        self.cycle.action_refresh()
        self._assert_found("no_source", self.orphan, self.valve)
        self._assert_found("negative_stock", self.short)

    def test_queries_do_not_grow_with_defects(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.cycle.action_refresh()
            return self.cr.sql_log_count - before

        queries()
        few = queries()
        more = [self._make_bought(f"More {i}", standard_price=0.0)[0] for i in range(12)]
        more += [self._make_product(f"Orphan {i}", self.valves, 10.0) for i in range(12)]
        self._history({product: 5 for product in more}, months=1)
        for i in range(6):
            self._buy(self.casting, 1, TODAY - timedelta(days=10 + i))
        queries()
        self.assertEqual(len(self._found("no_source")), 13)
        self.assertLessEqual(queries(), few + 3)

    def test_a_rule_that_fails_stops_nothing_and_forgets_nothing(self):
        self._issues("zero_cost").write({"state": "accepted", "note": "Free sample."})
        bad = patch.object(
            type(self.env["sop.source"]), "_find_zero_cost", lambda *args: SQL("SELECT 1 / 0")
        )
        self.orphan.sale_ok = False
        with bad, mute_logger(PLANNER, "odoo.sql_db"):
            self.cycle.action_refresh()
        self.assertIn("division by zero", self._rule("zero_cost").failure)
        self.assertEqual(self._issues("zero_cost").state, "accepted")
        self.assertFalse(self._rule("no_source").failure)
        self.assertEqual(self._issues("no_source").state, "solved")
        self.cycle.action_refresh()
        self.assertFalse(self._rule("zero_cost").failure)

    def test_a_rule_that_nothing_runs_is_said_to_fail(self):
        rule = self.env["sop.data.rule"].create({"name": "Wish", "code": "wish"})
        with mute_logger(PLANNER):
            self.cycle.action_refresh()
        self.assertTrue(rule.failure)
        self.assertTrue(self.cycle.has_trust)

    def test_without_rules_the_data_is_in_order(self):
        self.env["sop.data.rule"].search([]).action_archive()
        self.cycle.action_refresh()
        self.assertFalse(self._issues(state="open"))
        self.assertEqual(self.cycle.rate_trust, 1)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDataIssues(QualityCommon):
    """What people decide about an issue, and who may."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls.orphan = cls._make_product("Orphan", cls.valves, 10.0, standard_price=4.0)
            cls._history({cls.pump: 10, cls.orphan: 10}, months=2)
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()

    @property
    def issue(self):
        return self._issues("no_source")

    def test_refresh_keeps_id_owner_answer_and_first_day(self):
        owner, issue = self._user("operations"), self.issue
        issue.write({"user_id": owner.id, "state": "accepted", "note": "Made by hand."})
        with freeze_time(TODAY + timedelta(days=1)):
            self.cycle.action_refresh()
        self.assertEqual(self.issue, issue)
        self.assertEqual(
            (issue.user_id, issue.state, issue.note, issue.date_found),
            (owner, "accepted", "Made by hand.", TODAY),
        )

    def test_equal_refresh_writes_nothing(self):
        self.issue.flush_recordset()
        before = self.env.execute_query(SQL("SELECT id, xmin FROM sop_data_issue"))
        self.cycle.action_refresh()
        self.assertEqual(self.env.execute_query(SQL("SELECT id, xmin FROM sop_data_issue")), before)

    def test_corrected_record_is_solved_and_a_relapse_open_again(self):
        issue = self.issue
        vendor = self._make_price(self.orphan, 7)
        self.cycle.action_refresh()
        self.assertEqual(issue.state, "solved")
        vendor.unlink()
        self.cycle.action_refresh()
        self.assertEqual((self.issue, issue.state), (issue, "open"))

    def test_accepting_asks_for_a_reason(self):
        issue = self.issue.with_user(self._user("controller"))
        with self.assertRaisesRegex(UserError, "Say why .*Orphan"):
            issue.state = "accepted"
        with self.assertRaisesRegex(UserError, "Say why"):
            issue.write({"state": "accepted", "note": "  "})
        action = issue.action_accept()
        wizard = issue.env[action["res_model"]].browse(action["res_id"])
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_apply()
        with Form(wizard) as form:
            form.note = "Bought by the customer."
        wizard.action_apply()
        self.assertEqual((issue.state, issue.note), ("accepted", "Bought by the customer."))
        with self.assertRaisesRegex(UserError, "Say why"):
            issue.note = False

    def test_solved_is_what_a_refresh_finds_not_what_people_say(self):
        issue = self.issue.with_user(self._user("controller"))
        with self.assertRaisesRegex(UserError, "correct the record and refresh"):
            issue.state = "solved"

    def test_who_may_answer(self):
        for role in ("sales", "operations", "controller"):
            issue = self.issue.with_user(self._user(role))
            issue.write({"state": "accepted", "note": f"Seen by {role}.", "user_id": issue.env.uid})
            issue.action_reopen()
            with self.assertRaises(UserError, msg=role):
                issue.amount_at_risk = 0
            with self.assertRaises(AccessError, msg=role):
                issue.unlink()
        for role in ("viewer", "executive"):
            issue = self.issue.with_user(self._user(role))
            self.assertIn("Orphan", issue.display_name)
            with self.assertRaises(AccessError, msg=role):
                issue.write({"state": "accepted", "note": "No."})
            with self.assertRaises(AccessError, msg=role):
                issue.action_accept()
        with self.assertRaises(AccessError):
            self.issue.with_user(self._user("")).read(["state"])

    def test_who_may_change_rules(self):
        rule = self._rule("no_source")
        for role in ("viewer", "sales", "operations", "executive"):
            user = self._user(role)
            self.assertEqual(rule.with_user(user).severity, "red")
            with self.assertRaises(AccessError, msg=role):
                rule.with_user(user).active = False
        controller = rule.with_user(self._user("controller"))
        controller.limit = 3
        with self.assertRaises(UserError):
            controller.code = "zero_cost"

    def test_other_companies_see_nothing(self):
        other = self.env["res.company"].create({"name": "Other Maker"})
        stranger = self._user("controller", other)
        theirs = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        self.assertFalse(theirs["sop.data.issue"].search([]))
        self.assertEqual(theirs["sop.data.rule"].browse(self._rule("no_source").id).issue_count, 0)
        with self.assertRaises(AccessError):
            self.issue.with_env(theirs).write({"state": "open"})

    def test_link_opens_the_record(self):
        action = self.issue.action_open_record()
        self.assertEqual(
            (action["res_model"], action["res_id"], action["views"]),
            ("product.product", self.orphan.id, [(False, "form")]),
        )

    def test_link_to_a_record_that_is_gone_says_so(self):
        order = self._buy(self.casting, 1, TODAY - timedelta(days=9))
        self.cycle.action_refresh()
        issue = self._issues("overdue_purchase")
        order.button_cancel()
        order.unlink()
        with self.assertRaisesRegex(UserError, "does not exist any more"):
            issue.action_open_record()

    def test_link_without_the_right_says_whom_to_ask(self):
        order = self._buy(self.casting, 1, TODAY - timedelta(days=9))
        self.cycle.action_refresh()
        issue = self._issues("overdue_purchase")
        viewer = self._user("viewer")
        self.assertFalse(order.with_user(viewer).has_access("read"), "else the test says nothing")
        with self.assertRaisesRegex(UserError, f"no right to see {order.name}.*ask"):
            issue.with_user(viewer).action_open_record()

    def test_negative_stock_opens_the_count_of_its_location(self):
        quant = self.env["stock.quant"].create(
            {
                "product_id": self.casting.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "quantity": -2,
            }
        )
        self.cycle.action_refresh()
        action = self._issues("negative_stock").action_open_record()
        self.assertEqual(action["res_model"], "stock.quant")
        self.assertEqual(self.env["stock.quant"].search(action["domain"]), quant)

    def test_older_cycle_leaves_the_issues_to_the_newest(self):
        """Refreshing an older plan must not solve what the newest found."""
        older = self.cycle
        with freeze_time(date(2026, 12, 7)):
            newest = self._make_cycle(month=date(2026, 12, 1))
            newest.action_refresh()
            self.assertEqual(self.issue.cycle_id, newest)
            self._make_price(self.orphan, 7)
            older.action_refresh()
            self.assertEqual((self.issue.state, self.issue.cycle_id), ("open", newest))
            newest.action_refresh()
        self.assertEqual(self.issue.state, "solved")

    def test_variants_are_one_record_each(self):
        attribute = self.env["product.attribute"].create(
            {"name": "Size", "value_ids": [Command.create({"name": n}) for n in ("S", "L")]}
        )
        template = self.orphan.product_tmpl_id.with_env(self.env)
        template.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": attribute.id,
                    "value_ids": [Command.set(attribute.value_ids.ids)],
                }
            )
        ]
        small, large = template.product_variant_ids
        self._history({small: 5, large: 5}, months=1)
        self._make_price(small, 7, product_id=small.id)
        self.cycle.action_refresh()
        self._assert_found("no_source", large)
