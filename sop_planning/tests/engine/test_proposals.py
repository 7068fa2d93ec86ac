"""The scenarios that are proposed unasked: overtime, a family that waits, the cheapest plan."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import (
    BUCKETS,
    GATES,
    LINE,
    PEAK,
    PUMP,
    PUMPS,
    SEAL,
    USUAL,
    VALVE,
    VALVES,
    arrivals_of,
    calendar,
    company,
    day,
    demand_of,
    items_of,
    position,
    rates_of,
    row,
    two_centers,
)

from engine.alternatives import BASE, OPTIMAL, OVERTIME, POSTPONE, alternatives
from engine.capacity import HOURS
from engine.levers import applied
from engine.proposals import most_loaded, overtime_levers, postponed, spelled_out
from engine.scenario import best_schedule, simulate


def near(values):
    return pytest.approx(np.asarray(values, float), abs=1e-6)


def over(outcome, center=0):
    """Hours (T,) of a work center that do not fit."""
    load = outcome.groups.load
    return np.maximum(load.load[center] - load.available[center], 0.0)


def idle():
    """The company without a peak."""
    return company(demand=demand_of(peak=USUAL))


# Overtime


def test_overtime_is_what_is_missing_in_one_lever():
    """10 hours are missing in each of the weeks 6, 7 and 8."""
    outcome = simulate(company())
    [lever] = overtime_levers(outcome)
    assert (lever.kind, lever.value, lever.workcenter_id) == ("extra_hours", 10.0, LINE)
    assert (lever.first, lever.last, lever.cost) == (day(5), day(7, 6), 60.0)
    pulled = simulate(company(), [lever])
    assert pulled.plan.gaps.empty and pulled.measures["qty_late"] == 0
    assert pulled.measures["amount_overtime"] == pytest.approx(30 * 60)


def test_overtime_is_agreed_in_half_hours():
    """Peaks of 72, 73 and 75 gates: 10, 10.25 and 10.75 hours are missing, so 10, 10.5 and 11."""
    demand = demand_of()
    demand[2, 6:9] = [72, 73, 75]
    levers = overtime_levers(simulate(company(demand=demand)))
    assert [lever.value for lever in levers] == [10, 10.5, 11]
    assert [lever.first for lever in levers] == [day(5), day(6), day(7)]
    pulled = simulate(company(demand=demand), levers)
    assert not over(pulled).any()
    assert pulled.measures["hours_overtime"] == pytest.approx(31.5)


def test_overtime_is_no_more_than_allowed():
    """A fifth of 40 hours is 8: 2 hours a week remain, which are 8, 16 and 24 gates, caught up in
    the first week after the peak."""
    inputs = company(rates=rates_of(overtime_peak=0.2))
    [lever] = overtime_levers(simulate(inputs))
    assert lever.value == 8
    pulled = simulate(inputs, [lever])
    assert over(pulled).tolist() == near(row(5, 2, 2, 2))
    gates = position(pulled, GATES)
    assert pulled.schedule.backlog[gates].tolist() == near(row(6, 8, 16, 24))


def test_rounding_never_goes_beyond_what_is_allowed():
    """21 % of 40 hours are 8.4, of which whole half hours are 8."""
    [lever] = overtime_levers(simulate(company(rates=rates_of(overtime_peak=0.21))))
    assert lever.value == 8


def test_overtime_counts_clock_hours():
    """At 80 % of the pace 10 hours of work take 12.5 on the clock."""
    centers = company().supply.workcenters.assign(efficiency=0.8)
    inputs = company(workcenters=centers, hours=HOURS.build(calendar(LINE, 10.0)))
    [lever] = overtime_levers(simulate(inputs))
    assert lever.value == 12.5
    pulled = simulate(inputs, [lever])
    assert not over(pulled).any()
    assert pulled.measures["hours_overtime"] == pytest.approx(37.5)


def test_nothing_is_proposed_where_nothing_is_short():
    outcome = simulate(idle())
    assert most_loaded(outcome) is None
    assert overtime_levers(outcome) == [] and postponed(outcome) == ([], [])
    found = alternatives(idle(), 60)
    assert [item.levers for item in found] == [[], [], [], []]
    assert len({item.outcome.cost for item in found}) == 1


def test_the_work_center_short_of_most_hours_is_the_one():
    """Line 2 lacks 10 hours a week in the peak, the mill with 25 hours 5."""
    outcome = simulate(company(**two_centers(mill_daily=5.0)))
    assert most_loaded(outcome) == 0
    assert [lever.workcenter_id for lever in overtime_levers(outcome)] == [LINE]


# A family waits


def test_the_least_important_family_waits_with_as_much_as_needed():
    """10 of the 18 hours of gates are 5/9: 56 %. Their deliveries of the buckets 6 to 8 (11 to 31
    January) are made from 8 February on, a week after the month after the run (which ends on 24
    January) begins. Gates earn 20 / 0.25 = 80 an hour, valves, of which 84 % would do, 40 / 0.5 =
    80. Pumps never wait."""
    [lever], candidates = postponed(simulate(company()))
    assert (lever.kind, lever.family_id, lever.value) == ("postpone", GATES, 0.56)
    assert (lever.first, lever.last) == (date(2027, 1, 11), date(2027, 1, 31))
    assert lever.target == date(2027, 2, 8)
    figures = [(c.family_id, c.share, c.hours, c.margin, c.is_enough) for c in candidates]
    assert figures[0] == (GATES, 0.56, pytest.approx(30), pytest.approx(80), True)
    assert figures[1] == (VALVES, 0.84, pytest.approx(30), pytest.approx(80), True)
    assert len(figures) == 2


def test_waiting_frees_the_bottleneck():
    """0.56 x 72 = 40.32 gates a week wait, 120.96 in all, over 28 days: 30.24 a week or 7.56 hours
    more in the weeks from 1 February on, which have 8 to spare; of the fourth one, as of all of
    March, it is 7 of 31 days. Late are 40.32, 80.64, 120.96
    and once more 120.96 gates, then 30.24 less a week."""
    inputs = company()
    outcome = simulate(inputs, postponed(simulate(inputs))[0])
    assert outcome.plan.gaps.empty
    assert outcome.groups.load.load[0, 5:8].tolist() == near([50 - 10.08] * 3)
    assert outcome.groups.load.load[0, 9:13].tolist() == near([39.56] * 3 + [32 + 7.56 * 7 / 31])
    gates = position(outcome, GATES)
    assert outcome.problem.late[gates, 6:14].tolist() == near(
        [40.32, 80.64, 120.96, 120.96, 90.72, 60.48, 30.24, 0]
    )
    assert not outcome.schedule.backlog.any()


def test_of_equals_the_one_that_earns_least_with_an_hour_is_asked_first():
    """Valves at 60 earn 20 / 0.5 = 40 an hour, gates 80."""
    items = items_of(price=[100.0, 60.0, 30.0, 0.0])
    inputs = company(items=items, priority=np.array([10, 20, 20]))
    [lever], candidates = postponed(simulate(inputs))
    assert [c.family_id for c in candidates] == [VALVES, GATES]
    assert candidates[0].margin == pytest.approx(40)
    assert (lever.family_id, lever.value) == (VALVES, 0.84)


def test_a_family_that_is_not_enough_is_passed_over():
    """With 24 gates in the peak (6 hours) and 48 valves (24 hours) 50 hours are wanted: gates can
    only free 6 of 10, valves 10 of 24, which is 42 %."""
    demand = demand_of(peak=[40, 48, 24, 0])
    [lever], candidates = postponed(simulate(company(demand=demand)))
    assert [c.is_enough for c in candidates] == [False, True]
    assert (candidates[0].family_id, candidates[0].share, candidates[0].hours) == (GATES, 1.0, 18)
    assert (lever.family_id, lever.value) == (VALVES, 0.42)


def test_if_none_is_enough_the_one_that_frees_most_waits():
    """76 pumps (38 hours), 16 valves (8) and 24 gates (6): 52 hours, of which 12 are too many;
    valves can free 8, gates 6, so 4 hours a week remain."""
    inputs = company(demand=demand_of(peak=[76, 16, 24, 0]))
    [lever], candidates = postponed(simulate(inputs))
    assert [c.hours for c in candidates] == near([18, 24])
    assert (lever.family_id, lever.value) == (VALVES, 1.0)
    assert over(simulate(inputs, [lever]))[5:8].tolist() == near([4, 4, 4])


def test_the_most_important_never_wait():
    """Where all are equally important, any may wait, first those that earn least with an hour."""
    _levers, candidates = postponed(simulate(company(priority=np.array([10, 10, 10]))))
    assert [c.family_id for c in candidates] == [VALVES, GATES, PUMPS]
    _levers, candidates = postponed(simulate(company(priority=np.array([30, 20, 10]))))
    assert [c.family_id for c in candidates] == [PUMPS, VALVES]


def test_deliveries_cannot_wait_beyond_the_horizon():
    """A peak in May: the month after it lies outside."""
    demand = demand_of(peak=USUAL)
    demand[2, -1] *= 5
    levers, candidates = postponed(simulate(company(demand=demand)))
    assert levers == [] and candidates


# The cheapest plan in levers


def test_the_cheapest_plan_makes_gates_ahead():
    """The 8 hours to spare in each bucket before make the 30 hours of gates ahead as late as can
    be: 6, 14, 22, 30 hours are ahead at the end of the buckets 1 to 4, then 20 and 10. These are
    102 hours and weeks, 4 gates each, kept at 10 x 15 % x 7 / 365.25 = 0.02875: 11.73. Levers,
    which speak of whole percent and even rates, cost no more than a quarter more."""
    base = simulate(company())
    best = best_schedule(base, 60)
    levers = spelled_out(base, best.schedule)
    assert [(lever.kind, lever.family_id) for lever in levers] == [("prebuild", GATES)]
    pulled = simulate(company(), levers)
    assert pulled.measures["qty_late"] == pytest.approx(0, abs=1)
    assert not over(pulled)[5:8].any()
    cheapest = 102 * 4 * 10 * 0.15 * 7 / 365.25
    assert best.cost <= cheapest + 1e-6
    assert best.cost <= pulled.cost <= 1.25 * cheapest


def test_the_bound_is_what_the_cheapest_plan_costs():
    """Work for the first week of March, put off from the last of February, saves nothing: no bucket
    is due whose work lies in that week. Levers cost at most a quarter more than the bound."""
    optimal = alternatives(company(), 60)[-1]
    assert optimal.bound == pytest.approx(102 * 4 * 10 * 0.15 * 7 / 365.25)
    assert optimal.bound <= optimal.outcome.cost <= 1.25 * optimal.bound


def test_dear_delays_without_time_before_become_overtime():
    """The peak is now: nothing can be made ahead of it. Being late costs more than overtime."""
    demand = demand_of(peak=USUAL)
    demand[:, 1:4] = PEAK[:, None]
    inputs = company(demand=demand, rates=rates_of(late=5.0))
    items = inputs.supply.items.assign(stock=[0.0, 0.0, 0.0, 500.0])
    inputs = inputs.with_supply(items=items)
    base = simulate(inputs)
    levers = spelled_out(base, best_schedule(base, 60).schedule)
    assert {lever.kind for lever in levers} == {"extra_hours"}
    assert simulate(inputs, levers).measures["amount_overtime"] == pytest.approx(1800)


def test_units_from_outside_become_levers_that_can_be_pulled():
    """Half of what is planned may come from outside for a tenth more; then gates need no hours."""
    rates = rates_of(late=5.0, subcontract=0.1, subcontract_share=0.5, holding=50.0)
    inputs = company(rates=rates)
    base = simulate(inputs)
    best = best_schedule(base, 60)
    levers = spelled_out(base, best.schedule)
    outside = [lever for lever in levers if lever.kind == "subcontract"]
    assert {lever.family_id for lever in outside} <= {PUMPS, VALVES, GATES} and outside
    assert all(lever.cost > 0 for lever in outside)
    assert applied(inputs, levers).charges["subcontract"].sum() == pytest.approx(
        best.measures["amount_subcontract"], rel=0.05
    )


def test_alternatives_in_order_and_the_cheapest_last():
    """The peak has 10 hours too many for three weeks."""
    found = alternatives(company(), 60)
    assert [item.kind for item in found] == [BASE, OVERTIME, POSTPONE, OPTIMAL]
    base, overtime, postpone, optimal = found
    assert base.levers == [] and [lever.kind for lever in overtime.levers] == ["extra_hours"]
    assert [lever.kind for lever in postpone.levers] == ["postpone"]
    assert [c.family_id for c in postpone.candidates] == [GATES, VALVES]
    assert all(optimal.outcome.cost <= item.outcome.cost for item in found)
    assert optimal.bound <= optimal.outcome.cost + 1e-6
    assert optimal.status == "optimal" and all(np.isnan(item.bound) for item in found[:3])
    assert all(item.hour_values.shape == (1, BUCKETS.count) for item in found)


def test_a_solver_without_time_knows_no_better_than_the_base():
    """The bound is then what is certain, not the cost of the plan at hand."""
    found = alternatives(company(), 1e-9)[-1]
    assert found.status == "time_limit"
    assert found.outcome.cost <= simulate(company()).cost
    assert found.bound == 0.0, "no material is missing, so nothing must be late"


def test_a_bound_that_a_scenario_beats_is_not_told():
    """Pumps and valves take the same seals, which run short. Valves that wait leave theirs to the
    more important pumps; the best schedule of the plan as it is cannot divide them anew."""
    demand = demand_of(peak=USUAL)
    demand[1, 2:5] = 50
    inputs = company(
        demand=demand,
        priority=np.array([10, 30, 20]),
        lines=((PUMP, SEAL, 1.0), (VALVE, SEAL, 1.0)),
        items=items_of(stock=[0.0, 0.0, 0.0, 120.0]),
        earliest=np.array([1, 1, 1, 5]),
        arrivals=arrivals_of(30.0, 3),
    )
    base = simulate(inputs)
    waiting = simulate(inputs, postponed(base)[0])
    assert waiting.cost < best_schedule(base, 60).cost < base.cost
    optimal = alternatives(inputs, 60)[-1]
    assert optimal.outcome.cost <= waiting.cost
    assert not optimal.bound > optimal.outcome.cost


@settings(max_examples=15)
@given(st.integers(0, 10**6))
def test_alternatives_of_any_company(seed):
    draw = np.random.default_rng(seed)
    usual, peak = draw.uniform(0, 40, 4) * [1, 1, 1, 0], draw.uniform(0, 90, 4) * [1, 1, 1, 0]
    inputs = company(
        demand=demand_of(usual, peak),
        items=items_of(stock=draw.uniform(0, 60, 4), minimum=[0.0, draw.integers(0, 20), 0.0, 0.0]),
        priority=draw.integers(1, 4, 3),
        rates=rates_of(
            late=draw.uniform(0.001, 3), subcontract=draw.uniform(0, 1),
            subcontract_share=draw.uniform(0, 1), overtime_peak=draw.uniform(0, 0.6),
        ),
    )  # fmt: skip
    frozen = draw.integers(0, 4)
    zones = np.where(np.arange(BUCKETS.count) < frozen, "frozen", "liquid")
    inputs = replace(inputs).with_supply(zones=zones)
    found = alternatives(inputs, 60)
    assert all(found[-1].outcome.cost <= item.outcome.cost for item in found)
    short = over(found[0].outcome).sum()
    assert over(found[1].outcome).sum() <= short + 1e-6
