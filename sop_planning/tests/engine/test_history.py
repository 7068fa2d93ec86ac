"""Demand by day becomes demand by month, and nothing gets lost."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import DEMAND, Buckets, EngineError, first_sale, monthly, usable

QUARTER = Buckets.months(date(2026, 1, 1), 3)


def test_days_add_up_in_the_asked_order_of_products():
    demand = DEMAND.build(
        [
            (7, date(2026, 1, 1), 1.0, 10.0),
            (7, date(2026, 1, 31), 2.0, 20.0),
            (8, date(2026, 3, 15), 5.0, 50.0),
        ]
    )
    history = monthly(demand, np.array([8, 9, 7]), QUARTER)
    assert history.qty.tolist() == [[0, 0, 5], [0, 0, 0], [3, 0, 0]]
    assert history.amount.tolist() == [[0, 0, 50], [0, 0, 0], [30, 0, 0]]


def test_other_products_and_other_months_are_left_out():
    demand = DEMAND.build([(1, date(2026, 1, 1), 9, 9), (7, date(2025, 12, 31), 9, 9)])
    assert monthly(demand, np.array([7]), QUARTER).qty.sum() == 0


def test_no_demand_and_no_product():
    assert monthly(DEMAND.empty(), np.array([7, 8]), QUARTER).qty.shape == (2, 3)
    nothing = monthly(DEMAND.empty(), np.array([], dtype=int), QUARTER)
    assert nothing.qty.shape == (0, 3)
    assert nothing.qty.dtype == np.float64


def test_a_product_asked_for_twice_is_refused():
    with pytest.raises(EngineError):
        monthly(DEMAND.empty(), np.array([7, 7]), QUARTER)


def test_returns_lower_the_actuals_but_not_the_forecast_below_zero():
    demand = DEMAND.build([(7, date(2026, 1, 1), 5, 50), (7, date(2026, 2, 1), -3, -30)])
    qty = monthly(demand, np.array([7]), QUARTER).qty
    assert qty.tolist() == [[5, -3, 0]]
    assert usable(qty).tolist() == [[5, 0, 0]]


def test_first_sale_without_months():
    assert first_sale(np.zeros((2, 0))).tolist() == [0, 0]


DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 31))


@given(st.dictionaries(st.tuples(st.integers(1, 4), DAYS), st.integers(-99, 999), max_size=30))
def test_quantities_are_kept(sales):
    rows = [(product, day, qty, 2 * qty) for (product, day), qty in sales.items()]
    history = monthly(DEMAND.build(rows), np.arange(1, 5), QUARTER)
    assert history.qty.sum() == sum(sales.values())
    assert (history.amount == 2 * history.qty).all()
