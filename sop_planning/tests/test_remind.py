from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import MONTH, TODAY
from .common_gate import RemindCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRemind(RemindCommon):
    """Who still has to give something hears of it once an occasion, and has one activity."""

    def _remind(self):
        """Run the scheduled action; the mails that it made, by the person's name."""
        before = self.env["mail.mail"].search([])
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("sop_planning.ir_cron_sop_remind").method_direct_trigger()
        self.env.invalidate_all()
        mails = self.env["mail.mail"].search([]) - before
        return {mail.recipient_ids.name: mail for mail in mails if len(mail.recipient_ids) == 1}

    def _activities(self, user=None, cycle=None):
        self.env.invalidate_all()
        activities = (cycle or self.cycle).activity_ids
        return activities.filtered(lambda a: a.user_id == user) if user else activities

    def _due(self, code, days):
        self._step(code).date_due = TODAY + timedelta(days=days)

    def test_opened_one_activity_and_one_mail_that_say_what_is_missing(self):
        self._at("demand")
        mails = self._remind()
        self.assertEqual(set(mails), {"Anna", "Ben", "Carla"})
        mail = mails["Anna"]
        self.assertEqual(mail.subject, "S&OP November 2026: Demand Review")
        for part in ("Dear Anna", "expected of you", "November 2026", "Pumps", "Valves",
                     "due 11/27/2026", "/odoo/sop"):  # fmt: skip
            self.assertIn(part, mail.body_html)
        self.assertNotIn("Pumps", mails["Ben"].body_html)
        self.assertIn("<li>Demand Review</li>", mails["Carla"].body_html)
        self.assertIn("carla@maker.example", mail.email_from)
        activity = self._activities(self.anna)
        self.assertEqual(
            (len(activity), activity.summary, activity.date_deadline),
            (1, "S&OP: Demand Review", TODAY + timedelta(days=9)),
        )
        self.assertIn("Still to do: Pumps, Valves", activity.note)
        self.assertEqual(len(self._activities()), 3)

    def test_twice_is_nothing_new(self):
        self._at("demand")
        for days in (9, 1, -1):
            self._due("demand", days)
            self.assertTrue(self._remind())
            activities = self._activities()
            self.assertFalse(self._remind(), f"due in {days} days")
            self.assertEqual(self._activities(), activities)
        self.assertEqual(len(activities), 3)

    def test_due_tomorrow(self):
        self._at("demand")
        self._due("demand", 1)
        mails = self._remind()
        self.assertIn("this is due tomorrow", mails["Ben"].body_html)
        self._due("demand", 0)
        self.assertFalse(self._remind(), "who was warned needs not hear that it began")

    def test_overdue_with_a_copy_to_the_controller_that_names_all(self):
        self._at("demand")
        self._remind()
        self._due("demand", -1)
        mails = self._remind()
        self.assertIn("this is overdue", mails["Anna"].body_html)
        self.assertNotIn("Ben", mails["Anna"].body_html)
        for line in ("Anna: Pumps, Valves", "Ben: Valves", "Carla: Demand Review"):
            self.assertIn(f"<li>{line}</li>", mails["Carla"].body_html)

    def test_controller_who_has_nothing_to_do_gets_the_copy_too(self):
        self._at("demand")
        self._step("demand").user_id = self.ben
        self._due("demand", -1)
        mails = self._remind()
        self.assertIn("Anna: Pumps, Valves", mails["Carla"].body_html)
        self.assertFalse(self._activities(self.carla))
        self.assertIn("<li>Demand Review</li>", mails["Ben"].body_html)

    def test_agreed_families_close_their_owners_activity(self):
        self._at("demand")
        self._remind()
        self.valve_review.with_user(self.carla).action_agree()
        self.assertFalse(self._remind())
        self.assertFalse(self._activities(self.ben))
        self.assertTrue(self._activities(self.anna), "the pumps are not agreed")
        self.pump_review.action_agree()
        self._remind()
        self.assertIn("Still to do: Valves", self._activities(self.anna).note, "her input is")
        self.valve_review.action_reopen()
        self._remind()
        self.assertEqual(len(self._activities(self.ben)), 1, "open again")

    def test_next_step_closes_the_last_ones_activities(self):
        self._at("demand")
        self._remind()
        self._step("supply").user_id = self.ben
        self.cycle.with_user(self.carla).action_next_step()
        activity = self._activities()
        self.assertEqual((activity.user_id, activity.summary), (self.ben, "S&OP: Supply Review"))

    def test_only_what_was_given_is_called_done(self):
        self._at("demand")
        self._remind()
        self.valve_review.action_agree()
        self.cycle.with_user(self.carla).action_next_step()
        done = self.cycle.message_ids.filtered("mail_activity_type_id")
        self.assertEqual(len(done), 2, "Ben's and Carla's, who signed; not Anna's")
        self.assertIn(">Ben<", "".join(done.mapped("body")))
        self.assertNotIn("Anna", "".join(done.mapped("body")))
        self.assertNotIn("Still to do", "".join(done.mapped("body")))

    def test_frozen_cycle_leaves_nobody_anything_to_do(self):
        self._at("demand")
        self._remind()
        self.cycle.action_cancel()
        self.assertFalse(self._activities())
        self._due("demand", -1)
        self.assertFalse(self._remind())

    def test_activities_of_people_are_left_alone(self):
        self._at("demand")
        own = self.cycle.activity_schedule(
            "mail.mail_activity_data_todo", summary="S&OP: Demand Review", user_id=self.ben.id
        )
        self._remind()
        self.valve_review.action_agree()
        self._remind()
        self.cycle.action_next_step()
        self.assertEqual(self._activities(self.ben), own)

    def test_languages_are_the_readers(self):
        """Another language of who closes the step leaves no activity behind."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.model.fields.selection"].search(
            [("field_id.model", "=", "sop.cycle.step"), ("value", "=", "demand")]
        ).with_context(lang="fr_FR").name = "Revue de la demande"
        self.ben.lang, self.carla.lang = "fr_FR", "en_US"
        self._at("demand")
        self._step("demand").user_id = self.ben
        mails = self._remind()
        self.assertEqual(self._activities(self.ben).summary, "S&OP: Revue de la demande")
        self.assertIn("Revue de la demande", mails["Ben"].body_html)
        self.assertIn("27/11/2026", mails["Ben"].body_html)
        self.assertFalse(self._remind())
        self.assertEqual(len(self._activities(self.ben)), 1)
        self.cycle.with_user(self.carla).with_context(lang="en_US").action_next_step()
        self.assertFalse(self._activities(self.ben))

    def test_inactive_users_get_nothing(self):
        self._at("demand")
        self._due("demand", -1)
        (self.ben + self.carla).active = False
        self.assertEqual(set(self._remind()), {"Anna"})
        self.assertEqual(self._activities().user_id, self.anna)

    def test_people_of_other_companies_get_nothing(self):
        """Families are shared by companies, their people are not."""
        other = self.env["res.company"].create({"name": "Other"})
        self.valves.sop_contributor_ids = self._person("Olga", "sales", company=other)
        self._at("demand")
        self.assertEqual(set(self._remind()), {"Anna", "Ben", "Carla"})
        self.assertEqual(len(self._activities()), 3)

    def test_several_companies_each_their_own(self):
        other = self.env["res.company"].create({"name": "Other", "sop_auto_open": False})
        olga = self._person("Olga", "controller", company=other)
        cycle = self._make_cycle(
            company=other, user_id=olga.id, date_snapshot=fields.Datetime.now()
        )
        mails = self._remind()
        self.assertEqual(set(mails), {"Carla", "Olga"})
        self.assertEqual(self._activities(cycle=cycle).user_id, olga)
        self.assertEqual(self._activities().user_id, self.carla)

    def test_cycles_without_figures_are_not_reminded_of(self):
        self.cycle.date_snapshot = False
        self.assertFalse(self._remind())

    def test_one_failing_cycle_does_not_stop_the_others(self):
        october = self._make_cycle(
            month=MONTH.replace(month=10), user_id=self.carla.id,
            date_snapshot=fields.Datetime.now(),
        )  # fmt: skip
        cycles = type(self.env["sop.cycle"])
        original, failed = cycles._remind, self.cycle

        def fail_for_one(cycle):
            if cycle == failed:
                raise ValueError("broken")
            return original(cycle)

        with (
            patch.object(cycles, "_remind", fail_for_one),
            mute_logger("odoo.addons.sop_planning.models.sop_cycle_remind"),
        ):
            self._remind()
        self.assertTrue(self._activities(cycle=october))
        self.assertFalse(self._activities())

    def test_nobody_reads_what_others_were_told_but_administrators(self):
        self._remind()
        notices = self.env["sop.notice"]
        self.assertTrue(notices.with_user(self._person("Adam", "manager")).search([]))
        with self.assertRaises(AccessError):
            notices.with_user(self.carla).search([])
