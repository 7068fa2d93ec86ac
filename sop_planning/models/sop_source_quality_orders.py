from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from .sop_source_quality import _bill_label

DAYS_A_YEAR = 365.25
# the first entry in an order speaks for the order
FIRST_DAY = SQL("MIN(document.day) OVER (PARTITION BY document.res_model, document.res_id)")


class SopSource(models.AbstractModel):
    """Defects in stock and open orders, a query a rule; the rows are those of ``_find_no_source``.

    Days are the company's; ``facts`` says how many days an order is overdue, what it is dated, or
    how much stock is where.
    """

    _inherit = "sop.source"

    def _find_negative_stock(self, company, today, limit):
        """Own goods of which a location has less than nothing."""
        return SQL(
            """
            SELECT 'stock.quant' AS res_model,
                   MIN(quant.id) FILTER (WHERE quant.quantity < 0) AS res_id,
                   CONCAT_WS(': ', MIN(location.complete_name),
                             CASE WHEN MIN(product.default_code) IS NOT NULL
                                  THEN '[' || MIN(product.default_code) || '] ' ELSE '' END
                             || MIN(template.name->>'en_US')) AS name,
                   quant.product_id,
                   jsonb_build_object('qty', SUM(quant.quantity)::float8) AS facts
              FROM stock_quant quant
              JOIN stock_location location
                ON location.id = quant.location_id AND location.usage = 'internal'
              JOIN sop_supply_stage item ON item.product_id = quant.product_id
              JOIN product_product product ON product.id = quant.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE quant.company_id = %s
               AND (quant.owner_id IS NULL OR quant.owner_id = %s)
          GROUP BY quant.product_id, quant.location_id
            HAVING SUM(quant.quantity) < -1e-6
            """,
            company.id,
            company.partner_id.id,
        )

    def _find_overdue_sales(self, company, today, limit):
        documents = SQL(
            """
            SELECT 'sale.order' AS res_model, line.order_id AS res_id, sale.name,
                   demand.product_id, demand.day
              FROM sop_demand_stage demand
              JOIN sale_order_line line ON line.id = demand.line_id
              JOIN sale_order sale ON sale.id = line.order_id
             WHERE demand.qty_open > 0
            """
        )
        return self._overdue(documents, today, limit)

    def _find_overdue_purchase(self, company, today, limit):
        return self._overdue(self._open_purchases(company), today, limit)

    def _find_overdue_production(self, company, today, limit):
        day = SQL("COALESCE(production.date_finished, production.date_start)")
        return self._overdue(self._open_productions(company, day), today, limit)

    def _overdue(self, documents, today, limit):
        """Open documents due more than ``limit`` days ago, with the days of their oldest line."""
        return SQL(
            """
            SELECT DISTINCT document.res_model, document.res_id, document.name,
                   document.product_id,
                   jsonb_build_object('days', %(today)s - %(first)s) AS facts
              FROM (%(documents)s) document
              JOIN sop_supply_stage item ON item.product_id = document.product_id
             WHERE document.day < %(last)s
            """,
            today=SQL("%s::date", today),
            first=FIRST_DAY,
            documents=documents,
            last=today - timedelta(days=int(limit)),
        )

    def _find_date_out_of_range(self, company, today, limit):
        days = timedelta(days=round(limit * DAYS_A_YEAR))
        start = SQL("production.date_start")
        return SQL(
            """
            SELECT DISTINCT document.res_model, document.res_id, document.name,
                   document.product_id, jsonb_build_object('day', %(first)s) AS facts
              FROM (%(sales)s UNION ALL %(purchases)s UNION ALL %(productions)s) document
              JOIN sop_supply_stage item ON item.product_id = document.product_id
             WHERE document.day < %(earliest)s OR document.day > %(latest)s
            """,
            first=FIRST_DAY,
            sales=self._open_sales(company),
            purchases=self._open_purchases(company),
            productions=self._open_productions(company, start),
            earliest=today - days,
            latest=today + days,
        )

    def _open_sales(self, company):
        """Lines of customer orders still to be shipped, at the requested day."""
        return SQL(
            """
            SELECT 'sale.order' AS res_model, sale.id AS res_id, sale.name, line.product_id,
                   %s AS day
              FROM sale_order_line line
              JOIN sale_order sale ON sale.id = line.order_id
             WHERE sale.company_id = %s AND sale.state = 'sale' AND line.display_type IS NULL
               AND COALESCE(line.qty_delivered, 0) < line.product_uom_qty
            """,
            self._demand_day(company),
            company.id,
        )

    def _open_purchases(self, company):
        """Lines of purchase orders still to be received, unless their transfers are closed."""
        return SQL(
            """
            SELECT 'purchase.order' AS res_model, purchase.id AS res_id, purchase.name,
                   line.product_id, %s AS day
              FROM purchase_order_line line
              JOIN purchase_order purchase ON purchase.id = line.order_id
             WHERE purchase.company_id = %s AND purchase.state = 'purchase'
               AND COALESCE(line.qty_received, 0) < line.product_qty
               AND (NOT EXISTS (SELECT FROM stock_move move
                                 WHERE move.purchase_line_id = line.id)
                    OR EXISTS (SELECT FROM stock_move move
                                WHERE move.purchase_line_id = line.id
                                  AND move.state NOT IN ('done', 'cancel')))
            """,
            self._company_day(company, SQL("line.date_planned")),
            company.id,
        )

    def _open_productions(self, company, day):
        return SQL(
            """
            SELECT 'mrp.production' AS res_model, production.id AS res_id, production.name,
                   production.product_id, %s AS day
              FROM mrp_production production
             WHERE production.company_id = %s
               AND production.state IN ('confirmed', 'progress', 'to_close')
            """,
            self._company_day(company, day),
            company.id,
        )

    def _company_day(self, company, moment):
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, company._sop_timezone())

    def _find_unit_mismatch(self, company, today, limit):
        """Lines in a unit that does not convert to the product's; the plan of the product that they
        belong to suffers, since they are left out."""
        return SQL(
            """
            SELECT document.res_model, document.res_id, document.name, document.product_id,
                   jsonb_build_object('unit', unit.name->>'en_US', 'own', own.name->>'en_US')
                       AS facts
              FROM (%s) document
              JOIN sop_supply_stage item ON item.product_id = document.product_id
              JOIN product_product part ON part.id = document.part_id AND part.active
              JOIN product_template template ON template.id = part.product_tmpl_id
              JOIN uom_uom own ON own.id = template.uom_id
              JOIN uom_uom unit ON unit.id = document.uom_id
             WHERE split_part(unit.parent_path, '/', 1) <> split_part(own.parent_path, '/', 1)
          ORDER BY document.res_model, document.res_id, document.product_id, unit.id
            """,
            SQL(" UNION ALL ").join(
                [
                    self._units_of_bills(company),
                    self._units_of_prices(company),
                    self._units_of_orders(company),
                ]
            ),
        )

    def _units_of_bills(self, company):
        """Bills, and the lines of the chosen ones: res_model, res_id, name, product_id, part_id
        (whose unit it should be), uom_id. A bill in a foreign unit is not even chosen."""
        return SQL(
            """
            SELECT 'mrp.bom' AS res_model, bill.id AS res_id, %(name)s AS name,
                   product.id AS product_id, entry.part_id, entry.uom_id
              FROM mrp_bom bill
              JOIN product_product product ON product.product_tmpl_id = bill.product_tmpl_id
               AND (bill.product_id IS NULL OR bill.product_id = product.id)
              JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN sop_bom_stage bom ON bom.product_id = product.id
              JOIN LATERAL (
                   SELECT product.id AS part_id, bill.product_uom_id AS uom_id
                    UNION ALL
                   SELECT line.product_id, line.product_uom_id FROM mrp_bom_line line
                    WHERE line.bom_id = bill.id AND bom.bom_id = bill.id
                   ) entry ON TRUE
             WHERE bill.active AND (bill.company_id IS NULL OR bill.company_id = ANY(%(owners)s))
            """,
            name=_bill_label(),
            owners=list(company.parent_ids.ids),
        )

    def _units_of_prices(self, company):
        """Vendor prices, see ``_units_of_bills``."""
        return SQL(
            """
            SELECT 'product.supplierinfo', info.id,
                   vendor.name || ': ' || (template.name->>'en_US'), variant.id, variant.id,
                   info.product_uom_id
              FROM product_supplierinfo info
              JOIN res_partner vendor ON vendor.id = info.partner_id AND vendor.active
              JOIN product_template template ON template.id = info.product_tmpl_id
              JOIN product_product variant ON variant.product_tmpl_id = template.id
               AND (info.product_id IS NULL OR info.product_id = variant.id)
             WHERE info.company_id IS NULL OR info.company_id = ANY(%s)
            """,
            list(company.parent_ids.ids),
        )

    def _units_of_orders(self, company):
        """Customer orders (delivered ones are missing in the history), open purchase and
        manufacturing orders, see ``_units_of_bills``."""
        return SQL(
            """
            SELECT 'sale.order', sale.id, sale.name, line.product_id, line.product_id,
                   line.product_uom_id
              FROM sop_demand_stage demand
              JOIN sale_order_line line ON line.id = demand.line_id
              JOIN sale_order sale ON sale.id = line.order_id
             WHERE NOT demand.is_convertible
             UNION ALL
            SELECT 'purchase.order', purchase.id, purchase.name, line.product_id, line.product_id,
                   line.product_uom_id
              FROM purchase_order_line line
              JOIN purchase_order purchase ON purchase.id = line.order_id
             WHERE purchase.company_id = %(company)s AND purchase.state = 'purchase'
               AND COALESCE(line.qty_received, 0) < line.product_qty
             UNION ALL
            SELECT 'mrp.production', production.id, production.name, production.product_id,
                   production.product_id, production.product_uom_id
              FROM mrp_production production
             WHERE production.company_id = %(company)s
               AND production.state IN ('confirmed', 'progress', 'to_close')
            """,
            company=company.id,
        )
