"""Months with more working days: how much more they sell, if they do."""

import numpy as np
from scipy.special import stdtrit

from .tables import EngineError

SEASON = 12
MIN_MONTHS = 24  # with sales: every calendar month twice
SIGNIFICANT = 2.0  # smallest t value, more where Student's t at 97.5 % asks for more
LIMITS = (0.5, 2.0)  # of working days to their mean: shutdowns must not decide, nor become zero
# variance of a month's change of level to that of its noise
CHANGES = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


def working_day_factors(qty: np.ndarray, days: np.ndarray) -> tuple[np.ndarray, float]:
    """Factors (m + h,) that working days give to the months, mean 1 over history; the elasticity.

    qty (m,) or (n, m): demand in one unit of measure or money, products are added up; days (m + h,)
    working days of the company calendar. Divide history by the factors, multiply the forecast.
    Factor = (days / mean days) ^ elasticity. The elasticity, 0 (no effect) to 1 (proportional), is
    estimated from the total of the whole catalogue, see ``elasticity``. Raises EngineError
    ``shape`` or ``days``.

    >>> factors, elasticity = working_day_factors(np.full(24, 100.0), np.tile([20, 22, 21], 10))
    >>> elasticity, factors.tolist() == [1.0] * 30
    (0.0, True)
    """
    total = np.atleast_2d(np.asarray(qty, dtype=float)).sum(axis=0)
    days = np.asarray(days, dtype=float)
    m = len(total)
    if days.ndim != 1 or m == 0 or len(days) < m:
        raise EngineError("shape", shape=days.shape, expected=(m,))
    if not (np.isfinite(days).all() and (days >= 0).all() and days[:m].sum() > 0):
        raise EngineError("days")
    relative = np.clip(days / days[:m].mean(), *LIMITS)
    power = elasticity(total, relative[:m])
    factors = relative**power
    return factors / factors[:m].mean(), power


def elasticity(total: np.ndarray, days: np.ndarray) -> float:
    """By how many per cent demand rises with one per cent more working days, within 0 and 1.

    total (m,) and days (m,) > 0 of consecutive months. Regression of log(total) on log(days), a
    mean for each calendar month (so that only the difference to the usual days of that month
    counts) and a trend; the errors are noise around a level that moves like a random walk, in the
    ratio of variances that is most likely (restricted maximum likelihood, Patterson and Thompson,
    1971). 0 unless t > 2 (Student's t at 97.5 % in short histories) and at least 24 months have
    sales.
    """
    sold = np.flatnonzero(np.isfinite(total) & (total > 0))
    if len(sold) < MIN_MONTHS:
        return 0.0
    log_days = np.log(days[sold])
    calendar = (sold[:, None] % SEASON == np.arange(SEASON)).astype(float)
    calendar = calendar[:, calendar.any(axis=0)]
    others = np.column_stack([calendar, sold - sold.mean()])
    rest = log_days - others @ np.linalg.lstsq(others, log_days, rcond=None)[0]
    if np.abs(rest).max() < 1e-6:
        return 0.0
    design = np.column_stack([rest, others])
    steps = np.minimum(sold[:, None], sold).astype(float)  # covariance of a random walk
    fits = [_fit(np.log(total[sold]), design, np.eye(len(sold)) + q * steps) for q in CHANGES]
    _, slope, t_value = max(fits)
    needed = max(SIGNIFICANT, stdtrit(len(sold) - design.shape[1], 0.975))
    return float(np.clip(slope, 0.0, 1.0)) if t_value > needed else 0.0


def _fit(
    values: np.ndarray, design: np.ndarray, covariance: np.ndarray
) -> tuple[float, float, float]:
    """Restricted log likelihood, slope of the first column and its t value, by least squares."""
    root = np.linalg.cholesky(covariance)
    y, x = np.linalg.solve(root, values), np.linalg.solve(root, design)
    inverse = np.linalg.inv(x.T @ x)
    slopes = inverse @ (x.T @ y)
    free = len(y) - x.shape[1]
    variance = max(((y - x @ slopes) ** 2).sum() / free, 1e-20)
    log_det = 2 * np.log(np.diag(root)).sum() - np.linalg.slogdet(inverse)[1]
    likelihood = -0.5 * (free * np.log(variance) + log_det)
    return likelihood, slopes[0], slopes[0] / np.sqrt(variance * inverse[0, 0])
