from odoo import api, fields, models

from .navigation import open_action

FROZEN_MONTHS = 3  # months of a cycle whose forecasts are kept: lags 1 to 3
CYCLE, BACKTEST = "cycle", "backtest"
SOURCES = [(CYCLE, "Cycle's plan"), (BACKTEST, "Backtest")]


class SopForecast(models.Model):
    """What was forecast for a month when it could still be acted upon, beside what was ordered.

    A row follows its cycle's plan until the cycle's month is over or the plan is approved; from
    then on only the actual is filled in, so that every step of the forecast is measured by what it
    said at the time.
    """

    _name = "sop.forecast"
    _description = "Frozen Forecast"
    _inherit = ["sop.money.mixin", "sop.bucket.mixin"]
    _order = "bucket_start desc, id"
    _log_access = False

    cycle_id = fields.Many2one(
        "sop.cycle",
        string="Made in",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The cycle in which the forecast was made.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product", required=True, index=True, readonly=True, ondelete="cascade"
    )
    family_id = fields.Many2one(
        "product.category", index="btree_not_null", readonly=True, ondelete="set null"
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    source = fields.Selection(
        SOURCES,
        required=True,
        readonly=True,
        help="Cycle's plan: kept from a cycle. Backtest: what today's method would have said, for"
        " months of which no plan was kept.",
    )
    lag = fields.Integer(
        required=True,
        readonly=True,
        aggregator=None,
        help="1: made in the cycle that starts with the month; 2 and 3: one or two cycles before.",
    )
    qty_naive = fields.Float(
        string="Naive",
        digits="Product Unit",
        readonly=True,
        help="The same month one season earlier, or the last month: what every forecast has to"
        " beat.",
    )
    qty_statistical = fields.Float(string="Statistical", digits="Product Unit", readonly=True)
    qty_computed = fields.Float(
        string="With events",
        digits="Product Unit",
        readonly=True,
        help="Statistical forecast, season change, events and pipeline together.",
    )
    qty_sales = fields.Float(string="Sales input", digits="Product Unit", readonly=True)
    is_sales = fields.Boolean(string="Sales input given", readonly=True)
    contributions = fields.Json(
        readonly=True,
        help="What each contributor expected of the whole demand, by user id; empty where each one"
        " entered the share of his or her customers.",
    )
    qty_consensus = fields.Float(string="Consensus", digits="Product Unit", readonly=True)
    is_overridden = fields.Boolean(string="Overridden", readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Overridden by", readonly=True, help="Who overrode the consensus last."
    )
    override_id = fields.Many2one(
        "sop.demand.override",
        string="Last change",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The last entry of the journal that the consensus follows.",
    )
    price_unit = fields.Float(
        string="Price", digits="Product Price", readonly=True, aggregator="avg"
    )
    qty_actual = fields.Float(
        string="Ordered",
        digits="Product Unit",
        readonly=True,
        help="What was ordered for the month; known when the month is over.",
    )
    is_closed = fields.Boolean(
        string="Month is over",
        readonly=True,
        help="The month's orders are known, so the forecast can be measured.",
    )

    _natural_key = models.Constraint(
        "UNIQUE (company_id, source, product_id, bucket_start, lag)",
        "A product has one frozen forecast a month, lag and source.",
    )

    @api.depends("product_id", "bucket_start", "lag")
    def _compute_display_name(self):
        for row in self:
            row.display_name = self.env._(
                "%(product)s %(month)s, lag %(lag)s",
                product=row.product_id.display_name,
                month=row.bucket_label or "",
                lag=row.lag,
            )

    def action_open_orders(self):
        """The sale order lines of these months: what the forecasts are measured by."""
        return self.env["sop.source"]._action_demand_lines(
            [(row.company_id, row.product_id.id, row.bucket_start) for row in self]
        )

    def action_open_lines(self):
        """The plan lines that these forecasts were kept from, as they stand now."""
        return open_action(self.env, "sop_demand_line_action", self._months_of_cycles(), "list")

    def action_open_changes(self):
        """The journal entries that changed these months in the cycle."""
        lines = self.env["sop.demand.line"].search(self._months_of_cycles())
        domain = [("line_ids.line_id", "in", lines.ids)]
        return open_action(self.env, "sop_demand_override_action", domain)

    def _months_of_cycles(self):
        return [
            ("cycle_id", "in", self.cycle_id.ids),
            ("product_id", "in", self.product_id.ids),
            ("bucket_start", "in", list(set(self.mapped("bucket_start")))),
        ]
