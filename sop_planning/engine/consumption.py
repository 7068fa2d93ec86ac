"""Orders consume the forecast: what of it is still to come, and when."""

import numpy as np

from .plan import whole_units
from .supply_buckets import SupplyBuckets
from .tables import EngineError

ZONES = ("frozen", "slushy", "liquid")


def consumed(forecast: np.ndarray, orders: np.ndarray) -> np.ndarray:
    """What of the monthly forecast no order has consumed yet; forecast, orders, result (n, M).

    Month after month, orders consume the forecast of their own month; what exceeds it consumes what
    is left of the month before, then the month after, before that month's own orders do: a window
    of one month on both sides [F14]. Never negative, and never more consumed than ordered.

    >>> orders = np.array([[300.0, 500.0, 280.0, 0.0]])
    >>> consumed(np.full((1, 4), 350.0), orders).tolist()
    [[0.0, 0.0, 0.0, 320.0]]
    """
    if forecast.shape != orders.shape:
        raise EngineError("shape", forecast=forecast.shape, orders=orders.shape)
    forecast, orders = np.maximum(forecast, 0.0), np.maximum(orders, 0.0)
    net = forecast.copy()
    for month in range(forecast.shape[1]):
        over = orders[:, month].copy()
        for other in (month, month - 1, month + 1):
            if 0 <= other < forecast.shape[1]:
                taken = np.minimum(over, net[:, other])
                net[:, other] -= taken
                over -= taken
    return net


def bucket_demand(
    net: np.ndarray, open_orders: np.ndarray, shares: np.ndarray, frozen: int = 0
) -> np.ndarray:
    """Demand by bucket (n, T): open orders where they are due and the forecast that is left.

    net (n, M) from ``consumed``; open_orders (n, T); shares (M, T) from ``month_shares``. In the
    first ``frozen`` buckets only orders count: what of a month's forecast falls there moves to its
    later buckets, and is dropped when there is none. Where the forecast of a product is in whole
    units, so is what comes out, with the same totals.
    """
    open_shares = shares.copy()
    open_shares[:, :frozen] = 0.0
    total, kept = shares.sum(axis=1, keepdims=True), open_shares.sum(axis=1, keepdims=True)
    scale = np.divide(total, kept, out=np.zeros_like(total), where=kept > 0)
    spread = net @ (open_shares * scale)
    is_whole = (net == np.round(net)).all(axis=1)
    spread[is_whole] = whole_units(spread[is_whole])
    return open_orders + spread


def zones(buckets: SupplyBuckets, frozen_weeks: int, slushy_weeks: int) -> np.ndarray:
    """The time fence zone (T,) of each bucket: frozen up to the demand time fence, slushy up to the
    planning time fence, liquid behind it [M24]. Weeks are counted from the cycle's first one."""
    week = buckets.weeks
    is_week = week > 0
    return np.select(
        [is_week & (week <= frozen_weeks), is_week & (week <= slushy_weeks)], ZONES[:2], ZONES[2]
    )
