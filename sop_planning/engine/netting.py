"""Netting: what must be made or bought, bucket by bucket, level by level of the bills."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .structure import Structure
from .tables import EngineError

SMALL = 1e-6  # units: less is what floating point leaves over, and no reason to set up a machine


@dataclass(frozen=True)
class NetPlan:
    """The plan of n products over T buckets, all (n, T) product units.

    dependent: what planned production takes. gross: all that leaves stock: demand, dependent and
    what released orders still take. receipts: open orders coming in, and what planned production
    yields beside its product. planned: new supply by the bucket it is due in; started: the same by
    the bucket it begins in. stock: at the end of the bucket, below zero a backlog. target: stock
    aimed at.

    stock[t] = stock[t-1] + receipts[t] + planned[t] - gross[t], for every product and bucket. A kit
    has neither receipts nor stock nor target.
    """

    dependent: np.ndarray
    gross: np.ndarray
    receipts: np.ndarray
    planned: np.ndarray
    started: np.ndarray
    stock: np.ndarray
    target: np.ndarray

    @property
    def short(self) -> np.ndarray:
        """What is missing at the end of each bucket (n, T), zero or more."""
        return np.maximum(0.0, -self.stock)


def net(
    structure: Structure,
    shifts: Mapping[int, np.ndarray],
    demand: np.ndarray,
    receipts: np.ndarray,
    needs: np.ndarray,
    stock: np.ndarray,
    target: np.ndarray,
    lead_days: np.ndarray,
    earliest: np.ndarray,
    is_kit: np.ndarray,
) -> NetPlan:
    """Projected available balance and planned supply of every product [M16].

    demand: independent demand, receipts: open orders, needs: what released orders still take,
    target: stock to keep, all (n, T). stock (n,) at the start. ``shifts`` holds, for every value of
    lead_days (n,) but 0, SupplyBuckets.shift of it. From bucket ``earliest`` (n,) on, what is
    missing to the target is planned; before, it cannot arrive any more and a shortage is carried on
    until supply catches up. Components are taken where production begins, by-products come in where
    it is due. Production that had to begin before the first bucket begins in it: ``earliest`` at
    today plus lead time leaves no more of that than the days of the week gone by.

    Kits (phantom bills, ``is_kit``) hold no stock: their need is their components', in the same
    bucket. Raises EngineError ``shape`` or ``shift``.
    """
    n, buckets = len(structure.product_ids), demand.shape[-1]
    if any(table.shape != (n, buckets) for table in (demand, receipts, needs, target)) or any(
        vector.shape != (n,) for vector in (stock, lead_days, earliest, is_kit)
    ):
        raise EngineError("shape", expected=(n, buckets))
    _check_shifts(shifts, lead_days, buckets)
    gross = demand + needs
    incoming, aim = (np.where(is_kit[:, None], 0.0, table) for table in (receipts, target))
    dependent, planned, started, balance = (np.zeros(gross.shape) for _ in range(4))
    bom, extra = structure.bom.tocsr(), structure.byproducts.tocsr()
    for level in structure.levels:
        dependent[level] = bom[level] @ started
        gross[level] += dependent[level]
        kits, rows = level[is_kit[level]], level[~is_kit[level]]
        planned[kits] = started[kits] = gross[kits]
        incoming[rows] += extra[rows] @ planned
        planned[rows], balance[rows] = _balances(
            gross[rows], incoming[rows], stock[rows], aim[rows], earliest[rows]
        )
        for lag in np.unique(lead_days[rows]):
            same = rows[lead_days[rows] == lag]
            started[same] = planned[same] @ shifts[int(lag)].T if lag else planned[same]
    return NetPlan(dependent, gross, incoming, planned, started, balance, aim)


def _check_shifts(shifts: Mapping[int, np.ndarray], lead_days: np.ndarray, buckets: int) -> None:
    """Every lead time but 0 has its matrix."""
    for lag in set(np.unique(lead_days).tolist()) - {0}:
        if lag not in shifts or shifts[lag].shape != (buckets, buckets):
            raise EngineError("shift", days=lag)


def _balances(
    gross: np.ndarray,
    receipts: np.ndarray,
    stock: np.ndarray,
    target: np.ndarray,
    earliest: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Planned supply and stock at the end (m, T) of m products that do not depend on each other."""
    planned, balance = np.zeros_like(gross), np.zeros_like(gross)
    now = stock.astype(float)
    for bucket in range(gross.shape[1]):
        now = now + receipts[:, bucket] - gross[:, bucket]
        missing = target[:, bucket] - now
        is_planned = (missing > SMALL) & (bucket >= earliest)
        planned[:, bucket] = np.where(is_planned, missing, 0.0)
        now = now + planned[:, bucket]
        balance[:, bucket] = now
    return planned, balance
