"""Stock: monthly counts that keep it plausible, quants, reservations for open orders."""

from . import csvs, sql

BULK_TABLES = (
    "stock_move",
    "stock_move_line",
    "stock_picking",
    "stock_reference",
    "stock_reference_move_rel",
    "stock_reference_sale_rel",
)


def count(env, patterns, world):
    """Write an inventory count per product and month where the flows ask for one.

    The data's flows do not balance: most parts are bought in far smaller quantities than
    production consumes, some saddles and pedals in far larger ones. So stock is counted on
    the first of every month, at the level from which that month ends with the data's
    inventory, and never falls below zero on the way. A last count today takes what is left
    over.
    """
    cr = env.cr
    location = world.warehouse.lot_stock_id
    _stage_flows(cr, location.id)
    _stage_levels(cr, world.shift.today)
    adjustments = sql.table(
        cr,
        "aw_count",
        """
        SELECT nextval('stock_move_id_seq')::int AS id,
               nextval('stock_move_line_id_seq')::int AS line_id,
               a.product, a.happened, a.qty, p.uom_id, p.cost
          FROM (SELECT product, happened,
                       level - coalesce(lag(ending) OVER months, 0) AS qty
                  FROM aw_level WINDOW months AS (PARTITION BY product ORDER BY happened)) a
          JOIN aw_p p ON p.id = a.product
         WHERE a.qty <> 0 ORDER BY a.happened, a.product""",
    )
    inventory = world.products[1].property_stock_inventory
    places = {
        "location_id": f"CASE WHEN qty > 0 THEN {inventory.id} ELSE {location.id} END",
        "location_dest_id": f"CASE WHEN qty > 0 THEN {location.id} ELSE {inventory.id} END",
    }
    sql.insert(cr, patterns["count move"], "aw_count", {**_COUNT, **places})
    sql.insert(cr, patterns["count line"], "aw_count", {**_COUNT_LINE, **places})
    return {"inventory_adjustments": adjustments}


def _stage_flows(cr, location):
    """`aw_flow`: what enters and leaves the stock location, per product and moment."""
    sql.table(
        cr,
        "aw_flow",
        f"""
        SELECT product_id AS product, date AS happened,
               sum(CASE WHEN location_dest_id = {location} THEN quantity_product_uom
                        ELSE -quantity_product_uom END) AS qty
          FROM stock_move_line
         WHERE state = 'done' AND (location_id = {location}) <> (location_dest_id = {location})
         GROUP BY 1, 2""",
    )


def _stage_levels(cr, today):
    """`aw_level`: per product and month the level counted and the level at its end.

    level = max(inventory - net flow of the month, - lowest running flow of the month).
    """
    sql.table(
        cr,
        "aw_level_month",
        f"""
        WITH running AS (
            SELECT product, date_trunc('month', happened) AS month, qty,
                   sum(qty) OVER (PARTITION BY product, date_trunc('month', happened)
                                  ORDER BY happened) AS run
              FROM aw_flow),
        flows AS (
            SELECT product, month, sum(qty) AS net, least(min(run), 0) AS lowest
              FROM running GROUP BY 1, 2),
        target AS (
            SELECT p.id AS product, coalesce(sum(i.quantity), 0) AS inventory
              FROM aw_p p LEFT JOIN aw_product_inventory i USING (product_id) GROUP BY 1),
        months AS (
            SELECT generate_series((SELECT min(month) FROM flows),
                                   date_trunc('month', date '{today}'),
                                   interval '1 month') AS month)
        SELECT t.product, m.month + time '08:00' AS happened, t.inventory,
               greatest(t.inventory - coalesce(f.net, 0), -coalesce(f.lowest, 0)) AS level,
               coalesce(f.net, 0) AS net
          FROM target t CROSS JOIN months m LEFT JOIN flows f USING (product, month)""",
    )
    sql.table(
        cr,
        "aw_level",
        f"""
        SELECT product, happened, round(level::numeric, 2) AS level,
               round((level + net)::numeric, 2) AS ending FROM aw_level_month
         UNION ALL
        SELECT product, timestamp '{today} 23:30', inventory, inventory
          FROM aw_level_month WHERE happened::date = date_trunc('month', date '{today}')""",
    )


def write_quants(env, patterns, world):
    """Write one quant per product and location: the sum of all done moves."""
    sql.table(
        env.cr,
        "aw_quant",
        """
        SELECT x.product, x.location_id, l.company_id, l.usage, max(happened) AS happened,
               round(sum(qty)::numeric, 2) AS qty
          FROM (SELECT product_id AS product, location_dest_id AS location_id, date AS happened,
                       quantity_product_uom AS qty FROM stock_move_line WHERE state = 'done'
                 UNION ALL
                SELECT product_id, location_id, date, -quantity_product_uom
                  FROM stock_move_line WHERE state = 'done') x
          JOIN stock_location l ON l.id = x.location_id
         GROUP BY 1, 2, 3, 4 HAVING round(sum(qty)::numeric, 2) <> 0""",
    )
    next_count = f"CASE WHEN usage = 'internal' THEN date '{world.shift.today.year}-12-31' END"
    columns = {**_QUANT, "inventory_date": next_count}
    return {"quants": sql.insert(env.cr, patterns["quant"], "aw_quant", columns)}


def create_rules(env, world):
    """Create a reordering rule per active product: from the reorder point up to the safety
    stock level, which the data keeps above it. They order nothing by themselves."""
    rules = env["stock.warehouse.orderpoint"].create(
        [
            {
                "product_id": world.products[row["product_id"]].id,
                "warehouse_id": world.warehouse.id,
                "location_id": world.warehouse.lot_stock_id.id,
                "trigger": "manual",
                "product_min_qty": row["reorder_point"],
                "product_max_qty": row["safety_stock_level"],
            }
            for row in csvs.rows("product")
            if world.products[row["product_id"]].active
        ]
    )
    env.flush_all()
    return {"reordering_rules": len(rules)}


_COUNT = {
    "id": "id",
    "product_id": "product",
    "product_uom": "uom_id",
    "packaging_uom_id": "uom_id",
    "packaging_uom_qty": "abs(qty)",
    "product_uom_qty": "abs(qty)",
    "product_qty": "abs(qty)",
    "quantity": "abs(qty)",
    "is_in": "qty > 0",
    "is_out": "qty < 0",
    "value": "round(abs(qty) * cost, 2)",
    "reference": "'Product Quantity Updated'",
    "date": "happened",
}
_COUNT_LINE = {
    "id": "line_id",
    "move_id": "id",
    "product_id": "product",
    "product_uom_id": "uom_id",
    "quantity": "abs(qty)",
    "quantity_product_uom": "abs(qty)",
    "date": "happened",
}
_QUANT = {
    "id": "nextval('stock_quant_id_seq')",
    "product_id": "product",
    "location_id": "location_id",
    "company_id": "company_id",
    "quantity": "qty",
    "reserved_quantity": "0",
    "inventory_quantity": "0",
    "in_date": "happened",
}
