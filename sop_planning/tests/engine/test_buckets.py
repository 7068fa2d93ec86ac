"""One meaning of a month and of a week."""

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Buckets, EngineError


def test_a_month_owns_its_first_and_last_day_only():
    months = Buckets.months(date(2026, 2, 1), 2)
    days = ["2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01"]
    assert months.locate(days).tolist() == [-1, 0, 0, 1, 1, -1]
    assert months.ends[0] == pd.Timestamp(2026, 3, 1)


def test_the_last_second_of_a_month_belongs_to_it():
    assert Buckets.months(date(2026, 2, 1), 1).locate(["2026-02-28 23:59:59"]).tolist() == [0]


def test_iso_weeks_around_new_year():
    weeks = Buckets.weeks(date(2026, 12, 21), 3)
    assert weeks.labels == ["2026-W52", "2026-W53", "2027-W01"]
    assert weeks.locate([date(2027, 1, 3), date(2027, 1, 4)]).tolist() == [1, 2]


def test_labels_are_what_the_design_promises():
    assert Buckets.months(date(2026, 11, 1), 1).labels == ["2026-11"]
    assert Buckets.weeks(date(2026, 2, 2), 1).labels == ["2026-W06"]


def test_no_day_and_no_days():
    months = Buckets.months(date(2026, 1, 1), 3)
    assert months.locate([None, "2026-01-01"]).tolist() == [-1, 0]
    assert months.locate([]).tolist() == []
    assert months.locate([]).dtype == np.int64


@pytest.mark.parametrize(
    "unit, start, count, code",
    [
        ("month", date(2026, 1, 2), 3, "bucket_start"),
        ("week", date(2026, 1, 1), 3, "bucket_start"),
        ("month", date(2026, 1, 1), 0, "bucket_count"),
        ("month", date(2026, 1, 1), -1, "bucket_count"),
        ("day", date(2026, 1, 1), 1, "bucket_unit"),
    ],
)
def test_impossible_buckets_are_refused(unit, start, count, code):
    with pytest.raises(EngineError) as caught:
        Buckets(unit, start, count)
    assert caught.value.code == code


def test_before_refuses_no_buckets():
    with pytest.raises(EngineError):
        Buckets.months(date(2026, 1, 1), 3).before(0)


def test_equal_whatever_the_type_of_the_start():
    assert Buckets.months(datetime(2026, 1, 1), 3) == Buckets.months(date(2026, 1, 1), 3)


@given(st.dates(date(1999, 1, 1), date(2080, 1, 1)), st.integers(1, 60), st.booleans())
def test_buckets_adjoin_and_every_day_has_one_place(day, count, is_month):
    start = day.replace(day=1) if is_month else day - timedelta(day.weekday())
    buckets = Buckets("month" if is_month else "week", start, count)
    earlier = buckets.before(count)
    assert (buckets.starts[1:] == buckets.ends[:-1]).all()
    assert earlier.ends[-1] == buckets.starts[0]
    assert buckets.locate(buckets.starts).tolist() == list(range(count))
    assert buckets.locate([day]).tolist() == [0]
    assert earlier.locate([day]).tolist() == [-1]
