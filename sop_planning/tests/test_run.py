from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.tests import HttpCase, freeze_time, tagged

from .common import TODAY, SopCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRun(SopCommon):
    def test_run_records_steps_feeds_rows_and_seconds(self):
        self._sell_monthly(self.pump, [10] * 3)
        cycle = self._make_cycle()
        cycle.action_refresh()
        run = cycle.run_ids
        self.assertEqual(run.state, "done")
        rows = {row["name"]: row["rows"] for row in run.log}
        self.assertEqual(rows["orders"], 3)
        self.assertEqual(rows["compose"], 18)
        self.assertEqual(
            [name for name in rows if name in ("gather", "forecast", "compose", "write", "flag")],
            ["gather", "forecast", "compose", "write", "flag"],
        )
        self.assertIn("forecast", run.log_text)
        self.assertEqual(run.get_progress()["rate_done"], 1.0)

    def test_browser_starts_a_run_then_executes_it(self):
        self._sell_monthly(self.pump, [10] * 3)
        cycle = self._make_cycle()
        run = self.env["sop.run"].browse(cycle.action_start_refresh())
        self.assertEqual(run.get_progress()["state"], "running")
        self.assertTrue(run.action_execute())
        self.assertEqual(run.state, "done")
        self.assertFalse(run.action_execute(), "a finished run is not executed again")

    def test_second_refresh_at_the_same_time_is_told_to_wait(self):
        # two transactions need a cycle that both can see: a committed one, removed at the end
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cycle_id = env["sop.cycle"].create({"month": "2000-01-01"}).id
        self.addCleanup(self._remove_committed, cycle_id)
        with self.registry.cursor() as first, self.registry.cursor() as second:
            ours, theirs = (
                api.Environment(cr, SUPERUSER_ID, {})["sop.cycle"].browse(cycle_id)
                for cr in (first, second)
            )
            ours.lock_for_update(allow_referencing=True)
            with self.assertRaisesRegex(UserError, "being refreshed already"):
                theirs.action_refresh()
            second.rollback()

    def _remove_committed(self, cycle_id):
        with self.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["sop.cycle"].browse(cycle_id).unlink()


@tagged("post_install", "-at_install")
class TestDashboardRoute(HttpCase):
    def test_dashboard_of_an_empty_database_offers_a_first_cycle(self):
        self.env["sop.cycle"].search([]).unlink()
        self.authenticate("admin", "admin")
        data = self.make_jsonrpc_request(
            "/web/dataset/call_kw/sop.cycle/get_dashboard_data",
            {"model": "sop.cycle", "method": "get_dashboard_data", "args": [], "kwargs": {}},
        )
        self.assertEqual(data, {"cycle": False, "can_create": True})

    def test_refresh_of_a_company_without_sales_says_so(self):
        company = self.env["res.company"].create({"name": "Silent"})
        cycle = self.env["sop.cycle"].with_company(company).create({"company_id": company.id})
        with self.assertRaisesRegex(UserError, "Silent has no confirmed sales"):
            cycle.action_refresh()
