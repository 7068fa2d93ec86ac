"""The optimum is the published one, that of arithmetic, and that of another formulation."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import OptimizeResult, linprog

from engine import optimise
from engine.loading import loaded
from engine.optimise import optimised
from engine.problem import SHAPES, Problem, costs, total_cost, violations
from engine.tables import EngineError

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


# A published case [M28], and its strategies


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


# Cases worked by hand


def test_hours_enough_and_nothing_changes():
    """10 hours at 20."""
    result = checked(problem([[5, 5]], extra_limit=10.0, subcontract_limit=10.0), 200)
    assert result.work[0].tolist() == near([5, 5])
    assert not result.extra.any() and not result.subcontracted.any() and not result.lost.any()
    assert not result.hour_value.any()


def test_hours_not_known_are_not_scarce():
    """150 hours at 20, whatever could be added."""
    result = checked(problem([[50, 100]], available=EVER, extra_limit=9.0, extra_cost=0.0), 3000)
    assert not result.extra.any() and not result.hour_value.any()


@pytest.mark.parametrize(
    ("holding_cost", "cost", "extra", "ahead"),
    [(1.0, 15 * 20 + 5 * 1, 0, 5), (15.0, 10 * 20 + 5 * 30, 5, 0)],
)
def test_stock_or_overtime_whichever_is_cheaper(holding_cost, cost, extra, ahead):
    """15 units due in the second week, 10 hours a week: 5 a week ahead (at 20 and the holding cost)
    or in overtime (at 30).
    """
    case = problem([[0, 15]], holding_cost=holding_cost, extra_limit=8.0)
    result = checked(case, cost)
    assert result.extra[0].tolist() == near([0, extra])
    assert result.ahead[0].tolist() == near([ahead, 0])


def test_a_month_of_stock_costs_more_than_a_week():
    """As above, but 5 units wait for 30 days: 300 + 5 * 30 / 7 = 321.43; at 3 a week 364.29, and
    overtime for 350 is cheaper.
    """
    month = problem([[0, 15]], extra_limit=8.0, days=[30.0, 7.0])
    checked(month, 300 + 5 * 30 / 7)
    checked(replace(month, holding_cost=np.array([3.0])), 350)


def test_dear_sources_come_last_and_what_none_can_make_is_lost():
    """15 units: 5 regular at 20, 4 overtime at 30, then 40 a unit outside: 100 + 120 + 240. With 3
    outside at most, 3 are lost at 500: 100 + 120 + 120 + 1,500. Without overtime 7 are lost: 100 +
    120 + 3,500.
    """
    case = problem([[15]], available=5.0, extra_limit=4.0, subcontract_limit=10.0, lost_cost=500.0)
    checked(case, 460)
    case = replace(case, subcontract_limit=np.array([[3.0]]))
    result = checked(case, 1840)
    assert (result.subcontracted.item(), result.lost.item()) == near([3, 3])
    checked(case, 3720, may_extend=False)


def test_the_group_whose_lateness_costs_more_goes_first():
    """Both want the same 10 hours, one waits a week: 20 hours at 20 and 10 units at 5."""
    result = checked(problem([[10, 0], [10, 0]], late_cost=[5.0, 50.0]), 450)
    assert result.backlog.tolist() == [near([10, 0]), near([0, 0])]


@pytest.mark.parametrize(
    ("lost_cost", "cost", "late", "lost"),
    [(1000.0, 20 * 20 + 5 * 100, 5, 0), (50.0, 15 * 20 + 5 * 50, 0, 5)],
)
def test_late_or_lost_whichever_is_cheaper(lost_cost, cost, late, lost):
    """15 and 5 units, 10 hours a week: 5 are a week late (at 100), or are given up, which saves
    their hours.
    """
    result = checked(problem([[15, 5]], lost_cost=lost_cost), cost)
    assert result.backlog[0].tolist() == near([late, 0])
    assert result.lost[0].sum() == pytest.approx(lost)


def test_stock_covers_material_that_is_missing():
    """Of 8 in stock, which is the target, 6 stand in for what can not be finished in the first
    week: 8 hours at 20 and 6 units below target at 50.
    """
    case = problem([[4, 4]], stock=8.0, target=8.0, missing=[[6.0, 0.0]], shortfall_cost=50.0)
    result = checked(replace(case, holding_cost=np.zeros(1)), 160 + 300)
    assert result.stock[0].tolist() == near([2, 8])
    assert not result.backlog.any()


def test_material_that_is_missing_makes_late_what_stock_does_not_cover():
    """2 in stock for 6 missing units: 4 are a week late at 100 and stock is 2 below target at 50,
    whatever is worked.
    """
    case = problem([[4, 4]], stock=2.0, target=2.0, missing=[[6.0, 0.0]], shortfall_cost=50.0)
    result = checked(replace(case, holding_cost=np.zeros(1)), 160 + 400 + 100)
    assert result.backlog[0].tolist() == near([4, 0])


@pytest.mark.parametrize(
    ("shortfall_cost", "cost", "shortfall"), [(8.0, 300 + 40, 5), (12.0, 200 + 5 * 30, 0)]
)
def test_a_target_is_kept_if_that_is_worth_its_price(shortfall_cost, cost, shortfall):
    """10 for stock and 5 for a customer are planned in the second, frozen week and 10 hours there
    are: 5 of stock come a week later for 8 each, or in overtime that costs 10 more an hour.
    """
    stock = np.array([[0, 10.0, 10, 10, 10, 10]])
    case = problem([[0, 15, 0, 0, 0, 0]], demand=[[0, 5.0, 0, 0, 0, 0]], stock=stock, target=stock)
    case = replace(case, frozen=2, extra_limit=np.full((1, 6), 9.0), holding_cost=np.zeros(1))
    result = checked(replace(case, shortfall_cost=np.array([shortfall_cost])), cost)
    assert result.shortfall[0].tolist() == near([0, shortfall, 0, 0, 0, 0])


def test_nothing_is_done_ahead_in_frozen_buckets():
    """The 5 that could have been made a week ahead are made in overtime: 200 + 150."""
    result = checked(problem([[0, 15]], frozen=1, extra_limit=8.0), 350)
    assert not result.ahead.any()


def test_material_limits_what_is_done_ahead():
    """Material for 2 of the 5 is there: 12 hours at 20, 3 at 30, 2 units kept for a week."""
    case = problem([[0, 30]], hours=[2.0], available=20.0, extra_limit=16.0, ahead=[[2.0, 9]])
    result = checked(case, 24 * 20 + 6 * 30 + 2)
    assert result.ahead[0].tolist() == near([4, 0])


def test_the_slower_of_two_work_centers_decides():
    """A unit takes 1 hour of the first and 2 of the second: 12 hours of it are 6 of 10 units, and 4
    are a week late: 30 hours at 20 and 400. Half a unit less late is worth 50.
    """
    case = problem(
        [[10, 0], [20, 0]], group=[0, 0], center=[0, 1], hours=[1, 2], available=[[10.0], [12.0]]
    )
    result = checked(case, 600 + 400)
    assert result.backlog[0].tolist() == near([4, 0])
    assert result.hour_value.tolist() == [near([0, 0]), near([50, 0])]


def test_work_decides_about_the_bucket_that_waits_for_it():
    """Work of the first week is due in the second: 4 of 10 hours do not fit, 4 units are late there
    and not before; 20 hours at 20 and 400.
    """
    case = problem([[10, 10, 0]], demand=[[0, 10.0, 10]], due=[[-1, 0, 1]])
    result = checked(replace(case, available=np.array([[6.0, 20, 20]])), 800)
    assert result.backlog[0].tolist() == near([0, 4, 0])


def test_what_is_lost_frees_the_hours_of_the_bucket_it_would_be_made_in():
    """As above with 6 hours for ever: 8 of 20 units are given up at 90, 12 hours at 20."""
    case = problem([[10, 10, 0]], demand=[[0, 10.0, 10]], due=[[-1, 0, 1]], lost_cost=90.0)
    checked(replace(case, available=np.full((1, 3), 6.0)), 12 * 20 + 8 * 90)


def test_work_for_later_deliveries_waits_first():
    """10 of 20 hours of the first week are for the second one's deliveries, whose work is in the
    second week, too. With 8 hours in the first, 2 units are late at its end, and none at the end of
    the second, which has 12: 20 hours at 20 and 200.
    """
    case = problem([[20, 0]], demand=10.0, due=[[0, 1]], later=[[10.0, 0]], available=[[8.0, 12]])
    result = checked(case, 400 + 200)
    assert result.backlog[0].tolist() == near([2, 0])
    assert loaded(case).backlog[0].tolist() == near([2, 0])


def test_what_comes_from_outside_later_makes_nothing_earlier():
    """The work of 20 hours, of which 5 can be done, decides about 10 units in the first and 10 in
    the second week. These can come from outside; 5 of the first are two weeks late all the same: 10
    hours at 20, 10 units at 40, 10 units and weeks at 100.
    """
    case = problem(
        [[20, 0, 0]], demand=[[10.0, 10, 0]], due=[[0, 0, 2]], later=[[10.0, 0, 0]],
        available=[[5.0, 0, 10]], subcontract_limit=[[0.0, 10, 0]], holding_cost=0.0,
    )  # fmt: skip
    result = checked(case, 200 + 400 + 1000)
    assert result.backlog[0].tolist() == near([5, 5, 0])


@pytest.mark.parametrize("later", [0.0, 5.0])
def test_work_put_off_that_nothing_waits_for_saves_nothing(later):
    """10 hours of the second week are due in the third, or 5 of them behind the horizon; those of
    the third week are all for later ones. Hours are there for all of it: 25 at 20, and 10 units in
    stock for three weeks, which are aimed at.
    """
    case = problem(
        [[5, 10, 10]], demand=5.0, due=[[-1, 0, 1]], later=[[0, 0, later]], stock=10.0, target=10.0
    )
    checked(case, 500 + 30)
    assert total_cost(case, loaded(case)) == 530


def test_stock_that_is_made_later_is_held_for_less():
    """10 units of stock, aimed at in the second week only: made in it they cost 10 hours at 20 and
    a week at 1. By the rule 5 are made before, and of the 5 hours that wait 2.5 are for later
    deliveries, so that 7.5 units are in stock a week longer.
    """
    case = problem([[10, 0]], demand=0.0, stock=10.0, target=[[0.0, 10]], due=[[0, 1]])
    case = replace(case, available=np.array([[5.0, 10]]), later=np.array([[2.5, 0]]))
    result = checked(case, 200 + 10)
    assert result.stock[0].tolist() == near([0, 10])
    assert total_cost(case, loaded(case)) == 200 + 7.5 + 10


def test_no_more_is_lost_than_customers_want():
    """15 units, 3 for a customer and 12 for stock, and 5 hours: the 3 are given up at 30, 7 for
    stock come a week later at 50 each; 12 hours at 20.
    """
    case = problem([[15, 0]], demand=[[3.0, 0.0]], stock=12.0, target=12.0, shortfall_cost=50.0)
    case = replace(case, available=np.array([[5.0, 10]]), holding_cost=np.zeros(1))
    result = checked(replace(case, lost_cost=np.array([30.0])), 240 + 90 + 350)
    assert result.lost[0].tolist() == near([3, 0])


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


def test_stock_nobody_takes_stays_and_costs_what_holding_it_costs():
    """100 in stock, 10 aimed at, nothing to do: 100 units for 4 weeks at 1."""
    result = checked(problem([[0, 0, 0, 0]], stock=100.0, target=10.0), 400)
    assert not result.deficit.any()


def test_stock_planned_for_the_end_is_made_though_the_horizon_ends():
    """10 units for stock in the last week, where a week below target (3) costs less than an hour:
    200 and 10 units held for a week at 1.
    """
    result = checked(problem([[0, 10]], demand=0.0, stock=[[0, 10.0]], target=[[0, 10.0]]), 210)
    assert not result.behind.any()


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
