"""The parts of the AdventureWorks loader that need no Odoo."""

import doctest
from datetime import date

import pytest

from examples.adventureworks import csvs, dates, expected, hours
from examples.adventureworks.dates import Shift

NOVEMBER = Shift.to(date(2026, 11, 23))


@pytest.mark.parametrize("module", [csvs, dates, hours])
def test_examples_in_docstrings(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    "today", [date(2026, 11, 23), date(2027, 1, 1), date(2014, 6, 30), date(2028, 2, 29)]
)
def test_may_2014_becomes_the_month_before_today(today):
    moved = Shift.to(today).move(date(2014, 5, 15))
    assert (today.year - moved.year) * 12 + today.month - moved.month == 1


def test_months_keep_their_records_together():
    """No day leaves its month, even where the new month is shorter."""
    shift = Shift.to(date(2027, 3, 10))
    assert shift.move(date(2014, 5, 31)) == date(2027, 2, 28)
    assert shift.move(date(2014, 6, 1)) == date(2027, 3, 1)


def test_today_has_happened_and_tomorrow_has_not():
    assert NOVEMBER.happened(date(2026, 11, 23))
    assert not NOVEMBER.happened(date(2026, 11, 24))


def test_ids_written_as_decimals_are_integers():
    assembly = [row["product_assembly_id"] for row in csvs.rows("bill_of_materials")]
    assert 800 in assembly and None in assembly


@pytest.mark.parametrize(
    "table, count",
    [("product", 504), ("sales_order_header", 31465), ("sales_order_detail_rebuilt", 121317)],
)
def test_files_are_complete(table, count):
    assert len(csvs.rows(table)) == count


def test_orders_of_later_days_are_left_out():
    orders = sum(figures[0] for figures in expected.sales_by_month(NOVEMBER).values())
    everything = expected.sales_by_month(Shift.to(date(2026, 11, 30)))
    assert sum(figures[0] for figures in everything.values()) == 31465
    assert orders < 31465


def test_revenue_agrees_with_the_orders_subtotals():
    everything = expected.sales_by_month(Shift.to(date(2026, 11, 30)))
    subtotal = sum(row["sub_total"] for row in csvs.rows("sales_order_header"))
    assert sum(figures[3] for figures in everything.values()) == pytest.approx(subtotal, abs=0.05)


def test_a_full_month_is_the_same_whatever_today_is():
    early = expected.sales_by_month(Shift.to(date(2026, 11, 1)))
    late = expected.sales_by_month(NOVEMBER)
    assert early["2026-10"] == late["2026-10"]


def test_stations_carry_the_busiest_month():
    """Final assembly worked 4,560 hours in May 2014: nine times 120 hours a week."""
    stations = hours.stations()
    assert stations == {10: 5, 20: 3, 30: 1, 40: 1, 45: 1, 50: 8, 60: 9}


def test_hours_per_piece_reproduce_the_total_load():
    per_piece = hours.unit_hours()
    pieces = {row["work_order_id"]: row["order_qty"] for row in csvs.rows("work_order")}
    works = csvs.rows("work_order_routing")
    load = sum(
        per_piece[work["product_id"], work["location_id"]][0] * pieces[work["work_order_id"]]
        for work in works
    )
    assert load == pytest.approx(sum(work["actual_resource_hrs"] for work in works))


@pytest.mark.parametrize("weekly", [80, 96, 108, 120])
def test_shift_calendars_have_the_available_hours(weekly):
    week = hours.shifts(weekly)
    assert sum(end - start for _day, start, end in week) == pytest.approx(weekly)
    assert all(0 <= start < end <= 24 for _day, start, end in week)
