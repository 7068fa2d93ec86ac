"""What people know about coming demand: promotions, launches, phase-outs, customer commitments.

An event is what a person entered for a product; event_effects tells what it does to the plan, the
functions here what promotions of the past mean for history.
"""

from datetime import date

import numpy as np
import pandas as pd

from .buckets import Buckets
from .tables import Table

PROMOTION, LAUNCH, PHASE_OUT, COMMITMENT = "promotion", "launch", "phase_out", "commitment"
OPEN_END = date(2999, 12, 31)
RATE_LIMITS = {
    PROMOTION: (-1.0, np.inf),
    LAUNCH: (0.0, np.inf),
    PHASE_OUT: (0.0, 1.0),
    COMMITMENT: (0.0, 1.0),
}

EVENTS = Table(
    "events",
    {
        "event_id": "int64",
        "kind": "str",
        "product_id": "int64",
        "other_id": "int64",  # like-item of a launch, successor of a phase-out; 0 is none
        "start": "datetime64[s]",
        "end": "datetime64[s]",  # the first day after it; OPEN_END or later is open
        "rate": "float64",
        "qty": "float64",
        "is_qty": "bool",  # a promotion given by qty, not by rate
        "ramp_months": "int64",  # month of a launch that is the first at the full level
        "usual": "float64",  # what the customer of a commitment takes anyway
    },
    key=("event_id", "product_id"),
    units={
        "rate": "ratio; promotion: uplift, launch: scale of the like-item, phase-out: share that "
        "goes to the successor, commitment: probability",
        "qty": "product unit; promotion: additional in total, commitment: a month",
        "usual": "product unit a month",
    },
)
PROMOTION_RESULTS = Table(
    "promotion_results",
    {
        "event_id": "int64",
        "product_id": "int64",
        "qty_expected": "float64",
        "qty_effect": "float64",
    },
    key=("event_id", "product_id"),
    units={"qty_expected": "product unit", "qty_effect": "product unit"},
)


def days_inside(start: object, end: object, buckets: Buckets) -> np.ndarray:
    """Days of each bucket inside [start, end): (e,) days -> (e, h) int64.

    >>> quarter = Buckets.months(date(2026, 1, 1), 3)
    >>> days_inside(["2026-01-17"], ["2026-03-01"], quarter).tolist()
    [[15, 28, 0]]
    """
    first, after = day_number(buckets.starts), day_number(buckets.ends)
    from_day, to_day = day_number(start)[:, None], day_number(end)[:, None]
    return np.maximum(np.minimum(to_day, after) - np.maximum(from_day, first), 0)


def day_shares(start: object, end: object, buckets: Buckets) -> np.ndarray:
    """Share of each bucket's days inside [start, end): (e,) days -> (e, h)."""
    length = day_number(buckets.ends) - day_number(buckets.starts)
    return days_inside(start, end, buckets) / length


def day_number(moments: object) -> np.ndarray:
    """Days since 1970 (k,) int64."""
    return pd.DatetimeIndex(moments).to_numpy().astype("datetime64[D]").astype(np.int64)


def past_promotions(
    events: pd.DataFrame, product_ids: np.ndarray, months: Buckets
) -> tuple[np.ndarray, np.ndarray]:
    """Promotions as ``corrections`` reads them: share of each month (n, m) and planned uplift.

    events: an EVENTS table; product_ids (n,). The uplift (n, m) is that of the promoted days, those
    of several promotions add up; NaN where there is none or one is planned in units.
    """
    rows, position, share = _promotion_days(events, product_ids, months)
    running, planned = np.zeros((2, len(product_ids), months.count))
    rate = np.where(rows["is_qty"], np.nan, rows["rate"])[:, None]
    np.add.at(running, position, share)
    np.add.at(planned, position, np.where(share > 0, rate * share, 0.0))
    share = np.minimum(running, 1.0)
    uplift = np.divide(planned, share, out=np.full(share.shape, np.nan), where=share > 0)
    return share, uplift


def shared_units(
    events: pd.DataFrame, product_ids: np.ndarray, expected: np.ndarray
) -> pd.DataFrame:
    """EVENTS whose units for several products are shared by what these sell, not equally.

    expected (n,) units of the products (n,). Products without any expectation share equally only
    where no product of the event has one.
    """
    known = pd.Series(np.maximum(expected, 0.0), index=product_ids)
    weight = known.reindex(events["product_id"]).fillna(0.0).to_numpy(float)
    grouped = events["event_id"]
    total = pd.Series(weight).groupby(grouped.to_numpy()).transform("sum").to_numpy()
    units = events.groupby(grouped.to_numpy())["qty"].transform("sum").to_numpy(float)
    share = np.divide(weight, total, out=np.zeros(len(weight)), where=total > 0)
    return events.assign(qty=np.where(total > 0, units * share, events["qty"].to_numpy(float)))


def promotion_results(
    events: pd.DataFrame,
    product_ids: np.ndarray,
    months: Buckets,
    qty: np.ndarray,
    expected: np.ndarray,
) -> pd.DataFrame:
    """What promotions brought, a PROMOTION_RESULTS row for each event and product that tells.

    qty (n, m) ordered units, expected (n, m) what corrections.baseline says of the same months.
    qty_effect is what was ordered beyond the expected figure in the months of the promotion,
    qty_expected what was expected on its days: their ratio compares with the planned uplift.
    Promotions of the same product share a month by their days in it.
    """
    rows, position, share = _promotion_days(events, product_ids, months)
    running = np.zeros(np.shape(qty))
    np.add.at(running, position, share)
    base = expected[position]
    known = (share > 0) & ~np.isnan(base)
    part = np.divide(share, running[position], out=np.zeros_like(share), where=known)
    beyond = np.where(known, (qty[position] - base) * part, 0.0)
    results = pd.DataFrame(
        {
            "event_id": rows["event_id"].to_numpy(),
            "product_id": rows["product_id"].to_numpy(),
            "qty_expected": np.where(known, base * share, 0.0).sum(axis=1),
            "qty_effect": beyond.sum(axis=1),
        }
    )
    return PROMOTION_RESULTS.build(results[known.any(axis=1)])


def _promotion_days(
    events: pd.DataFrame, product_ids: np.ndarray, months: Buckets
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Promotions (e rows) of known products, their products' positions (e,), shares (e, m)."""
    events = EVENTS.build(events)
    position = pd.Index(product_ids).get_indexer(events["product_id"])
    is_meant = (events["kind"] == PROMOTION).to_numpy() & (position >= 0)
    rows = events[is_meant]
    return rows, position[is_meant], day_shares(rows["start"], rows["end"], months)
