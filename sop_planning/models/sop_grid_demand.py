from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, groupby

from ..palette import glyph
from .sop_demand_override import UNDO
from .sop_severity_mixin import SEVERITIES

YEAR_MONTHS = 12
# measures that are sums of a field, in the order in which they are offered
SUMS = (
    "qty_consensus", "qty_statistical", "qty_sales", "qty_last_year", "qty_orders", "qty_event",
    "qty_pipeline", "qty_override",
)  # fmt: skip
# measures that are nothing where nobody gave them: the flag that says so
GIVEN = {"qty_sales": "is_sales", "qty_override": "is_overridden"}
# read for every cell, whatever is shown: what its severity, marks and version are made of
ALWAYS = (
    "qty_consensus:sum", "qty_statistical:sum", "amount_consensus:sum", "amount_statistical:sum",
    "version:sum", "is_overridden:bool_or", "is_sales:bool_or",
)  # fmt: skip
PLAN, REFERENCE, PLAN_VALUE, REFERENCE_VALUE, VERSION, OVERRIDDEN, SALES = range(len(ALWAYS))
OVERRIDE_MARK, SALES_MARK, NOTE_MARK = 1, 2, 4
RATE_DIGITS, MONEY_DIGITS = 4, 2


class SopDemandLine(models.Model):
    """The demand plan as a grid: families or products against months or quarters."""

    _name = "sop.demand.line"
    _inherit = ["sop.demand.line", "sop.grid.mixin"]

    user_id = fields.Many2one(related="family_id.sop_owner_id", string="Family owner")
    family_severity = fields.Selection(
        SEVERITIES,
        string="Severity of the family",
        compute="_compute_family_severity",
        search="_search_family_severity",
        help="Of the family's review in the cycle.",
    )
    is_family_overridden = fields.Boolean(
        string="Family with overrides",
        compute="_compute_is_family_overridden",
        search="_search_is_family_overridden",
        help="Somebody overrode a figure of the family in the cycle.",
    )

    def _compute_family_severity(self):
        reviews = self.env["sop.demand.review"].search([("cycle_id", "in", self.cycle_id.ids)])
        known = {(review.cycle_id, review.family_id): review.severity for review in reviews}
        for line in self:
            line.family_severity = known.get((line.cycle_id, line.family_id), "none")

    def _compute_is_family_overridden(self):
        overridden = self.filtered_domain(self._search_is_family_overridden("in", [True]))
        for line in self:
            line.is_family_overridden = line in overridden

    @api.model
    def _search_family_severity(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._families_of("sop.demand.review", Domain("severity", "in", list(value)))

    @api.model
    def _search_is_family_overridden(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self._families_of("sop.demand.line", Domain("is_overridden", "=", True))
        return found if True in value else ~found

    @api.model
    def _families_of(self, model, domain):
        """The lines of the families that a model has such records of, cycle by cycle."""
        rows = self.env[model]._read_group(domain, ["cycle_id"], ["family_id:array_agg_distinct"])
        return Domain.OR(
            Domain("cycle_id", "=", cycle.id) & Domain("family_id", "in", ids)
            for cycle, ids in rows
        )

    def _read_group_select(self, aggregate_spec, query):
        """``qty_x:value`` is what the units of a group are worth, each at its line's price."""
        name, _sep, function = aggregate_spec.partition(":")
        if function != "value" or name not in SUMS:
            return super()._read_group_select(aggregate_spec, query)
        self._check_field_access(self._fields["price_unit"], "read")
        units, price = (
            self._field_to_sql(self._table, field, query) for field in (name, "price_unit")
        )
        return SQL("SUM(%s * %s)", units, price)

    # ---- what is asked ----

    def _grid_check(self, grid):
        is_hidden = grid.unit == "amount" and not self._grid_sees_money()
        if is_hidden or grid.unit not in ("qty", "amount"):
            grid.unit = "qty"
        return grid

    def _grid_measures(self, grid):
        """Every figure that can be shown."""
        kind = "amount" if grid.unit == "amount" else "qty"
        is_open = bool(grid.cycle) and not grid.cycle.is_frozen
        editable = {
            "qty_consensus": is_open and self._grid_may("controller"),
            "qty_sales": is_open and self._grid_may("sales"),
        }
        # who enters the sales input and nothing else sees it at once
        defaults = {"qty_consensus"}
        if editable["qty_sales"] and not editable["qty_consensus"]:
            defaults.add("qty_sales")
        measures = [
            self._grid_measure(name, kind, name in defaults, editable.get(name, False))
            for name in SUMS
        ]
        if is_open and not editable["qty_consensus"]:
            measures[0]["locked_text"] = self.env._(
                "Controllers change the consensus: enter what you expect as sales input."
            )
        deviation = self._grid_measure(
            "deviation",
            "rate",
            is_default=True,
            label=self.env._("Δ statistical"),
            help=self.env._(
                "(consensus - statistical) / statistical, in units; nothing where nothing was"
                " forecast: that is new demand."
            ),
        )
        return [measures[0], deviation, *measures[1:]]

    def _grid_may(self, role):
        return self.env.su or (
            self.env.user.has_group(f"sop_planning.sop_planning_group_{role}")
            and self.has_access("write")
        )

    # ---- columns ----

    def _grid_columns(self, grid):
        months = [month for (month,) in self._read_group(grid.domain, ["bucket_start:month"])]
        cycle = grid.cycle
        months = months or [
            cycle.company_id._sop_months_after(cycle.month, n) for n in range(cycle.horizon_months)
        ]
        closed = self._grid_closed(cycle)
        size = 3 if grid.period == "quarter" else 1
        columns, column_of = [], {}
        for _quarter, own in groupby(months, lambda day: (day.year, (day.month - 1) // size)):
            own = list(own)
            column_of |= dict.fromkeys(own, len(columns))
            columns.append(self._grid_column(grid, own, closed))
        return columns, column_of

    def _grid_column(self, grid, months, closed):
        first, last = months[0], months[-1]
        label = format_date(self.env, first, date_format="MMM yy")
        title = grid.cycle._month_label(first)
        if grid.period == "quarter":
            label = f"Q{(first.month + 2) // 3} {first:%y}"
            months_label = " - ".join(
                dict.fromkeys(grid.cycle._month_label(day) for day in (first, last))
            )
            title = f"{label}: {months_label}"
        frozen_text = closed(first)
        return {
            "key": str(first),
            "label": label,
            "title": title,
            "start": str(first),
            "end": str(grid.cycle.company_id._sop_months_after(last, 1)),
            "months": len(months),
            "is_frozen": bool(frozen_text),
            "frozen_text": frozen_text,
            "group": str(first.year),
        }

    def _grid_closed(self, cycle):
        """A function of a month: why it cannot be changed by this user, or nothing."""
        try:
            cycle._check_not_frozen()
        except UserError as error:
            reason = str(error)
            return lambda month: reason
        company = cycle.company_id
        until = company._sop_months_after(cycle.month, company.sop_frozen_months)
        if self.env.su or self.env.user.has_group(company._sop_frozen_group()):
            return lambda month: ""
        role = self.env.ref(company._sop_frozen_group()).sudo().name
        reason = self.env._(
            "Frozen: the first %(count)s months of the plan are changed by the role %(role)s only.",
            count=company.sop_frozen_months,
            role=role,
        )
        return lambda month: reason if month < until else ""

    def _grid_total_label(self, grid):
        return self.env._("12 months") if len(grid.column_of) > YEAR_MONTHS else self.env._("Total")

    # ---- figures ----

    def _grid_aggregates(self, grid):
        """What is read of every cell: ALWAYS, then the measures shown, in their unit."""
        return [*ALWAYS, *(self._grid_aggregate(grid, name) for name in grid.measures
                           if name in SUMS)]  # fmt: skip

    def _grid_aggregate(self, grid, name):
        if grid.unit != "amount":
            return f"{name}:sum"
        amount = name.replace("qty", "amount", 1)
        return f"{amount}:sum" if amount in self._fields else f"{name}:value"

    def _grid_sums(self, grid, domain, *specs):
        """Sums by row and column, and by row over the year: {value: {column: figures}} and
        {value: figures}; without a row, of all."""
        model = self
        if not self._grid_sees_money():
            # whose amounts are hidden sees the same severities: rows by his own rights
            domain, model = Domain("id", "in", self._search(domain)), self.sudo()
        rows = model._read_group(
            domain, [*specs, "bucket_start:month"], self._grid_aggregates(grid)
        )
        year_end = grid.cycle.company_id._sop_months_after(grid.cycle.month, YEAR_MONTHS)
        is_late = all(month >= year_end for month in grid.column_of)
        cells, years, depth = {}, {}, len(specs)
        for row in rows:
            value, month, figures = row[0] if specs else None, row[depth], row[depth + 1 :]
            column = grid.column_of.get(month)
            if column is None:
                continue
            _add(cells.setdefault(value, {}), column, figures)
            if month < year_end or is_late:
                _add(years, value, figures)
        return cells, years

    def _grid_rows(self, grid, spec, domain, parent):
        values, domain = self._grid_groups(grid, spec, domain)
        if not values:
            return []
        cells, years = self._grid_sums(grid, domain, spec)
        facts = self._grid_facts(grid, spec, values)
        editable = self._grid_editable(grid, spec, domain)
        overridden = self._grid_overridden(domain, spec)
        noted = self._grid_noted(grid, spec)
        rows = []
        for value in self._grid_ordered(grid, spec, values):
            row = self._grid_row(grid, spec, value, parent) | facts.get(value, {}).get("row", {})
            row["is_editable"] = not row["is_locked"] and (editable is None or value in editable)
            row["tags"] = [*row["tags"], *self._grid_override_tags(overridden.get(value))]
            row |= self._grid_figures(grid, cells.get(value, {}), years.get(value))
            for column in noted.get(value, ()):
                row["marks"][column] |= NOTE_MARK
            rows.append((row, cells.get(value, {}), facts.get(value, {}).get("limits")))
        self._grid_set_levels(grid, rows)
        return [row for row, *_figures in rows]

    def _grid_overridden(self, domain, spec):
        """{value: months in which somebody overrode a figure}."""
        rows = self._read_group(
            domain & Domain("is_overridden", "=", True), [spec], ["bucket_start:count_distinct"]
        )
        return dict(rows)

    def _grid_noted(self, grid, spec):
        """{value: columns} of the cells whose override stands and says more in a note."""
        rows = self.env["sop.demand.override.line"]._read_group(
            [
                ("override_id.cycle_id", "=", grid.cycle.id),
                ("override_id.note", "not in", [False, ""]),
                ("override_id.undone_by_id", "=", False),
                ("override_id.kind", "!=", UNDO),
                ("line_id.is_overridden", "=", True),
            ],
            [f"line_id.{spec}", "bucket_start:month"],
        )
        noted = {}
        for value, month in rows:
            if month in grid.column_of:
                noted.setdefault(value, set()).add(grid.column_of[month])
        return noted

    def _grid_override_tags(self, count):
        if not count:
            return []
        return [self.env._("✎ 1 month") if count == 1 else self.env._("✎ %s months", count)]

    def _grid_figures(self, grid, cells, year):
        """A row's figures by measure and column; None where there is nothing."""
        count = len(grid.columns)
        own = [cells.get(n) for n in range(count)]
        shown = [name for name in grid.measures if name in SUMS]
        places = {name: len(ALWAYS) + n for n, name in enumerate(shown)}
        digits = MONEY_DIGITS if grid.unit == "amount" else self._grid_digits()
        figures = {
            name: [_figure(figures, place, GIVEN.get(name), digits) for figures in own]
            for name, place in places.items()
        }
        total = {
            name: _figure(year, place, GIVEN.get(name), digits) for name, place in places.items()
        }
        # the severities' own figure travels always: screen readers are told it
        figures["deviation"] = [_deviation(figures) for figures in own]
        total["deviation"] = _deviation(year)
        return {
            "cells": figures,
            "total": total,
            "marks": [_mark(figures) for figures in own],
            "versions": [int(figures[VERSION] or 0) if figures else 0 for figures in own],
            "version": sum(int(figures[VERSION] or 0) for figures in own if figures),
        }

    def _grid_digits(self):
        return self.env["decimal.precision"].precision_get("Product Unit")

    def _grid_set_levels(self, grid, rows):
        """Severity and glyph of every cell of [(row, cells, limits)], by its family's limits."""
        company = grid.cycle.company_id
        months = [column["months"] for column in grid.columns]
        places, asked = [], []
        for row, cells, limits in rows:
            amber, red = limits or self._grid_limits(company)
            row["levels"], row["glyphs"] = ["none"] * len(months), [""] * len(months)
            for column, figures in cells.items():
                plan, reference = figures[PLAN] or 0.0, figures[REFERENCE] or 0.0
                places.append((row, column, plan < reference))
                asked.append((plan, reference, amber, red, _price(figures), months[column]))
        found = self.env["sop.planner"]._grid_severities(company, asked)
        for (row, column, is_fall), level in zip(places, found):
            row["levels"][column] = level
            row["glyphs"][column] = glyph(level, is_fall)

    def _grid_totals(self, grid):
        cells, years = self._grid_sums(grid, grid.domain)
        totals = self._grid_figures(grid, cells.get(None, {}), years.get(None))
        return {
            "label": self.env._("Total"),
            "cells": totals["cells"],
            "total": totals["total"],
        }


def _add(sums, key, figures):
    """Add figures to those of a key; what is true of one is true of all."""
    known = sums.get(key)
    if known is None:
        sums[key] = figures
    else:
        sums[key] = tuple(
            (a or b) if isinstance(a, bool) or isinstance(b, bool) else (a or 0) + (b or 0)
            for a, b in zip(known, figures)
        )


def _figure(figures, place, flag, digits):
    if figures is None:
        return None
    if flag and not figures[SALES if flag == "is_sales" else OVERRIDDEN]:
        return None
    return round(figures[place] or 0.0, digits)


def _deviation(figures):
    """(plan - reference) / reference; None: nothing there, or new demand."""
    if figures is None:
        return None
    plan, reference = figures[PLAN] or 0.0, figures[REFERENCE] or 0.0
    if reference > 0:
        return round((plan - reference) / reference, RATE_DIGITS)
    return None if plan > 0 else 0.0


def _price(figures):
    for units, value in ((PLAN, PLAN_VALUE), (REFERENCE, REFERENCE_VALUE)):
        if figures[units]:
            return (figures[value] or 0.0) / figures[units]
    return 0.0


def _mark(figures):
    if figures is None:
        return 0
    return OVERRIDE_MARK * bool(figures[OVERRIDDEN]) + SALES_MARK * bool(figures[SALES])
