"""The forecast made again from earlier origins, and what came."""

from dataclasses import dataclass, replace

import numpy as np

from .accuracy import bias, wmape
from .catalogue import catalogue, predict
from .filters import Bank
from .history import first_sale
from .methods import seasonal_naive
from .mixture import moved_ends

ORIGINS, STEPS = 12, 3  # how many origins, how many buckets ahead
MIN_LIFE = 3  # buckets since first sale before an origin counts


@dataclass(frozen=True)
class Backtest:
    """Forecasts of n series from o origins, STEPS buckets ahead, in units.

    origins (o,): position of the first bucket forecast; the forecast knows the buckets before it.
    All others have c = o * STEPS columns, origin by origin and step by step within: column
    ``i * STEPS + k`` is bucket ``origins[i] + k``, forecast at lag k + 1. actual, mean, naive, and
    low, high (80 %), low95, high95 (n, c). seen (n, c) bool: what may be measured; not the buckets
    of a product younger than MIN_LIFE buckets at the origin, nor those that were corrected.
    """

    origins: np.ndarray
    actual: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    low95: np.ndarray
    high95: np.ndarray
    naive: np.ndarray
    seen: np.ndarray

    @property
    def lags(self) -> np.ndarray:
        """Lag (c,) of each column: 1 for the bucket right after what was known."""
        return np.tile(np.arange(STEPS) + 1, len(self.origins))

    @property
    def buckets(self) -> np.ndarray:
        """Position (c,) of each column's bucket in the history."""
        return np.repeat(self.origins, STEPS) + self.lags - 1

    def by_origin(self, values: np.ndarray) -> np.ndarray:
        """Columns (..., c) as origins and steps (..., o, STEPS)."""
        return values.reshape(*values.shape[:-1], len(self.origins), STEPS)

    def moved(self, mean: np.ndarray) -> "Backtest":
        """The same around another mean (n, c)."""
        low, high = moved_ends(self.low, self.high, self.mean, mean)
        low95, high95 = moved_ends(self.low95, self.high95, self.mean, mean)
        return replace(self, mean=mean, low=low, high=high, low95=low95, high95=high95)

    def error(self, forecast: np.ndarray) -> np.ndarray:
        """WMAPE (n,) of ``forecast`` (n, c)."""
        return wmape(self.actual * self.seen, forecast * self.seen)

    def bias(self, forecast: np.ndarray) -> np.ndarray:
        """Sum of errors over the sum of actuals (n,) of ``forecast`` (n, c)."""
        return bias(self.actual * self.seen, forecast * self.seen)

    def coverage(self) -> np.ndarray:
        """Share (n,) of what was seen inside the 80 % interval; NaN where nothing was."""
        inside = (self.low <= self.actual) & (self.actual <= self.high) & self.seen
        count = self.seen.sum(axis=1)
        return np.where(count > 0, inside.sum(axis=1) / np.maximum(count, 1), np.nan)


def backtest(
    sold: np.ndarray,
    clean: np.ndarray,
    bank: Bank,
    prior: np.ndarray,
    families: np.ndarray | None,
    normal: np.ndarray,
) -> Backtest:
    """Forecast sold (n, m) again from its last origins, from what was known then.

    Only the corrections (``clean``) and the prior (m + 1, F) are known from today. Buckets that are
    not ``normal`` (n, m) bool are not measured. The intervals are the bank's, not calibrated.
    """
    m = sold.shape[1]
    origins = np.arange(max(1, m - STEPS - ORIGINS + 1), max(1, m - STEPS + 1))
    if not len(origins):
        nothing = np.zeros((len(sold), 0))
        return Backtest(origins, *[nothing] * 7, seen=nothing.astype(bool))
    then = catalogue(clean[:, : origins[-1]], bank, families, origins[0])
    predictions = predict(then, prior, origins, STEPS)
    low, high = (
        np.concatenate([getattr(prediction, side) for prediction in predictions], axis=2)
        for side in ("low", "high")
    )
    is_old = origins - first_sale(sold)[:, None] >= MIN_LIFE
    return Backtest(
        origins=origins,
        actual=_after(sold, origins),
        mean=np.hstack([prediction.mean for prediction in predictions]),
        low=low[0],
        high=high[0],
        low95=low[1],
        high95=high[1],
        naive=np.hstack(
            [seasonal_naive(sold[:, :origin], STEPS, bank.season) for origin in origins]
        ),
        seen=_after(normal, origins) & np.repeat(is_old, STEPS, axis=1),
    )


def _after(values: np.ndarray, origins: np.ndarray) -> np.ndarray:
    """The STEPS buckets from each origin on: (n, m) -> (n, o * STEPS)."""
    return np.hstack([values[:, origin : origin + STEPS] for origin in origins])
