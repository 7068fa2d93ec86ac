from odoo import api, fields, models

from .sop_scenario import BASE


class SopCycle(models.Model):
    """The scenarios of a cycle and the one that its plan follows."""

    _inherit = "sop.cycle"

    scenario_ids = fields.One2many("sop.scenario", "cycle_id", string="Scenarios")
    scenario_count = fields.Integer(compute="_compute_scenario_count")
    selected_scenario_id = fields.Many2one(
        "sop.scenario",
        string="Scenario chosen",
        readonly=True,
        copy=False,
        help="The plan, its gaps and its capacity follow it; the base plan until one is chosen.",
    )
    select_user_id = fields.Many2one("res.users", string="Chosen by", readonly=True, copy=False)
    select_date = fields.Datetime(string="Chosen on", readonly=True, copy=False)
    select_reason = fields.Text(string="Chosen because", readonly=True, copy=False)

    @api.depends("scenario_ids")
    def _compute_scenario_count(self):
        counts = self._count("sop.scenario", "state", [])
        for cycle in self:
            cycle.scenario_count = sum(counts.get(cycle, {}).values())

    def _followed_scenario(self):
        """The scenario that the plan follows."""
        return self.scenario_ids.filtered("is_followed")[:1]

    def _base_plan(self):
        return self.scenario_ids.filtered(lambda scenario: scenario.kind == BASE)[:1]

    def action_open_scenarios(self):
        return self._open("sop_scenario_action")

    def action_compare_scenarios(self):
        """The scenarios side by side."""
        action = self.env["ir.actions.client"]._for_xml_id("sop_planning.sop_compare_action")
        return {**action, "params": {"cycle_id": self[:1].id}}
