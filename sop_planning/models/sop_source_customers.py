from odoo import api, models
from odoo.tools import SQL

from ..engine import ORDERING
from .sop_source_sales import DEMAND_STAGE


class SopSource(models.AbstractModel):
    """Who ordered what and how often."""

    _inherit = "sop.source"

    @api.model
    def _read_ordering(self, first_day, last_day, least=6):
        """ORDERING of the customers with at least ``least`` order days in [first_day, last_day).

        From the lines of ``_stage_demand``; customers are commercial entities, family 0 is none.
        """
        return ORDERING.build(
            self._query(
                SQL(
                    """
                    SELECT partner_id, family_id, date_trunc('month', day)::timestamp AS month,
                           SUM(qty)::float8 AS qty, SUM(amount)::float8 AS amount,
                           SUM(1.0 / families)::float8 AS orders, SUM(lines)::bigint AS lines
                      FROM (SELECT day.*, COUNT(*) OVER (PARTITION BY partner_id, day) AS families,
                                   SUM(1.0 / same_day) OVER (PARTITION BY partner_id) AS days
                              FROM (%s) day) counted
                     WHERE days >= %s
                  GROUP BY 1, 2, 3
                  ORDER BY 1, 2, 3
                    """,
                    self._order_days(first_day, last_day),
                    least - 0.5,
                )
            )
        )

    def _order_days(self, first_day, last_day):
        """One row a customer, family and day with orders: partner_id, family_id, day, qty, amount,
        lines, and same_day, the number of families on that day."""
        return SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id,
                   COALESCE(category.sop_family_id, 0) AS family_id, line.day,
                   SUM(line.qty) AS qty, SUM(line.amount) AS amount, COUNT(*) AS lines,
                   COUNT(*) OVER (PARTITION BY partner.commercial_partner_id, line.day)
                       AS same_day
              FROM %s line
              JOIN res_partner partner ON partner.id = line.partner_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN product_category category ON category.id = template.categ_id
             WHERE line.is_convertible AND line.day >= %s AND line.day < %s
          GROUP BY 1, 2, 3
            """,
            DEMAND_STAGE,
            first_day,
            last_day,
        )
