"""AdventureWorks, Microsoft's sample bicycle maker, as native Odoo records.

`load(env, today)` fills a fresh database; `check.check(env)` proves the figures against
the CSV files. The modules that need no Odoo (`dates`, `csvs`, `expected`) import alone.
"""

from datetime import date
from time import monotonic

from .dates import Shift

MARKER = "sop_examples.adventureworks"


def load(env, today: date, progress=print) -> dict:
    """Fill the main company with three years of business that end `today`.

    Returns the counts, the seconds of every stage and the shift in months. Commits
    nothing. Takes four minutes or less; run it as superuser.
    """
    from odoo.exceptions import UserError

    from . import (
        partners,
        patterns,
        production,
        purchases,
        reserve,
        sales,
        scrap,
        sql,
        stock,
        world,
    )

    parameters = env["ir.config_parameter"].sudo()
    if parameters.get_param(MARKER):
        raise UserError("The AdventureWorks data is already loaded in this database.")
    shift = Shift.to(today)
    clock = _Clock(progress)
    env = env(context={**env.context, "tracking_disable": True, "no_reset_password": True})
    env.cr.execute("SET LOCAL work_mem = '128MB'")
    env.cr.execute("SET LOCAL maintenance_work_mem = '256MB'")
    masters = clock("master data", world.create, env, shift)
    specimens = world.specimens(env)
    shapes = clock("patterns", patterns.collect, env, specimens)
    specimens.partners.unlink()
    env.flush_all()
    clock("staging", world.stage, env, masters)
    counts = clock("customers", partners.load_customers, env, shapes)
    bulk = sales.BULK_TABLES + purchases.BULK_TABLES + production.BULK_TABLES + stock.BULK_TABLES
    rebuilding = sql.without_indexes(env.cr, bulk)
    clock("setting indexes aside", rebuilding.__enter__)
    for name, stage in (
        ("sales", sales.load),
        ("purchases", purchases.load),
        ("production", production.load),
        ("scrap", scrap.load),
        ("counts", stock.count),
    ):
        counts |= clock(name, stage, env, shapes, masters)
    clock("building indexes", rebuilding.__exit__, None, None, None)
    counts |= clock("quants", stock.write_quants, env, shapes, masters)
    counts |= clock("reservations", reserve.load, env, shapes, masters)
    env.invalidate_all()
    parameters.set_param(MARKER, today.isoformat())
    return {
        "shift_months": shift.months,
        "counts": counts,
        "seconds": clock.seconds,
        "total_seconds": round(sum(clock.seconds.values()), 1),
    }


class _Clock:
    """Runs stages, times them and tells the caller."""

    def __init__(self, progress):
        self.progress = progress
        self.seconds = {}

    def __call__(self, name, stage, *args):
        start = monotonic()
        result = stage(*args)
        self.seconds[name] = round(monotonic() - start, 1)
        self.progress(f"{name}: {self.seconds[name]} s")
        return result
