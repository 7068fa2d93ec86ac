"""What material allows: units that cannot be finished in time, units that can be made ahead."""

import numpy as np
from scipy import sparse

from .material_gaps import contents
from .scenario_inputs import ScenarioInputs
from .supply import SupplyPlan

SMALL = 1e-9


def missing_units(
    inputs: ScenarioInputs, plan: SupplyPlan, lead: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Units (n, T) that missing components keep from being begun, and units (n, T) missing of what
    is sold as it is; lead (n,): days from beginning to delivery. Of what is short the oldest need
    is served first; each end product waits for the component it lacks most of."""
    supply, net = inputs.supply, plan.net
    short = np.flatnonzero((net.short > 0).any(axis=1))
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
    waiting = begun[products] - to_date(begun[products], place[content.indices])
    worst, used = np.zeros_like(sold), np.flatnonzero(counts)
    if len(used):
        worst[used] = np.maximum.reduceat(waiting, content.indptr[used])
    own = np.zeros_like(sold)
    own[short] = sold[short] - to_date(sold[short], place)
    return worst, own


def _served(need: np.ndarray, short: np.ndarray) -> np.ndarray:
    """The moment (m, T) in buckets up to which the need to date (m, T) is served when so much of it
    is short at the end of each bucket."""
    total = np.hstack([np.zeros((len(need), 1)), need])
    served = np.maximum(need - short, 0.0)
    whole = (total[:, None, :] <= served[:, :, None]).sum(axis=2) - 1
    after = np.minimum(whole + 1, need.shape[1])
    before, rise = (np.take_along_axis(total, at, axis=1) for at in (whole, after))
    rise = rise - before
    return whole + np.divide(served - before, rise, np.zeros_like(rise), where=rise > SMALL)


def to_date(totals: np.ndarray, moment: np.ndarray) -> np.ndarray:
    """Totals to date (m, T) at moments (m, T) in buckets, evenly within each."""
    totals = np.hstack([np.zeros((len(totals), 1)), totals])
    whole = np.minimum(moment.astype(np.int64), totals.shape[1] - 1)
    after = np.minimum(whole + 1, totals.shape[1] - 1)
    before, next_one = (np.take_along_axis(totals, at, axis=1) for at in (whole, after))
    return before + (moment - whole) * (next_one - before)


def ahead_units(
    inputs: ScenarioInputs, plan: SupplyPlan, index: np.ndarray, count: int
) -> np.ndarray:
    """Units (G, T) that can be worked on ahead of plan with what material there will be; nothing
    limits what can still be ordered. index (n,): group of each product, -1 none; count: G."""
    supply, shape = inputs.supply, inputs.supply.structure
    is_part = (np.diff(shape.bom.tocsr().indptr) > 0) & (plan.gross > 0).any(axis=1)
    parts = np.flatnonzero(is_part & supply.kind_is("buy"))
    demand = inputs.promised.sum(axis=1)
    mine = np.flatnonzero(index >= 0)
    placed = sparse.csr_matrix((demand[mine], (mine, index[mine])), shape=(len(demand), count))
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
    ahead = np.full((count, supply.buckets.count), np.inf)
    np.minimum.at(ahead, group, there[row] * rate[:, None])
    ahead[-1] = 0.0  # work that nobody asks for
    return ahead
