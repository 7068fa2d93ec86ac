"""The optimum is the published one and that of another formulation, and it keeps every rule."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from makers_optimise import EVER, checked, near, problem, random_problem, seeds, textbook
from scipy.optimize import OptimizeResult, linprog

from engine import optimise
from engine.loading import loaded
from engine.optimise import optimised
from engine.problem import SHAPES, costs, total_cost, violations
from engine.tables import EngineError

# A published case [M28], and its strategies


def test_the_published_case():
    """5,700 units: 3,800 regular at 200, 650 overtime at 250 (together 922,500) leave 1,250 to
    subcontract at 300 (375,000). The last quarter can make 1,750 of its 2,750, so 1,000 are ahead
    at the end of the third; that one can make 1,750 of 1,350, so 600 are at the end of the second,
    and 500 at that of the first: subcontracted 0, 250, 500, 500; 2,100 units kept at 30 (63,000).
    """
    result = checked(textbook(), 1_360_500)
    assert result.subcontracted[0].sum() == pytest.approx(1250)
    assert result.extra.sum() == pytest.approx(650)
    assert result.ahead[0].tolist() == near([500, 600, 1000, 0])


def test_chase_follows_demand_and_loses_what_the_peak_needs():
    """Regular 350 + 950 + 1,050 + 1,050 at 200 = 680,000; overtime 0 + 150 + 200 + 200 at 250 =
    137,500; subcontracted 0 + 150 + 100 + 500 at 300 = 225,000; 1,000 lost at 1,000 = 1,000,000.
    """
    result = checked(textbook(lost_cost=1000.0), 2_042_500, may_work_ahead=False)
    assert not result.ahead.any()
    assert result.lost[0].tolist() == near([0, 0, 0, 1000])


def test_level_works_at_one_rate_and_stock_absorbs():
    """All 3,800 regular hours (760,000) and 1,900 subcontracted (570,000), of which at most 500 a
    quarter and so at least 400, 900, 1,400 to date: 750 + 400 - 350 = 800, 1,000 and 1,200 ahead,
    3,000 kept at 30 (90,000). An hour less saves 200 and takes a unit subcontracted at 300.
    """
    result = checked(textbook(), 1_420_000, is_level=True)
    assert result.work[0].tolist() == near([750, 950, 1050, 1050])
    assert not result.extra.any()


def test_level_uses_the_same_share_of_what_each_work_center_has():
    """Half of 8 and of 16 hours are the 12 hours planned, 2 of them a week before they are due; the
    second work center's hours are not known and it works as planned; the third is even already.
    """
    available = [[8, 16], [EVER, EVER], [10, 10]]
    case = problem([[2, 10], [3, 4], [6, 6]], center=[0, 1, 2], available=available)
    result = checked(case, 31 * 20 + 2, is_level=True)
    assert result.work.tolist() == [near([4, 8]), near([3, 4]), near([6, 6])]


@pytest.mark.parametrize("simple", [{"may_work_ahead": False}, {"is_level": True}])
def test_the_hybrid_is_never_dearer_than_a_pure_strategy(simple):
    for lost_cost in (350.0, 1000.0, 1e5):
        case = textbook(lost_cost=lost_cost)
        assert checked(case).bound <= checked(case, **simple).bound


# What an hour is worth


def test_an_hour_more_saves_what_its_value_says():
    """One more regular hour in each quarter in turn, solved again. In the second it makes a unit at
    200 that was subcontracted there at 300, in the first at 200 and 30 for keeping it; in the third
    and fourth it also saves 30 and 60 for keeping that one.
    """
    case = textbook()
    result = checked(case)
    for bucket in range(4):
        more = case.available.copy()
        more[0, bucket] += 1
        saved = result.bound - checked(replace(case, available=more)).bound
        assert saved == pytest.approx(result.hour_value[0, bucket])
    assert result.hour_value[0].tolist() == near([70, 100, 130, 160])


@given(seeds)
def test_an_hour_is_worth_a_slope_of_the_optimum(seed):
    """Cost is convex in the hours, so that the values are a tangent from below."""
    case = random_problem(seed)
    result = checked(case)
    rng = np.random.default_rng(seed)
    step = rng.uniform(-1, 1, case.available.shape) * np.nan_to_num(case.available, posinf=0) / 2
    other = checked(replace(case, available=case.available + step))
    slope = (result.hour_value * step).sum()
    assert other.bound >= result.bound - slope - 1e-6 * (1 + abs(result.bound))


# Another formulation


def parcels(case):
    """Least cost as a transportation problem: every unit due is a parcel that is made in a bucket,
    on regular or extra hours or outside, or is lost; one work center, no stock, no lag.
    """
    groups, buckets = case.demand.shape
    from_start = np.concatenate([[0.0], np.cumsum(case.days / 7)])
    costs, uses = [], []
    for g in range(groups):
        for due in range(buckets):
            need = ("need", g, due)
            costs.append(case.lost_cost[g])
            uses.append({need: 1.0})
            for made in range(buckets):
                wait = from_start[due] - from_start[made]
                rate = case.holding_cost[g] if wait > 0 else -case.late_cost[g]
                hours = case.hours[g]
                for source, price, taken in (
                    (("regular", made), case.hour_cost[0] * hours, hours),
                    (("extra", made), case.extra_cost[0, made] * hours, hours),
                    (("outside", g, made), case.subcontract_cost[g], 1.0),
                ):
                    costs.append(price + rate * wait)
                    uses.append({need: 1.0, source: taken})
    supply = {("regular", t): case.available[0, t] for t in range(buckets)}
    supply |= {("extra", t): case.extra_limit[0, t] for t in range(buckets)}
    each = [(g, t) for g in range(groups) for t in range(buckets)]
    supply |= {("outside", g, t): case.subcontract_limit[g, t] for g, t in each}
    below = [[use.get(source, 0.0) for use in uses] for source in supply]
    equal = [[use.get(("need", g, t), 0.0) for use in uses] for g, t in each]
    right = [case.demand[g, t] for g, t in each]
    result = linprog(costs, below, list(supply.values()), equal, right, method="highs-ipm")
    assert result.status == 0
    return result.fun


@pytest.mark.parametrize("seed", range(40))
def test_a_transportation_problem_has_the_same_optimum(seed):
    rng = np.random.default_rng(seed)
    groups, buckets = rng.integers(1, 4), rng.integers(2, 6)
    hours = rng.uniform(0.2, 3, groups)
    units = rng.integers(0, 40, (groups, buckets)) * 1.0
    work = units * hours[:, None]
    case = problem(
        work,
        hours=hours,
        days=rng.choice([7.0, 30.0], buckets),
        available=rng.uniform(0.3, 1.2) * work.sum() / buckets * rng.uniform(0.5, 1.5, buckets),
        extra_limit=rng.uniform(0, 10, buckets),
        extra_cost=rng.uniform(20, 40, buckets),
        subcontract_limit=rng.integers(0, 6, (groups, buckets)) * 1.0,
        subcontract_cost=rng.uniform(10, 100, groups),
        late_cost=rng.uniform(1, 60, groups),
        lost_cost=rng.uniform(60, 400, groups),
        holding_cost=rng.uniform(0.1, 8, groups),
    )
    assert checked(case).bound == pytest.approx(parcels(case), rel=1e-6)


# Whatever the problem


@given(seeds, st.booleans(), st.booleans(), st.booleans())
def test_every_rule_is_kept_and_no_other_schedule_is_cheaper(seed, ahead, extend, level):
    case = random_problem(seed)
    free = checked(case)
    assert max(violations(case, loaded(case)).values()) <= 1e-6
    for schedule in (free, loaded(case)):
        assert min(amount.min() for amount in costs(case, schedule).values()) >= -1e-6
    bound = checked(case, may_work_ahead=ahead, may_extend=extend, is_level=level).bound
    slack = 1e-6 * (1 + abs(bound))
    assert free.bound <= bound + slack
    assert free.bound <= total_cost(case, loaded(case)) + slack
    if not level:
        assert bound <= total_cost(case, loaded(case)) + slack


@given(seeds, st.floats(0, 2))
def test_more_hours_never_cost_more(seed, factor):
    case = random_problem(seed)
    more = replace(case, available=case.available * (1 + factor))
    before = checked(case).bound
    assert checked(more).bound <= before + 1e-6 * (1 + abs(before))


def test_figures_of_any_size_are_solved():
    """Money in thousandths and millions: the same plan at the same price."""
    rng = np.random.default_rng(3)
    case = random_problem(3)
    prices = [name for name in SHAPES if name.endswith("_cost")] + ["hour_cost"]
    for factor in (1e-6, 1e6) + tuple(rng.uniform(0.1, 10, 2)):
        scaled = {name: getattr(case, name) * factor for name in prices}
        assert checked(replace(case, **scaled)).bound == pytest.approx(
            checked(case).bound * factor, rel=1e-6
        )


# When there is no optimum


def test_out_of_time_the_fallback_comes_back_and_says_so():
    """40 groups take the solver much longer than a thousandth of a second."""
    case = random_problem(1, groups=40, centers=5, buckets=20)
    result = optimised(case, fallback=loaded(case), time_limit=1e-3)
    assert result.status == "time_limit"
    assert total_cost(case, result) == total_cost(case, loaded(case))
    assert 0 <= result.bound <= checked(case).bound
    with pytest.raises(EngineError) as error:
        optimised(case, time_limit=1e-3)
    assert error.value.code == "time_limit"


def test_out_of_time_what_material_makes_late_is_still_a_bound(monkeypatch):
    """Missing 6 of 2 in stock for the last of two weeks: 4 units late at 100 and lost at 1,000."""
    monkeypatch.setattr(optimise, "linprog", lambda *_, **__: OptimizeResult(status=1))
    case = problem([[4, 4]], stock=2.0, missing=[[0.0, 6.0]])
    assert optimised(case, fallback=loaded(case)).bound == 400 + 4000


@pytest.mark.parametrize("status", [2, 3, 4])
def test_what_the_solver_reports_is_told(status, monkeypatch):
    failure = OptimizeResult(status=status, message="why")
    monkeypatch.setattr(optimise, "linprog", lambda *_, **__: failure)
    with pytest.raises(EngineError) as error:
        optimised(textbook(), fallback=loaded(textbook()))
    assert error.value.code == "solver"
    assert error.value.details == {"status": status, "message": "why"}


def test_costs_below_nothing_have_no_optimum():
    """Lateness that earns money would be without end."""
    with pytest.raises(EngineError) as error:
        optimised(problem([[5, 5]], late_cost=-50.0))
    assert error.value.code == "solver"


def test_nothing_to_plan_costs_nothing():
    case = problem([[0.0, 0.0]], available=0.0)
    assert not checked(case, 0.0).work.any()
