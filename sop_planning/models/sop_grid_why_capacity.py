from odoo import fields, models

from ..palette import glyph
from .navigation import open_action
from .sop_supply_gap import CAPACITY

SMALL = 0.005


class SopCapacityLine(models.Model):
    """What loads a work center in a week, and what it is open for."""

    _name = "sop.capacity.line"
    _inherit = ["sop.capacity.line", "sop.grid.why.supply"]

    def _cell_figures(self, cell):
        lines = self.search(cell.spot)
        load, available = sum(lines.mapped("hours_load")), sum(lines.mapped("hours_available"))
        worst = max(lines, key=lambda line: (line.rate_load, line.hours_load), default=lines)
        level = worst.level if len(lines) < 2 else self._level_of(lines)
        known = any(lines.mapped("has_hours"))
        rate = f"{100 * load / available:,.0f} %" if available else "0 %"
        if load and not available:
            rate = self.env._("no hours")
        return {
            "value": rate if known else self.env._("no calendar"),
            "level": level or "none",
            "glyph": glyph(level),
            "deviation": self._over_words(level, load, available) if known else "",
            "parts": self._load_parts(lines, load, available),
            "facts": self._capacity_facts(cell, lines, load, available),
            "series": self._capacity_series(cell),
            "editable": False,
        }

    def _level_of(self, lines):
        """The worst bucket of several."""
        order = [name for name, _label in self._fields["level"].selection]
        return max(lines.mapped("level"), key=order.index)

    def _over_words(self, level, load, available):
        hours = self._number(abs(load - available), 1)
        if load > available:
            return f"{glyph(level)} {self.env._('%s h too much', hours)}".strip()
        return f"{glyph(level)} {self.env._('%s h free', hours)}".strip()

    def _load_parts(self, lines, load, available):
        def hours(label, value, sign="", help=""):
            return self._part(label, value, sign, help, digits=1)

        calendar, extra, released, planned = (
            sum(lines.mapped(name))
            for name in ("hours_calendar", "hours_extra", "hours_orders", "hours_plan")
        )
        center = lines.workcenter_id[:1]
        return [
            hours(self.env._("Released orders"), released,
                  help=self.env._("What released work orders still take")),
            hours(self.env._("Planned production"), planned, "+",
                  self.env._("What the plan adds")),
            hours(self.env._("Load"), load, "="),
            hours(self.env._("Calendar"), calendar,
                  help=center.resource_calendar_id.sudo().display_name or ""),
            *([hours(self.env._("Extra hours"), extra, "+")] if abs(extra) >= SMALL else []),
            hours(self.env._("Available"), available, "="),
        ]  # fmt: skip

    def _capacity_facts(self, cell, lines, load, available):
        facts = []
        shares = self._family_shares(lines)
        if shares:
            facts.append(self.env._("Load by family: %s.", ", ".join(shares)))
        chance = max(lines.mapped("rate_chance"), default=0.0)
        if available and SMALL < chance < 1 - SMALL:
            facts.append(
                self.env._(
                    "%s chance of an overload, demand being as uncertain as its forecast.",
                    f"{100 * chance:.0f} %",
                )
            )
        facts += self._gap_words(cell)
        if lines and not any(lines.mapped("has_hours")):
            facts.append(
                self.env._("Without a calendar with hours nothing is compared: enter one on the"
                           " work center.")
            )  # fmt: skip
        return facts or [self.env._("Nothing is planned here.")]

    def _family_shares(self, lines):
        """["Couplings 20.5 h", ...], the largest first: released orders as they are, planned
        production divided by the standard minutes of what has to be started."""
        rows = self.env["sop.source"]._read_load_shares(lines)
        weights = sum(row["weight"] for row in rows)
        planned = sum(lines.mapped("hours_plan"))
        hours = {
            row["family_id"]: row["hours"] + (planned * row["weight"] / weights if weights else 0)
            for row in rows
        }
        families = self.env["product.category"].browse([key for key in hours if key]).exists()
        names = {family.id: family.name for family in families}
        largest = sorted(hours.items(), key=lambda item: -item[1])
        return [
            f"{names.get(family_id) or self.env._('other products')} {self._number(value, 1)} h"
            for family_id, value in largest
            if value >= 0.05
        ]

    def _gap_words(self, cell):
        """The families that miss hours here."""
        gaps = self._center_gaps(cell)
        return [
            self.env._(
                "%(family)s is short of %(hours)s h, %(weeks)s.",
                family=gap.family_id.name or self.env._("Without family"),
                hours=self._number(gap.hours_short, 1),
                weeks=gap.run_label,
            )
            for gap in gaps
        ]

    def _center_gaps(self, cell):
        return self.env["sop.supply.gap"].search(
            [("scenario_id", "=", self._scenario(cell).id), ("kind", "=", CAPACITY),
             ("workcenter_id", "=", cell.subject.id), ("bucket_start", "<", cell.end),
             ("bucket_end", ">", cell.first)]
        )  # fmt: skip

    def _capacity_series(self, cell):
        rows = self._read_group(
            cell.row,
            ["bucket_start:day", "week"],
            ["hours_orders:sum", "hours_plan:sum", "hours_available:sum"],
            order="bucket_start:day",
        )
        weeks = [row for row in rows if row[1]]
        return self._bars(
            [row[:2] for row in weeks],
            [
                ("orders", self.env._("Released orders"), [row[2] for row in weeks]),
                ("plan", self.env._("Planned"), [row[3] for row in weeks]),
                ("available", self.env._("Available"), [row[4] for row in weeks]),
            ],
            cell,
        )

    def _cell_actions(self, cell):
        gaps = self._center_gaps(cell)
        leaves = "resource.calendar.leaves"
        return [
            self._extra_hours_drill(cell),
            self._drill("work_orders", self.env._("Work orders"), model="mrp.workorder"),
            self._drill("plan", self.env._("Planned production")),
            gaps and self._drill("gaps", self.env._("Gaps"), len(gaps)),
            self._drill("leaves", self.env._("Time off"), model=leaves),
            cell.subject.resource_calendar_id.sudo()
            and self._drill("calendar", self.env._("Working time"), model="resource.calendar"),
            self._drill("workcenter", self.env._("Work center"), model="mrp.workcenter"),
        ]

    def _extra_hours_drill(self, cell):
        """Extra hours are tried in a scenario; the calendar stays as it is."""
        frozen = self._refusal(cell.cycle._check_not_frozen)
        may = self.env["sop.scenario.new"].has_access("create")
        words = self.env._("Controllers and operations calculate scenarios with extra hours.")
        return self._drill(
            "extra_hours",
            self.env._("+ Extra hours"),
            is_allowed=may and not frozen,
            help=frozen or ("" if may else words),
        )

    def _extra_hours_dialog(self, cell):
        """The question "What if we work overtime?" for these work centers and weeks, with the
        hours that are missing."""
        cell.cycle._check_not_frozen()
        center = self.workcenter_id[:1] or cell.subject
        first = max(cell.first, cell.cycle.company_id._sop_today())
        last = fields.Date.subtract(max(self.mapped("bucket_end"), default=cell.end), days=1)
        own = self.filtered(lambda line: line.workcenter_id == center)
        over = max((line.hours_load - line.hours_available for line in own), default=0.0)
        efficiency = (center.sudo().time_efficiency or 100.0) / 100
        missing = {"default_value": float(-(-over // efficiency))} if over > 0 else {}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Extra Hours"),
            "res_model": "sop.scenario.new",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_cycle_id": cell.cycle.id,
                "default_question": "extra_hours",
                "default_workcenter_id": center.id,
                "default_date_from": str(first),
                "default_date_to": str(max(first, last)),
                **missing,
            },
        }

    def _open_cell_extra_hours(self, cell):
        return self.search(cell.spot)._extra_hours_dialog(cell)

    def _open_cell_work_orders(self, cell):
        return self.search(cell.spot).action_open_work_orders()

    def _open_cell_plan(self, cell):
        return self.search(cell.spot).action_open_plan()

    def _open_cell_leaves(self, cell):
        return self.search(cell.spot).action_open_leaves()

    def _open_cell_calendar(self, cell):
        return self.search(cell.spot).action_open_calendar()

    def _open_cell_workcenter(self, cell):
        return self.search(cell.spot).action_open_workcenter()

    def _open_cell_gaps(self, cell):
        domain = [("id", "in", self._center_gaps(cell).ids)]
        return open_action(self.env, "sop_supply_gap_action", domain, "list")
