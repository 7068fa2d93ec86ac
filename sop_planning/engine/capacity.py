"""Rough-cut capacity: the hours work centers have, and the hours released and planned work takes.

All hours of a result are effective: clock hours times the work center's efficiency [M21].
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from .supply_buckets import SupplyBuckets
from .tables import EngineError, Table

SHARE_FLOOR = 1e-9  # a rest below is rounding, and nobody's work is none
OPERATIONS = Table(
    "operations",
    {
        "product_id": "int64",
        "operation_id": "int64",
        "workcenter_id": "int64",
        "setup": "float64",
        "cycle": "float64",
        "parallel": "float64",
        "batch": "float64",
        "measured": "float64",
    },
    key=("product_id", "operation_id"),
    units={
        "setup": "clock minutes per batch, cleanup included",
        "cycle": "minutes per cycle at 100 % efficiency",
        "parallel": "units per cycle; 0 unknown: one",
        "batch": "units per batch; 0 unknown: one batch a week",
        "measured": "clock minutes per unit, setup included, of finished work orders; 0 unknown",
    },
)
WORKCENTERS = Table(
    "workcenters",
    {"workcenter_id": "int64", "efficiency": "float64", "is_open": "bool"},
    key=("workcenter_id",),
    units={"efficiency": "1 = 100 %"},
)
HOURS = Table(
    "hours",
    {"workcenter_id": "int64", "day": "datetime64[s]", "hours": "float64"},
    key=("workcenter_id", "day"),
    units={"hours": "clock hours"},
)
WORK = Table(
    "work",
    {
        "workcenter_id": "int64",
        "product_id": "int64",
        "day": "datetime64[s]",
        "hours": "float64",
    },
    key=("workcenter_id", "product_id", "day"),
    units={"hours": "clock hours still to be worked"},
)


@dataclass(frozen=True)
class Capacity:
    """Effective hours of w work centers in T buckets, for F families and those without (last).

    is_open (w,): whether the work center has a calendar with hours; without, calendar, extra and
    available are nan: no data is not zero. calendar, extra, available, orders (released work),
    plan (new work, by the minutes chosen), plan_standard, plan_measured: (w, T).
    orders_by_family, plan_by_family, by_family (both together): (w, F + 1, T).
    """

    workcenter_ids: np.ndarray
    is_open: np.ndarray
    calendar: np.ndarray
    extra: np.ndarray
    orders: np.ndarray
    plan: np.ndarray
    plan_standard: np.ndarray
    plan_measured: np.ndarray
    orders_by_family: np.ndarray
    plan_by_family: np.ndarray

    @property
    def available(self) -> np.ndarray:
        """Hours on the calendar and extra hours."""
        return self.calendar + self.extra

    @property
    def load(self) -> np.ndarray:
        """Hours of released and new work."""
        return self.orders + self.plan

    @property
    def by_family(self) -> np.ndarray:
        """Hours of released and new work of each family."""
        return self.orders_by_family + self.plan_by_family

    @property
    def rate(self) -> np.ndarray:
        """Load / available; inf for load without an hour, nan where no hours are known."""
        with np.errstate(all="ignore"):
            rate = self.load / self.available
        return np.where(self.is_open[:, None] & (self.load <= 0), 0.0, rate)


def capacity(
    buckets: SupplyBuckets,
    workcenters: pd.DataFrame,
    hours: pd.DataFrame,
    extra: pd.DataFrame,
    work: pd.DataFrame,
    operations: pd.DataFrame,
    product_ids: np.ndarray,
    started: np.ndarray,
    shares: sparse.csr_matrix,
    use_measured: bool,
) -> Capacity:
    """Hours available and needed, from WORKCENTERS, HOURS (calendar and extra), WORK, OPERATIONS.

    started (n, T): units whose production begins in each bucket, kits included; shares (n, F):
    whose they are. Work planned before the first bucket is overdue and counts in it. A batch takes
    setup x efficiency + cycles x cycle time, in effective minutes [O4]; where batches are unknown,
    a week with production takes one setup. Rows of unknown work centers and products are left out,
    but for released work of unknown products, which is nobody's. Raises EngineError ``shape``.
    """
    if started.shape != (len(product_ids), buckets.count) or shares.shape[0] != len(product_ids):
        raise EngineError("shape", expected=(len(product_ids), buckets.count))
    centers = workcenters["workcenter_id"].to_numpy()
    efficiency = workcenters["efficiency"].to_numpy(float)
    is_open = workcenters["is_open"].to_numpy(bool)
    calendar, added = (
        np.where(is_open, efficiency, np.nan)[:, None] * _dated(table, centers, buckets)
        for table in (hours, extra)
    )
    owners = _with_nobody(shares)
    released = _released(work, centers, product_ids, buckets, owners) * efficiency[:, None, None]
    standard, measured = (
        _minutes(operations, centers, efficiency, product_ids, is_measured)
        for is_measured in (False, True)
    )
    setups = (started > 0) * np.maximum(1.0, buckets.days / 7.0)  # one a week with production
    chosen = [_owned(minutes, owners) for minutes in (measured if use_measured else standard)]
    planned = _hours(chosen, started, setups).reshape(released.shape)
    return Capacity(
        centers, is_open, calendar, added, released.sum(axis=1), planned.sum(axis=1),
        _hours(standard, started, setups), _hours(measured, started, setups), released, planned,
    )  # fmt: skip


def unit_hours(
    operations: pd.DataFrame,
    workcenters: pd.DataFrame,
    product_ids: np.ndarray,
    use_measured: bool,
) -> sparse.csr_matrix:
    """Effective hours (w, n) a unit of each product takes on each work center, its setup spread
    over the batch; the setup of unknown batches is left out."""
    centers = workcenters["workcenter_id"].to_numpy()
    efficiency = workcenters["efficiency"].to_numpy(float)
    units, _setups = _minutes(operations, centers, efficiency, product_ids, use_measured)
    return units / 60.0


def _minutes(
    operations: pd.DataFrame,
    centers: np.ndarray,
    efficiency: np.ndarray,
    product_ids: np.ndarray,
    use_measured: bool,
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Effective minutes a unit (w, n), and a week with production where batches are unknown."""
    row = pd.Index(centers).get_indexer(operations["workcenter_id"])
    column = pd.Index(product_ids).get_indexer(operations["product_id"])
    known = (row >= 0) & (column >= 0)
    row, column, operations = row[known], column[known], operations[known]
    setup, cycle, parallel, batch, measured = (
        operations[name].to_numpy(float)
        for name in ("setup", "cycle", "parallel", "batch", "measured")
    )
    parallel = np.where(parallel > 0, parallel, 1.0)
    has_batch = batch > 0
    size = np.where(has_batch, batch, 1.0)
    cycles = np.ceil(size / parallel - 1e-9)  # 0.3 / 0.1 is three cycles, not four
    setup = setup * efficiency[row]
    unit = np.where(has_batch, (setup + cycles * cycle) / size, cycle / parallel)
    weekly = np.where(has_batch, 0.0, setup)
    if use_measured:
        unit = np.where(measured > 0, measured * efficiency[row], unit)
        weekly = np.where(measured > 0, 0.0, weekly)
    shape = (len(centers), len(product_ids))
    return tuple(
        sparse.csr_matrix((values, (row, column)), shape=shape) for values in (unit, weekly)
    )


def _hours(
    minutes: Sequence[sparse.csr_matrix], started: np.ndarray, setups: np.ndarray
) -> np.ndarray:
    """Hours (rows, T) by minutes a unit and a setup (rows, n) of what is started (n, T)."""
    units, weekly = minutes
    return (units @ started + weekly @ setups) / 60.0


def _owned(minutes: sparse.csr_matrix, owners: sparse.csr_matrix) -> sparse.csr_matrix:
    """Minutes (w, n) divided among the families: (w x (F + 1), n), by work center, then family."""
    count = owners.shape[1]
    entries = minutes.tocoo()
    parts = owners[entries.col].tocoo()
    row = entries.row[parts.row].astype(np.int64) * count + parts.col
    values = entries.data[parts.row] * parts.data
    shape = (minutes.shape[0] * count, minutes.shape[1])
    return sparse.csr_matrix((values, (row, entries.col[parts.row])), shape=shape)


def _released(
    work: pd.DataFrame,
    centers: np.ndarray,
    product_ids: np.ndarray,
    buckets: SupplyBuckets,
    owners: sparse.csr_matrix,
) -> np.ndarray:
    """Clock hours of released work by work center, family and bucket (w, F + 1, T)."""
    center = pd.Index(centers).get_indexer(work["workcenter_id"])
    product = pd.Index(product_ids).get_indexer(work["product_id"])
    bucket = buckets.locate_due(work["day"])
    known = (center >= 0) & (bucket >= 0)
    n, count = owners.shape
    row = np.where(product < 0, n, product)[known]
    place = center[known] * buckets.count + bucket[known]
    shape = (n + 1, len(centers) * buckets.count)
    hours = sparse.csr_matrix((work["hours"].to_numpy(float)[known], (row, place)), shape=shape)
    nobody = sparse.csr_matrix(([1.0], ([0], [count - 1])), shape=(1, count))
    by_family = (sparse.vstack([owners, nobody]).T @ hours).toarray()
    return by_family.reshape(count, len(centers), buckets.count).swapaxes(0, 1)


def _with_nobody(shares: sparse.csr_matrix) -> sparse.csr_matrix:
    """Shares with a last column for what belongs to no family, so that rows sum to 1."""
    rest = 1.0 - np.asarray(shares.sum(axis=1)).ravel()
    rest = np.where(rest > SHARE_FLOOR, rest, 0.0)
    return sparse.hstack([shares, sparse.csr_matrix(rest[:, None])]).tocsr()


def _dated(table: pd.DataFrame, centers: np.ndarray, buckets: SupplyBuckets) -> np.ndarray:
    """Hours by work center and bucket (w, T)."""
    row = pd.Index(centers).get_indexer(table["workcenter_id"])
    bucket = buckets.locate(table["day"])
    known = (row >= 0) & (bucket >= 0)
    values = np.zeros((len(centers), buckets.count))
    np.add.at(values, (row[known], bucket[known]), table["hours"].to_numpy(float)[known])
    return values
