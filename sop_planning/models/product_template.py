from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    sop_qty_next = fields.Float(
        string="Planned, next 3 months",
        digits="Product Unit",
        compute="_compute_sop_qty_next",
        groups="sop_planning.sop_planning_group_viewer",
    )

    def _compute_sop_qty_next(self):
        planned = self.product_variant_ids._sop_planned()
        for template in self:
            template.sop_qty_next = sum(
                planned.get(product.id, 0.0) for product in template.product_variant_ids
            )

    def action_open_sop_plan(self):
        """The plan of all variants."""
        return self.product_variant_ids.action_open_sop_plan()

    def action_open_sop_projection(self):
        """Stock of all variants at the end of each week, in the current cycle."""
        return self.product_variant_ids.action_open_sop_projection()
