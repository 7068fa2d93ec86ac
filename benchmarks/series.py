"""Reads files of time series, in whatever arrangement they come, and holds out the end of each.

Long: columns unique_id, t, y and, if given, test (1 marks what is held out). Wide: a row or a
column a series. Empty is not recorded: before the first and after the last figure a series does not
exist; a gap within it counts as 0.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

TIME_NAMES = {"t", "ds", "date", "time", "month", "period", "week", "day", "year"}
ID_NAMES = {"unique_id", "id", "item_id", "series", "sku", "product", "product_id", "item", "part"}
MIN_PAST = 2  # buckets a series needs before the held-out ones


class DataError(Exception):
    """Something a person can repair; the message says what."""


@dataclass(frozen=True)
class Data:
    """n series whose held-out buckets stand beside each other.

    past (n, m): starts with NaN where a series is shorter than the longest. actual (n, h): ends
    with NaN where less was held out. left_out: series too short to be forecast. gaps: empty cells
    within series, taken for 0.
    """

    ids: list[str]
    past: np.ndarray
    actual: np.ndarray
    left_out: int
    gaps: int

    @property
    def horizon(self) -> int:
        """h."""
        return self.actual.shape[1]


def read(path: str, horizon: int | None, season: int) -> Data:
    """The series of a .csv or .csv.gz file; DataError when it cannot be used."""
    series = _long(path, table) if _is_long(table := _table(path)) else _wide(path, table)
    values = {name: _recorded(column) for name, (column, _test) in series.items()}
    if all(test is None for _values, test in series.values()):
        horizon = horizon or default_horizon([len(column) for column in values.values()], season)
        tails = dict.fromkeys(series, horizon)
    else:
        tails = {name: int(test.sum()) for name, (_values, test) in series.items()}
        marked = max(tails.values())
        if horizon and horizon != marked:
            raise DataError(f"{path} marks {marked} held-out buckets, so H cannot be {horizon}.")
    return _held_out(path, values, tails)


def default_horizon(lengths: list[int], season: int) -> int:
    """One and a half seasons when most series have five seasons, else one season."""
    if lengths and np.median(lengths) >= 5 * season:
        return season * 3 // 2
    return season


def _table(path: str) -> pd.DataFrame:
    if not Path(path).is_file():
        raise DataError(f"There is no file {path}.")
    try:
        table = pd.read_csv(path, low_memory=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{path} cannot be read as CSV: {str(error).strip()}.") from error
    if table.empty:
        raise DataError(f"{path} has no rows.")
    return table


def _is_long(table: pd.DataFrame) -> bool:
    return {"unique_id", "y"} <= set(table.columns)


def _long(path: str, table: pd.DataFrame) -> dict:
    """Series by id: values and, with a column test, the mark of each."""
    order = next((name for name in table.columns if str(name).lower() in TIME_NAMES), None)
    if order is not None:
        table = table.sort_values(["unique_id", order], kind="stable")
    table = table.assign(y=_numbers(path, table[["y"]])["y"])
    series = {}
    for name, rows in table.groupby("unique_id", sort=False):
        test = None
        if "test" in table.columns:
            test = _numbers(path, rows[["test"]])["test"].to_numpy() == 1
            if test.any() and not test[np.argmax(test) :].all():
                raise DataError(f"{path}: the test rows of series {name} are not its last ones.")
        series[str(name)] = (rows["y"].to_numpy(float), test)
    return series


def _wide(path: str, table: pd.DataFrame) -> dict:
    """Series by id; whether they stand in rows or columns is seen from the first column."""
    first = table.columns[0]
    if _is_time(str(first), table[first]):
        rows = table.drop(columns=first).T
    elif str(first).lower() in ID_NAMES or table[first].is_unique:
        rows = table.set_index(first)
    else:
        rows = table.T  # nothing but series
    if not rows.shape[1]:
        raise DataError(f"{path} has no column of figures.")
    if not rows.index.is_unique:
        raise DataError(f"{path} has two series named {rows.index[rows.index.duplicated()][0]}.")
    numbers = _numbers(path, rows)
    return {str(name): (row, None) for name, row in zip(numbers.index, numbers.to_numpy(float))}


def _is_time(name: str, values: pd.Series) -> bool:
    """Whether a column counts or dates the buckets."""
    if name.lower() in TIME_NAMES:
        return True
    if name.lower() in ID_NAMES:
        return False
    if pd.api.types.is_numeric_dtype(values):
        return len(values) > 1 and bool((values.diff().iloc[1:] == 1).all())
    return bool(pd.to_datetime(values, errors="coerce", format="ISO8601").notna().all())


def _numbers(path: str, table: pd.DataFrame) -> pd.DataFrame:
    """The same as numbers; DataError names the first cell that is none."""
    numbers = table.apply(pd.to_numeric, errors="coerce")
    wrong = (numbers.isna() & table.notna()) | np.isinf(numbers)
    if wrong.to_numpy().any():
        row, column = np.argwhere(wrong.to_numpy())[0]
        raise DataError(
            f"{path}: {table.iat[row, column]!r} in series or row {table.index[row]}, column"
            f" {table.columns[column]}, is not a number."
        )
    return numbers


def _recorded(values: np.ndarray) -> np.ndarray:
    """From the first to the last recorded figure."""
    known = np.flatnonzero(~np.isnan(values))
    return values[known[0] : known[-1] + 1] if len(known) else values[:0]


def _held_out(path: str, values: dict[str, np.ndarray], tails: dict[str, int]) -> Data:
    """Past and held-out buckets of the series that are long enough."""
    usable = [name for name in values if 0 < tails[name] <= len(values[name]) - MIN_PAST]
    if not usable:
        longest = max((len(column) for column in values.values()), default=0)
        needed = MIN_PAST + min(tails.values(), default=1)
        raise DataError(
            f"{path} has no series that is long enough: {needed} buckets are needed"
            f" ({MIN_PAST} before the held-out ones), the longest has {longest}."
        )
    horizon = max(tails[name] for name in usable)
    m = max(len(values[name]) - tails[name] for name in usable)
    past, actual = np.full((len(usable), m), np.nan), np.full((len(usable), horizon), np.nan)
    gaps = 0
    for row, name in enumerate(usable):
        filled = np.nan_to_num(values[name])
        gaps += int(np.isnan(values[name]).sum())
        cut = len(filled) - tails[name]
        past[row, m - cut :] = filled[:cut]
        actual[row, : tails[name]] = filled[cut:]
    return Data(usable, past, actual, len(values) - len(usable), gaps)
