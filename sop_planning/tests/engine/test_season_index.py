"""Seasonal indices can be read, and changing one changes that month alone."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import EngineError
from engine.season_index import season_effect, seasonal_indices

YEAR = np.array([1, 1, 1, 1, 1, 0.5, 0.5, 1, 1, 1, 1, 2.0])


def test_indices_are_the_season_from_january_on_whatever_month_history_starts():
    months = np.tile(YEAR, 5)
    for first_month in range(1, 13):
        history = 40 * np.roll(months, 1 - first_month)[None]
        indices = seasonal_indices(history, 12, first_month)
        assert indices[0] == pytest.approx(YEAR, abs=0.08)
        assert indices.mean() == pytest.approx(1.0)


def test_a_trend_is_no_season():
    indices = seasonal_indices(np.linspace(100, 200, 60)[None])
    assert indices == pytest.approx(np.ones((1, 12)), abs=0.02)


def test_young_and_empty_families_have_no_season():
    young, empty = np.zeros((2, 36))
    young[-23:] = np.tile(YEAR, 2)[:23]
    assert (seasonal_indices(np.vstack([young, empty])) == 1).all()
    assert (seasonal_indices(np.ones((2, 5))) == 1).all()
    assert seasonal_indices(np.ones((0, 36))).shape == (0, 12)


def test_a_changed_index_moves_its_month_of_the_year_in_proportion():
    computed = np.array([YEAR, np.ones(12)])
    chosen = computed.copy()
    chosen[0, [5, 11]] = [1.0, 1.5]  # June doubles, December loses a quarter
    statistical = np.full((3, 14), 80.0)
    effect = season_effect(statistical, np.array([0, 1, -1]), computed, chosen, date(2026, 11, 1))
    assert effect[0].tolist() == [0, -20, 0, 0, 0, 0, 0, 80, 0, 0, 0, 0, 0, -20]
    assert not effect[1:].any()


def test_what_was_not_measured_or_not_chosen_changes_nothing():
    computed, chosen = np.ones((1, 12)), np.full((1, 12), np.nan)
    computed[0, 0], chosen[0, 0] = 0.0, 2.0
    effect = season_effect(np.full((1, 12), 5.0), np.array([0]), computed, chosen, date(2026, 1, 1))
    assert not effect.any()


@given(st.lists(st.floats(0, 12), min_size=12, max_size=12), st.integers(1, 12))
def test_the_forecast_is_never_taken_below_zero(chosen, month):
    effect = season_effect(
        np.full((1, 18), 7.0), np.array([0]), YEAR[None], np.array([chosen]), date(2026, month, 1)
    )
    assert (7.0 + effect >= -1e-9).all()
    used = np.array(chosen)[(month - 1 + np.arange(18)) % 12]
    was = YEAR[(month - 1 + np.arange(18)) % 12]
    assert 7.0 + effect[0] == pytest.approx(7.0 * used / was)


@pytest.mark.parametrize(
    "chosen, families, code",
    [(-np.ones((1, 12)), [0], "index"), (np.ones((2, 12)), [0], "shape"),
     (np.ones((1, 12)), [0, 0], "shape")],
)  # fmt: skip
def test_impossible_indices_are_refused(chosen, families, code):
    with pytest.raises(EngineError) as caught:
        season_effect(
            np.ones((1, 3)), np.array(families), np.ones((1, 12)), chosen, date(2026, 1, 1)
        )
    assert caught.value.code == code


@pytest.mark.parametrize("first_month", [0, 13])
def test_an_impossible_month_is_refused(first_month):
    with pytest.raises(EngineError):
        seasonal_indices(np.ones((1, 36)), 12, first_month)
