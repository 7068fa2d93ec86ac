from datetime import date, datetime
from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import SopCommon


@tagged("post_install", "-at_install")
class TestOpening(SopCommon):
    """The scheduled actions: the first Monday's cycle, and the nightly refresh."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._sell_monthly(cls.pump, [10] * 12)
        cls.env["res.company"].search([]).sop_auto_open = False
        cls.company.sop_auto_open = True

    def _run(self, name, day):
        cron = self.env.ref(f"sop_planning.ir_cron_sop_{name}")
        with freeze_time(day), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        return self.env["sop.cycle"].search([("company_id", "=", self.company.id)])

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

    def test_nothing_opens_before_the_first_monday(self):
        # 1 November 2026 is a Sunday
        self.assertFalse(self._run("open_cycle", "2026-11-01 12:00:00"))

    def test_first_monday_opens_and_computes_the_month(self):
        cycle = self._run("open_cycle", "2026-11-02 03:00:00")
        self.assertEqual((cycle.month, cycle.date_open), (date(2026, 11, 1), date(2026, 11, 2)))
        self.assertTrue(cycle.date_snapshot)
        self.assertEqual(cycle.run_ids.state, "done")
        self.assertTrue(self._line(cycle, self.pump, cycle.month))

    def test_first_monday_may_be_the_first_day(self):
        # 1 June 2026 is a Monday
        cycle = self._run("open_cycle", "2026-06-01 03:00:00")
        self.assertEqual(cycle.month, date(2026, 6, 1))

    def test_holiday_moves_the_opening_to_the_next_working_day(self):
        self._holiday(date(2026, 11, 2))
        self.assertEqual(self.company._sop_opening_day(date(2026, 11, 1)), date(2026, 11, 3))
        self.assertFalse(self._run("open_cycle", "2026-11-02 03:00:00"))
        self.assertTrue(self._run("open_cycle", "2026-11-03 03:00:00"))

    def test_missed_monday_is_made_up_for(self):
        self.assertTrue(self._run("open_cycle", "2026-11-12 03:00:00"))

    def test_running_twice_opens_one_cycle(self):
        first = self._run("open_cycle", "2026-11-02 03:00:00")
        self.assertEqual(self._run("open_cycle", "2026-11-03 03:00:00"), first)

    def test_cancelled_cycle_is_not_opened_again(self):
        first = self._run("open_cycle", "2026-11-02 03:00:00")
        first.action_cancel()
        self.assertEqual(self._run("open_cycle", "2026-11-03 03:00:00"), first)

    def test_company_that_does_not_want_cycles_or_has_no_sales_gets_none(self):
        quiet = self.env["res.company"].create({"name": "Quiet", "sop_auto_open": True})
        self.company.sop_auto_open = False
        self.assertFalse(self._run("open_cycle", "2026-11-02 03:00:00"))
        self.assertFalse(self.env["sop.cycle"].search([("company_id", "=", quiet.id)]))

    def test_night_refresh_reads_the_day_s_orders_again(self):
        cycle = self._run("open_cycle", "2026-11-02 03:00:00")
        self._sell(date(2026, 11, 20), {self.pump: 4})
        self._run("refresh", "2026-11-03 04:00:00")
        self.assertEqual(self._line(cycle, self.pump, date(2026, 11, 1)).qty_orders, 4)
        self.assertEqual(cycle.date_snapshot.date(), date(2026, 11, 3))

    def test_one_company_s_trouble_does_not_stop_the_others(self):
        def fail_for_first(cycles, company):
            if company == broken:
                raise ValueError("broken")
            return original(cycles, company)

        broken = self.env["res.company"].create({"name": "Broken", "sequence": -1})
        cycles = type(self.env["sop.cycle"])
        original = cycles._open_due_cycle
        with (
            patch.object(cycles, "_open_due_cycle", fail_for_first),
            mute_logger("odoo.addons.sop_planning.models.sop_cycle_opening"),
        ):
            self.assertTrue(self._run("open_cycle", "2026-11-02 03:00:00"))

    def test_failed_night_refresh_is_told_and_keeps_the_figures(self):
        cycle = self._run("open_cycle", "2026-11-02 03:00:00")
        self.pump.sale_ok = False
        self._run("refresh", "2026-11-03 04:00:00")
        self.assertEqual(cycle.run_ids.sorted("id")[-1].state, "failed")
        self.assertIn("tick Sales", cycle.run_ids.sorted("id")[-1].message)
        self.assertIn("tick Sales", cycle.message_ids[0].body)
        self.assertTrue(self._line(cycle, self.pump, date(2026, 11, 1)).qty_consensus)
        self.assertEqual(cycle.date_snapshot.date(), date(2026, 11, 2))
