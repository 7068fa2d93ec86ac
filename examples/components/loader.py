"""The order of things: masters by the ORM, business by SQL, stock from what moved."""

import json
from time import monotonic

import numpy as np

from odoo.exceptions import UserError
from odoo.fields import Command

from ..adventureworks import patterns, sql
from ..adventureworks import stock as quants
from . import (
    MARKER,
    defects,
    levels,
    masters,
    orders,
    plan,
    production,
    products,
    stock,
    story,
    truth,
    truth_scenarios,
    vendors,
    weeks,
)

BULK_TABLES = {
    table for stage in (orders, vendors, production, stock) for table in stage.BULK_TABLES
}
# fewer leave families without products, or the past without a season
LEAST_SKUS, LEAST_MONTHS = 60, 24


def load(env, today, progress, skus, order_lines, months, seed):
    """See `components.load`."""
    parameters = env["ir.config_parameter"].sudo()
    if parameters.get_param(MARKER):
        raise UserError("The example company is already loaded in this database.")
    if skus < LEAST_SKUS or months < LEAST_MONTHS:
        raise UserError(
            f"The example company needs {LEAST_SKUS} products and {LEAST_MONTHS} months or more: "
            f"SKUS is {skus}, MONTHS is {months}."
        )
    clock = _Clock(progress)
    env = env(context={**env.context, "tracking_disable": True, "mail_create_nolog": True})
    rng = np.random.default_rng(seed + 1)
    drawn = plan.draw(today, skus, months, seed)
    made = masters.create(env, drawn, rng)
    clock.lap("master data")
    shapes = patterns.collect(env, lambda env: _specimens(env, made))
    clock.lap("patterns")
    counts, known = _write(env, shapes, made, drawn, order_lines, rng, clock)
    _plan_events(env, made, drawn)
    _quote(env, made, drawn, rng)
    clock.lap("events and quotations")
    known["parameters"] = {
        "today": today.isoformat(), "skus": skus, "order_lines": order_lines,
        "months": months, "seed": seed,
    }  # fmt: skip
    parameters.set_param(MARKER, json.dumps(known))
    return {
        "counts": counts,
        "seconds": clock.seconds,
        "total_seconds": round(sum(clock.seconds.values()), 1),
        "truth": known,
    }


def _write(env, shapes, made, drawn, order_lines, rng, clock):
    """Orders, receipts and stock; then what Odoo plans itself. Returns counts and the truth."""
    _stage_products(env, made)
    env.cr.execute("SET LOCAL work_mem = '128MB'")
    with sql.without_indexes(env.cr, sorted(BULK_TABLES)):
        counts = orders.load(env, shapes, made, drawn, order_lines, rng)
        clock.lap("sales")
        bought, of_vendors, overdue = vendors.load(env, shapes, made, drawn, rng)
        clock.lap("purchases")
        counts |= production.load(env, shapes, made, drawn, rng)
        clock.lap("production")
        wanted = levels.levels(drawn, made)
        counts |= bought | stock.load(env, shapes, made, drawn, wanted)
    clock.lap("stock moves and indexes")
    counts |= quants.write_quants(env, shapes, _Today(drawn.today))
    env.invalidate_all()
    counts |= stock.create_rules(env, made, wanted)
    clock.lap("quants and reordering rules")
    planted = defects.plant(env, made, drawn)
    env.flush_all()
    clock.lap("defects")
    known = {
        "gaps": truth.gaps(drawn),
        "scenarios": truth_scenarios.scenarios(drawn),
        "vendors": of_vendors,
        "defects": planted + overdue,
    }
    return counts, known | {"promotions": [list(row) for row in story.PROMOTIONS]}


def _specimens(env, made):
    """Products and partners with which Odoo shows how it writes."""
    from ..adventureworks.world import Specimens

    bought = [made.goods[number] for number in list(made.trader_of)[:2]]
    number = next(number for number in made.parts if not products.leaves_chips(number))
    part, good = made.parts[number], made.goods[number]
    germany, austria = env.ref("base.de"), env.ref("base.at")
    partners = env["res.partner"].create(
        [
            {"name": "Specimen", "is_company": True, "country_id": country.id}
            for country in (germany, austria)
        ]
    )
    case = env["uom.uom"].create(
        {
            "name": "Case of ten",
            "relative_factor": 10,
            "relative_uom_id": env.ref("uom.product_uom_unit").id,
        }
    )
    return Specimens(
        warehouse=made.warehouse,
        products=bought[0] + bought[1],
        boms=good.bom_ids[:1] + part.bom_ids[:1],
        partners=partners,
        case=case,
    )


def _stage_products(env, made):
    """`aw_p`: what the writers need to know of a product."""
    env.flush_all()
    sql.table(
        env.cr,
        "aw_p",
        f"""
        SELECT product.id, template.uom_id, unit.factor, COALESCE(template.weight, 0) AS weight,
               COALESCE((product.standard_price ->> '{int(made.company.id)}')::numeric, 0) AS cost,
               '[' || product.default_code || '] ' || (template.name ->> 'en_US') AS label
          FROM product_product product
          JOIN product_template template ON template.id = product.product_tmpl_id
          JOIN uom_uom unit ON unit.id = template.uom_id
         WHERE product.default_code IS NOT NULL""",
    )


def _plan_events(env, made, drawn):
    """Promotions to come, which raise amber and red exceptions, and a launch."""
    env["sop.event"].create(
        [
            {
                "name": f"{name} campaign",
                "kind": "promotion",
                "company_id": made.company.id,
                "family_ids": [Command.set(made.families[name].ids)],
                "date_start": weeks.first_of_month(drawn.today, first),
                "date_end": weeks.first_of_month(drawn.today, last + 1),
                "rate_uplift": uplift,
            }
            for name, first, last, uplift in story.PROMOTIONS
        ]
    )


def _quote(env, made, drawn, rng):
    """Open quotations for products of lines 1 and 3."""
    numbers = [number for number in made.parts if drawn.line()[number] in (1, 3)]
    for number in rng.choice(numbers, min(len(numbers), 20), replace=False):
        env["sale.order"].create(
            {
                "partner_id": made.customers[int(number) % 10].id,
                "company_id": made.company.id,
                "order_line": [
                    Command.create({"product_id": made.goods[number].id, "product_uom_qty": 5})
                ],
            }
        )


class _Today:
    """What the writer of quants asks for."""

    def __init__(self, today):
        self.shift = self
        self.today = today


class _Clock:
    """Keeps the seconds of every stage and tells them to the caller."""

    def __init__(self, progress):
        self.progress, self.seconds, self._start = progress, {}, monotonic()

    def lap(self, name):
        """End the stage ``name``; the next one begins."""
        now = monotonic()
        self.seconds[name] = round(now - self._start, 1)
        self._start = now
        self.progress(f"{name}: {self.seconds[name]} s")
