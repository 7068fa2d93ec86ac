from odoo import api, fields, models
from odoo.tools import SQL

# stocks: in groups summed over products and averaged over periods
STOCKS = ("qty_stock", "qty_target", "amount_stock")
ZONES = [("frozen", "Frozen"), ("slushy", "Slushy"), ("liquid", "Liquid")]


class SopSupplyLine(models.Model):
    _name = "sop.supply.line"
    _description = "S&OP Supply Line"
    _inherit = ["sop.readonly.mixin", "sop.money.mixin", "sop.supply.bucket.mixin"]
    _order = "scenario_id desc, family_id, product_id, bucket_start"
    _log_access = False

    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="restrict"
    )
    family_id = fields.Many2one(
        "product.category", readonly=True, index="btree_not_null", ondelete="set null"
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    zone = fields.Selection(
        ZONES,
        readonly=True,
        help="Frozen: only orders count and nothing new is planned. Slushy: the mix may move within"
        " the capacity. Liquid: free.",
    )
    qty_demand = fields.Float(
        string="Demand",
        digits="Product Unit",
        readonly=True,
        help="Orders still to be shipped, and the forecast that no order has consumed.",
    )
    qty_dependent = fields.Float(
        string="Taken by production",
        digits="Product Unit",
        readonly=True,
        help="What released and planned production takes, less what it yields as by-product.",
    )
    qty_receipts = fields.Float(
        string="Open orders",
        digits="Product Unit",
        readonly=True,
        help="Released manufacturing and purchase orders at their planned day; overdue ones in the"
        " current week.",
    )
    qty_planned = fields.Float(
        string="Planned supply",
        digits="Product Unit",
        readonly=True,
        help="What has to be made or bought to keep the target stock, by the week it is due.",
    )
    qty_stock = fields.Float(
        string="Stock at end",
        digits="Product Unit",
        readonly=True,
        aggregator="avg",
        help="Stock before + open orders + planned supply - demand - taken by production; below"
        " zero a backlog. In groups summed over products and averaged over periods.",
    )
    qty_target = fields.Float(
        string="Target stock",
        digits="Product Unit",
        readonly=True,
        aggregator="avg",
        help="The stock to plan towards. In groups summed over products, averaged over periods.",
    )
    qty_short = fields.Float(
        string="Short",
        digits="Product Unit",
        readonly=True,
        aggregator="max",
        help="The backlog at the end of the week.",
    )
    amount_short = fields.Monetary(
        string="Short, value", readonly=True, aggregator="max", help="At the sales price."
    )
    amount_stock = fields.Monetary(
        string="Stock value",
        readonly=True,
        aggregator="avg",
        help="Stock at end at cost. In groups summed over products and averaged over periods.",
    )

    _natural_key = models.UniqueIndex("(scenario_id, product_id, bucket_start)")

    @api.depends("product_id", "bucket_start", "week")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.product_id.display_name}, {line.period_label}"

    def _read_group_select(self, aggregate_spec, query):
        """A stock is no flow: over time it is averaged, never added."""
        name, _sep, aggregator = aggregate_spec.partition(":")
        if name not in STOCKS or aggregator != "avg":
            return super()._read_group_select(aggregate_spec, query)
        stock, bucket = (
            self._field_to_sql(self._table, field, query) for field in (name, "bucket_start")
        )
        return SQL("SUM(%s) / NULLIF(COUNT(DISTINCT %s), 0)", stock, bucket)
