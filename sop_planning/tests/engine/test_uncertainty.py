"""The chances of gaps: by hand where they are normal, and what must hold for any of them."""

from dataclasses import replace
from datetime import date
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import PLAIN

from engine import uncertainty
from engine.capacity import HOURS, OPERATIONS, WORKCENTERS
from engine.structure import BOM_LINES, BYPRODUCTS, structure
from engine.supply import ITEMS, SupplyInputs, supply_plan
from engine.supply_buckets import SupplyBuckets
from engine.tables import EngineError
from engine.uncertainty import DemandRisk, chances

MONDAY = date(2026, 11, 30)
BUCKETS = SupplyBuckets.plan(MONDAY, MONDAY, 8, date(2027, 3, 1))
LATHE, MILL = 9, 10
FLOOR = 0.2  # hours: less, 0.5 % of a week of 40 hours, is no overload
BOM = BOM_LINES.build([(1, 3, 1.0), (3, 4, 2.0)])
above = NormalDist().cdf


def inputs(demand, operations, lead=(0, 0, 0, 0), earliest=0, stock=(0, 0, 0, 0), hours=8.0):
    """Pumps 1 and 2 of one family; 1 is made of a casting 3 made of two kilograms of steel 4, which
    is bought. Lathe and mill are open 40 hours a week. demand: {(product, bucket): units};
    operations: {(product, work center): hours a unit}."""
    items = ITEMS.build(
        pd.DataFrame(
            {
                "product_id": [1, 2, 3, 4],
                "family_id": [7, 7, 0, 0],
                "kind": ["make", "make", "make", "buy"],
                "days_lead": lead,
                "days_lead_std": 0.0,
                "price": [100.0, 100, 0, 0],
                "cost": 1.0,
                "stock": np.array(stock, float),
                "minimum": 0.0,
                "has_rule": True,
                "service_level": 0.95,
                "error": 0.0,
            }
        )
    )
    wanted = np.zeros((4, BUCKETS.count))
    for (product, bucket), units in demand.items():
        wanted[product - 1, bucket] = units
    days = pd.bdate_range(BUCKETS.starts[0], BUCKETS.ends[-1], inclusive="left")
    calendar = [
        pd.DataFrame({"workcenter_id": center, "day": days, "hours": hours})
        for center in (LATHE, MILL)
    ]
    work = [
        (product, position, center, 0.0, 60.0 * each, 1.0, 1.0, 0.0)
        for position, ((product, center), each) in enumerate(operations.items())
    ]
    return SupplyInputs(
        buckets=BUCKETS,
        items=items,
        structure=structure(np.array([1, 2, 3, 4]), BOM, BYPRODUCTS.empty(), np.zeros(4)),
        loss=np.zeros(4),
        demand=wanted,
        receipts=np.zeros_like(wanted),
        needs=np.zeros_like(wanted),
        earliest=np.broadcast_to(earliest, 4),
        zones=np.full(BUCKETS.count, "liquid"),
        family_ids=np.array([7]),
        priority=np.array([10]),
        operations=OPERATIONS.build(work),
        workcenters=WORKCENTERS.build([(LATHE, 1.0, True), (MILL, 1.0, True)]),
        hours=HOURS.build(pd.concat(calendar)),
        **PLAIN | {"target_source": "none"},
        rebuild_weeks=8,
    )


def risk(mean, deviation, buckets=(3,), orders=0.0, family=(0, 0, -1, -1)):
    """One month, spread evenly over these buckets; mean, deviation: of the two pumps."""
    spread = np.zeros((1, BUCKETS.count))
    spread[0, list(buckets)] = 1.0 / len(buckets)

    def column(values):
        return np.append(np.broadcast_to(values, 2).astype(float), [0.0, 0.0])[:, None]

    return DemandRisk(column(mean), column(deviation), column(orders), spread, np.array(family))


def found(given_inputs, given_risk, **options):
    plan = supply_plan(given_inputs)
    return plan, chances(given_inputs, plan, given_risk, **options)


def close(chance, draws):
    """Within three standard errors of the simulation."""
    return pytest.approx(chance, abs=3 * np.sqrt(chance * (1 - chance) / draws))


def test_without_uncertainty_gaps_are_certain_and_nothing_else_is_possible():
    demand = {(1, 0): 30, (1, 3): 100, (1, 5): 79}
    short = inputs(demand, {(1, LATHE): 0.5}, earliest=(1, 0, 0, 3))
    plan, result = found(short, risk((100, 0), 0.0), draws=50)
    assert set(plan.gaps["kind"]) == {"capacity", "lead_time", "material"}
    assert result.gaps.tolist() == [1.0] * len(plan.gaps)
    assert np.argwhere(result.overload).tolist() == [[0, 3]]
    assert result.overload[0, 3] == 1.0


def test_one_product_on_one_work_center_by_hand():
    # 76 pumps of half an hour are 38 of 40 hours; a deviation of 10 pumps is one of 5 hours
    plan, result = found(
        inputs({(1, 3): 76}, {(1, LATHE): 0.5}), risk((76, 0), (10, 0)), draws=4000
    )
    assert plan.gaps.empty and result.gaps.shape == (0,)
    assert result.overload[0, 3] == close(1 - above((40 + FLOOR - 38) / 5), 4000)
    assert np.count_nonzero(result.overload) == 1


def test_a_gap_of_the_plan_may_not_happen():
    # 84 pumps are 42 hours
    plan, result = found(
        inputs({(1, 3): 84}, {(1, LATHE): 0.5}), risk((84, 0), (10, 0)), draws=4000
    )
    assert plan.gaps["kind"].tolist() == ["capacity"]
    assert result.gaps == close(above((42 - 40 - FLOOR) / 5), 4000)
    assert result.gaps[0] == result.overload[0, 3]


def test_a_run_happens_if_any_of_its_buckets_is_overloaded():
    plan, result = found(
        inputs({(1, 3): 84, (1, 4): 88}, {(1, LATHE): 0.5}),
        risk((172, 0), (20, 0), buckets=(3, 4)),
    )
    assert plan.gaps[["first", "last"]].to_numpy().tolist() == [[3, 4]]
    assert result.overload[0, 3] < result.overload[0, 4] == result.gaps[0]


@pytest.mark.parametrize(("units", "chance"), [(90, 1.0), (70, 0.0)])
def test_orders_that_cover_everything_make_it_certain(units, chance):
    ordered = inputs({(1, 3): units}, {(1, LATHE): 0.5})
    _plan, result = found(ordered, risk((50, 0), (10, 0), orders=200))
    assert result.overload[0, 3] == chance


def test_orders_bound_how_far_demand_can_fall():
    # of 100 pumps 81 are ordered: 40.5 hours at least
    _plan, result = found(
        inputs({(1, 3): 100}, {(1, LATHE): 0.5}), risk((100, 0), (50, 0), orders=81)
    )
    assert result.overload[0, 3] == 1.0


def test_demand_is_never_negative():
    # a rest of 45 hours that is not the forecast's is there whatever happens to 10 pumps
    _plan, result = found(inputs({(1, 3): 100}, {(1, LATHE): 0.5}), risk((10, 0), (200, 0)))
    assert result.overload[0, 3] == 1.0


def test_production_time_moves_the_chance_to_the_week_before():
    late = inputs({(1, 3): 76}, {(1, LATHE): 0.5}, lead=(7, 0, 0, 0))
    _plan, result = found(late, risk((76, 0), (10, 0)), draws=4000)
    assert result.overload[0, 2] == close(1 - above(2.2 / 5), 4000)
    assert np.count_nonzero(result.overload) == 1


def test_hours_of_components_count_as_long_before_as_all_that_follows_takes():
    deep = inputs(
        {(1, 4): 76}, {(1, LATHE): 0.5, (3, MILL): 0.25, (3, LATHE): 0.25}, lead=(7, 0, 14, 0)
    )
    # the mill has 19 of 40 hours of castings: 21 more are 84 pumps
    plan, result = found(deep, risk((76, 0), (80, 0), buckets=(4,)), draws=4000)
    assert plan.capacity.load[1, 1] == pytest.approx(19)
    assert result.overload[1, 1] == close(1 - above(21.2 / 20), 4000)
    assert result.overload[1].nonzero()[0].tolist() == [1]
    assert result.overload[0].nonzero()[0].tolist() == [1, 3]


def test_lost_output_is_worked_on_all_the_same():
    base = inputs({(1, 3): 76}, {(1, LATHE): 0.25})
    loss = np.array([0.5, 0, 0, 0])
    shape = structure(np.array([1, 2, 3, 4]), BOM, BYPRODUCTS.empty(), loss)
    _plan, result = found(
        replace(base, loss=loss, structure=shape), risk((76, 0), (10, 0)), draws=4000
    )
    assert result.overload[0, 3] == close(1 - above(2.2 / 5), 4000)


def test_products_of_a_family_miss_together(monkeypatch):
    both = inputs({(1, 3): 38, (2, 3): 38}, {(1, LATHE): 0.5, (2, MILL): 0.5, (2, LATHE): 0.5})
    given_risk = risk(38, 10)
    hours = np.sqrt(2 * 25 * (1 + uncertainty.FAMILY_CORRELATION))
    _plan, result = found(both, given_risk, draws=4000)
    assert result.overload[0, 3] == close(1 - above(2.2 / hours), 4000)
    monkeypatch.setattr(uncertainty, "FAMILY_CORRELATION", 0.0)
    _plan, apart = found(both, given_risk, draws=4000)
    assert apart.overload[0, 3] == close(1 - above(2.2 / np.sqrt(50)), 4000)
    assert result.overload[0, 3] > apart.overload[0, 3]


def test_months_of_a_product_share_the_part_of_the_family_only():
    base = inputs({(1, 3): 76}, {(1, LATHE): 0.5})
    one = risk((38, 0), (10, 0))
    two = {name: np.hstack([getattr(one, name)] * 2) for name in ("mean", "deviation", "orders")}
    spread = np.vstack([one.spread, one.spread])
    for family, share in (((0, 0, -1, -1), uncertainty.FAMILY_CORRELATION), ((-1,) * 4, 0.0)):
        _plan, result = found(
            base, DemandRisk(**two, spread=spread, family_index=np.array(family)), draws=4000
        )
        hours = np.sqrt(2 * 25 * (1 + share))
        assert result.overload[0, 3] == close(1 - above(2.2 / hours), 4000)


def steel(sold=(1, 2, 3)):
    """40 pumps a week take 80 kg of steel the week before; of 200 kg 40 are missing in the third
    week, and from the fourth on steel can be bought. ``sold``: weeks whose demand is uncertain."""
    short = inputs(
        {(1, bucket): 40 for bucket in range(1, 6)},
        {(1, LATHE): 0.1},
        lead=(7, 0, 0, 21),
        earliest=(1, 0, 0, 3),
        stock=(0, 0, 0, 200),
    )
    return short, risk((40 * len(sold), 0), (30, 0), buckets=sold)


def test_a_material_gap_by_hand():
    plan, result = found(*steel(), draws=4000)
    assert plan.gaps[["kind", "first", "last"]].to_numpy().tolist() == [["material", 2, 2]]
    assert result.gaps == close(above(40 / (2 * 30)), 4000)


def test_what_is_taken_after_new_supply_arrives_does_not_matter():
    _plan, result = found(*steel(sold=(4, 5)))
    assert result.gaps.tolist() == [1.0]


def test_a_products_own_demand_can_leave_it_short():
    # 40 wanted at once, 30 there, 10 missing until production begins to arrive
    now = inputs({(1, 0): 40}, {(1, LATHE): 0.1}, earliest=(1, 0, 0, 0), stock=(30, 0, 0, 0))
    plan, result = found(now, risk((40, 0), (20, 0), buckets=(0,)), draws=4000)
    assert plan.gaps["kind"].tolist() == ["lead_time"]
    assert result.gaps == close(above(10 / 20), 4000)


def test_work_centers_without_known_hours_have_no_chance():
    closed = replace(
        inputs({(1, 3): 900}, {(1, LATHE): 0.5, (1, MILL): 0.5}),
        workcenters=WORKCENTERS.build([(LATHE, 1.0, False), (MILL, 1.0, True)]),
    )
    _plan, result = found(closed, risk((900, 0), (10, 0)))
    assert result.overload[0].max() == 0.0
    assert result.overload[1, 3] == 1.0


def test_same_seed_same_result():
    case = inputs({(1, 3): 76}, {(1, LATHE): 0.5}), risk((76, 0), (10, 0))
    first, again, other = (found(*case, seed=seed, draws=300)[1] for seed in (5, 5, 6))
    assert (first.overload == again.overload).all()
    assert (first.overload != other.overload).any()


def test_nothing_at_all_has_chances():
    empty = replace(inputs({}, {}), operations=OPERATIONS.empty())
    _plan, result = found(empty, risk(0, 10))
    assert not result.overload.any()
    none = replace(empty, workcenters=WORKCENTERS.empty(), hours=HOURS.empty())
    _plan, result = found(none, risk(0, 10))
    assert result.overload.shape == (0, BUCKETS.count)


@pytest.mark.parametrize(
    ("changes", "draws", "code"),
    [
        ({"deviation": np.full((4, 1), -1.0)}, 10, "deviation"),
        ({"deviation": np.full((4, 1), np.nan)}, 10, "deviation"),
        ({"orders": np.zeros((4, 2))}, 10, "shape"),
        ({"spread": np.zeros((1, 3))}, 10, "shape"),
        ({}, 0, "draws"),
    ],
)
def test_what_cannot_be_drawn_is_refused(changes, draws, code):
    case = inputs({(1, 3): 76}, {(1, LATHE): 0.5})
    with pytest.raises(EngineError) as error:
        found(case, replace(risk(76, 10), **changes), draws=draws)
    assert error.value.code == code


@settings(max_examples=20)
@given(
    st.lists(st.integers(0, 120), min_size=4, max_size=4),
    st.lists(st.sampled_from([0, 3, 7, 10]), min_size=4, max_size=4),
    st.floats(0, 40),
    st.floats(0, 6),
)
def test_more_hours_never_raise_a_chance(units, lead, deviation, more):
    demand = {(1, 2): units[0], (1, 3): units[1], (2, 3): units[2], (2, 4): units[3]}
    work = {(1, LATHE): 0.3, (2, LATHE): 0.2, (2, MILL): 0.5, (3, MILL): 0.4}
    given_risk = risk((sum(units[:2]), sum(units[2:])), deviation, buckets=(2, 3, 4))
    before, less = found(inputs(demand, work, lead), given_risk, draws=150)
    after, result = found(inputs(demand, work, lead, hours=8 + more), given_risk, draws=150)
    assert (result.overload <= less.overload).all()
    assert ((less.overload >= 0) & (less.overload <= 1)).all()
    # the gaps of before, with the hours of after
    same = replace(before, capacity=after.capacity)
    result = chances(inputs(demand, work, lead, hours=8 + more), same, given_risk, draws=150)
    assert (result.gaps <= less.gaps).all()
