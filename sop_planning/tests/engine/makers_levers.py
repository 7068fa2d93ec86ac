"""A small company on which the tests of levers calculate by hand, and what tells plans apart."""

from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from makers import PLAIN

from engine.capacity import HOURS, OPERATIONS, WORKCENTERS
from engine.levers import applied
from engine.scenario_inputs import ARRIVALS, CUSTOMERS, Rates, ScenarioInputs
from engine.structure import BOM_LINES, BYPRODUCTS, structure
from engine.supply import ITEMS, SupplyInputs, by_bucket, supply_plan
from engine.supply_buckets import SupplyBuckets

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
WEEK_2 = {"first": day(2), "last": day(2, 6)}


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
        **PLAIN,
        rebuild_weeks=1,
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


def in_february(units):
    """The same with a demand for valves in a month, which has 28 days."""
    base = case()
    demand = base.supply.demand.copy()
    demand[1, FEBRUARY] = units
    return replace(base.with_supply(demand=demand), promised=demand)


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
