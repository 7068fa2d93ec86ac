"""Demand classes mean what the literature says, at the limits too."""

import numpy as np
import pytest

from engine import classify, demand_interval, demand_variation

GOLDEN = np.array([[0, 0, 5, 0, 0, 0, 7, 0, 4, 0, 0, 6.0]])


def test_golden_numbers():
    assert demand_interval(GOLDEN)[0] == 3.0
    assert demand_variation(GOLDEN)[0] == pytest.approx(0.0413, abs=5e-5)
    assert classify(GOLDEN)[0] == "intermittent"


def test_months_before_the_first_sale_do_not_count():
    launched = np.array([[0.0] * 12 + [5.0] * 12])
    assert classify(launched)[0] == "smooth"


def test_at_the_limits_the_harder_class_wins():
    life, hits = 33, 25  # ADI exactly 1.32
    qty = np.zeros((1, life))
    qty[0, :hits] = 10.0
    assert demand_interval(qty)[0] == 1.32
    assert classify(qty)[0] == "intermittent"
    varied = np.tile([0.3, 1.7], 12)[None]  # CV2 exactly 0.49
    assert demand_variation(varied)[0] == pytest.approx(0.49)
    assert classify(np.tile([0.29, 1.71], 12)[None])[0] == "erratic"
    assert classify(np.tile([0.31, 1.69], 12)[None])[0] == "smooth"


def test_lumpy_is_rare_and_varied():
    assert classify(np.tile([0, 1, 0, 0, 50, 0], 4)[None])[0] == "lumpy"


def test_no_sale_dead_and_new():
    qty = np.zeros((4, 24))
    qty[1, 11] = 5  # sold once, 13 months ago
    qty[2, 12] = 5  # sold once, in the last season
    qty[3, -5:] = 5  # five months old
    assert classify(qty).tolist() == ["none", "dead", "intermittent", "new"]


def test_a_short_history_is_never_dead():
    assert classify(np.array([[5.0] + [0.0] * 10]))[0] == "intermittent"


def test_a_month_of_returns_is_not_a_sale():
    assert classify(np.full((1, 24), -5.0))[0] == "none"
