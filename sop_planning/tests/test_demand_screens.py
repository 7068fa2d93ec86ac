from datetime import date

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY, SopCommon

MONTH = date(2027, 1, 1)
ACTIONS = [
    "sop_event_action", "sop_event_effect_action", "sop_demand_correction_action",
    "sop_season_index_action", "sop_demand_input_action", "sop_demand_override_action",
    "sop_override_reason_action", "sop_target_action", "sop_demand_line_action",
    "sop_demand_product_action", "sop_demand_review_action",
]  # fmt: skip
ROLES = ("viewer", "sales", "operations", "controller", "executive", "manager")
OPERATIONS = ("read", "create", "write", "unlink")
READ, ALL = "read", "read create write unlink"
# what a role may do beyond reading; a manager may what a controller may
RIGHTS = {
    "sop.event": {"sales": "read create write", "controller": ALL},
    "sop.event.effect": {},
    "sop.demand.correction": {"controller": ALL},
    "sop.season.index": {"controller": "read write"},
    "sop.target": {"controller": ALL},
    "sop.demand.input": {"sales": ALL, "controller": ALL},
    "sop.demand.override": {},
    "sop.demand.override.line": {},
    "sop.override.reason": {"controller": ALL},
    "sop.demand.product": {"controller": "read write"},
}


class ScreensCommon(SopCommon):
    """One record of everything that people see around the demand plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [100] * 30)
            cls._sell_monthly(cls.valve, [40] * 30)
            cls.event = cls.env["sop.event"].create(
                {
                    "name": "New Year campaign",
                    "date_start": MONTH,
                    "date_end": date(2027, 1, 31),
                    "product_ids": cls.pump.ids,
                }
            )
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()
            cls._line(cls, cls.cycle, cls.pump).qty_override = 120
            cls.input = cls.env["sop.demand.input"].create(
                {"product_id": cls.valve.id, "bucket_start": MONTH, "qty": 50}
            )
            cls.target = cls.env["sop.target"].create(
                {"family_id": cls.pumps.id, "bucket_start": MONTH, "value": 9000}
            )
            cls.correction = cls.env["sop.demand.correction"].create(
                {"product_id": cls.pump.id, "bucket_start": "2026-03-01", "qty_corrected": 90}
            )

    def _rows(self, model, user=None):
        return self.env[model].with_user(user or self.env.user).search([])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDemandScreens(ScreensCommon):
    def _open(self, xmlid, user):
        """The action's views, and the records of its list with every field that the list shows."""
        action = self.env.ref(f"sop_planning.{xmlid}").with_user(user)._get_action_dict()
        model = self.env[action["res_model"]].with_user(user).with_company(self.company)
        modes = [mode for _view, mode in action["views"]]
        views = model.get_views([*action["views"], (False, "search")])["views"]
        self.assertEqual(set(views), {*modes, "search"}, xmlid)
        arch = etree.fromstring(views["list"]["arch"])
        names = {node.get("name") for node in arch.iter("field")} & set(model._fields)
        return model.web_search_read([], {name: {} for name in names})["records"]

    def test_every_screen_opens_with_its_records(self):
        for role in ("controller", "viewer", "sales"):
            user = self._user(role)
            for xmlid in ACTIONS:
                self.assertTrue(self._open(xmlid, user), f"{role} sees nothing in {xmlid}")

    def test_forms_show_every_field_to_a_viewer(self):
        viewer = self._user("viewer")
        for model in ("sop.event", "sop.demand.override", "sop.demand.line", "sop.demand.review",
                      "sop.demand.product"):  # fmt: skip
            records = self._rows(model, viewer)
            arch = etree.fromstring(records.get_view(view_type="form")["arch"])
            names = {node.get("name") for node in arch.iter("field")} & set(records._fields)
            self.assertTrue(records[:1].web_read({name: {} for name in names}), model)

    def test_only_controllers_see_the_buttons_that_override(self):
        for role, is_shown in (("viewer", False), ("sales", False), ("controller", True)):
            lines = self.env["sop.demand.line"].with_user(self._user(role))
            arch = lines.get_view(view_type="list")["arch"]
            self.assertEqual("action_adjust" in arch, is_shown, role)
            self.assertIn('js_class="sop_versioned_list"', arch)
            self.assertIn('name="version"', arch)

    def test_calendar_shows_events_with_an_open_end(self):
        launch = self.event.copy({"date_end": False, "name": "Open end"})
        self.assertEqual(launch.date_stop, MONTH)
        shown = self.env["sop.event"].search(
            [("date_start", "<=", "2027-01-31"), ("date_stop", ">=", "2027-01-01")]
        )
        self.assertIn(launch, shown)
        self.assertIn(self.event, shown)

    def test_changes_to_figures_that_changed_meanwhile_are_refused(self):
        lines = self._line(self.cycle, self.pump) | self._line(self.cycle, self.valve)
        seen = {str(line.id): line.version for line in lines}
        lines[1].qty_override = 10
        for records, version in ((lines[1], seen[str(lines[1].id)]), (lines, seen)):
            with self.assertRaisesRegex(UserError, "changed since you opened it"):
                records.write({"qty_override": 20, "version": version})
        lines[0].write({"qty_override": 20, "version": seen[str(lines[0].id)]})
        self.assertEqual(lines.mapped("qty_override"), [20, 10])

    def test_adjusting_asks_for_a_reason_from_the_list(self):
        controller = self._user("controller")
        line = self._line(self.cycle, self.valve).with_user(controller)
        dialog = self.env["sop.demand.adjust"].browse(line.action_adjust()["res_id"])
        reasons = self.env["sop.override.reason"].with_user(controller).name_search("")
        self.assertEqual(len(reasons), 10)
        self.assertEqual(reasons[0][1], "New customer")
        dialog.value = 10
        with self.assertRaisesRegex(UserError, "reason"):
            dialog.action_apply()
        dialog.reason_id = reasons[0][0]
        dialog.action_apply()
        self.assertEqual(line.override_line_ids.override_id.reason_id, dialog.reason_id)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDemandRights(ScreensCommon):
    def test_each_role_may_what_the_table_says(self):
        for role in ROLES:
            user = self._user(role)
            for model, rights in RIGHTS.items():
                granted = rights.get("controller" if role == "manager" else role, READ)
                records = self.env[model].with_user(user)
                may = [operation for operation in OPERATIONS if records.has_access(operation)]
                self.assertEqual(" ".join(may), granted, f"{role} on {model}")
                self.assertTrue(self._rows(model, user), f"{role} reads no {model}")

    def test_only_controllers_adjust_and_only_contributors_answer(self):
        wizards = {
            "sop.demand.adjust": {"controller", "manager"},
            "sop.exception.answer": {"sales", "operations", "controller", "manager"},
        }
        for model, roles in wizards.items():
            may = {
                role for role in ROLES
                if self.env[model].with_user(self._user(role)).has_access("create")
            }  # fmt: skip
            self.assertEqual(may, roles, model)

    def test_people_outside_sop_see_nothing(self):
        for model in RIGHTS:
            self.assertFalse(self.env[model].with_user(self._user("")).has_access("read"), model)

    def test_other_companies_see_nothing(self):
        outsiders = self.env["res.company"].create({"name": "Outsider"})
        stranger = self._user("manager", outsiders)
        theirs = self.env(user=stranger, context={"allowed_company_ids": outsiders.ids})
        for model in RIGHTS:
            if "company_id" not in self.env[model]._fields:
                continue
            ours = self._rows(model)
            self.assertTrue(ours, model)
            self.assertFalse(theirs[model].search([]), model)
            with self.assertRaises(AccessError, msg=model):
                ours[:1].with_env(theirs).read(["company_id"])

    def test_journal_and_effects_are_written_by_the_plan_only(self):
        manager = self._user("manager")
        for model in ("sop.demand.override", "sop.demand.override.line", "sop.event.effect"):
            row = self._rows(model, manager)[:1]
            with self.assertRaises(UserError, msg=model):
                row.write({"company_id": self.company.id})
            with self.assertRaises(AccessError, msg=model):
                row.unlink()

    def test_contributor_enters_input_for_own_families_only(self):
        seller, colleague = self._user("sales"), self._user("viewer")
        values = {"product_id": self.pump.id, "bucket_start": MONTH, "qty": 70}
        inputs = self.env["sop.demand.input"].with_user(seller)
        with self.assertRaises(AccessError):
            inputs.create(values)
        for people in ("sop_owner_id", "sop_contributor_ids"):
            self.pumps.write({"sop_owner_id": colleague.id, "sop_contributor_ids": False})
            self.pumps[people] = seller
            entered = inputs.create(values)
            entered.qty = 80
            self.assertEqual(entered.user_id, seller)
            entered.unlink()

    def test_contributor_changes_no_figure_of_others(self):
        seller = self._user("sales")
        self.valves.sop_contributor_ids = seller
        for change in (lambda row: row.write({"qty": 1}), lambda row: row.unlink()):
            with self.assertRaises(AccessError):
                change(self.input.with_user(seller))
        self.input.with_user(self._user("controller")).qty = 55
        self.assertEqual(self.input.user_id, self.env.user)

    def test_contributor_types_the_sales_input_of_a_plan_line(self):
        seller = self._user("sales")
        line = self._line(self.cycle, self.pump, MONTH).with_user(seller)
        with self.assertRaises(AccessError):
            line.qty_sales = 70
        self.pumps.sop_contributor_ids = seller
        line.qty_sales = 70
        self.assertEqual(line.qty_sales, 70)

    def test_contributor_changes_own_events_only(self):
        seller = self._user("sales")
        own = self.env["sop.event"].with_user(seller).create(
            {"name": "Fair", "date_start": MONTH, "product_ids": self.pump.ids}
        )  # fmt: skip
        own.rate_uplift = 0.3
        with self.assertRaises(AccessError):
            own.unlink()
        with self.assertRaises(AccessError):
            self.event.with_user(seller).rate_uplift = 0.9

    def test_controller_locks_a_product_and_nothing_else(self):
        fact = self._rows("sop.demand.product", self._user("controller"))[:1]
        fact.is_locked = True
        self.assertTrue(fact.is_locked)
        with self.assertRaises(UserError):
            fact.price_unit = 1
