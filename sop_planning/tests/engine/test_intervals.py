"""Margins are corrected by what the backtest has seen, no more than it can tell."""

import numpy as np
import pytest

from engine.intervals import LIMITS, Errors, margin_factors

NONE = np.ones(2)


def errors_of(excess, floor=np.inf):
    """Errors above the mean in multiples of the margin, the mirror image below it."""
    excess = np.asarray(excess, dtype=float)
    return Errors(below=-excess, above=excess, floor=np.full_like(excess, floor))


def normal(scale, count, origins=6):
    return scale * np.random.default_rng(1).normal(0, 1 / 1.2816, (count, origins, 3))


@pytest.mark.parametrize("scale", [0.6, 1.0, 1.8])
def test_margins_become_as_wide_as_the_errors_are(scale):
    factors = margin_factors(errors_of(normal(scale, 3000)), 0.2, NONE)
    assert factors == pytest.approx([scale, scale], rel=0.05)


def test_the_share_promised_lies_inside():
    excess = normal(1.4, 3000)
    below, above = margin_factors(errors_of(excess), 0.05, NONE)
    assert ((-below <= excess) & (excess <= above)).mean() == pytest.approx(0.95, abs=0.01)


def test_little_evidence_corrects_little():
    few = margin_factors(errors_of(normal(2.0, 1)), 0.2, NONE)
    many = margin_factors(errors_of(normal(2.0, 3000)), 0.2, NONE)
    assert (np.abs(few - 1) < 0.3).all()
    assert (many > 1.9).all()


def test_nothing_seen_changes_nothing():
    start = np.array([0.8, 1.3])
    nothing = np.full((4, 6, 3), np.nan)
    assert margin_factors(errors_of(nothing), 0.2, start) is start
    assert margin_factors(errors_of(nothing[:, :0]), 0.2, start) is start


def test_what_cannot_lie_below_zero_may_lie_above():
    excess = normal(1.0, 3000)
    free = margin_factors(errors_of(excess), 0.2, NONE)[1]
    excess = np.maximum(excess, -0.3)  # the mean is only 0.3 margins above zero
    bounded = margin_factors(errors_of(excess, floor=0.3), 0.2, NONE)[1]
    assert (excess > free).mean() == pytest.approx(0.1, abs=0.01)
    assert (excess > bounded).mean() == pytest.approx(0.2, abs=0.01)


def test_what_hits_all_products_at_once_makes_margins_wider():
    own = normal(1.0, 3000, origins=12)
    shocks = np.linspace(-1, 1, 12)[None, :, None]
    mixed = np.random.default_rng(2).permuted(own + shocks, axis=1)  # the same errors, spread
    together = margin_factors(errors_of(own + shocks), 0.2, NONE)
    assert (together > margin_factors(errors_of(mixed), 0.2, NONE) + 0.1).all()


def test_no_margin_grows_or_shrinks_without_limit():
    assert margin_factors(errors_of(normal(50, 3000)), 0.2, NONE).tolist() == [LIMITS[1]] * 2
    assert margin_factors(errors_of(normal(0.01, 3000)), 0.2, NONE).tolist() == [LIMITS[0]] * 2
