"""Whatever the history, there is a sensible forecast."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine import EngineError, Forecast, classify, forecast

FIGURES = ("mean", "low", "high", "naive")
SEASON = 1 + 0.6 * np.sin(np.arange(12) * 2 * np.pi / 12)


def check_sound(result: Forecast, shape: tuple[int, int]) -> None:
    """Finite, not negative, of the right shape, the interval around the mean."""
    for name in FIGURES:
        values = getattr(result, name)
        assert values.shape == shape
        assert np.isfinite(values).all() and (values >= 0).all()
    assert (result.low <= result.mean).all() and (result.mean <= result.high).all()
    assert len(result.pattern) == len(result.method) == shape[0]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("months", [1, 2, 3, 5, 11, 12, 13, 24, 36, 60])
def test_any_length_of_history(months):
    noise = np.random.default_rng(months)
    qty = np.vstack(
        [np.zeros(months), noise.poisson(20, months), noise.poisson(0.2, months), np.ones(months)]
    )
    check_sound(forecast(qty, 18), (4, 18))


@settings(max_examples=60, deadline=None)
@given(
    arrays(float, st.tuples(st.integers(1, 4), st.integers(1, 40)), elements=st.floats(-1e7, 1e9))
)
def test_any_history_gives_a_sound_forecast(qty):
    check_sound(forecast(qty, 6), (len(qty), 6))


def test_no_product():
    check_sound(forecast(np.zeros((0, 24)), 6), (0, 6))


@pytest.mark.parametrize(
    "qty, horizon", [(np.zeros((2, 0)), 3), (np.zeros(5), 3), (np.zeros((1, 5)), 0)]
)
def test_bad_shapes_are_refused(qty, horizon):
    with pytest.raises(EngineError):
        forecast(qty, horizon)


def test_a_steady_product_stays_steady():
    result = forecast(np.full((1, 36), 50.0), 12)
    assert result.mean == pytest.approx(np.full((1, 12), 50.0), rel=0.01)
    assert result.error[0] == pytest.approx(0, abs=0.02)


def test_a_seasonal_product_peaks_in_its_season():
    qty = 100 * np.tile(SEASON, 4)[None]
    result = forecast(qty, 12)
    assert result.mean[0] == pytest.approx(100 * SEASON, rel=0.1)
    assert result.method[0] == "seasonal"


def test_a_growing_product_keeps_growing_for_a_while():
    result = forecast(np.linspace(100, 240, 36)[None], 6)
    assert result.mean[0, 0] > 230
    assert (np.diff(result.mean[0]) > 0).all()


def test_a_change_of_scale_changes_nothing_else():
    qty = np.random.default_rng(1).gamma(4, 25, (5, 40))
    small, large = forecast(qty, 6), forecast(qty * 1000, 6)
    assert large.mean == pytest.approx(small.mean * 1000, rel=1e-3)
    assert large.error == pytest.approx(small.error, rel=1e-3)


def test_dead_and_unsold_products_get_zero():
    qty = np.zeros((2, 36))
    qty[0, :20] = 30.0
    result = forecast(qty, 12)
    assert result.mean.max() == result.high.max() == 0.0
    assert result.method.tolist() == ["zero", "zero"]
    assert result.pattern.tolist() == ["dead", "none"]


def test_a_rare_product_is_forecast_at_its_rate():
    qty = np.random.default_rng(3).poisson(0.25, (200, 48)).astype(float)
    alive = classify(qty) != "dead"
    result = forecast(qty, 12)
    assert result.mean[alive].mean() == pytest.approx(0.25, abs=0.05)


def test_a_new_product_is_forecast_from_its_first_sale_on():
    qty = np.zeros((1, 36))
    qty[0, -3:] = [40, 50, 60]
    assert 35 < forecast(qty, 6).mean[0, 0] < 65


def test_a_new_product_borrows_the_season_of_its_family():
    history = np.tile(SEASON, 3)
    family = np.outer([80, 100, 120], history)
    launched = np.r_[np.zeros(32), 50 * history[-4:]]
    result = forecast(np.vstack([family, launched]), 12, groups=np.array([5, 5, 5, 5]))
    assert np.corrcoef(result.mean[3], SEASON)[0, 1] > 0.9
    assert result.method[3] == "family"


def test_the_interval_holds_what_happens():
    noise = np.random.default_rng(4)
    qty = noise.normal(100, 15, (300, 42)).clip(0)
    result = forecast(qty[:, :36], 6)
    inside = (result.low <= qty[:, 36:]) & (qty[:, 36:] <= result.high)
    assert 0.7 < inside.mean() < 0.92


def test_error_is_measured_beside_naive():
    noise = np.random.default_rng(5)
    result = forecast(noise.normal(100, 15, (50, 36)).clip(0), 6)
    assert (result.error < result.error_naive).mean() > 0.7
    assert result.error.mean() == pytest.approx(0.8 * 15 / 100, abs=0.03)


def test_error_is_not_available_when_nothing_can_be_measured():
    short = forecast(np.array([[5.0, 6.0, 7.0]]), 3)
    unsold = forecast(np.zeros((1, 36)), 3)
    assert np.isnan([short.error[0], short.error_naive[0], unsold.error[0]]).all()


def test_the_backtest_is_what_was_forecast_at_the_time():
    qty = np.random.default_rng(6).gamma(4, 25, (30, 36))
    then = [forecast(qty[:, :origin], 3).mean for origin in range(28, 34)]
    missed = sum(
        np.abs(mean - qty[:, o : o + 3]).sum(axis=1) for o, mean in zip(range(28, 34), then)
    )
    sold = sum(qty[:, o : o + 3].sum(axis=1) for o in range(28, 34))
    # what all products have in common was known a little less well then
    assert forecast(qty, 3).error == pytest.approx(missed / sold, rel=0.05)


def test_the_same_history_gives_the_same_forecast():
    qty = np.random.default_rng(7).poisson(8, (40, 36)).astype(float)
    first, second = forecast(qty, 12), forecast(qty.copy(), 12)
    for name in (*FIGURES, "error", "method"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_large_catalogues_are_forecast_in_parts_without_a_seam(monkeypatch):
    qty = np.random.default_rng(8).poisson(5, (120, 24)).astype(float)
    qty[::3, :9] = 0.0
    whole = forecast(qty, 6, groups=np.arange(120) % 7)
    monkeypatch.setattr("engine.catalogue.CELLS", 20_000)
    parts = forecast(qty, 6, groups=np.arange(120) % 7)
    for name in (*FIGURES, "error"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-9)


def test_the_order_of_products_does_not_matter():
    qty = np.random.default_rng(9).poisson(5, (30, 24)).astype(float)
    qty[::4, :15] = 0.0
    families = np.arange(30) % 4
    one, other = forecast(qty, 6, groups=families), forecast(qty[::-1], 6, groups=families[::-1])
    np.testing.assert_allclose(other.mean[::-1], one.mean, rtol=1e-9)


def test_products_lend_each_other_strength():
    noise = np.random.default_rng(10).lognormal(0, 0.1, (60, 24))
    qty = 100 * np.tile(SEASON, 2) * noise
    together = forecast(qty, 12).mean[:10]
    alone = np.vstack([forecast(row[None], 12).mean for row in qty[:10]])
    missed = [np.abs(mean - 100 * SEASON).mean() for mean in (together, alone)]
    assert missed[0] < missed[1]
