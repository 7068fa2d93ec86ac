"""Manufacturing orders with their work orders, finished goods and components."""

from . import operations, sql

BULK_TABLES = (
    "mrp_production",
    "mrp_production_group",
    "stock_reference_production_rel",
    *operations.BULK_TABLES,
)


def load(env, patterns, world):
    """Write the orders, their operations and their moves; return the counts.

    An order ends with its last operation. What ended up to today is done; an order with a
    finished operation is in progress; others are confirmed, and `stock.reserve` decides
    what is set aside for them.
    """
    orders = _stage_orders(env.cr, world)
    works = operations.stage(env.cr, world)
    counts = {"manufacturing_orders": orders, **write(env, patterns, world), "work_orders": works}
    env.cr.execute("SELECT count(*) FROM aw_raw")
    return {**counts, "component_moves": env.cr.fetchone()[0]}


def write(env, patterns, world):
    """Write what `aw_mo`, `aw_mo_state` and `aw_wo` describe; return the counts by state."""
    cr = env.cr
    _stage_components(cr)
    sql.insert(cr, patterns["reference"], "aw_mo", {"id": "reference_id", "name": "name"})
    sql.insert(cr, patterns["production group"], "aw_mo", {"id": "group_id", "name": "name"})
    sql.insert(cr, patterns["production"], "aw_mo_state", _ORDER)
    links = ("production_id", "id"), ("reference_id", "reference_id"), "aw_mo"
    sql.link(cr, "stock_reference_production_rel", *links)
    operations.insert(cr, patterns)
    _insert_moves(cr, patterns)
    sql.advance_sequence(env, world.warehouse.manu_type_id.sequence_id, _last_number(cr))
    cr.execute("SELECT state, count(*) FROM aw_mo_state GROUP BY 1")
    return {f"manufacturing_orders_{state}": count for state, count in cr.fetchall()}


def _last_number(cr):
    cr.execute("SELECT max(work_order_id) FROM aw_mo")
    return cr.fetchone()[0]


def _stage_orders(cr, world):
    """`aw_mo`: one row per work order of the data, Odoo's manufacturing order."""
    return sql.table(
        cr,
        "aw_mo",
        f"""
        SELECT nextval('mrp_production_id_seq')::int AS id,
               nextval('mrp_production_group_id_seq')::int AS group_id,
               nextval('stock_reference_id_seq')::int AS reference_id,
               nextval('stock_move_id_seq')::int AS move_id,
               nextval('stock_move_line_id_seq')::int AS move_line_id,
               w.work_order_id, 'WH/MO/' || lpad(w.work_order_id::text, 5, '0') AS name,
               p.id AS product, p.uom_id, p.cost, b.id AS bom_id, w.order_qty AS qty,
               w.scrapped_qty, w.scrap_reason_id, coalesce(r.works, 0) AS works,
               w.start_date + time '16:00' AS started, w.due_date + time '22:00' AS due,
               greatest(w.end_date, r.ended) + time '20:00' AS ended,
               greatest(w.end_date, r.ended) <= '{world.shift.today}' AS done
          FROM aw_work_order w
          JOIN aw_p p USING (product_id)
          JOIN aw_bom b ON b.key = w.product_id
          LEFT JOIN (SELECT work_order_id, max(actual_end_date) AS ended, count(*) AS works
                       FROM aw_work_order_routing GROUP BY 1) r USING (work_order_id)
         ORDER BY w.work_order_id""",
    )


def _stage_components(cr):
    """`aw_raw`: one row per component of every order, in the bill's and the stock unit."""
    return sql.table(
        cr,
        "aw_raw",
        """
        SELECT nextval('stock_move_id_seq')::int AS id,
               CASE WHEN m.done THEN nextval('stock_move_line_id_seq')::int END AS line_id,
               m.id AS production_id, m.name, m.group_id, m.reference_id, m.done,
               m.started, m.ended,
               l.id AS bom_line_id, l.product_id AS product, l.product_uom_id AS uom_id,
               l.product_qty AS unit_qty, l.product_qty * m.qty AS qty,
               round((l.product_qty * m.qty * u.factor / p.factor)::numeric, 2) AS stock_qty, p.cost
          FROM aw_mo m
          JOIN mrp_bom_line l ON l.bom_id = m.bom_id
          JOIN aw_p p ON p.id = l.product_id
          JOIN uom_uom u ON u.id = l.product_uom_id""",
    )


def _insert_moves(cr, patterns):
    """Write what the orders take from stock and what they bring."""
    sql.insert(cr, patterns["raw move"], "aw_raw", _RAW)
    sql.insert(cr, patterns["raw line"], "aw_raw WHERE done", _RAW_LINE)
    sql.insert(cr, patterns["finished move"], "aw_mo", _FINISHED)
    sql.insert(cr, patterns["finished line"], "aw_mo", _FINISHED_LINE)
    for source, move in (("aw_raw", "id"), ("aw_mo", "move_id")):
        links = ("move_id", move), ("reference_id", "reference_id"), source
        sql.link(cr, "stock_reference_move_rel", *links)


_ORDER = {
    "id": "id",
    "name": "name",
    "production_group_id": "group_id",
    "product_id": "product",
    "bom_id": "bom_id",
    "product_uom_id": "uom_id",
    "product_qty": "qty",
    "product_uom_qty": "qty",
    "qty_producing": "CASE WHEN done THEN qty END",
    "user_id": "NULL::int",
    "state": "state",
    "reservation_state": "CASE WHEN NOT done THEN 'confirmed' END",
    "is_planned": "works > 0 AND state <> 'confirmed'",
    "allow_workorder_dependencies": "CASE WHEN works > 0 THEN FALSE END",
    "date_start": "started",
    "date_deadline": "due",
    "date_finished": "CASE WHEN done THEN ended ELSE due END",
}
_RAW = {
    "id": "id",
    "raw_material_production_id": "production_id",
    "production_group_id": "group_id",
    "bom_line_id": "bom_line_id",
    "product_id": "product",
    "product_uom": "uom_id",
    "packaging_uom_id": "uom_id",
    "packaging_uom_qty": "qty",
    "product_uom_qty": "qty",
    "product_qty": "stock_qty",
    "quantity": "CASE WHEN done THEN qty ELSE 0 END",
    "unit_factor": "CASE WHEN done THEN qty ELSE unit_qty END",
    "picked": "done",
    "is_out": "done",
    "value": "CASE WHEN done THEN round(stock_qty * cost, 2) END",
    "state": "CASE WHEN done THEN 'done' ELSE 'confirmed' END",
    "origin": "name",
    "reference": "name",
    "date": "CASE WHEN done THEN ended ELSE started END",
    "date_deadline": "started",
    "reservation_date": "started::date",
}
_RAW_LINE = {
    "id": "line_id",
    "move_id": "id",
    "production_id": "production_id",
    "product_id": "product",
    "product_uom_id": "uom_id",
    "quantity": "qty",
    "quantity_product_uom": "stock_qty",
    "picked": "TRUE",
    "state": "'done'",
    "date": "ended",
}
_FINISHED = {
    "id": "move_id",
    "production_id": "id",
    "production_group_id": "group_id",
    "product_id": "product",
    "product_uom": "uom_id",
    "packaging_uom_id": "uom_id",
    "packaging_uom_qty": "qty",
    "product_uom_qty": "qty",
    "product_qty": "qty",
    "quantity": "qty",
    "unit_factor": "CASE WHEN done THEN qty ELSE 1 END",
    "picked": "done",
    "is_in": "done",
    "price_unit": "CASE WHEN done THEN cost END",
    "value": "CASE WHEN done THEN round(qty * cost, 2) END",
    "state": "CASE WHEN done THEN 'done' ELSE 'assigned' END",
    "origin": "name",
    "reference": "name",
    "date": "CASE WHEN done THEN ended ELSE due END",
    "date_deadline": "due",
    "reservation_date": "started::date",
}
_FINISHED_LINE = {
    "id": "move_line_id",
    "move_id": "move_id",
    "product_id": "product",
    "product_uom_id": "uom_id",
    "quantity": "qty",
    "quantity_product_uom": "qty",
    "picked": "done",
    "state": "CASE WHEN done THEN 'done' ELSE 'assigned' END",
    "date": "CASE WHEN done THEN ended ELSE started END",
}
