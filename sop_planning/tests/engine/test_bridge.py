"""The difference of two plans is split into causes that add up to it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import CAUSES, QUANTITY_CAUSES, bridge, bridge_by_family, compose

MONTHS = pd.to_datetime(["2026-11-01", "2026-12-01"])
COLUMNS = (
    "qty_statistical", "qty_event", "qty_pipeline", "qty_sales", "is_sales", "qty_override",
    "is_overridden",
)  # fmt: skip


def line(
    statistical=100.0, event=0.0, pipeline=0.0, sales=None, override=None, price=10.0, product=1,
    month=0, family=7, consensus=None,
):  # fmt: skip
    """A plan line; None for figures that nobody entered."""
    qty = compose(
        np.array([statistical]), event=event, pipeline=pipeline, sales=sales or 0.0,
        is_sales=sales is not None, override=override or 0.0, is_overridden=override is not None,
    )[0]  # fmt: skip
    qty = round(float(qty), 2) if consensus is None else consensus
    figures = (statistical, event, pipeline, sales or 0.0, sales is not None, override or 0.0,
               override is not None)  # fmt: skip
    return {
        "product_id": product,
        "bucket_start": MONTHS[month],
        "family_id": family,
        **dict(zip(COLUMNS, figures)),
        "qty_consensus": qty,
        "price_unit": price,
        "amount_consensus": round(qty * price, 2),
    }


def plan(*lines):
    columns = list(line())
    return pd.DataFrame(list(lines), columns=columns).astype(
        {"bucket_start": "datetime64[s]", "is_sales": bool, "is_overridden": bool}
    )


def parts(old, new, figure="qty"):
    """The causes of one line's difference that are not 0."""
    row = bridge(plan(old), plan(new), 2).iloc[0]
    names = QUANTITY_CAUSES if figure == "qty" else CAUSES
    return {name: row[f"{figure}_{name}"] for name in names if row[f"{figure}_{name}"]}


def test_every_input_moves_its_part_in_the_order_of_the_steps():
    old = line(100, 0, 0)
    new = line(120, 15, 5, sales=200, override=190)
    assert parts(old, new) == {
        "statistics": 20, "event": 15, "pipeline": 5, "sales": 60, "override": -10,
    }  # fmt: skip


def test_what_an_override_hides_is_no_cause():
    assert parts(line(100, override=80), line(150, 20, override=80)) == {}
    # taking it back shows all that it hid
    assert parts(line(100, override=80), line(150, 20)) == {"override": 90}


def test_zero_is_a_figure():
    assert parts(line(100), line(100, override=0)) == {"override": -100}
    assert parts(line(100), line(100, sales=0)) == {"sales": -100}


def test_the_computed_figure_is_not_below_zero():
    assert parts(line(10), line(10, event=-30, pipeline=25)) == {"event": -10, "pipeline": 5}


def test_whole_units_follow_the_last_input_that_changed():
    old = line(10.4, consensus=10.0)
    assert parts(old, line(10.4, event=5.3, consensus=16.0)) == {"event": 6}
    # a month that the rounding of another one moved
    assert parts(old, line(10.4, consensus=11.0)) == {"statistics": 1}


def test_weights_of_a_family_are_seen_in_the_consensus():
    # half computed, half sales
    old = line(100, sales=200, consensus=150.0)
    assert parts(old, line(120, sales=220, consensus=170.0)) == {"statistics": 10, "sales": 10}
    assert parts(line(100), line(120, sales=200, consensus=160.0)) == {
        "statistics": 20,
        "sales": 40,
    }


def test_products_and_months_that_one_plan_has_alone_are_scope():
    old = plan(line(product=1, month=0), line(product=2, month=0, family=8))
    new = plan(line(product=1, month=1, price=20.0), line(product=2, month=0, family=8))
    rows = bridge(old, new, 2).set_index(["product_id", "bucket_start"])
    assert rows.loc[(1, MONTHS[0]), ["kind", "qty_scope", "amount_scope"]].tolist() == [
        "gone", -100, -1000,
    ]  # fmt: skip
    assert rows.loc[(1, MONTHS[1]), ["kind", "qty_scope", "amount_scope"]].tolist() == [
        "new", 100, 2000,
    ]  # fmt: skip
    assert rows.loc[(2, MONTHS[0]), "kind"] == "both"
    assert rows["amount_price"].eq(0).all()


def test_the_price_is_a_cause_of_amounts_only():
    old, new = line(100, price=10.0), line(150, price=12.0)
    assert parts(old, new) == {"statistics": 50}
    assert parts(old, new, "amount") == {"statistics": 600, "price": 200}


def test_an_empty_plan():
    rows = bridge(plan(), plan(line()), 2)
    assert rows["qty_scope"].tolist() == [100]
    assert rows["family_id"].tolist() == [7]
    assert bridge(plan(), plan(), 2).empty


def test_a_product_counts_in_the_family_of_the_new_plan():
    rows = bridge(plan(line(family=7)), plan(line(120, family=9)), 2)
    sums = bridge_by_family(rows)
    assert sums.index.tolist() == [9]
    assert sums.loc[9, ["qty_old", "qty_new", "qty_statistics"]].tolist() == [100, 120, 20]


units = st.floats(0, 1e5).map(lambda value: round(value, 2))
change = st.floats(-1e4, 1e4).map(lambda value: round(value, 2))
maybe = st.one_of(st.none(), units)
a_line = st.builds(
    line,
    statistical=units, event=change, pipeline=units, sales=maybe, override=maybe,
    price=st.floats(0.01, 500).map(lambda value: round(value, 6)),
    product=st.integers(1, 3), month=st.integers(0, 1), consensus=st.one_of(st.none(), units),
)  # fmt: skip
plans = st.lists(a_line, max_size=5, unique_by=lambda row: (row["product_id"], row["bucket_start"]))


@given(plans, plans)
def test_the_causes_add_up(old, new):
    rows = bridge(plan(*old), plan(*new), 2)
    qty = sum(rows[f"qty_{name}"] for name in QUANTITY_CAUSES)
    amount = sum(rows[f"amount_{name}"] for name in CAUSES)
    np.testing.assert_array_equal(
        (100 * qty).round(), (100 * (rows["qty_new"] - rows["qty_old"])).round()
    )
    np.testing.assert_array_equal(
        (100 * amount).round(), (100 * (rows["amount_new"] - rows["amount_old"])).round()
    )
    # and nothing is lost of either plan
    assert rows["qty_old"].sum() == pytest.approx(sum(row["qty_consensus"] for row in old))
    assert rows["amount_new"].sum() == pytest.approx(sum(row["amount_consensus"] for row in new))


@given(plans)
def test_the_same_plan_has_no_difference(lines):
    rows = bridge(plan(*lines), plan(*lines), 2)
    for name in (*(f"qty_{n}" for n in QUANTITY_CAUSES), *(f"amount_{n}" for n in CAUSES)):
        assert rows[name].eq(0).all(), name


@pytest.mark.parametrize(
    ("argument", "cause", "values"),
    [
        ("statistical", "statistics", units),
        ("event", "event", change),
        ("pipeline", "pipeline", units),
        ("sales", "sales", maybe),
        ("override", "override", maybe),
    ],
)
def test_one_input_alone_is_the_whole_cause(argument, cause, values):
    @given(st.builds(dict, statistical=units, event=change, pipeline=units, sales=maybe,
                     override=maybe), values, units, units)  # fmt: skip
    def check(inputs, value, before, after):
        changed = {**inputs, argument: value}
        is_same = changed == inputs
        old = line(**inputs, consensus=before)
        new = line(**changed, consensus=before if is_same else after)
        found = parts(old, new)
        assert set(found) <= {cause}
        assert found.get(cause, 0.0) == pytest.approx(new["qty_consensus"] - before)
        assert set(parts(old, new, "amount")) <= {cause}

    check()
