"""Three years of sale orders, delivered or still open, in set-based SQL."""

from . import sql

BULK_TABLES = ("sale_order", "sale_order_line", "account_tax_sale_order_line_rel")


def load(env, patterns, world):
    """Write orders, lines, deliveries and their moves; return the counts.

    What shipped up to today is done; later shipments wait, and `stock.reserve` decides
    what is set aside for them.
    """
    orders = _stage_orders(env.cr, world)
    lines = _stage_lines(env.cr)
    return {"sale_orders": orders, "sale_lines": lines, **write(env, patterns, world, orders)}


def write(env, patterns, world, orders):
    """Write what `aw_so` and `aw_sol` describe; return how many orders are open."""
    cr = env.cr
    sql.insert(cr, patterns["reference"], "aw_so", {"id": "reference_id", "name": "name"})
    sql.insert(cr, patterns["sale"], "aw_so", _ORDER)
    sql.link(
        cr, "stock_reference_sale_rel", ("sale_id", "id"), ("reference_id", "reference_id"), "aw_so"
    )
    sql.insert(cr, patterns["sale line"], "aw_sol", _LINE)
    sql.insert(cr, patterns["out picking"], "aw_so", _PICKING)
    write_moves(cr, patterns, "aw_sol")
    sql.advance_sequence(env, world.warehouse.out_type_id.sequence_id, orders)
    cr.execute("SELECT count(*) FROM aw_so WHERE NOT done")
    return {"sale_orders_open": cr.fetchone()[0]}


def write_moves(cr, patterns, source, **columns):
    """Write what the rows of `source` take from stock, with the further `columns` of a move."""
    sql.insert(cr, patterns["out move"], source, _MOVE | columns)
    sql.insert(cr, patterns["out line"], f"{source} WHERE done", _MOVE_LINE)
    sql.link(
        cr,
        "stock_reference_move_rel",
        ("move_id", "move_id"),
        ("reference_id", "reference_id"),
        source,
    )


def _stage_orders(cr, world):
    """`aw_so`: one row per order up to today, with all ids and times it needs."""
    shop, resellers = world.sources.ids
    return sql.table(
        cr,
        "aw_so",
        f"""
        SELECT nextval('sale_order_id_seq')::int AS id,
               nextval('stock_picking_id_seq')::int AS picking_id,
               nextval('stock_reference_id_seq')::int AS reference_id,
               row_number() OVER (ORDER BY h.sales_order_id) AS number,
               h.sales_order_id, h.sales_order_number AS name, p.id AS partner_id,
               p.fiscal_position_id, t.id AS team_id,
               CASE WHEN h.online_order_flag THEN {shop} ELSE {resellers} END AS source_id,
               h.order_date + time '17:00' AS ordered, h.due_date + time '22:00' AS due,
               h.ship_date + time '22:00' AS shipped,
               (h.order_date + 30) AS valid_until,
               h.ship_date <= '{world.shift.today}' AS done, d.amount, d.weight
          FROM aw_sales_order_header h
          JOIN aw_customer_partner p USING (customer_id)
          JOIN aw_team t ON t.key = h.territory_id
          JOIN (SELECT sales_order_id, round(sum(order_qty * unit_price
                       * (1 - coalesce(unit_price_discount, 0))), 2) AS amount,
                       sum(order_qty * p.weight) AS weight
                  FROM aw_sales_order_detail_rebuilt d JOIN aw_p p USING (product_id)
                 GROUP BY 1) d USING (sales_order_id)
         WHERE h.order_date <= '{world.shift.today}'
         ORDER BY h.sales_order_id""",
    )


def _stage_lines(cr):
    """`aw_sol`: one row per order line with its move and move line."""
    return sql.table(
        cr,
        "aw_sol",
        """
        SELECT nextval('sale_order_line_id_seq')::int AS id,
               nextval('stock_move_id_seq')::int AS move_id,
               CASE WHEN o.done THEN nextval('stock_move_line_id_seq')::int END AS move_line_id,
               o.id AS order_id, o.picking_id, o.reference_id, o.name AS order_name, o.number,
               o.partner_id, o.ordered, o.due, o.shipped, o.done,
               p.id AS product, p.uom_id, p.label, p.cost,
               d.order_qty AS qty, d.unit_price,
               100 * coalesce(d.unit_price_discount, 0) AS discount,
               round(d.order_qty * d.unit_price * (1 - coalesce(d.unit_price_discount, 0)), 2)
                   AS amount
          FROM aw_sales_order_detail_rebuilt d
          JOIN aw_so o USING (sales_order_id)
          JOIN aw_p p USING (product_id)
         ORDER BY o.id""",
    )


_PICKING_NAME = "'WH/OUT/' || lpad(number::text, greatest(5, length(number::text)), '0')"

_ORDER = {
    "id": "id",
    "name": "name",
    "partner_id": "partner_id",
    "partner_invoice_id": "partner_id",
    "partner_shipping_id": "partner_id",
    "fiscal_position_id": "fiscal_position_id",
    "team_id": "team_id",
    "source_id": "source_id",
    "user_id": "NULL::int",
    "date_order": "ordered",
    "commitment_date": "due",
    "validity_date": "valid_until",
    "effective_date": "CASE WHEN done THEN shipped END",
    "delivery_status": "CASE WHEN done THEN 'full' ELSE 'pending' END",
    "amount_untaxed": "amount",
    "amount_total": "amount",
}
_LINE = {
    "id": "id",
    "order_id": "order_id",
    "order_partner_id": "partner_id",
    "salesman_id": "NULL::int",
    "product_id": "product",
    "product_uom_id": "uom_id",
    "name": "label",
    "product_uom_qty": "qty",
    "price_unit": "unit_price",
    "technical_price_unit": "unit_price",
    "discount": "discount",
    "price_subtotal": "amount",
    "price_total": "amount",
    "price_reduce_taxexcl": "round(amount / qty, 2)",
    "price_reduce_taxinc": "round(amount / qty, 2)",
    "qty_delivered": "CASE WHEN done THEN qty ELSE 0 END",
    "qty_to_invoice": "qty",
    "untaxed_amount_to_invoice": "amount",
}
_PICKING = {
    "id": "picking_id",
    "name": _PICKING_NAME,
    "origin": "name",
    "partner_id": "partner_id",
    "sale_id": "id",
    "state": "CASE WHEN done THEN 'done' ELSE 'confirmed' END",
    "scheduled_date": "shipped",
    "date_deadline": "due",
    "date_done": "CASE WHEN done THEN shipped END",
    "has_deadline_issue": "FALSE",
    "shipping_weight": "CASE WHEN done THEN weight ELSE 0 END",
}
_MOVE = {
    "id": "move_id",
    "picking_id": "picking_id",
    "sale_line_id": "id",
    "partner_id": "partner_id",
    "product_id": "product",
    "product_uom": "uom_id",
    "packaging_uom_id": "uom_id",
    "packaging_uom_qty": "qty",
    "product_qty": "qty",
    "product_uom_qty": "qty",
    "quantity": "CASE WHEN done THEN qty ELSE 0 END",
    "picked": "done",
    "is_out": "done",
    "value": "CASE WHEN done THEN round(qty * cost, 2) END",
    "state": "CASE WHEN done THEN 'done' ELSE 'confirmed' END",
    "origin": "order_name",
    "reference": _PICKING_NAME,
    "date": "shipped",
    "date_deadline": "due",
    "reservation_date": "ordered::date",
}
_MOVE_LINE = {
    "id": "move_line_id",
    "move_id": "move_id",
    "picking_id": "picking_id",
    "product_id": "product",
    "product_uom_id": "uom_id",
    "quantity": "qty",
    "quantity_product_uom": "qty",
    "picked": "TRUE",
    "state": "'done'",
    "date": "shipped",
}
