from odoo import api, fields, models

from .navigation import open_action

PATTERNS = [
    ("smooth", "Smooth"),
    ("erratic", "Erratic"),
    ("intermittent", "Intermittent"),
    ("lumpy", "Lumpy"),
    ("new", "New"),
    ("dead", "No recent sales"),
    ("none", "Never sold"),
]
METHODS = [
    ("zero", "No forecast"),
    ("level", "Level"),
    ("trend", "Trend"),
    ("seasonal", "Own season"),
    ("family", "Family's season"),
]


class SopDemandProduct(models.Model):
    _name = "sop.demand.product"
    _description = "S&OP Product Forecast"
    _inherit = ["sop.severity.mixin"]
    _order = "cycle_id desc, amount_impact desc, id"

    cycle_id = fields.Many2one("sop.cycle", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="restrict"
    )
    family_id = fields.Many2one(
        "product.category", readonly=True, index="btree_not_null", ondelete="set null"
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    pattern = fields.Selection(
        PATTERNS,
        readonly=True,
        help="Syntetos-Boylan class of the monthly demand: how often it occurs (average interval"
        " below 1.32 months) and how much it varies (squared variation below 0.49).",
    )
    method = fields.Selection(
        METHODS,
        readonly=True,
        help="What weighs most in the statistical forecast, which combines many models by how well"
        " they explain the product's history.",
    )
    months_corrected = fields.Integer(
        string="Outliers",
        readonly=True,
        help="Months of history that the forecast took for outliers and did not follow. The history"
        " itself is not changed.",
    )
    rate_error = fields.Float(
        string="Forecast error",
        readonly=True,
        aggregator="avg",
        help="WMAPE of the statistical forecast in a backtest: forecasts for one to three months"
        " ahead made as of the past months, against what was ordered.",
    )
    rate_error_naive = fields.Float(
        string="Naive error",
        readonly=True,
        aggregator="avg",
        help="The same backtest for the seasonal naive forecast: last year's month again.",
    )
    has_backtest = fields.Boolean(
        readonly=True, help="There is enough history to measure the forecast error."
    )
    months_sold = fields.Integer(
        string="Months of history", readonly=True, help="Months since the first sale."
    )
    price_unit = fields.Float(string="Price", digits="Product Price", readonly=True)
    amount_impact = fields.Monetary(
        string="Impact", readonly=True, help="Deviation of the three months at the product's price."
    )

    _cycle_product_unique = models.Constraint(
        "UNIQUE (cycle_id, product_id)", "A cycle has one forecast a product."
    )

    @api.depends("product_id")
    def _compute_display_name(self):
        for record in self:
            record.display_name = record.product_id.display_name

    def action_open_lines(self):
        """The plan of these products month by month."""
        return self._open("sop_demand_line_action", ("cycle_id", "in", self.cycle_id.ids), "list")

    def action_open_history(self):
        """The demand history of these products."""
        return self._open("sop_demand_history_action", ("company_id", "in", self.company_id.ids))

    def _open(self, xmlid, scope, first_view=None):
        domain = [scope, ("product_id", "in", self.product_id.ids)]
        return open_action(self.env, xmlid, domain, first_view)
