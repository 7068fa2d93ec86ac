"""Families and products agree, and the total is never worse for it in the backtest."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import forecast
from engine.backtest import STEPS, Backtest
from engine.catalogue import Prediction
from engine.hierarchy import Families, reconciled, sums, with_families

POSITION = np.array([0, 1, 0, 0, 1])
VARIANCE = np.array([4.0, 1.0, 9.0, 1.0, 2.0])
PRODUCTS = np.array([[50.0, 60], [40, 30], [20, 25], [90, 80], [10, 12]])
FAMILIES = np.array([[175.0, 150], [48, 50]])


def least_squares(products, family, variance, family_variance):
    """S b with b by weighted least squares, as the textbook writes it."""
    summing = np.vstack([np.ones(len(products)), np.eye(len(products))])
    weight = 1 / np.sqrt(np.r_[family_variance, variance])
    forecasts = np.vstack([family[None], products])
    return np.linalg.lstsq(weight[:, None] * summing, weight[:, None] * forecasts, rcond=None)[0]


def test_the_closed_form_is_the_least_squares_solution():
    family_variance = np.array([3.0, 0.5])
    result = reconciled(PRODUCTS, FAMILIES, POSITION, VARIANCE, family_variance)
    for family in (0, 1):
        rows = family == POSITION
        expected = least_squares(
            PRODUCTS[rows], FAMILIES[family], VARIANCE[rows], family_variance[family]
        )
        assert result[rows] == pytest.approx(expected)


def test_a_certain_family_is_what_its_products_add_up_to():
    result = reconciled(PRODUCTS, FAMILIES, POSITION, VARIANCE, np.zeros(2))
    assert sums(result, POSITION, 2) == pytest.approx(FAMILIES)


def test_the_sum_stands_where_the_family_knows_nothing():
    result = reconciled(PRODUCTS, FAMILIES, POSITION, VARIANCE, np.array([np.inf, 1.0]))
    np.testing.assert_array_equal(result[POSITION == 0], PRODUCTS[POSITION == 0])
    assert (result != PRODUCTS)[POSITION == 1].all()


def test_a_product_without_variance_stays():
    variance = np.where(np.arange(5) == 2, 0.0, VARIANCE)
    result = reconciled(PRODUCTS, FAMILIES, POSITION, variance, np.zeros(2))
    np.testing.assert_array_equal(result[2], PRODUCTS[2])
    assert sums(result, POSITION, 2) == pytest.approx(FAMILIES)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000))
def test_products_stay_above_zero_and_add_up(seed):
    noise = np.random.default_rng(seed)
    n, count = noise.integers(1, 12), noise.integers(1, 4)
    position = noise.integers(0, count, n)
    products = noise.gamma(0.5, 10, (n, 2)) * (noise.random((n, 1)) < 0.8)
    families = noise.gamma(0.5, 40, (count, 2))
    variance, above = noise.gamma(1, 5, n), noise.gamma(1, 5, count)
    result = reconciled(products, families, position, variance, above)
    assert (result >= 0).all()
    total, weight = sums(products, position, count), sums(variance, position, count)
    target = total + (weight / (weight + above))[:, None] * (families - total)
    members = np.bincount(position, minlength=count) > 0
    assert sums(result, position, count)[members] == pytest.approx(target[members], abs=1e-6)


def outlook_of(mean):
    width = np.ones((2, *mean.shape)) * 5
    return Prediction(mean, mean - width, mean + width, np.zeros((len(mean), 3)))


def backtest_of(actual, mean, origins):
    ends = [mean - 5, mean + 5, mean - 9, mean + 9]
    return Backtest(origins, actual, mean, *ends, naive=mean, seen=np.ones(mean.shape, bool))


def random_case(seed, shared):
    """Demand, and forecasts of products and families; ``shared`` (g,): how wrong families are."""
    noise = np.random.default_rng(seed)
    position = np.arange(24) % 4
    demand = noise.poisson(30, (24, 20)).astype(float)
    origins = np.arange(8, 18)
    buckets = np.repeat(origins, STEPS) + np.tile(np.arange(STEPS), len(origins))
    mean = np.maximum(demand[:, buckets] + noise.normal(4, 12, (24, len(buckets))), 0)
    total = sums(demand, position, 4)
    above = total[:, buckets] + noise.normal(0, 1, (4, len(buckets))) * shared[:, None]
    families = Families(
        position, outlook_of(np.full((4, 3), 200.0)), backtest_of(total[:, buckets], above, origins)
    )
    return demand, outlook_of(np.full((24, 3), 30.0)), mean, families


@pytest.mark.parametrize("seed", range(5))
def test_no_total_gets_worse_in_the_backtest(seed):
    demand, outlook, mean, families = random_case(seed, np.array([1.0, 20.0, 60.0, 400.0]))
    past = backtest_of(demand[:, families.past.buckets], mean, families.past.origins)
    moved, then, is_moved = with_families(outlook, past, demand, families)
    came = families.past.actual

    def error(forecasts):
        return np.square(sums(forecasts, families.position, 4) - came).mean(axis=1)

    assert (error(then.mean) <= error(past.mean) + 1e-9).all()
    better = is_moved[:4]
    assert better[0] and not better[3]
    assert (error(then.mean) < error(past.mean))[better].all()
    untouched = np.isin(families.position, np.flatnonzero(~better))
    np.testing.assert_array_equal(moved.mean[untouched], outlook.mean[untouched])
    np.testing.assert_array_equal(then.mean[untouched], past.mean[untouched])
    assert (moved.high - moved.mean) == pytest.approx(outlook.high - outlook.mean)


def test_a_family_of_one_product_stays_as_it_is():
    qty = np.random.default_rng(3).poisson(20, (6, 36)).astype(float)
    result = forecast(qty, 6, groups=np.arange(6))
    assert not result.reconciled.any()


def test_a_family_that_moves_as_one_corrects_its_products():
    noise = np.random.default_rng(4)
    season = 1 + 0.7 * np.sin(np.arange(60) * 2 * np.pi / 12)
    rate = 1.5 * season * np.exp(np.linspace(0, 1, 60))
    qty = noise.poisson(np.tile(rate, (120, 1))).astype(float)
    families = np.arange(120) // 40
    result = forecast(qty[:, :48], 12, groups=families)
    assert result.mean.shape == (120, 12)
    assert (result.mean >= 0).all()
    alone = forecast(qty[:, :48], 12)
    came = sums(qty[:, 48:], families, 3)
    missed = [np.abs(sums(r.mean, families, 3) - came).sum() for r in (result, alone)]
    assert missed[0] < missed[1]


def test_products_without_a_family_change_nothing():
    noise = np.random.default_rng(5)
    qty = noise.poisson(10, (60, 36)).astype(float)
    groups = np.r_[np.arange(30) % 3, np.arange(-30, 0)]
    result = forecast(qty, 6, groups=groups)
    assert not result.reconciled[30:].any()
    one_family_more = forecast(qty, 6, groups=np.where(groups < 0, groups - 100, groups))
    np.testing.assert_array_equal(result.mean, one_family_more.mean)
