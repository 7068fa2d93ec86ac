from datetime import datetime
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import MONTH, TODAY
from .common_gate import GateCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPresence(GateCommon):
    """Preparation time: the minutes in which somebody works on S&OP screens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._person("Anna", "viewer")
        cls.ben = cls._person("Ben", "controller")

    def _note(self, moment, *users):
        with freeze_time(f"2026-11-18 {moment}"):
            return [self._presence(user).note_presence() for user in users]

    def _presence(self, user):
        """Presences as the user's browser asks for them."""
        companies = {"allowed_company_ids": user.company_ids.ids}
        return self.env["sop.presence"].with_user(user).with_context(**companies)

    def _minutes(self, cycle=None):
        self.env.invalidate_all()
        return (cycle or self.cycle).minutes_preparation

    def _label(self):
        self.env.invalidate_all()
        return self.cycle.preparation_label

    def test_a_minute_counts_once_a_user(self):
        self.assertEqual(self._note("09:00:05", self.anna, self.anna), [True, True])
        self._note("09:00:59", self.anna)
        self.assertEqual(self._minutes(), 1)
        self._note("09:01:00", self.anna)
        self.assertEqual(self._minutes(), 2)
        presence = self.env["sop.presence"].search([("cycle_id", "=", self.cycle.id)])
        self.assertEqual(min(presence.mapped("moment")), datetime(2026, 11, 18, 9))
        self.assertEqual((presence.user_id, presence.company_id), (self.anna, self.company))

    def test_two_users_are_two_minutes(self):
        self._note("09:00:00", self.anna, self.ben)
        self.assertEqual(self._minutes(), 2)

    def test_two_windows_at_the_same_moment_are_no_error(self):
        """What the other window has written is not seen yet, and refused by the database."""
        self._note("09:00:00", self.anna)
        model = type(self.env["sop.presence"])
        with patch.object(model, "search_count", lambda *_args, **_kwargs: 0):
            self.assertEqual(self._note("09:00:30", self.anna), [True])
        self.assertEqual(self._minutes(), 1)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self._put("sop.presence", user_id=self.anna.id, moment=datetime(2026, 11, 18, 9))

    def test_it_is_the_current_cycle_of_the_company(self):
        october = self._make_cycle(month=MONTH.replace(month=10))
        self._note("09:00:00", self.anna)
        self.assertEqual((self._minutes(), self._minutes(october)), (1, 0))
        other = self.env["res.company"].create({"name": "Other"})
        cycle = self._make_cycle(company=other)
        self._note("09:00:00", self._person("Olga", "viewer", company=other))
        self.assertEqual((self._minutes(), self._minutes(cycle)), (1, 1))

    def test_frozen_cycles_do_not_count(self):
        self.cycle.state = "approved"
        self.assertEqual(self._note("09:00:00", self.anna), [False])
        self.cycle.state = "cancelled"
        self.assertEqual(self._note("09:01:00", self.anna), [False])
        self.assertEqual(self._minutes(), 0)

    def test_who_has_no_right_to_planning_does_not_count(self):
        self.assertEqual(self._note("09:00:00", self._user(None)), [False])
        self.assertEqual(self._minutes(), 0)

    def test_minutes_after_the_pack_was_published_do_not_count(self):
        october = self._make_cycle(month=MONTH.replace(month=10))
        for moment in ("09:00:00", "09:30:00", "09:31:00", "10:00:00", "10:01:00"):
            self._note(moment, self.anna)
        self._put(
            "sop.presence", cycle_id=october.id, user_id=self.anna.id, moment=fields.Datetime.now()
        )
        self.cycle.date_pack_published = datetime(2026, 11, 18, 9, 30, 40)
        self.assertEqual(self._minutes(), 2, "09:30 had begun")
        both = self.cycle + october
        self.assertEqual(both.mapped("minutes_preparation"), [2, 1])
        self.cycle.date_pack_published = False
        self.assertEqual(self._minutes(), 5)

    def test_label_compares_with_the_goal_and_with_before(self):
        self.assertEqual(self._label(), "0:00 h of 2:00 h")
        self.company.write({"sop_preparation_goal": 0.05, "sop_preparation_before": 20.5})
        for minute in range(3):
            self._note(f"09:0{minute}:00", self.anna)
        self.assertEqual(self._label(), "0:03 h of 0:03 h (before: 20:30 h)")
        self.assertTrue(self.cycle.is_within_goal)
        self._note("09:30:00", self.ben)
        self.assertEqual(self._label(), "0:04 h of 0:03 h (before: 20:30 h)")
        self.assertFalse(self.cycle.is_within_goal)

    def test_who_reads_and_nobody_writes(self):
        self._note("09:00:00", self.anna)
        presence = self.env["sop.presence"].search([("cycle_id", "=", self.cycle.id)])
        self.assertEqual(presence.with_user(self.ben).user_id, self.anna)
        with self.assertRaises(AccessError):
            presence.with_user(self.ben).unlink()
        with self.assertRaises(AccessError):
            self.env["sop.presence"].with_user(self.ben).create({"cycle_id": self.cycle.id})
        stranger = self._user("manager", self.env["res.company"].create({"name": "Stranger"}))
        self.assertFalse(self._presence(stranger).search([]))
