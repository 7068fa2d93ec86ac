"""Why two plans differ: the difference of every product and month, split into causes.

A plan line is composed of inputs (see ``consensus``): the override if there is one, else the sales
input, else statistical forecast + events + pipeline, not below zero. The inputs of the old plan are
replaced by those of the new one, one after the other, in the order of STEPS; what the consensus
moves by when an input is replaced is that input's part. So a change that an override hides counts
nothing, and the parts add up to the difference whatever is rounded. What is no input itself, whole
units and the weights of the families, moves with the last input that changed; where none changed,
with the statistics.
"""

import numpy as np
import pandas as pd

STEPS = ("statistics", "event", "pipeline", "sales", "override")
QUANTITY_CAUSES = (*STEPS, "scope")
CAUSES = (*QUANTITY_CAUSES, "price")
COMPUTED = ("qty_statistical", "qty_event", "qty_pipeline")
KEY = ["product_id", "bucket_start"]
BOTH, GONE, NEW = "both", "gone", "new"
MONEY_DIGITS = 2
SMALL = 1e-9  # units that are no difference


def bridge(old: pd.DataFrame, new: pd.DataFrame, digits: int) -> pd.DataFrame:
    """Two plans line by line, with the causes of their difference.

    Each plan has one row a product and month (KEY): family_id, qty_statistical (with the change of
    the season), qty_event, qty_pipeline, qty_sales, is_sales, qty_override, is_overridden,
    qty_consensus, price_unit, amount_consensus. The answer has a row for each KEY of either plan:
    family_id (the new plan's), kind (BOTH, GONE or NEW), qty_old, qty_new, amount_old, amount_new,
    and qty_<cause> for QUANTITY_CAUSES, amount_<cause> for CAUSES. Quantities are rounded to
    ``digits`` decimals as stored plans are; the parts add up to new - old.

    Amounts are the parts at the new price, and what the price alone changes: price. A product or
    month that one plan has and the other has not is scope, in units and in money.
    """
    both = old.merge(new, on=KEY, how="outer", suffixes=("_old", "_new"), indicator=True)
    kind = both["_merge"].map({"both": BOTH, "left_only": GONE, "right_only": NEW}).astype(str)
    before, after = _side(both, "_old"), _side(both, "_new")
    is_common = (kind == BOTH).to_numpy()
    qty = _stages(before, after, digits)
    amount = _amounts(before, after, qty)
    family = both["family_id_new"].where(kind != GONE, both["family_id_old"])
    rows = both[KEY].assign(
        family_id=family.fillna(0).astype("int64"),
        kind=kind,
        qty_old=qty[0],
        qty_new=qty[-1],
        amount_old=before["amount_consensus"],
        amount_new=after["amount_consensus"],
    )
    _add_parts(rows, "qty", STEPS, np.diff(qty, axis=0), is_common, digits)
    _add_parts(rows, "amount", ("price", *STEPS), np.diff(amount, axis=0), is_common, MONEY_DIGITS)
    return rows


def by_family(rows: pd.DataFrame) -> pd.DataFrame:
    """The bridge of each family: sums of all figures by family_id.

    Quantities of one family may be of different products: they are units all the same.
    """
    figures = [name for name in rows.columns if name.startswith(("qty_", "amount_"))]
    return rows.groupby("family_id", sort=True)[figures].sum()


def _side(both: pd.DataFrame, suffix: str) -> dict[str, np.ndarray]:
    """The figures of one plan (rows,), 0 and False where it has no such row."""
    names = [name.removesuffix(suffix) for name in both.columns if name.endswith(suffix)]
    side = {}
    for name in names:
        values = both[name + suffix]
        is_flag = name.startswith("is_")
        side[name] = values.eq(True).to_numpy() if is_flag else values.fillna(0).to_numpy(float)
    return side


def _stages(before: dict, after: dict, digits: int) -> np.ndarray:
    """The consensus (1 + STEPS, rows) while the inputs are replaced one after the other.

    The first is the old plan's, the last the new one's; between them it stays the old one's until
    an input changes, and is the new one's from the last input that changed on.
    """
    old, new = before["qty_consensus"], after["qty_consensus"]
    changed = _changed(before, after)
    share = _sales_share(before), _sales_share(after)
    # whole units and last year's weight: what the computed figure is beside the sum of its inputs
    is_computed = ~before["is_sales"] & ~before["is_overridden"]
    offset = np.where(is_computed, old - _base(before, before, 0), 0.0)
    stages = [old]
    for step in range(1, len(STEPS)):
        value = _composed(_blend(before, after, step, share, offset), before)
        value = np.where(changed[:step].any(axis=0), value, old)
        stages.append(np.where(changed[step:].any(axis=0), value, new))
    return np.round([*stages, new], digits)


def _changed(before: dict, after: dict) -> np.ndarray:
    """Which inputs differ, (STEPS, rows); figures that nobody gave do not count."""
    pairs = [(before[name], after[name]) for name in COMPUTED]
    for name, flag in (("sales", "is_sales"), ("override", "is_overridden")):
        given = [
            np.where(side[flag], np.maximum(side[f"qty_{name}"], 0.0), -1.0)
            for side in (before, after)
        ]
        pairs.append(tuple(given))
    return np.array([np.abs(old - new) > SMALL for old, new in pairs])


def _base(before: dict, after: dict, step: int, offset: np.ndarray | float = 0.0) -> np.ndarray:
    """The computed figure when the first ``step`` inputs are the new plan's."""
    sides = [after if place < step else before for place in range(len(COMPUTED))]
    return np.maximum(sum(side[name] for side, name in zip(sides, COMPUTED)) + offset, 0.0)


def _blend(before: dict, after: dict, step: int, share: tuple, offset: np.ndarray) -> np.ndarray:
    """The consensus without an override when the first ``step`` inputs are the new plan's."""
    base = _base(before, after, step, offset)
    is_new = step > len(COMPUTED)
    side = after if is_new else before
    # without an own share the sales input counts as it does in the other plan, else alone
    first, second = share[::-1] if is_new else share
    counts = np.where(np.isnan(first), np.where(np.isnan(second), 1.0, second), first)
    sales = base + counts * (np.maximum(side["qty_sales"], 0.0) - base)
    return np.where(side["is_sales"], sales, base)


def _composed(blend: np.ndarray, side: dict) -> np.ndarray:
    return np.where(side["is_overridden"], np.maximum(side["qty_override"], 0.0), blend)


def _sales_share(side: dict) -> np.ndarray:
    """How much of the consensus the sales input is: 1 unless the family weighs its inputs; NaN
    where it cannot be seen."""
    base = _base(side, side, 0)
    distance = np.maximum(side["qty_sales"], 0.0) - base
    is_seen = side["is_sales"] & ~side["is_overridden"] & (np.abs(distance) > SMALL)
    share = (side["qty_consensus"] - base) / np.where(is_seen, distance, 1.0)
    return np.where(is_seen, np.clip(share, 0.0, 1.0), np.nan)


def _amounts(before: dict, after: dict, qty: np.ndarray) -> np.ndarray:
    """The value (2 + STEPS, rows): of the old plan, of its units at the new price, and then of
    every stage at the new price; the last is the new plan's."""
    old, new = before["amount_consensus"], after["amount_consensus"]
    price = after["price_unit"]
    is_same_price = np.abs(price - before["price_unit"]) <= SMALL
    start = np.where(is_same_price, old, np.round(qty[0] * price, MONEY_DIGITS))
    values = [old, start]
    for stage in qty[1:-1]:
        value = np.where(stage == qty[-1], new, np.round(stage * price, MONEY_DIGITS))
        # a line that no input moves keeps its value until the end
        values.append(np.where(stage == qty[0], start, value))
    return np.array([*values, new])


def _add_parts(
    rows: pd.DataFrame,
    figure: str,
    names: tuple,
    parts: np.ndarray,
    is_common: np.ndarray,
    digits: int,
) -> None:
    """The parts of each cause as columns; what only one plan has is scope as a whole."""
    whole = rows[f"{figure}_new"] - rows[f"{figure}_old"]
    for name, part in zip(names, parts):
        rows[f"{figure}_{name}"] = np.where(is_common, np.round(part, digits), 0.0) + 0.0
    rows[f"{figure}_scope"] = np.where(is_common, 0.0, np.round(whole, digits)) + 0.0
