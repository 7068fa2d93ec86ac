from odoo import api, models
from odoo.tools import format_date, formatLang

from .sop_supply_gap import CAPACITY, MATERIAL

WHOLE_FROM = 100  # units from which on decimals say nothing


class SopSupplyGap(models.Model):
    """The arithmetic of a gap in one sentence, in the reader's language."""

    _inherit = "sop.supply.gap"

    @api.depends(
        "kind", "qty_short", "qty_component", "hours_short", "amount_short", "rate_peak",
        "hours_load", "hours_available", "rate_chance", "bucket_start", "bucket_end", "week_from",
        "week_to",
    )  # fmt: skip
    @api.depends_context("lang", "uid", "sop_without_money")
    def _compute_reason(self):
        facts, rows, loads = self._supply_facts(), self._projected_rows(), self._loads()
        for gap in self:
            key = (gap.scenario_id, gap.product_id)
            if gap.kind == CAPACITY:
                sentence = gap._capacity_sentence(loads.get((gap.scenario_id, gap.workcenter_id)))
            elif key not in facts:
                sentence = ""
            else:
                sentence = gap._shortage_sentence(facts[key], rows.get(key))
            gap.reason = gap._shown(sentence)

    def _supply_facts(self):
        """What the plan says of the short products: {(scenario, product): fact}."""
        facts = self.env["sop.supply.product"].search(self._subject_domain("product_id"))
        return {(fact.scenario_id, fact.product_id): fact for fact in facts}

    def _projected_rows(self):
        """The projection of the short products: {(scenario, product): lines in order}."""
        lines = self.env["sop.supply.line"].search_fetch(
            self._subject_domain("product_id"),
            ["scenario_id", "product_id", "bucket_start", "qty_demand", "qty_dependent",
             "qty_receipts", "qty_planned", "qty_stock"],
            order="bucket_start",
        )  # fmt: skip
        return lines.grouped(lambda line: (line.scenario_id, line.product_id))

    def _loads(self):
        """The weeks of the overloaded work centers: {(scenario, work center): lines}."""
        lines = self.env["sop.capacity.line"].search_fetch(
            self._subject_domain("workcenter_id"),
            ["scenario_id", "workcenter_id", "bucket_start", "week", "rate_load"],
        )
        return lines.grouped(lambda line: (line.scenario_id, line.workcenter_id))

    def _subject_domain(self, name):
        return [("scenario_id", "in", self.scenario_id.ids), (name, "in", self[name].ids)]

    def _inside(self, line):
        return self.bucket_start <= line.bucket_start < self.bucket_end

    def _loss_values(self):
        return {
            "family": self.family_id.name or self.env._("products without family"),
            "weeks": self._weeks_phrase(),
            "units": self._number(self.qty_short),
            "money": self._money(self.sudo().amount_short),
        }

    def _weeks_phrase(self):
        """The run inside a sentence."""
        if not self.week_from:
            return self.run_label
        if not self.week_to:
            return self.env._(
                "W%(first)s to %(last)s", first=self.week_from, last=self._last_words()
            )
        if self.week_from == self.week_to:
            return self.env._("week %s", self.week_from)
        return self.env._("weeks %(first)s to %(last)s", first=self.week_from, last=self.week_to)

    def _capacity_sentence(self, loads):
        arithmetic = self.env._(
            "%(center)s has %(available)s h and needs %(load)s h (%(peak)s) in %(weeks)s:"
            " %(over)s h short, of which %(short)s h fall on %(family)s (priority %(priority)s,"
            " least important first) = %(units)s units, %(money)s.",
            center=self.workcenter_id.name,
            available=self._number(self.hours_available, 1),
            load=self._number(self.hours_load, 1),
            over=self._number(self.hours_load - self.hours_available, 1),
            short=self._number(self.hours_short, 1),
            priority=self.family_id.sop_priority if self.family_id else "-",
            peak=self._peak_phrase(loads),
            **self._loss_values(),
        )
        return f"{arithmetic} {self._chance_words()}".strip()

    def _chance_words(self):
        """How likely it is, where it is not certain."""
        if not self.rate_chance or self.rate_chance >= 0.995:
            return ""
        return self.env._("%s chance that it happens.", f"{100 * self.rate_chance:.0f} %")

    def _peak_phrase(self, loads):
        """The highest load of a week in the run, and which week it is."""
        peak = max(
            (line for line in loads or [] if self._inside(line)),
            key=lambda line: line.rate_load,
            default=None,
        )
        if not (peak and peak.week and self.rate_peak):
            return self._peak_words()
        return self.env._(
            "%(rate)s at the peak in week %(week)s", rate=self._peak_words(), week=peak.week
        )

    def _shortage_sentence(self, fact, rows):
        """What there is against what is needed until it is worst, why, and whom it hits."""
        parts = [self._balance_sentence(fact, rows), self._lead_sentence(fact)]
        return " ".join([*parts, self._loss_sentence()])

    def _balance_sentence(self, fact, rows):
        worst = min(
            (line for line in rows or [] if self._inside(line)),
            key=lambda line: line.qty_stock,
            default=None,
        )
        values = {"product": self.product_id.display_name, "weeks": self._weeks_phrase()}
        if not worst:
            return self.env._("%(product)s is short in %(weeks)s.", **values)
        past = rows.filtered(lambda line: line.bucket_start <= worst.bucket_start)
        needed = sum(past.mapped("qty_demand")) + sum(past.mapped("qty_dependent"))
        # what the plan adds in time counts as much as what is on order
        coming = sum(past.mapped("qty_receipts")) + sum(past.mapped("qty_planned"))
        return self.env._(
            "%(product)s: %(missing)s %(unit)s short in %(weeks)s: %(stock)s on hand and"
            " %(coming)s on order or planned in time, against %(needed)s needed until the end of"
            " %(until)s.",
            missing=self._number(-worst.qty_stock),
            unit=self.product_id.uom_id.name,
            stock=self._number(fact.qty_on_hand),
            coming=self._number(coming),
            needed=self._number(needed),
            until=worst.period_label,
            **values,
        )

    def _lead_sentence(self, fact):
        if self.kind == MATERIAL:
            return self._purchase_sentence(fact)
        return self.env._(
            "What is started today is ready in %(days)s days (%(cumulative)s with all material).",
            days=fact.days_lead,
            cumulative=self._number(fact.days_lead_cumulative),
        )

    def _purchase_sentence(self, fact):
        lead = self.env._("%s days promised", fact.days_lead)
        if fact.has_lead_measured:
            lead = self.env._(
                "%(lead)s, %(measured)s measured",
                lead=lead,
                measured=self._number(fact.days_lead_measured),
            )
        values = {"vendor": fact.partner_id.name or self.env._("No vendor"), "lead": lead}
        if not fact.date_order_latest:
            return self.env._("%(vendor)s: lead time %(lead)s.", **values)
        return self.env._(
            "%(vendor)s: lead time %(lead)s; the latest order date was %(day)s.",
            day=format_date(self.env, fact.date_order_latest),
            **values,
        )

    def _loss_sentence(self):
        if self.product_id.categ_id.sop_family_id == self.family_id:  # sold as it is
            return self.env._("%(family)s loses %(units)s units, %(money)s.", **self._loss_values())
        return self.env._(
            "%(share)s of it is missing for %(family)s = %(units)s units, %(money)s.",
            share=self._number(self.qty_component),
            **self._loss_values(),
        )

    def _number(self, value, digits=None):
        if digits is None:
            is_whole = abs(value) >= WHOLE_FROM or float(value).is_integer()
            digits = 0 if is_whole else 1
        return formatLang(self.env, value, digits=digits)
