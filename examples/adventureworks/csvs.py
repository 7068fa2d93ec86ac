"""Reading the sample's tables. Pure: no Odoo.

Columns keep Microsoft's names in the files and become snake_case here, in Python and in
SQL alike, so that one name serves everywhere.
"""

import csv
import gzip
import re
from datetime import date
from pathlib import Path

DATA = Path(__file__).parent / "data"

# The ending of a column's name tells its type; whatever is not listed is text.
_TYPES = (
    ("date", ("_date",)),
    ("boolean", ("_flag", "vendor_status")),
    ("int", ("_id", "sequence", "days_to_manufacture", "status", "lead_time")),
    (
        "numeric",
        (
            "_qty",
            "quantity",
            "price",
            "discount",
            "total",
            "cost",
            "cost_rate",
            "availability",
            "resource_hrs",
            "safety_stock_level",
            "reorder_point",
            "weight",
        ),
    ),
)


def snake(name: str) -> str:
    """`ProductSubcategoryID` -> `product_subcategory_id`.

    >>> snake("ActualResourceHrs"), snake("BOMLevel"), snake("SalesOrderID")
    ('actual_resource_hrs', 'bom_level', 'sales_order_id')
    """
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return name.lower()


def type_of(column: str) -> str:
    """The PostgreSQL type of a snake_case column.

    >>> type_of("ship_date"), type_of("order_qty"), type_of("name"), type_of("store_id")
    ('date', 'numeric', 'text', 'int')
    """
    for kind, endings in _TYPES:
        if column.endswith(endings):
            return kind
    return "text"


def path(table: str) -> Path:
    """Where the compressed file of `table` is."""
    return DATA / f"{table}.csv.gz"


def columns(table: str) -> list[str]:
    """The snake_case columns of `table`, in the file's order."""
    with gzip.open(path(table), "rt", encoding="utf-8", newline="") as stream:
        return [snake(name) for name in next(csv.reader(stream))]


def rows(table: str) -> list[dict]:
    """All rows of `table` with typed values; empty cells are None.

    Ids may be written as decimals in the files ("800.0"); they are integers here.
    """
    names = columns(table)
    parsers = [_PARSERS[type_of(name)] for name in names]
    with gzip.open(path(table), "rt", encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        next(reader)
        return [
            {
                name: parse(cell.strip())
                for name, parse, cell in zip(names, parsers, row, strict=True)
            }
            for row in reader
        ]


def _optional(parse):
    return lambda cell: parse(cell) if cell else None


_PARSERS = {
    "int": _optional(lambda cell: int(float(cell))),
    "date": _optional(date.fromisoformat),
    "boolean": _optional(lambda cell: cell == "True"),
    "numeric": _optional(float),
    "text": _optional(str),
}
