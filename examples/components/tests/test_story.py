"""The parts of the components company that need no Odoo: the plan and its truth."""

import doctest
import math
from datetime import date, timedelta

import numpy as np
import pytest

from examples.components import plan, story, truth, truth_scenarios, weeks

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
# Christmas falls into the month after the short weeks of one that is loaded in early October
YEAR = [date(2026, 1, 5) + timedelta(days=18 * number) for number in range(20)]
SEEDS = range(1, 6)
ROOM = 0.99  # of the hours, at most, that the month after the short weeks may take


@pytest.mark.parametrize("module", [story, weeks, truth, truth_scenarios])
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


@pytest.mark.parametrize("skus", [60, 200, 500])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_scenarios_hold_all_over_the_year(skus, seed):
    """Overtime leaves no hour short, one family that waits frees the bottleneck, and the month
    after has room for it."""
    for today in YEAR:
        drawn = plan.draw(today, skus, 36, seed)
        assert truth_scenarios.overtime(drawn)["hours_short"] == 0, today
        wait = truth_scenarios.postponement(drawn)
        assert (wait["family"], wait["hours_short"]) == ("Couplings", 0), today
        assert 0.8 < wait["share"] < 1, today
        assert _fullest_after(drawn) < ROOM, today


def _fullest_after(drawn):
    """The highest load of a week after the short ones, with what was postponed into it."""
    loads, has = truth.family_loads(drawn), truth.available(drawn)
    moved = truth_scenarios.moved_loads(drawn)
    assert sum(moved.values()) > 0
    usual = {week: story.USUAL_RATE * hours for week, hours in has.items()}
    return max(
        (sum(loads[week].values()) if week in loads else usual[week]) / has[week]
        + hours / has[week]
        for week, hours in moved.items()
    )


@pytest.mark.parametrize("today", TODAYS)
@pytest.mark.parametrize(("skus", "seed"), SIZES)
def test_overtime_is_enough_and_half_an_hour_less_is_not(today, skus, seed):
    drawn = plan.draw(today, skus, 36, seed)
    wanted = truth_scenarios.overtime(drawn)
    for week, hours in truth.overload(drawn).items():
        clock = wanted["by_week"][week]
        assert clock * 2 == int(clock * 2)
        assert 0 <= clock * plan.EFFICIENCY["Turning"] - hours < 0.5
    assert wanted["hours"] == sum(wanted["by_week"].values())
    assert wanted["amount"] == wanted["hours"] * 60 * 1.5


@pytest.mark.parametrize("today", TODAYS)
@pytest.mark.parametrize(("skus", "seed"), SIZES)
def test_the_family_that_waits_is_the_first_that_frees_the_bottleneck(today, skus, seed):
    """In every short week its share is enough, and a percent less is not in one of them."""
    drawn = plan.draw(today, skus, 36, seed)
    rows = truth_scenarios.candidates(drawn)
    assert rows[0]["family"] == "Seal Sets"  # the least important one is asked first
    assert "Shafts" not in {row["family"] for row in rows}
    assert [row["margin"] for row in rows[1:]] == sorted(row["margin"] for row in rows[1:])
    wait = truth_scenarios.postponement(drawn)
    loads, over = truth.family_loads(drawn), truth.overload(drawn)
    freed = [wait["share"] * loads[week][wait["family"]] - hours for week, hours in over.items()]
    percent = [0.01 * loads[week][wait["family"]] for week in over]
    assert min(freed) >= 0
    assert any(hours < part for hours, part in zip(freed, percent))


def test_if_no_family_frees_the_bottleneck_the_one_that_frees_most_waits_entirely(monkeypatch):
    monkeypatch.setattr(story, "SHORT_RATE", 1.45)
    drawn = plan.draw(TODAYS[0], 60, 36, 1)
    wait = truth_scenarios.postponement(drawn)
    assert (wait["family"], wait["share"]) == ("Couplings", 1.0)
    loads = truth.family_loads(drawn)
    freed = sum(loads[week]["Couplings"] for week in story.SHORT_WEEKS)
    short = sum(truth.overload(drawn).values())
    assert wait["hours_short"] == pytest.approx(short - freed, abs=1e-3)


def test_days_of_the_scenarios():
    """From a Saturday: the short weeks are those of 28 December to 17 January, without New Year."""
    drawn = plan.draw(date(2026, 11, 28), 60, 36, 1)
    wait = truth_scenarios.postponement(drawn)
    days = (wait["date_from"], wait["date_to"], wait["date_target"])
    assert days == ("2027-01-04", "2027-01-24", "2027-02-08")
    shift = truth_scenarios.shift(drawn)
    assert (shift["date_from"], shift["date_to"]) == ("2026-12-28", "2027-01-17")
    assert shift["by_week"] == {6: 32.0, 7: 40.0, 8: 40.0}
    assert (shift["hours"], shift["amount"], shift["hours_short"]) == (112.0, 10080.0, 0)
    assert sum(truth_scenarios.moved_loads(drawn).values()) == pytest.approx(
        wait["share"]
        * sum(truth.family_loads(drawn)[week]["Couplings"] for week in story.SHORT_WEEKS)
    )


@pytest.mark.parametrize("today", TODAYS)
@pytest.mark.parametrize(("skus", "seed"), SIZES)
def test_more_demand_of_the_least_important_family_is_short_itself(today, skus, seed):
    """All that is added is short, and of the family that is asked for first."""
    drawn = plan.draw(today, skus, 36, seed)
    before = {gap["family"]: gap["hours_short"] for gap in truth.gaps(drawn)}
    more = truth_scenarios.more_demand(drawn)
    after = {gap["family"]: gap["hours_short"] for gap in more["gaps"]}
    added = sum(more["hours_more"].values())
    assert math.isclose(after["Seal Sets"], before["Seal Sets"] * 1.2, abs_tol=1e-3)
    assert more["hours_short"] == pytest.approx(sum(before.values()) + added, abs=1e-3)
    assert after["Couplings"] == pytest.approx(before["Couplings"], abs=1e-3)
