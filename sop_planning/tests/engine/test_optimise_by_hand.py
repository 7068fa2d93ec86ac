"""The optimum is that of arithmetic: small cases of one question each, worked by hand."""

from dataclasses import replace

import numpy as np
import pytest
from makers_optimise import EVER, checked, near, problem

from engine.loading import loaded
from engine.problem import total_cost


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
