"""Loading by priority: who waits, for how long, and that hours are never lost."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from makers import (
    BUCKETS,
    GATES,
    LINE,
    MILL,
    MONDAY,
    PUMPS,
    VALVES,
    calendar,
    company,
    items_of,
    operation,
    pair,
    position,
    row,
    two_centers,
)

from engine.aggregate import work_later
from engine.capacity import HOURS, OPERATIONS
from engine.gaps import overload
from engine.loading import loaded
from engine.problem import SHAPES, Problem, behind_due, total_cost, violations, waiting
from engine.scenario import simulate
from engine.supply_buckets import SupplyBuckets

CLOSE = 1e-6
seeds = st.integers(0, 10**6)


def near(values):
    return pytest.approx(np.asarray(values, float), abs=CLOSE)


def random_problem(seed, is_weekly=False):
    """Up to four groups on up to three work centers over six weeks and two months, at random; lead
    times of whole weeks, and weeks only, or of days."""
    draw = np.random.default_rng(seed)
    weeks = 8 if is_weekly else 6
    calendar = SupplyBuckets.plan(
        MONDAY, MONDAY, weeks, MONDAY + timedelta(days=56 + 42 - 7 * weeks)
    )
    groups, centers, buckets = draw.integers(1, 5), draw.integers(1, 4), calendar.count
    used = draw.random((centers, groups)) < 0.7
    used[0] |= ~used.any(axis=0)
    center, group = np.nonzero(used)
    hours = draw.uniform(0.1, 2.0, len(center))
    demand = draw.uniform(0, 20, (groups, buckets)).round()
    lag = 7 * draw.integers(0, 3, len(center)) if is_weekly else draw.integers(0, 30, len(center))
    shares = np.array([calendar.shift(int(days)) for days in lag])
    work = np.einsum("kut,kt->ku", shares, demand[group]) * hours[:, None]
    last = np.cumsum(calendar.days) - 1 - lag[:, None]
    due = np.searchsorted(np.cumsum(calendar.days), last, side="right")
    due = np.where(last < 0, -1, due)
    sizes = {"G": groups, "W": centers, "K": len(center), "T": buckets}
    values = {
        name: np.zeros([sizes[letter] for letter in letters]) for name, letters in SHAPES.items()
    }
    available = draw.uniform(0, 40, (centers, buckets))
    available[draw.random((centers, buckets)) < 0.1] = np.inf
    given_as = {
        "days": calendar.days, "priority": draw.integers(1, 3, groups), "demand": demand,
        "center": center, "group": group, "hours": hours, "work": work, "available": available,
        "due": due, "later": work_later(calendar, lag, due, work, demand[group]), "frozen": 0,
        "hour_cost": np.zeros(centers), "stock": draw.uniform(0, 5, (groups, buckets)),
        "missing": np.where(draw.random((groups, buckets)) < 0.1, 3.0, 0.0),
    }  # fmt: skip
    return Problem(**{**values, **given_as})


# By hand


def test_the_least_important_family_waits_and_is_caught_up():
    """10 hours too many in the buckets 5, 6 and 7: gates (priority 30) are 10, 20, 30 hours behind.
    Then 8 hours are free a week: 22, 14, 6, 0. A gate takes 1/4 hour and is due a week later: 40,
    80, 120, 88, 56, 24 gates are late at the end of the buckets 6 to 11."""
    outcome = simulate(company())
    behind = outcome.schedule.behind
    assert behind[pair(outcome, GATES)].tolist() == near(row(5, 10, 20, 30, 22, 14, 6))
    assert not behind[pair(outcome, PUMPS)].any() and not behind[pair(outcome, VALVES)].any()
    late = outcome.schedule.backlog[position(outcome, GATES)]
    assert late.tolist() == near(row(6, 40, 80, 120, 88, 56, 24))


def test_more_than_the_least_important_have_moves_on_to_the_next():
    """A peak of 40 pumps, 24 valves and 16 gates with 20 hours a week: pumps take 16 of 20 before
    the peak. In bucket 0 pumps want 16, valves and gates 8 each of the 4 left: valves are 4 behind,
    gates 8."""
    outcome = simulate(company(hours=HOURS.build(calendar(LINE, 4.0))))
    behind = outcome.schedule.behind[:, 0]
    assert behind[[pair(outcome, family) for family in (PUMPS, VALVES, GATES)]].tolist() == [
        0,
        4,
        8,
    ]


def test_equals_wait_in_proportion_to_what_they_want():
    """Valves and gates are equal: of 12 + 18 hours 20 are done, so both have 2/3 done and wait with
    4 and 6. A week later they want 16 and 24 of which half is done: 8 and 12 wait; then 20 + ... of
    20 and 30 hours 2/5: 12 and 18 wait."""
    outcome = simulate(company(priority=np.array([10, 20, 20])))
    behind = outcome.schedule.behind[:, 5:8]
    assert behind[pair(outcome, VALVES)].tolist() == near([4, 8, 12])
    assert behind[pair(outcome, GATES)].tolist() == near([6, 12, 18])
    assert not behind[pair(outcome, PUMPS)].any()


def test_the_hours_of_the_first_short_week_are_those_of_the_gaps():
    for priority in ([10, 20, 30], [10, 20, 20], [5, 5, 5]):
        outcome = simulate(company(priority=np.array(priority)))
        load = outcome.groups.load
        short = overload(load.by_family, load.available, outcome.groups.priority)[0, :, 5]
        behind = np.zeros(len(short))
        behind[outcome.problem.group] = outcome.schedule.behind[:, 5]
        assert behind.tolist() == near(short)


def test_of_two_work_centers_the_one_furthest_behind_decides():
    """On the mill valves take 30 and gates 15 minutes: 8 + 8 hours a week, 12 + 18 in the peak. The
    mill has 25 hours: gates are 5, 10, 15 hours behind there, 10, 20, 30 on line 2: that decides.
    With 18 hours, 6 are left for gates of 18 wanted: 12, 24, 36 behind, which are 48, 96, 144."""
    outcome = simulate(company(**two_centers(mill_daily=5.0)))
    behind = outcome.schedule.behind
    assert behind[pair(outcome, GATES, 1), 5:8].tolist() == near([5, 10, 15])
    assert behind[pair(outcome, GATES, 0), 5:8].tolist() == near([10, 20, 30])
    gates = position(outcome, GATES)
    assert outcome.schedule.deficit[gates, 6:9].tolist() == near([40, 80, 120])
    outcome = simulate(company(**two_centers(mill_daily=3.6)))
    assert outcome.schedule.deficit[gates, 6:9].tolist() == near([48, 96, 144])


def test_work_decides_about_what_is_due_a_lead_time_later():
    """A week of lead time: what is due at the end of bucket 1 is worked on in bucket 0, what is due
    in bucket 0 before it. The last week of February (bucket 12) waits for bucket 11, March, April
    and May for work in themselves."""
    due = simulate(company()).problem.due[0]
    assert due.tolist() == [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15]


def test_what_waits_is_what_is_due_last():
    """Three days of lead time: 3/7 of what is worked in a week are for the next one's deliveries.
    Peak deliveries 6 to 8 are 4/7 of 50 hours in their own week and 3/7 in the one before. Bucket 5
    has 4/7 x 32 + 3/7 x 50 = 39.71 hours, 6 and 7 have 50, 8 has 4/7 x 50 + 3/7 x 32 = 42.29: 10,
    20, 22.29 hours of gates wait, then 8 less a week. Of those 3/7 x 72 gates in the buckets 6 and
    7, 3/7 x 32 in 8 to 10 are not due yet: late are 40 - 30.86, 80 - 30.86, 89.14 - 13.71, 57.14 -
    13.71, 25.14 - 13.71. They cost 0.6 each and nothing for holding."""
    outcome = simulate(company(items=items_of(days_lead=[3, 3, 3, 21])))
    gates = position(outcome, GATES)
    assert outcome.schedule.behind[pair(outcome, GATES)].tolist() == near(
        row(6, 10, 20, 156 / 7, 100 / 7, 44 / 7)
    )
    late = row(6, 64 / 7, 344 / 7, 528 / 7, 304 / 7, 80 / 7)
    assert outcome.schedule.backlog[gates].tolist() == near(late)
    assert total_cost(outcome.problem, outcome.schedule) == pytest.approx(0.6 * late.sum())


def test_work_for_later_deliveries_in_months():
    """A week of lead time: weeks are worked for the next one. 7 days of April's 32 gates a week are
    worked on in March, 8 hours, as in April for May; nothing is planned for June."""
    outcome = simulate(company())
    later = outcome.problem.later[pair(outcome, GATES)]
    assert later.tolist() == near(row(13, 8, 8))
    outcome = simulate(company(items=items_of(days_lead=[10, 10, 10, 21])))
    problem, gates = outcome.problem, pair(outcome, GATES)
    assert problem.later[gates, 1:4].tolist() == near([24 / 7] * 3)
    assert problem.later[gates, -3:].tolist() == near([80 / 7, 80 / 7, 0])


def test_where_nothing_is_planned_work_is_for_any_day():
    """3 days of lead time: 3 of 7 days, of the last bucket too; in the first one that for the first
    10 days begins."""
    due, hours = np.arange(BUCKETS.count)[None, :], np.full((1, BUCKETS.count), 7.0)
    later = work_later(BUCKETS, np.array([3.0]), due, hours, np.zeros_like(hours))
    assert later[0, :13].tolist() == near([2.1] + [3] * 12)
    assert later[0, -1] == pytest.approx(7 * 3 / 31)


def test_setups_of_unknown_batches_are_part_of_a_units_hours():
    """Gates take an hour's setup a week beside their 15 minutes: 11 hours too many in the peak wait
    11, 22, 33 hours. They are spread over what is planned, so that an hour is never more
    gates than it makes: without hours no more gates are late than were wanted."""
    operations = [operation(1, 30.0), operation(2, 30.0), operation(3, 15.0, setup=60.0, batch=0.0)]
    table = OPERATIONS.build([(*line[:1], number, *line[2:]) for number, line in
                              enumerate(operations, 1)])  # fmt: skip
    outcome = simulate(company(operations=table))
    assert outcome.schedule.behind[pair(outcome, GATES), 5:8].tolist() == near([11, 22, 33])
    none = simulate(company(operations=table, hours=HOURS.build(calendar(LINE, 0.001))))
    gates = position(none, GATES)
    wanted = none.problem.demand[gates].cumsum()
    assert none.schedule.backlog[gates, -1] <= wanted[-1] + CLOSE


def test_hours_that_nobody_knows_are_enough():
    centers = simulate(company()).inputs.supply.workcenters.assign(is_open=False)
    outcome = simulate(company(workcenters=centers))
    assert not outcome.schedule.behind.any() and not outcome.schedule.backlog.any()


def test_a_loaded_schedule_keeps_every_rule():
    for case in (company(), company(**two_centers(mill_daily=3.6))):
        problem = simulate(case).problem
        assert max(violations(problem, loaded(problem)).values()) <= CLOSE
    assert MILL in simulate(case).groups.load.workcenter_ids


# Whatever the company


@given(seeds)
def test_balances_close_and_every_rule_is_kept(seed):
    problem = random_problem(seed)
    schedule = loaded(problem)
    assert max(violations(problem, schedule).values()) <= CLOSE
    done = schedule.work.sum(axis=1) + schedule.behind[:, -1]
    assert done.tolist() == near(problem.work.sum(axis=1))
    net = schedule.stock - schedule.backlog
    assert net.ravel().tolist() == near((problem.stock - schedule.deficit).ravel())


@given(seeds)
def test_no_hour_is_idle_while_work_waits(seed):
    problem = random_problem(seed)
    schedule = loaded(problem)
    used, waits = np.zeros(problem.available.shape), np.zeros(problem.available.shape)
    np.add.at(used, problem.center, schedule.work)
    np.add.at(waits, problem.center, schedule.behind)
    is_short = waits > CLOSE
    assert used[is_short].tolist() == near(problem.available[is_short])


@given(seeds)
def test_no_more_is_late_than_was_wanted_to_date(seed):
    """Nothing is worked at all: all that was wanted by then waits where a bucket decides."""
    problem = random_problem(seed)
    late = waiting(problem, loaded(problem).behind)
    wanted = np.cumsum(problem.demand, axis=1)[problem.group]
    assert (late <= wanted + CLOSE).all()
    idle = waiting(problem, np.cumsum(problem.work, axis=1))
    assert idle.tolist() == near(np.where(problem.due >= 0, wanted, 0.0))


@given(seeds)
def test_work_of_whole_weeks_is_for_one_bucket(seed):
    problem = random_problem(seed, is_weekly=True)
    assert not problem.later.any()
    behind = loaded(problem).behind
    assert waiting(problem, behind).tolist() == near(behind_due(problem, behind))


@given(seeds)
def test_late_units_are_those_of_a_queue_of_days(seed):
    """The same, told by the day on which what waits is due: the last ones wait."""
    problem = random_problem(seed)
    behind = loaded(problem).behind
    wanted = np.cumsum(problem.demand, axis=1)[problem.group]
    done = np.cumsum(problem.work, axis=1) - behind
    served = np.take_along_axis(done, np.maximum(problem.due, 0), axis=1) / problem.hours[:, None]
    late = np.where(problem.due >= 0, np.maximum(wanted - served, 0.0), 0.0)
    assert waiting(problem, behind).tolist() == near(late)


@given(seeds, st.floats(0, 30), st.booleans())
def test_more_hours_never_make_anyone_later_and_fewer_never_earlier(seed, hours, is_more):
    problem = random_problem(seed)
    draw = np.random.default_rng(seed + 1)
    change = hours * (draw.random(problem.available.shape) < 0.4)
    if not is_more:
        change = -np.minimum(change, np.where(np.isinf(problem.available), 0, problem.available))
    before, after = loaded(problem), loaded(
        replace(problem, available=problem.available + change)
    )  # fmt: skip
    difference = after.backlog - before.backlog
    assert (difference <= CLOSE).all() if is_more else (difference >= -CLOSE).all()
