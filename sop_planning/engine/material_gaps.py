"""Where material falls short, or cannot be made in time: shortages shared among the families."""

import numpy as np
import pandas as pd
from scipy import sparse

from .gaps import COLUMNS, LINE_COLUMNS, runs
from .structure import Structure

SMALL = 1e-6  # units


def shortage_gaps(
    short: np.ndarray,
    is_bought: np.ndarray,
    shares: sparse.csr_matrix,
    gross: np.ndarray,
    demand: np.ndarray,
    price: np.ndarray,
    product_ids: np.ndarray,
    family_ids: np.ndarray,
    family_index: np.ndarray,
    floor: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a family, short product and run of buckets, and one a gap and bucket.

    short, gross, demand (n, T); shares (n, F); price (n,). What is bought and short is a
    ``material`` gap, anything else, which can be made but not in time, a ``lead_time`` gap; both
    name the product. Families share a shortage as they share the need. For a product sold as it is
    the units are its own; units of a component become end units by the family's demand against what
    it takes of the component over the horizon, which is exact where all products of the family take
    the same. A gap worth less than ``floor`` (company currency) is none.
    """
    row, first, last = runs(np.where(short > SMALL, short, 0.0))
    part = shares[row].tocoo()
    run, family = part.row, part.col
    inside = (np.arange(short.shape[1]) >= first[:, None]) & (
        np.arange(short.shape[1]) <= last[:, None]
    )
    units, worth = _end_units(shares, gross, demand, price, family_index)
    product = row[run]
    missing = short[row][run] * inside[run] * part.data[:, None]
    per_unit = np.asarray(units[product, family]).ravel()
    per_money = np.asarray(worth[product, family]).ravel()
    peak = missing.max(axis=1, initial=0.0)
    gaps = pd.DataFrame(
        {
            "kind": np.where(is_bought[product], "material", "lead_time"),
            "family_id": family_ids[family],
            "workcenter_id": 0,
            "product_id": product_ids[product],
            "first": first[run],
            "last": last[run],
            "hours_short": 0.0,
            "qty_short": peak * per_unit,
            "amount_short": peak * per_money,
            "rate_peak": 0.0,
            "hours_load": 0.0,
            "hours_available": 0.0,
            "qty_component": peak,
        }
    ).astype({**COLUMNS, "qty_component": float})
    kept = (gaps["amount_short"] >= max(floor, SMALL)).to_numpy()
    gap, bucket = np.nonzero(inside[run][kept])
    lines = pd.DataFrame(
        {
            "gap": gap,
            "bucket": bucket,
            "hours_short": 0.0,
            "qty_short": missing[kept][gap, bucket] * per_unit[kept][gap],
            "amount_short": missing[kept][gap, bucket] * per_money[kept][gap],
        }
    ).astype(LINE_COLUMNS)
    return gaps[kept].reset_index(drop=True), lines


def _end_units(
    shares: sparse.csr_matrix,
    gross: np.ndarray,
    demand: np.ndarray,
    price: np.ndarray,
    family_index: np.ndarray,
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """End units, and their sales, that a unit of each product stands for in each family (n, F)."""
    families = shares.shape[1]
    known = family_index >= 0
    sold = demand.sum(axis=1)
    own = np.bincount(family_index[known], weights=sold[known], minlength=families)
    money = np.bincount(family_index[known], weights=(sold * price)[known], minlength=families)
    taken = sparse.diags(gross.sum(axis=1)) @ shares
    inverse = taken.copy()
    inverse.data = np.divide(1.0, taken.data, out=np.zeros_like(taken.data), where=taken.data > 0)
    units, worth = (inverse @ sparse.diags(values) for values in (own, money))
    itself = (sold > 0) & known
    place = sparse.csr_matrix(
        (np.ones(itself.sum()), (np.flatnonzero(itself), family_index[itself])), shape=shares.shape
    )
    others = sparse.diags((~itself).astype(float))
    return (
        (others @ units + place).tocsr(),
        (others @ worth + sparse.diags(price) @ place).tocsr(),
    )


def joined(
    one: tuple[pd.DataFrame, pd.DataFrame], other: tuple[pd.DataFrame, pd.DataFrame]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two lists of gaps and of their buckets as one; the positions of the second list move on."""
    gaps = pd.concat([one[0], other[0]], ignore_index=True).fillna({"qty_component": 0.0})
    moved = other[1].assign(gap=other[1]["gap"] + len(one[0]))
    return gaps, pd.concat([one[1], moved], ignore_index=True)


def is_used(structure: Structure) -> np.ndarray:
    """Which products (n,) go into others."""
    return np.diff(structure.bom.tocsr().indptr) > 0
