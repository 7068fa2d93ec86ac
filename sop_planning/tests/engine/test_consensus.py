"""People win over machines, and no unit appears or vanishes in a split."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import EngineError, compose, spread


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
