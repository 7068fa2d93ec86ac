from ast import literal_eval

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import TODAY
from .common_supply import SupplyCommon

ACTIONS = [
    "sop_supply_gap_action", "sop_supply_gap_line_action", "sop_capacity_line_action",
    "sop_supply_line_action", "sop_supply_product_action", "sop_supply_product_action_material",
    "sop_extra_hours_action",
]  # fmt: skip
ROLES = ("viewer", "sales", "operations", "controller", "executive", "manager")
OPERATIONS = ("read", "create", "write", "unlink")
READ, WRITE, ALL = "read", "read write", "read create write unlink"
# what a role may do beyond reading; a manager may what a controller may
RIGHTS = {
    "sop.scenario": {},
    "sop.capacity.line": {},
    "sop.supply.line": {},
    "sop.supply.product": {},
    "sop.supply.gap": {"operations": WRITE, "controller": WRITE},
    "sop.supply.gap.line": {},
    "sop.extra.hours": {"operations": ALL, "controller": ALL},
}


@freeze_time(TODAY)
class ScreensCommon(SupplyCommon):
    """One record of everything that people see of the supply plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load = cls._capacity(cls.turning, 6, 104, 80, level="critical")
        cls._capacity(cls.bench, 6, 1, 0, has_hours=False)
        cls.row = cls._projection(cls.steel, 4, -1200, qty_short=1200)
        cls.fact = cls._fact(
            cls.steel, is_component=True, qty_short=1200, is_order_late=True,
            date_order_latest="2026-11-03", qty_safety_proposed=40.2, amount_excess=90,
        )  # fmt: skip
        cls.gap = cls._capacity_gap(order_count=2)
        cls.entry = cls.env["sop.extra.hours"].create(
            {
                "workcenter_id": cls.turning.id,
                "date_from": "2026-12-07",
                "date_to": "2026-12-20",
                "hours_per_week": 8,
            }
        )

    def _user(self, role, company=None):
        """The same person every time."""
        people = self.__dict__.setdefault("people", {})
        if (role, company) not in people:
            people[role, company] = super()._user(role, company)
        return people[role, company]

    @classmethod
    def _person(cls, login, *groups):
        """Somebody of the company with several groups, each named by its xml id."""
        return new_test_user(
            cls.env,
            login,
            groups=",".join(groups),
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSupplyScreens(ScreensCommon):
    def _shown(self, view, model):
        """The fields of a view's arch, those of its embedded lists left out."""
        arch = etree.fromstring(view["arch"])
        names = {
            node.get("name")
            for node in arch.iter("field")
            if not any(parent.tag == "field" for parent in node.iterancestors())
        }
        return names & set(model._fields)

    def test_every_screen_opens_with_its_records(self):
        for role in ("viewer", "operations", "controller"):
            user = self._user(role)
            for xmlid in ACTIONS:
                action = self.env.ref(f"sop_planning.{xmlid}").with_user(user)._get_action_dict()
                model = self.env[action["res_model"]].with_user(user).with_company(self.company)
                views = model.get_views([*action["views"], (False, "search")])["views"]
                for mode in {"list", "form", "kanban"} & set(views):
                    names = self._shown(views[mode], model)
                    rows = model.web_search_read([], {name: {} for name in names})["records"]
                    self.assertTrue(rows, f"{role} sees nothing in {xmlid}, {mode}")

    def test_pivots_and_graphs_find_their_figures(self):
        for xmlid in ACTIONS:
            action = self.env.ref(f"sop_planning.{xmlid}")
            model = self.env[action.res_model].with_user(self._user("viewer"))
            for mode in {"pivot", "graph"} & set(action.view_mode.split(",")):
                arch = etree.fromstring(model.get_view(view_type=mode)["arch"])
                nodes = list(arch.iter("field"))
                figures = [node.get("name") for node in nodes if node.get("type") == "measure"]
                groups = [
                    node.get("name")
                    for node in nodes
                    if node.get("name") not in figures and not model._fields[
                        node.get("name")
                    ].aggregator
                ]  # fmt: skip
                spec = [f"{name}:{model._fields[name].aggregator}" for name in figures]
                self.assertTrue(model.formatted_read_group([], groups, spec), f"{xmlid} {mode}")

    def test_filters_that_screens_start_with_exist(self):
        for xmlid in ACTIONS:
            action = self.env.ref(f"sop_planning.{xmlid}")
            arch = etree.fromstring(self.env[action.res_model].get_view(view_type="search")["arch"])
            known = {f"search_default_{node.get('name')}" for node in arch.iter("filter")}
            wanted = {
                name for name in literal_eval(action.context) if name.startswith("search_default_")
            }
            self.assertTrue(wanted <= known, f"{xmlid}: {wanted - known}")

    def test_materials_start_with_late_or_short_components(self):
        arch = etree.fromstring(self.fact.get_view(view_type="search")["arch"])
        context = self.env.ref("sop_planning.sop_supply_product_action_material").context
        filters = {
            name: literal_eval(arch.find(f".//filter[@name='{name}']").get("domain"))
            for name in ("late", "short", "component", "bought")
        }
        for name, domain in filters.items():
            self.assertIn(f"search_default_{name}", context)
            self.assertTrue(self.fact.filtered_domain(domain), name)
        covered = self._fact(self.pump, "make")
        for name, domain in filters.items():
            self.assertFalse(covered.filtered_domain(domain), name)

    def test_menus_are_there_for_everybody_who_plans(self):
        viewer = self._user("viewer")
        menus = self.env["ir.ui.menu"].with_user(viewer)._visible_menu_ids()
        for name in ("sop_supply_gap", "sop_capacity_line", "sop_supply_line", "sop_supply_product",
                     "sop_supply_product_material", "sop_extra_hours"):  # fmt: skip
            self.assertIn(self.env.ref(f"sop_planning.{name}_menu").id, menus, name)

    def test_only_those_who_may_see_the_button_that_writes_rules(self):
        for role, is_shown in (("viewer", False), ("sales", False), ("operations", True)):
            facts = self.env["sop.supply.product"].with_user(self._user(role))
            for mode in ("list", "form"):
                arch = facts.get_view(view_type=mode)["arch"]
                self.assertEqual("action_apply_safety_stock" in arch, is_shown, f"{role} {mode}")

    def test_smart_buttons_lead_here(self):
        for model, actions in (
            ("mrp.workcenter", ("action_open_sop_capacity", "action_open_sop_extra_hours")),
            ("product.product", ("action_open_sop_projection",)),
        ):
            arch = self.env[model].get_view(view_type="form")["arch"]
            for action in actions:
                self.assertIn(f'name="{action}"', arch)
        action = self.turning.action_open_sop_extra_hours()
        self.assertEqual(self.env["sop.extra.hours"].search(action["domain"]), self.entry)
        self.assertEqual(action["context"]["default_workcenter_id"], self.turning.id)
        action = self.turning.action_open_sop_capacity()
        self.assertEqual(self.env["sop.capacity.line"].search(action["domain"]), self.load)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSupplyRights(ScreensCommon):
    def test_each_role_may_what_the_table_says(self):
        for role in ROLES:
            user = self._user(role)
            for model, rights in RIGHTS.items():
                granted = rights.get("controller" if role == "manager" else role, READ)
                records = self.env[model].with_user(user)
                may = [operation for operation in OPERATIONS if records.has_access(operation)]
                self.assertEqual(" ".join(may), granted, f"{role} on {model}")

    def test_people_outside_sop_see_nothing(self):
        employee = self._user("")
        for model in RIGHTS:
            with self.assertRaises(AccessError, msg=model):
                self.env[model].with_user(employee).search([])

    def test_another_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Outsider"})
        stranger = self._user("manager", other)
        theirs = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        for model in RIGHTS:
            self.assertTrue(self.env[model].search([]), model)
            self.assertFalse(theirs[model].search([]), model)
        for record in (self.gap, self.load, self.row, self.fact, self.entry):
            with self.assertRaises(AccessError, msg=record._name):
                record.with_env(theirs).read(["company_id"])
        with self.assertRaises(AccessError):
            self.gap.with_env(theirs).write({"state": "solved"})

    def test_a_viewer_answers_no_gap_and_enters_no_hours(self):
        viewer = self._user("viewer")
        for change in (
            lambda: self.gap.with_user(viewer).write({"note": "x"}),
            lambda: self.gap.with_user(viewer).action_solve(),
            lambda: self.entry.with_user(viewer).write({"hours_per_week": 1}),
            lambda: self.fact.with_user(viewer).action_apply_safety_stock(),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_planned_figures_are_nobodys_to_type(self):
        manager = self._user("manager")
        for record, vals in (
            (self.gap, {"amount_short": 0}),
            (self.load, {"hours_available": 999}),
            (self.fact, {"qty_safety_proposed": 0}),
        ):
            with self.assertRaises((AccessError, UserError), msg=record._name):
                record.with_user(manager).write(vals)

    def test_drills_need_the_right_to_the_documents(self):
        planner = self._user("operations")
        for drill in (
            lambda: self.load.with_user(planner).action_open_work_orders(),
            lambda: self.gap.with_user(planner).action_open_work_orders(),
            lambda: self.gap.with_user(planner).action_open_productions(),
            lambda: self.fact.with_user(planner).action_open_purchases(),
            lambda: self.gap.with_user(planner).action_open_orders(),
        ):
            with self.assertRaises(AccessError):
                drill()
        maker = self._person("a_maker", "sop_planning.sop_planning_group_operations",
                             "mrp.group_mrp_user")  # fmt: skip
        action = self.load.with_user(maker).action_open_work_orders()
        self.assertEqual(action["res_model"], "mrp.workorder")

    def test_planner_without_native_rights_follows_the_plan_everywhere(self):
        planner = self._user("operations")
        for action in (
            self.gap.with_user(planner).action_open_capacity(),
            self.gap.with_user(planner).action_open_plan(),
            self.load.with_user(planner).action_open_plan(),
            self.fact.with_user(planner).action_open_projection(),
        ):
            self.env[action["res_model"]].with_user(planner).search(action["domain"])
        self.assertTrue(self.gap.with_user(planner).reason)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStockTargetApply(ScreensCommon):
    """Proposed safety stocks become native reordering rules only when somebody says so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = cls._person("a_keeper", "sop_planning.sop_planning_group_operations",
                                 "stock.group_stock_manager")  # fmt: skip
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)])

    def _rules(self, product=None):
        return self.env["stock.warehouse.orderpoint"].search(
            [("product_id", "=", (product or self.steel).id)]
        )

    def _make_rule(self, low, high, **vals):
        return self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.steel.id,
                "company_id": self.company.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "product_min_qty": low,
                "product_max_qty": high,
                **vals,
            }
        )

    def _dialog(self, user=None, facts=None):
        facts = (facts or self.fact).with_user(user or self.keeper)
        action = facts.action_apply_safety_stock()
        return facts.env[action["res_model"]].browse(action["res_id"])

    def test_dialog_shows_old_and_new_and_writes_nothing(self):
        rule = self._make_rule(15, 60)
        line = self._dialog().line_ids
        self.assertEqual((line.qty_old, line.qty_new, line.qty_max), (15, 41, 60))
        self.assertEqual(line.rule_label, "rule changed")
        self.assertEqual(rule.product_min_qty, 15)

    def test_applying_changes_the_rule(self):
        rule = self._make_rule(15, 60)
        self._dialog().action_apply()
        self.assertEqual((rule.product_min_qty, rule.product_max_qty), (41, 60))
        self.assertEqual(self._rules(), rule)

    def test_maximum_never_lies_below_the_minimum(self):
        rule = self._make_rule(5, 10)
        self._dialog().action_apply()
        self.assertEqual((rule.product_min_qty, rule.product_max_qty), (41, 41))

    def test_applying_creates_a_missing_rule_that_orders_nothing_by_itself(self):
        dialog = self._dialog()
        self.assertEqual(dialog.line_ids.rule_label, "new rule, to order by hand")
        self.assertFalse(self._rules())
        dialog.action_apply()
        rule = self._rules()
        self.assertEqual((rule.product_min_qty, rule.trigger), (41, "manual"))
        self.assertEqual((rule.company_id, rule.create_uid), (self.company, self.keeper))
        self.assertEqual(rule.location_id, self.warehouse.lot_stock_id)

    def test_people_change_and_remove_lines_first(self):
        other = self._fact(self.pump, "make", qty_safety_proposed=7)
        dialog = self._dialog(facts=self.fact | other)
        dialog.line_ids.filtered(lambda line: line.product_id == self.pump).unlink()
        dialog.line_ids.qty_new = 25
        dialog.action_apply()
        self.assertEqual(self._rules().product_min_qty, 25)
        self.assertFalse(self._rules(self.pump))

    def test_small_quantities_keep_their_decimals(self):
        self.fact.qty_safety_proposed = 2.345
        self.assertEqual(self._dialog().line_ids.qty_new, 2.35)

    def test_several_rules_of_a_product_are_left_to_people(self):
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.warehouse.lot_stock_id.id}
        )
        rules = self._make_rule(5, 10) | self._make_rule(6, 12, location_id=shelf.id)
        dialog = self._dialog()
        self.assertIn("2 rules", dialog.line_ids.rule_label)
        with self.assertRaisesRegex(UserError, "2 reordering rules"):
            dialog.action_apply()
        self.assertEqual(rules.mapped("product_min_qty"), [5, 6])

    def test_negative_minimum_is_refused_before_anything_is_written(self):
        rule = self._make_rule(15, 60)
        other = self._fact(self.pump, "make", qty_safety_proposed=7)
        dialog = self._dialog(facts=self.fact | other)
        dialog.line_ids.filtered(lambda line: line.product_id == self.pump).qty_new = -1
        with self.assertRaisesRegex(UserError, "negative"):
            dialog.action_apply()
        self.assertEqual(rule.product_min_qty, 15)

    def test_kits_and_products_without_source_have_no_rule(self):
        kit, orphan = self._fact(self.pump, "kit"), self._fact(self.valve, "none")
        with self.assertRaisesRegex(UserError, "kits hold no stock"):
            self._dialog(facts=kit | orphan)
        self.assertEqual(self._dialog(facts=kit | self.fact).line_ids.product_id, self.steel)

    def test_planner_without_stock_rights_writes_nothing(self):
        self._make_rule(15, 60)
        with self.assertRaises(AccessError):
            self._dialog(self._user("controller")).action_apply()
        self.assertEqual(self._rules().product_min_qty, 15)

    def test_dialogs_are_their_owners(self):
        dialog = self._dialog()
        other = self._person("another_keeper", "sop_planning.sop_planning_group_operations",
                             "stock.group_stock_manager")  # fmt: skip
        for record in (dialog, dialog.line_ids):
            with self.assertRaises(AccessError):
                record.with_user(other).read([])

    def test_rules_of_another_company_are_left_alone(self):
        other = self.env["res.company"].create({"name": "Other Maker"})
        house = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        theirs = self._make_rule(
            1, 2, company_id=other.id, warehouse_id=house.id, location_id=house.lot_stock_id.id
        )
        self.keeper.company_ids += other
        keeper = self.keeper.with_context(allowed_company_ids=(self.company | other).ids)
        self._dialog(keeper).action_apply()
        self.assertEqual(theirs.product_min_qty, 1)
        self.assertEqual((self._rules() - theirs).product_min_qty, 41)
