from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import mute_logger

SLOT_MINUTES = 1


class SopPresence(models.Model):
    """A minute in which somebody worked on S&OP screens: preparation time is counted from these."""

    _name = "sop.presence"
    _description = "S&OP Presence"
    _order = "moment desc"
    _log_access = False

    cycle_id = fields.Many2one("sop.cycle", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, index=True)
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    moment = fields.Datetime(required=True, help="Beginning of the minute.")

    _once = models.UniqueIndex("(cycle_id, user_id, moment)")

    @api.model
    def note_presence(self):
        """The user is at work on an S&OP screen now: one minute of the current open cycle.

        Called by the browser once a minute while a screen is in use. Minutes after the pack was
        published are no preparation any more, but are kept.
        """
        if not self.has_access("read"):
            return False
        cycle = self.env["sop.cycle"]._dashboard_cycle()
        if not cycle or cycle.is_frozen:
            return False
        minute = fields.Datetime.now().replace(second=0, microsecond=0)
        key = {"cycle_id": cycle.id, "user_id": self.env.uid, "moment": minute}
        presence = self.sudo()
        if presence.search_count([(name, "=", value) for name, value in key.items()], limit=1):
            return True
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                presence.create({**key, "company_id": cycle.company_id.id})
        except UniqueViolation:
            return True  # another window of the same user was quicker
        return True


class SopCycle(models.Model):
    """How many minutes people spent from the opening to the published pack, against the goal."""

    _inherit = "sop.cycle"

    minutes_preparation = fields.Integer(
        string="Minutes of preparation",
        compute="_compute_preparation",
        help="Minutes that people worked on S&OP screens, from the opening of the cycle until its"
        " pack was published.",
    )
    preparation_label = fields.Char(string="Preparation", compute="_compute_preparation")
    is_within_goal = fields.Boolean(compute="_compute_preparation")

    @api.depends_context("lang")
    def _compute_preparation(self):
        counts = self._minutes_worked()
        for cycle in self:
            minutes = counts.get(cycle.id, 0) * SLOT_MINUTES
            company = cycle.company_id
            goal, before = company.sop_preparation_goal, company.sop_preparation_before
            cycle.minutes_preparation = minutes
            cycle.is_within_goal = minutes <= 60 * goal
            words = self.env._(
                "%(spent)s of %(goal)s", spent=cycle._hours(minutes), goal=cycle._hours(60 * goal)
            )
            if before:
                words = self.env._(
                    "%(words)s (before: %(before)s)", words=words, before=cycle._hours(60 * before)
                )
            cycle.preparation_label = words

    def _minutes_worked(self):
        """{cycle id: minutes until its pack was published}."""
        own = []
        for cycle in self:
            published = "date_pack_published" in self._fields and cycle.date_pack_published
            until = Domain("moment", "<=", published) if published else Domain.TRUE
            own.append(Domain("cycle_id", "=", cycle.id) & until)
        rows = (
            self.env["sop.presence"].sudo()._read_group(Domain.OR(own), ["cycle_id"], ["__count"])
        )
        return {cycle.id: count for cycle, count in rows}

    @api.model
    def _hours(self, minutes):
        return f"{int(minutes) // 60}:{int(minutes) % 60:02d} h"


class ResCompany(models.Model):
    _inherit = "res.company"

    sop_preparation_goal = fields.Float(
        string="Preparation goal",
        default=2.0,
        help="Hours that preparing a cycle may take, from its opening to the published pack.",
    )
    sop_preparation_before = fields.Float(
        string="Preparation before",
        default=0.0,
        help="Hours that it took before S&OP Planning: entered once, to compare with.",
    )
