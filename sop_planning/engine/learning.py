"""Who and what made the forecast better: forecast value added of each step and each person.

Gilliland (2010), "The Business Forecasting Deal": every step is measured on the same rows, at the
same lag, against the step before it and against the naive forecast. Errors are forecast - actual.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .accuracy import value_added
from .tables import EngineError, Table

STEPS = ("naive", "statistical", "computed", "sales", "consensus")

FROZEN = Table(
    "frozen",
    {
        "product_id": "int64",
        "family_id": "int64",
        "bucket_start": "datetime64[s]",
        "lag": "int64",
        "qty_naive": "float64",
        "qty_statistical": "float64",
        "qty_computed": "float64",
        "qty_sales": "float64",
        "is_sales": "bool",
        "qty_consensus": "float64",
        "qty_actual": "float64",
    },
    key=("product_id", "bucket_start", "lag"),
    units={"lag": "months from the freeze to the bucket"}
    | {f"qty_{name}": "product unit" for name in (*STEPS, "actual")},
)
ENTRIES = Table(
    "entries",
    {
        "entry_id": "int64",
        "person_id": "int64",
        "product_id": "int64",
        "bucket_start": "datetime64[s]",
        "qty_old": "float64",
        "qty_new": "float64",
        "qty_actual": "float64",
    },
    key=("entry_id", "product_id", "bucket_start"),
    units={name: "product unit" for name in ("qty_old", "qty_new", "qty_actual")},
)


def step_value(frozen: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Accuracy and value added of each step by the FROZEN columns in ``by``; none: over all rows.

    One row a group and step, steps in their order: ``by``, step, n (rows), n_changed (rows where
    the step differs from the one before), absolute_error, error and actual (sums, units), wmape and
    bias (ratios), value_added (wmape of the step before less this one) and value_added_naive (of
    the naive forecast less this one), positive = it helped; NaN = n/a. Where sales entered nothing
    the sales step is the computed figure, so that all steps have the same rows and their value adds
    up. Raises EngineError ``columns`` for a column that is not there.
    """
    by = _checked(frozen, by)
    figures = _figures(frozen)
    error = figures - frozen["qty_actual"].to_numpy(float)[:, None]
    changed = np.abs(np.diff(figures, axis=1, prepend=figures[:, :1])) > 1e-9
    keys, group, count = _groups(frozen, by)
    steps = len(STEPS)
    sums = {
        "n": np.repeat(np.bincount(group, minlength=count), steps),
        "n_changed": _sums(changed, group, count).astype(np.int64),
        "absolute_error": _sums(np.abs(error), group, count),
        "error": _sums(error, group, count),
        "actual": _sums(
            np.repeat(frozen["qty_actual"].to_numpy(float)[:, None], steps, axis=1), group, count
        ),
    }
    result = keys.loc[keys.index.repeat(steps)].reset_index(drop=True)
    result["step"] = np.tile(np.array(STEPS), count)
    return _with_ratios(result.assign(**sums), steps)


def person_value(entries: pd.DataFrame, by: Sequence[str] = ("person_id",)) -> pd.DataFrame:
    """What people's changes were worth, by the ENTRIES columns in ``by``.

    ``by``, n (rows), n_helped and n_harmed (rows closer to and farther from the actual), error_old
    and error_new (sums of absolute errors, units), value_added = error_old - error_new (units) and
    rate_added, its share of error_old, NaN without any. Several entries on one figure add up to
    what the last one changed from the first. Raises EngineError ``columns``.

    >>> entries = ENTRIES.build([(1, 5, 9, "2026-11-01", 100, 130, 120)])
    >>> person_value(entries)[["n_helped", "value_added", "rate_added"]].values.tolist()
    [[1.0, 10.0, 0.5]]
    """
    by = _checked(entries, by)
    actual = entries["qty_actual"].to_numpy(float)
    old = np.abs(entries["qty_old"].to_numpy(float) - actual)
    new = np.abs(entries["qty_new"].to_numpy(float) - actual)
    keys, group, count = _groups(entries, by)
    gain = value_added(old, new)
    columns = np.column_stack([old, new, gain > 1e-9, gain < -1e-9])
    error_old, error_new, helped, harmed = _sums(columns, group, count).reshape(count, 4).T
    safe = np.where(error_old > 0, error_old, np.nan)
    return keys.assign(
        n=np.bincount(group, minlength=count),
        n_helped=helped.astype(np.int64),
        n_harmed=harmed.astype(np.int64),
        error_old=error_old,
        error_new=error_new,
        value_added=value_added(error_old, error_new),
        rate_added=value_added(error_old, error_new) / safe,
    )


def _figures(frozen: pd.DataFrame) -> np.ndarray:
    """The figure after each step, (rows, steps)."""
    figures = frozen[[f"qty_{step}" for step in STEPS]].to_numpy(float, copy=True)
    sales = STEPS.index("sales")
    is_sales = frozen["is_sales"].to_numpy(bool)
    figures[:, sales] = np.where(is_sales, figures[:, sales], figures[:, sales - 1])
    return figures


def _with_ratios(result: pd.DataFrame, steps: int) -> pd.DataFrame:
    """Ratios of the sums; n/a without demand."""
    volume = result["actual"].where(result["actual"] > 0).to_numpy(float)
    result["wmape"] = result["absolute_error"] / volume
    result["bias"] = result["error"] / volume
    wmape = result["wmape"].to_numpy(float).reshape(-1, steps)
    before = np.hstack([np.full((len(wmape), 1), np.nan), wmape[:, :-1]])
    result["value_added"] = value_added(before, wmape).ravel()
    result["value_added_naive"] = value_added(wmape[:, :1], wmape).ravel()
    return result


def _checked(table: pd.DataFrame, by: Sequence[str]) -> list[str]:
    wrong = [name for name in by if name not in table.columns]
    if wrong:
        raise EngineError("columns", wrong=wrong)
    return list(by)


def _groups(table: pd.DataFrame, by: list[str]) -> tuple[pd.DataFrame, np.ndarray, int]:
    """The groups' keys (g rows), each row's group, and g; no row, no group."""
    if not by:
        count = min(len(table), 1)
        return pd.DataFrame(index=range(count)), np.zeros(len(table), np.int64), count
    grouped = table.groupby(by, sort=True)
    keys = grouped.size().reset_index()[by]
    return keys, grouped.ngroup().to_numpy(), len(keys)


def _sums(values: np.ndarray, group: np.ndarray, count: int) -> np.ndarray:
    """Sums of values (rows, k) by group, flat: (g * k,)."""
    sums = np.zeros((count, values.shape[1]))
    np.add.at(sums, group, values)
    return sums.ravel()
