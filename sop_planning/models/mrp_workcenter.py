from odoo import fields, models

from .navigation import open_action

NEXT = 4  # weeks that people look ahead


class MrpWorkcenter(models.Model):
    _inherit = "mrp.workcenter"

    sop_load_label = fields.Char(
        string="Load, next 4 weeks",
        compute="_compute_sop_load_label",
        groups="sop_planning.sop_planning_group_viewer",
        help="Hours needed over hours available in the next four weeks of the plan that the current"
        " cycle follows.",
    )

    def _compute_sop_load_label(self):
        rows = self.env["sop.capacity.line"]._read_group(
            [
                ("workcenter_id", "in", self.ids),
                ("company_id", "=", self.env.company.id),
                ("cycle_id.is_current", "=", True),
                ("scenario_id.is_followed", "=", True),
                *self._sop_next_weeks(),
            ],
            ["workcenter_id"],
            ["hours_load:sum", "hours_available:sum"],
        )
        loads = {center.id: (load, hours) for center, load, hours in rows}
        for center in self:
            load, hours = loads.get(center.id, (0.0, 0.0))
            center.sop_load_label = f"{100 * load / hours:,.0f} %" if hours else False

    def _sop_next_weeks(self):
        today = self.env.company._sop_today()
        return [
            ("week", ">", 0),
            ("bucket_end", ">", today),
            ("bucket_start", "<", fields.Date.add(today, weeks=NEXT)),
        ]

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
