from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from .sop_scenario import OPTIMAL, OVERTIME, POSTPONE

BINDING_NAMED = 3  # hours that bind, in words


class SopScenario(models.Model):
    """How a scenario was found and what binds in it, in sentences for a meeting."""

    _inherit = "sop.scenario"

    reason = fields.Text(string="How it was found", compute="_compute_reason")
    bind_text = fields.Text(
        string="What binds",
        compute="_compute_bind_text",
        help="What one more hour of a work center would save: the dual value of its hours in the"
        " cheapest order of work, when nothing is made ahead or added.",
    )

    @api.depends("kind", "facts", "lever_ids", "has_bound", "amount_bound", "amount_total")
    @api.depends_context("lang", "uid", "sop_without_money")
    def _compute_reason(self):
        for scenario in self:
            words = {
                OVERTIME: scenario._overtime_words,
                POSTPONE: scenario._postpone_words,
                OPTIMAL: scenario._optimal_words,
            }.get(scenario.kind)
            scenario.reason = words and scenario._shown(words())

    def _overtime_words(self):
        if not self.lever_ids:
            return self._empty_words()
        return self.env._(
            "The hours that %(center)s is short of, week by week, rounded up to half hours, and no"
            " more than law and settings allow.",
            center=self.lever_ids[:1].workcenter_id.name,
        )

    def _postpone_words(self):
        candidates = (self.sudo().facts or {}).get("candidates") or []
        if not candidates:
            return self._empty_words()
        return "\n".join([
            self.env._("The least important family that frees the work center waits. Asked in this"
                       " order:"),
            *(self._candidate_words(candidate) for candidate in candidates),
        ])  # fmt: skip

    def _candidate_words(self, candidate):
        family = self.env["product.category"].browse(candidate["family_id"]).exists()
        verdict = (
            self.env._("is enough") if candidate["is_enough"] else self.env._("is not enough alone")
        )
        return self.env._(
            "- %(family)s (priority %(priority)s): %(share)s of it frees %(hours)s h and"
            " %(verdict)s; an hour there earns %(margin)s.",
            family=family.name or "?",
            priority=candidate["priority"],
            share=f"{100 * candidate['share']:.0f} %",
            hours=formatLang(self.env, candidate["hours"], digits=1),
            verdict=verdict,
            margin=self._money(candidate["margin"]),
        )

    def _optimal_words(self):
        if not self.has_bound:
            return False
        known = self.sudo()
        facts, distance = known.facts or {}, 0.0
        if known.amount_total:
            distance = max(0.0, 1 - known.amount_bound / known.amount_total)
        reached = f"{100 * distance:.1f} %"
        sentences = [
            self.env._(
                "No plan of this model costs less than %(bound)s; the levers reach it within"
                " %(distance)s.",
                bound=self._money(known.amount_bound),
                distance=reached,
            )
            if self._sees_money()
            else self.env._("The levers reach the cheapest plan of this model within %s.", reached)
        ]
        if facts.get("taken_from"):
            kinds = dict(self._fields["kind"]._description_selection(self.env))
            sentences.append(
                self.env._(
                    "Put into levers that people can pull, nothing was cheaper than: %s.",
                    kinds[facts["taken_from"]],
                )
            )
        if facts.get("status") == "time_limit":
            sentences.append(
                self.env._("The optimiser ran out of time; this is the best plan known.")
            )
        return " ".join(sentences)

    @api.depends("binds")
    @api.depends_context("lang", "uid", "sop_without_money")
    def _compute_bind_text(self):
        for scenario in self:
            scenario.bind_text = scenario._shown("\n".join(scenario._binding_words()))

    def _binding_words(self):
        """The most valuable hours, one sentence each."""
        return [
            self.env._(
                "%(center)s in %(bucket)s: one more hour saves %(amount)s",
                center=self.env["mrp.workcenter"].browse(row["workcenter_id"]).exists().name or "?",
                bucket=self._bucket_words(row),
                amount=self._money(row["amount"]),
            )
            for row in (self.sudo().binds or [])[:BINDING_NAMED]
        ]

    def _bucket_words(self, row):
        if row["week"]:
            return self.env._("W%s", row["week"])
        day = fields.Date.to_date(row["bucket_start"])
        return format_date(self.env, day, date_format="MMM yyyy")
