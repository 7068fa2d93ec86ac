"""Demand classes: how regular and how alive each product's demand is.

Syntetos, Boylan and Croston (2005), "On the categorization of demand patterns", JORS 56.
"""

import numpy as np

from .history import first_sale, usable

ADI_LIMIT = 1.32
CV2_LIMIT = 0.49
NEW_MONTHS = 6
CODES = ("smooth", "erratic", "intermittent", "lumpy")


def demand_interval(qty: np.ndarray, first: np.ndarray | int = 0) -> np.ndarray:
    """ADI, average demand interval: buckets from ``first`` on per bucket with demand.

    qty (n, m) units, first (n,) position to count from. Returns (n,) buckets; inf without demand.

    >>> demand_interval(np.array([[0, 0, 5, 0, 0, 0, 7, 0, 4, 0, 0, 6]])).tolist()
    [3.0]
    """
    life = qty.shape[1] - np.broadcast_to(first, len(qty))
    hits = (qty > 0).sum(axis=1)
    return np.divide(life, hits, out=np.full(len(qty), np.inf), where=hits > 0)


def demand_variation(qty: np.ndarray) -> np.ndarray:
    """CV2, squared coefficient of variation of the non-zero demand (population variance).

    qty (n, m) units. Returns (n,) without unit; 0 without demand.

    >>> demand_variation(np.array([[0, 0, 5, 0, 0, 0, 7, 0, 4, 0, 0, 6]])).round(4).tolist()
    [0.0413]
    """
    hits = np.maximum((qty > 0).sum(axis=1), 1)
    mean = np.where(qty > 0, qty, 0.0).sum(axis=1) / hits
    relative = np.where(qty > 0, qty, mean[:, None]) / np.where(mean > 0, mean, 1.0)[:, None]
    return np.where(mean > 0, ((relative - 1.0) ** 2 * (qty > 0)).sum(axis=1) / hits, 0.0)


def classify(qty: np.ndarray, season: int = 12, new_months: int = NEW_MONTHS) -> np.ndarray:
    """Pattern code of each row of qty (n, m), judged from its first sale on: (n,) of str.

    none          no sale at all
    dead          at least a season since the first sale, and none in the last season
    new           first sold less than ``new_months`` buckets ago
    smooth        ADI <  1.32, CV2 <  0.49
    erratic       ADI <  1.32, CV2 >= 0.49
    intermittent  ADI >= 1.32, CV2 <  0.49
    lumpy         ADI >= 1.32, CV2 >= 0.49

    >>> classify(np.array([[4, 5, 4, 5, 4, 5, 4], [0, 0, 0, 0, 0, 0, 9]])).tolist()
    ['smooth', 'new']
    """
    sold = usable(qty)
    first = first_sale(sold)
    life = sold.shape[1] - first
    rare = demand_interval(sold, first) >= ADI_LIMIT
    varied = demand_variation(sold) >= CV2_LIMIT
    pattern = np.array(CODES, dtype="<U12")[2 * rare + varied]
    pattern[life < new_months] = "new"
    pattern[(life >= season) & ~(sold[:, -season:] > 0).any(axis=1)] = "dead"
    pattern[life == 0] = "none"
    return pattern
