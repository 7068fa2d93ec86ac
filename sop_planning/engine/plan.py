"""The lines of a demand plan: the statistical forecast, what people know, and the consensus."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .consensus import compose, computed
from .demand import SEASON, DemandBase, same_months_last_year
from .forecast import Forecast
from .history import first_sale

EVENT_KINDS = ("promotion", "launch", "phase_out", "commitment")
INPUT_QUANTITIES = ("qty_sales", "qty_override")
INPUT_FLAGS = ("is_sales", "is_overridden")
WEIGHTS = ("weight_computed", "weight_sales", "weight_last_year")
WHOLE = 1e-6  # units: how far from a whole number float arithmetic may be
VALUED = ("last_year", "statistical", "consensus", "orders")


@dataclass(frozen=True)
class Knowledge:
    """What is known beside the history of n planned products for h months, (n, h) units each.

    season: change by seasonal indices that a person chose. events: effect by kind of event.
    quotation: open quotations times their conversion; pipeline: what they add to the forecast.
    """

    season: np.ndarray
    events: Mapping[str, np.ndarray]
    quotation: np.ndarray
    pipeline: np.ndarray


def plan_lines(
    base: DemandBase,
    forecast: Forecast,
    knowledge: Knowledge,
    inputs: pd.DataFrame,
    weights: pd.DataFrame,
    digits: int,
) -> pd.DataFrame:
    """The planned products' lines: one row a product and month, with every figure and amount.

    ``forecast`` and ``knowledge`` have one row a planned product, in the order of ``base``;
    Products ordered in whole units only are planned in whole units, see ``whole_units``.
    ``inputs`` is an INPUTS table; ``weights`` (family_id, WEIGHTS) says how families compose their
    consensus. Quantities are rounded to ``digits`` decimals, which is how they are stored, so that
    sums agree with what is shown.
    """
    planned, months = base.is_planned, base.months
    ids = base.product_ids[planned]
    lines = pd.DataFrame(
        {
            "product_id": np.repeat(ids, months.count),
            "family_id": np.repeat(base.family_ids[planned], months.count),
            "bucket_start": np.tile(months.starts.to_numpy("datetime64[s]"), len(ids)),
            "price_unit": np.repeat(base.price[planned], months.count),
        }
    )
    statistical, expected = _in_whole_units(base, forecast, knowledge)
    figures = {
        "last_year": same_months_last_year(base.past.qty, months.count)[planned],
        "statistical": statistical,
        "low": forecast.low,
        "high": forecast.high,
        "naive": forecast.naive,
        "orders": base.booked.qty[planned],
        "season": knowledge.season,
        "quotation": knowledge.quotation,
        "pipeline": knowledge.pipeline,
        **{kind: knowledge.events[kind] for kind in EVENT_KINDS},
    }
    for name, values in figures.items():
        lines[f"qty_{name}"] = np.round(values.ravel(), digits)
    lines["qty_event"] = np.round(sum(lines[f"qty_{kind}"] for kind in EVENT_KINDS), digits)
    lines["qty_computed"] = np.round(expected.ravel(), digits)
    first = first_sale(base.past.qty[planned])[:, None]
    before = base.past.qty.shape[1] - SEASON + np.arange(months.count)  # position a year earlier
    lines["is_last_year"] = ((first <= before) & (before < base.past.qty.shape[1])).ravel()
    lines = with_weights(with_inputs(lines, inputs), weights)
    lines["qty_consensus"] = np.round(consensus(lines), digits)
    return with_amounts(lines).drop(columns=[*WEIGHTS, "is_last_year"])


def with_inputs(lines: pd.DataFrame, inputs: pd.DataFrame) -> pd.DataFrame:
    """Lines with the INPUTS columns beside them: 0 and False where nobody entered anything."""
    lines = lines.merge(
        inputs, on=["product_id", "bucket_start"], how="left", validate="one_to_one"
    )
    for name in INPUT_QUANTITIES:
        lines[name] = lines[name].fillna(0.0)
    for name in INPUT_FLAGS:
        lines[name] = lines[name].eq(True)
    return lines


def with_weights(lines: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """Lines with the weights of their family; without a family the sales input counts alone."""
    own = weights.set_index("family_id").reindex(lines["family_id"])
    columns = {
        name: own[name].fillna(float(name == "weight_sales")).to_numpy(float) for name in WEIGHTS
    }
    return lines.assign(**columns)


def whole_units(qty: np.ndarray) -> np.ndarray:
    """Figures (..., h) in whole units whose running total is never more than half a unit off.

    What is rounded off in one month is made up for in the next ones, so that slow movers keep
    their demand.

    >>> whole_units(np.array([0.3, 0.3, 0.3, 0.3, 12.4])).tolist()
    [0.0, 1.0, 0.0, 0.0, 13.0]
    """
    running = np.floor(np.cumsum(qty, axis=-1) + 0.5)
    return np.diff(running, axis=-1, prepend=0.0)


def _in_whole_units(
    base: DemandBase, forecast: Forecast, knowledge: Knowledge
) -> tuple[np.ndarray, np.ndarray]:
    """The statistical and the computed figures (n, h), in whole units where orders always are."""
    together = computed(
        forecast.mean, knowledge.season, sum(knowledge.events.values()), knowledge.pipeline
    )
    planned = base.is_planned
    ordered = np.hstack([base.past.qty[planned], base.booked.qty[planned]])
    is_whole = (np.abs(ordered - np.rint(ordered)) < WHOLE).all(axis=1)[:, None]
    return (
        np.where(is_whole, whole_units(forecast.mean), forecast.mean),
        np.where(is_whole, whole_units(together), together),
    )


def consensus(lines: pd.DataFrame) -> np.ndarray:
    """The consensus (rows,) of lines with computed figure, inputs, weights, and is_last_year:
    whether that month of last year is over and the product was sold by then."""
    figures = {
        name: lines[f"qty_{name}"].to_numpy(float) for name in ("sales", "last_year", "override")
    }
    weights = tuple(lines[name].to_numpy(float) for name in WEIGHTS)
    return compose(
        lines["qty_computed"].to_numpy(float),
        is_sales=lines["is_sales"].to_numpy(bool),
        is_last_year=lines["is_last_year"].to_numpy(bool),
        is_overridden=lines["is_overridden"].to_numpy(bool),
        weights=weights,
        **figures,
    )


def with_amounts(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines with the value of each figure at the line's price."""
    return lines.assign(
        **{
            f"amount_{name}": np.round(lines[f"qty_{name}"] * lines["price_unit"], 2)
            for name in VALUED
        }
    )
