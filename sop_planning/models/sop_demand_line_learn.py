from odoo import models


class SopDemandLine(models.Model):
    """Frozen forecasts follow a change at once: the next refresh may come after the month's end."""

    _inherit = "sop.demand.line"

    def _write_journal(self, cycle, rows, entry):
        journal = super()._write_journal(cycle, rows, entry)
        self.env["sop.planner"]._freeze(cycle, self)
        return journal
