from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from .navigation import open_action
from .sop_planner_supply import WEEKS

QUOTED = ("draft", "sent")
WEEK = timedelta(days=7)


class SaleOrder(models.Model):
    """A quotation says when a family cannot be delivered in the week that is asked for."""

    _inherit = "sale.order"

    sop_full_notice = fields.Text(
        string="Families that are full",
        compute="_compute_sop_full_notice",
        help="What the current plan says of the requested week; no figures.",
    )

    @api.depends("state", "company_id", "commitment_date", "order_line.product_id")
    @api.depends_context("lang")
    def _compute_sop_full_notice(self):
        quotations = self.filtered(lambda order: order.state in QUOTED)
        gaps = quotations._sop_gap_weeks()
        for order in self:
            weeks = {
                family: gaps[order.company_id, family]
                for family in order._sop_families()
                if order in quotations and (order.company_id, family) in gaps
            }
            order.sop_full_notice = order._sop_full_words(weeks) if weeks else False

    def _sop_families(self):
        goods = self.order_line.product_id.filtered(lambda product: product.type == "consu")
        return goods.categ_id.sop_family_id

    def _sop_gap_weeks(self):
        """{(company, family): [gap line, by its first day]} of the plans that are followed.

        Read for the salesperson, who may have no right on plans: nothing of it is told but the
        family and the weeks.
        """
        families = self._sop_families()
        if not families:
            return {}
        rows = (
            self.env["sop.supply.gap.line"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "in", self.company_id.ids),
                    ("family_id", "in", families.ids),
                    ("cycle_id.is_current", "=", True),
                    ("scenario_id.is_followed", "=", True),
                    ("gap_id.active", "=", True),
                    ("gap_id.state", "!=", "solved"),
                ],
                ["company_id", "family_id"],
                ["id:recordset"],
            )
        )
        return {
            (company, family.sudo(False)): lines.sorted("bucket_start")
            for company, family, lines in rows
        }

    def _sop_requested_day(self):
        """The day that the customer asks for; nothing is delivered before today."""
        company = self.company_id
        moment = self.commitment_date or self.expected_date
        return max(company._sop_day(moment) if moment else company._sop_today(),
                   company._sop_today())  # fmt: skip

    def _sop_full_words(self, weeks):
        """The sentence for this quotation, from {family: gap lines}; nothing when the requested
        week is free."""
        day = self._sop_requested_day()
        full = {
            family: lines.filtered(lambda line: line.bucket_start <= day < line.bucket_end)
            for family, lines in weeks.items()
        }
        full = {family: lines for family, lines in full.items() if lines}
        if not full:
            return False
        sentences = [self._sop_family_words(family, lines) for family, lines in full.items()]
        return "\n".join([*sentences, self._sop_free_words(day, weeks)])

    def _sop_family_words(self, family, lines):
        line = lines[:1]
        is_capacity = "capacity" in lines.mapped("kind")
        period = self._sop_period(line.week, line.bucket_start)
        if is_capacity:
            return self.env._(
                "%(family)s is full in %(period)s.", family=family.name, period=period
            )
        return self.env._(
            "%(family)s is short of material in %(period)s.", family=family.name, period=period
        )

    def _sop_free_words(self, day, weeks):
        """The first period in which none of the families is full: gaps that touch each other are
        walked to their end."""
        lines = self.env["sop.supply.gap.line"].sudo().union(*weeks.values())
        for first, end in sorted({(line.bucket_start, line.bucket_end) for line in lines}):
            if first <= day < end:
                day = end
        cycle = lines.cycle_id[:1]
        if day >= cycle.date_end:
            return self.env._("The plan has no free week for it until its end.")
        week = (day - cycle.week_start) // WEEK + 1
        period = self._sop_period(week if week <= WEEKS else 0, day)
        return self.env._("Earliest with capacity: %s.", period)

    def _sop_period(self, week, day):
        if not week:
            return format_date(self.env, day, date_format="MMMM yyyy")
        return self.env._(
            "week %(week)s (from %(day)s)",
            week=week,
            day=format_date(self.env, day, date_format="d MMM"),
        )

    def action_open_sop_gaps(self):
        """The gaps of these quotations' families in the plan that is followed."""
        domain = [
            ("company_id", "in", self.company_id.ids),
            ("family_id", "in", self._sop_families().ids),
            ("cycle_id.is_current", "=", True),
            ("scenario_id.is_followed", "=", True),
        ]
        return open_action(self.env, "sop_supply_gap_action", domain, search_default_open=1)
