from odoo import models

CHANNEL = "sop_planning/changed"


class SopCycle(models.Model):
    """What screens that show a cycle hear of it."""

    _inherit = "sop.cycle"

    def _tell_changed(self, families=None):
        """Push to the screens that show these cycles who changed the figures of which families; of
        all of them, after a refresh. The bus sends it when the transaction is committed."""
        for cycle in self:
            self.env["bus.bus"]._sendone(
                cycle,
                CHANNEL,
                {
                    "cycle_id": cycle.id,
                    "user_id": self.env.uid,
                    "user": self.env.user.name,
                    "family_ids": None if families is None else families.ids,
                },
            )
