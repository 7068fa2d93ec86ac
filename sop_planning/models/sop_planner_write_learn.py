from odoo import models
from odoo.tools import SQL

from .sop_forecast import BACKTEST

KEY = ("company_id", "source", "product_id", "bucket_start", "lag")
FROZEN = (
    "cycle_id", "family_id", "qty_naive", "qty_statistical", "qty_computed", "qty_sales",
    "is_sales", "contributions", "qty_consensus", "is_overridden", "user_id", "override_id",
    "price_unit",
)  # fmt: skip


class SopPlanner(models.AbstractModel):
    """Frozen forecasts and their actuals: one statement each, and no row that stays the same."""

    _inherit = "sop.planner"

    def _write_frozen(self, cycle, until, lines=None):
        """Keep the plan lines of the months before ``until``, all of them or only ``lines``.

        Without ``lines``, forecasts of products that left the plan since go as well.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "INSERT INTO sop_forecast AS target (%s) %s ON CONFLICT (%s) DO UPDATE SET %s"
                " WHERE target.is_closed IS NOT TRUE AND (%s) IS DISTINCT FROM (%s)",
                _columns((*KEY, *FROZEN)),
                self._select_frozen(cycle, until, lines),
                _columns(KEY),
                SQL(", ").join(SQL("%s = %s", _column(n), _column(n, "excluded")) for n in FROZEN),
                _columns(FROZEN, "target"),
                _columns(FROZEN, "excluded"),
            )
        )
        if lines is None:
            self._delete_left(cycle)
        self.env["sop.forecast"].invalidate_model()

    def _select_frozen(self, cycle, until, lines):
        return SQL(
            """
            SELECT line.company_id, 'cycle', line.product_id, line.bucket_start,
                   EXTRACT(MONTH FROM AGE(line.bucket_start, %(month)s))::int + 1,
                   line.cycle_id, line.family_id, COALESCE(line.qty_naive, 0),
                   COALESCE(line.qty_statistical, 0), COALESCE(line.qty_computed, 0),
                   COALESCE(line.qty_sales, 0), COALESCE(line.is_sales, FALSE), input.by_user,
                   COALESCE(line.qty_consensus, 0), COALESCE(line.is_overridden, FALSE),
                   CASE WHEN line.is_overridden THEN change.user_id END, change.override_id,
                   COALESCE(line.price_unit, 0)
              FROM sop_demand_line line
         LEFT JOIN (%(inputs)s) input USING (product_id, bucket_start)
         LEFT JOIN (%(changes)s) change USING (product_id, bucket_start)
             WHERE line.cycle_id = %(cycle)s AND line.bucket_start < %(until)s AND %(which)s
            """,
            month=cycle.month,
            inputs=self._select_contributions(cycle),
            changes=self._select_last_changes(cycle),
            cycle=cycle.id,
            until=until,
            which=SQL("TRUE") if lines is None else SQL("line.id = ANY(%s)", list(lines.ids)),
        )

    def _select_contributions(self, cycle):
        """What each contributor expects, unless it is a share of the demand that is not measured by
        itself."""
        whole = cycle.company_id.sop_sales_combination == "mean"
        return SQL(
            """
            SELECT product_id, bucket_start,
                   CASE WHEN %s OR COUNT(*) = 1 THEN jsonb_object_agg(user_id, qty) END AS by_user
              FROM sop_demand_input
             WHERE cycle_id = %s
          GROUP BY product_id, bucket_start
            """,
            whole,
            cycle.id,
        )

    def _select_last_changes(self, cycle):
        return SQL(
            """
            SELECT DISTINCT ON (change.product_id, change.bucket_start)
                   change.product_id, change.bucket_start, change.override_id, entry.user_id
              FROM sop_demand_override entry
              JOIN sop_demand_override_line change ON change.override_id = entry.id
             WHERE entry.cycle_id = %s
          ORDER BY change.product_id, change.bucket_start, entry.id DESC
            """,
            cycle.id,
        )

    def _delete_left(self, cycle):
        """Forecasts of the cycle's month without a plan line: the plan does not expect anything."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM sop_forecast frozen
                 WHERE company_id = %s AND source = 'cycle' AND is_closed IS NOT TRUE
                   AND bucket_start = (%s::date + (lag - 1) * INTERVAL '1 month')::date
                   AND NOT EXISTS (SELECT FROM sop_demand_line line
                                    WHERE line.cycle_id = %s
                                      AND line.product_id = frozen.product_id
                                      AND line.bucket_start = frozen.bucket_start)
                """,
                cycle.company_id.id,
                cycle.month,
                cycle.id,
            )
        )

    def _write_actuals(self, company, first_day, last_day):
        """What was ordered in the months of stored history, 0 where it has no row."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE sop_forecast target
                   SET qty_actual = closed.qty, is_closed = TRUE
                  FROM (SELECT frozen.id, COALESCE(history.qty, 0) AS qty
                          FROM sop_forecast frozen
                     LEFT JOIN sop_demand_history history
                            ON history.company_id = frozen.company_id
                           AND history.product_id = frozen.product_id
                           AND history.bucket_start = frozen.bucket_start
                         WHERE frozen.company_id = %s AND frozen.source = 'cycle'
                           AND frozen.bucket_start >= %s AND frozen.bucket_start < %s) closed
                 WHERE target.id = closed.id
                   AND (target.qty_actual, target.is_closed) IS DISTINCT FROM (closed.qty, TRUE)
                """,
                company.id,
                first_day,
                last_day,
            )
        )
        self.env["sop.forecast"].invalidate_model()

    def _upsert_backtest(self, cycle, frame):
        """Bring the company's backtest in line with a table: what it says no longer, goes."""
        company = cycle.company_id.id
        self._upsert(
            self.env["sop.forecast"],
            KEY,
            frame.assign(company_id=company),
            gone=SQL("company_id = %s AND source = %s", company, BACKTEST),
        )


def _columns(names, table=None):
    return SQL(", ").join(_column(name, table) for name in names)


def _column(name, table=None):
    return SQL.identifier(table, name) if table else SQL.identifier(name)
