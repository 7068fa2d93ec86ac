import pandas as pd
from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, HttpCase, freeze_time, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

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

    def test_run_that_died_with_its_server_is_told_by_the_next_one(self):
        self._sell_monthly(self.pump, [10] * 3)
        cycle = self._make_cycle()
        dead = self.env["sop.run"].browse(cycle.action_start_refresh())
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sop_run SET create_date = create_date - INTERVAL '2 hours' WHERE id = %s",
            [dead.id],
        )
        self.env.invalidate_all()
        cycle.action_refresh()
        self.assertEqual(dead.state, "failed")
        self.assertIn("nothing was changed", dead.message)
        self.assertEqual(cycle.run_ids.sorted("id")[-1].state, "done")


@tagged("post_install", "-at_install")
class TestConcurrency(BaseCase):
    """Two real transactions on a committed cycle, which is removed at the end."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = self._env(cr)
            cycle = env["sop.cycle"].create({"month": "2000-01-01"})
            product = env["product.product"].create({"name": "Contested pump"})
            self.ids = {"sop.cycle": cycle.id, "product.product": product.id}
            cr.execute(
                "INSERT INTO sop_demand_line"
                " (cycle_id, company_id, product_id, bucket_start, qty_statistical)"
                " VALUES (%s, %s, %s, '2000-01-01', 10) RETURNING id",
                (cycle.id, cycle.company_id.id, product.id),
            )
            self.line_id = cr.fetchone()[0]
        self.addCleanup(self._remove_committed)

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _remove_committed(self):
        with self.registry.cursor() as cr:
            for model, record_id in self.ids.items():
                self._env(cr)[model].browse(record_id).unlink()

    def test_second_refresh_at_the_same_time_is_told_to_wait(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            ours, theirs = (
                self._env(cr)["sop.cycle"].browse(self.ids["sop.cycle"]) for cr in (first, second)
            )
            ours.lock_for_update(allow_referencing=True)
            with self.assertRaisesRegex(UserError, "being refreshed already"):
                theirs.action_refresh()
            second.rollback()

    @mute_logger("odoo.sql_db")
    def test_override_entered_while_a_refresh_runs_is_never_lost(self):
        with self.registry.cursor() as refreshing:
            env = self._env(refreshing)
            cycle = env["sop.cycle"].browse(self.ids["sop.cycle"])
            before = env["sop.source"]._read_inputs(cycle)
            self.assertTrue(before.empty, "the refresh has read its inputs")
            with self.registry.cursor() as editing:
                self._env(editing)["sop.demand.line"].browse(self.line_id).qty_override = 77
            line = pd.DataFrame(
                {
                    "cycle_id": [cycle.id],
                    "product_id": [self.ids["product.product"]],
                    "bucket_start": ["2000-01-01"],
                    "company_id": [cycle.company_id.id],
                    "qty_consensus": [10.0],
                }
            )
            with self.assertRaises(OperationalError):
                env["sop.planner"]._upsert(
                    env["sop.demand.line"], ("cycle_id", "product_id", "bucket_start"), line
                )
            refreshing.rollback()
        with self.registry.cursor() as cr:
            line = self._env(cr)["sop.demand.line"].browse(self.line_id)
            self.assertEqual((line.is_overridden, line.qty_consensus), (True, 77))


@tagged("post_install", "-at_install")
class TestDashboardRoute(HttpCase):
    def test_dashboard_of_an_empty_database_offers_a_first_cycle(self):
        self.env["sop.cycle"].search([]).unlink()
        self.authenticate("admin", "admin")
        data = self.make_jsonrpc_request(
            "/web/dataset/call_kw/sop.cycle/get_dashboard_data",
            {"model": "sop.cycle", "method": "get_dashboard_data", "args": [], "kwargs": {}},
        )
        self.assertEqual((data["cycle"], data["can_create"]), (False, True))
        self.assertTrue(data["first_run"]["steps"])

    def test_refresh_of_a_company_without_sales_says_so(self):
        self.env["product.template"].search([]).sale_ok = False
        company = self.env["res.company"].create({"name": "Silent"})
        cycle = self.env["sop.cycle"].with_company(company).create({"company_id": company.id})
        with self.assertRaisesRegex(UserError, "Silent has no confirmed sales"):
            cycle.action_refresh()
