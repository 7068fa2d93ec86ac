from odoo import api, models
from odoo.tools import SQL


class SopSource(models.AbstractModel):
    """What the plan itself holds, for steps that start from stored figures."""

    _inherit = "sop.source"

    @api.model
    def _read_lines(self, lines):
        """The figures that a consensus is composed of, by line id."""
        self.env["sop.demand.line"].flush_model()
        return self._query(
            SQL(
                """
                SELECT line.id, COALESCE(line.family_id, 0) AS family_id,
                       COALESCE(line.qty_computed, 0)::float8 AS qty_computed,
                       COALESCE(line.qty_last_year, 0)::float8 AS qty_last_year,
                       line.bucket_start < cycle.month + INTERVAL '1 year'
                           AND line.bucket_start - INTERVAL '1 year'
                               >= cycle.month - COALESCE(fact.months_sold, 0) * INTERVAL '1 month'
                           AS is_last_year,
                       COALESCE(line.qty_sales, 0)::float8 AS qty_sales,
                       COALESCE(line.is_sales, FALSE) AS is_sales,
                       COALESCE(line.qty_override, 0)::float8 AS qty_override,
                       COALESCE(line.is_overridden, FALSE) AS is_overridden,
                       COALESCE(line.version, 0) AS version,
                       COALESCE(line.price_unit, 0)::float8 AS price_unit
                  FROM sop_demand_line line
                  JOIN sop_cycle cycle ON cycle.id = line.cycle_id
             LEFT JOIN sop_demand_product fact
                    ON fact.cycle_id = line.cycle_id AND fact.product_id = line.product_id
                 WHERE line.id = ANY(%s)
              ORDER BY line.id
                """,
                list(lines.ids),
            )
        )

    @api.model
    def _read_combined_inputs(self, lines, combination):
        """The contributors' figures of plan lines together, their mean or sum: id, qty, and whether
        there is any: is_sales."""
        self.env["sop.demand.input"].flush_model()
        return self._query(
            SQL(
                """
                SELECT line.id, COALESCE(%s, 0)::float8 AS qty_sales,
                       COUNT(input.id) > 0 AS is_sales
                  FROM sop_demand_line line
             LEFT JOIN sop_demand_input input
                    ON input.cycle_id = line.cycle_id AND input.product_id = line.product_id
                   AND input.bucket_start = line.bucket_start
                 WHERE line.id = ANY(%s)
              GROUP BY line.id
              ORDER BY line.id
                """,
                SQL("SUM(input.qty)" if combination == "sum" else "AVG(input.qty)"),
                list(lines.ids),
            )
        )

    @api.model
    def _read_scope(self, lines):
        """What an adjustment of plan lines starts from: id, product_id, bucket_start,
        qty_consensus, qty_statistical, price_unit, is_locked."""
        self.env.flush_all()
        return self._query(
            SQL(
                """
                SELECT line.id, line.product_id, line.bucket_start,
                       COALESCE(line.qty_consensus, 0)::float8 AS qty_consensus,
                       COALESCE(line.qty_statistical, 0)::float8 AS qty_statistical,
                       COALESCE(line.price_unit, 0)::float8 AS price_unit,
                       COALESCE(fact.is_locked, FALSE) AS is_locked
                  FROM sop_demand_line line
             LEFT JOIN sop_demand_product fact
                    ON fact.cycle_id = line.cycle_id AND fact.product_id = line.product_id
                 WHERE line.id = ANY(%s)
              ORDER BY line.id
                """,
                list(lines.ids),
            )
        )

    @api.model
    def _read_product_review(self, cycle, until):
        """Products of the cycle with consensus and reference before ``until``: id, product_id,
        family_id (0: none), qty_consensus, qty_reference, price_unit."""
        return self._query(
            SQL(
                """
                SELECT fact.id, fact.product_id,
                       COALESCE(fact.family_id, 0) AS family_id,
                       COALESCE(near.qty, 0)::float8 AS qty_consensus,
                       COALESCE(fact.qty_reference, 0)::float8 AS qty_reference,
                       COALESCE(fact.price_unit, 0)::float8 AS price_unit,
                       review.reference
                  FROM sop_demand_product fact
             LEFT JOIN sop_demand_review review
                    ON review.cycle_id = fact.cycle_id AND review.family_id = fact.family_id
             LEFT JOIN (SELECT product_id, SUM(qty_consensus) AS qty
                          FROM sop_demand_line
                         WHERE cycle_id = %(cycle)s
                           AND bucket_start >= %(month)s AND bucket_start < %(until)s
                      GROUP BY product_id) near
                    ON near.product_id = fact.product_id
                 WHERE fact.cycle_id = %(cycle)s
              ORDER BY fact.id
                """,
                cycle=cycle.id,
                month=cycle.month,
                until=until,
            )
        )

    @api.model
    def _read_family_review(self, cycle, until, year_end):
        """Reviews of the cycle with consensus and reference before ``until``: id, family_id,
        qty_consensus, qty_reference, the family's average price of those months, and the consensus
        and its value before ``year_end``: qty_year, amount_year."""
        return self._query(
            SQL(
                """
                SELECT review.id, review.family_id, 0 AS product_id,
                       COALESCE(plan.qty_near, 0)::float8 AS qty_consensus,
                       COALESCE(plan.qty_year, 0)::float8 AS qty_year,
                       COALESCE(plan.amount_year, 0)::float8 AS amount_year,
                       COALESCE(review.qty_reference, 0)::float8 AS qty_reference,
                       COALESCE(
                           plan.amount_near / NULLIF(plan.qty_near, 0),
                           review.amount_last_year / NULLIF(review.qty_last_year, 0),
                           0
                       )::float8 AS price_unit,
                       review.reference
                  FROM sop_demand_review review
             LEFT JOIN (SELECT family_id,
                               SUM(qty_consensus) FILTER (WHERE bucket_start < %(until)s)
                                   AS qty_near,
                               SUM(amount_consensus) FILTER (WHERE bucket_start < %(until)s)
                                   AS amount_near,
                               SUM(qty_consensus) AS qty_year,
                               SUM(amount_consensus) AS amount_year
                          FROM sop_demand_line
                         WHERE cycle_id = %(cycle)s
                           AND bucket_start >= %(month)s AND bucket_start < %(year_end)s
                      GROUP BY family_id) plan
                    ON plan.family_id = review.family_id
                 WHERE review.cycle_id = %(cycle)s
              ORDER BY review.id
                """,
                cycle=cycle.id,
                month=cycle.month,
                until=until,
                year_end=year_end,
            )
        )

    @api.model
    def _read_carried_overrides(self, cycle):
        """The overrides of the company's last cycle on lines that this cycle has too: line_id,
        qty, and who changed them last, user_id (0: unknown)."""
        return self._query(
            SQL(
                """
                SELECT line.id AS line_id, last.qty_override::float8 AS qty,
                       COALESCE(change.user_id, 0) AS user_id
                  FROM sop_demand_line line
                  JOIN sop_demand_line last
                    ON last.product_id = line.product_id
                   AND last.bucket_start = line.bucket_start AND last.is_overridden
                   AND last.cycle_id = (SELECT id FROM sop_cycle
                                         WHERE company_id = %s AND month < %s
                                           AND state <> 'cancelled'
                                      ORDER BY month DESC, id DESC LIMIT 1)
             LEFT JOIN (SELECT DISTINCT ON (row.line_id) row.line_id, entry.user_id
                          FROM sop_demand_override_line row
                          JOIN sop_demand_override entry ON entry.id = row.override_id
                      ORDER BY row.line_id, row.id DESC) change ON change.line_id = last.id
                 WHERE line.cycle_id = %s
              ORDER BY line.id
                """,
                cycle.company_id.id,
                cycle.month,
                cycle.id,
            )
        )

    @api.model
    def _read_review_families(self, cycle):
        """Ids of the families that the cycle has a review of."""
        return self._query(
            SQL("SELECT family_id FROM sop_demand_review WHERE cycle_id = %s", cycle.id)
        )["family_id"].to_numpy("int64")
