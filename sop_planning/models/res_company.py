from datetime import date, datetime, time, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..palette import DEVIATION_LIMITS

REFERENCES = [
    ("trend", "Trend"),
    ("statistical", "Statistical forecast"),
    ("last_plan", "Last approved plan"),
    ("last_year", "Same months last year"),
    ("budget", "Budget"),
]
# who may change the months that are frozen: value, label, group
FROZEN_ROLES = [
    ("controller", "Controller"),
    ("executive", "Executive"),
    ("manager", "Administrator"),
]
HORIZON_LIMITS = (12, 24)
HISTORY_LIMITS = (24, 60)


class ResCompany(models.Model):
    _inherit = "res.company"

    sop_auto_open = fields.Boolean(
        string="Open a cycle every month",
        default=True,
        help="Open and compute the month's cycle on its first Monday, or on the next working day.",
    )
    sop_horizon_months = fields.Integer(
        string="Demand horizon", default=18, help="Months planned, the cycle's month included."
    )
    sop_history_months = fields.Integer(
        string="Sales history", default=36, help="Full months of sales before the cycle's month."
    )
    sop_reference = fields.Selection(
        REFERENCES,
        string="Compare the plan with",
        default="trend",
        required=True,
        help="What the consensus of the next three months is compared with to raise exceptions."
        " The trend is the same months last year times the growth of the last half year, or the"
        " recent level of young products.",
    )
    sop_threshold_amber = fields.Float(
        string="Amber above",
        default=DEVIATION_LIMITS["amber"],
        help="A deviation strictly above this ratio is amber.",
    )
    sop_threshold_red = fields.Float(
        string="Red above",
        default=DEVIATION_LIMITS["red"],
        help="A deviation strictly above this ratio is red.",
    )
    sop_value_floor = fields.Monetary(
        string="Ignore below",
        default=1000.0,
        help="Deviations worth less than this, over three months, raise no exception.",
    )
    sop_exception_cap = fields.Integer(
        string="Product exceptions at most",
        default=30,
        help="Only the largest product exceptions, ranked by money, are raised in a cycle.",
    )

    sop_frozen_months = fields.Integer(
        string="Frozen months",
        default=0,
        help="The first months of a plan in which only the chosen role changes figures.",
    )
    sop_frozen_role = fields.Selection(
        FROZEN_ROLES, string="Changed by", default="executive", required=True
    )
    sop_carry_overrides = fields.Boolean(
        string="Carry overrides over",
        default=True,
        help="A new cycle starts with the overrides of the last one for the months still to come.",
    )
    sop_sales_combination = fields.Selection(
        [("mean", "Mean of the contributors"), ("sum", "Sum of the contributors")],
        string="Sales input is the",
        default="mean",
        required=True,
        help="Mean: each contributor expects the whole demand. Sum: each one expects the demand of"
        " his or her own customers.",
    )
    sop_launch_days = fields.Integer(
        string="Launch ahead",
        default=90,
        help="Days before a launch from which a missing like-item or stock is an exception.",
    )
    sop_false_alarm_rate = fields.Float(
        string="False alarms",
        default=0.05,
        help="Share of false alarms accepted among the customers whose ordering pattern is said to"
        " have changed (false discovery rate of Benjamini and Hochberg).",
    )

    sop_frozen_weeks = fields.Integer(
        string="Frozen weeks",
        default=0,
        help="Weeks in which only orders count and nothing new is planned: the demand time fence,"
        " about the final assembly lead time.",
    )
    sop_slushy_weeks = fields.Integer(
        string="Slushy until week",
        default=0,
        help="Up to this week the mix may still move within the capacity: the planning time fence,"
        " the cumulative lead time or more. Later weeks are free.",
    )
    sop_service_level = fields.Float(
        string="Service level",
        default=0.95,
        help="Cycle service level: the chance of no stock-out in a replenishment cycle. Safety"
        " stocks are proposed for it; families can have their own.",
    )
    sop_review_days = fields.Integer(
        string="Days between reviews",
        default=7,
        help="How often stock is looked at and ordered again: it has to be covered beside the lead"
        " time.",
    )
    sop_stock_target = fields.Selection(
        [
            ("rule", "Reordering rules, else proposals"),
            ("proposed", "Proposed safety stocks"),
            ("none", "No stock at all"),
        ],
        string="Plan towards",
        default="rule",
        required=True,
        help="The stock that the supply plan keeps at the end of every week.",
    )
    sop_rebuild_weeks = fields.Integer(
        string="Rebuild missing stock over",
        default=8,
        help="Weeks over which stock below its target is rebuilt: all at once would be an overload"
        " that no plan is meant to have.",
    )
    sop_use_measured_times = fields.Boolean(
        string="Learnt minutes",
        help="Plan capacity with the minutes that finished work orders really took, where there are"
        " enough of them, instead of the operations' standard. Both are shown.",
    )
    sop_overdue_days = fields.Integer(
        string="Forget overdue orders after",
        default=90,
        help="Open orders that are overdue count in the current week; those overdue for more days"
        " than this are not expected any more and are data issues.",
    )

    sop_missed_windows = fields.Integer(
        string="Missed windows",
        default=2,
        help="A vendor is flagged when this many of its latest delivery windows in a row were"
        " missed.",
    )
    sop_window_tolerance_days = fields.Integer(
        string="Days of grace",
        default=0,
        help="Days after the promised one on which a receipt still counts as in time.",
    )
    sop_key_supplier_share = fields.Float(
        string="Key supplier from",
        default=0.05,
        help="Share of the spend of the last twelve months that makes a vendor a key supplier;"
        " vendors of components of families with a gap are key suppliers too.",
    )
    sop_trust_threshold = fields.Float(
        string="Trust score at least",
        default=0.8,
        help="Data gathering is not closed while a smaller share of the planned value is free of"
        " blocking data issues; 0 switches the gate off.",
    )

    @api.constrains(
        "sop_missed_windows",
        "sop_window_tolerance_days",
        "sop_key_supplier_share",
        "sop_trust_threshold",
    )
    def _check_sop_rules(self):
        for company in self:
            if company.sop_missed_windows < 1 or company.sop_window_tolerance_days < 0:
                raise ValidationError(
                    self.env._(
                        "At least one missed window flags a vendor of %s, and the days of grace"
                        " cannot be negative.",
                        company.name,
                    )
                )
            if not 0 <= company.sop_trust_threshold <= 1 or not (
                0 < company.sop_key_supplier_share <= 1
            ):
                raise ValidationError(
                    self.env._(
                        "The trust score of %s lies between 0 %% and 100 %%, and the share of a key"
                        " supplier above 0 %%.",
                        company.name,
                    )
                )

    @api.constrains(
        "sop_frozen_weeks",
        "sop_slushy_weeks",
        "sop_service_level",
        "sop_review_days",
        "sop_overdue_days",
        "sop_rebuild_weeks",
    )
    def _check_sop_supply_settings(self):
        for company in self:
            if not 0.5 <= company.sop_service_level < 1:
                raise ValidationError(
                    self.env._(
                        "The service level of %s lies between 50 %% and less than 100 %%: a"
                        " certain 100 %% would need endless stock.",
                        company.name,
                    )
                )
            if not 0 <= company.sop_frozen_weeks <= 26 or not 0 <= company.sop_slushy_weeks <= 26:
                raise ValidationError(
                    self.env._(
                        "The frozen and slushy weeks of %s lie between 0 and 26.", company.name
                    )
                )
            if (
                min(company.sop_review_days, company.sop_overdue_days, company.sop_rebuild_weeks)
                < 0
            ):
                raise ValidationError(
                    self.env._(
                        "The days between reviews, the days after which overdue orders of %s are"
                        " forgotten and the weeks of rebuilding cannot be negative.",
                        company.name,
                    )
                )

    @api.constrains("sop_frozen_months", "sop_launch_days", "sop_false_alarm_rate")
    def _check_sop_limits(self):
        for company in self:
            company._check_between("sop_frozen_months", 0, 12)
            if company.sop_launch_days < 0 or not 0 < company.sop_false_alarm_rate < 1:
                raise ValidationError(
                    self.env._(
                        "The days before a launch of %s cannot be negative, and the rate of false"
                        " alarms lies between 0 %% and 100 %%.",
                        company.name,
                    )
                )

    def _sop_frozen_group(self):
        return f"sop_planning.sop_planning_group_{self.sop_frozen_role}"

    @api.constrains("sop_horizon_months", "sop_history_months")
    def _check_sop_months(self):
        for company in self:
            company._check_between("sop_horizon_months", *HORIZON_LIMITS)
            company._check_between("sop_history_months", *HISTORY_LIMITS)

    def _check_between(self, name, lowest, highest):
        if not lowest <= self[name] <= highest:
            raise ValidationError(
                self.env._(
                    "%(setting)s must be between %(lowest)s and %(highest)s months:"
                    " %(value)s was entered for %(company)s.",
                    setting=self._fields[name]._description_string(self.env),
                    lowest=lowest,
                    highest=highest,
                    value=self[name],
                    company=self.name,
                )
            )

    @api.constrains("sop_threshold_amber", "sop_threshold_red")
    def _check_sop_thresholds(self):
        for company in self:
            if not 0 < company.sop_threshold_amber < company.sop_threshold_red:
                raise ValidationError(
                    self.env._(
                        "Amber must start above 0 %% and below red: amber %(amber).1f %% and red"
                        " %(red).1f %% were entered for %(company)s.",
                        amber=100 * company.sop_threshold_amber,
                        red=100 * company.sop_threshold_red,
                        company=company.name,
                    )
                )

    @api.constrains("sop_value_floor", "sop_exception_cap")
    def _check_sop_exception_limits(self):
        for company in self:
            if company.sop_value_floor < 0 or company.sop_exception_cap < 1:
                raise ValidationError(
                    self.env._(
                        "The value floor of %s cannot be negative,"
                        " and at least one product exception must be allowed.",
                        company.name,
                    )
                )

    def _sop_timezone(self):
        """The time zone in which the company's days begin: its calendar's, else its address's."""
        self.ensure_one()
        return self.resource_calendar_id.tz or self.partner_id.tz or "UTC"

    def _sop_today(self):
        """Today in the company's time zone, whoever asks."""
        self.ensure_one()
        return fields.Datetime.context_timestamp(
            self.with_context(tz=self._sop_timezone()), fields.Datetime.now()
        ).date()

    def _sop_day(self, moment):
        """The company's day of a moment (UTC, without zone, as fields hold it)."""
        self.ensure_one()
        return pytz.utc.localize(moment).astimezone(pytz.timezone(self._sop_timezone())).date()

    def _sop_working_days(self, start, count):
        """The first ``count`` working days from ``start`` on."""
        return self._sop_working_days_between(start, start + timedelta(days=7 * count + 60))[:count]

    def _sop_working_days_between(self, first, last):
        """Working days in [first, last): attendances minus public holidays.

        Weekdays count as working days when the company has no calendar or none of its days works.
        """
        self.ensure_one()
        calendar = self.resource_calendar_id
        days = []
        if calendar:
            zone = pytz.timezone(self._sop_timezone())
            edges = (zone.localize(datetime.combine(day, time.min)) for day in (first, last))
            intervals = calendar._work_intervals_batch(*edges)[False]
            days = sorted({begin.astimezone(zone).date() for begin, _end, _meta in intervals})
        weekdays = [first + timedelta(days=n) for n in range((last - first).days)]
        return days or [day for day in weekdays if day.weekday() < 5]

    def _sop_working_days_by_month(self, first, last):
        """Working days of each month in [first, last), first days of months."""
        by_month = [0] * ((last.year - first.year) * 12 + last.month - first.month)
        for day in self._sop_working_days_between(first, last):
            by_month[(day.year - first.year) * 12 + day.month - first.month] += 1
        return by_month

    def _sop_opening_day(self, month):
        """The day on which the cycle of ``month`` opens: its first Monday, or, when that is a
        holiday, the next working day."""
        monday = month + timedelta(days=-month.weekday() % 7)
        return self._sop_working_days(monday, 1)[0]

    @staticmethod
    def _sop_monday(day):
        """The first day of the day's ISO week."""
        return day - timedelta(days=day.weekday())

    @staticmethod
    def _sop_month(day):
        return date(day.year, day.month, 1)

    @staticmethod
    def _sop_months_after(month, count):
        return month + relativedelta(months=count)

    def _sop_first_day(self, month):
        """The first day of the history that a cycle of ``month`` is planned from."""
        return self._sop_months_after(month, -self.sop_history_months)
