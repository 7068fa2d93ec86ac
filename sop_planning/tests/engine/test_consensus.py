"""People win over machines, and no unit appears or vanishes in a split."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import EngineError, compose, spread
from engine.consensus import computed


def test_override_beats_sales_beats_statistics():
    flags = np.array([[False, False], [True, False], [False, True], [True, True]])
    consensus = compose(
        np.full(4, 100.0),
        event=np.full(4, 20.0),
        pipeline=np.full(4, 5.0),
        sales=np.full(4, 70.0),
        is_sales=flags[:, 0],
        override=np.full(4, 90.0),
        is_overridden=flags[:, 1],
    )
    assert consensus.tolist() == [125, 70, 90, 90]


def test_zero_is_a_decision():
    assert compose(np.array([100.0]), override=0.0, is_overridden=True).tolist() == [0]
    assert compose(np.array([100.0]), sales=0.0, is_sales=True).tolist() == [0]


def test_never_negative():
    assert compose(np.array([10.0]), event=-15.0).tolist() == [0]


def test_computed_is_the_sum_and_never_negative():
    statistical = np.array([100.0, 10.0])
    parts = {"season": np.array([-5.0, 0]), "event": np.array([20.0, -50]), "pipeline": 3.0}
    assert computed(statistical, **parts).tolist() == [118, 0]
    assert compose(statistical, **parts).tolist() == [118, 0]


def blend(weights, **inputs):
    figures = {"event": 0.0, "sales": 140.0, "is_sales": True, "last_year": 80.0} | inputs
    return compose(np.array([100.0]), weights=weights, **figures)[0]


def test_golden_blend():
    assert blend((50, 25, 25)) == 105
    assert blend((0.5, 0.25, 0.25)) == 105
    assert blend(np.array([[2, 1, 1]])) == 105
    assert blend((1, 1, 1), event=20.0) == pytest.approx(340 / 3)


def test_only_inputs_that_are_there_count():
    assert blend((50, 25, 25), is_sales=False) == pytest.approx(280 / 3)
    assert blend((50, 50, 25), is_last_year=False) == 120
    assert blend((50, 50, 50), is_sales=False, is_last_year=False) == 100
    assert blend((50, 50, 50), is_sales=False, sales=np.nan) == 90


def test_weights_that_add_up_to_nothing_leave_the_computed_figure():
    assert blend((0, 0, 0)) == 100
    assert blend((0, 1, 0), is_sales=False) == 100
    assert blend((0, 0, 1), is_last_year=False, event=5.0) == 105


def test_weights_of_each_line_and_the_override_wins():
    weights = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]])
    figures = {"sales": 140.0, "is_sales": True, "last_year": 80.0, "override": 7.0}
    flags = np.array([False, False, False, True])
    expected = [100, 140, 80, 7]
    for given_as in (weights, tuple(weights.T)):
        parts = compose(np.full(4, 100.0), weights=given_as, is_overridden=flags, **figures)
        assert parts.tolist() == expected


@pytest.mark.parametrize(
    "weights", [(1, -1, 0), (np.nan, 1, 0), (1, np.inf, 0), (1, 1), np.ones((1, 2)), np.float64(1)]
)
def test_impossible_blends_are_refused(weights):
    with pytest.raises(EngineError) as caught:
        blend(weights)
    assert caught.value.code == "weights"


FIGURE, WEIGHT = st.floats(-1e6, 1e6), st.floats(0, 1e300)


@given(st.tuples(FIGURE, FIGURE, FIGURE), st.tuples(WEIGHT, WEIGHT, WEIGHT), st.booleans())
def test_a_blend_lies_between_its_inputs(figures, weights, is_sales):
    statistical, sales, last_year = figures
    inputs = np.maximum(figures if is_sales else (statistical, last_year), 0)
    result = compose(
        np.array([statistical]),
        sales=sales,
        is_sales=is_sales,
        last_year=last_year,
        weights=weights,
    )
    assert inputs.min() * (1 - 1e-9) <= result[0] <= inputs.max() * (1 + 1e-9)


@given(FIGURE, FIGURE, FIGURE, st.booleans())
def test_default_weights_are_sales_else_computed(statistical, sales, last_year, is_sales):
    result = compose(np.array([statistical]), sales=sales, is_sales=is_sales, last_year=last_year)
    assert result[0] == max(sales if is_sales else statistical, 0)


def test_golden_split():
    assert spread(100, [1, 1, 1]).tolist() == [34, 33, 33]


def test_all_zero_weights_share_equally():
    assert spread(10, [0, 0, 0, 0], digits=1).tolist() == [2.5] * 4


def test_zero_weight_gets_nothing_when_others_have_some():
    assert spread(7, [0, 2, 1]).tolist() == [0, 5, 2]


def test_locked_products_first():
    parts = spread(100, [1, 1, 2], np.array([False, True, False]), np.array([0, 40, 0]))
    assert parts.tolist() == [20, 40, 40]
    blank = spread(100, [0, 5, 0], np.array([False, True, False]), np.array([0, 40, 0]))
    assert blank.tolist() == [30, 40, 30]


@pytest.mark.parametrize("total, locked", [(30, [True, False]), (50, [True, True]), (-1, None)])
def test_a_total_that_locked_products_cannot_meet_is_refused(total, locked):
    with pytest.raises(EngineError) as caught:
        spread(total, [1, 1], locked and np.array(locked), np.array([40.0, 5.0]))
    assert caught.value.code == "locked"


@pytest.mark.parametrize("weights", [[1, -1], [1, np.nan], [1, np.inf]])
def test_impossible_weights_are_refused(weights):
    with pytest.raises(EngineError):
        spread(10, weights)


def test_many_totals_at_once_equal_one_by_one():
    groups = np.array([1, 0, 1, 0, 1])
    parts = spread([100, 50], np.array([1, 1, 1, 2, 3]), groups=groups)
    assert parts[groups == 0].tolist() == spread(100, [1, 2]).tolist()
    assert parts[groups == 1].tolist() == spread(50, [1, 1, 3]).tolist()


WEIGHTS = st.lists(st.floats(0, 1e6), min_size=1, max_size=40)


@given(st.integers(0, 10**9), WEIGHTS, st.integers(0, 3))
def test_the_sum_is_kept_and_nobody_is_off_by_a_unit(cents, weights, digits):
    total = cents / 10**digits
    parts = spread(total, weights, digits=digits)
    assert parts.sum() == pytest.approx(total, abs=1e-6)
    assert (parts >= 0).all()
    if sum(weights) > 1e-100:
        exact = total * np.array(weights) / sum(weights)
        assert np.abs(parts - exact).max() <= 10.0**-digits * (1 + 1e-6) + 1e-6
