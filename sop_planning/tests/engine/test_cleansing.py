"""Stock-outs and one-off orders are no demand pattern; seasons and new levels are."""

import numpy as np
import pytest

from engine import forecast
from engine.cleansing import cleansed

SEASON = np.array([1, 1, 1, 1, 1, 2, 3, 2, 1, 1, 1, 6.0])


def steady(months: int = 36) -> np.ndarray:
    return np.random.default_rng(21).normal(100, 5, (1, months))


@pytest.mark.parametrize("month", [0, 1, 17, 34, 35])
@pytest.mark.parametrize("value", [1000.0, 0.001])
def test_a_month_unlike_all_others_is_replaced(month, value):
    qty = steady()
    qty[0, month] = value
    clean = cleansed(qty)
    assert clean[0, month] == pytest.approx(100, abs=15)
    assert (np.delete(clean, month) == np.delete(qty, month)).all()


def test_a_stock_out_at_the_end_does_not_pull_the_forecast_down():
    qty = steady()
    qty[0, -1] = 0.0
    result = forecast(qty, 3)
    assert result.mean == pytest.approx(np.full((1, 3), 100), abs=5)
    assert result.corrected.tolist() == [1]


def test_a_season_is_not_an_outlier():
    qty = 100 * np.tile(SEASON, 3)[None]
    assert (cleansed(qty) == qty).all()


def test_a_stock_out_in_the_season_is_filled_with_the_season():
    qty = 100 * np.tile(SEASON, 4)[None] * np.random.default_rng(22).normal(1, 0.03, 48)
    qty[0, 23] = 0.0
    assert cleansed(qty)[0, 23] == pytest.approx(600, rel=0.15)


def test_a_new_level_is_not_an_outlier():
    qty = steady()
    qty[0, -3:] *= 3
    assert (cleansed(qty) == qty).all()


def test_young_and_intermittent_products_only_lose_a_one_off_order():
    young, rare = np.zeros((1, 36)), np.zeros((1, 36))
    young[0, -20:] = 100.0
    young[0, -9] = 0.0
    rare[0, ::3] = 5.0
    rare[0, 15] = 50.0  # ten times: large, but who knows
    assert (cleansed(young) == young).all()
    assert (cleansed(rare) == rare).all()
    young[0, -3], rare[0, 15] = 10_000.0, 500.0
    assert cleansed(young)[0, -4:].tolist() == [100.0] * 4
    assert cleansed(rare)[0, 15] == 5.0 and cleansed(rare)[0, :15].tolist() == rare[0, :15].tolist()


def test_two_orders_are_not_enough_to_call_one_of_them_one_off():
    few = np.zeros((1, 36))
    few[0, [3, 20, 30]] = [1.0, 2.0, 300.0]
    assert (cleansed(few) == few).all()


def test_a_peak_that_came_in_two_of_three_years_is_the_season_s():
    qty = np.full((1, 36), 100.0)
    qty[0, [17, 29]] = [480.0, 500.0]
    assert (cleansed(qty) == qty).all()


def test_the_actuals_are_not_touched():
    qty = steady()
    qty[0, 5] = 0.0
    before = qty.copy()
    forecast(qty, 3)
    assert (qty == before).all()
