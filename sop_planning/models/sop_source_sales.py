from odoo import api, models
from odoo.tools import SQL

from ..engine import DEMAND

DEMAND_STAGE = SQL.identifier("sop_demand_stage")


class SopSource(models.AbstractModel):
    _inherit = "sop.source"

    @api.model
    def _stage_demand(self, company, first_day, last_day):
        """Read the order lines of [first_day, last_day) once, for all feeds of this transaction
        that add them up: columns of ``_demand_lines``. Returns the number of lines."""
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", DEMAND_STAGE))
        self.env.cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s",
                DEMAND_STAGE,
                self._demand_lines(company, first_day, last_day),
            )
        )
        count = self.env.cr.rowcount
        self.env.cr.execute(SQL("ANALYZE %s", DEMAND_STAGE))
        return count

    @api.model
    def _read_orders(self, first_day, last_day):
        """Ordered quantity and value a product and day in ``[first_day, last_day)``:
        product_id, day, qty, amount, and is_convertible, false where the orders are in a unit that
        does not convert to the product's.

        From the lines of ``_stage_demand``. Unconstrained: what was asked for, on the day it was
        asked for, whatever was delivered. Product units, company currency, company time zone;
        returns taken off the order that they return, cancelled orders and quotations left out.
        """
        return self._query(
            SQL(
                """
                SELECT product_id, day, is_convertible, SUM(qty) AS qty, SUM(amount) AS amount
                  FROM %s line
                 WHERE day >= %s AND day < %s
              GROUP BY product_id, day, is_convertible
              ORDER BY product_id, day
                """,
                DEMAND_STAGE,
                first_day,
                last_day,
            )
        )

    @api.model
    def _split_orders(self, orders):
        """DEMAND from the orders that convert, and the value of the others by product."""
        is_convertible = orders["is_convertible"].astype(bool)
        demand = DEMAND.build(orders[is_convertible].drop(columns="is_convertible"))
        foreign = orders[~is_convertible].groupby("product_id", as_index=False)["amount"].sum()
        return demand, foreign

    @api.model
    def _has_demand(self, company, month):
        """Whether the company has confirmed sales requested before ``month``."""
        first_day = company._sop_first_day(month)
        rows = self._query(SQL("%s LIMIT 1", self._demand_lines(company, first_day, month)))
        return not rows.empty

    @api.model
    def _action_demand_lines(self, months):
        """Open the sale order lines that make up the demand of these (company, product id, month
        start)."""
        self.env["sale.order.line"].check_access("read")
        line_ids = []
        for company in {company for company, _product, _start in months}:
            own = [(product, start) for owner, product, start in months if owner == company]
            line_ids += self._query(self._demand_line_ids(company, own))["line_id"].tolist()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders"),
            "res_model": "sale.order.line",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", line_ids)],
            "context": {"create": False},
        }

    def _demand_line_ids(self, company, months):
        starts = [start for _product, start in months]
        return SQL(
            """
            SELECT line.line_id
              FROM (%s) line
              JOIN (VALUES %s) AS month(product_id, start)
                ON month.product_id = line.product_id
               AND month.start = date_trunc('month', line.day)::date
             WHERE line.is_convertible
            """,
            self._demand_lines(company, min(starts), company._sop_months_after(max(starts), 1)),
            SQL(", ").join(SQL("(%s, %s::date)", product, day) for product, day in months),
        )

    def _demand_lines(self, company, first_day, last_day):
        """One row a confirmed sale order line: line_id, product_id, partner_id, day, qty, amount,
        qty_open (not shipped yet), is_convertible. The one definition of demand, shared by feed
        and drill-down."""
        return SQL(
            """
            SELECT * FROM (
                SELECT line.id AS line_id,
                       line.product_id,
                       sale.partner_id,
                       %(day)s AS day,
                       %(qty)s AS qty,
                       GREATEST(0, %(qty)s - %(delivered)s) AS qty_open,
                       line.price_subtotal::float8
                           / COALESCE(NULLIF(sale.currency_rate, 0), 1)::float8
                           * %(kept)s AS amount,
                       %(is_convertible)s AS is_convertible
                  FROM %(joins)s
                 WHERE %(where)s
            ) demand
            WHERE day >= %(first_day)s AND day < %(last_day)s
            """,
            day=self._demand_day(company),
            qty=SQL("%s / product_unit.factor::float8 * %s", self._ordered(), self._kept()),
            delivered=SQL(
                "COALESCE(line.qty_delivered, 0)::float8 * unit.factor::float8"
                " / product_unit.factor::float8"
            ),
            kept=self._kept(),
            is_convertible=SQL(
                "split_part(unit.parent_path, '/', 1)"
                " = split_part(product_unit.parent_path, '/', 1)"
            ),
            joins=self._demand_joins(company),
            where=self._demand_where(company),
            first_day=first_day,
            last_day=last_day,
        )

    def _demand_day(self, company):
        """The requested day in the company's time zone: the delivery date agreed with the
        customer, else the order date plus the product's customer lead time."""
        return SQL(
            "(COALESCE(sale.commitment_date,"
            " sale.date_order + line.customer_lead * INTERVAL '1 day')"
            " AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            company._sop_timezone(),
        )

    def _ordered(self):
        """The ordered quantity in the base unit of its unit."""
        return SQL("line.product_uom_qty::float8 * unit.factor::float8")

    def _kept(self):
        """The share of an order line that did not come back."""
        return SQL("(1 - COALESCE(returned.share, 0))")

    def _demand_joins(self, company):
        return SQL(
            "%s LEFT JOIN (%s) returned ON returned.line_id = line.id",
            self._line_joins(),
            self._returned_shares(company),
        )

    def _line_joins(self):
        """Order lines with their order, product and units."""
        return SQL(
            """
            sale_order_line line
            JOIN sale_order sale ON sale.id = line.order_id
            JOIN product_product product ON product.id = line.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
            JOIN uom_uom unit ON unit.id = line.product_uom_id
            JOIN uom_uom product_unit ON product_unit.id = template.uom_id
            """
        )

    def _demand_where(self, company):
        return SQL(
            "sale.company_id = %s AND sale.state = 'sale' AND line.display_type IS NULL"
            " AND template.type = 'consu' AND line.is_downpayment IS NOT TRUE"
            " AND line.is_expense IS NOT TRUE",
            company.id,
        )

    def _returned_shares(self, company):
        """The share of each sale order line that came back from the customer, 0 to 1.

        What was sent again after a return did not come back, and what was delivered beyond the
        order may come back without making it smaller. A kit came back as far as all its
        components did.
        """
        return SQL(
            """
            SELECT moved.line_id,
                   LEAST(1, GREATEST(0, COALESCE(
                       MAX(GREATEST(0, moved.returned - GREATEST(0, moved.shipped - %(ordered)s))
                           / NULLIF(%(ordered)s, 0))
                           FILTER (WHERE moved.product_id = line.product_id),
                       MIN(moved.returned / NULLIF(moved.shipped, 0)),
                       0
                   ))) AS share
              FROM (%(moved)s) moved
              JOIN sale_order_line line ON line.id = moved.line_id
              JOIN uom_uom unit ON unit.id = line.product_uom_id
          GROUP BY moved.line_id
            """,
            ordered=self._ordered(),
            moved=self._moved_quantities(company),
        )

    def _moved_quantities(self, company):
        """Order lines with returns: line_id, product_id (a component where the line sells a kit),
        shipped and returned in the base unit."""
        return SQL(
            """
            SELECT move.sale_line_id AS line_id, move.product_id,
                   SUM(CASE WHEN origin.usage = 'customer' THEN 0
                            WHEN move.origin_returned_move_id IS NOT NULL THEN 0
                            ELSE move.quantity::float8 * unit.factor::float8 END) AS shipped,
                   SUM(CASE WHEN origin.usage = 'customer' THEN 1
                            WHEN move.origin_returned_move_id IS NOT NULL THEN -1
                            ELSE 0 END
                       * move.quantity::float8 * unit.factor::float8) AS returned
              FROM stock_move move
              JOIN stock_location origin ON origin.id = move.location_id
              JOIN stock_location target ON target.id = move.location_dest_id
              JOIN uom_uom unit ON unit.id = move.product_uom
             WHERE move.company_id = %(company)s AND move.state = 'done'
               AND ((origin.usage = 'customer' AND move.to_refund)
                    OR (target.usage = 'customer' AND origin.usage <> 'customer'
                        AND (move.origin_returned_move_id IS NULL OR move.to_refund)))
               AND move.sale_line_id IN (
                   SELECT back.sale_line_id
                     FROM stock_move back
                     JOIN stock_location source ON source.id = back.location_id
                    WHERE back.company_id = %(company)s AND back.state = 'done'
                      AND back.to_refund AND source.usage = 'customer')
          GROUP BY move.sale_line_id, move.product_id
            """,
            company=company.id,
        )
