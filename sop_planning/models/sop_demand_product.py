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
    # registered methods that an addon may combine with the filters
    ("naive", "Naive"),
    ("seasonal_naive", "Seasonal naive"),
    ("mean", "Mean"),
    ("ses", "Exponential smoothing"),
    ("damped_trend", "Damped trend"),
    ("theta", "Theta"),
    ("croston", "Croston"),
    ("sba", "Syntetos-Boylan approximation"),
    ("tsb", "Teunter-Syntetos-Babai"),
    ("adida", "ADIDA"),
    ("imapa", "IMAPA"),
]


class SopDemandProduct(models.Model):
    _name = "sop.demand.product"
    _description = "S&OP Product Forecast"
    _inherit = ["sop.readonly.mixin", "sop.flag.mixin"]
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

    is_locked = fields.Boolean(
        string="Locked",
        help="A family's change is spread over the other products; this one keeps its figures.",
    )
    rate_bias = fields.Float(
        string="Bias",
        readonly=True,
        aggregator="avg",
        help="Forecast minus actual over actual in the backtest: positive when the forecast is too"
        " high.",
    )
    rate_coverage = fields.Float(
        string="Inside the interval",
        readonly=True,
        aggregator="avg",
        help="Share of the backtest's months inside the 80 % interval.",
    )
    rate_trend = fields.Float(
        string="Weight on trend",
        readonly=True,
        aggregator="avg",
        help="Share of the combined models that have a trend.",
    )
    rate_season = fields.Float(
        string="Weight on season",
        readonly=True,
        aggregator="avg",
        help="Share of the combined models with a season, the product's own or the family's.",
    )
    is_reconciled = fields.Boolean(
        string="Fits the family's forecast",
        readonly=True,
        help="The family as a whole is forecast better than the sum of its products, so these were"
        " adjusted to it.",
    )
    reason = fields.Text(compute="_compute_reason", help="Why this method, in one sentence.")
    _cycle_product_unique = models.Constraint(
        "UNIQUE (cycle_id, product_id)", "A cycle has one forecast a product."
    )

    def write(self, vals):
        if "is_locked" in vals:
            self.cycle_id._check_not_frozen()
        return super().write(vals)

    @api.depends("pattern", "method", "months_sold", "rate_error", "rate_error_naive")
    @api.depends_context("lang")
    def _compute_reason(self):
        patterns = dict(self._fields["pattern"]._description_selection(self.env))
        for fact in self:
            fact.reason = " ".join(
                part
                for part in (
                    fact._method_sentence(),
                    self.env._(
                        "Demand is %(pattern)s over %(months)s months.",
                        pattern=(patterns.get(fact.pattern) or "").lower(),
                        months=fact.months_sold,
                    ),
                    fact._error_sentence(),
                )
                if part
            )

    def _method_sentence(self):
        """What the forecast follows, and how much of its weight lies on it."""
        trend, season = f"{100 * self.rate_trend:.0f} %", f"{100 * self.rate_season:.0f} %"
        sentences = {
            "zero": self.env._("No sale in the last twelve months: nothing is forecast."),
            "level": self.env._("The forecast follows the level of the last months."),
            "trend": self.env._("%s of the weight lies on models with a trend.", trend),
            "seasonal": self.env._("%s of the weight lies on models with a season.", season),
            "family": self.env._(
                "The season comes from the family, which has a longer history: %s of the weight.",
                season,
            ),
        }
        return sentences.get(self.method) or self.env._("Method: %s.", self.method or "")

    def _error_sentence(self):
        if not self.has_backtest:
            return self.env._("There is too little history to measure its error.")
        return self.env._(
            "It was %(error)s off one to three months ahead, the naive forecast %(naive)s.",
            error=f"{100 * self.rate_error:.0f} %",
            naive=f"{100 * self.rate_error_naive:.0f} %",
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
