"""Nothing enters the engine untyped, incomplete or twice."""

import pickle
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from engine import DEMAND, INPUTS, PRODUCTS, EngineError

ROWS = [(8, date(2026, 1, 5), 2, 20.0), (7, date(2026, 1, 5), 1, 10.0)]


def code_of(build, *args):
    with pytest.raises(EngineError) as caught:
        build(*args)
    return caught.value.code


@pytest.mark.parametrize("table", [PRODUCTS, DEMAND, INPUTS])
def test_an_empty_table_keeps_its_dtypes(table):
    empty = table.empty()
    assert len(empty) == 0
    assert {name: str(dtype) for name, dtype in empty.dtypes.items()} == dict(table.columns)


def test_tuples_dicts_columns_and_frames_give_the_same_table():
    names = list(DEMAND.columns)
    frame = pd.DataFrame(ROWS, columns=names)
    expected = DEMAND.build(ROWS)
    for rows in (
        [dict(zip(names, row)) for row in ROWS],
        frame,
        frame[names[::-1]],
        frame.to_dict("list"),
        iter(ROWS),
    ):
        pd.testing.assert_frame_equal(DEMAND.build(rows), expected)


def test_the_order_of_reading_does_not_matter():
    pd.testing.assert_frame_equal(DEMAND.build(ROWS), DEMAND.build(ROWS[::-1]))


def test_database_types_are_understood():
    built = DEMAND.build([(7, datetime(2026, 1, 5), Decimal("1.5"), 3)])
    assert built["qty"].tolist() == [1.5]
    assert built["day"].dtype == "datetime64[s]"


@pytest.mark.parametrize(
    "row, code",
    [
        ((7, date(2026, 1, 5), None, 1.0), "missing_value"),
        ((7, None, 1.0, 1.0), "missing_value"),
        ((7, date(2026, 1, 5), np.inf, 1.0), "dtype"),
        ((7, date(2026, 1, 5), "many", 1.0), "dtype"),
        ((7.5, date(2026, 1, 5), 1.0, 1.0), "dtype"),
        ((False, date(2026, 1, 5), 1.0, 1.0), "dtype"),
        ((7, date(2026, 1, 5), False, 1.0), "dtype"),
        ((7, date(2026, 1, 5), 1.0), "columns"),
    ],
)
def test_bad_values_are_refused_not_guessed(row, code):
    assert code_of(DEMAND.build, [row]) == code
    assert code_of(DEMAND.build, [ROWS[0], row]) in (code, "missing_value")


def test_flags_must_be_flags():
    assert code_of(PRODUCTS.build, [(1, 1, 1.0, 2)]) == "dtype"
    assert code_of(PRODUCTS.build, [(1, 1, 1.0, "no")]) == "dtype"
    assert PRODUCTS.build([(1, 1, 1.0, 1)])["is_planned"].tolist() == [True]


def test_wrong_columns_are_named():
    with pytest.raises(EngineError) as caught:
        DEMAND.build({"product_id": [1], "day": [date(2026, 1, 5)], "qty": [1.0], "amt": [1.0]})
    assert caught.value.details["wrong"] == ["amount", "amt"]


def test_a_key_given_twice_is_refused_and_named():
    with pytest.raises(EngineError) as caught:
        DEMAND.build([*ROWS, ROWS[0]])
    assert caught.value.code == "duplicate_key"
    assert caught.value.details["rows"][0][0] == 8


def test_an_error_survives_being_sent_to_another_process():
    error = pickle.loads(pickle.dumps(EngineError("dtype", column="qty")))
    assert (error.code, error.details) == ("dtype", {"column": "qty"})
