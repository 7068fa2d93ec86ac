"""Manufacturing orders: finished ones of the last months, and batches to start within two weeks."""

from datetime import timedelta

import numpy as np

from ..adventureworks import production, sql
from . import products, story, weeks

BULK_TABLES = production.BULK_TABLES
MONTHS, MONTHS_LARGE, LARGE = 6, 2, 1000  # of finished orders; above so many products
OPEN, OPEN_EVERY = 24, 20  # open orders: at least, and one for so many products
DAYS = 5  # between start and end
PARTS_AHEAD = 14  # days that a part is finished before the good it goes into
PACE, PACE_SPREAD = 1.04, 0.08  # minutes taken against minutes planned


def load(env, patterns, masters, plan, rng):
    """Draw the orders and write them; returns the counts."""
    cr = env.cr
    rows = _finished(masters, plan, rng) + _open(masters, plan)
    cr.execute(
        "CREATE TEMP TABLE cx_mo (number int, product int, qty numeric, started date, ended date,"
        " done bool) ON COMMIT DROP"
    )
    sql.copy(cr, "cx_mo", [(number, *row) for number, row in enumerate(rows, 1)])
    orders = _stage_orders(cr)
    works = _stage_works(cr, rng)
    states = production.write(env, patterns, masters)
    return {"manufacturing_orders": orders, **states, "work_orders": works}


def _finished(masters, plan, rng):
    """(product id, qty, start, end, done): what a month sold was made in the month before."""
    rows = []
    months = MONTHS if plan.count <= LARGE else MONTHS_LARGE
    for month in range(plan.months - months, plan.months + 1):
        start = weeks.first_of_month(plan.today, month - 1 - plan.months)
        last = min(weeks.first_of_month(start, 1), plan.today)
        days = weeks.working_days(start, last) or [start]
        for number in np.flatnonzero(plan.sales[:, month]):
            if number not in masters.parts:
                continue
            end, qty = days[rng.integers(len(days))], float(plan.sales[number, month])
            rows.append((masters.goods[number].id, qty, end - timedelta(DAYS), end, True))
            if not products.leaves_chips(number):
                end -= timedelta(PARTS_AHEAD)
                rows.append((masters.parts[number].id, qty, end - timedelta(DAYS), end, True))
    return rows


def _open(masters, plan):
    """A batch of some products of lines 1 and 3, to start on one of the next working days."""
    lines = plan.line()
    numbers = [n for n in masters.parts if lines[n] in (1, 3) and plan.died[n] > plan.months]
    count = max(OPEN, plan.count // OPEN_EVERY)
    numbers = numbers[:: max(1, len(numbers) // count)][:count]
    first = plan.today + timedelta(days=1)
    days = weeks.working_days(first, first + timedelta(days=13))
    rows = []
    for place, number in enumerate(numbers):
        start = days[place % len(days)]
        end = start + timedelta(days=story.PRODUCE_DAYS)
        rows.append((masters.goods[number].id, story.BATCH, start, end, False))
    return rows


def _stage_orders(cr):
    """`aw_mo`: one row per order."""
    return sql.table(
        cr,
        "aw_mo",
        """
        SELECT nextval('mrp_production_id_seq')::int AS id,
               nextval('mrp_production_group_id_seq')::int AS group_id,
               nextval('stock_reference_id_seq')::int AS reference_id,
               nextval('stock_move_id_seq')::int AS move_id,
               nextval('stock_move_line_id_seq')::int AS move_line_id, m.number AS work_order_id,
               'WH/MO/' || lpad(m.number::text, greatest(5, length(m.number::text)), '0') AS name,
               p.id AS product, p.uom_id, p.cost, b.id AS bom_id, m.qty,
               (SELECT count(*) FROM mrp_routing_workcenter o WHERE o.bom_id = b.id) AS works,
               m.started + time '11:00' AS started, m.ended + time '11:00' AS due,
               m.ended + time '11:00' AS ended, m.done
          FROM (SELECT * FROM cx_mo ORDER BY number) m
          JOIN aw_p p ON p.id = m.product JOIN mrp_bom b ON b.product_id = m.product""",
    )


def _stage_works(cr, rng):
    """`aw_wo`: one row per operation, in equal slices of the order's time; `aw_mo_state`."""
    cr.execute("SELECT setseed(%s)", (float(rng.random()),))
    count = sql.table(
        cr,
        "aw_wo",
        f"""
        SELECT w.*, lag(id) OVER work AS previous_id,
               coalesce(lag(finished) OVER work, TRUE) AS next_in_line,
               round(round(expected * pace * 60) / 60, 2) AS minutes,
               round(expected * pace * 60)::int AS seconds,
               started + (ended - started) * number / works AS session_end
          FROM (SELECT nextval('mrp_workorder_id_seq')::int AS id, m.id AS production_id,
                       m.name AS production_name, m.qty, m.done, m.done AS finished, m.started,
                       m.ended, m.works, m.started AS begun, c.id AS workcenter_id, o.name,
                       c.costs_hour, o.id AS operation_id,
                       row_number() OVER (PARTITION BY m.id ORDER BY o.id) AS number,
                       round((c.time_start + m.qty * o.time_cycle_manual
                              * 100 / c.time_efficiency)::numeric, 2) AS expected,
                       ({PACE} + {PACE_SPREAD} * (random() + random() - 1) * 2)::numeric AS pace
                  FROM aw_mo m
                  JOIN mrp_routing_workcenter o ON o.bom_id = m.bom_id
                  JOIN mrp_workcenter c ON c.id = o.workcenter_id) w
        WINDOW work AS (PARTITION BY production_id ORDER BY number)""",
    )
    query = "SELECT *, CASE WHEN done THEN 'done' ELSE 'confirmed' END AS state FROM aw_mo"
    sql.table(cr, "aw_mo_state", query)
    return count
