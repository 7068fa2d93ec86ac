"""The operations of manufacturing orders: work orders and the hours logged on them."""

from . import sql

BULK_TABLES = (
    "mrp_workorder",
    "mrp_workorder_dependencies_rel",
    "mrp_workcenter_productivity",
)


def insert(cr, patterns):
    """Write the staged operations, their order, and one time log per finished one."""
    sql.insert(cr, patterns["work order"], "aw_wo", _WORK)
    links = ("workorder_id", "id"), ("blocked_by_id", "previous_id")
    sql.link(cr, "mrp_workorder_dependencies_rel", *links, "aw_wo WHERE previous_id IS NOT NULL")
    sql.insert(cr, patterns["time log"], "aw_wo WHERE finished", _TIME_LOG)


def stage(cr, world):
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
               row_number() OVER work AS number,
               count(*) OVER (PARTITION BY r.work_order_id) AS works
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
               round(seconds / 60.0, 2) AS minutes,
               ended - make_interval(secs => coalesce(sum(seconds) OVER (PARTITION BY
                   production_id ORDER BY number DESC ROWS BETWEEN UNBOUNDED PRECEDING
                   AND 1 PRECEDING), 0)) AS session_end
          FROM (SELECT s.id, s.number, m.id AS production_id, m.name AS production_name,
                       m.qty, m.done, m.started, m.due, c.id AS workcenter_id, c.name,
                       c.costs_hour, o.id AS operation_id,
                       s.actual_start_date + time '16:00' AS begun,
                       round(s.actual_resource_hrs * 3600 / t.id)::int AS seconds,
                       round(o.time_cycle_manual::numeric * m.qty, 2) AS expected,
                       CASE WHEN m.done THEN m.ended ELSE date_trunc('second', m.started
                            + (m.ended - m.started) * s.number / s.works) END AS ended,
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
    "duration_unit": "CASE WHEN finished THEN round((100 * minutes / qty)::float) / 100 ELSE 0 END",
    "duration_percent": """CASE WHEN expected = 0 THEN 0 WHEN finished
                                THEN trunc(100 * (expected - minutes) / expected) ELSE 100 END""",
    "costs_hour": "CASE WHEN finished THEN costs_hour ELSE 0 END",
}
_TIME_LOG = {
    "id": "nextval('mrp_workcenter_productivity_id_seq')",
    "workorder_id": "id",
    "workcenter_id": "workcenter_id",
    "description": "'Time Tracking'",
    "date_start": "session_end - make_interval(secs => seconds)",
    "date_end": "session_end",
    "duration": "minutes",
}
