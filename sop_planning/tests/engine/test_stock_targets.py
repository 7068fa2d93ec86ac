"""Safety stock by its formula, through the bills and over time, and what is too much."""

import itertools
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.stock_targets import excess, rebuilt, safety_factor, safety_stock, stock_targets
from engine.structure import BOM_LINES, BYPRODUCTS, structure
from engine.supply_buckets import SupplyBuckets
from engine.tables import EngineError

MONDAY = date(2026, 11, 30)
BUCKETS = SupplyBuckets.plan(MONDAY, MONDAY, 4, date(2027, 3, 1))
DAYS = BUCKETS.days
some = st.floats(0, 1000)


def products(count, *bills):
    """Products 1 .. count; bills as (product, component, quantity)."""
    lines = BOM_LINES.build(list(bills))
    return structure(np.arange(1, count + 1), lines, BYPRODUCTS.empty(), np.zeros(count))


def proposed(shape, rate, error, *, lead=9.0, lead_std=0.0, level=0.95, review=0.0):
    """Targets of products with an even demand a day (n,), or one by bucket (n, T)."""
    n = len(shape.product_ids)
    rate = np.asarray(rate, float)
    demand = (rate[:, None] if rate.ndim == 1 else rate) * DAYS
    vectors = [np.broadcast_to(np.asarray(x, float), n) for x in (error, level, lead, lead_std)]
    return stock_targets(shape, demand, *vectors, review, DAYS)


# The formula


def test_golden_safety_stock_of_demand_alone():
    assert safety_stock(1.645, 20, 10) == pytest.approx(104.04, abs=0.005)


def test_golden_safety_stock_of_demand_and_lead_time():
    found = safety_stock(1.645, 20, 10, rate=100, lead_std=3)
    assert found == pytest.approx(504.35, abs=0.005)


def test_golden_safety_factors_of_a_cycle_service_level():
    assert safety_factor(0.95) == pytest.approx(1.645, abs=5e-4)
    assert safety_factor(0.975) == pytest.approx(1.960, abs=5e-4)


def test_the_factor_is_the_chance_of_no_stock_out():
    errors = np.random.default_rng(4).normal(0, 20 * np.sqrt(10), 200_000)
    for level in (0.8, 0.95, 0.99):
        covered = errors <= safety_stock(safety_factor(level), 20, 10)
        assert covered.mean() == pytest.approx(level, abs=0.003)


def test_the_review_period_counts_with_the_lead_time():
    assert safety_stock(1.645, 20, 6, review_days=4) == safety_stock(1.645, 20, 10)


def test_a_service_level_below_one_half_asks_for_none():
    assert safety_stock(safety_factor(0.3), 20, 10) == 0


@pytest.mark.parametrize("level", [0.0, 1.0, -0.5, 1.5, np.nan, np.array([0.95, 1.0])])
def test_impossible_service_levels_are_refused(level):
    with pytest.raises(EngineError) as error:
        safety_factor(level)
    assert error.value.code == "service_level"


def test_a_negative_lead_time_is_refused():
    with pytest.raises(EngineError) as error:
        safety_stock(1.645, 20, np.array([3.0, -8.0]), review_days=7)
    assert error.value.code == "lead_days"


@given(st.tuples(some, some, some, some, some), st.integers(0, 4), some)
def test_more_uncertainty_never_asks_for_less(values, position, more):
    """Error, lead time, rate, spread of the lead time, review period."""
    larger = list(values)
    larger[position] += more
    assert safety_stock(1.645, *larger) >= safety_stock(1.645, *values)


# Over time


def test_even_demand_has_the_same_target_in_weeks_and_months():
    found = proposed(products(1), [10], 20, lead=6, review=4)
    assert found[0] == pytest.approx(safety_stock(safety_factor(0.95), 20, 10))


def test_the_spread_of_the_lead_time_counts_by_the_demand_of_the_bucket():
    rate = np.full((1, BUCKETS.count), 100.0)
    found = proposed(products(1), rate, 20, lead=10, lead_std=3, level=0.95)
    assert found[0] == pytest.approx(safety_stock(safety_factor(0.95), 20, 10, 100, 3))


def test_targets_rise_and_fall_with_the_quarter_that_follows():
    long = SupplyBuckets.plan(MONDAY, MONDAY, 4, date(2028, 3, 1))
    rate = np.where(long.starts < np.datetime64("2027-08-01"), 10.0, 20.0)[None, :]
    vectors = [np.array([value]) for value in (20.0, 0.95, 9.0, 2.0)]
    found = stock_targets(products(1), rate * long.days, *vectors, 0, long.days)[0]
    assert found[-1] == pytest.approx(2 * found[0])
    assert (np.diff(found) >= -1e-9).all(), "it rises ahead of the season"


def test_a_single_large_order_does_not_move_the_target_of_its_week_alone():
    even = np.full((1, BUCKETS.count), 10.0)
    lumpy = even.copy()
    lumpy[0, :4] = [40, 0, 0, 0]
    found = proposed(products(1), lumpy, 20)
    assert found[0, 0] == pytest.approx(proposed(products(1), even, 20)[0, 0])


def test_without_demand_there_is_nothing_to_protect():
    assert not proposed(products(2, (1, 2, 3.0)), [0, 0], [20, 5], lead_std=4).any()


# Through the bills


def spreads(shape, rate, error):
    """The standard deviation of a day that the targets of even demand imply."""
    found = proposed(shape, rate, error, lead=9)
    return (found / safety_factor(0.95) / 3)[:, 0]


def test_a_component_has_the_error_of_what_it_goes_into():
    shape = products(3, (1, 2, 2.0), (2, 3, 3.0))
    assert spreads(shape, [10, 0, 0], [4, 0, 0]) == pytest.approx([4, 8, 24])


def test_errors_of_several_products_add_up_as_variances():
    shape = products(3, (1, 3, 2.0), (2, 3, 1.0))
    assert spreads(shape, [10, 10, 0], [4, 6, 0])[2] == pytest.approx(10)


def test_a_component_that_is_sold_as_well_has_its_own_error_too():
    shape = products(2, (1, 2, 2.0))
    assert spreads(shape, [10, 5], [4, 6])[1] == pytest.approx(10)


def test_the_lead_time_of_a_component_meets_its_whole_need():
    shape = products(3, (1, 3, 2.0), (2, 3, 1.0))
    found = proposed(shape, [10, 20, 5], 0, lead_std=[0, 0, 3])
    assert found[2] == pytest.approx(safety_factor(0.95) * 3 * (2 * 10 + 20 + 5))


@given(st.integers(1, 7), st.integers(0, 2**32 - 1))
def test_errors_through_trees_are_those_of_every_way_down(count, seed):
    """Where a component goes into a product in one way only, the quantities on it count."""
    rng = np.random.default_rng(seed)
    parent = [int(rng.integers(0, i)) for i in range(1, count)]
    qty = rng.uniform(0.5, 3, count - 1)
    shape = products(count, *[(parent[i] + 1, i + 2, qty[i]) for i in range(count - 1)])
    error, rate = rng.uniform(0, 9, count), rng.uniform(1, 9, count)
    per_unit = np.eye(count)
    for i, j in itertools.product(range(1, count), range(count)):
        per_unit[i, j] += qty[i - 1] * per_unit[parent[i - 1], j]
    assert spreads(shape, rate, error) == pytest.approx(np.sqrt(per_unit**2 @ error**2))


# Too much, and too little


def test_excess_is_what_neither_safety_nor_the_next_order_needs():
    stock = np.array([500.0, 260, 90, -20])
    found = excess(stock, np.full(4, 50.0), np.full(4, 10.0), np.full(4, 14.0), 7)
    assert found.tolist() == [240, 0, 0, 0]


def test_missing_stock_is_rebuilt_evenly():
    assert rebuilt(np.full((1, 5), 80.0), np.array([0.0]), 4).tolist() == [[20, 40, 60, 80, 80]]
    assert rebuilt(np.full((1, 3), 80.0), np.array([80.0]), 4).tolist() == [[80, 80, 80]]
    backlog = rebuilt(np.full((1, 5), 80.0), np.array([-30.0]), 4)
    assert backlog.tolist() == [[20, 40, 60, 80, 80]]


@given(
    st.lists(st.floats(0, 500), min_size=1, max_size=12), st.floats(-100, 500), st.integers(0, 15)
)
def test_rebuilding_ends_at_the_target_and_never_above(target, stock, weeks):
    aims = np.array([target])
    found = rebuilt(aims, np.array([stock]), weeks)
    assert ((found >= 0) & (found <= aims)).all()
    assert found[0, max(weeks, 1) - 1 :].tolist() == target[max(weeks, 1) - 1 :]
