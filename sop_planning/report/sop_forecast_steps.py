"""The steps of frozen forecasts as rows: the query behind the forecast accuracy report."""

from odoo.tools import SQL


def select_measured():
    """One row a step of each frozen forecast whose month is over, with its errors."""
    branches = (_steps(), _inputs(), _changes())
    return SQL(" UNION ALL ").join(_measured(steps) for steps in branches)


def _measured(steps):
    """Frozen forecasts whose months are over, joined with a table of steps: id, step,
    qty_forecast, qty_previous, user_id, override_id."""
    return SQL(
        """
        SELECT step.id, frozen.id AS forecast_id, step.override_id, frozen.cycle_id,
               frozen.company_id, frozen.product_id, frozen.family_id, frozen.source,
               frozen.lag, frozen.bucket_start, step.step, step.user_id,
               step.qty_forecast, step.qty_previous, frozen.qty_naive, frozen.qty_actual,
               step.qty_forecast - frozen.qty_actual AS error,
               ABS(step.qty_forecast - frozen.qty_actual) AS abs_error,
               ABS(step.qty_previous - frozen.qty_actual) AS abs_error_previous,
               ABS(frozen.qty_naive - frozen.qty_actual) AS abs_error_naive,
               frozen.qty_actual * COALESCE(frozen.price_unit, 0) AS amount_actual,
               ABS(step.qty_forecast - frozen.qty_actual) * COALESCE(frozen.price_unit, 0)
                   AS amount_abs_error
          FROM sop_forecast frozen
     LEFT JOIN sop_cycle cycle ON cycle.id = frozen.cycle_id
          JOIN %s
         WHERE frozen.is_closed AND cycle.state IS DISTINCT FROM 'cancelled'
        """,
        steps,
    )


def _steps():
    """The steps that every frozen forecast has."""
    return SQL(
        """
        LATERAL (
            SELECT frozen.id::bigint * 8 + steps.number AS id, steps.step, steps.qty_forecast,
                   steps.qty_previous,
                   CASE WHEN steps.step = 'consensus' THEN frozen.user_id END AS user_id,
                   CASE WHEN steps.step = 'consensus' THEN frozen.override_id END AS override_id
              FROM (VALUES
                    (0, 'naive', frozen.qty_naive, frozen.qty_naive),
                    (1, 'statistical', frozen.qty_statistical, frozen.qty_naive),
                    (2, 'computed', frozen.qty_computed, frozen.qty_statistical),
                    (3, 'consensus', frozen.qty_consensus,
                     CASE WHEN frozen.is_sales THEN frozen.qty_sales
                          ELSE frozen.qty_computed END)
                   ) AS steps(number, step, qty_forecast, qty_previous)
        ) step ON TRUE
        """
    )


def _inputs():
    """The sales input, a row a contributor where each one expected the whole demand."""
    return SQL(
        """
        LATERAL (
            SELECT (frozen.id::bigint * 1024 + COALESCE(input.number, 0)) * 8 + 4 AS id,
                   'sales' AS step, COALESCE(input.qty::numeric, frozen.qty_sales)
                       AS qty_forecast,
                   frozen.qty_computed AS qty_previous, contributor.id AS user_id,
                   NULL::int AS override_id
              FROM (VALUES (TRUE)) AS one
         LEFT JOIN jsonb_each_text(frozen.contributions) WITH ORDINALITY
                   AS input(user_id, qty, number) ON TRUE
         LEFT JOIN res_users contributor ON contributor.id = input.user_id::int
        ) step ON frozen.is_sales
        """
    )


def _changes():
    """The journal entries that led to the consensus: what each person made of it."""
    return SQL(
        """
        (SELECT change.id::bigint * 8 + 5 AS id, 'override' AS step,
                change.qty_new AS qty_forecast, change.qty_old AS qty_previous,
                entry.user_id, entry.id AS override_id, entry.cycle_id, change.product_id,
                change.bucket_start
           FROM sop_demand_override_line change
           JOIN sop_demand_override entry ON entry.id = change.override_id
        ) step
          ON step.cycle_id = frozen.cycle_id AND step.product_id = frozen.product_id
         AND step.bucket_start = frozen.bucket_start AND step.override_id <= frozen.override_id
        """
    )
