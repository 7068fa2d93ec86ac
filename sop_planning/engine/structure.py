"""How products are made of each other: bills of materials of all products as sparse matrices."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from .tables import EngineError, Table

BOM_LINES = Table(
    "bom_lines",
    {"product_id": "int64", "component_id": "int64", "qty": "float64"},
    key=("product_id", "component_id"),
    units={"qty": "component unit per product unit"},
)
BYPRODUCTS = Table(
    "byproducts",
    {"product_id": "int64", "byproduct_id": "int64", "qty": "float64"},
    key=("product_id", "byproduct_id"),
    units={"qty": "by-product unit per product unit"},
)


@dataclass(frozen=True)
class Structure:
    """n products and what a good unit of each is made of.

    product_ids (n,) sorted. bom (n, n): units of the row's product in one of the column's;
    byproducts (n, n): units of the row's that one of the column's yields beside it. level (n,):
    low-level code, 0 for what goes into nothing; components lie deeper than all they go into.
    loops: product ids of bills that contain themselves; their lines to each other do not count.
    """

    product_ids: np.ndarray
    bom: sparse.csr_matrix
    byproducts: sparse.csr_matrix
    level: np.ndarray
    loops: tuple[tuple[int, ...], ...]

    @cached_property
    def levels(self) -> list[np.ndarray]:
        """Positions of the products of each level, from 0 down."""
        order = np.argsort(self.level, kind="stable")
        counts = np.bincount(self.level) if len(self.level) else np.zeros(1, int)
        return np.split(order, np.cumsum(counts)[:-1])


def structure(
    product_ids: np.ndarray, bom_lines: pd.DataFrame, byproducts: pd.DataFrame, loss: np.ndarray
) -> Structure:
    """The structure of BOM_LINES and BYPRODUCTS; ``loss`` (n,): share of the output that is lost.

    A bill that contains itself is reported, not followed; a by-product that goes into what yields
    it is not netted. Raises EngineError ``unknown_product``, ``loss``.
    """
    ids = np.asarray(product_ids, dtype=np.int64)
    if np.any(loss < 0) or np.any(loss >= 1):
        raise EngineError("loss", products=ids[(loss < 0) | (loss >= 1)].tolist())
    keep = sparse.diags(1.0 / (1.0 - loss))
    bom = _matrix(ids, BOM_LINES.build(bom_lines), "component_id") @ keep
    extra = _matrix(ids, BYPRODUCTS.build(byproducts), "byproduct_id")
    bom, loops = _without_loops(bom, ids)
    extra = _without_recycling(bom, extra)
    return Structure(ids, bom.tocsr(), extra, _levels(bom + extra), loops)


def _matrix(ids: np.ndarray, lines: pd.DataFrame, part: str) -> sparse.csr_matrix:
    index = pd.Index(ids)
    row, column = index.get_indexer(lines[part]), index.get_indexer(lines["product_id"])
    if (row < 0).any() or (column < 0).any():
        unknown = np.where(row < 0, lines[part], lines["product_id"])[(row < 0) | (column < 0)]
        raise EngineError("unknown_product", products=np.unique(unknown).tolist())
    return sparse.csr_matrix((lines["qty"], (row, column)), shape=(len(ids), len(ids)))


def _without_loops(
    bom: sparse.csr_matrix, ids: np.ndarray
) -> tuple[sparse.csr_matrix, tuple[tuple[int, ...], ...]]:
    """The bills without the lines inside a loop, and the products of each loop."""
    count, label = connected_components(bom, directed=True, connection="strong")
    lines = bom.tocoo()
    inside = (label[lines.row] == label[lines.col]) & (lines.data != 0)
    looped = np.unique(label[lines.row[inside]])
    loops = tuple(tuple(ids[label == number].tolist()) for number in looped)
    kept = ~inside
    shape = bom.shape
    return sparse.csr_matrix(
        (lines.data[kept], (lines.row[kept], lines.col[kept])), shape=shape
    ), loops


def _without_recycling(bom: sparse.csr_matrix, extra: sparse.csr_matrix) -> sparse.csr_matrix:
    """By-products but for those that, at some level, go into what yields them."""
    _count, label = connected_components(bom + extra, directed=True, connection="strong")
    lines = extra.tocoo()
    kept = label[lines.row] != label[lines.col]
    return sparse.csr_matrix(
        (lines.data[kept], (lines.row[kept], lines.col[kept])), shape=extra.shape
    )


def _levels(edges: sparse.csr_matrix) -> np.ndarray:
    """Longest way (n,) from a product down to each: relaxed level by level until nothing moves."""
    lines = edges.tocoo()
    level = np.zeros(edges.shape[0], dtype=np.int64)
    while True:
        deeper = level.copy()
        np.maximum.at(deeper, lines.row, level[lines.col] + 1)
        if (deeper == level).all():
            return level
        level = deeper


def _upwards(shape: Structure) -> Iterator[tuple[np.ndarray, sparse.csc_matrix]]:
    """Products of each level with the columns of their bills, the deepest level first."""
    by_product = shape.bom.tocsc()
    for products in reversed(shape.levels):
        yield products, by_product[:, products]


def cumulative_lead(shape: Structure, lead_days: np.ndarray) -> np.ndarray:
    """Days (n,) from ordering the first raw material to having the product: the longest way through
    the bill, not the sum of its branches [M24]. lead_days (n,)."""
    total = np.asarray(lead_days, dtype=float).copy()
    for products, bills in _upwards(shape):
        made = np.diff(bills.indptr) > 0
        if made.any():
            longest = np.maximum.reduceat(total[bills.indices], bills.indptr[:-1][made])
            total[products[made]] += longest
    return total


def accumulate(shape: Structure, own: np.ndarray) -> np.ndarray:
    """What a unit takes with all that it is made of: own (n,) or (n, k) plus its components'.

    The capacity bill, when ``own`` is hours per unit by work center [M17].
    """
    total = np.asarray(own, dtype=float).copy()
    for products, bills in _upwards(shape):
        total[products] += bills.T @ total
    return total


def requirements(shape: Structure, demand: np.ndarray) -> np.ndarray:
    """Gross need (n, T) of every product: its own demand and that of all it goes into, without
    stock and lead times. demand (n, T)."""
    need = np.asarray(demand, dtype=float).copy()
    for products in shape.levels[1:]:
        need[products] += shape.bom[products] @ need
    return need


def family_shares(
    shape: Structure,
    gross: np.ndarray,
    independent: np.ndarray,
    family_index: np.ndarray,
    families: int,
) -> sparse.csr_matrix:
    """Whose need a product's is: (n, F), rows sum to 1, or to 0 where nobody needs it.

    gross, independent (n,) units over the horizon; family_index (n,) position, -1 none. Own demand
    is the own family's; what goes into others is theirs, in proportion to what they take.
    """
    n = len(gross)
    known = family_index >= 0
    own = sparse.csr_matrix(
        (np.ones(known.sum()), (np.flatnonzero(known), family_index[known])), shape=(n, families)
    )
    shares = sparse.lil_matrix((n, families)).tocsr()
    rows = sparse.csr_matrix((n, families))
    for products in shape.levels:
        taken = shape.bom[products] @ sparse.diags(gross) @ rows
        need = sparse.diags(independent[products]) @ own[products] + taken
        total = np.asarray(need.sum(axis=1)).ravel()
        idle = total <= 0
        scale = np.divide(1.0, total, out=np.zeros_like(total), where=~idle)
        part = sparse.diags(scale) @ need + sparse.diags(idle.astype(float)) @ own[products]
        place = sparse.csr_matrix(
            (np.ones(len(products)), (products, np.arange(len(products)))), shape=(n, len(products))
        )
        rows = rows + place @ part
    return rows.tocsr() if n else shares
