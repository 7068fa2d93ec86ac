"""The planning engine: typed tables in, plans out. What is listed here is all there is to know.

It knows no Odoo, no clock and no language: dates are arguments, failures are EngineError codes.
"""

from .accuracy import bias, mae, mape, mase, smape, tracking_signal, value_added, wmape
from .adjust import adjusted, adjusted_lines, units_worth
from .alternatives import Alternative, alternatives, strategies
from .backtest import Backtest
from .bridge import CAUSES, QUANTITY_CAUSES, bridge, by_family as bridge_by_family
from .buckets import Buckets
from .capacity import HOURS, OPERATIONS, WORK, WORKCENTERS, Capacity
from .budget import budget_reference
from .cleansing import cleansed
from .consensus import compose, computed, spread
from .consumption import zones
from .coverage import days_of_supply, first_short, latest_order
from .corrections import baseline, corrections, measured_uplift
from .customers import ORDERING, customer_changes
from .demand_history import Seasons, UsableHistory, scaled
from .demand import (
    REVIEW_MONTHS,
    SEASON,
    DemandBase,
    by_family,
    demand_base,
    family_reference,
    reference,
)
from .event_effects import EFFECTS, event_effects
from .events import EVENTS, OPEN_END, past_promotions, promotion_results, shared_units
from .exceptions import deviation, rank, severity, trend_reference
from .exposure import exposure, touched, touched_value
from .fingerprint import changed_parts, fingerprint
from .forecast import Forecast, forecast
from .gap_runs import matched_runs, orders_within
from .history import History, arranged, first_sale, monthly, usable
from .lever import Lever
from .methods import register, registered, seasonal_naive
from .pipeline import CONVERSIONS, added_pipeline, conversion, weighted_pipeline
from .plan import EVENT_KINDS, Knowledge, consensus, plan_lines, with_weights
from .promotions import promoting_events
from .quality import trust_score
from .scenario import Outcome, hour_values, outcome_chances, simulate
from .scenario_inputs import ARRIVALS, CUSTOMERS, Rates, ScenarioInputs
from .season_index import season_effect, seasonal_indices
from .segments import classify, demand_interval, demand_variation
from .signals import (
    LAUNCH_GAPS,
    biased,
    drivers,
    launch_gaps,
    order_intake,
    rank_and_cap,
    same_cause,
    why_not_flagged,
)
from .stock_targets import excess
from .structure import BOM_LINES, BYPRODUCTS, cumulative_lead, structure
from .suppliers import PROMISES, RECEIVED, line_facts, supplier_facts
from .supply import (
    ITEMS,
    SupplyInputs,
    by_bucket,
    independent_demand,
    output_loss,
    planned_structure,
    supply_kind,
    supply_plan,
)
from .supply_buckets import SupplyBuckets
from .tables import DEMAND, INPUTS, PRODUCTS, EngineError, Table

from .uncertainty import DemandRisk, family_width
from .working_days import working_day_factors
