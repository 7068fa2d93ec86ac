from odoo import models
from odoo.tools import format_date, formatLang

from .sop_supply_gap import CAPACITY, MATERIAL


class SopSupplyGap(models.Model):
    """The arithmetic of a gap in one sentence, in the reader's language."""

    _inherit = "sop.supply.gap"

    def _supply_facts(self):
        """What the plan says of the short products: {(scenario, product): fact}."""
        facts = self.env["sop.supply.product"].search(
            [
                ("scenario_id", "in", self.scenario_id.ids),
                ("product_id", "in", self.product_id.ids),
            ]
        )
        return {(fact.scenario_id, fact.product_id): fact for fact in facts}

    def _sentence(self, fact):
        if self.kind == CAPACITY:
            return self._capacity_sentence()
        if not fact:
            return ""
        if self.kind == MATERIAL:
            return self._material_sentence(fact)
        return self._lead_time_sentence(fact)

    def _shared_values(self):
        return {
            "family": self.family_id.name or self.env._("what has no family"),
            "weeks": self.period_label,
            "units": self._number(self.qty_short),
            "money": self._money(self.amount_short),
        }

    def _capacity_sentence(self):
        over = self.hours_load - self.hours_available
        return self.env._(
            "%(center)s has %(available)s hours and needs %(load)s (%(peak)s at the peak):"
            " %(over)s too many in %(weeks)s. %(short)s of them fall on %(family)s (priority"
            " %(priority)s; the least important families lose first) = %(units)s units, %(money)s.",
            center=self.workcenter_id.name,
            available=self._number(self.hours_available, 1),
            load=self._number(self.hours_load, 1),
            peak=f"{100 * self.rate_peak:,.0f} %",
            over=self._number(over, 1),
            short=self._number(self.hours_short, 1),
            priority=self.family_id.sop_priority,
            **self._shared_values(),
        )

    def _material_sentence(self, fact):
        values = {
            **self._shared_values(),
            "product": self.product_id.display_name,
            "missing": self._number(self.qty_component),
            "unit": self.product_id.uom_id.name,
            "stock": self._number(fact.qty_on_hand),
            "lead": fact.days_lead,
            "vendor": fact.partner_id.name or self.env._("no vendor"),
            "day": format_date(self.env, fact.date_order_latest) if fact.date_order_latest else "-",
        }
        sentence = self.env._(
            "%(product)s: %(missing)s %(unit)s short in %(weeks)s with %(stock)s on hand, because"
            " nothing ordered today arrives in less than %(lead)s days (%(vendor)s); the latest"
            " order date was %(day)s. %(family)s loses %(units)s units, %(money)s.",
            **values,
        )
        if fact.has_lead_measured and fact.days_lead_measured > fact.days_lead:
            sentence += " " + self.env._(
                "The vendor really takes %s days.", self._number(fact.days_lead_measured, 1)
            )
        return sentence

    def _lead_time_sentence(self, fact):
        return self.env._(
            "%(product)s: %(missing)s short in %(weeks)s with %(stock)s on hand: what is started"
            " today is not ready before %(lead)s days (%(cumulative)s with all material)."
            " %(family)s loses %(units)s units, %(money)s.",
            product=self.product_id.display_name,
            missing=self._number(self.qty_component),
            stock=self._number(fact.qty_on_hand),
            lead=fact.days_lead,
            cumulative=self._number(fact.days_lead_cumulative),
            **self._shared_values(),
        )

    def _number(self, value, digits=0):
        return formatLang(self.env, value, digits=digits)

    def _money(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id, rounding_unit="units")
