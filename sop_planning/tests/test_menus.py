import ast

from odoo import fields
from odoo.fields import Domain
from odoo.tests import TransactionCase, new_test_user, tagged

SECTIONS = [
    "Dashboard", "Demand", "Supply", "Scenarios", "Meetings", "Reporting", "Configuration",
]  # fmt: skip
VIEWER = "sop_planning.sop_planning_group_viewer"


@tagged("post_install", "-at_install")
class TestMenus(TransactionCase):
    """The menu tree, what each entry opens, and the favourites that come with the addon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root = cls.env.ref("sop_planning.sop_planning_menu_root")
        cls.viewer = new_test_user(cls.env, login="viewer_of_menus", groups=VIEWER)

    def _actions(self):
        """The windows that the entries of the menu open."""
        menus = self.env["ir.ui.menu"].search([("id", "child_of", self.root.id)])
        actions = [menu.action for menu in menus if menu.action]
        windows = [action for action in actions if action._name == "ir.actions.act_window"]
        return [action for action in windows if action.target != "new"]

    def test_sections_stand_in_the_agreed_order(self):
        menus = self.env["ir.ui.menu"].search([("parent_id", "=", self.root.id)], order="sequence")
        self.assertEqual(menus.mapped("name"), SECTIONS)

    def test_a_viewer_sees_no_configuration(self):
        menus = self.env["ir.ui.menu"].with_user(self.viewer)._visible_menu_ids()
        seen = self.env["ir.ui.menu"].browse(menus) & self.root.child_id
        self.assertEqual(set(seen.mapped("name")), set(SECTIONS) - {"Configuration"})

    def test_every_screen_says_what_it_is_for_when_it_is_empty(self):
        own = [action for action in self._actions() if self._is_own(action)]
        self.assertGreater(len(own), 25)
        for action in own:
            self.assertTrue(action.help, action.name)

    def _is_own(self, action):
        is_form = action.res_model == "res.config.settings"  # it is never empty
        return (action.xml_id or "").startswith("sop_planning.") and not is_form

    def test_screens_of_the_meetings_have_cards_for_phones(self):
        models = [
            "sop.cycle", "sop.cycle.step", "sop.decision", "sop.pack", "sop.demand.review",
            "sop.exception", "sop.supply.gap", "sop.supplier.risk", "sop.demand.product",
            "sop.demand.input", "sop.demand.override", "sop.promise", "mail.activity",
        ]  # fmt: skip
        by_model = {}
        for action in self._actions():
            by_model.setdefault(action.res_model, set()).update(action.view_mode.split(","))
        for model in models:
            self.assertIn("kanban", by_model[model], model)

    def test_address_of_an_executive_page_belongs_to_the_app(self):
        """A reload finds the menu by the action of the address, else it shows another app's."""
        action = self.env.ref("sop_planning.sop_cycle_executive_action")
        menus = self.env["ir.ui.menu"].with_user(self.viewer).load_web_menus(False)
        apps = {menu["appID"] for menu in menus.values() if menu["actionPath"] == action.path}
        self.assertEqual(apps, {self.root.id})

    def test_favourites_can_be_read_by_a_viewer(self):
        filters = self.env["ir.filters"].search([("model_id", "=like", "sop.%")])
        found = filters.filtered(lambda one: one.get_external_id()[one.id].startswith("sop_pl"))
        self.assertGreaterEqual(len(found), 8)
        for favourite in found:
            self.assertFalse(favourite.user_ids, favourite.name)
            model = self.env[favourite.model_id].with_user(self.viewer)
            domain = Domain(ast.literal_eval(favourite.domain))
            context = ast.literal_eval(favourite.context)
            groups = context["pivot_row_groupby"] + context["pivot_column_groupby"]
            measures = [self._aggregate(model, name) for name in context["pivot_measures"]]
            model.formatted_read_group(domain, [*groups, *context["group_by"]], measures)

    def _aggregate(self, model, name):
        return name if name == "__count" else f"{name}:{model._fields[name].aggregator}"

    def test_my_tasks_are_those_of_the_records_of_the_plan(self):
        action = self.env.ref("sop_planning.sop_task_action")
        event = self.env["sop.event"].create(
            {
                "name": "Fair",
                "kind": "promotion",
                "date_start": fields.Date.today(),
                "date_end": fields.Date.today(),
            }
        )
        mine = event.activity_schedule("mail.mail_activity_data_todo", user_id=self.viewer.id)
        others = event.activity_schedule("mail.mail_activity_data_todo", user_id=self.env.uid)
        foreign = self.viewer.partner_id.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.viewer.id
        )
        domain = Domain(ast.literal_eval(action.domain.replace("uid", str(self.viewer.id))))
        found = self.env["mail.activity"].with_user(self.viewer).search(domain)
        self.assertIn(mine, found)
        self.assertFalse(found & (others | foreign))

    def test_cycles_closed_without_a_decision_are_found(self):
        search = self.env.ref("sop_planning.sop_cycle_view_search")
        node = self.env["sop.cycle"].get_view(search.id, "search")["arch"]
        domain = Domain(ast.literal_eval(node.split('name="undecided"')[1].split('domain="')[1]
                                         .split('"')[0]))  # fmt: skip
        cycles = self.env["sop.cycle"].create(
            [{"month": f"2021-0{month}-01"} for month in (1, 2, 3)]
        )
        open_cycle, silent, decided = cycles
        make = {
            "name": "Which scenario?",
            "kind": "decision",
            "state": "decided",
            "reason": "Customers first",
        }
        self.env["sop.decision"].create({**make, "cycle_id": decided.id})
        (silent | decided).state = "approved"
        found = self.env["sop.cycle"].search(domain & Domain("id", "in", cycles.ids))
        self.assertEqual(found, silent)
        self.assertNotIn(open_cycle, found)
