"""Balances close, nothing is planned that cannot arrive, and bills are exploded exactly."""

from datetime import date
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.netting import net
from engine.structure import BOM_LINES, BYPRODUCTS, structure
from engine.supply_buckets import SupplyBuckets
from engine.tables import EngineError

MONDAY = date(2026, 11, 30)
WEEKS = SupplyBuckets.plan(MONDAY, MONDAY, 6, date(2027, 1, 11))
MIXED = SupplyBuckets.plan(MONDAY, MONDAY, 6, date(2027, 4, 1))
TINY = 1e-6


@cache
def shift(is_mixed, lag):
    return (MIXED if is_mixed else WEEKS).shift(lag)


def plan(shape, buckets=WEEKS, **given_as):
    """net() of a structure; what is not given is nothing, and everything can arrive at once."""
    n, size = len(shape.product_ids), (len(shape.product_ids), buckets.count)
    tables = {name: np.zeros(size) for name in ("demand", "receipts", "needs", "target")}
    vectors = {"stock": np.zeros(n), "is_kit": np.zeros(n, bool)}
    days = {name: np.zeros(n, np.int64) for name in ("lead_days", "earliest")}
    inputs = tables | vectors | days | {k: np.asarray(v) for k, v in given_as.items()}
    shifts = {int(lag): shift(buckets is MIXED, int(lag)) for lag in np.unique(inputs["lead_days"])}
    return net(shape, shifts, **inputs)


def products(count, bills=(), byproducts=(), loss=None):
    """Products 1 .. count, bills and by-products as (product, part, quantity)."""
    return structure(
        np.arange(1, count + 1),
        BOM_LINES.build(list(bills)),
        BYPRODUCTS.build(list(byproducts)),
        np.zeros(count) if loss is None else np.asarray(loss, float),
    )


def at(bucket, qty, buckets=WEEKS):
    row = np.zeros(buckets.count)
    row[bucket] = qty
    return row


NOTHING = np.zeros(WEEKS.count)
WHEELS = products(2, [(1, 2, 2.0)])  # a bicycle of two wheels


# A case worked by hand


def test_needs_are_offset_by_the_lead_time_and_netted_with_stock():
    result = plan(WHEELS, demand=[at(3, 10), NOTHING], stock=[4.0, 5.0], lead_days=[7, 0])
    assert result.planned[0].tolist() == at(3, 6).tolist()
    assert result.started[0].tolist() == at(2, 6).tolist()
    assert result.dependent[1].tolist() == at(2, 12).tolist()
    assert result.planned[1].tolist() == at(2, 7).tolist()
    assert result.stock.tolist() == [[4, 4, 4, 0, 0, 0], [5, 5, 0, 0, 0, 0]]


def test_a_shortage_is_carried_until_supply_can_arrive():
    result = plan(WHEELS, demand=[NOTHING, [3, 3, 3, 3, 0, 0]], stock=[0, 4.0], earliest=[0, 3])
    assert result.short[1].tolist() == [0, 2, 5, 0, 0, 0]
    assert result.planned[1].tolist() == at(3, 8).tolist()


def test_what_can_not_arrive_in_the_horizon_is_never_planned():
    result = plan(WHEELS, demand=[NOTHING, at(1, 3)], earliest=[0, WEEKS.count])
    assert not result.planned.any()
    assert result.short[1].tolist() == [0, 3, 3, 3, 3, 3]


def test_open_orders_and_their_components_count_where_they_are_due():
    result = plan(
        WHEELS,
        demand=[at(2, 10), NOTHING],
        receipts=[at(1, 10), at(4, 6)],
        needs=[NOTHING, at(0, 20)],
        earliest=[0, 2],
    )
    assert not result.planned[0].any() and not result.dependent.any()
    assert result.stock[1].tolist() == [-20, -20, 0, 0, 6, 6]
    assert result.planned[1].tolist() == at(2, 20).tolist()


def test_a_target_that_moves_is_followed_up_and_sold_down():
    target = [0, 5, 8, 8, 2, 2]
    result = plan(products(1), demand=[[0, 1, 1, 1, 1, 1]], target=[target])
    assert result.planned[0].tolist() == [0, 6, 4, 1, 0, 0]
    assert result.stock[0].tolist() == [0, 5, 8, 8, 7, 6]


def test_production_that_had_to_begin_before_today_begins_now():
    result = plan(WHEELS, demand=[at(0, 3) + at(1, 4), NOTHING], lead_days=[21, 0])
    assert result.started[0].tolist() == at(0, 7).tolist()


def test_lead_times_of_part_weeks_split_the_week():
    result = plan(products(1), demand=[at(3, 7)], lead_days=[3])
    assert result.started[0] == pytest.approx(at(2, 3) + at(3, 4))


def test_losses_take_more_components():
    shape = products(2, [(1, 2, 2.0)], loss=[0.2, 0.0])
    assert plan(shape, demand=[at(1, 8), NOTHING]).dependent[1, 1] == pytest.approx(20)


# Kits


def test_a_kit_passes_its_need_on_in_the_same_bucket():
    shape = products(3, [(1, 2, 1.0), (2, 3, 4.0)])
    result = plan(
        shape, demand=[at(2, 5), NOTHING, NOTHING], is_kit=[True, True, False], lead_days=[7, 14, 0]
    )
    assert result.dependent[2].tolist() == at(2, 20).tolist()


def test_a_kit_holds_nothing():
    result = plan(
        WHEELS,
        demand=[at(2, 5), NOTHING],
        stock=[50.0, 0],
        receipts=[at(0, 5), NOTHING],
        target=np.full((2, WEEKS.count), 3.0),
        earliest=[WEEKS.count, 0],
        is_kit=[True, False],
    )
    assert not result.stock[0].any() and not result.receipts[0].any() and not result.target[0].any()
    assert result.planned[0].tolist() == at(2, 5).tolist()
    assert result.stock[1].tolist() == [3.0] * WEEKS.count


# By-products


def test_a_byproduct_comes_in_when_its_production_is_due_not_when_it_begins():
    shape = products(2, byproducts=[(1, 2, 0.5)])
    result = plan(shape, demand=[at(3, 10), at(4, 8)], lead_days=[14, 0])
    assert result.receipts[1].tolist() == at(3, 5).tolist()
    assert result.planned[1].tolist() == at(4, 3).tolist()
    assert not result.dependent.any()


def test_more_byproduct_than_needed_stays_in_stock():
    shape = products(2, byproducts=[(1, 2, 1.0)])
    result = plan(shape, demand=[at(1, 10), at(2, 4)], receipts=[NOTHING, at(0, 1)])
    assert result.stock[1].tolist() == [1, 11, 7, 7, 7, 7]
    assert (result.gross >= 0).all()


# Rounding


def test_what_floating_point_leaves_over_is_not_planned():
    assert 0.7 - 0.4 < 0.3
    result = plan(products(1), stock=[0.7], demand=[at(0, 0.4)], target=np.full((1, 6), 0.3))
    assert not result.planned.any()


# Bad input


@pytest.mark.parametrize("name", ["demand", "receipts", "needs", "target"])
def test_tables_of_another_size_are_refused(name):
    with pytest.raises(EngineError) as error:
        plan(WHEELS, **{name: np.zeros((2, 5))})
    assert error.value.code == "shape"


@pytest.mark.parametrize("name", ["stock", "lead_days", "earliest", "is_kit"])
def test_vectors_of_another_size_are_refused(name):
    with pytest.raises(EngineError) as error:
        plan(WHEELS, **{name: np.zeros(3, np.int64)})
    assert error.value.code == "shape"


@pytest.mark.parametrize("shifts", [{}, {7: np.eye(5)}])
def test_a_lead_time_without_its_matrix_is_refused(shifts):
    table, zeros = np.zeros((2, 6)), np.zeros(2, np.int64)
    with pytest.raises(EngineError) as error:
        net(WHEELS, shifts, *[table] * 3, zeros, table, np.array([7, 0]), zeros, zeros > 0)
    assert error.value.code == "shift" and error.value.details == {"days": 7}


def test_no_product_at_all():
    assert plan(products(0)).stock.shape == (0, WEEKS.count)


# Random structures: what must hold whatever the plan


@st.composite
def cases(draw):
    """A random structure of several levels with kits, losses and by-products, and its inputs."""
    n = draw(st.integers(1, 9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rank = rng.permutation(n)
    one, other = np.nonzero(rank[:, None] < rank)
    bills, yields = (rng.random(len(one)) < share for share in (0.5, 0.15))
    shape = products(
        n,
        zip(one[bills] + 1, other[bills] + 1, rng.uniform(0.1, 5, bills.sum())),
        zip(one[yields] + 1, other[yields] + 1, rng.uniform(0.1, 2, yields.sum())),
        rng.uniform(0, 0.3, n),
    )
    size = (n, MIXED.count)
    some = {
        name: rng.uniform(0, 50, size) * (rng.random(size) < 0.4) for name in ("demand", "needs")
    }
    inputs = some | {
        "receipts": rng.uniform(0, 80, size) * (rng.random(size) < 0.3),
        "target": rng.uniform(0, 30, size) * (rng.random((n, 1)) < 0.7),
        "stock": rng.uniform(-20, 100, n),
        "lead_days": rng.integers(0, 50, n) * (rng.random(n) < 0.8),
        "earliest": rng.integers(0, MIXED.count + 1, n),
        "is_kit": rng.random(n) < 0.2,
    }
    return shape, inputs


@given(cases())
def test_balances_close_for_every_product_and_bucket(case):
    shape, inputs = case
    result, stocked = plan(shape, MIXED, **inputs), ~inputs["is_kit"]
    leaves = inputs["demand"] + inputs["needs"] + shape.bom @ result.started
    comes = inputs["receipts"] + shape.byproducts @ result.planned + result.planned
    balance = inputs["stock"][:, None] + np.cumsum(comes - leaves, axis=1)
    scale = 1 + np.abs(comes).sum() + np.abs(leaves).sum()
    np.testing.assert_allclose(result.stock[stocked], balance[stocked], atol=1e-12 * scale)
    np.testing.assert_array_equal(result.short, np.maximum(0, -result.stock))
    before = np.hstack([inputs["stock"][:, None], result.stock[:, :-1]])
    closes = before + result.receipts + result.planned - result.gross
    np.testing.assert_allclose(result.stock[stocked], closes[stocked], atol=1e-12 * scale)


@given(cases())
def test_components_are_taken_for_what_begins(case):
    shape, inputs = case
    result = plan(shape, MIXED, **inputs)
    np.testing.assert_allclose(result.dependent, shape.bom @ result.started, rtol=1e-9)
    whole = inputs["demand"] + inputs["needs"] + result.dependent
    np.testing.assert_allclose(result.gross, whole, rtol=1e-9)


@given(cases())
def test_all_that_is_due_begins_and_no_later(case):
    shape, inputs = case
    result = plan(shape, MIXED, **inputs)
    np.testing.assert_allclose(result.started.sum(axis=1), result.planned.sum(axis=1), rtol=1e-9)
    begun, due = np.cumsum(result.started, axis=1), np.cumsum(result.planned, axis=1)
    assert (begun >= due * (1 - 1e-9) - TINY).all()
    at_once = (inputs["lead_days"] == 0) | inputs["is_kit"]
    np.testing.assert_array_equal(result.started[at_once], result.planned[at_once])


@given(cases())
def test_stock_keeps_to_its_target_once_supply_can_arrive(case):
    shape, inputs = case
    result, stocked = plan(shape, MIXED, **inputs), ~inputs["is_kit"][:, None]
    can_arrive = stocked & (np.arange(MIXED.count) >= inputs["earliest"][:, None])
    slack = TINY + 1e-12 * np.abs(result.gross).sum()
    assert (result.stock - result.target >= -slack)[can_arrive].all()
    assert not result.planned[stocked & ~can_arrive].any()
    assert (result.planned >= 0).all()


@settings(max_examples=40)
@given(cases())
def test_no_more_is_planned_than_the_target_takes(case):
    shape, inputs = case
    result = plan(shape, MIXED, **inputs)
    made = (result.planned > 0) & ~inputs["is_kit"][:, None]
    slack = TINY + 1e-12 * np.abs(result.gross).sum()
    assert (np.abs(result.stock - result.target)[made] <= slack).all()


@settings(max_examples=40)
@given(cases())
def test_kits_pass_on_what_is_needed_of_them(case):
    shape, inputs = case
    result, kits = plan(shape, MIXED, **inputs), inputs["is_kit"]
    np.testing.assert_array_equal(result.planned[kits], result.gross[kits])
    for nothing in (result.stock, result.receipts, result.target):
        assert not nothing[kits].any()


@settings(max_examples=40)
@given(cases())
def test_inputs_stay_as_they_are(case):
    shape, inputs = case
    before = {name: values.copy() for name, values in inputs.items()}
    plan(shape, MIXED, **inputs)
    for name, values in before.items():
        np.testing.assert_array_equal(inputs[name], values)


@settings(max_examples=40)
@given(cases(), st.integers(0, 2**32 - 1))
def test_the_numbering_of_products_does_not_matter(case, seed):
    shape, inputs = case
    n = len(shape.product_ids)
    order = np.random.default_rng(seed).permutation(n)
    bom, extra = shape.bom[order][:, order].tocoo(), shape.byproducts[order][:, order].tocoo()
    renumbered = products(
        n,
        zip(bom.col + 1, bom.row + 1, bom.data),
        zip(extra.col + 1, extra.row + 1, extra.data),
    )
    result = plan(shape, MIXED, **inputs)
    other = plan(renumbered, MIXED, **{name: values[order] for name, values in inputs.items()})
    scale = 1 + np.abs(result.gross).sum()
    np.testing.assert_allclose(other.stock, result.stock[order], atol=TINY + 1e-11 * scale)
