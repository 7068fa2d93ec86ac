"""A bank of linear filters: exponential smoothing models whose constants stand on a fixed grid.

Each filter is an innovations state space model (Hyndman, Koehler, Ord and Snyder, 2008)

    y_t = level + drift + season + e_t,    e_t ~ N(0, sigma^2),

whose unknown initial states have a Gaussian prior: any level, a small drift, a periodic season that
is smooth or rough. So the covariance of y over time is known up to sigma^2, K = H H' + prior, where
H holds the impulse responses of e. One Cholesky factor L L' = K is all there is to a filter:

    errors     E = inv(L) y              standardised one-step errors, each from the past only
    evidence   log p(y) = -(t-1)/2 log(E'E) - log det L + constant
    forecast   y_(t+1..t+h) = L[t:, :t] E,  covariance sigma^2 L[t:, t:] L[t:, t:]'

The leading block of L belongs to any shorter history: all origins of a backtest share it.
"""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

ANY_LEVEL = 1e8  # prior variance of the initial level, in sigma^2
LEVELS = (0.03, 0.1, 0.25, 0.5, 0.9)  # smoothing constant of the level
# smoothing constant of the drift as a share of the level's, damping, prior deviation of the drift
TRENDS = ((0.0, 1.0, 0.0), (0.0, 1.0, 0.05), (0.0, 1.0, 0.2), (0.1, 0.98, 0.1))
# share of the smoothing room left by the level, prior deviation, smoothness of the season
SEASONS = ((0.0, 0.0, 0.0), (0.0, 0.5, 1.0), (0.0, 1.5, 0.6), (0.15, 1.0, 0.6), (0.15, 2.0, 0.0))

MILD = 0.5  # prior deviation of a season that may stand beside a family's


@dataclass(frozen=True)
class Bank:
    """f filters for histories and horizons of together at most T buckets.

    season: buckets a cycle. factor (f, T, T): L above; whiten (f, T, T): its inverse. has_trend,
    has_season, is_mild (f,) bool: a mild filter's season is small and smooth, or none.
    """

    season: int
    factor: np.ndarray
    whiten: np.ndarray
    has_trend: np.ndarray
    has_season: np.ndarray
    is_mild: np.ndarray

    @property
    def length(self) -> int:
        """T."""
        return self.factor.shape[1]

    def part(self, chosen: np.ndarray) -> "Bank":
        """Only the filters ``chosen`` by an (f,) mask."""
        names = ("factor", "whiten", "has_trend", "has_season", "is_mild")
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})


def build_bank(length: int, season: int) -> Bank:
    """All combinations of level, trend and season for ``length`` buckets.

    >>> build_bank(20, 12).factor.shape
    (100, 20, 20)
    """
    grid = list(product(LEVELS, TRENDS, SEASONS))
    factor = np.linalg.cholesky(np.stack([_covariance(length, season, *spec) for spec in grid]))
    return Bank(
        season=season,
        factor=factor,
        whiten=np.tril(np.linalg.inv(factor)),
        has_trend=np.array([trend[2] > 0 for _, trend, _ in grid]),
        has_season=np.array([seasonal[1] > 0 for _, _, seasonal in grid]),
        is_mild=np.array([seasonal[1] <= MILD for _, _, seasonal in grid]),
    )


def _covariance(
    length: int,
    season: int,
    level: float,
    trend: tuple[float, float, float],
    seasonal: tuple[float, float, float],
) -> np.ndarray:
    """K (length, length) of one filter, in sigma^2."""
    share, damping, drift = trend
    room, deviation, smoothness = seasonal
    lag = np.arange(length)
    cycle = _periodic(season, smoothness)
    reach = np.concatenate([[0.0], np.cumsum(damping ** lag[:-1])])
    response = level + level * share * reach + room * (1 - level) * cycle[lag % season]
    response[0] = 1.0
    apart = lag[:, None] - lag
    impulses = np.where(apart >= 0, response[np.maximum(apart, 0)], 0.0)
    states = ANY_LEVEL + np.outer(drift * reach, drift * reach)
    return impulses @ impulses.T + states + deviation**2 * cycle[apart % season]


def _periodic(season: int, smoothness: float) -> np.ndarray:
    """Correlation (season,) of seasonal effects by distance within the cycle; their sum is zero.

    MacKay's periodic kernel; smoothness 0 means that the effects know nothing of their neighbours.
    """
    distance = np.arange(season)
    if smoothness:
        kernel = np.exp(-2 * (np.sin(np.pi * distance / season) / smoothness) ** 2)
    else:
        kernel = (distance == 0).astype(float)
    kernel -= kernel.mean()
    return kernel / kernel[0]
