"""The statistical forecast of all products at once: interval, backtest error and benchmark."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .backtest import Backtest, backtest
from .catalogue import Prediction, catalogue, predict, prior_of
from .cleansing import cleansed
from .combination import combined
from .filters import Bank, build_bank
from .hierarchy import Families, sums, with_families
from .history import first_sale, usable
from .intervals import calibrated
from .methods import chosen, seasonal_naive
from .segments import ADI_LIMIT, classify, demand_interval
from .tables import EngineError

# shares of the weights on trend, season, family; a bank that knows nothing has 0.75, 0.8 and 0.3
CLEAR = np.array([0.9, 0.9, 0.5])


@dataclass(frozen=True)
class Forecast:
    """Forecasts of n series for h buckets, in the units of the history.

    mean (n, h): expectation. low, high and low95, high95 (n, h): 80 % and 95 % intervals,
    0 <= low95 <= low <= mean <= high <= high95. naive (n, h): seasonal naive, the benchmark.
    error, error_naive (n,): WMAPE of a rolling-origin backtest; bias (n,): its sum of errors over
    the sum of actuals, positive = too much; coverage (n,): share of its months inside the 80 %
    interval; NaN where they cannot be measured. pattern (n,): see segments.classify. method (n,):
    what weighs most, ``zero``, ``level``, ``trend``, ``seasonal``, ``family`` (its seasonality) or
    the name of an added method. shares (n, 3): how much of the bank's weights lies on a trend, a
    season of its own, the family's season. weights (n, 1 + k): of the bank and each added method.
    corrected (n,): months of history that were corrected. reconciled (n,) bool: moved towards what
    the family's own forecast says of the sum. past: the backtest.
    """

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    low95: np.ndarray
    high95: np.ndarray
    naive: np.ndarray
    error: np.ndarray
    error_naive: np.ndarray
    bias: np.ndarray
    coverage: np.ndarray
    pattern: np.ndarray
    method: np.ndarray
    shares: np.ndarray
    weights: np.ndarray
    corrected: np.ndarray
    reconciled: np.ndarray
    past: Backtest


def forecast(
    qty: np.ndarray,
    horizon: int,
    season: int = 12,
    groups: np.ndarray | None = None,
    clean: np.ndarray | None = None,
    methods: Sequence[str] = (),
) -> Forecast:
    """Forecast qty (n, m), whose last bucket is the one right before the first forecast bucket.

    ``groups`` (n,) are families whose members lend each other their seasonality, and whose sums are
    forecast too: where that was better in the backtest, the members are moved towards it, so that
    the family's figure is always what its members add up to. ``clean`` (n, m) is the history as
    demand would have been without stock-outs, promotions and other exceptions: forecasts start from
    it, and the months that differ are no evidence for or against a forecast. Without it outliers
    are corrected here, and measured like any other month. ``methods`` are names of registered
    methods to combine with the bank of filters. Raises EngineError ``shape``, ``horizon``,
    ``method_unknown`` or ``method_result``.
    """
    sold = _checked(qty, horizon, season)
    chosen(methods)  # before the work
    families = _positions(groups, len(sold))
    demand, normal = _demand(sold, clean, season)
    bank = build_bank(sold.shape[1] + horizon, season)
    outlook, past, weights = _level(sold, demand, normal, bank, families, methods)
    is_moved = np.zeros(len(sold), bool)
    if families is not None:
        above = _families(demand, bank, families, methods)
        outlook, past, is_moved = with_families(outlook, past, demand, above)
    first = first_sale(sold)
    ends, past = calibrated(outlook, past, _kind(sold, first, season))
    return Forecast(
        mean=outlook.mean,
        **ends,
        naive=seasonal_naive(sold, horizon, season),
        error=past.error(past.mean),
        error_naive=past.error(past.naive),
        bias=past.bias(past.mean),
        coverage=past.coverage(),
        pattern=classify(sold, season),
        method=_method(outlook, sold.shape[1] - first > season, weights, methods),
        shares=outlook.shares,
        weights=weights,
        corrected=(demand != sold).sum(axis=1),
        reconciled=is_moved,
        past=past,
    )


def _level(
    sold: np.ndarray,
    demand: np.ndarray,
    normal: np.ndarray,
    bank: Bank,
    families: np.ndarray | None,
    methods: Sequence[str],
) -> tuple[Prediction, Backtest, np.ndarray]:
    """Outlook, backtest and weights (n, 1 + k) of bank and methods, for products or families."""
    m = sold.shape[1]
    histories = catalogue(demand, bank, families, m)
    prior = prior_of(histories)
    (outlook,) = predict(histories, prior, [m], bank.length - m)
    past = backtest(sold, demand, bank, prior, families, normal)
    if not methods:
        return outlook, past, np.ones((len(sold), 1))
    return combined(methods, demand, bank.season, outlook, past)


def _families(
    demand: np.ndarray,
    bank: Bank,
    position: np.ndarray,
    methods: Sequence[str],
) -> Families:
    """The families, forecast in the same way from the sums of their products' histories.

    Families of one product are left at zero: there is nothing that they know better.
    """
    count = int(position.max(initial=-1)) + 1
    total = sums(demand, position, count)
    total[np.bincount(position, demand.any(axis=1), count) < 2] = 0.0
    every = np.ones(total.shape, bool)
    outlook, past, _weights = _level(total, total, every, bank, None, methods)
    return Families(position, outlook, past)


def _demand(
    sold: np.ndarray, clean: np.ndarray | None, season: int
) -> tuple[np.ndarray, np.ndarray]:
    """The history to forecast from (n, m), and which of its buckets may be measured (n, m)."""
    if clean is None:
        return cleansed(sold, season), np.ones(sold.shape, bool)
    if np.shape(clean) != sold.shape:
        raise EngineError("shape", shape=np.shape(clean))
    demand = usable(clean)
    return demand, demand == sold


def _kind(sold: np.ndarray, first: np.ndarray, season: int) -> np.ndarray:
    """Number (n,) of the kind whose errors are alike: regular or rare, young or older."""
    is_rare = demand_interval(sold, first) >= ADI_LIMIT
    return 2 * is_rare + (sold.shape[1] - first < season)


def _method(
    outlook: Prediction, has_cycle: np.ndarray, weights: np.ndarray, methods: Sequence[str]
) -> np.ndarray:
    """Code (n,) of what weighs most: an added method, or what the bank's weights lie on, clearly
    more than on a bank that knows nothing; a season of one's own must have come again."""
    trend, own, family = (outlook.shares > CLEAR).T
    alive = (outlook.mean > 0).any(axis=1)
    added = np.array(["", *methods])[weights.argmax(axis=1)]
    codes = ("zero", added, "family", "seasonal", "trend")
    return np.select([~alive, added != "", family, own & has_cycle, trend], codes, "level")


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
