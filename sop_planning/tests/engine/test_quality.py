"""How far a plan can be trusted: the share of its value that no blocking defect touches."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import BYPRODUCTS, structure, touched, touched_value, trust_score
from engine.structure import BOM_LINES

PRODUCTS = st.lists(st.tuples(st.floats(0, 1e9), st.booleans()), min_size=1, max_size=30)


def columns(products):
    value, is_touched = zip(*products)
    return np.array(value), np.array(is_touched)


def test_share_of_value_without_defects():
    assert trust_score(np.array([60.0, 30, 10]), np.array([False, False, True])) == 0.9
    assert trust_score(np.array([60.0, 40]), np.array([True, True])) == 0
    assert trust_score(np.array([60.0, 40]), np.array([False, False])) == 1


def test_nothing_planned_is_no_score():
    assert math.isnan(trust_score(np.array([]), np.array([], bool)))
    assert math.isnan(trust_score(np.array([0.0, 0]), np.array([False, True])))


def test_negative_value_counts_as_nothing():
    """A product that only comes back must not raise the score of the others."""
    assert trust_score(np.array([-50.0, 80, 20]), np.array([True, False, True])) == 0.8
    assert math.isnan(trust_score(np.array([-50.0]), np.array([False])))


@given(PRODUCTS)
def test_score_is_a_share_and_its_complement_adds_up(products):
    value, is_touched = columns(products)
    score = trust_score(value, is_touched)
    if math.isnan(score):
        assert not value.any()
        return
    assert 0 <= score <= 1
    assert score + trust_score(value, ~is_touched) == pytest.approx(1)


@given(PRODUCTS, st.integers(0, 29))
def test_one_more_defect_never_raises_the_score(products, which):
    value, is_touched = columns(products)
    before = trust_score(value, is_touched)
    is_touched[which % len(value)] = True
    after = trust_score(value, is_touched)
    assert math.isnan(before) or after <= before + 1e-12


def test_a_defect_of_a_component_touches_all_it_goes_into():
    """1 takes 2, which takes 4; 3 takes 4 too; 5 stands alone."""
    lines = BOM_LINES.build([(1, 2, 1), (2, 4, 2), (3, 4, 1)])
    shape = structure([1, 2, 3, 4, 5], lines, BYPRODUCTS.empty(), np.zeros(5))
    direct = np.array([False, False, False, True, False])
    assert touched(shape, direct).tolist() == [True, True, True, True, False]
    value = np.array([100.0, 0, 50, 0, 350])
    assert trust_score(value, touched(shape, direct)) == 0.7
    amounts, counts = touched_value(shape, np.array([0, 1, 1]), np.array([3, 1, 0]), 2, value)
    assert amounts.tolist() == [150, 100]  # a product that two rows touch counts once
    assert counts.tolist() == [2, 1]
