"""Whatever the history, there is a sensible forecast."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine import EngineError, Forecast, classify, forecast

FIGURES = ("mean", "low", "high", "low95", "high95", "naive")
SEASON = 1 + 0.6 * np.sin(np.arange(12) * 2 * np.pi / 12)


def check_sound(result: Forecast, shape: tuple[int, int]) -> None:
    """Finite, not negative, of the right shape, the interval around the mean."""
    for name in FIGURES:
        values = getattr(result, name)
        assert values.shape == shape
        assert np.isfinite(values).all() and (values >= 0).all()
    nested = [result.low95, result.low, result.mean, result.high, result.high95]
    assert all((inner <= outer).all() for inner, outer in zip(nested, nested[1:]))
    assert len(result.pattern) == len(result.method) == len(result.shares) == shape[0]
    past = result.past
    nested = [past.low95, past.low, past.mean, past.high, past.high95]
    assert all((inner <= outer).all() for inner, outer in zip(nested, nested[1:]))
    assert past.low95.shape == past.seen.shape == (shape[0], len(past.buckets))


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
    assert inside.mean() == pytest.approx(0.8, abs=0.04)
    inside = (result.low95 <= qty[:, 36:]) & (qty[:, 36:] <= result.high95)
    assert inside.mean() == pytest.approx(0.95, abs=0.02)
    assert result.coverage.mean() == pytest.approx(0.8, abs=0.04)


def test_the_interval_of_a_rare_product_is_not_too_wide():
    noise = np.random.default_rng(15)
    qty = noise.poisson(noise.uniform(0.2, 0.9, (400, 1)), (400, 54)).astype(float)
    result = forecast(qty[:, :48], 6)
    inside = (result.low <= qty[:, 48:]) & (qty[:, 48:] <= result.high)
    assert inside.mean() == pytest.approx(0.8, abs=0.05)
    inside = (result.low95 <= qty[:, 48:]) & (qty[:, 48:] <= result.high95)
    assert inside.mean() == pytest.approx(0.95, abs=0.03)


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
    result = forecast(qty, 3)
    past = result.past
    then = np.hstack([forecast(qty[:, :origin], 3).mean for origin in past.origins])
    missed = np.abs(then - qty[:, past.buckets]).sum(axis=1)
    # what all products have in common was known a little less well then
    assert result.error == pytest.approx(missed / qty[:, past.buckets].sum(axis=1), rel=0.08)
    assert past.mean == pytest.approx(then, rel=0.25)


def test_the_backtest_says_which_month_and_lag_each_column_is():
    qty = np.random.default_rng(13).poisson(9, (5, 30)).astype(float)
    past = forecast(qty, 4).past
    assert past.origins.tolist() == list(range(16, 28))
    assert past.buckets[:6].tolist() == [16, 17, 18, 17, 18, 19]
    assert past.lags[:6].tolist() == [1, 2, 3, 1, 2, 3]
    np.testing.assert_array_equal(past.actual, qty[:, past.buckets])
    last_year = qty[:, past.buckets - 12]
    np.testing.assert_array_equal(past.naive, last_year)


def test_bias_says_how_much_too_much_was_forecast():
    qty = np.full((1, 40), 100.0)
    qty[0, 28:] = [90, 85, 80, 70, 65, 60, 55, 50, 45, 40, 38, 36]  # falls faster than expected
    result = forecast(qty, 3)
    past = result.past
    expected = ((past.mean - past.actual) * past.seen).sum() / (past.actual * past.seen).sum()
    assert result.bias[0] == pytest.approx(expected)
    assert result.bias[0] > 0.05


def test_corrected_history_is_what_the_forecast_starts_from():
    sold = np.random.default_rng(14).normal(100, 5, (40, 36))
    clean = sold.copy()
    sold[:, 29] = 0.0  # out of stock
    sold[:, 24] *= 4  # promotion
    sold[0] = clean[0]
    result = forecast(sold, 3, clean=clean)
    assert result.mean == pytest.approx(forecast(clean, 3, clean=clean).mean)
    assert result.corrected.tolist() == [0] + [2] * 39
    past = result.past
    assert past.seen[0].all()
    assert not past.seen[1:, np.isin(past.buckets, [24, 29])].any()
    assert past.seen[1:, ~np.isin(past.buckets, [24, 29])].all()
    np.testing.assert_array_equal(past.actual, sold[:, past.buckets])  # what was really sold
    assert result.error[1:].mean() == pytest.approx(result.error[0], abs=0.03)


def test_history_that_was_corrected_elsewhere_is_not_cleansed_again():
    sold = np.full((1, 36), 100.0)
    sold[0, 20] = 0.0
    assert forecast(sold, 3).corrected.tolist() == [1]
    assert forecast(sold, 3, clean=sold).corrected.tolist() == [0]


def test_corrections_of_another_shape_are_refused():
    with pytest.raises(EngineError, match="shape"):
        forecast(np.ones((2, 24)), 3, clean=np.ones((2, 23)))


def test_the_same_history_gives_the_same_forecast():
    qty = np.random.default_rng(7).poisson(8, (40, 36)).astype(float)
    first, second = forecast(qty, 12), forecast(qty.copy(), 12)
    for name in (*FIGURES, "error", "bias", "coverage", "method", "shares"):
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


def test_products_of_one_age_have_more_in_common():
    noise = np.random.default_rng(16)
    steady = noise.normal(100, 10, (80, 48))
    young = np.zeros((80, 48))
    young[:, -15:] = 100 * np.tile(SEASON, 2)[-15:] * noise.lognormal(0, 0.1, (80, 15))
    shares = forecast(np.vstack([steady, young]), 6).shares[:, 1]
    assert shares[80:].mean() > 0.9  # though one season has hardly come again
    assert shares[:80].mean() < 0.75
