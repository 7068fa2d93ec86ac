"""Working days count where the catalogue shows that they do, and nowhere else."""

import numpy as np
import pytest

from engine import EngineError
from engine.working_days import elasticity, working_day_factors

SEASON = np.array([1, 1, 1.2, 1, 0.8, 1, 0.7, 0.6, 1.1, 1.2, 1.3, 1.6])
HORIZON = 18


def working_days(months):
    """Monday to Friday of each month from January 2021 on."""
    first = np.datetime64("2021-01") + np.arange(months + 1)
    days = first.astype("datetime64[D]")
    return np.busday_count(days[:-1], days[1:]).astype(float)


def demand(days, power, noise, seed, level=0.0):
    """Units of a seasonal catalogue (m,) with noise in each month and in its level."""
    rng = np.random.default_rng(seed)
    m = len(days)
    path = np.cumsum(level * rng.normal(size=m)) + noise * rng.normal(size=m)
    return 1e4 * np.resize(SEASON, m) * (days / 21) ** power * np.exp(path)


def test_the_calendar_of_this_test():
    assert working_days(4).tolist() == [21, 20, 23, 22]


@pytest.mark.parametrize("level", [0.0, 0.02], ids=["steady", "wandering"])
def test_a_planted_elasticity_is_found(level):
    days = working_days(48 + HORIZON)
    found = [
        working_day_factors(demand(days[:48], 1.0, 0.02, seed, level), days)[1]
        for seed in range(40)
    ]
    assert np.mean(found) == pytest.approx(0.93, abs=0.07)  # never above one
    half = [elasticity(demand(days[:48], 0.5, 0.01, seed), days[:48]) for seed in range(40)]
    assert np.mean(half) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("months", [24, 36, 60])
@pytest.mark.parametrize("noise, level", [(0.03, 0.0), (0.1, 0.02), (0.02, 0.1)])
def test_noise_is_not_taken_for_working_days(months, noise, level):
    days = working_days(months + HORIZON)
    plain = 0
    for seed in range(100):
        factors, power = working_day_factors(demand(days[:months], 0, noise, seed, level), days)
        plain += power == 0 and (factors == 1).all()
    assert plain >= 92


def test_factors_are_the_ratio_of_days_with_mean_one():
    days = working_days(36 + HORIZON)
    factors, power = working_day_factors(demand(days[:36], 1.0, 0.0, 0), days)
    assert power == pytest.approx(1.0)
    assert factors == pytest.approx(days / days[:36].mean())
    assert factors[:36].mean() == pytest.approx(1.0)


def test_products_are_added_up():
    days = working_days(36)
    total = demand(days, 1.0, 0.01, 3)
    parts = total * np.array([[0.2], [0.5], [0.3]])
    assert working_day_factors(parts, days)[0] == pytest.approx(working_day_factors(total, days)[0])


def test_fewer_sales_for_more_days_is_no_effect():
    days = working_days(36)
    assert working_day_factors(demand(days, -1.0, 0.01, 3), days)[1] == 0


def test_equal_days_say_nothing():
    factors, power = working_day_factors(demand(np.full(36, 21.0), 0, 0.01, 1), np.full(40, 21))
    assert (factors == 1).all() and power == 0
    same_each_year = np.tile(working_days(12), 4)
    assert working_day_factors(demand(same_each_year[:36], 1, 0.0, 1), same_each_year)[1] == 0


@pytest.mark.parametrize("months", [1, 12, 23])
def test_short_history_says_nothing(months):
    days = working_days(months + HORIZON)
    assert (working_day_factors(demand(days[:months], 1, 0.0, 1), days)[0] == 1).all()


def test_months_without_sales_do_not_count():
    days = working_days(40)
    total = demand(days, 1.0, 0.001, 1)
    total[:10] = 0.0
    assert working_day_factors(total, days)[1] == pytest.approx(1, abs=0.1)
    total[:20] = 0.0
    assert working_day_factors(total, days)[1] == 0
    assert working_day_factors(np.zeros(36), days)[1] == 0


@pytest.mark.parametrize("month", [7, 19, 40])
def test_a_shutdown_does_not_blow_up(month):
    days = working_days(36 + HORIZON)
    days[month] = 0.0
    total = demand(np.maximum(days[:36], 10), 1.0, 0.01, 2)
    factors, _ = working_day_factors(total, days)
    assert np.isfinite(factors).all()
    assert factors.min() > 0.4 and factors.max() < 2.1


@pytest.mark.parametrize(
    "days, code",
    [
        (np.full(35, 21.0), "shape"),
        (np.full((36, 1), 21.0), "shape"),
        (np.zeros(36), "days"),
        (np.full(36, -1.0), "days"),
        (np.full(36, np.nan), "days"),
    ],
)
def test_impossible_days_are_refused(days, code):
    with pytest.raises(EngineError) as caught:
        working_day_factors(np.ones(36), days)
    assert caught.value.code == code
