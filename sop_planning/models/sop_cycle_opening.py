import logging

from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import UserError

from .sop_cycle import CANCELLED, OPEN_STATES

_logger = logging.getLogger(__name__)


class SopCycle(models.Model):
    _inherit = "sop.cycle"

    @api.model
    def _cron_open_cycle(self):
        """Open and compute the month's cycle of every company whose opening day has come.

        Safe to run any number of times a month: a month has one cycle per company.
        """
        cron = self.env["ir.cron"]
        companies = self.env["res.company"].search([("sop_auto_open", "=", True)])
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            cycle = self._open_due_cycle_safely(company)
            if cycle:
                cron._commit_progress()
                cycle._refresh_safely()
            if not cron._commit_progress(1):
                break

    @api.model
    def _cron_refresh(self):
        """Compute every open cycle again from today's records."""
        cron = self.env["ir.cron"]
        cycles = self.search([("state", "in", OPEN_STATES)])
        cron._commit_progress(remaining=len(cycles))
        for cycle in cycles:
            cycle._refresh_safely()
            if not cron._commit_progress(1):
                break

    @api.model
    def _open_due_cycle_safely(self, company):
        """One company's trouble is logged and does not keep the others from their cycle."""
        try:
            return self._open_due_cycle(company)
        except Exception:
            self.env.cr.rollback()
            _logger.exception("No S&OP cycle could be opened for %s", company.name)
            return self.browse()

    @api.model
    def _open_due_cycle(self, company):
        """The new cycle of the company's current month, or nothing when it is not due."""
        today = company._sop_today()
        month = company._sop_month(today)
        if today < company._sop_opening_day(month) or self._has_cycle(company, month):
            return self.browse()
        if not self.env["sop.source"]._has_demand(company, month):
            _logger.info("No S&OP cycle for %s: it has no confirmed sales", company.name)
            return self.browse()
        return self._open_cycle(company, month)

    @api.model
    def _has_cycle(self, company, month):
        # a cancelled cycle was cancelled by somebody: it is not opened a second time
        return bool(
            self.search_count([("company_id", "=", company.id), ("month", "=", month)], limit=1)
        )

    @api.model
    def _open_cycle(self, company, month):
        """Create the company's cycle of ``month``, led by the controller of its last one."""
        last = self.search([("company_id", "=", company.id), ("state", "!=", CANCELLED)], limit=1)
        return self.with_company(company).create(
            {
                "company_id": company.id,
                "month": month,
                "user_id": (last.user_id or self._first_controller(company)).id,
                "horizon_months": company.sop_horizon_months,
                "history_months": company.sop_history_months,
                "reference": company.sop_reference,
            }
        )

    @api.model
    def _first_controller(self, company):
        """Who leads the company's first cycle: its first S&OP controller, if it has one."""
        group = self.env.ref("sop_planning.sop_planning_group_controller")
        return self.env["res.users"].search(
            [
                ("all_group_ids", "in", group.ids),
                ("company_ids", "in", company.ids),
                ("share", "=", False),
            ],
            order="id",
            limit=1,
        )

    def _refresh_safely(self):
        """Refresh one cycle for a scheduled action: a failure is recorded on its run and told
        to its controller, and the last good figures stay in place."""
        self.ensure_one()
        run = self.env["sop.run"]
        try:
            run = self._start_run()
            self.env["ir.cron"]._commit_progress()
            self._compute_with_retry(run)
        except UserError as error:
            self.env.cr.rollback()
            run._fail(str(error))
            if run:
                self.message_post(body=self.env._("The refresh failed: %s", error))
        except Exception:
            self.env.cr.rollback()
            _logger.exception("The refresh of S&OP cycle %s failed", self.id)
            run._fail(self.env._("An unexpected error occurred: see the server log."))

    def _compute_with_retry(self, run):
        """Compute once more when somebody entered a figure meanwhile: that figure must be in."""
        try:
            run._compute_plan()
            self.env.flush_all()
        except OperationalError:
            self.env.cr.rollback()
            run._compute_plan()
