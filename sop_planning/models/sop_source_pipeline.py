from odoo import api, models
from odoo.tools import SQL

CONVERSION_MONTHS = 24


class SopSource(models.AbstractModel):
    """Open quotations, and how often quotations became orders."""

    _inherit = "sop.source"

    @api.model
    def _read_quotations(self, cycle):
        """Open quotations of the planned months: order_id, product_id, bucket_start, qty, stage,
        team_id. One whose requested month is over counts in the cycle's month; an expired one does
        not count. Bridges refine stages by overriding ``_quotation_stage``."""
        company = cycle.company_id
        return self._query(
            SQL(
                """
                SELECT sale.id AS order_id, line.product_id,
                       GREATEST(date_trunc('month', %(day)s)::date, %(month)s) AS bucket_start,
                       %(ordered)s / product_unit.factor::float8 AS qty,
                       %(stage)s AS stage, COALESCE(sale.team_id, 0) AS team_id
                  FROM %(joins)s
                 WHERE sale.company_id = %(company)s AND sale.state IN ('draft', 'sent')
                   AND (sale.validity_date IS NULL OR sale.validity_date >= %(today)s)
                   AND line.display_type IS NULL AND template.type = 'consu'
                   AND line.is_downpayment IS NOT TRUE AND line.is_expense IS NOT TRUE
                   AND line.product_uom_qty > 0
                   AND split_part(unit.parent_path, '/', 1)
                       = split_part(product_unit.parent_path, '/', 1)
                   AND %(day)s < %(end)s
              ORDER BY line.id
                """,
                day=self._demand_day(company),
                month=cycle.month,
                ordered=self._ordered(),
                stage=self._quotation_stage(),
                joins=self._quotation_joins(),
                company=company.id,
                today=company._sop_today(),
                end=cycle.date_end,
            )
        )

    def _quotation_joins(self):
        return self._line_joins()

    def _quotation_stage(self):
        """The stage of an open quotation: drafted or sent."""
        return SQL("sale.state")

    @api.model
    def _read_conversions(self, company):
        """How decided quotations of the last two years ended: stage, team_id, won, and lost at
        that stage or later (cancelled ones passed both stages). Bridges add rows of theirs.

        Orders that were confirmed as soon as they were entered were no quotations. And where none
        was ever lost, quotations are not kept: their conversion is unknown, not 100 %.
        """
        today = company._sop_today()
        return self._query(
            SQL(
                """
                SELECT stage.code AS stage, COALESCE(sale.team_id, 0) AS team_id,
                       COUNT(*) FILTER (
                           WHERE sale.state = 'sale'
                             AND sale.date_order NOT BETWEEN sale.create_date
                                 AND sale.create_date + INTERVAL '10 minutes')::float8 AS won,
                       COUNT(*) FILTER (
                           WHERE sale.state = 'cancel'
                              OR sale.state = 'sent' AND sale.validity_date < %(today)s
                              OR sale.state = 'draft' AND stage.code = 'draft'
                                 AND sale.validity_date < %(today)s)::float8 AS lost
                  FROM sale_order sale
            CROSS JOIN (VALUES ('draft'), ('sent')) AS stage(code)
                 WHERE sale.company_id = %(company)s AND sale.date_order >= %(since)s
              GROUP BY 1, 2
              ORDER BY 1, 2
                """,
                today=today,
                company=company.id,
                since=company._sop_months_after(today, -CONVERSION_MONTHS),
            )
        )
