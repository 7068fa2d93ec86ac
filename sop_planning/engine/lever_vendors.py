"""Levers on what vendors deliver, and when."""

from dataclasses import replace

import numpy as np
import pandas as pd

from .lever import Lever, lever_weights, product_ids
from .scenario_inputs import ScenarioInputs, Surcharge
from .supply import by_bucket
from .tables import EngineError


def supplier_delay(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    return _deliveries_moved(inputs, lever, lever.value)


def expedite(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    faster = _deliveries_moved(inputs, lever, -lever.value)
    moved = by_bucket(
        inputs.arrivals[_mine(inputs, lever)], "qty", product_ids(inputs), inputs.supply.buckets
    ).sum(axis=0)
    charged = faster.charged("expedite", moved * lever.cost)
    surcharge = Surcharge(
        "expedite", _of_vendor(inputs, lever), lever_weights(inputs, lever), lever.cost
    )
    return replace(charged, surcharges=(*charged.surcharges, surcharge))


def other_vendor(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    """What is ordered from now on comes from a vendor with another lead time and price."""
    mine = _of_vendor(inputs, lever)
    arrival = _arrival_bucket(inputs, np.full(len(mine), lever.value))
    earliest = np.where(mine, arrival, inputs.supply.earliest)
    surcharge = Surcharge("vendor", mine, lever_weights(inputs, lever), lever.cost)
    changed = inputs.with_supply(earliest=earliest)
    return replace(changed, surcharges=(*inputs.surcharges, surcharge))


def _deliveries_moved(inputs: ScenarioInputs, lever: Lever, days: float) -> ScenarioInputs:
    """Open orders of these days arrive later, and so does what is ordered now. What is overdue is
    expected today, and nothing arrives before."""
    arrivals, supply, mine = inputs.arrivals, inputs.supply, _mine(inputs, lever)
    today, step = pd.Timestamp(inputs.today), pd.Timedelta(days=round(days))
    expected = (arrivals["day"].clip(lower=today) + step).clip(lower=today)
    day = arrivals["day"].mask(mine, expected).astype(arrivals["day"].dtype)
    moved = arrivals.assign(day=day)
    receipts = supply.receipts + _received(inputs, moved) - _received(inputs, arrivals)
    lead = supply.items["days_lead"].to_numpy(float)
    due = pd.Timestamp(inputs.today) + pd.to_timedelta(lead, unit="D")
    is_late = _of_vendor(inputs, lever)
    is_late &= (due >= pd.Timestamp(lever.first)) & (due <= pd.Timestamp(lever.last))
    arrival = _arrival_bucket(inputs, np.maximum(lead + round(days), 0.0))
    bound = np.maximum if days >= 0 else np.minimum  # of two delays the longer counts
    earliest = np.where(is_late, bound(arrival, supply.earliest), supply.earliest)
    return replace(inputs.with_supply(receipts=receipts, earliest=earliest), arrivals=moved)


def _arrival_bucket(inputs: ScenarioInputs, lead: np.ndarray) -> np.ndarray:
    """First bucket (n,) in which something ordered today arrives after ``lead`` days, not in the
    frozen ones."""
    buckets = inputs.supply.buckets
    day = pd.Timestamp(inputs.today) + pd.to_timedelta(np.ceil(lead), unit="D")
    bucket = buckets.locate_due(day)
    return np.maximum(np.where(bucket < 0, buckets.count, bucket), inputs.supply.frozen)


def _received(inputs: ScenarioInputs, arrivals: pd.DataFrame) -> np.ndarray:
    return by_bucket(arrivals, "qty", product_ids(inputs), inputs.supply.buckets)


def _mine(inputs: ScenarioInputs, lever: Lever) -> np.ndarray:
    """Which arrivals are the vendor's and due while the lever is in force."""
    arrivals = inputs.arrivals
    due = arrivals["day"].clip(
        lower=max(pd.Timestamp(inputs.today), inputs.supply.buckets.starts[0])
    )
    mine = (due >= pd.Timestamp(lever.first)) & (due <= pd.Timestamp(lever.last))
    if lever.partner_id:
        mine &= arrivals["partner_id"] == lever.partner_id
    if lever.product_id:
        mine &= arrivals["product_id"] == lever.product_id
    return mine.to_numpy(bool)


def _of_vendor(inputs: ScenarioInputs, lever: Lever) -> np.ndarray:
    """Bought products (n,) of the vendor and product that the lever names."""
    mine = inputs.supply.kind_is("buy", "subcontract")
    if lever.partner_id:
        mine = mine & (inputs.vendor == lever.partner_id)
    if lever.product_id:
        mine = mine & (product_ids(inputs) == lever.product_id)
    if not mine.any() and not _mine(inputs, lever).any():
        raise EngineError("lever_scope")
    return mine
