"""Levers pulled: single differences from a cycle's inputs, each a pure function of them."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from .lever import Lever
from .lever_demand import (
    demand_share,
    demand_units,
    lever_rows,
    postpone,
    prebuild,
    price,
    stock_target,
    subcontract,
)  # fmt: skip
from .lever_hours import alternative, extra_hours, extra_shift, machine_down
from .lever_vendors import expedite, other_vendor, supplier_delay
from .scenario_inputs import ScenarioInputs
from .tables import EngineError


def applied(inputs: ScenarioInputs, levers: Sequence[Lever]) -> ScenarioInputs:
    """The inputs with all levers pulled, one after the other, those on demand first: what moves
    deliveries moves what customers want by then.

    Raises EngineError with ``position`` of the lever: ``lever_kind`` (unknown), ``lever_value``
    (not a possible figure), ``lever_dates`` (the wrong way round, or outside the horizon),
    ``lever_target`` (a month that deliveries cannot move to), ``lever_scope`` (nothing that it
    could change), ``lever_closed`` (a work center without hours), ``lever_conflict`` (with
    ``other``: two levers that contradict each other).
    """
    for position in sorted(range(len(levers)), key=lambda place: levers[place].kind not in FIRST):
        lever = levers[position]
        _check(inputs, lever, position)
        try:
            for other, before in enumerate(levers[:position]):
                if _contradict(inputs, lever, before):
                    raise EngineError("lever_conflict", other=other)
            inputs = APPLY[lever.kind](inputs, lever)
        except EngineError as error:
            raise EngineError(error.code, position=position, **error.details) from error
    return inputs


def _check(inputs: ScenarioInputs, lever: Lever, position: int) -> None:
    buckets = inputs.supply.buckets
    if lever.kind not in APPLY:
        raise EngineError("lever_kind", position=position, kind=lever.kind)
    lowest, highest = LIMITS.get(lever.kind, (0.0, np.inf))
    is_zero = lever.value == 0 and lever.kind not in MAY_BE_ZERO
    if not np.isfinite([lever.value, lever.cost]).all() or lever.cost < 0 or is_zero:
        raise EngineError("lever_value", position=position, value=lever.value)
    if not lowest <= lever.value <= highest:
        raise EngineError("lever_value", position=position, value=lever.value)
    first, last = pd.Timestamp(lever.first), pd.Timestamp(lever.last)
    if last < first or last < buckets.starts[0] or first >= buckets.ends[-1]:
        raise EngineError("lever_dates", position=position, first=lever.first, last=lever.last)


def _contradict(inputs: ScenarioInputs, one: Lever, other: Lever) -> bool:
    """Whether two levers want opposite things of the same target at the same time."""
    if one.first > other.last or other.first > one.last:
        return False
    kinds = {one.kind, other.kind}
    if kinds in CONTRADICTIONS["workcenter"] and one.workcenter_id == other.workcenter_id:
        return True
    if kinds in CONTRADICTIONS["product"]:
        is_customer_shared = one.partner_id == other.partner_id or 0 in (
            one.partner_id,
            other.partner_id,
        )
        return is_customer_shared and (lever_rows(inputs, one) & lever_rows(inputs, other)).any()
    same = one.family_id == other.family_id and one.product_id == other.product_id
    return kinds in CONTRADICTIONS["partner"] and one.partner_id == other.partner_id and same


APPLY: dict[str, Callable[[ScenarioInputs, Lever], ScenarioInputs]] = {
    "extra_hours": extra_hours,
    "extra_shift": extra_shift,
    "machine_down": machine_down,
    "alternative": alternative,
    "supplier_delay": supplier_delay,
    "expedite": expedite,
    "other_vendor": other_vendor,
    "demand": demand_share,
    "demand_units": demand_units,
    "postpone": postpone,
    "prebuild": prebuild,
    "subcontract": subcontract,
    "stock_target": stock_target,
    "price": price,
}
# values of a kind lie in [lowest, highest]; else they are not negative
LIMITS = {
    "extra_hours": (0.0, 168.0),
    "extra_shift": (0.0, 24.0),
    "machine_down": (0.0, 1.0),
    "alternative": (0.0, 168.0),
    "supplier_delay": (0.0, 365.0),
    "expedite": (0.0, 365.0),
    "demand": (-1.0, 10.0),
    "demand_units": (-np.inf, np.inf),
    "postpone": (0.0, 1.0),
    "prebuild": (0.0, 1.0),
    "stock_target": (-1.0, 10.0),
    "price": (-1.0, 10.0),
}
FIRST = ("demand", "demand_units")
MAY_BE_ZERO = ("demand", "supplier_delay", "other_vendor")  # asked for "no change" they show it
CONTRADICTIONS = {
    "workcenter": ({"extra_hours", "machine_down"}, {"extra_shift", "machine_down"}),
    "product": ({"postpone", "prebuild"},),
    "partner": ({"supplier_delay", "expedite"}, {"supplier_delay", "other_vendor"}),
}
