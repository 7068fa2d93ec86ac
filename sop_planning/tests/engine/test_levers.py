"""Levers change what a user's question is about, by the figure asked for, and nothing else."""

from copy import deepcopy
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from makers_levers import (
    BENCH,
    CITY,
    EMPTY_FAMILY,
    GATE,
    LATHE,
    MILL,
    PUMP,
    SEAL,
    SEALMAKER,
    SHIPYARD,
    STEELWORKS,
    VALVE,
    WEEK_2,
    X,
    Y,
    case,
    day,
    differing,
    hours,
    pulled,
)

from engine.capacity import HOURS
from engine.levers import APPLY, Lever
from engine.scenario_inputs import CUSTOMERS
from engine.tables import EngineError

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
