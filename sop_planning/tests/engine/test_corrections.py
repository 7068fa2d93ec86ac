"""What is known explains a month of history first; actuals stay, and nothing is guessed."""

from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import EngineError
from engine.baseline import expected_demand, from_neighbours, from_other_years
from engine.cleansing import cleansed
from engine.corrections import baseline, corrections, measured_uplift

SEASON = np.array([1, 1, 1, 1, 1, 2, 3, 2, 1, 1, 1, 6.0])


def flag(months, count=36, share=1.0):
    flags = np.zeros((1, count))
    flags[0, months] = share
    return flags


def steady(months=36, seed=5):
    return np.random.default_rng(seed).normal(100, 5, (1, months)).round()


def test_expected_demand_keeps_season_and_level_whatever_is_missing():
    qty = np.outer([1.0, 2.0, 3.0], 100 * SEASON).reshape(1, -1)
    values = qty.copy()
    values[0, [17, 18, 19, 30]] = np.nan  # a whole summer, and the peak of the next
    assert from_other_years(values, 12)[0, 30] == pytest.approx(900, rel=1e-9)
    assert from_other_years(values, 12)[0, 17:20] == pytest.approx([400, 600, 400], rel=0.12)
    assert from_neighbours(values, 12)[0, 30] == pytest.approx((300 + 600 + 600 + 300) / 4)


def test_a_regular_season_trusts_other_years_and_noise_the_neighbours():
    seasonal = 100 * np.tile(SEASON, 3)[None] * np.random.default_rng(1).normal(1, 0.02, 36)
    noise = np.random.default_rng(2).normal(100, 20, (400, 36))
    expected, tells_season = expected_demand(seasonal, 12)
    assert expected[0, 23] == pytest.approx(600, rel=0.1)
    assert tells_season.all()
    error = [
        np.abs(estimate - 100).mean()
        for estimate in (expected_demand(noise, 12)[0], from_other_years(noise, 12))
    ]
    assert error[0] < 0.8 * error[1]


def test_a_stock_out_is_raised_to_what_the_season_says():
    qty = 100 * np.tile(SEASON, 3)[None]
    qty[0, 18] = 40.0
    clean, kind = corrections(qty, 12, flag(18, share=0.9))
    assert clean[0, 18] == pytest.approx(300, rel=1e-9)
    assert kind[0].tolist() == [""] * 18 + ["stock_out"] + [""] * 17
    assert (np.delete(clean, 18) == np.delete(qty, 18)).all()


@pytest.mark.parametrize("months", [[35], [20, 21], [33, 34, 35]])
def test_stock_outs_in_a_row_and_at_the_end_are_raised(months):
    qty = steady()
    qty[0, months] = 0.0
    clean, kind = corrections(qty, 12, flag(months))
    assert clean[0, months] == pytest.approx([100] * len(months), abs=8)
    assert (kind[0, months] == "stock_out").all()


@pytest.mark.parametrize(
    "sold, share",
    [(95, 1.0), (150, 1.0), (20, 0.4), (20, np.nan)],
    ids=["sold as usual", "sold more", "a small part of the month", "never held in stock"],
)
def test_a_stock_out_that_cost_nothing_is_no_stock_out(sold, share):
    qty = steady()
    qty[0, 20] = sold
    clean, kind = corrections(qty, 12, flag(20, share=share))
    assert "stock_out" not in kind
    assert clean[0, 20] <= max(sold, 110)


def test_a_product_usually_out_of_stock_or_at_its_end_is_not_raised():
    qty = steady()
    qty[0, 20] = 0.0
    _, kind = corrections(qty, 12, np.ones((1, 36)))
    assert "stock_out" not in kind
    ended = steady()
    ended[0, 26:] = 0.0
    clean, kind = corrections(ended, 12, flag(range(26, 36)))
    assert (clean == ended).all()
    assert (kind == "").all()


def test_a_product_out_of_stock_half_of_its_life_is_not_raised():
    qty, out = steady(), np.resize([1, 1, 1, 1, 1, 0, 0, 0, 0.0], (1, 36))
    qty[out > 0] = 50.0
    assert (corrections(qty, 12, out)[1] == "").all()


def test_a_stock_out_that_did_not_hurt_is_rarely_taken_for_one_that_did():
    qty = np.random.default_rng(6).normal(100, 40, (400, 36)).clip(5)
    out = np.repeat(flag(20), 400, axis=0)
    _, kind = corrections(qty, 12, out)
    assert (kind[:, 20] == "stock_out").mean() < 0.22
    qty[:, 20] = 5.0
    _, kind = corrections(qty, 12, out)
    assert (kind[:, 20] == "stock_out").mean() > 0.95


def test_an_outlier_nearby_does_not_raise_the_expected_figure():
    qty = steady()
    qty[0, [19, 20]] = [5000.0, 0.0]
    clean, kind = corrections(qty, 12, flag(20))
    assert clean[0, [19, 20]] == pytest.approx([100, 100], abs=10)
    assert kind[0, [19, 20]].tolist() == ["outlier", "stock_out"]


def test_intermittent_and_young_products_stay():
    rare, young = np.zeros((1, 36)), np.zeros((1, 36))
    rare[0, ::3] = 5.0
    young[0, -4:] = [100, 100, 0, 100]
    both = np.vstack([rare, young])
    clean, kind = corrections(both, 12, np.vstack([flag(10), flag(34)]), np.vstack([flag(3)] * 2))
    assert (clean == both).all()
    assert (kind == "").all()


def test_a_promotion_is_brought_down_to_other_years_without_their_promotions():
    qty = 100 * np.tile(SEASON, 3)[None]
    qty[0, [6, 18]] = [450.0, 390.0]  # July is 300 without
    clean, kind = corrections(qty, 12, promoted=flag([6, 18]), uplift=5.0)
    assert clean[0, [6, 18, 30]] == pytest.approx([300, 300, 300])
    assert kind[0, [6, 18, 30]].tolist() == ["promotion", "promotion", ""]
    uplift = measured_uplift(qty, flag([6, 18]))
    assert uplift[0, [6, 18]] == pytest.approx([0.5, 0.3])
    assert np.isnan(np.delete(uplift, [6, 18])).all()


def test_a_promotion_is_never_raised():
    qty = steady()
    qty[0, 20] = 60.0
    clean, kind = corrections(qty, 12, promoted=flag(20), uplift=0.5)
    assert (clean[0, 20], kind[0, 20]) == (60, "")
    assert measured_uplift(qty, flag(20))[0, 20] == pytest.approx(-0.4, abs=0.06)


def test_a_month_always_promoted_and_a_young_product_take_the_planned_uplift():
    always = 100 * np.tile(SEASON, 3)[None]
    decembers = [11, 23, 35]
    assert corrections(always, 12, promoted=flag(decembers), uplift=0.5)[0][0, 35] == 400
    without = corrections(always, 12, promoted=flag(decembers))[0][0, 35]
    assert without == pytest.approx(100)  # nothing else to say: as the months before
    young = np.zeros((1, 36))
    young[0, -3:] = [100, 100, 160]
    clean, kind = corrections(young, 12, promoted=flag(35, share=0.5), uplift=np.array([[0.6]]))
    assert clean[0, 35] == pytest.approx(160 / 1.3)
    assert kind[0, 35] == "promotion"
    assert np.isnan(measured_uplift(young, flag(35))).all()


def test_a_promotion_that_ran_out_of_stock_is_a_stock_out():
    qty = steady()
    qty[0, 20] = 10.0
    clean, kind = corrections(qty, 12, flag(20), flag(20), uplift=0.3)
    assert kind[0, 20] == "stock_out"
    assert clean[0, 20] == pytest.approx(100, abs=8)


def test_outliers_are_those_of_the_filter_and_flags_do_not_hide_them():
    qty = steady()
    qty[0, [9, 20]] = [1000.0, 0.0]
    clean, kind = corrections(qty, 12)
    assert (clean == cleansed(qty)).all()
    assert kind[0, [9, 20]].tolist() == ["outlier", "outlier"]
    clean, kind = corrections(qty, 12, flag(20))
    assert kind[0, [9, 20]].tolist() == ["outlier", "stock_out"]
    assert clean[0, [9, 20]] == pytest.approx([100, 100], abs=10)


def test_the_actuals_are_not_touched():
    qty = steady()
    qty[0, [9, 20]] = [1000.0, -3.0]
    before = qty.copy()
    clean, kind = corrections(qty, 12, flag(20), flag(21), 0.2)
    assert (qty == before).all()
    assert (clean >= 0).all()


@pytest.mark.parametrize("shape", [(0, 36), (3, 1), (3, 5), (3, 12), (3, 36)])
@pytest.mark.parametrize("value", [0.0, 1.0, 1e15])
def test_any_shape_is_safe(shape, value):
    qty = np.zeros(shape)
    qty[:, -1:] = value
    ones = np.ones(shape)
    clean, kind = corrections(qty, 12, ones, ones, 0.5)
    assert clean.shape == kind.shape == shape
    assert np.isfinite(clean).all()
    assert baseline(qty, ones).shape == measured_uplift(qty, ones).shape == shape


def test_a_wrong_shape_is_refused():
    with pytest.raises(EngineError) as caught:
        corrections(np.ones((2, 24)), 12, np.ones((2, 23)))
    assert caught.value.code == "shape"


MONTHS = st.integers(1, 40)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), MONTHS, st.floats(0.0, 1.0), st.sampled_from([None, 0.4]))
def test_directions_and_reasons_agree(seed, months, part, uplift):
    rng = np.random.default_rng(seed)
    qty = rng.poisson(rng.choice([0.5, 8, 100], (12, 1)), (12, months)).astype(float)
    qty[:, : rng.integers(0, months)] *= rng.integers(0, 2, (12, 1))
    out = rng.uniform(0, 1, qty.shape) * (rng.random(qty.shape) < part)
    ads = (rng.random(qty.shape) < part / 2).astype(float)
    clean, kind = corrections(qty, 12, out, ads, uplift)
    assert set(np.unique(kind)) <= {"", "outlier", "stock_out", "promotion"}
    assert ((clean != qty) == (kind != "")).all()
    assert (clean[kind == "stock_out"] > qty[kind == "stock_out"]).all()
    assert (clean[kind == "promotion"] < qty[kind == "promotion"]).all()
    assert (out[kind == "stock_out"] >= 0.5).all()
    assert (ads[kind == "promotion"] > 0).all()
    assert np.isfinite(clean).all() and (clean >= 0).all()


def test_products_do_not_depend_on_each_other():
    rng = np.random.default_rng(3)
    qty = rng.poisson(50, (30, 36)).astype(float)
    out, ads = (rng.random((2, 30, 36)) < 0.1).astype(float)
    together, _ = corrections(qty, 12, out, ads, 0.3)
    alone = [corrections(qty[[i]], 12, out[[i]], ads[[i]], 0.3)[0][0] for i in range(30)]
    assert together == pytest.approx(np.array(alone))


def test_planted_stock_outs_and_promotions_are_taken_out():
    rng = np.random.default_rng(4)
    season = np.exp(0.3 * rng.normal(size=(20_000, 12)))
    demand = rng.poisson(100 * np.tile(season, 3)).astype(float)
    out = rng.uniform(0.5, 1, demand.shape) * (rng.random(demand.shape) < 0.05)
    ads = (rng.random(demand.shape) < 0.08).astype(float)
    sold = np.round(demand * (1 - out) * (1 + 0.4 * ads))
    start = process_time()
    clean, _ = corrections(sold, 12, out, ads, 0.4)
    assert process_time() - start < 15  # some 1.5 s on an idle core
    flagged = (out > 0) | (ads > 0)
    error = [np.abs(x - demand)[flagged].sum() / demand[flagged].sum() for x in (sold, clean)]
    assert error[1] < 0.3 * error[0]
    assert clean[flagged].sum() == pytest.approx(demand[flagged].sum(), rel=0.03)
