"""Purchase orders with their receipts: reliable vendors, and one that missed its last windows."""

from datetime import timedelta

import numpy as np

from ..adventureworks import purchases, sql
from . import levels, story, windows

BULK_TABLES = purchases.BULK_TABLES


def load(env, patterns, masters, plan, rng):
    """Write the history and what is open; returns the counts and the truth about vendors."""
    drawn = windows.draw(rng)
    rows = _rows(masters, plan, drawn, rng)
    _stage(env.cr, rows, plan)
    counts = {"purchase_orders": _stage_orders(env.cr), "purchase_lines": _stage_lines(env.cr)}
    counts |= purchases.write(env, patterns, masters)
    return counts, windows.truth(drawn), _overdue(env.cr)


def _overdue(cr):
    """The orders that are open and should be here: defects that belong to the story."""
    cr.execute(
        "SELECT DISTINCT order_id FROM aw_pol WHERE NOT done AND due_date <"
        " (SELECT today FROM cx_today) - 1"
    )
    return [
        {"rule": "overdue_purchase", "model": "purchase.order", "id": row[0]}
        for row in cr.fetchall()
    ]


def _rows(masters, plan, drawn, rng):
    """(order number, vendor id, ordered, due, arrival or None, product id, qty, price)."""
    supplied = {}
    for number, (_name, price, _weight, vendor, days) in enumerate(story.MATERIALS):
        supplied.setdefault(vendor, []).append((masters.materials[number].id, price, days))
    for number, vendor in masters.trader_of.items():
        good = masters.goods[number]
        supplied.setdefault(vendor, []).append((good.id, float(plan.cost[number]), 21))
    spend = {
        vendor: 400_000 if vendor == story.LATE_VENDOR else 90_000 / (vendor + 1)
        for vendor in drawn
    }
    needs = dict(zip(masters.materials.ids, levels.material_needs(plan, masters)))
    rows, order = [], 0
    for vendor, own in drawn.items():
        products = supplied.get(vendor, [])
        for due, late in own:
            order += 1
            lines = max(1, min(len(products), 3))
            is_awaited = vendor == story.LATE_VENDOR and due >= 0
            for place in rng.choice(len(products), lines, replace=False):
                product, price, days = products[place]
                qty = max(1, round(spend[vendor] * plan.count / 500 / 24 / lines / price))
                if is_awaited:
                    qty = max(qty, int(np.ceil(story.OPEN_ORDER_WEEKS * needs[product])))
                day = plan.today + timedelta(days=due)
                arrival = None if late is None else day + timedelta(days=late)
                if arrival and arrival >= plan.today:
                    arrival = None
                rows.append(
                    (order, masters.vendors[vendor].id, day - timedelta(days=days), day,
                     arrival, product, qty, price)
                )  # fmt: skip
    return rows


def _stage(cr, rows, plan):
    cr.execute(
        "CREATE TEMP TABLE cx_po (number int, vendor int, ordered date, due date, arrival date,"
        " product int, qty numeric, price numeric) ON COMMIT DROP"
    )
    sql.copy(cr, "cx_po", rows)


def _stage_orders(cr):
    """`aw_po`: one row per order."""
    return sql.table(
        cr,
        "aw_po",
        """
        SELECT nextval('purchase_order_id_seq')::int AS id,
               nextval('stock_reference_id_seq')::int AS reference_id,
               number AS purchase_order_id, 'P' || lpad(number::text, 5, '0') AS name,
               'purchase'::text AS state, vendor AS partner_id,
               LEAST(min(ordered), (SELECT today FROM cx_today)) + time '08:00' AS ordered,
               LEAST(min(ordered), (SELECT today FROM cx_today)) AS order_date
          FROM cx_po GROUP BY number, vendor ORDER BY number""",
    )


def _stage_lines(cr):
    """`aw_pol`: the lines; all in the stock unit."""
    return sql.table(
        cr,
        "aw_pol",
        """
        SELECT nextval('purchase_order_line_id_seq')::int AS id, o.id AS order_id,
               o.purchase_order_id, o.reference_id, o.name AS order_name, o.partner_id, o.state,
               o.ordered, TRUE AS confirmed, l.qty, l.price,
               CASE WHEN l.arrival IS NULL THEN 0 ELSE l.qty END AS received,
               0::numeric AS rejected,
               l.due AS due_date, COALESCE(l.arrival, l.due) AS arrival, p.id AS product,
               p.uom_id AS stock_uom_id, p.uom_id, p.label, p.cost, p.weight,
               1::numeric AS factor, round(l.qty * l.price, 2) AS amount,
               l.arrival IS NOT NULL AS done, l.qty AS stock_qty, l.price AS stock_price,
               CASE WHEN l.arrival IS NULL THEN 0 ELSE l.qty END AS stock_received,
               0::numeric AS stock_rejected
          FROM cx_po l JOIN aw_po o ON o.purchase_order_id = l.number
          JOIN aw_p p ON p.id = l.product
         ORDER BY o.id""",
    )
