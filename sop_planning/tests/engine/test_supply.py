"""The supply plan as a whole: demand to gaps, by hand."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from makers import PLAIN

from engine.buckets import Buckets
from engine.capacity import HOURS, OPERATIONS, WORK, WORKCENTERS
from engine.exposure import exposure, touched, touched_value
from engine.gap_runs import matched_runs, orders_within
from engine.structure import BOM_LINES, BYPRODUCTS, structure
from engine.supply import ITEMS, SupplyInputs, independent_demand, supply_kind, supply_plan
from engine.supply_buckets import SupplyBuckets

MONDAY = date(2026, 11, 30)
BUCKETS = SupplyBuckets.plan(MONDAY, MONDAY, 8, date(2027, 6, 1))
PUMP, CASTING, STEEL = 1, 2, 3


def inputs(demand=40.0, **changes):
    """A pump made of a casting made of two kilograms of steel; half an hour a pump on the lathe,
    which is open 40 hours a week; production takes a week."""
    items = ITEMS.build(
        pd.DataFrame(
            {
                "product_id": [PUMP, CASTING, STEEL],
                "family_id": [7, 0, 0],
                "kind": ["make", "make", "buy"],
                "days_lead": [7, 0, 21],
                "days_lead_std": 0.0,
                "price": [100.0, 0.0, 0.0],
                "cost": [50.0, 20.0, 2.0],
                "stock": [0.0, 0.0, 10_000.0],
                "minimum": 0.0,
                "has_rule": True,
                "service_level": 0.95,
                "error": 0.0,
            }
        )
    )
    bom = BOM_LINES.build([(PUMP, CASTING, 1.0), (CASTING, STEEL, 2.0)])
    days = pd.bdate_range(BUCKETS.starts[0], BUCKETS.ends[-1], inclusive="left")
    by_bucket = np.zeros((3, BUCKETS.count))
    by_bucket[0, 1:8] = demand
    plan = SupplyInputs(
        buckets=BUCKETS,
        items=items,
        structure=structure(np.array([1, 2, 3]), bom, BYPRODUCTS.empty(), np.zeros(3)),
        loss=np.zeros(3),
        demand=by_bucket,
        receipts=np.zeros_like(by_bucket),
        needs=np.zeros_like(by_bucket),
        earliest=np.array([1, 0, 3]),
        zones=np.full(BUCKETS.count, "liquid"),
        family_ids=np.array([7]),
        priority=np.array([10]),
        operations=OPERATIONS.build([(PUMP, 1, 9, 0.0, 30.0, 1.0, 1.0, 0.0)]),
        workcenters=WORKCENTERS.build([(9, 1.0, True)]),
        hours=HOURS.build(pd.DataFrame({"workcenter_id": 9, "day": days, "hours": 8.0})),
        **PLAIN,
        rebuild_weeks=8,
    )
    return replace(plan, **changes)


def test_demand_becomes_production_material_and_hours_a_week_earlier():
    plan = supply_plan(inputs(demand=40.0))
    assert plan.net.planned[0, 1:8] == pytest.approx([40] * 7)
    assert plan.net.started[0, 0:7] == pytest.approx([40] * 7)
    assert plan.gross[1, 0:7] == pytest.approx([40] * 7)
    assert plan.gross[2, 0:7] == pytest.approx([80] * 7)
    assert plan.capacity.load[0, 0:7] == pytest.approx([20] * 7)
    assert plan.gaps.empty


def test_overload_names_family_weeks_units_and_money():
    plan = supply_plan(inputs(demand=np.array([40, 40, 100, 120, 40, 40, 40.0])))
    [gap] = plan.gaps.to_dict("records")
    assert (gap["kind"], gap["family_id"], gap["workcenter_id"]) == ("capacity", 7, 9)
    assert (gap["first"], gap["last"]) == (2, 3)
    assert gap["hours_short"] == pytest.approx(10 + 20)
    assert gap["qty_short"] == pytest.approx(60)
    assert gap["amount_short"] == pytest.approx(6000)
    assert gap["rate_peak"] == pytest.approx(1.5)
    assert plan.gap_lines["hours_short"].tolist() == pytest.approx([10, 20])


def test_extra_hours_close_the_gap():
    extra = pd.DataFrame({"workcenter_id": 9, "day": BUCKETS.starts[2:4], "hours": [10.0, 20.0]})
    peak = np.array([40, 40, 100, 120, 40, 40, 40.0])
    assert supply_plan(inputs(demand=peak, extra=HOURS.build(extra))).gaps.empty


def test_released_orders_are_supply_and_load_once():
    base = inputs(demand=40.0)
    receipts = base.receipts.copy()
    receipts[0, 3] = 40
    work = WORK.build([(9, PUMP, BUCKETS.starts[2], 20.0)])
    plan = supply_plan(replace(base, receipts=receipts, work=work))
    assert plan.net.planned[0, 3] == 0
    assert plan.capacity.orders[0, 2] == pytest.approx(20)
    assert plan.capacity.load[0, :7] == pytest.approx([20] * 7)


def test_material_that_cannot_come_in_time_is_a_gap_of_the_family_that_needs_it():
    base = inputs(demand=40.0)
    items = base.items.assign(stock=[0.0, 0.0, 200.0])
    plan = supply_plan(replace(base, items=items))
    [gap] = plan.gaps.to_dict("records")
    assert (gap["kind"], gap["product_id"], gap["family_id"]) == ("material", STEEL, 7)
    assert (gap["first"], gap["last"]) == (2, 2), "from the fourth week on steel can be bought"
    assert gap["qty_component"] == pytest.approx(3 * 80 - 200)
    assert gap["qty_short"] == pytest.approx(20)


def test_lost_output_takes_material_and_hours():
    base = inputs(demand=40.0)
    loss = np.array([0.2, 0.0, 0.0])
    shape = structure(
        np.array([1, 2, 3]),
        BOM_LINES.build([(PUMP, CASTING, 1.0), (CASTING, STEEL, 2.0)]),
        BYPRODUCTS.empty(),
        loss,
    )
    plan = supply_plan(replace(base, structure=shape, loss=loss))
    assert plan.gross[1, 0] == pytest.approx(50)
    assert plan.capacity.load[0, 0] == pytest.approx(25)


def test_nothing_at_all_is_a_plan():
    empty = inputs(demand=0.0)
    plan = supply_plan(replace(empty, operations=OPERATIONS.empty()))
    assert plan.gaps.empty and plan.gap_lines.empty
    assert not plan.net.planned.any()


@pytest.mark.parametrize("today", [date(2026, 11, 30), date(2026, 12, 16), date(2026, 12, 31)])
def test_months_and_weeks_agree_across_the_seam(today):
    months = Buckets.months(date(2026, 12, 1), 6)
    buckets = SupplyBuckets.plan(date(2026, 11, 30), today, 10, date(2027, 6, 1))
    days = pd.bdate_range("2026-12-01", "2027-05-31")
    consensus = np.array([[7.0, 31, 5, 12, 9, 20]])
    orders = np.array([[3.0, 40, 0, 0, 0, 0]])
    open_orders = np.zeros((1, buckets.count))
    open_orders[0, 1], open_orders[0, 4] = 3, 40
    found = independent_demand(
        consensus, orders, open_orders, months, buckets, days, today, frozen=0
    )
    left = (days >= pd.Timestamp(today)) & (days < pd.Timestamp("2027-01-01"))
    december = 7 * left.sum() / (days < pd.Timestamp("2027-01-01")).sum()
    net_december = max(0.0, december - 3)
    over = 40 - 31
    net_december, over = max(0.0, net_december - over), max(0.0, over - net_december)
    total = 43 + net_december + max(0.0, 5 - over) + 12 + 9 + 20
    assert found.sum() == pytest.approx(total, abs=0.51)
    assert (found == np.rint(found)).all(), "whole units stay whole"


def test_routes_decide_between_making_and_buying():
    rows = pd.DataFrame(
        {
            "bom_kind": ["make", "make", "subcontract", "", "kit"],
            "partner_id": [5, 5, 5, 5, 0],
            "is_bought_by_route": [True, True, True, True, False],
            "is_made_by_route": [False, True, False, False, False],
        }
    )
    assert supply_kind(rows).tolist() == ["buy", "make", "subcontract", "buy", "kit"]


def shape_of(*lines, count=4):
    return structure(np.arange(count), BOM_LINES.build(list(lines)), BYPRODUCTS.empty(),
                     np.zeros(count))  # fmt: skip


def test_a_vendors_failure_endangers_what_its_components_go_into():
    # 0 and 1 are sold; both take 2, only 1 takes 3; the vendor supplies 2
    shape = shape_of((0, 2, 1.0), (1, 2, 1.0), (1, 3, 1.0))
    gross = np.array([[10.0, 10], [10, 10], [20, 20], [10, 10]])
    found = exposure(
        shape, gross, gross * [[1], [1], [0], [0]], np.array([0, 0, 30.0, 0]),
        np.array([5.0, 2, 0, 0]), np.array([0, 1, -1, -1]), 2, np.array([-1, -1, 0, -1]), 1,
        np.array([1, 1, 1, 1]),
    )  # fmt: skip
    # of 40 needed 30 are there: a quarter of the sales of both products is at risk
    assert found.by_family[0].tolist() == pytest.approx([25, 10])
    assert found.first_bucket.tolist() == [1]


def test_defects_touch_all_that_contains_the_product_once():
    shape = shape_of((0, 2, 1.0), (2, 3, 1.0), (0, 3, 2.0))
    assert touched(shape, np.array([False, False, False, True])).tolist() == [
        True,
        False,
        True,
        True,
    ]
    own = np.array([100.0, 50, 0, 0])
    amounts, count = touched_value(shape, np.array([0, 1, 1]), np.array([3, 3, 1]), 2, own)
    assert amounts.tolist() == [100, 150]
    assert count.tolist() == [1, 2]


def test_a_run_that_moves_stays_the_same_gap_and_two_never_share_one():
    def runs(*spans, **columns):
        start, end = zip(*spans)
        return pd.DataFrame(
            {
                "kind": "capacity",
                "bucket_start": pd.to_datetime(list(start)),
                "bucket_end": pd.to_datetime(list(end)),
                **columns,
            }
        )

    known = runs(("2027-01-04", "2027-02-01"), natural_key=["old"])
    split = runs(("2027-01-04", "2027-01-11"), ("2027-01-18", "2027-02-01"))
    keys = matched_runs(split, known, ["kind"])
    assert keys[1] == "old"
    assert len(set(keys)) == 2
    other = runs(("2027-01-04", "2027-01-11")).assign(kind="material")
    assert matched_runs(other, known, ["kind"]) == ["material:2027-01-04"]


def test_orders_are_hit_by_promised_day_and_family():
    runs = pd.DataFrame(
        {
            "family_id": [1, 2],
            "bucket_start": pd.to_datetime(["2027-01-04"] * 2),
            "bucket_end": pd.to_datetime(["2027-01-11"] * 2),
        }
    )
    orders = pd.DataFrame(
        {"order_id": [5], "family_id": [1], "day": [date(2027, 1, 10)], "amount": [9.0]}
    )
    assert orders_within(runs, orders)["order_count"].tolist() == [1, 0]
