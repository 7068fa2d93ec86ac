"""The scales on which a history is looked at: as it is, its square root, its logarithm."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

SKEW = 0.4  # share of the variance that turns a squared median into a mean; 1 for a normal law
MAX_GROWTH = 1.5  # on the log scale no forecast exceeds e^1.5 times the largest month


@dataclass(frozen=True)
class View:
    """n histories of t buckets on one scale, free of the seasonal factors given.

    values (n, t). density (n, t): log derivative of the scale, which makes evidence comparable.
    usable (n,) bool. inverse: (n, k) values back to units before the factors. factors (n, T) for
    history and future. skew (n, 1): units to add to the mean per variance. noise: the typical
    deviation on this scale, for histories too short to tell.
    """

    values: np.ndarray
    density: np.ndarray
    usable: np.ndarray
    inverse: Callable[[np.ndarray], np.ndarray]
    factors: np.ndarray
    skew: np.ndarray
    noise: float

    @property
    def is_borrowed(self) -> bool:
        """Whether seasonal factors were given at all."""
        return bool((self.factors != 1).any())

    def restore(
        self, values: np.ndarray, origin: int, variance: np.ndarray | float = 0.0
    ) -> np.ndarray:
        """Values (n, h) of the buckets from ``origin`` on in units; their mean given a variance."""
        future = self.factors[:, origin : origin + values.shape[1]]
        return (self.inverse(values) + self.skew * variance) * future


def views(qty: np.ndarray, factors: np.ndarray, usable: np.ndarray) -> Iterator[View]:
    """Plain, square root and logarithm of qty (n, t) >= 0, with at least one sale in each row.

    factors (n, T) divide the history first; usable (n,) says whose factors are known.
    """
    known = factors[:, : qty.shape[1]]
    level = qty / known
    unit = level.mean(axis=1, keepdims=True)
    ratio = level / unit
    no_skew = np.zeros_like(unit)

    def view(values: np.ndarray, slope: np.ndarray, usable: np.ndarray, **rest: object) -> View:
        density = np.broadcast_to(np.log(slope / known), values.shape)
        return View(values, density, usable, factors=factors, **rest)

    yield view(
        ratio,
        1 / unit,
        usable,
        inverse=lambda x: np.maximum(x, 0) * unit,
        skew=no_skew,
        noise=0.5,
    )

    root = np.sqrt(ratio)
    step = np.where(ratio > 0, ratio, np.inf).min(axis=1, keepdims=True)
    slope = 1 / (np.sqrt(ratio + step) + root) / unit  # of a chord, so that it is finite at zero
    yield view(
        root,
        slope,
        usable,
        inverse=lambda x: np.maximum(x, 0) ** 2 * unit,
        skew=SKEW * unit,
        noise=0.25,
    )

    positive = (qty > 0).all(axis=1)
    safe = np.where(positive[:, None], level, 1.0)
    logs = np.log(safe)
    cap = logs.max(axis=1, keepdims=True) + MAX_GROWTH
    yield view(
        logs,
        1 / safe,
        usable & positive,
        inverse=lambda x: np.exp(np.minimum(x, cap)),
        skew=no_skew,
        noise=0.5,
    )
