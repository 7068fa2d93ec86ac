"""Weeks, holidays and working hours, told apart from Odoo. Pure."""

import math
from datetime import date, timedelta

from . import story


def monday(day: date) -> date:
    """The first day of the ISO week.

    >>> monday(date(2026, 11, 25))
    datetime.date(2026, 11, 23)
    """
    return day - timedelta(days=day.weekday())


def first_of_month(day: date, months: int = 0) -> date:
    """The first day of the month ``months`` later.

    >>> first_of_month(date(2026, 11, 25), 2)
    datetime.date(2027, 1, 1)
    """
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def is_holiday(day: date) -> bool:
    """Whether the day is a public holiday with a fixed date."""
    return (day.month, day.day) in story.PUBLIC_HOLIDAYS


def working_days(first: date, last: date) -> list[date]:
    """Working days in [first, last).

    >>> len(working_days(date(2026, 12, 21), date(2026, 12, 28)))
    4
    """
    days = (first + timedelta(days=n) for n in range((last - first).days))
    return [day for day in days if day.weekday() < 5 and not is_holiday(day)]


def week_hours(today: date, count: int) -> list[float]:
    """Clock hours of a work center in the weeks from today's on; the first one from today."""
    start = monday(today)
    hours = []
    for number in range(count):
        begin = start + timedelta(days=7 * number)
        days = working_days(max(begin, today), begin + timedelta(days=7))
        hours.append(len(days) * story.WEEK_HOURS / 5)
    return hours


def season(family: story.Family, day: date) -> float:
    """What a family sells in the month of a day, against its mean month."""
    return 1 + family.season * math.cos(2 * math.pi * (day.month - family.peak) / 12)
