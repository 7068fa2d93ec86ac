"""Scenarios: a pure function from a cycle's inputs and some levers to what comes of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .aggregate import Groups, grouped, problem_of
from .gaps import overload
from .lever import Lever
from .levers import applied
from .loading import loaded
from .measures import cash, deliveries, families_late, measured
from .optimise import optimised
from .problem import Problem, Schedule
from .scenario_inputs import ScenarioInputs
from .supply import SupplyPlan, supply_plan
from .uncertainty import Chances, chances

SMALL = 1e-6


@dataclass(frozen=True)
class Outcome:
    """What comes of a scenario: inputs with their levers pulled, the supply plan of the products
    with its gaps, and what of it gets done in time: groups, problem, schedule, measures."""

    inputs: ScenarioInputs
    plan: SupplyPlan
    groups: Groups
    problem: Problem
    schedule: Schedule
    measures: dict[str, float]

    @property
    def families(self) -> pd.DataFrame:
        """By family: family_id, qty_demand, qty_late, amount_late, rate_fill, in the weeks."""
        sent = deliveries(self.inputs, self.groups, self.problem, self.schedule)
        return families_late(self.groups, sent, self.inputs.supply.buckets.weeks > 0)

    @property
    def cash(self) -> np.ndarray:
        """Company currency (T,) earned less spent."""
        return cash(self.inputs, self.plan, self.groups, self.problem, self.schedule)

    @property
    def over(self) -> np.ndarray:
        """Effective hours (W, T) that do not fit."""
        load = self.groups.load
        anybody = np.zeros(load.by_family.shape[1])
        return overload(load.by_family, load.available, anybody).sum(axis=1)

    @property
    def efficiency(self) -> np.ndarray:
        """Effective hours (W,) a clock hour, above 0."""
        efficiency = self.inputs.supply.workcenters["efficiency"].to_numpy(float)
        return np.maximum(efficiency, SMALL)

    @property
    def cost(self) -> float:
        """What the optimum has least of, company currency."""
        return self.measures["amount_total"]

    def cash_by_month(self) -> pd.Series:
        """Cash by calendar month; weeks across two months are divided by their days."""
        buckets = self.inputs.supply.buckets
        per_day = np.repeat(self.cash / buckets.days, buckets.days)
        days = pd.date_range(buckets.starts[0], periods=len(per_day))
        return pd.Series(per_day).groupby(days.to_period("M").to_timestamp()).sum()


def simulate(inputs: ScenarioInputs, levers: Sequence[Lever] = ()) -> Outcome:
    """The supply plan under some levers, and what of it can be done: the more important families
    first, the rest late. Nothing else is decided. Raises the EngineErrors of ``applied``."""
    pulled = applied(inputs, levers)
    plan = supply_plan(pulled.supply)
    groups = grouped(pulled, plan)
    problem = problem_of(pulled, plan, groups)
    schedule = loaded(problem)
    return Outcome(
        pulled, plan, groups, problem, schedule, measured(pulled, plan, groups, problem, schedule)
    )


def best_schedule(outcome: Outcome, time_limit: float, **options: bool) -> Outcome:
    """The same scenario with the cheapest schedule instead: who is late, what is made ahead, what
    overtime and subcontracting are worth their money. ``options`` as in ``optimised``."""
    schedule = optimised(
        outcome.problem, fallback=outcome.schedule, time_limit=time_limit, **options
    )
    figures = measured(outcome.inputs, outcome.plan, outcome.groups, outcome.problem, schedule)
    added = schedule.extra / outcome.efficiency[:, None]
    figures["hours_overtime"] += float(added.sum())
    return replace(outcome, schedule=schedule, measures=figures)


def hour_values(outcome: Outcome, time_limit: float) -> np.ndarray:
    """What one more hour of each work center and bucket would save (W, T), company currency: the
    dual values of the hours when nothing is made ahead or added. Of work centers with a gap; a few
    minutes that do not fit would be worth as much."""
    is_short = outcome.over.any(axis=1)
    if not is_short.any():
        return np.zeros(outcome.problem.available.shape)
    best = optimised(
        outcome.problem,
        may_work_ahead=False,
        may_extend=False,
        fallback=outcome.schedule,
        time_limit=time_limit,
    )
    none = np.zeros(outcome.problem.available.shape)
    return none if best.hour_value is None else best.hour_value * is_short[:, None]


def outcome_chances(outcome: Outcome) -> Chances:
    """How likely the gaps and overloads of a scenario are; certain where nothing is known of the
    demand's errors."""
    if outcome.inputs.risk is None:
        return Chances((outcome.over > 0).astype(float), np.ones(len(outcome.plan.gaps)))
    return chances(outcome.inputs.supply, outcome.plan, outcome.inputs.risk)
