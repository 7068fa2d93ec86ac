"""Bills of materials of all products at once say what a bill read by hand says."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from engine import BYPRODUCTS, EngineError, cumulative_lead, structure
from engine.structure import BOM_LINES, accumulate, family_shares, requirements

moderate = settings(max_examples=40, deadline=None)
seeds = st.integers(0, 2**32 - 1)
GOLDEN = [(1, 2, 1), (1, 4, 1), (2, 3, 1)]  # A takes B and D, B takes C


def shape_of(ids, bom, byproducts=(), loss=None):
    return structure(
        ids,
        pd.DataFrame(list(bom), columns=list(BOM_LINES.columns)),
        pd.DataFrame(list(byproducts), columns=list(BYPRODUCTS.columns)),
        np.zeros(len(ids)) if loss is None else np.array(loss, dtype=float),
    )


@st.composite
def bills(draw, most=12):
    """Ids in any order of depth, and lines from a product to those behind it in a hidden order."""
    ids = draw(st.lists(st.integers(1, 500), min_size=1, max_size=most, unique=True))
    pairs = [(upper, lower) for at, upper in enumerate(ids) for lower in ids[at + 1 :]]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=30)) if pairs else []
    qty = st.integers(1, 8).map(lambda eighths: eighths / 4)
    return sorted(ids), [(upper, lower, draw(qty)) for upper, lower in chosen]


@st.composite
def any_bills(draw):
    """Lines between any products, loops and products in themselves among them."""
    ids = list(range(1, draw(st.integers(1, 9)) + 1))
    pairs = st.tuples(st.sampled_from(ids), st.sampled_from(ids))
    return ids, [(*pair, 1.0) for pair in draw(st.lists(pairs, unique=True, max_size=16))]


def reached(lines, start):
    """All products that ``start`` takes directly or through others."""
    found, open_ones = set(), [start]
    while open_ones:
        product = open_ones.pop()
        fresh = {line[1] for line in lines if line[0] == product} - found
        found |= fresh
        open_ones += fresh
    return found


def components_of(lines, product):
    return [(lower, qty) for upper, lower, qty in lines if upper == product]


def random_vectors(seed, n, most=10):
    """Two vectors (n,) of whole numbers."""
    return np.random.default_rng(seed).integers(0, most, (2, n)).astype(float)


def test_a_bill_by_hand():
    shape = shape_of([1, 2, 3, 4], [(1, 2, 2), (1, 3, 1), (2, 3, 4), (2, 4, 0.5)])
    assert shape.level.tolist() == [0, 1, 2, 2]
    assert [rows.tolist() for rows in shape.levels] == [[0], [1], [2, 3]]
    assert shape.bom.toarray()[2].tolist() == [1, 4, 0, 0]  # product 3 goes into 1 and 2
    assert requirements(shape, np.array([[10.0], [1], [0], [0]])).ravel().tolist() == [
        10, 21, 94, 10.5,
    ]  # fmt: skip
    assert shape.loops == ()


def test_what_is_lost_has_to_be_made_and_takes_components():
    shape = shape_of([1, 2], [(1, 2, 3)], loss=[0.25, 0])
    assert shape.bom.toarray()[1, 0] == pytest.approx(4)


def test_cumulative_lead_time_is_the_longest_path_not_the_sum():
    shape = shape_of([1, 2, 3, 4], GOLDEN)
    assert cumulative_lead(shape, np.array([2, 3, 10, 5])).tolist() == [15, 13, 10, 5]
    assert cumulative_lead(shape, np.array([2, 3, 10, 50])).tolist() == [52, 13, 10, 50]


def test_the_capacity_bill_adds_the_hours_of_all_levels():
    shape = shape_of([1, 2, 3, 4], [(1, 2, 2), (1, 3, 1), (2, 3, 4)])
    assert accumulate(shape, np.array([1.0, 10, 100, 7])).tolist() == [921, 410, 100, 7]
    by_center = accumulate(shape, np.array([[1.0, 0], [10, 0], [0, 100], [0, 7]]))
    assert by_center.tolist() == [[21, 900], [10, 400], [0, 100], [0, 7]]


def test_a_loop_is_reported_and_all_else_is_planned():
    # 2 and 3 contain each other, 5 itself; 1 takes 2, and 3 takes 4
    lines = [(1, 2, 1), (2, 3, 1), (3, 2, 1), (3, 4, 2), (5, 5, 1), (5, 4, 3)]
    shape = shape_of([1, 2, 3, 4, 5, 6], lines)
    assert shape.loops == ((2, 3), (5,))
    need = requirements(shape, np.ones((6, 1))).ravel()
    assert need.tolist() == [1, 2, 1, 1 + 2 + 3, 1, 1]


def test_a_line_without_quantity_is_no_line():
    shape = shape_of([1, 2], [(1, 2, 1), (2, 1, 0)], [(1, 2, 0)])
    assert shape.loops == ()
    assert shape.bom.nnz == 1 and shape.byproducts.nnz == 0
    assert shape.level.tolist() == [0, 1]


def test_a_byproduct_is_planned_after_what_yields_it():
    shape = shape_of([1, 2, 3], [(1, 2, 1)], [(2, 3, 0.5)])
    assert shape.level.tolist() == [0, 1, 2]
    assert shape.byproducts.toarray()[2, 1] == 0.5
    assert not shape.bom.toarray()[2].any()


def test_a_byproduct_that_goes_into_what_yields_it_is_not_netted():
    # 1 is made of 2 which is made of 3; making 1 yields 3 and 4
    shape = shape_of([1, 2, 3, 4], [(1, 2, 1), (2, 3, 1)], [(1, 3, 1), (1, 4, 1), (2, 1, 1)])
    assert shape.loops == ()
    assert shape.level.tolist() == [0, 1, 2, 1]
    assert [tuple(pair) for pair in np.argwhere(shape.byproducts.toarray())] == [(2, 0), (3, 0)]


def test_one_byproduct_loop_costs_no_bill():
    shape = shape_of([1, 2], [(1, 2, 1)], [(2, 1, 1)])
    assert shape.bom.nnz == 1 and shape.byproducts.nnz == 0 and shape.loops == ()


def test_no_products_and_no_lines():
    nothing = shape_of([], [])
    assert [len(rows) for rows in nothing.levels] == [0]
    assert accumulate(nothing, np.zeros(0)).shape == (0,)
    assert family_shares(nothing, *[np.zeros(0)] * 2, np.zeros(0, int), 3).shape == (0, 3)
    alone = shape_of([7, 9], [])
    assert alone.level.tolist() == [0, 0]
    assert cumulative_lead(alone, np.array([4, 0])).tolist() == [4, 0]


@pytest.mark.parametrize(
    "ids, bom, byproducts, loss, code",
    [
        ([1, 2], [(1, 3, 1)], [], None, "unknown_product"),
        ([1, 2], [(3, 1, 1)], [], None, "unknown_product"),
        ([1, 2], [], [(1, 3, 1)], None, "unknown_product"),
        ([1, 2], [(1, 2, 1), (1, 2, 2)], [], None, "duplicate_key"),
        ([1, 1], [], [], None, "duplicate_product"),
        ([1, 2], [], [], [1.0, 0], "loss"),
        ([1, 2], [], [], [-0.1, 0], "loss"),
        ([1, 2], [], [], [np.nan, 0], "loss"),
        ([1, 2], [], [], [0.1], "shape"),
    ],
)
def test_bad_input_is_refused(ids, bom, byproducts, loss, code):
    with pytest.raises(EngineError) as caught:
        shape_of(ids, bom, byproducts, loss)
    assert caught.value.code == code


def test_all_that_is_unknown_is_named():
    with pytest.raises(EngineError) as caught:
        shape_of([1], [(1, 8, 1), (9, 1, 1), (7, 8, 1)])
    assert caught.value.details["products"] == [7, 8, 9]


@moderate
@given(bills(), seeds)
def test_explosion_equals_walking_every_path(bill, seed):
    ids, lines = bill
    demand, _other = random_vectors(seed, len(ids))
    expected = dict.fromkeys(ids, Fraction(0))

    def explode(product, qty):
        expected[product] += qty
        for component, each in components_of(lines, product):
            explode(component, qty * Fraction(each))

    for product, qty in zip(ids, demand):
        if qty:
            explode(product, Fraction(qty))
    need = requirements(shape_of(ids, lines), demand[:, None]).ravel()
    assert need == pytest.approx([float(expected[product]) for product in ids])


@moderate
@given(bills(), seeds)
def test_lead_and_bill_equal_recursive_ones(bill, seed):
    ids, lines = bill
    lead, hours = random_vectors(seed, len(ids), 40)

    def longest(product):
        below = [longest(component) for component, _qty in components_of(lines, product)]
        return lead[ids.index(product)] + max(below, default=0)

    def whole(product):
        parts = (qty * whole(component) for component, qty in components_of(lines, product))
        return hours[ids.index(product)] + sum(parts)

    shape = shape_of(ids, lines)
    assert cumulative_lead(shape, lead).tolist() == [longest(product) for product in ids]
    assert accumulate(shape, hours) == pytest.approx([whole(product) for product in ids])


@moderate
@given(bills(), seeds)
def test_hours_of_the_plan_are_hours_of_what_is_sold(bill, seed):
    """Exploding demand and costing every level, or costing what is sold by its bill: the same."""
    ids, lines = bill
    shape = shape_of(ids, lines)
    demand, hours = random_vectors(seed, len(ids))
    need = requirements(shape, demand[:, None]).ravel()
    assert need @ hours == pytest.approx(demand @ accumulate(shape, hours))


@moderate
@given(bills())
def test_levels_are_the_longest_way_down(bill):
    ids, lines = bill

    def depth(product):
        return max(
            (depth(upper) + 1 for upper, lower, _qty in lines if lower == product), default=0
        )

    shape = shape_of(ids, lines)
    assert shape.level.tolist() == [depth(product) for product in ids]
    assert sorted(np.concatenate(shape.levels)) == list(range(len(ids)))
    assert all((shape.level[rows] == at).all() for at, rows in enumerate(shape.levels))


@moderate
@given(any_bills())
def test_loops_are_all_found_and_nothing_else_is_left_out(bill):
    ids, lines = bill
    below = {product: reached(lines, product) for product in ids}
    in_loop = [product for product in ids if product in below[product]]
    loops = {
        tuple(other for other in in_loop if other in below[product] and product in below[other])
        for product in in_loop
    }
    shape = shape_of(ids, lines)
    assert shape.loops == tuple(sorted(loops))
    kept = {(upper, lower) for upper, lower, _qty in lines if upper not in below[lower]}
    kept -= {(product, product) for product in ids}
    columns = shape.bom.tocoo()
    assert {(ids[column], ids[row]) for row, column in zip(columns.row, columns.col)} == kept
    for upper, lower in kept:
        assert shape.level[ids.index(lower)] > shape.level[ids.index(upper)]


@moderate
@given(any_bills(), any_bills())
def test_byproducts_lie_deeper_than_what_yields_them(bill, yields):
    ids = max(bill[0], yields[0], key=len)
    shape = shape_of(ids, bill[1], yields[1])
    assert np.array_equal(shape.bom.toarray(), shape_of(ids, bill[1]).bom.toarray())
    for edges in (shape.bom.tocoo(), shape.byproducts.tocoo()):
        assert (shape.level[edges.row] > shape.level[edges.col]).all()


def test_a_common_component_is_shared_as_its_parents_need_it():
    # 1 (family 0) takes 2 of the component, 2 (family 1) takes 1; 10 of its own belong to family 2
    shape = shape_of([1, 2, 3], [(1, 3, 2), (2, 3, 1)])
    gross, own = np.array([20.0, 50, 100]), np.array([20.0, 50, 10])
    shares = family_shares(shape, gross, own, np.array([0, 1, 2]), 3)
    assert sparse.issparse(shares)
    assert shares.toarray().tolist() == [
        [1, 0, 0], [0, 1, 0], pytest.approx([0.4, 0.5, 0.1]),
    ]  # fmt: skip


def test_what_nobody_needs_is_its_own_familys_and_without_family_nobodys():
    shape = shape_of([1, 2, 3, 4], [(1, 2, 1)])
    shares = family_shares(
        shape, np.array([0.0, 0, 5, -3]), np.zeros(4), np.array([0, 1, -1, 1]), 2
    )
    assert shares.toarray().tolist() == [[1, 0], [0, 1], [0, 0], [0, 1]]


def test_more_byproducts_than_need_take_no_share():
    shape = shape_of([1, 2, 3], [(1, 3, 1), (2, 3, 1)])
    shares = family_shares(
        shape, np.array([-40.0, 10, 10]), np.array([0.0, 10, 0]), np.array([0, 1, -1]), 2
    )
    assert shares.toarray()[2].tolist() == [0, 1]


@moderate
@given(bills(), st.integers(1, 4), seeds)
def test_shares_are_those_of_following_each_familys_demand(bill, families, seed):
    """Without stock a product's need splits as exploding each family's demand alone splits it."""
    ids, lines = bill
    shape = shape_of(ids, lines)
    demand, drawn = random_vectors(seed, len(ids), 12)
    family = drawn.astype(int) % families
    by_family = requirements(shape, demand[:, None] * np.eye(families)[family])
    total = by_family.sum(axis=1)
    shares = family_shares(shape, total, demand, family, families).toarray()
    assert (shares >= 0).all()
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(ids)))
    assert shares * total[:, None] == pytest.approx(by_family)
    assert np.array_equal(shares[total == 0], np.eye(families)[family[total == 0]])
