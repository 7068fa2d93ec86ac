"""Finished goods, their parts, bills of materials and prices: a few rows by Odoo, all like these.

Odoo creates a hundred products a second; a company of twenty thousand needs another way. So two
specimens of each kind are created and read (see `patterns`), rolled back, and every row is written
after them in one statement a table.
"""

from dataclasses import dataclass

from odoo.fields import Command

from ..adventureworks import patterns, sql
from . import plan as planning
from . import story
from .values import product_values

STEPS = ("Turning", "Assembly", "Machining")
KIT_PARTS = 2  # traded goods in a kit
LEAD_DAYS = 21  # of traded goods
CHIPS = 20  # grams of waste a machined part, where it is kept
CHIPS_EVERY = 10  # parts


@dataclass(frozen=True)
class Bill:
    """A bill of materials; lines and waste are (product id, quantity, unit id), operations
    (name, work center id, minutes)."""

    product: int
    kind: str
    days: int
    lines: tuple
    operations: tuple = ()
    waste: tuple = ()

    @property
    def batch(self) -> int:
        """Units a manufacturing order; kits have none."""
        return story.BATCH if self.operations else 0


def code(plan, number):
    """The reference of a finished good: its family and its number.

    >>> from types import SimpleNamespace
    >>> code(SimpleNamespace(family=[4]), 0)
    'SHA-00000'
    """
    return f"{story.FAMILIES[plan.family[number]].name[:3].upper()}-{number:05d}"


def leaves_chips(number):
    """Whether the part of a finished good leaves waste that is kept."""
    return number % CHIPS_EVERY == 0


def price_values(product, vendor, price, days):
    """What Odoo creates a vendor's price from."""
    return {
        "partner_id": vendor.id,
        "product_tmpl_id": product.product_tmpl_id.id,
        "product_id": product.id,
        "price": price,
        "delay": days,
        "min_qty": 1,
    }


def create(env, plan, families):
    """Write the goods, and a machined part for each that is made: (goods, {position: part})."""
    category = env["product.category"].create({"name": "Machined Parts"})
    names = [family.name for family in story.FAMILIES]
    rows = [
        (code(plan, number), f"{story.singular(names[f])} {number:05d}", families[names[f]].id,
         True, float(plan.price[number]), float(plan.cost[number]))
        for number, f in enumerate(plan.family)
    ]  # fmt: skip
    made = [number for number in range(plan.count) if plan.line()[number]]
    rows += [
        (f"P-{number:05d}", f"Machined part {number:05d}", category.id, False, 0.0,
         round(float(plan.cost[number]) * 0.5, 2))
        for number in made
    ]  # fmt: skip
    products = list(env["product.product"].browse(_write_products(env, rows)))
    return products[: plan.count], dict(zip(made, products[plan.count :]))


def _write_products(env, rows):
    """Write products from (code, name, category id, is sold, price, cost); their ids in order."""
    cr = env.cr
    shapes = _product_shapes(env)
    cr.execute(
        "CREATE TEMP TABLE cx_row (number int, code text, name text, category int, sold bool,"
        " price float, cost float) ON COMMIT DROP"
    )
    sql.copy(cr, "cx_row", [(number, *row) for number, row in enumerate(rows)])
    sql.table(
        cr,
        "cx_product",
        """
        SELECT x.*, nextval('product_template_id_seq')::int AS template,
               nextval('product_product_id_seq')::int AS id
          FROM (SELECT * FROM cx_row ORDER BY number) x""",
    )
    name = "jsonb_build_object('en_US', name)"
    cost = f"jsonb_build_object('{int(env.company.id)}', cost)"
    template = {
        "id": "template", "name": name, "default_code": "code", "categ_id": "category",
        "list_price": "price", "sale_ok": "sold",
    }  # fmt: skip
    variant = {
        "id": "id", "product_tmpl_id": "template", "default_code": "code", "standard_price": cost,
    }  # fmt: skip
    value = {
        "id": "nextval('product_value_id_seq')", "product_id": "id", "value": "cost",
        "date": "now() AT TIME ZONE 'UTC'",
        "description": "'Price update from 0.0 to ' || cost || ' by OdooBot'",
    }  # fmt: skip
    sql.insert(cr, shapes["template"], "cx_product", template)
    sql.insert(cr, shapes["product"], "cx_product", variant)
    sql.insert(cr, shapes["value"], "cx_product", value)
    env.invalidate_all()
    cr.execute("SELECT id FROM cx_product ORDER BY number")
    return [row[0] for row in cr.fetchall()]


def _product_shapes(env):
    """How Odoo writes a product."""
    with env.cr.savepoint() as savepoint:
        categories = env["product.category"].search([("is_sop_family", "=", True)], limit=2)
        specimens = env["product.product"].create(
            [
                product_values(
                    f"SPECIMEN-{n}", f"Specimen {n}", category, n + 1.5, n + 0.5, sale_ok=n > 0
                )
                for n, category in enumerate(categories)
            ]
        )
        shapes = {
            "template": patterns.read(specimens.product_tmpl_id),
            "product": patterns.read(specimens),
            "value": patterns.read(
                env["product.value"].search([("product_id", "in", specimens.ids)])
            ),
        }
        savepoint.rollback()
    return shapes


def create_bills(env, plan, masters, rng):
    """Write the bills of finished goods, of their parts and of kits, and vendors' prices."""
    chips = env["product.product"].create(
        product_values(
            "CHIPS", "Metal chips", masters.materials[0].categ_id, 0.0, 0.1, sale_ok=False
        )
        | {"uom_id": env.ref("uom.product_uom_kgm").id}
    )
    bills = _made(env, plan, masters, rng, chips) + _kits(plan, masters)
    prices = _prices(plan, masters)
    shapes = _bill_shapes(env, masters, bills, prices)
    _write_bills(env, shapes, bills)
    _write_prices(env, shapes, prices)
    env.invalidate_all()


def _made(env, plan, masters, rng, chips):
    """Two levels: the finished good from its part and packaging, the part from material, in grams
    where the material is kept in kilograms; some parts leave chips."""
    minutes = {step: planning.cycle_minutes(plan, step) for step in STEPS}
    gram = env.ref("uom.product_uom_gram").id
    unit = env.ref("uom.product_uom_unit").id
    ids = masters.materials.ids
    lines, bills = plan.line(), []
    units = [gram if row[2] else unit for row in story.MATERIALS]
    for number, part in masters.parts.items():
        material, amount = _material(plan, number, rng)
        is_weight = story.MATERIALS[material][2]
        masters.part_of[number] = part
        masters.material_of[number] = (material, amount / 1000 if is_weight else amount)
        work = {
            step: (step, masters.centers[lines[number], step].id, float(minutes[step][number]))
            for step in STEPS
        }  # fmt: skip
        bills.append(
            Bill(
                masters.goods[number].id,
                "normal",
                story.PRODUCE_DAYS,
                ((part.id, 1, unit), (ids[-1], 1, unit)),
                (work["Turning"], work["Assembly"]),
            )
        )
        waste = ((chips.id, CHIPS, gram),) if leaves_chips(number) else ()
        line = (ids[material], amount, units[material])
        bills.append(Bill(part.id, "normal", 0, (line,), (work["Machining"],), waste))
    return bills


def _material(plan, number, rng):
    """The material of a part, for a quarter of the good's cost: grams or pieces."""
    material = int(rng.integers(0, len(story.MATERIALS) - 1))
    _name, price, is_weight, *_ = story.MATERIALS[material]
    worth = float(plan.cost[number]) * 0.25 / price
    return material, max(round(1000 * worth if is_weight else worth), 1)


def _traded(plan):
    return [n for n in range(plan.count) if not plan.line()[n] and not plan.is_kit[n]]


def _kits(plan, masters):
    """Kits of the first traded goods."""
    inside = [masters.goods[number] for number in _traded(plan)[:KIT_PARTS]]
    lines = tuple((good.id, 1, good.uom_id.id) for good in inside)
    return [
        Bill(masters.goods[number].id, "phantom", 0, lines)
        for number in range(plan.count)
        if plan.is_kit[number]
    ]


def _prices(plan, masters):
    """(product id, vendor id, price, days) of traded goods."""
    rows = []
    for place, number in enumerate(_traded(plan)):
        masters.trader_of[number] = story.TRADERS[place % len(story.TRADERS)]
        vendor = masters.vendors[masters.trader_of[number]].id
        rows.append((masters.goods[number].id, vendor, float(plan.cost[number]), LEAD_DAYS))
    return rows


def _bill_shapes(env, masters, bills, prices):
    """How Odoo writes bills and prices: specimens of each kind, rolled back."""
    specimens = [bill for bill in bills if bill.days][:2] + [bill for bill in bills if bill.waste]
    specimens = specimens[:4] + [bill for bill in bills if bill.kind == "phantom"][:1]
    with env.cr.savepoint() as savepoint:
        made = env["mrp.bom"].create([_bill_values(env, bill) for bill in specimens])
        waste = made.byproduct_ids
        sold = env["product.supplierinfo"].create(
            [
                price_values(
                    env["product.product"].browse(product),
                    env["res.partner"].browse(vendor),
                    price + n,
                    days + n,
                )
                for n, (product, vendor, price, days) in enumerate(prices[:2])
            ]
        )
        shapes = {
            "bill": patterns.read(made),
            "line": patterns.read(made.bom_line_ids),
            "operation": patterns.read(made.operation_ids),
            "waste": patterns.read(waste),
            "price": patterns.read(sold),
        }
        savepoint.rollback()
    return shapes


def _bill_values(env, bill):
    """What Odoo creates a bill from."""
    product = env["product.product"].browse(bill.product)
    keys = ("product_id", "product_qty", "product_uom_id")
    return {
        "product_tmpl_id": product.product_tmpl_id.id,
        "product_id": product.id,
        "product_qty": 1,
        "type": bill.kind,
        "produce_delay": bill.days,
        "enable_batch_size": bool(bill.batch),
        "batch_size": bill.batch or 1,
        "bom_line_ids": [Command.create(dict(zip(keys, line))) for line in bill.lines],
        "byproduct_ids": [Command.create(dict(zip(keys, line))) for line in bill.waste],
        "operation_ids": [
            Command.create(
                {
                    "name": name,
                    "workcenter_id": center,
                    "time_mode": "manual",
                    "time_cycle_manual": minutes,
                }
            )
            for name, center, minutes in bill.operations
        ],
    }


def _write_bills(env, shapes, bills):
    cr = env.cr
    _stage_bills(cr, bills)
    sql.insert(cr, shapes["bill"], "cx_bom", _BILL)
    inside = (
        "FROM cx_part l JOIN cx_bom b USING (number) JOIN product_product p ON p.id = l.product"
    )
    sql.table(cr, "cx_bom_line", f"SELECT l.*, b.id AS bom, p.product_tmpl_id AS template {inside}")
    sql.insert(cr, shapes["line"], "cx_bom_line WHERE NOT waste ORDER BY number, place", _LINE)
    sql.insert(cr, shapes["waste"], "cx_bom_line WHERE waste ORDER BY number", _WASTE)
    work = "cx_work JOIN cx_bom USING (number) ORDER BY number, place"
    sql.insert(cr, shapes["operation"], work, _OPERATION)


def _stage_bills(cr, bills):
    cr.execute(
        "CREATE TEMP TABLE cx_bill (number int, product int, kind text, days int, batch int)"
        " ON COMMIT DROP;"
        "CREATE TEMP TABLE cx_part (number int, place int, waste bool, product int, qty numeric,"
        " unit int) ON COMMIT DROP;"
        "CREATE TEMP TABLE cx_work (number int, place int, step text, center int, minutes float)"
        " ON COMMIT DROP"
    )
    heads = [(n, b.product, b.kind, b.days, b.batch) for n, b in enumerate(bills)]
    sql.copy(cr, "cx_bill", heads)
    lines = [
        (number, place, waste, *line)
        for number, bill in enumerate(bills)
        for waste, rows in ((False, bill.lines), (True, bill.waste))
        for place, line in enumerate(rows)
    ]
    sql.copy(cr, "cx_part", lines)
    works = [(n, place, *w) for n, b in enumerate(bills) for place, w in enumerate(b.operations)]
    sql.copy(cr, "cx_work", works)
    sql.table(
        cr,
        "cx_bom",
        """
        SELECT nextval('mrp_bom_id_seq')::int AS id, b.*, p.product_tmpl_id AS template
          FROM (SELECT * FROM cx_bill ORDER BY number) b
          JOIN product_product p ON p.id = b.product""",
    )


def _write_prices(env, shapes, prices):
    cr = env.cr
    cr.execute(
        "CREATE TEMP TABLE cx_price (product int, vendor int, price float, days int) ON COMMIT DROP"
    )
    sql.copy(cr, "cx_price", prices)
    source = "cx_price JOIN product_product p ON p.id = product"
    sql.insert(cr, shapes["price"], source, _PRICE)


_BILL = {
    "id": "id",
    "product_tmpl_id": "template",
    "product_id": "product",
    "type": "kind",
    "produce_delay": "days",
    "enable_batch_size": "batch > 0",
    "batch_size": "greatest(batch, 1)",
}
_LINE = {
    "id": "nextval('mrp_bom_line_id_seq')",
    "bom_id": "bom",
    "product_id": "product",
    "product_tmpl_id": "template",
    "product_qty": "qty",
    "product_uom_id": "unit",
}
_WASTE = {
    "id": "nextval('mrp_bom_byproduct_id_seq')",
    "bom_id": "bom",
    "product_id": "product",
    "product_qty": "qty",
    "product_uom_id": "unit",
}
_OPERATION = {
    "id": "nextval('mrp_routing_workcenter_id_seq')",
    "bom_id": "id",
    "name": "step",
    "workcenter_id": "center",
    "time_cycle_manual": "minutes",
}
_PRICE = {
    "id": "nextval('product_supplierinfo_id_seq')",
    "partner_id": "vendor",
    "product_id": "product",
    "product_tmpl_id": "p.product_tmpl_id",
    "price": "cx_price.price",
    "delay": "days",
}
