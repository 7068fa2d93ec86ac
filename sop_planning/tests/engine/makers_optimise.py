"""Problems for the tests of the optimiser: small ones, a published one and random ones."""

import numpy as np
import pytest
from hypothesis import strategies as st

from engine.optimise import optimised
from engine.problem import SHAPES, Problem, total_cost, violations

EVER = np.inf
seeds = st.integers(0, 10**6)


def problem(work, group=None, center=None, hours=None, **given_as):
    """Planned work (K, T) in hours; unless given, a pair is a group of its own and takes an hour a
    unit of the only work center (10 hours a week at 20, none to add), in the week it is due in;
    holding costs 1 and lateness 100 a week, a unit never delivered 1,000. Scalars are repeated.
    """
    work = np.asarray(work, float)
    pairs, buckets = work.shape
    group = np.arange(pairs) if group is None else np.asarray(group)
    center = np.zeros(pairs, int) if center is None else np.asarray(center)
    hours = np.ones(pairs) if hours is None else np.asarray(hours, float)
    sizes = {"G": group.max() + 1, "W": center.max() + 1, "K": pairs, "T": buckets}
    demand = np.zeros((sizes["G"], buckets))
    demand[group] = work / hours[:, None]
    values = dict.fromkeys(SHAPES, 0.0) | {
        "demand": demand, "due": np.arange(buckets), "available": 10.0, "ahead": EVER,
        "extra_cost": 30.0, "hour_cost": 20.0, "subcontract_cost": 40.0, "late_cost": 100.0,
        "lost_cost": 1000.0, "holding_cost": 1.0, "shortfall_cost": 3.0,
    }  # fmt: skip
    values |= {"days": 7.0, "priority": 0.0, "hour_cost": 20.0, "frozen": 0} | given_as
    shapes = SHAPES | {"days": "T", "priority": "G", "hour_cost": "W"}
    tables = {
        name: np.broadcast_to(values[name], tuple(sizes[letter] for letter in letters)).copy()
        for name, letters in shapes.items()
    }
    own = {"work": work, "group": group, "center": center, "hours": hours}
    return Problem(**tables | own, frozen=values["frozen"])


def textbook(**given_as):
    """Demand 650, 1250, 1350, 2750 with 300 in stock: the work planned is what stock leaves."""
    regular, overtime = [[750, 950, 1050, 1050]], [[100, 150, 200, 200]]
    return problem(
        [[350, 1250, 1350, 2750]],
        **{"demand": [[650, 1250, 1350, 2750]], "available": regular, "extra_limit": overtime}
        | {"hour_cost": 200.0, "extra_cost": 250.0, "holding_cost": 30.0}
        | {"subcontract_limit": 500.0, "subcontract_cost": 300.0}
        | {"late_cost": 1e5, "lost_cost": 1e5}
        | given_as,
    )


def random_problem(seed, groups=4, centers=3, buckets=6):
    """Groups that go over one to three of the work centers with a lag of days; all kinds of
    scarcity."""
    rng = np.random.default_rng(seed)
    over = rng.random((groups, centers)) < 0.6
    over[np.arange(groups), rng.integers(0, centers, groups)] = True
    over[0] = True
    group, center = np.nonzero(over)
    hours = rng.uniform(0.2, 3, len(group))
    days = rng.choice([3.0, 7.0, 30.0], buckets)
    ends, lag = np.cumsum(days), rng.choice([0, 3, 7, 14, 25], (len(group), 1))
    due = np.where(ends - 1 < lag, -1, np.searchsorted(ends, ends - 1 - lag, side="right"))
    units = rng.integers(0, 40, (groups, buckets + 2)) * 1.0
    work = units[group[:, None], np.arange(buckets) + np.minimum(lag, 2)] * hours[:, None]
    later = np.clip((ends[due] + lag - ends) / days[due], 0, 1) * (due >= 0)
    later = later * np.take_along_axis(work, np.maximum(due, 0), axis=1)
    target = rng.integers(0, 30, (groups, 1)) * np.ones(buckets)
    known = rng.random((centers, 1)) < 0.8
    late = rng.uniform(1, 60, groups)
    case = problem(
        work, group, center, hours, priority=rng.integers(0, 3, groups) * 1.0,
        days=days, demand=units[:, :buckets], due=due, later=later,
        stock=target + rng.integers(0, 20, (groups, buckets)), target=target,
        missing=rng.integers(0, 20, (groups, buckets)) * (rng.random((groups, buckets)) < 0.3),
        available=np.where(known, rng.uniform(0, 120, known.shape[:1] + (buckets,)), EVER),
        extra_limit=rng.uniform(0, 20, buckets), hour_cost=rng.uniform(5, 30), frozen=1,
        ahead=rng.choice([0.0, 10.0, EVER], (groups, buckets)),
        subcontract_limit=rng.integers(0, 6, (groups, buckets)) * 1.0,
        subcontract_cost=rng.uniform(10, 100, groups), late_cost=late, lost_cost=5 * late,
        holding_cost=rng.uniform(0, 8, groups), shortfall_cost=late * rng.uniform(0, 0.5, groups),
    )  # fmt: skip
    return case


def checked(given_problem, cost=None, **options):
    """The optimum, which keeps every rule and costs what it says (and what is expected)."""
    result = optimised(given_problem, **options)
    assert result.status == "optimal"
    assert max(violations(given_problem, result).values()) <= 1e-6
    assert total_cost(given_problem, result) == pytest.approx(result.bound, rel=1e-9, abs=1e-6)
    if cost is not None:
        assert result.bound == pytest.approx(cost)
    return result


def near(values):
    return pytest.approx(np.asarray(values, float), abs=1e-6)
