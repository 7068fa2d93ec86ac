"""The three what-if questions by hand, and what holds for every scenario."""

from copy import deepcopy
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import (
    BUCKETS,
    GATES,
    LINE,
    PUMPS,
    SEALMAKER,
    VALVES,
    arrivals_of,
    company,
    day,
    demand_of,
    items_of,
    pair,
    position,
    rates_of,
    row,
    two_centers,
)

from engine.levers import Lever
from engine.measures import deliveries
from engine.problem import violations
from engine.proposals import overtime_levers, postponed
from engine.scenario import best_schedule, hour_values, simulate

END = (BUCKETS.ends[-1] - pd.Timedelta(days=1)).date()
CLOSE = 1e-6
seeds = st.integers(0, 10**6)


def near(values):
    return pytest.approx(np.asarray(values, float), abs=CLOSE)


def late(outcome, family_id):
    """Units (T,) of a family late at the end of each bucket."""
    parts = outcome.inputs, outcome.groups, outcome.problem, outcome.schedule
    return deliveries(*parts).late[position(outcome, family_id)]


def same(one, other):
    """Equality that looks into arrays, matrices, tables, mappings and dataclasses."""
    if is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if hasattr(one, "tocsr"):
        return (one != other).nnz == 0
    if isinstance(one, pd.DataFrame | pd.Index):
        return one.equals(other)
    if isinstance(one, np.ndarray) and one.dtype.kind == "f":
        return np.array_equal(one, other, equal_nan=True)
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    return one == other or (one != one and other != other)


def shift(daily, first=5, last=7):
    return Lever("extra_shift", daily, day(first), day(last, 6), cost=60.0, workcenter_id=LINE)


def delay(days=14.0):
    return Lever("supplier_delay", days, day(0), day(3, 6), partner_id=SEALMAKER)


def growth(value, family_id=VALVES):
    return Lever("demand", value, day(0), END, family_id=family_id)


# 1. What if line 2 runs a shift more?


def test_a_second_shift_closes_the_gap():
    """8 hours on 15 days are 120 hours at 60: 7,200. 30 hours were short, none is any more."""
    outcome = simulate(company(), [shift(8.0)])
    figures = outcome.measures
    assert (figures["gap_count"], figures["hours_short"], figures["qty_late"]) == (0, 0, 0)
    assert figures["hours_overtime"] == pytest.approx(120)
    assert figures["amount_overtime"] == pytest.approx(7200)
    assert outcome.groups.load.available[0, 5:8].tolist() == near([80, 80, 80])
    assert figures["rate_peak"] == pytest.approx(0.8), "the weeks without it: 32 of 40 hours"


def test_an_hour_a_day_closes_half_of_it():
    """5 hours a week: 45 of 50. 5, 10, 15 hours of gates wait, then 7 and none: 20, 40, 60, 28
    are late. 15 hours at 60 are 900."""
    outcome = simulate(company(), [shift(1.0)])
    assert outcome.measures["hours_short"] == pytest.approx(15)
    assert outcome.measures["amount_overtime"] == pytest.approx(900)
    assert outcome.schedule.behind[pair(outcome, GATES)].tolist() == near(row(5, 5, 10, 15, 7))
    assert late(outcome, GATES).tolist() == near(row(6, 20, 40, 60, 28))


# 2. What if the vendor is two weeks late?


def test_a_late_vendor_makes_pumps_late():
    """Pumps take 32 seals a week. 64 in stock last for the buckets 0 and 1; the 32 of bucket 2 come
    in bucket 4, and what is ordered now in 5 instead of 3. Short: 32, 64, 96 - 32 = 64 in the
    buckets 2, 3 and 4, pumps a week later. 32 of each of three weeks are not there: 9,600, beside
    the 8,160 of gates. The gap is the largest backlog: 64 pumps, 6,400."""
    outcome = simulate(company(), [delay()])
    assert outcome.plan.net.short[3].tolist() == near(row(2, 32, 64, 64))
    assert late(outcome, PUMPS).tolist() == near(row(3, 32, 64, 64))
    rows = outcome.families.set_index("family_id")
    assert rows.loc[PUMPS, ["qty_late", "amount_late"]].tolist() == near([96, 9600])
    assert rows.loc[VALVES, "qty_late"] == 0
    assert outcome.measures["amount_late"] == pytest.approx(9600 + 8160)
    gaps = outcome.plan.gaps.set_index("kind")
    assert gaps.loc["material", ["qty_short", "amount_short"]].tolist() == near([64, 6400])
    assert gaps.loc["material", ["first", "last"]].tolist() == [2, 4]


def test_without_the_delay_no_pump_is_late():
    assert not late(simulate(company()), PUMPS).any()


# 3. What if a family sells 20 % more?


def test_more_valves_take_hours_from_gates():
    """16 valves a week become 19.2 (24 become 28.8): 1.6 hours more, 2.4 in the peak. 52.4 of 40
    hours: 12.4 a week short, 37.2 in all. Gates wait 12.4, 24.8, 37.2, then 6.4 less a week; in
    units and a week later 49.6, 99.2, 148.8, 123.2, 97.6, 72, 46.4. Nothing is late in March, so
    20 % of the valves' sales come on top."""
    base, outcome = simulate(company()), simulate(company(), [growth(0.2)])
    assert outcome.groups.load.load[0, [0, 6, 9]].tolist() == near([33.6, 52.4, 33.6])
    assert outcome.measures["hours_short"] == pytest.approx(37.2)
    assert late(outcome, GATES).tolist() == near(
        row(6, 49.6, 99.2, 148.8, 123.2, 97.6, 72, 46.4)
    )  # fmt: skip
    assert outcome.measures["qty_late"] == pytest.approx(49.6 + 72 + 72 + 32 + 32 + 32)
    extra = outcome.measures["amount_revenue"] - base.measures["amount_revenue"]
    assert extra == pytest.approx(0.2 * 80 * demand_of()[1].sum())
    margin = outcome.measures["amount_margin"] - base.measures["amount_margin"]
    assert margin == pytest.approx(0.2 * 40 * demand_of()[1].sum())


def test_no_more_is_the_base_in_every_figure_and_array():
    base, outcome = simulate(company()), simulate(company(), [growth(0.0)])
    assert same(base, outcome)
    assert not same(base, simulate(company(), [growth(0.01)]))


def test_a_delay_of_no_days_is_the_base():
    base, outcome = simulate(company()), simulate(company(), [delay(0.0)])
    assert same(base.measures, outcome.measures) and same(base.schedule, outcome.schedule)


# What one more hour is worth, and how far from the best


def test_one_more_hour_lets_four_gates_be_on_time():
    """Without working ahead, an hour in bucket 5 makes 4 gates earlier in the six weeks in which
    gates are late: 4 x 0.6 x 6 = 14.4 less, and holding a finished gate costs nothing more as it
    leaves. An hour after the peak is worth less, and none before it."""
    values = hour_values(simulate(company()), 60)[0]
    assert not values[:5].any() and not values[12:].any()
    assert (np.diff(values[5:12]) <= CLOSE).all()
    assert values[5] == pytest.approx(14.4, rel=0.05)
    assert values[7] == pytest.approx(values[5] - 4.8, rel=0.05)
    assert not hour_values(simulate(company(), [shift(8.0)]), 60).any()


# Whatever the company


def random_company(seed, centers=None, has_stock=True):
    """The small company with other demand, stock, hours, priorities and one work center or two."""
    draw = np.random.default_rng(seed)
    demand = demand_of(draw.uniform(0, 50, 4) * [1, 1, 1, 0], draw.uniform(0, 90, 4) * [1, 1, 1, 0])
    stock = draw.uniform(0, 80, 4) * has_stock
    is_double = draw.random() < 0.5 if centers is None else centers == 2
    changes = two_centers(draw.uniform(2, 10)) if is_double else {}
    hours = company(**changes).supply.hours
    hours = hours.assign(hours=hours["hours"] * draw.uniform(0.5, 1.5))
    rates = rates_of(
        1 + is_double, late=draw.uniform(0.001, 0.5), lost=draw.uniform(0.2, 2.0),
        holding=draw.uniform(0.01, 0.4), overtime_peak=draw.uniform(0, 1),
    )  # fmt: skip
    return company(**changes | {
        "demand": demand, "rates": rates, "hours": hours,
        "items": items_of(stock=stock, minimum=draw.uniform(0, 20, 4) * (draw.random() < 0.5)),
        "arrivals": arrivals_of(draw.uniform(0, 90), draw.integers(0, 4)),
        "priority": draw.integers(1, 4, 3),
    })  # fmt: skip


def backlog(outcome):
    parts = outcome.inputs, outcome.groups, outcome.problem, outcome.schedule
    return deliveries(*parts).late


@settings(max_examples=30)
@given(seeds, st.floats(0.5, 8), st.integers(0, 11))
def test_more_capacity_never_lowers_service(seed, daily, week):
    inputs = random_company(seed)
    base, more = simulate(inputs), simulate(inputs, [shift(daily, week, 11)])
    assert (backlog(more) <= backlog(base) + CLOSE).all()
    assert more.measures["rate_fill"] >= base.measures["rate_fill"] - CLOSE
    assert more.measures["amount_late"] <= base.measures["amount_late"] + CLOSE


@settings(max_examples=30)
@given(seeds, st.integers(1, 40))
def test_a_later_vendor_never_raises_service(seed, days):
    inputs = random_company(seed)
    base, later = simulate(inputs), simulate(inputs, [delay(float(days))])
    assert (backlog(later) >= backlog(base) - CLOSE).all()
    assert later.measures["rate_fill"] <= base.measures["rate_fill"] + CLOSE


@settings(max_examples=30)
@given(seeds)
def test_balances_close_and_inputs_stay(seed):
    inputs = random_company(seed)
    before = deepcopy(inputs)
    outcome = simulate(inputs, [shift(1.0), growth(0.1), delay(7.0)])
    assert same(before, inputs)
    assert max(violations(outcome.problem, outcome.schedule).values()) <= CLOSE
    parts = outcome.inputs, outcome.groups, outcome.problem, outcome.schedule
    sent = deliveries(*parts)
    assert (sent.delivered >= -CLOSE).all() and (sent.late >= -CLOSE).all()
    delivered = sent.delivered.sum(axis=1) + sent.late[:, -1]
    assert delivered.tolist() == near(sent.demand.sum(axis=1))
    assert 0 <= outcome.measures["rate_fill"] <= 1


@settings(max_examples=30)
@given(seeds)
def test_the_best_schedule_is_no_dearer_than_what_anyone_proposes(seed):
    """With material that does not run short: a family that waits leaves its seals to others, which
    the schedule of a given supply plan cannot do."""
    inputs = random_company(seed)
    items = inputs.supply.items.assign(stock=inputs.supply.items["stock"] + [0, 0, 0, 5000.0])
    inputs = inputs.with_supply(items=items)
    base = simulate(inputs)
    best = best_schedule(base, 60)
    waiting, _candidates = postponed(base)
    for levers in ([], overtime_levers(base), waiting):
        cost = simulate(inputs, levers).measures["amount_total"]
        assert best.measures["amount_total"] <= cost + 1e-6 * max(cost, 1.0)


def test_the_inputs_of_an_outcome_are_those_with_levers():
    base = company()
    outcome = simulate(base, [growth(0.5)])
    assert outcome.inputs.promised[1].sum() == pytest.approx(1.5 * base.promised[1].sum())
    assert same(simulate(replace(base)), simulate(base))
