"""Added methods beside the bank of filters: a weighted mean, never a single winner.

Weights are inverse squared errors of the backtest (Bates and Granger, 1969), drawn towards what the
catalogue as a whole found, since few months tell little about one product.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .backtest import STEPS, Backtest
from .catalogue import Prediction
from .methods import chosen
from .smoothing import Method
from .tables import EngineError

CERTAIN = 18.0  # months measured at which a product's own errors count as much as the catalogue's
SHARP = 4.0  # exponent of the inverse squared errors: above 1, since the errors of all go together
LEAST = 1e-6  # summed relative squared error of a catalogue without any


@dataclass(frozen=True)
class Candidates:
    """The bank's forecast and those of k added methods.

    ahead (1 + k, n, h): from today. then (1 + k, n, c): in the columns of the backtest.
    """

    ahead: np.ndarray
    then: np.ndarray


def candidates(
    names: Sequence[str], demand: np.ndarray, season: int, outlook: Prediction, past: Backtest
) -> Candidates:
    """Run the methods with these names on demand (n, m), and on what was known at each origin.

    Where nothing is expected any more (the bank says 0 throughout) no method expects anything.
    """
    is_alive = (outlook.mean > 0).any(axis=1)[:, None]
    horizon = outlook.mean.shape[1]
    ahead, then = [outlook.mean], [past.mean]
    for name, method in zip(names, chosen(names)):
        ahead.append(np.where(is_alive, _run(name, method, demand, horizon, season), 0.0))
        columns = [_run(name, method, demand[:, :origin], STEPS, season) for origin in past.origins]
        then.append(np.hstack([past.mean[:, :0], *columns]))
    return Candidates(np.stack(ahead), np.stack(then))


def _run(name: str, method: Method, qty: np.ndarray, horizon: int, season: int) -> np.ndarray:
    """The method's forecast (n, horizon) >= 0; EngineError ``method_result`` if it is none."""
    mean = np.asarray(method(qty, horizon, season), dtype=float)
    if mean.shape != (len(qty), horizon) or not np.isfinite(mean).all():
        raise EngineError("method_result", method=name, shape=mean.shape)
    return np.maximum(mean, 0.0)


def weights_of(
    found: Candidates, past: Backtest, size: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (1 + k, n) of the candidates, and those (1 + k, n, o) that the backtest may use.

    The latter know nothing of the errors from their own origin, so that what the backtest says of
    the combination is fair. size (n,): typical squared demand, which makes products comparable.
    """
    seen = past.by_origin(past.seen).sum(axis=-1)
    squares = past.by_origin(np.square(found.then - past.actual) * past.seen).sum(axis=-1)
    total, count = squares.sum(axis=2), seen.sum(axis=1)
    then = np.zeros_like(squares)
    for origin in range(then.shape[2]):
        then[:, :, origin] = _weights(total - squares[:, :, origin], count - seen[:, origin], size)
    return _weights(total, count, size), then


def _weights(squares: np.ndarray, seen: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Weights (1 + k, n) from summed squared errors of ``seen`` (n,) months."""
    relative = squares / size
    common = (relative.sum(axis=1, keepdims=True) + LEAST) / max(seen.sum(), 1)
    error = (relative + CERTAIN * common) / (seen + CERTAIN)
    score = (error / error.min(axis=0)) ** -SHARP
    return score / score.sum(axis=0)


def combined(
    names: Sequence[str], demand: np.ndarray, season: int, outlook: Prediction, past: Backtest
) -> tuple[Prediction, Backtest, np.ndarray]:
    """Outlook and backtest with the weighted mean of the bank and the methods with these names,
    run on demand (n, m), and the weights (n, 1 + k).

    The intervals move with the mean.
    """
    found = candidates(names, demand, season, outlook, past)
    size = np.square(demand).sum(axis=1) / np.maximum((demand > 0).sum(axis=1), 1)
    weights, then = weights_of(found, past, np.where(size > 0, size, 1.0))
    mean = np.einsum("kn,knh->nh", weights, found.ahead)
    past_mean = (np.repeat(then, STEPS, axis=2) * found.then).sum(axis=0)
    return outlook.moved(mean), past.moved(past_mean), weights.T
