"""Random records seen through Odoo's own eyes: recomputed, opened, confirmed, cancelled."""

import random

from odoo.tests import Form

# kind of record: domain, size of the sample, stored computed fields that Odoo must confirm
RECOMPUTED = {
    "sale.order": (
        [("state", "=", "sale")],
        50,
        ("amount_untaxed", "amount_total", "delivery_status", "effective_date", "invoice_status"),
    ),
    "sale.order.line": (
        [("state", "=", "sale")],
        50,
        ("qty_delivered", "qty_to_invoice", "price_subtotal", "invoice_status"),
    ),
    "purchase.order": (
        [],
        20,
        ("amount_untaxed", "amount_total", "receipt_status", "effective_date", "invoice_status"),
    ),
    "purchase.order.line": (
        [],
        50,
        ("qty_received", "qty_to_invoice", "product_uom_qty", "price_subtotal"),
    ),
    "stock.picking": ([], 50, ("state", "scheduled_date", "date_deadline", "shipping_weight")),
    "stock.move": (
        [("is_inventory", "=", False)],
        100,
        ("quantity", "product_qty", "reference", "is_in", "is_out", "unit_factor"),
    ),
    "stock.move.line": ([], 50, ("quantity_product_uom",)),
    "mrp.production": (
        [],
        20,
        ("state", "product_uom_qty", "reservation_state", "is_planned", "production_location_id"),
    ),
    "mrp.workorder": ([], 20, ("state", "duration", "duration_unit", "duration_expected")),
    "mrp.workcenter.productivity": ([], 50, ("duration",)),
    "res.partner": (
        [("ref", "!=", False)],
        50,
        ("complete_name", "commercial_partner_id", "partner_share", "commercial_company_name"),
    ),
}
# the rarer, open records, which a random sample would miss
OPEN = {
    "sale.order": [("delivery_status", "=", "pending")],
    "sale.order.line": [("order_id.delivery_status", "=", "pending")],
    "purchase.order": [("receipt_status", "=", "pending")],
    "purchase.order.line": [("order_id.receipt_status", "=", "pending")],
    "stock.picking": [("state", "not in", ("done", "cancel"))],
    "stock.move": [("state", "not in", ("done", "cancel"))],
    "mrp.production": [("state", "in", ("confirmed", "progress"))],
    "mrp.workorder": [("state", "in", ("blocked", "ready"))],
}
# model, domain, a field that a user may edit there, the value
FORMS = (
    ("sale.order", [("delivery_status", "=", "full")], "client_order_ref", "seen"),
    ("sale.order", [("delivery_status", "=", "pending")], "client_order_ref", "seen"),
    ("purchase.order", [("state", "=", "draft")], "partner_ref", "seen"),
    ("purchase.order", [("state", "=", "purchase")], "partner_ref", "seen"),
    ("mrp.production", [("state", "=", "done")], "priority", "1"),
    ("mrp.production", [("state", "in", ("confirmed", "progress"))], "origin", "seen"),
    ("stock.picking", [("state", "!=", "done")], "note", "seen"),
    ("stock.picking", [("state", "=", "done")], "note", "seen"),
    ("product.template", [("is_storable", "=", True)], "list_price", 12.5),
    ("mrp.bom", [], "code", "seen"),
    ("mrp.workcenter", [], "code", "seen"),
    ("res.partner", [("ref", "!=", False)], "ref", "seen"),
)


def check(env, seed=19) -> dict:
    """All samples; nothing they do stays."""
    chance = random.Random(seed)
    found = {}
    for model, (domain, size, names) in RECOMPUTED.items():
        for kind, condition in (("any", domain), ("open", OPEN.get(model))):
            if condition is not None:
                records = _sample(env, chance, model, condition, size)
                found[f"{model} ({kind})"] = _recompute(records, names)
    actions = (_products, _form_saves, _sale_lifecycle, _delivery, _production, _receipt)
    for action in actions:
        with env.cr.savepoint() as savepoint:
            found[action.__doc__.split(":")[0].lower()] = action(env, chance)
            savepoint.rollback()
    return {"samples": found}


def _sample(env, chance, model, domain, size):
    ids = env[model].search(domain).ids
    return env[model].browse(chance.sample(ids, min(size, len(ids))))


def _recompute(records, names):
    """Let Odoo compute the fields again and compare with what is stored."""
    env = records.env
    with env.cr.savepoint() as savepoint:
        stored = {(record, name): _plain(record[name]) for record in records for name in names}
        for name in names:
            env.add_to_compute(records._fields[name], records)
        env.flush_all()
        for (record, name), value in stored.items():
            again = _plain(record[name])
            if again != value and (again or value):
                raise AssertionError(
                    f"{record._name} {record.id}: {name} is {value}, Odoo computes {again}."
                )
        savepoint.rollback()
    return len(stored)


def _plain(value):
    if isinstance(value, float):
        return round(value, 2)
    return tuple(value.ids) if hasattr(value, "ids") else value


def _products(env, chance):
    """Products: what is on hand is the sum of the moves, what is free is not reserved."""
    products = _sample(env, chance, "product.product", [("is_storable", "=", True)], 50)
    env.cr.execute(
        """SELECT product_id, sum(CASE WHEN d.usage = 'internal' THEN quantity_product_uom
                                       ELSE -quantity_product_uom END)
             FROM stock_move_line l JOIN stock_location s ON s.id = l.location_id
             JOIN stock_location d ON d.id = l.location_dest_id
            WHERE l.state = 'done' AND (s.usage = 'internal') <> (d.usage = 'internal')
              AND product_id = ANY(%s) GROUP BY 1""",
        (products.ids,),
    )
    moved = dict(env.cr.fetchall())
    for product in products:
        wanted = float(moved.get(product.id, 0))
        if abs(product.qty_available - wanted) > 0.01:
            raise AssertionError(
                f"{product.display_name}: {product.qty_available} on hand, {wanted} moved."
            )
    return len(products)


def _form_saves(env, chance):
    """Forms: native records open in their form view and save."""
    saved = 0
    for model, domain, name, value in FORMS:
        for record in _sample(env, chance, model, domain, 3):
            with Form(record) as form:
                form[name] = value
            saved += 1
    return saved


def _sale_lifecycle(env, chance):
    """Quotation: a new one is confirmed and cancelled."""
    template = _sample(env, chance, "sale.order", [("state", "=", "sale")], 1)
    order = template.copy()
    order.action_confirm()
    if order.state != "sale" or not order.picking_ids:
        raise AssertionError(f"{order.name} was confirmed but is {order.state}.")
    order._action_cancel()
    if order.state != "cancel" or any(
        move.state != "cancel" for move in order.picking_ids.move_ids
    ):
        raise AssertionError(f"{order.name} was cancelled but its delivery was not.")
    return order.name


def _delivery(env, chance):
    """Delivery: an open one is validated and its order knows."""
    domain = [("delivery_status", "=", "pending"), ("picking_ids.state", "=", "assigned")]
    order = _sample(env, chance, "sale.order", domain, 1)
    picking = order.picking_ids
    moves = picking.move_ids.filtered(lambda move: move.state == "assigned")
    moves.picked = True
    picking.with_context(cancel_backorder=True, skip_backorder=True).button_validate()
    if picking.state != "done" or sum(order.order_line.mapped("qty_delivered")) <= 0:
        raise AssertionError(f"The delivery of {order.name} could not be validated.")
    return order.name


def _receipt(env, chance):
    """Receipt: a new order is confirmed, an open one is received and knows it."""
    order = _sample(env, chance, "purchase.order", [("receipt_status", "=", "pending")], 1)
    again = order.copy()
    again.button_confirm()
    if again.state != "purchase" or not again.picking_ids:
        raise AssertionError(f"{again.name} was confirmed but is {again.state}.")
    picking = order.picking_ids[:1]
    picking.button_validate()
    if picking.state != "done" or not all(order.order_line.mapped("qty_received")):
        raise AssertionError(f"The receipt of {order.name} could not be validated.")
    return f"{order.name}, {again.name}"


def _production(env, chance):
    """Manufacturing order: a new one is confirmed, an open one is produced."""
    again = _sample(env, chance, "mrp.production", [], 1).copy()
    again.action_confirm()
    if again.state != "confirmed":
        raise AssertionError(f"{again.name} was confirmed but is {again.state}.")
    domain = [("state", "in", ("confirmed", "progress")), ("reservation_state", "=", "assigned")]
    order = _sample(env, chance, "mrp.production", domain, 1)
    if not order:
        return f"none is open, {again.name}"
    order.qty_producing = order.product_qty
    order._set_qty_producing()
    order.move_raw_ids.picked = True
    order.with_context(skip_consumption=True).button_mark_done()
    if order.state != "done":
        raise AssertionError(f"{order.name} should be done but is {order.state}.")
    return f"{order.name}, {again.name}"
