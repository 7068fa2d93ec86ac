"""A small company with one bottleneck, on which the tests of scenarios calculate by hand.

Pumps (the most important family), valves and gates (the least) take half an hour, half an hour and
a quarter on line 2, which is open 40 hours a week. Everything is made to order with a week of lead
time, so work falls a week before its delivery. A week wants 32 pumps, 16 valves and 32 gates (16 +
8 + 8 = 32 hours: 20 % slack), but in the buckets 6 to 8 (work in 5 to 7: weeks 6 to 8) 40 pumps, 24
valves and 72 gates (20 + 12 + 18 = 50 hours: 10 too many). A pump takes a seal; 64 are in stock, 32
arrive in bucket 2, and what is ordered now arrives in bucket 3.
"""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from engine.capacity import HOURS, OPERATIONS, WORK, WORKCENTERS
from engine.scenario_inputs import ARRIVALS, CUSTOMERS, Rates, ScenarioInputs
from engine.structure import BOM_LINES, BYPRODUCTS, structure
from engine.supply import ITEMS, SupplyInputs, by_bucket
from engine.supply_buckets import SupplyBuckets

# what a plan has unless a test is about it
PLAIN = {
    "extra": HOURS.empty(),
    "work": WORK.empty(),
    "use_measured": False,
    "target_source": "rule",
    "review_days": 7,
    "floor": 0.0,
}

MONDAY = date(2026, 11, 30)  # twelve weeks, the last week of February, March to May
BUCKETS = SupplyBuckets.plan(MONDAY, MONDAY, 12, date(2027, 6, 1))
IDS = PUMP, VALVE, GATE, SEAL = 1, 2, 3, 4
PUMPS, VALVES, GATES = 7, 8, 9
LINE, MILL = 2, 3
SEALMAKER = 60
USUAL = np.array([32.0, 16, 32, 0])
PEAK = np.array([40.0, 24, 72, 0])
BUSY = slice(6, 9)  # buckets of the deliveries that are too many


def day(week, weekday=0):
    """A day of a week of the plan, from 0; Monday is 0."""
    return MONDAY + timedelta(days=int(7 * week + weekday))


def row(first, *values):
    """A row of buckets with some values from the bucket ``first`` on, and 0."""
    found = np.zeros(BUCKETS.count)
    found[first : first + len(values)] = values
    return found


def demand_of(usual=USUAL, peak=PEAK):
    """Units (n, T): as much a day in months as in weeks; the first week is delivered already."""
    demand = np.outer(usual, BUCKETS.days / 7.0)
    demand[:, BUSY] = np.asarray(peak)[:, None]
    demand[:, 0] = 0.0
    return demand


def items_of(**changes):
    columns = {
        "product_id": IDS,
        "family_id": [PUMPS, VALVES, GATES, 0],
        "kind": ["make", "make", "make", "buy"],
        "days_lead": [7, 7, 7, 21],
        "days_lead_std": 0.0,
        "price": [100.0, 80.0, 30.0, 0.0],
        "cost": [40.0, 40.0, 10.0, 5.0],
        "stock": [0.0, 0.0, 0.0, 64.0],
        "minimum": 0.0,
        "has_rule": True,
        "service_level": 0.95,
        "error": 0.0,
    }
    return ITEMS.build(pd.DataFrame(columns | changes))


def calendar(workcenter_id, daily=8.0):
    """The same hours from Monday to Friday, as rows of HOURS."""
    days = pd.bdate_range(BUCKETS.starts[0], BUCKETS.ends[-1], inclusive="left")
    return [(workcenter_id, moment, daily) for moment in days]


def operation(product_id, minutes, workcenter_id=LINE, number=1, setup=0.0, batch=1.0):
    return (product_id, 10 * workcenter_id + number, workcenter_id, setup, minutes, 1.0, batch, 0.0)


OPERATIONS_OF_LINE = tuple(
    operation(product, minutes, number=product)
    for product, minutes in ((PUMP, 30.0), (VALVE, 30.0), (GATE, 15.0))
)


def supply(demand=None, items=None, arrivals=None, lines=((PUMP, SEAL, 1.0),), **changes):
    """The company's supply inputs, with some changed."""
    demand = demand_of() if demand is None else np.asarray(demand, float)
    rows = arrivals_of() if arrivals is None else arrivals
    plan = SupplyInputs(
        buckets=BUCKETS,
        items=items_of() if items is None else items,
        structure=structure(
            np.array(IDS), BOM_LINES.build(list(lines)), BYPRODUCTS.empty(), np.zeros(4)
        ),
        loss=np.zeros(4),
        demand=demand,
        receipts=by_bucket(rows, "qty", np.array(IDS), BUCKETS),
        needs=np.zeros_like(demand),
        earliest=np.array([1, 1, 1, 3]),
        zones=np.full(BUCKETS.count, "liquid"),
        family_ids=np.array([PUMPS, VALVES, GATES]),
        priority=np.array([10, 20, 30]),
        operations=OPERATIONS.build(list(OPERATIONS_OF_LINE)),
        workcenters=WORKCENTERS.build([(LINE, 1.0, True)]),
        hours=HOURS.build(calendar(LINE)),
        **PLAIN,
        rebuild_weeks=1,
    )
    return replace(plan, **changes)


def arrivals_of(qty=32.0, week=2):
    return ARRIVALS.build([(SEAL, day(week), SEALMAKER, qty)])


def company(rates=None, lines_open=None, **changes):
    """The company's scenario inputs; an hour of overtime costs 60."""
    plan = supply(**changes)
    price = plan.items["price"].to_numpy(float)
    return ScenarioInputs(
        supply=plan,
        today=MONDAY,
        promised=plan.demand.copy(),
        lines=np.zeros_like(plan.demand) if lines_open is None else lines_open,
        price=np.repeat(price[:, None], BUCKETS.count, axis=1),
        vendor=np.array([0, 0, 0, SEALMAKER]),
        arrivals=arrivals_of() if changes.get("arrivals") is None else changes["arrivals"],
        customers=CUSTOMERS.empty(),
        rates=rates_of(len(plan.workcenters)) if rates is None else rates,
    )


def rates_of(centers=1, **changes):
    return Rates(np.full(centers, 60.0), **changes)


def two_centers(mill_daily=8.0, valve_minutes=30.0, gate_minutes=15.0):
    """Supply inputs to change: valves and gates go through the mill, too."""
    operations = [
        *OPERATIONS_OF_LINE,
        operation(VALVE, valve_minutes, MILL, 5),
        operation(GATE, gate_minutes, MILL, 6),
    ]
    return {
        "operations": OPERATIONS.build(operations),
        "workcenters": WORKCENTERS.build([(LINE, 1.0, True), (MILL, 1.0, True)]),
        "hours": HOURS.build(calendar(LINE) + calendar(MILL, mill_daily)),
    }


def position(outcome, family_id):
    """The one group of a family."""
    [found] = np.flatnonzero(outcome.groups.family_id == family_id)
    return found


def pair(outcome, family_id, center=0):
    """The pair of a work center and a family's group."""
    problem = outcome.problem
    mine = (problem.group == position(outcome, family_id)) & (problem.center == center)
    [found] = np.flatnonzero(mine)
    return found
