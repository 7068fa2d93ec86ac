"""The order of things: master data by the ORM, business by SQL, stock from what moved."""

from time import monotonic

from odoo.exceptions import UserError

from . import (
    MARKER,
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
from .dates import Shift

BULK_TABLES = sales.BULK_TABLES + purchases.BULK_TABLES + production.BULK_TABLES + stock.BULK_TABLES


def load(env, today, progress):
    """See `adventureworks.load`."""
    parameters = env["ir.config_parameter"].sudo()
    if parameters.get_param(MARKER):
        raise UserError("The AdventureWorks data is already loaded in this database.")
    clock = Clock(progress)
    shift = Shift.to(today)
    env = env(context={**env.context, "tracking_disable": True})
    env.cr.execute("SET LOCAL work_mem = '128MB'")
    env.cr.execute("SET LOCAL maintenance_work_mem = '256MB'")
    masters = world.create(env, shift)
    clock.lap("master data")
    shapes = patterns.collect(env, world.specimens)
    clock.lap("patterns")
    world.stage(env, masters)
    clock.lap("staging")
    counts = _write(env, shapes, masters, clock)
    env.invalidate_all()
    counts |= stock.create_rules(env, masters)
    clock.lap("reordering rules")
    parameters.set_param(MARKER, today.isoformat())
    return {
        "shift_months": shift.months,
        "counts": counts,
        "seconds": clock.seconds,
        "total_seconds": round(sum(clock.seconds.values()), 1),
    }


def _write(env, shapes, masters, clock):
    """Write customers, orders and moves, then the stock that follows from them."""
    counts = partners.load_customers(env, shapes)
    clock.lap("customers")
    with sql.without_indexes(env.cr, BULK_TABLES):
        for name, stage in (
            ("sales", sales.load),
            ("purchases", purchases.load),
            ("production", production.load),
            ("scrap", scrap.load),
            ("inventory counts", stock.count),
        ):
            counts |= stage(env, shapes, masters)
            clock.lap(name)
    clock.lap("indexes")
    counts |= stock.write_quants(env, shapes, masters)
    counts |= reserve.load(env, shapes, masters)
    clock.lap("quants and reservations")
    return counts


class Clock:
    """Keeps the seconds of every stage and tells them to the caller."""

    def __init__(self, progress):
        self.progress = progress
        self.seconds = {}
        self._start = monotonic()

    def lap(self, name):
        """End the stage `name`; the next one begins."""
        now = monotonic()
        self.seconds[name] = round(now - self._start, 1)
        self._start = now
        self.progress(f"{name}: {self.seconds[name]} s")
