"""The company in numbers before there is any record: products, sales, framework orders. Pure.

One generator, so that a seed gives the same company at every call.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from . import story, weeks

WEEKS_A_MONTH = 52 / 12
OPEN_SHARE = (0.5, 0.3, 0.15, 0.1)  # of a week's sales that is ordered ahead, by week from now
SPARE_CHANCE = 0.35  # of a month in which a spare part is asked for
NOISE = 0.10  # of a month's sales, standard deviation


@dataclass(frozen=True)
class Plan:
    """n products over m months of history.

    family (n,): position in story.FAMILIES; price, cost (n,) EUR; level (n,): units a month now.
    sales (n, m + 1): units requested by month, the last column up to today. framework
    (n, weeks): open orders of line 2 by week, 0 for the others. minutes: cycle times at 100 %
    efficiency by step (turning, assembly, machining) of each line.
    """

    today: date
    months: int
    family: np.ndarray
    price: np.ndarray
    cost: np.ndarray
    level: np.ndarray
    is_kit: np.ndarray
    born: np.ndarray
    died: np.ndarray
    sales: np.ndarray
    framework: np.ndarray
    weight: np.ndarray

    @property
    def count(self) -> int:
        return len(self.family)

    def line(self) -> np.ndarray:
        """The production line of each product, 0 for what is bought."""
        lines = np.array([family.line for family in story.FAMILIES])
        return lines[self.family]


def draw(today: date, skus: int, months: int, seed: int) -> Plan:
    """Draw a company of ``skus`` finished goods."""
    rng = np.random.default_rng(seed)
    family = np.sort(np.arange(skus) % len(story.FAMILIES))
    kinds = np.array([item.kind for item in story.FAMILIES])[family]
    price = np.round(np.exp(rng.normal(4.3, 0.6, skus)), 2)
    level = np.exp(rng.normal(4.0, 0.5, skus)) / np.sqrt(price / 70)
    level = np.where(kinds == "spare", np.maximum(level * 0.15, 3), level)
    level *= story.REVENUE * skus / 500 / 12 / (level * price).sum()
    level = np.maximum(np.round(level), 3.0)
    lines = np.array([item.line for item in story.FAMILIES])[family]
    born, died = _lives(rng, skus, months, (lines != 2) & (kinds == "make"))
    sales = _sales(rng, today, family, kinds, level, born, died, months)
    weight = rng.uniform(0.7, 1.3, skus)
    is_kit = (kinds == "trade") & (np.arange(skus) % 5 == 4)
    bare = Plan(
        today=today, months=months, family=family, price=price, cost=np.round(price * 0.55, 2),
        level=level, is_kit=is_kit, born=born, died=died, sales=sales,
        framework=np.zeros((skus, story.FRAMEWORK_WEEKS)), weight=weight,
    )  # fmt: skip
    bare.framework[:] = _framework(rng, bare, lines == 2)
    return bare


def _lives(rng, skus, months, may_change):
    """First and last month (exclusive) of each product: some are launched, some phased out."""
    born, died = np.zeros(skus, int), np.full(skus, months + 1)
    chosen = rng.permutation(np.flatnonzero(may_change))
    few = max(1, len(chosen) // 30)
    born[chosen[:few]] = months - rng.integers(16, 24, few)
    died[chosen[few : 2 * few]] = months - 14
    return born, died


def _sales(rng, today, family, kinds, level, born, died, months):
    """Units requested by product and month; the last column is the running month until today."""
    start = weeks.first_of_month(today, -months)
    calendar = [weeks.first_of_month(start, n) for n in range(months + 1)]
    number = np.array([day.month for day in calendar])
    season = np.array([item.season for item in story.FAMILIES])[family]
    peak = np.array([item.peak for item in story.FAMILIES])[family]
    wave = 1 + season[:, None] * np.cos(2 * np.pi * (number - peak[:, None]) / 12)
    trend = 1.03 ** ((np.arange(months + 1) - months) / 12)
    days = np.array(
        [len(weeks.working_days(day, weeks.first_of_month(day, 1))) for day in calendar]
    )
    mean = level[:, None] * wave * trend * (days / 21)
    units = np.maximum(0.0, np.round(mean * (1 + NOISE * rng.standard_normal(mean.shape))))
    asked = rng.random(mean.shape) < SPARE_CHANCE
    spare = np.where(asked, np.maximum(1.0, np.round(units / SPARE_CHANCE)), 0.0)
    units = np.where((kinds == "spare")[:, None], spare, units)
    alive = (np.arange(months + 1) >= born[:, None]) & (np.arange(months + 1) < died[:, None])
    first = weeks.first_of_month(today)
    done = len(weeks.working_days(first, today)) / max(days[-1], 1)
    units[:, -1] = np.round(units[:, -1] * done)
    return units * alive


def _framework(rng, plan, is_line_2):
    """Open orders of line 2 by week, whole units: the bottleneck runs at the usual rate, and above
    its hours in the short weeks. What is due in a week is made in the week before."""
    count = story.FRAMEWORK_WEEKS
    hours = np.array(weeks.week_hours(plan.today, count + 1))
    rate = np.full(count, story.USUAL_RATE)
    rate[[week - 1 for week in story.SHORT_WEEKS]] = story.SHORT_RATE
    weekly = plan.level * story.FRAMEWORK_LEVEL * 12 / 52
    orders = np.zeros((plan.count, count))
    usual = story.USUAL_RATE * story.WEEK_HOURS
    for week in range(1, count):
        made = week - 1  # a week before it is due
        load = rate[made] * max(hours[made], story.WEEK_HOURS / 5 * (made > 0))
        jitter = rng.uniform(0.97, 1.03, plan.count)
        orders[:, week] = np.round(weekly * load / usual * jitter)
    orders[:, 0] = np.round(weekly * hours[0] / story.WEEK_HOURS)
    return orders * is_line_2[:, None]


def unit_hours(plan: Plan, step: str) -> np.ndarray:
    """Hours (n,) a unit of each product takes on a step of its line, at 100 % efficiency.

    Chosen so that each family has its share of the step's load, in an average week at the rate
    that the story asks for.
    """
    weekly = plan.level * 12 / 52
    weekly = np.where(plan.line() == 2, weekly * story.FRAMEWORK_LEVEL, weekly)
    hours = np.zeros(plan.count)
    for number, family in enumerate(story.FAMILIES):
        mine = plan.family == number
        if not family.line:
            continue
        is_bottleneck = step == "Turning" and family.line == 2
        rate = story.USUAL_RATE if is_bottleneck else story.EASY_RATE
        wanted = rate * story.WEEK_HOURS * family.share * EFFICIENCY[step]
        hours[mine] = wanted * plan.weight[mine] / (weekly[mine] * plan.weight[mine]).sum()
    return hours


def setup_minutes(plan: Plan) -> float:
    """Minutes of setup a batch: the more products share a line's week, the shorter they must be."""
    return 3.0 * min(1.0, 60 / plan.count)


EFFICIENCY = {"Turning": 0.90, "Assembly": 1.0, "Machining": 0.85}


def due_day(plan: Plan, week: int) -> date:
    """The day on which orders of a week (from 0) are due: its Wednesday, never before today."""
    start = weeks.monday(plan.today) + timedelta(days=7 * week)
    return max(start + timedelta(days=2), plan.today)


def minimums(plan: Plan) -> np.ndarray:
    """Reordering minimum of each product (n,): about half a month."""
    minimum = np.maximum(np.round(plan.level * 0.5), 1.0)
    return np.where(plan.is_kit, 0.0, minimum)


def weekly_units(plan: Plan) -> np.ndarray:
    """Units a week that are needed at most (n,)."""
    return np.maximum(plan.level / WEEKS_A_MONTH, plan.framework.max(axis=1))


def cycle_minutes(plan: Plan, step: str) -> np.ndarray:
    """Minutes (n,) a unit of each product takes on a step, without its share of the setup."""
    return 60 * unit_hours(plan, step) - setup_minutes(plan) * EFFICIENCY[step] / story.BATCH


def ahead(plan: Plan, rng: np.random.Generator) -> list[np.ndarray]:
    """What is ordered and not due yet, rows (product, day number, units): framework orders of line
    2, a part of the usual sales of the others."""
    rows = []
    for week in range(plan.framework.shape[1]):
        product = np.flatnonzero(plan.framework[:, week])
        day = due_day(plan, week).toordinal()
        rows.append(
            np.column_stack([product, np.full(len(product), day), plan.framework[product, week]])
        )
    alive = plan.died > plan.months
    others = np.flatnonzero((plan.line() != 2) & alive)
    for week, share in enumerate(OPEN_SHARE):
        qty = rng.poisson(plan.level[others] * 12 / 52 * share * 0.5)
        day = due_day(plan, week).toordinal()
        rows.append(np.column_stack([others, np.full(len(others), day), qty]))
    return [part[part[:, 2] > 0] for part in rows]
