"""Whether bulk rows fill the same stored columns as records that Odoo writes now."""

from . import patterns, world

# kind of record -> what tells its bulk rows from others in the same table
KINDS = {
    "count move": "is_inventory",
    "quant": "TRUE",
    "sale": "TRUE",
    "sale line": "TRUE",
    "out picking": "sale_id IS NOT NULL",
    "out move": "sale_line_id IS NOT NULL",
    "purchase": "TRUE",
    "purchase line": "TRUE",
    "in picking": "origin LIKE 'PO%'",
    "in move": "purchase_line_id IS NOT NULL",
    "scrap": "TRUE",
    "scrap move": "scrap_id IS NOT NULL",
    "production": "TRUE",
    "production group": "TRUE",
    "work order": "TRUE",
    "time log": "TRUE",
    "raw move": "raw_material_production_id IS NOT NULL",
    "finished move": "production_id IS NOT NULL AND scrap_id IS NULL",
    "partner": "ref LIKE 'AW0%' OR ref LIKE 'STORE%'",
    "reference": "TRUE",
}
# filled by Odoo for whoever presses the button, or by planning an order in a calendar
# (and what only open orders have, of which the end of a month may leave none)
LEFT_EMPTY = {
    "sale": {"user_id"},
    "sale line": {"salesman_id"},
    "purchase": {"user_id"},
    "production": {"user_id", "reservation_state"},
    "work order": {"leave_id", "production_availability"},
}


def check(env) -> dict:
    """{kind: columns that only bulk rows fill}; a column that they lack is an error."""
    shapes = patterns.collect(env, world.specimens)
    return {kind: _compare(env, kind, shapes[kind]) for kind in KINDS}


def _compare(env, kind, shape):
    """The columns that bulk rows fill and Odoo's record of today does not."""
    env.cr.execute(f'SELECT * FROM "{shape.table}" LIMIT 0')
    names = [column.name for column in env.cr.description]
    counts = ", ".join(f'count("{name}")' for name in names)
    env.cr.execute(f'SELECT {counts} FROM "{shape.table}" WHERE {KINDS[kind]}')
    filled = {name for name, count in zip(names, env.cr.fetchone()) if count}
    wanted = set(shape.constants) | shape.varying
    lacking = wanted - filled - LEFT_EMPTY.get(kind, set())
    if lacking:
        raise AssertionError(
            f"{kind}: Odoo fills {', '.join(sorted(lacking))}, the loader does not."
        )
    return sorted(filled - wanted - {"create_date", "write_date"})
