from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

SHARE_MONTHS = 12  # of orders that a customer's share of demand is taken from


class SopSource(models.AbstractModel):
    """What scenarios need beside the supply plan: the stored demand plan, shares, hourly costs."""

    _inherit = "sop.source"

    @api.model
    def _read_demand_plan(self, cycle):
        """The cycle's demand lines as they are now: product_id, bucket_start, family_id (0: none),
        price_unit, qty_consensus, qty_low, qty_high."""
        self.env["sop.demand.line"].flush_model()
        return self._query(
            SQL(
                """
                SELECT product_id, bucket_start, COALESCE(family_id, 0) AS family_id,
                       COALESCE(price_unit, 0)::float8 AS price_unit,
                       COALESCE(qty_consensus, 0)::float8 AS qty_consensus,
                       COALESCE(qty_low, 0)::float8 AS qty_low,
                       COALESCE(qty_high, 0)::float8 AS qty_high
                  FROM sop_demand_line
                 WHERE cycle_id = %s
              ORDER BY product_id, bucket_start
                """,
                cycle.id,
            )
        )

    @api.model
    def _read_hour_costs(self, company):
        """Cost of a clock hour of each work center: workcenter_id, cost."""
        return self._query(
            SQL(
                """
                SELECT id AS workcenter_id,
                       COALESCE(NULLIF(costs_hour, 0), %s)::float8 AS cost
                  FROM mrp_workcenter
                 WHERE active AND company_id = %s
              ORDER BY id
                """,
                company.sop_hour_cost,
                company.id,
            )
        )

    @api.model
    def _read_customer_shares(self, company, today, partner_ids):
        """What some customers, with their contacts, ordered of each product in the last twelve
        months, as a share of all: partner_id, product_id, share."""
        return self._query(
            SQL(
                """
                SELECT buyer.commercial_partner_id AS partner_id, line.product_id,
                       SUM(line.qty)::float8 / MAX(total.qty) AS share
                  FROM (%(lines)s) line
                  JOIN res_partner buyer ON buyer.id = line.partner_id
                  JOIN (SELECT product_id, SUM(qty)::float8 AS qty FROM (%(lines)s) other
                         WHERE is_convertible GROUP BY product_id) total
                    ON total.product_id = line.product_id AND total.qty > 0
                 WHERE line.is_convertible AND buyer.commercial_partner_id = ANY(%(partners)s)
              GROUP BY buyer.commercial_partner_id, line.product_id
                HAVING SUM(line.qty) > 0
              ORDER BY 1, 2
                """,
                lines=self._demand_lines(
                    company, today - relativedelta(months=SHARE_MONTHS), today
                ),
                partners=list(partner_ids),
            )
        )

    @api.model
    def _read_changes(self, company, cycle, since):
        """Native records and plan lines by kind of input: name, count of those written after a
        moment, total."""
        self.env.flush_all()
        rows = self._query(
            SQL(" UNION ALL ").join(
                SQL(
                    "SELECT %s AS name, COUNT(*) FILTER (WHERE write_date > %s) AS count,"
                    " COUNT(*) AS total FROM %s WHERE %s",
                    name,
                    since,
                    SQL.identifier(table),
                    condition,
                )
                for name, table, condition in self._watched_inputs(company, cycle)
            )
        )
        return rows.groupby("name", sort=False, as_index=False)[["count", "total"]].sum()

    def _watched_inputs(self, company, cycle):
        """(kind of input, table, condition) of what a supply plan is made of."""
        own = SQL("company_id = %s", company.id)
        shared = SQL("(company_id IS NULL OR company_id = %s)", company.id)
        sold = SQL("%s AND state IN ('sale', 'cancel')", own)
        centers = SQL("SELECT id FROM mrp_workcenter WHERE company_id = %s", company.id)
        calendars = SQL("SELECT id FROM resource_calendar WHERE %s", shared)
        templates = SQL("SELECT id FROM product_template WHERE %s", shared)
        made = SQL("SELECT id FROM mrp_production WHERE company_id = %s", company.id)
        return [
            ("demand plan", "sop_demand_line", SQL("cycle_id = %s", cycle.id)),
            ("sales orders", "sale_order", sold),
            ("stock", "stock_quant", own),
            ("purchase orders", "purchase_order_line", own),
            ("manufacturing orders", "mrp_production", own),
            ("work orders", "mrp_workorder", SQL("production_id IN (%s)", made)),
            ("bills of materials", "mrp_bom", shared),
            ("bills of materials", "mrp_bom_line", shared),
            ("operations", "mrp_routing_workcenter", SQL("workcenter_id IN (%s)", centers)),
            ("work centers", "mrp_workcenter", own),
            ("working schedules", "resource_calendar_attendance",
             SQL("calendar_id IN (%s)", calendars)),
            ("absences", "resource_calendar_leaves", shared),
            ("extra hours", "sop_extra_hours", own),
            ("vendor prices", "product_supplierinfo", shared),
            ("reordering rules", "stock_warehouse_orderpoint", own),
            ("products", "product_template", shared),
            ("products", "product_product", SQL("product_tmpl_id IN (%s)", templates)),
            ("families", "product_category", SQL("TRUE")),
            ("settings", "res_company", SQL("id = %s", company.id)),
        ]  # fmt: skip

    @api.model
    def _read_budget(self, cycle):
        """Budgets of the cycle's months by measure: measure, value. Of the running month the share
        of its days still to come; service and stock are averaged."""
        company = cycle.company_id
        return self._query(
            SQL(
                """
                SELECT measure,
                       CASE WHEN measure IN ('service', 'stock') THEN AVG(value)
                            ELSE SUM(value * share) END::float8 AS value
                  FROM (SELECT measure, bucket_start,
                               CASE WHEN measure = 'service' THEN AVG(value) ELSE SUM(value) END
                                   AS value,
                               GREATEST(0, LEAST(1,
                                   EXTRACT(EPOCH FROM bucket_start + INTERVAL '1 month'
                                                      - GREATEST(bucket_start, %(today)s::date))
                                   / EXTRACT(EPOCH FROM bucket_start + INTERVAL '1 month'
                                                        - bucket_start))) AS share
                          FROM sop_target
                         WHERE company_id = %(company)s AND bucket_start >= %(first)s
                           AND bucket_start < %(last)s
                      GROUP BY measure, bucket_start) month
              GROUP BY measure
                """,
                company=company.id,
                today=company._sop_today(),
                first=cycle.month,
                last=cycle.date_end,
            )
        )
