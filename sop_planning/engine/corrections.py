"""History as forecasting should read it: a layer beside the actuals, with the reason of each month.

What is known explains first: months out of stock are raised, promoted months brought down to what
they would have sold otherwise. What nobody explains is left to the outlier filter (cleansing).
"""

from dataclasses import dataclass

import numpy as np

from .baseline import expected_demand
from .cleansing import REGULAR, cleansed, median_of_known
from .history import first_sale, usable
from .tables import EngineError

OUTLIER, STOCK_OUT, PROMOTION = "outlier", "stock_out", "promotion"
GOOD_PART = 0.5  # share of a month out of stock from which on it may tell less than demand
CLEARLY = 0.8  # share of the expected demand below which a month sold clearly less
LONGEST = 6  # months out of stock in a row; longer looks like the end of a product
YOUNG = 6  # normal months since the first sale below which nothing is expected


def corrections(
    qty: np.ndarray,
    season: int = 12,
    out_of_stock: np.ndarray | None = None,
    promoted: np.ndarray | None = None,
    uplift: np.ndarray | float | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """qty (n, m) units as forecasting should read it (n, m), and why (n, m): ``''`` or a kind.

    out_of_stock (n, m): share of the month without stock, 0 or NaN for products never held in
    stock. promoted (n, m): share of the month with a promotion, or a mask. uplift, of a shape that
    broadcasts to (n, m): the planned uplift (ratio) while it ran, NaN where none is known.

    stock_out   Out of stock for half of the month or more, a product that is usually in stock, and
                sold clearly less than expected (20 %, and more than it usually varies): raised to
                the expected figure. Never lowered; longer runs than LONGEST months stay.
    promotion   Brought down to the expected figure, never raised. While no other year tells, to
                actual / (1 + planned uplift x share of the month); without one to the neighbours.
    outlier     Months that nothing explains: see cleansing.cleansed.

    Expected: from the same month of other years at today's level and from the months around, see
    baseline.expected_demand, months with flags left out. Products that sold in less than 80 % of
    these months, or have less than six of them, have no expected figure and stay as they are.
    Raises EngineError ``shape``.

    >>> qty = np.full((1, 24), 100.0)
    >>> qty[0, [5, 15]] = [160.0, 0.0]
    >>> clean, kind = corrections(qty, 12, np.eye(1, 24, 15), np.eye(1, 24, 5))
    >>> clean[0, [5, 15]].tolist(), kind[0, [5, 15]].tolist()
    ([100.0, 100.0], ['promotion', 'stock_out'])
    """
    sold = usable(qty)
    out, ads = _flags(sold, out_of_stock), _flags(sold, promoted)
    clean = cleansed(sold, season)
    kind = np.where(clean != sold, OUTLIER, "").astype("<U9")
    rows = np.flatnonzero(((out >= GOOD_PART) | (ads > 0)).any(axis=1))
    if len(rows):
        planned = np.broadcast_to(np.nan if uplift is None else uplift, sold.shape)[rows]
        clean[rows], kind[rows] = _explained(sold[rows], season, out[rows], ads[rows], planned)
    return clean, kind


def measured_uplift(
    qty: np.ndarray,
    promoted: np.ndarray,
    season: int = 12,
    out_of_stock: np.ndarray | None = None,
) -> np.ndarray:
    """What promotions did: actual / expected - 1 (n, m) of the whole month, arguments as above.

    NaN where there was no promotion and where nothing sound can be expected.

    >>> qty = np.full((1, 24), 100.0)
    >>> qty[0, 20] = 150.0
    >>> measured_uplift(qty, np.eye(1, 24, 20))[0, 19:22].tolist()
    [nan, 0.5, nan]
    """
    expected = baseline(qty, promoted, season, out_of_stock)
    sold = usable(qty)
    return np.divide(sold, expected, out=np.full(sold.shape, np.nan), where=expected > 0) - 1.0


def baseline(
    qty: np.ndarray,
    promoted: np.ndarray,
    season: int = 12,
    out_of_stock: np.ndarray | None = None,
) -> np.ndarray:
    """Expected units (n, m) of the promoted months without promotion, arguments as above.

    NaN where there was no promotion and where nothing sound can be expected.
    """
    sold = usable(qty)
    out, ads = _flags(sold, out_of_stock), _flags(sold, promoted)
    result = np.full(sold.shape, np.nan)
    rows = np.flatnonzero((ads > 0).any(axis=1))
    if len(rows):
        expected = _expect(sold[rows], season, out[rows], ads[rows])
        result[rows] = np.where(ads[rows] > 0, expected.qty, np.nan)
    return result


@dataclass(frozen=True)
class Expected:
    """What months would have sold.

    qty (k, m) units, NaN where nothing sound can be said. tells_season (k, m) bool: another year
    has its say. deviation (k,): how far normal months usually are from it, on the root scale.
    missed (k, m) bool: months out of stock of a product that is usually in stock.
    """

    qty: np.ndarray
    tells_season: np.ndarray
    deviation: np.ndarray
    missed: np.ndarray


def _explained(
    sold: np.ndarray, season: int, out: np.ndarray, ads: np.ndarray, planned: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Corrected figures and kinds (k, m) of flagged products."""
    expected = _expect(sold, season, out, ads)
    raised = np.where(_is_lost(sold, expected), expected.qty, sold)
    lowered = np.where(ads > 0, np.minimum(sold, _without(sold, ads, planned, expected)), sold)
    explained = np.where(raised > sold, raised, lowered)
    filtered = cleansed(explained, season)
    kind = np.select(
        [raised > sold, lowered < sold, filtered != sold], [STOCK_OUT, PROMOTION, OUTLIER], ""
    )
    return np.where(explained != sold, explained, filtered), kind


def _expect(sold: np.ndarray, season: int, out: np.ndarray, ads: np.ndarray) -> Expected:
    """What each month of k flagged products would have sold.

    Twice: what the first round expects fills the flagged months, so that the filter sees the season
    without them; the second round expects without the outliers that it found.
    """
    is_alive = np.arange(sold.shape[1]) >= first_sale(sold)[:, None]
    life = np.maximum(is_alive.sum(axis=1), 1)
    usually_in_stock = (out * is_alive).sum(axis=1) < GOOD_PART * life
    missed = is_alive & (out >= GOOD_PART) & usually_in_stock[:, None]
    is_normal = is_alive & ~missed & (ads == 0)
    normal = np.where(is_normal, sold, np.nan)
    guess, _ = expected_demand(normal, season)
    filled = np.where(is_normal | ~is_alive | np.isnan(guess), sold, guess)
    normal = np.where(is_normal, cleansed(filled, season), np.nan)
    known = (~np.isnan(normal)).sum(axis=1)
    judged = (known >= YOUNG) & ((normal > 0).sum(axis=1) >= REGULAR * known)
    qty, tells_season = expected_demand(normal, season)
    qty[~(is_alive & judged[:, None])] = np.nan
    return Expected(
        qty=qty,
        tells_season=tells_season,
        deviation=1.4826 * median_of_known(np.abs(np.sqrt(normal) - np.sqrt(qty))),
        missed=missed,
    )


def _is_lost(sold: np.ndarray, expected: Expected) -> np.ndarray:
    """Months (k, m) in which a stock-out cost clearly some demand."""
    gap = np.sqrt(expected.qty) - np.sqrt(sold)
    is_less = (sold < CLEARLY * expected.qty) & (gap > expected.deviation[:, None])
    return is_less & expected.missed & (_run_length(expected.missed) <= LONGEST)


def _without(
    sold: np.ndarray, ads: np.ndarray, planned: np.ndarray, expected: Expected
) -> np.ndarray:
    """Promoted months (k, m) without their promotion; as sold where nothing can be said."""
    divided = sold / np.maximum(1.0 + planned * ads, 1.0)
    seasonal = np.where(expected.tells_season, expected.qty, np.nan)
    choices = [seasonal, divided, expected.qty]
    return np.select([~np.isnan(choice) for choice in choices], choices, sold)


def _run_length(mask: np.ndarray) -> np.ndarray:
    """Length (k, m) of the run of True that each cell lies in; 0 where it is False.

    >>> _run_length(np.array([[True, True, False, True]])).tolist()
    [[2, 2, 0, 1]]
    """
    m = mask.shape[1]
    column = np.arange(m)
    before = np.maximum.accumulate(np.where(mask, -1, column), axis=1)
    after = np.minimum.accumulate(np.where(mask, m, column)[:, ::-1], axis=1)[:, ::-1]
    return np.where(mask, after - before - 1, 0)


def _flags(sold: np.ndarray, share: np.ndarray | None) -> np.ndarray:
    """Shares of months (n, m) between 0 and 1; nothing known is 0."""
    if share is None:
        return np.zeros(sold.shape)
    if np.shape(share) != sold.shape or sold.ndim != 2:
        raise EngineError("shape", shape=np.shape(share), expected=sold.shape)
    return np.clip(np.nan_to_num(np.asarray(share, dtype=float)), 0.0, 1.0)
