"""How long stock lasts, where it ends, and whether it was too late to order."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.coverage import days_of_supply, first_short, latest_order
from engine.netting import net
from engine.structure import BOM_LINES, BYPRODUCTS, structure
from engine.supply_buckets import SupplyBuckets

MONDAY = date(2026, 11, 30)
MIXED = SupplyBuckets.plan(MONDAY, MONDAY, 4, date(2027, 4, 1))
GOLDEN = [80.0, 76, 72, 68, 64, 60, 56, 52]
quantities = st.integers(0, 40).map(float)


def cover(stock, need, days=7):
    lasts, is_capped = days_of_supply(
        np.array([float(stock)]), np.array([need], float), np.full(len(need), days)
    )
    return float(lasts[0]), bool(is_capped[0])


# Days of supply


def test_golden_weeks_of_supply():
    lasts, is_capped = cover(500, GOLDEN)
    assert lasts / 7 == pytest.approx(7.4615, abs=5e-5) and not is_capped


def test_demand_that_ends_is_capped_and_marked():
    assert cover(100, [60, 30, 0, 0]) == (28, True)
    assert cover(90, [60, 30, 0, 0]) == (28, True)
    assert cover(528, GOLDEN) == (56, True)
    assert cover(10, [0, 0]) == (14, True)


def test_weeks_without_demand_are_covered_until_the_next_need():
    assert cover(60, [60, 0, 0, 30]) == (21, False)
    assert cover(75, [60, 0, 0, 30]) == (24.5, False)


@pytest.mark.parametrize("stock", [0, -5])
@pytest.mark.parametrize("need", [[10, 10], [0, 10], [0, 0]])
def test_no_stock_covers_nothing(stock, need):
    assert cover(stock, need) == (0, False)


def test_tenths_add_up_to_a_whole():
    assert 0.1 + 0.1 + 0.1 > 0.3
    lasts, is_capped = cover(0.3, [0.1, 0.1, 0.1, 0.1])
    assert lasts == pytest.approx(21) and not is_capped
    assert cover(0.3, [0.1, 0.1, 0.1]) == (21, True)


def test_negative_need_does_not_prolong_the_cover():
    assert cover(10, [10, -10, 10]) == cover(10, [10, 0, 10])


def test_months_count_by_their_days():
    need = MIXED.days.astype(float)[None, :]
    lasts, _ = days_of_supply(np.array([40.0]), need, MIXED.days)
    assert lasts.tolist() == [40]


@given(st.lists(quantities, min_size=1, max_size=8), st.integers(1, 300))
def test_the_need_of_the_days_covered_is_the_stock(need, stock):
    lasts, is_capped = cover(stock, need)
    edges = np.arange(len(need) + 1) * 7.0
    used = np.interp(lasts, edges, np.append(0.0, np.cumsum(need)))
    assert is_capped == (sum(need) <= stock)
    assert used == pytest.approx(sum(need) if is_capped else stock)


@given(st.lists(quantities, min_size=1, max_size=8), st.integers(0, 200), st.integers(0, 200))
def test_more_stock_never_covers_less(need, one, other):
    less, more = sorted((one, other))
    assert cover(less, need)[0] <= cover(more, need)[0] + 1e-9


# Shortage


def test_first_short():
    short = np.array([[0, 0, 2, 0, 5], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0], [1e-12, 0, 0, 3, 0]])
    assert first_short(short).tolist() == [2, -1, 0, 3]


# Latest day to order


def latest(stock, gross, *, receipts=0.0, target=0.0, lead=10, today=MONDAY):
    rows = [
        np.broadcast_to(np.asarray(x, float), (1, MIXED.count)) for x in (receipts, gross, target)
    ]
    day, is_late = latest_order(np.array([float(stock)]), *rows, np.array([lead]), MIXED, today)
    assert day.dtype == "datetime64[D]"
    return day[0].item(), bool(is_late[0])


STEADY = [10, 10, 10, 10, 4, 0, 0, 0]


def test_the_lead_time_before_the_first_bucket_below_target():
    assert latest(30, STEADY) == (date(2026, 12, 11), False)
    assert latest(30, STEADY, lead=21) == (date(2026, 11, 30), False)
    assert latest(30, STEADY, lead=22) == (date(2026, 11, 29), True)


def test_it_is_late_from_the_day_after_on():
    assert latest(30, STEADY, today=date(2026, 12, 11)) == (date(2026, 12, 11), False)
    assert latest(30, STEADY, today=date(2026, 12, 12)) == (date(2026, 12, 11), True)


def test_a_target_has_to_be_ordered_earlier():
    assert latest(30, STEADY, target=5) == (date(2026, 12, 4), False)
    assert latest(30, STEADY, target=[0, 0, 0, 0, 0, 0, 0, 99])[0] == date(2026, 12, 11)


def test_open_orders_put_it_off():
    assert latest(30, STEADY, receipts=[0, 0, 5, 5, 0, 0, 0, 0]) == (date(2026, 12, 18), False)


def test_months_begin_on_their_first_day():
    gross = [0, 0, 0, 0, 0, 0, 0, 7]
    assert MIXED.labels[-1] == "2027-03"
    assert latest(0, gross, lead=30) == (date(2027, 1, 30), False)


def test_never_below_target_needs_no_order():
    assert latest(100, STEADY, target=50) == (None, False)
    assert latest(0, [0] * 8) == (None, False)


@given(
    st.integers(0, 6),
    st.lists(
        st.tuples(quantities, st.integers(0, 70), st.integers(-20, 120)), min_size=1, max_size=6
    ),
    st.integers(0, 2**32 - 1),
)
def test_whatever_the_plan_leaves_short_was_ordered_too_late(weekday, rows, seed):
    """``earliest`` of the plan and the latest day to order say the same of one product."""
    today = MONDAY + timedelta(days=weekday)
    target, lead, stock = (np.array(column) for column in zip(*rows))
    n, rng = len(rows), np.random.default_rng(seed)
    gross = rng.uniform(0, 30, (n, MIXED.count)) * (rng.random((n, MIXED.count)) < 0.5)
    aims, nothing = np.repeat(target[:, None], MIXED.count, axis=1), np.zeros_like(gross)
    earliest = MIXED.locate_due(pd.Timestamp(today) + pd.to_timedelta(lead, unit="D"))
    shape = structure(np.arange(n), BOM_LINES.empty(), BYPRODUCTS.empty(), np.zeros(n))
    result = net(
        shape, {}, gross, nothing, nothing, stock, aims, np.zeros_like(lead), earliest,
        np.zeros(n, bool),
    )  # fmt: skip
    day, is_late = latest_order(stock, nothing, gross, aims, lead, MIXED, today)
    is_short = first_short(result.short) >= 0
    assert is_late[is_short].all()
    assert (~np.isnat(day) | (result.planned.sum(axis=1) == 0)).all()
