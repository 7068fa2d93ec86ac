"""Rough-cut capacity: the hours work centers have, and the hours released and planned work takes.

All hours of a result are effective: clock hours times the work center's efficiency [M21].
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from .supply_buckets import SupplyBuckets
from .tables import Table

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
        "parallel": "units per cycle",
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
    by_family (w, F + 1, T): released and new work of each family.
    """

    workcenter_ids: np.ndarray
    is_open: np.ndarray
    calendar: np.ndarray
    extra: np.ndarray
    orders: np.ndarray
    plan: np.ndarray
    plan_standard: np.ndarray
    plan_measured: np.ndarray
    by_family: np.ndarray

    @property
    def available(self) -> np.ndarray:
        """Hours on the calendar and extra hours."""
        return self.calendar + self.extra

    @property
    def load(self) -> np.ndarray:
        """Hours of released and new work."""
        return self.orders + self.plan

    @property
    def rate(self) -> np.ndarray:
        """Load / available; inf for load without an hour, nan where no hours are known."""
        with np.errstate(divide="ignore", invalid="ignore"):
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

    started (n, T): units whose production begins in each bucket; shares (n, F): whose they are.
    Work planned before the first bucket is overdue and counts in it.
    """
    centers = workcenters["workcenter_id"].to_numpy()
    efficiency = workcenters["efficiency"].to_numpy(float)[:, None]
    is_open = workcenters["is_open"].to_numpy(bool)
    unknown = np.where(is_open, 0.0, np.nan)[:, None]
    calendar, added = (
        _dated(table, centers, buckets) * efficiency + unknown for table in (hours, extra)
    )
    owners = _with_nobody(shares)
    released = _released(work, centers, product_ids, buckets, owners) * efficiency[:, :, None]
    standard, standard_by_family = _planned(
        operations, centers, efficiency, product_ids, started, owners, buckets, False
    )
    measured, measured_by_family = _planned(
        operations, centers, efficiency, product_ids, started, owners, buckets, True
    )
    chosen = (measured, measured_by_family) if use_measured else (standard, standard_by_family)
    return Capacity(
        centers, is_open, calendar, added, released.sum(axis=1), chosen[0], standard, measured,
        released + chosen[1],
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
    efficiency = workcenters["efficiency"].to_numpy(float)[:, None]
    units, _setups = _minutes(operations, centers, efficiency, product_ids, use_measured)
    return units / 60.0


def _minutes(
    operations: pd.DataFrame,
    centers: np.ndarray,
    efficiency: np.ndarray,
    product_ids: np.ndarray,
    use_measured: bool,
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Effective minutes a unit, and minutes a week with production where batches are unknown."""
    row = pd.Index(centers).get_indexer(operations["workcenter_id"])
    column = pd.Index(product_ids).get_indexer(operations["product_id"])
    known = (row >= 0) & (column >= 0)
    row, column, operations = row[known], column[known], operations[known]
    setup, cycle, batch, measured = (
        operations[name].to_numpy(float) for name in ("setup", "cycle", "batch", "measured")
    )
    parallel = np.maximum(operations["parallel"].to_numpy(float), 1e-9)
    share = efficiency[row, 0]
    has_batch = batch > 0
    size = np.where(has_batch, batch, 1.0)
    cycles = np.ceil(size / parallel - 1e-9)
    unit = np.where(has_batch, (setup * share + cycles * cycle) / size, cycle / parallel)
    weekly = np.where(has_batch, 0.0, setup * share)
    if use_measured:
        unit = np.where(measured > 0, measured * share, unit)
        weekly = np.where(measured > 0, 0.0, weekly)
    shape = (len(centers), len(product_ids))
    return tuple(
        sparse.csr_matrix((values, (row, column)), shape=shape) for values in (unit, weekly)
    )


def _planned(
    operations: pd.DataFrame,
    centers: np.ndarray,
    efficiency: np.ndarray,
    product_ids: np.ndarray,
    started: np.ndarray,
    owners: sparse.csr_matrix,
    buckets: SupplyBuckets,
    use_measured: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """Effective hours of new work: (w, T), and by family (w, F + 1, T)."""
    units, weekly = _minutes(operations, centers, efficiency, product_ids, use_measured)
    weeks = np.maximum(1.0, buckets.days / 7.0)
    by_family = np.zeros((len(centers), owners.shape[1], buckets.count))
    for center in range(len(centers)):
        for minutes, amount in ((units, started), (weekly, (started > 0) * weeks)):
            row = minutes[center]
            if row.nnz:
                products = row.indices
                hours = amount[products] * row.data[:, None] / 60.0
                by_family[center] += owners[products].T @ hours
    return by_family.sum(axis=1), by_family


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
    center, product, bucket = center[known], product[known], bucket[known]
    hours = work["hours"].to_numpy(float)[known]
    count = owners.shape[1]
    nobody = sparse.csr_matrix(([1.0], ([0], [count - 1])), shape=(1, count))
    lines = sparse.vstack([owners, nobody]).tocsr()[product]  # -1: the last row, nobody's
    lines = (sparse.diags(hours) @ lines).tocoo()
    result = np.zeros((len(centers), count, buckets.count))
    np.add.at(result, (center[lines.row], lines.col, bucket[lines.row]), lines.data)
    return result


def _with_nobody(shares: sparse.csr_matrix) -> sparse.csr_matrix:
    """Shares with a last column for what belongs to no family, so that rows sum to 1."""
    rest = np.clip(1.0 - np.asarray(shares.sum(axis=1)).ravel(), 0.0, 1.0)
    return sparse.hstack([shares, sparse.csr_matrix(rest[:, None])]).tocsr()


def _dated(table: pd.DataFrame, centers: np.ndarray, buckets: SupplyBuckets) -> np.ndarray:
    """Hours by work center and bucket (w, T)."""
    row = pd.Index(centers).get_indexer(table["workcenter_id"])
    bucket = buckets.locate(table["day"])
    known = (row >= 0) & (bucket >= 0)
    values = np.zeros((len(centers), buckets.count))
    np.add.at(values, (row[known], bucket[known]), table["hours"].to_numpy(float)[known])
    return values
