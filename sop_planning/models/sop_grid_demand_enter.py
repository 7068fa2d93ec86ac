from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_round

from .sop_demand_override import PERCENT, RESET, SET
from .sop_grid_demand_edit import CONSENSUS, LAST_YEAR, SALES_INPUT, STATISTICAL, TYPED


class SopDemandLine(models.Model):
    """What cells typed into the grid become: overrides with a reason, or a sales input."""

    _inherit = "sop.demand.line"

    # ---- the consensus ----

    def _grid_enter_consensus(self, grid, cells, change):
        self._grid_check_locked(cells)
        figures = self._grid_new_figures(grid, cells)
        if not change.get("reason_id"):
            missing = self._grid_without_reason(grid, cells, figures)
            if missing:
                return self._grid_ask_reason(grid, missing)
        reason = self.env["sop.override.reason"].browse(change.get("reason_id") or [])
        if reason and not reason.exists():
            raise UserError(self.env._("The reason does not exist any more: choose another one."))
        before = [self._grid_figure(grid, cell.lines, CONSENSUS) for cell in cells]
        journal = self._grid_override(cells, figures, reason, change.get("note"))
        text = self._grid_change_words(grid, cells, before)
        lines = self.browse().union(*figures)
        return self._grid_answer(grid, lines, journal.ids, text)

    def _grid_check_locked(self, cells):
        lines = self.browse().union(*(cell.lines for cell in cells))
        locked = lines._locked()
        for cell in cells if locked else ():
            if not cell.lines - locked:
                raise UserError(
                    self.env._("%s: the product is locked. Unlock it to change its figures.",
                               cell.name)
                )  # fmt: skip

    def _grid_new_figures(self, grid, cells):
        """{line: units, or None to take the override back} of the lines that change."""
        typed = [cell for cell in cells if cell.kind in TYPED]
        figures = self._grid_spread(
            grid, [(cell.lines, cell.kind, cell.value, cell.name) for cell in typed]
        )
        if grid.unit == "amount":
            # the journal is in units
            for cell in typed:
                if cell.kind != PERCENT:
                    units = (figures.get(line, line.qty_consensus) for line in cell.lines)
                    cell.kind, cell.value = SET, sum(units)
        others = [cell for cell in cells if cell.kind not in TYPED]
        locked = self.browse().union(*(cell.lines for cell in others))._locked() if others else ()
        for cell in others:
            figures |= self._grid_copied(cell, cell.lines - locked)
        return figures

    def _grid_spread(self, grid, totals):
        if not totals:
            return {}
        return self.env["sop.planner"]._spread_cells(totals, in_money=grid.unit == "amount")

    def _grid_copied(self, cell, lines):
        """What a cell's lines become without a number typed."""
        if cell.kind == RESET:
            return dict.fromkeys(lines.filtered("is_overridden"))
        name = {LAST_YEAR: "qty_last_year", STATISTICAL: "qty_statistical"}[cell.kind]
        if cell.kind == LAST_YEAR:
            self._grid_check_last_year(cell)
        digits = self._grid_digits()
        rounded = {line: float_round(line[name], precision_digits=digits) for line in lines}
        return {line: qty for line, qty in rounded.items() if qty != line.qty_consensus}

    def _grid_check_last_year(self, cell):
        """A month that is not over last year has no figure: 0 would be a lie."""
        for line in cell.lines:
            if fields.Date.subtract(line.bucket_start, years=1) >= line.cycle_id.month:
                raise UserError(
                    self.env._("%s: the same month of last year is not over yet.", cell.name)
                )

    def _grid_without_reason(self, grid, cells, figures):
        """The cells whose change takes them past amber of their family: those need a reason."""
        changed = [
            cell
            for cell in cells
            if cell.kind not in (RESET, STATISTICAL) and any(line in figures for line in cell.lines)
        ]
        families = self.browse().union(*(cell.lines for cell in changed)).family_id
        limits = self._grid_family_limits(grid.cycle.company_id, families)
        company_amber = grid.cycle.company_id.sop_threshold_amber
        asked = []
        for cell in changed:
            family = cell.lines.family_id
            amber = limits[family][0] if len(family) == 1 else company_amber
            new = sum(figures.get(line, line.qty_consensus) for line in cell.lines)
            asked.append((new, sum(cell.lines.mapped("qty_statistical")), amber))
        needed = self.env["sop.planner"]._exceeds_amber(asked)
        return [(cell, *figures_of) for cell, figures_of, is_needed in zip(changed, asked, needed)
                if is_needed]  # fmt: skip

    def _grid_ask_reason(self, grid, missing):
        cell, new, reference, amber = missing[0]
        if reference:
            text = self.env._(
                "%(name)s: %(new)s is %(deviation)s from the statistical forecast of"
                " %(reference)s, more than %(amber)s. Choose a reason.",
                name=cell.name,
                new=self._grid_units(new),
                deviation=f"{100 * (new - reference) / reference:+,.1f} %",
                reference=self._grid_units(reference),
                amber=f"{100 * amber:g} %",
            )
        else:
            text = self.env._(
                "%(name)s: nothing was forecast, so %(new)s is new demand. Choose a reason.",
                name=cell.name,
                new=self._grid_units(new),
            )
        return {
            "status": "reason",
            "text": text,
            "cells": [{"row": cell.row, "column": grid.columns[cell.column]["key"]}
                      for cell, *_figures in missing],
        }  # fmt: skip

    def _grid_override(self, cells, figures, reason, note):
        """Override the lines in one go and keep an entry a family; returns the entries."""
        journal = self.env["sop.demand.override"]
        if not figures:
            return journal
        cell_of = {line: cell for cell in cells for line in cell.lines}
        lines = self.browse().union(*figures)
        rows = dict(zip(lines, lines._journal_rows(figures)))
        self.env["sop.planner"]._apply_overrides(lines, figures)
        for own in lines.grouped("family_id").values():
            entry = self._grid_entry([cell_of[line] for line in own], own)
            journal |= own._write_journal(
                own.cycle_id,
                [rows[line] for line in own],
                {**entry, "reason_id": reason.id, "note": (note or "").strip() or False},
            )
        return journal

    def _grid_entry(self, cells, lines):
        """How a change is called in the journal: as entered where it is one, else by its result."""
        changes = {(cell.kind, cell.value) for cell in cells}
        kind, value = changes.pop()
        is_same = not changes and (kind in (PERCENT, RESET) or len({id(c) for c in cells}) == 1)
        if is_same and kind in (*TYPED, RESET):
            return {"kind": kind, "value": value}
        return {"kind": SET, "value": sum(lines.mapped(CONSENSUS))}

    # ---- the sales input ----

    def _grid_enter_sales(self, grid, cells, note):
        """The user's own expectation, spread over products as the consensus is."""
        lines = self.browse().union(*(cell.lines for cell in cells))
        old = lines._grid_own_inputs()
        before = [self._grid_figure(grid, cell.lines, SALES_INPUT) for cell in cells]
        taken_back = [cell for cell in cells if cell.kind == RESET]
        for cell in taken_back:
            self.env["sop.demand.input"]._enter(cell.lines, None)
        figures = self._grid_sales_figures(grid, [cell for cell in cells if cell.kind != RESET])
        if figures:
            extra = {"note": note.strip()} if (note or "").strip() else {}
            self.env["sop.demand.input"].create(
                [{**line._grid_input_key(), "qty": qty, **extra} for line, qty in figures.items()]
            )
        journal = [{"inputs": [[line.id, old.get(line)] for line in lines]}]
        text = self._grid_change_words(grid, cells, before, SALES_INPUT)
        return self._grid_answer(grid, lines, journal, text)

    def _grid_input_key(self):
        return {
            "cycle_id": self.cycle_id.id,
            "product_id": self.product_id.id,
            "bucket_start": self.bucket_start,
        }

    def _grid_own_inputs(self):
        """{line: the user's own figure} where there is one."""
        inputs = self.env["sop.demand.input"].search(
            [
                ("cycle_id", "in", self.cycle_id.ids),
                ("product_id", "in", self.product_id.ids),
                ("bucket_start", "in", list(set(self.mapped("bucket_start")))),
                ("user_id", "=", self.env.uid),
            ]
        )
        known = {(row.cycle_id, row.product_id, row.bucket_start): row.qty for row in inputs}
        keys = {line: (line.cycle_id, line.product_id, line.bucket_start) for line in self}
        return {line: known[key] for line, key in keys.items() if key in known}

    def _grid_sales_figures(self, grid, cells):
        """{line: units} of all lines of the cells: who expects a family's total expects a figure
        of each of its products."""
        figures = {}
        totals = []
        for cell in cells:
            if cell.kind in (LAST_YEAR, STATISTICAL):
                figures |= dict.fromkeys(cell.lines) | self._grid_copied(cell, cell.lines)
            else:
                totals.append((cell.lines, SET, self._grid_expected(grid, cell), cell.name))
                figures |= dict.fromkeys(cell.lines)
        spread = self._grid_spread(grid, totals)
        return {
            line: spread.get(line, line.qty_consensus) if qty is None else qty
            for line, qty in figures.items()
        }

    def _grid_expected(self, grid, cell):
        """The total that a contributor expects; a change starts from the sales input there is, of
        products without one from the consensus."""
        if cell.kind == SET:
            return cell.value
        entered = cell.lines.filtered("is_sales")
        now = self._grid_figure(grid, entered, SALES_INPUT) + self._grid_figure(
            grid, cell.lines - entered, CONSENSUS
        )
        total = now * (1 + cell.value / 100) if cell.kind == PERCENT else now + cell.value
        if total < 0:
            raise UserError(
                self.env._("%(name)s: demand cannot be negative, and there are only %(qty)s.",
                           name=cell.name, qty=self._grid_words(grid, now))
            )  # fmt: skip
        return total

    def _grid_restore_inputs(self, grid, entry):
        """Give the user's own inputs the figures that they had."""
        old = {int(line_id): qty for line_id, qty in entry.get("inputs") or []}
        lines = self.search(grid.domain & Domain("id", "in", list(old)))
        lines._grid_check_open(SALES_INPUT)
        gone = lines.filtered(lambda line: old[line.id] is None)
        inputs = self.env["sop.demand.input"]
        inputs.search(
            [
                ("cycle_id", "=", grid.cycle.id),
                ("product_id", "in", gone.product_id.ids),
                ("bucket_start", "in", list(set(gone.mapped("bucket_start")))),
                ("user_id", "=", self.env.uid),
            ]
        )._of_lines(gone).unlink()
        inputs.create([{**line._grid_input_key(), "qty": old[line.id]} for line in lines - gone])
        return lines
