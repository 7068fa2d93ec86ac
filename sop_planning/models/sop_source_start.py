from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

FIT_MONTHS = 12
TYPICAL = 0.8  # of ten lead times the eighth: one rare part does not make a supply chain slow


class SopSource(models.AbstractModel):
    """What a company brings along before its first plan: counts, and no document."""

    _inherit = "sop.source"

    @api.model
    def _measure_history(self, company):
        """Months over with confirmed sales orders: {"months": number, "first": day or None}."""
        self.env.flush_all()
        first = company._sop_month(company._sop_today())
        rows = self._query(
            SQL(
                """
                SELECT COUNT(DISTINCT month) AS months, MIN(month) AS first
                  FROM (SELECT date_trunc('month', COALESCE(commitment_date, date_order))::date
                               AS month
                          FROM sale_order
                         WHERE company_id = %s AND state = 'sale') sold
                 WHERE month < %s
                """,
                company.id,
                first,
            )
        )
        return {"months": int(rows["months"][0]), "first": rows["first"][0]}

    @api.model
    def _measure_centers(self, company):
        """The company's work centers: workcenter_id, has_calendar, has_operations."""
        self.env.flush_all()
        return self._query(
            SQL(
                """
                SELECT center.id AS workcenter_id,
                       EXISTS (SELECT FROM resource_calendar_attendance
                                WHERE calendar_id = center.resource_calendar_id) AS has_calendar,
                       EXISTS (SELECT FROM mrp_routing_workcenter operation
                                 JOIN mrp_bom bom ON bom.id = operation.bom_id
                                WHERE operation.workcenter_id = center.id
                                  AND operation.active AND bom.active) AS has_operations
                  FROM mrp_workcenter center
                 WHERE center.active AND (center.company_id = %s OR center.company_id IS NULL)
              ORDER BY center.id
                """,
                company.id,
            )
        )

    @api.model
    def _measure_boms(self, company):
        """The number of the company's bills of materials."""
        self.env.flush_all()
        rows = self._query(
            SQL(
                "SELECT COUNT(*) AS boms FROM mrp_bom"
                " WHERE active AND (company_id = %s OR company_id IS NULL)",
                company.id,
            )
        )
        return int(rows["boms"][0])

    @api.model
    def _measure_fit(self, company):
        """How the company sells and supplies, from the orders of the last twelve months: lines,
        products, share_week (delivered in the week in which it was ordered), share_mto (products
        made or bought to order), days_wait (median from order to due day), days_buy, days_make."""
        self.env.flush_all()
        return {**self._measure_selling(company), **self._measure_lead_times(company)}

    def _measure_selling(self, company):
        today = company._sop_today()
        rows = self._query(
            SQL(
                """
                SELECT COUNT(*) AS lines, COUNT(DISTINCT product_id) AS products,
                       AVG((date_trunc('week', due) <= date_trunc('week', ordered))::int)::float8
                           AS share_week,
                       AVG(is_mto::int)::float8 AS share_mto,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY GREATEST(0, due - ordered))
                           AS days_wait
                  FROM (SELECT line.product_id,
                               (sale.date_order AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                                   AS ordered,
                               COALESCE((sale.effective_date AT TIME ZONE 'UTC'
                                         AT TIME ZONE %(zone)s)::date, %(day)s) AS due,
                               template.id IN (%(mto)s) AS is_mto
                          FROM %(joins)s
                         WHERE %(where)s) line
                 WHERE ordered >= %(since)s AND ordered <= %(today)s
                """,
                zone=company._sop_timezone(),
                day=self._demand_day(company),
                mto=self._made_to_order(),
                joins=self._line_joins(),
                where=self._demand_where(company),
                since=company._sop_months_after(today, -FIT_MONTHS),
                today=today + timedelta(days=1),
            )
        )
        return {name: rows[name][0] or 0 for name in rows}

    def _made_to_order(self):
        """Products with a route that starts with the customer's order."""
        return SQL(
            """
            SELECT product.product_id
              FROM stock_route_product product
              JOIN stock_route route ON route.id = product.route_id AND route.product_selectable
              JOIN stock_rule rule ON rule.route_id = route.id AND rule.active
             WHERE rule.procure_method IN ('make_to_order', 'mts_else_mto')
            """
        )

    def _measure_lead_times(self, company):
        rows = self._query(
            SQL(
                """
                SELECT (SELECT percentile_disc(%(typical)s) WITHIN GROUP (ORDER BY delay)
                          FROM product_supplierinfo
                         WHERE company_id = %(company)s OR company_id IS NULL) AS days_buy,
                       (SELECT percentile_disc(%(typical)s) WITHIN GROUP (ORDER BY produce_delay)
                          FROM mrp_bom
                         WHERE active AND (company_id = %(company)s OR company_id IS NULL))
                           AS days_make
                """,
                typical=TYPICAL,
                company=company.id,
            )
        )
        return {name: int(rows[name][0] or 0) for name in rows}
