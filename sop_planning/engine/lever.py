"""A lever: one difference from a cycle's inputs, and the days on which it is in force."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from .scenario_inputs import ScenarioInputs
from .supply_buckets import DAY

WEEKDAYS = 5.0


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


def product_ids(inputs: ScenarioInputs) -> np.ndarray:
    """Ids (n,) of the products, in the order of every array."""
    return inputs.supply.structure.product_ids


def lever_days(inputs: ScenarioInputs, lever: Lever) -> pd.DatetimeIndex:
    """The days of the horizon on which the lever is in force."""
    buckets = inputs.supply.buckets
    first = max(pd.Timestamp(lever.first), buckets.starts[0])
    last = min(pd.Timestamp(lever.last), buckets.ends[-1] - DAY)
    return pd.date_range(first, last).as_unit("s")


def by_day(inputs: ScenarioInputs, days: pd.DatetimeIndex, value: float | np.ndarray) -> np.ndarray:
    """A value on each day by bucket (T,)."""
    total = np.zeros(inputs.supply.buckets.count)
    np.add.at(total, inputs.supply.buckets.locate(days), value)
    return total


def overlap_days(inputs: ScenarioInputs, start: pd.Timestamp, end: pd.Timestamp) -> np.ndarray:
    """Days (T,) of each bucket that lie in [start, end)."""
    buckets = inputs.supply.buckets
    first = np.maximum(buckets.starts.to_numpy(), start.to_datetime64())
    last = np.minimum(buckets.ends.to_numpy(), end.to_datetime64())
    return np.maximum((last - first) / DAY.to_timedelta64(), 0.0)


def lever_weights(inputs: ScenarioInputs, lever: Lever) -> np.ndarray:
    """Share (T,) of each bucket's days on which the lever is in force."""
    first, last = pd.Timestamp(lever.first), pd.Timestamp(lever.last) + DAY
    return overlap_days(inputs, first, last) / inputs.supply.buckets.days
