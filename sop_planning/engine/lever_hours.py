"""Levers on the hours of work centers."""

import numpy as np
import pandas as pd

from .capacity import HOURS
from .lever import WEEKDAYS, Lever, by_day, lever_days
from .scenario_inputs import ScenarioInputs
from .tables import EngineError


def extra_hours(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    days = lever_days(inputs, lever)
    days = days[days.day_of_week < WEEKDAYS]
    return _paid(_added(inputs, lever.workcenter_id, days, lever.value / WEEKDAYS), lever, days)


def extra_shift(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    days = _open_days(inputs, lever).index
    return _paid(_added(inputs, lever.workcenter_id, days, lever.value), lever, days)


def machine_down(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    hours = _open_days(inputs, lever)
    lost = _within(inputs, lever.workcenter_id, hours.index, lever.value * hours.to_numpy())
    return _added(inputs, lever.workcenter_id, hours.index, -lost)


def alternative(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    """The hours that the other work center gives, as far as it has them, are hours that this one
    gains."""
    if lever.other_workcenter_id in (0, lever.workcenter_id):
        raise EngineError("lever_scope")
    centers = inputs.supply.workcenters.set_index("workcenter_id")["efficiency"]
    days = lever_days(inputs, lever)
    days = days[days.day_of_week < WEEKDAYS]
    ratio = centers.get(lever.workcenter_id, 1.0) / centers.get(lever.other_workcenter_id, 1.0)
    asked = np.full(len(days), lever.value * ratio / WEEKDAYS)
    given = _within(inputs, lever.other_workcenter_id, days, asked)
    moved = _added(inputs, lever.other_workcenter_id, days, -given)
    moved = _added(moved, lever.workcenter_id, days, given / ratio)
    return moved.charged("alternative", by_day(inputs, days, given / ratio) * lever.cost)


def _within(
    inputs: ScenarioInputs, workcenter_id: int, days: pd.DatetimeIndex, hours: np.ndarray
) -> np.ndarray:
    """Clock hours taken on some days of a work center, no more than each bucket has."""
    buckets, left = inputs.supply.buckets, np.zeros(inputs.supply.buckets.count)
    for table in (inputs.supply.hours, inputs.supply.extra):
        bucket = buckets.locate(table["day"])
        mine = (bucket >= 0) & (table["workcenter_id"] == workcenter_id).to_numpy()
        np.add.at(left, bucket[mine], table["hours"].to_numpy(float)[mine])
    left, asked = np.maximum(left, 0.0), by_day(inputs, days, hours)
    share = np.divide(left, asked, out=np.ones_like(left), where=asked > left)
    return hours * share[buckets.locate(days)]


def _added(
    inputs: ScenarioInputs, workcenter_id: int, days: pd.DatetimeIndex, hours: object
) -> ScenarioInputs:
    """Clock hours more on some days of a work center."""
    centers = inputs.supply.workcenters.set_index("workcenter_id")["is_open"]
    if workcenter_id not in centers.index:
        raise EngineError("lever_scope")
    if not centers[workcenter_id]:
        raise EngineError("lever_closed")
    if not len(days) or not np.any(hours):  # a weekend, or nothing left to take
        raise EngineError("lever_scope")
    rows = pd.DataFrame({"workcenter_id": workcenter_id, "day": days, "hours": hours})
    before = inputs.supply.extra
    extra = pd.concat([before, rows], ignore_index=True) if len(before) else rows
    extra = extra.groupby(["workcenter_id", "day"], as_index=False)["hours"].sum()
    return inputs.with_supply(extra=HOURS.build(extra))


def _paid(inputs: ScenarioInputs, lever: Lever, days: pd.DatetimeIndex) -> ScenarioInputs:
    """The same with the cost of a lever's hours."""
    daily = lever.value / (WEEKDAYS if lever.kind == "extra_hours" else 1.0)
    hours = by_day(inputs, days, daily)
    return inputs.charged("overtime", hours * lever.cost, hours)


def _open_days(inputs: ScenarioInputs, lever: Lever) -> pd.Series:
    """Calendar hours of the work center by day, while the lever is in force."""
    hours = inputs.supply.hours
    mine = hours[hours["workcenter_id"] == lever.workcenter_id].set_index("day")["hours"]
    return mine[mine.index.isin(lever_days(inputs, lever)) & (mine > 0).to_numpy()]
