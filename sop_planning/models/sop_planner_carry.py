from odoo import models

from .sop_demand_override import CARRY


class SopPlanner(models.AbstractModel):
    """What people decided in the last cycle about months that are still to come."""

    _inherit = "sop.planner"

    def _carry_overrides(self, cycle):
        """Bring the last cycle's overrides into a cycle that is computed for the first time.

        Each person's figures are one entry of the journal, which can be undone like any other.
        """
        rows = self.env["sop.source"]._read_carried_overrides(cycle)
        for user_id, own in rows.groupby("user_id"):
            lines = self.env["sop.demand.line"].browse(own["line_id"].astype(int).tolist())
            lines._override(
                dict(zip(lines, own["qty"].astype(float))),
                {
                    "kind": CARRY,
                    "user_id": int(user_id) or cycle.user_id.id or self.env.uid,
                    "note": self.env._("Carried over from %s", self._last_cycle(cycle).name),
                },
            )

    def _last_cycle(self, cycle):
        """The company's cycle before this one that was not cancelled."""
        return self.env["sop.cycle"].search(
            [
                ("company_id", "=", cycle.company_id.id),
                ("month", "<", cycle.month),
                ("state", "!=", "cancelled"),
            ],
            limit=1,
        )
