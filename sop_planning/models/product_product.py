from odoo import models

from .navigation import open_action


class ProductProduct(models.Model):
    _inherit = "product.product"

    def action_open_sop_plan(self):
        """The plan of these products, cycle by cycle and month by month."""
        return open_action(self.env, "sop_plan_report_action", [("product_id", "in", self.ids)])
