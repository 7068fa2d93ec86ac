from odoo import models
from odoo.tools import format_date

from ..palette import LOAD_LIMITS, glyph

WEEKS = 26
LEVERS = 2  # of a scenario, side by side with the others


class SopPack(models.Model):
    """The supply side of the pack: gaps, capacity, scenarios."""

    _inherit = "sop.pack"

    # ---- gaps ----

    def _section_gaps(self, cycle):
        _ = self.env._
        gaps = self._gaps(cycle)
        if not gaps:
            words = _("Supply covers demand for %s weeks: there is no gap.", WEEKS)
            return self._section("gaps", _("Supply gaps"), empty=words)
        rows = [
            {
                "level": gap.severity,
                "family": self._family_name(gap.family_id),
                "subject": gap.subject,
                "weeks": gap.run_label,
                "units": gap.qty_short,
                "hours": gap.hours_short or None,
                "amount": gap.amount_short,
                "orders": gap.order_count,
                "reason": gap.reason or "",
                "note": gap.note or "",
                "owner": gap.user_id.name or "",
                "state": self._label(gap, "state"),
            }
            for gap in gaps
        ]
        columns = [
            ("level", "", "level"), ("family", _("Family"), "text"),
            ("subject", _("What is short"), "text"), ("weeks", _("Weeks"), "code"),
            ("units", _("Units"), "units"), ("hours", _("Hours"), "hours"),
            ("amount", _("Value"), "money"), ("orders", _("Orders hit"), "number"),
            ("reason", _("Arithmetic"), "long"), ("note", _("Constraint"), "long"),
            ("owner", _("Owner"), "text"), ("state", _("State"), "code"),
        ]  # fmt: skip
        return self._section(
            "gaps",
            _("Supply gaps"),
            lead=_(
                "%(count)s gaps in the plan that is followed (%(scenario)s).",
                count=len(gaps),
                scenario=cycle._followed_scenario().name,
            ),
            charts=[self._gap_chart(gaps)],
            tables=[self._pack_table("gaps", "", columns, rows, 8)],
        )

    def _gap_chart(self, gaps):
        by_family = gaps.grouped("family_id").items()
        sums = sorted(((sum(own.mapped("amount_short")), family, own) for family, own in by_family),
                      key=lambda row: -row[0])  # fmt: skip
        return {
            "kind": "bar",
            "title": self.env._("Value short by family"),
            "format": "money",
            "items": [
                {"label": self._family_name(family), "value": amount, "level": "red",
                 "note": ", ".join(dict.fromkeys(own.mapped("run_label")[:4]))}
                for amount, family, own in sums[:6]
            ],
        }  # fmt: skip

    # ---- capacity ----

    def _section_capacity(self, cycle):
        _ = self.env._
        lines = self.env["sop.capacity.line"].search(
            [("cycle_id", "=", cycle.id), ("scenario_id.is_followed", "=", True),
             ("week", ">", 0)], order="bucket_start",
        )  # fmt: skip
        if not lines:
            return self._section(
                "capacity",
                _("Capacity by week"),
                empty=_("No work center is planned: bills of materials without operations have"
                        " no load."),
            )  # fmt: skip
        weeks = {line.week: line.bucket_start for line in lines}
        rows = self._capacity_rows(lines, sorted(weeks))
        full = [row for row in rows if row["peak"] > 1]
        return self._section(
            "capacity",
            _("Capacity by week"),
            lead=_(
                "Load / available hours of each work center, the fullest first; %(full)s of"
                " %(count)s exceed their hours in some week. Week 1 starts on %(day)s.",
                full=len(full),
                count=len(rows),
                day=format_date(self.env, cycle.week_start),
            ),
            charts=[{"kind": "heat", "title": _("Utilization"), "format": "percent_plain",
                     "columns": [_("W%s", week) for week in sorted(weeks)], "rows": rows,
                     "limit": 20}],
            notes=[self._load_note()],
        )  # fmt: skip

    def _load_note(self):
        """What the glyphs of the heat map say."""
        marks = {f"{level}_mark": glyph(level) for level in LOAD_LIMITS}
        limits = {level: f"{100 * limit:.0f} %" for level, limit in LOAD_LIMITS.items()}
        return self.env._(
            "%(amber_mark)s above %(amber)s, %(red_mark)s above %(red)s, %(critical_mark)s above"
            " %(critical)s or load without hours, – no hours.",
            **marks,
            **limits,
        )

    def _capacity_rows(self, lines, weeks):
        rows = []
        for center, own in lines.grouped("workcenter_id").items():
            by_week = {line.week: line for line in own}
            cells = [
                {
                    "value": line.rate_load if line.has_hours and line.hours_available else None,
                    "level": line.level,
                    "load": line.hours_load,
                    "available": line.hours_available,
                }
                if (line := by_week.get(week))
                else None
                for week in weeks
            ]
            peak = max((cell["value"] or 0.0 for cell in cells if cell), default=0.0)
            rows.append({"label": center.name, "peak": peak, "cells": cells})
        return sorted(rows, key=lambda row: -row["peak"])

    # ---- scenarios ----

    def _section_scenarios(self, cycle):
        _ = self.env._
        if not cycle.scenario_ids:
            return self._section("scenarios", _("Scenarios side by side"),
                                 empty=_("No scenario is calculated in this cycle."))  # fmt: skip
        data = cycle.get_comparison_data(cycle.id)
        rows = [
            {"name": row["label"], "format": row["format"],
             **{f"s{place}": value for place, value in enumerate(row["values"])}}
            for section in data["sections"]
            for row in section["rows"]
        ]  # fmt: skip
        columns = [("name", "", "text")]
        levers = {"name": _("What is different"), "format": "lines"}
        for place, scenario in enumerate(data["scenarios"]):
            columns.append((f"s{place}", self._scenario_title(scenario), "row"))
            told = scenario["levers"][:LEVERS]
            rest = len(scenario["levers"]) - len(told)
            levers[f"s{place}"] = [*told, _("and %s more", rest)] if rest else told
        return self._section(
            "scenarios",
            _("Scenarios side by side"),
            lead=_("Recommended by the goal: %(goal)s. %(formula)s", goal=data["goal"]["label"],
                   formula=data["goal"]["formula"]),
            tables=[self._pack_table("scenarios", "", columns, [levers, *rows], 40)],
            notes=[cycle._selected_words()],
        )  # fmt: skip

    def _scenario_title(self, scenario):
        """The name with what it is: recommended, followed, not calculated."""
        marks = []
        if scenario["is_recommended"]:
            marks.append(self.env._("★ recommended"))
        if scenario["is_selected"]:
            marks.append(self.env._("✔ plan follows it"))
        if scenario["state"] != "done":
            marks.append(self.env._("not calculated"))
        return f"{scenario['name']} ({', '.join(marks)})" if marks else scenario["name"]
