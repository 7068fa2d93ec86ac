"""What the computed scenarios and some questions must give, by plain arithmetic. Pure.

Nothing here uses the planning engine: all follows from the hours that framework orders take of the
bottleneck and that the calendar gives. Hours are effective ones; those that people work are clock
hours, which at an efficiency of 90 % give 0.9 effective ones each.
"""

import math
from datetime import date, timedelta

from . import story, weeks
from .plan import EFFICIENCY, Plan, unit_hours
from .truth import available, family_loads, overload, short_families

HOUR_COST = 60.0  # EUR a clock hour of turning, as `masters` sets it
PREMIUM = 0.5  # on an hour of overtime, the default of the settings
HALF_HOUR = 0.5  # that overtime is agreed in, clock hours a week
LAG = timedelta(days=story.PRODUCE_DAYS)  # between the work on the bottleneck and the delivery
SHIFT_HOURS = 8.0  # clock hours more on a working day
MORE_FAMILY, MORE = "Seal Sets", 0.20  # whose demand rises, and the share it rises by
LATE_DAYS = 14  # that the late vendor is later still
ROUNDING = 1e-6


def scenarios(plan: Plan) -> dict:
    """What the computed scenarios, and three questions of people, must give."""
    return {
        "overtime": overtime(plan),
        "postpone": postponement(plan),
        "shift": shift(plan),
        "demand": more_demand(plan),
        "vendor": later_vendor(plan),
    }


def overtime(plan: Plan) -> dict:
    """Clock hours a week that make up for the overload, in half hours, their cost in EUR, and what
    is short all the same."""
    over = overload(plan)
    clock = {week: half_hours(hours / EFFICIENCY["Turning"]) for week, hours in over.items()}
    return {**_added(plan, clock), "by_week": clock, "week_one": week_start(plan, 1).isoformat()}


def half_hours(hours: float) -> float:
    """Rounded up to half hours.

    >>> half_hours(19.6), half_hours(20.0), half_hours(20.1)
    (20.0, 20.0, 20.5)
    """
    return math.ceil(hours / HALF_HOUR - ROUNDING) * HALF_HOUR


def shift(plan: Plan) -> dict:
    """The same for a longer shift on each working day of the short weeks: none on holidays."""
    clock = {}
    for week in story.SHORT_WEEKS:
        first = week_start(plan, week)
        clock[week] = SHIFT_HOURS * len(weeks.working_days(first, first + timedelta(days=7)))
    return {**_added(plan, clock), **_days(plan), "value": SHIFT_HOURS, "by_week": clock}


def _added(plan, clock):
    """What clock hours added by week cost, and what they leave short."""
    left = {
        week: max(hours - clock[week] * EFFICIENCY["Turning"], 0.0)
        for week, hours in overload(plan).items()
    }
    total = sum(clock.values())
    return {
        "workcenter": story.BOTTLENECK,
        "hours": total,
        "cost_hour": HOUR_COST * (1 + PREMIUM),
        "amount": round(total * HOUR_COST * (1 + PREMIUM), 2),
        "hours_short": round(sum(left.values()), 4),
    }


def candidates(plan: Plan) -> list[dict]:
    """The families that could wait, in the order of being asked: the least important first, among
    equals the one that earns least with an hour. The most important one never waits.

    share of its deliveries (1: all), hours that this frees, EUR an hour earns, whether nothing is
    short any more. All of their load can wait: `production` releases no orders of line 2.
    """
    over, loads = overload(plan), family_loads(plan)
    families = [family for family in story.FAMILIES if family.line == 2]
    families = [f for f in families if any(loads[week][f.name] > 0 for week in over)]
    best = min(family.priority for family in families)
    rows = []
    for family in families:
        needed = max(_ratio(hours, loads[week][family.name]) for week, hours in over.items())
        share = min(math.ceil(100 * needed - ROUNDING) / 100, 1.0) if needed <= 1 else 1.0
        freed = sum(min(share * loads[week][family.name], hours) for week, hours in over.items())
        rows.append(
            {
                "family": family.name, "priority": family.priority, "share": share,
                "hours": freed, "margin": _margin(plan, family.name), "is_enough": needed <= 1,
            }
        )  # fmt: skip
    rows = [row for row in rows if row["priority"] > best]
    return sorted(rows, key=lambda row: (-row["priority"], row["margin"]))


def _ratio(hours, load):
    return hours / load if load > 0 else math.inf


def _margin(plan, name):
    """EUR that an hour on the bottleneck earns with a family in the short weeks: price less cost
    an hour of each product, weighted by its load."""
    hours = unit_hours(plan, "Turning")
    mine = [n for n, f in enumerate(plan.family) if story.FAMILIES[f].name == name]
    load = plan.framework[mine][:, list(story.SHORT_WEEKS)].sum(axis=1) * hours[mine]
    earned = (plan.price - plan.cost)[mine] / hours[mine]
    return float((earned * load).sum() / load.sum())


def postponement(plan: Plan) -> dict:
    """The family that waits, the share and days of its deliveries, the day from which they are made
    in a month instead, and the hours short all the same."""
    rows = candidates(plan)
    enough = [row for row in rows if row["is_enough"]]
    chosen = enough[0] if enough else max(rows, key=lambda row: row["hours"])
    return {
        "family": chosen["family"],
        "share": chosen["share"],
        **_days(plan, LAG),
        "date_target": (month_after(plan) + LAG).isoformat(),
        "hours_short": round(max(sum(overload(plan).values()) - chosen["hours"], 0.0), 4),
    }


def month_after(plan: Plan) -> date:
    """First day of the calendar month after the last short week."""
    return weeks.first_of_month(week_end(plan, max(story.SHORT_WEEKS)), 1)


def moved_loads(plan: Plan) -> dict[int, float]:
    """Hours by week that the family that waits takes in the month after, evenly over its days."""
    wait, loads = postponement(plan), family_loads(plan)
    hours = wait["share"] * sum(loads[week][wait["family"]] for week in story.SHORT_WEEKS)
    first = month_after(plan)
    end = weeks.first_of_month(first, 1)
    moved = {}
    for week in range(max(story.SHORT_WEEKS) + 1, story.FRAMEWORK_WEEKS + 1):
        start, after = week_start(plan, week), week_start(plan, week + 1)
        days = (min(after, end) - max(start, first)).days
        moved[week] = hours * max(days, 0) / (end - first).days
    return moved


def more_demand(plan: Plan) -> dict:
    """A family's demand rises for deliveries of the weeks after the short ones: hours more by week
    on the bottleneck, and who is short of how many then."""
    loads = {week: dict(load) for week, load in family_loads(plan).items()}
    more = {week: MORE * loads[week][MORE_FAMILY] for week in story.SHORT_WEEKS}
    for week, hours in more.items():
        loads[week][MORE_FAMILY] += hours
    gaps = short_families(loads, available(plan))
    return {
        "family": MORE_FAMILY,
        "value": MORE,
        **_days(plan, LAG),
        "hours_more": {week: round(hours, 4) for week, hours in more.items()},
        "gaps": gaps,
        "hours_short": round(sum(gap["hours_short"] for gap in gaps), 4),
    }


def later_vendor(plan: Plan) -> dict:
    """The late vendor delivers later still. Direction only: service is not better."""
    return {
        "vendor": story.VENDORS[story.LATE_VENDOR],
        "value": LATE_DAYS,
        "date_from": plan.today.isoformat(),
        "date_to": week_end(plan, story.FRAMEWORK_WEEKS).isoformat(),
    }


def _days(plan, later=timedelta()):
    """First and last day of the short weeks, or of the deliveries ``later``."""
    return {
        "date_from": (week_start(plan, min(story.SHORT_WEEKS)) + later).isoformat(),
        "date_to": (week_end(plan, max(story.SHORT_WEEKS)) + later).isoformat(),
    }


def week_start(plan: Plan, week: int) -> date:
    """Monday of a week, from 1: the week of today."""
    return weeks.monday(plan.today) + timedelta(days=7 * (week - 1))


def week_end(plan: Plan, week: int) -> date:
    """Sunday of a week."""
    return week_start(plan, week) + timedelta(days=6)
