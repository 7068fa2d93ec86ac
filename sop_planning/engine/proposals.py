"""Levers worth showing unasked: overtime where it helps, a family that waits, a cheapest plan."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .gaps import runs
from .lever import Lever
from .problem import Schedule
from .scenario import Outcome
from .supply_buckets import DAY

HOURS_STEP = 0.5  # clock hours a week that overtime is agreed in
UNITS_FLOOR = 0.5
SMALL = 1e-6
WEEKDAYS = 5.0


@dataclass(frozen=True)
class Candidate:
    """A family that could wait: family_id, priority, share of its deliveries that has to (1: all),
    hours it frees, margin: company currency that an hour on the work center earns with it,
    is_enough: whether nothing is short any more."""

    family_id: int
    priority: int
    share: float
    hours: float
    margin: float
    is_enough: bool


def most_loaded(outcome: Outcome) -> int | None:
    """Position of the work center that is short of most hours, None without any."""
    over = outcome.over.sum(axis=1)
    return int(np.argmax(over)) if over.any() else None


def overtime_levers(outcome: Outcome) -> list[Lever]:
    """Extra hours on the work center that is short of most: in each bucket what is missing, rounded
    up to half hours a week, and no more than law and settings allow. Equal weeks in one lever."""
    center = most_loaded(outcome)
    if center is None:
        return []
    limit = outcome.problem.extra_limit[center]
    return _hours_levers(outcome, center, np.minimum(outcome.over[center], limit), HOURS_STEP)


def postponed(outcome: Outcome) -> tuple[list[Lever], list[Candidate]]:
    """The least important family whose waiting frees the work center that is short of most hours,
    and all that could wait, in the order of being asked.

    The longest run of short weeks counts. A family waits with as much of its deliveries as the
    hours that are missing, in whole percent; they are made in the calendar month after the run. Of
    equally unimportant families the one goes first that earns least with an hour. If no family is
    enough, it is the one that frees most. The most important one never waits, unless it is the only
    one on the work center.
    """
    center = most_loaded(outcome)
    if center is None:
        return [], []
    over = outcome.over[center]
    first, last = _longest(over)
    found = _candidates(outcome, center, over[first : last + 1], first, last)
    if not found:
        return [], []
    enough = [candidate for candidate in found if candidate.is_enough]
    chosen = enough[0] if enough else max(found, key=lambda candidate: candidate.hours)
    lever = _waiting(outcome, center, chosen, first, last)
    return ([lever] if lever else []), found


def spelled_out(outcome: Outcome, schedule: Schedule) -> list[Lever]:
    """The decisions of a cheapest schedule as levers that people can pull: extra hours, deliveries
    made ahead, units from outside, each a run of buckets."""
    levers = []
    for center in np.flatnonzero((schedule.extra > SMALL).any(axis=1)):
        levers += _hours_levers(outcome, int(center), schedule.extra[center], HOURS_STEP)
    return [*levers, *_ahead_levers(outcome, schedule), *_outside_levers(outcome, schedule)]


def _hours_levers(outcome: Outcome, center: int, hours: np.ndarray, step: float) -> list[Lever]:
    """Effective hours (T,) of a work center as levers of clock hours a week."""
    buckets = outcome.inputs.supply.buckets
    starts, ends = buckets.starts, buckets.ends - DAY
    days = np.busday_count(
        starts.to_numpy().astype("datetime64[D]"), buckets.ends.to_numpy().astype("datetime64[D]")
    )
    to_week = WEEKDAYS / np.maximum(days, 1) / outcome.efficiency[center]
    most = np.floor(outcome.problem.extra_limit[center] * to_week / step + SMALL) * step
    weekly = np.minimum(np.ceil(hours * to_week / step - SMALL) * step, most)
    weekly = np.where((hours > SMALL) & (days > 0), weekly, 0.0)
    levers = []
    for first, last in _equal_runs(weekly):
        levers.append(
            Lever(
                "extra_hours",
                float(weekly[first]),
                starts[first].date(),
                ends[last].date(),
                cost=float(outcome.inputs.rates.overtime_cost[center]),
                workcenter_id=int(outcome.groups.load.workcenter_ids[center]),
            )
        )
    return levers


def _equal_runs(values: np.ndarray) -> list[tuple[int, int]]:
    """First and last position of each run of equal values above 0."""
    edges = np.flatnonzero(np.diff(values, prepend=np.nan, append=np.nan) != 0)
    pairs = zip(edges[:-1], edges[1:] - 1)
    return [(int(first), int(last)) for first, last in pairs if values[first] > 0]


def _longest(over: np.ndarray) -> tuple[int, int]:
    """The run of short buckets with most hours."""
    _row, first, last = runs(over[None, :])
    total = [over[a : b + 1].sum() for a, b in zip(first, last)]
    best = int(np.argmax(total))
    return int(first[best]), int(last[best])


def _candidates(
    outcome: Outcome, center: int, over: np.ndarray, first: int, last: int
) -> list[Candidate]:
    groups = outcome.groups
    load = groups.load.plan_by_family[center, : groups.count, first : last + 1]
    hour = groups.hours[center]
    found = []
    for family in np.unique(groups.family_id[groups.family_id > 0]):
        mine = groups.family_id == family
        has = load[mine].sum(axis=0)
        if has.sum() <= SMALL:
            continue
        share = np.divide(over, has, out=np.full_like(over, np.inf), where=has > SMALL)
        needed = float(np.max(share[over > SMALL], initial=0.0))
        taken = min(np.ceil(100 * needed - SMALL) / 100, 1.0)
        weight = load[mine].sum(axis=1)
        earned = (groups.price - groups.cost)[mine] / np.maximum(hour[mine], SMALL)
        found.append(
            Candidate(
                family_id=int(family),
                priority=int(groups.priority[mine].min()),
                share=float(taken),
                hours=float(np.minimum(taken * has, over).sum()),
                margin=float(np.average(earned, weights=np.maximum(weight, SMALL))),
                is_enough=needed <= 1.0,
            )
        )
    best = min((candidate.priority for candidate in found), default=0)
    # where all are equally important, any of them may wait
    may_wait = [c for c in found if c.priority > best] or found
    return sorted(may_wait, key=lambda c: (-c.priority, c.margin))


def _waiting(
    outcome: Outcome, center: int, chosen: Candidate, first: int, last: int
) -> Lever | None:
    """Deliveries whose work falls into the run are made in the month after it."""
    buckets, groups = outcome.inputs.supply.buckets, outcome.groups
    mine = groups.family_id == chosen.family_id
    work = groups.load.plan_by_family[center, : groups.count].sum(axis=1)[mine]
    lag = pd.Timedelta(days=round(float(np.average(groups.lag[center][mine], weights=work))))
    month = (buckets.ends[last] - DAY).to_period("M").end_time.normalize() + DAY
    start, end = buckets.starts[first] + lag, buckets.ends[last] - DAY + lag
    target = max(month + lag, end + DAY)
    if target + pd.DateOffset(months=1) > buckets.ends[-1]:
        return None
    return Lever(
        "postpone",
        chosen.share,
        start.date(),
        end.date(),
        family_id=chosen.family_id,
        target=target.date(),
    )


def _ahead_levers(outcome: Outcome, schedule: Schedule) -> list[Lever]:
    """What families' work is done ahead of plan, as deliveries made ahead."""
    problem, groups = outcome.problem, outcome.groups
    units = np.zeros(problem.demand.shape)
    np.maximum.at(units, problem.group, schedule.ahead / problem.hours[:, None])
    lag = np.zeros(groups.count)
    np.maximum.at(lag, problem.group, groups.lag[problem.center, problem.group])
    levers = []
    for family in np.unique(groups.family_id[groups.family_id > 0]):
        mine = groups.family_id == family
        ahead = units[mine].sum(axis=0)
        days = float(np.average(lag[mine], weights=problem.demand[mine].sum(axis=1) + SMALL))
        levers += _family_ahead(outcome, int(family), ahead, days)
    return levers


def _family_ahead(outcome: Outcome, family: int, ahead: np.ndarray, lag: float) -> list[Lever]:
    """One lever a run of buckets with work ahead: what is ahead at most is taken from the
    deliveries after the peak, and made between the run's start and the peak."""
    buckets, inputs = outcome.inputs.supply.buckets, outcome.inputs
    rows = (inputs.supply.items["family_id"] == family).to_numpy()
    wanted = inputs.supply.demand[rows].sum(axis=0)
    levers, shift = [], pd.Timedelta(days=round(lag))
    _row, firsts, lasts = runs(np.where(ahead > UNITS_FLOOR, ahead, 0.0)[None, :])
    for first, last in zip(firsts, lasts):
        peak = first + int(np.argmax(ahead[first : last + 1]))
        end = min(last + 1, buckets.count - 1)
        start_day, peak_day = buckets.starts[first] + shift, buckets.ends[peak] + shift
        end_day = min(buckets.ends[end] - DAY + shift, buckets.ends[-1] - DAY)
        inside = (buckets.ends > peak_day) & (buckets.starts <= end_day)
        if peak_day > end_day or wanted[inside].sum() <= UNITS_FLOOR:
            continue
        share = min(1.0, float(ahead[peak] / wanted[inside].sum()))
        if np.rint(100 * share) >= 1:
            levers.append(
                Lever(
                    "prebuild",
                    float(np.ceil(100 * share) / 100),
                    peak_day.date(),
                    end_day.date(),
                    family_id=family,
                    target=start_day.date(),
                )
            )
    return levers


def _outside_levers(outcome: Outcome, schedule: Schedule) -> list[Lever]:
    """Units from outside by family, a lever a run of buckets at its average a week."""
    groups, supply = outcome.groups, outcome.inputs.supply
    buckets = supply.buckets
    levers = []
    for family in np.unique(groups.family_id[groups.family_id > 0]):
        mine = groups.family_id == family
        outside = schedule.subcontracted[mine]
        paid = (outcome.problem.subcontract_cost[mine, None] * outside).sum()
        each = paid / max(outside.sum(), SMALL)
        rows = (supply.items["family_id"] == family).to_numpy() & ~supply.kind_is("kit")
        most = supply.demand[rows].sum(axis=0)  # the lever takes no more
        units = np.minimum(outside.sum(axis=0), most)
        _row, firsts, lasts = runs(np.where(units > UNITS_FLOOR, units, 0.0)[None, :])
        for first, last in zip(firsts, lasts):
            days = buckets.days[first : last + 1].sum()
            levers.append(
                Lever(
                    "subcontract",
                    float(units[first : last + 1].sum() * 7.0 / days),
                    buckets.starts[first].date(),
                    (buckets.ends[last] - DAY).date(),
                    cost=float(each),
                    family_id=int(family),
                )
            )
    return levers
