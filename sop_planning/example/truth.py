"""What is true of the company, by plain arithmetic on what was planted. Pure.

Nothing here uses the planning engine: hours short are what the framework orders take, less
what the calendar gives, shared to the least important families first. `truth_scenarios` goes on
from there.
"""

from . import story, weeks
from .plan import EFFICIENCY, Plan, unit_hours


def gaps(plan: Plan) -> list[dict]:
    """The families short on the bottleneck: weeks, hours short in all and by week."""
    return short_families(family_loads(plan), available(plan))


def short_families(loads: dict[int, dict[str, float]], has: dict[int, float]) -> list[dict]:
    """Rows of ``gaps`` for loads by week and family, and what is available by week."""
    by_family = {name: {} for name in story.SHORT_FAMILIES}
    for week in story.SHORT_WEEKS:
        for name, short in shared(loads[week], has[week]).items():
            by_family[name][week] = round(short, 4)
    return [
        {
            "family": name,
            "workcenter": story.BOTTLENECK,
            "week_from": min(short),
            "week_to": max(short),
            "hours_short": round(sum(short.values()), 4),
            "by_week": short,
        }
        for name, short in by_family.items()
        if short
    ]


def available(plan: Plan) -> dict[int, float]:
    """Hours of the bottleneck by week, while framework orders run."""
    hours = weeks.week_hours(plan.today, story.FRAMEWORK_WEEKS)
    return {week: clock * EFFICIENCY["Turning"] for week, clock in enumerate(hours, 1)}


def overload(plan: Plan) -> dict[int, float]:
    """Hours that do not fit, by short week."""
    loads, has = family_loads(plan), available(plan)
    return {week: sum(loads[week].values()) - has[week] for week in story.SHORT_WEEKS}


def family_loads(plan: Plan) -> dict[int, dict[str, float]]:
    """Hours by week and family on the bottleneck: what is due a week later."""
    hours = unit_hours(plan, "Turning")
    loads = {}
    for week in range(1, story.FRAMEWORK_WEEKS):
        loads[week] = {}
        for number, family in enumerate(story.FAMILIES):
            if family.line == 2:
                mine = plan.family == number
                loads[week][family.name] = float((plan.framework[mine, week] * hours[mine]).sum())
    return loads


def shared(load: dict[str, float], available: float) -> dict[str, float]:
    """Hours of each family that do not fit, the least important ones first.

    >>> shared({"Shafts": 60.0, "Couplings": 20.0, "Gears": 10.0, "Seal Sets": 5.0}, 80.0)
    {'Seal Sets': 5.0, 'Couplings': 6.666666666666667, 'Gears': 3.3333333333333335}
    """
    left = sum(load.values()) - available
    priority = {family.name: family.priority for family in story.FAMILIES}
    short = {}
    for number in sorted({priority[name] for name in load}, reverse=True):
        group = [name for name in load if priority[name] == number]
        total = sum(load[name] for name in group)
        taken = min(max(left, 0.0), total)
        for name in group:
            if taken > 0:
                short[name] = taken * load[name] / total
        left -= taken
    return short
