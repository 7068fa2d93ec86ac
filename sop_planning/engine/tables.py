"""Typed tables: the only form in which records enter the engine."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd


class EngineError(Exception):
    """Something the engine cannot work with: a code and its details, never a sentence.

    >>> EngineError("no_capacity", workcenter_id=7)
    EngineError('no_capacity', workcenter_id=7)
    """

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    def __repr__(self) -> str:
        parts = [repr(self.code), *(f"{name}={value!r}" for name, value in self.details.items())]
        return f"EngineError({', '.join(parts)})"

    __str__ = __repr__


@dataclass(frozen=True)
class Table:
    """A schema: columns with their dtypes and units, and the columns that identify a row.

    >>> stock = Table("stock", {"product_id": "int64", "qty": "float64"}, key=("product_id",))
    >>> stock.build([(8, 2), (7, 5.5)]).to_dict("list")
    {'product_id': [7, 8], 'qty': [5.5, 2.0]}
    >>> stock.build([(7, 1), (7, 2)])
    Traceback (most recent call last):
    engine.tables.EngineError: EngineError('duplicate_key', table='stock', rows=[(7,)])
    """

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    units: Mapping[str, str] = field(default_factory=dict)

    def empty(self) -> pd.DataFrame:
        """No row, every column, every dtype."""
        return self.build([])

    def build(self, rows: pd.DataFrame | Mapping | Iterable) -> pd.DataFrame:
        """Rows (tuples in column order, dicts, a mapping of columns or a frame) as a frame.

        The result is sorted by the key, so that the order of reading never changes a plan. Raises
        EngineError ``columns``, ``dtype``, ``missing_value`` or ``duplicate_key``.
        """
        frame = self._frame(rows)
        typed = pd.DataFrame({name: self._typed(frame[name]) for name in self.columns})
        self._check_key(typed)
        return typed.sort_values(list(self.key), kind="stable", ignore_index=True)

    def _frame(self, rows: pd.DataFrame | Mapping | Iterable) -> pd.DataFrame:
        if not isinstance(rows, (pd.DataFrame, Mapping)):
            rows = list(rows)
        is_positional = isinstance(rows, list) and not (rows and isinstance(rows[0], Mapping))
        if is_positional and any(len(row) != len(self.columns) for row in rows):
            raise EngineError("columns", table=self.name, expected=list(self.columns))
        frame = pd.DataFrame(rows, columns=list(self.columns) if is_positional else None)
        wrong = set(frame.columns).symmetric_difference(self.columns)
        if wrong:
            raise EngineError("columns", table=self.name, wrong=sorted(map(str, wrong)))
        return frame

    def _typed(self, values: pd.Series) -> pd.Series:
        """One column in its dtype; nothing is rounded, guessed or filled on the way."""
        dtype = self.columns[values.name]
        missing = np.flatnonzero(values.isna())
        if len(missing):
            self._fail("missing_value", values.name, row=int(missing[0]))
        try:
            typed = values.astype(dtype)
        except (TypeError, ValueError, OverflowError):
            self._fail("dtype", values.name, dtype=dtype)
        is_lossy = dtype in ("int64", "bool") and not (typed == values).all()
        if is_lossy or (dtype != "bool" and _has_booleans(values)):
            self._fail("dtype", values.name, dtype=dtype)
        if dtype == "float64" and not np.isfinite(typed).all():
            self._fail("dtype", values.name, dtype=dtype)
        return typed

    def _check_key(self, frame: pd.DataFrame) -> None:
        repeated = frame.duplicated(list(self.key))
        if repeated.any():
            rows = frame.loc[repeated, list(self.key)].head(5)
            raise EngineError(
                "duplicate_key", table=self.name, rows=list(rows.itertuples(index=False, name=None))
            )

    def _fail(self, code: str, column: str, **details: object) -> None:
        raise EngineError(code, table=self.name, column=column, **details)


def _has_booleans(values: pd.Series) -> bool:
    """Whether booleans hide among the values: Odoo's False for "nothing" must not become 0."""
    if values.dtype == object:
        return any(type(value) is bool for value in values)
    return len(values) > 0 and values.dtype == bool


PRODUCTS = Table(
    "products",
    {"product_id": "int64", "family_id": "int64", "price": "float64", "is_planned": "bool"},
    key=("product_id",),
    units={"price": "company currency per unit"},
)
DEMAND = Table(
    "demand",
    {"product_id": "int64", "day": "datetime64[s]", "qty": "float64", "amount": "float64"},
    key=("product_id", "day"),
    units={"qty": "product unit", "amount": "company currency"},
)
INPUTS = Table(
    "inputs",
    {
        "product_id": "int64",
        "bucket_start": "datetime64[s]",
        "qty_sales": "float64",
        "qty_override": "float64",
        "is_sales": "bool",
        "is_overridden": "bool",
    },
    key=("product_id", "bucket_start"),
    units={"qty_sales": "product unit", "qty_override": "product unit"},
)
