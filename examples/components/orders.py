"""Sale orders: three years delivered, and what is open, through the writer of the other example."""

import numpy as np

from ..adventureworks import sales, sql
from . import plan as planning
from . import weeks

BULK_TABLES = sales.BULK_TABLES
LINES_AN_ORDER = 3


def load(env, patterns, masters, plan, order_lines, rng):
    """Draw the lines, put them into orders, and write them; returns the counts."""
    lines = _history(plan, order_lines, rng) + planning.ahead(plan, rng)
    table = np.concatenate(lines)
    _stage(env.cr, table, masters, plan, rng)
    orders = _stage_orders(env.cr)
    count = _stage_lines(env.cr)
    counts = sales.write(env, patterns, masters, orders)
    _ship_kits(env.cr, patterns)
    return {"sale_orders": orders, "sale_lines": count, **counts}


def _ship_kits(cr, patterns):
    """A kit has no moves of its own: its components are shipped instead."""
    sql.table(
        cr,
        "cx_kit",
        """
        SELECT nextval('stock_move_id_seq')::int AS move_id, s.move_id AS kit_move_id,
               CASE WHEN s.done THEN nextval('stock_move_line_id_seq')::int END AS move_line_id,
               s.id, s.picking_id, s.reference_id, s.order_name, s.number, s.partner_id,
               s.ordered, s.due, s.shipped, s.done, p.id AS product, p.uom_id, p.cost,
               l.id AS bom_line_id, s.qty * l.product_qty AS qty
          FROM aw_sol s
          JOIN mrp_bom b ON b.product_id = s.product AND b.type = 'phantom'
          JOIN mrp_bom_line l ON l.bom_id = b.id
          JOIN aw_p p ON p.id = l.product_id""",
    )
    for table, column in (("stock_reference_move_rel", "move_id"), ("stock_move_line", "move_id"),
                          ("stock_move", "id")):  # fmt: skip
        cr.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT kit_move_id FROM cx_kit)")
    sales.write_moves(cr, patterns, "cx_kit", bom_line_id="bom_line_id")


def _history(plan, order_lines, rng):
    """(product, day number, qty) of what was requested before today; as many lines as asked for."""
    units = plan.sales
    product, month = np.nonzero(units)
    qty = units[product, month]
    mean = max(1.0, order_lines / max(len(product), 1))
    pieces = np.minimum(np.maximum(1, rng.poisson(mean, len(product))), qty).astype(int)
    starts = [weeks.first_of_month(plan.today, n - plan.months) for n in range(plan.months + 1)]
    parts = [_spread(product, qty, pieces, month, starts, plan.today, rng)]
    return parts


def _spread(product, qty, pieces, month, starts, today, rng):
    """Split the units of a product and month into ``pieces`` lines on random working days."""
    row = np.repeat(np.arange(len(product)), pieces)
    weight = rng.gamma(4.0, size=len(row))
    total = np.bincount(row, weights=weight)
    share = weight / total[row]
    ends = np.cumsum(share) - np.repeat(np.cumsum(np.bincount(row, weights=share)) - 1, pieces)
    upto = np.round(np.minimum(ends, 1.0) * qty[row])
    last = np.r_[True, row[1:] != row[:-1]]
    amount = np.where(last, upto, upto - np.r_[0, upto[:-1]])
    days = [
        [day.toordinal() for day in weeks.working_days(start, weeks.first_of_month(start, 1))
         if day < today] or [start.toordinal()]
        for start in starts
    ]  # fmt: skip
    counts = np.array([len(options) for options in days])
    first = np.r_[0, np.cumsum(counts)[:-1]]
    flat = np.concatenate([np.array(options) for options in days])
    place = first[month[row]] + np.floor(rng.random(len(row)) * counts[month[row]]).astype(int)
    lines = np.column_stack([product[row], flat[place], amount])
    return lines[(amount > 0) & (lines[:, 1] < today.toordinal())]


def _stage(cr, table, masters, plan, rng):
    """`cx_line`: one row per line, put into orders of a customer and a day."""
    order = np.lexsort((rng.random(len(table)), table[:, 1]))
    table = table[order]
    day = table[:, 1].astype(int)
    fresh = np.r_[True, day[1:] != day[:-1]]
    place = np.arange(len(table)) - np.maximum.accumulate(np.where(fresh, np.arange(len(table)), 0))
    number = np.cumsum(fresh | (place % LINES_AN_ORDER == 0))
    # the largest fifth of the customers orders about four fifths
    customers = np.array(masters.customers.ids)
    chance = 1.0 / np.arange(1, len(customers) + 1) ** 1.1
    buyer = rng.choice(customers, number[-1] + 1, p=chance / chance.sum())
    lead = rng.integers(5, 30, number[-1] + 1)
    goods = np.array([good.id for good in masters.goods])
    price = np.round(plan.price[table[:, 0].astype(int)] * rng.uniform(0.92, 1.0, len(table)), 2)
    cr.execute(
        "CREATE TEMP TABLE cx_line (number int, customer int, due date, ordered date,"
        " product int, qty numeric, price numeric) ON COMMIT DROP"
    )
    epoch = np.datetime64("0001-01-01")
    due = epoch + (day - 1).astype("timedelta64[D]")
    ordered = np.minimum(due - lead[number].astype("timedelta64[D]"), np.datetime64(plan.today))
    sql.copy(
        cr,
        "cx_line",
        zip(
            number.tolist(), buyer[number].tolist(), due.astype(str), ordered.astype(str),
            goods[table[:, 0].astype(int)].tolist(), table[:, 2].tolist(), price.tolist(),
        ),
    )  # fmt: skip
    cr.execute(
        "CREATE TEMP TABLE cx_today ON COMMIT DROP AS SELECT %s::date AS today", (plan.today,)
    )


def _stage_orders(cr):
    """`aw_so`: one row per order."""
    return sql.table(
        cr,
        "aw_so",
        """
        SELECT nextval('sale_order_id_seq')::int AS id,
               nextval('stock_picking_id_seq')::int AS picking_id,
               nextval('stock_reference_id_seq')::int AS reference_id, x.number,
               'S' || lpad(x.number::text, greatest(6, length(x.number::text)), '0') AS name,
               x.customer AS partner_id,
               NULL::int AS fiscal_position_id, NULL::int AS team_id, NULL::int AS source_id,
               x.ordered + time '09:00' AS ordered, x.due + time '11:00' AS due,
               x.due + time '11:00' AS shipped, x.ordered + 30 AS valid_until,
               x.due < today AS done, x.amount, 0::float AS weight
          FROM (SELECT number, customer, min(due) AS due, min(ordered) AS ordered,
                       sum(round(qty * price, 2)) AS amount
                  FROM cx_line GROUP BY number, customer) x, cx_today
         ORDER BY x.number""",
    )


def _stage_lines(cr):
    """`aw_sol`: one row per line with its move and move line."""
    return sql.table(
        cr,
        "aw_sol",
        """
        SELECT nextval('sale_order_line_id_seq')::int AS id,
               nextval('stock_move_id_seq')::int AS move_id,
               CASE WHEN o.done THEN nextval('stock_move_line_id_seq')::int END AS move_line_id,
               o.id AS order_id, o.picking_id, o.reference_id, o.name AS order_name, o.number,
               o.partner_id, o.ordered, o.due, o.shipped, o.done,
               p.id AS product, p.uom_id, p.label, p.cost, l.qty, l.price AS unit_price,
               0 AS discount, round(l.qty * l.price, 2) AS amount
          FROM cx_line l JOIN aw_so o USING (number) JOIN aw_p p ON p.id = l.product
         ORDER BY o.id""",
    )
