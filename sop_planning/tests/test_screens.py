import tempfile

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common_camera import WIDER, camera, screenshot_folder
from .common_example import ExampleCase

SCREENS = ("ir.actions.act_window", "ir.actions.client")
SIZES = {"wide": (1400, 900), "narrow": (390, 844)}
FOLLOWED = [("scenario_id.is_followed", "=", True)]
OWNER = {"sop.cycle": "cycle_id", "res.company": "company_id"}
# forms that a menu does not open: (name, action, model, domain of the record to open)
FORMS = [
    ("cycle_form", "sop_cycle_action", "sop.cycle", []),
    ("executive_page", "sop_cycle_executive_action", "sop.cycle", []),
    ("review_form", "sop_demand_review_action", "sop.demand.review", []),
    ("exception_form", "sop_exception_action", "sop.exception", []),
    ("product_forecast_form", "sop_demand_product_action", "sop.demand.product", []),
    ("gap_form", "sop_supply_gap_action", "sop.supply.gap", FOLLOWED),
    ("supplier_form", "sop_supplier_risk_action", "sop.supplier.risk", [("is_flagged", "=", True)]),
    ("scenario_form", "sop_scenario_action", "sop.scenario", [("kind", "=", "overtime")]),
    ("data_issue_form", "sop_data_issue_action", "sop.data.issue", []),
]  # fmt: skip


@tagged("post_install", "-at_install")
class TestScreens(ExampleCase):
    """Every screen of the menu and the main forms, wide and on a phone, as the controller sees
    them, and what only the administrator does: they come to rest, the console stays silent, and
    nothing is wider than the window.

    The pictures of the documentation are taken on the way: SOP_SCREENSHOTS names their folder.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people["administrator"] = new_test_user(
            cls.env,
            login="example_administrator",
            groups="base.group_system,sop_planning.sop_planning_group_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def test_every_screen_is_clean(self):
        walks = {"controller": self._pages(), "administrator": self._pages_of_administrator()}
        with tempfile.TemporaryDirectory() as folder:
            for size, (width, height) in SIZES.items():
                for person, pages in walks.items():
                    self._walk(person, pages, screenshot_folder(folder) / size, width, height)

    def _walk(self, person, pages, folder, width, height):
        with camera(self, self.people[person].login, width, height, folder) as shots:
            for name, path in pages:
                with self.subTest(screen=name, width=width):
                    shots.complaints.clear()
                    shots.open(path)
                    image = shots.shoot(name)
                    self.assertFalse(shots.complaints)
                    self.assertFalse(shots.evaluate("!!document.querySelector('.o_error_dialog')"))
                    self.assertLessEqual(shots.evaluate(WIDER), 0, "wider than the window")
                    self.assertGreater(len(image.getcolors(1 << 24)), 10, "an empty page")

    def _pages(self):
        """[(name, path)] of the menus' screens and of the forms behind them."""
        pages = [self._page(menu) for menu in self._menus("controller")]
        for name, action, model, domain in FORMS:
            mine = self.cycle if model != "sop.data.issue" else self.company
            own = [("id" if mine._name == model else OWNER[mine._name], "=", mine.id)]
            record = self.env[model].search([*own, *domain], limit=1)
            self.assertTrue(record, f"the example has no {model}")
            pages.append((name, f"/odoo/action-sop_planning.{action}/{record.id}"))
        return pages

    def _pages_of_administrator(self):
        """The screens that the controller has no menu for, the settings among them."""
        menus = self._menus("administrator") - self._menus("controller")
        pages = [self._page(menu) for menu in menus]
        self.assertIn("res_config_settings", dict(pages))
        return pages

    def _page(self, menu):
        xmlid = menu.action.get_external_id()[menu.action.id]
        return self._name_of(menu.action), f"/odoo/action-{xmlid}"

    def _menus(self, person):
        root = self.env.ref("sop_planning.sop_planning_menu_root")
        menus = self.env["ir.ui.menu"]
        seen = menus.with_user(self.people[person])._visible_menu_ids()
        found = menus.search([("id", "child_of", root.id), ("id", "in", list(seen))])
        return found.filtered(
            lambda menu: menu.action and menu.action.type in SCREENS and menu.action.target != "new"
        )

    @staticmethod
    def _name_of(action):
        """``sop_supply_gap`` of ``sop_planning.sop_supply_gap_action``."""
        name = action.get_external_id()[action.id].split(".")[1]
        return name.removesuffix("_action")
