"""What a scenario is judged by: service, hours, money."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .aggregate import Groups
from .problem import Problem, Schedule, costs
from .scenario_inputs import ScenarioInputs
from .supply import SupplyPlan

EXTRA = ("overtime", "subcontract", "expedite", "alternative", "vendor")
UNITS_FLOOR = 0.5  # units late that are none


@dataclass(frozen=True)
class Deliveries:
    """What customers want and get, by group (G, T): demand and late in units, value of the demand,
    lines: open order lines. late is what is missing at the end of a bucket; missed what of the
    bucket's own demand is not there by then, as the oldest demand is served first."""

    demand: np.ndarray
    late: np.ndarray
    value: np.ndarray
    lines: np.ndarray
    price: np.ndarray

    @property
    def missed(self) -> np.ndarray:
        """Units (G, T) not delivered in the bucket in which they are wanted."""
        return np.minimum(self.demand, self.late)

    @property
    def missed_share(self) -> np.ndarray:
        """The same as a share of the bucket's demand."""
        return np.divide(
            self.missed, self.demand, out=np.zeros_like(self.late), where=self.demand > 0
        )

    @property
    def delivered(self) -> np.ndarray:
        """Units (G, T) that leave in each bucket."""
        return self.demand - np.diff(self.late, axis=1, prepend=0.0)


def deliveries(
    inputs: ScenarioInputs, groups: Groups, problem: Problem, schedule: Schedule
) -> Deliveries:
    """What the schedule delivers. Work that waits at the end of a bucket may be for what is due
    later: no more is late than is wanted, and nothing delivered comes back."""
    wanted = np.cumsum(problem.demand, axis=1)
    there = np.maximum(wanted - problem.late - schedule.backlog, 0.0)
    return Deliveries(
        problem.demand,
        wanted - np.maximum.accumulate(there, axis=1),
        groups.summed(inputs.promised * inputs.price),
        groups.summed(inputs.lines),
        groups.price,
    )


def charges(inputs: ScenarioInputs, plan: SupplyPlan, problem: Problem, schedule: Schedule) -> dict:
    """Company currency by kind of EXTRA cost and bucket (T,), of levers and schedule."""
    kinds = {kind: np.zeros(len(problem.days)) for kind in EXTRA}
    for kind, amount in inputs.charges.items():
        kinds[kind] = kinds[kind] + amount
    for item in inputs.surcharges:
        units = plan.net.planned[item.is_charged].sum(axis=0)
        kinds[item.kind] = kinds[item.kind] + units * item.share * item.cost
    priced = costs(problem, schedule)
    kinds["overtime"] = kinds["overtime"] + priced["extra"]
    kinds["subcontract"] = kinds["subcontract"] + priced["subcontract"]
    return kinds


def measured(
    inputs: ScenarioInputs, plan: SupplyPlan, groups: Groups, problem: Problem, schedule: Schedule
) -> dict[str, float]:
    """The figures of a scenario.

    rate_fill: share of the demand of the weeks, by value, that is there in its week; rate_otif:
    share of the open order lines that are; qty_late, amount_late: what is not there in its week;
    revenue and margin of what is delivered in the horizon; amount_<kind> of EXTRA and amount_extra,
    their sum; amount_holding, amount_penalty (late, lost, short of safety stock, as priced) and
    amount_total: extra + holding + penalty, what the optimum has least of. Company currency.
    """
    supply = inputs.supply
    weeks = supply.buckets.weeks > 0
    sent = deliveries(inputs, groups, problem, schedule)
    extra = charges(inputs, plan, problem, schedule)
    priced = {kind: float(amount.sum()) for kind, amount in costs(problem, schedule).items()}
    penalty = priced["late"] + priced["lost"] + priced["shortfall"] + _fixed(problem)
    stock = stock_value(inputs, plan, groups, problem, schedule)
    revenue = float((sent.delivered * sent.price[:, None]).sum())
    paid = float(sum(amount.sum() for amount in extra.values()))
    goods = float((sent.delivered * groups.cost[:, None]).sum())
    missed = sent.missed[:, weeks]
    daily = (sent.delivered * groups.cost[:, None]).sum() / problem.days.sum()
    gaps = plan.gaps
    is_capacity = gaps["kind"] == "capacity"
    return {
        "rate_fill": 1.0 - _share(sent.missed_share * sent.value, sent.value, weeks),
        "rate_otif": 1.0 - _share(sent.missed_share * sent.lines, sent.lines, slice(None)),
        "qty_late": float(missed.sum()),
        "amount_late": float((missed * sent.price[:, None]).sum()),
        "family_count": int(len(families_late(groups, sent, weeks).query("qty_late > 0"))),
        "gap_count": len(gaps),
        "hours_short": float(gaps.loc[is_capacity, "hours_short"].sum()),
        "amount_short": float(gaps["amount_short"].sum()),
        "amount_revenue": revenue,
        "amount_margin": revenue - goods - paid,
        **{f"amount_{kind}": float(amount.sum()) for kind, amount in extra.items()},
        "amount_extra": paid,
        "amount_holding": priced["holding"],
        "amount_penalty": penalty,
        "amount_total": paid + priced["holding"] + penalty,
        "hours_overtime": float(np.sum(list(inputs.hours.values()))) if inputs.hours else 0.0,
        **_loads(groups, schedule, problem, weeks),
        "amount_stock": float(np.average(stock, weights=problem.days)),
        "amount_stock_end": float(stock[-1]),
        "days_stock": float(np.average(stock, weights=problem.days) / daily) if daily > 0 else 0.0,
    }


def families_late(groups: Groups, sent: Deliveries, weeks: np.ndarray) -> pd.DataFrame:
    """By family: family_id, qty_demand, qty_late, amount_late, rate_fill, in the weeks."""
    missed = sent.missed[:, weeks]
    frame = pd.DataFrame(
        {
            "family_id": groups.family_id,
            "qty_demand": sent.demand[:, weeks].sum(axis=1),
            "qty_late": missed.sum(axis=1),
            "amount_late": (missed * sent.price[:, None]).sum(axis=1),
            "missed": (sent.missed_share * sent.value)[:, weeks].sum(axis=1),
            "value": sent.value[:, weeks].sum(axis=1),
        }
    )
    rows = frame.groupby("family_id", as_index=False).sum()
    rows["rate_fill"] = 1.0 - np.where(rows["value"] > 0, rows["missed"] / rows["value"], 0.0)
    rows["qty_late"] = rows["qty_late"].where(rows["qty_late"] >= UNITS_FLOOR, 0.0)
    return rows.drop(columns=["missed", "value"])


def cash(
    inputs: ScenarioInputs, plan: SupplyPlan, groups: Groups, problem: Problem, schedule: Schedule
) -> np.ndarray:
    """Company currency (T,) earned less spent in each bucket: what is delivered, at sales price
    less cost, less what stock rises by at cost, less extra costs."""
    sent = deliveries(inputs, groups, problem, schedule)
    stock = stock_value(inputs, plan, groups, problem, schedule)
    before = float(
        (np.maximum(inputs.supply.items["stock"], 0) * inputs.supply.items["cost"]).sum()
    )
    margin = (sent.delivered * (sent.price - groups.cost)[:, None]).sum(axis=0)
    paid = np.sum(list(charges(inputs, plan, problem, schedule).values()), axis=0)
    return margin - np.diff(stock, prepend=before) - paid


def stock_value(
    inputs: ScenarioInputs, plan: SupplyPlan, groups: Groups, problem: Problem, schedule: Schedule
) -> np.ndarray:
    """Stock at cost (T,): of all products as planned, less what short hours take of it, and work
    done ahead."""
    cost = inputs.supply.items["cost"].to_numpy(float)
    planned = cost @ np.maximum(plan.net.stock, 0.0)
    moved = np.maximum(np.cumsum(inputs.supply.demand - inputs.promised, axis=1), 0.0)
    used = groups.cost @ (problem.stock - schedule.stock)
    share = (groups.cost / problem.parts)[problem.group] / problem.hours
    return planned + cost @ moved - used + share @ schedule.ahead


def _fixed(problem: Problem) -> float:
    """What is late whatever is worked, priced."""
    late = (problem.late_cost @ problem.late) @ problem.weeks
    return float(late + problem.late[:, -1] @ problem.lost_cost)


def _share(part: np.ndarray, whole: np.ndarray, columns: object) -> float:
    total = whole[:, columns].sum()
    return float(part[:, columns].sum() / total) if total > 0 else 0.0


def _loads(groups: Groups, schedule: Schedule, problem: Problem, weeks: np.ndarray) -> dict:
    """Peak and mean load of the work centers in the weeks, planned work against hours."""
    load = groups.load
    mine = load.is_open
    if not mine.any() or not weeks.any():
        return {"rate_peak": 0.0, "rate_mean": 0.0}
    hours = load.load[mine][:, weeks]
    has = load.available[mine][:, weeks]
    rate = np.divide(hours, has, out=np.zeros_like(hours), where=has > 0)
    return {
        "rate_peak": float(rate.max(initial=0.0)),
        "rate_mean": float(hours.sum() / has.sum()) if has.sum() > 0 else 0.0,
    }
