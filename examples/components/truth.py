"""What is true of the company, by plain arithmetic on what was planted. Pure.

Nothing here uses the planning engine: hours short are what the framework orders take, less
what the calendar gives, shared to the least important families first.
"""

from . import story, weeks
from .plan import EFFICIENCY, Plan, unit_hours


def gaps(plan: Plan) -> list[dict]:
    """The families short on the bottleneck: weeks, hours short in all and by week."""
    by_family = {name: {} for name in story.SHORT_FAMILIES}
    hours = weeks.week_hours(plan.today, max(story.SHORT_WEEKS) + 1)
    load = family_loads(plan)
    for week in story.SHORT_WEEKS:
        available = hours[week - 1] * EFFICIENCY["Turning"]
        for name, short in shared(load[week], available).items():
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
    ]


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
