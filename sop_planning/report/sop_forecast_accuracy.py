from odoo import api, fields, models
from odoo.tools import SQL, drop_view_if_exists

from ..models.sop_forecast import SOURCES
from .sop_forecast_steps import select_measured

STEPS = [
    ("naive", "Naive"),
    ("statistical", "Statistical"),
    ("computed", "With events"),
    ("sales", "Sales input"),
    ("consensus", "Consensus"),
    ("override", "Single change"),
]
# Rates are ratios of sums, never means of ratios: the same expression makes the figure of a row
# and, with the sum of each column in its place, that of a group.
RATES = {
    "rate_wmape": "%(abs_error)s / NULLIF(%(qty_actual)s, 0)",
    "rate_wmape_value": "%(amount_abs_error)s / NULLIF(%(amount_actual)s, 0)",
    "rate_accuracy": "CASE WHEN %(qty_actual)s <> 0"
    " THEN GREATEST(0, 1 - %(abs_error)s / NULLIF(%(qty_actual)s, 0)) END",
    "rate_bias": "%(error)s / NULLIF(%(qty_actual)s, 0)",
    "tracking_signal": "CASE WHEN %(is_one)s"
    " THEN %(error)s / NULLIF(%(abs_error)s / %(count)s, 0) END",
    "rate_value_added": "(%(abs_error_previous)s - %(abs_error)s) / NULLIF(%(qty_actual)s, 0)",
    "rate_value_added_naive": "(%(abs_error_naive)s - %(abs_error)s) / NULLIF(%(qty_actual)s, 0)",
}
SUMS = (
    "qty_actual", "error", "abs_error", "abs_error_previous", "abs_error_naive", "amount_actual",
    "amount_abs_error",
)  # fmt: skip


class SopForecastAccuracy(models.Model):
    """Each step of each frozen forecast beside what was ordered: who made the forecast better."""

    _name = "sop.forecast.accuracy"
    _description = "Forecast Accuracy"
    _inherit = ["sop.money.mixin", "sop.bucket.mixin"]
    _auto = False
    _order = "bucket_start desc, id"
    _depends = {
        "sop.cycle": ["state"],
        "sop.forecast": [
            "cycle_id", "company_id", "product_id", "family_id", "source", "lag", "bucket_start",
            "qty_naive", "qty_statistical", "qty_computed", "qty_sales", "is_sales",
            "contributions", "qty_consensus", "user_id", "override_id", "price_unit", "qty_actual",
            "is_closed",
        ],
        "sop.demand.override": ["cycle_id", "user_id"],
        "sop.demand.override.line": [
            "override_id", "product_id", "bucket_start", "qty_old", "qty_new",
        ],
    }  # fmt: skip

    forecast_id = fields.Many2one("sop.forecast", string="Frozen forecast", readonly=True)
    override_id = fields.Many2one("sop.demand.override", string="Change", readonly=True)
    cycle_id = fields.Many2one("sop.cycle", string="Made in", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one("product.product", readonly=True)
    family_id = fields.Many2one("product.category", readonly=True)
    source = fields.Selection(
        SOURCES,
        readonly=True,
        help="Cycle's plan: kept from a cycle. Backtest: what today's method would have said, for"
        " months of which no plan was kept.",
    )
    lag = fields.Integer(
        readonly=True,
        aggregator=None,
        help="1: made in the cycle that starts with the month; 2 and 3: one or two cycles before.",
    )
    step = fields.Selection(
        STEPS,
        readonly=True,
        help="From the naive forecast over statistics, events and pipeline, and sales input to the"
        " consensus. Single changes are the entries of the override journal, by person; together"
        " they are part of the step to the consensus.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        readonly=True,
        help="Who gave the sales input, made the single change, or overrode the consensus last.",
    )
    qty_forecast = fields.Float(string="Forecast", digits="Product Unit", readonly=True)
    qty_previous = fields.Float(
        string="Step before",
        digits="Product Unit",
        readonly=True,
        help="The forecast of the step before; of a single change, the consensus before it. The"
        " naive forecast is the first step, so it is compared with itself.",
    )
    qty_naive = fields.Float(string="Naive forecast", digits="Product Unit", readonly=True)
    qty_actual = fields.Float(string="Ordered", digits="Product Unit", readonly=True)
    error = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="Forecast minus ordered: positive when the forecast was too high.",
    )
    abs_error = fields.Float(string="Absolute error", digits="Product Unit", readonly=True)
    abs_error_mean = fields.Float(
        string="Mean error (MAE)",
        digits="Product Unit",
        readonly=True,
        aggregator="avg",
        help="Mean of the absolute errors a product and month.",
    )
    abs_error_previous = fields.Float(
        string="Absolute error of the step before", digits="Product Unit", readonly=True
    )
    abs_error_naive = fields.Float(
        string="Absolute error of the naive forecast", digits="Product Unit", readonly=True
    )
    amount_actual = fields.Monetary(string="Ordered value", readonly=True)
    amount_abs_error = fields.Monetary(
        string="Value of the absolute error", readonly=True, help="At the product's price."
    )
    rate_wmape = fields.Float(
        string="WMAPE",
        readonly=True,
        aggregator="avg",
        help="Sum of absolute errors over the sum of what was ordered; errors of products are added"
        " up, so they do not cancel out within a family.",
    )
    rate_wmape_value = fields.Float(
        string="WMAPE by value",
        readonly=True,
        aggregator="avg",
        help="The same at the products' prices: dear products count more, and units of measure do"
        " not mix.",
    )
    rate_accuracy = fields.Float(
        string="Accuracy", readonly=True, aggregator="avg", help="1 - WMAPE, not below 0."
    )
    rate_bias = fields.Float(
        string="Bias",
        readonly=True,
        aggregator="avg",
        help="Sum of errors over the sum of what was ordered: positive when the forecast was too"
        " high.",
    )
    tracking_signal = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Sum of errors over their mean absolute error, of one product at one lag over several"
        " months: beyond -4 or 4 the forecast is biased.",
    )
    rate_value_added = fields.Float(
        string="Value added",
        readonly=True,
        aggregator="avg",
        help="WMAPE of the step before minus WMAPE of this step, on the same months: positive when"
        " the step made the forecast better.",
    )
    rate_value_added_naive = fields.Float(
        string="Value added to naive",
        readonly=True,
        aggregator="avg",
        help="WMAPE of the naive forecast minus WMAPE of this step, on the same months.",
    )

    def init(self):
        drop_view_if_exists(self.env.cr, self._table)
        columns = {name: SQL.identifier("measured", name) for name in SUMS}
        one_row = {"count": SQL("1"), "is_one": SQL("TRUE")}
        rates = [
            SQL("%s AS %s", SQL(rate, **columns, **one_row), SQL.identifier(name))
            for name, rate in RATES.items()
        ]
        self.env.cr.execute(
            SQL(
                "CREATE VIEW %s AS (SELECT measured.*, abs_error AS abs_error_mean, %s"
                " FROM (%s) measured)",
                SQL.identifier(self._table),
                SQL(", ").join(rates),
                select_measured(),
            )
        )

    @api.depends("product_id", "bucket_start", "step")
    def _compute_display_name(self):
        steps = dict(self._fields["step"]._description_selection(self.env))
        for row in self:
            month = row.bucket_label or ""
            row.display_name = f"{row.product_id.display_name} {month}: {steps.get(row.step, '')}"

    def _read_group_select(self, aggregate_spec, query):
        name, _separator, function = aggregate_spec.partition(":")
        if name not in RATES or function not in ("avg", "sum"):
            return super()._read_group_select(aggregate_spec, query)
        # the ratio of two amounts is none: it is for everybody
        sums = {
            column: SQL("SUM(%s)", self.sudo()._field_to_sql(self._table, column, query))
            for column in SUMS
        }
        return SQL(RATES[name], **sums, count=SQL("COUNT(*)"), is_one=self._is_one_series(query))

    def _is_one_series(self, query):
        """Whether a group holds one product at one lag: several together have no tracking
        signal, since their errors of a month are not one error."""
        bounds = [
            SQL("MIN(%s) = MAX(%s)", column, column)
            for column in (self._field_to_sql(self._table, n, query) for n in ("product_id", "lag"))
        ]
        return SQL(" AND ").join(bounds)

    def _read_group_orderby(self, order, groupby_terms, query):
        """Steps stand in the order in which a forecast is made."""
        if "step" not in groupby_terms:
            return super()._read_group_orderby(order, groupby_terms, query)
        step = groupby_terms["step"]
        keys = [key for key, _label in STEPS]
        terms = {**groupby_terms, "step": SQL("array_position(%s::text[], %s::text)", keys, step)}
        result = super()._read_group_orderby(order, terms, query)
        groupby_terms.update({**terms, "step": step})
        return result

    def action_open_forecast(self):
        """The frozen forecast behind this row, with all its steps."""
        self.ensure_one()
        return self._open_record(self.forecast_id)

    def action_open_change(self):
        """The entry of the override journal behind this row."""
        self.ensure_one()
        return self._open_record(self.override_id)

    def action_open_orders(self):
        """The sale order lines that these forecasts are measured by."""
        return self.forecast_id.action_open_orders()

    def action_open_lines(self):
        """The plan lines that these forecasts were kept from, as they stand now."""
        return self.forecast_id.action_open_lines()

    def _open_record(self, record):
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }
