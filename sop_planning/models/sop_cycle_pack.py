import logging
from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from .navigation import open_action
from .sop_cycle import OPEN_STATES

_logger = logging.getLogger(__name__)

PACK_HOUR = 6  # o'clock in the company's time zone: before office hours


class SopCycle(models.Model):
    """The meeting packs of a cycle, and the scheduled one."""

    _inherit = "sop.cycle"

    pack_ids = fields.One2many("sop.pack", "cycle_id", string="Meeting packs")
    pack_count = fields.Integer(compute="_compute_pack_count")
    date_pack_published = fields.Datetime(
        string="Pack published on",
        readonly=True,
        copy=False,
        help="When the last version of the meeting pack was sent to the people of the meeting.",
    )

    @api.depends("pack_ids")
    def _compute_pack_count(self):
        counts = self._count("sop.pack", "state", [])
        for cycle in self:
            cycle.pack_count = sum(counts.get(cycle, {}).values())

    def action_open_packs(self):
        return self._open("sop_pack_action")

    def action_publish_pack(self):
        """The cycle's draft with the figures of now, to be read before it is sent."""
        self.ensure_one()
        draft = self.env["sop.pack"]._draft_of(self)
        action = open_action(self.env, "sop_pack_action", [("cycle_id", "=", self.id)], "form")
        return {**action, "res_id": draft.id}

    # ---- the scheduled pack ----

    @api.model
    def _cron_publish_pack(self):
        """Publish the pack of every open cycle whose day has come and that has none yet.

        Safe to run any number of times and late; runs every hour, since the morning comes at its
        own time in every company's time zone.
        """
        cron = self.env["ir.cron"]
        cycles = self.search(
            [
                ("state", "in", OPEN_STATES),
                ("date_pack_published", "=", False),
                ("date_snapshot", "!=", False),
                ("company_id.sop_pack_auto", "=", True),
            ],
            order="month, id",
        )
        due = cycles.filtered(lambda cycle: cycle._is_pack_due())
        cron._commit_progress(remaining=len(due))
        for cycle in due:
            cycle._publish_pack_safely()
            if not cron._commit_progress(1):
                break

    def _is_pack_due(self):
        """Whether the morning of the pack has come, and no refresh is changing the figures."""
        zone = pytz.timezone(self.company_id._sop_timezone())
        morning = zone.localize(datetime.combine(self._pack_day(), time(PACK_HOUR)))
        now = pytz.utc.localize(fields.Datetime.now())
        return now >= morning and not self._running_run()

    def _pack_day(self):
        """The second working day of the week in which the cycle opened: its Tuesday."""
        return self.company_id._sop_working_days(self.week_start, 2)[1]

    def _publish_pack_safely(self):
        """One cycle's trouble is logged and told on it, and does not keep the others from their
        pack."""
        self.ensure_one()
        try:
            packs = self.env["sop.pack"].with_company(self.company_id)
            packs._draft_of(self)._publish()
            self.env.flush_all()
        except UserError as error:
            self.env.cr.rollback()
            _logger.warning("No meeting pack of S&OP cycle %s: %s", self.id, error)
        except Exception:
            self.env.cr.rollback()
            _logger.exception("The meeting pack of S&OP cycle %s failed", self.id)


class ResCompany(models.Model):
    _inherit = "res.company"

    sop_pack_auto = fields.Boolean(
        string="Publish the meeting pack",
        default=True,
        help="Make and send the meeting pack of a cycle on the second working day of the week in"
        " which it opened, at six in the morning of the company's time zone, unless one was"
        " published by then.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sop_pack_auto = fields.Boolean(related="company_id.sop_pack_auto", readonly=False)
