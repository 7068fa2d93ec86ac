"""The short list of a meeting: what belongs on it, and why the rest does not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import EngineError, severity
from engine.signals import (
    EXPLANATIONS,
    biased,
    drivers,
    launch_gaps,
    order_intake,
    rank_and_cap,
    same_cause,
    why_not_flagged,
)

ACTUAL = np.array([[100, 120, 80, 0, 150.0]])
FORECAST = np.array([[110, 100, 90, 10, 120.0]])


def test_order_intake_counts_each_month_alone():
    orders = np.array([[12, 0, 15, 99], [1, 2, 3, 4], [0, 0, 0, 0.0]])
    consensus = np.array([[10, 50, 10, 0], [1, 2, 3, 0], [0, 0, 0, 0.0]])
    intake = order_intake(orders, consensus)
    assert intake.excess.tolist() == [2, 0, 0]
    assert (intake.first.tolist(), intake.last.tolist()) == ([0, -1, -1], [0, -1, -1])
    assert (intake.ordered.tolist(), intake.planned.tolist()) == ([12, 0, 0], [10, 0, 0])
    assert order_intake(orders, consensus, near=4).first.tolist() == [0, 3, -1]


def test_order_intake_adds_up_the_months_of_a_run():
    intake = order_intake(np.array([[9.0, 9, 9]]), np.array([[9, 4, 3]]))
    assert (intake.first.tolist(), intake.last.tolist()) == ([1], [2])
    assert (intake.ordered.tolist(), intake.planned.tolist()) == ([18], [7])


def test_order_intake_of_short_horizons_and_decimals():
    intake = order_intake(np.array([[0.1 + 0.2]]), np.array([[0.3]]))
    assert intake.excess.tolist() == [0] and intake.first.tolist() == [-1]
    assert order_intake(np.zeros((2, 0)), np.zeros((2, 0))).first.tolist() == [-1, -1]
    with pytest.raises(EngineError):
        order_intake(np.zeros((2, 3)), np.zeros((2, 4)))


def test_golden_bias():
    result = biased(ACTUAL, FORECAST, np.ones((1, 5), bool))
    assert result.bias[0] == pytest.approx(-0.0444, abs=5e-5)
    assert result.tracking_signal[0] == pytest.approx(-1.25)
    assert result.months.tolist() == [5] and not result.is_biased[0]


def test_chance_is_seldom_called_bias_and_a_real_one_is_found():
    noise = np.random.default_rng(11)
    actual = noise.gamma(8, 12.5, (400, 10))
    plan = np.full(actual.shape, 100.0)
    plan[:20] = 175.0
    seen = np.ones(actual.shape, bool)
    by_signal = biased(actual, plan, seen).is_biased
    tested = biased(actual, plan, seen, false_alarm_rate=0.05).is_biased
    assert by_signal[20:].mean() > 0.2  # the limit alone cries wolf
    assert tested[20:].mean() < 0.02 and tested[:20].mean() > 0.8
    assert not (tested & ~by_signal).any()


def test_months_not_seen_change_nothing():
    actual = np.hstack([ACTUAL, [[np.nan, 7.0]]])
    forecast = np.hstack([FORECAST, [[5.0, np.nan]]])
    seen = np.array([[True] * 5 + [False] * 2])
    result = biased(actual, forecast, seen)
    assert result.tracking_signal[0] == pytest.approx(-1.25)
    assert result.bias[0] == pytest.approx(-0.0444, abs=5e-5)


@pytest.mark.parametrize(
    "months, limit, least, expected",
    [(5, 4, 4, True), (4, 4, 4, False), (4, 3, 4, True), (3, 2, 4, False), (3, 2, 3, True)],
)
@pytest.mark.parametrize("error", [-3.0, 3.0])
def test_always_the_same_error_is_a_bias(months, limit, least, expected, error):
    actual = np.full((1, 8), 10.0)
    seen = np.arange(8)[None] < months
    assert biased(actual, actual + error, seen, limit, least).is_biased.tolist() == [expected]


def test_no_month_and_no_error_are_no_bias():
    result = biased(ACTUAL, FORECAST, np.zeros((1, 5), bool))
    assert np.isnan(result.bias[0]) and np.isnan(result.tracking_signal[0])
    assert not result.is_biased[0]
    assert not biased(ACTUAL, ACTUAL, np.ones((1, 5), bool)).is_biased[0]


def test_launches_that_lack_something():
    days = np.array([0, 60, 61, -1, 10, np.nan])
    gaps = launch_gaps(days, np.zeros(6, bool), np.array([0, 5, 0, 0, np.nan, 0]))
    assert gaps.tolist() == [
        [True, True],
        [True, False],
        [False, False],
        [False, False],
        [True, True],
        [False, False],
    ]
    assert not launch_gaps(np.array([5]), np.array([True]), np.array([1.0])).any()


def test_money_first_then_red_then_kind_then_order():
    amount = np.array([10, -10, 10, 50, 10, np.nan, 99])
    levels = np.array(["amber", "red", "amber", "amber", "red", "red", "none"])
    kinds = np.array(["b", "b", "a", "b", "a", "a", "a"])
    assert rank_and_cap(amount, levels, 9, kinds).tolist() == [3, 4, 1, 2, 0, 5]
    assert rank_and_cap(amount, levels, 9).tolist() == [3, 1, 4, 0, 2, 5]
    assert rank_and_cap(amount, levels, 2).tolist() == [3, 1]
    assert (
        rank_and_cap(amount, levels, 0).tolist() == rank_and_cap(amount, levels, -1).tolist() == []
    )


def test_unknown_severity_is_refused():
    with pytest.raises(EngineError) as caught:
        rank_and_cap(np.array([1.0]), np.array(["purple"]), 3)
    assert caught.value.code == "severity"


def test_products_that_repeat_their_family():
    deviation = np.array([0.5, -0.5, np.inf, 0.5, 0.5, 0.5])
    levels = np.array(["red", "red", "red", "none", "red", "red"])
    family = np.array([0, 0, 0, 0, 1, -1])
    mask = same_cause(deviation, levels, [0.2, 0.2], ["amber", "none"], family)
    assert mask.tolist() == [True, False, True, False, False, False]


def test_drivers_go_the_way_of_their_family():
    amount = np.array([50, -80, -20, -80, 30, 5.0])
    family = np.array([0, 0, 0, 0, 1, -1])
    position, contribution = drivers(amount, family, np.array([-130, 40, 7]))
    assert position.tolist() == [1, 4, -1]
    assert contribution.tolist() == [-80, 30, 0]
    assert drivers(np.zeros(0), np.zeros(0, int), np.zeros(1))[0].tolist() == [-1]


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-1, 3)), min_size=1), st.data())
def test_drivers_are_the_largest_of_their_family(rows, data):
    amount, family = (np.array(column) for column in zip(*rows))
    total = np.array(data.draw(st.lists(st.integers(-9, 9), min_size=4, max_size=4)))
    for position, (driver, money) in enumerate(zip(*drivers(amount, family, total))):
        push = (amount * np.sign(total[position]))[family == position]
        assert max([0, *push]) == money * np.sign(total[position])
        assert driver == -1 or (family[driver] == position and amount[driver] == money)


def explain(**changes):
    row = {"plan": 130.0, "reference": 100.0, "amber": 0.1, "red": 0.25, "value": 900.0}
    row |= {"floor": 500.0, "rank": 0, "cap": 12} | changes
    arrays = {name: np.array([row[name]]) for name in ("plan", "reference", "value", "rank")}
    return why_not_flagged(**(row | arrays))[0]


@pytest.mark.parametrize(
    "changes, code",
    [
        ({}, "flagged"),
        ({"plan": 110.0}, "within_threshold"),
        ({"plan": 110.01}, "flagged"),
        ({"value": -499.0}, "below_floor"),
        ({"value": -500.0}, "flagged"),
        ({"rank": 11}, "flagged"),
        ({"rank": 12}, "beyond_cap"),
        ({"rank": -1}, "beyond_cap"),
        ({"is_same_cause": True, "rank": -1}, "same_cause"),
        ({"plan": 0.0, "reference": 0.0}, "no_reference_no_plan"),
        ({"reference": 0.0}, "flagged"),
    ],
)
def test_why_not_flagged(changes, code):
    assert explain(**changes) == code


FIGURES = st.integers(0, 4).map(lambda step: step * 33.0)


@given(st.lists(st.tuples(FIGURES, FIGURES, st.floats(-99, 99)), min_size=1, max_size=20))
def test_explanations_agree_with_the_severity(rows):
    plan, reference, value = np.array(rows).T
    rank = np.arange(len(rows))
    codes = why_not_flagged(plan, reference, 0.1, 0.25, value, 50.0, rank, 5)
    levels = severity(plan, reference, 0.1, 0.25, value, 50.0)
    assert set(codes) <= set(EXPLANATIONS)
    assert (np.isin(codes, EXPLANATIONS[:3]) == (levels == "none")).all()
    assert ((codes == "flagged") == ((levels != "none") & (rank < 5))).all()
