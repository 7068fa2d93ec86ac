"""History as the forecast reads it, and the forecast read back in units."""

from dataclasses import dataclass, replace

import numpy as np

from .forecast import Forecast

FIGURES = ("mean", "low", "high", "low95", "high95")
PAST_FIGURES = ("actual", "mean", "low", "high", "low95", "high95")


@dataclass(frozen=True)
class UsableHistory:
    """Months of history of n products, (n, m) units each.

    actual: as ordered. proposal: with the computed corrections. clean: with those that people let
    stand, and with their own. kind (n, m) str: why a month has a proposal, '' where it has none.
    promoted, out_of_stock (n, m): share of the month with a promotion, and without stock. factors
    (m + h,): effect of working days on history and horizon, mean 1; elasticity: how much of it the
    catalogue showed, 0 to 1.
    """

    actual: np.ndarray
    proposal: np.ndarray
    clean: np.ndarray
    kind: np.ndarray
    promoted: np.ndarray
    out_of_stock: np.ndarray
    factors: np.ndarray
    elasticity: float


@dataclass(frozen=True)
class Seasons:
    """Seasonal indices by calendar month, January first.

    family_ids (f,); position (n,) of each product's family; computed (f, 12) from history; chosen
    (f, 12): the same where no person entered another.
    """

    family_ids: np.ndarray
    position: np.ndarray
    computed: np.ndarray
    chosen: np.ndarray


def scaled(forecast: Forecast, factors: np.ndarray) -> Forecast:
    """A forecast made on qty / factors[:m], in the units of qty; factors (m + h,)."""
    if (factors == 1).all():
        return forecast
    ahead = factors[len(factors) - forecast.mean.shape[1] :]
    then = factors[forecast.past.buckets]
    past = {name: getattr(forecast.past, name) * then for name in PAST_FIGURES}
    figures = {name: getattr(forecast, name) * ahead for name in FIGURES}
    # both naive forecasts repeat a month as it was, so they take that month's days back
    return replace(forecast, **figures, past=replace(forecast.past, **past))
