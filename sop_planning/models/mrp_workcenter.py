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
            search_default_plan=1,
        )

    def action_open_sop_extra_hours(self):
        """The work center's dated extra hours."""
        return open_action(
            self.env,
            "sop_extra_hours_action",
            [("workcenter_id", "in", self.ids)],
            default_workcenter_id=self[:1].id,
        )

    def _sop_overtime_cost(self):
        """Company currency a clock hour of overtime, in full."""
        self.ensure_one()
        company = self.company_id or self.env.company
        hourly = self.costs_hour or company.sop_hour_cost
        return company.currency_id.round(hourly * (1.0 + company.sop_overtime_premium))
