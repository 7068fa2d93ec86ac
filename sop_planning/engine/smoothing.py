"""Exponential smoothing of all series at once, with constants chosen from a grid for each.

The methods here take histories that begin with their first sale; ``by_life`` gives them those.
"""

from collections.abc import Callable
from functools import wraps

import numpy as np

from .history import first_sale
from .seasons import moving_average_factors

ALPHAS = np.arange(1, 20) / 20  # smoothing constants of a level
TRENDS = [(alpha, beta, 0.9) for alpha in (0.1, 0.3, 0.5, 0.7, 0.9) for beta in (0.05, 0.2, 0.5)]
SURE = 1.645  # normal quantile beyond which an autocorrelation is no chance (90 %)

Method = Callable[[np.ndarray, int, int], np.ndarray]


def by_life(method: Method) -> Method:
    """``method`` called with the series (k, t) of each age, from their first sale on.

    What was never sold is forecast as 0; nothing is forecast below 0.
    """

    @wraps(method)
    def whole(qty: np.ndarray, horizon: int, season: int = 12) -> np.ndarray:
        first, m = first_sale(qty), qty.shape[1]
        result = np.zeros((len(qty), horizon))
        for start in np.unique(first[first < m]):
            rows = np.flatnonzero(first == start)
            alive = np.asarray(qty[rows, start:], dtype=float)
            result[rows] = np.maximum(method(alive, horizon, season), 0.0)
        return result

    return whole


@by_life
def ses(qty: np.ndarray, horizon: int, season: int = 12) -> np.ndarray:
    """Simple exponential smoothing (Brown, 1959), its constant by least one-step errors.

    qty (n, m) -> (n, horizon).

    >>> ses(np.array([[8.0, 8.0, 8.0, 8.0]]), 2).tolist()
    [[8.0, 8.0]]
    """
    return np.repeat(smoothed_level(qty)[:, None], horizon, axis=1)


@by_life
def damped_trend(qty: np.ndarray, horizon: int, season: int = 12) -> np.ndarray:
    """Damped trend (Gardner and McKenzie, 1985) of the seasonally adjusted history.

    qty (n, m) -> (n, horizon).
    """
    adjusted, factors = seasonally_adjusted(qty, horizon, season)
    alpha, beta, damping = np.array(TRENDS).T[:, :, None]
    level, slope = adjusted[:, 0] + 0 * alpha, 0 * (adjusted[:, 0] + alpha)
    squares = np.zeros_like(level)
    for value in adjusted.T[1:]:
        error = value - level - damping * slope
        squares += error**2
        level = level + damping * slope + alpha * error
        slope = damping * slope + alpha * beta * error
    best = squares.argmin(axis=0)
    reach = np.cumsum(damping[best] ** np.arange(1, horizon + 1), axis=1)
    series = np.arange(len(qty))
    return (level[best, series][:, None] + reach * slope[best, series][:, None]) * factors


@by_life
def theta(qty: np.ndarray, horizon: int, season: int = 12) -> np.ndarray:
    """The theta method (Assimakopoulos and Nikolopoulos, 2000): mean of a line and of a smoothed
    history with twice its curvature, after seasonal adjustment where a season is evident.

    qty (n, m) -> (n, horizon).
    """
    adjusted, factors = seasonally_adjusted(qty, horizon, season)
    t = np.arange(qty.shape[1] + horizon) - (qty.shape[1] - 1) / 2
    past, future = t[: qty.shape[1]], t[qty.shape[1] :]
    slope = adjusted @ past / max(past @ past, 1.0)
    centre = adjusted.mean(axis=1)
    curved = 2 * adjusted - (centre[:, None] + np.outer(slope, past))
    line = centre[:, None] + np.outer(slope, future)
    return (line + smoothed_level(curved)[:, None]) / 2 * factors


def smoothed_level(qty: np.ndarray) -> np.ndarray:
    """Last level (n,) of qty (n, m), smoothed from its first value on with the best of ALPHAS."""
    alpha = ALPHAS[:, None]
    level = qty[:, 0] + 0 * alpha
    squares = np.zeros_like(level)
    for value in qty.T[1:]:
        error = value - level
        squares += error**2
        level = level + alpha * error
    return level[squares.argmin(axis=0), np.arange(len(qty))]


def seasonally_adjusted(
    qty: np.ndarray, horizon: int, season: int
) -> tuple[np.ndarray, np.ndarray]:
    """History (n, m) divided by seasonal factors, and the factors (n, horizon) of what follows.

    Series whose autocorrelation at one season may be chance, or younger than three seasons, stay as
    they are: the test of the theta method's authors.
    """
    n, m = qty.shape
    if m < 3 * season:
        return qty, np.ones((n, horizon))
    factors = np.where(has_season(qty, season)[:, None], moving_average_factors(qty, season), 1.0)
    phase = np.arange(m + horizon) % season
    return qty / factors[:, phase[:m]], factors[:, phase[m:]]


def has_season(qty: np.ndarray, season: int) -> np.ndarray:
    """Whether the autocorrelation at one season is larger than chance makes it (Bartlett): (n,)."""
    centred = qty - qty.mean(axis=1, keepdims=True)
    total = np.maximum(np.square(centred).sum(axis=1), 1e-300)
    correlation = np.stack(
        [(centred[:, lag:] * centred[:, :-lag]).sum(axis=1) / total for lag in range(1, season + 1)]
    )
    chance = np.sqrt((1 + 2 * np.square(correlation[:-1]).sum(axis=0)) / qty.shape[1])
    return correlation[-1] > SURE * chance
