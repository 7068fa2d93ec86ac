"""Manufacturing orders with their work orders, finished goods and components."""

from . import sql

BULK_TABLES = (
    "mrp_production",
    "mrp_production_group",
    "mrp_workorder",
    "mrp_workorder_dependencies_rel",
    "mrp_workcenter_productivity",
    "stock_reference_production_rel",
)


def load(env, patterns, world):
    """Write the orders, their operations and their moves; return the counts.

    An order ends with its last operation. What ended up to today is done; an order with a
    finished operation is in progress; others are confirmed, and `stock.reserve` decides
    what is set aside for them.
    """
    cr = env.cr
    orders = _stage_orders(cr, world)
    works = _stage_works(cr, world)
    components = _stage_components(cr)
    sql.insert(cr, patterns["reference"], "aw_mo", {"id": "reference_id", "name": "name"})
    sql.insert(cr, patterns["production group"], "aw_mo", {"id": "group_id", "name": "name"})
    sql.insert(cr, patterns["production"], "aw_mo_state", _ORDER)
    links = ("production_id", "id"), ("reference_id", "reference_id"), "aw_mo"
    sql.link(cr, "stock_reference_production_rel", *links)
    sql.insert(cr, patterns["work order"], "aw_wo", _WORK)
    links = (
        ("workorder_id", "id"),
        ("blocked_by_id", "previous_id"),
        "aw_wo WHERE previous_id IS NOT NULL",
    )
    sql.link(cr, "mrp_workorder_dependencies_rel", *links)
    sql.insert(cr, patterns["time log"], "aw_wo WHERE finished", _TIME_LOG)
    _insert_moves(cr, patterns)
    sql.advance_sequence(env, world.warehouse.manu_type_id.sequence_id, _last_number(cr))
    cr.execute("SELECT state, count(*) FROM aw_mo_state GROUP BY 1")
    states = {f"manufacturing_orders_{state}": count for state, count in cr.fetchall()}
    return {
        "manufacturing_orders": orders,
        **states,
        "work_orders": works,
        "component_moves": components,
    }


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


def _stage_works(cr, world):
    """`aw_wo`: one row per operation; `aw_mo_state`: the orders with their state.

    All operations of an order share their dates in the data. For an order at work they
    are taken to follow each other in equal slices; those whose slice is over are done.
    A work session ends before the next one begins, the last one with the order.
    """
    sql.table(
        cr,
        "aw_wo_slice",
        """
        SELECT nextval('mrp_workorder_id_seq')::int AS id, r.work_order_id, r.location_id,
               r.actual_resource_hrs, r.actual_start_date,
               row_number() OVER work AS number, count(*) OVER (PARTITION BY r.work_order_id) AS works
          FROM aw_work_order_routing r
        WINDOW work AS (PARTITION BY r.work_order_id ORDER BY r.operation_sequence)""",
    )
    today = f"timestamp '{world.shift.today} 23:59:59'"
    count = sql.table(
        cr,
        "aw_wo",
        f"""
        SELECT x.*, lag(id) OVER work AS previous_id,
               coalesce(lag(finished) OVER work, TRUE) AS next_in_line,
               ended - make_interval(secs => (60 * coalesce(sum(minutes) OVER (PARTITION BY
                   production_id ORDER BY number DESC ROWS BETWEEN UNBOUNDED PRECEDING
                   AND 1 PRECEDING), 0))::float) AS session_end
          FROM (SELECT s.id, s.number, m.id AS production_id, m.name AS production_name,
                       m.qty, m.done, m.started, m.due, c.id AS workcenter_id, c.name,
                       c.costs_hour, o.id AS operation_id,
                       s.actual_start_date + time '16:00' AS begun,
                       round(s.actual_resource_hrs * 60 / t.id, 2) AS minutes,
                       round(o.time_cycle_manual::numeric * m.qty, 2) AS expected,
                       CASE WHEN m.done THEN m.ended
                            ELSE m.started + (m.ended - m.started) * s.number / s.works END AS ended,
                       m.done OR m.started + (m.ended - m.started) * s.number / s.works <= {today}
                           AS finished
                  FROM aw_wo_slice s
                  JOIN aw_mo m USING (work_order_id)
                  JOIN aw_workcenter k ON k.key = s.location_id
                  JOIN aw_stations t ON t.key = s.location_id
                  JOIN mrp_workcenter c ON c.id = k.id
                  JOIN mrp_routing_workcenter o ON o.bom_id = m.bom_id
                                               AND o.workcenter_id = c.id) x
        WINDOW work AS (PARTITION BY production_id ORDER BY number)""",
    )
    sql.table(
        cr,
        "aw_mo_state",
        """
        SELECT m.*, CASE WHEN m.done THEN 'done' WHEN w.finished THEN 'progress'
                          ELSE 'confirmed' END AS state
          FROM aw_mo m LEFT JOIN aw_wo w ON w.production_id = m.id AND w.number = 1""",
    )
    return count


def _stage_components(cr):
    """`aw_raw`: one row per component of every order, in the bill's and the stock unit."""
    return sql.table(
        cr,
        "aw_raw",
        """
        SELECT nextval('stock_move_id_seq')::int AS id,
               CASE WHEN m.done THEN nextval('stock_move_line_id_seq')::int END AS line_id,
               m.id AS production_id, m.name, m.group_id, m.reference_id, m.done, m.started, m.ended,
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
    "is_planned": "done AND works > 0",
    "allow_workorder_dependencies": "CASE WHEN works > 0 THEN FALSE END",
    "date_start": "started",
    "date_deadline": "due",
    "date_finished": "CASE WHEN done THEN ended ELSE due END",
}
_WORK = {
    "id": "id",
    "name": "name",
    "sequence": "number - 1",
    "production_id": "production_id",
    "workcenter_id": "workcenter_id",
    "operation_id": "operation_id",
    "leave_id": "NULL::int",
    "barcode": "production_name || '/' || id",
    "state": "CASE WHEN finished THEN 'done' WHEN next_in_line THEN 'ready' ELSE 'blocked' END",
    "production_availability": "CASE WHEN NOT done THEN 'confirmed' END",
    "production_date": "CASE WHEN finished THEN begun ELSE started END",
    "date_start": "CASE WHEN finished THEN begun END",
    "date_finished": "CASE WHEN finished THEN session_end END",
    "qty_produced": "CASE WHEN finished THEN qty ELSE 0 END",
    "duration_expected": "expected",
    "duration": "CASE WHEN finished THEN minutes ELSE 0 END",
    "duration_unit": "CASE WHEN finished THEN round(minutes / qty, 2) ELSE 0 END",
    "duration_percent": """CASE WHEN expected = 0 THEN 0 WHEN finished
                                THEN round(100 * (expected - minutes) / expected) ELSE 100 END""",
    "costs_hour": "CASE WHEN finished THEN costs_hour ELSE 0 END",
}
_TIME_LOG = {
    "id": "nextval('mrp_workcenter_productivity_id_seq')",
    "workorder_id": "id",
    "workcenter_id": "workcenter_id",
    "description": "'Time Tracking'",
    "date_start": "session_end - make_interval(secs => (60 * minutes)::float)",
    "date_end": "session_end",
    "duration": "minutes",
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
