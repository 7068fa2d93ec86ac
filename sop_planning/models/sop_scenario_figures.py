from odoo import fields, models


class SopScenario(models.Model):
    """The figures that scenarios are compared by."""

    _inherit = "sop.scenario"

    rate_fill = fields.Float(
        string="Fill rate",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Share of the demand of the 26 weeks, by value, that is there in its week.",
    )
    rate_otif = fields.Float(
        string="OTIF of promised orders",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Share of the open order lines delivered in full in the week of their promise.",
    )
    qty_late = fields.Float(
        string="Units late", digits="Product Unit", readonly=True, copy=False,
        help="What is not there in the week in which customers want it, over the 26 weeks.",
    )  # fmt: skip
    amount_late = fields.Monetary(string="Value late", readonly=True, copy=False)
    family_count = fields.Integer(string="Families late", readonly=True, copy=False)
    gap_count = fields.Integer(string="Gaps", readonly=True, copy=False)
    hours_short = fields.Float(string="Hours short", readonly=True, copy=False)
    amount_short = fields.Monetary(string="Value of gaps", readonly=True, copy=False)
    amount_revenue = fields.Monetary(
        string="Revenue", readonly=True, copy=False,
        help="What is delivered within the horizon, at the planned sales prices.",
    )  # fmt: skip
    amount_margin = fields.Monetary(
        string="Margin", readonly=True, copy=False,
        help="Revenue less the cost of the goods delivered and the extra cost.",
    )  # fmt: skip
    amount_extra = fields.Monetary(
        string="Extra cost", readonly=True, copy=False,
        help="Overtime, subcontracting, faster or other vendors, other work centers.",
    )  # fmt: skip
    amount_overtime = fields.Monetary(string="Overtime", readonly=True, copy=False)
    amount_subcontract = fields.Monetary(string="Subcontracting", readonly=True, copy=False)
    amount_expedite = fields.Monetary(string="Expediting", readonly=True, copy=False)
    amount_alternative = fields.Monetary(
        string="Alternative work centers", readonly=True, copy=False
    )
    amount_vendor = fields.Monetary(string="Alternative vendors", readonly=True, copy=False)
    amount_holding = fields.Monetary(
        string="Holding cost", readonly=True, copy=False,
        help="Of the end products' stock over the horizon, at the rate of the settings.",
    )  # fmt: skip
    amount_penalty = fields.Monetary(
        string="Cost of being late", readonly=True, copy=False,
        help="Late, undelivered and missing safety stock, priced as the settings say. A step of"
        " family priority doubles it.",
    )  # fmt: skip
    amount_total = fields.Monetary(
        string="Total cost", readonly=True, copy=False,
        help="Extra cost + holding cost + cost of being late: what the cheapest plan has least of.",
    )  # fmt: skip
    amount_bound = fields.Monetary(
        string="Lower bound", readonly=True, copy=False,
        help="No plan of this model costs less: the optimum before it is put into levers that"
        " people can pull.",
    )  # fmt: skip
    has_bound = fields.Boolean(readonly=True, copy=False)
    hours_overtime = fields.Float(string="Overtime hours", readonly=True, copy=False)
    rate_peak = fields.Float(
        string="Peak load", readonly=True, copy=False, aggregator="max",
        help="The fullest week of a work center.",
    )  # fmt: skip
    rate_mean = fields.Float(string="Mean load", readonly=True, copy=False, aggregator="avg")
    rate_risk = fields.Float(
        string="Chance of overload", readonly=True, copy=False, aggregator="max",
        help="The most likely overload of a work center in a week, demand being as uncertain as its"
        " forecast.",
    )  # fmt: skip
    amount_stock = fields.Monetary(
        string="Stock value", readonly=True, copy=False, help="Mean over the horizon, at cost."
    )
    amount_stock_end = fields.Monetary(string="Stock at end", readonly=True, copy=False)
    days_stock = fields.Float(
        string="Days of stock", readonly=True, copy=False, aggregator="avg",
        help="Stock value / cost of goods delivered a day.",
    )  # fmt: skip
    cash = fields.Json(readonly=True, copy=False, help="Cash effect by month against the base.")
    binds = fields.Json(
        readonly=True, copy=False, help="What one more hour of a work center would save, by week."
    )
    facts = fields.Json(readonly=True, copy=False, help="How the levers were found.")
