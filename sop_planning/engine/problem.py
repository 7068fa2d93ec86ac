"""The aggregate problem: what families' work takes of which hours, and what it costs to be late.

Everything is told as a difference from the netting plan, in which all work is done in the bucket in
which it is planned and whatever the hours are. Groups are end products of a family that use the
same work centers; a pair is a work center and a group that takes hours of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from .tables import EngineError

DAYS_A_WEEK = 7.0


@dataclass(frozen=True)
class Problem:
    """G groups, W work centers, K pairs, T buckets. Units are end units, hours effective hours.

    days (T,): calendar days. priority (G,): the lower the number, the more important.
    demand (G, T): units that customers want. stock (G, T): units at the end of each bucket if all
    work is done as planned, target (G, T): units aimed at. late (G, T): units late whatever is
    worked. missing (G, T): units that material keeps from being finished, which stock can cover.
    center, group (K,): positions; hours (K,): an end unit takes; work (K, T): hours planned.
    due (K, T): bucket whose work decides whether what is due in a bucket is there, -1 an earlier
    one than the first; later (K, T): hours of the work planned in that bucket that are for what is
    due after the bucket, 0 for lead times of whole buckets. available (W, T): hours, inf where
    unknown. ahead (G, T): units that can be worked on before they are planned. frozen: first
    buckets in which only planned work is done. extra_limit (W, T): hours that can be added;
    extra_cost (W, T) of each, in full; hour_cost (W,) of an hour worked within ``available``.
    subcontract_limit (G, T): units; subcontract_cost, late_cost, holding_cost, shortfall_cost (G,):
    company currency a unit, the last three a week; lost_cost (G,): of a unit never delivered.
    """

    days: np.ndarray
    priority: np.ndarray
    demand: np.ndarray
    stock: np.ndarray
    target: np.ndarray
    late: np.ndarray
    missing: np.ndarray
    center: np.ndarray
    group: np.ndarray
    hours: np.ndarray
    work: np.ndarray
    due: np.ndarray
    later: np.ndarray
    available: np.ndarray
    ahead: np.ndarray
    frozen: int
    extra_limit: np.ndarray
    extra_cost: np.ndarray
    hour_cost: np.ndarray
    subcontract_limit: np.ndarray
    subcontract_cost: np.ndarray
    late_cost: np.ndarray
    lost_cost: np.ndarray
    holding_cost: np.ndarray
    shortfall_cost: np.ndarray

    def __post_init__(self) -> None:
        sizes = {"G": len(self.priority), "W": len(self.hour_cost), "K": len(self.center)}
        sizes["T"] = len(self.days)
        for name, letters in SHAPES.items():
            expected = tuple(sizes[letter] for letter in letters)
            if getattr(self, name).shape != expected:
                raise EngineError("shape", field=name, expected=expected)

    @property
    def weeks(self) -> np.ndarray:
        """Length (T,) of the buckets in weeks."""
        return self.days / DAYS_A_WEEK

    @property
    def parts(self) -> np.ndarray:
        """Work centers (G,) that each group takes hours of, at least one."""
        return np.maximum(np.bincount(self.group, minlength=len(self.priority)), 1)

    @property
    def saved_weeks(self) -> np.ndarray:
        """Weeks (K, T) for which work that waits, and with it what is due in a bucket, is not held:
        as long as the bucket, but no longer than the one in which the work waits, whose length is
        divided among all that it decides about. 0 where none does."""
        pair, bucket = np.nonzero(self.due >= 0)
        place = pair * len(self.days) + self.due[pair, bucket]
        count = np.bincount(place, minlength=self.work.size)[place]
        weeks = np.zeros(self.work.shape)
        longest = self.weeks[self.due[pair, bucket]] / count
        weeks[pair, bucket] = np.minimum(self.weeks[bucket], longest)
        return weeks


SHAPES = {
    "demand": "GT", "stock": "GT", "target": "GT", "late": "GT", "missing": "GT", "group": "K",
    "hours": "K", "work": "KT", "due": "KT", "later": "KT", "available": "WT", "ahead": "GT",
    "extra_limit": "WT", "extra_cost": "WT", "subcontract_limit": "GT", "subcontract_cost": "G",
    "late_cost": "G", "lost_cost": "G", "holding_cost": "G", "shortfall_cost": "G",
}  # fmt: skip


@dataclass(frozen=True)
class Schedule:
    """What is done when. work (K, T): hours worked; ahead, behind (K, T): hours worked before or
    after they are planned, to date. deficit (G, T): units that are finished later than planned.
    stock, backlog, shortfall (G, T): units at the end of the bucket: on hand, late beyond
    ``Problem.late``, below target. lost, subcontracted (G, T): units due in the bucket that are
    given up, or come from outside. extra (W, T): hours added. hour_value (W, T): what one more hour
    would save, or None. bound: no schedule of the problem is cheaper (nan: not known). status:
    ``loaded`` by the rule of priority, ``optimal``, or ``time_limit``: the best one known.
    """

    work: np.ndarray
    ahead: np.ndarray
    behind: np.ndarray
    deficit: np.ndarray
    stock: np.ndarray
    backlog: np.ndarray
    shortfall: np.ndarray
    lost: np.ndarray
    subcontracted: np.ndarray
    extra: np.ndarray
    hour_value: np.ndarray | None = None
    bound: float = float("nan")
    status: str = "loaded"


def behind_due(problem: Problem, behind: np.ndarray) -> np.ndarray:
    """Units (K, T) behind at the end of the bucket that decides about what is due in each bucket,
    from hours (K, T) behind."""
    hours = np.take_along_axis(behind, np.maximum(problem.due, 0), axis=1)
    return np.where(problem.due >= 0, hours, 0.0) / problem.hours[:, None]


def waiting(problem: Problem, behind: np.ndarray, given_up: np.ndarray | None = None) -> np.ndarray:
    """Units (K, T) due by the end of each bucket whose work waits, from hours (K, T) behind: work
    is done in the order of its deliveries, so what is for later ones waits first. given_up (G, T):
    units that need no work; those that are due later do not wait any more."""
    p = problem
    later = p.later / p.hours[:, None]
    if given_up is not None:
        pair, bucket, other = same_work(p)
        np.subtract.at(later, (pair, bucket), given_up[p.group[pair], other])
    return np.where(p.due >= 0, np.maximum(behind_due(p, behind) - later, 0.0), 0.0)


def same_work(problem: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pair, bucket and later bucket, for all later ones about which the same bucket's work decides
    if some of it is for later ones."""
    due, found = problem.due, []
    for step in range(1, len(problem.days)):
        is_same = (due[:, step:] == due[:, :-step]) & (due[:, step:] >= 0)
        if not is_same.any():
            break
        pair, bucket = np.nonzero(is_same & (problem.later[:, :-step] > 0))
        found.append(np.array([pair, bucket, bucket + step]))
    return tuple(np.hstack([np.zeros((3, 0), np.int64), *found]))


def costs(problem: Problem, schedule: Schedule) -> Mapping[str, np.ndarray]:
    """Company currency by bucket (T,): hours, extra hours, subcontract, holding, shortfall, late,
    lost. Their sum is what the optimum has least of.

    Holding is paid for stock and for work in process beyond the plan: the share of a unit that each
    work center has done ahead, or of what is not finished. Work put off saves nothing as long as no
    delivery waits for it. No part is below 0. Work that is behind at the end of the horizon is
    still to be paid. What is late then is lost.
    """
    p, s, weeks = problem, schedule, problem.weeks
    regular = _by_center(p, s.work) - s.extra
    share = (p.holding_cost / p.parts)[p.group]
    put_off = np.minimum(s.deficit[p.group], behind_due(p, s.behind)) * p.saved_weeks
    worked = (share / p.hours) @ s.ahead * weeks - share @ put_off
    open_hours = _by_center(p, s.behind)[:, -1]
    hours = (regular * p.hour_cost[:, None]).sum(axis=0)
    hours[-1] += open_hours @ p.hour_cost
    lost = (s.lost * p.lost_cost[:, None]).sum(axis=0)
    lost[-1] += s.backlog[:, -1] @ p.lost_cost
    return {
        "hours": hours,
        "extra": (s.extra * p.extra_cost).sum(axis=0),
        "subcontract": p.subcontract_cost @ s.subcontracted,
        "holding": p.holding_cost @ (s.stock + s.deficit) * weeks + worked,
        "shortfall": (p.shortfall_cost @ s.shortfall) * weeks,
        "late": (p.late_cost @ s.backlog) * weeks,
        "lost": lost,
    }


def total_cost(problem: Problem, schedule: Schedule) -> float:
    """The sum of ``costs``, company currency."""
    return float(sum(amounts.sum() for amounts in costs(problem, schedule).values()))


def violations(problem: Problem, schedule: Schedule) -> Mapping[str, float]:
    """How far a schedule is from keeping each rule: rule name to the largest excess, 0 if kept.

    progress: ahead - behind moves by what is worked, and by what needs no work as it is lost or
    subcontracted; finish: nothing is finished before all its work is done and its material there;
    balance: stock - backlog = planned stock - deficit; hours: work <= available + extra; frozen and
    ahead: nothing is begun too early; sign: no figure below 0.
    """
    p, s = problem, schedule
    relief = np.zeros_like(s.work)
    for k, (g, due) in enumerate(zip(p.group, p.due)):
        known = due >= 0
        np.add.at(relief[k], due[known], (s.lost + s.subcontracted)[g, known] * p.hours[k])
    to_date = np.cumsum(s.work - p.work + relief, axis=1)
    units = waiting(p, s.behind, s.lost + s.subcontracted)
    parts = [getattr(s, field.name) for field in fields(s)[:10]]
    return {
        "progress": _largest(np.abs(s.ahead - s.behind - to_date)),
        "finish": max(_largest(units - s.deficit[p.group]), _largest(p.missing - s.deficit)),
        "balance": _largest(np.abs(s.stock - s.backlog - (p.stock - s.deficit))),
        "shortfall": _largest(p.target - s.stock - s.shortfall),
        "hours": _largest(_by_center(p, s.work) - p.available - s.extra),
        "extra": _largest(s.extra - p.extra_limit),
        "subcontract": _largest(s.subcontracted - p.subcontract_limit),
        "ahead": _largest(s.ahead / p.hours[:, None] - p.ahead[p.group]),
        "frozen": _largest(s.ahead[:, : p.frozen]),
        "sign": max(_largest(-part) for part in parts),
    }


def _by_center(problem: Problem, work: np.ndarray) -> np.ndarray:
    """Hours of pairs (K, T) by work center (W, T)."""
    total = np.zeros(problem.available.shape)
    np.add.at(total, problem.center, work)
    return total


def _largest(excess: np.ndarray) -> float:
    return float(np.max(excess, initial=0.0))
