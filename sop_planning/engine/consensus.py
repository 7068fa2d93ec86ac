"""From separate figures to the one number people agreed on, and from a family to its products."""

import numpy as np

from .tables import EngineError


def compose(
    statistical: np.ndarray,
    *,
    event: np.ndarray | float = 0.0,
    pipeline: np.ndarray | float = 0.0,
    sales: np.ndarray | float = 0.0,
    is_sales: np.ndarray | bool = False,
    override: np.ndarray | float = 0.0,
    is_overridden: np.ndarray | bool = False,
) -> np.ndarray:
    """Consensus = override, else sales input, else statistical + event + pipeline; never negative.

    All arrays of one shape, in units; zero is a valid override and a valid sales input.

    >>> compose(np.array([10, 10, 10]), event=np.array([5, 5, -20]),
    ...         is_overridden=np.array([False, True, False])).tolist()
    [15.0, 0.0, 0.0]
    """
    composed = np.where(is_sales, sales, np.asarray(statistical, float) + event + pipeline)
    return np.maximum(np.where(is_overridden, override, composed), 0.0)


def spread(
    total: np.ndarray | float,
    weights: np.ndarray,
    locked_mask: np.ndarray | None = None,
    locked_values: np.ndarray | None = None,
    digits: int = 0,
    groups: np.ndarray | None = None,
) -> np.ndarray:
    """Split totals in proportion to weights, rounded to ``digits`` decimals, sums kept.

    weights (n,) >= 0; locked products (mask (n,)) keep their value (n,), the others share the
    rest; weights that are all zero share equally. ``groups`` (n,) positions into total (g,) splits
    many totals at once; without it there is one total. Largest remainder method, ties to the first.
    Raises EngineError ``weights``, or ``locked`` when the locked values leave no room.

    >>> spread(100, np.ones(3)).tolist()
    [34.0, 33.0, 33.0]
    >>> spread(100, np.ones(3), np.array([True, False, False]), np.array([90, 0, 0])).tolist()
    [90.0, 5.0, 5.0]
    """
    weights = np.asarray(weights, dtype=float)
    totals = np.atleast_1d(np.asarray(total, dtype=float))
    group = np.zeros(len(weights), np.int64) if groups is None else np.asarray(groups)
    locked = np.zeros(len(weights), bool) if locked_mask is None else np.asarray(locked_mask, bool)
    kept = np.where(locked, 0.0 if locked_values is None else locked_values, 0.0)
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise EngineError("weights")
    rest = totals - np.bincount(group, kept, len(totals))
    units = np.rint(rest * 10.0**digits)
    free = np.bincount(group[~locked], minlength=len(totals))
    if (units < 0).any() or (units[free == 0] > 0).any():
        raise EngineError("locked", rest=rest.tolist())
    parts = _largest_remainder(units, _shares(weights, group, locked, len(totals)), group, ~locked)
    return np.where(locked, kept, np.round(parts / 10.0**digits, digits))


def _shares(weights: np.ndarray, group: np.ndarray, locked: np.ndarray, count: int) -> np.ndarray:
    """Each product's share (n,) of its group's rest; equal shares where all weights are zero."""
    open_weights = np.where(locked, 0.0, weights)
    is_blank = np.bincount(group, open_weights, count)[group] == 0
    open_weights = np.where(is_blank & ~locked, 1.0, open_weights)
    sums = np.bincount(group, open_weights, count)[group]
    return np.divide(open_weights, sums, out=np.zeros_like(sums), where=sums > 0)


def _largest_remainder(
    units: np.ndarray, shares: np.ndarray, group: np.ndarray, is_open: np.ndarray
) -> np.ndarray:
    """Whole numbers (n,) close to units (g,) x shares (n,) that add up to units in each group."""
    exact = units[group] * shares
    floor = np.floor(exact + 1e-9)
    remainder = np.where(is_open, np.round(exact - floor, 9), -np.inf)
    missing = units - np.bincount(group, floor, len(units))
    order = np.lexsort((-remainder, group))
    starts = np.searchsorted(group[order], np.arange(len(units)))
    rank = np.empty(len(group), np.int64)
    rank[order] = np.arange(len(group)) - starts[group[order]]
    return floor + (rank < missing[group])
