"""How the sample's dates move to the present. Pure: no Odoo, no clock.

Dates move by whole months, so that every month keeps its own records and its season's
distance: the last full month of the data becomes the month before today.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

LAST_FULL_MONTH = date(2014, 5, 1)


@dataclass(frozen=True)
class Shift:
    """A distance in whole months, and the day that counts as today."""

    months: int
    today: date

    @classmethod
    def to(cls, today: date) -> "Shift":
        """The shift that makes May 2014 the month before `today`.

        >>> Shift.to(date(2026, 11, 23)).months
        149
        """
        distance = 12 * (today.year - LAST_FULL_MONTH.year)
        distance += today.month - LAST_FULL_MONTH.month
        return cls(distance - 1, today)

    def move(self, day: date) -> date:
        """`day`, later by the shift; a day that its new month lacks becomes its last day.

        PostgreSQL's `day + interval 'n months'` follows the same rule, so figures
        computed on either side agree.

        >>> Shift(149, date(2026, 11, 23)).move(date(2014, 5, 31))
        datetime.date(2026, 10, 31)
        >>> Shift(9, date(2015, 3, 1)).move(date(2014, 5, 31))
        datetime.date(2015, 2, 28)
        """
        years, month = divmod(day.month - 1 + self.months, 12)
        year, month = day.year + years, month + 1
        return date(year, month, min(day.day, monthrange(year, month)[1]))

    def happened(self, day: date) -> bool:
        """Whether the (moved) `day` is a fact: today's deeds count as done."""
        return day <= self.today
