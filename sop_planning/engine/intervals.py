"""Intervals that hold what they promise: margins corrected by what the backtest has seen.

Conformal prediction (Vovk, Gammerman and Shafer, 2005): a margin is multiplied by what the errors
of the past would have asked for. Products of a kind share their evidence by step ahead; where there
is little of it, it is drawn towards that of the kind, that of all products, and no correction.
"""

from dataclasses import dataclass, replace

import numpy as np

from .backtest import STEPS, Backtest
from .catalogue import Prediction
from .mixture import COVERS

EVIDENCE = 200.0  # months seen at which a correction counts half
LIMITS = (0.25, 3.0)
FAR = 10.0  # multiples of a margin beyond which an error counts no more
SUFFIXES = ("", "95")  # of the names of both intervals, in the order of COVERS


@dataclass(frozen=True)
class Errors:
    """Errors of n products from o origins, s steps ahead, as multiples of the margin on their side.

    below, above (n, o, s): within +-FAR, negative where the actual lay on the other side; NaN where
    nothing was seen. floor (n, o, s): the multiple at which the lower end meets zero.
    """

    below: np.ndarray
    above: np.ndarray
    floor: np.ndarray

    def part(self, *where: np.ndarray | slice) -> "Errors":
        """Only some products, origins and steps, by up to three masks or slices."""
        cut = []
        for values in (self.below, self.above, self.floor):
            for axis, chosen in enumerate(where):
                values = values[(slice(None),) * axis + (chosen,)]
            cut.append(values)
        return Errors(*cut)


def calibrated(
    outlook: Prediction, past: Backtest, kind: np.ndarray
) -> tuple[dict[str, np.ndarray], Backtest]:
    """Intervals (n, h) by name, and the backtest with its own corrected intervals.

    kind (n,): products of a kind share their evidence. So that the coverage of the backtest is a
    fair measure, the earlier half of its origins is corrected by the later one and vice versa.
    """
    ends, past_ends = {}, {}
    inner, past_inner = (outlook.mean,) * 2, (past.mean,) * 2
    steps = np.minimum(np.arange(outlook.mean.shape[1]), STEPS - 1)
    is_early = np.arange(len(past.origins)) < len(past.origins) / 2
    for level, (cover, suffix) in enumerate(zip(COVERS, SUFFIXES)):
        names = "low" + suffix, "high" + suffix
        low, high = (getattr(past, name) for name in names)
        errors = _errors(past, low, high)
        factor = _factors(errors, kind, 1 - cover)[:, :, steps]
        inner = _ends(outlook.mean, outlook.low[level], outlook.high[level], factor, inner)
        halves = [
            _factors(errors.part(slice(None), half), kind, 1 - cover)
            for half in (~is_early, is_early)
        ]
        factor = np.where(
            np.repeat(is_early, STEPS), *(np.tile(half, len(is_early)) for half in halves)
        )
        past_inner = _ends(past.mean, low, high, factor, past_inner)
        ends |= dict(zip(names, inner))
        past_ends |= dict(zip(names, past_inner))
    return ends, replace(past, **past_ends)


def _errors(past: Backtest, low: np.ndarray, high: np.ndarray) -> Errors:
    below, above = past.mean - low, high - past.mean

    def multiple(distance: np.ndarray, margin: np.ndarray) -> np.ndarray:
        result = np.where(distance > 0, FAR, -FAR)  # without margin: right or wrong for certain
        np.divide(distance, margin, out=result, where=margin > 0)
        return past.by_origin(np.where(past.seen, np.clip(result, -FAR, FAR), np.nan))

    return Errors(
        below=multiple(past.mean - past.actual, below),
        above=multiple(past.actual - past.mean, above),
        floor=multiple(past.mean, below),
    )


def _ends(
    mean: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    factor: np.ndarray,
    inner: tuple[np.ndarray, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Corrected ends (n, h), not below zero and not within ``inner``; factor (2, n, h)."""
    low = mean - factor[0] * np.maximum(mean - low, 0.0)
    high = mean + factor[1] * np.maximum(high - mean, 0.0)
    return np.clip(low, 0.0, inner[0]), np.maximum(high, inner[1])


def _factors(errors: Errors, kind: np.ndarray, miss: float) -> np.ndarray:
    """Factors (2, n, STEPS) on the margins below and above, such that ``miss`` lie beyond."""
    common = margin_factors(errors, miss, np.ones(2))
    result = np.ones((2, len(kind), STEPS))
    for name in np.unique(kind):
        rows = kind == name
        of_kind = errors.part(rows)
        start = margin_factors(of_kind, miss, common)
        for step in range(STEPS):
            at_step = of_kind.part(slice(None), slice(None), slice(step, step + 1))
            result[:, rows, step] = margin_factors(at_step, miss, start)[:, None]
    return result


def margin_factors(errors: Errors, miss: float, start: np.ndarray) -> np.ndarray:
    """Factors (2,) on the margins below and above, such that the share ``miss`` lies beyond both.

    Half of it lies on either side; what cannot lie below, because demand is never negative, may lie
    above. One standard error is added. Drawn towards ``start`` (2,) while little was seen.

    >>> below = np.linspace(-2, 2, 4001).reshape(-1, 1, 1)
    >>> errors = Errors(below, -below, np.full_like(below, 9.0))
    >>> margin_factors(errors, 0.2, np.ones(2)).round(2).tolist()
    [1.57, 1.57]
    """
    count = int(np.isfinite(errors.below).sum())
    if count == 0:
        return start
    below = np.quantile(_known(errors.below), 1 - miss / 2)
    missed = (errors.below > np.minimum(below, errors.floor)).sum() / count
    share = 1 - miss + min(missed, miss / 2)
    above = np.quantile(_known(errors.above), share)
    doubt = np.array(
        [_standard_error(errors.below, 1 - miss / 2), _standard_error(errors.above, share)]
    )
    trust = count / (count + EVIDENCE)
    return np.clip(trust * (np.array([below, above]) + doubt) + (1 - trust) * start, *LIMITS)


def _standard_error(multiples: np.ndarray, share: float) -> float:
    """Standard error of a quantile of (n, o, s), from how far the origins' own ones lie apart.

    What hits all products at once makes origins differ; those that share months count as one.
    """
    by_origin = (_known(values) for values in multiples.transpose(1, 0, 2))
    own = [np.quantile(values, share) for values in by_origin if len(values)]
    return float(np.std(own) / np.sqrt(max(len(own) / STEPS, 1.0)))


def _known(values: np.ndarray) -> np.ndarray:
    return values[np.isfinite(values)]
