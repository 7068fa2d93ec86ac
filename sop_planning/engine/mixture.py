"""The whole bank on every scale: each filter's forecast, weighted by its evidence.

The prior of the filters is learnt from the catalogue (empirical Bayes), so that products lend each
other strength; the likelihood is tempered, because no real series is exactly any model's.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from .filters import Bank
from .scales import View, views

TEMPER = 0.7  # exponent of the likelihood
ROUNDS = 4  # of expectation maximisation for the prior
FEW = 20.0  # series a catalogue needs before its own prior counts more than equal shares
EXACT = 1e-6  # a one-step variance, relative to the mean, that counts as no error at all
SHORT = 4.0  # how many months of typical noise a history of one month is worth; fades with t
COVERS = (0.80, 0.95)  # how much of what comes the intervals shall hold
Z = (1.2816, 1.9600)  # their normal quantiles


@dataclass(frozen=True)
class Outlook:
    """Mean (n, h) and intervals low, high (2, n, h) of 80 % and 95 %, in units, unclipped."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def moved(self, mean: np.ndarray) -> Self:
        """The same around another mean (n, h)."""
        low, high = moved_ends(self.low, self.high, self.mean, mean)
        return replace(self, mean=mean, low=low, high=high)


def moved_ends(
    low: np.ndarray, high: np.ndarray, old: np.ndarray, new: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Ends of an interval whose mean moves from ``old`` to ``new``, all of one shape.

    It stays as wide, and wider where the lower end would otherwise leave zero.

    >>> moved_ends(np.array([0.0, 8.0]), np.array([3.0, 12.0]), np.array([1, 10]), np.array([2, 7]))
    (array([0., 5.]), array([4., 9.]))
    """
    scale = np.divide(new, old, out=np.zeros_like(low * old), where=old > 0)
    return np.minimum(low + new - old, low * scale), high + new - old


@dataclass(frozen=True)
class Fit:
    """f filters on n histories: one-step errors (f, n, t) and their squares, summed up to each."""

    bank: Bank
    view: View
    errors: np.ndarray
    squares: np.ndarray

    def evidence(self, origin: int) -> np.ndarray:
        """Log evidence (n, f) of the first ``origin`` buckets; -inf where a scale does not fit."""
        scale = np.log(np.diagonal(self.bank.factor, axis1=1, axis2=2)[:, :origin]).sum(axis=1)
        squares = self.squares[:, :, origin - 1] + EXACT * origin
        likelihood = -0.5 * (origin - 1) * np.log(squares) - scale[:, None]
        total = likelihood.T + self.view.density[:, :origin].sum(axis=1)[:, None]
        return np.where(self.view.usable[:, None], total, -np.inf)

    def outlook(self, origin: int, horizon: int, weights: np.ndarray) -> Outlook:
        """The weighted share of this scale, weights (n, f), in the forecast from an origin."""
        rows = self.bank.factor[:, origin : origin + horizon]
        paths = self.errors[:, :, :origin] @ rows[:, :, :origin].transpose(0, 2, 1)
        reach = np.square(rows[:, :, origin:]).sum(axis=2)
        mass = weights.sum(axis=1, keepdims=True)
        share = (weights / np.maximum(mass, 1e-300)).T
        centre = np.einsum("fn,fnh->nh", share, paths)
        noise = np.einsum("fn,fn,fh->nh", share, self._variance(origin), reach)
        spread = np.sqrt(noise + np.einsum("fn,fnh->nh", share, np.square(paths - centre)))
        restore = self.view.restore
        return Outlook(
            mean=mass * restore(centre, origin, noise[:, :1]),
            low=np.stack([mass * restore(centre - z * spread, origin) for z in Z]),
            high=np.stack([mass * restore(centre + z * spread, origin) for z in Z]),
        )

    def _variance(self, origin: int) -> np.ndarray:
        """sigma^2 (f, n) as known at the origin, drawn to the typical noise in the first months."""
        typical = SHORT / origin
        squares = self.squares[:, :, origin - 1] + typical * self.view.noise**2
        return squares / (origin - 1 + typical)


def fit(bank: Bank, view: View) -> Fit:
    """Run all filters of the bank over a view."""
    t = view.values.shape[1]
    errors = view.values @ bank.whiten[:, :t, :t].transpose(0, 2, 1)
    squares = np.square(errors)
    return Fit(bank, view, errors, np.cumsum(squares, axis=2, out=squares))


def fit_all(
    bank: Bank, qty: np.ndarray, factors: np.ndarray | None, known: np.ndarray | None
) -> list[Fit]:
    """The bank on all scales of qty (n, t), and its mild filters on those scales freed of the
    family's factors (n, T), for the rows whose factors are known (n,)."""
    n = len(qty)
    fits = [fit(bank, view) for view in views(qty, np.ones((n, bank.length)), np.ones(n, bool))]
    if factors is not None:
        mild = bank.part(bank.is_mild)
        fits += [fit(mild, view) for view in views(qty, factors, known)]
    return fits


def evidence_of(fits: list[Fit], origin: int) -> np.ndarray:
    """Log evidence (n, F) of all filters on all scales."""
    return np.hstack([part.evidence(origin) for part in fits])


def combine(fits: list[Fit], origin: int, horizon: int, weights: np.ndarray) -> Outlook:
    """The forecast of all filters on all scales, weights (n, F)."""
    cuts = np.cumsum([len(part.errors) for part in fits])[:-1]
    parts = [
        part.outlook(origin, horizon, share)
        for part, share in zip(fits, np.split(weights, cuts, axis=1))
    ]
    names = ("mean", "low", "high")
    return Outlook(**{name: sum(getattr(part, name) for part in parts) for name in names})


def posterior(evidence: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """Weights (n, F) of the filters: prior (F,) times tempered likelihood; rows add up to 1."""
    score = TEMPER * evidence + np.log(prior + 1e-12)
    weights = np.exp(score - score.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def learn_prior(
    evidence: np.ndarray, start: np.ndarray | None = None, few: float = FEW
) -> np.ndarray:
    """How often each filter (F,) is right in a catalogue with this evidence (n, F).

    Expectation maximisation from ``start`` (F,), by default equal shares, which keeps the weight of
    ``few`` series.
    """
    n, count = evidence.shape
    start = np.full(count, 1.0 / count) if start is None else start
    prior = start
    for _ in range(ROUNDS):
        right = posterior(evidence, prior).sum(axis=0)
        prior = (right + few * start) / (n + few)
    return prior


def traits(fits: list[Fit]) -> np.ndarray:
    """Which filters (F, 3) have a trend, a season of their own, a family's season: 0 or 1."""
    rows = []
    for part in fits:
        borrowed = np.full(len(part.errors), part.view.is_borrowed)
        rows.append(np.stack([part.bank.has_trend, part.bank.has_season, borrowed], axis=1))
    return np.vstack(rows).astype(float)
