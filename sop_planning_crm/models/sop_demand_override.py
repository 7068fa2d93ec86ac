from odoo import api, models


class SopDemandOverride(models.Model):
    _inherit = "sop.demand.override"

    @api.model
    def _selection_source_ref(self):
        return [*super()._selection_source_ref(), ("crm.lead", self.env._("Opportunity"))]

    def _fallen_source(self):
        """An opportunity stands until it is lost; archived alone it is not."""
        fallen = super()._fallen_source()
        source = self.sudo().source_ref
        if not fallen and source._name == "crm.lead" and source.won_status == "lost":
            return source.display_name
        return fallen
