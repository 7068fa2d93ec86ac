"""Families and products that agree: what is known better of the sum corrects its parts.

Least squares with the variances of the backtest (Hyndman, Ahmed, Athanasopoulos and Shang, 2011;
Wickramasuriya, Athanasopoulos and Hyndman, 2019, with a diagonal matrix). Two levels have a closed
form: of what family and sum differ by, the products take the part W / (W + v), W being the sum of
their variances and v the family's, each in proportion to its own variance.
"""

from dataclasses import dataclass

import numpy as np

from .backtest import Backtest
from .catalogue import Prediction

PRIOR = 18.0  # months that the bank's own variance counts beside what was measured
TRUST = 0.3  # in a family's own backtest beside that of all families
ROUNDS = 30  # of sharing out what products at zero cannot give


@dataclass(frozen=True)
class Families:
    """Forecast and backtest of g families, beside those of their n products.

    position (n,): which family a product belongs to.
    """

    position: np.ndarray
    outlook: Prediction
    past: Backtest


def sums(values: np.ndarray, position: np.ndarray, count: int) -> np.ndarray:
    """Sums of products (n, ...) by family: (count, ...).

    >>> sums(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.array([0, 1, 0]), 2).tolist()
    [[6.0, 8.0], [3.0, 4.0]]
    """
    flat = values.reshape(len(values), -1)
    columns = flat.shape[1]
    cell = position[:, None] * columns + np.arange(columns)
    total = np.bincount(cell.ravel(), flat.ravel(), count * columns)
    return total.astype(float).reshape(count, *values.shape[1:])


def reconciled(
    products: np.ndarray,
    families: np.ndarray,
    position: np.ndarray,
    variance: np.ndarray,
    family_variance: np.ndarray,
) -> np.ndarray:
    """Forecasts (n, h) >= 0 of products, moved towards those of their families (g, h).

    variance (n,) and family_variance (g,): of their errors, in squared units; a product without
    variance stays, and so do all products of a family whose variance is infinite.

    >>> reconciled(np.array([[10.0], [20.0]]), np.array([[36.0]]), np.array([0, 0]),
    ...            np.array([1.0, 3.0]), np.array([2.0])).tolist()
    [[11.0], [23.0]]
    """
    count = len(families)
    total = sums(products, position, count)
    weight = sums(variance, position, count)
    part = np.divide(weight, weight + family_variance, out=np.zeros(count), where=weight > 0)
    target = total + part[:, None] * (families - total)
    result = products.astype(float)
    for _ in range(ROUNDS):
        missing = target - sums(result, position, count)
        if (np.abs(missing) <= 1e-12 * target).all():
            break
        open_ = np.where((missing < 0)[position] & (result <= 0), 0.0, variance[:, None])
        room = sums(open_, position, count)
        step = np.divide(missing, room, out=np.zeros_like(missing), where=room > 0)
        result = np.maximum(result + open_ * step[position], 0.0)
    return result


def with_families(
    outlook: Prediction, past: Backtest, demand: np.ndarray, families: Families
) -> tuple[Prediction, Backtest, np.ndarray]:
    """Outlook and backtest reconciled where the family was forecast better than its sum, and (n,)
    whether a product was moved.

    Both are measured in the backtest against demand (n, m). Because the reconciled total lies
    between family and sum, its squared error there cannot be larger than that of the sum. Intervals
    move with the mean.
    """
    position, count = families.position, len(families.past.actual)
    if not past.actual.shape[1]:
        return outlook, past, np.zeros(len(position), bool)
    came = sums(demand[:, past.buckets], position, count)
    of_sum = np.square(sums(past.mean, position, count) - came).mean(axis=1)
    of_family = np.square(families.past.mean - came).mean(axis=1)
    variance = _variance(outlook, past)
    several = np.bincount(position, variance > 0, count) > 1
    expected = of_sum * _ratio(np.where(several, of_family, 0.0), of_sum)
    is_better = (np.maximum(of_family, expected) < of_sum) & several
    of_family = np.where(is_better, expected, np.inf)

    def move(mean: np.ndarray, towards: np.ndarray) -> np.ndarray:
        return reconciled(mean, towards, position, variance, of_family)

    return (
        outlook.moved(move(outlook.mean, families.outlook.mean)),
        past.moved(move(past.mean, families.past.mean)),
        is_better[position] & (variance > 0),
    )


def _ratio(of_family: np.ndarray, of_sum: np.ndarray) -> np.ndarray:
    """What to expect (g,) of the family's mean squared error as a multiple of the sum's.

    What was measured, drawn towards the median of all families: a dozen months, whose errors go
    together, tell little about one. A zero says that nothing was measured.
    """
    known = (of_family > 0) & (of_sum > 0)
    own = np.log(np.divide(of_family, of_sum, out=np.ones_like(of_sum), where=known))
    common = np.median(own[known]) if known.any() else 0.0
    return np.exp(TRUST * own + (1 - TRUST) * common)


def _variance(outlook: Prediction, past: Backtest) -> np.ndarray:
    """Variance (n,) of the products' errors; 0 for what is not expected to be sold any more."""
    squares = (np.square(past.mean - past.actual) * past.seen).sum(axis=1)
    expected = np.square((outlook.high[0] - outlook.low[0])[:, 0] / 2.56)
    variance = (squares + PRIOR * expected) / (past.seen.sum(axis=1) + PRIOR)
    return np.where((outlook.mean > 0).any(axis=1), variance, 0.0)
