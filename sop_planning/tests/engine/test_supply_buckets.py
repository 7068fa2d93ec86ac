"""Weeks first, then months: one row of buckets in which every day, share and unit has one place."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Buckets, EngineError, SupplyBuckets

MONDAY = date(2026, 11, 30)
WORKING = pd.bdate_range("2026-01-01", "2029-12-31")  # Monday to Friday
moderate = settings(max_examples=50, deadline=None)
mondays = st.integers(0, 700).map(lambda week: date(2020, 1, 6) + timedelta(7 * week))


def typical(today=MONDAY, weeks=26, end=date(2028, 6, 1)):
    return SupplyBuckets.plan(MONDAY, today, weeks, end)


@st.composite
def plans(draw):
    """Plans as cycles have them: 1 to 30 weeks, a horizon of 8 to 24 months, some time gone by."""
    monday, weeks = draw(mondays), draw(st.integers(1, 30))
    months = pd.date_range(monday.replace(day=1), periods=25, freq="MS")
    today = monday + timedelta(draw(st.integers(-20, 200)))
    return SupplyBuckets.plan(monday, today, weeks, months[draw(st.integers(8, 24))].date())


def test_half_a_year_of_weeks_then_a_part_of_a_month_then_months():
    buckets = typical()
    assert buckets.count == 26 + 1 + 12
    assert buckets.weeks.tolist() == [*range(1, 27), *[0] * 13]
    assert buckets.labels[0] == "2026-W49"
    assert buckets.labels[25:28] == ["2027-W21", "2027-05", "2027-06"]
    assert buckets.starts[26] == pd.Timestamp("2027-05-31")
    assert buckets.days[26] == 1
    assert buckets.ends[-1] == pd.Timestamp("2028-06-01")
    assert buckets.starts.dtype == buckets.ends.dtype == "datetime64[s]"
    assert buckets.weeks.dtype == buckets.days.dtype == np.int64


def test_no_part_of_a_month_where_the_seam_is_the_first_of_one():
    buckets = SupplyBuckets.plan(date(2026, 8, 3), date(2026, 8, 3), 4, date(2026, 11, 1))
    monday_first = SupplyBuckets.plan(date(2027, 1, 4), date(2027, 1, 4), 4, date(2027, 4, 1))
    assert buckets.labels[4:] == ["2026-08", "2026-09", "2026-10"]
    assert buckets.days[4] == 1
    assert monday_first.labels[4:] == ["2027-02", "2027-03"]
    assert monday_first.days[4] == 28


@pytest.mark.parametrize(
    "today, first", [(date(2027, 1, 3), 5), (date(2027, 1, 4), 6), (date(2027, 1, 10), 6)]
)
def test_weeks_keep_their_numbers_while_time_goes_by(today, first):
    buckets = typical(today)
    assert buckets.weeks[0] == first
    assert buckets.starts[0] <= pd.Timestamp(today) < buckets.ends[0]
    assert buckets.weeks.max() == 26


def test_a_cycle_opened_ahead_keeps_all_its_weeks():
    assert typical(date(2026, 11, 2)).weeks[0] == 1


def test_months_that_ended_are_dropped_as_weeks_are():
    buckets = typical(date(2027, 7, 15), end=date(2027, 10, 1))
    assert buckets.labels == ["2027-07", "2027-08", "2027-09"]
    assert buckets.weeks.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "week_one, today, end, code",
    [
        (date(2026, 12, 1), date(2026, 12, 1), date(2028, 6, 1), "bucket_start"),
        (MONDAY, date(2028, 6, 1), date(2028, 6, 1), "bucket_count"),
        (MONDAY, MONDAY, MONDAY, "bucket_count"),
    ],
)
def test_impossible_plans_are_refused(week_one, today, end, code):
    with pytest.raises(EngineError) as caught:
        SupplyBuckets.plan(week_one, today, 26, end)
    assert caught.value.code == code


@moderate
@given(plans(), st.lists(st.integers(-400, 1200), max_size=20))
def test_buckets_adjoin_and_every_day_has_one_place(buckets, offsets):
    assert (buckets.starts[1:] == buckets.ends[:-1]).all()
    assert buckets.locate(buckets.starts).tolist() == list(range(buckets.count))
    assert buckets.locate(buckets.ends).tolist() == [*range(1, buckets.count), -1]
    assert len(set(buckets.labels)) == buckets.count
    weeks = buckets.weeks > 0
    assert (buckets.days[weeks] == 7).all() and (buckets.starts[weeks].day_of_week == 0).all()
    assert (np.diff(buckets.weeks[weeks]) == 1).all() and not weeks[weeks.sum() :].any()
    for day in buckets.starts[0] + pd.to_timedelta(offsets, unit="D"):
        inside = (buckets.starts <= day) & (day < buckets.ends)
        expected = int(inside.argmax()) if inside.any() else -1
        assert buckets.locate([day]).tolist() == [expected]
        overdue = day < buckets.starts[0]
        assert buckets.locate_due([day]).tolist() == [0 if overdue else expected]


def test_no_day_is_nowhere_and_the_last_second_counts():
    buckets = typical()
    assert buckets.locate([None, "2026-12-06 23:59:59"]).tolist() == [-1, 0]
    assert buckets.locate_due([None, "2020-01-01"]).tolist() == [-1, 0]
    assert buckets.locate([]).dtype == buckets.locate_due([]).dtype == np.int64


def test_a_lead_time_of_ten_days_starts_in_two_weeks():
    # the days of a week less 10: three of them lie two weeks before, four lie one week before
    column = typical().shift(10)[:, 5]
    assert column[3:5].tolist() == pytest.approx([3 / 7, 4 / 7])
    assert column.sum() == pytest.approx(1)


def test_what_should_have_started_before_today_starts_now():
    shift = typical().shift(10)
    assert shift[0, 0] == 1
    assert shift[:2, 1].tolist() == pytest.approx([1, 0])
    assert typical().shift(2000)[0].tolist() == [1] * typical().count


def test_no_lead_time_shifts_nothing_and_a_negative_one_is_refused():
    assert typical().shift(0).tolist() == np.eye(typical().count).tolist()
    with pytest.raises(EngineError) as caught:
        typical().shift(-1)
    assert caught.value.code == "lag"


@moderate
@given(plans(), st.integers(0, 400))
def test_shifting_keeps_every_unit_and_equals_counting_days(buckets, lag):
    shift = buckets.shift(lag)
    assert np.allclose(shift.sum(axis=0), 1) and (shift >= 0).all()
    naive = np.zeros_like(shift)
    days = pd.date_range(buckets.starts[0], buckets.ends[-1], inclusive="left")
    due = buckets.locate(days)
    np.add.at(naive, (buckets.locate_due(days - pd.Timedelta(days=lag)), due), 1)
    assert np.allclose(shift, naive / buckets.days)


def test_a_month_spreads_by_working_days_over_weeks_across_the_seam():
    buckets = SupplyBuckets.plan(MONDAY, MONDAY, 2, date(2027, 2, 1))
    shares = buckets.month_shares(Buckets.months(date(2026, 12, 1), 2), WORKING, MONDAY)
    # December 2026: 23 working days; 4 in the week of 1 December, 5 in the next, 14 left
    assert shares.tolist() == [pytest.approx([4 / 23, 5 / 23, 14 / 23, 0]), [0, 0, 0, 1]]


def test_what_was_expected_before_today_is_not_expected_any_more():
    buckets = typical(date(2026, 12, 16))
    shares = buckets.month_shares(Buckets.months(date(2026, 11, 1), 3), WORKING, date(2026, 12, 16))
    # 16 to 31 December: 12 of 23 working days, 3 of them in the current week
    assert shares.sum(axis=1).tolist() == pytest.approx([0, 12 / 23, 1])
    assert shares[1, 0] == pytest.approx(3 / 23)


def test_days_left_before_week_one_count_in_it():
    buckets = SupplyBuckets.plan(date(2026, 12, 7), date(2026, 12, 1), 4, date(2027, 2, 1))
    shares = buckets.month_shares(Buckets.months(date(2026, 12, 1), 1), WORKING, date(2026, 12, 1))
    assert shares.sum() == pytest.approx(1)
    assert shares[0, 0] == pytest.approx(9 / 23)


def test_a_month_in_which_nobody_works_spreads_over_all_its_days():
    buckets = SupplyBuckets.plan(MONDAY, MONDAY, 2, date(2027, 2, 1))
    shares = buckets.month_shares(
        Buckets.months(date(2026, 12, 1), 2), WORKING[WORKING >= "2027-01-01"], MONDAY
    )
    assert shares[0].tolist() == pytest.approx([6 / 31, 7 / 31, 18 / 31, 0])
    assert shares[1].tolist() == [0, 0, 0, 1]


@moderate
@given(plans(), st.integers(0, 60), st.integers(0, 2**32 - 1))
def test_months_and_buckets_agree(buckets, gone, seed):
    first, last = buckets.starts[0], buckets.ends[-1]
    months = Buckets.months(
        first.replace(day=1).date(), (last.year - first.year) * 12 + last.month - first.month
    )
    days = pd.date_range(months.starts[0], months.ends[-1], inclusive="left")
    working = days[np.random.default_rng(seed).random(len(days)) < 0.7]
    today = first + pd.Timedelta(days=gone)
    shares = buckets.month_shares(months, working, today.date())
    assert (shares >= 0).all()
    sums = shares.sum(axis=1)
    assert np.allclose(sums[months.starts >= today], 1)
    assert not sums[months.ends <= today].any()
    assert (sums <= 1 + 1e-9).all()
    # nothing of a month lies in a bucket it shares no day with
    apart = (months.starts.to_numpy()[:, None] >= buckets.ends.to_numpy()) | (
        months.ends.to_numpy()[:, None] <= buckets.starts.to_numpy()
    )
    assert not shares[apart].any()
