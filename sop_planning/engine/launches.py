"""How a new product is expected to start: like a product that started before, or by a ramp."""

import numpy as np

from .history import first_sale, usable

SILENT = 6  # months without sales before the first one; less tells no launch from rare demand
RECENT = 12  # months whose mean is the level of a like-item without a forecast


def launch_curves(
    like_past: np.ndarray, like_future: np.ndarray, age: np.ndarray, ramp: np.ndarray
) -> np.ndarray:
    """Expected units (e, h) of e launches from their like-items, scale not applied.

    like_past (e, m) and like_future (e, h): history and forecast of the like-item, adjoining
    months; age (e,): age in months at the first planned month, negative before the launch; ramp
    (e,): the month of the launch that is the first at the full level.

    A like-item whose own launch lies inside the history lends its curve: its first month to the
    first month, and so on, then its forecast. Otherwise its forecast x a linear ramp: with a ramp
    of 3, a third in the first month, two thirds in the second, everything from the third on.

    >>> launch_curves(np.full((1, 9), 50.0), np.full((1, 4), 60.0), np.array([-1]), np.array([3]))
    array([[ 0., 20., 40., 60.]])
    """
    sold = usable(like_past)
    m = sold.shape[1]
    first = first_sale(sold)[:, None]
    is_launch = (first >= SILENT) & (first < m)
    month = age[:, None] + np.arange(like_future.shape[1])
    column = first + month
    lived = np.take_along_axis(sold, np.clip(column, 0, m - 1), axis=1)
    share = np.clip((month + 1) / np.maximum(ramp, 1)[:, None], 0.0, 1.0)
    later = np.where(is_launch, like_future, like_future * share)
    return np.where(month >= 0, np.where(is_launch & (column < m), lived, later), 0.0)


def recent_level(past: np.ndarray) -> np.ndarray:
    """Mean (e,) of the last RECENT months since the first sale: past (e, m) units.

    >>> recent_level(np.array([[0.0, 0.0, 4.0, 8.0]])).tolist()
    [6.0]
    """
    sold = usable(past)
    life = np.clip(sold.shape[1] - first_sale(sold), 1, RECENT)
    return sold[:, -RECENT:].sum(axis=1) / life
