import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from engine.capacity import Capacity
from engine.gaps import capacity_gaps, overload, run_buckets, runs
from engine.material_gaps import contents, joined, shortage_gaps
from engine.structure import BYPRODUCTS, accumulate, family_shares, requirements, structure
from engine.tables import EngineError

NAN = float("nan")


def over(load, available, priority):
    """Hours short by family of one work center in one bucket."""
    load = np.array(load, float).reshape(1, -1, 1)
    return overload(load, np.array([[available]], float), np.array(priority))[0, :, 0].tolist()


def test_least_important_family_loses_first_but_never_more_than_its_load():
    assert over([40, 30, 20], 80, [1, 2, 3]) == [0, 0, 10]
    assert over([40, 30, 20], 60, [1, 2, 3]) == [0, 10, 20]
    assert over([40, 30, 20], 30, [3, 1, 2]) == [40, 0, 20]


def test_equal_priority_shares_in_proportion_to_load():
    assert over([40, 30, 10], 60, [1, 2, 2]) == pytest.approx([0, 15, 5])


def test_overload_within_tolerance_is_none():
    assert over([10.1], 10, [1]) == [0]
    assert over([10.2], 10, [1]) == pytest.approx([0.2])
    assert over([1005], 1000, [1]) == [0]
    assert over([1006], 1000, [1]) == pytest.approx([6])


def test_work_center_without_hours_on_record_is_never_short():
    assert over([500, 300], NAN, [1, 2]) == [0, 0]


def test_work_center_that_is_closed_is_short_of_all_its_load():
    assert over([5, 3], 0, [1, 2]) == [5, 3]


def test_rounding_makes_no_family_short():
    # 0.1 + 0.2 - 0.3 > 0: the second family takes it all, but for 5e-17
    assert over([0.3, 0.1 + 0.2], 0.3, [1, 2])[0] == 0
    assert over([7.0, 1.1, 2.2], 7.0 - 1e-12, [1, 2, 2])[0] == 0


def test_families_without_a_priority_are_refused():
    with pytest.raises(EngineError) as caught:
        over([5, 3], 0, [1])
    assert caught.value.code == "shape"


loads = arrays(float, (2, 4, 5), elements=st.floats(0, 300))
hours = arrays(float, (2, 5), elements=st.one_of(st.floats(0, 600), st.just(NAN)))
priorities = arrays(np.int64, 4, elements=st.integers(1, 3))


@settings(max_examples=100, deadline=None)
@given(loads, hours, priorities)
def test_shares_of_an_overload_sum_to_it_and_the_important_lose_last(load, available, priority):
    short = overload(load, available, priority)
    total = load.sum(axis=1)
    tolerance = np.maximum(0.1, 0.005 * np.nan_to_num(available))
    expected = np.where(total - available > tolerance, total - available, 0.0)
    np.testing.assert_allclose(short.sum(axis=1), expected, atol=1e-6)
    assert (short >= 0).all() and (short <= load * (1 + 1e-12)).all()
    for family in range(4):
        for other in np.flatnonzero(priority > priority[family]):
            lost = short[:, family] > 0
            left = (load - short)[:, other]
            assert (left[lost] <= 1e-6).all()


@given(arrays(np.int64, (3, 6), elements=st.integers(0, 2)))
def test_runs_cover_every_short_bucket_once_and_do_not_touch(short):
    row, first, last = runs(short)
    run, bucket = run_buckets(first, last)
    covered = np.zeros_like(short)
    np.add.at(covered, (row[run], bucket), 1)
    assert (covered == (short > 0)).all()
    same = row[1:] == row[:-1]
    assert (first[1:][same] > last[:-1][same] + 1).all()


def load_of(by_family, available, is_open=True):
    """A Capacity of w work centers (ids 70, 71, ...) with all its load in new work."""
    by_family, available = np.array(by_family, float), np.array(available, float)
    count = len(by_family)
    total, none = by_family.sum(axis=1), np.zeros(available.shape)
    return Capacity(
        np.arange(70, 70 + count), np.full(count, is_open), available, none, none, total, total,
        total, np.zeros_like(by_family), by_family,
    )  # fmt: skip


def test_gap_of_a_run_in_hours_units_and_money():
    # family 5 with products of 2 h and 4 h, 30 and 10 of them in the run: 2.5 h each, 40 x 2.5
    load = load_of([[[40, 60, 40, 10], [0, 0, 0, 0]]], [[40, 40, 30, 40]])
    demand = np.array([[0.0, 15, 15, 900], [0, 10, 0, 0]])
    gaps, lines = capacity_gaps(
        load, np.array([1, 2]), np.array([[2.0, 4.0]]), demand, np.array([100.0, 300.0]),
        np.array([5]), np.array([0, 0]),
    )  # fmt: skip
    assert gaps.iloc[0].to_dict() == {
        "kind": "capacity", "family_id": 5, "workcenter_id": 70, "product_id": 0, "first": 1,
        "last": 2, "hours_short": 30.0, "qty_short": 12.0, "amount_short": 12.0 * 150,
        "rate_peak": 1.5, "hours_load": 100.0, "hours_available": 70.0,
    }  # fmt: skip
    assert len(gaps) == 1
    assert lines.to_dict("list") == {
        "gap": [0, 0], "bucket": [1, 2], "hours_short": [20, 10], "qty_short": [8, 4],
        "amount_short": [1200, 600],
    }  # fmt: skip


def one_gap(bill, demand, price=(100.0, 300.0), family_index=(0, 0)):
    """The gap of family 5, ten hours short in the second of three buckets."""
    load = load_of([[[0, 50, 0], [0, 0, 0]]], [[40, 40, 40]])
    gaps, _lines = capacity_gaps(
        load, np.array([1, 2]), np.array([bill], float), np.array(demand, float),
        np.array(price), np.array([5]), np.array(family_index),
    )  # fmt: skip
    assert len(gaps) == 1 and gaps["hours_short"][0] == 10
    return gaps.iloc[0]


def test_without_demand_in_the_run_the_whole_horizon_counts():
    gap = one_gap([2, 4], [[30, 0, 0], [0, 0, 10]])
    assert (gap.qty_short, gap.amount_short) == pytest.approx((4, 600))


def test_without_any_demand_there_are_hours_only():
    gap = one_gap([2, 4], np.zeros((2, 3)))
    assert (gap.qty_short, gap.amount_short) == (0, 0)


def test_products_that_never_see_the_work_center_do_not_count():
    gap = one_gap([2, 0], [[0, 30, 0], [0, 900, 0]])
    assert (gap.qty_short, gap.amount_short) == (5, 500)


def test_products_of_other_families_do_not_count():
    gap = one_gap([2, 4], [[0, 30, 0], [0, 900, 0]], family_index=(0, -1))
    assert (gap.qty_short, gap.amount_short) == (5, 500)


def test_gap_of_what_has_no_family_is_nobodys():
    load = load_of([[[0], [50]]], [[40]])
    gaps, _ = capacity_gaps(
        load, np.array([1, 2]), np.array([[2.0]]), np.array([[3.0]]), np.array([7.0]),
        np.array([5]), np.array([-1]),
    )  # fmt: skip
    assert gaps[["family_id", "qty_short", "amount_short"]].values.tolist() == [[0, 5, 35]]


def test_work_center_without_data_raises_no_gap_whatever_its_load():
    load = load_of([[[500], [0]]], [[NAN]], is_open=False)
    gaps, lines = capacity_gaps(
        load, np.array([1, 2]), np.array([[2.0]]), np.ones((1, 1)), np.ones(1), np.array([5]),
        np.array([0]),
    )  # fmt: skip
    assert load.load.tolist() == [[500]] and len(gaps) == len(lines) == 0
    assert gaps["hours_short"].dtype == float and gaps["family_id"].dtype == np.int64


def test_peak_leaves_out_buckets_without_an_hour():
    load = load_of([[[60, 20, 0], [0, 0, 0]]], [[40, 0, 40]])
    gaps, _ = capacity_gaps(
        load, np.array([1, 2]), np.array([[2.0]]), np.ones((1, 3)), np.ones(1), np.array([5]),
        np.array([0]),
    )  # fmt: skip
    assert gaps[["last", "rate_peak", "hours_short"]].values.tolist() == [[1, 1.5, 40]]


@settings(max_examples=60, deadline=None)
@given(
    arrays(float, (2, 4, 5), elements=st.floats(0, 300)),
    arrays(float, (2, 5), elements=st.floats(0, 600)),
    priorities,
    arrays(float, (4, 5), elements=st.sampled_from([0.0, 3.0, 50.0])),
)
def test_gaps_of_all_families_sum_to_the_work_centers_overload(
    by_family, available, priority, demand
):
    load = load_of(by_family, available)
    gaps, lines = capacity_gaps(
        load, priority, np.array([[1.0, 2, 0, 3], [0, 1, 1, 1]]), demand,
        np.array([1.0, 2, 3, 4]), np.array([5, 6, 7]), np.array([0, 1, 2, 0]),
    )  # fmt: skip
    excess = by_family.sum(axis=1) - available
    expected = np.where(excess > np.maximum(0.1, 0.005 * available), excess, 0)
    found = np.zeros_like(available)
    center = gaps["workcenter_id"].to_numpy()[lines["gap"]] - 70
    np.add.at(found, (center, lines["bucket"]), lines["hours_short"])
    np.testing.assert_allclose(found, expected, atol=1e-6)
    sums = lines.groupby("gap")[["hours_short", "qty_short", "amount_short"]].sum()
    for name in sums:
        np.testing.assert_allclose(sums[name], gaps[name], rtol=1e-9)
    again = gaps.duplicated(["family_id", "workcenter_id", "first"])
    assert not again.any()


@settings(max_examples=60, deadline=None)
@given(
    arrays(float, (4, 6), elements=st.sampled_from([0.0, 1.0, 7.5])),
    arrays(float, 4, elements=st.sampled_from([0.0, 0.5, 4.0])),
    st.integers(0, 5),
    st.integers(0, 5),
)
def test_units_short_are_hours_by_the_average_hours_of_the_run(demand, bill, one, other):
    first, last = min(one, other), max(one, other)
    by_family = np.zeros((1, 2, 6))
    by_family[0, 0, first : last + 1] = 40.0
    gaps, _ = capacity_gaps(
        load_of(by_family, np.full((1, 6), 30.0)), np.array([1, 2]), bill[None, :], demand,
        np.array([1.0, 2, 3, 4]), np.array([5]), np.zeros(4, int),
    )  # fmt: skip
    sold = demand[bill > 0, first : last + 1].sum(axis=1)
    if not sold.sum():
        sold = demand[bill > 0].sum(axis=1)
    hours = 10 * (last - first + 1)
    taken = (sold * bill[bill > 0]).sum()
    expected = hours * sold.sum() / taken if taken else 0
    prices = np.array([1.0, 2, 3, 4])[bill > 0]
    money = hours * (sold * prices).sum() / taken if taken else 0
    assert gaps["qty_short"].tolist() == pytest.approx([expected])
    assert gaps["amount_short"].tolist() == pytest.approx([money])


# pump (10) and valve (11) of family 5 and fan (12) of family 6 are made of steel (20): 2, 4 and 1.
# The seal (21) goes into the pump, and is sold itself as a part of family 7. Nothing is made of
# the nut (22), which nobody sells.
IDS = np.array([10, 11, 12, 20, 21, 22])
PUMP, VALVE, FAN, STEEL, SEAL, NUT = range(6)
FAMILY_IDS = np.array([5, 6, 7])
FAMILY = np.array([0, 0, 1, -1, 2, -1])
PRICE = np.array([100.0, 300.0, 50.0, 1.0, 8.0, 1.0])
BOUGHT = np.array([False, False, False, True, True, True])
SHAPE = structure(
    IDS,
    pd.DataFrame(
        {
            "product_id": [10, 11, 12, 10],
            "component_id": [20, 20, 20, 21],
            "qty": [2.0, 4.0, 1.0, 1.0],
        }
    ),
    BYPRODUCTS.empty(),
    np.zeros(6),
)
DEMAND = np.zeros((6, 4))
DEMAND[[PUMP, VALVE, FAN, SEAL]] = [[30.0], [10.0], [100.0], [10.0]]


def short_of(*rows, demand=DEMAND, floor=0.0):
    """Gaps and lines of backlogs (product position, bucket, qty)."""
    short = np.zeros((6, 4))
    for product, bucket, qty in rows:
        short[product, bucket] = qty
    gross = requirements(SHAPE, demand)
    shares = family_shares(SHAPE, gross.sum(axis=1), demand.sum(axis=1), FAMILY, 3)
    return shortage_gaps(short, BOUGHT, shares, SHAPE, demand, PRICE, FAMILY_IDS, FAMILY, floor)


def test_families_share_a_material_shortage_as_they_share_the_need():
    # steel a bucket: 30 x 2 + 10 x 4 = 100 for family 5, 100 for family 6; 2.5 a pump or valve
    gaps, lines = short_of((STEEL, 1, 30), (STEEL, 2, 50))
    assert gaps[["kind", "family_id", "product_id", "first", "last"]].values.tolist() == [
        ["material", 5, 20, 1, 2],
        ["material", 6, 20, 1, 2],
    ]
    assert gaps["qty_component"].tolist() == pytest.approx([25, 25])
    assert gaps["qty_short"].tolist() == pytest.approx([10, 25])
    assert gaps["amount_short"].tolist() == pytest.approx([10 * 150, 25 * 50])
    assert lines["bucket"].tolist() == [1, 2, 1, 2]
    assert lines["qty_short"].tolist() == pytest.approx([6, 10, 15, 25])
    assert gaps[["hours_short", "workcenter_id", "rate_peak"]].to_numpy().sum() == 0


def test_two_runs_are_two_gaps_and_each_is_as_large_as_its_peak():
    gaps, _ = short_of((FAN, 0, 4), (FAN, 1, 9), (FAN, 3, 2), (PUMP, 0, 100))
    assert gaps[["kind", "family_id", "first", "last", "qty_short"]].values.tolist() == [
        ["lead_time", 5, 0, 0, 100],
        ["lead_time", 6, 0, 1, 9],
        ["lead_time", 6, 3, 3, 2],
    ]
    assert gaps["amount_short"].tolist() == [10_000, 450, 100]


def test_component_that_is_sold_as_well_hits_its_own_family_and_those_it_goes_into():
    # need of the seal: 30 in pumps, 10 sold; the valve has none, so only pumps are hit
    gaps, _ = short_of((SEAL, 0, 20))
    assert gaps["family_id"].tolist() == [5, 7]
    assert gaps["qty_short"].tolist() == pytest.approx([15, 5])
    assert gaps["amount_short"].tolist() == pytest.approx([1500, 40])


def test_sales_of_what_has_no_family_are_no_familys_end_units():
    demand = DEMAND.copy()
    demand[STEEL] = 1000
    gaps, _ = short_of((STEEL, 1, 50), demand=demand)
    assert gaps["family_id"].tolist() == [5, 6]
    assert gaps["qty_short"].tolist() == pytest.approx([10, 25])


def test_mix_of_the_run_counts():
    demand = DEMAND.copy()
    demand[PUMP] = [120, 0, 0, 0]
    demand[VALVE] = [0, 0, 0, 40]  # over the horizon as before
    early, _ = short_of((STEEL, 0, 50), demand=demand)
    late, _ = short_of((STEEL, 3, 50), demand=demand)
    neither, _ = short_of((STEEL, 1, 50), demand=demand)
    # 25 of steel: pumps of 2, valves of 4, or on the whole 400 in 160 units
    found = [
        gaps.iloc[0][["qty_short", "amount_short"]].tolist() for gaps in (early, late, neither)
    ]
    assert found == [[12.5, 1250], [6.25, 1875], [10, 1500]]


def test_gap_worth_less_than_the_floor_is_none():
    gaps, lines = short_of((STEEL, 1, 50), floor=1300)
    assert gaps["family_id"].tolist() == [5] and gaps.index.tolist() == [0]
    assert lines["gap"].tolist() == [0]


def test_what_nobody_needs_is_no_gap():
    gaps, lines = short_of((NUT, 1, 50))
    assert len(gaps) == len(lines) == 0


def test_nothing_short_is_no_gap():
    gaps, lines = short_of((STEEL, 0, 1e-9))
    assert len(gaps) == len(lines) == 0 and "qty_component" in gaps


def test_shares_of_the_wrong_shape_are_refused():
    with pytest.raises(EngineError) as caught:
        shortage_gaps(
            DEMAND, BOUGHT, sparse.csr_matrix((6, 2)), SHAPE, DEMAND, PRICE, FAMILY_IDS, FAMILY, 0.0
        )  # fmt: skip
    assert caught.value.code == "shape"


def test_contents_go_through_all_levels():
    # 1 is made of 2 of 2 and 1 of 3; 2 of 3 of 3
    lines = pd.DataFrame(
        {"product_id": [1, 1, 2], "component_id": [2, 3, 3], "qty": [2.0, 1.0, 3.0]}
    )
    shape = structure(np.array([1, 2, 3]), lines, BYPRODUCTS.empty(), np.zeros(3))
    assert contents(shape, np.array([2, 0])).toarray().tolist() == [[7, 3, 1], [1, 0, 0]]


@given(
    arrays(float, (6, 6), elements=st.sampled_from([0.0, 0.0, 0.5, 3.0])),
    st.lists(st.integers(0, 5), unique=True, max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_contents_are_what_accumulates_from_one_of_each(qty, products):
    # a product goes into those before it only: no loops
    column, row = np.nonzero(np.triu(qty, 1))
    lines = pd.DataFrame({"product_id": column, "component_id": row, "qty": qty[column, row]})
    shape = structure(np.arange(6), lines, BYPRODUCTS.empty(), np.zeros(6))
    expected = accumulate(shape, np.eye(6)).T[products]
    np.testing.assert_allclose(contents(shape, np.array(products, int)).toarray(), expected)


def test_lists_of_gaps_join_and_lines_keep_their_gap():
    of_capacity = capacity_gaps(
        load_of([[[50], [0]]], [[40]]), np.array([1, 2]), np.array([[2.0]]), np.ones((1, 1)),
        np.ones(1), np.array([5]), np.array([0]),
    )  # fmt: skip
    of_supply = short_of((FAN, 0, 4), (FAN, 1, 9))
    gaps, lines = joined(of_capacity, of_supply)
    assert gaps["kind"].tolist() == ["capacity", "lead_time"]
    assert gaps["qty_component"].tolist() == [0, 9]
    assert lines[["gap", "bucket"]].values.tolist() == [[0, 0], [1, 0], [1, 1]]
