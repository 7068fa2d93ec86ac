"""What a change to a plan does to each of its lines: sums are kept, locked products stay.

A person changes a total: of one product or of a family, of each month or of all months together.
The lines below share the new total in proportion to their current figures.
"""

import numpy as np
import pandas as pd

from .consensus import open_shares, spread
from .tables import EngineError

KINDS = ("set", "percent", "delta")
SAME = 1e-9  # units, relative to the total: a change that is less changes nothing


def adjusted_lines(
    lines: pd.DataFrame,
    kind: str,
    value: np.ndarray | float,
    whole: bool = False,
    digits: int = 0,
) -> np.ndarray:
    """New figures (r,) of plan lines, in the order of their rows, after a change.

    ``lines`` has product_id, bucket_start, qty_consensus (at ``digits`` decimals), qty_statistical
    and is_locked, one row a product and month. ``kind`` and ``value`` are those of ``adjusted``,
    for the total of each month: one value, or one a month (k,) in the order of time. ``whole``: the
    one total over all months is changed instead, and months share it as products do. Raises
    EngineError as ``adjusted`` does, with ``months`` in place of groups.

    >>> lines = pd.DataFrame({"product_id": [1, 2], "bucket_start": pd.Timestamp(2026, 12, 1),
    ...     "qty_consensus": [30, 10], "qty_statistical": [20, 20], "is_locked": False})
    >>> adjusted_lines(lines, "percent", 10).tolist()
    [33.0, 11.0]
    """
    months, month = np.unique(lines["bucket_start"].to_numpy("datetime64[D]"), return_inverse=True)
    groups = np.zeros(len(lines), np.int64) if whole else month
    try:
        return adjusted(
            lines["qty_consensus"].to_numpy(float),
            kind,
            value,
            groups=groups,
            order=np.lexsort((lines["product_id"].to_numpy(), month)),
            statistical=lines["qty_statistical"].to_numpy(float),
            locked=lines["is_locked"].to_numpy(bool),
            digits=digits,
        )
    except EngineError as error:
        if "groups" not in error.details:
            raise
        wrong = months if whole else months[error.details["groups"]]
        raise EngineError(error.code, months=[str(day)[:7] for day in wrong]) from error


def adjusted(
    current: np.ndarray,
    kind: str,
    value: np.ndarray | float,
    *,
    groups: np.ndarray | None = None,
    order: np.ndarray | None = None,
    statistical: np.ndarray | None = None,
    locked: np.ndarray | None = None,
    digits: int = 0,
) -> np.ndarray:
    """New figures (r,) of lines whose totals by group change.

    current (r,) >= 0 units at ``digits`` decimals; ``groups`` (r,) positions 0..g-1 of the totals,
    none is one total; ``value`` one number or (g,). ``set``: the new total; ``percent``: added to
    the total, 10 is + 10 %; ``delta``: units added to the total. The total includes locked lines
    (mask (r,)), which keep their figure; the others share the rest in proportion to ``current``, to
    ``statistical`` (r,) where those are all 0, equally where these are too. New totals are rounded
    to ``digits``, halves up; a group whose total stays keeps its lines. The last units go to the
    largest remainders, ties in the order given by ``order``, a permutation (r,), so that the order
    of the rows does not matter.

    Raises EngineError ``kind``, ``value`` (not finite, or not one a group), ``negative`` or
    ``locked`` (no room beside locked lines), the last two with the ``groups`` concerned.

    >>> adjusted(np.array([30.0, 10, 20]), "delta", -30,
    ...          locked=np.array([False, False, True])).tolist()
    [8.0, 2.0, 20.0]
    """
    current = np.asarray(current, dtype=float)
    r = len(current)
    order = np.arange(r) if order is None else np.asarray(order)
    group = (np.zeros(r, np.int64) if groups is None else np.asarray(groups, np.int64))[order]
    figures = current[order]
    fixed = (np.zeros(r, bool) if locked is None else np.asarray(locked, bool))[order]
    fallback = (np.zeros(r) if statistical is None else np.asarray(statistical, float))[order]
    before = np.bincount(group, figures, group.max(initial=-1) + 1).astype(float)
    after = _new_totals(before, kind, value, digits)
    stays = np.abs(after - before) <= SAME * np.maximum(np.abs(before), 1.0)
    if kind != "set":
        stays |= np.broadcast_to(np.asarray(value) == 0, stays.shape)
    after = np.where(stays, before, after)
    _check_room(after, figures, group, fixed, stays)
    fixed = fixed | stays[group]
    weights = _weights(figures, fallback, group, fixed, len(after))
    parts = np.empty(r)
    parts[order] = spread(after, weights, fixed, figures, digits, group) if r else 0.0
    return parts


def units_worth(
    current: np.ndarray,
    kind: str,
    value: np.ndarray,
    price: np.ndarray,
    *,
    groups: np.ndarray,
    statistical: np.ndarray,
    locked: np.ndarray,
) -> np.ndarray:
    """New totals (g,) in units, not rounded, of lines whose totals in money change.

    ``value`` (g,) in money: the new total of ``set``, what ``delta`` adds to it; ``price`` (r,) of
    a unit; the other arguments are those of ``adjusted``, which shares the totals among the lines
    so that they are worth what was asked for, but for the rounding. Raises EngineError ``price``
    with the ``groups`` that share a total but have no price.

    >>> units_worth(np.array([30.0, 10]), "set", np.array([880.0]), np.array([10.0, 14]),
    ...             groups=np.zeros(2, int), statistical=np.zeros(2), locked=np.zeros(2, bool))
    array([80.])
    """
    g = len(value)
    target = value if kind == "set" else np.bincount(groups, price * current, g) + value
    shares = open_shares(_weights(current, statistical, groups, locked, g), groups, locked, g)
    worth = np.bincount(groups, price * shares, g)  # of a unit that the open lines share
    is_unpriced = (worth <= 0) & (np.bincount(groups[~locked], minlength=g) > 0)
    if is_unpriced.any():
        raise EngineError("price", groups=np.flatnonzero(is_unpriced).tolist())
    kept = np.where(locked, current, 0.0)
    rest = target - np.bincount(groups, price * kept, g)
    # where all lines are locked, any difference is as much too much in units
    return np.bincount(groups, kept, g) + rest / np.where(worth > 0, worth, 1.0)


def _new_totals(
    before: np.ndarray, kind: str, value: np.ndarray | float, digits: int
) -> np.ndarray:
    """Totals (g,) after the change, rounded; none below zero."""
    value = np.asarray(value, dtype=float)
    if kind not in KINDS:
        raise EngineError("kind", kind=kind)
    if not np.isfinite(value).all() or value.shape not in ((), before.shape):
        raise EngineError("value", kind=kind)
    exact = {"set": 0 * before + value, "delta": before + value}
    exact["percent"] = before * (100 + value) / 100
    is_negative = exact[kind] < -SAME * np.maximum(before, 1.0)
    if is_negative.any():
        raise EngineError("negative", groups=np.flatnonzero(is_negative).tolist())
    scaled = exact[kind] * 10.0**digits
    return np.floor(scaled + 0.5 + 1e-9 * np.maximum(np.abs(scaled), 1.0)) / 10.0**digits


def _check_room(
    after: np.ndarray, figures: np.ndarray, group: np.ndarray, fixed: np.ndarray, stays: np.ndarray
) -> None:
    """Refuse totals that locked lines leave no room for."""
    rest = after - np.bincount(group[fixed], figures[fixed], len(after))
    is_full = np.bincount(group[~fixed], minlength=len(after)) == 0
    noise = SAME * np.maximum(after, 1.0)
    wrong = ~stays & ((rest < -noise) | (is_full & (rest > noise)))
    if wrong.any():
        raise EngineError("locked", groups=np.flatnonzero(wrong).tolist())


def _weights(
    figures: np.ndarray, fallback: np.ndarray, group: np.ndarray, fixed: np.ndarray, count: int
) -> np.ndarray:
    """In what proportion the open lines share: current figures, else the fallback."""
    usable = np.maximum(np.where(fixed, 0.0, figures), 0.0)
    is_blank = np.bincount(group, usable, count)[group] == 0
    return np.where(is_blank, np.maximum(fallback, 0.0), usable)
