"""Histories of different lives through one bank: products of equal age are forecast together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .filters import Bank
from .history import first_sale
from .mixture import Fit, Outlook, combine, evidence_of, fit_all, learn_prior, posterior, traits
from .seasons import family_factors
from .segments import classify

CELLS = 1_500_000  # filters x series x buckets in memory at once
SAMPLE = 1000  # series from which the prior is learnt
PEERS = 50.0  # series of one age at which their own prior counts half


@dataclass(frozen=True)
class Catalogue:
    """n histories, sold (n, m) >= 0 units, the bank, and the factors of the families.

    factors (n, season) by position modulo season, known (n,) bool; None without families.
    """

    sold: np.ndarray
    bank: Bank
    factors: np.ndarray | None
    known: np.ndarray | None

    def fits(self, rows: np.ndarray) -> list[Fit]:
        """The bank on rows (k,) that had their first sale in the same bucket."""
        first = first_sale(self.sold[rows[:1]])[0]
        if self.factors is None:
            return fit_all(self.bank, self.sold[rows, first:], None, None)
        phase = (first + np.arange(self.bank.length)) % self.bank.season
        factors = self.factors[rows][:, phase]
        return fit_all(self.bank, self.sold[rows, first:], factors, self.known[rows])

    def blocks(self, rows: np.ndarray) -> Iterator[np.ndarray]:
        """The rows that were ever sold, in blocks of equal age that fit in memory."""
        first = first_sale(self.sold[rows])
        m = self.sold.shape[1]
        limit = max(1, CELLS // (len(self.bank.factor) * m))
        for age in np.unique(first[first < m]):
            peers = rows[first == age]
            yield from np.split(peers, range(limit, len(peers), limit))


@dataclass(frozen=True)
class Prediction(Outlook):
    """An Outlook of the whole catalogue, zero for what is dead or not yet sold.

    shares (n, 3): how much of the weights lies on filters with a trend, a season of their own, a
    family's season.
    """

    shares: np.ndarray

    @classmethod
    def zero(cls, n: int, horizon: int) -> "Prediction":
        """No demand of n products."""
        low, high = np.zeros((2, 2, n, horizon))
        return cls(np.zeros((n, horizon)), low, high, np.zeros((n, 3)))

    def fill(self, rows: np.ndarray, outlook: Outlook, shares: np.ndarray) -> None:
        """Enter the outlook of some rows."""
        self.mean[rows], self.shares[rows] = outlook.mean, shares
        self.low[:, rows], self.high[:, rows] = outlook.low, outlook.high

    def clear(self, rows: np.ndarray) -> None:
        """Forget the outlook of some rows."""
        self.mean[rows] = self.shares[rows] = 0.0
        self.low[:, rows] = self.high[:, rows] = 0.0


def catalogue(sold: np.ndarray, bank: Bank, families: np.ndarray | None, until: int) -> Catalogue:
    """Arrange sold (n, m); the factors of families (n,) are learnt from the buckets before
    ``until``."""
    if families is None:
        return Catalogue(sold, bank, None, None)
    return Catalogue(sold, bank, *family_factors(sold[:, :until], bank.season, families))


def prior_of(histories: Catalogue) -> np.ndarray:
    """The prior of the filters (m + 1, F) for each bucket of first sale.

    Learnt from up to SAMPLE evenly spaced histories. Products of one age have more in common than
    others (a range launched together, a class of goods recorded since then), so each age has its
    own prior, drawn to that of all.
    """
    n, m = histories.sold.shape
    rows = np.arange(0, n, max(1, -(-n // SAMPLE)))
    blocks = list(histories.blocks(rows))
    if not blocks:
        return np.ones((m + 1, 1))  # nothing was ever sold
    first = [first_sale(histories.sold[block[:1]])[0] for block in blocks]
    evidence = np.vstack(
        [evidence_of(histories.fits(block), m - start) for block, start in zip(blocks, first)]
    )
    age = np.repeat(first, [len(block) for block in blocks])
    prior = np.tile(learn_prior(evidence), (m + 1, 1))
    for start in np.unique(age):
        prior[start] = learn_prior(evidence[age == start], prior[start], PEERS)
    return prior


def predict(
    histories: Catalogue, prior: np.ndarray, origins: Sequence[int], horizon: int
) -> list[Prediction]:
    """Forecast ``horizon`` buckets from each origin, using the buckets before it only.

    prior (m + 1, F): see prior_of.
    """
    n = len(histories.sold)
    results = [Prediction.zero(n, horizon) for _ in origins]
    for rows in histories.blocks(np.arange(n)):
        fits, first = histories.fits(rows), first_sale(histories.sold[rows[:1]])[0]
        for origin, result in zip(origins, results):
            if origin > first:
                weights = posterior(evidence_of(fits, origin - first), prior[first])
                outlook = combine(fits, origin - first, horizon, weights)
                result.fill(rows, outlook, weights @ traits(fits))
    for origin, result in zip(origins, results):
        result.clear(classify(histories.sold[:, :origin], histories.bank.season) == "dead")
    return results
