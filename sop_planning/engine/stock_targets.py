"""Safety stock from service level, forecast error and lead time, and what is too much."""

import numpy as np
from scipy.stats import norm

from .structure import Structure, requirements
from .tables import EngineError

QUARTER = 91  # days over which the rate of demand is taken


def safety_factor(service_level: np.ndarray | float) -> np.ndarray:
    """Standard deviations to cover for a cycle service level: the chance of no stock-out in a
    replenishment cycle, not the share of demand met (fill rate). Strictly between 0 and 1, else
    EngineError ``service_level``.

    >>> safety_factor(np.array([0.95, 0.975])).round(3).tolist()
    [1.645, 1.96]
    """
    level = np.asarray(service_level, dtype=float)
    if not ((level > 0) & (level < 1)).all():
        raise EngineError("service_level")
    return norm.ppf(level)


def safety_stock(
    factor: np.ndarray | float,
    error: np.ndarray | float,
    lead_days: np.ndarray | float,
    rate: np.ndarray | float = 0.0,
    lead_std: np.ndarray | float = 0.0,
    review_days: float = 0.0,
) -> np.ndarray:
    """factor * sqrt((L + R) error^2 + rate^2 lead_std^2) [M12][M13], broadcast, in units.

    error: standard deviation of the forecast error of a day, which is independent from day to day;
    rate: demand a day; lead_days (L), lead_std and review_days (R) in days. A factor below 0 (a
    service level below one half) asks for no safety stock. The normal law is poor for intermittent
    products. Raises EngineError ``lead_days`` where L + R is below 0.

    >>> round(float(safety_stock(1.645, 20, 10)), 2)
    104.04
    >>> round(float(safety_stock(1.645, 20, 10, rate=100, lead_std=3)), 2)
    504.35
    """
    lead = np.asarray(lead_days, dtype=float) + review_days
    if (lead < 0).any():
        raise EngineError("lead_days")
    variance = lead * np.square(error) + np.square(np.multiply(rate, lead_std))
    return np.maximum(factor, 0.0) * np.sqrt(variance)


def stock_targets(
    structure: Structure,
    demand: np.ndarray,
    error: np.ndarray,
    service_level: np.ndarray,
    lead_days: np.ndarray,
    lead_std: np.ndarray,
    review_days: float,
    days: np.ndarray,
) -> np.ndarray:
    """Proposed safety stock of every product and bucket (n, T), rising and falling with demand.

    demand (n, T): independent demand in units; error, service_level, lead_days, lead_std (n,) as in
    ``safety_stock``, service_level that of a cycle; days (T,) of each bucket. The error of a
    component is its own and that of all it goes into: variances add up, by the square of the
    quantities, since errors are taken as independent (too little where a component goes into one
    product in several ways). In each bucket the error is as much larger or smaller as the need a
    day of the quarter that follows is against its mean over the horizon: the stock covers a season,
    not a single order.
    """
    need = requirements(structure, np.maximum(demand, 0.0))
    rate = forward_rate(need, days)
    mean = need.sum(axis=1, keepdims=True) / days.sum()
    busy = np.divide(rate, mean, out=np.zeros_like(rate), where=mean > 0)
    spread = np.sqrt(_variances(structure, np.square(error)))
    return safety_stock(
        safety_factor(service_level)[:, None],
        spread[:, None] * busy,
        lead_days[:, None],
        rate,
        lead_std[:, None],
        review_days,
    )


def forward_rate(need: np.ndarray, days: np.ndarray, window: int = QUARTER) -> np.ndarray:
    """Need a day (n, T) over the ``window`` days from the start of each bucket on, or over what is
    left of the horizon. need (n, T) units, days (T,).

    >>> forward_rate(np.array([[280.0, 0, 0, 0]]), np.full(4, 7), 14).tolist()
    [[20.0, 0.0, 0.0, 0.0]]
    """
    end = np.cumsum(days).astype(float)
    start = end - days
    until = np.minimum(start + window, end[-1])
    overlap = np.minimum(end[:, None], until) - np.maximum(start[:, None], start)
    share = np.maximum(overlap, 0.0) / days[:, None]
    return need @ share / (until - start)


def _variances(structure: Structure, own: np.ndarray) -> np.ndarray:
    """Variance (n,) of what is needed of each product, its own and through what it goes into."""
    total = own.copy()
    squared = structure.bom.power(2).tocsr()
    for rows in structure.levels[1:]:
        total[rows] += squared[rows] @ total
    return total


def excess(
    stock: np.ndarray,
    safety: np.ndarray,
    rate: np.ndarray,
    lead_days: np.ndarray,
    review_days: float,
) -> np.ndarray:
    """Stock beyond safety stock and the demand over lead time and review period (n,), in units:
    what a replenishment policy would never have ordered. stock, safety (n,) units; rate (n,) units
    a day; lead_days (n,).

    >>> stock, safety, rate = np.array([500.0, 90]), np.array([50.0, 50]), np.array([10.0, 10])
    >>> excess(stock, safety, rate, np.array([14, 14]), 7).tolist()
    [240.0, 0.0]
    """
    return np.maximum(0.0, stock - (safety + rate * (lead_days + review_days)))


def rebuilt(target: np.ndarray, stock: np.ndarray, weeks: int) -> np.ndarray:
    """Stock to plan towards (n, T) when missing safety stock is rebuilt evenly over ``weeks``
    buckets instead of at once, which no factory could make. target (n, T), stock (n,).

    >>> rebuilt(np.full((1, 4), 80.0), np.array([20.0]), 3).tolist()
    [[40.0, 60.0, 80.0, 80.0]]
    """
    missing = np.maximum(0.0, target[:, 0] - np.maximum(stock, 0.0))
    step, count = np.arange(1, target.shape[1] + 1), max(weeks, 1)
    still = np.maximum(0, count - step) / count
    return np.maximum(0.0, target - missing[:, None] * still)
