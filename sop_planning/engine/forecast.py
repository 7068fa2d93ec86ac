"""The statistical forecast of all products at once: interval, backtest error and benchmark."""

from dataclasses import dataclass

import numpy as np

from .accuracy import wmape
from .catalogue import Prediction, catalogue, predict, prior_of
from .cleansing import cleansed
from .filters import Bank, build_bank
from .history import first_sale, usable
from .intervals import margin_factor
from .segments import classify
from .tables import EngineError

ORIGINS, STEPS = 6, 3  # backtest: how many origins, how many buckets ahead
MIN_LIFE = 3  # buckets since first sale before an origin counts
# shares of the weights on trend, season, family; a bank that knows nothing has 0.75, 0.8 and 0.3
CLEAR = np.array([0.9, 0.9, 0.5])
RARE = ("intermittent", "lumpy")


@dataclass(frozen=True)
class Forecast:
    """Forecasts of n series for h buckets, in the units of the history.

    mean, low, high (n, h): expectation and 80 % interval, 0 <= low <= mean <= high.
    naive (n, h): seasonal naive, the benchmark. error, error_naive (n,): WMAPE of a rolling-origin
    backtest, NaN where it cannot be measured. pattern (n,): see segments.classify. method (n,):
    what weighs most, ``zero``, ``level``, ``trend``, ``seasonal`` or ``family`` (its seasonality).
    corrected (n,): months of history taken for outliers, see cleansing.cleansed.
    """

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    naive: np.ndarray
    error: np.ndarray
    error_naive: np.ndarray
    pattern: np.ndarray
    method: np.ndarray
    corrected: np.ndarray


@dataclass(frozen=True)
class Backtest:
    """What was forecast from earlier origins and what came, (n, c) units over c months.

    Months before a product was MIN_LIFE months old are not ``seen`` (n, c).
    """

    actual: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    naive: np.ndarray
    seen: np.ndarray

    def error(self, forecast: np.ndarray) -> np.ndarray:
        """WMAPE (n,) of ``forecast`` (n, c)."""
        return wmape(self.actual * self.seen, forecast * self.seen)


def forecast(
    qty: np.ndarray, horizon: int, season: int = 12, groups: np.ndarray | None = None
) -> Forecast:
    """Forecast qty (n, m), whose last bucket is the one right before the first forecast bucket.

    ``groups`` (n,) are families whose members lend each other their seasonality. Raises EngineError
    ``shape`` or ``horizon``.
    """
    sold = _checked(qty, horizon, season)
    n, m = sold.shape
    families = _positions(groups, n)
    bank = build_bank(m + horizon, season)
    clean = cleansed(sold, season)
    histories = catalogue(clean, bank, families, m)
    prior = prior_of(histories)
    pattern = classify(sold, season)
    (outlook,) = predict(histories, prior, [m], horizon)
    past = backtest(sold, clean, bank, prior, families)
    low, high = _interval(outlook, past, pattern)
    return Forecast(
        mean=outlook.mean,
        low=low,
        high=high,
        naive=seasonal_naive(sold, horizon, season),
        error=past.error(past.mean),
        error_naive=past.error(past.naive),
        pattern=pattern,
        method=_method(outlook, m - first_sale(sold) > season),
        corrected=(clean != sold).sum(axis=1),
    )


def backtest(
    sold: np.ndarray,
    clean: np.ndarray,
    bank: Bank,
    prior: np.ndarray,
    families: np.ndarray | None,
) -> Backtest:
    """Forecast sold (n, m) again from its last origins, from what was known then.

    Only what is an outlier (``clean``) and the prior are known from today.
    """
    m = sold.shape[1]
    origins = [origin for origin in range(m - STEPS - ORIGINS + 1, m - STEPS + 1) if origin > 0]
    if not origins:
        nothing = np.zeros((len(sold), 0))
        return Backtest(*[nothing] * 5, seen=nothing.astype(bool))
    then = catalogue(clean[:, : origins[-1]], bank, families, origins[0])
    predictions = predict(then, prior, origins, STEPS)
    age = np.array(origins) - first_sale(sold)[:, None]
    return Backtest(
        actual=np.hstack([sold[:, origin : origin + STEPS] for origin in origins]),
        mean=np.hstack([prediction.mean for prediction in predictions]),
        low=np.hstack([prediction.low for prediction in predictions]),
        high=np.hstack([prediction.high for prediction in predictions]),
        naive=np.hstack(
            [seasonal_naive(sold[:, :origin], STEPS, bank.season) for origin in origins]
        ),
        seen=np.repeat(age >= MIN_LIFE, STEPS, axis=1),
    )


def seasonal_naive(qty: np.ndarray, horizon: int, season: int = 12) -> np.ndarray:
    """The same buckets one season earlier; the last value while there is no season of sales.

    qty (n, m) -> (n, horizon).

    >>> seasonal_naive(np.array([[1, 2, 3, 4], [0, 0, 7, 8]]), 3, season=4).tolist()
    [[1.0, 2.0, 3.0], [8.0, 8.0, 8.0]]
    """
    m = qty.shape[1]
    last = np.repeat(qty[:, -1:].astype(float), horizon, axis=1)
    if m < season:
        return last
    same = qty[:, m - season + np.arange(horizon) % season]
    return np.where((m - first_sale(qty) >= season)[:, None], same, last)


def _interval(
    outlook: Prediction, past: Backtest, pattern: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The interval (n, h) with the margins that the backtest asks for, by kind of demand."""
    low, high = outlook.low.copy(), outlook.high.copy()
    rare = np.isin(pattern, RARE)
    for kind in (rare, ~rare):
        seen = past.seen & kind[:, None]
        actual, mean = past.actual[seen], past.mean[seen]
        below = margin_factor(mean - actual, mean - past.low[seen])
        above = margin_factor(actual - mean, past.high[seen] - mean)
        low[kind] = (outlook.mean - below * (outlook.mean - outlook.low))[kind]
        high[kind] = (outlook.mean + above * (outlook.high - outlook.mean))[kind]
    return np.clip(low, 0.0, outlook.mean), np.maximum(high, outlook.mean)


def _method(outlook: Prediction, has_cycle: np.ndarray) -> np.ndarray:
    """Code (n,) of what the weights lie on, clearly more than on a bank that knows nothing; a
    season of one's own must have come again."""
    trend, own, family = (outlook.shares > CLEAR).T
    alive = (outlook.mean > 0).any(axis=1)
    codes = ("zero", "family", "seasonal", "trend")
    return np.select([~alive, family, own & has_cycle, trend], codes, "level")


def _checked(qty: np.ndarray, horizon: int, season: int) -> np.ndarray:
    sold = usable(qty)
    if sold.ndim != 2 or sold.shape[1] == 0:
        raise EngineError("shape", shape=sold.shape)
    if horizon < 1 or season < 2:
        raise EngineError("horizon", horizon=horizon, season=season)
    return sold


def _positions(groups: np.ndarray | None, n: int) -> np.ndarray | None:
    """Families as positions 0, 1, ..."""
    if groups is None:
        return None
    if np.shape(groups) != (n,):
        raise EngineError("shape", shape=np.shape(groups))
    return np.unique(groups, return_inverse=True)[1]
