"""The only code that knows what a month or a week is."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from .tables import EngineError

FREQUENCIES = {"month": "M", "week": "W-SUN"}  # a week that ends on Sunday starts on Monday: ISO


@dataclass(frozen=True)
class Buckets:
    """Adjoining calendar months or ISO weeks, each the half-open interval [start, end) of days.

    >>> year = Buckets.months(date(2026, 1, 1), 12)
    >>> year.labels[0], year.labels[-1]
    ('2026-01', '2026-12')
    >>> weeks = Buckets.weeks(date(2025, 12, 29), 2)
    >>> weeks.labels
    ['2026-W01', '2026-W02']
    >>> weeks.locate([date(2026, 1, 1), date(2026, 1, 5), date(2026, 1, 12)]).tolist()
    [0, 1, -1]
    """

    unit: str
    start: date
    count: int

    def __post_init__(self) -> None:
        if self.unit not in FREQUENCIES:
            raise EngineError("bucket_unit", unit=self.unit)
        if self.count <= 0:
            raise EngineError("bucket_count", count=self.count)
        start = pd.Timestamp(self.start)
        if start != pd.Period(start, FREQUENCIES[self.unit]).start_time:
            raise EngineError("bucket_start", unit=self.unit, start=self.start)
        object.__setattr__(self, "start", start.date())

    @classmethod
    def months(cls, start: date, count: int) -> "Buckets":
        """``count`` calendar months from the first day of a month."""
        return cls("month", start, count)

    @classmethod
    def weeks(cls, start: date, count: int) -> "Buckets":
        """``count`` ISO weeks from a Monday."""
        return cls("week", start, count)

    @cached_property
    def _edges(self) -> pd.DatetimeIndex:
        """The count + 1 first days that bound the buckets."""
        freq = FREQUENCIES[self.unit]
        periods = pd.period_range(pd.Period(self.start, freq), periods=self.count + 1, freq=freq)
        return periods.start_time.as_unit("s")

    @property
    def starts(self) -> pd.DatetimeIndex:
        """First day of each bucket, datetime64[s]."""
        return self._edges[:-1]

    @property
    def ends(self) -> pd.DatetimeIndex:
        """First day after each bucket, datetime64[s]."""
        return self._edges[1:]

    @property
    def labels(self) -> list[str]:
        """``2026-11`` or ``2026-W06``: language independent, and sorts as time does."""
        if self.unit == "month":
            return list(self.starts.strftime("%Y-%m"))
        iso = self.starts.isocalendar()
        return [f"{year}-W{week:02d}" for year, week in zip(iso["year"], iso["week"])]

    def locate(self, days: object) -> np.ndarray:
        """Position (int64) of the bucket of each day; -1 outside the buckets or for no day."""
        moments = pd.DatetimeIndex(days).as_unit("s").to_numpy()
        position = np.searchsorted(self._edges.to_numpy(), moments, side="right") - 1
        return np.where(position < self.count, position, -1).astype(np.int64)

    def before(self, count: int) -> "Buckets":
        """The ``count`` buckets right before these.

        >>> Buckets.months(date(2026, 1, 1), 3).before(2).labels
        ['2025-11', '2025-12']
        """
        start = pd.Period(self.start, FREQUENCIES[self.unit]) - max(count, 0)
        return Buckets(self.unit, start.start_time.date(), count)
