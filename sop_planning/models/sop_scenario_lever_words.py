from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

WEEKS = 26  # of a cycle that have a number


class SopScenarioLever(models.Model):
    """A lever in words that people can repeat and do."""

    _inherit = "sop.scenario.lever"

    label = fields.Char(string="In words", compute="_compute_label")

    @api.depends(
        "kind", "value", "date_from", "date_to", "date_target", "workcenter_id",
        "other_workcenter_id", "family_id", "product_id", "partner_id", "scenario_id.cycle_id",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_label(self):
        for lever in self:
            words = lever._templates().get(lever.kind, "")
            lever.label = words and words % lever._word_values()

    def _templates(self):
        """What each kind of lever says; the values are those of ``_word_values``."""
        _ = self.env._
        return {
            "extra_hours": _("+%(number)s h a week on %(center)s, %(when)s"),
            "extra_shift": _("+%(number)s h a working day on %(center)s, %(when)s"),
            "machine_down": _("%(center)s down by %(percent)s, %(when)s"),
            "alternative": _("%(number)s h a week of %(center)s done on %(other)s, %(when)s"),
            "supplier_delay": _("%(subject)s %(number)s days late, %(when)s"),
            "expedite": _("%(subject)s %(number)s days faster, %(when)s"),
            "other_vendor": _("%(subject)s replaced, %(number)s days of lead time, %(when)s"),
            "demand": _("Demand of %(subject)s %(signed)s, %(when)s"),
            "demand_units": _("Demand of %(subject)s %(units)s units, %(when)s"),
            "postpone": _(
                "%(percent)s of %(subject)s due %(when)s made in the month from %(target)s"
            ),
            "prebuild": _("%(percent)s of %(subject)s due %(when)s built ahead from %(target)s"),
            "subcontract": _("%(number)s units a week of %(subject)s subcontracted, %(when)s"),
            "stock_target": _("Stock target of %(subject)s %(signed)s"),
            "price": _("Price of %(subject)s %(signed)s, %(when)s"),
        }

    def _word_values(self):
        return {
            "number": self._number(),
            "center": self.workcenter_id.name or "",
            "other": self.other_workcenter_id.name or "",
            "percent": f"{100 * self.value:.0f} %",
            "signed": f"{100 * self.value:+.0f} %",
            "units": f"{self.value:+,.0f}",
            "subject": self._subject(),
            "target": self._day(self.date_target) if self.date_target else "?",
            "when": self._when(),
        }

    def _subject(self):
        """Whose demand, or whose deliveries."""
        names = (self.product_id.display_name, self.family_id.name, self.partner_id.name)
        return ", ".join(name for name in names if name) or self.env._("all products")

    def _number(self):
        return formatLang(self.env, self.value, digits=0 if self.value == int(self.value) else 1)

    def _day(self, day):
        return format_date(self.env, day, date_format="d MMM")

    def _when(self):
        """Weeks of the cycle with their days: "W6-W8 (28 Dec - 17 Jan)"; other spans as days."""
        if not (self.date_from and self.date_to):
            return ""
        days = f"{self._day(self.date_from)} - {self._day(self.date_to)}"
        start = self.scenario_id.cycle_id.week_start
        after = self.date_to + timedelta(days=1)
        if not start or self.date_from.weekday() or after.weekday():
            return days
        first = (self.date_from - start).days // 7 + 1
        last = (self.date_to - start).days // 7 + 1
        if not 1 <= first <= last <= WEEKS:
            return days
        words = self.env._("W%s", first)
        if last > first:
            words = self.env._("W%(first)s-W%(last)s", first=first, last=last)
        return f"{words} ({days})"
