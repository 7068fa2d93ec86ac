"""History without the months that cannot be demand: stock-outs, double bookings, one-off orders.

A Hampel filter (Hampel, 1974) that knows the season: a month is replaced when it lies far away from
its neighbours, and just as far from what this month of the year does to its neighbours otherwise.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .history import first_sale

REACH = 2  # neighbours on either side: a change that lasts longer is a new level, not an outlier
FAR = 6.0  # deviations, as the median sees them, that no demand takes
STEADY = 0.05  # smallest deviation on the square root scale, as a share of the median level
HUGE, FEW = 10.0, 5  # a one-off order: so many times the next largest of so many months
CYCLES = 2  # seasons of history without which nothing is judged
REGULAR = 0.8  # share of months with demand without which a zero says nothing


def cleansed(qty: np.ndarray, season: int = 12) -> np.ndarray:
    """qty (n, m) >= 0 units with outliers replaced by what neighbours and season suggest.

    Young and intermittent products only lose a single month of many times the others.

    >>> qty = np.full((1, 24), 100.0)
    >>> qty[0, 9] = 0.0
    >>> cleansed(qty)[0, 8:11].tolist()
    [100.0, 100.0, 100.0]
    """
    first = first_sale(qty)
    life = qty.shape[1] - first
    judged = (life >= CYCLES * season) & ((qty > 0).sum(axis=1) >= REGULAR * life)
    clean = _without_one_off(qty, ~judged)
    if judged.any():
        clean[judged] = _filtered(qty[judged], first[judged], season)
    return clean


def _without_one_off(qty: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """qty (n, m); in the ``rows`` (n,) bool, a month many times as large as all others is lowered
    to the largest of the others. Needs a few months with demand to say so."""
    clean = qty.copy()
    ordered = np.sort(qty, axis=1)
    if qty.shape[1] < 2:
        return clean
    second = ordered[:, -2]
    is_one_off = rows & ((qty > 0).sum(axis=1) > FEW) & (ordered[:, -1] > HUGE * second)
    clean[is_one_off] = np.minimum(clean[is_one_off], second[is_one_off, None])
    return clean


def _filtered(qty: np.ndarray, first: np.ndarray, season: int) -> np.ndarray:
    """qty (k, m) without outliers; sold regularly from ``first`` (k,) on."""
    is_alive = np.arange(qty.shape[1]) >= first[:, None]
    root = np.where(is_alive, np.sqrt(qty), np.nan)  # the scale on which counts vary evenly
    local = _neighbours(root)
    rest = root - local
    usual = _other_years(rest, season)
    strange = np.abs(rest - usual)
    deviation = np.maximum(1.4826 * median_of_known(strange), STEADY * median_of_known(root))
    # a peak that came in any other year too is the season's
    strange = np.minimum(strange, _nearest_year(rest, season))
    outlier = np.minimum(np.abs(rest), strange) > FAR * deviation[:, None]
    return np.where(outlier, np.maximum(local + usual, 0.0) ** 2, qty)


def _neighbours(values: np.ndarray) -> np.ndarray:
    """Median (k, m) of each month and up to REACH months on either side."""
    padded = np.pad(values, ((0, 0), (REACH, REACH)), constant_values=np.nan)
    return median_of_known(sliding_window_view(padded, 2 * REACH + 1, axis=1))


def _by_year(values: np.ndarray, season: int) -> np.ndarray:
    """Months of the year in rows, years in columns: (k, m) -> (k, season, years), NaN beyond m."""
    k, m = values.shape
    years = -(-m // season)
    padded = np.pad(values, ((0, 0), (0, years * season - m)), constant_values=np.nan)
    return padded.reshape(k, years, season).transpose(0, 2, 1)


def _other_years(values: np.ndarray, season: int) -> np.ndarray:
    """Median (k, m) of the same month in all other years; 0 where there is none."""
    cycles = _by_year(values, season)
    years = range(cycles.shape[2])
    others = [median_of_known(np.delete(cycles, year, axis=2)) for year in years]
    return np.stack(others, axis=1).reshape(len(values), -1)[:, : values.shape[1]]


def _nearest_year(values: np.ndarray, season: int) -> np.ndarray:
    """Distance (k, m) to the closest of the same months in other years; inf where there is none."""
    cycles = _by_year(values, season)
    apart = np.abs(cycles[:, :, :, None] - cycles[:, :, None, :])
    apart[:, :, np.arange(cycles.shape[2]), np.arange(cycles.shape[2])] = np.inf
    nearest = np.where(np.isnan(apart), np.inf, apart).min(axis=3)
    return nearest.transpose(0, 2, 1).reshape(len(values), -1)[:, : values.shape[1]]


def median_of_known(values: np.ndarray) -> np.ndarray:
    """Median of what is not NaN along the last axis; 0 where nothing is.

    >>> median_of_known(np.array([[3.0, np.nan, 5.0], [np.nan, np.nan, np.nan]])).tolist()
    [4.0, 0.0]
    """
    count = (~np.isnan(values)).sum(axis=-1, keepdims=True)
    ordered = np.sort(values, axis=-1)  # unknown last
    middle = [np.maximum(count - 1, 0) // 2, np.minimum(count // 2, values.shape[-1] - 1)]
    halves = [np.take_along_axis(ordered, place, axis=-1) for place in middle]
    return np.where(count > 0, (halves[0] + halves[1]) / 2, 0.0)[..., 0]
