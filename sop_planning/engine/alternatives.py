"""The scenarios that every refresh computes unasked."""

from dataclasses import dataclass, field, replace

import numpy as np

from .lever import Lever
from .problem import total_cost
from .proposals import Candidate, overtime_levers, postponed, spelled_out
from .scenario import Outcome, best_schedule, hour_values, simulate
from .scenario_inputs import ScenarioInputs

ROUNDING = 0.01  # company currency
BASE, OVERTIME, POSTPONE, OPTIMAL = "base", "overtime", "postpone", "optimal"


@dataclass(frozen=True)
class Alternative:
    """One scenario: its levers (none: nothing to do), what comes of them, and what one more hour of
    each work center and bucket would save there (W, T). candidates: the families that could wait.
    bound: company currency below which no schedule of the base plan gets, nan if not known, or if
    levers that divide scarce material anew get below it; taken_from: the kind whose levers it has
    because they turned out cheaper, "" its own."""

    kind: str
    levers: list[Lever]
    outcome: Outcome
    hour_values: np.ndarray
    candidates: list[Candidate] = field(default_factory=list)
    bound: float = float("nan")
    taken_from: str = ""
    status: str = ""


def alternatives(inputs: ScenarioInputs, time_limit: float) -> list[Alternative]:
    """Base, overtime, postponement and the cheapest plan, in this order.

    The cheapest plan is the optimiser's, told in levers that people can pull and computed with
    them; if rounding them made it dearer than another scenario, it is that one. Overtime and
    postponement whose levers are not worth anything are the base.
    """
    base = simulate(inputs)
    waiting, candidates = postponed(base)
    found = {
        BASE: ([], base),
        OVERTIME: _pulled(inputs, base, overtime_levers(base)),
        POSTPONE: _pulled(inputs, base, waiting),
    }
    best = best_schedule(base, time_limit)
    bound = best.cost - total_cost(best.problem, best.schedule) + best.schedule.bound
    own = _topped_up(inputs, base, spelled_out(base, best.schedule))
    cheapest = min(found, key=lambda kind: found[kind][1].cost)
    is_own = own[1].cost <= found[cheapest][1].cost
    found[OPTIMAL] = own if is_own else found[cheapest]
    return [
        Alternative(
            kind,
            levers,
            outcome,
            hour_values(outcome, time_limit),
            candidates=candidates if kind == POSTPONE else [],
            bound=bound if kind == OPTIMAL and bound <= outcome.cost + ROUNDING else float("nan"),
            taken_from="" if kind != OPTIMAL or is_own else cheapest,
            status=best.schedule.status if kind == OPTIMAL else "",
        )
        for kind, (levers, outcome) in found.items()
    ]


def strategies(inputs: ScenarioInputs, time_limit: float) -> dict[str, Outcome]:
    """The classic strategies on the plan's work, each at its cheapest [M25]: ``chase`` works what
    demand asks for when it asks (overtime and units from outside, nothing ahead), ``level`` keeps
    every work center at one rate (stock and lateness absorb), ``hybrid`` may do all of it."""
    base = simulate(inputs)
    options = {
        "chase": {"may_work_ahead": False},
        "level": {"may_extend": False, "is_level": True},
        "hybrid": {},
    }
    return {name: best_schedule(base, time_limit, **chosen) for name, chosen in options.items()}


def _pulled(
    inputs: ScenarioInputs, base: Outcome, levers: list[Lever]
) -> tuple[list[Lever], Outcome]:
    return levers, simulate(inputs, levers) if levers else base


def _topped_up(
    inputs: ScenarioInputs, base: Outcome, levers: list[Lever]
) -> tuple[list[Lever], Outcome]:
    """Levers, and overtime for what their rounding left short, if that is cheaper."""
    pulled = _pulled(inputs, base, levers)
    rest = overtime_levers(pulled[1]) if levers else []
    more = _pulled(inputs, base, _joined([*levers, *rest])) if rest else pulled
    return min(pulled, more, key=lambda item: item[1].cost)


def _joined(levers: list[Lever]) -> list[Lever]:
    """The same with one lever for the extra hours of a work center in the same days; by kind and
    day, so that they read as a plan."""
    hours = {}
    for lever in levers:
        key = (lever.workcenter_id, lever.first, lever.last)
        if lever.kind == "extra_hours":
            before = hours.get(key)
            hours[key] = replace(lever, value=before.value + lever.value) if before else lever
    others = [lever for lever in levers if lever.kind != "extra_hours"]
    return sorted([*hours.values(), *others], key=lambda lever: (lever.kind, lever.first))
