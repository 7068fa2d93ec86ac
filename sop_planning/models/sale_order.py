from odoo import api, models


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

    @api.model
    def get_import_templates(self):
        """With a sheet of past orders that are delivered: history to forecast from."""
        return [
            *super().get_import_templates(),
            {
                "label": self.env._("Import Template for Sales History (S&OP)"),
                "template": "/sop_planning/static/xls/sales_history.xlsx",
            },
        ]
