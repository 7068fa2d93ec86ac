import numpy as np
import pandas as pd

from odoo import api, models
from odoo.exceptions import UserError

from .. import engine
from ..palette import LOAD_LIMITS, level_above
from .sop_demand_override import PERCENT, SET


class SopPlanner(models.AbstractModel):
    """What the planning grid asks the engine: how severe, and what many changes at once do."""

    _inherit = "sop.planner"

    @api.model
    def _grid_severities(self, company, cells):
        """Severity codes of figures against their references, as reviews have them.

        ``cells`` is [(plan, reference, amber, red, price, months)]: what a cell of so many months
        may be worth is its share of what the three months of a review may be.
        """
        if not cells:
            return []
        plan, reference, amber, red, price, months = np.array(cells, float).T
        floor = company.sop_value_floor * months / engine.REVIEW_MONTHS
        value = np.round((plan - reference) * price, 2)
        return engine.severity(plan, reference, amber, red, value, floor).tolist()

    @api.model
    def _exceeds_amber(self, cells):
        """Which of [(plan, reference, amber)] deviate by strictly more than amber: these changes
        need a reason, however little they are worth."""
        if not cells:
            return []
        plan, reference, amber = np.array(cells, float).T
        return (engine.severity(plan, reference, amber, amber) != "none").tolist()

    @api.model
    def _grid_load_levels(self, rates):
        """Levels of utilizations, None where no hours are known."""
        return ["none" if rate is None else level_above(rate, LOAD_LIMITS) for rate in rates]

    @api.model
    def _spread_cells(self, cells, in_money=False):
        """The new figures {line: units} of the lines that change when the totals of many cells
        change: sums are kept and locked products stay, as ``_adjusted`` does.

        ``cells`` is [(lines, kind, value, name)] without a line in two cells; an error tells the
        name of its cell. Values are units, or money where ``in_money``. One query for all.
        """
        lines = self.env["sop.demand.line"].browse().union(*(cell[0] for cell in cells))
        scope = (
            self.env["sop.source"]._read_scope(lines).sort_values(["bucket_start", "product_id"])
        )
        place = {line_id: n for n, cell in enumerate(cells) for line_id in cell[0].ids}
        scope["cell"] = scope["id"].map(place)
        if in_money:
            cells = self._cells_in_units(cells, scope)
        figures = scope[["qty_consensus", "qty_statistical"]].to_numpy(float)
        is_whole = pd.Series((figures == np.rint(figures)).all(axis=1), index=scope.index)
        scope["digits"] = np.where(
            is_whole.groupby(scope["cell"]).transform("all"), 0, self._digits()
        )
        scope["kind"] = scope["cell"].map({n: cell[1] for n, cell in enumerate(cells)})
        new = {}
        for (kind, digits), rows in scope.groupby(["kind", "digits"], sort=False):
            new |= self._spread_rows(cells, rows, kind, int(digits))
        return {lines.browse(line_id): figure for line_id, figure in new.items()}

    def _cells_in_units(self, cells, scope):
        """The cells with the totals in units that are worth what was entered."""
        cells = list(cells)
        kinds = scope["cell"].map({n: cell[1] for n, cell in enumerate(cells)})
        for kind, rows in scope[kinds != PERCENT].groupby(kinds, sort=False):
            numbers, units = self._change_rows(
                engine.units_worth, cells, rows, kind, price=rows["price_unit"].to_numpy(float)
            )
            for n, total in zip(numbers.tolist(), units.tolist()):
                lines, _kind, _value, name = cells[n]
                cells[n] = (lines, SET, total, name)
        return cells

    def _spread_rows(self, cells, rows, kind, digits):
        _numbers, qty = self._change_rows(engine.adjusted, cells, rows, kind, digits=digits)
        old = rows["qty_consensus"].to_numpy(float)
        changed = np.abs(qty - old) > 10.0 ** -(self._digits() + 1)
        return dict(zip(rows["id"][changed].tolist(), qty[changed].tolist()))

    def _change_rows(self, change, cells, rows, kind, **options):
        """The numbers of the cells that rows belong to, and what the engine makes of them. Raises
        UserError with the name of the cell that cannot be changed."""
        numbers, groups = np.unique(rows["cell"].to_numpy(), return_inverse=True)
        try:
            return numbers, change(
                rows["qty_consensus"].to_numpy(float),
                kind,
                np.array([cells[n][2] for n in numbers], float),
                groups=groups,
                statistical=rows["qty_statistical"].to_numpy(float),
                locked=rows["is_locked"].to_numpy(bool),
                **options,
            )
        except engine.EngineError as error:
            wrong = error.details.get("groups") or [0]
            name = cells[numbers[wrong[0]]][3]
            raise UserError(
                self.env._("%(name)s: %(what)s", name=name, what=self._sentence(error))
            ) from error
