"""Stock set aside for open deliveries and open manufacturing orders, as Odoo does it."""

from . import sql


def load(env, patterns, world):
    """Reserve first come, first served, and set the states that follow from it.

    Demands are served in the order of their date; a demand that finds less than it needs
    takes what there is.
    """
    cr = env.cr
    _stage_reservations(cr, world)
    cr.execute(
        """
        UPDATE stock_move m
           SET quantity = r.uom_qty, state = CASE WHEN r.qty = r.wanted THEN 'assigned'
                                                  ELSE 'partially_available' END
          FROM aw_reserved r WHERE r.move_id = m.id"""
    )
    for kind, condition in (("out", "production_id IS NULL"), ("raw", "production_id IS NOT NULL")):
        columns = {**_LINE, "production_id": "production_id", "picking_id": "picking_id"}
        sql.insert(cr, patterns[f"{kind} line"], f"aw_reserved WHERE {condition}", columns)
    cr.execute(
        """
        UPDATE stock_quant q SET reserved_quantity = r.qty
          FROM (SELECT product_id, location_id, sum(qty) AS qty FROM aw_reserved GROUP BY 1, 2) r
         WHERE q.product_id = r.product_id AND q.location_id = r.location_id"""
    )
    cr.execute(
        """
        UPDATE stock_picking p SET state = 'assigned', shipping_weight = r.weight
          FROM (SELECT picking_id, sum(qty * weight) AS weight FROM aw_reserved GROUP BY 1) r
         WHERE r.picking_id = p.id"""
    )
    _update_productions(cr)
    cr.execute("SELECT count(*), count(*) FILTER (WHERE qty = wanted) FROM aw_reserved")
    reserved, complete = cr.fetchone()
    return {"moves_reserved": reserved, "moves_reserved_in_full": complete}


def _stage_reservations(cr, world):
    """`aw_reserved`: open moves out of stock that find something to take."""
    location = world.warehouse.lot_stock_id.id
    sql.table(
        cr,
        "aw_reserved",
        f"""
        SELECT nextval('stock_move_line_id_seq')::int AS id, x.*, p.weight,
               round((x.qty * p.factor / u.factor)::numeric, 2) AS uom_qty
          FROM (SELECT m.id AS move_id, m.picking_id, m.raw_material_production_id AS production_id,
                       m.product_id, m.product_uom, m.location_id, m.date, m.product_qty AS wanted,
                       least(m.product_qty, greatest(0, q.quantity + m.product_qty
                           - sum(m.product_qty) OVER (PARTITION BY m.product_id
                                                      ORDER BY m.date, m.id))) AS qty
                  FROM stock_move m
                  JOIN stock_quant q USING (product_id, location_id)
                 WHERE m.state = 'confirmed' AND m.location_id = {location}) x
          JOIN aw_p p ON p.id = x.product_id
          JOIN uom_uom u ON u.id = x.product_uom
         WHERE x.qty > 0""",
    )


def _update_productions(cr):
    """An open order is ready if all its components are set aside; its operations know."""
    cr.execute(
        """
        UPDATE mrp_production p SET reservation_state = 'assigned'
         WHERE p.state IN ('confirmed', 'progress')
           AND NOT EXISTS (SELECT FROM stock_move m WHERE m.raw_material_production_id = p.id
                              AND m.state <> 'assigned')"""
    )
    cr.execute(
        """
        UPDATE mrp_workorder w SET production_availability = p.reservation_state
          FROM mrp_production p
         WHERE p.id = w.production_id AND p.state IN ('confirmed', 'progress')"""
    )


_LINE = {
    "id": "id",
    "move_id": "move_id",
    "product_id": "product_id",
    "product_uom_id": "product_uom",
    "quantity": "uom_qty",
    "quantity_product_uom": "qty",
    "picked": "FALSE",
    "state": "CASE WHEN qty = wanted THEN 'assigned' ELSE 'partially_available' END",
    "date": "date",
}
