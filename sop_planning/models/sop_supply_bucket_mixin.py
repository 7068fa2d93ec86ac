from odoo import api, fields, models
from odoo.tools import format_date


class SopSupplyBucketMixin(models.AbstractModel):
    """A row of a scenario in one bucket of its supply plan: a week of the cycle, or a month."""

    _name = "sop.supply.bucket.mixin"
    _description = "S&OP Supply Bucket"

    scenario_id = fields.Many2one(
        "sop.scenario", required=True, ondelete="cascade", readonly=True, index=False
    )
    cycle_id = fields.Many2one(
        "sop.cycle", required=True, ondelete="cascade", readonly=True, index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    bucket_start = fields.Date(string="From", required=True, readonly=True, help="First day.")
    bucket_end = fields.Date(string="Before", readonly=True, help="First day after.")
    week = fields.Integer(
        string="Week number",
        readonly=True,
        aggregator=False,
        help="Number of the week in the cycle; 0 for the months behind the weeks.",
    )
    period = fields.Char(
        readonly=True,
        index=False,
        help="The week of the cycle and its ISO week, or the month. Sorts as time does.",
    )
    period_label = fields.Char(string="Weeks", compute="_compute_period_label")

    @api.depends("bucket_start", "bucket_end", "week")
    @api.depends_context("lang")
    def _compute_period_label(self):
        for row in self:
            row.period_label = row._period_words()

    def _period_words(self):
        if not self.bucket_start:
            return ""
        if self.week:
            iso = self.bucket_start.isocalendar()
            return self.env._(
                "Week %(week)s (%(year)s-W%(iso)02d)", week=self.week, year=iso[0], iso=iso[1]
            )
        return format_date(self.env, self.bucket_start, date_format="MMM yyyy")
