"""What a vendor's failure would cost: from components not covered to the sales that need them."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from .structure import Structure


@dataclass(frozen=True)
class Exposure:
    """What depends on v vendors, for n products and F families.

    amount (v,): sales that need their components before these can be replaced, company currency.
    first_bucket (v,): where stock alone runs out first, -1 never. by_family (v, F): the amounts.
    """

    amount: np.ndarray
    first_bucket: np.ndarray
    by_family: np.ndarray


def exposure(
    structure: Structure,
    gross: np.ndarray,
    demand: np.ndarray,
    stock: np.ndarray,
    price: np.ndarray,
    family_index: np.ndarray,
    families: int,
    vendor_index: np.ndarray,
    vendors: int,
    until: np.ndarray,
) -> Exposure:
    """Sales at risk if vendors delivered nothing until they can be replaced.

    gross, demand (n, T) units; stock (n,); vendor_index (n,) position of the main vendor, -1 none;
    ``until`` (n,) the bucket in which a replacement would arrive. A component's need up to that
    bucket which stock on hand does not cover endangers the same share of the sales of everything it
    goes into; a product that several components endanger counts once, with the largest share.
    """
    uncovered, first = _uncovered(gross, stock, until)
    share = np.zeros((len(stock), vendors))
    at_risk = np.flatnonzero((vendor_index >= 0) & (uncovered > 0))
    share[at_risk, vendor_index[at_risk]] = uncovered[at_risk]
    latest = np.full(vendors, -1)
    np.maximum.at(latest, vendor_index[at_risk], until[at_risk])
    share = _spread_upwards(structure, share)
    by_family = np.zeros((vendors, families))
    worth = np.cumsum(demand, axis=1) * price[:, None]
    for vendor in np.flatnonzero(latest >= 0):
        amounts = share[:, vendor] * worth[:, latest[vendor]]
        known = family_index >= 0
        by_family[vendor] = np.bincount(
            family_index[known], weights=amounts[known], minlength=families
        )
    return Exposure(
        by_family.sum(axis=1), _first_by_vendor(first, vendor_index, vendors), by_family
    )


def _uncovered(
    gross: np.ndarray, stock: np.ndarray, until: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Share (n,) of the need up to a bucket that stock does not cover; first bucket (n,) short."""
    needed = np.cumsum(gross, axis=1)
    total = needed[np.arange(len(stock)), until]
    missing = np.maximum(0.0, total - np.maximum(stock, 0.0))
    share = np.divide(missing, total, out=np.zeros_like(total), where=total > 0)
    is_short = needed > np.maximum(stock, 0.0)[:, None] + 1e-9
    first = np.where(is_short.any(axis=1), is_short.argmax(axis=1), -1)
    return share, np.where((first >= 0) & (first <= until), first, -1)


def _spread_upwards(structure: Structure, share: np.ndarray) -> np.ndarray:
    """The largest share among a product and all that it is made of, (n, v)."""
    share = share.copy()
    by_product = structure.bom.tocsc()
    for products in reversed(structure.levels):
        counts = np.diff(by_product.indptr)[products]
        products = products[counts > 0]
        if not len(products):
            continue
        columns = by_product[:, products]
        largest = np.maximum.reduceat(share[columns.indices], columns.indptr[:-1], axis=0)
        share[products] = np.maximum(share[products], largest)
    return share


def _first_by_vendor(first: np.ndarray, vendor_index: np.ndarray, vendors: int) -> np.ndarray:
    known = (vendor_index >= 0) & (first >= 0)
    result = np.full(vendors, np.iinfo(np.int64).max)
    np.minimum.at(result, vendor_index[known], first[known])
    return np.where(result == np.iinfo(np.int64).max, -1, result)


def containing(structure: Structure) -> sparse.csr_matrix:
    """Which products contain which: (n, n) with 1 where the column's product is the row's, or is
    made with it, at any level."""
    n = len(structure.product_ids)
    own = sparse.identity(n, format="csr")
    direct = structure.bom.tocsr().sign()
    result = own
    for _level in structure.levels[1:]:
        result = (own + direct @ result).sign()
    return result.tocsr()


def touched(structure: Structure, direct: np.ndarray) -> np.ndarray:
    """Which products (n,) are in ``direct`` (n,) themselves or contain one that is."""
    return _spread_upwards(structure, direct.astype(float)[:, None])[:, 0] > 0


def touched_value(
    structure: Structure, issue: np.ndarray, product: np.ndarray, issues: int, own: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Value at risk (issues,) of each issue, and how many products of value it touches (issues,).

    ``issue`` and ``product`` (rows,) say which products each issue is about, -1 none; own (n,): the
    value of each product. All that contain one of them are touched, each once.
    """
    known = product >= 0
    about = sparse.csr_matrix(
        (np.ones(known.sum()), (issue[known], product[known])), shape=(issues, len(own))
    )
    reached = (about @ containing(structure)).sign()
    return reached @ own, np.asarray(reached @ (own > 0).astype(float)).astype(np.int64)
