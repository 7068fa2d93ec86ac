"""Stock that the story stands on: enough of everything but hours on the bottleneck."""

import numpy as np

from ..adventureworks import patterns, sql, stock
from . import story

BULK_TABLES = stock.BULK_TABLES
WEEKS_A_MONTH = 52 / 12
MARGIN = 1.5  # on what is expected to be needed, against forecasts that come out higher


def minimums(plan):
    """Reordering minimum of each product (n,): about half a month."""
    minimum = np.maximum(np.round(plan.level * 0.5), 1.0)
    return np.where(plan.is_kit, 0.0, minimum)


def levels(plan, masters, kits):
    """{product id: (minimum, stock on hand)} of goods, parts and materials, today.

    Line 2 starts the second week with exactly its minimum, so that what is made is what is
    ordered. Everything else has its need until new supply can arrive, with a margin.
    """
    minimum = minimums(plan)
    weekly = weekly_units(plan)
    result = {}
    for number, good in enumerate(masters.goods):
        if plan.is_kit[number]:
            continue
        if plan.line()[number] == 2:
            result[good.id] = (minimum[number], minimum[number] + plan.framework[number, 0])
        elif plan.line()[number]:
            ample = np.ceil(3 * MARGIN * weekly[number])
            result[good.id] = (minimum[number], minimum[number] + ample)
        else:
            need = weekly[number] + (kits if number in masters_first(masters, plan) else 0.0)
            result[good.id] = (minimum[number], minimum[number] + np.ceil(8 * MARGIN * need))
    for number, part in masters.parts.items():
        least = max(round(weekly[number]), 1)
        result[part.id] = (least, least)
    result |= _materials(plan, masters)
    return result


def masters_first(masters, plan):
    """Positions of the two traded goods that kits are made of."""
    return [number for number in masters.trader_of][:2]


def weekly_units(plan):
    """Units a week that are needed at most (n,)."""
    return np.maximum(plan.level / WEEKS_A_MONTH, plan.framework.max(axis=1))


def material_needs(plan, masters):
    """Units of each material needed a week, at most."""
    weekly, need = weekly_units(plan), np.zeros(len(story.MATERIALS))
    for number, (material, amount) in masters.material_of.items():
        need[material] += weekly[number] * amount
    need[-1] = sum(weekly[number] for number in masters.parts)
    return need


def _materials(plan, masters):
    """Materials: what is needed over the lead time and a month, with a margin; of the late vendor's
    only three weeks, so that its open orders matter."""
    need, result = material_needs(plan, masters), {}
    for place, (product, row) in enumerate(zip(masters.materials, story.MATERIALS)):
        least = np.ceil(need[place]) + 1
        is_late = row[3] == story.LATE_VENDOR
        weeks = story.LATE_STOCK_WEEKS if is_late else (row[4] / 7 + 5) * MARGIN
        result[product.id] = (least, least + np.ceil(weeks * need[place]))
    return result


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
