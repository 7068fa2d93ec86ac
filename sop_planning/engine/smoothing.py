"""Exponential smoothing of many series at once, with seasonal factors of their own or their family.

Holt (1957), Winters (1960); damped trend: Gardner and McKenzie (1985). Parameters stand on a fixed
grid and their forecasts are averaged, weighted by how well each has fitted the series.
"""

from dataclasses import dataclass

import numpy as np

from .history import first_sale

ALPHAS = (0.05, 0.1, 0.2, 0.35, 0.6)
TRENDS = (0.0, 0.15)  # trend constant as a share of alpha
DAMPING = 0.9
SHARPNESS = 3.0  # how much a smaller mean absolute error counts


@dataclass(frozen=True)
class Outlook:
    """Forecast mean and standard deviation (n, h) in units, and method codes (n,)."""

    mean: np.ndarray
    deviation: np.ndarray
    method: np.ndarray


def predict(qty: np.ndarray, horizon: int, season: int, groups: np.ndarray) -> Outlook:
    """Forecast qty (n, m) >= 0 for ``horizon`` buckets; groups (n,) positions of families."""
    m = qty.shape[1]
    factors, method = seasonal_factors(qty, season, groups)
    phase = np.arange(m + horizon) % season
    adjusted = qty / factors[:, phase[:m]]
    mean, spread, slope = _combine(adjusted, first_sale(qty), horizon)
    method = np.where((method == "level") & (slope > 0.1), "trend", method)
    future = factors[:, phase[m:]]
    return Outlook(np.maximum(mean, 0.0) * future, spread * future, method)


def seasonal_factors(
    qty: np.ndarray, season: int, groups: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Factors (n, season) by position modulo season, and whose they are (n,), a method code.

    A series with two seasons of regular sales has its own; others borrow those of their family.
    """
    own, is_own = _factors(qty, season)
    sums = np.zeros((groups.max(initial=-1) + 1, qty.shape[1]))
    np.add.at(sums, groups, qty)
    family, is_family = (part[groups] for part in _factors(sums, season))
    factors = np.where(is_own[:, None], own, np.where(is_family[:, None], family, 1.0))
    return factors, np.select([is_own, is_family], ["seasonal", "family"], "level")


def _factors(qty: np.ndarray, season: int) -> tuple[np.ndarray, np.ndarray]:
    """Classical ratio-to-moving-average factors, shrunk by half a year of ones."""
    n, m = qty.shape
    if m < 2 * season:
        return np.ones((n, season)), np.zeros(n, bool)
    window = np.cumsum(np.hstack([np.zeros((n, 1)), qty]), axis=1)
    moving = (window[:, season:] - window[:, :-season]) / season
    centred = (moving[:, 1:] + moving[:, :-1]) / 2
    start = season // 2
    middle = qty[:, start : start + centred.shape[1]]
    ratio = np.divide(middle, centred, out=np.ones_like(middle), where=centred > 0)
    phase = (start + np.arange(centred.shape[1])) % season
    sums = np.stack([ratio[:, phase == p].sum(axis=1) for p in range(season)], axis=1)
    counts = np.bincount(phase, minlength=season)
    factors = np.clip((sums + 0.5) / (counts + 0.5), 0.05, 10.0)
    recent = qty[:, -2 * season :]
    is_regular = (first_sale(qty) <= m - 2 * season) & ((recent > 0).mean(axis=1) > 0.75)
    return factors / factors.mean(axis=1, keepdims=True), is_regular


def _combine(
    y: np.ndarray, first: np.ndarray, horizon: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weighted mean (n, h), standard deviation (n, h) and relative slope (n,) of the grid."""
    fits = [_smooth(y, first, a, a * share, horizon) for a in ALPHAS for share in TRENDS]
    paths = np.stack([path for path, _ in fits])
    errors = np.stack([error for _, error in fits])
    weights = (errors + 1e-9 + 1e-3 * y.mean(axis=1)) ** -SHARPNESS
    weights /= weights.sum(axis=0)
    mean = (weights[:, :, None] * paths).sum(axis=0)
    base = 1.25 * (weights * errors).sum(axis=0)  # a normal deviation is 1.25 mean absolute errors
    growth = np.sqrt(1 + 0.1 * np.arange(horizon))
    slope = np.abs(mean[:, -1] - mean[:, 0]) / np.maximum(np.abs(mean[:, 0]), 1e-9)
    return mean, base[:, None] * growth, slope


def _smooth(
    y: np.ndarray, first: np.ndarray, alpha: float, beta: float, horizon: int
) -> tuple[np.ndarray, np.ndarray]:
    """One damped-trend filter from first sale on: paths (n, h), mean absolute error (n,)."""
    n, m = y.shape
    level, trend, total = np.zeros(n), np.zeros(n), np.zeros(n)
    for t in range(m):
        age = t - first
        # the first months count as a plain mean until the constant takes over
        gain = np.where(age < 0, 0.0, np.maximum(alpha, 1.0 / (np.maximum(age, 0) + 1.0)))
        error = np.where(age < 0, 0.0, y[:, t] - level - DAMPING * trend)
        total += np.where(age > 0, np.abs(error), 0.0)
        level = level + DAMPING * trend + gain * error
        trend = DAMPING * trend + np.where(age > 2, beta, 0.0) * error
    reach = np.cumsum(DAMPING ** np.arange(1, horizon + 1))
    return level[:, None] + trend[:, None] * reach, total / np.maximum(m - 1 - first, 1)
