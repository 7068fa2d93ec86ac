"""A step or a person who makes the forecast better is told so, and by how much."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import EngineError, bias, wmape
from engine.learning import ENTRIES, FROZEN, STEPS, person_value, step_value

ACTUAL = np.array([100, 120, 80, 0, 150.0])
FORECAST = np.array([110, 100, 90, 10, 120.0])


def frozen(actual, product=1, family=10, lag=1, **figures):
    """FROZEN rows of one product, all steps as ``naive`` unless given."""
    months = pd.date_range("2026-01-01", periods=len(actual), freq="MS")
    columns = {f"qty_{step}": figures.get(step, figures.get("naive", actual)) for step in STEPS}
    rows = {
        "product_id": product,
        "family_id": family,
        "bucket_start": months,
        "lag": lag,
        "is_sales": figures.get("is_sales", True),
        "qty_actual": actual,
    }
    return FROZEN.build(pd.DataFrame(rows | columns))


def entries(rows):
    columns = ["entry_id", "person_id", "product_id", "qty_old", "qty_new", "qty_actual"]
    return ENTRIES.build(pd.DataFrame(rows, columns=columns).assign(bucket_start="2026-11-01"))


def test_golden_accuracy_of_a_step():
    row = step_value(frozen(ACTUAL, naive=FORECAST)).iloc[0]
    assert row["step"] == "naive" and row["n"] == 5
    assert (row["absolute_error"], row["error"], row["actual"]) == (80, -20, 450)
    assert row["wmape"] == pytest.approx(0.1778, abs=5e-5)
    assert row["bias"] == pytest.approx(-0.0444, abs=5e-5)
    assert np.isnan(row["value_added"]) and row["value_added_naive"] == 0


def test_golden_value_added_is_two_points():
    actual = np.array([100.0, 100.0])
    steps = step_value(frozen(actual, naive=actual * 1.4, consensus=actual * 1.38))
    assert steps["step"].tolist() == list(STEPS)
    assert steps["wmape"].tolist() == pytest.approx([0.4, 0.4, 0.4, 0.4, 0.38])
    assert steps["value_added"].tolist()[1:] == pytest.approx([0, 0, 0, 0.02])
    assert steps["value_added_naive"].tolist() == pytest.approx([0, 0, 0, 0, 0.02])
    assert steps["n_changed"].tolist() == [0, 0, 0, 0, 2]


def test_without_sales_input_the_sales_step_is_the_computed_figure():
    table = frozen(ACTUAL, naive=FORECAST, sales=np.zeros(5), is_sales=np.arange(5) == 3)
    sales = step_value(table).set_index("step").loc["sales"]
    assert sales["absolute_error"] == 70 and sales["n_changed"] == 1
    assert sales["value_added"] == pytest.approx(10 / 450)


def test_groups_are_measured_apart():
    table = FROZEN.build(
        pd.concat([frozen(ACTUAL, 1, naive=FORECAST), frozen(ACTUAL, 2, 20, naive=2 * ACTUAL)])
    )
    steps = step_value(table, ["family_id"])
    assert steps["family_id"].tolist() == [10] * 5 + [20] * 5
    alone = step_value(table[table["family_id"] == 10])
    both = steps[steps["family_id"] == 10].drop(columns="family_id")
    pd.testing.assert_frame_equal(alone, both, check_column_type=False)
    assert steps["wmape"].tolist()[5:] == [1.0] * 5
    assert len(step_value(table, ["family_id", "lag"])) == 10


def test_no_demand_is_not_available():
    steps = step_value(frozen(np.zeros(2), naive=np.ones(2)))
    assert steps[["wmape", "bias", "value_added", "value_added_naive"]].isna().all(axis=None)


def test_nothing_frozen_nothing_to_tell():
    for by in ([], ["family_id"]):
        assert step_value(FROZEN.empty(), by).empty
    assert person_value(ENTRIES.empty()).empty
    assert "wmape" in step_value(FROZEN.empty())


QUANTITIES = st.lists(st.integers(0, 99), min_size=6, max_size=6)


@given(st.lists(QUANTITIES, min_size=5, max_size=5), QUANTITIES)
def test_steps_agree_with_the_measures_and_add_up(figures, actual):
    named = dict(zip(STEPS, np.array(figures, float)))
    steps = step_value(frozen(np.array(actual, float), **named))
    if sum(actual):
        assert steps["wmape"].tolist() == pytest.approx(wmape([actual] * 5, figures).tolist())
        assert steps["bias"].tolist() == pytest.approx(bias([actual] * 5, figures).tolist())
        whole = steps["value_added_naive"].iloc[-1]
        assert steps["value_added"].sum() == pytest.approx(whole, abs=1e-9)


def test_value_of_people():
    table = entries([(1, 5, 1, 100, 130, 120), (1, 5, 2, 10, 30, 10), (2, 6, 1, 130, 120, 120)])
    people = person_value(table).set_index("person_id")
    assert people.loc[5, ["n", "n_helped", "n_harmed"]].tolist() == [2, 1, 1]
    assert people.loc[5, ["error_old", "error_new", "value_added"]].tolist() == [20, 30, -10]
    assert people.loc[5, "rate_added"] == pytest.approx(-0.5)
    assert people.loc[6, ["value_added", "rate_added"]].tolist() == [10, 1]


def test_entries_on_one_figure_add_up():
    steps = person_value(entries([(1, 5, 1, 100, 150, 120), (2, 5, 1, 150, 115, 120)]))
    direct = person_value(entries([(1, 5, 1, 100, 115, 120)]))
    assert steps["value_added"].tolist() == direct["value_added"].tolist() == [15]


def test_a_change_of_a_right_figure_has_no_rate():
    row = person_value(entries([(1, 5, 1, 120, 150, 120)])).iloc[0]
    assert row["value_added"] == -30 and np.isnan(row["rate_added"])


@pytest.mark.parametrize("measure, table", [(step_value, FROZEN), (person_value, ENTRIES)])
def test_unknown_columns_are_refused(measure, table):
    with pytest.raises(EngineError) as caught:
        measure(table.empty(), ["colour"])
    assert caught.value.code == "columns"
