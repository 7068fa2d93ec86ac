from odoo import models
from odoo.fields import Domain
from odoo.tools import format_datetime, formatLang

from .sop_grid_demand_edit import CONSENSUS

# of an answer, what travels of the changed columns only
SERIES = ("levels", "glyphs", "marks", "versions")


class SopDemandLine(models.Model):
    """What the grid is told after a change: the changed cells, or who was faster."""

    _inherit = "sop.demand.line"

    # ---- two at once ----

    def _grid_conflict(self, grid, cells):
        """The answer when cells changed since they were shown, with their new figures."""
        moved = [
            cell
            for cell in cells
            if cell.version is not None and sum(cell.lines.mapped("version")) != cell.version
        ]
        if not moved:
            return None
        lines = self.browse().union(*(cell.lines for cell in moved))
        answer = self._grid_answer(grid, lines, [], "")
        return {
            **answer,
            "status": "conflict",
            "text": moved[0].lines._grid_conflict_words(moved[0].name),
            "cells": [{"row": cell.row, "column": grid.columns[cell.column]["key"]}
                      for cell in moved],
        }  # fmt: skip

    def _grid_conflict_words(self, name):
        user, moment = self._grid_last_change()
        return self.env._(
            "%(user)s changed %(name)s%(moment)s to %(qty)s after you opened it.",
            user=user.sudo().name or self.env._("Somebody"),
            name=name,
            moment=f" ({format_datetime(self.env, moment, dt_format='short')})" if moment else "",
            qty=self._grid_units(sum(self.mapped(CONSENSUS))),
        )

    def _grid_last_change(self):
        """Who changed one of these lines last, and when."""
        row = self.env["sop.demand.override.line"].search(
            [("line_id", "in", self.ids)], order="id desc", limit=1
        )
        entered = self.env["sop.demand.input"].search(
            [
                ("cycle_id", "in", self.cycle_id.ids),
                ("product_id", "in", self.product_id.ids),
                ("bucket_start", "in", list(set(self.mapped("bucket_start")))),
            ],
            order="write_date desc, id desc",
            limit=1,
        )
        entry = row.override_id
        if entered and (not entry or entered.write_date > entry.create_date):
            return entered.user_id, entered.write_date
        return entry.user_id, entry.create_date

    # ---- the answer ----

    def _grid_answer(self, grid, lines, journal_ids, text):
        """What the browser has to show anew: the changed columns of the rows above and below."""
        answer = {"status": "done", "rows": [], "totals": None,
                  "journal_ids": journal_ids, "text": text}  # fmt: skip
        if not lines:
            return answer
        grid.measures = self._grid_shown(grid, self._grid_measures(grid))
        grid.parent = None
        columns = sorted({grid.column_of[line.bucket_start] for line in lines
                          if line.bucket_start in grid.column_of})  # fmt: skip
        top = grid.groupby[0]
        above = {line._grid_plain_value(top) for line in lines}
        domain = grid.domain & Domain(top, "in", list(above))
        rows = self._grid_rows(grid, top, domain, None)
        below = self._grid_child_spec(grid)
        if below:
            rows += self._grid_rows_below(grid, domain, below, lines, rows)
        totals = self._grid_totals(grid)
        answer["rows"] = [_changed(row, columns) for row in rows]
        answer["totals"] = _changed(totals, columns)
        return answer

    def _grid_rows_below(self, grid, domain, below, lines, rows):
        """The changed rows under the top rows, as they are when a row is opened."""
        values = list({line._grid_plain_value(below) for line in lines})
        domain &= Domain(below, "in", values)
        if (grid.groupby[0], below) in self._grid_nested:
            return self._grid_rows(grid, below, domain, rows[0]["key"])
        return [
            row
            for key in [row["key"] for row in rows]
            for row in self._grid_rows(grid, below, domain & self._grid_key_domain(key), key)
        ]

    def _grid_change_words(self, grid, cells, before, measure=CONSENSUS):
        """What a change did, in a sentence."""
        if len(cells) == 1:
            now = self._grid_figure(grid, cells[0].lines, measure)
            old, new = (self._grid_words(grid, figure) for figure in (before[0], now))
            return f"{cells[0].name}: {old} → {new}"
        return self.env._(
            "%(count)s figures changed in %(rows)s rows",
            count=len(cells),
            rows=len({cell.row for cell in cells}),
        )

    def _grid_lines_name(self, lines):
        subject = lines.product_id if len(lines.product_id) == 1 else lines.family_id
        named = subject.sudo().with_context(hierarchical_naming=False)
        months = sorted(set(lines.mapped("bucket_start")))
        labels = dict.fromkeys(
            lines.cycle_id[:1]._month_label(month) for month in months[:1] + months[-1:]
        )
        return f"{', '.join(named.mapped('display_name')[:3])}, {' - '.join(labels)}"

    def _grid_figure(self, grid, lines, measure):
        """The figure of a cell in the grid's unit: units, or their worth."""
        is_money = grid.unit == "amount"
        return sum(line[measure] * (line.price_unit if is_money else 1) for line in lines)

    def _grid_words(self, grid, figure):
        if grid.unit != "amount":
            return self._grid_units(figure)
        return formatLang(self.env, figure, currency_obj=grid.cycle.currency_id)

    def _grid_units(self, qty):
        return formatLang(self.env, qty, digits=0 if float(qty).is_integer() else 1)


def _changed(row, columns):
    """A row with its changed columns only: series as {column: value}."""
    kept = ("key", "total", "version", "tags", "is_locked", "is_editable")
    change = {name: row[name] for name in kept if name in row}
    change["cells"] = {
        measure: {column: series[column] for column in columns}
        for measure, series in row["cells"].items()
    }
    for name in SERIES:
        if name in row:
            change[name] = {column: row[name][column] for column in columns}
    return change
