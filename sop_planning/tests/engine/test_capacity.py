from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from engine.capacity import HOURS, OPERATIONS, WORK, WORKCENTERS, capacity, unit_hours
from engine.structure import BYPRODUCTS, accumulate, structure
from engine.supply_buckets import SupplyBuckets
from engine.tables import EngineError

MONDAY = date(2026, 11, 30)
# two weeks, a part of December (18 days), January (31 days)
BUCKETS = SupplyBuckets.plan(MONDAY, MONDAY, 2, date(2027, 2, 1))
IDS = np.array([1, 2, 3])
NOBODY = -1


def centers(efficiency=0.85, is_open=True, ids=(7,)):
    return WORKCENTERS.build([(number, efficiency, is_open) for number in ids])


def operation(product=1, center=7, number=1, **minutes):
    row = dict(setup=0.0, cycle=0.0, parallel=1.0, batch=0.0, measured=0.0) | minutes
    return dict(product_id=product, operation_id=number, workcenter_id=center) | row


def hours(*rows):
    return HOURS.build([(center, pd.Timestamp(day), float(h)) for center, day, h in rows])


def work(*rows):
    return WORK.build([(c, product, pd.Timestamp(day), float(h)) for c, product, day, h in rows])


def started(*rows):
    """Units begun, a row a (product position, bucket, qty)."""
    units = np.zeros((len(IDS), BUCKETS.count))
    for product, bucket, qty in rows:
        units[product, bucket] = qty
    return units


def loaded(operations=(), units=None, shares=None, measured=False, **tables):
    return capacity(
        BUCKETS,
        tables.get("workcenters", centers()),
        tables.get("hours", HOURS.empty()),
        tables.get("extra", HOURS.empty()),
        tables.get("work", WORK.empty()),
        OPERATIONS.build(list(operations)),
        IDS,
        started() if units is None else units,
        sparse.csr_matrix(np.eye(3) if shares is None else shares),
        measured,
    )


def test_forty_hours_at_85_percent_are_34():
    week = hours(*((7, f"2026-12-0{day}", 8) for day in range(1, 6)))
    result = loaded(hours=week)
    assert result.calendar[0].tolist() == pytest.approx([34, 0, 0, 0])
    assert result.available[0].tolist() == pytest.approx([34, 0, 0, 0])


def test_extra_hours_come_on_top_in_their_own_bucket_at_the_same_efficiency():
    result = loaded(
        hours=hours((7, "2026-12-01", 40)),
        extra=hours((7, "2026-12-02", 10), (7, "2026-12-08", 4)),
    )
    assert result.extra[0].tolist() == pytest.approx([8.5, 3.4, 0, 0])
    assert result.available[0].tolist() == pytest.approx([42.5, 3.4, 0, 0])


def test_hours_outside_the_horizon_and_of_unknown_work_centers_do_not_count():
    outside = hours((7, "2026-11-29", 8), (7, "2027-02-01", 8), (99, "2026-12-01", 8))
    assert loaded(hours=outside).available.tolist() == [[0, 0, 0, 0]]


def test_no_data_is_not_zero():
    result = loaded(
        [operation(cycle=60.0)],
        started((0, 0, 10)),
        workcenters=centers(is_open=False),
        extra=hours((7, "2026-12-01", 8)),
        work=work((7, 1, "2026-12-01", 2)),
    )
    assert np.isnan(result.available).all() and np.isnan(result.rate).all()
    assert np.isnan(result.calendar).all() and np.isnan(result.extra).all()
    assert result.load[0].tolist() == pytest.approx([11.7, 0, 0, 0])


def test_open_but_without_hours_in_a_bucket_is_an_infinite_rate():
    result = loaded(
        [operation(cycle=60.0)], started((0, 0, 17), (0, 1, 5)), hours=hours((7, "2026-12-01", 40))
    )
    assert result.rate[0].tolist() == pytest.approx([0.5, np.inf, 0, 0])


def test_batch_load_is_setup_at_efficiency_and_whole_cycles():
    bolt = operation(setup=30.0, cycle=2.0, parallel=3.0, batch=10.0)
    result = loaded([bolt], started((0, 1, 25)))
    # 10 units: 4 cycles of 2 minutes, and 30 clock minutes that count 25.5 effective ones
    assert result.plan[0].tolist() == pytest.approx([0, 25 * (25.5 + 8) / 10 / 60, 0, 0])


def test_cycles_of_a_batch_are_not_rounded_up_by_representation():
    part = operation(cycle=60.0, parallel=0.1, batch=0.3)
    assert loaded([part], started((0, 0, 0.3))).plan[0, 0] == pytest.approx(3.0)


def test_unknown_batch_takes_a_setup_a_week_with_production():
    bolt = operation(setup=60.0, cycle=6.0, parallel=2.0)
    result = loaded([bolt], started((0, 0, 20), (0, 2, 20), (0, 3, 20)))
    assert result.plan[0].tolist() == pytest.approx(
        [1 + 0.85, 0, 1 + 0.85 * 18 / 7, 1 + 0.85 * 31 / 7]
    )


def test_month_of_a_few_days_takes_a_whole_setup():
    buckets = SupplyBuckets.plan(date(2026, 12, 14), date(2026, 12, 14), 2, date(2027, 1, 1))
    assert buckets.days.tolist() == [7, 7, 4]
    table = OPERATIONS.build([operation(setup=60.0)])
    nothing = (HOURS.empty(), HOURS.empty(), WORK.empty())
    result = capacity(
        buckets, centers(1.0), *nothing, table, IDS[:1], np.array([[0.0, 0.0, 5.0]]),
        sparse.csr_matrix([[1.0]]), False,
    )  # fmt: skip
    assert result.plan.tolist() == [[0, 0, 1]]


def test_unknown_parallel_capacity_is_one_unit_a_cycle():
    assert loaded([operation(cycle=6.0, parallel=0.0)], started((0, 0, 10))).plan[0, 0] == 1.0


def test_measured_minutes_replace_setup_and_cycles_where_there_are_any():
    learnt = operation(setup=600.0, cycle=600.0, measured=12.0)
    standard = operation(2, number=2, cycle=6.0)
    units = started((0, 0, 10), (1, 0, 10))
    result = loaded([learnt, standard], units, measured=True)
    assert result.plan_measured[0, 0] == pytest.approx(10 * 12 * 0.85 / 60 + 1)
    assert result.plan_standard[0, 0] == pytest.approx(10 * 10 + 10 * 0.85 + 1)
    assert result.plan.tolist() == result.plan_measured.tolist()
    assert loaded([learnt, standard], units).plan.tolist() == result.plan_standard.tolist()


def test_released_work_counts_in_its_week_and_overdue_work_in_the_first():
    released = work(
        (7, 1, "2026-10-01", 10), (7, 1, "2026-12-06", 20), (7, 2, "2026-12-07", 40),
        (7, 2, "2027-02-01", 80), (99, 1, "2026-12-01", 160),
    )  # fmt: skip
    result = loaded(work=released)
    assert result.orders[0].tolist() == pytest.approx([25.5, 34, 0, 0])
    assert result.orders_by_family[0, :, 1].tolist() == pytest.approx([0, 34, 0, 0])


def test_released_work_of_a_product_that_is_not_planned_is_nobodys():
    result = loaded(work=work((7, 555, "2026-12-01", 10)))
    assert result.orders_by_family[0, :, 0].tolist() == pytest.approx([0, 0, 0, 8.5])


def test_load_goes_to_the_families_whose_need_it_is():
    shares = np.array([[0.75, 0.25], [0, 0], [0, 1]])
    operations = [operation(number, number=number, cycle=60.0) for number in (1, 2, 3)]
    result = loaded(operations, started((0, 0, 8), (1, 0, 3), (2, 1, 5)), shares)
    assert result.plan_by_family[0, :, 0].tolist() == pytest.approx([6, 2, 3])
    assert result.plan_by_family[0, :, 1].tolist() == pytest.approx([0, 5, 0])


def test_shares_that_sum_to_one_but_for_rounding_leave_nothing_to_nobody():
    shares = np.full((3, 49), 1 / 49)
    assert sparse.csr_matrix(shares).sum(axis=1)[0, 0] < 1  # by 1e-16
    result = loaded([operation(cycle=60.0)], started((0, 0, 100)), shares)
    assert result.by_family[0, NOBODY].tolist() == [0, 0, 0, 0]


def test_no_table_has_any_row():
    result = loaded(workcenters=WORKCENTERS.empty())
    assert result.load.shape == (0, 4) and result.by_family.shape == (0, 4, 4)


def test_matrices_of_the_wrong_shape_are_refused():
    with pytest.raises(EngineError) as caught:
        loaded(units=np.zeros((3, 9)))
    assert caught.value.code == "shape"


def test_capacity_bill_of_a_mix_is_450_hours():
    # 100 x 2 h + 50 x 3 h + 25 x 4 h
    operations = [
        operation(product, number=product, cycle=60.0 * h, batch=1.0)
        for product, h in zip(IDS, (2, 3, 4))
    ]
    bill = unit_hours(OPERATIONS.build(operations), centers(), IDS, False)
    assert bill.toarray().tolist() == [[2, 3, 4]]
    assert (bill @ np.array([100, 50, 25])).tolist() == [450]
    assert loaded(operations, started((0, 0, 100), (1, 0, 50), (2, 0, 25))).plan[0, 0] == 450


def test_bill_of_an_end_unit_holds_what_it_is_made_of():
    # 1 is made of two of 2, which takes half an hour each on another work center
    lines = pd.DataFrame({"product_id": [1], "component_id": [2], "qty": [2.0]})
    shape = structure(IDS, lines, BYPRODUCTS.empty(), np.zeros(3))
    operations = [operation(1, 7, 1, cycle=60.0), operation(2, 8, 2, cycle=30.0)]
    own = unit_hours(OPERATIONS.build(operations), centers(ids=(7, 8)), IDS, False)
    bill = accumulate(shape, own.T.toarray()).T
    assert bill.tolist() == [[1, 0, 0], [1, 0.5, 0]]


def test_bill_leaves_out_setups_of_unknown_batches_and_follows_the_measured_minutes():
    table = OPERATIONS.build([operation(setup=60.0, cycle=30.0, measured=120.0)])
    assert unit_hours(table, centers(), IDS, False).toarray().tolist() == [[0.5, 0, 0]]
    assert unit_hours(table, centers(), IDS, True).toarray()[0, 0] == pytest.approx(1.7)


amounts = st.floats(0, 500).map(lambda value: round(value, 2))
steps = st.builds(
    operation,
    st.sampled_from([1, 2, 3, 9]),
    st.sampled_from([7, 8, 99]),
    setup=amounts,
    cycle=amounts,
    parallel=st.sampled_from([1.0, 2.0, 7.0]),
    batch=st.sampled_from([0.0, 1.0, 12.0]),
    measured=st.sampled_from([0.0, 4.5]),
)
tables = st.lists(steps, max_size=8).map(
    lambda rows: [row | {"operation_id": place} for place, row in enumerate(rows)]
)
quantities = st.lists(st.sampled_from([0.0, 0.5, 3.0, 40.0]), min_size=12, max_size=12)
owners = st.lists(st.integers(0, 2), min_size=3, max_size=3)


def clock_load(row, efficiency, units, days, is_measured):
    """Effective hours of one operation in one bucket, in so many words."""
    if is_measured and row["measured"] > 0:
        return units * row["measured"] * efficiency / 60
    if row["batch"] > 0:
        batches = units / row["batch"]
        cycles = batches * -(-row["batch"] // row["parallel"])
    else:
        batches = max(1.0, days / 7) if units > 0 else 0.0
        cycles = units / row["parallel"]
    return (batches * row["setup"] * efficiency + cycles * row["cycle"]) / 60


@settings(max_examples=40, deadline=None)
@given(tables, quantities, owners, st.booleans())
def test_load_equals_the_sum_over_operations_and_over_families(rows, qty, owner, is_measured):
    units = np.array(qty).reshape(3, 4)
    shares = np.zeros((3, 3))
    shares[np.arange(3), owner] = 1.0
    shares = shares[:, :2]  # owner 2 is nobody
    result = loaded(rows, units, shares, is_measured, workcenters=centers(0.8, ids=(7, 8)))
    expected = np.zeros((2, 3, 4))
    for row in rows:
        if row["product_id"] in IDS and row["workcenter_id"] in (7, 8):
            product = row["product_id"] - 1
            for bucket, days in enumerate(BUCKETS.days):
                load = clock_load(row, 0.8, units[product, bucket], days, is_measured)
                expected[row["workcenter_id"] - 7, owner[product], bucket] += load
    np.testing.assert_allclose(result.plan_by_family, expected, atol=1e-9)
    np.testing.assert_allclose(result.plan, expected.sum(axis=1), atol=1e-9)
    chosen = result.plan_measured if is_measured else result.plan_standard
    np.testing.assert_allclose(result.plan, chosen, atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(tables, st.lists(st.floats(0, 100), min_size=3, max_size=3))
def test_load_of_known_batches_is_the_same_in_weeks_and_in_months(rows, qty):
    rows = [row | {"batch": row["batch"] or 5.0} for row in rows]
    months = SupplyBuckets.plan(MONDAY, MONDAY, 0, date(2027, 2, 1))
    spread = np.array(qty)[:, None] * np.array([0.1, 0.2, 0.3, 0.4])
    both = [
        capacity(
            buckets, centers(ids=(7, 8)), HOURS.empty(), HOURS.empty(), WORK.empty(),
            OPERATIONS.build(rows), IDS, units, sparse.csr_matrix(np.eye(3)), False,
        ).plan.sum(axis=1)
        for buckets, units in (
            (BUCKETS, spread),
            (months, np.repeat(spread.sum(axis=1)[:, None], months.count, axis=1) / months.count),
        )
    ]  # fmt: skip
    np.testing.assert_allclose(both[0], both[1], atol=1e-6)
