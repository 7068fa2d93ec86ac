"""What a scenario was computed from, in a few characters for each kind of input."""

import hashlib
from collections.abc import Mapping

import numpy as np
import pandas as pd

from .scenario_inputs import ScenarioInputs

DIGITS = 6


def fingerprint(inputs: ScenarioInputs) -> dict[str, str]:
    """A digest of each part of the inputs; equal inputs have equal digests, on any machine."""
    supply, items = inputs.supply, inputs.supply.items
    shape = supply.structure
    parts = {
        "weeks": (supply.buckets.starts.to_numpy(), supply.buckets.ends.to_numpy(), supply.zones),
        "demand": (supply.demand, inputs.promised, inputs.lines),
        "stock": (items["product_id"], items["stock"]),
        "orders": (supply.receipts, supply.needs, inputs.arrivals),
        "bills": (shape.product_ids, shape.bom, shape.byproducts, supply.loss, items["kind"]),
        "routings": (supply.operations, np.array([supply.use_measured])),
        "hours": (supply.workcenters, supply.hours, supply.extra),
        "work": (supply.work,),
        "lead times": (items["days_lead"], items["days_lead_std"], supply.earliest, inputs.vendor),
        "targets": (
            items[["minimum", "has_rule", "service_level", "error"]],
            np.array([supply.target_source, supply.review_days, supply.rebuild_weeks], dtype=str),
            np.asarray(supply.target_scale, dtype=float),
        ),
        "prices": (
            inputs.price,
            items[["price", "cost"]],
            inputs.rates.overtime_cost,
            _rates(inputs),
        ),
        "families": (items["family_id"], supply.family_ids, supply.priority),
    }
    return {name: _digest(values) for name, values in parts.items()}


def changed_parts(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The parts whose digests differ.

    >>> changed_parts({"stock": "a", "demand": "b"}, {"stock": "a", "demand": "c"})
    ['demand']
    """
    return [name for name, digest in now.items() if before.get(name) != digest]


def _rates(inputs: ScenarioInputs) -> np.ndarray:
    rates = inputs.rates
    figures = (rates.late, rates.lost, rates.holding, rates.overtime_peak, rates.overtime_average)
    outside = np.nan if rates.subcontract is None else rates.subcontract
    return np.array([*figures, outside, rates.subcontract_share])


def _digest(values: tuple) -> str:
    digest = hashlib.sha256()
    for value in values:
        digest.update(_bytes(value))
    return digest.hexdigest()[:16]


def _bytes(value: object) -> bytes:
    """A value with its kind and shape, so that two values never run into each other."""
    if hasattr(value, "tocsr"):
        matrix = value.tocsr().sorted_indices()
        return b"".join(_bytes(part) for part in (matrix.indptr, matrix.indices, matrix.data))
    if isinstance(value, pd.DataFrame):
        return b"".join(_bytes(value[name]) for name in value.columns)
    array = np.asarray(value)
    head = f"{array.dtype.kind}{array.shape}".encode()
    match array.dtype.kind:
        case "f":
            array = (np.round(array, DIGITS) + 0.0).astype("<f8")  # -0 is 0
        case "i":
            array = array.astype("<i8")
        case "M":
            array = array.astype("<M8[s]")
        case "b":
            pass
        case _:  # text
            return head + "\x1f".join(map(str, array.ravel())).encode()
    return head + array.tobytes()
