"""A part's digest moves when, and only when, its input moves."""

from dataclasses import replace

import numpy as np
import pytest
from makers import GATE, LINE, PUMP, VALVE, arrivals_of, calendar, company, items_of, operation

from engine.capacity import HOURS, OPERATIONS, WORK
from engine.fingerprint import changed_parts, fingerprint
from engine.structure import BOM_LINES, BYPRODUCTS, structure


def supplied(**changes):
    return lambda base: base.with_supply(**changes)


def item(**columns):
    """The change of some columns of the items."""
    return lambda base: base.with_supply(items=base.supply.items.assign(**columns))


def table(name, column, change):
    def changed(base):
        before = getattr(base.supply, name)
        return base.with_supply(**{name: before.assign(**{column: change(before[column])})})

    return changed


def bills(lines, byproducts=()):
    shape = structure(
        np.array([1, 2, 3, 4]), BOM_LINES.build(lines), BYPRODUCTS.build(byproducts), np.zeros(4)
    )
    return supplied(structure=shape)


def array(name, value=1.0):
    """One figure of an array of the supply inputs is another."""

    def changed(base):
        values = getattr(base.supply, name).copy()
        values.flat[-1] = values.flat[-1] + value
        return base.with_supply(**{name: values})

    return changed


def own(name, value=1.0):
    """The same of an array of the scenario inputs."""

    def changed(base):
        values = getattr(base, name).copy()
        values.flat[-1] = values.flat[-1] + value
        return replace(base, **{name: values})

    return changed


def rate(**changes):
    return lambda base: replace(base, rates=replace(base.rates, **changes))


CHANGES = {
    "weeks": [supplied(zones=np.full(16, "frozen"))],
    "demand": [array("demand"), own("promised"), own("lines")],
    "stock": [item(stock=[0.0, 0.0, 0.0, 65.0])],
    "orders": [
        array("receipts"),
        array("needs"),
        lambda base: replace(base, arrivals=arrivals_of(33.0)),
        lambda base: replace(base, arrivals=arrivals_of(week=3)),
        lambda base: replace(base, arrivals=arrivals_of().assign(partner_id=61)),
    ],
    "bills": [
        bills([(PUMP, 4, 2.0)]),
        bills([(VALVE, 4, 1.0)]),
        bills([(PUMP, 4, 1.0)], [(PUMP, GATE, 1.0)]),
        array("loss", 0.1),
        item(kind=["make", "make", "kit", "buy"]),
    ],
    "routings": [
        table("operations", "cycle", lambda values: values + 1),
        supplied(operations=OPERATIONS.build([operation(PUMP, 30.0)])),
        supplied(use_measured=True),
    ],
    "hours": [
        table("hours", "hours", lambda values: values + 0.5),
        table("workcenters", "efficiency", lambda values: values - 0.1),
        table("workcenters", "is_open", lambda values: ~values),
        supplied(extra=HOURS.build(calendar(LINE)[:1])),
        supplied(hours=HOURS.empty(), extra=HOURS.build(calendar(LINE))),
    ],
    "work": [supplied(work=WORK.build([(LINE, PUMP, calendar(LINE)[0][1], 3.0)]))],
    "lead times": [
        item(days_lead=[7, 7, 8, 21]),
        item(days_lead_std=1.0),
        array("earliest", 1),
        own("vendor", 1),
    ],
    "targets": [
        item(minimum=5.0),
        item(has_rule=False),
        item(service_level=0.9),
        item(error=1.0),
        supplied(target_source="proposed"),
        supplied(review_days=8),
        supplied(rebuild_weeks=2),
        supplied(target_scale=1.1),
    ],
    "prices": [
        own("price"),
        item(cost=1.0),
        item(price=1.0),
        rate(overtime_cost=np.array([61.0])),
        rate(late=0.03),
        rate(lost=0.9),
        rate(holding=0.2),
        rate(overtime_peak=0.4),
        rate(overtime_average=0.3),
        rate(subcontract=0.2),
        rate(subcontract_share=0.2),
    ],
    "families": [
        item(family_id=[7, 8, 8, 0]),
        supplied(priority=np.array([10, 20, 31])),
    ],
}


def test_equal_inputs_have_equal_digests():
    assert fingerprint(company()) == fingerprint(company())
    assert changed_parts(fingerprint(company()), fingerprint(company())) == []
    assert set(fingerprint(company())) == set(CHANGES)


@pytest.mark.parametrize(
    ("part", "change"),
    [(part, change) for part, changes in CHANGES.items() for change in changes],
)
def test_only_the_part_that_changes_moves(part, change):
    base = company()
    assert changed_parts(fingerprint(base), fingerprint(change(base))) == [part]


def test_the_horizon_moves_more_than_the_weeks():
    base = company()
    moved = base.with_supply(buckets=replace(base.supply.buckets, ends=base.supply.buckets.starts))
    assert changed_parts(fingerprint(base), fingerprint(moved)) == ["weeks"]


def test_no_rounding_and_no_type_of_a_number_moves_anything():
    base = company()
    demand = base.supply.demand * (1 + 1e-12)
    demand[0, 0] = -0.0
    units = base.supply.buckets
    days = replace(units, starts=units.starts.as_unit("ns"), ends=units.ends.as_unit("ns"))
    same = replace(base, vendor=base.vendor.astype(np.int32)).with_supply(
        demand=demand, priority=base.supply.priority.astype(np.int32), buckets=days
    )
    assert fingerprint(same) == fingerprint(base)


def test_a_part_that_is_new_has_changed():
    assert changed_parts({}, {"stock": "a"}) == ["stock"]


def test_items_are_those_of_the_company():
    assert items_of()["product_id"].tolist() == [1, 2, 3, 4]
