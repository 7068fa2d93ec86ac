"""Levers: single differences from a cycle's inputs, each a pure function of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from .capacity import HOURS
from .scenario_inputs import ScenarioInputs, Surcharge
from .supply import by_bucket
from .supply_buckets import DAY
from .tables import EngineError

WEEKDAYS = 5.0
MONTH = pd.DateOffset(months=1)


@dataclass(frozen=True)
class Lever:
    """One difference, in force from the day ``first`` to ``last``, both inclusive.

    What ``value`` means, by kind:
    ``extra_hours`` clock hours a week on a work center, Monday to Friday; ``extra_shift`` clock
    hours on each of its working days; ``machine_down`` share of its calendar that is lost;
    ``alternative`` clock hours a week of its work that ``other_workcenter_id`` does as far as it
    has hours;
    ``supplier_delay``, ``expedite`` days that a vendor's deliveries come later, or earlier;
    ``other_vendor`` days of lead time of whoever replaces the vendor;
    ``demand`` share by which demand changes, ``demand_units`` units it changes by in all;
    ``postpone`` share of the deliveries made in the month from ``target`` on instead;
    ``prebuild`` share of them made between ``target`` and ``first``;
    ``subcontract`` units a week from outside; ``stock_target``, ``price`` share they change by.
    cost: company currency an hour or a unit. A scope of product, family and customer or vendor
    narrows each other; 0 is any.
    """

    kind: str
    value: float
    first: date
    last: date
    cost: float = 0.0
    workcenter_id: int = 0
    other_workcenter_id: int = 0
    family_id: int = 0
    product_id: int = 0
    partner_id: int = 0
    target: date | None = None


def applied(inputs: ScenarioInputs, levers: Sequence[Lever]) -> ScenarioInputs:
    """The inputs with all levers pulled, one after the other.

    Raises EngineError with ``position`` of the lever: ``lever_kind`` (unknown), ``lever_value``
    (not a possible figure), ``lever_dates`` (the wrong way round, or outside the horizon),
    ``lever_target`` (a month that deliveries cannot move to), ``lever_scope`` (nothing that it
    could change), ``lever_closed`` (a work center without hours), ``lever_conflict`` (with
    ``other``: two levers that contradict each other).
    """
    for position, lever in enumerate(levers):
        _check(inputs, lever, position)
        try:
            for other, before in enumerate(levers[:position]):
                if _contradict(inputs, lever, before):
                    raise EngineError("lever_conflict", other=other)
            inputs = APPLY[lever.kind](inputs, lever)
        except EngineError as error:
            raise EngineError(error.code, position=position, **error.details) from error
    return inputs


def _check(inputs: ScenarioInputs, lever: Lever, position: int) -> None:
    buckets = inputs.supply.buckets
    if lever.kind not in APPLY:
        raise EngineError("lever_kind", position=position, kind=lever.kind)
    lowest, highest = LIMITS.get(lever.kind, (0.0, np.inf))
    is_zero = lever.value == 0 and lever.kind not in MAY_BE_ZERO
    if not np.isfinite([lever.value, lever.cost]).all() or lever.cost < 0 or is_zero:
        raise EngineError("lever_value", position=position, value=lever.value)
    if not lowest <= lever.value <= highest:
        raise EngineError("lever_value", position=position, value=lever.value)
    first, last = pd.Timestamp(lever.first), pd.Timestamp(lever.last)
    if last < first or last < buckets.starts[0] or first >= buckets.ends[-1]:
        raise EngineError("lever_dates", position=position, first=lever.first, last=lever.last)


def _contradict(inputs: ScenarioInputs, one: Lever, other: Lever) -> bool:
    """Whether two levers want opposite things of the same target at the same time."""
    if one.first > other.last or other.first > one.last:
        return False
    kinds = {one.kind, other.kind}
    if kinds in CONTRADICTIONS["workcenter"] and one.workcenter_id == other.workcenter_id:
        return True
    if kinds in CONTRADICTIONS["product"]:
        is_customer_shared = one.partner_id == other.partner_id or 0 in (
            one.partner_id,
            other.partner_id,
        )
        return is_customer_shared and (_rows(inputs, one) & _rows(inputs, other)).any()
    same = one.family_id == other.family_id and one.product_id == other.product_id
    return kinds in CONTRADICTIONS["partner"] and one.partner_id == other.partner_id and same


# ---- hours ----


def _extra_hours(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    days = _days(inputs, lever)
    days = days[days.day_of_week < WEEKDAYS]
    return _paid(_added(inputs, lever.workcenter_id, days, lever.value / WEEKDAYS), lever, days)


def _extra_shift(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    days = _open_days(inputs, lever).index
    return _paid(_added(inputs, lever.workcenter_id, days, lever.value), lever, days)


def _machine_down(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    hours = _open_days(inputs, lever)
    lost = _within(inputs, lever.workcenter_id, hours.index, lever.value * hours.to_numpy())
    return _added(inputs, lever.workcenter_id, hours.index, -lost)


def _alternative(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    """The hours that the other work center gives, as far as it has them, are hours that this one
    gains."""
    if lever.other_workcenter_id in (0, lever.workcenter_id):
        raise EngineError("lever_scope")
    centers = inputs.supply.workcenters.set_index("workcenter_id")["efficiency"]
    days = _days(inputs, lever)
    days = days[days.day_of_week < WEEKDAYS]
    ratio = centers.get(lever.workcenter_id, 1.0) / centers.get(lever.other_workcenter_id, 1.0)
    asked = np.full(len(days), lever.value * ratio / WEEKDAYS)
    given = _within(inputs, lever.other_workcenter_id, days, asked)
    moved = _added(inputs, lever.other_workcenter_id, days, -given)
    moved = _added(moved, lever.workcenter_id, days, given / ratio)
    return moved.charged("alternative", _by_day(inputs, days, given / ratio) * lever.cost)


def _within(
    inputs: ScenarioInputs, workcenter_id: int, days: pd.DatetimeIndex, hours: np.ndarray
) -> np.ndarray:
    """Clock hours taken on some days of a work center, no more than each bucket has."""
    buckets, left = inputs.supply.buckets, np.zeros(inputs.supply.buckets.count)
    for table in (inputs.supply.hours, inputs.supply.extra):
        bucket = buckets.locate(table["day"])
        mine = (bucket >= 0) & (table["workcenter_id"] == workcenter_id).to_numpy()
        np.add.at(left, bucket[mine], table["hours"].to_numpy(float)[mine])
    left, asked = np.maximum(left, 0.0), _by_day(inputs, days, hours)
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
    hours = _by_day(inputs, days, daily)
    return inputs.charged("overtime", hours * lever.cost, hours)


def _open_days(inputs: ScenarioInputs, lever: Lever) -> pd.Series:
    """Calendar hours of the work center by day, while the lever is in force."""
    hours = inputs.supply.hours
    mine = hours[hours["workcenter_id"] == lever.workcenter_id].set_index("day")["hours"]
    return mine[mine.index.isin(_days(inputs, lever)) & (mine > 0).to_numpy()]


# ---- vendors ----


def _supplier_delay(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    return _deliveries_moved(inputs, lever, lever.value)


def _expedite(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    faster = _deliveries_moved(inputs, lever, -lever.value)
    moved = by_bucket(
        inputs.arrivals[_mine(inputs, lever)], "qty", _ids(inputs), inputs.supply.buckets
    ).sum(axis=0)
    charged = faster.charged("expedite", moved * lever.cost)
    surcharge = Surcharge(
        "expedite", _of_vendor(inputs, lever), _weights(inputs, lever), lever.cost
    )
    return replace(charged, surcharges=(*charged.surcharges, surcharge))


def _other_vendor(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    """What is ordered from now on comes from a vendor with another lead time and price."""
    mine = _of_vendor(inputs, lever)
    arrival = _arrival_bucket(inputs, np.full(len(mine), lever.value))
    earliest = np.where(mine, arrival, inputs.supply.earliest)
    surcharge = Surcharge("vendor", mine, _weights(inputs, lever), lever.cost)
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
    frozen = int((inputs.supply.zones == "frozen").sum())
    return np.maximum(np.where(bucket < 0, buckets.count, bucket), frozen)


def _received(inputs: ScenarioInputs, arrivals: pd.DataFrame) -> np.ndarray:
    return by_bucket(arrivals, "qty", _ids(inputs), inputs.supply.buckets)


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
        mine = mine & (_ids(inputs) == lever.product_id)
    if not mine.any() and not _mine(inputs, lever).any():
        raise EngineError("lever_scope")
    return mine


# ---- demand ----


def _demand(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    return _demand_changed(inputs, _touched(inputs, lever, inputs.promised) * lever.value)


def _demand_units(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    touched = _touched(inputs, lever, inputs.promised)
    if lever.value < -touched.sum():
        raise EngineError("lever_value", value=lever.value)
    return _demand_changed(inputs, touched * (lever.value / touched.sum()))


def _demand_changed(inputs: ScenarioInputs, change: np.ndarray) -> ScenarioInputs:
    """Customers want more or less (n, T), and it is planned for."""
    changed = inputs.with_supply(demand=np.maximum(inputs.supply.demand + change, 0.0))
    return replace(changed, promised=np.maximum(inputs.promised + change, 0.0))


def _postpone(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    start = pd.Timestamp(lever.target) if lever.target else None
    if start is None or start <= pd.Timestamp(lever.last):
        raise EngineError("lever_target", target=lever.target)
    return _moved(inputs, lever, start, start + MONTH)


def _prebuild(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    start = pd.Timestamp(lever.target) if lever.target else None
    if start is None or start >= pd.Timestamp(lever.first):
        raise EngineError("lever_target", target=lever.target)
    return _moved(inputs, lever, start, pd.Timestamp(lever.first))


def _moved(
    inputs: ScenarioInputs, lever: Lever, start: pd.Timestamp, end: pd.Timestamp
) -> ScenarioInputs:
    """Deliveries planned for evenly over [start, end) instead; what customers want stays."""
    place = _overlap(inputs, start, end)
    if place.sum() < (end - start) / DAY:  # part of it lies outside the horizon
        raise EngineError("lever_target", target=lever.target)
    taken = _touched(inputs, lever, inputs.supply.demand) * lever.value
    put = taken.sum(axis=1)[:, None] * (place / place.sum())
    return inputs.with_supply(demand=inputs.supply.demand - taken + put)


def _subcontract(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    """Units from outside, over the products in proportion to their demand and not beyond it; kits
    have no stock that they could come into."""
    supply = inputs.supply
    touched = _touched(inputs, lever, np.where(supply.kind_is("kit")[:, None], 0.0, supply.demand))
    weekly = lever.value * _weights(inputs, lever) * supply.buckets.days / 7.0
    total = touched.sum(axis=0)
    share = np.divide(weekly, total, out=np.zeros_like(total), where=total > 0)
    units = touched * np.minimum(share, 1.0)
    changed = inputs.with_supply(receipts=supply.receipts + units)
    return changed.charged("subcontract", units.sum(axis=0) * lever.cost)


def _stock_target(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    rows = _rows(inputs, lever)
    scale = np.broadcast_to(inputs.supply.target_scale, rows.shape)
    return inputs.with_supply(target_scale=np.where(rows, scale * (1.0 + lever.value), scale))


def _price(inputs: ScenarioInputs, lever: Lever) -> ScenarioInputs:
    share = _share(inputs, lever)
    if not share.any():
        raise EngineError("lever_scope")
    change = share[:, None] * _weights(inputs, lever) * lever.value
    return replace(inputs, price=inputs.price * (1.0 + change))


def _rows(inputs: ScenarioInputs, lever: Lever) -> np.ndarray:
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
    share = _rows(inputs, lever).astype(float)
    if not lever.partner_id:
        return share
    table = inputs.customers
    mine = table[table["partner_id"] == lever.partner_id].set_index("product_id")["share"]
    return share * mine.reindex(_ids(inputs)).fillna(0.0).to_numpy(float)


def _touched(inputs: ScenarioInputs, lever: Lever, demand: np.ndarray) -> np.ndarray:
    """What of a demand (n, T) the lever speaks of."""
    touched = demand * _share(inputs, lever)[:, None] * _weights(inputs, lever)
    if touched.sum() <= 0:
        raise EngineError("lever_scope")
    return touched


# ---- days ----


def _ids(inputs: ScenarioInputs) -> np.ndarray:
    return inputs.supply.structure.product_ids


def _days(inputs: ScenarioInputs, lever: Lever) -> pd.DatetimeIndex:
    """The days of the horizon on which the lever is in force."""
    buckets = inputs.supply.buckets
    first = max(pd.Timestamp(lever.first), buckets.starts[0])
    last = min(pd.Timestamp(lever.last), buckets.ends[-1] - DAY)
    return pd.date_range(first, last).as_unit("s")


def _by_day(
    inputs: ScenarioInputs, days: pd.DatetimeIndex, value: float | np.ndarray
) -> np.ndarray:
    """A value on each day by bucket (T,)."""
    total = np.zeros(inputs.supply.buckets.count)
    np.add.at(total, inputs.supply.buckets.locate(days), value)
    return total


def _overlap(inputs: ScenarioInputs, start: pd.Timestamp, end: pd.Timestamp) -> np.ndarray:
    """Days (T,) of each bucket that lie in [start, end)."""
    buckets = inputs.supply.buckets
    first = np.maximum(buckets.starts.to_numpy(), start.to_datetime64())
    last = np.minimum(buckets.ends.to_numpy(), end.to_datetime64())
    return np.maximum((last - first) / DAY.to_timedelta64(), 0.0)


def _weights(inputs: ScenarioInputs, lever: Lever) -> np.ndarray:
    """Share (T,) of each bucket's days on which the lever is in force."""
    overlap = _overlap(inputs, pd.Timestamp(lever.first), pd.Timestamp(lever.last) + DAY)
    return overlap / inputs.supply.buckets.days


APPLY: dict[str, Callable[[ScenarioInputs, Lever], ScenarioInputs]] = {
    "extra_hours": _extra_hours,
    "extra_shift": _extra_shift,
    "machine_down": _machine_down,
    "alternative": _alternative,
    "supplier_delay": _supplier_delay,
    "expedite": _expedite,
    "other_vendor": _other_vendor,
    "demand": _demand,
    "demand_units": _demand_units,
    "postpone": _postpone,
    "prebuild": _prebuild,
    "subcontract": _subcontract,
    "stock_target": _stock_target,
    "price": _price,
}
# values of a kind lie in [lowest, highest]; else they are not negative
LIMITS = {
    "extra_hours": (0.0, 168.0),
    "extra_shift": (0.0, 24.0),
    "machine_down": (0.0, 1.0),
    "alternative": (0.0, 168.0),
    "supplier_delay": (0.0, 365.0),
    "expedite": (0.0, 365.0),
    "demand": (-1.0, 10.0),
    "demand_units": (-np.inf, np.inf),
    "postpone": (0.0, 1.0),
    "prebuild": (0.0, 1.0),
    "stock_target": (-1.0, 10.0),
    "price": (-1.0, 10.0),
}
MAY_BE_ZERO = ("demand", "supplier_delay", "other_vendor")  # asked for "no change" they show it
CONTRADICTIONS = {
    "workcenter": ({"extra_hours", "machine_down"}, {"extra_shift", "machine_down"}),
    "product": ({"postpone", "prebuild"},),
    "partner": ({"supplier_delay", "expedite"}, {"supplier_delay", "other_vendor"}),
}
