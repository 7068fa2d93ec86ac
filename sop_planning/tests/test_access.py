from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY, SopCommon

MODELS = [
    "sop.cycle", "sop.cycle.step", "sop.run", "sop.demand.history", "sop.demand.line",
    "sop.demand.product", "sop.demand.review", "sop.exception", "sop.plan.report",
]  # fmt: skip


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestAccess(SopCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [100] * 14)
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()
            cls._line(cls, cls.cycle, cls.pump).qty_override = 900
        cls.outsider_company = cls.env["res.company"].create({"name": "Outsider"})

    def test_every_role_reads_its_company(self):
        for role in ("viewer", "sales", "operations", "controller", "executive", "manager"):
            user = self._user(role)
            for model in MODELS:
                rows = self.env[model].with_user(user).search([])
                self.assertTrue(rows, f"{role} reads no {model}")
                self.assertEqual(rows.company_id, self.company)

    def test_other_company_sees_nothing(self):
        stranger = self._user("manager", self.outsider_company)
        theirs = self.env(user=stranger, context={"allowed_company_ids": self.outsider_company.ids})
        for model in MODELS:
            self.assertFalse(theirs[model].search([]), model)
        with self.assertRaises(AccessError):
            self.cycle.with_env(theirs).read(["name"])
        self.assertFalse(theirs["sop.cycle"].get_dashboard_data()["cycle"])
        with self.assertRaises(AccessError):
            theirs["sop.cycle"].get_dashboard_data(self.cycle.id)

    def test_people_outside_sop_see_nothing(self):
        employee = self._user("")
        for model in MODELS:
            with self.assertRaises(AccessError, msg=model):
                self.env[model].with_user(employee).search([])

    def test_viewer_changes_nothing(self):
        viewer = self._user("viewer")
        changes = [
            (self.cycle, {"reference": "last_year"}),
            (self._line(self.cycle, self.pump), {"qty_sales": 3}),
            (self._review(self.cycle, self.pumps), {"state": "agreed"}),
            (self._exceptions(self.cycle)[0], {"state": "accepted"}),
        ]
        for record, vals in changes:
            with self.assertRaises(AccessError, msg=record._name):
                record.with_user(viewer).write(vals)
        for action in ("action_refresh", "action_start_refresh", "action_next_step"):
            with self.assertRaises(AccessError, msg=action):
                getattr(self.cycle.with_user(viewer), action)()

    def test_controller_runs_the_cycle_without_any_sales_right(self):
        controller = self._user("controller")
        with self.assertRaises(AccessError):
            self.env["sale.order"].with_user(controller).search([])
        self.cycle.with_user(controller).action_refresh()
        self.cycle.with_user(controller).action_next_step()
        self._line(self.cycle, self.pump).with_user(controller).qty_override = 10
        # the figures are hers, the orders behind them are not
        with self.assertRaises(AccessError):
            self._line(self.cycle, self.pump).with_user(controller).action_open_orders()

    def test_plan_does_not_depend_on_who_computes_it(self):
        controller = self._user("controller")
        line = self._line(self.cycle, self.pump)
        before = line.read(["qty_statistical", "qty_last_year", "qty_orders"])
        self.cycle.with_user(controller).action_refresh()
        line.invalidate_recordset()
        self.assertEqual(line.read(["qty_statistical", "qty_last_year", "qty_orders"]), before)

    def test_contributor_answers_own_exceptions_only(self):
        operations = self._user("operations")
        exception = self._exceptions(self.cycle)[0]
        with self.assertRaises(AccessError):
            exception.with_user(operations).action_accept()
        exception.user_id = operations
        exception.with_user(operations).action_accept()
        self.assertEqual(exception.state, "accepted")

    def test_what_the_buttons_do_cannot_be_written_directly(self):
        manager = self._user("manager")
        changes = [
            (self.cycle, {"state": "approved"}),
            (self.cycle, {"date_snapshot": TODAY}),
            (self.cycle.step_ids[0], {"signed_by_id": manager.id}),
            (self._review(self.cycle, self.pumps), {"severity": "none"}),
            (self._review(self.cycle, self.pumps), {"signed_by_id": manager.id}),
            (self._exceptions(self.cycle)[0], {"active": False}),
            (self._line(self.cycle, self.pump), {"qty_consensus": 1}),
        ]
        for record, vals in changes:
            with self.assertRaises(UserError, msg=f"{record._name} {vals}"):
                record.with_user(manager).write(vals)

    def test_new_cycle_cannot_be_born_approved(self):
        cycle = (
            self.env["sop.cycle"]
            .with_user(self._user("controller"))
            .with_context(default_state="approved")
            .create({"company_id": self.company.id, "month": "2026-10-01", "state": "approved"})
        )
        self.assertEqual(cycle.state, "data")

    def test_nobody_creates_or_deletes_plan_rows_by_hand(self):
        manager = self._user("manager")
        for model in ("sop.demand.line", "sop.demand.product", "sop.demand.history"):
            records = self.env[model].with_user(manager)
            self.assertFalse(records.has_access("create"), model)
            self.assertFalse(records.has_access("unlink"), model)
