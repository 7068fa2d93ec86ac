"""Orders consume the forecast: what of it is still to come, and when."""

import numpy as np

from .plan import WHOLE, whole_units
from .supply_buckets import SupplyBuckets
from .tables import EngineError

ZONES = ("frozen", "slushy", "liquid")


def consumed(forecast: np.ndarray, orders: np.ndarray) -> np.ndarray:
    """What of the monthly forecast no order has consumed yet; forecast, orders, result (n, M).

    Month after month, orders consume the forecast of their own month; what exceeds it consumes what
    is left of the month before, then the month after, before that month's own orders do. That is
    how frePPLe nets a forecast with a window of 30 days on both sides, the example below is its
    own; orders beyond the window consume nothing. Never negative, never more consumed than ordered.
    Negative figures count as 0. Raises EngineError ``shape``.

    >>> orders = np.array([[300.0, 500.0, 280.0, 0.0]])
    >>> consumed(np.full((1, 4), 350.0), orders).tolist()
    [[0.0, 0.0, 0.0, 320.0]]
    """
    if forecast.shape != orders.shape:
        raise EngineError("shape", forecast=forecast.shape, orders=orders.shape)
    net, orders = np.maximum(forecast, 0.0), np.maximum(orders, 0.0)
    last = net.shape[1] - 1
    for month in range(last + 1):
        over = orders[:, month].copy()
        for other in (month, max(month - 1, 0), min(month + 1, last)):
            taken = np.minimum(over, net[:, other])
            net[:, other] -= taken
            over -= taken
    return net


def bucket_demand(
    net: np.ndarray,
    open_orders: np.ndarray,
    shares: np.ndarray,
    fence: int = 0,
    is_whole: np.ndarray | None = None,
) -> np.ndarray:
    """Demand by bucket (n, T): open orders where they are due and the forecast that is left.

    net (n, M) from ``consumed``; open_orders (n, T); shares (M, T) from ``month_shares``. In the
    first ``fence`` buckets only orders count: what of a month's forecast falls there moves to its
    later buckets, and is dropped when there is none. Forecasts of products that come in whole units
    (``is_whole`` (n,); without it those whose net forecast does) are rounded so that running totals
    are never more than half a unit off. Raises EngineError ``fence``.

    >>> bucket_demand(np.array([[8.0]]), np.array([[5.0, 0, 0]]), np.array([[0.5, 0.25, 0.25]]), 1)
    array([[5., 4., 4.]])
    """
    if fence < 0:
        raise EngineError("fence", buckets=fence)
    spread = net @ _behind(shares, fence)
    if is_whole is None:
        is_whole = (np.abs(net - np.rint(net)) < WHOLE).all(axis=1)
    spread[is_whole] = whole_units(spread[is_whole])
    return open_orders + spread


def _behind(shares: np.ndarray, fence: int) -> np.ndarray:
    """Shares (M, T) moved behind the first ``fence`` buckets, as far as a month reaches there."""
    behind = shares.copy()
    behind[:, :fence] = 0.0
    total, left = shares.sum(axis=1, keepdims=True), behind.sum(axis=1, keepdims=True)
    return behind * np.divide(total, left, out=np.zeros_like(total), where=left > 0)


def zones(buckets: SupplyBuckets, frozen_weeks: int, slushy_weeks: int) -> np.ndarray:
    """The time fence zone (T,) of each bucket: frozen up to the demand time fence, slushy up to the
    planning time fence, liquid behind it (APICS). Weeks are counted from the cycle's first one."""
    week = buckets.weeks
    is_week = week > 0
    return np.select(
        [is_week & (week <= frozen_weeks), is_week & (week <= slushy_weeks)], ZONES[:2], ZONES[2]
    )
