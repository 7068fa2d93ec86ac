"""Proof that a loaded database says what the CSV files say, and what Odoo would say.

`check(env)` puts every figure of the files beside the figure of the database and raises
AssertionError, in one sentence, at the first that differs. It changes nothing.
"""

from datetime import date

from odoo.exceptions import UserError

from . import MARKER, capacity, columns, csvs, expected, samples
from .dates import Shift
from .hours import stations

CENT = 0.01
HALF_CENT = 0.005 + 1e-9


def check(env) -> dict:
    """Reconcile everything; return {subject: {key: {"csv": .., "odoo": ..}}}."""
    env.flush_all()
    shift = Shift.to(date.fromisoformat(_loaded_on(env)))
    return {
        "master data": _masters(env),
        "sales by month": _sales(env, shift),
        "deliveries by month": _deliveries(env, shift),
        "purchases by state": _purchases(env, shift),
        "production by month": _production(env, shift),
        "hours by work centre": _hours(env),
        "stock on hand": _stock(env),
        "load of work centres": capacity.check(env, shift, _products(env), _compare),
        "invariants": _invariants(env),
        "columns that only the loader fills": columns.check(env),
        **samples.check(env),
    }


def _loaded_on(env):
    day = env["ir.config_parameter"].sudo().get_param(MARKER)
    if not day:
        raise UserError("The AdventureWorks data is not loaded in this database.")
    return day


def _query(env, query, *params):
    """{first column: the other columns} of a query."""
    env.cr.execute(query, params)
    return {row[0]: tuple(float(value or 0) for value in row[1:]) for row in env.cr.fetchall()}


def _compare(subject, wanted, found, tolerance=lambda index, numbers: CENT):
    """Pair the figures of the files and of the database, key by key."""
    for key in wanted.keys() | found.keys():
        numbers, shown = wanted.get(key), found.get(key)
        if numbers is None or shown is None:
            raise AssertionError(f"{subject}: {key} is {numbers} in the CSV, {shown} in Odoo.")
        for index, (number, other) in enumerate(zip(numbers, shown, strict=True)):
            if abs(number - other) > tolerance(index, numbers):
                raise AssertionError(
                    f"{subject}, {key}, figure {index + 1}: {number} in the CSV, {other} in Odoo."
                )
    return {key: {"csv": wanted[key], "odoo": found[key]} for key in sorted(wanted)}


def _products(env):
    """{product id of the files: product.product}, found by its number."""
    everything = env(context={"active_test": False})["product.product"]
    by_code = everything.search([("default_code", "!=", False)]).grouped("default_code")
    return {
        row["product_id"]: by_code[row["product_number"]]
        for row in csvs.rows("product")
        if row["product_number"] in by_code
    }


def _masters(env):
    """Numbers of records per kind."""
    everything = env(context={"active_test": False})
    partners = everything["res.partner"]
    found = {
        "products": everything["product.product"].search_count([("default_code", "!=", False)]),
        "bills of materials": everything["mrp.bom"].search_count([]),
        "components": everything["mrp.bom.line"].search_count([]),
        "vendors": partners.search_count([("supplier_rank", ">", 0)]),
        "vendor prices": everything["product.supplierinfo"].search_count([]),
        "stores": partners.search_count([("ref", "=like", "STORE%")]),
        "consumers": partners.search_count([("ref", "=like", "AW000%")]),
        "work centres": everything["mrp.workcenter"].search_count([]),
    }
    wanted = {name: (number,) for name, number in expected.masters().items()}
    return _compare("Master data", wanted, {name: (number,) for name, number in found.items()})


def _sales(env, shift):
    """Orders, lines, quantity, revenue per month; a line is rounded to cents in Odoo."""
    found = _query(
        env,
        """SELECT to_char(o.date_order, 'YYYY-MM'), count(DISTINCT o.id), count(*),
                  sum(l.product_uom_qty), sum(l.price_subtotal)
             FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id
            WHERE o.state = 'sale' GROUP BY 1""",
    )
    return _compare(
        "Sales",
        expected.sales_by_month(shift),
        found,
        lambda index, numbers: CENT if index < 3 else HALF_CENT * numbers[1],
    )


def _deliveries(env, shift):
    """Shipped quantity per month, from the moves."""
    found = _query(
        env,
        """SELECT to_char(date, 'YYYY-MM'), sum(quantity) FROM stock_move
            WHERE state = 'done' AND sale_line_id IS NOT NULL GROUP BY 1""",
    )
    wanted = {month: (qty,) for month, qty in expected.delivered_by_month(shift).items()}
    return _compare("Deliveries", wanted, found)


def _purchases(env, shift):
    """Orders, lines, ordered, received and amount per state, in vendors' units."""
    found = _query(
        env,
        """SELECT o.state, count(DISTINCT o.id), count(*), sum(l.product_qty),
                  sum(l.qty_received), sum(l.price_subtotal)
             FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id GROUP BY 1""",
    )
    return _compare(
        "Purchases",
        expected.purchases_by_state(shift),
        found,
        lambda index, numbers: CENT if index < 4 else HALF_CENT * numbers[1],
    )


def _production(env, shift):
    """Orders, pieces and scrapped pieces per month of start."""
    found = _query(
        env,
        """SELECT to_char(p.date_start, 'YYYY-MM'), count(*), sum(p.product_qty),
                  sum(coalesce(s.qty, 0))
             FROM mrp_production p
             LEFT JOIN (SELECT production_id, sum(scrap_qty) AS qty FROM stock_scrap
                         GROUP BY 1) s ON s.production_id = p.id GROUP BY 1""",
    )
    return _compare("Production", expected.production_by_month(shift), found)


def _hours(env):
    """Finished operations, resource hours and cost per work centre."""
    found = _query(
        env,
        """SELECT c.name, count(*) FILTER (WHERE w.state = 'done'),
                  sum(w.duration) / 60, sum(w.duration * w.costs_hour) / 60
             FROM mrp_workorder w JOIN mrp_workcenter c ON c.id = w.workcenter_id GROUP BY 1""",
    )
    side_by_side = {
        env["mrp.workcenter"].search([("code", "=", f"L{key}")]).name: count
        for key, count in stations().items()
    }
    found = {
        name: (n, hours * side_by_side[name], cost) for name, (n, hours, cost) in found.items()
    }
    wanted = expected.hours_by_location()
    for name, works in _open_works(env).items():
        done, hours, cost = wanted[name]
        hours, cost = (total - sum(part) for total, part in zip((hours, cost), zip(*works)))
        wanted[name] = (done - len(works), hours, cost)
    return _compare("Hours", wanted, found, _rounded_minutes)


def _rounded_minutes(index, numbers):
    """Odoo keeps hundredths of a minute per operation: up to 9 stations, 25 dollars an hour."""
    hours = numbers[0] * 0.005 / 60 * 9
    return (CENT, CENT + hours, CENT + 25 * hours)[index]


def _open_works(env):
    """{work centre name: [(hours, cost) of an operation that is not done]}, from the files."""
    env.cr.execute(
        """SELECT p.name, c.code, c.name FROM mrp_workorder w
             JOIN mrp_production p ON p.id = w.production_id
             JOIN mrp_workcenter c ON c.id = w.workcenter_id WHERE w.state <> 'done'"""
    )
    names = {
        (int(order.rsplit("/", 1)[1]), int(code[1:])): name
        for order, code, name in env.cr.fetchall()
    }
    return expected.hours_of(names)


def _stock(env):
    """On hand per product, from quants, in the stock unit."""
    found = _query(
        env,
        """SELECT p.default_code, sum(q.quantity) FROM stock_quant q
             JOIN stock_location l ON l.id = q.location_id AND l.usage = 'internal'
             JOIN product_product p ON p.id = q.product_id GROUP BY 1""",
    )
    wanted = {number: (quantity,) for number, quantity in expected.inventory().items()}
    return _compare("Stock on hand", wanted, found)


# What must have no row in a consistent database, each with its query.
_FORBIDDEN = {
    "quants that differ from the sum of done moves": """
        SELECT product_id, location_id FROM (
            SELECT product_id, location_id, quantity AS qty FROM stock_quant
            UNION ALL SELECT product_id, location_dest_id, -quantity_product_uom
                        FROM stock_move_line WHERE state = 'done'
            UNION ALL SELECT product_id, location_id, quantity_product_uom
                        FROM stock_move_line WHERE state = 'done') x
         GROUP BY 1, 2 HAVING abs(sum(qty)) > 0.005""",
    "reservations that differ from the open move lines": """
        SELECT product_id, location_id FROM (
            SELECT product_id, location_id, reserved_quantity AS qty FROM stock_quant
            UNION ALL SELECT l.product_id, l.location_id, -l.quantity_product_uom
              FROM stock_move_line l JOIN stock_location p ON p.id = l.location_id
             WHERE l.state NOT IN ('done', 'cancel') AND p.usage = 'internal') x
         GROUP BY 1, 2 HAVING abs(sum(qty)) > 0.005""",
    "moments with negative stock": """
        SELECT product_id FROM (
            SELECT product_id, sum(sum(CASE WHEN d.usage = 'internal' THEN l.quantity_product_uom
                                            ELSE -l.quantity_product_uom END))
                       OVER (PARTITION BY product_id ORDER BY date) AS level
              FROM stock_move_line l
              JOIN stock_location s ON s.id = l.location_id
              JOIN stock_location d ON d.id = l.location_dest_id
             WHERE l.state = 'done' AND (s.usage = 'internal') <> (d.usage = 'internal')
             GROUP BY product_id, date) x WHERE level < -0.005""",
    "moves whose lines have another quantity": """
        SELECT m.id FROM stock_move m
          LEFT JOIN (SELECT move_id, sum(quantity) AS qty FROM stock_move_line GROUP BY 1) l
            ON l.move_id = m.id
         WHERE abs(m.quantity - coalesce(l.qty, 0)) > 0.005""",
    "delivered quantities that differ from the moves": """
        SELECT l.id FROM sale_order_line l
          LEFT JOIN (SELECT sale_line_id, sum(quantity) AS qty FROM stock_move
                      WHERE state = 'done' GROUP BY 1) m ON m.sale_line_id = l.id
         WHERE abs(l.qty_delivered - coalesce(m.qty, 0)) > 0.005""",
    "done moves in the future": """
        SELECT id FROM stock_move WHERE state = 'done' AND date::date > %(today)s""",
}


def _invariants(env):
    """Nothing that must not exist exists."""
    found = {}
    for name, query in _FORBIDDEN.items():
        env.cr.execute(query, {"today": _loaded_on(env)})
        rows = env.cr.fetchall()
        if rows:
            raise AssertionError(f"There are {len(rows)} {name}, the first is {rows[0]}.")
        found[name] = {"csv": 0, "odoo": 0}
    return found
