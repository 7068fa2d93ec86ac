"""The buckets of a supply plan: ISO weeks first, then months, in one row without gap or overlap."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from .buckets import Buckets
from .tables import EngineError

DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class SupplyBuckets:
    """T adjoining buckets, each the half-open interval [start, end) of days.

    starts, ends (T,) datetime64[s]; weeks (T,) int64: the number of the week in the cycle, from 1,
    and 0 for months.

    >>> buckets = SupplyBuckets.plan(date(2026, 11, 30), date(2026, 12, 9), 3, date(2027, 3, 1))
    >>> buckets.labels
    ['2026-W50', '2026-W51', '2026-12', '2027-01', '2027-02']
    >>> buckets.weeks.tolist(), buckets.days.tolist()
    ([2, 3, 0, 0, 0], [7, 7, 11, 31, 28])
    """

    starts: pd.DatetimeIndex
    ends: pd.DatetimeIndex
    weeks: np.ndarray

    @classmethod
    def plan(cls, week_one: date, today: date, weeks: int, end: date) -> "SupplyBuckets":
        """``weeks`` ISO weeks from the Monday ``week_one``, then months to ``end`` (exclusive),
        without the buckets that ended before ``today``; weeks keep their numbers. The months begin
        where the weeks end, so the first and the last of them may be a part of one. Raises
        EngineError ``bucket_start`` (no Monday) or ``bucket_count`` (nothing left).
        """
        if week_one.weekday():
            raise EngineError("bucket_start", unit="week", start=week_one)
        first, last = pd.Timestamp(week_one), pd.Timestamp(end)
        mondays = pd.date_range(first, periods=max(weeks, 0) + 1, freq="7D")
        edges = mondays.append(pd.date_range(mondays[-1] + DAY, last, freq="MS"))
        if edges[-1] < last:
            edges = edges.append(pd.DatetimeIndex([last]))
        starts, ends = edges[:-1].as_unit("s"), edges[1:].as_unit("s")
        number = np.arange(1, len(starts) + 1)
        left = (ends > pd.Timestamp(today)) & (starts < last)
        if not left.any():
            raise EngineError("bucket_count", start=today, end=end)
        return cls(starts[left], ends[left], np.where(number <= weeks, number, 0)[left])

    @property
    def count(self) -> int:
        """T."""
        return len(self.starts)

    @property
    def days(self) -> np.ndarray:
        """Calendar days (T,) int64."""
        return ((self.ends - self.starts) // DAY).to_numpy(np.int64)

    @property
    def labels(self) -> list[str]:
        """``2026-W48`` or ``2027-06``."""
        iso = self.starts.isocalendar()
        names = zip(self.weeks, self.starts.strftime("%Y-%m"), iso["year"], iso["week"])
        return [f"{year}-W{week:02d}" if number else month for number, month, year, week in names]

    def locate(self, days: object) -> np.ndarray:
        """Position (int64) of the bucket of each day; -1 outside the horizon or for no day."""
        moments = pd.DatetimeIndex(days).as_unit("s").to_numpy()
        found = np.searchsorted(self.starts.to_numpy(), moments, side="right") - 1
        beyond = np.isnat(moments) | (moments >= self.ends[-1].to_datetime64())
        return np.where(beyond, -1, found).astype(np.int64)

    def locate_due(self, days: object) -> np.ndarray:
        """As ``locate``, but what was due before the first bucket counts in it."""
        moments = pd.DatetimeIndex(days).as_unit("s").to_numpy()
        overdue = ~np.isnat(moments) & (moments < self.starts[0].to_datetime64())
        return np.where(overdue, 0, self.locate(days))

    def shift(self, lag_days: int) -> np.ndarray:
        """When what is due must start, (T, T): column t holds, by row, the shares of what is due
        evenly over the days of bucket t that start ``lag_days`` earlier. Columns sum to 1; what
        would start before the first bucket falls into it. Raises EngineError ``lag``.

        >>> monday = date(2026, 11, 30)
        >>> weeks = SupplyBuckets.plan(monday, monday, 4, date(2026, 12, 28))
        >>> weeks.shift(7)[:, 2].tolist(), weeks.shift(7)[:, 0].tolist()
        ([0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0])
        """
        if lag_days < 0:
            raise EngineError("lag", days=lag_days)
        start, end = self._numbers()
        first, last = start - lag_days, end - lag_days
        overlap = np.minimum(end[:, None], last) - np.maximum(start[:, None], first)
        share = np.maximum(overlap, 0.0)
        share[0] += np.minimum(np.maximum(start[0] - first, 0.0), last - first)
        return share / (last - first)

    def _numbers(self) -> tuple[np.ndarray, np.ndarray]:
        """First days, and first days after, counted from the first bucket's."""
        origin = self.starts[0]
        return ((self.starts - origin) / DAY).to_numpy(), ((self.ends - origin) / DAY).to_numpy()

    def month_shares(
        self, months: Buckets, working_days: pd.DatetimeIndex, first_day: date
    ) -> np.ndarray:
        """How the demand of each month spreads over the buckets (M, T): evenly over its working
        days, or over all its days where none works. Rows of coming months sum to 1. Of the month in
        which ``first_day`` lies only the days from it on count: what nobody ordered on the days
        before is not expected any more. Rows of past months are 0.
        """
        days = pd.date_range(months.starts[0], months.ends[-1], inclusive="left").as_unit("s")
        month, bucket = months.locate(days), self.locate_due(days)
        weight = days.isin(working_days)
        weight |= np.bincount(month, weight, months.count)[month] == 0
        is_left = (days >= pd.Timestamp(first_day)) & (bucket >= 0)
        counted = np.zeros((months.count, self.count))  # whole days, so that full months are exact
        np.add.at(counted, (month[is_left], bucket[is_left]), weight[is_left])
        return counted / np.bincount(month, weight, months.count)[:, None]
