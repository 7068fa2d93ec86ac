from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _action_cancel(self):
        """What people entered in a plan because of these orders falls with them."""
        result = super()._action_cancel()
        references = [f"sale.order,{order.id}" for order in self]
        self.env["sop.demand.override"].sudo()._fall_with_sources(
            [("source_ref", "in", references)]
        )
        return result
