"""Forecast methods by name, which may be combined with the bank of filters.

A method takes the history qty (n, m) >= 0 units, a horizon h and the buckets of a season, and gives
the mean (n, h) in units. It serves all series at once; leading zeros are buckets before the first
sale. Whoever has a better idea registers it and names it in ``forecast(..., methods=...)``.
"""

from collections.abc import Sequence

import numpy as np

from .history import first_sale
from .intermittent import adida, croston, imapa, sba, tsb
from .smoothing import Method, by_life, damped_trend, ses, theta
from .tables import EngineError

_METHODS: dict[str, Method] = {}


def register(name: str, method: Method, replace: bool = False) -> None:
    """Make a method known by name; EngineError ``method_exists`` unless it may replace another."""
    if name in _METHODS and not replace:
        raise EngineError("method_exists", method=name)
    _METHODS[name] = method


def registered() -> tuple[str, ...]:
    """The names of all methods, in alphabetical order."""
    return tuple(sorted(_METHODS))


def chosen(names: Sequence[str]) -> list[Method]:
    """The methods with these names; EngineError ``method_unknown``."""
    unknown = sorted(set(names) - set(_METHODS))
    if unknown:
        raise EngineError("method_unknown", method=unknown[0], known=registered())
    return [_METHODS[name] for name in names]


def seasonal_naive(qty: np.ndarray, horizon: int, season: int = 12) -> np.ndarray:
    """The same buckets one season earlier; the last value while there is no season of sales.

    qty (n, m) -> (n, horizon).

    >>> seasonal_naive(np.array([[1, 2, 3, 4], [0, 0, 7, 8]]), 3, season=4).tolist()
    [[1.0, 2.0, 3.0], [8.0, 8.0, 8.0]]
    """
    m = qty.shape[1]
    last = np.repeat(qty[:, -1:].astype(float), horizon, axis=1)
    if m < season:
        return last
    same = qty[:, m - season + np.arange(horizon) % season]
    return np.where((m - first_sale(qty) >= season)[:, None], same, last)


@by_life
def naive(qty: np.ndarray, horizon: int, season: int = 12) -> np.ndarray:
    """The last value: qty (n, m) -> (n, horizon)."""
    return np.repeat(qty[:, -1:], horizon, axis=1)


@by_life
def mean(qty: np.ndarray, horizon: int, season: int = 12) -> np.ndarray:
    """The mean since the first sale: qty (n, m) -> (n, horizon)."""
    return np.repeat(qty.mean(axis=1, keepdims=True), horizon, axis=1)


BUILT_IN = (naive, seasonal_naive, mean, ses, damped_trend, theta) + (
    croston,
    sba,
    tsb,
    adida,
    imapa,
)
for _method in BUILT_IN:
    register(_method.__name__, _method)
