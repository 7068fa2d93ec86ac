"""Where capacity falls short: overload shared among the families that cause it, run by run."""

import numpy as np
import pandas as pd
from scipy import sparse

from .capacity import Capacity
from .tables import EngineError

HOURS_FLOOR = 0.1  # hours of overload that are none
RATE_FLOOR = 0.005  # share of the available hours that is none
ROUNDING = 1e-9  # hours left by rounding
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
    over the families it sums to the overload of the work center. Less than 0.1 hours, or 0.5 % of
    what is available, is no overload. Raises EngineError ``shape``.

    >>> load = np.array([30.0, 10.0, 20.0]).reshape(1, 3, 1)
    >>> overload(load, np.array([[45.0]]), np.array([1, 2, 2]))[0, :, 0].tolist()
    [0.0, 5.0, 10.0]
    """
    if load.shape[1:2] != np.shape(priority) or load[:, 0].shape != available.shape:
        raise EngineError("shape", expected=load.shape)
    over = load.sum(axis=1) - available
    floor = np.maximum(HOURS_FLOOR, RATE_FLOOR * np.nan_to_num(available))
    left = np.where(over > floor, over, 0.0)  # nan is not above
    short = np.zeros_like(load)
    for number in np.unique(priority)[::-1]:
        own = load[:, priority == number]
        together = own.sum(axis=1)
        taken = np.minimum(left, together)
        share = np.divide(taken, together, out=np.zeros_like(taken), where=together > 0)
        short[:, priority == number] = own * share[:, None]
        left = np.where(left - taken > ROUNDING, left - taken, 0.0)
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


def run_buckets(first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The buckets of each run, one after the other: positions of the run and of the bucket.

    >>> [part.tolist() for part in run_buckets(np.array([4, 0]), np.array([6, 0]))]
    [[0, 0, 0, 1], [4, 5, 6, 0]]
    """
    lengths = last - first + 1
    run = np.repeat(np.arange(len(first)), lengths)
    before = np.cumsum(lengths) - lengths
    return run, np.arange(len(run)) - before[run] + first[run]


def capacity_gaps(
    load: Capacity,
    priority: np.ndarray,
    bill: np.ndarray | sparse.csr_matrix,
    demand: np.ndarray,
    price: np.ndarray,
    family_ids: np.ndarray,
    family_index: np.ndarray,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a run of buckets, family and overloaded work center, and one a gap and bucket.

    priority (F + 1,), the last for what has no family (family_id 0). bill (w, n): hours of an end
    unit on each work center with all it is made of; demand (n, T); price (n,); family_ids (F,),
    family_index (n,), -1 none. Hours short become units and money as in ``end_units``. Load,
    available hours and peak rate are the work center's, over the run; the peak leaves out buckets
    without any hour, where there is no rate. Raises EngineError ``shape``.
    """
    short = overload(load.by_family, load.available, priority)
    families, buckets = short.shape[1:]
    short = short.reshape(-1, buckets)
    row, first, last = runs(short)
    center, family = np.divmod(row, families)
    nobody = np.where(family_index < 0, families - 1, family_index)
    units, money = end_units(
        sparse.csr_matrix(bill), demand, price, nobody, families, center, family, first, last
    )
    gap, bucket = run_buckets(first, last)
    hours = short[row[gap], bucket]
    rate = np.nan_to_num(load.rate, posinf=0.0)[center[gap], bucket]
    peak = np.zeros(len(row))
    np.maximum.at(peak, gap, rate)
    total, needed, had = (
        np.bincount(gap, weights=figure, minlength=len(row))
        for figure in (hours, load.load[center[gap], bucket], load.available[center[gap], bucket])
    )
    gaps = {
        "kind": "capacity",
        "family_id": np.append(family_ids, 0)[family],
        "workcenter_id": load.workcenter_ids[center],
        "product_id": 0,
        "first": first,
        "last": last,
        "hours_short": total,
        "qty_short": total * units,
        "amount_short": total * money,
        "rate_peak": peak,
        "hours_load": needed,
        "hours_available": had,
    }
    lines = {
        "gap": gap,
        "bucket": bucket,
        "hours_short": hours,
        "qty_short": hours * units[gap],
        "amount_short": hours * money[gap],
    }
    return pd.DataFrame(gaps).astype(COLUMNS), pd.DataFrame(lines).astype(LINE_COLUMNS)


def end_units(
    bill: sparse.csr_matrix,
    demand: np.ndarray,
    price: np.ndarray,
    family_of: np.ndarray,
    families: int,
    resource: np.ndarray,
    family: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """End units, and their sales, that one unit of the resource stands for in each gap: (gaps,).

    bill (m, n): what an end unit takes of each of m resources (hours of work centers, units of
    components) with all it is made of; demand (n, T); price (n,); family_of (n,) < families.
    A gap has a resource, a family and a run of buckets, (gaps,) each. The products of the family
    that take anything of the resource count, weighted by their demand in the run; over the whole
    horizon if they have none there; 0 if they have none at all.
    """
    entries = bill.tocoo()
    wanted = np.zeros(bill.shape[0] * families, dtype=bool)
    wanted[resource * families + family] = True
    pair = entries.row.astype(np.int64) * families + family_of[entries.col]
    kept = (entries.data > 0) & wanted[pair]
    place = np.cumsum(wanted) - 1  # of a pair of resource and family among those wanted
    pair, product, amount = place[pair[kept]], entries.col[kept], entries.data[kept]
    mine = place[resource * families + family]
    sold = _to_date(pair, product, np.ones_like(amount), demand, wanted.sum())
    is_idle = _within(sold, mine, first, last) <= ROUNDING * sold[mine, -1]
    first, last = np.where(is_idle, 0, first), np.where(is_idle, demand.shape[1] - 1, last)
    units = _within(sold, mine, first, last)
    taken, worth = (
        _within(_to_date(pair, product, weight, demand, wanted.sum()), mine, first, last)
        for weight in (amount, price[product])
    )
    per_unit = np.divide(1.0, taken, out=np.zeros_like(taken), where=taken > 0)
    return units * per_unit, worth * per_unit


def _to_date(
    pair: np.ndarray, product: np.ndarray, weight: np.ndarray, demand: np.ndarray, pairs: int
) -> np.ndarray:
    """Weighted demand of each pair's products before each bucket, and in all (pairs, T + 1)."""
    members = sparse.csr_matrix((weight, (pair, product)), shape=(pairs, len(demand)))
    total = np.zeros((pairs, demand.shape[1] + 1))
    np.cumsum(members @ demand, axis=1, out=total[:, 1:])
    return total


def _within(total: np.ndarray, row: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """What is in the run of each gap, from totals to date."""
    return total[row, last + 1] - total[row, first]
