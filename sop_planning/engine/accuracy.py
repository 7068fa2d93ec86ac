"""Forecast errors. Positive bias = forecast too high (forecast - actual); n/a is NaN.

All functions work along the last axis: actual and forecast (..., b) in units, b buckets, give
(...,). Hyndman and Koehler (2006), "Another look at measures of forecast accuracy", IJF 22.

>>> actual, forecast = np.array([100, 120, 80, 0, 150]), np.array([110, 100, 90, 10, 120])
>>> float(mae(actual, forecast)), round(float(wmape(actual, forecast)), 4)
(16.0, 0.1778)
"""

import numpy as np


def mae(actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Mean absolute error (also MAD), in units."""
    return np.abs(np.subtract(forecast, actual)).mean(axis=-1)


def mape(actual: np.ndarray, forecast: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean absolute percentage error, and how many buckets it had to skip for lack of demand."""
    actual = np.asarray(actual, dtype=float)
    is_measured = actual != 0
    share = np.abs(_ratio(np.subtract(forecast, actual), actual))
    counted = is_measured.sum(axis=-1)
    return _ratio(np.where(is_measured, share, 0.0).sum(axis=-1), counted), (~is_measured).sum(-1)


def wmape(actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Sum of absolute errors over the sum of actuals; n/a without demand."""
    return _ratio(np.abs(np.subtract(forecast, actual)).sum(axis=-1), _volume(actual))


def smape(actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Mean of 2 |F - A| / (|A| + |F|), between 0 and 2; a bucket with both zero counts as right."""
    error = 2 * np.abs(np.subtract(forecast, actual))
    return np.nan_to_num(_ratio(error, np.abs(actual) + np.abs(forecast))).mean(axis=-1)


def mase(
    actual: np.ndarray, forecast: np.ndarray, history: np.ndarray, season: int = 1
) -> np.ndarray:
    """Mean absolute error over that of the (seasonal) naive forecast within history (..., m).

    Below 1 beats naive. N/a for a constant history or one not longer than the season.
    """
    history = np.asarray(history, dtype=float)
    error = mae(actual, forecast)
    if history.shape[-1] <= season:
        return np.full(error.shape, np.nan)
    return _ratio(error, np.abs(history[..., season:] - history[..., :-season]).mean(axis=-1))


def bias(actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Sum of errors over the sum of actuals: +0.05 is 5 % forecast too much; n/a without demand."""
    return _ratio(np.subtract(forecast, actual).sum(axis=-1), _volume(actual))


def tracking_signal(actual: np.ndarray, forecast: np.ndarray) -> np.ndarray:
    """Sum of errors over the mean absolute error: beyond +-4 the forecast leans to one side.

    N/a when there is no error at all.
    """
    return _ratio(np.subtract(forecast, actual).sum(axis=-1), mae(actual, forecast))


def value_added(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Forecast value added of a step: error before it minus error after it, positive = it helped.

    >>> round(float(value_added(0.40, 0.38)), 2)
    0.02
    """
    return np.subtract(before, after)


def _volume(actual: np.ndarray) -> np.ndarray:
    """Sum of actuals; zero (so: n/a) when returns outweigh sales."""
    return np.maximum(np.sum(actual, axis=-1), 0.0)


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Quotient, NaN where the denominator is zero."""
    numerator, denominator = np.broadcast_arrays(
        np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    )
    safe = np.where(denominator == 0, np.nan, denominator)
    return numerator / safe
