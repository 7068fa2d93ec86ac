"""Purchase orders with their receipts: done when due, short where the data says so."""

from . import sql

BULK_TABLES = ("purchase_order", "purchase_order_line")
PENDING, REJECTED = 1, 3


def load(env, patterns, world):
    """Write orders, lines, receipts and their moves; return the counts.

    The data has no receipt dates, so goods arrive when they are due. Pending orders are
    requests for quotation, whatever their date; others count if ordered up to today.
    """
    orders = _stage_orders(env.cr, world)
    lines = _stage_lines(env.cr, world)
    return {"purchase_orders": orders, "purchase_lines": lines, **write(env, patterns, world)}


def write(env, patterns, world):
    """Write what `aw_po` and `aw_pol` describe, with receipts; return the counts by state."""
    cr = env.cr
    receipts = _stage_receipts(cr)
    _stage_moves(cr)
    _insert_orders(cr, patterns)
    sql.insert(cr, patterns["in picking"], "aw_receipt", _PICKING)
    sql.insert(cr, patterns["in move"], "aw_in", _MOVE)
    sql.insert(cr, patterns["in line"], "aw_in WHERE state <> 'cancel'", _MOVE_LINE)
    links = ("purchase_order_id", "order_id"), ("stock_picking_id", "id"), "aw_receipt"
    sql.link(cr, "purchase_order_stock_picking_rel", *links)
    links = ("move_id", "move_id"), ("reference_id", "reference_id"), "aw_in"
    sql.link(cr, "stock_reference_move_rel", *links)
    sql.advance_sequence(env, world.warehouse.in_type_id.sequence_id, receipts)
    cr.execute("SELECT state, count(*) FROM aw_po_totals GROUP BY 1")
    states = {f"purchase_orders_{state}": count for state, count in cr.fetchall()}
    cr.execute("SELECT count(*) FROM aw_receipt WHERE NOT done")
    return {**states, "receipts_open": cr.fetchone()[0]}


def _stage_orders(cr, world):
    """`aw_po`: the orders that exist today."""
    return sql.table(
        cr,
        "aw_po",
        f"""
        SELECT nextval('purchase_order_id_seq')::int AS id,
               CASE WHEN h.status IN ({PENDING}, {REJECTED}) THEN NULL
                    ELSE nextval('stock_reference_id_seq')::int END AS reference_id,
               h.purchase_order_id, 'PO' || lpad(h.purchase_order_id::text, 5, '0') AS name,
               CASE h.status WHEN {PENDING} THEN 'draft' WHEN {REJECTED} THEN 'cancel'
                             ELSE 'purchase' END AS state,
               v.id AS partner_id, h.order_date + time '15:00' AS ordered, h.order_date
          FROM aw_purchase_order_header h
          JOIN aw_vendor_partner v ON v.key = h.vendor_id
         WHERE h.order_date <= '{world.shift.today}' OR h.status = {PENDING}
         ORDER BY h.purchase_order_id""",
    )


def _stage_lines(cr, world):
    """`aw_pol`: the lines, in the vendor's unit, beside the same in the stock unit."""
    return sql.table(
        cr,
        "aw_pol",
        f"""
        SELECT nextval('purchase_order_line_id_seq')::int AS id, x.*,
               confirmed AND arrival <= '{world.shift.today}' AS done,
               round(qty * factor, 2) AS stock_qty, round(price / factor, 4) AS stock_price,
               round(received * factor, 2) AS stock_received,
               round(rejected * factor, 2) AS stock_rejected
          FROM (SELECT o.id AS order_id, o.purchase_order_id, o.reference_id,
                       o.name AS order_name, o.partner_id, o.state, o.ordered,
                       o.state = 'purchase' AS confirmed,
                       d.order_qty AS qty, d.unit_price AS price,
                       d.received_qty AS received, d.rejected_qty AS rejected,
                       d.due_date, greatest(d.due_date, o.order_date) AS arrival,
                       p.id AS product, p.uom_id AS stock_uom_id, u.id AS uom_id, p.label,
                       p.cost, p.weight, (u.factor / p.factor)::numeric AS factor,
                       round(d.order_qty * d.unit_price, 2) AS amount
                  FROM aw_purchase_order_detail d
                  JOIN aw_po o USING (purchase_order_id)
                  JOIN aw_p p USING (product_id)
                  JOIN aw_purchase_order_header h USING (purchase_order_id)
                  JOIN aw_product_vendor v ON v.product_id = d.product_id
                                          AND v.business_entity_id = h.vendor_id
                  JOIN aw_unit a ON a.code = v.unit_measure_code JOIN uom_uom u ON u.id = a.id
                 ORDER BY d.purchase_order_detail_id) x""",
    )


def _stage_receipts(cr):
    """`aw_receipt`: one transfer per order and due date; `aw_po_totals`: sums per order."""
    sql.table(
        cr,
        "aw_po_totals",
        """
        SELECT o.*, round(sum(qty * price), 2) AS amount, min(due_date) + time '16:00' AS planned,
               bool_or(done) AS begun, bool_and(done) AS done,
               min(arrival) FILTER (WHERE done) + time '16:00' AS first_arrival
          FROM aw_po o JOIN aw_pol l ON l.order_id = o.id
         GROUP BY o.id, o.reference_id, o.purchase_order_id, o.name, o.state, o.partner_id,
                  o.ordered, o.order_date""",
    )
    return sql.table(
        cr,
        "aw_receipt",
        """
        SELECT nextval('stock_picking_id_seq')::int AS id,
               row_number() OVER (ORDER BY order_id, due_date) AS number,
               order_id, order_name, partner_id, done, due_date,
               due_date + time '16:00' AS due, arrival + time '16:00' AS arrived,
               sum(weight * CASE WHEN done THEN stock_received ELSE stock_qty END) AS weight
          FROM aw_pol WHERE confirmed
         GROUP BY order_id, order_name, partner_id, done, due_date, arrival""",
    )


def _stage_moves(cr):
    """`aw_in`: what arrives, and the cancelled rest of short deliveries."""
    sql.table(
        cr,
        "aw_in",
        """
        SELECT l.*, r.id AS picking_id, r.number, r.due, r.arrived, m.move_qty, m.move_state,
               nextval('stock_move_id_seq')::int AS move_id,
               CASE WHEN move_state <> 'cancel'
                    THEN nextval('stock_move_line_id_seq')::int END AS move_line_id
          FROM aw_pol l
          JOIN aw_receipt r USING (order_id, due_date)
          JOIN LATERAL (
               SELECT CASE WHEN l.done THEN stock_received ELSE stock_qty END AS move_qty,
                      CASE WHEN l.done THEN 'done' ELSE 'assigned' END AS move_state
                UNION ALL
               SELECT stock_qty - stock_received, 'cancel'
                WHERE l.done AND received < qty) m ON m.move_qty > 0
         ORDER BY l.id""",
    )
    cr.execute("ALTER TABLE aw_in DROP COLUMN state")
    cr.execute("ALTER TABLE aw_in RENAME COLUMN move_state TO state")


def _insert_orders(cr, patterns):
    """Write the orders, their references and their lines."""
    source = "aw_po_totals WHERE reference_id IS NOT NULL"
    sql.insert(cr, patterns["reference"], source, {"id": "reference_id", "name": "name"})
    sql.insert(cr, patterns["purchase"], "aw_po_totals", _ORDER)
    links = ("purchase_id", "id"), ("reference_id", "reference_id"), source
    sql.link(cr, "stock_reference_purchase_rel", *links)
    sql.insert(cr, patterns["purchase line"], "aw_pol", _LINE)


_PICKING_NAME = "'WH/IN/' || lpad(number::text, greatest(5, length(number::text)), '0')"
_CONFIRMED = "state = 'purchase'"

_ORDER = {
    "id": "id",
    "name": "name",
    "partner_id": "partner_id",
    "user_id": "NULL::int",
    "state": "state",
    "date_order": "ordered",
    "date_approve": f"CASE WHEN {_CONFIRMED} THEN ordered END",
    "date_calendar_start": "ordered",
    "date_planned": "planned",
    "effective_date": f"CASE WHEN {_CONFIRMED} THEN first_arrival END",
    "acknowledged": f"CASE WHEN {_CONFIRMED} AND begun THEN TRUE END",
    "receipt_status": f"""CASE WHEN NOT {_CONFIRMED} THEN NULL WHEN done THEN 'full'
                               WHEN begun THEN 'partial' ELSE 'pending' END""",
    "invoice_status": f"CASE WHEN {_CONFIRMED} AND begun THEN 'to invoice' ELSE 'no' END",
    "amount_untaxed": "amount",
    "amount_total": "amount",
    "amount_total_cc": "amount",
}
_LINE = {
    "id": "id",
    "order_id": "order_id",
    "partner_id": "partner_id",
    "product_id": "product",
    "product_uom_id": "uom_id",
    "name": "label",
    "product_qty": "qty",
    "product_uom_qty": "stock_qty",
    "price_unit": "price",
    "technical_price_unit": "price",
    "price_subtotal": "amount",
    "price_total": "amount",
    "qty_received": "CASE WHEN done THEN received ELSE 0 END",
    "qty_to_invoice": "CASE WHEN done THEN received ELSE 0 END",
    "date_planned": "due_date + time '16:00'",
}
_PICKING = {
    "id": "id",
    "name": _PICKING_NAME,
    "origin": "order_name",
    "partner_id": "partner_id",
    "state": "CASE WHEN done THEN 'done' ELSE 'assigned' END",
    "scheduled_date": "CASE WHEN done THEN arrived ELSE due END",
    "date_deadline": "due",
    "date_done": "CASE WHEN done THEN arrived END",
    "has_deadline_issue": "arrived > due",
    "shipping_weight": "weight",
}
_MOVE = {
    "id": "move_id",
    "picking_id": "picking_id",
    "purchase_line_id": "id",
    "product_id": "product",
    "product_uom": "stock_uom_id",
    "packaging_uom_id": "uom_id",
    "packaging_uom_qty": "round(move_qty / factor, 2)",
    "product_qty": "move_qty",
    "product_uom_qty": "move_qty",
    "quantity": "CASE WHEN state = 'cancel' THEN 0 ELSE move_qty END",
    "picked": "state = 'done'",
    "is_in": "state = 'done'",
    "price_unit": "stock_price",
    "value": "CASE WHEN state = 'done' THEN round(move_qty * stock_price, 2) END",
    "state": "state",
    "origin": "order_name",
    "reference": _PICKING_NAME,
    "date": "CASE WHEN done THEN arrived ELSE due END",
    "date_deadline": "due",
    "reservation_date": "ordered::date",
}
_MOVE_LINE = {
    "id": "move_line_id",
    "move_id": "move_id",
    "picking_id": "picking_id",
    "product_id": "product",
    "product_uom_id": "stock_uom_id",
    "quantity": "move_qty",
    "quantity_product_uom": "move_qty",
    "picked": "state = 'done'",
    "state": "state",
    "date": "CASE WHEN done THEN arrived ELSE ordered END",
}
