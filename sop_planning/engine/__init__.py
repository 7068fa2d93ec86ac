"""The planning engine: typed tables in, plans out. What is listed here is all there is to know.

It knows no Odoo, no clock and no language: dates are arguments, failures are EngineError codes.
"""

from .accuracy import bias, mae, mape, mase, smape, tracking_signal, value_added, wmape
from .buckets import Buckets
from .cleansing import cleansed
from .consensus import compose, spread
from .demand import (
    REVIEW_MONTHS,
    SEASON,
    DemandBase,
    by_family,
    consensus,
    demand_base,
    family_reference,
    plan_lines,
    reference,
)
from .exceptions import deviation, rank, severity, trend_reference
from .forecast import Forecast, forecast, seasonal_naive
from .history import History, first_sale, monthly, usable
from .segments import classify, demand_interval, demand_variation
from .tables import DEMAND, INPUTS, PRODUCTS, EngineError, Table
