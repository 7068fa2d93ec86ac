from odoo import api, fields, models

BASE = "base"


class SopScenario(models.Model):
    _name = "sop.scenario"
    _description = "S&OP Scenario"
    _inherit = ["sop.readonly.mixin"]
    _order = "cycle_id desc, id"

    cycle_id = fields.Many2one(
        "sop.cycle", required=True, ondelete="cascade", readonly=True, index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    kind = fields.Selection([(BASE, "Base plan")], default=BASE, required=True, readonly=True)
    name = fields.Char(compute="_compute_name")

    _base_unique = models.UniqueIndex(
        "(cycle_id) WHERE kind = 'base'", "A cycle has one base plan."
    )

    @api.depends("kind", "cycle_id")
    @api.depends_context("lang")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for scenario in self:
            scenario.name = f"{scenario.cycle_id.name}: {kinds.get(scenario.kind)}"
