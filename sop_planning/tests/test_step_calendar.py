from datetime import date, datetime

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY
from .common_gate import GateCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestStepCalendar(GateCommon):
    """When the steps of a new cycle start and are due, who is responsible, how long they take."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cycle.unlink()
        cls.templates = cls.env["sop.step.template"].search([])
        cls.buyer = cls._person("Bob", "operations")

    def _holiday(self, day):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Public holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": datetime.combine(day, datetime.min.time()),
                "date_to": datetime.combine(day, datetime.max.time()),
            }
        )

    def _days(self, cycle):
        return [(step.date_start.day, step.date_due.day) for step in cycle.step_ids]

    def test_shipped_calendar_over_a_weekend_and_a_public_holiday(self):
        self._holiday(date(2026, 11, 9))
        cycle = self._make_cycle(date_open=date(2026, 11, 5))
        # working days: Thursday 5, Friday 6, Tuesday 10, Wednesday 11, Thursday 12
        self.assertEqual(self._days(cycle), [(5, 5), (5, 6), (6, 10), (10, 11), (12, 12)])

    def test_opened_on_a_weekend_starts_on_monday(self):
        cycle = self._make_cycle(date_open=date(2026, 11, 7))
        self.assertEqual(self._days(cycle)[0], (9, 9))

    def test_template_of_the_company_before_the_general_one(self):
        own = {"company_id": self.company.id, "code": "supply", "day_start": 4, "day_due": 8}
        self.env["sop.step.template"].create({**own, "user_id": self.buyer.id})
        other = self.env["res.company"].create({"name": "Other"})
        self.env["sop.step.template"].create({**own, "company_id": other.id, "day_due": 9})
        cycle = self._make_cycle(date_open=date(2026, 11, 2), user_id=self.env.uid)
        self.assertEqual(self._days(cycle), [(2, 2), (2, 3), (5, 11), (4, 5), (6, 6)])
        self.assertEqual(self._step("supply", cycle).user_id, self.buyer)
        self.assertEqual((cycle.step_ids - self._step("supply", cycle)).user_id, self.env.user)

    def test_without_templates_a_step_a_day(self):
        self.templates.unlink()
        cycle = self._make_cycle(date_open=date(2026, 11, 2))
        self.assertEqual(self._days(cycle), [(day, day) for day in range(2, 7)])

    def test_days_in_order_and_within_a_month(self):
        template = self.templates.filtered(lambda row: row.code == "supply")
        for first, last in ((3, 2), (0, 2), (1, 24)):
            with self.assertRaisesRegex(ValidationError, "Supply Review: the working days lie"):
                template.write({"day_start": first, "day_due": last})
        template.write({"day_start": 23, "day_due": 23})

    def test_one_template_a_step_and_company(self):
        for company in (False, self.company.id):
            vals = {"code": "data", "company_id": company}
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(UniqueViolation),
                self.env.cr.savepoint(),
            ):
                self.env["sop.step.template"].create([vals, vals])

    def test_elapsed_working_days_count_both_ends_and_no_weekend(self):
        with freeze_time("2026-11-06 08:00:00"):  # a Friday
            cycle = self._make_cycle(date_snapshot=fields.Datetime.now())
        step = self._step("data", cycle)
        with freeze_time("2026-11-09 08:00:00"):
            cycle.action_next_step()
        self.assertEqual(step.days_elapsed, 2)
        demand = self._step("demand", cycle)
        with freeze_time("2026-11-11 08:00:00"):
            demand.invalidate_recordset(["days_elapsed"])
            self.assertEqual(demand.days_elapsed, 3, "to today while it lasts")
            self.assertEqual(self._step("supply", cycle).days_elapsed, 0)
        self._holiday(date(2026, 11, 10))
        with freeze_time("2026-11-11 08:00:00"):
            demand.invalidate_recordset(["days_elapsed"])
            self.assertEqual(demand.days_elapsed, 2)

    def test_late_is_an_open_step_after_its_day(self):
        cycle = self._make_cycle(date_open=TODAY)
        step = self._step("demand", cycle)
        for day, is_late in (("2026-11-19", False), ("2026-11-20", True)):
            with freeze_time(day):
                step.invalidate_recordset(["is_late"])
                self.assertEqual(step.is_late, is_late)

    def test_rights_by_role(self):
        cycle = self._make_cycle()
        step = self._step("data", cycle)
        for role in ("viewer", "sales", "operations"):
            user = self._user(role)
            self.assertEqual(step.with_user(user).code, "data")
            with self.assertRaises(AccessError):
                step.with_user(user).date_due = TODAY
        for role in ("controller", "executive", "manager"):
            step.with_user(self._user(role)).date_due = TODAY
        stranger = self._user("manager", self.env["res.company"].create({"name": "Stranger"}))
        with self.assertRaises(AccessError):
            step.with_user(stranger).read(["code"])

    def test_only_administrators_change_checks_and_calendar(self):
        checks = self._switch_on("families")
        for record, vals in ((checks, {"active": False}), (self.templates[0], {"day_due": 9})):
            with self.assertRaises(AccessError):
                record.with_user(self._person(f"C{record._table}", "controller")).write(vals)
            record.with_user(self._person(f"A{record._table}", "manager")).write(vals)
