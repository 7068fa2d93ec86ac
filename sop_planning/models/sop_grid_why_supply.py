from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date


class SopGridWhySupply(models.AbstractModel):
    """What the cells of gaps and of capacity have in common: a scenario and its buckets."""

    _name = "sop.grid.why.supply"
    _description = "S&OP Reasons of a Supply Cell"
    _inherit = ["sop.grid.why.mixin"]

    def _scenario(self, cell):
        scenarios = [scenario for (scenario,) in self._read_group(cell.row, ["scenario_id"])]
        return (scenarios or [cell.cycle._followed_scenario()])[0]

    def _inside(self, cell, scenario):
        """The buckets of the cell, in any table of the supply plan."""
        inside = Domain("scenario_id", "=", scenario.id)
        return (
            inside
            & Domain("bucket_start", ">=", cell.first)
            & Domain("bucket_start", "<", cell.end)
        )

    def _bucket_label(self, start, week):
        if week:
            return self.env._("W%s", week)
        return format_date(self.env, start, date_format="MMM yy")

    def _bars(self, rows, lines, cell):
        """A chart by bucket: ``lines`` is [(name, label, values in the order of rows)]."""
        starts = [start for start, _week in rows]
        series = {
            "labels": [self._bucket_label(start, week) for start, week in rows],
            "lines": [{"name": name, "label": label, "data": data} for name, label, data in lines],
        }
        if cell.first in starts:
            series["marker"] = starts.index(cell.first)
        return series
