from odoo import api, models
from odoo.tools import SQL

BIAS_MONTHS = 12  # how far back a bias is looked for
ENOUGH_MONTHS = 4  # of kept plans that say more about a bias than the backtest


class SopSource(models.AbstractModel):
    """What was forecast, for steps that learn from it."""

    _inherit = "sop.source"

    @api.model
    def _read_frozen_keys(self, company, first_day):
        """The months from ``first_day`` of which a plan was kept: product_id, bucket_start, lag."""
        return self._query(
            SQL(
                """
                SELECT product_id, bucket_start, lag
                  FROM sop_forecast
                 WHERE company_id = %s AND source = 'cycle' AND bucket_start >= %s
                """,
                company.id,
                first_day,
            )
        )

    @api.model
    def _read_bias(self, cycle):
        """Forecast and actual of the twelve months before the cycle, made right before each month:
        product_id, family_id (0: none), bucket_start, qty_consensus, qty_actual, source,
        price_unit.

        A product with at least four months of kept plans is judged by their consensus (source
        ``cycle``), another by its statistical forecasts, kept or made again (``backtest``).
        """
        company = cycle.company_id
        return self._query(
            SQL(
                """
                SELECT product_id, COALESCE(family_id, 0) AS family_id, bucket_start,
                       (CASE WHEN is_planned THEN qty_consensus
                             ELSE qty_statistical END)::float8 AS qty_consensus,
                       qty_actual::float8,
                       CASE WHEN is_planned THEN 'cycle' ELSE 'backtest' END AS source,
                       COALESCE(price_unit, 0)::float8 AS price_unit
                  FROM (SELECT frozen.*,
                               COUNT(*) FILTER (WHERE source = 'cycle')
                                   OVER (PARTITION BY product_id) >= %(enough)s AS is_planned
                          FROM sop_forecast frozen
                         WHERE company_id = %(company)s AND lag = 1 AND is_closed
                           AND bucket_start >= %(first_day)s AND bucket_start < %(month)s) closed
                 WHERE source = 'cycle' OR NOT is_planned
              ORDER BY product_id, bucket_start
                """,
                enough=ENOUGH_MONTHS,
                company=company.id,
                first_day=company._sop_months_after(cycle.month, -BIAS_MONTHS),
                month=cycle.month,
            )
        )
