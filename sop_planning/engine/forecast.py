"""The statistical forecast of all products at once: interval, backtest error and benchmark."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .accuracy import wmape
from .history import first_sale, usable
from .segments import classify
from .smoothing import Outlook, predict
from .tables import EngineError

CHUNK = 1000  # series in memory at once
ORIGINS, STEPS = 6, 3  # backtest: how many origins, how many buckets ahead
MIN_LIFE = 3  # buckets since first sale before an origin counts
Z80 = 1.2816  # normal quantile of an 80 % interval


@dataclass(frozen=True)
class Forecast:
    """Forecasts of n series for h buckets, in the units of the history.

    mean, low, high (n, h): expectation and 80 % interval, 0 <= low <= mean <= high.
    naive (n, h): seasonal naive, the benchmark. error, error_naive (n,): WMAPE of a rolling-origin
    backtest, NaN where it cannot be measured. pattern (n,): see segments.classify.
    method (n,): ``zero``, ``level``, ``trend``, ``seasonal`` or ``family`` (seasonality borrowed).
    """

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    naive: np.ndarray
    error: np.ndarray
    error_naive: np.ndarray
    pattern: np.ndarray
    method: np.ndarray


def forecast(
    qty: np.ndarray, horizon: int, season: int = 12, groups: np.ndarray | None = None
) -> Forecast:
    """Forecast qty (n, m), the months right before the first forecast month.

    ``groups`` (n,) are families whose members lend each other their seasonality. Raises EngineError
    ``shape`` or ``horizon``.
    """
    sold = _checked(qty, horizon, season)
    n, m = sold.shape
    families = _positions(groups, n)
    pattern = classify(sold, season)
    outlook = _forecast_alive(sold, horizon, season, families)
    error, error_naive = _backtest(sold, season, families)
    margin = Z80 * outlook.deviation
    return Forecast(
        mean=outlook.mean,
        low=np.maximum(outlook.mean - margin, 0.0),
        high=outlook.mean + margin,
        naive=seasonal_naive(sold, horizon, season),
        error=error,
        error_naive=error_naive,
        pattern=pattern,
        method=outlook.method,
    )


def seasonal_naive(qty: np.ndarray, horizon: int, season: int = 12) -> np.ndarray:
    """The same buckets one season earlier; the last value while there is no season of sales.

    qty (n, m) -> (n, horizon).

    >>> seasonal_naive(np.array([[1, 2, 3, 4], [0, 0, 7, 8]]), 3, season=4).tolist()
    [[1.0, 2.0, 3.0], [8.0, 8.0, 8.0]]
    """
    n, m = qty.shape
    last = np.repeat(qty[:, -1:].astype(float), horizon, axis=1)
    if m < season:
        return last
    same = qty[:, m - season + np.arange(horizon) % season]
    return np.where((m - first_sale(qty) >= season)[:, None], same, last)


def _checked(qty: np.ndarray, horizon: int, season: int) -> np.ndarray:
    sold = usable(qty)
    if sold.ndim != 2 or sold.shape[1] == 0:
        raise EngineError("shape", shape=sold.shape)
    if horizon < 1 or season < 2:
        raise EngineError("horizon", horizon=horizon, season=season)
    return sold


def _positions(groups: np.ndarray | None, n: int) -> np.ndarray:
    """Families as positions 0, 1, ...; every series its own family when none are given."""
    if groups is None:
        return np.arange(n)
    if np.shape(groups) != (n,):
        raise EngineError("shape", shape=np.shape(groups))
    return np.unique(groups, return_inverse=True)[1]


def _chunks(groups: np.ndarray) -> Iterator[np.ndarray]:
    """Rows in batches of about CHUNK that keep families together."""
    order = np.argsort(groups, kind="stable")
    batch = np.arange(len(order)) // CHUNK
    starts = np.searchsorted(groups[order], groups[order])  # a family follows its first member
    batch = batch[starts]
    for number in np.unique(batch):
        yield order[batch == number]


def _forecast_alive(sold: np.ndarray, horizon: int, season: int, families: np.ndarray) -> Outlook:
    """Zero for series without sales or dead, smoothing for the others."""
    n = len(sold)
    mean, deviation = np.zeros((n, horizon)), np.zeros((n, horizon))
    method = np.full(n, "zero", dtype="<U8")
    alive = np.flatnonzero(~np.isin(classify(sold, season), ("none", "dead")))
    for rows in _chunks(families[alive]):
        chunk = alive[rows]
        members = np.unique(families[chunk], return_inverse=True)[1]
        part = predict(sold[chunk], horizon, season, members)
        mean[chunk], deviation[chunk], method[chunk] = part.mean, part.deviation, part.method
    return Outlook(mean, deviation, method)


def _backtest(sold: np.ndarray, season: int, families: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """WMAPE (n,) of the forecast and of seasonal naive over the last origins, as they were then."""
    n, m = sold.shape
    actual, model, naive = (np.zeros((n, ORIGINS * STEPS)) for _ in range(3))
    for number in range(ORIGINS):
        origin = m - STEPS - number
        if origin < 1:
            break
        past = sold[:, :origin]
        seen = (origin - first_sale(past) >= MIN_LIFE)[:, None]
        cells = slice(number * STEPS, (number + 1) * STEPS)
        actual[:, cells] = seen * sold[:, origin : origin + STEPS]
        model[:, cells] = seen * _forecast_alive(past, STEPS, season, families).mean
        naive[:, cells] = seen * seasonal_naive(past, STEPS, season)
    return wmape(actual, model), wmape(actual, naive)
