"""What a month would have sold without what was special about it."""

import numpy as np

from .cleansing import REACH, median_of_known

ENOUGH = 2  # months around that must be known


def expected_demand(values: np.ndarray, season: int) -> tuple[np.ndarray, np.ndarray]:
    """Expected (k, m) units of each month from the others, and whether another year has its say.

    values (k, m) units, NaN where unknown; so is what nothing can be said about. The two estimates
    below, weighted by how well each would have told the product's known months (inverse of the mean
    squared error on the root scale; Bates and Granger, 1969); else the neighbours alone.

    >>> values = np.array([[10.0, 20.0, 60.0, 30.0, 20.0, 40.0, np.nan, 60.0]])
    >>> expected, tells_season = expected_demand(values, 4)
    >>> expected[0, 6].item(), tells_season[0, 6].item()
    (120.0, True)
    """
    years, neighbours = from_other_years(values, season), from_neighbours(values, season)
    errors = [_squared_error(values, estimate) for estimate in (years, neighbours)]
    total = errors[0] + errors[1]
    share = np.divide(errors[1], total, out=np.ones_like(total), where=total > 0)[:, None]
    mixed = share * years + (1.0 - share) * neighbours
    only = np.where(np.isnan(years), neighbours, years)
    return np.where(np.isnan(mixed), only, mixed), ~np.isnan(years)


def from_other_years(values: np.ndarray, season: int) -> np.ndarray:
    """Expected (k, m) units from the same month of other years; NaN where there is none.

    values (k, m) units, NaN where unknown. The same month of another year x the ratio of the
    months around both that are known in both, half a season on either side: season and level are
    kept whatever is missing. The median over all other years; a month's own value is never used.

    >>> year = np.array([10.0, 20.0, 60.0, 30.0])
    >>> values = np.concatenate([year, 2 * year])[None]
    >>> values[0, 6] = np.nan
    >>> from_other_years(values, 4)[0, 6].item()
    120.0
    """
    m = values.shape[1]
    years = [lag for lag in range(-(m // season) * season, m, season) if lag and abs(lag) < m]
    if not years:
        return np.full(values.shape, np.nan)
    estimates = np.stack([_from_year(values, lag, season // 2) for lag in years], axis=-1)
    return np.where(np.isnan(estimates).all(axis=-1), np.nan, median_of_known(estimates))


def from_neighbours(values: np.ndarray, season: int) -> np.ndarray:
    """Mean (k, m) of the nearest known months, which knows no season; NaN where there are none.

    Two months on either side, or half a season if less than two are known among them.

    >>> from_neighbours(np.array([[10.0, np.nan, 30.0, np.nan]]), 12)[0].tolist()
    [nan, 20.0, nan, 20.0]
    """
    known = ~np.isnan(values)
    held = np.where(known, values, 0.0)
    expected = np.full(values.shape, np.nan)
    for reach in (max(season // 2, REACH), REACH):
        count = _around(known.astype(float), reach)
        mean = _around(held, reach) / np.maximum(count, 1.0)
        expected = np.where(count >= ENOUGH, mean, expected)
    return expected


def _squared_error(values: np.ndarray, estimate: np.ndarray) -> np.ndarray:
    """Mean squared distance (k,) on the root scale where both are known; 0 if nowhere."""
    distance = np.sqrt(values) - np.sqrt(estimate)
    return np.nansum(distance**2, axis=1) / np.maximum((~np.isnan(distance)).sum(axis=1), 1)


def _from_year(values: np.ndarray, lag: int, reach: int) -> np.ndarray:
    """The estimate (k, m) from the year ``lag`` months later; NaN where it cannot be made."""
    other = _shifted(values, lag)
    both = ~np.isnan(values) & ~np.isnan(other)
    count = _around(both.astype(float), reach)
    here = _around(np.where(both, values, 0.0), reach)
    there = _around(np.where(both, other, 0.0), reach)
    is_known = (count >= ENOUGH) & (there > 0)
    ratio = np.divide(here, there, out=np.full(values.shape, np.nan), where=is_known)
    return other * ratio


def _shifted(values: np.ndarray, lag: int) -> np.ndarray:
    """Column j holds what column j + lag held; NaN outside."""
    blank = np.full((len(values), abs(lag)), np.nan)
    if lag > 0:
        return np.hstack([values[:, lag:], blank])
    return np.hstack([blank, values[:, :lag]])


def _around(values: np.ndarray, reach: int) -> np.ndarray:
    """Sum of ``reach`` columns on either side, without the middle."""
    m = values.shape[1]
    padded = np.pad(values, ((0, 0), (reach, reach)))
    total = np.zeros(values.shape)
    for offset in range(2 * reach + 1):  # no running sums: one huge month would swallow the rest
        if offset != reach:
            total += padded[:, offset : offset + m]
    return total
