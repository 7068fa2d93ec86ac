"""What Odoo itself writes: a few specimens of every kind, made by its own buttons.

Bulk rows must look as if Odoo had written them, in every stored column of every installed
addon. So a few records of each kind are made through the ORM (sold and delivered, bought
and received, produced, scrapped, counted), their columns are read, and all of it is rolled
back. Columns on which all specimens agree become the constants of the bulk rows; columns
on which they differ, and all dates, have to be named by the loader.
"""

from dataclasses import dataclass
from datetime import date

from psycopg2.extras import Json

from odoo.fields import Command, Datetime


@dataclass(frozen=True)
class Pattern:
    """One kind of record: its table, the columns that never vary, and those that do."""

    table: str
    constants: dict
    varying: frozenset

    def require(self, columns):
        """Complain if a varying column was forgotten."""
        forgotten = self.varying - set(columns)
        if forgotten:
            raise AssertionError(
                f"{self.table}: Odoo sets {', '.join(sorted(forgotten))} record by record; "
                "say with which expression."
            )


def read(records):
    """The pattern of `records`: two or more specimens of one kind."""
    records.env.flush_all()
    cr = records.env.cr
    cr.execute(f'SELECT * FROM "{records._table}" WHERE id = ANY(%s)', (records.ids,))
    rows = cr.dictfetchall()
    constants, varying = {}, set()
    for column in rows[0]:
        values = [row[column] for row in rows]
        if column in ("create_date", "write_date"):
            continue
        if all(value is None for value in values):
            continue
        if any(value != values[0] for value in values) or isinstance(values[0], date):
            varying.add(column)
        else:
            constants[column] = _adapted(values[0])
    return Pattern(records._table, constants, frozenset(varying))


def _adapted(value):
    return Json(value) if isinstance(value, dict) else value


def collect(env, find):
    """{kind: Pattern} of everything the loader writes in bulk; leaves no trace.

    `find(env)` gives the specimens: two bought products, two bills of materials (the first
    with operations), and partners in different countries.
    """
    with env.cr.savepoint() as savepoint:
        specimens = find(env)
        patterns = {
            **_counts(env, specimens),
            **_sales(env, specimens),
            **_purchases(env, specimens),
            **_scraps(env, specimens),
            **_productions(env, specimens),
        }
        patterns["partner"] = read(specimens.partners)
        patterns["reference"] = read(env["stock.reference"].search([], order="id desc", limit=3))
        savepoint.rollback()
    return patterns


def _moves(prefix, moves):
    """The patterns of `moves` and of their lines."""
    return {f"{prefix} move": read(moves), f"{prefix} line": read(moves.move_line_ids)}


def _counts(env, specimens):
    """Two products counted, more of them than were known."""
    stock = specimens.warehouse.lot_stock_id
    last = env["stock.move"].search([], order="id desc", limit=1).id or 0
    quants = env["stock.quant"].with_context(inventory_mode=True)
    quants = quants.create(
        [
            {
                "product_id": product.id,
                "location_id": stock.id,
                "inventory_quantity": product.qty_available + more,
            }
            for product, more in zip(specimens.products, (30, 40), strict=True)
        ]
    )
    quants.action_apply_inventory()
    moves = env["stock.move"].search([("id", ">", last)])
    everywhere = env["stock.quant"].search([("product_id", "in", specimens.products.ids)])
    return {**_moves("count", moves), "quant": read(everywhere)}


def _sales(env, specimens):
    """Two delivered orders, one that is reserved and one that waits for goods."""
    orders = env["sale.order"]
    for index, quantity in enumerate((3, 4, 2, 500)):
        line = {
            "product_id": specimens.products[index % 2].id,
            "product_uom_qty": quantity,
            "price_unit": 7.1234 + index,
            "discount": 5 * index,
        }
        partner = specimens.partners[index % 2]
        values = {"partner_id": partner.id, "order_line": [Command.create(line)]}
        order = env["sale.order"].create({**values, "commitment_date": Datetime.now()})
        order.action_confirm()
        if index < 2:
            order.picking_ids.button_validate()
        orders |= order
    return {
        "sale": read(orders),
        "sale line": read(orders.order_line),
        "out picking": read(orders.picking_ids),
        **_moves("out", orders.picking_ids.move_ids),
    }


def _purchases(env, specimens):
    """Two received orders (one in cases), an open one, a request and a cancelled one."""
    orders = env["purchase.order"]
    for index, quantity in enumerate((3, 4, 2, 500, 7)):
        product = specimens.products[index % 2]
        line = {
            "product_id": product.id,
            "product_qty": quantity,
            "product_uom_id": (specimens.case if index == 1 else product.uom_id).id,
            "price_unit": 7.1234 + index,
            "date_planned": Datetime.now(),
        }
        values = {"partner_id": specimens.partners[index % 2].id}
        order = env["purchase.order"].create({**values, "order_line": [Command.create(line)]})
        if index < 3:
            order.button_confirm()
        if index < 2:
            order.picking_ids.button_validate()
        if index == 4:
            order.button_cancel()
        orders |= order
    return {
        "purchase": read(orders),
        "purchase line": read(orders.order_line),
        "in picking": read(orders.picking_ids),
        **_moves("in", orders.picking_ids.move_ids),
    }


def _scraps(env, specimens):
    """Two scrapped quantities."""
    scraps = env["stock.scrap"].create(
        [
            {"product_id": product.id, "scrap_qty": number + 1, "origin": f"P{number}"}
            for number, product in enumerate(specimens.products)
        ]
    )
    for scrap in scraps:
        scrap.do_scrap()
    return {"scrap": read(scraps), **_moves("scrap", scraps.move_ids)}


def _productions(env, specimens):
    """Two finished orders, two confirmed ones and one on which work has begun."""
    orders = env["mrp.production"]
    for index in range(5):
        bom = specimens.boms[index % 2]
        order = env["mrp.production"].create(
            {
                "product_id": bom.product_id.id,
                "bom_id": bom.id,
                "product_qty": 3 + index,
                "date_start": Datetime.now(),
                "date_deadline": Datetime.now(),
            }
        )
        order.action_confirm()
        if index < 2:
            _finish(order)
        if index == 4:
            order.workorder_ids[0].button_start()
            order.workorder_ids[0].button_finish()
        orders |= order
    works = orders.workorder_ids
    return {
        "production": read(orders),
        "production group": read(orders.production_group_id),
        "work order": read(works),
        "time log": read(works.time_ids.filtered(lambda log: log.loss_type == "productive")),
        **_moves("raw", orders.move_raw_ids),
        **_moves("finished", orders.move_finished_ids),
    }


def _finish(order):
    """Do all work of the order and consume what its bill asks for."""
    for work in order.workorder_ids:
        work.button_start()
        work.duration = 30
        work.button_finish()
    order.qty_producing = order.product_qty
    for move in order.move_raw_ids:
        move.quantity = move.product_uom_qty
    order.move_raw_ids.picked = True
    order.with_context(skip_consumption=True).button_mark_done()
    if order.state != "done":
        raise AssertionError(f"The specimen {order.name} could not be finished: {order.state}.")
