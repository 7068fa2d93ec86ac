"""The parts of the components company that need no Odoo: the plan and its truth."""

import doctest
from datetime import date

import numpy as np
import pytest

from examples.components import plan, story, truth, weeks

TODAYS = [
    date(2026, 11, 25),
    date(2026, 11, 30),  # a Monday
    date(2026, 12, 27),  # a Sunday between the holidays
    date(2027, 1, 1),
    date(2027, 4, 1),
    date(2027, 7, 14),
    date(2028, 2, 29),
]
SIZES = [(60, 1), (60, 7), (200, 2), (500, 3)]


@pytest.mark.parametrize("module", [story, weeks, truth])
def test_examples_in_docstrings(module):
    assert doctest.testmod(module).failed == 0


def test_a_seed_gives_the_same_company_and_another_one_does_not():
    one, again, other = (plan.draw(TODAYS[0], 60, 36, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.sales, again.sales)
    assert np.array_equal(one.framework, again.framework)
    assert not np.array_equal(one.sales, other.sales)


@pytest.mark.parametrize("today", TODAYS)
@pytest.mark.parametrize(("skus", "seed"), SIZES)
def test_the_bottleneck_is_short_in_weeks_six_to_eight_only(today, skus, seed):
    """Weeks around them stay clearly below what is available, with holidays counted."""
    drawn = plan.draw(today, skus, 36, seed)
    loads = truth.family_loads(drawn)
    hours = weeks.week_hours(today, story.FRAMEWORK_WEEKS)
    for week in range(2, story.FRAMEWORK_WEEKS):
        rate = sum(loads[week].values()) / (hours[week - 1] * plan.EFFICIENCY["Turning"])
        if week in story.SHORT_WEEKS:
            assert rate > 1.15, week
        else:
            assert rate < 0.95, week


@pytest.mark.parametrize("today", TODAYS)
@pytest.mark.parametrize(("skus", "seed"), SIZES)
def test_exactly_three_families_are_short_in_all_three_weeks(today, skus, seed):
    """The protected family keeps its hours; what is short adds up to what is missing."""
    drawn = plan.draw(today, skus, 36, seed)
    gaps = truth.gaps(drawn)
    assert {gap["family"] for gap in gaps} == set(story.SHORT_FAMILIES)
    hours = weeks.week_hours(today, max(story.SHORT_WEEKS))
    loads = truth.family_loads(drawn)
    for gap in gaps:
        assert (gap["week_from"], gap["week_to"]) == (6, 8)
        assert min(gap["by_week"].values()) > 1
    for week in story.SHORT_WEEKS:
        missing = sum(loads[week].values()) - hours[week - 1] * plan.EFFICIENCY["Turning"]
        assert sum(gap["by_week"][week] for gap in gaps) == pytest.approx(missing, abs=1e-3)


@pytest.mark.parametrize(("skus", "seed"), SIZES)
def test_framework_orders_exceed_what_the_past_lets_expect(skus, seed):
    """So that no forecast is left to be added to what is ordered in those weeks."""
    drawn = plan.draw(TODAYS[0], skus, 36, seed)
    line = drawn.line() == 2
    weekly = drawn.sales[line, -13:-1].max(axis=1) * 12 / 52
    assert (drawn.framework[line, 2:12].mean(axis=1) > weekly).mean() > 0.95


def test_revenue_is_forty_million_at_five_hundred_products():
    drawn = plan.draw(TODAYS[0], 500, 36, 1)
    revenue = (drawn.sales[:, -13:-1] * drawn.price[:, None]).sum()
    assert 30e6 < revenue < 50e6


def test_spare_parts_are_intermittent_and_some_products_are_young_or_gone():
    drawn = plan.draw(TODAYS[0], 500, 36, 1)
    spare = np.array([story.FAMILIES[f].kind == "spare" for f in drawn.family])
    assert (drawn.sales[spare, :-1] == 0).mean() > 0.4
    assert (drawn.born > 0).any()
    assert (drawn.died <= drawn.months).any()
