"""From a supply plan by product to the aggregate problem: groups of end products and their work."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from .capacity import Capacity, capacity, unit_hours
from .materials import ahead_units, missing_units, to_date
from .problem import Problem
from .scenario_inputs import ScenarioInputs
from .structure import Structure, family_shares
from .supply import SupplyPlan
from .supply_buckets import DAY, SupplyBuckets

SHORTFALL_SHARE = 0.1  # of the cost of being late: what a unit missing in safety stock costs
MOST_STEPS = 5  # of priority that double the cost of being late
MOST_GROUPS = 400  # beyond, families are not divided by the work centers they use
DAYS_A_YEAR = 365.25
SMALL = 1e-9


@dataclass(frozen=True)
class Groups:
    """G groups of end products, the last of which is the work that no end product asks for.

    index (n,): group of each end product, -1 none. family_id (G,): 0 none. hours (w, G): an end
    unit takes of each work center, all levels, setups spread over what is planned; lag (w, G): days
    before it is due on which that work falls. price, cost (G,): of an end unit, by demand. load:
    hours by group (w, G, T) inside.
    """

    index: np.ndarray
    family_id: np.ndarray
    priority: np.ndarray
    hours: np.ndarray
    lag: np.ndarray
    price: np.ndarray
    cost: np.ndarray
    load: Capacity

    @property
    def count(self) -> int:
        """G, the last group included."""
        return len(self.family_id)

    def summed(self, values: np.ndarray) -> np.ndarray:
        """Figures of products (n, ...) summed by group (G, ...)."""
        mine = np.flatnonzero(self.index >= 0)
        total = np.zeros((self.count, *values.shape[1:]))
        np.add.at(total, self.index[mine], values[mine])
        return total


def grouped(inputs: ScenarioInputs, plan: SupplyPlan) -> Groups:
    """End products of a family that use the same work centers, with what a unit of them takes."""
    supply = inputs.supply
    shape, items = supply.structure, supply.items
    own = unit_hours(supply.operations, supply.workcenters, shape.product_ids, supply.use_measured)
    lead = supply.days_made.astype(float)
    hours, moment = _hours_and_lags(shape, own.T.toarray() / supply.yield_rate[:, None], lead)
    demand = inputs.promised.sum(axis=1)
    index, family = _index(supply.family_index, demand > 0, hours > 0)
    count = len(family)
    weight = sparse.csr_matrix(
        (demand[index >= 0], (index[index >= 0], np.flatnonzero(index >= 0))),
        shape=(count, len(demand)),
    )
    total = np.maximum(np.asarray(weight.sum(axis=1)).ravel(), SMALL)
    by_group, moments = (np.asarray(weight @ part) / total[:, None] for part in (hours, moment))
    lag = np.divide(moments, by_group, out=np.zeros_like(moments), where=by_group > 0)
    started = plan.net.started / supply.yield_rate[:, None]
    shares = family_shares(shape, plan.gross.sum(axis=1), demand, index, count)
    load = capacity(
        supply.buckets, supply.workcenters, supply.hours, supply.extra, supply.work,
        supply.operations, shape.product_ids, started, shares, supply.use_measured,
    )  # fmt: skip
    running = (own.multiply(started.sum(axis=1)) @ shares).toarray()  # without setups (w, G - 1)
    planned = load.plan_by_family[:, :count].sum(axis=2)
    by_group = (
        by_group * np.divide(planned, running, np.ones_like(running), where=running > SMALL).T
    )
    price = (inputs.price * inputs.promised).sum(axis=1)
    known = family >= 0
    priority = np.where(known, supply.priority[family], np.max(supply.priority, initial=0) + 1)
    nobody = np.max(priority, initial=0) + 1
    return Groups(
        index=index,
        family_id=np.append(np.where(known, supply.family_ids[family], 0), 0),
        priority=np.append(priority, nobody).astype(np.int64),
        hours=np.vstack([by_group, np.ones(len(supply.workcenters))]).T,
        lag=np.vstack([lag, np.zeros(len(supply.workcenters))]).T,
        price=np.append(_ratio(_summed(index, price, count), total), 0.0),
        cost=np.append(_ratio(weight @ items["cost"].to_numpy(float), total), 0.0),
        load=load,
    )


def problem_of(inputs: ScenarioInputs, plan: SupplyPlan, groups: Groups) -> Problem:
    """The aggregate problem of a supply plan: see ``Problem`` for its figures."""
    supply, net, rates = inputs.supply, plan.net, inputs.rates
    buckets = supply.buckets
    center, group = np.nonzero((groups.load.by_family.sum(axis=2) > SMALL) & (groups.hours > 0))
    moved = np.cumsum(inputs.promised - supply.demand, axis=1)  # > 0: planned later than wanted
    lead = supply.days_made
    missing, own = missing_units(inputs, plan, lead)
    lag, work = groups.lag[center, group], groups.load.by_family[center, group]
    due = _due(buckets, lag)
    late = groups.price * rates.late * _weights(groups.priority)
    holding = groups.cost * rates.holding * 7.0 / DAYS_A_YEAR
    efficiency = supply.workcenters["efficiency"].to_numpy(float)
    available = np.where(groups.load.is_open[:, None], groups.load.available, np.inf)
    outside = rates.subcontract is not None
    return Problem(
        days=buckets.days,
        priority=groups.priority,
        demand=groups.summed(inputs.promised),
        stock=groups.summed(np.maximum(net.stock, 0.0) + np.maximum(-moved, 0.0)),
        target=groups.summed(np.maximum(net.stock, 0.0)),  # what is planned is what is aimed at
        late=groups.summed(own + np.maximum(moved, 0.0)),
        missing=groups.summed(_shifted(buckets, missing, lead)),
        center=center,
        group=group,
        hours=groups.hours[center, group],
        work=work,
        due=due,
        later=work_later(buckets, lag, due, work, groups.summed(net.planned + net.receipts)[group]),
        available=np.maximum(available, 0.0),
        ahead=ahead_units(inputs, plan, groups.index, groups.count),
        frozen=supply.frozen,
        extra_limit=_extra_limit(inputs, groups.load),
        extra_cost=np.broadcast_to(
            (rates.overtime_cost / np.maximum(efficiency, SMALL))[:, None], available.shape
        ),
        hour_cost=np.zeros(len(efficiency)),
        subcontract_limit=groups.summed(
            np.where(supply.kind_is("make", "subcontract")[:, None], net.planned, 0.0)
        )
        * (rates.subcontract_share if outside else 0.0),
        subcontract_cost=groups.cost * (rates.subcontract or 0.0),
        late_cost=late,
        lost_cost=groups.price * rates.lost * _weights(groups.priority),
        holding_cost=holding,
        # safety stock is never given up for the cost of holding it
        shortfall_cost=np.maximum(late * SHORTFALL_SHARE, holding),
    )


def _hours_and_lags(
    shape: Structure, own: np.ndarray, lead: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Hours (n, w) of a unit with all that it is made of, and hours x days (n, w) that they fall
    before it is due: production begins a lead time before, its components' another one."""
    hours, moment = own.copy(), own * lead[:, None]
    by_product = shape.bom.tocsc()
    for products in reversed(shape.levels):
        bills = by_product[:, products].T
        below = bills @ hours
        hours[products] += below
        moment[products] += bills @ moment + lead[products, None] * below
    return hours, moment


def _index(
    family: np.ndarray, is_end: np.ndarray, uses: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Group (n,) of each end product, -1 for others, and position of each group's family."""
    end = np.flatnonzero(is_end)
    keys = np.column_stack([family[end], np.packbits(uses[end], axis=1)])
    found, inverse = np.unique(keys, axis=0, return_inverse=True)
    if len(found) > MOST_GROUPS:
        found, inverse = np.unique(keys[:, :1], axis=0, return_inverse=True)
    index = np.full(len(family), -1)
    index[end] = inverse.ravel()
    return index, found[:, 0].astype(np.int64)


def _due(buckets: SupplyBuckets, lag: np.ndarray) -> np.ndarray:
    """The bucket (k, T) in which the work falls for what is due at the end of each bucket."""
    last = (buckets.ends - DAY).to_numpy()
    days = last - np.rint(lag).astype("timedelta64[D]").astype("timedelta64[s]")[:, None]
    found = buckets.locate(pd.DatetimeIndex(days.ravel())).reshape(days.shape)
    return np.where(days < buckets.starts[0].to_datetime64(), -1, found)


def work_later(
    buckets: SupplyBuckets, lag: np.ndarray, due: np.ndarray, work: np.ndarray, supply: np.ndarray
) -> np.ndarray:
    """Hours (k, T) of the work (k, T) of bucket due[k,t] for what is due after the end of t.

    It falls ``lag`` days (k,) before: so the share of what is due between the end of t and lag days
    after the end of that bucket in all that its work is for, by supply (k, T) units, evenly within
    buckets; by days where there is none. What had to begin earlier is begun in the first bucket.
    """
    ends = np.cumsum(buckets.days)
    at = np.maximum(due, 0)
    whole = np.rint(lag)[:, None]
    first = np.where(at > 0, (ends - buckets.days)[at] + whole, 0.0)
    last = np.maximum(ends[at] + whole, ends)
    edges, places = np.append(0, ends), np.arange(len(ends) + 1.0)
    total = np.cumsum(supply, axis=1)
    since, until, end = (
        to_date(total, np.interp(days, edges, places))
        for days in (first, last, np.broadcast_to(ends, due.shape))
    )
    share = np.divide(
        until - end, until - since, (last - ends) / (last - first), where=until - since > SMALL
    )
    mine = np.take_along_axis(work, at, axis=1)
    return np.where((due >= 0) & (last > ends), mine * np.clip(share, 0.0, 1.0), 0.0)


def _extra_limit(inputs: ScenarioInputs, load: Capacity) -> np.ndarray:
    """Effective hours (w, T) that overtime may add: the peak share in weeks, the average one in
    months, less what is added already; none in frozen buckets or on unknown calendars."""
    rates, buckets = inputs.rates, inputs.supply.buckets
    share = np.where(buckets.weeks > 0, rates.overtime_peak, rates.overtime_average)
    limit = np.nan_to_num(load.calendar) * share - np.maximum(np.nan_to_num(load.extra), 0.0)
    limit[:, : inputs.supply.frozen] = 0.0
    return np.maximum(limit, 0.0)


def _shifted(buckets: SupplyBuckets, values: np.ndarray, lag: np.ndarray) -> np.ndarray:
    """Figures (k, T) of the bucket that lies ``lag`` days (k,) before; 0 before the first one."""
    place = _due(buckets, lag)
    found = np.take_along_axis(values, np.maximum(place, 0), axis=1)
    return np.where(place >= 0, found, 0.0)


def _weights(priority: np.ndarray) -> np.ndarray:
    """What being late counts (G,): once for the least important end products, doubled with every
    step of priority."""
    steps = np.unique(-priority[:-1], return_inverse=True)[1]
    return np.append(2.0 ** np.minimum(steps, MOST_STEPS), 1.0)


def _ratio(total: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return np.asarray(total, dtype=float) / weight


def _summed(index: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    mine = index >= 0
    return np.bincount(index[mine], values[mine], minlength=count)
