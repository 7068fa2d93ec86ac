from odoo import api, fields, models


class SopPlanVersionLine(models.Model):
    """The plan of a product and month as it was approved. Written by the door, changed never."""

    _name = "sop.plan.version.line"
    _description = "S&OP Plan Version Line"
    _inherit = ["sop.bucket.mixin"]
    _order = "version_id desc, product_id, bucket_start"
    _log_access = False

    version_id = fields.Many2one(
        "sop.plan.version", required=True, readonly=True, index=False, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="restrict"
    )
    family_id = fields.Many2one(
        "product.category", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    qty_statistical = fields.Float(string="Statistical", digits="Product Unit", readonly=True)
    qty_season = fields.Float(
        string="Season change",
        digits="Product Unit",
        readonly=True,
        help="Change of the statistical forecast by seasonal indices that a person entered.",
    )
    qty_event = fields.Float(string="Events", digits="Product Unit", readonly=True)
    qty_pipeline = fields.Float(string="Pipeline", digits="Product Unit", readonly=True)
    qty_sales = fields.Float(string="Sales input", digits="Product Unit", readonly=True)
    is_sales = fields.Boolean(string="Sales input given", readonly=True)
    qty_override = fields.Float(string="Override", digits="Product Unit", readonly=True)
    is_overridden = fields.Boolean(string="Overridden", readonly=True)
    qty_consensus = fields.Float(string="Consensus", digits="Product Unit", readonly=True)
    price_unit = fields.Float(
        string="Price", digits="Product Price", readonly=True, aggregator="avg"
    )
    amount_consensus = fields.Monetary(string="Consensus value", readonly=True)

    _version_product_month_unique = models.Constraint(
        "UNIQUE (version_id, product_id, bucket_start)",
        "A product has one line a month in a version.",
    )

    @api.depends("product_id", "bucket_start")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.product_id.display_name} {line.bucket_label or ''}"

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        self.version_id._refuse()

    def write(self, vals):  # pylint: disable=method-required-super
        self.version_id._refuse()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self.version_id._refuse()
