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

    def action_open_sop_extra_hours(self):
        """The work center's dated extra hours."""
        return open_action(
            self.env,
            "sop_extra_hours_action",
            [("workcenter_id", "in", self.ids)],
            default_workcenter_id=self[:1].id,
        )
