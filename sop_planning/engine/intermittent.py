"""Methods for demand with many months without any: size and interval, or sums over longer spans.

They give a rate, the same for all buckets ahead. Histories begin with their first sale, see
smoothing.by_life.
"""

import numpy as np

from .smoothing import by_life, smoothed_level

ALPHA = 0.1  # smoothing constant of sizes, intervals and probabilities


@by_life
def croston(qty: np.ndarray, horizon: int, season: int = 12) -> np.ndarray:
    """Croston (1972): smoothed size over smoothed interval of demand. Forecasts too much.

    qty (n, m) -> (n, horizon).

    >>> croston(np.array([[0, 0, 5, 0, 0, 0, 7, 0, 4, 0, 0, 6]]), 1).round(4).tolist()
    [[1.7292]]
    """
    size, interval = size_and_interval(qty, mean_interval(qty))
    return np.repeat((size / interval)[:, None], horizon, axis=1)


def sba(qty: np.ndarray, horizon: int, season: int = 12) -> np.ndarray:
    """Syntetos and Boylan (2005): Croston's method freed of most of its bias.

    qty (n, m) -> (n, horizon).

    >>> sba(np.array([[0, 0, 5, 0, 0, 0, 7, 0, 4, 0, 0, 6]]), 1).round(4).tolist()
    [[1.6427]]
    """
    return (1 - ALPHA / 2) * croston(qty, horizon, season)


@by_life
def tsb(qty: np.ndarray, horizon: int, season: int = 12) -> np.ndarray:
    """Teunter, Syntetos and Babai (2011): smoothed probability of demand times smoothed size.

    Falls towards zero while nothing is sold. qty (n, m) -> (n, horizon).
    """
    size, probability = qty[:, 0], 1 / mean_interval(qty)
    for value in qty.T[1:]:
        size = np.where(value > 0, size + ALPHA * (value - size), size)
        probability = probability + ALPHA * ((value > 0) - probability)
    return np.repeat((probability * size)[:, None], horizon, axis=1)


@by_life
def adida(qty: np.ndarray, horizon: int, season: int = 12) -> np.ndarray:
    """Nikolopoulos et al. (2011): smoothed sums over spans as long as the mean interval of demand.

    qty (n, m) -> (n, horizon).
    """
    return np.repeat(_by_span(qty)[0][:, None], horizon, axis=1)


@by_life
def imapa(qty: np.ndarray, horizon: int, season: int = 12) -> np.ndarray:
    """Petropoulos and Kourentzes (2015): mean of the smoothed sums over all spans up to ADIDA's.

    qty (n, m) -> (n, horizon).
    """
    return np.repeat(_by_span(qty)[1][:, None], horizon, axis=1)


def mean_interval(qty: np.ndarray) -> np.ndarray:
    """Buckets (n,) per demand after the first one; the life of what was sold only once.

    qty (n, m) begins with a demand.
    """
    m, again = qty.shape[1], (qty > 0).sum(axis=1) - 1
    return np.where(again > 0, (m - 1) / np.maximum(again, 1), m)


def size_and_interval(qty: np.ndarray, start: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Croston's smoothed size and interval (n,) after qty (n, m), which begins with a demand.

    The size starts with that demand, the interval with ``start``.

    >>> size, interval = size_and_interval(np.array([[5, 0, 0, 0, 7, 0, 4, 0, 0, 6]]), 3.0)
    >>> size.round(3).tolist(), interval.round(3).tolist()
    ([5.172], [2.991])
    """
    size, interval = qty[:, 0], np.broadcast_to(start, len(qty))
    waited = np.zeros(len(qty))
    for value in qty.T[1:]:
        waited = waited + 1
        hit = value > 0
        size = np.where(hit, size + ALPHA * (value - size), size)
        interval = np.where(hit, interval + ALPHA * (waited - interval), interval)
        waited = np.where(hit, 0, waited)
    return size, interval


def _by_span(qty: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rate (n,) at the span of the mean interval, and the mean of the rates at all shorter ones."""
    longest = np.clip(np.rint(mean_interval(qty)), 1, qty.shape[1]).astype(int)
    rate, total = np.zeros(len(qty)), np.zeros(len(qty))
    for span in range(1, longest.max() + 1):
        rows = longest >= span
        sums = qty[rows][:, qty.shape[1] % span :].reshape(rows.sum(), -1, span).sum(axis=2)
        rate[rows] = smoothed_level(sums) / span
        total += np.where(rows, rate, 0.0)
    return rate, total / longest
