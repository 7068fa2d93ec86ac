"""From demand by day to the lines of a plan."""

from datetime import date

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from engine import (
    DEMAND,
    EVENT_KINDS,
    EVENTS,
    INPUTS,
    PRODUCTS,
    Buckets,
    Knowledge,
    budget_reference,
    by_family,
    demand_base,
    family_reference,
    forecast,
    plan_lines,
    promoting_events,
    reference,
    scaled,
)
from engine.plan import whole_units

PUMP, VALVE, OLD_VALVE, ORPHAN = 1, 2, 3, 4
PUMPS, VALVES = 10, 20
MONTHS = Buckets.months(date(2026, 11, 1), 18)
NO_WEIGHTS = pd.DataFrame(
    columns=["family_id", "weight_computed", "weight_sales", "weight_last_year"]
)
NO_PLAN = pd.DataFrame({"product_id": [], "bucket_start": [], "qty": []})
PRODUCT_ROWS = PRODUCTS.build(
    [
        # product, family, sales price, planned
        (PUMP, PUMPS, 100.0, True),
        (VALVE, VALVES, 10.0, True),
        (OLD_VALVE, VALVES, 12.0, False),
        (ORPHAN, 0, 5.0, True),
        (99, PUMPS, 1.0, True),  # never sold: not planned
    ]
)


def monthly_sales(product, quantities, price):
    """One sale a month on the 10th, the last in October 2026."""
    starts = MONTHS.before(len(quantities)).starts
    return [
        (product, start + pd.Timedelta(days=9), qty, qty * price)
        for start, qty in zip(starts, quantities)
    ]


def base_of(inputs=None, expected=None):
    rows = [
        *monthly_sales(PUMP, [20] * 36, 90.0),
        *monthly_sales(VALVE, [50] * 12, 10.0),
        *monthly_sales(OLD_VALVE, [50] * 24 + [0] * 12, 10.0),
        *monthly_sales(ORPHAN, [7] * 14, 5.0),
        (PUMP, pd.Timestamp("2026-12-24"), 3.0, 270.0),
    ]
    inputs = INPUTS.empty() if inputs is None else inputs
    entered = inputs["product_id"].to_numpy()
    return demand_base(PRODUCT_ROWS, DEMAND.build(rows), entered, MONTHS, 36, expected)


def lines_of(base, inputs=None, weights=NO_WEIGHTS, **known):
    inputs = INPUTS.empty() if inputs is None else inputs
    outlook = forecast(base.past.qty[base.is_planned], MONTHS.count)
    nothing = np.zeros(outlook.mean.shape)
    events = {kind: known.get(kind, nothing) for kind in EVENT_KINDS}
    season, quotation, pipeline = (
        known.get(name, nothing) for name in ("season", "quotation", "pipeline")
    )
    knowledge = Knowledge(season, events, quotation, pipeline)
    return plan_lines(base, outlook, knowledge, inputs, weights, digits=2)


def override(product, month, qty):
    return INPUTS.build([(product, month, 0.0, qty, False, True)])


def sales(product, month, qty):
    return INPUTS.build([(product, month, qty, 0.0, True, False)])


def test_only_products_with_demand_take_part_and_retired_ones_are_not_planned():
    base = base_of()
    assert base.product_ids.tolist() == [PUMP, VALVE, OLD_VALVE, ORPHAN]
    assert base.is_planned.tolist() == [True, True, False, True]


def test_figure_entered_for_a_retired_product_keeps_it_planned():
    inputs = override(OLD_VALVE, "2026-11-01", 5.0)
    base = base_of(inputs)
    assert base.is_planned.all()
    lines = lines_of(base, inputs).set_index(["product_id", "bucket_start"])
    assert lines.loc[(OLD_VALVE, pd.Timestamp("2026-11-01")), "qty_consensus"] == 5


def test_lines_are_one_a_product_and_month_in_the_horizon():
    lines = lines_of(base_of())
    assert len(lines) == 3 * 18
    assert not lines.duplicated(["product_id", "bucket_start"]).any()
    assert lines["bucket_start"].min() == pd.Timestamp("2026-11-01")
    assert lines["bucket_start"].max() == pd.Timestamp("2028-04-01")


def test_price_of_the_last_year_values_every_figure():
    lines = lines_of(base_of())
    pump = lines[lines["product_id"] == PUMP]
    assert (pump["price_unit"] == 90).all()
    assert np.allclose(pump["amount_consensus"], 90 * pump["qty_consensus"])
    december = pump[pump["bucket_start"] == "2026-12-01"].iloc[0]
    assert (december["qty_orders"], december["amount_orders"]) == (3, 270)


def test_last_year_ends_where_the_future_begins():
    lines = lines_of(base_of())
    pump = lines[lines["product_id"] == PUMP]["qty_last_year"].tolist()
    assert pump == [20.0] * 12 + [0.0] * 6


def test_family_sums_preserve_the_total():
    base = base_of()
    families, sums = by_family(base, base.past.qty)
    assert families.tolist() == [0, PUMPS, VALVES]
    assert sums.sum() == base.past.qty.sum()


def test_family_trend_sees_the_successor_of_a_retired_product():
    # the family sells 50 a month all along; its new member alone looks brand new
    base = base_of()
    lines = lines_of(base)
    kind, by_product = reference("trend", base, lines, NO_PLAN)
    families = dict(zip([0, PUMPS, VALVES], family_reference(kind, base, by_product)))
    assert families[VALVES] == 150
    assert families[PUMPS] == 60


def test_reference_of_the_last_plan_counts_its_months_of_this_review():
    base = base_of()
    plan = pd.DataFrame(
        {
            "product_id": [PUMP, PUMP, PUMP],
            "bucket_start": ["2026-10-01", "2026-11-01", "2027-01-01"],
            "qty": [99.0, 30.0, 31.0],
        }
    )
    kind, by_product = reference("last_plan", base, lines_of(base), plan)
    assert (kind, by_product.tolist()) == ("last_plan", [61.0, 0.0, 0.0, 0.0])


def test_without_an_approved_plan_the_trend_takes_its_place():
    base = base_of()
    assert reference("last_plan", base, lines_of(base), NO_PLAN)[0] == "trend"


def test_products_without_family_are_nobody_s_peers():
    assert base_of().peers.tolist() == [PUMPS, VALVES, VALVES, -ORPHAN]


def first_month(lines, product):
    return lines[(lines["product_id"] == product) & (lines["bucket_start"] == "2026-11-01")].iloc[0]


def test_product_that_people_expect_is_planned_without_any_sale():
    base = base_of(expected=np.array([99, 12345]))
    assert base.product_ids.tolist() == [PUMP, VALVE, OLD_VALVE, ORPHAN, 99]
    assert base.is_planned.tolist() == [True, True, False, True, True]


def test_what_people_know_adds_up_to_the_computed_figure():
    base = base_of()
    shape = (int(base.is_planned.sum()), MONTHS.count)
    lines = lines_of(
        base,
        season=np.full(shape, 2.0),
        promotion=np.full(shape, 5.0),
        phase_out=np.full(shape, -1.0),
        quotation=np.full(shape, 40.0),
        pipeline=np.full(shape, 4.0),
    )
    pump = first_month(lines, PUMP)
    assert pump["qty_event"] == 4
    assert round(pump["qty_computed"] - pump["qty_statistical"], 6) == 10
    assert pump["qty_computed"] == round(pump["qty_computed"])
    assert pump["qty_consensus"] == pump["qty_computed"]


def test_computed_figure_is_never_negative():
    base = base_of()
    shape = (int(base.is_planned.sum()), MONTHS.count)
    lines = lines_of(base, phase_out=np.full(shape, -1e6))
    assert (lines["qty_computed"] == 0).all() and (lines["qty_event"] < 0).all()


def test_families_weigh_their_inputs():
    inputs = sales(PUMP, "2026-11-01", 60.0)
    base = base_of(inputs)
    alone = first_month(lines_of(base, inputs), PUMP)
    assert alone["qty_consensus"] == 60
    weights = pd.DataFrame([(PUMPS, 1.0, 3.0, 0.0)], columns=NO_WEIGHTS.columns)
    lines = lines_of(base, inputs, weights)
    weighed = first_month(lines, PUMP)
    assert weighed["qty_consensus"] == round((weighed["qty_computed"] + 180) / 4, 2)
    # without a sales input the computed figure stands alone
    assert first_month(lines, VALVE)["qty_consensus"] == first_month(lines, VALVE)["qty_computed"]


def test_budget_in_units_and_in_money_is_shared_by_the_forecast():
    base = base_of()
    lines = lines_of(base)
    targets = pd.DataFrame(
        [(PUMPS, "revenue", 9000.0), (VALVES, "qty", 333.0), (VALVES, "revenue", 1.0)],
        columns=["family_id", "measure", "value"],
    )
    budget = dict(zip(base.product_ids, budget_reference(base, lines, targets)))
    assert budget[PUMP] == 100  # at 90 a unit
    assert budget[VALVE] == 333  # units win, and the retired valve has no share
    assert budget[ORPHAN] == 21  # no budget: the trend
    assert budget_reference(base, lines, targets[:0]) is None


def test_working_days_come_back_into_the_figures():
    qty = np.full((2, 36), 100.0)
    factors = np.r_[np.ones(36), np.linspace(0.8, 1.2, 6)]
    plain = forecast(qty, 6)
    back = scaled(plain, factors)
    assert np.allclose(back.mean, plain.mean * factors[36:])
    assert np.allclose(back.past.actual, plain.past.actual)
    assert scaled(plain, np.ones(42)) is plain


def test_longest_promotion_of_a_month_names_it():
    events = EVENTS.build(
        [
            (1, "promotion", PUMP, 0, "2026-11-01", "2026-11-05", 0.5, 0, False, 0, 0),
            (2, "promotion", PUMP, 0, "2026-11-05", "2026-12-02", 0.2, 0, False, 0, 0),
            (3, "launch", PUMP, VALVE, "2026-11-01", "2027-01-01", 1, 0, False, 6, 0),
            (4, "promotion", 77, 0, "2026-11-05", "2026-12-02", 0.2, 0, False, 0, 0),
        ]
    )
    ids = promoting_events(events, np.array([PUMP, VALVE]), Buckets.months(date(2026, 10, 1), 4))
    assert ids.tolist() == [[0, 2, 2, 0], [0, 0, 0, 0]]


def test_pieces_are_planned_in_pieces_and_kilograms_are_not():
    rows = [
        *monthly_sales(PUMP, [0, 1, 0, 0, 1, 0] * 6, 90.0),
        *monthly_sales(VALVE, [0.5, 1.25, 3.1] * 12, 10.0),
    ]
    base = demand_base(PRODUCT_ROWS, DEMAND.build(rows), np.zeros(0, int), MONTHS, 36)
    lines = lines_of(base)
    pieces = lines[lines["product_id"] == PUMP]["qty_consensus"]
    assert (pieces == np.rint(pieces)).all() and 4 <= pieces.sum() <= 8
    weights = lines[lines["product_id"] == VALVE]["qty_consensus"]
    assert (weights != np.rint(weights)).any()


@given(arrays(float, st.tuples(st.integers(1, 4), st.integers(1, 24)),
              elements=st.floats(0, 1e6)))  # fmt: skip
def test_whole_units_keep_every_running_total(qty):
    whole = whole_units(qty)
    assert (whole == np.rint(whole)).all() and (whole >= 0).all()
    assert (np.abs(np.cumsum(whole, axis=1) - np.cumsum(qty, axis=1)) <= 0.5 + 1e-6).all()
