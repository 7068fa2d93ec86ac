"""Orders and forecast: nothing counted twice, nothing lost."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine import Buckets, EngineError, SupplyBuckets, zones
from engine.consumption import bucket_demand, consumed

MONDAY = pd.Timestamp("2026-11-30").date()
MONTHS = Buckets.months(pd.Timestamp("2026-12-01").date(), 18)
BUCKETS = SupplyBuckets.plan(MONDAY, MONDAY, 26, MONTHS.ends[-1].date())
SHARES = BUCKETS.month_shares(MONTHS, pd.bdate_range("2026-11-01", "2028-12-31"), MONDAY)

moderate = settings(max_examples=50, deadline=None)
quantities = st.floats(0, 1e6).map(lambda qty: round(qty, 3))
whole = st.integers(0, 2000).map(float)


def table(elements, columns, rows=3):
    return arrays(float, (rows, columns), elements=elements)


def of(*months):
    return np.array([months], dtype=float)


def test_frepples_example():
    net = consumed(of(350, 350, 350, 350), of(300, 500, 280, 0))
    assert net.tolist() == [[0, 0, 0, 320]]


@pytest.mark.parametrize(
    "forecast, orders, net",
    [
        (of(100, 100, 100), of(30, 0, 0), of(70, 100, 100)),
        (of(100, 100, 100), of(0, 150, 0), of(50, 0, 100)),  # the month before first
        (of(100, 100, 100), of(90, 150, 0), of(10 - 10, 0, 60)),  # then the month after
        (of(100, 100, 100, 100), of(0, 0, 900, 0), of(100, 0, 0, 0)),  # no further than one month
        (of(100, 100), of(500, 0), of(0, 0)),
        (of(0, 0), of(50, 50), of(0, 0)),
        (of(100, 100), of(-30, 0), of(100, 100)),  # returns do not add demand
        (of(-5, 100), of(0, 0), of(0, 100)),
    ],
)
def test_orders_consume_their_month_then_the_one_before_then_the_one_after(forecast, orders, net):
    assert consumed(forecast, orders).tolist() == net.tolist()


def test_inputs_stay_as_they_are_and_shapes_must_agree():
    forecast, orders = of(100, 100), of(150, 0)
    consumed(forecast, orders)
    assert forecast.tolist() == [[100, 100]] and orders.tolist() == [[150, 0]]
    with pytest.raises(EngineError) as caught:
        consumed(forecast, of(1, 2, 3))
    assert caught.value.code == "shape"


@moderate
@given(table(quantities, 6), table(quantities, 6))
def test_never_negative_and_never_more_consumed_than_ordered(forecast, orders):
    net = consumed(forecast, orders)
    taken = forecast - net
    assert (net >= 0).all() and (taken >= -1e-9).all()
    # up to any month, orders up to the month after can have consumed, and none further
    reach = np.cumsum(orders, axis=1)
    reach = np.hstack([reach[:, 1:], reach[:, -1:]])
    assert (np.cumsum(taken, axis=1) <= reach + 1e-6).all()
    # the own month's orders are always consumed first: what is left is at most forecast - orders
    assert (net <= np.maximum(0, forecast - orders) + 1e-9).all()


@moderate
@given(table(quantities, 6), table(quantities, 6))
def test_demand_is_the_larger_of_forecast_and_orders_where_nothing_overflows(forecast, orders):
    orders = np.minimum(orders, forecast)
    assert np.allclose(consumed(forecast, orders) + orders, forecast)


@moderate
@given(table(quantities, 6), st.integers(0, 5), quantities)
def test_one_large_month_takes_what_three_months_have_and_no_more(forecast, month, qty):
    orders = np.zeros_like(forecast)
    orders[:, month] = qty
    net = consumed(forecast, orders)
    window = np.zeros(6, bool)
    window[max(month - 1, 0) : month + 2] = True
    available = forecast[:, window].sum(axis=1)
    assert np.allclose((forecast - net).sum(axis=1), np.minimum(qty, available))
    assert (net[:, ~window] == forecast[:, ~window]).all()


def test_open_orders_stay_where_they_are_due():
    orders = np.zeros((1, BUCKETS.count))
    orders[0, [0, 3, 30]] = 5, 7, 2
    assert bucket_demand(np.zeros((1, 18)), orders, SHARES).tolist() == orders.tolist()


def test_inside_the_fence_only_orders_count_and_the_forecast_moves_behind_it():
    net, orders = of(*[23.0 * 10] * 18), np.zeros((1, BUCKETS.count))
    orders[0, 1] = 40
    free = bucket_demand(net, orders, SHARES)
    fenced = bucket_demand(net, orders, SHARES, 2)
    assert free[0, :3].tolist() == [40, 50 + 40, 50]
    assert fenced[0, :2].tolist() == [0, 40]
    # December: 14 of its 23 working days lie behind two weeks, and take all of it
    assert fenced[0, 2] == pytest.approx(230 * 5 / 14, abs=1)
    assert fenced.sum() == pytest.approx(free.sum())


def test_a_month_wholly_inside_the_fence_loses_its_forecast():
    net = np.full((1, 18), 0.5)
    fenced = bucket_demand(net, np.zeros((1, BUCKETS.count)), SHARES, 5)  # to 3 January
    assert fenced.sum() == pytest.approx(17 * 0.5)
    assert not fenced[:, :5].any()
    with pytest.raises(EngineError) as caught:
        bucket_demand(net, np.zeros((1, BUCKETS.count)), SHARES, -1)
    assert caught.value.code == "fence"


@moderate
@given(table(quantities, 18), table(quantities, BUCKETS.count), st.integers(0, 12))
def test_orders_and_the_forecast_behind_the_fence_are_kept(net, orders, fence):
    none = np.zeros(len(net), bool)
    demand = bucket_demand(net, orders, SHARES, fence, none)
    assert (demand >= 0).all()
    assert np.allclose(demand[:, :fence], orders[:, :fence])
    kept = SHARES[:, fence:].any(axis=1)
    assert np.allclose(demand.sum(axis=1), orders.sum(axis=1) + net[:, kept].sum(axis=1))


@moderate
@given(arrays(float, 18, elements=quantities), st.integers(0, 12))
def test_what_comes_from_a_month_adds_up_to_it_across_the_seam(months, fence):
    # one product a month, which has forecast in that month only
    nothing, none = np.zeros((18, BUCKETS.count)), np.zeros(18, bool)
    demand = bucket_demand(np.diag(months), nothing, SHARES, fence, none)
    is_lost = ~SHARES[:, fence:].any(axis=1)
    assert np.allclose(demand.sum(axis=1), np.where(is_lost, 0, months))
    apart = (MONTHS.starts.to_numpy()[:, None] >= BUCKETS.ends.to_numpy()) | (
        MONTHS.ends.to_numpy()[:, None] <= BUCKETS.starts.to_numpy()
    )
    assert not demand[apart].any()


@moderate
@given(table(whole, 18), st.integers(0, 12))
def test_whole_units_stay_whole_and_half_a_unit_close(net, fence):
    nothing = np.zeros((len(net), BUCKETS.count))
    demand = bucket_demand(net, nothing, SHARES, fence)
    exact = bucket_demand(net, nothing, SHARES, fence, np.zeros(len(net), bool))
    assert (demand == np.rint(demand)).all() and (demand >= 0).all()
    assert (np.abs(np.cumsum(demand - exact, axis=1)) <= 0.5 + 1e-6).all()
    assert np.allclose(demand.sum(axis=1), exact.sum(axis=1))


def test_a_part_of_a_month_left_is_rounded_where_it_is_said_to_be_whole():
    # 12 of 23 working days of a month of 10 units are left: 5.217 units, to be planned as 5
    net = of(10 * 12 / 23, *[10] * 17)
    nothing = np.zeros((1, BUCKETS.count))
    said = bucket_demand(net, nothing, SHARES, 0, np.array([True]))
    unsaid = bucket_demand(net, nothing, SHARES)
    assert (said == np.rint(said)).all()
    assert not (unsaid == np.rint(unsaid)).all()


def test_float_noise_does_not_stop_the_rounding():
    net = np.full((1, 18), 7 * (1 - 1e-12))
    demand = bucket_demand(net, np.zeros((1, BUCKETS.count)), SHARES)
    assert (demand == np.rint(demand)).all() and demand.sum() == 18 * 7


def test_zones_follow_the_weeks_of_the_cycle_as_time_goes_by():
    later = SupplyBuckets.plan(MONDAY, pd.Timestamp("2026-12-16").date(), 26, MONTHS.ends[-1])
    assert zones(BUCKETS, 2, 4)[:5].tolist() == ["frozen"] * 2 + ["slushy"] * 2 + ["liquid"]
    assert zones(later, 2, 4)[:3].tolist() == ["slushy", "slushy", "liquid"]
    assert zones(BUCKETS, 0, 0).tolist() == ["liquid"] * BUCKETS.count
    assert zones(BUCKETS, 40, 50)[[0, 25, 26]].tolist() == ["frozen", "frozen", "liquid"]
