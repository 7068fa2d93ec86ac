"""Where capacity falls short: overload shared among the families that cause it, run by run."""

import numpy as np
import pandas as pd
from scipy import sparse

from .capacity import Capacity

HOURS_FLOOR = 0.1  # hours of overload that are none
RATE_FLOOR = 0.005  # share of the available hours that is none
FIGURES = ["hours_short", "qty_short", "amount_short"]
COLUMNS = {
    "kind": str, "family_id": "int64", "workcenter_id": "int64", "product_id": "int64",
    "first": "int64", "last": "int64", "hours_short": float, "qty_short": float,
    "amount_short": float, "rate_peak": float, "hours_load": float, "hours_available": float,
}  # fmt: skip
LINE_COLUMNS = {"gap": "int64", "bucket": "int64", **dict.fromkeys(FIGURES, float)}


def overload(load: np.ndarray, available: np.ndarray, priority: np.ndarray) -> np.ndarray:
    """Hours of each family that do not fit (w, F, T).

    load (w, F, T), available (w, T; nan: unknown, nothing is short), priority (F,): the lower the
    number, the more important the family. What is too much is taken from the least important
    families first, from each at most its own load, and among equals in proportion to their load;
    over the families it sums to the overload of the work center.
    """
    total = load.sum(axis=1)
    over = total - available
    floor = np.maximum(HOURS_FLOOR, RATE_FLOOR * np.nan_to_num(available))
    left = np.where(np.isnan(over) | (over <= floor), 0.0, over)
    short = np.zeros_like(load)
    for number in np.unique(priority)[::-1]:
        own = load[:, priority == number]
        together = own.sum(axis=1)
        taken = np.minimum(left, together)
        share = np.divide(taken, together, out=np.zeros_like(taken), where=together > 0)
        short[:, priority == number] = own * share[:, None]
        left = left - taken
    return short


def runs(short: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Runs of adjoining buckets above zero: row, first and last bucket of each; short (r, T).

    >>> [part.tolist() for part in runs(np.array([[0, 1, 2, 0, 3], [0, 0, 0, 0, 0]]))]
    [[0, 0], [1, 4], [2, 4]]
    """
    edges = np.zeros((short.shape[0], short.shape[1] + 2), dtype=np.int8)
    edges[:, 1:-1] = short > 0
    change = np.diff(edges, axis=1)
    row, first = np.nonzero(change == 1)
    _row, after = np.nonzero(change == -1)
    return row, first, after - 1


def capacity_gaps(
    load: Capacity,
    priority: np.ndarray,
    bill: np.ndarray,
    demand: np.ndarray,
    price: np.ndarray,
    family_ids: np.ndarray,
    family_index: np.ndarray,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a run of buckets, family and overloaded work center, and one a gap and bucket.

    priority (F + 1,), the last for what has no family. bill (w, n): hours of an end unit on each
    work center with all it is made of; demand (n, T); price (n,); family_ids (F,), family_index
    (n,), -1 none. Hours short become units by the average hours of a unit of the family, weighted
    by its demand in the run (in the whole horizon if it has none there), and money by the price of
    the same units.
    """
    families, buckets = len(family_ids) + 1, load.available.shape[1]
    short = overload(load.by_family, load.available, priority)
    row, first, last = runs(short.reshape(-1, buckets))
    center, family = row // families, row % families
    ids = np.append(family_ids, 0)
    inside = (np.arange(buckets) >= first[:, None]) & (np.arange(buckets) <= last[:, None])
    hours = short.reshape(-1, buckets)[row] * inside
    units, money = _per_hour(
        sparse.csr_matrix(bill), demand, price, family_index, families, center, family, inside
    )
    needed, had = load.load[center] * inside, np.nan_to_num(load.available)[center] * inside
    rate = np.where(inside, np.nan_to_num(load.rate, posinf=0.0)[center], 0.0)
    gaps = pd.DataFrame(
        {
            "kind": "capacity",
            "family_id": ids[family],
            "workcenter_id": load.workcenter_ids[center],
            "product_id": 0,
            "first": first,
            "last": last,
            "hours_short": hours.sum(axis=1),
            "qty_short": hours.sum(axis=1) * units,
            "amount_short": hours.sum(axis=1) * money,
            "rate_peak": rate.max(axis=1, initial=0.0),
            "hours_load": needed.sum(axis=1),
            "hours_available": had.sum(axis=1),
        }
    ).astype(COLUMNS)
    gap, bucket = np.nonzero(inside)
    lines = pd.DataFrame(
        {
            "gap": gap,
            "bucket": bucket,
            "hours_short": hours[gap, bucket],
            "qty_short": hours[gap, bucket] * units[gap],
            "amount_short": hours[gap, bucket] * money[gap],
        }
    ).astype(LINE_COLUMNS)
    return gaps, lines


def _per_hour(
    bill: sparse.csr_matrix,
    demand: np.ndarray,
    price: np.ndarray,
    family_index: np.ndarray,
    families: int,
    center: np.ndarray,
    family: np.ndarray,
    inside: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """End units and their sales an hour of each gap's work center, (gaps,) both."""
    units, money = np.zeros(len(center)), np.zeros(len(center))
    family_of = np.where(family_index < 0, families - 1, family_index)
    for gap in range(len(center)):  # as many as there are gaps
        row = bill[center[gap]]
        mine = family_of[row.indices] == family[gap]
        products, hours = row.indices[mine], row.data[mine]
        if not len(products):
            continue
        weight = (demand[products] * inside[gap]).sum(axis=1)
        if weight.sum() <= 0:
            weight = demand[products].sum(axis=1)
        total = (weight * hours).sum()
        if total > 0:
            units[gap] = weight.sum() / total
            money[gap] = (weight * price[products]).sum() / total
    return units, money
