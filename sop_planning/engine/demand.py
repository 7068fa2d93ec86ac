"""The demand plan of a cycle: from demand by day to one row a product and month."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .buckets import Buckets
from .exceptions import trend_reference
from .history import History, monthly

SEASON = 12
REVIEW_MONTHS = 3


@dataclass(frozen=True)
class DemandBase:
    """What a plan starts from: n products, m months of history, h months planned.

    product_ids, family_ids (n,) int64, family 0 is none; is_planned (n,) bool; price (n,)
    company currency a unit; past (n, m) and booked (n, h) ordered quantities and amounts.
    """

    product_ids: np.ndarray
    family_ids: np.ndarray
    is_planned: np.ndarray
    price: np.ndarray
    past: History
    booked: History

    @property
    def months(self) -> Buckets:
        """The planned months."""
        return self.booked.buckets

    @property
    def peers(self) -> np.ndarray:
        """Products that may learn from each other (n,): one number a family, and one of its own
        for each product without a family."""
        return np.where(self.family_ids > 0, self.family_ids, -self.product_ids)


def demand_base(
    products: pd.DataFrame,
    demand: pd.DataFrame,
    entered: np.ndarray,
    months: Buckets,
    history_months: int,
    expected: np.ndarray | None = None,
) -> DemandBase:
    """Arrange PRODUCTS and DEMAND around the products that have demand or that people spoke of.

    ``entered`` and ``expected`` are product ids, in any number. A product is planned when it is
    still sold, or when a person ``entered`` a figure for it; ``expected`` ones (events, quotations)
    have no demand yet and must be for sale.
    """
    past_months = months.before(history_months)
    expected = np.zeros(0, np.int64) if expected is None else expected
    expected = np.intersect1d(expected, products.loc[products["is_planned"], "product_id"])
    entered = np.unique(entered)
    ids = np.union1d(np.union1d(demand["product_id"].unique(), entered), expected)
    ids = ids.astype(np.int64)
    known = products.set_index("product_id").reindex(ids)
    past = monthly(demand, ids, past_months)
    recent = slice(-SEASON, None)
    return DemandBase(
        product_ids=ids,
        family_ids=known["family_id"].fillna(0).to_numpy(np.int64),
        is_planned=known["is_planned"].eq(True).to_numpy() | np.isin(ids, entered),
        price=average_price(
            past.qty[:, recent], past.amount[:, recent], known["price"].fillna(0).to_numpy()
        ),
        past=past,
        booked=monthly(demand, ids, months),
    )


def average_price(qty: np.ndarray, amount: np.ndarray, list_price: np.ndarray) -> np.ndarray:
    """Net price a unit over the given months; the list price where nothing was sold.

    qty, amount (n, m); list_price (n,). Returns (n,).

    >>> average_price(np.array([[2, 3], [0, 0]]), np.array([[20, 25], [0, 0]]), np.array([8, 7]))
    array([9., 7.])
    """
    units, money = qty.sum(axis=1), amount.sum(axis=1)
    is_sold = (units > 0) & (money > 0)
    return np.where(is_sold, money / np.where(is_sold, units, 1.0), list_price)


def same_months_last_year(past: np.ndarray, horizon: int) -> np.ndarray:
    """Demand of the same calendar months one year earlier; 0 where that month is not over.

    past (n, m) ends right before the first planned month. Returns (n, horizon).

    >>> same_months_last_year(np.arange(1.0, 15.0).reshape(1, 14), 13)[0, [0, 11, 12]]
    array([ 3., 14.,  0.])
    """
    n, m = past.shape
    last_year = np.zeros((n, horizon))
    width = min(SEASON, horizon)
    padded = np.hstack([np.zeros((n, max(0, SEASON - m))), past])[:, -SEASON:]
    last_year[:, :width] = padded[:, :width]
    return last_year


def reference(
    kind: str,
    base: DemandBase,
    lines: pd.DataFrame,
    last_plan: pd.DataFrame,
    clean: np.ndarray | None = None,
) -> tuple[str, np.ndarray]:
    """What each product's consensus of the next three months is compared with.

    Returns the kind really used and (n,) units. Trends start from the corrected history ``clean``
    (n, m), without it from the actual one: a promotion or an outlier of last year is no trend.
    ``last_plan`` (product_id, bucket_start, qty) is empty until a plan was approved: the trend
    takes its place.
    """
    if kind == "last_plan" and last_plan.empty:
        kind = "trend"
    if kind == "last_plan":
        return kind, _first_months(base, last_plan, "qty")
    if kind == "statistical":
        return kind, _first_months(base, lines, "qty_statistical")
    is_corrected = kind == "trend" and clean is not None
    return kind, past_reference(kind, clean if is_corrected else base.past.qty)


def past_reference(kind: str, qty: np.ndarray) -> np.ndarray:
    """The reference that history alone gives, ``trend`` or ``last_year``: qty (n, m) -> (n,)."""
    if kind == "last_year":
        return same_months_last_year(qty, REVIEW_MONTHS).sum(axis=1)
    return trend_reference(qty, REVIEW_MONTHS, SEASON).sum(axis=1)


def _first_months(base: DemandBase, rows: pd.DataFrame, column: str) -> np.ndarray:
    starts = base.months.starts[:REVIEW_MONTHS]
    near = rows[pd.to_datetime(rows["bucket_start"]).isin(starts)]
    sums = near.groupby("product_id")[column].sum()
    return sums.reindex(base.product_ids, fill_value=0.0).to_numpy(float)


def by_family(base: DemandBase, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sums of (n,) or (n, k) product values by family: family ids (f,) and sums (f,) or (f, k)."""
    families, position = np.unique(base.family_ids, return_inverse=True)
    sums = np.zeros((len(families), *values.shape[1:]))
    np.add.at(sums, position, values)
    return families, sums


def family_reference(kind: str, base: DemandBase, by_product: np.ndarray) -> np.ndarray:
    """The families' references (f,): sums of their products', so that the two never contradict
    each other. Of a trend, only the products still planned go on."""
    counted = np.where(base.is_planned, by_product, 0.0) if kind == "trend" else by_product
    return by_family(base, counted)[1]
