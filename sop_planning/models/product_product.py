from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def action_open_sop_plan(self):
        """The plan of these products, cycle by cycle and month by month."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sop_planning.sop_plan_report_action"
        )
        action["domain"] = [("product_id", "in", self.ids)]
        return action
