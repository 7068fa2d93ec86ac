"""Stock that the story stands on: enough of everything but hours on the bottleneck."""

from ..adventureworks import patterns, sql, stock

BULK_TABLES = stock.BULK_TABLES


def load(env, shapes, masters, plan, wanted):
    """Count the stock so that every product ends with its level, and write the quants."""
    cr = env.cr
    location = masters.warehouse.lot_stock_id
    inventory = masters.goods[0].property_stock_inventory
    cr.execute("CREATE TEMP TABLE cx_level (product int, qty numeric) ON COMMIT DROP")
    sql.copy(cr, "cx_level", [(product, round(qty, 2)) for product, (_min, qty) in wanted.items()])
    count = _stage_counts(cr, location)
    places = {
        "location_id": f"CASE WHEN qty > 0 THEN {inventory.id} ELSE {location.id} END",
        "location_dest_id": f"CASE WHEN qty > 0 THEN {location.id} ELSE {inventory.id} END",
    }
    sql.insert(cr, shapes["count move"], "aw_count", {**stock._COUNT, **places})
    sql.insert(cr, shapes["count line"], "aw_count", {**stock._COUNT_LINE, **places})
    return {"inventory_adjustments": count}


def _stage_counts(cr, location):
    """`aw_count`: a count before everything, so high that no product ever falls below zero and
    all that need it end with their level, and one today that takes what is left over."""
    sql.table(
        cr,
        "cx_flow",
        f"""
        SELECT product_id AS product, sum(qty) AS net, min(level) AS lowest
          FROM (SELECT product_id, sum(qty) AS qty,
                       sum(sum(qty)) OVER (PARTITION BY product_id ORDER BY date) AS level
                  FROM (SELECT product_id, date, CASE WHEN location_dest_id = {location.id} THEN 1
                                                 ELSE -1 END * quantity_product_uom AS qty
                          FROM stock_move_line
                         WHERE state = 'done'
                           AND (location_id = {location.id}) <> (location_dest_id = {location.id})
                       ) line GROUP BY product_id, date) day
         GROUP BY product_id""",
    )
    return sql.table(
        cr,
        "aw_count",
        """
        WITH counted AS (
            SELECT l.product, l.qty - COALESCE(f.net, 0) AS needed,
                   greatest(l.qty - COALESCE(f.net, 0), - f.lowest, 0) AS opening
              FROM cx_level l LEFT JOIN cx_flow f USING (product))
        SELECT nextval('stock_move_id_seq')::int AS id,
               nextval('stock_move_line_id_seq')::int AS line_id, x.product, x.happened,
               round(x.qty::numeric, 2) AS qty, p.uom_id, p.cost
          FROM (SELECT product, opening AS qty,
                       (SELECT min(date) FROM stock_move_line) - interval '1 day' AS happened
                  FROM counted
                 UNION ALL
                SELECT product, needed - opening,
                       (SELECT today FROM cx_today) - interval '12 hours' FROM counted) x
          JOIN aw_p p ON p.id = x.product
         WHERE abs(x.qty) >= 0.01""",
    )


def create_rules(env, masters, wanted):
    """A reordering rule a product: the minimum of the story, ordered by hand.

    Odoo asks for each rule whether its product is a kit; so the rows are written after two of
    its own, and only what it derives from stock and open orders is left to it.
    """
    shape = _rule_shape(env, masters, list(wanted)[:2])
    cr, rules = env.cr, env["stock.warehouse.orderpoint"]
    cr.execute("CREATE TEMP TABLE cx_rule (number int, product int, least numeric) ON COMMIT DROP")
    rows = [
        (n, product, round(least, 2)) for n, (product, (least, _)) in enumerate(wanted.items(), 1)
    ]
    sql.copy(cr, "cx_rule", rows)
    count = sql.insert(cr, shape, "cx_rule ORDER BY number", _RULE)
    sequence = env["ir.sequence"].search([("code", "=", "stock.orderpoint")], limit=1)
    sql.advance_sequence(env, sequence, count)
    env.invalidate_all()
    written = rules.search([("product_id", "in", list(wanted))])
    for name in ("qty_to_order_computed", "deadline_date"):
        env.add_to_compute(rules._fields[name], written)
    env.flush_all()
    return {"reordering_rules": count}


def _rule_shape(env, masters, products):
    """How Odoo writes a reordering rule."""
    with env.cr.savepoint() as savepoint:
        rules = env["stock.warehouse.orderpoint"].create(
            [
                {
                    "product_id": product,
                    "warehouse_id": masters.warehouse.id,
                    "location_id": masters.warehouse.lot_stock_id.id,
                    "trigger": "manual",
                    "product_min_qty": 1 + number,
                    "product_max_qty": 3 + number,
                }
                for number, product in enumerate(products)
            ]
        )
        shape = patterns.read(rules)
        savepoint.rollback()
    return shape


_RULE = {
    "id": "nextval('stock_warehouse_orderpoint_id_seq')",
    "name": "'OP/' || lpad(number::text, greatest(5, length(number::text)), '0')",
    "product_id": "product",
    "product_min_qty": "least",
    "product_max_qty": "2 * least",
    "qty_to_order_computed": "0",
    "deadline_date": "NULL::date",
}
