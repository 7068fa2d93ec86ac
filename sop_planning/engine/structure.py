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
    product_ids: np.ndarray | list[int],
    bom_lines: pd.DataFrame,
    byproducts: pd.DataFrame,
    loss: np.ndarray,
) -> Structure:
    """The structure of BOM_LINES and BYPRODUCTS; ``loss`` (n,): share of the output that is lost.

    A bill that contains itself is reported, not followed; a by-product that goes into what yields
    it is not netted; lines of quantity 0 do not count. Components are per good unit: their
    quantities are divided by 1 - loss; by-products stay per unit planned. Raises EngineError
    ``shape``, ``loss``, ``unknown_product``, ``duplicate_product``, and those of ``Table.build``.

    >>> shape = structure([1, 2, 3], BOM_LINES.build([(1, 2, 4), (2, 3, 0.5)]), BYPRODUCTS.empty(),
    ...                   np.zeros(3))
    >>> shape.level.tolist(), requirements(shape, np.array([[10.0], [0], [0]])).ravel().tolist()
    ([0, 1, 2], [10.0, 40.0, 20.0])
    """
    ids, loss = np.asarray(product_ids, dtype=np.int64), np.asarray(loss, dtype=float)
    if loss.shape != ids.shape:
        raise EngineError("shape", products=ids.shape, loss=loss.shape)
    if not ((loss >= 0) & (loss < 1)).all():
        raise EngineError("loss", products=ids[~((loss >= 0) & (loss < 1))].tolist())
    bom = _matrix(ids, BOM_LINES.build(bom_lines), "component_id")
    extra = _matrix(ids, BYPRODUCTS.build(byproducts), "byproduct_id")
    bom, loops = _without_loops(bom @ sparse.diags(1.0 / (1.0 - loss)), ids)
    extra = _between_groups(extra, _groups(bom + extra))
    return Structure(ids, bom, extra, _levels(bom + extra), loops)


def _matrix(ids: np.ndarray, lines: pd.DataFrame, part: str) -> sparse.csr_matrix:
    """Quantities (n, n) by part and product."""
    index = pd.Index(ids)
    if not index.is_unique:
        raise EngineError("duplicate_product", products=index[index.duplicated()].tolist())
    row, column = index.get_indexer(lines[part]), index.get_indexer(lines["product_id"])
    if (row < 0).any() or (column < 0).any():
        unknown = np.append(lines[part][row < 0], lines["product_id"][column < 0])
        raise EngineError("unknown_product", products=np.unique(unknown).tolist())
    matrix = sparse.csr_matrix((lines["qty"], (row, column)), shape=(len(ids), len(ids)))
    matrix.eliminate_zeros()
    return matrix


def _groups(edges: sparse.csr_matrix) -> np.ndarray:
    """Label (n,) of each product's group: products that all contain each other share one."""
    return connected_components(edges, directed=True, connection="strong")[1]


def _between_groups(edges: sparse.csr_matrix, group: np.ndarray) -> sparse.csr_matrix:
    """The edges without those inside a group."""
    lines = edges.tocoo()
    kept = group[lines.row] != group[lines.col]
    return sparse.csr_matrix(
        (lines.data[kept], (lines.row[kept], lines.col[kept])), shape=edges.shape
    )


def _without_loops(
    bom: sparse.csr_matrix, ids: np.ndarray
) -> tuple[sparse.csr_matrix, tuple[tuple[int, ...], ...]]:
    """The bills without the lines inside a loop, and the sorted products of each loop."""
    group = _groups(bom)
    lines = bom.tocoo()
    looped = np.unique(group[lines.row][group[lines.row] == group[lines.col]])
    members = np.flatnonzero(np.isin(group, looped))
    found = pd.Series(ids[members]).groupby(group[members]).apply(lambda part: tuple(sorted(part)))
    return _between_groups(bom, group), tuple(sorted(found))


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
    the bill, not the sum of its branches (APICS: cumulative lead time). lead_days (n,).

    A (2 days) takes B (3 days, of C bought in 10 days) and D (bought in 5 days):

    >>> lines = BOM_LINES.build([(1, 2, 1), (1, 4, 1), (2, 3, 1)])
    >>> shape = structure([1, 2, 3, 4], lines, BYPRODUCTS.empty(), np.zeros(4))
    >>> cumulative_lead(shape, np.array([2, 3, 10, 5])).tolist()
    [15.0, 13.0, 10.0, 5.0]
    """
    total = np.asarray(lead_days, dtype=float).copy()
    for products, bills in _upwards(shape):
        made = np.diff(bills.indptr) > 0
        if made.any():
            longest = np.maximum.reduceat(total[bills.indices], bills.indptr[:-1][made])
            total[products[made]] += longest
    return total


def accumulate(shape: Structure, own: np.ndarray) -> np.ndarray:
    """What a unit takes with all that it is made of: own (n,) or (n, k) plus its components'.

    The capacity bill (bill of resources) when ``own`` is hours per unit by work center.
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
    is the own family's; what goes into others is theirs, in proportion to what they take. What
    nobody needs is its own family's. A gross need below 0 (more by-products than need) counts as 0.
    """
    n = len(shape.product_ids)
    known = np.flatnonzero(family_index >= 0)
    own = sparse.csr_matrix(
        (np.ones(len(known)), (known, family_index[known])), shape=(n, families)
    )
    taken = shape.bom @ sparse.diags(np.maximum(gross, 0.0))
    independent = sparse.diags(np.maximum(independent, 0.0)) @ own
    shares = sparse.csr_matrix((n, families))
    for products in shape.levels:
        need = independent[products] + taken[products] @ shares
        shares = shares + _placed(_shared(need, own[products]), products, n)
    return shares


def _shared(need: sparse.csr_matrix, own: sparse.csr_matrix) -> sparse.csr_matrix:
    """Rows of need as shares that sum to 1; rows without need as ``own`` has them."""
    total = np.asarray(need.sum(axis=1)).ravel()
    is_needed = total > 0
    scale = np.divide(1.0, total, out=np.zeros_like(total), where=is_needed)
    return sparse.diags(scale) @ need + sparse.diags((~is_needed).astype(float)) @ own


def _placed(part: sparse.csr_matrix, rows: np.ndarray, n: int) -> sparse.csr_matrix:
    """The rows of ``part`` at these rows of n."""
    part = part.tocoo()
    return sparse.csr_matrix((part.data, (rows[part.row], part.col)), shape=(n, part.shape[1]))
