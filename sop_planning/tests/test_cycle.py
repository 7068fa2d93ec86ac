from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import MONTH, TODAY, SopCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCycle(SopCommon):
    def test_new_cycle_starts_with_the_current_month(self):
        cycle = Form(self.env["sop.cycle"]).save()
        self.assertEqual(cycle.month, MONTH)
        self.assertEqual(cycle.horizon_months, 18)
        self.assertEqual(cycle.date_end, date(2028, 5, 1))
        self.assertIn("November", cycle.name)

    def test_five_steps_fall_due_on_five_working_days(self):
        cycle = self._make_cycle(date_open=date(2026, 11, 5))
        self.assertEqual(
            cycle.step_ids.mapped("code"), ["data", "demand", "supply", "pre_sop", "executive"]
        )
        # Thursday, Friday, then Monday to Wednesday
        days = [5, 6, 9, 10, 11]
        self.assertEqual(cycle.step_ids.mapped("date_due"), [date(2026, 11, day) for day in days])

    def test_one_cycle_a_month_and_company(self):
        self._make_cycle()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._make_cycle()

    def test_cancelled_cycle_makes_room(self):
        self._make_cycle().action_cancel()
        self.env.flush_all()
        self.assertTrue(self._make_cycle())

    def test_month_is_a_first_day(self):
        with self.assertRaisesRegex(ValidationError, "first day of a month"):
            self._make_cycle(month=date(2026, 11, 2))

    def test_month_that_has_not_begun_has_no_complete_history(self):
        with self.assertRaisesRegex(ValidationError, "December 2026 has not begun"):
            self._make_cycle(month=date(2026, 12, 1))

    def test_cycle_is_found_by_its_name(self):
        cycle = self._make_cycle()
        october = self._make_cycle(month=date(2026, 10, 1))
        names = self.env["sop.cycle"].name_search("nov")
        self.assertEqual([cycle_id for cycle_id, _name in names], cycle.ids)
        self.assertIn(october, self.env["sop.cycle"].search([("name", "ilike", "october")]))
        for model in ("sop.demand.line", "sop.plan.report", "sop.exception", "sop.run"):
            self.env[model].search([("cycle_id", "ilike", "nov")])

    def test_current_cycle_is_the_newest_that_is_not_cancelled(self):
        october = self._make_cycle(month=date(2026, 10, 1))
        november = self._make_cycle()
        current = [("is_current", "=", True), ("company_id", "=", self.company.id)]
        self.assertEqual(self.env["sop.cycle"].search(current), november)
        november.action_cancel()
        self.assertEqual(self.env["sop.cycle"].search(current), october)
        self.assertTrue(october.is_current)
        self.assertFalse(november.is_current)

    def test_settings_come_from_the_cycle_s_company(self):
        other = self.env["res.company"].create(
            {"name": "Other", "sop_horizon_months": 24, "sop_reference": "last_year"}
        )
        cycle = self.env["sop.cycle"].create({"company_id": other.id})
        self.assertEqual((cycle.horizon_months, cycle.reference), (24, "last_year"))

    def test_computed_cycle_keeps_its_month(self):
        self._sell_monthly(self.pump, [5] * 3)
        cycle = self._make_cycle()
        cycle.action_refresh()
        with self.assertRaisesRegex(UserError, "create another"):
            cycle.month = date(2026, 10, 1)

    def test_horizon_is_not_cut_before_entered_figures(self):
        self._sell_monthly(self.pump, [5] * 3)
        cycle = self._make_cycle()
        cycle.action_refresh()
        self._line(cycle, self.pump, date(2028, 4, 1)).qty_override = 7
        with self.assertRaisesRegex(ValidationError, "1 figures that people entered"):
            cycle.horizon_months = 12

    def test_horizon_zero_is_refused_with_its_limits(self):
        with self.assertRaisesRegex(ValidationError, "between 12 and 24.*0 was entered"):
            self._make_cycle(horizon_months=0)

    def test_steps_are_signed_off_one_after_the_other(self):
        self._sell_monthly(self.pump, [5] * 3)
        cycle = self._make_cycle()
        cycle.action_refresh()
        for state in ("demand", "supply", "pre_sop", "executive"):
            cycle.action_next_step()
            self.assertEqual(cycle.state, state)
        self.assertEqual(cycle.step_ids.mapped("state"), ["done"] * 4 + ["current"])
        self.assertEqual(cycle.step_ids[0].signed_by_id, self.env.user)
        with self.assertRaisesRegex(UserError, "last step"):
            cycle.action_next_step()
        cycle.action_approve()
        self.assertTrue(cycle.is_frozen)

    def test_step_without_figures_cannot_be_closed(self):
        with self.assertRaisesRegex(UserError, "press Refresh"):
            self._make_cycle().action_next_step()

    def test_sent_back_step_loses_its_signature(self):
        self._sell_monthly(self.pump, [5] * 3)
        cycle = self._make_cycle()
        cycle.action_refresh()
        cycle.action_next_step()
        cycle.action_send_back("A figure was wrong")
        self.assertEqual(cycle.state, "data")
        self.assertFalse(cycle.step_ids[0].signed_by_id)
        with self.assertRaisesRegex(UserError, "first step"):
            cycle.action_send_back("A figure was wrong")

    def _approved_cycle(self):
        self._sell_monthly(self.pump, [5] * 3)
        cycle = self._make_cycle()
        cycle.action_refresh()
        for _step in range(4):
            cycle.action_next_step()
        cycle.action_approve()
        return cycle

    def test_approved_plan_is_frozen(self):
        cycle = self._approved_cycle()
        with self.assertRaisesRegex(UserError, "frozen"):
            cycle.action_refresh()
        with self.assertRaisesRegex(UserError, "frozen"):
            self._line(cycle, self.pump).qty_override = 9
        with self.assertRaisesRegex(UserError, "frozen"):
            cycle.review_ids.action_agree()
        with self.assertRaisesRegex(UserError, "frozen"):
            cycle.reference = "last_year"
        with self.assertRaisesRegex(UserError, "kept for good"):
            cycle.unlink()

    def test_cancelled_cycle_that_comes_back_starts_without_signatures(self):
        self._sell_monthly(self.pump, [5] * 3)
        cycle = self._make_cycle()
        cycle.action_refresh()
        cycle.action_next_step()
        cycle.action_cancel()
        cycle.action_send_back("A figure was wrong")
        self.assertEqual(cycle.state, "data")
        self.assertFalse(cycle.step_ids.signed_by_id)

    def test_approval_sent_back_opens_the_plan_again(self):
        cycle = self._approved_cycle()
        with self.assertRaisesRegex(UserError, "Only S&OP executives"):
            cycle.with_user(self._user("controller")).action_send_back("A figure was wrong")
        cycle.action_send_back("A figure was wrong")
        self.assertEqual(cycle.state, "executive")
        self._line(cycle, self.pump).qty_override = 9

    def test_only_executives_approve(self):
        self._sell_monthly(self.pump, [5] * 3)
        cycle = self._make_cycle()
        cycle.action_refresh()
        for _step in range(4):
            cycle.action_next_step()
        controller = self._user("controller")
        with self.assertRaisesRegex((UserError, AccessError), "executives"):
            cycle.with_user(controller).action_approve()

    def test_agreeing_signs_a_family_off(self):
        self._sell_monthly(self.pump, [5] * 3)
        cycle = self._make_cycle()
        cycle.action_refresh()
        review = self._review(cycle, self.pumps)
        review.action_agree()
        self.assertEqual(review.signed_by_id, self.env.user)
        self.assertEqual((cycle.agreed_count, cycle.family_count), (1, 1))
        review.action_reopen()
        self.assertFalse(review.signed_by_id)
