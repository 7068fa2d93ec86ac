"""Levers on what customers want, and when it is made for them."""

from dataclasses import replace

import numpy as np
import pandas as pd

from .lever import Lever, lever_weights, overlap_days, product_ids
from .scenario_inputs import ScenarioInputs
from .supply_buckets import DAY
from .tables import EngineError

MONTH = pd.DateOffset(months=1)


def demand_share(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    return _demand_changed(inputs, _touched(inputs, lever, inputs.promised) * lever.value)


def demand_units(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    touched = _touched(inputs, lever, inputs.promised)
    if lever.value < -touched.sum():
        raise EngineError("lever_value", value=lever.value)
    return _demand_changed(inputs, touched * (lever.value / touched.sum()))


def _demand_changed(inputs: ScenarioInputs, change: np.ndarray) -> ScenarioInputs:
    """Customers want more or less (n, T), and it is planned for."""
    changed = inputs.with_supply(demand=np.maximum(inputs.supply.demand + change, 0.0))
    return replace(changed, promised=np.maximum(inputs.promised + change, 0.0))


def postpone(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    start = pd.Timestamp(lever.target) if lever.target else None
    if start is None or start <= pd.Timestamp(lever.last):
        raise EngineError("lever_target", target=lever.target)
    return _moved(inputs, lever, start, start + MONTH)


def prebuild(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    start = pd.Timestamp(lever.target) if lever.target else None
    if start is None or start >= pd.Timestamp(lever.first):
        raise EngineError("lever_target", target=lever.target)
    return _moved(inputs, lever, start, pd.Timestamp(lever.first))


def _moved(
    inputs: ScenarioInputs, lever: Lever, start: pd.Timestamp, end: pd.Timestamp
) -> ScenarioInputs:
    """Deliveries planned for evenly over [start, end) instead; what customers want stays."""
    place = overlap_days(inputs, start, end)
    if place.sum() < (end - start) / DAY:  # part of it lies outside the horizon
        raise EngineError("lever_target", target=lever.target)
    taken = _touched(inputs, lever, inputs.supply.demand) * lever.value
    put = taken.sum(axis=1)[:, None] * (place / place.sum())
    return inputs.with_supply(demand=inputs.supply.demand - taken + put)


def subcontract(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    """Units from outside, over the products in proportion to their demand and not beyond it; kits
    have no stock that they could come into."""
    supply = inputs.supply
    touched = _touched(inputs, lever, np.where(supply.kind_is("kit")[:, None], 0.0, supply.demand))
    weekly = lever.value * lever_weights(inputs, lever) * supply.buckets.days / 7.0
    total = touched.sum(axis=0)
    share = np.divide(weekly, total, out=np.zeros_like(total), where=total > 0)
    units = touched * np.minimum(share, 1.0)
    changed = inputs.with_supply(receipts=supply.receipts + units)
    return changed.charged("subcontract", units.sum(axis=0) * lever.cost)


def stock_target(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    rows = lever_rows(inputs, lever)
    scale = np.broadcast_to(inputs.supply.target_scale, rows.shape)
    return inputs.with_supply(target_scale=np.where(rows, scale * (1.0 + lever.value), scale))


def price(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    share = _share(inputs, lever)
    if not share.any():
        raise EngineError("lever_scope")
    change = share[:, None] * lever_weights(inputs, lever) * lever.value
    return replace(inputs, price=inputs.price * (1.0 + change))


def lever_rows(inputs: ScenarioInputs, lever: Lever) -> np.ndarray:
    """Products (n,) of the family and product that the lever names."""
    items = inputs.supply.items
    rows = np.ones(len(items), bool)
    if lever.family_id:
        rows &= (items["family_id"] == lever.family_id).to_numpy()
    if lever.product_id:
        rows &= (items["product_id"] == lever.product_id).to_numpy()
    if not rows.any():
        raise EngineError("lever_scope")
    return rows


def _share(inputs: ScenarioInputs, lever: Lever) -> np.ndarray:
    """Share of each product's demand (n,) that the lever speaks of: all, or its customer's."""
    share = lever_rows(inputs, lever).astype(float)
    if not lever.partner_id:
        return share
    table = inputs.customers
    mine = table[table["partner_id"] == lever.partner_id].set_index("product_id")["share"]
    return share * mine.reindex(product_ids(inputs)).fillna(0.0).to_numpy(float)


def _touched(inputs: ScenarioInputs, lever: Lever, demand: np.ndarray) -> np.ndarray:
    """What of a demand (n, T) the lever speaks of."""
    touched = demand * _share(inputs, lever)[:, None] * lever_weights(inputs, lever)
    if touched.sum() <= 0:
        raise EngineError("lever_scope")
    return touched
