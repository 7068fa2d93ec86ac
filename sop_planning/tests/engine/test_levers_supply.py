"""Levers on the hours of work centers and on vendors: what there is, when, and what it costs."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from makers_levers import (
    BUCKETS,
    GATE,
    IDS,
    LATHE,
    MILL,
    MONDAY,
    SEAL,
    SEALMAKER,
    STEEL,
    STEELWORKS,
    WEEK_2,
    case,
    day,
    differing,
    hours,
    plan,
    pulled,
    row,
)

from engine.levers import Lever

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
