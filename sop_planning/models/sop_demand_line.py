from odoo import api, fields, models

from .navigation import open_action


class SopDemandLine(models.Model):
    _name = "sop.demand.line"
    _description = "S&OP Demand Line"
    _inherit = ["sop.money.mixin", "sop.bucket.mixin"]
    _order = "cycle_id desc, family_id, product_id, bucket_start"

    cycle_id = fields.Many2one(
        "sop.cycle", required=True, ondelete="cascade", readonly=True, index=False
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="restrict"
    )
    family_id = fields.Many2one(
        "product.category", readonly=True, index="btree_not_null", ondelete="set null"
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    qty_last_year = fields.Float(
        string="Last year",
        digits="Product Unit",
        readonly=True,
        help="Ordered in the same month of last year; 0 where that month is not over yet.",
    )
    qty_statistical = fields.Float(
        string="Statistical",
        digits="Product Unit",
        readonly=True,
        help="Forecast computed from the demand history.",
    )
    qty_low = fields.Float(
        string="Low",
        digits="Product Unit",
        readonly=True,
        help="Demand stays above this with 90 % probability.",
    )
    qty_high = fields.Float(
        string="High",
        digits="Product Unit",
        readonly=True,
        help="Demand stays below this with 90 % probability.",
    )
    qty_naive = fields.Float(
        string="Naive",
        digits="Product Unit",
        readonly=True,
        help="The same month one season earlier, or the last month: what every forecast has to"
        " beat.",
    )
    qty_season = fields.Float(
        string="Season change",
        digits="Product Unit",
        readonly=True,
        help="Change of the statistical forecast by seasonal indices that a person entered.",
    )
    qty_promotion = fields.Float(
        string="Promotions", digits="Product Unit", readonly=True, help="Uplift of promotions."
    )
    qty_launch = fields.Float(
        string="Launches",
        digits="Product Unit",
        readonly=True,
        help="The curve of the like-item instead of the statistical forecast.",
    )
    qty_phase_out = fields.Float(
        string="Phase-outs",
        digits="Product Unit",
        readonly=True,
        help="What a product that ends loses, and what its successor gets.",
    )
    qty_commitment = fields.Float(
        string="Commitments",
        digits="Product Unit",
        readonly=True,
        help="What customers committed to against what they usually take, times its probability:"
        " negative when they committed to less.",
    )
    qty_event = fields.Float(
        string="Events",
        digits="Product Unit",
        readonly=True,
        help="Promotions, launches, phase-outs and commitments together.",
    )
    qty_quotation = fields.Float(
        string="Quotations",
        digits="Product Unit",
        readonly=True,
        help="Open quotations times the measured conversion of their stage and sales team.",
    )
    qty_pipeline = fields.Float(
        string="Pipeline",
        digits="Product Unit",
        readonly=True,
        help="Quotations consume the statistical forecast as orders do: only what exceeds it is"
        " added.",
    )
    qty_computed = fields.Float(
        string="Computed",
        digits="Product Unit",
        readonly=True,
        help="Statistical forecast, season change, events and pipeline together; not below zero.",
    )
    qty_sales = fields.Float(
        string="Sales input",
        digits="Product Unit",
        help="What the contributors expect, together. It takes the place of the computed figure"
        " unless the family weighs its inputs otherwise.",
    )
    is_sales = fields.Boolean(string="Sales input given")
    qty_override = fields.Float(
        string="Override",
        digits="Product Unit",
        help="The agreed figure, entered by a person; 0 is a figure too.",
    )
    is_overridden = fields.Boolean(string="Overridden")
    qty_consensus = fields.Float(
        string="Consensus",
        digits="Product Unit",
        readonly=True,
        help="The override if there is one, else the sales input, else the computed figure; or"
        " their mean by the weights of the family.",
    )
    version = fields.Integer(
        readonly=True, default=0, help="Counts the changes by people: two at once are told."
    )
    qty_orders = fields.Float(
        string="Orders",
        digits="Product Unit",
        readonly=True,
        help="Confirmed orders requested for this month.",
    )
    price_unit = fields.Float(
        string="Price",
        digits="Product Price",
        readonly=True,
        aggregator="avg",
        help="Average net price of the last twelve months, else the sales price.",
    )
    amount_last_year = fields.Monetary(string="Last year value", readonly=True)
    amount_statistical = fields.Monetary(string="Statistical value", readonly=True)
    amount_consensus = fields.Monetary(string="Consensus value", readonly=True)
    amount_orders = fields.Monetary(string="Orders value", readonly=True)

    _cycle_product_month_unique = models.Constraint(
        "UNIQUE (cycle_id, product_id, bucket_start)",
        "A product has one line a month in a cycle.",
    )

    @api.depends("product_id", "bucket_start")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.product_id.display_name} {line.bucket_label or ''}"

    def action_open_orders(self):
        """The sale order lines requested for these months."""
        return self._action_demand()

    def action_open_last_year(self):
        """The sale order lines of the same months last year."""
        return self._action_demand(years=1)

    def _action_demand(self, **back):
        return self.env["sop.source"]._action_demand_lines(
            [
                (
                    line.company_id,
                    line.product_id.id,
                    fields.Date.subtract(line.bucket_start, **back),
                )
                for line in self
            ],
        )

    def action_open_history(self):
        """The product's demand month by month."""
        return open_action(
            self.env,
            "sop_demand_history_action",
            [
                ("product_id", "in", self.product_id.ids),
                ("company_id", "in", self.company_id.ids),
            ],
        )
