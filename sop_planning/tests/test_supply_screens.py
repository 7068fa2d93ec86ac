from ast import literal_eval

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_supply import SupplyScreensCommon

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
    "sop.scenario": {"operations": ALL, "controller": ALL},
    "sop.capacity.line": {},
    "sop.supply.line": {},
    "sop.supply.product": {},
    "sop.supply.gap": {"operations": WRITE, "controller": WRITE},
    "sop.supply.gap.line": {},
    "sop.extra.hours": {"operations": ALL, "controller": ALL},
}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSupplyScreens(SupplyScreensCommon):
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
class TestSupplyRights(SupplyScreensCommon):
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

    def test_work_centers_are_found_by_name_without_manufacturing_rights(self):
        for role in ("viewer", "operations"):
            user = self._user(role)
            centers = self.env["mrp.workcenter"].with_user(user)
            self.assertEqual(centers.name_search("Line 2")[0][0], self.turning.id)
            rows = self.env["sop.capacity.line"].with_user(user)
            self.assertEqual(rows.search([("workcenter_id", "ilike", "line 2")]), self.load)
            self.assertFalse(centers.has_access("write"))

    def test_operations_enter_extra_hours_without_manufacturing_rights(self):
        planner = self._user("operations")
        entry = self.entry.with_user(planner).copy({"hours_per_week": 4})
        entry.hours_per_week = -4
        self.assertEqual(entry.create_uid, planner)
        entry.unlink()

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
            with self.assertRaises(UserError, msg=record._name):  # or AccessError, which is one
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
