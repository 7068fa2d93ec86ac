from odoo import models
from odoo.tools import formatLang

from ..palette import LEVELS, glyph

RATE = "rate_load"
HOURS = ("hours_load", "hours_available", "hours_orders", "hours_plan", "hours_extra")
DEFAULTS = {"rate": (RATE,), "hours": ("hours_load", "hours_available")}
CENTER = "workcenter_id"
RATE_DIGITS, HOURS_DIGITS = 4, 2


class SopCapacityLine(models.Model):
    """Load against hours by work center and week: the heat map."""

    _name = "sop.capacity.line"
    _inherit = ["sop.capacity.line", "sop.grid.supply.mixin"]

    _grid_unit = "rate"
    _grid_groupby = (CENTER,)
    _grid_below = {"company_id": CENTER, "level": CENTER}

    def _grid_check(self, grid):
        grid = super()._grid_check(grid)
        if grid.unit not in DEFAULTS:
            grid.unit = self._grid_unit
        return grid

    def _grid_measures(self, grid):
        default = DEFAULTS[grid.unit]
        measures = [
            self._grid_measure(name, "rate" if name == RATE else "hours", name in default)
            for name in (RATE, *HOURS)
        ]
        return sorted(measures, key=lambda measure: not measure["is_default"])

    def _grid_columns(self, grid):
        return self._grid_bucket_columns(grid, self._grid_buckets(grid, (self._name, grid.domain)))

    def _grid_total_label(self, grid):
        return self.env._("Peak") if grid.unit == "rate" else self.env._("Total")

    # ---- rows ----

    def _grid_rows(self, grid, spec, domain, parent):
        values, domain = self._grid_groups(grid, spec, domain)
        sums = self._grid_sums(grid, domain, spec)
        rows = []
        for value in values:
            row = self._grid_row(grid, spec, value, parent)
            if spec == CENTER:
                row |= self._grid_center_fact(value)
            rows.append(row | self._grid_figures(grid, sums.get(value, {})))
        return rows

    def _grid_sums(self, grid, domain, *specs):
        """{value: {column: {hours, rate_load or None, level}}}. A work center's level is the stored
        one; that of several follows from the sums of their hours, as their utilization does."""
        names = [*HOURS, RATE]
        rows = self._read_group(
            domain,
            [*specs, "bucket_start:day"],
            [*(f"{name}:sum" for name in HOURS), "rate_load:avg", "rate_load:max",
             "has_hours:bool_or", "level:array_agg"],
        )  # fmt: skip
        sums, depth = {}, len(specs)
        for row in rows:
            column = grid.column_of.get(row[depth])
            if column is None:
                continue
            *hours, mean, peak, is_known, levels = row[depth + 1 :]
            rate = (peak if len(levels) == 1 else mean) if is_known else None
            own = dict(zip(names, [*hours, rate]))
            own["has_hours"] = is_known
            if own["hours_load"] and not own["hours_available"]:
                own[RATE] = None  # no rate says how much too much it is
            own["level"] = levels[0] if len(levels) == 1 else None
            if not own["hours_load"]:
                own["level"] = "none"  # no work is never too much
            sums.setdefault(row[0] if specs else None, {})[column] = own
        self._grid_fill_levels(sums)
        return sums

    def _grid_fill_levels(self, sums):
        own = [cell for cells in sums.values() for cell in cells.values() if not cell["level"]]
        levels = self.env["sop.planner"]._grid_load_levels([cell[RATE] for cell in own])
        for cell, level in zip(own, levels):
            is_closed = cell["has_hours"] and cell["hours_load"] and not cell["hours_available"]
            cell["level"] = LEVELS[-1] if is_closed else level

    def _grid_figures(self, grid, sums):
        columns = range(len(grid.columns))
        cells = {
            name: [self._grid_rounded(sums.get(n), name) for n in columns] for name in grid.measures
        }
        levels = [sums[n]["level"] if n in sums else "none" for n in columns]
        return {
            "cells": cells,
            "total": {name: self._grid_whole(name, own) for name, own in cells.items()},
            "levels": levels,
            "glyphs": [glyph(level) for level in levels],
            "titles": [self._grid_title(sums[n]) if n in sums else "" for n in columns],
            "marks": [0] * len(grid.columns),
            "versions": [0] * len(grid.columns),
            "version": 0,
        }

    def _grid_rounded(self, own, name):
        if own is None or own[name] is None:
            return None
        return round(own[name], RATE_DIGITS if name == RATE else HOURS_DIGITS)

    def _grid_whole(self, name, figures):
        """A row's total: the hours together, the utilization of its fullest week."""
        known = [value for value in figures if value is not None]
        if not known:
            return None
        return max(known) if name == RATE else round(sum(known), HOURS_DIGITS)

    def _grid_title(self, own):
        """The arithmetic of a cell: "orders 120 h · plan 35 h · available 152 h"."""
        if not own["has_hours"]:
            return self.env._("no working time known")
        orders, plan, available = (
            formatLang(self.env, own[name] or 0.0, digits=0 if (own[name] or 0.0) >= 10 else 1)
            for name in ("hours_orders", "hours_plan", "hours_available")
        )
        return self.env._(
            "orders %(orders)s h · plan %(plan)s h · available %(available)s h",
            orders=orders,
            plan=plan,
            available=available,
        )

    def _grid_totals(self, grid):
        """All work centers together: the hours, and the share of them that is used."""
        totals = self._grid_figures(grid, self._grid_sums(grid, grid.domain).get(None, {}))
        return {
            "label": self.env._("All work centers"),
            "cells": totals["cells"],
            "total": totals["total"],
            "titles": totals["titles"],
        }

    def _grid_center_fact(self, center):
        """What a work center's row opens: itself and its working time."""
        if not center.has_access("read"):
            return {}
        calendar = center.resource_calendar_id
        link = {
            "label": self.env._("Working time"),
            "icon": "fa-calendar",
            "res_model": calendar._name,
            "res_id": calendar.id,
        }
        return {
            "res_model": center._name,
            "res_id": center.id,
            "tags": [] if calendar else [self.env._("no calendar")],
            "links": [link] if calendar else [],
        }

    def _grid_empty(self, grid):
        if not grid.cycle.date_snapshot:
            return super()._grid_empty(grid)
        return {
            "title": self.env._("No capacity compared"),
            "text": self.env._("Products need bills of materials with operations: add them, and"
                               " refresh %s.", grid.cycle.name),
            "action": None,
        }  # fmt: skip
