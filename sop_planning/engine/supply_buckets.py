"""The buckets of a supply plan: ISO weeks first, then months, in one row without gap or overlap."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from .buckets import Buckets
from .tables import EngineError


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
        """``weeks`` ISO weeks from the Monday ``week_one``, without those that ended before
        ``today``, then months to ``end`` (exclusive, the first of a month). The first month may be
        a part of one. Raises EngineError ``bucket_start`` or ``bucket_count``.
        """
        if week_one.weekday():
            raise EngineError("bucket_start", unit="week", start=week_one)
        numbers = np.arange(1, weeks + 1)
        mondays = pd.Timestamp(week_one) + pd.to_timedelta(7 * (numbers - 1), unit="D")
        last, now = pd.Timestamp(end), pd.Timestamp(today)
        left = (mondays + pd.Timedelta(days=7) > now) & (mondays < last)
        seam = mondays[left][-1] + pd.Timedelta(days=7) if left.any() else now
        firsts = pd.date_range(seam, last, freq="MS")
        edges = mondays[left].append(firsts if seam in firsts else firsts.insert(0, seam))
        if seam < last and last not in edges:
            edges = edges.append(pd.DatetimeIndex([last]))
        edges = edges[edges <= max(last, seam)].unique().sort_values().as_unit("s")
        if len(edges) < 2:
            raise EngineError("bucket_count", start=today, end=end)
        count = len(edges) - 1
        found = np.zeros(count, dtype=np.int64)
        found[: left.sum()] = numbers[left]
        return cls(edges[:-1], edges[1:], found)

    @property
    def count(self) -> int:
        """T."""
        return len(self.starts)

    @property
    def days(self) -> np.ndarray:
        """Calendar days (T,) int64."""
        return ((self.ends - self.starts) // pd.Timedelta(days=1)).to_numpy(np.int64)

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

    def shift(self, lag: int) -> np.ndarray:
        """When what is due must start, (T, T): column t holds, by row, the shares of what is due
        evenly over the days of bucket t that start ``lag`` days earlier. Columns sum to 1; what
        would start before the first bucket falls into it.

        >>> monday = date(2026, 11, 30)
        >>> weeks = SupplyBuckets.plan(monday, monday, 4, date(2026, 12, 28))
        >>> weeks.shift(7)[:, 2].tolist(), weeks.shift(7)[:, 0].tolist()
        ([0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0])
        """
        if lag < 0:
            raise EngineError("lag", days=lag)
        start, end = self._numbers()
        first, last = start - lag, end - lag
        overlap = np.minimum(end[:, None], last) - np.maximum(start[:, None], first)
        share = np.maximum(overlap, 0.0)
        share[0] += np.minimum(np.maximum(start[0] - first, 0.0), last - first)
        return share / (last - first)

    def _numbers(self) -> tuple[np.ndarray, np.ndarray]:
        """First days, and first days after, as numbers of days."""
        day = np.timedelta64(1, "D")
        origin = self.starts[0].to_datetime64()
        return (
            ((self.starts.to_numpy() - origin) / day).astype(float),
            ((self.ends.to_numpy() - origin) / day).astype(float),
        )

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
        weight = days.isin(working_days).astype(float)
        worked = np.bincount(month, weights=weight, minlength=months.count)
        weight = np.where(worked[month] > 0, weight, 1.0)
        weight /= np.bincount(month, weights=weight, minlength=months.count)[month]
        is_left = (days >= pd.Timestamp(first_day)) & (bucket >= 0)
        shares = np.zeros((months.count, self.count))
        np.add.at(shares, (month[is_left], bucket[is_left]), weight[is_left])
        return shares
