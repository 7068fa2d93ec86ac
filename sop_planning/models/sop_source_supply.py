import pandas as pd

from odoo import api, models
from odoo.tools import SQL

# moves that are still to be done
OPEN_MOVES = ("waiting", "confirmed", "partially_available", "assigned")


class SopSource(models.AbstractModel):
    """What is there and what is coming: stock, open orders, needs of released work."""

    _inherit = "sop.source"

    @api.model
    def _read_supply_feeds(self, cycle, today, track):
        """Everything the supply plan is made of beside the demand plan, by feed name.

        ``today`` is the company's day; ``track(name)`` times a feed.
        """
        company = cycle.company_id
        self.env.flush_all()
        with track("bills of materials") as row:
            row["rows"] = self._stage_boms(company)
        oldest = pd.Timestamp(today) - pd.Timedelta(days=company.sop_overdue_days)
        readers = {
            "items": lambda: self._read_items(company, today),
            "components": lambda: self._read_bom_lines(company),
            "by-products": lambda: self._read_byproducts(company),
            "losses": lambda: self._read_losses(company, today),
            "operations": lambda: self._read_operations(company, today),
            "work centers": lambda: self._read_workcenters(company),
            "working hours": lambda: self._read_hours(company, today, cycle.date_end),
            "extra hours": lambda: self._read_extra_hours(company, today, cycle.date_end),
            "work orders": lambda: self._read_work(company, oldest.date()),
            "open receipts": lambda: self._read_receipts(company, oldest.date()),
            "component needs": lambda: self._read_component_needs(company, oldest.date()),
            "open sales": lambda: self._read_open_sales(oldest.date(), cycle.date_end),
        }
        feeds = {}
        for name, read in readers.items():
            with track(name) as row:
                feeds[name] = read()
                row["rows"] = len(feeds[name])
        return feeds

    @api.model
    def _read_items(self, company, today):
        """Every active good of the company: product_id, family_id (0: none), bom_kind ("" without
        a bill), days_produce, days_purchase, partner_id (main vendor, 0: none), is_bought_by_route,
        is_made_by_route, price, cost, qty_stock, qty_minimum, has_rule. Product units, company
        currency, days."""
        return self._query(
            SQL(
                """
                SELECT product.id AS product_id,
                       COALESCE(category.sop_family_id, 0) AS family_id,
                       COALESCE(bom.kind, '') AS bom_kind,
                       COALESCE(bom.days_produce, 0)::float8 AS days_produce,
                       COALESCE(seller.delay, 0)::float8 AS days_purchase,
                       COALESCE(seller.partner_id, 0) AS partner_id,
                       COALESCE(route.is_bought, FALSE) AS is_bought_by_route,
                       COALESCE(route.is_made, FALSE) AS is_made_by_route,
                       COALESCE(template.list_price, 0)::float8 AS price,
                       COALESCE((product.standard_price->>%(key)s)::float8, 0) AS cost,
                       COALESCE(stock.qty, 0)::float8 AS qty_stock,
                       COALESCE(rule.qty, 0)::float8 AS qty_minimum,
                       rule.product_id IS NOT NULL AS has_rule
                  FROM product_product product
                  JOIN product_template template ON template.id = product.product_tmpl_id
             LEFT JOIN product_category category ON category.id = template.categ_id
             LEFT JOIN sop_bom_stage bom ON bom.product_id = product.id
             LEFT JOIN (%(sellers)s) seller ON seller.product_id = product.id
             LEFT JOIN (%(routes)s) route ON route.template_id = template.id
             LEFT JOIN (%(stock)s) stock ON stock.product_id = product.id
             LEFT JOIN (SELECT product_id, SUM(product_min_qty) AS qty
                          FROM stock_warehouse_orderpoint
                         WHERE company_id = %(company)s AND active
                      GROUP BY product_id) rule
                    ON rule.product_id = product.id
                 WHERE template.type = 'consu' AND product.active AND template.active
                   AND (template.company_id IS NULL OR template.company_id = ANY(%(owners)s))
              ORDER BY product.id
                """,
                key=str(company.id),
                sellers=self._main_sellers(company, today),
                routes=self._supply_routes(),
                stock=self._stock(company),
                company=company.id,
                owners=list(company.parent_ids.ids),
            )
        )

    def _main_sellers(self, company, today):
        """The vendor that Odoo orders from by default, a row a product: the first by sequence whose
        price is valid today."""
        return SQL(
            """
            SELECT DISTINCT ON (variant.id) variant.id AS product_id, info.id AS info_id,
                   vendor.commercial_partner_id AS partner_id,
                   info.delay + COALESCE(%(days)s, 0) AS delay
              FROM product_supplierinfo info
              JOIN product_product variant
                ON variant.product_tmpl_id = info.product_tmpl_id
               AND (info.product_id IS NULL OR info.product_id = variant.id)
              JOIN res_partner vendor ON vendor.id = info.partner_id AND vendor.active
             WHERE (info.company_id IS NULL OR info.company_id = ANY(%(owners)s))
               AND (info.date_start IS NULL OR info.date_start <= %(today)s)
               AND (info.date_end IS NULL OR info.date_end >= %(today)s)
          ORDER BY variant.id, info.sequence, info.min_qty, info.price, info.id
            """,
            days=company.days_to_purchase,
            owners=list(company.parent_ids.ids),
            today=today,
        )

    def _supply_routes(self):
        """Whether a template's own routes buy or make it."""
        return SQL(
            """
            SELECT link.product_id AS template_id,
                   bool_or(rule.action = 'buy') AS is_bought,
                   bool_or(rule.action = 'manufacture') AS is_made
              FROM stock_route_product link
              JOIN stock_route route ON route.id = link.route_id AND route.active
              JOIN stock_rule rule ON rule.route_id = link.route_id AND rule.active
          GROUP BY link.product_id
            """
        )

    def _stock(self, company):
        """Own stock on hand in internal locations, a row a product."""
        return SQL(
            """
            SELECT quant.product_id, SUM(quant.quantity) AS qty
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id
             WHERE quant.company_id = %s AND location.usage = 'internal'
               AND (quant.owner_id IS NULL OR quant.owner_id = %s)
          GROUP BY quant.product_id
            """,
            company.id,
            company.partner_id.id,
        )

    @api.model
    def _read_receipts(self, company, oldest):
        """What is on its way into stock, at its planned day: product_id, day, kind (purchase,
        manufacture, other), partner_id (0: none), qty. What was due before ``oldest`` is not
        expected any more; it is a data issue."""
        return self._query(
            SQL(
                """
                SELECT move.product_id, %(day)s AS day,
                       CASE WHEN move.production_id IS NOT NULL THEN 'manufacture'
                            WHEN move.purchase_line_id IS NOT NULL THEN 'purchase'
                            ELSE 'other' END AS kind,
                       COALESCE(vendor.commercial_partner_id, 0) AS partner_id,
                       SUM(%(qty)s)::float8 AS qty
                  FROM %(moves)s
                  JOIN stock_location origin ON origin.id = move.location_id
                  JOIN stock_location target ON target.id = move.location_dest_id
             LEFT JOIN purchase_order_line line ON line.id = move.purchase_line_id
             LEFT JOIN res_partner vendor ON vendor.id = line.partner_id
                 WHERE %(open)s AND origin.usage NOT IN ('internal', 'transit')
                   AND target.usage = 'internal' AND %(day)s >= %(oldest)s
              GROUP BY move.product_id, 2, 3, 4
              ORDER BY move.product_id, 2, 3, 4
                """,
                day=self._move_day(company),
                qty=self._move_qty(),
                moves=self._moves(),
                open=self._is_open_move(company),
                oldest=oldest,
            )
        )

    @api.model
    def _read_component_needs(self, company, oldest):
        """What released manufacturing orders still take out of stock: product_id, day, qty."""
        return self._query(
            SQL(
                """
                SELECT move.product_id, %(day)s AS day, SUM(%(qty)s)::float8 AS qty
                  FROM %(moves)s
                 WHERE %(open)s AND move.raw_material_production_id IS NOT NULL
                   AND %(day)s >= %(oldest)s
              GROUP BY move.product_id, 2
              ORDER BY move.product_id, 2
                """,
                day=self._move_day(company),
                qty=self._move_qty(),
                moves=self._moves(),
                open=self._is_open_move(company),
                oldest=oldest,
            )
        )

    @api.model
    def _read_open_sales(self, oldest, last_day):
        """Customer orders still to be shipped, from the lines of ``_stage_demand``: product_id,
        day, qty, amount, lines. Orders requested before ``oldest`` are not expected any more."""
        return self._query(
            SQL(
                """
                SELECT product_id, day, SUM(qty_open) AS qty,
                       SUM(amount * qty_open / NULLIF(qty, 0)) AS amount, COUNT(*) AS lines
                  FROM sop_demand_stage
                 WHERE is_convertible AND qty_open > 0 AND day >= %s AND day < %s
              GROUP BY product_id, day
              ORDER BY product_id, day
                """,
                oldest,
                last_day,
            )
        )

    def _moves(self):
        return SQL(
            """
            stock_move move
            JOIN uom_uom unit ON unit.id = move.product_uom
            JOIN product_product product ON product.id = move.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
            JOIN uom_uom product_unit ON product_unit.id = template.uom_id
            """
        )

    def _move_day(self, company):
        return SQL("(move.date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", company._sop_timezone())

    def _move_qty(self):
        return SQL("move.product_uom_qty::float8 * unit.factor::float8 / product_unit.factor")

    def _is_open_move(self, company):
        return SQL("move.company_id = %s AND move.state = ANY(%s)", company.id, list(OPEN_MOVES))
