"""From separate figures to the one number people agreed on, and from a family to its products."""

import numpy as np

from .tables import EngineError

WEIGHTS = (0.0, 1.0, 0.0)  # computed, sales, last year: a sales input takes the computed's place

Figure = np.ndarray | float


def computed(
    statistical: Figure, season: Figure = 0.0, event: Figure = 0.0, pipeline: Figure = 0.0
) -> np.ndarray:
    """What the figures say together: statistical + season + event + pipeline; never negative.

    Arrays of one shape, in units; ``season`` is a correction of the statistical figure.

    >>> computed(np.array([10, 10]), season=2, event=np.array([5, -20])).tolist()
    [17.0, 0.0]
    """
    return np.maximum(np.asarray(statistical, float) + season + event + pipeline, 0.0)


def compose(
    statistical: np.ndarray,
    *,
    season: Figure = 0.0,
    event: Figure = 0.0,
    pipeline: Figure = 0.0,
    sales: Figure = 0.0,
    is_sales: np.ndarray | bool = False,
    last_year: Figure = 0.0,
    is_last_year: np.ndarray | bool = True,
    weights: np.ndarray | tuple = WEIGHTS,
    override: Figure = 0.0,
    is_overridden: np.ndarray | bool = False,
) -> np.ndarray:
    """Consensus = override, else the weighted mean of the inputs there are; never negative.

    The inputs are the computed figure, sales (where ``is_sales``) and last year (where
    ``is_last_year``). ``weights`` are an array (..., 3) in this order, or a tuple of three numbers
    or arrays; any scale. Weights that add up to 0 over the inputs there are: the computed figure.
    So by default sales wins, else the computed figure stands. All other arrays have one shape, in
    units; zero is a valid override and a valid sales input. Raises EngineError ``weights``.

    >>> compose(np.array([10, 10, 10]), event=np.array([5, 5, -20]),
    ...         is_overridden=np.array([False, True, False])).tolist()
    [15.0, 0.0, 0.0]
    >>> compose(np.array([100.0, 100.0]), sales=140.0, is_sales=np.array([True, False]),
    ...         last_year=80.0, weights=(50, 25, 25)).round(3).tolist()
    [105.0, 93.333]
    """
    figure = computed(statistical, season, event, pipeline)
    inputs = (
        (figure, True),
        (np.maximum(sales, 0.0), is_sales),
        (np.maximum(last_year, 0.0), is_last_year),
    )
    blend = _weighted_mean(inputs, _three(weights), figure)
    return np.where(is_overridden, np.maximum(override, 0.0), blend)


def _three(weights: np.ndarray | tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The weights of computed, sales and last year. Raises EngineError ``weights``."""
    if isinstance(weights, (np.ndarray, np.generic)):
        weights = tuple(np.moveaxis(weights, -1, 0)) if weights.ndim else ()
    parts = tuple(np.asarray(part, dtype=float) for part in weights)
    if len(parts) != 3 or not all((np.isfinite(part) & (part >= 0)).all() for part in parts):
        raise EngineError("weights")
    return parts


def _weighted_mean(inputs: tuple, weights: tuple, fallback: np.ndarray) -> np.ndarray:
    """Mean of (figure, whether it is there) by weights; the fallback where they are all 0."""
    used = [np.where(is_there, weight, 0.0) for (_figure, is_there), weight in zip(inputs, weights)]
    largest = np.maximum(np.maximum(used[0], used[1]), used[2])
    safe = np.where(largest > 0, largest, 1.0)  # so that tiny and huge weights add up as well
    shares = [weight / safe for weight in used]
    whole = sum(shares)
    blend = sum(
        np.where(share > 0, share * figure, 0.0) for share, (figure, _) in zip(shares, inputs)
    )
    return np.where(largest > 0, blend / np.where(whole > 0, whole, 1.0), fallback)


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
    parts = _largest_remainder(
        units, open_shares(weights, group, locked, len(totals)), group, ~locked
    )
    return np.where(locked, kept, np.round(parts / 10.0**digits, digits))


def open_shares(
    weights: np.ndarray, group: np.ndarray, locked: np.ndarray, count: int
) -> np.ndarray:
    """Each product's share (n,) of what locked products (mask (n,)) leave of its group (positions
    (n,) of ``count`` groups): by weights (n,), equal where these are all zero, 0 for locked ones.
    """
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
