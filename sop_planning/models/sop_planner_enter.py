import numpy as np
import pandas as pd

from odoo import api, models
from odoo.exceptions import UserError

from .. import engine

TOTAL = "total"


class SopPlanner(models.AbstractModel):
    """What a person enters, brought into the plan at once."""

    _inherit = "sop.planner"

    @api.model
    def _apply_overrides(self, lines, figures):
        """Override plan lines by ``{line: units, or None to take the override back}``."""
        frame = self.env["sop.source"]._read_lines(lines)
        entered = {line.id: qty for line, qty in figures.items()}
        qty = [entered[line_id] for line_id in frame["id"]]
        frame["is_overridden"] = [figure is not None for figure in qty]
        frame["qty_override"] = np.round([figure or 0.0 for figure in qty], self._digits())
        self._recompose(lines, frame, ("qty_override", "is_overridden"))

    @api.model
    def _apply_inputs(self, lines):
        """Combine the contributors' figures of plan lines into their sales input."""
        if not lines:
            return
        source = self.env["sop.source"]
        for company, own in lines.grouped("company_id").items():
            frame = source._read_lines(own).set_index("id")
            inputs = source._read_combined_inputs(own, company.sop_sales_combination)
            inputs = inputs.set_index("id").reindex(frame.index)
            frame["qty_sales"] = inputs["qty_sales"].astype(float).round(self._digits())
            frame["is_sales"] = inputs["is_sales"].eq(True)
            self._recompose(own, frame.reset_index(), ("qty_sales", "is_sales"))

    @api.model
    def _recompose(self, lines, frame, entered):
        """Store the ``entered`` columns of lines, their consensus and all that follows."""
        frame = engine.with_weights(
            frame, self.env["sop.source"]._read_families(lines.company_id[:1])
        )
        frame["qty_consensus"] = np.round(engine.consensus(frame), self._digits())
        frame["amount_consensus"] = np.round(frame["qty_consensus"] * frame["price_unit"], 2)
        frame["version"] = frame["version"] + 1
        columns = ["id", *entered, "qty_consensus", "amount_consensus", "version"]
        # read before the update forgets it, line by line
        families = {cycle: own.family_id for cycle, own in lines.grouped("cycle_id").items()}
        self._update(lines.browse(), frame[columns])
        for cycle, changed in families.items():
            self._flag(cycle)
            cycle._tell_changed(changed)

    @api.model
    def _adjusted(self, lines, kind, value):
        """The new consensus of plan lines when a person changes them together: {line: units} of
        those that change; sums are kept and locked products stay."""
        scope = self.env["sop.source"]._read_scope(lines)
        if scope.empty:
            return {}
        try:
            is_whole = kind == TOTAL
            kind = "set" if is_whole else kind
            digits = 0 if self._is_in_whole_units(scope) else self._digits()
            qty = engine.adjusted_lines(scope, kind, value, is_whole, digits)
        except engine.EngineError as error:
            raise UserError(self._sentence(error)) from error
        old = scope["qty_consensus"].to_numpy(float)
        changed = np.abs(qty - old) > 10.0 ** -(self._digits() + 1)
        ids = pd.Series(qty[changed], index=scope["id"][changed])
        return {lines.browse(int(line_id)): float(figure) for line_id, figure in ids.items()}

    def _is_in_whole_units(self, scope):
        """Whether the lines of a scope are all planned in whole units: a change keeps that."""
        qty = scope[["qty_consensus", "qty_statistical"]].to_numpy(float)
        return bool((qty == np.rint(qty)).all())
