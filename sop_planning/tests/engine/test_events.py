"""Promotions of the past: what history has to know of them, and what they brought."""

from datetime import date

import numpy as np
import pytest

from engine import Buckets
from engine.events import (
    EVENTS,
    OPEN_END,
    day_shares,
    days_inside,
    past_promotions,
    promotion_results,
    shared_units,
)

YEAR = Buckets.months(date(2026, 1, 1), 6)  # January to June: 31, 28, 31, 30, 31, 30 days
IDS = np.array([7, 8, 9, 10])
OLD, NEXT, LAST, OTHER = IDS.tolist()
DEFAULTS = {"other_id": 0, "end": OPEN_END, "rate": 0.0, "qty": 0.0, "is_qty": False,
            "ramp_months": 0, "usual": 0.0}  # fmt: skip


def event(kind, product_id, start, event_id=1, **values):
    row = {"event_id": event_id, "kind": kind, "product_id": product_id, "start": start}
    return {**row, **DEFAULTS, **values}


def table(*rows):
    return EVENTS.build(list(rows))


def flat(units):
    return np.full((len(IDS), YEAR.count), float(units))


def test_days_of_an_event_in_each_bucket():
    start = ["2025-12-01", "2026-01-17", "2026-02-03", "2026-07-01"]
    end = ["2026-01-02", "2026-03-01", "2026-02-04", "2026-07-09"]
    assert days_inside(start, end, YEAR).tolist() == [
        [1, 0, 0, 0, 0, 0],
        [15, 28, 0, 0, 0, 0],
        [0, 1, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0],
    ]
    assert day_shares(start, end, YEAR)[1].tolist() == pytest.approx([15 / 31, 1, 0, 0, 0, 0])
    weeks = Buckets.weeks(date(2026, 1, 5), 2)
    assert days_inside(["2026-01-08"], ["2026-01-14"], weeks).tolist() == [[4, 2]]


def test_past_promotions_by_share_of_the_month_and_planned_uplift():
    events = table(
        event("promotion", OLD, date(2026, 1, 17), 1, end=date(2026, 3, 1), rate=0.2),
        event("promotion", OLD, date(2026, 2, 15), 2, end=date(2026, 3, 1), rate=0.8),
        event("promotion", NEXT, date(2026, 4, 1), 3, end=date(2026, 5, 1), qty=9, is_qty=True),
        event("promotion", 99, date(2026, 4, 1), 4, end=date(2026, 5, 1), rate=0.1),
        event("commitment", LAST, date(2026, 4, 1), 5, qty=10, rate=1.0),
    )
    share, uplift = past_promotions(events, IDS, YEAR)
    assert share[0].tolist() == pytest.approx([15 / 31, 1, 0, 0, 0, 0])
    assert share[1].tolist() == [0, 0, 0, 1, 0, 0]
    assert not share[2:].any()
    # both promotions run in half of February: 20 % all along, 80 % in half of it
    assert uplift[0, :2].tolist() == pytest.approx([0.2, 0.2 + 0.8 / 2])
    assert np.isnan(uplift[1:]).all() and np.isnan(uplift[0, 2:]).all()


def test_units_for_several_products_are_shared_by_what_they_sell():
    events = table(
        event("promotion", OLD, date(2026, 2, 1), 1, end=date(2026, 3, 1), qty=50, is_qty=True),
        event("promotion", NEXT, date(2026, 2, 1), 1, end=date(2026, 3, 1), qty=50, is_qty=True),
        event("promotion", LAST, date(2026, 2, 1), 2, end=date(2026, 3, 1), qty=7, is_qty=True),
    )
    shared = shared_units(events, IDS, np.where(IDS == OLD, 300.0, np.where(IDS == NEXT, 100, 0)))
    assert shared["qty"].tolist() == [75, 25, 7]
    assert shared_units(events, IDS, np.zeros(len(IDS)))["qty"].tolist() == [50, 50, 7]


def test_promotion_results_compare_with_the_plan():
    events = table(
        event("promotion", OLD, date(2026, 2, 15), 1, end=date(2026, 4, 1), rate=0.2),
        event("promotion", NEXT, date(2026, 2, 1), 2, end=date(2026, 3, 1), rate=0.2),
        event("promotion", LAST, date(2026, 2, 1), 3, end=date(2026, 3, 1), rate=0.2),
        event("promotion", LAST, date(2026, 2, 15), 4, end=date(2026, 3, 1), rate=0.2),
    )
    qty, expected = flat(100), np.full((4, 6), np.nan)
    qty[0, [1, 2]], expected[0, [1, 2]] = [120, 130], 100  # all of March, half of February
    qty[2, 1], expected[2, 1] = 160, 100
    results = promotion_results(events, IDS, YEAR, qty, expected)
    assert results.to_numpy().tolist() == pytest.approx(
        np.array([[1, OLD, 150, 50], [3, LAST, 100, 40], [4, LAST, 50, 20]])
    )
