from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..palette import glyph, short_level
from .sop_grid_supply import BUCKETS
from .sop_supply_gap import CAPACITY

UNITS = ("qty", "amount", "hours")
NOTE_MARK = 4
SHORT = {"qty": "qty_short", "amount": "amount_short", "hours": "hours_short"}
PROJECTED = ("qty_demand", "qty_stock")  # of the family, in the supply plan
FAMILY, GAP = "family_id", "gap_id"


class SopSupplyGapLine(models.Model):
    """What is short by family and week, and what causes it."""

    _name = "sop.supply.gap.line"
    _inherit = ["sop.supply.gap.line", "sop.grid.supply.mixin"]

    _grid_below = {FAMILY: GAP}

    def _grid_check(self, grid):
        grid = super()._grid_check(grid)
        if grid.unit not in UNITS or (grid.unit == "amount" and not self._grid_sees_money()):
            grid.unit = "qty"
        return grid

    def _grid_measures(self, grid):
        main = SHORT[grid.unit]
        shorts = [(name, kind) for kind, name in SHORT.items()
                  if kind != "amount" or self._grid_sees_money()]  # fmt: skip
        projected = [self._grid_projected_measure(name) for name in PROJECTED]
        # nothing short is no figure
        short = [
            {**self._grid_measure(name, kind, name == main), "is_shortage": True}
            for name, kind in shorts
        ]
        return [*sorted(short, key=lambda measure: not measure["is_default"]), *projected]

    def _grid_projected_measure(self, name):
        known = self.env["sop.supply.line"]._fields[name]
        words = {
            "label": known._description_string(self.env),
            "help": known._description_help(self.env),
        }
        return self._grid_measure(name, "qty", **words)

    def _grid_columns(self, grid):
        buckets, _others = self._grid_conditions(grid.domain, BUCKETS)
        inside = Domain("scenario_id", "=", grid.scenario.id) & buckets
        sources = [("sop.capacity.line", inside), (self._name, inside)]
        found = self._grid_buckets(grid, *sources)
        if not self.env["sop.capacity.line"].search_count(inside, limit=1):
            found = self._grid_buckets(grid, ("sop.supply.line", inside), *sources)
        return self._grid_bucket_columns(grid, found)

    # ---- rows ----

    def _grid_rows(self, grid, spec, domain, parent):
        values, domain = self._grid_groups(grid, spec, domain)
        if spec == FAMILY and not parent:
            values = self._grid_families(grid, values)
        sums = self._grid_sums(grid, domain, spec)
        projected = self._grid_projected(grid, spec, values)
        facts = self._grid_facts(grid, spec, domain, values)
        notes = self._grid_notes(grid, spec, domain)
        rows = []
        for value in values:
            row = self._grid_row(grid, spec, value, parent) | facts.get(value, {})
            row["has_children"] = row["has_children"] and value in sums
            row |= self._grid_figures(
                grid, sums.get(value, {}), projected.get(value, {}), notes.get(value, ())
            )
            rows.append(row)
        return rows

    def _grid_sums(self, grid, domain, *specs):
        """{value: {column: {measure: what is short}}}."""
        names = [name for kind, name in SHORT.items()
                 if kind != "amount" or self._grid_sees_money()]  # fmt: skip
        rows = self._read_group(
            domain, [*specs, "bucket_start:day"], [f"{name}:sum" for name in names]
        )
        sums, depth = {}, len(specs)
        for row in rows:
            column = grid.column_of.get(row[depth])
            if column is not None:
                value = row[0] if specs else None
                sums.setdefault(value, {})[column] = dict(zip(names, row[depth + 1 :]))
        return sums

    def _grid_families(self, grid, short):
        """Families that fall short, the worst first; then the others that the plan supplies."""
        order = {gap.family_id: n for n, gap in reversed(list(enumerate(self._grid_gaps(grid))))}
        short = sorted(short, key=lambda family: order.get(family, len(order)))
        own, has_others = self._grid_conditions(grid.domain, [FAMILY])
        if grid.only_short or has_others:
            return short
        domain = Domain("scenario_id", "=", grid.scenario.id) & own
        supplied = self.env["sop.supply.product"]._read_group(domain, [FAMILY])
        reviewed = {review.family_id for review in grid.cycle.review_ids}
        return [*short, *(family for (family,) in supplied
                          if family in reviewed and family not in short)]  # fmt: skip

    def _grid_gaps(self, grid):
        """The gaps of the scenario, the largest in money first."""
        return self.env["sop.supply.gap"].search([("scenario_id", "=", grid.scenario.id)])

    def _grid_projected(self, grid, spec, values):
        """{family: {column: demand and stock at the end}}: what a shortage is a part of."""
        if spec != FAMILY or not values:
            return {}
        rows = self.env["sop.supply.line"]._read_group(
            [
                ("scenario_id", "=", grid.scenario.id),
                ("family_id", "in", [family.id for family in values]),
            ],
            [FAMILY, "bucket_start:day"],
            [f"{name}:sum" for name in PROJECTED],
        )
        projected = {}
        for family, start, *figures in rows:
            column = grid.column_of.get(start)
            if column is not None:
                projected.setdefault(family, {})[column] = dict(zip(PROJECTED, figures))
        return projected

    def _grid_figures(self, grid, sums, projected, noted):
        """A row's figures: nothing is short (0) where the plan has figures, unknown (None) where
        it has none."""
        columns = range(len(grid.columns))
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        known = [projected.get(n, {}) | sums.get(n, {}) for n in columns]
        cells = {name: [_short(own, name, digits) for own in known] for name in grid.measures}
        levels = [short_level(own.get("qty_short"), own.get("qty_demand")) for own in known]
        return {
            "cells": cells,
            "total": {
                name: None if name == "qty_stock" else round(sum(filter(None, own)), digits)
                for name, own in cells.items()
            },
            "levels": levels,
            "glyphs": [glyph(level) for level in levels],
            "marks": [NOTE_MARK if n in noted else 0 for n in columns],
            "versions": [0] * len(grid.columns),
            "version": 0,
        }

    def _grid_totals(self, grid):
        sums = self._grid_sums(grid, grid.domain).get(None, {})
        totals = self._grid_figures(grid, sums, {}, ())
        shorts = [name for name in grid.measures if name not in PROJECTED]
        return {
            "label": self.env._("Total"),
            "cells": {name: totals["cells"][name] for name in shorts},
            "total": {name: totals["total"][name] for name in shorts},
        }

    # ---- what a row is ----

    def _grid_label(self, spec, value):
        if spec != GAP:
            return super()._grid_label(spec, value)
        gap = value.with_env(self.env)
        return f"{gap.subject}, {gap.run_label}"

    def _grid_facts(self, grid, spec, domain, values):
        if spec == GAP:
            return {gap: self._grid_gap_fact(gap) for gap in values}
        if spec != FAMILY:
            return {}
        rows = self._read_group(domain, [FAMILY], ["gap_id:recordset"])
        gaps = {family: own.sorted(lambda gap: (gap.bucket_start, -gap.qty_short, gap.id))
                for family, own in rows}  # fmt: skip
        every = self.env["sop.supply.gap"].union(*gaps.values())
        loads = every._loads() if every else {}
        return {
            family: {
                "owner": gaps[family][0].user_id.sudo().name or "",
                "state": gaps[family][0].state,
                "tags": [self._grid_cause(gaps[family][0], loads)],
                "res_model": "product.category" if family else None,
                "res_id": family.id or None,
            }
            if family in gaps
            else {"tags": [self.env._("covered")]}
            for family in values
        }

    def _grid_gap_fact(self, gap):
        return {
            "owner": gap.user_id.sudo().name or "",
            "state": gap.state,
            "tags": [gap.severity_label, *([gap.note] if gap.note else [])],
            "res_model": gap._name,
            "res_id": gap.id,
        }

    def _grid_cause(self, gap, loads):
        """The first thing that is short, and by how much: "Lathe 121-132 %"."""
        words = gap._severity_word()
        if gap.kind == CAPACITY and gap.hours_available:
            rows = loads.get((gap.scenario_id, gap.workcenter_id)) or []
            rates = [row.rate_load for row in rows if gap._inside(row)] or [gap.rate_peak]
            edges = dict.fromkeys(f"{100 * rate:,.0f}" for rate in (min(rates), max(rates)))
            words = f"{'–'.join(edges)} %"
        return f"{gap.subject} {words}"

    def _grid_notes(self, grid, spec, domain):
        """{value: columns} of the cells with a note of somebody."""
        rows = self._read_group(
            domain & Domain("gap_id.note", "not in", [False, ""]), [spec, "bucket_start:day"]
        )
        noted = {}
        for value, start in rows:
            noted.setdefault(value, set()).add(grid.column_of.get(start))
        return noted

    def _grid_edit(self, grid):
        return {
            **super()._grid_edit(grid),
            "can_note": not grid.cycle.is_frozen and self.env["sop.supply.gap"].has_access("write"),
        }

    def _grid_empty(self, grid):
        if grid.cycle.date_snapshot:
            return {
                "title": self.env._("Supply covers demand"),
                "text": self.env._("No family falls short of capacity, material or lead time."),
                "action": None,
            }
        return super()._grid_empty(grid)

    @api.model
    def write_grid_note(self, domain=(), options=None, row="", column="", note=""):
        """Write the constraint note of the gap behind a cell: the largest one of the family and
        week. It belongs to the whole gap. Returns the changed rows as ``write_grid`` does."""
        self.env["sop.supply.gap"].check_access("write")
        grid = self._grid(domain, options)
        if grid.cycle:
            self._grid_set_columns(grid)
        if not row or column not in {own["key"] for own in grid.columns}:
            raise UserError(self.env._("Choose a cell with a gap first."))
        grid.measures = self._grid_shown(grid, self._grid_measures(grid))
        lines = self.search(
            grid.domain & self._grid_key_domain(row) & Domain("bucket_start", "=", column)
        )
        if not lines:
            raise UserError(self.env._("Nothing is short there: there is no gap to write about."))
        gap = max(lines, key=lambda line: (line.qty_short, line.hours_short)).gap_id
        gap.note = (note or "").strip() or False
        return self._grid_note_answer(grid, row, gap)

    def _grid_note_answer(self, grid, row, gap):
        spec, parent = grid.groupby[0], None
        above = grid.domain & Domain(spec, "in", gap.line_ids.mapped(spec).ids or [False])
        rows = self._grid_rows(grid, spec, above, parent)
        keep = ("key", "marks", "tags")
        changed = [
            {name: own[name] for name in keep}
            for own in rows
            if own["key"] == row or NOTE_MARK in own["marks"]
        ]
        return {
            "status": "done", "rows": [{**own, "cells": {}, "total": {}} for own in changed],
            "totals": None, "journal_ids": [],
            "text": self.env._("Note of %s saved", gap.display_name),
        }  # fmt: skip


def _short(own, name, digits):
    if not own or (name in PROJECTED and name not in own):
        return None
    return round(own.get(name) or 0.0, digits)
