"""Netting: what must be made or bought, bucket by bucket, level by level of the bills."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .structure import Structure
from .tables import EngineError


@dataclass(frozen=True)
class NetPlan:
    """The plan of n products over T buckets, all (n, T) product units.

    dependent: what planned production takes, less what it yields beside. gross: all that leaves
    stock. receipts: open orders coming in. planned: new supply by the bucket it is due in; started:
    the same by the bucket it begins in. stock: at the end of the bucket, below zero a backlog.
    target: stock aimed at. short: the backlog.

    stock[t] = stock[t-1] + receipts[t] + planned[t] - gross[t], for every product and bucket.
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
    lead_days (n,), SupplyBuckets.shift of it. From bucket ``earliest`` (n,) on, what is missing to
    the target is planned; before, it cannot arrive any more and a shortage is carried on until
    supply catches up. Kits (phantom bills, ``is_kit``) hold no stock: their need is their
    components', in the same bucket.
    """
    n, buckets = demand.shape
    if any(table.shape != (n, buckets) for table in (receipts, needs, target)):
        raise EngineError("shape", expected=(n, buckets))
    gross = demand + needs
    planned, started, balance = (np.zeros((n, buckets)) for _ in range(3))
    bom, extra = structure.bom.tocsr(), structure.byproducts.tocsr()
    for rows in structure.levels:
        gross[rows] += bom[rows] @ started - extra[rows] @ planned
        kits = rows[is_kit[rows]]
        planned[kits] = gross[kits]
        started[kits] = gross[kits]
        rows = rows[~is_kit[rows]]
        planned[rows], balance[rows] = _balances(
            gross[rows], receipts[rows], stock[rows], target[rows], earliest[rows]
        )
        for lag in np.unique(lead_days[rows]):
            same = rows[lead_days[rows] == lag]
            started[same] = planned[same] @ shifts[int(lag)].T if lag else planned[same]
    kept = np.where(is_kit[:, None], 0.0, receipts)
    return NetPlan(gross - demand - needs, gross, kept, planned, started, balance, target)


def _balances(
    gross: np.ndarray,
    receipts: np.ndarray,
    stock: np.ndarray,
    target: np.ndarray,
    earliest: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Planned supply and stock at the end (m, T) of m products that do not depend on each other."""
    planned, balance = np.zeros_like(gross), np.zeros_like(gross)
    now = stock.astype(float).copy()
    for bucket in range(gross.shape[1]):
        now = now + receipts[:, bucket] - gross[:, bucket]
        missing = np.maximum(0.0, target[:, bucket] - now)
        planned[:, bucket] = np.where(bucket >= earliest, missing, 0.0)
        now = now + planned[:, bucket]
        balance[:, bucket] = now
    return planned, balance
