"""Classical methods against golden numbers, the registry, and the combination with the bank."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine import EngineError, forecast
from engine.intermittent import croston, imapa, sba, size_and_interval, tsb
from engine.methods import BUILT_IN, chosen, mean, naive, register, registered, seasonal_naive
from engine.smoothing import ALPHAS, damped_trend, has_season, ses, theta

RARE = np.array([[0.0, 0, 5, 0, 0, 0, 7, 0, 4, 0, 0, 6]])
SEASON = 1 + 0.5 * np.sin(np.arange(12) * 2 * np.pi / 12)
NOISY = np.random.default_rng(1).normal(100, 10, (6, 48))


@pytest.fixture
def scratch(monkeypatch):
    """A registry whose changes are forgotten after the test."""
    monkeypatch.setattr("engine.methods._METHODS", {m.__name__: m for m in BUILT_IN})


def test_croston_and_sba_golden_numbers():
    size, interval = size_and_interval(RARE[:, 2:], 3.0)
    assert (size[0], interval[0]) == (pytest.approx(5.172), pytest.approx(2.991))
    assert croston(RARE, 1)[0, 0] == pytest.approx(1.7292, abs=5e-5)
    assert sba(RARE, 1)[0, 0] == pytest.approx(1.6427, abs=5e-5)


def test_tsb_follows_its_definition():
    probability, size = 1 / 3, 5.0
    for value in RARE[0, 3:]:
        probability += 0.1 * ((value > 0) - probability)
        size += 0.1 * (value - size) * (value > 0)
    assert tsb(RARE, 2)[0] == pytest.approx([probability * size] * 2)


def test_tsb_forgets_what_is_no_longer_sold():
    rates = [tsb(np.hstack([RARE, np.zeros((1, months))]), 1)[0, 0] for months in (0, 12, 24)]
    assert rates[0] > 2 * rates[1] > 4 * rates[2] > 0


def test_aggregation_of_regular_demand_is_smoothing():
    assert imapa(NOISY, 3) == pytest.approx(ses(NOISY, 3))


def test_aggregation_finds_the_rate_of_rare_demand():
    qty = np.tile([0.0, 0, 6], (1, 16))
    assert imapa(qty, 2) == pytest.approx(np.full((1, 2), 2.0), rel=0.3)


def test_smoothing_takes_the_constant_with_the_least_errors():
    def errors(alpha):
        level, total = NOISY[0, 0], 0.0
        for value in NOISY[0, 1:]:
            total += (value - level) ** 2
            level += alpha * (value - level)
        return total, level

    assert ses(NOISY, 1)[0, 0] == pytest.approx(min(map(errors, ALPHAS))[1])


def test_theta_is_smoothing_with_half_the_drift():
    """Hyndman and Billah (2003), "Unmasking the theta method"."""
    line = 50 + 3 * np.arange(30.0)
    rising, flat = theta(np.array([line, 0 * line + 7]), 4)
    assert rising == pytest.approx(line[-1] + 1.5 * np.arange(1, 5), abs=0.1)
    assert flat == pytest.approx([7] * 4)


@pytest.mark.parametrize("method", [theta, damped_trend])
def test_a_season_is_taken_out_and_put_back(method):
    qty = np.tile(100 * SEASON, 5)[None] + np.random.default_rng(2).normal(0, 3, (1, 60))
    assert method(qty, 12)[0] == pytest.approx(100 * SEASON, rel=0.12)


def test_chance_is_not_taken_for_a_season():
    noise = np.random.default_rng(3).normal(100, 10, (2000, 60))
    assert has_season(noise, 12).mean() < 0.1
    assert has_season(noise + 60 * np.tile(SEASON, 5), 12).mean() > 0.9


def test_a_damped_trend_slows_down():
    steps = np.diff(damped_trend(np.linspace(10, 90, 40)[None], 6)[0])
    assert (steps > 0).all()
    assert (np.diff(steps) < 0).all()


def test_benchmarks():
    qty = np.array([[0.0, 0, 4, 6, 8]])
    assert naive(qty, 2).tolist() == [[8, 8]]
    assert mean(qty, 2).tolist() == [[6, 6]]
    assert seasonal_naive(np.arange(24.0)[None], 13)[0, [0, 11, 12]].tolist() == [12, 23, 12]


@settings(max_examples=25, deadline=None)
@given(arrays(float, st.tuples(st.integers(0, 4), st.integers(1, 40)), elements=st.floats(0, 1e7)))
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", registered())
def test_any_method_takes_any_history(name, qty):
    result = chosen([name])[0](qty, 5, 12)
    assert result.shape == (len(qty), 5)
    assert np.isfinite(result).all() and (result >= 0).all()
    assert (result[~(qty > 0).any(axis=1)] == 0).all()


@pytest.mark.parametrize("name", registered())
def test_buckets_before_the_first_sale_change_nothing(name):
    (method,) = chosen([name])
    padded = np.hstack([np.zeros((6, 7)), NOISY])
    assert method(padded, 4, 12) == pytest.approx(method(NOISY, 4, 12))


def test_a_method_is_registered_once(scratch):
    register("mine", naive)
    assert "mine" in registered()
    with pytest.raises(EngineError, match="method_exists"):
        register("mine", mean)
    register("mine", mean, replace=True)
    assert chosen(["mine"]) == [mean]


def test_unknown_methods_are_refused():
    with pytest.raises(EngineError, match="method_unknown"):
        forecast(NOISY, 3, methods=("magic",))


def test_the_bank_is_never_alone_responsible_nor_left_out():
    result = forecast(NOISY, 6, methods=("theta", "seasonal_naive"))
    assert result.weights.shape == (6, 3)
    assert (result.weights > 0).all()
    assert result.weights.sum(axis=1) == pytest.approx(np.ones(6))
    assert forecast(NOISY, 6).weights.tolist() == [[1.0]] * 6


def test_a_method_that_knows_more_gets_the_weight(scratch):
    noise = np.random.default_rng(5)
    secret = noise.gamma(2, 50, (20, 60))

    def oracle(qty, horizon, season):
        return secret[:, qty.shape[1] : qty.shape[1] + horizon]

    register("oracle", oracle)
    result = forecast(secret[:, :48], 6, methods=("oracle",))
    assert (result.weights[:, 1] > 0.95).all()
    assert (result.method == "oracle").all()
    assert result.mean == pytest.approx(secret[:, 48:54], rel=0.2)
    assert (result.error < 0.1).all()


def test_a_method_that_knows_nothing_does_little_harm(scratch):
    register("nonsense", lambda qty, horizon, season: np.full((len(qty), horizon), 1000.0))
    alone, both = forecast(NOISY, 6), forecast(NOISY, 6, methods=("nonsense",))
    assert both.mean == pytest.approx(alone.mean, rel=0.01)
    assert not (both.method == "nonsense").any()


def test_weights_say_the_same_in_any_unit_and_order():
    qty = np.random.default_rng(6).gamma(3, 20, (10, 36))
    first = forecast(qty, 4, methods=("theta", "ses"))
    second = forecast(qty[::-1] * 1000, 4, methods=("ses", "theta"))
    assert second.weights[::-1][:, [0, 2, 1]] == pytest.approx(first.weights, abs=0.01)


def test_what_is_dead_stays_dead_whatever_is_added():
    qty = np.zeros((2, 36))
    qty[0, :20] = 30.0
    qty[1] = 10.0
    result = forecast(qty, 6, methods=("mean", "croston"))
    assert result.mean[0].max() == 0
    assert result.mean[1] == pytest.approx(np.full(6, 10.0), rel=0.01)
    assert result.method[0] == "zero"


@pytest.mark.parametrize("result", [np.ones((6, 1)), np.full((6, 3), np.nan)])
def test_a_method_that_returns_no_forecast_is_named(scratch, result):
    register("broken", lambda qty, horizon, season: result)
    with pytest.raises(EngineError, match="method_result") as caught:
        forecast(NOISY, 3, methods=("broken",))
    assert caught.value.details["method"] == "broken"
