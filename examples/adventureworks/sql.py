"""Set-based writing: staged CSV tables, rows shaped after a pattern, indexes set aside.

The three ideas that make two million native rows affordable and still native:

* `stage` copies a CSV into a temporary table with types and moved dates;
* `insert` writes `INSERT .. SELECT` where every column that is not named takes the value
  that Odoo itself gave to a specimen of the same kind (see `patterns.py`);
* `without_indexes` sets secondary indexes and foreign keys aside and builds them again
  afterwards, which also proves every reference at the end.
"""

import csv
import gzip
import io
from contextlib import contextmanager

from odoo.tools import SQL

from . import csvs


def stage(cr, name, shift):
    """Copy the CSV `name` into the temporary table `aw_<name>`; dates move by `shift`."""
    names = csvs.columns(name)
    columns = ", ".join(f'"{column}" text' for column in names)
    cr.execute(f"CREATE TEMP TABLE aw_raw ({columns}) ON COMMIT DROP")
    with gzip.open(csvs.path(name), "rt", encoding="utf-8") as stream:
        cr._obj.copy_expert("COPY aw_raw FROM STDIN WITH (FORMAT csv, HEADER)", stream)
    typed = ", ".join(f'{_typed(column, shift)} AS "{column}"' for column in names)
    table(cr, f"aw_{name}", f"SELECT {typed} FROM aw_raw")
    cr.execute("DROP TABLE aw_raw")


def _typed(name, shift):
    """The SQL expression that turns the text column `name` into its type."""
    text = f"NULLIF(TRIM(\"{name}\"), '')"
    kind = csvs.type_of(name)
    if kind == "int":
        return f"{text}::numeric::int"
    if kind == "date":
        return f"({text}::date + interval '{int(shift.months)} months')::date"
    return f"{text}::{kind}"


def mapping(cr, name, pairs):
    """Create the temporary table `name` (`key` int, `id` int) that holds `pairs`."""
    cr.execute(f"CREATE TEMP TABLE {name} (key int PRIMARY KEY, id int) ON COMMIT DROP")
    keys, ids = zip(*pairs, strict=True)
    query = f"INSERT INTO {name} SELECT * FROM unnest(%s::int[], %s::int[])"
    cr.execute(query, (list(keys), list(ids)))
    cr.execute(f"ANALYZE {name}")


def copy(cr, name, rows):
    """Copy rows of plain values into the table `name`."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    text.seek(0)
    cr._obj.copy_expert(f'COPY "{name}" FROM STDIN WITH (FORMAT csv)', text)
    cr.execute(f'ANALYZE "{name}"')


def table(cr, name, query):
    """Create the temporary table `name` from `query` and return its number of rows."""
    cr.execute(f"CREATE TEMP TABLE {name} ON COMMIT DROP AS {query}")
    count = cr.rowcount
    cr.execute(f"ANALYZE {name}")
    return count


def insert(cr, pattern, source, columns):
    """Insert one record of the pattern's model per row of `source`; return the count.

    `source` is the text after FROM and `columns` maps column names to expressions over it.
    Columns that are not named take the specimen's value. Columns that differ between
    specimens must be named, or the pattern complains.
    """
    pattern.require(columns)
    values = {name: SQL("%s", value) for name, value in pattern.constants.items()}
    values |= dict.fromkeys(("create_date", "write_date"), SQL("now() AT TIME ZONE 'UTC'"))
    values |= {name: SQL(text) for name, text in columns.items()}
    query = SQL(
        "INSERT INTO %s (%s) SELECT %s FROM %s",
        SQL.identifier(pattern.table),
        SQL(", ").join(SQL.identifier(name) for name in values),
        SQL(", ").join(values.values()),
        SQL(source),
    )
    cr.execute(query)
    return cr.rowcount


def link(cr, name, left, right, source):
    """Fill the many2many table `name` with the columns `left` and `right` of `source`."""
    cr.execute(
        f"INSERT INTO {name} ({left[0]}, {right[0]}) SELECT {left[1]}, {right[1]} FROM {source}"
    )
    return cr.rowcount


def advance_sequence(env, sequence, last):
    """Make the next number of the ir.sequence follow `last`, which rows already carry."""
    env.cr.execute("SELECT setval(%s, %s)", (f"ir_sequence_{sequence.id:03d}", max(last, 1)))


@contextmanager
def without_indexes(cr, tables):
    """Set aside the foreign keys and the plain indexes of `tables`, and build them again.

    Building once is several times faster than keeping them up row by row. Primary keys and
    unique indexes stay. The definitions come from PostgreSQL's own catalogue.
    """
    keys = _definitions(cr, _FOREIGN_KEYS, tables)
    indexes = _definitions(cr, _PLAIN_INDEXES, tables)
    for owner, name, _text in keys:
        cr.execute(f'ALTER TABLE "{owner}" DROP CONSTRAINT "{name}"')
    for _owner, name, _text in indexes:
        cr.execute(f'DROP INDEX "{name}"')
    yield
    for _owner, _name, text in indexes:
        cr.execute(text)
    for owner, name, text in keys:
        cr.execute(f'ALTER TABLE "{owner}" ADD CONSTRAINT "{name}" {text}')
    for owner in tables:
        cr.execute(f'ANALYZE "{owner}"')


def _definitions(cr, query, tables):
    cr.execute(query, (list(tables),))
    return cr.fetchall()


_FOREIGN_KEYS = """
    SELECT r.relname, c.conname, pg_get_constraintdef(c.oid)
      FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
     WHERE c.contype = 'f' AND r.relname = ANY(%s)
       AND r.relnamespace = current_schema()::regnamespace
     ORDER BY r.relname, c.conname
"""
_PLAIN_INDEXES = """
    SELECT t.relname, i.relname, pg_get_indexdef(x.indexrelid)
      FROM pg_index x
      JOIN pg_class t ON t.oid = x.indrelid
      JOIN pg_class i ON i.oid = x.indexrelid
     WHERE NOT x.indisunique AND t.relname = ANY(%s)
       AND t.relnamespace = current_schema()::regnamespace
     ORDER BY t.relname, i.relname
"""
