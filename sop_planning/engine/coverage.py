"""How long stock lasts, where it falls short first, and when more had to be ordered."""

from datetime import date

import numpy as np

from .supply_buckets import SupplyBuckets

SMALL = 1e-6  # units


def days_of_supply(
    stock: np.ndarray, gross: np.ndarray, days: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Days until a need finds no stock any more (n,), and whether none does within the horizon.

    Forward cover [M14][M15]: stock (n,) and gross need (n, T) in units, days (T,) of each bucket;
    the bucket in which stock ends counts by its covered share. Stock that outlasts the horizon, or
    a demand that ends, is capped at the horizon and marked. No stock covers no day.

    >>> need = np.array([[80.0, 76, 72, 68, 64, 60, 56, 52]])
    >>> lasts, capped = days_of_supply(np.array([500.0]), need, np.full(8, 7))
    >>> round(float(lasts[0]) / 7, 4), bool(capped[0])
    (7.4615, False)
    """
    need = np.maximum(gross, 0.0)
    until = np.cumsum(need, axis=1)
    is_unmet = until > stock[:, None] + SMALL
    ends, row = is_unmet.argmax(axis=1), np.arange(len(stock))
    last = need[row, ends]
    left = stock - (until[row, ends] - last)
    share = np.clip(np.divide(left, last, out=np.zeros_like(left), where=last > 0), 0.0, 1.0)
    has_stock = stock > SMALL
    is_capped = has_stock & ~is_unmet.any(axis=1)
    lasts = (np.cumsum(days) - days)[ends] + share * days[ends]
    return np.where(has_stock, np.where(is_capped, days.sum(), lasts), 0.0), is_capped


def first_short(short: np.ndarray) -> np.ndarray:
    """First bucket (n,) with a shortage, -1 without one; short (n, T) units.

    >>> first_short(np.array([[0.0, 3, 0], [0, 0, 0]])).tolist()
    [1, -1]
    """
    is_short = short > SMALL
    return np.where(is_short.any(axis=1), is_short.argmax(axis=1), -1)


def latest_order(
    stock: np.ndarray,
    receipts: np.ndarray,
    gross: np.ndarray,
    target: np.ndarray,
    lead_days: np.ndarray,
    buckets: SupplyBuckets,
    today: date,
) -> tuple[np.ndarray, np.ndarray]:
    """Latest day (n,) datetime64[D] on which more had to be ordered, NaT for never, and whether it
    has passed.

    The lead time before the first day of the first bucket in which stock and open orders alone,
    without what is planned, fall below the target. stock, lead_days (n,); receipts, gross, target
    (n, T) units.
    """
    balance = stock[:, None] + np.cumsum(receipts - gross, axis=1)
    is_below = balance < target - SMALL
    starts = buckets.starts.to_numpy().astype("datetime64[D]")
    begins = np.maximum(starts, np.datetime64(today, "D"))  # of the current week, what is left
    day = begins[is_below.argmax(axis=1)] - np.asarray(lead_days).astype("timedelta64[D]")
    day[~is_below.any(axis=1)] = np.datetime64("NaT")
    return day, day < np.datetime64(today, "D")
