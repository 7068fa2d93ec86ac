"""What a scenario is judged by, calculated by hand on the small company."""

from dataclasses import replace

import numpy as np
import pytest
from makers import (
    BUCKETS,
    GATE,
    GATES,
    LINE,
    PUMP,
    PUMPS,
    SEAL,
    SEALMAKER,
    company,
    day,
    demand_of,
    items_of,
    position,
    rates_of,
    row,
)

from engine.capacity import HOURS
from engine.levers import Lever
from engine.measures import charges, deliveries, stock_value
from engine.problem import costs
from engine.scenario import best_schedule, simulate
from engine.supply import supply_plan

WEEKS = BUCKETS.weeks > 0
VALUE = 8 * (3200 + 1280 + 960) + 3 * (4000 + 1920 + 2160)  # of the weeks 1 to 11: 67,760
LATE_WEEKS = 40 + 80 + 120 + 88 + 56 + 24  # gates late at the end of a week, summed: 408


def sent(outcome):
    return deliveries(outcome.inputs, outcome.groups, outcome.problem, outcome.schedule)


def value_of_stock(outcome):
    return stock_value(
        outcome.inputs, outcome.plan, outcome.groups, outcome.problem, outcome.schedule
    )


def overtime(hours=10.0, first=5, last=7):
    return Lever("extra_hours", hours, day(first), day(last, 6), cost=60.0, workcenter_id=LINE)


def test_fill_rate_and_units_late():
    """Gates late at the end of the buckets 6 to 11: 40, 80, 120, 88, 56, 24. Of the demand of these
    weeks (72, 72, 72, 32, 32, 32) 40, 72, 72, 32, 32, 24 are not there: 272 gates, 8,160 of 67,760.
    """
    figures = simulate(company()).measures
    assert figures["qty_late"] == pytest.approx(272)
    assert figures["amount_late"] == pytest.approx(8160)
    assert figures["rate_fill"] == pytest.approx(1 - 8160 / VALUE)
    assert figures["family_count"] == 1


def test_gaps_are_those_of_the_supply_plan():
    """30 hours of gates, 4 an hour at 30."""
    figures = simulate(company()).measures
    assert figures["gap_count"] == 1
    assert figures["hours_short"] == pytest.approx(30)
    assert figures["amount_short"] == pytest.approx(3600)
    assert figures["rate_peak"] == pytest.approx(1.25)
    assert figures["rate_mean"] == pytest.approx((9 * 32 + 3 * 50) / 480)


def test_order_lines_on_time_in_full():
    """Four lines of gates in bucket 6 (40 of 72 are late), two of pumps, one of gates in bucket 5
    (on time), one of gates in bucket 8 (late): 4 x 5/9 + 1 of 8 are not on time in full."""
    lines = np.zeros_like(demand_of())
    lines[2] = row(5, 1, 4, 0, 1)
    lines[0, 6] = 2
    figures = simulate(company(lines_open=lines)).measures
    assert figures["rate_otif"] == pytest.approx(1 - (4 * 40 / 72 + 1) / 8)


def test_revenue_and_margin_of_what_is_delivered():
    """Everything is delivered in May at last: 100, 80, 30 a unit, which cost 40, 40, 10."""
    outcome = simulate(company())
    units = demand_of().sum(axis=1)
    assert outcome.measures["amount_revenue"] == pytest.approx(units[:3] @ [100, 80, 30])
    assert outcome.measures["amount_margin"] == pytest.approx(units[:3] @ [60, 40, 20])


def test_what_is_late_at_the_end_is_no_revenue():
    """With 24 hours a week pumps and valves have their hours but in the peak, gates next to none:
    whatever is late at the end of May is missing from revenue and margin."""
    scarce = HOURS.build(company().supply.hours.assign(hours=4.8))
    outcome = simulate(company(hours=scarce))
    late = outcome.schedule.backlog[:, -1]
    assert late[position(outcome, GATES)] > 100
    lost = late @ outcome.groups.price
    full = simulate(company()).measures
    assert outcome.measures["amount_revenue"] == pytest.approx(full["amount_revenue"] - lost)
    assert outcome.measures["amount_margin"] == pytest.approx(
        full["amount_margin"] - late @ (outcome.groups.price - outcome.groups.cost)
    )
    assert (sent(outcome).delivered >= -1e-9).all()


def test_overtime_is_paid_and_counted():
    """10 hours a week for three weeks at 60: 1,800, and nothing is late any more."""
    outcome = simulate(company(), [overtime()])
    assert outcome.measures["amount_overtime"] == pytest.approx(1800)
    assert outcome.measures["amount_extra"] == pytest.approx(1800)
    assert outcome.measures["hours_overtime"] == pytest.approx(30)
    assert outcome.measures["qty_late"] == 0 and outcome.measures["rate_fill"] == 1
    assert outcome.measures["amount_penalty"] == pytest.approx(0, abs=1e-6)
    assert outcome.measures["amount_total"] == pytest.approx(1800)
    full = simulate(company()).measures["amount_margin"]
    assert outcome.measures["amount_margin"] == pytest.approx(full - 1800)


def test_being_late_costs_the_least_important_its_rate_and_others_twice_as_much_a_step():
    """408 gates and weeks at 2 % of 30: 244.8. Valves count twice (2 x 0.02 x 80), pumps four
    times; families that are equally important count once."""
    outcome = simulate(company())
    assert outcome.measures["amount_penalty"] == pytest.approx(LATE_WEEKS * 0.6)
    assert outcome.problem.late_cost[:3].tolist() == pytest.approx([8.0, 3.2, 0.6])
    equal = simulate(company(priority=np.array([10, 10, 10])))
    assert equal.problem.late_cost[:3].tolist() == pytest.approx([2.0, 1.6, 0.6])


def test_holding_is_paid_for_stock_at_the_end_of_each_bucket():
    """30 gates too many in stock from the start, never needed as a target keeps them: 30 x 10 x
    15 % a year x 183 / 365.25."""
    items = items_of(stock=[0.0, 0.0, 30.0, 64.0], minimum=[0.0, 0.0, 30.0, 0.0])
    outcome = simulate(company(items=items), [overtime()])
    days = BUCKETS.days.sum()
    assert outcome.measures["amount_holding"] == pytest.approx(30 * 10 * 0.15 * days / 365.25)


def test_stock_is_valued_at_cost_and_short_hours_take_of_it():
    """64 seals at 5 are 320: 32 are used in each of the first weeks, 32 arrive in bucket 2, none is
    left. 100 gates in stock at 10 cover nothing (a target of 100 keeps them) until 40, 80 and 120
    are missing: 60, 20, 0, then 12, 44, 76 and 100 are left."""
    outcome = simulate(company())
    assert value_of_stock(outcome)[:4].tolist() == pytest.approx([160, 0, 0, 0], abs=1e-6)
    items = items_of(stock=[0.0, 0.0, 100.0, 64.0], minimum=[0.0, 0.0, 100.0, 0.0])
    kept = simulate(company(items=items))
    gates = position(kept, GATES)
    assert kept.schedule.stock[gates, 5:13].tolist() == pytest.approx(
        [100, 60, 20, 0, 12, 44, 76, 100]
    )
    assert value_of_stock(kept)[5:13].tolist() == pytest.approx(
        [1000, 600, 200, 0, 120, 440, 760, 1000]
    )
    assert kept.measures["amount_stock_end"] == pytest.approx(1000)
    average = (value_of_stock(kept) * BUCKETS.days).sum() / BUCKETS.days.sum()
    assert kept.measures["amount_stock"] == pytest.approx(average)
    assert kept.measures["qty_late"] == pytest.approx(20), "of 120 only 100 were in stock"


@pytest.mark.parametrize("levers", [[], [overtime()], [
    Lever("postpone", 0.5, day(6), day(8, 6), family_id=GATES, target=day(10)),
    Lever("price", 0.1, day(6), day(8, 6), family_id=PUMPS),
], [Lever("prebuild", 0.5, day(6), day(8, 6), family_id=GATES, target=day(2))]])  # fmt: skip
def test_cash_is_margin_less_the_change_of_stock_less_extra_cost(levers):
    for outcome in (simulate(company(), levers), best_schedule(simulate(company(), levers), 60)):
        figures = outcome.measures
        change = value_of_stock(outcome)[-1] - 64 * 5
        assert outcome.cash.sum() == pytest.approx(figures["amount_margin"] - change)
        months = outcome.cash_by_month()
        assert months.sum() == pytest.approx(outcome.cash.sum())
        assert len(months) == 7, "November to May"


def test_a_week_across_two_months_divides_its_cash_by_days():
    """The first week has one day of November; its cash is what the stock of seals falls by: 160."""
    outcome = simulate(company())
    assert outcome.cash[0] == pytest.approx(160)
    assert outcome.cash_by_month().iloc[0] == pytest.approx(160 / 7)


def test_families_sum_to_the_totals():
    seals = Lever("supplier_delay", 14.0, day(0), day(3, 6), partner_id=SEALMAKER)
    for levers in ([], [seals]):
        outcome = simulate(company(), levers)
        rows, figures = outcome.families, outcome.measures
        assert rows["qty_late"].sum() == pytest.approx(figures["qty_late"])
        assert rows["amount_late"].sum() == pytest.approx(figures["amount_late"])
        assert rows["qty_demand"].sum() == pytest.approx(demand_of()[:, WEEKS].sum())
        assert (rows["qty_late"] > 0).sum() == figures["family_count"]
        fill = rows.set_index("family_id")["rate_fill"]
        value = (outcome.inputs.promised * outcome.inputs.price)[:3, WEEKS].sum(axis=1)
        total = (fill.loc[[7, 8, 9]].to_numpy() * value).sum() / value.sum()
        assert total == pytest.approx(figures["rate_fill"])


def test_extra_costs_are_those_of_levers_and_of_the_schedule():
    """A dear delay makes overtime worth it: what the schedule adds is paid by the clock hour, also
    at an efficiency of 80 %."""
    centers = company().supply.workcenters.assign(efficiency=0.8)
    hours = HOURS.build(company().supply.hours.assign(hours=10.0))  # 40 effective hours
    outcome = simulate(company(workcenters=centers, hours=hours, rates=rates_of(late=9.0)))
    best = best_schedule(outcome, 60, may_work_ahead=False)
    extra = best.schedule.extra.sum()
    assert extra == pytest.approx(30, rel=1e-3)
    assert best.measures["hours_overtime"] == pytest.approx(extra / 0.8)
    assert best.measures["amount_overtime"] == pytest.approx(60 * extra / 0.8)
    paid = charges(best.inputs, best.plan, best.problem, best.schedule)
    assert sum(amount.sum() for amount in paid.values()) == pytest.approx(
        best.measures["amount_extra"]
    )
    priced = sum(amount.sum() for amount in costs(best.problem, best.schedule).values())
    assert best.measures["amount_total"] == pytest.approx(priced)


# Material


def test_own_sales_of_a_component_are_late_only_with_their_share():
    """Seals are sold, too: 8 a week beside the 32 of the pumps. 40 are in stock and nothing comes
    before bucket 3. What is wanted first is served first: 32 of bucket 0, and 8 of 40 of bucket 1.
    32 are missing in bucket 1 (6.4 sold ones and 25.6 of the pumps), 72 in bucket 2 (14.4 and
    57.6); the pumps that wait for them are due a week later."""
    demand = demand_of()
    demand[3, 1:] = 8 * BUCKETS.days[1:] / 7
    items = items_of(stock=[0.0, 0.0, 0.0, 40.0], price=[100.0, 80.0, 30.0, 9.0])
    none = company().arrivals.iloc[:0]
    outcome = simulate(company(demand=demand, items=items, arrivals=none))
    seals, pumps = outcome.groups.index[[3, 0]]
    assert outcome.plan.net.short[3, :3].tolist() == pytest.approx([0, 32, 72])
    assert outcome.problem.late[seals, :3].tolist() == pytest.approx([0, 6.4, 14.4])
    assert outcome.problem.missing[pumps, 2:4].tolist() == pytest.approx([25.6, 57.6])
    assert (sent(outcome).delivered >= -1e-9).all()


def test_every_end_product_waits_for_its_own_component():
    """Pumps and gates are one family on the same line, but each has a seal of its own: both lack 10
    in a bucket, so 20 units of the group are missing, not 10."""
    items = items_of(
        family_id=[PUMPS, 8, PUMPS, 0], kind=["make", "buy", "make", "buy"],
        stock=[0.0, 22.0, 0.0, 22.0], days_lead=[7, 21, 7, 21],
    )  # fmt: skip
    demand = demand_of()
    demand[1] = 0.0
    inputs = company(
        demand=demand, items=items, arrivals=company().arrivals.iloc[:0],
        lines=((PUMP, SEAL, 1.0), (GATE, 2, 1.0)), earliest=np.array([1, 1, 1, 1]),
    )  # fmt: skip
    outcome = simulate(inputs)
    assert outcome.plan.net.short[[1, 3], 0].tolist() == pytest.approx([10, 10])
    assert outcome.problem.missing[position(outcome, PUMPS), 1] == pytest.approx(20)


def test_a_product_waits_for_the_component_it_lacks_most_of():
    """32 pumps to begin in bucket 0, with seals for 22 and rings for 12: 20 are missing, not 10."""
    ring = 2
    items = items_of(kind=["make", "buy", "make", "buy"], stock=[0.0, 12.0, 0.0, 22.0])
    demand = demand_of()
    demand[1] = 0.0
    inputs = company(
        demand=demand, items=items, arrivals=company().arrivals.iloc[:0],
        lines=((PUMP, SEAL, 1.0), (PUMP, ring, 1.0)), earliest=np.array([1, 1, 1, 1]),
    )  # fmt: skip
    outcome = simulate(inputs)
    assert outcome.problem.missing[position(outcome, PUMPS), 1] == pytest.approx(20)


def test_nothing_at_all_has_figures():
    outcome = simulate(company(demand=np.zeros_like(demand_of())))
    assert outcome.measures["rate_fill"] == 1 and outcome.measures["amount_revenue"] == 0
    assert all(np.isfinite(value) for value in outcome.measures.values())


def test_no_figure_of_the_supply_plan_is_changed():
    base = company()
    outcome = simulate(base)
    assert np.array_equal(outcome.plan.net.stock, supply_plan(base.supply).net.stock)
    assert replace(base, lines=base.lines).supply is base.supply
