"""Hours: how many stations a location has, what a piece takes, when a shift works. Pure."""

from collections import defaultdict
from math import ceil

from . import csvs

FIRST_SHIFT = 6.0
SHIFT_HOURS = 8.0
WEEKS_PER_MONTH = 52 / 12
BUSY_MONTHS = 12


def stations():
    """{location id: how many stations work there side by side}.

    The data's resource hours are several times a location's weekly availability: one
    location is several stations. Their number is the smallest that carried the busiest of
    the last twelve full months.
    """
    hours = defaultdict(float)
    for row in csvs.rows("work_order_routing"):
        month = row["actual_start_date"].strftime("%Y-%m")
        hours[row["location_id"], month] += row["actual_resource_hrs"]
    months = sorted({month for _place, month in hours})[-BUSY_MONTHS - 1 : -1]
    return {
        place["location_id"]: ceil(
            max(hours[place["location_id"], month] for month in months)
            / (place["availability"] * WEEKS_PER_MONTH)
        )
        for place in csvs.rows("location")
        if place["availability"]
    }


def unit_hours():
    """{(product id, location id): resource hours per piece}, total hours / total pieces.

    The data records the same hours for an order of one piece and of seven hundred; per
    piece they reproduce the total load, not the single order.
    """
    pieces = {row["work_order_id"]: row["order_qty"] for row in csvs.rows("work_order")}
    totals = defaultdict(lambda: [0.0, 0.0, 0])
    for row in csvs.rows("work_order_routing"):
        total = totals[row["product_id"], row["location_id"]]
        total[0] += row["actual_resource_hrs"]
        total[1] += pieces[row["work_order_id"]]
        total[2] = row["operation_sequence"]
    return {key: (hours / made, sequence) for key, (hours, made, sequence) in totals.items()}


def shifts(hours):
    """The week of a work centre open `hours` a week: (day, from, to), shifts of 8 hours.

    >>> shifts(80)[:2]
    [(0, 6.0, 14.0), (0, 14.0, 22.0)]
    >>> sum(end - start for _day, start, end in shifts(108))
    108.0
    """
    days = 5 if hours % 5 == 0 else 6
    per_day = hours / days
    opening = FIRST_SHIFT if per_day <= 24 - FIRST_SHIFT else 24 - per_day
    week = []
    for day in range(days):
        start, left = opening, per_day
        while left > 0:
            length = min(SHIFT_HOURS, left)
            week.append((day, start, start + length))
            start, left = start + length, left - length
    return week
