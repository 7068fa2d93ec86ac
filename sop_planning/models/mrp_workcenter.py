from odoo import models

from .navigation import open_action


class MrpWorkcenter(models.Model):
    _inherit = "mrp.workcenter"

    def action_open_sop_capacity(self):
        """The work center's hours and load in the current cycle."""
        return open_action(
            self.env,
            "sop_capacity_line_action",
            [("workcenter_id", "in", self.ids)],
            "graph",
            search_default_current=1,
        )
