from odoo import fields, models
from odoo.tools import format_date

from ..palette import glyph, short_level
from .sop_cycle_dashboard import BLOCKED, EMPTY
from .sop_supply_gap import CAPACITY

COLUMNS = 8  # weeks of the matrix
ROWS = 8  # families
SUPPLIERS = 4
FAMILIES_NAMED = 3


class SopCycle(models.Model):
    """Supply on the dashboard: gaps by family and week, suppliers that are late."""

    _inherit = "sop.cycle"

    # ---- gaps: family x week ----

    def _dashboard_gaps(self):
        """The gaps of the plan followed, in the weeks around the first ones: columns, rows with
        cells, and how many gaps begin later."""
        gaps = self.env["sop.supply.gap"].search(
            [
                ("cycle_id", "=", self.id),
                ("scenario_id.is_followed", "=", True),
                ("state", "in", ["open", "in_progress"]),
            ]
        )
        if not gaps:
            return self._no_gaps()
        buckets = self._gap_buckets(gaps)
        families, cells = self._gap_cells(gaps, buckets)
        first, last = buckets[0][0], buckets[-1][0]
        return {
            "columns": [self._gap_column(day, week) for day, week in buckets],
            "rows": [
                {
                    "id": family.id,
                    "name": family.name or self.env._("Without family"),
                    "cells": [cells.get((family, day)) for day, _week in buckets],
                }
                for family in families[:ROWS]
            ],
            "hidden_families": max(len(families) - ROWS, 0),
            "later": len(gaps.filtered(lambda gap: gap.bucket_start > last)),
            "earlier": len(gaps.filtered(lambda gap: gap.bucket_end <= first)),
            "action": self._dashboard_action(
                "sop_supply_gap_action", search_default_open=1, search_default_plan=1
            ),
        }

    def _no_gaps(self):
        block = self._supply_block()
        if block:
            return {"state": BLOCKED, "message": block[0], "fix": block[1]}
        return {"state": EMPTY, "message": self.env._("Supply covers demand for 26 weeks.")}

    def _gap_buckets(self, gaps):
        """The weeks around the first that is short, (first day, number of the week); the months
        where only months are short."""
        first = min(gaps.mapped("bucket_start"))
        last = max(gaps.mapped("bucket_end"))
        weeks = [(fields.Date.add(self.week_start, weeks=week - 1), week) for week in range(1, 27)]
        one_week = [
            place for place, (day, _week) in enumerate(weeks)
            if fields.Date.add(day, weeks=1) > first and day < last
        ]  # fmt: skip
        if not one_week:
            months = sorted({line.bucket_start for line in gaps.line_ids})
            return [(day, 0) for day in months[:COLUMNS]]
        start = max(one_week[0] - 1, 0)
        stop = min(one_week[-1] + 2, start + COLUMNS, len(weeks))
        return weeks[max(min(start, stop - 5), 0) : stop]  # at least five, for a calm table

    def _gap_column(self, day, week):
        label = self.env._("W%s", week) if week else format_date(self.env, day, date_format="MMM")
        return {"label": label, "title": format_date(self.env, day)}

    def _gap_cells(self, gaps, buckets):
        """Families, the largest shortage in money first, and {(family, first day): cell}."""
        found = self.env["sop.supply.gap.line"]._read_group(
            [
                ("gap_id", "in", gaps.ids),
                ("bucket_start", ">=", buckets[0][0]),
                ("bucket_start", "<=", buckets[-1][0]),
            ],
            ["family_id", "bucket_start:day"],
            ["qty_short:sum", "hours_short:sum", "gap_id:array_agg"],
        )
        demand = self._gap_demand(gaps, buckets)
        cells = {}
        for family, day, qty, hours, gap_ids in found:
            own = gaps.browse(dict.fromkeys(gap_ids))
            severity = short_level(qty, demand.get((family, day)))
            cells[family, day] = {
                "ids": own.ids,
                "qty": qty,
                "severity": severity,
                "glyph": glyph(severity),
                "title": self._cell_title(own, hours),
            }
        ranked = dict.fromkeys(gap.family_id for gap in gaps)  # gaps are in the order of money
        shown = {family for family, _day in cells}
        return [family for family in ranked if family in shown], cells

    def _gap_demand(self, gaps, buckets):
        """{(family, first day): units of demand}: what a shortage is a part of."""
        found = self.env["sop.supply.line"]._read_group(
            [
                ("scenario_id", "in", gaps.scenario_id.ids),
                ("family_id", "in", gaps.family_id.ids),
                ("bucket_start", ">=", buckets[0][0]),
                ("bucket_start", "<=", buckets[-1][0]),
            ],
            ["family_id", "bucket_start:day"],
            ["qty_demand:sum"],
        )
        return {(family, day): qty for family, day, qty in found}

    def _cell_title(self, gaps, hours):
        names = ", ".join(dict.fromkeys(filter(None, gaps.mapped("subject"))))
        if hours and CAPACITY in gaps.mapped("kind"):
            return self.env._("%(names)s: %(hours)s h short", names=names, hours=f"{hours:,.1f}")
        return names

    # ---- suppliers ----

    def _dashboard_suppliers(self):
        """Flagged suppliers, the most sales at risk first."""
        risks = self.env["sop.supplier.risk"].search(
            [("cycle_id", "=", self.id), ("is_flagged", "=", True)], limit=SUPPLIERS
        )
        if not risks:
            words = self.env._("No supplier missed its last delivery windows.")
            return {"state": EMPTY, "message": words}
        states = dict(risks._fields["state"]._description_selection(self.env))
        return {
            "rows": [self._supplier_row(risk, states) for risk in risks],
            "more": max(self.supplier_flag_count - SUPPLIERS, 0),
            "can_answer": risks.has_access("write") and not self.is_frozen,
            "can_open_orders": self.env["purchase.order"].has_access("read"),
            "action": self._dashboard_action("sop_supplier_risk_action", search_default_flagged=1),
        }

    def _supplier_row(self, risk, states):
        names = risk.family_line_ids.family_id.mapped("name")
        return {
            "id": risk.id,
            "name": risk.partner_id.display_name,
            "severity": risk.severity,
            "missed": self.env._(
                "missed its last %(missed)s windows of %(due)s",
                missed=risk.missed_windows,
                due=risk.windows_due,
            ),
            "reason": risk.reason,
            "families": names[:FAMILIES_NAMED],
            "families_more": max(len(names) - FAMILIES_NAMED, 0),
            "needed": risk.week_label,
            "at_risk": self._money_at_risk(risk),
            "owner": risk.user_id.name or "",
            "state": risk.state,
            "state_label": states[risk.state],
        }

    def _money_at_risk(self, risk):
        """What the vendor's delay puts at risk, if anything, for those who see amounts."""
        is_told = risk.amount_at_risk and self._sees_money()
        return self._short_money(risk.amount_at_risk) if is_told else ""
