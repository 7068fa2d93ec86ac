"""The budget of families as a reference for their products."""

import numpy as np
import pandas as pd

from .consensus import spread
from .demand import REVIEW_MONTHS, DemandBase, past_reference


def budget_reference(
    base: DemandBase,
    lines: pd.DataFrame,
    targets: pd.DataFrame,
    clean: np.ndarray | None = None,
) -> np.ndarray | None:
    """Units (n,) of the next three months that the budget gives each product; None without one.

    ``targets``: family_id, measure (``qty`` units or ``revenue`` company currency), value over the
    three months; units win over revenue. ``lines`` are the plan's. A family's budget is shared in
    proportion to the statistical forecast, equally where that is zero; revenue at the products'
    prices. Products of families without a budget have the trend of
    the corrected history ``clean`` (n, m), else of the actual one.
    """
    planned = np.flatnonzero(base.is_planned)
    budgeted = targets.pivot_table(values="value", index="family_id", columns="measure")
    family = pd.Index(budgeted.index).get_indexer(base.family_ids[planned])
    rows, family = planned[family >= 0], family[family >= 0]
    if not len(rows):
        return None
    reference = past_reference("trend", base.past.qty if clean is None else clean)
    near = lines[lines["bucket_start"].isin(base.months.starts[:REVIEW_MONTHS])]
    expected = near.groupby("product_id")["qty_statistical"].sum()
    weights = expected.reindex(base.product_ids[rows]).fillna(0.0).to_numpy(float)
    units = budgeted.reindex(columns=["qty"])["qty"].to_numpy(float)
    revenue = budgeted.reindex(columns=["revenue"])["revenue"].to_numpy(float)
    price = _mean_price(base.price[rows], weights, family, len(budgeted))
    money = np.divide(revenue, price, out=np.zeros(len(price)), where=price > 0)
    total = np.where(np.isnan(units), np.nan_to_num(money), units)
    reference[rows] = spread(total, weights, digits=4, groups=family)
    return reference


def _mean_price(
    price: np.ndarray, weights: np.ndarray, family: np.ndarray, count: int
) -> np.ndarray:
    """Price (f,) of a family's unit in the mix of its forecast; the plain mean without one."""
    mass = np.bincount(family, weights, count)
    share = np.where(mass[family] > 0, weights, 1.0)
    return np.bincount(family, share * price, count) / np.maximum(
        np.bincount(family, share, count), 1e-12
    )
