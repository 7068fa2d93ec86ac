import math
from dataclasses import dataclass

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import formatLang

from .sop_demand_override import DELTA, PERCENT, RESET, SET

CELL_LIMIT = 5000
LAST_YEAR, STATISTICAL = "last_year", "statistical"
TYPED = (SET, PERCENT, DELTA)
KINDS = (*TYPED, RESET, LAST_YEAR, STATISTICAL)
CONSENSUS, SALES_INPUT = "qty_consensus", "qty_sales"
READ = ("product_id", "family_id", "bucket_start", "version", "qty_consensus", "qty_statistical",
        "qty_last_year", "qty_sales", "is_sales", "is_overridden")  # fmt: skip


@dataclass
class Cell:
    """One cell that is to be changed, and the plan lines that it is made of."""

    row: str
    column: int
    kind: str
    value: float
    version: int | None
    name: str = ""
    lines: models.BaseModel | None = None


class SopDemandLine(models.Model):
    """Figures typed into the planning grid: many cells, one transaction, by the same door as any
    other change."""

    _inherit = "sop.demand.line"

    @api.model
    def write_grid(self, domain=(), options=None, change=None):
        """Change one measure in one or many cells, all or none.

        ``change``: ``{measure, cells: [{row, column, kind, value, version}], reason_id, note}``.
        ``kind`` is set, percent, delta, reset, last_year or statistical; a total is spread over
        its products and months, locked products stay. In value, what is typed is money, and the
        figures become the whole units that are worth it. Returns ``status`` done with what changed,
        reason where one is missing, or conflict where somebody else was faster: nothing is written
        then. Raises UserError for what cannot be written, AccessError for whom may not.
        """
        grid = self._grid(domain, options)
        change = change if isinstance(change, dict) else {}
        self._grid_check_change(grid, change)
        self._grid_check_unit(grid, options)
        self._grid_set_columns(grid)
        cells = self._grid_cells(grid, change)
        lines = self._grid_assign(grid, cells)
        lines._grid_check_open(change["measure"])
        conflict = self._grid_conflict(grid, cells)
        if conflict:
            return conflict
        if change["measure"] == SALES_INPUT:
            return self._grid_enter_sales(grid, cells, change.get("note"))
        return self._grid_enter_consensus(grid, cells, change)

    @api.model
    def undo_grid(self, domain=(), options=None, journal_ids=()):
        """Take changes of ``write_grid`` back, by the ids that it returned."""
        grid = self._grid(domain, options)
        self._grid_check_change(grid, {"measure": SALES_INPUT, "cells": journal_ids})
        self._grid_set_columns(grid)
        inputs = [entry for entry in journal_ids if isinstance(entry, dict)]
        entries = self.env["sop.demand.override"].search(
            [
                ("id", "in", [entry for entry in journal_ids if isinstance(entry, int)]),
                ("cycle_id", "=", grid.cycle.id),
            ]
        )
        if len(entries) + len(inputs) < len(journal_ids):
            raise UserError(self.env._("This change is not in %s any more.", grid.cycle.name))
        lines = entries.line_ids.line_id
        entries.action_undo()
        for entry in inputs:
            lines |= self._grid_restore_inputs(grid, entry)
        text = self.env._("Undone: %s", self._grid_lines_name(lines))
        return self._grid_answer(grid, lines, [], text)

    # ---- what is asked ----

    def _grid_check_change(self, grid, change):
        measure, cells = change.get("measure"), change.get("cells")
        if measure == CONSENSUS:
            self._check_controller()
        elif measure == SALES_INPUT:
            if not self._grid_may("sales"):
                raise AccessError(self.env._("Only S&OP sales contributors enter a sales input."))
        else:
            raise UserError(self.env._("Only the consensus and the sales input can be typed."))
        if not grid.cycle:
            raise UserError(self.env._("There is no cycle to change."))
        if not cells or not isinstance(cells, (list, tuple)):
            raise UserError(self.env._("There is nothing to change."))
        if len(cells) > CELL_LIMIT:
            raise UserError(
                self.env._(
                    "%(count)s cells are too many for one change: change %(limit)s at most.",
                    count=len(cells),
                    limit=CELL_LIMIT,
                )
            )

    def _grid_check_unit(self, grid, options):
        if (options or {}).get("unit") == "amount" != grid.unit:
            raise AccessError(self.env._("You do not see amounts: change the quantities."))

    def _grid_cells(self, grid, change):
        """The cells of a change, each with a number that makes sense."""
        columns = {column["key"]: n for n, column in enumerate(grid.columns)}
        if not all(isinstance(asked, dict) for asked in change["cells"]):
            raise UserError(self.env._("A cell is a row, a column and a change."))
        labels = self._grid_row_names({str(asked.get("row")) for asked in change["cells"]})
        cells = {}
        for asked in change["cells"]:
            row, column = str(asked.get("row")), columns.get(str(asked.get("column")))
            if column is None:
                raise UserError(self.env._("The plan has no month %s.", asked.get("column")))
            name = f"{labels[row]}, {grid.columns[column]['label']}"
            if (row, column) in cells:
                raise UserError(self.env._("%s is in this change twice.", name))
            kind = asked.get("kind") or SET
            value = self._grid_number(kind, asked.get("value"), name)
            cells[row, column] = Cell(row, column, kind, value, asked.get("version"), name)
        return list(cells.values())

    def _grid_row_names(self, keys):
        """{key: what the row is called}, read in one go."""
        last = {key: list(self._grid_parts(key).items())[-1] for key in keys}
        records = {}
        for path in {path for path, _value in last.values()}:
            found = self._grid_field(path)
            if found.type == "many2one":
                ids = [value for other, value in last.values() if other == path and value]
                records |= {
                    (path, row.id): row for row in self.env[found.comodel_name].browse(ids).exists()
                }
                records[path, False] = self.env[found.comodel_name]
        return {
            key: self._grid_label(path, records.get((path, value), value))
            for key, (path, value) in last.items()
        }

    def _grid_number(self, kind, value, name):
        """The number that was entered. Raises UserError with the cell's name."""
        if kind not in KINDS:
            raise UserError(self.env._("%(name)s: there is no change “%(kind)s”.",
                                       name=name, kind=kind))  # fmt: skip
        if kind not in TYPED:
            return 0.0
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value):
            raise UserError(
                self.env._("%(name)s: “%(value)s” is not a number.", name=name, value=value)
            )
        if kind == SET and value < 0 or kind == PERCENT and value < -100:
            raise UserError(
                self.env._(
                    "%(name)s: demand cannot be negative, and %(value)s would make it so.",
                    name=name,
                    value=formatLang(self.env, value, digits=0 if value == int(value) else 2),
                )
            )
        return float(value)

    def _grid_assign(self, grid, cells):
        """Give every cell its lines, read in one go; returns them all."""
        paths = {cell.row: self._grid_parts(cell.row) for cell in cells}
        by_paths = {}  # names of a row's fields: {(their values, column): cell}
        for cell in cells:
            parts = paths[cell.row]
            own = by_paths.setdefault(tuple(parts), {})
            own[(*parts.values(), cell.column)] = cell
        wanted = {cell.column for cell in cells}
        months = [month for month, column in grid.column_of.items() if column in wanted]
        found = self.search_fetch(
            grid.domain & Domain("bucket_start", "in", months) & self._grid_rows_domain(by_paths),
            READ,
        )
        ids = {}
        for line in found:
            self._grid_take(grid, line, by_paths, ids)
        for cell in cells:
            cell.lines = self.browse(ids.get((cell.row, cell.column), ())).with_prefetch(found.ids)
            if not cell.lines:
                raise UserError(self.env._("%s: nothing is planned there.", cell.name))
        return self.browse([line_id for own in ids.values() for line_id in own])

    def _grid_rows_domain(self, by_paths):
        """The lines of any of the rows; more where rows are named by several fields."""
        return Domain.OR(
            Domain.AND(
                Domain(path, "in", list({values[n] for values in own}))
                for n, path in enumerate(paths)
            )
            for paths, own in by_paths.items()
        )

    def _grid_take(self, grid, line, by_paths, ids):
        """Put a line into its cell."""
        taken = None
        for paths, own in by_paths.items():
            cell = own.get((*(line._grid_plain_value(path) for path in paths),
                            grid.column_of[line.bucket_start]))  # fmt: skip
            if not cell:
                continue
            if taken:
                raise UserError(
                    self.env._(
                        "%(one)s is part of %(other)s: change one of them at a time.",
                        one=cell.name,
                        other=taken.name,
                    )
                )
            taken = cell
            ids.setdefault((cell.row, cell.column), []).append(line.id)

    def _grid_plain_value(self, path):
        value = self.sudo().mapped(path) if "." in path else self[path]
        if isinstance(value, list):
            value = value[0] if value else False
        return value.id if isinstance(value, models.BaseModel) else value

    def _grid_check_open(self, measure):
        if measure == CONSENSUS:
            return self._check_may_override()
        self._check_may_enter({SALES_INPUT: 0.0})
        self.cycle_id._check_not_frozen()
        self._check_months_open()
