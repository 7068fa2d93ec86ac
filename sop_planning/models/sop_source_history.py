from odoo import api, models
from odoo.tools import SQL

from .sop_source_sales import DEMAND_STAGE


class SopSource(models.AbstractModel):
    """What makes history usable: stock-outs, and what people said about its months."""

    _inherit = "sop.source"

    @api.model
    def _read_stock_outs(self, company, first_day, last_day):
        """Share of each month that a storable product spent without stock: product_id,
        bucket_start, share. Months without a stock-out, and those before the first receipt, have
        no row."""
        return self._query(
            SQL(
                """
                SELECT spell.product_id, month.start::date AS bucket_start,
                       SUM(LEAST(spell.until, (month.start + INTERVAL '1 month')::date)
                           - GREATEST(spell.since, month.start::date))::float8
                       / EXTRACT(DAY FROM month.start + INTERVAL '1 month' - INTERVAL '1 day')
                           ::float8 AS share
                  FROM (%(spells)s) spell
                  JOIN generate_series(%(first_day)s::timestamp,
                                       %(last_day)s::timestamp - INTERVAL '1 day',
                                       INTERVAL '1 month') AS month(start)
                    ON spell.since < (month.start + INTERVAL '1 month')::date
                   AND spell.until > month.start::date
              GROUP BY spell.product_id, month.start
              ORDER BY spell.product_id, month.start
                """,
                spells=self._stock_out_spells(company, first_day, last_day),
                first_day=first_day,
                last_day=last_day,
            )
        )

    def _stock_out_spells(self, company, first_day, last_day):
        """Spells [since, until) in which a product had no stock in the company's locations."""
        return SQL(
            """
            SELECT product_id, GREATEST(day, %(first_day)s) AS since,
                   LEAST(until, %(last_day)s) AS until
              FROM (SELECT product_id, day, SUM(qty) OVER history AS stock,
                           COALESCE(LEAD(day) OVER history, %(last_day)s) AS until
                      FROM (%(flows)s) flow
                    WINDOW history AS (PARTITION BY product_id ORDER BY day)) level
             WHERE stock < 1e-6 AND until > %(first_day)s AND day < %(last_day)s
            """,
            flows=self._stock_flows(company),
            first_day=first_day,
            last_day=last_day,
        )

    def _stock_flows(self, company):
        """Net receipts of storable products by day: product_id, day, qty in the base unit."""
        return SQL(
            """
            SELECT move.product_id,
                   (move.date AT TIME ZONE 'UTC' AT TIME ZONE %(timezone)s)::date AS day,
                   SUM(move.quantity::float8 * unit.factor::float8
                       * CASE WHEN target.usage = 'internal' THEN 1 ELSE -1 END) AS qty
              FROM stock_move move
              JOIN product_product product ON product.id = move.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN stock_location origin ON origin.id = move.location_id
              JOIN stock_location target ON target.id = move.location_dest_id
              JOIN uom_uom unit ON unit.id = move.product_uom
             WHERE move.company_id = %(company)s AND move.state = 'done' AND template.is_storable
               AND move.product_id IN (SELECT product_id FROM %(sold)s)
               AND (origin.usage = 'internal') <> (target.usage = 'internal')
          GROUP BY 1, 2
            """,
            timezone=company._sop_timezone(),
            company=company.id,
            sold=DEMAND_STAGE,
        )

    @api.model
    def _read_corrections(self, company, first_day, last_day):
        """What people decided about months of history: id, product_id, bucket_start, qty,
        is_applied, is_manual."""
        return self._query(
            SQL(
                """
                SELECT id, product_id, bucket_start, qty_corrected::float8 AS qty,
                       COALESCE(is_applied, FALSE) AS is_applied, kind = 'manual' AS is_manual
                  FROM sop_demand_correction
                 WHERE company_id = %s AND bucket_start >= %s AND bucket_start < %s
                   AND (kind = 'manual' OR is_applied IS NOT TRUE)
              ORDER BY product_id, bucket_start
                """,
                company.id,
                first_day,
                last_day,
            )
        )

    @api.model
    def _read_season_indices(self, company):
        """The seasonal indices that people chose: family_id, month_number, index."""
        return self._query(
            SQL(
                """
                SELECT family_id, month_number, index_override::float8 AS index
                  FROM sop_season_index
                 WHERE company_id = %s AND is_overridden
              ORDER BY family_id, month_number
                """,
                company.id,
            )
        )
