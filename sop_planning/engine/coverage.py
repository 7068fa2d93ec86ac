"""How long stock lasts, where it falls short first, and when more had to be ordered."""

from datetime import date

import numpy as np

from .supply_buckets import SupplyBuckets


def days_of_supply(
    stock: np.ndarray, gross: np.ndarray, days: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Days of future need that stock covers (n,), and whether it covers all of it (n,).

    stock (n,), gross (n, T) units, days (T,) of each bucket; the last bucket counts by its covered
    share [M14][M15]. Stock that outlasts the horizon is capped at it and marked.

    >>> need = np.array([[80.0, 76, 72, 68, 64, 60, 56, 52]])
    >>> lasts, capped = days_of_supply(np.array([500.0]), need, np.full(8, 7))
    >>> round(float(lasts[0]) / 7, 4), bool(capped[0])
    (7.4615, False)
    """
    need = np.maximum(gross, 0.0)
    before = np.cumsum(need, axis=1) - need
    left = np.maximum(stock, 0.0)[:, None] - before
    share = np.divide(left, need, out=np.where(left > 0, 1.0, 0.0), where=need > 0)
    covered = np.clip(share, 0.0, 1.0)
    # once a bucket is not covered in full, later ones without need do not count either
    open_until = np.cumprod(np.hstack([np.ones((len(need), 1)), covered[:, :-1] >= 1.0]), axis=1)
    lasts = (covered * open_until * days).sum(axis=1)
    return lasts, (covered * open_until >= 1.0).all(axis=1)


def first_short(short: np.ndarray) -> np.ndarray:
    """First bucket (n,) with a shortage, -1 without one; short (n, T)."""
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
    """Latest day (n,) on which more had to be ordered, NaT for never, and whether it has passed.

    The lead time before the first bucket in which stock and open orders alone fall below the
    target. stock, lead_days (n,); receipts, gross, target (n, T).
    """
    balance = stock[:, None] + np.cumsum(receipts - gross, axis=1)
    is_below = balance < target - SMALL
    first = is_below.argmax(axis=1)
    day = buckets.starts.to_numpy()[first] - lead_days.astype("timedelta64[D]")
    day = np.where(is_below.any(axis=1), day, np.datetime64("NaT"))
    return day, day < np.datetime64(today)


SMALL = 1e-6  # units
