"""Seasonal indices to look at and to change: how much of an average month each month sells."""

from datetime import date

import numpy as np

from .history import first_sale, usable
from .seasons import moving_average_factors
from .tables import EngineError


def seasonal_indices(qty: np.ndarray, season: int = 12, first_month: int = 1) -> np.ndarray:
    """Indices (f, season) of f families, mean 1, by month of the year, January first.

    qty (f, m) units or money; first_month: month of the year (1 to ``season``) of the first column.
    Mean ratio to the centred moving average (seasons.moving_average_factors). All 1 with less than
    two seasons since the first sale. Raises EngineError ``shape`` or ``first_month``.

    >>> year = np.array([0.5, 1.5, 1.0, 1.0])
    >>> seasonal_indices(np.tile(100 * year, 25)[None], 4, first_month=2).round(2).tolist()
    [[1.0, 0.51, 1.49, 1.0]]
    """
    sold = usable(qty)
    if sold.ndim != 2:
        raise EngineError("shape", shape=sold.shape)
    if not 1 <= first_month <= season:
        raise EngineError("first_month", first_month=first_month)
    indices = np.ones((len(sold), season))
    m = sold.shape[1]
    known = m - first_sale(sold) >= 2 * season
    if known.any():
        indices[known] = np.roll(
            moving_average_factors(sold[known], season), first_month - 1, axis=1
        )
    return indices


def season_effect(
    statistical: np.ndarray,
    families: np.ndarray,
    computed: np.ndarray,
    chosen: np.ndarray,
    start: date,
) -> np.ndarray:
    """What chosen indices change in the statistical forecast: (n, h) units.

    statistical (n, h) units from the month of ``start`` on; families (n,) positions into the
    indices, -1 is none; computed, chosen (f, 12) by month of the year, chosen NaN where nobody
    chose. Statistical x (chosen / computed - 1); 0 where computed is 0. Raises EngineError
    ``shape``, or ``index`` for negative ones.

    >>> season_effect(np.array([[100.0, 100.0]]), np.array([0]), np.ones((1, 12)),
    ...               np.where(np.arange(12) == 0, 1.2, np.nan)[None], date(2026, 12, 1)).round(9)
    array([[ 0., 20.]])
    """
    computed, chosen = np.asarray(computed, dtype=float), np.asarray(chosen, dtype=float)
    statistical, families = np.asarray(statistical, dtype=float), np.asarray(families)
    if computed.shape != chosen.shape or families.shape != statistical.shape[:1]:
        raise EngineError("shape", shape=chosen.shape, expected=computed.shape)
    if (computed < 0).any() or (chosen < 0).any():
        raise EngineError("index")
    known = ~np.isnan(chosen) & (computed > 0)
    change = np.divide(chosen - computed, computed, out=np.zeros(computed.shape), where=known)
    no_family = np.zeros((1, computed.shape[1]))  # position -1
    month = (start.month - 1 + np.arange(statistical.shape[1])) % computed.shape[1]
    return statistical * np.vstack([change, no_family])[families][:, month]
