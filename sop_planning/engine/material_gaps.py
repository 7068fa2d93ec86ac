"""Where material falls short, or cannot be made in time: shortages shared among the families."""

import numpy as np
import pandas as pd
from scipy import sparse

from .gaps import COLUMNS, LINE_COLUMNS, end_units, run_buckets, runs
from .structure import Structure
from .tables import EngineError

SMALL = 1e-6  # units, company currency


def shortage_gaps(
    short: np.ndarray,
    is_bought: np.ndarray,
    shares: sparse.csr_matrix,
    structure: Structure,
    demand: np.ndarray,
    price: np.ndarray,
    family_ids: np.ndarray,
    family_index: np.ndarray,
    floor: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row a family, short product and run of buckets, and one a gap and bucket.

    short (n, T): backlog at the end of each bucket; demand (n, T); shares (n, F); price (n,);
    family_ids (F,), family_index (n,), -1 none. What is bought and short is a ``material`` gap,
    anything else, which can be made but not in time, a ``lead_time`` gap; both name the product.
    A gap is as large as its largest backlog (``qty_component``), of which each family bears the
    share of the need that it causes over the horizon. Units of a component become end units and
    money as in ``end_units``, the product itself among the end units if it is sold. A gap worth
    less than ``floor`` (company currency) is none. The rows by bucket hold the backlog, which is
    carried on, so they do not add up. Raises EngineError ``shape``.
    """
    if short.shape != demand.shape or shares.shape != (len(demand), len(family_ids)):
        raise EngineError("shape", expected=demand.shape)
    missing = np.where(short > SMALL, short, 0.0)
    row, first, last = runs(missing)
    # between two runs there are zeros: the largest value up to the next run is the run's own
    largest = (
        np.maximum.reduceat(missing.ravel(), row * short.shape[1] + first) if len(row) else row
    )
    part = shares[row].tocoo()
    gaps = pd.DataFrame({"row": row, "first": first, "last": last}).iloc[part.row]
    gaps = gaps.assign(family=part.col, share=part.data, peak=largest[part.row] * part.data)
    gaps = _valued(gaps, structure, demand, price, family_index, len(family_ids))
    gaps = gaps[gaps["peak"] * gaps["money"] >= max(floor, SMALL)]
    return _gap_rows(gaps, is_bought, structure.product_ids, family_ids), _gap_lines(gaps, missing)


def contents(structure: Structure, products: np.ndarray) -> sparse.csr_matrix:
    """Units of each of k products in a unit of every product, through all levels (k, n); of itself
    one. ``products`` (k,) positions."""
    n, k = len(structure.product_ids), len(products)
    level = sparse.csr_matrix((np.ones(k), (np.arange(k), products)), shape=(k, n))
    total = level
    while level.nnz:  # one turn a level: bills have no loops
        level = level @ structure.bom
        total = total + level
    return total.tocsr()


def _valued(
    gaps: pd.DataFrame,
    structure: Structure,
    demand: np.ndarray,
    price: np.ndarray,
    family_index: np.ndarray,
    families: int,
) -> pd.DataFrame:
    """The gaps with ``units`` and ``money``: what a unit of the short product stands for."""
    products, resource = np.unique(gaps["row"], return_inverse=True)
    units, money = end_units(
        contents(structure, products),
        demand,
        price,
        np.where(family_index < 0, families, family_index),
        families + 1,
        resource,
        gaps["family"].to_numpy(),
        gaps["first"].to_numpy(),
        gaps["last"].to_numpy(),
    )
    return gaps.assign(units=units, money=money)


def _gap_rows(
    gaps: pd.DataFrame, is_bought: np.ndarray, product_ids: np.ndarray, family_ids: np.ndarray
) -> pd.DataFrame:
    """The columns of a gap; hours are those of work centers, so 0."""
    peak = gaps["peak"].to_numpy()
    figures = {
        "kind": np.where(is_bought[gaps["row"]], "material", "lead_time"),
        "family_id": family_ids[gaps["family"]],
        "product_id": product_ids[gaps["row"]],
        "first": gaps["first"].to_numpy(),
        "last": gaps["last"].to_numpy(),
        "qty_short": peak * gaps["units"].to_numpy(),
        "amount_short": peak * gaps["money"].to_numpy(),
        "qty_component": peak,
    }
    types = {**COLUMNS, "qty_component": float}
    none = dict.fromkeys(types.keys() - figures.keys(), 0)
    return pd.DataFrame({**figures, **none}, columns=list(types)).astype(types)


def _gap_lines(gaps: pd.DataFrame, missing: np.ndarray) -> pd.DataFrame:
    """A row a gap and bucket: the backlog at its end, in end units and money."""
    gap, bucket = run_buckets(gaps["first"].to_numpy(), gaps["last"].to_numpy())
    row, share, units, money = (
        gaps[name].to_numpy()[gap] for name in ("row", "share", "units", "money")
    )
    backlog = missing[row, bucket] * share
    lines = {
        "gap": gap,
        "bucket": bucket,
        "hours_short": 0.0,
        "qty_short": backlog * units,
        "amount_short": backlog * money,
    }
    return pd.DataFrame(lines).astype(LINE_COLUMNS)


def joined(
    one: tuple[pd.DataFrame, pd.DataFrame], other: tuple[pd.DataFrame, pd.DataFrame]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two lists of gaps and of their buckets as one; the positions of the second list move on.

    ``qty_component`` is 0 where only the other list has it.
    """
    gaps = pd.concat([one[0], other[0]], ignore_index=True).fillna({"qty_component": 0.0})
    moved = other[1].assign(gap=other[1]["gap"] + len(one[0]))
    return gaps, pd.concat([one[1], moved], ignore_index=True)
