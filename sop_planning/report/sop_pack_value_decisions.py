from odoo import models
from odoo.tools import formatLang

CHOICES = 6  # decisions proposed at most: leadership has an hour
PROPOSED = {"red": 3, "suppliers": 2}


class SopPack(models.Model):
    """What is asked of the meeting, and what became of what was asked last time."""

    _inherit = "sop.pack"

    # ---- decisions asked ----

    def _section_decisions(self, cycle):
        _ = self.env._
        recorded = self._decisions(cycle, ["decision"])
        rows = [self._decision_row(decision) for decision in recorded] or self._proposals(cycle)
        columns = [
            ("name", _("Decision"), "text"), ("options", _("Options"), "lines"),
            ("recommended", _("Recommended"), "text"), ("amount", _("Cost"), "money"),
            ("rate", _("Service"), "percent"), ("owner", _("Owner"), "text"),
            ("due", _("Due"), "date"), ("state", _("State"), "text"),
        ]  # fmt: skip
        return self._section(
            "decisions",
            _("Decisions asked"),
            lead=self._recommendation(cycle),
            empty="" if rows else _("No decision is asked: the plan has no open point."),
            tables=[self._pack_table("decisions", "", columns, rows, CHOICES)] if rows else [],
            notes=[]
            if recorded or not rows
            else [_("Proposed from the figures: no decision has been recorded in this cycle.")],
        )

    def _recommendation(self, cycle):
        """What the figures recommend, until the controller says it in his or her own words."""
        best = cycle._recommended(cycle.scenario_ids)
        if not best:
            return ""
        base = cycle._base_plan()
        return self.env._(
            "Recommended scenario: %(scenario)s. It serves %(rate)s of the demand in its week (base"
            " plan: %(base)s) at an extra cost of %(cost)s.",
            scenario=best.name,
            rate=f"{100 * best.rate_fill:.1f} %",
            base=f"{100 * base.rate_fill:.1f} %",
            cost=self._money_words(cycle, best.amount_extra),
        )

    def _decision_row(self, decision):
        told = decision.choice_id or decision.recommended_id
        return {
            "name": decision.name,
            "options": decision.option_ids.with_context(with_figures=True).mapped("display_name"),
            "recommended": decision.recommended_id.name or "",
            "amount": told.amount_cost if told else None,
            "rate": told.rate_service or None,
            "owner": decision.user_id.name or "",
            "due": decision.date_due or None,
            "state": ": ".join(
                filter(None, (self._label(decision, "state"), decision.choice_id.name))
            ),
        }

    def _proposals(self, cycle):
        """The open points of the plan as questions, the largest first."""
        rows = [
            *self._scenario_proposal(cycle),
            *self._family_proposals(cycle),
            *self._supplier_proposals(cycle),
        ]
        return rows[:CHOICES]

    def _proposal(self, cycle, name, options, recommended, **figures):
        step = cycle.step_ids.filtered(lambda step: step.code == "executive")
        return {
            "name": name, "options": options, "recommended": recommended, "amount": None,
            "rate": None, "owner": cycle.user_id.name or "", "due": step.date_due or None,
            "state": self.env._("Open"), **figures,
        }  # fmt: skip

    def _scenario_proposal(self, cycle):
        done = cycle.scenario_ids.filtered(lambda scenario: scenario.state == "done")
        best = cycle._recommended(done)
        if cycle.selected_scenario_id or len(done) < 2:
            return []
        return [
            self._proposal(
                cycle,
                self.env._("Choose the supply scenario"),
                [self._scenario_option(cycle, scenario) for scenario in done],
                best.name,
                amount=best.amount_extra,
                rate=best.rate_fill,
            )
        ]

    def _scenario_option(self, cycle, scenario):
        return self.env._(
            "%(name)s: %(rate)s in its week, extra cost %(cost)s",
            name=scenario.name,
            rate=f"{100 * scenario.rate_fill:.1f} %",
            cost=self._money_words(cycle, scenario.amount_extra),
        )

    def _family_proposals(self, cycle):
        open_red = cycle.review_ids.filtered(
            lambda review: review.severity == "red" and review.state != "agreed"
        ).sorted("amount_impact", reverse=True)
        return [
            self._proposal(
                cycle,
                self.env._(
                    "Agree on the demand of %(family)s: %(deviation)s",
                    family=self._family_name(review.family_id),
                    deviation=review.severity_label,
                ),
                [
                    self.env._(
                        "Consensus: %s units in 3 months", self._units(review.qty_consensus)
                    ),
                    f"{self._label(review, 'reference')}: {self._units(review.qty_reference)}",
                ],
                self.env._("Consensus"),
                owner=review.user_id.name or "",
            )
            for review in open_red[: PROPOSED["red"]]
        ]

    def _units(self, qty):
        return formatLang(self.env, qty, digits=0)

    def _supplier_proposals(self, cycle):
        risks = self._supplier_risks(cycle).filtered(
            lambda risk: risk.severity == "red" and risk.state in ("open", "in_progress")
        )
        return [
            self._proposal(
                cycle,
                self.env._("Secure the supply of %s", risk.partner_id.display_name),
                [self.env._("Second source"), self.env._("Agree on new dates")],
                "",
                owner=risk.user_id.name or "",
            )
            for risk in risks[: PROPOSED["suppliers"]]
        ]

    # ---- last month's actions ----

    def _section_actions(self, cycle):
        _ = self.env._
        last = self._previous(cycle)
        rows = [
            {
                "kind": self._label(record, "kind"),
                "name": record.name,
                "choice": record.choice_id.name or "",
                "owner": record.user_id.name or "",
                "due": record.date_due or None,
                "effect": record.effect_note or "",
                "state": self._label(record, "state"),
            }
            for record in self._decisions(last, ["action", "decision"])
        ]
        columns = [
            ("kind", _("Kind"), "text"), ("name", _("What"), "long"),
            ("choice", _("Chosen"), "text"), ("owner", _("Owner"), "text"),
            ("due", _("Due"), "date"), ("effect", _("What happened"), "long"),
            ("state", _("State"), "text"),
        ]  # fmt: skip
        gaps = self._gap_follow_up(cycle, last)
        empty = ""
        if not rows and not gaps:
            empty = (
                _("Nothing was decided or promised in %s.", last.name)
                if last
                else _("This is the company's first cycle: there is no last month.")
            )
        tables = [self._pack_table("actions", "", columns, rows, 16)] if rows else []
        return self._section(
            "actions", _("Last month's actions"), empty=empty, tables=[*tables, *gaps]
        )

    def _gap_follow_up(self, cycle, last):
        """What was promised about the gaps of the cycle before, and whether they are gone."""
        _ = self.env._
        promised = self._gaps(last).filtered("note") if last else self.env["sop.supply.gap"]
        if not promised:
            return []
        standing = {(gap.family_id, gap.kind, gap.subject) for gap in self._gaps(cycle)}
        rows = [
            {
                "gap": gap.display_name,
                "note": gap.note,
                "owner": gap.user_id.name or "",
                "state": self._label(gap, "state"),
                "now": _("still there")
                if (gap.family_id, gap.kind, gap.subject) in standing
                else _("gone"),
            }
            for gap in promised
        ]
        columns = [
            ("gap", _("Gap"), "text"), ("note", _("What was said"), "long"),
            ("owner", _("Owner"), "text"), ("state", _("State"), "text"), ("now", _("Now"), "text"),
        ]  # fmt: skip
        return [self._pack_table("gap_follow_up", _("Gaps of the cycle before"), columns, rows, 12)]
