"""Demand by day arranged as dense arrays: one row a product, one column a bucket."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .buckets import Buckets
from .tables import EngineError

NOTHING = 1e-9  # units: what is less comes from rounding


@dataclass(frozen=True)
class History:
    """Demand of n products in m buckets.

    product_ids (n,) int64; qty (n, m) product units and amount (n, m) company currency, float64,
    net of returns and therefore sometimes negative.
    """

    product_ids: np.ndarray
    buckets: Buckets
    qty: np.ndarray
    amount: np.ndarray


def monthly(demand: pd.DataFrame, product_ids: np.ndarray, buckets: Buckets) -> History:
    """Sum a DEMAND table by product and bucket, in the order of ``product_ids`` (n,).

    Rows of other products and of days outside the buckets are left out. Raises EngineError
    ``duplicate_key`` when a product is asked for twice.
    """
    ids = np.asarray(product_ids, dtype=np.int64)
    index = pd.Index(ids)
    if not index.is_unique:
        raise EngineError("duplicate_key", rows=index[index.duplicated()].tolist()[:5])
    row = index.get_indexer(demand["product_id"])
    column = buckets.locate(demand["day"])
    inside = (row >= 0) & (column >= 0)
    cell = row[inside] * buckets.count + column[inside]
    shape = (len(ids), buckets.count)

    def dense(measure: str) -> np.ndarray:
        values = demand[measure].to_numpy(np.float64)[inside]
        # bincount of nothing counts integers, hence astype
        return np.bincount(cell, values, shape[0] * shape[1]).astype(np.float64).reshape(shape)

    return History(ids, buckets, dense("qty"), dense("amount"))


def first_sale(qty: np.ndarray) -> np.ndarray:
    """Position of the first non-zero bucket of each row, m if there is none: (n, m) -> (n,).

    >>> first_sale(np.array([[0, 0, 5], [1, 0, 0], [0, 0, 0]])).tolist()
    [2, 0, 3]
    """
    return (np.cumsum(qty != 0, axis=1) == 0).sum(axis=1)


def usable(qty: np.ndarray) -> np.ndarray:
    """History as forecasting may use it: months with more returns than sales count as zero.

    So does what float arithmetic leaves when everything sold was returned. The actuals themselves
    stay as they are.

    >>> usable(np.array([[3.0, -1.0, 0.1 + 0.2 - 0.3]])).tolist()
    [[3.0, 0.0, 0.0]]
    """
    sold = np.nan_to_num(np.asarray(qty, dtype=np.float64))
    return np.where(sold > NOTHING, sold, 0.0)


def arranged(
    table: pd.DataFrame, column: str, product_ids: np.ndarray, buckets: Buckets
) -> np.ndarray:
    """Sum a column of a table (product_id, bucket_start, ...) into an array (n, m), 0 elsewhere.

    >>> from datetime import date
    >>> table = pd.DataFrame({"product_id": [7], "bucket_start": [date(2026, 2, 1)], "qty": [5.0]})
    >>> arranged(table, "qty", np.array([7, 8]), Buckets.months(date(2026, 1, 1), 2)).tolist()
    [[0.0, 5.0], [0.0, 0.0]]
    """
    row = pd.Index(product_ids).get_indexer(table["product_id"])
    place = buckets.locate(table["bucket_start"])
    inside = (row >= 0) & (place >= 0)
    cell = row[inside] * buckets.count + place[inside]
    values = table[column].to_numpy(np.float64)[inside]
    shape = (len(product_ids), buckets.count)
    return np.bincount(cell, values, shape[0] * shape[1]).astype(np.float64).reshape(shape)
