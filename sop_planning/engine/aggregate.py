"""From a supply plan by product to the aggregate problem: groups of end products and their work."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from .capacity import Capacity, capacity, unit_hours
from .material_gaps import contents
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
    lead = np.where(supply.kind_is("make", "subcontract"), items["days_lead"], 0).astype(float)
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
    frozen = int((supply.zones == "frozen").sum())
    missing, own = _missing(inputs, plan, groups)
    late = groups.price * rates.late * _weights(groups.priority)
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
        missing=missing,
        center=center,
        group=group,
        hours=groups.hours[center, group],
        work=groups.load.by_family[center, group],
        due=_due(buckets, groups.lag[center, group]),
        available=np.maximum(available, 0.0),
        ahead=_ahead(inputs, plan, groups),
        frozen=frozen,
        extra_limit=_extra_limit(inputs, groups.load, frozen),
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
        holding_cost=groups.cost * rates.holding * 7.0 / DAYS_A_YEAR,
        shortfall_cost=late * SHORTFALL_SHARE,
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


def _extra_limit(inputs: ScenarioInputs, load: Capacity, frozen: int) -> np.ndarray:
    """Effective hours (w, T) that overtime may add: the peak share in weeks, the average one in
    months, less what is added already; none in frozen buckets or on unknown calendars."""
    rates, buckets = inputs.rates, inputs.supply.buckets
    share = np.where(buckets.weeks > 0, rates.overtime_peak, rates.overtime_average)
    limit = np.nan_to_num(load.calendar) * share - np.maximum(np.nan_to_num(load.extra), 0.0)
    limit[:, :frozen] = 0.0
    return np.maximum(limit, 0.0)


def _missing(
    inputs: ScenarioInputs, plan: SupplyPlan, groups: Groups
) -> tuple[np.ndarray, np.ndarray]:
    """Units (G, T) that missing components keep from being finished, and units (n, T) missing of
    what is sold as it is. Of what is short the oldest need is served first; each end product waits
    for the component it lacks most of."""
    supply, net = inputs.supply, plan.net
    short = np.flatnonzero((net.short > 0).any(axis=1))
    lead = np.where(supply.kind_is("make", "subcontract"), supply.items["days_lead"], 0)
    sold = np.cumsum(supply.demand, axis=1)
    begun = sold.copy()  # what had to begin to date
    for days in np.unique(lead):
        rows = lead == days
        begun[rows] = np.cumsum(supply.demand[rows] @ supply.buckets.shift(int(days)).T, axis=1)
    content = contents(supply.structure, short)
    itself = sparse.csr_matrix((np.ones(len(short)), (np.arange(len(short)), short)), content.shape)
    content = (content - itself).tocsc()
    content.eliminate_zeros()
    place = _served(content @ begun + sold[short], net.short[short])
    counts = np.diff(content.indptr)
    products = np.repeat(np.arange(len(counts)), counts)
    waiting = begun[products] - _to_date(begun[products], place[content.indices])
    worst, used = np.zeros_like(sold), np.flatnonzero(counts)
    if len(used):
        worst[used] = np.maximum.reduceat(waiting, content.indptr[used])
    own = np.zeros_like(sold)
    own[short] = sold[short] - _to_date(sold[short], place)
    return groups.summed(_shifted(supply.buckets, worst, lead)), own


def _served(need: np.ndarray, short: np.ndarray) -> np.ndarray:
    """The moment (m, T) in buckets up to which the need to date (m, T) is served when so much of it
    is short at the end of each bucket."""
    to_date = np.hstack([np.zeros((len(need), 1)), need])
    served = np.maximum(need - short, 0.0)
    whole = (to_date[:, None, :] <= served[:, :, None]).sum(axis=2) - 1
    after = np.minimum(whole + 1, need.shape[1])
    before, rise = (np.take_along_axis(to_date, at, axis=1) for at in (whole, after))
    rise = rise - before
    return whole + np.divide(served - before, rise, np.zeros_like(rise), where=rise > SMALL)


def _to_date(totals: np.ndarray, moment: np.ndarray) -> np.ndarray:
    """Totals to date (m, T) at moments (m, T) in buckets, evenly within each."""
    totals = np.hstack([np.zeros((len(totals), 1)), totals])
    whole = np.minimum(moment.astype(np.int64), totals.shape[1] - 1)
    after = np.minimum(whole + 1, totals.shape[1] - 1)
    before, next_one = (np.take_along_axis(totals, at, axis=1) for at in (whole, after))
    return before + (moment - whole) * (next_one - before)


def _ahead(inputs: ScenarioInputs, plan: SupplyPlan, groups: Groups) -> np.ndarray:
    """Units (G, T) that can be worked on ahead of plan with what material there will be; nothing
    limits what can still be ordered."""
    supply, shape = inputs.supply, inputs.supply.structure
    is_part = (np.diff(shape.bom.tocsr().indptr) > 0) & (plan.gross > 0).any(axis=1)
    parts = np.flatnonzero(is_part & supply.kind_is("buy"))
    demand = inputs.promised.sum(axis=1)
    mine = np.flatnonzero(groups.index >= 0)
    placed = sparse.csr_matrix(
        (demand[mine], (mine, groups.index[mine])), shape=(len(demand), groups.count)
    )
    content = contents(shape, parts)
    content = content - sparse.csr_matrix(
        (np.ones(len(parts)), (np.arange(len(parts)), parts)), shape=content.shape
    )  # a part's own sales are end units of its own
    need = (content @ placed).tocoo()  # component units of the horizon by group
    total = np.maximum(np.bincount(need.row, need.data, len(parts)), SMALL)
    users = ((content > 0).astype(float) @ placed).tocsr()
    end_units = np.asarray(users[need.row, need.col]).ravel()
    rate = end_units / total[need.row]  # share of the group x its end units a component unit
    is_used = need.data > SMALL
    row, group, rate = need.row[is_used], need.col[is_used], rate[is_used]
    can_order = np.arange(supply.buckets.count) >= supply.earliest[parts][:, None]
    there = np.where(can_order, np.inf, np.maximum(plan.net.stock[parts], 0.0))
    ahead = np.full((groups.count, supply.buckets.count), np.inf)
    np.minimum.at(ahead, group, there[row] * rate[:, None])
    ahead[-1] = 0.0  # work that nobody asks for
    return ahead


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
