"""How likely gaps are: the forecast's errors drawn many times, and what each draw does to the plan.

A Monte Carlo simulation around the plan as it is. Hours and material follow demand in proportion,
through all levels of the bills and as many days earlier as production takes; stock above its
target, setups a week, by-products and limits to production that has begun are left as planned.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from .capacity import unit_hours
from .gaps import HOURS_FLOOR, RATE_FLOOR, run_buckets
from .material_gaps import SMALL
from .supply import SupplyInputs, SupplyPlan
from .supply_buckets import SupplyBuckets
from .tables import EngineError

# Correlation of the errors of two products of a family, and of two months of one: a family that
# sells better than expected does so in most of its products, and for longer than a month.
FAMILY_CORRELATION = 0.3
BLOCK = 128  # draws at a time: what a block of them takes stays in the processor's cache


@dataclass(frozen=True)
class DemandRisk:
    """How uncertain the demand of n products is in M months that spread over T buckets.

    mean (n, M): consensus of each product and month still expected, 0 for what is not planned.
    deviation (n, M): standard deviation of its error. orders (n, M): already ordered for that
    month. All in product units. spread (M, T): how a month's demand spreads over the buckets, rows
    sum to 1 or 0. family_index (n,): position of the family, -1 none.
    """

    mean: np.ndarray
    deviation: np.ndarray
    orders: np.ndarray
    spread: np.ndarray
    family_index: np.ndarray


@dataclass(frozen=True)
class Chances:
    """overload (w, T): chance that a work center has more work than hours in a bucket.
    gaps (gaps,): chance of each gap of the plan, in the order of ``plan.gaps``."""

    overload: np.ndarray
    gaps: np.ndarray


@dataclass(frozen=True)
class _Bills:
    """What a unit of each product takes, by resource and days before it is due: amount (p, n).

    resource (p,): work centers (hours) first, then the watched products (units); lag (p,): days.
    """

    amount: sparse.csr_matrix
    resource: np.ndarray
    lag: np.ndarray


@dataclass(frozen=True)
class _Cells:
    """Where plans are watched: resource and bucket (c,); more than ``slack`` (c,) beyond what is
    planned is too much. Those of the work centers come first, all buckets of each."""

    resource: np.ndarray
    bucket: np.ndarray
    slack: np.ndarray


def chances(
    inputs: SupplyInputs, plan: SupplyPlan, risk: DemandRisk, draws: int = 1000, seed: int = 1
) -> Chances:
    """How likely each gap and overload is when demand is not what was expected.

    A month's demand is drawn as max(0, mean + deviation x e), e standard normal; what is ordered is
    certain and consumes it. e is made of a part that the months and products of a family share and
    a part of its own (FAMILY_CORRELATION); without a family all is its own. A work center is
    overloaded as in ``gaps.overload``, never where its hours are unknown. A capacity gap happens in
    the draws with an overload in any bucket of its run, whoever bears it; a gap of material or lead
    time in those in which the stock of its product is below zero in any, as no more can arrive
    before ``inputs.earliest``. The error of a chance p is sqrt(p (1 - p) / draws). Raises
    EngineError ``shape``, ``draws`` (none) or ``deviation`` (negative or unknown).
    """
    _check(inputs, risk, draws)
    cells, gap_cells, gap_starts, products = _watched(inputs, plan)
    bills = _bills(inputs, products)
    uncertain = (risk.deviation > 0).any(axis=1)
    drawn = np.flatnonzero(uncertain & (bills.amount.getnnz(axis=0) > 0))
    amount = bills.amount[:, drawn].astype(np.float32)
    responses = _responses(inputs, risk.spread, bills, cells, products)
    slack = cells.slack.astype(np.float32)[:, None]
    random = np.random.Generator(np.random.SFC64(seed))
    over, happened = np.zeros(plan.capacity.load.size), np.zeros(len(gap_starts))
    for first in range(0, draws, BLOCK):
        count = min(BLOCK, draws - first)
        is_over = _changes(risk, drawn, amount, responses, random, (len(slack), count)) > slack
        over += is_over[: len(over)].sum(axis=1)
        if len(gap_starts):
            any_over = np.logical_or.reduceat(is_over[gap_cells], gap_starts, axis=0)
            happened += any_over.sum(axis=1)
    return Chances(over.reshape(plan.capacity.load.shape) / draws, happened / draws)


def family_width(total: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """Half the width of a family's interval, from the sum of its products' half widths and the sum
    of their squares: less than the sum, as errors level out, more than for independent ones.

    >>> family_width(np.array([3.0 + 4.0]), np.array([9.0 + 16.0])).round(2)
    array([5.67])
    """
    return np.sqrt(FAMILY_CORRELATION * np.square(total) + (1.0 - FAMILY_CORRELATION) * squares)


def _check(inputs: SupplyInputs, risk: DemandRisk, draws: int) -> None:
    """Everything fits the inputs, and can be drawn."""
    n, months = len(inputs.items), len(risk.spread)
    tables = (risk.mean, risk.deviation, risk.orders)
    if any(table.shape != (n, months) for table in tables) or (
        risk.spread.shape[1:] != (inputs.buckets.count,) or risk.family_index.shape != (n,)
    ):
        raise EngineError("shape", expected=(n, months, inputs.buckets.count))
    if draws < 1:
        raise EngineError("draws", draws=draws)
    if not (np.isfinite(risk.deviation) & (risk.deviation >= 0)).all():
        raise EngineError("deviation")


def _watched(
    inputs: SupplyInputs, plan: SupplyPlan
) -> tuple[_Cells, np.ndarray, np.ndarray, np.ndarray]:
    """The cells; those of the gaps, one gap after the other, and where each begins; and the
    positions of the products that gaps are about."""
    gaps, load = plan.gaps, plan.capacity
    centers, buckets = load.load.shape
    is_capacity = (gaps["kind"] == "capacity").to_numpy()
    row = pd.Index(inputs.structure.product_ids).get_indexer(gaps["product_id"])
    products = np.unique(row[~is_capacity])
    center = pd.Index(load.workcenter_ids).get_indexer(gaps["workcenter_id"])
    resource = np.where(is_capacity, center, centers + np.searchsorted(products, row))
    gap, bucket = run_buckets(gaps["first"].to_numpy(), gaps["last"].to_numpy())
    code = resource[gap] * buckets + bucket
    codes = np.union1d(np.arange(centers * buckets), code)
    resource, of_cell = np.divmod(codes, buckets)
    of_product = slice(centers * buckets, None)
    short = plan.net.stock[products[resource[of_product] - centers], of_cell[of_product]] + SMALL
    slack = np.append(_free_hours(plan).ravel(), short)
    starts = np.searchsorted(gap, np.arange(len(gaps)))
    return _Cells(resource, of_cell, slack), np.searchsorted(codes, code), starts, products


def _free_hours(plan: SupplyPlan) -> np.ndarray:
    """Hours (w, T) that may be added before it is an overload; nan where hours are unknown."""
    available = plan.capacity.available
    floor = np.maximum(HOURS_FLOOR, RATE_FLOOR * available)
    return floor - (plan.capacity.by_family.sum(axis=1) - available)


def _bills(inputs: SupplyInputs, products: np.ndarray) -> _Bills:
    """Hours of work centers and units of ``products`` (k,), through all levels of the bills.

    Hours are worked, and components taken, when production begins; a product is taken when it is
    due. Lags end at the horizon: what would start earlier falls into the first bucket all the same.
    """
    ids, lead = inputs.structure.product_ids, inputs.days_made
    hours = unit_hours(inputs.operations, inputs.workcenters, ids, inputs.use_measured)
    hours = (hours @ sparse.diags(1.0 / inputs.yield_rate)).tocsr()
    hours.eliminate_zeros()
    own = _members(products, len(ids))
    width = int(inputs.buckets.days.sum()) + 1  # rows: a resource by the days before, from 0
    level = sparse.vstack(
        [_earlier(_undated(hours, width), lead, width), _undated(own, width)]
    ).tocsr()
    total = level
    while level.nnz:  # one turn a level: bills have no loops
        level = _earlier(level @ inputs.structure.bom, lead, width)
        total = total + level
    entries = total.tocoo()
    rows, place = np.unique(entries.row, return_inverse=True)
    amount = sparse.csr_matrix(
        (entries.data, (place, entries.col)), shape=(len(rows), total.shape[1])
    )
    return _Bills(amount, *np.divmod(rows.astype(np.int64), width))


def _undated(bill: sparse.csr_matrix, width: int) -> sparse.csr_matrix:
    """A bill (k, n) as (k x width, n): what is taken on the day itself."""
    entries = bill.tocoo()
    row = entries.row.astype(np.int64) * width
    shape = (bill.shape[0] * width, bill.shape[1])
    return sparse.csr_matrix((entries.data, (row, entries.col)), shape=shape)


def _earlier(bill: sparse.csr_matrix, lead: np.ndarray, width: int) -> sparse.csr_matrix:
    """A bill (k x width, n) moved by the lead time (n,) of each product, within the horizon."""
    entries = bill.tocoo()
    days = np.minimum(lead[entries.col], width - 1 - entries.row % width)
    return sparse.csr_matrix((entries.data, (entries.row + days, entries.col)), shape=bill.shape)


def _responses(
    inputs: SupplyInputs, spread: np.ndarray, bills: _Bills, cells: _Cells, products: np.ndarray
) -> list[sparse.csr_matrix]:
    """For each month (c, p): what is added to each cell by what its demand takes more of p.

    Hours count in the bucket they are worked in. Stock lacks all that was taken up to a bucket, and
    nothing any more from the one on in which new supply arrives.
    """
    centers = len(inputs.workcenters)
    lags, lag = np.unique(bills.lag, return_inverse=True)
    flows = _flows(inputs.buckets, spread, lags)
    resources = centers + len(products)
    of_cell, of_amount = (_members(part.resource, resources) for part in (cells, bills))
    pairs = (of_cell @ of_amount.T).tocoo()
    bucket, is_stock = cells.bucket[pairs.row], cells.resource[pairs.row] >= centers
    resource = cells.resource[pairs.row][is_stock] - centers
    counts = np.ones(len(bucket))
    counts[is_stock] = bucket[is_stock] < inputs.earliest[products[resource]]
    sums, found = np.cumsum(flows, axis=2), []
    for month in range(len(spread)):
        of_pair = lag[pairs.col], month, bucket
        data = np.where(is_stock, sums[of_pair], flows[of_pair]) * counts
        some = data != 0
        place = pairs.row[some], pairs.col[some]
        found.append(sparse.csr_matrix((data[some].astype(np.float32), place), shape=pairs.shape))
    return found


def _members(resource: np.ndarray, resources: int) -> sparse.csr_matrix:
    """Which of the resources each row is about (rows, resources)."""
    rows = np.arange(len(resource))
    shape = (len(resource), resources)
    return sparse.csr_matrix((np.ones(len(rows)), (rows, resource)), shape=shape)


def _flows(buckets: SupplyBuckets, spread: np.ndarray, lags: np.ndarray) -> np.ndarray:
    """Share of a month's demand whose work of ``lags`` (g,) days before falls in each bucket
    (g, M, T)."""
    flows = np.zeros((len(lags), *spread.shape))
    for place, days in enumerate(lags):
        flows[place] = spread @ buckets.shift(int(days)).T
    return flows


def _changes(
    risk: DemandRisk,
    drawn: np.ndarray,
    amount: sparse.csr_matrix,
    responses: list[sparse.csr_matrix],
    random: np.random.Generator,
    shape: tuple[int, int],
) -> np.ndarray:
    """What draws of demand add to each cell, ``shape`` (c, draws); ``drawn`` (r,) are the products
    that vary, amount (p, r) what they take."""
    family = risk.family_index[drawn]
    common = random.standard_normal((family.max(initial=0) + 1, shape[1]), dtype=np.float32)
    shared = np.where(family >= 0, FAMILY_CORRELATION, 0.0)[:, None]
    deviation = risk.deviation[drawn]
    together = (np.sqrt(shared) * deviation).astype(np.float32)
    alone = (np.sqrt(1.0 - shared) * deviation).astype(np.float32)
    covered = (np.maximum(risk.orders, 0.0) - risk.mean)[drawn].astype(np.float32)
    common = common[family]
    change = np.empty_like(common)
    total = np.zeros(shape, dtype=np.float32)
    for month, response in enumerate(responses):
        if not response.nnz:
            continue
        random.standard_normal(out=change, dtype=np.float32)
        change *= alone[:, month, None]
        change += common * together[:, month, None]
        # max(0, m + e - o) - max(0, m - o) with m the mean and o the orders: exactly 0 for e = 0
        np.maximum(change, covered[:, month, None], out=change)
        change -= np.maximum(covered[:, month, None], 0.0)
        total += response @ (amount @ change)
    return total
