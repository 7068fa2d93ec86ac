"""How surprising a sum over some months is, given the months before it.

Values arise at a rate per unit of exposure, with a variance of ``dispersion`` per unit. Exposure is
what makes values comparable: months weighted by their season, or the number of orders. The rate is
known only from its base, which widens the prediction by exposure / base exposure (Aitchison and
Dunsmore 1975, "Statistical Prediction Analysis"), and so is the dispersion: tails are averaged over
its chi-square law, as Student does for the normal law.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

STEADY = 0.1  # nobody is steadier than 10 % of the rate, whatever a short base says
LEAST_FREEDOM = 2.0
LEAST_PEERS = 20
MOST_PRIOR = 60.0  # degrees of freedom that others may add, however alike they are
OWN_SEASON = 8.0  # events it takes to believe half of a season that nobody else has
_roots, _weights = np.polynomial.legendre.leggauss(6)
QUANTILES, QUANTILE_WEIGHTS = (_roots + 1) / 2, _weights / 2


@dataclass(frozen=True)
class Rate:
    """n rates (n,) per unit of exposure, their dispersion (n,), and how well that one is known:
    degrees of freedom (n,), fewer than months when the law is skewed."""

    rate: np.ndarray
    dispersion: np.ndarray
    freedom: np.ndarray

    def shape(self, dispersion: np.ndarray) -> np.ndarray:
        """Events (n,) a unit of exposure is worth: the shape of a gamma law of this dispersion."""
        return np.divide(
            self.rate**2, dispersion, out=np.ones_like(self.rate), where=dispersion > 0
        )

    def averaged(self, tails: Callable[[np.ndarray], tuple]) -> np.ndarray:
        """The mean (2, n) of ``tails(dispersion)`` over what the dispersion may be."""
        total = np.zeros((2, len(self.rate)))
        for quantile, weight in zip(QUANTILES, QUANTILE_WEIGHTS):
            chi_square = 2 * special.gammaincinv(self.freedom / 2, quantile)
            total += weight * np.stack(tails(self.dispersion * self.freedom / chi_square))
        return total


@dataclass(frozen=True)
class Prediction:
    """n recent sums (n,), what was expected instead, P(X <= recent) and P(X >= recent); and the
    rate per unit of exposure. Of the two expectations it is the one closer to what came."""

    recent: np.ndarray
    expected: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    rate: np.ndarray


def predict(
    values: np.ndarray,
    exposure: np.ndarray,
    recent: int,
    season: int,
    orders: np.ndarray | None = None,
) -> Prediction:
    """Compare the last ``recent`` months of values (n, m) with the months before them.

    They are compared with the whole base, and again with the same months of earlier years: what
    happens every year, to this one only, is no surprise. The larger tails count. The same months
    are few, so OWN_SEASON events at the usual rate are added to them. Values are counts, or, given
    ``orders`` (n,) per unit of exposure, amounts of that many orders.
    """
    is_count = orders is None
    base, weight = values[:, :-recent], exposure[:, :-recent]
    known = estimate(base, weight, recent, is_count)
    known = moderated(known, known.rate if is_count else known.rate**2 / np.maximum(orders, 1e-12))
    phase = (np.arange(base.shape[1]) - base.shape[1]) % season
    sums = values[:, -recent:].sum(axis=1), exposure[:, -recent:].sum(axis=1)
    law = _count_prediction if is_count else _amount_prediction
    expected, *tails = law(known, *sums, base.sum(axis=1), weight.sum(axis=1))
    same = phase < recent
    usual = OWN_SEASON / np.maximum(known.shape(known.dispersion), 1e-12)
    again = base[:, same].sum(axis=1) + usual * known.rate, weight[:, same].sum(axis=1) + usual
    expected_again, *tails_again = law(known, *sums, *again)
    is_nearer = np.abs(expected_again - sums[0]) < np.abs(expected - sums[0])
    lower, upper = np.maximum(tails, tails_again)
    expected = np.where(is_nearer, expected_again, expected)
    return Prediction(sums[0], expected, lower, upper, known.rate)


def _count_prediction(
    known: Rate, count: np.ndarray, exposure: np.ndarray, base: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Expected count and its two tails, given what ``base`` was at its ``weight``, all (n,)."""
    safe = np.where(weight > 0, weight, 1.0)
    mean, spread = exposure * base / safe, exposure * (1 + exposure / safe)
    return mean, *known.averaged(lambda d: count_tails(count, mean, d * spread))


def _amount_prediction(
    known: Rate, amount: np.ndarray, exposure: np.ndarray, base: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Expected amount and its two tails, given what ``base`` was at its ``weight``, all (n,)."""
    mean = exposure * base / np.where(weight > 0, weight, 1.0)
    tails = known.averaged(lambda d: amount_tails(amount, exposure, base, weight, known.shape(d)))
    return mean, *tails


def estimate(values: np.ndarray, exposure: np.ndarray, span: int, is_count: bool) -> Rate:
    """Rates of values (n, b) at exposure (n, b) >= 0, for predictions of ``span`` months.

    The dispersion is the larger of what single months and what runs of ``span`` months show, so
    that months that resemble their neighbours are no surprise later. Counts get one month of
    Poisson variance on top: even a clockwork is known from its base only.

    >>> months = estimate(np.array([[3.0, 5, 4, 4]]), np.ones((1, 4)), 2, is_count=True)
    >>> months.rate.tolist(), months.dispersion.round(3).tolist()
    ([4.0], [1.5])
    """
    total = exposure.sum(axis=1)
    rate = np.divide(values.sum(axis=1), total, out=np.zeros(len(total)), where=total > 0)
    poisson = rate if is_count else np.zeros_like(rate)
    months, variance = _variance(values, exposure, rate, poisson)
    whole = values.shape[1] // span * span
    runs = [part[:, -whole:].reshape(len(part), -1, span).sum(-1) for part in (values, exposure)]
    dispersion = np.maximum(variance, _variance(*runs, rate, np.zeros_like(rate))[1])
    dispersion = np.maximum(dispersion, 1e-12 if is_count else (STEADY * rate) ** 2)
    return Rate(rate, dispersion, _freedom(rate, dispersion, poisson, months, total))


def _variance(
    values: np.ndarray, exposure: np.ndarray, rate: np.ndarray, prior: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Number of periods (n,) with exposure, and variance (n,) per unit of exposure."""
    is_exposed = exposure > 0
    rest = np.where(is_exposed, values - rate[:, None] * exposure, 0.0)
    squares = (rest**2 / np.where(is_exposed, exposure, 1.0)).sum(axis=1)
    count = is_exposed.sum(axis=1)
    is_count = prior > 0  # one more period, of the prior's variance
    return count, (squares + prior) / np.maximum(count - 1 + is_count, 1)


def _freedom(
    rate: np.ndarray,
    dispersion: np.ndarray,
    poisson: np.ndarray,
    months: np.ndarray,
    exposure: np.ndarray,
) -> np.ndarray:
    """Degrees of freedom of a sample variance: (months - 1) / (1 + excess kurtosis / 2), with the
    kurtosis of a gamma law for amounts and of a negative binomial law for counts."""
    usual = np.maximum(rate * exposure / np.maximum(months, 1), 1e-300)
    safe = np.maximum(rate, 1e-300)
    kurtosis = (6 * np.maximum(dispersion - poisson, 0) / safe + poisson / dispersion) / usual
    return np.maximum((months - 1) / (1 + kurtosis / 2), LEAST_FREEDOM)


def moderated(known: Rate, typical: np.ndarray) -> Rate:
    """Rates whose dispersions lean on those of all n, as far as those resemble each other.

    ``typical`` (n,) is what makes dispersions comparable. Empirical Bayes with a scaled inverse
    chi-square law: Smyth (2004), "Linear models and empirical Bayes methods", SAGMB 3. Fewer than
    LEAST_PEERS keep their own.
    """
    peers = (known.rate > 0) & (typical > 0)
    if peers.sum() < LEAST_PEERS:
        return known
    half = known.freedom / 2
    ratio = known.dispersion / np.where(peers, typical, 1.0)
    rest = (np.log(ratio) - special.digamma(half) + np.log(half))[peers]
    spread = rest.var(ddof=1) - special.polygamma(1, half[peers]).mean()
    prior = np.geomspace(0.1, MOST_PRIOR, 200)[::-1]
    freedom = np.interp(spread, special.polygamma(1, prior / 2), prior)
    centre = np.exp(rest.mean() + special.digamma(freedom / 2) - np.log(freedom / 2))
    total = known.freedom + freedom
    leaning = (known.freedom * known.dispersion + freedom * centre * typical) / total
    return Rate(
        known.rate,
        np.where(peers, leaning, known.dispersion),
        np.where(peers, total, known.freedom),
    )


def count_tails(
    count: np.ndarray, mean: np.ndarray, variance: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """P(X <= count) and P(X >= count) of counts with this mean and variance, all (n,).

    Negative binomial law; binomial where the variance is below the mean, and there a gamma law for
    the upper tail, since the binomial's just ends. No mean: nothing is expected, all is a surprise.

    >>> lower, upper = count_tails(np.array([0.0]), np.array([2.0]), np.array([4.0]))
    >>> float(lower[0]), float(upper[0])
    (0.25, 1.0)
    """
    is_wide, known = variance > mean * (1 - 1e-6), mean > 0
    safe_mean = np.where(known, mean, 1.0)
    safe = np.where(known, np.maximum(variance, 1e-9 * safe_mean), 1.0)
    ratio = np.where(np.abs(safe / safe_mean - 1) < 1e-6, 1 + 2e-6, safe / safe_mean)
    size = safe_mean / np.abs(ratio - 1)
    low, high = np.minimum(ratio, 1 / ratio), 1 - np.minimum(ratio, 1 / ratio)
    room = np.maximum(np.where(is_wide, size, size - count), 1e-12)
    lower = special.betainc(room, count + 1, low)
    lower = np.where(~is_wide & (count >= size), 1.0, lower)
    above = special.betainc(np.maximum(count, 1e-12), size, high)
    middle = np.maximum(count - 0.5, 0.0)
    upper = np.where(is_wide, above, special.gammaincc(safe_mean / ratio, middle / ratio))
    upper = np.where(count > 0, upper, 1.0)
    return np.where(known, lower, 1.0), np.where(known, upper, np.where(count > 0, 0.0, 1.0))


def amount_tails(
    amount: np.ndarray,
    exposure: np.ndarray,
    base: np.ndarray,
    base_exposure: np.ndarray,
    shape: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """P(X <= amount) and P(X >= amount) of a gamma law whose scale is known from its base, (n,).

    ``shape`` is that of one unit of exposure; amount / (amount + base) then follows a beta law.

    >>> [float(tail[0].round(3)) for tail in amount_tails(*np.array([[6.0], [1], [6], [1], [2]]))]
    [0.5, 0.5]
    """
    whole = amount + base
    part = np.divide(amount, whole, out=np.full(len(whole), 0.5), where=whole > 0)
    a, b = np.maximum(exposure * shape, 1e-9), np.maximum(base_exposure * shape, 1e-9)
    return special.betainc(a, b, part), special.betainc(b, a, 1 - part)


def false_discovery(p_values: np.ndarray, rate: float) -> np.ndarray:
    """Which of the p-values (any shape, NaN = no test) count when at most ``rate`` of those found
    may be false: Benjamini and Hochberg (1995), JRSS B 57.

    >>> false_discovery(np.array([0.01, 0.04, 0.03, np.nan, 0.9]), 0.05).tolist()
    [True, False, False, False, False]
    """
    tested = np.sort(p_values[~np.isnan(p_values)])
    limits = rate * np.arange(1, len(tested) + 1) / max(len(tested), 1)
    passed = np.flatnonzero(tested <= limits)
    return p_values <= (tested[passed[-1]] if len(passed) else -1.0)


def company_season(total: np.ndarray, season: int, horizon: int) -> np.ndarray:
    """Factors (m + horizon,) of the months of a total (m,) and of those after it; mean 1.

    The same months of earlier years against their year's average, drawn towards 1 by as much as
    the years disagree; all 1 without two full years.

    >>> company_season(np.tile([2.0, 1.0, 0.0], 3), 3, 2).round(2).tolist()
    [2.0, 1.0, 0.1, 2.0, 1.0, 0.1, 2.0, 1.0, 0.1, 2.0, 1.0]
    """
    years = len(total) // season
    latest = np.maximum(total[len(total) - years * season :], 0.0).reshape(years, season)
    if years < 2 or not latest.any(axis=1).all():
        return np.ones(len(total) + horizon)
    ratio = latest / latest.mean(axis=1, keepdims=True)
    month = ratio.mean(axis=0)
    within = ratio.var(axis=0, ddof=1).mean() / years
    between = max(month.var(), 1e-12)
    factors = np.clip(1 + max(0.0, 1 - within / between) * (month - 1), 0.1, 10.0)
    return factors[(np.arange(len(total) + horizon) - len(total)) % season]
