"""Golden numbers of set G, and what cannot be measured is NaN."""

import numpy as np
import pytest

from engine import bias, mae, mape, mase, smape, tracking_signal, value_added, wmape

ACTUAL = np.array([100, 120, 80, 0, 150])
FORECAST = np.array([110, 100, 90, 10, 120])
TRAINING = np.array([90, 110, 100, 120, 105, 95])


def test_golden_numbers():
    assert mae(ACTUAL, FORECAST) == 16.0
    share, skipped = mape(ACTUAL, FORECAST)
    assert share == pytest.approx(0.1479, abs=5e-5)
    assert skipped == 1
    assert wmape(ACTUAL, FORECAST) == pytest.approx(0.1778, abs=5e-5)
    assert mase(ACTUAL, FORECAST, TRAINING) == pytest.approx(16 / 15)
    assert bias(ACTUAL, FORECAST) == pytest.approx(-0.0444, abs=5e-5)
    assert tracking_signal(ACTUAL, FORECAST) == pytest.approx(-1.25)
    assert value_added(0.40, 0.38) == pytest.approx(0.02)


def test_smape_counts_zero_against_zero_as_right_and_stays_within_two():
    assert smape([0, 0], [0, 5]) == 1.0
    assert smape([100], [50]) == pytest.approx(2 * 50 / 150)


def test_many_series_at_once_equal_one_by_one():
    actual, forecast = np.stack([ACTUAL, TRAINING[:5]]), np.stack([FORECAST, ACTUAL])
    for measure in (mae, wmape, smape, bias, tracking_signal):
        together = measure(actual, forecast)
        assert together.tolist() == [float(measure(a, f)) for a, f in zip(actual, forecast)]


@pytest.mark.filterwarnings("error")
def test_without_demand_shares_are_not_available():
    zeros, some = np.zeros(3), np.ones(3)
    assert np.isnan(wmape(zeros, some))
    assert np.isnan(bias(zeros, some))
    assert np.isnan(mape(zeros, some)[0])
    assert mape(zeros, some)[1] == 3
    assert np.isnan(wmape([-5, 2], [1, 1]))


@pytest.mark.filterwarnings("error")
def test_scaled_error_needs_a_history_that_moves():
    assert np.isnan(mase(ACTUAL, FORECAST, np.full(6, 7.0)))
    assert np.isnan(mase(ACTUAL, FORECAST, TRAINING, season=12))
    assert np.isnan(tracking_signal(ACTUAL, ACTUAL))
