"""Levers on what customers want, when and where it is made for them, on targets and prices."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from makers_levers import (
    BUCKETS,
    FEBRUARY,
    GATE,
    PUMP,
    SHIPYARD,
    WEEK_2,
    X,
    Y,
    case,
    day,
    differing,
    in_february,
    plan,
    pulled,
    row,
)

from engine.levers import Lever
from engine.tables import EngineError

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
