"""Amber and red start where the meeting thinks they start."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import EngineError, deviation, rank, severity, trend_reference


@pytest.mark.parametrize("scale", [1e-3, 0.1, 1.0, 7.0, 1e9])
@pytest.mark.parametrize(
    "percent, expected",
    [
        (10, "none"),
        (10.01, "amber"),
        (25, "amber"),
        (25.01, "red"),
        (-10, "none"),
        (-10.01, "amber"),
        (-25, "amber"),
        (-25.01, "red"),
    ],
)
def test_thresholds_are_strict_at_every_scale(scale, percent, expected):
    plan = np.array([scale * (100 + percent) / 100])
    assert severity(plan, np.array([scale])).tolist() == [expected]


def test_sums_of_decimals_do_not_tip_over():
    assert severity([0.11, 0.1 + 0.2 + 0.03], [0.10, 0.30]).tolist() == ["none", "none"]


def test_no_reference_is_new_and_red():
    assert deviation([5, 0], [0, 0]).tolist() == [np.inf, 0]
    assert severity([5, 0], [0, 0]).tolist() == ["red", "none"]


def test_small_money_is_not_worth_a_look():
    levels = severity([200, 200, 5], [100, 100, 0], value=[-999, 1000, 999], floor=1000)
    assert levels.tolist() == ["none", "red", "none"]


def test_families_have_their_own_thresholds():
    levels = severity([120, 120], [100, 100], amber=[0.1, 0.3], red=[0.15, 0.5])
    assert levels.tolist() == ["red", "none"]


@pytest.mark.parametrize("amber, red", [(0.3, 0.2), (-0.1, 0.2), (np.nan, 0.2), (0.1, np.nan)])
def test_impossible_thresholds_are_refused(amber, red):
    with pytest.raises(EngineError) as caught:
        severity([1.0], [1.0], amber, red)
    assert caught.value.code == "thresholds"


def test_trend_repeats_the_same_months_one_year_earlier():
    months = np.arange(1.0, 13.0)  # January sells 1, December 12; next comes January
    assert trend_reference(np.tile(months, 2)[None], 3).tolist() == [[1, 2, 3]]
    assert trend_reference(np.tile(months, 2)[None], 14)[0, 11:].tolist() == [12, 1, 2]


def test_trend_grows_with_the_year_within_limits():
    def reference(before, last):
        return trend_reference(np.r_[np.full(12, before), np.full(12, last)][None])[0, 0]

    assert reference(10.0, 12.0) == pytest.approx(14.4)
    assert reference(10.0, 100.0) == 200.0
    assert reference(100.0, 10.0) == 5.0


def test_trend_of_short_lives():
    qty = np.zeros((4, 24))
    qty[0, 1:] = np.arange(23)  # sold for 22 months: last year without growth
    qty[1, -11:] = 5.0  # 11 months: their mean
    qty[2, -12:] = np.arange(1, 13)  # a year: last year was the launch, so the level of late
    assert trend_reference(qty).tolist() == [[11, 12, 13], [5, 5, 5], [9.5] * 3, [0, 0, 0]]


def test_trend_counts_a_step_of_last_year_once():
    # 50 a month until 18 months ago, 100 since: the same months last year are at the new level
    qty = np.r_[np.full(18, 50.0), np.full(18, 100.0)][None]
    assert trend_reference(qty)[0].tolist() == [100, 100, 100]


def test_trend_of_little_history():
    assert trend_reference(np.array([[4.0, 6.0]])).tolist() == [[5, 5, 5]]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_trend_is_always_a_number_not_below_zero(history):
    reference = trend_reference(np.array([history]))
    assert np.isfinite(reference).all() and (reference >= 0).all()


def test_rank_takes_the_largest_money_and_keeps_ties_in_order():
    amount = np.array([3.0, -7.0, 7.0, 1.0])
    assert rank(amount, 2).tolist() == [1, 2]
    assert rank(amount, 99).tolist() == [1, 2, 0, 3]
    assert rank(amount, 0).tolist() == []
