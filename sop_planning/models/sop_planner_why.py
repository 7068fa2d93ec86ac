import numpy as np

from odoo import api, models

from .. import engine


class SopPlanner(models.AbstractModel):
    """What a cell of the planning grid is drawn with."""

    _inherit = "sop.planner"

    @api.model
    def _demand_by_month(self, query):
        """The plan of the demand lines of a query, in order of months: [{month, consensus,
        statistical, low, high}] in product units. The interval of several products is narrower
        than the sum of theirs, as their errors level out; products of a family err together."""
        rows = self.env["sop.source"]._read_widths(query)
        for side in ("below", "above"):
            width = engine.family_width(
                rows[side].to_numpy(float), rows[f"{side}_squared"].to_numpy(float)
            )
            rows[f"{side}_squared"] = np.square(width)  # families err on their own
        months = rows.groupby("month", as_index=False).sum(numeric_only=True)
        middle = months["statistical"].to_numpy(float)
        low = middle - np.sqrt(months["below_squared"].to_numpy(float))
        months["low"] = np.maximum(low, 0.0)
        months["high"] = middle + np.sqrt(months["above_squared"].to_numpy(float))
        names = ["month", "consensus", "statistical", "low", "high"]
        return months[names].to_dict("records")
