"""Levers change what a user's question is about, by the figure asked for, and nothing else."""

from copy import deepcopy
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.capacity import HOURS, OPERATIONS, WORK, WORKCENTERS
from engine.levers import APPLY, Lever, applied
from engine.scenario_inputs import ARRIVALS, CUSTOMERS, Rates, ScenarioInputs
from engine.structure import BOM_LINES, BYPRODUCTS, structure
from engine.supply import ITEMS, SupplyInputs, by_bucket, supply_plan
from engine.supply_buckets import SupplyBuckets
from engine.tables import EngineError

MONDAY = date(2026, 11, 30)  # eight weeks, the last week of January, February to May
BUCKETS = SupplyBuckets.plan(MONDAY, MONDAY, 8, date(2027, 6, 1))
IDS = PUMP, VALVE, GATE, STEEL, SEAL = 1, 2, 3, 4, 5
X, Y, EMPTY_FAMILY = 7, 8, 9
LATHE, MILL, BENCH = 20, 21, 22
STEELWORKS, SEALMAKER = 50, 60
SHIPYARD, CITY = 70, 71
FEBRUARY = 9


def day(week, weekday=0):
    """A day of a week of the plan, from 0; Monday is 0."""
    return MONDAY + timedelta(days=7 * week + weekday)


def row(values):
    """The first buckets of a row, the others 0."""
    return np.pad(np.asarray(values, float), (0, BUCKETS.count - len(values)))


ON_TIME = ((STEEL, day(2), STEELWORKS, 160.0),)


def case(arrivals=ON_TIME, today=MONDAY, **changes):
    """A pump takes two kilograms of steel and half an hour on the lathe, a valve a seal and a
    quarter of an hour on the mill, a gate nothing. The lathe is closed on 24 and 25 December, the
    mill works at 80 %, the bench has no calendar. Production takes a week, steel three weeks."""
    items = ITEMS.build(
        pd.DataFrame(
            {
                "product_id": IDS,
                "family_id": [X, Y, Y, 0, 0],
                "kind": ["make", "make", "make", "buy", "buy"],
                "days_lead": [7, 7, 7, 21, 7],
                "days_lead_std": 0.0,
                "price": [100.0, 60.0, 40.0, 0.0, 0.0],
                "cost": [50.0, 30.0, 20.0, 2.0, 1.0],
                "stock": [0.0, 0.0, 0.0, 200.0, 100.0],
                "minimum": [0.0, 12.0, 0.0, 0.0, 0.0],
                "has_rule": True,
                "service_level": 0.95,
                "error": 0.0,
            }
        )
    )
    demand = np.array([row([0] + [qty] * 7) for qty in (40, 20, 10, 0, 0)])
    rows = ARRIVALS.build(list(arrivals))
    days = pd.bdate_range(BUCKETS.starts[0], BUCKETS.ends[-1], inclusive="left")
    lathe = days.difference(pd.DatetimeIndex(["2026-12-24", "2026-12-25"]))
    supply = SupplyInputs(
        buckets=BUCKETS,
        items=items,
        structure=structure(
            np.array(IDS),
            BOM_LINES.build([(PUMP, STEEL, 2.0), (VALVE, SEAL, 1.0)]),
            BYPRODUCTS.empty(),
            np.zeros(5),
        ),
        loss=np.zeros(5),
        demand=demand,
        receipts=by_bucket(rows, "qty", np.array(IDS), BUCKETS),
        needs=np.zeros_like(demand),
        earliest=np.array([1, 1, 1, 3, 1]),
        zones=np.full(BUCKETS.count, "liquid"),
        family_ids=np.array([X, Y]),
        priority=np.array([10, 20]),
        operations=OPERATIONS.build(
            [(PUMP, 1, LATHE, 0.0, 30.0, 1.0, 1.0, 0.0), (VALVE, 2, MILL, 0.0, 15.0, 1.0, 1.0, 0.0)]
        ),
        workcenters=WORKCENTERS.build([(LATHE, 1.0, True), (MILL, 0.8, True), (BENCH, 1.0, False)]),
        hours=HOURS.build([(LATHE, d, 8.0) for d in lathe] + [(MILL, d, 8.0) for d in days]),
        extra=HOURS.empty(),
        work=WORK.empty(),
        use_measured=False,
        target_source="rule",
        review_days=7,
        rebuild_weeks=1,
        floor=0.0,
    )
    scenario = ScenarioInputs(
        supply=supply,
        today=today,
        promised=demand.copy(),
        lines=np.ones_like(demand),
        price=np.repeat(items["price"].to_numpy()[:, None], BUCKETS.count, axis=1),
        vendor=np.array([0, 0, 0, STEELWORKS, SEALMAKER]),
        arrivals=rows,
        customers=CUSTOMERS.build([(SHIPYARD, PUMP, 0.25), (SHIPYARD, VALVE, 0.5)]),
        rates=Rates(np.zeros(3)),
    )
    return scenario.with_supply(**changes)


def pulled(*levers, base=None):
    return applied(case() if base is None else base, levers)


def plan(inputs):
    return supply_plan(inputs.supply)


def hours(inputs, workcenter_id):
    """Effective hours (T,) of a work center in the plan."""
    return plan(inputs).capacity.available[[LATHE, MILL].index(workcenter_id)]


def differing(one, other, name=""):
    """Names of the fields in which two inputs differ, down to the supply's."""
    if isinstance(one, ScenarioInputs | SupplyInputs):
        parts = [(field.name, getattr(one, field.name), getattr(other, field.name))
                 for field in fields(one)]  # fmt: skip
        return set().union(*(differing(a, b, name) for name, a, b in parts))
    return set() if same(one, other) else {name}


def same(one, other):
    """Equality that looks into arrays, tables, mappings and dataclasses."""
    if isinstance(one, pd.DataFrame):
        return one.equals(other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    if hasattr(one, "tocsr"):
        return same(one.toarray(), other.toarray())
    if isinstance(one, list | np.ndarray) and not isinstance(one, pd.Index):
        pairs = zip(one, other)
        flat = isinstance(one, np.ndarray)
        return np.array_equal(one, other) if flat else all(same(a, b) for a, b in pairs)
    return bool(np.all(one == other))


WEEK_2 = {"first": day(2), "last": day(2, 6)}
ONE_OF_EACH = [
    (Lever("extra_hours", 10, **WEEK_2, workcenter_id=LATHE), {"extra", "charges", "hours"}),
    (Lever("extra_shift", 4, **WEEK_2, workcenter_id=LATHE), {"extra", "charges", "hours"}),
    (Lever("machine_down", 0.5, **WEEK_2, workcenter_id=LATHE), {"extra"}),
    (
        Lever("alternative", 8, **WEEK_2, workcenter_id=LATHE, other_workcenter_id=MILL),
        {"extra", "charges"},
    ),
    (Lever("supplier_delay", 14, **WEEK_2, partner_id=STEELWORKS), {"receipts", "arrivals"}),
    (
        Lever("expedite", 7, **WEEK_2, partner_id=STEELWORKS, cost=2),
        {"receipts", "arrivals", "charges", "surcharges"},
    ),
    (
        Lever("other_vendor", 7, **WEEK_2, partner_id=STEELWORKS, cost=2),
        {"earliest", "surcharges"},
    ),
    (Lever("demand", 0.2, **WEEK_2, family_id=Y), {"demand", "promised"}),
    (Lever("demand_units", 30, **WEEK_2, family_id=Y), {"demand", "promised"}),
    (Lever("postpone", 0.5, **WEEK_2, family_id=Y, target=date(2027, 2, 1)), {"demand"}),
    (Lever("prebuild", 0.5, **WEEK_2, family_id=Y, target=day(1)), {"demand"}),
    (Lever("subcontract", 5, **WEEK_2, family_id=Y), {"receipts", "charges"}),
    (Lever("stock_target", 0.5, **WEEK_2, family_id=Y), {"target_scale"}),
    (Lever("price", 0.1, **WEEK_2, family_id=Y), {"price"}),
]


@pytest.mark.parametrize(("lever", "changed"), ONE_OF_EACH, ids=lambda v: getattr(v, "kind", ""))
def test_a_lever_changes_what_it_speaks_of_and_never_its_inputs(lever, changed):
    base = case()
    before = deepcopy(base)
    assert differing(base, pulled(lever, base=base)) == changed
    assert differing(base, before) == set()


def test_there_is_a_case_of_every_kind():
    assert [lever.kind for lever, _changed in ONE_OF_EACH] == list(APPLY)


def test_no_lever_is_the_base():
    base = case()
    assert differing(base, pulled(base=base)) == set()


# ---- hours ----


def test_an_extra_shift_works_on_the_days_of_the_calendar():
    lever = Lever("extra_shift", 6.0, day(2), day(3, 6), cost=30.0, workcenter_id=LATHE)
    found = pulled(lever)
    # five days of the third week; three of the fourth, for 24 and 25 December are closed
    added = hours(found, LATHE) - hours(case(), LATHE)
    assert added.tolist() == pytest.approx(row([0, 0, 30, 18]))
    assert hours(found, MILL) == pytest.approx(hours(case(), MILL))
    assert found.hours["overtime"].tolist() == pytest.approx(row([0, 0, 30, 18]))
    assert found.charges["overtime"].tolist() == pytest.approx(row([0, 0, 900, 540]))


def test_a_day_of_no_hours_on_the_calendar_is_no_working_day():
    table = case().supply.hours
    closed = (table["workcenter_id"] == MILL) & (table["day"] == pd.Timestamp(day(2)))
    base = case(hours=table.assign(hours=table["hours"].mask(closed, 0.0)))
    found = pulled(Lever("extra_shift", 2.0, **WEEK_2, workcenter_id=MILL), base=base)
    assert found.hours["overtime"].tolist() == row([0, 0, 8]).tolist()


def test_an_extra_shift_closes_the_gap_of_a_peak():
    base = case()
    demand = base.supply.demand.copy()
    demand[0, 3] = 120.0  # 60 hours in the third week, which has 40
    base = base.with_supply(demand=demand, items=base.supply.items.assign(stock=1e4).assign(
        stock=lambda t: t["stock"].where(t["kind"] == "buy", 0.0)))  # fmt: skip
    [gap] = plan(base).gaps.to_dict("records")
    assert (gap["workcenter_id"], gap["hours_short"]) == (LATHE, pytest.approx(20.0))
    almost = Lever("extra_shift", 3.0, **WEEK_2, workcenter_id=LATHE)
    assert plan(pulled(almost, base=base)).gaps["hours_short"].tolist() == pytest.approx([5.0])
    assert plan(pulled(replace(almost, value=4.0), base=base)).gaps.empty


def test_extra_hours_of_a_week_count_by_its_days_in_force():
    lever = Lever("extra_hours", 10.0, day(1, 2), day(2, 6), cost=20.0, workcenter_id=MILL)
    found = pulled(lever)  # Wednesday to Friday, then a whole week
    added = hours(found, MILL) - hours(case(), MILL)
    assert added.tolist() == pytest.approx(row([0, 6 * 0.8, 10 * 0.8]))
    assert found.hours["overtime"].tolist() == pytest.approx(row([0, 6, 10]))
    assert found.charges["overtime"].tolist() == pytest.approx(row([0, 120, 200]))


def test_dates_reach_beyond_the_horizon_on_either_side():
    lever = Lever("extra_hours", 5.0, date(2026, 1, 1), date(2030, 1, 1), workcenter_id=LATHE)
    edges = (moments.to_numpy().astype("M8[D]") for moments in (BUCKETS.starts, BUCKETS.ends))
    weekdays = np.busday_count(*edges)
    assert pulled(lever).hours["overtime"].tolist() == pytest.approx(weekdays.tolist())


def test_half_a_machine_down_has_half_the_hours():
    lever = Lever("machine_down", 0.5, day(2), day(3, 6), workcenter_id=LATHE)
    found = pulled(lever)
    assert hours(found, LATHE)[:5].tolist() == pytest.approx([40, 40, 20, 12, 40])
    assert dict(found.charges) == dict(found.hours) == {}


def test_a_machine_that_is_down_twice_has_no_hours_below_none():
    one = Lever("machine_down", 0.6, day(2), day(2, 6), workcenter_id=LATHE)
    found = pulled(one, replace(one, last=day(3, 6)))
    assert hours(found, LATHE)[:5].tolist() == pytest.approx([40, 40, 0, 24 * 0.4, 40])


def test_work_moves_to_another_machine_at_the_ratio_of_efficiencies():
    lever = Lever("alternative", 8.0, **WEEK_2, cost=5.0, workcenter_id=LATHE,
                  other_workcenter_id=MILL)  # fmt: skip
    found = pulled(lever)
    extra = found.supply.extra.groupby("workcenter_id")["hours"].sum()
    assert extra.to_dict() == pytest.approx({LATHE: 8.0, MILL: -10.0})
    assert (hours(found, LATHE) - hours(case(), LATHE)).tolist() == pytest.approx(row([0, 0, 8]))
    assert (hours(case(), MILL) - hours(found, MILL)).tolist() == pytest.approx(row([0, 0, 8]))
    assert found.charges["alternative"].tolist() == pytest.approx(row([0, 0, 40]))
    assert dict(found.hours) == {}


def test_another_machine_does_no_more_than_its_hours():
    lever = Lever("alternative", 40.0, **WEEK_2, cost=5.0, workcenter_id=LATHE,
                  other_workcenter_id=MILL)  # fmt: skip
    found = pulled(lever)  # the mill has 40 hours at 80 %
    assert hours(found, MILL)[2] == pytest.approx(0.0)
    assert hours(found, LATHE)[2] == pytest.approx(40 + 32)
    assert found.charges["alternative"][2] == pytest.approx(32 * 5.0)


# ---- vendors ----

TWO_VENDORS = ((STEEL, day(2), STEELWORKS, 160.0), (SEAL, day(2), SEALMAKER, 30.0))


def late(last, **scope):
    return Lever("supplier_delay", 14.0, day(0), last, **scope)


def test_steel_two_weeks_late_is_short_until_it_comes():
    # 80 kg a week of 200; 160 come in the third week, new steel from the fourth week on
    base = case(TWO_VENDORS)
    assert not plan(base).net.short.any()
    found = pulled(late(day(4, 6), partner_id=STEELWORKS), base=base)
    assert found.supply.receipts[IDS.index(STEEL)].tolist() == row([0, 0, 0, 0, 160]).tolist()
    assert found.supply.receipts[IDS.index(SEAL)].tolist() == row([0, 0, 30]).tolist()
    assert found.supply.earliest.tolist() == [1, 1, 1, 5, 1]
    short = plan(found).net.short
    assert short[IDS.index(STEEL)].tolist() == pytest.approx(row([0, 0, 40, 120, 40]))
    assert short.sum() == pytest.approx(200)


def test_new_steel_is_late_only_if_it_would_come_while_the_vendor_is():
    found = pulled(late(day(2, 6), partner_id=STEELWORKS), base=case(TWO_VENDORS))
    assert found.supply.earliest.tolist() == [1, 1, 1, 3, 1]
    assert plan(found).net.short[IDS.index(STEEL)].tolist() == pytest.approx(row([0, 0, 40]))


def test_a_delay_is_of_one_product_where_it_is_named():
    rows = (*TWO_VENDORS, (GATE, day(2), STEELWORKS, 5.0))
    found = pulled(late(day(2, 6), partner_id=STEELWORKS, product_id=GATE), base=case(rows))
    assert found.supply.receipts[:, 2].tolist() == [0, 0, 0, 160, 30]
    assert found.supply.receipts[:, 4].tolist() == [0, 0, 5, 0, 0]


def test_what_is_overdue_is_expected_today_and_late_from_then_on():
    today = day(0, 2)
    base = case(((STEEL, date(2026, 10, 1), STEELWORKS, 160.0),), today=today)
    assert base.supply.receipts[3, 0] == 160
    found = pulled(replace(late(day(2), partner_id=STEELWORKS), first=today), base=base)
    assert found.arrivals["day"].dt.date.tolist() == [today + timedelta(days=14)]
    assert found.supply.receipts[3].tolist() == row([0, 0, 160]).tolist()


def test_what_comes_after_the_horizon_is_missing():
    last = date(2027, 5, 25)
    base = case(((STEEL, last, STEELWORKS, 160.0),))
    found = pulled(Lever("supplier_delay", 14.0, last, last, partner_id=STEELWORKS), base=base)
    assert not found.supply.receipts.any()


def test_two_delays_do_not_depend_on_their_order():
    one = late(day(4, 6), partner_id=STEELWORKS)
    other = replace(one, value=7.0)
    assert differing(pulled(one, other), pulled(other, one)) == set()
    assert pulled(one, other).supply.receipts[3].tolist() == row([0, 0, 0, 0, 0, 160]).tolist()
    assert pulled(one, other).supply.earliest[3] == 5, "of two delays the longer counts"


def test_expediting_is_the_reverse_of_a_delay_and_costs_by_the_unit():
    base = case(TWO_VENDORS)
    delayed = pulled(late(day(2, 6), partner_id=STEELWORKS), base=base)
    faster = Lever("expedite", 14.0, day(4), day(4, 6), cost=2.0, partner_id=STEELWORKS)
    back = pulled(faster, base=delayed)
    assert differing(base, back) == {"charges", "surcharges"}
    assert back.charges["expedite"].tolist() == row([0, 0, 0, 0, 320]).tolist()
    [surcharge] = back.surcharges
    assert (surcharge.kind, surcharge.cost) == ("expedite", 2.0)
    assert surcharge.is_charged.tolist() == [False, False, False, True, False]
    assert surcharge.share.tolist() == row([0, 0, 0, 0, 1]).tolist()


def test_expedited_steel_ends_a_shortage_but_comes_neither_before_today_nor_frozen():
    base = case(((STEEL, day(4), STEELWORKS, 160.0),))
    assert plan(base).net.short[3].tolist() == pytest.approx(row([0, 0, 40]))
    faster = Lever("expedite", 14.0, day(2), day(4, 6), cost=2.0, partner_id=STEELWORKS)
    found = pulled(faster, base=base)
    assert found.supply.earliest.tolist() == [1, 1, 1, 1, 1]
    assert not plan(found).net.short.any()
    frozen = base.with_supply(zones=np.array(["frozen"] * 2 + ["liquid"] * (BUCKETS.count - 2)))
    assert pulled(faster, base=frozen).supply.earliest[3] == 2
    soon = pulled(replace(faster, value=99.0), base=base)
    assert soon.arrivals["day"].dt.date.tolist() == [MONDAY]


def test_another_vendor_brings_its_lead_time_and_price():
    lever = Lever("other_vendor", 8.0, day(1, 3), day(2, 6), cost=0.5, partner_id=STEELWORKS)
    found = pulled(lever)
    assert found.supply.earliest.tolist() == [1, 1, 1, 1, 1], "on the Tuesday of the second week"
    assert found.supply.receipts.tolist() == case().supply.receipts.tolist()
    [surcharge] = found.surcharges
    assert (surcharge.kind, surcharge.cost) == ("vendor", 0.5)
    assert surcharge.share.tolist() == pytest.approx(row([0, 4 / 7, 1]))
    never = pulled(replace(lever, value=300.0))
    assert never.supply.earliest[3] == BUCKETS.count


# ---- demand ----


def added(found, base=None):
    """Demand (n, T) more than the base's; what customers want changed by the same."""
    base = case() if base is None else base
    more = found.supply.demand - base.supply.demand
    assert found.promised - base.promised == pytest.approx(more)
    return more


def test_a_family_sells_a_fifth_more_on_the_days_in_force():
    # from Monday of the third week to Thursday of the fourth, four of its seven days
    more = added(pulled(Lever("demand", 0.2, day(2), day(3, 3), family_id=Y)))
    assert more[1].tolist() == pytest.approx(row([0, 0, 4, 4 * 4 / 7]))
    assert more[2].tolist() == pytest.approx(row([0, 0, 2, 2 * 4 / 7]))
    assert not more[[0, 3, 4]].any()


def in_february(units):
    """The same with a demand for valves in a month, which has 28 days."""
    base = case()
    demand = base.supply.demand.copy()
    demand[1, FEBRUARY] = units
    return replace(base.with_supply(demand=demand), promised=demand)


def test_half_a_bucket_counts_half():
    base = in_february(100.0)
    lever = Lever("demand", 0.2, date(2027, 2, 1), date(2027, 2, 14), family_id=Y)
    assert added(pulled(lever, base=base), base)[1, FEBRUARY] == pytest.approx(10.0)


def test_more_demand_is_made_a_week_earlier():
    lever = Lever("demand", 0.2, **WEEK_2, product_id=PUMP)
    base, found = plan(case()), plan(pulled(lever))
    assert (found.net.planned - base.net.planned)[0].tolist() == pytest.approx(row([0, 0, 8]))
    more = found.capacity.load - base.capacity.load
    assert more[0].tolist() == pytest.approx(row([0, 4])), "eight pumps at half an hour"
    assert not more[1].any()


def test_demand_of_one_product_and_of_none_of_its_family():
    more = added(pulled(Lever("demand", -1.0, **WEEK_2, product_id=GATE)))
    assert more[2].tolist() == row([0, 0, -10]).tolist()
    assert not more[[0, 1, 3, 4]].any()


def test_demand_of_a_customer_is_its_share():
    lever = Lever("demand", 0.2, **WEEK_2, partner_id=SHIPYARD)
    more = added(pulled(lever))
    assert more[:, 2].tolist() == pytest.approx([40 * 0.25 * 0.2, 20 * 0.5 * 0.2, 0, 0, 0])
    narrow = added(pulled(replace(lever, family_id=Y)))
    assert narrow[:, 2].tolist() == pytest.approx([0, 2, 0, 0, 0])
    assert narrow.sum() == pytest.approx(2)


def test_units_are_spread_in_proportion_and_summed_exactly():
    more = added(pulled(Lever("demand_units", 90.0, day(2), day(3, 6), family_id=Y)))
    assert more[1].tolist() == pytest.approx(row([0, 0, 30, 30]))
    assert more[2].tolist() == pytest.approx(row([0, 0, 15, 15]))
    all_gone = pulled(Lever("demand_units", -60.0, day(2), day(3, 6), family_id=Y))
    assert all_gone.supply.demand[1:3, 2:4] == pytest.approx(0.0, abs=1e-12)
    assert (all_gone.supply.demand >= 0).all()


@given(st.floats(-400, 5_000).filter(lambda units: abs(units) > 1e-3), st.integers(0, 6))
def test_units_are_exact_whatever_the_window(units, weekday):
    more = added(pulled(Lever("demand_units", units, day(1, weekday), day(7, 6))))
    assert more.sum() == pytest.approx(units)


def test_no_change_of_demand_is_the_base():
    base = case()
    assert differing(base, pulled(Lever("demand", 0.0, **WEEK_2, family_id=Y), base=base)) == set()


# ---- deliveries ----


def test_deliveries_are_postponed_to_the_month_from_the_target_on():
    lever = Lever("postpone", 0.5, **WEEK_2, family_id=Y, target=date(2027, 2, 1))
    found = pulled(lever)
    moved = found.supply.demand - case().supply.demand
    assert moved[1, [2, FEBRUARY]].tolist() == pytest.approx([-10, 10])
    assert moved[2, [2, FEBRUARY]].tolist() == pytest.approx([-5, 5])
    assert np.abs(moved).sum() == pytest.approx(30)
    assert found.promised.tolist() == case().promised.tolist()


def test_a_month_may_begin_within_a_week():
    # 15 January to 14 February: 3, 7, 7 and 14 of 31 days
    lever = Lever("postpone", 1.0, **WEEK_2, product_id=PUMP, target=date(2027, 1, 15))
    moved = (pulled(lever).supply.demand - case().supply.demand)[0]
    expected = row([0, 0, -40, 0, 0, 0, *(40 * np.array([3, 7, 7, 14]) / 31)])
    assert moved.tolist() == pytest.approx(expected)


def test_deliveries_are_built_evenly_before_the_window():
    lever = Lever("prebuild", 0.5, day(4), day(4, 6), product_id=PUMP, target=day(1, 3))
    found = pulled(lever)  # from Thursday of the second week: 4, 7 and 7 of 18 days
    moved = (found.supply.demand - case().supply.demand)[0]
    assert moved.tolist() == pytest.approx(row([0, *(20 * np.array([4, 7, 7]) / 18), -20]))
    assert found.promised.tolist() == case().promised.tolist()
    load = plan(found).capacity.load[0] - plan(case()).capacity.load[0]
    assert load[3] == pytest.approx(-10), "half an hour less a pump, a week before delivery"


def test_a_customers_share_of_the_deliveries_moves():
    lever = Lever("postpone", 0.25, **WEEK_2, partner_id=SHIPYARD, target=date(2027, 3, 1))
    moved = pulled(lever).supply.demand - case().supply.demand
    assert moved[:, 2].tolist() == pytest.approx([-40 * 0.25 * 0.25, -20 * 0.5 * 0.25, 0, 0, 0])


@given(
    st.sampled_from(["postpone", "prebuild"]),
    st.floats(0.01, 1.0),
    st.integers(40, 54),
    st.integers(0, 14),
    st.integers(1, 39),
    st.sampled_from([0, X, Y]),
)
def test_moved_deliveries_are_neither_lost_nor_made(kind, share, first, length, gap, family):
    start, last = day(0, first), day(0, first + length)
    target = last + timedelta(days=gap) if kind == "postpone" else start - timedelta(days=gap)
    found = pulled(Lever(kind, share, start, last, family_id=family, target=target))
    base = case()
    assert found.supply.demand.sum(axis=1) == pytest.approx(base.supply.demand.sum(axis=1))
    assert (found.supply.demand >= -1e-9).all()
    assert found.promised.tolist() == base.promised.tolist()
    others = [i for i, own in enumerate((X, Y, Y, 0, 0)) if family not in (0, own)]
    assert found.supply.demand[others].tolist() == base.supply.demand[others].tolist()


# ---- subcontracting, targets, prices ----


def test_subcontracted_units_are_not_planned_again():
    # 15 a week of family Y: 10 valves and 5 gates; in the fourth week on three of seven days
    lever = Lever("subcontract", 15.0, day(2), day(3, 2), cost=4.0, family_id=Y)
    found, base = pulled(lever), case()
    units = found.supply.receipts - base.supply.receipts
    assert units[1].tolist() == pytest.approx(row([0, 0, 10, 10 * 3 / 7]))
    assert units[2].tolist() == pytest.approx(row([0, 0, 5, 5 * 3 / 7]))
    assert found.charges["subcontract"].tolist() == pytest.approx(row([0, 0, 60, 60 * 3 / 7]))
    less = plan(base).net.planned - plan(found).net.planned
    assert less[1:3] == pytest.approx(units[1:3])
    assert (plan(base).capacity.load - plan(found).capacity.load)[1, 1] == pytest.approx(2.5)


def test_a_month_has_as_many_weeks_as_days_by_seven():
    base = in_february(100.0)
    lever = Lever("subcontract", 15.0, date(2027, 2, 8), date(2027, 2, 28), family_id=Y)
    units = pulled(lever, base=base).supply.receipts - base.supply.receipts
    assert units[1, FEBRUARY] == pytest.approx(3 * 15)


@given(st.floats(0.1, 1_000), st.integers(0, 6), st.sampled_from([0, X, Y]))
def test_no_more_is_subcontracted_than_customers_want(weekly, weekday, family):
    base = case()
    lever = Lever("subcontract", weekly, day(2, weekday), day(4, 6), cost=3.0, family_id=family)
    found = pulled(lever, base=base)
    units = found.supply.receipts - base.supply.receipts
    assert (units <= base.supply.demand + 1e-9).all() and (units >= -1e-9).all()
    assert units.sum() <= weekly * (21 - weekday) / 7 + 1e-6
    assert found.charges["subcontract"].sum() == pytest.approx(3.0 * units.sum())


def test_kits_have_no_stock_that_could_come_from_outside():
    base = case()
    kind = ["make", "make", "kit", "buy", "buy"]
    base = base.with_supply(items=base.supply.items.assign(kind=kind))
    found = pulled(Lever("subcontract", 15.0, **WEEK_2, cost=1.0, family_id=Y), base=base)
    assert (found.supply.receipts - base.supply.receipts)[:, 2].tolist() == [0, 15, 0, 0, 0]
    with pytest.raises(EngineError) as caught:
        pulled(Lever("subcontract", 15.0, **WEEK_2, product_id=GATE), base=base)
    assert caught.value.code == "lever_scope"


def test_a_stock_target_is_scaled_for_its_family():
    found = pulled(Lever("stock_target", 0.5, **WEEK_2, family_id=Y))
    assert plan(case()).net.target[1].tolist() == pytest.approx([12.0] * BUCKETS.count)
    assert plan(found).net.target[1].tolist() == pytest.approx([18.0] * BUCKETS.count)
    assert plan(found).net.planned[1].sum() == pytest.approx(20 * 7 + 18)
    twice = pulled(Lever("stock_target", -0.5, **WEEK_2, family_id=Y), base=found)
    assert twice.supply.target_scale.tolist() == pytest.approx([1, 0.75, 0.75, 1, 1])
    none = pulled(Lever("stock_target", -1.0, **WEEK_2))
    assert not plan(none).net.target.any()


def test_a_price_changes_on_the_days_in_force():
    found = pulled(Lever("price", 0.1, day(2), day(3, 3), family_id=Y))
    more = found.price - case().price
    assert more[1].tolist() == pytest.approx(row([0, 0, 6, 6 * 4 / 7]))
    assert more[2].tolist() == pytest.approx(row([0, 0, 4, 4 * 4 / 7]))
    assert not more[[0, 3, 4]].any()


def test_a_price_for_one_customer_moves_the_mean_by_its_share():
    more = pulled(Lever("price", 0.1, **WEEK_2, partner_id=SHIPYARD)).price - case().price
    assert more[:, 2].tolist() == pytest.approx([100 * 0.25 * 0.1, 60 * 0.5 * 0.1, 0, 0, 0])


# ---- combinations ----

INDEPENDENT = [lever for lever, _changed in ONE_OF_EACH if lever.kind in (
    "extra_shift", "alternative", "supplier_delay", "stock_target", "price")] + [
    Lever("demand", 0.2, **WEEK_2, family_id=Y, cost=1.0),
    Lever("demand", 0.5, **WEEK_2, product_id=PUMP),
    Lever("machine_down", 0.5, day(5), day(5, 6), workcenter_id=LATHE),
    Lever("extra_hours", 5.0, **WEEK_2, cost=9.0, workcenter_id=MILL),
]  # fmt: skip


@given(st.permutations(INDEPENDENT))
def test_independent_levers_may_be_pulled_in_any_order(levers):
    one, other = pulled(*INDEPENDENT), pulled(*levers)
    assert one.supply.demand == pytest.approx(other.supply.demand)
    assert one.supply.receipts == pytest.approx(other.supply.receipts)
    assert one.price == pytest.approx(other.price)
    pd.testing.assert_frame_equal(one.supply.extra, other.supply.extra)
    assert one.charges.keys() == other.charges.keys()
    for kind, amount in one.charges.items():
        assert amount == pytest.approx(other.charges[kind])
    differ = differing(one, other) - {"demand", "receipts", "price", "extra", "charges", "hours"}
    assert differ <= {"promised"}


def test_hours_add_up_with_what_was_extra_before():
    extra = HOURS.build([(LATHE, day(2), 3.0)])
    shift = Lever("extra_shift", 2.0, **WEEK_2, cost=10.0, workcenter_id=LATHE)
    found = pulled(shift, replace(shift, kind="extra_hours", value=10.0),
                   base=case(extra=extra))  # fmt: skip
    assert hours(found, LATHE)[2] == pytest.approx(40 + 3 + 10 + 10)
    assert found.hours["overtime"][2] == pytest.approx(20), "what was extra before is paid for"
    assert found.charges["overtime"][2] == pytest.approx(200)
    assert not HOURS.build(found.supply.extra).duplicated(["workcenter_id", "day"]).any()


# ---- errors ----

SHIFT = Lever("extra_shift", 4.0, **WEEK_2, workcenter_id=LATHE)
GROWTH = Lever("demand", 0.2, **WEEK_2, family_id=Y)
LATER = Lever("postpone", 0.5, **WEEK_2, family_id=Y, target=date(2027, 2, 1))
EARLIER = replace(LATER, kind="prebuild", target=day(1))
MOVE = Lever("alternative", 8.0, **WEEK_2, workcenter_id=LATHE, other_workcenter_id=MILL)
DELAY = Lever("supplier_delay", 14.0, **WEEK_2, partner_id=STEELWORKS)
WRONG = {
    "unknown kind": ("lever_kind", replace(SHIFT, kind="hope")),
    "no hours": ("lever_value", replace(SHIFT, value=0.0)),
    "hours below zero": ("lever_value", replace(SHIFT, value=-4.0)),
    "more hours than a day has": ("lever_value", replace(SHIFT, value=25.0)),
    "nan": ("lever_value", replace(GROWTH, value=float("nan"))),
    "infinite": ("lever_value", replace(GROWTH, kind="demand_units", value=float("inf"))),
    "cost below zero": ("lever_value", replace(SHIFT, cost=-1.0)),
    "cost nan": ("lever_value", replace(SHIFT, cost=float("nan"))),
    "less than nothing sold": ("lever_value", replace(GROWTH, value=-1.1)),
    "more units less than there are": (
        "lever_value",
        replace(GROWTH, kind="demand_units", value=-31.0),
    ),
    "more than the machine down": ("lever_value", replace(SHIFT, kind="machine_down", value=1.1)),
    "more than all postponed": ("lever_value", replace(LATER, value=1.5)),
    "no units": ("lever_value", replace(GROWTH, kind="subcontract", value=0.0)),
    "units below zero": ("lever_value", replace(GROWTH, kind="subcontract", value=-5.0)),
    "last before first": ("lever_dates", replace(SHIFT, first=day(3), last=day(2))),
    "before the horizon": (
        "lever_dates",
        replace(SHIFT, first=date(2026, 11, 1), last=date(2026, 11, 29)),
    ),
    "after the horizon": (
        "lever_dates",
        replace(SHIFT, first=date(2027, 6, 1), last=date(2027, 6, 2)),
    ),
    "unknown work center": ("lever_scope", replace(SHIFT, workcenter_id=99)),
    "unknown work center, hours": (
        "lever_scope",
        replace(SHIFT, kind="extra_hours", workcenter_id=99),
    ),
    "no calendar": ("lever_closed", replace(SHIFT, workcenter_id=BENCH)),
    "no calendar, hours": ("lever_closed", replace(SHIFT, kind="extra_hours", workcenter_id=BENCH)),
    "a machine down without one": (
        "lever_closed",
        replace(SHIFT, kind="machine_down", value=0.5, workcenter_id=BENCH),
    ),
    "a shift on a weekend": ("lever_scope", replace(SHIFT, first=day(2, 5))),
    "hours on a weekend": ("lever_scope", replace(SHIFT, kind="extra_hours", first=day(2, 5))),
    "no other machine": ("lever_scope", replace(MOVE, other_workcenter_id=0)),
    "the same machine": ("lever_scope", replace(MOVE, other_workcenter_id=LATHE)),
    "unknown other machine": ("lever_scope", replace(MOVE, other_workcenter_id=99)),
    "other machine without calendar": ("lever_closed", replace(MOVE, other_workcenter_id=BENCH)),
    "family without demand then": (
        "lever_scope",
        replace(GROWTH, first=date(2027, 3, 1), last=date(2027, 3, 31)),
    ),
    "unknown family": ("lever_scope", replace(GROWTH, family_id=EMPTY_FAMILY)),
    "unknown family's price": ("lever_scope", replace(GROWTH, kind="price", family_id=99)),
    "product of another family": ("lever_scope", replace(GROWTH, product_id=PUMP)),
    "customer without a share": ("lever_scope", replace(GROWTH, partner_id=CITY)),
    "customer who buys other things": (
        "lever_scope",
        replace(GROWTH, partner_id=SHIPYARD, family_id=0, product_id=GATE),
    ),
    "price for nobody": ("lever_scope", replace(GROWTH, kind="price", partner_id=CITY)),
    "vendor of nothing": ("lever_scope", replace(DELAY, partner_id=CITY)),
    "vendor of something else": ("lever_scope", replace(DELAY, product_id=SEAL)),
    "expediting nobody": ("lever_scope", replace(DELAY, kind="expedite", partner_id=CITY)),
    "replacing nobody": ("lever_scope", replace(DELAY, kind="other_vendor", partner_id=CITY)),
    "postponed to no day": ("lever_target", replace(LATER, target=None)),
    "postponed into its window": ("lever_target", replace(LATER, target=day(2, 6))),
    "postponed to before": ("lever_target", replace(LATER, target=day(1))),
    "postponed beyond the horizon": ("lever_target", replace(LATER, target=date(2027, 5, 2))),
    "built from no day on": ("lever_target", replace(EARLIER, target=None)),
    "built within its window": ("lever_target", replace(EARLIER, target=day(2))),
    "built before the horizon": ("lever_target", replace(EARLIER, target=date(2026, 11, 29))),
}


@pytest.mark.parametrize(("code", "lever"), WRONG.values(), ids=WRONG.keys())
def test_an_impossible_lever_names_itself(code, lever):
    fine = Lever("price", 0.1, **WEEK_2)
    with pytest.raises(EngineError) as caught:
        pulled(fine, lever, fine)
    assert caught.value.code == code
    assert caught.value.details["position"] == 1


def test_the_last_month_of_the_horizon_can_be_postponed_to():
    moved = pulled(replace(LATER, target=date(2027, 5, 1))).supply.demand
    assert moved[1, -1] == pytest.approx(10.0)


DOWN = Lever("machine_down", 0.5, day(2), day(4, 6), workcenter_id=LATHE)
OPPOSITE = {
    "down and extra shift": (DOWN, SHIFT),
    "down and extra hours": (replace(SHIFT, kind="extra_hours"), DOWN),
    "postpone and prebuild": (LATER, EARLIER),
    "a family and one of its products": (LATER, replace(EARLIER, family_id=0, product_id=GATE)),
    "all customers and one": (replace(LATER, partner_id=SHIPYARD), EARLIER),
    "late and expedited": (DELAY, replace(DELAY, kind="expedite")),
    "late and replaced": (replace(DELAY, kind="other_vendor"), DELAY),
}
COMPATIBLE = {
    "another machine": (DOWN, replace(SHIFT, workcenter_id=MILL)),
    "another time": (DOWN, replace(SHIFT, first=day(5), last=day(5, 6))),
    "another family": (LATER, replace(EARLIER, family_id=X)),
    "a product of another family": (LATER, replace(EARLIER, family_id=0, product_id=PUMP)),
    "another vendor": (DELAY, replace(DELAY, kind="expedite", partner_id=SEALMAKER)),
}


@pytest.mark.parametrize("levers", OPPOSITE.values(), ids=OPPOSITE.keys())
def test_levers_that_contradict_each_other_name_both(levers):
    with pytest.raises(EngineError) as caught:
        pulled(levers[0], GROWTH, levers[1])
    assert caught.value.code == "lever_conflict"
    assert caught.value.details == {"position": 2, "other": 0}


@pytest.mark.parametrize("levers", COMPATIBLE.values(), ids=COMPATIBLE.keys())
def test_levers_of_other_things_or_times_do_not(levers):
    pulled(*levers)
    pulled(*levers[::-1])


def test_two_customers_are_two_questions():
    customers = CUSTOMERS.build([(SHIPYARD, VALVE, 0.5), (CITY, VALVE, 0.3)])
    base = replace(case(), customers=customers)
    found = pulled(replace(LATER, partner_id=SHIPYARD), replace(EARLIER, partner_id=CITY),
                   base=base)  # fmt: skip
    assert found.supply.demand.sum() == pytest.approx(base.supply.demand.sum())
