from odoo import api, fields, models


class SopDemandHistory(models.Model):
    _name = "sop.demand.history"
    _description = "S&OP Demand History"
    _inherit = ["sop.money.mixin", "sop.bucket.mixin"]
    _order = "bucket_start desc, amount desc"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product", required=True, index=True, readonly=True, ondelete="cascade"
    )
    family_id = fields.Many2one("product.category", index=True, readonly=True, ondelete="set null")
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    qty = fields.Float(
        string="Ordered",
        digits="Product Unit",
        readonly=True,
        help="Confirmed sales by requested date, returns taken off, in the product's unit.",
    )
    amount = fields.Monetary(
        string="Ordered value", readonly=True, help="Untaxed, in the company's currency."
    )

    _company_product_month_unique = models.Constraint(
        "UNIQUE (company_id, product_id, bucket_start)",
        "A product has one figure a month in its demand history.",
    )
    _family_month = models.Index("(company_id, family_id, bucket_start)")

    @api.depends("product_id", "bucket_start")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.product_id.display_name} {row.bucket_label or ''}"

    def action_open_orders(self):
        """The sale order lines behind these months, found by the rule that added them up."""
        return self.env["sop.source"]._action_demand_lines(
            [(row.company_id, row.product_id.id, row.bucket_start) for row in self],
        )
