from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import MONTH, TODAY, SopCommon


class FirstRunCommon(SopCommon):
    def _data(self, user=None):
        return self.env["sop.cycle"].with_user(user or self.env.user)._dashboard_first_run()

    def _steps(self, user=None):
        return {step["code"]: step for step in self._data(user)["steps"]}

    def _controller(self):
        return self._user("controller")

    def _lathe(self, name, **vals):
        return self.env["mrp.workcenter"].create(
            {
                "name": name,
                "company_id": self.company.id,
                "resource_calendar_id": self.company.resource_calendar_id.id,
                **vals,
            }
        )

    def _route(self, center):
        bom = self.env["mrp.bom"].create(
            {"product_tmpl_id": self.pump.product_tmpl_id.id, "company_id": self.company.id}
        )
        self.env["mrp.routing.workcenter"].create(
            {"name": "Turn", "bom_id": bom.id, "workcenter_id": center.id}
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestFirstRun(FirstRunCommon):
    """The five first steps follow the records, whoever looks."""

    def test_steps_follow_the_records(self):
        steps = self._steps()
        self.assertEqual(steps["history"]["state"], "todo")
        self.assertIn("you have 0", steps["history"]["detail"])
        self.assertEqual(steps["people"]["state"], "todo")
        self.assertEqual(steps["cycle"]["state"], "todo")
        self._sell_monthly(self.pump, [5] * 13)
        steps = self._steps()
        self.assertEqual(steps["history"]["state"], "done")
        self.assertEqual(steps["history"]["detail"], "13 months of sales found")

    def test_this_month_is_no_month_of_history(self):
        self._sell(date(2026, 11, 3), {self.pump: 5})
        self.assertIn("you have 0", self._steps()["history"]["detail"])

    def test_import_delivers_nothing(self):
        """What the step opens is the import of past orders: confirmed, delivered, no picking."""
        action = self._steps()["history"]["actions"][-1]["action"]
        self.assertEqual((action["tag"], action["params"]["model"]), ("import", "sale.order"))
        names = ["partner_id", "date_order", "commitment_date", "state", "order_line/product_id",
                 "order_line/product_uom_qty", "order_line/qty_delivered"]  # fmt: skip
        row = [self.customer.name, "2026-09-01", "2026-09-09", "Sales Order", self.pump.name, 8, 8]
        orders = self.env["sale.order"].with_context(
            **action["params"]["context"], import_file=True
        )
        result = orders.load(names, [[str(value) for value in row]])
        order = orders.browse(result["ids"])
        self.assertEqual((order.state, order.order_line.qty_delivered), ("sale", 8))
        self.assertFalse(order.picking_ids)
        self.assertIn("12 months make a forecast, you have 1", self._steps()["history"]["detail"])
        templates = self.env["sale.order"].get_import_templates()
        self.assertIn(
            "/sop_planning/static/xls/sales_history.xlsx", [t["template"] for t in templates]
        )

    def test_capacity_names_what_lacks(self):
        self._route(self._lathe("Lathe"))
        idle = self._lathe("Bench")
        step = self._steps()["capacity"]
        self.assertEqual(step["state"], "todo")
        mine = self.env["mrp.workcenter"].search([("company_id", "in", (self.company.id, False))])
        self.assertTrue(step["detail"].startswith(f"1 of {len(mine)} work centers"))
        self.assertIn(idle.id, step["actions"][0]["action"]["domain"][0][2])
        self._route(idle)
        self.assertNotIn(
            idle.id, [i for a in self._steps()["capacity"]["actions"]
                      for i in a["action"]["domain"][0][2]]
        )  # fmt: skip

    def test_who_makes_nothing_needs_no_capacity(self):
        if self.env["mrp.workcenter"].search_count([("company_id", "=", False)]):
            self.skipTest("work centers of all companies")
        boms = self.env["mrp.bom"].search([("company_id", "=", False)])
        boms.action_archive()
        self.assertEqual(self._steps()["capacity"]["state"], "none")

    def test_people_need_owners_and_an_executive(self):
        self.env["product.category"].search([]).is_sop_family = False
        (self.pumps | self.valves).is_sop_family = True
        self._controller()
        step = self._steps()["people"]
        self.assertIn("0 of 2 families have an owner", step["detail"])
        (self.pumps | self.valves).sop_owner_id = self.env.user
        self._user("executive")
        self.assertEqual(self._steps()["people"]["state"], "done")
        self.pumps.sop_owner_id = False
        action = self._steps()["people"]["actions"][0]["action"]
        self.assertEqual(action["domain"], [("id", "in", self.pumps.ids)])

    def test_who_lacks_a_right_is_told_whom_to_ask(self):
        boss = new_test_user(
            self.env, "product_boss", "base.group_user,product.group_product_manager",
            name="Pia Products",
            company_id=self.company.id, company_ids=self.company.ids,
        )  # fmt: skip
        self.env["product.category"].search([]).is_sop_family = False
        steps = self._steps(self._user("viewer"))
        step = steps["families"]
        self.assertNotIn("method", [key for button in step["actions"] for key in button])
        self.assertIn(boss.name, step["ask"])
        self.assertEqual(steps["cycle"]["actions"], [])
        self.assertTrue(steps["cycle"]["ask"])

    def test_over_when_all_is_done_dismissed_or_approved(self):
        self._sell_monthly(self.pump, [5] * 13)
        cycle = self._make_cycle()
        self.assertIn("not computed yet", self._steps()["cycle"]["detail"])
        self.assertFalse(self._data()["can_dismiss"])
        cycle.action_refresh()
        self.assertEqual(self._steps()["cycle"]["state"], "done")
        self.assertIsNone(self._data(self._user("viewer")))
        with self.assertRaises(AccessError):
            self.env["sop.cycle"].with_user(self._user("sales")).action_dismiss_first_run()
        controller = self._controller()
        self.env["sop.cycle"].with_user(controller).action_dismiss_first_run()
        self.assertIsNone(self._data(controller))
        self.company.sop_first_run_over = False
        self.assertTrue(self._data(controller))
        cycle.state = "approved"
        self.assertIsNone(self._data(controller))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestFamilyProposal(FirstRunCommon):
    """Families come from the catalogue, at a level that people can review."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["product.template"].search([]).sale_ok = False
        cls.env["product.category"].search([]).is_sop_family = False

    def _tree(self, branches, leaves):
        root = self.env["product.category"].create({"name": "All"})
        tops = self.env["product.category"].create(
            [{"name": f"Branch {n}", "parent_id": root.id} for n in range(branches)]
        )
        for top in tops:
            for n in range(leaves):
                leaf = self.env["product.category"].create({"name": f"{n}", "parent_id": top.id})
                self._make_product(f"Good {top.name} {n}", leaf, 5.0)
        return tops

    def test_categories_of_goods_are_proposed(self):
        self._make_product("Fresh pump", self.pumps, 5.0)
        self._make_product("Labour", self.valves, 5.0, type="service")
        proposal = self.env["product.category"]._sop_proposal(self.company)
        self.assertEqual(proposal, self.pumps)

    def test_too_many_categories_give_their_parents(self):
        tops = self._tree(4, 9)
        self.assertEqual(self.env["product.category"]._sop_proposal(self.company), tops)

    def test_accepting_flags_them_with_the_rights_on_categories(self):
        self._make_product("Fresh pump", self.pumps, 5.0)
        step = self._steps()["families"]
        self.assertEqual(step["detail"], "1 proposed from your product categories")
        with self.assertRaises(AccessError):
            self.env["sop.cycle"].with_user(self._controller()).action_accept_families()
        self.assertFalse(self.pumps.is_sop_family)
        action = self.env["sop.cycle"].action_accept_families()
        self.assertTrue(self.pumps.is_sop_family)
        self.assertEqual(action["res_model"], "product.category")
        self.assertEqual(self._steps()["families"]["state"], "done")
        # what comes later is named, and does not open the step again
        self._make_product("Fresh valve", self.valves, 5.0)
        self.assertIn("1 categories are in none", self._steps()["families"]["detail"])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestFirstCycle(FirstRunCommon):
    """A company without sales plans with figures that people type."""

    def test_wizard_opens_the_cycle_with_its_people(self):
        sales = self._user("sales")
        wizard = self.env["sop.cycle.first"].with_user(self._controller()).create({})
        self.assertEqual(len(wizard.line_ids), 5)
        self.assertIn("No sales orders yet", wizard.history_text)
        by_code = {line.code: line for line in wizard.line_ids}
        by_code["demand"].user_id = sales
        self.assertIn(sales.name, by_code["demand"].role_text)
        wizard.action_open()
        cycle = self.env["sop.cycle"].search([("company_id", "=", self.company.id)])
        self.assertEqual(cycle.month, MONTH)
        steps = {step.code: step.user_id for step in cycle.step_ids}
        self.assertEqual(steps["demand"], sales)
        self.assertEqual(steps["data"], cycle.user_id)
        with self.assertRaisesRegex(UserError, "already"):
            wizard.action_open()

    def test_a_role_that_nobody_has_is_flagged(self):
        elsewhere = self.env["res.company"].create({"name": "Lonely"})
        user = self._user("controller", elsewhere)
        wizards = self.env["sop.cycle.first"].with_user(user)
        wizard = wizards.with_context(allowed_company_ids=elsewhere.ids).create({})
        line = wizard.line_ids.filtered(lambda line: line.code == "executive")
        self.assertFalse(line.is_staffed)
        self.assertIn("▲ Nobody is Executive", line.role_text)

    def test_figures_are_typed_where_there_is_no_history(self):
        self._user("controller")
        cycle = self._make_cycle()
        cycle.action_refresh()
        line = self._line(cycle, self.pump)
        self.assertEqual((line.qty_statistical, line.qty_consensus), (0, 0))
        line.qty_override = 40
        self.assertEqual(line.qty_consensus, 40)
        sales = self._line(cycle, self.valve)
        sales.qty_sales = 12
        self.assertEqual(sales.qty_consensus, 12)
        cycle.action_refresh()
        self.assertEqual((line.qty_consensus, sales.qty_consensus), (40, 12))
        # the supply plan takes them up
        demand = self.env["sop.supply.line"].search(
            [("cycle_id", "=", cycle.id), ("product_id", "=", self.pump.id)]
        )
        self.assertGreater(sum(demand.mapped("qty_demand")), 0)

    def test_first_order_ends_the_planning_by_hand(self):
        """Once something is sold, products that never sold are planned only where people spoke."""
        self._sell(date(2026, 10, 5), {self.pump: 5})
        cycle = self._make_cycle()
        cycle.action_refresh()
        self.assertTrue(self._line(cycle, self.pump))
        self.assertFalse(self._line(cycle, self.valve))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestFitCheck(FirstRunCommon):
    """The fit check says plainly when a monthly plan gains little."""

    def _fit(self):
        return self.env["sop.cycle"].get_fit_check()

    def _vendor(self, delay):
        self.env["product.supplierinfo"].search([]).unlink()
        self.env["product.supplierinfo"].create(
            {
                "partner_id": self.customer.id,
                "product_tmpl_id": self.pump.product_tmpl_id.id,
                "delay": delay,
                "company_id": self.company.id,
            }
        )

    def _side(self, fit, title):
        return next(row["side"] for row in fit["rows"] if row["title"] == title)

    def test_without_orders_it_says_nothing(self):
        fit = self._fit()
        self.assertEqual((fit["verdict"], fit["rows"]), ("unknown", []))

    def test_weekly_business_is_told_that_it_gains_little(self):
        self._vendor(3)
        for month in range(1, 11):
            self._sell(date(2026, month, 7), {self.pump: 5})
        fit = self._fit()
        self.assertEqual(fit["verdict"], "little")
        self.assertEqual(self._side(fit, "Ordered and delivered in the same week"), "against")

    def test_long_lead_times_need_a_plan(self):
        self._vendor(45)
        for month in range(1, 11):
            self._sell(date(2026, month, 7), {self.pump: 5})
        fit = self._fit()
        self.assertEqual(fit["verdict"], "yes")
        self.assertEqual(self._side(fit, "Lead time against patience"), "for")
        self.assertEqual(self._side(fit, "Products sold"), "against")

    def test_patient_customers_need_none(self):
        self._vendor(10)
        for month in range(1, 11):
            order = self._sell(date(2026, month, 7), {self.pump: 5})
            order.date_order = f"2026-{month:02d}-01 08:00:00"
            order.commitment_date = f"2026-{month:02d}-25 08:00:00"
        centers = self.env["mrp.workcenter"].search([("company_id", "=", False)])
        centers.action_archive()
        self.env["mrp.bom"].search([]).action_archive()
        self.assertEqual(self._fit()["verdict"], "little")

    def test_outsiders_are_refused(self):
        with self.assertRaises(AccessError):
            self.env["sop.cycle"].with_user(self._user("")).get_fit_check()
