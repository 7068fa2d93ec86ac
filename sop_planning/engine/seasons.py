"""Seasonal factors that a product borrows from the rest of its family."""

import numpy as np

from .history import first_sale

REGULAR = 0.75  # share of months with demand, in the last two seasons, that factors need
SHRINK = 0.25  # seasons without any pattern that are mixed in
LIMITS = (0.05, 10.0)


def family_factors(
    qty: np.ndarray, season: int, families: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Factors (n, season) by position modulo season, and where they are known (n,).

    qty (n, m) >= 0, families (n,) positions. A product's own sales are left out of its family's,
    and so are members launched within the last three seasons: their start is no season.
    """
    is_old = first_sale(qty) <= max(qty.shape[1] - 3 * season, 0)
    lasting = np.where(is_old[:, None], qty, 0.0)
    sums = np.zeros((families.max(initial=-1) + 1, qty.shape[1]))
    np.add.at(sums, families, lasting)
    rest = np.maximum(sums[families] - lasting, 0.0)
    rest[rest < 1e-9 * sums[families]] = 0.0  # what is left of a float when everything is taken
    n, m = qty.shape
    if m < 2 * season:
        return np.ones((n, season)), np.zeros(n, bool)
    is_regular = (rest[:, -2 * season :] > 0).mean(axis=1) > REGULAR
    return moving_average_factors(rest, season), is_regular & (first_sale(rest) <= m - 2 * season)


def moving_average_factors(qty: np.ndarray, season: int) -> np.ndarray:
    """Mean ratio to the centred moving average by position modulo season: (n, m) -> (n, season).

    Classical decomposition, drawn a little towards no season; m >= 2 * season.

    >>> qty = np.tile([2.0, 1.0, 1.0, 0.0], 25)[None]
    >>> moving_average_factors(qty, 4).round(2).tolist()
    [[1.97, 0.99, 0.99, 0.05]]
    """
    window = np.cumsum(np.pad(qty, ((0, 0), (1, 0))), axis=1)
    moving = (window[:, season:] - window[:, :-season]) / season
    centred = (moving[:, 1:] + moving[:, :-1]) / 2
    start = season // 2
    middle = qty[:, start : start + centred.shape[1]]
    ratio = np.divide(middle, centred, out=np.ones_like(middle), where=centred > 0)
    phase = (start + np.arange(centred.shape[1])) % season
    sums = ratio @ (phase[:, None] == np.arange(season))
    factors = np.clip((sums + SHRINK) / (np.bincount(phase) + SHRINK), *LIMITS)
    return factors / factors.mean(axis=1, keepdims=True)
