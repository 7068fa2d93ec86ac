"""What deserves a look: how far a plan is from its reference, and which differences matter."""

import numpy as np

from .history import first_sale, usable
from .tables import EngineError

GROWTH_LIMITS = (0.5, 2.0)
TOLERANCE = 1e-9  # of a ratio: float noise is far below, 0.01 % far above


def trend_reference(qty: np.ndarray, horizon: int = 3, season: int = 12) -> np.ndarray:
    """What the next months would be if the trend went on: (n, m) history -> (n, horizon) units.

    The same months one year earlier x growth: the last half season over the same half a year
    earlier, within [0.5, 2], so that a step is counted once. Less than two seasons since the first
    sale: no growth. Less than a season and a quarter: the mean of the last half season since the
    first sale, because last year was the launch. No sale: 0. The history ends right before the
    first month of the horizon.

    >>> qty = np.concatenate([np.full(12, 10.0), np.full(12, 12.0)])[None]
    >>> trend_reference(qty, 2).round(2).tolist()
    [[14.4, 14.4]]
    """
    sold = usable(qty)
    n, m = sold.shape
    life = m - first_sale(sold)
    half = season // 2
    level = sold[:, -half:].sum(axis=1) / np.clip(life, 1, half)
    padded = np.hstack([np.zeros((n, max(0, 2 * season - m))), sold])
    last = padded[:, -season:]
    recent, before = padded[:, -half:], padded[:, -half - season : -season]
    growth = np.where(life >= 2 * season, _growth(recent.sum(axis=1), before.sum(axis=1)), 1.0)
    same_months = last[:, np.arange(horizon) % season] * growth[:, None]
    return np.where((life >= season + season // 4)[:, None], same_months, level[:, None])


def _growth(last: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Growth factor of yearly sums, limited; 1 where nothing was sold in either year."""
    is_known = before > 0
    ratio = np.divide(last, before, out=np.full(len(last), np.inf), where=is_known)
    return np.where(is_known | (last > 0), np.clip(ratio, *GROWTH_LIMITS), 1.0)


def deviation(plan: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """(plan - reference) / reference, a ratio; +inf = new (no reference), 0 where both are 0.

    >>> deviation(np.array([110, 5, 0]), np.array([100, 0, 0])).round(6).tolist()
    [0.1, inf, 0.0]
    """
    plan, reference = np.broadcast_arrays(
        np.asarray(plan, dtype=float), np.asarray(reference, dtype=float)
    )
    is_known = reference > 0
    blank = np.where(plan > 0, np.inf, 0.0)
    return np.divide(plan - reference, reference, out=blank, where=is_known)


def severity(
    plan: np.ndarray,
    reference: np.ndarray,
    amber: np.ndarray | float = 0.10,
    red: np.ndarray | float = 0.25,
    value: np.ndarray | None = None,
    floor: np.ndarray | float = 0.0,
) -> np.ndarray:
    """``none``, ``amber`` or ``red`` for each plan: strictly more than the threshold away.

    plan, reference (n,) units; thresholds ratios, scalars or (n,); ``value`` (n,) the difference
    in money: below ``floor`` in absolute terms it is not worth a look. No reference but a plan is
    red. Raises EngineError ``thresholds`` unless 0 <= amber <= red.

    >>> severity(np.array([110, 110.01, 125, 125.01]), np.full(4, 100.0)).tolist()
    ['none', 'amber', 'amber', 'red']
    """
    amber, red = np.asarray(amber, dtype=float), np.asarray(red, dtype=float)
    if not ((amber >= 0).all() and (amber <= red).all()):
        raise EngineError("thresholds", amber=amber.tolist(), red=red.tolist())
    distance = np.abs(deviation(plan, reference))
    level = (distance > amber + TOLERANCE).astype(int) + (distance > red + TOLERANCE)
    if value is not None:
        level = np.where(np.abs(value) < floor, 0, level)
    return np.array(["none", "amber", "red"])[level]


def rank(amount: np.ndarray, cap: int) -> np.ndarray:
    """Positions of the ``cap`` largest amounts in absolute terms, largest first, ties in order.

    >>> rank(np.array([5.0, -9.0, 5.0, 1.0]), 3).tolist()
    [1, 0, 2]
    """
    return np.argsort(-np.abs(np.asarray(amount, dtype=float)), kind="stable")[: max(cap, 0)]
