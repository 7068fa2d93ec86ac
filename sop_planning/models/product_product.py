from odoo import models

from .navigation import open_action


class ProductProduct(models.Model):
    _inherit = "product.product"

    def action_open_sop_plan(self):
        """The plan of these products, cycle by cycle and month by month."""
        domain = [("product_id", "in", self.ids), ("cycle_id.is_current", "=", True)]
        return open_action(self.env, "sop_plan_report_action", domain)

    def action_open_sop_projection(self):
        """Stock at the end of each week beside its target, in the current cycle."""
        return open_action(
            self.env,
            "sop_supply_line_action",
            [("product_id", "in", self.ids)],
            "graph",
            search_default_current=1,
            search_default_weeks=1,
        )
