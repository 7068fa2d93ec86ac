from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

HOURS_AHEAD_WEEKS = 8


class SopSource(models.AbstractModel):
    """Defects in native records: a query a rule.

    Every ``_find_<code>`` returns rows res_model, res_id, name, product_id (0: none): the record to
    correct, and a product whose plan it touches; a defect that touches several has several rows.
    They read the tables that a refresh has staged: ``sop_bom_stage``, ``sop_supply_stage``.
    """

    _inherit = "sop.source"

    @api.model
    def _stage_supply(self, items):
        """The products of the supply plan as the temporary table sop_supply_stage: product_id,
        kind, is_planned (is sold and has demand), is_component."""
        self.env.cr.execute("DROP TABLE IF EXISTS sop_supply_stage")
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE sop_supply_stage ON COMMIT DROP AS
                SELECT * FROM unnest(%s::int[], %s::text[], %s::bool[], %s::bool[])
                           AS item(product_id, kind, is_planned, is_component)
                """,
                items["product_id"].tolist(),
                items["kind"].tolist(),
                items["is_planned"].tolist(),
                items["is_component"].tolist(),
            )
        )
        self.env.cr.execute("ANALYZE sop_supply_stage")

    @api.model
    def _read_issues(self, company):
        """The company's data issues: id, rule_id, res_model, res_id, state."""
        return self._query(
            SQL(
                "SELECT id, rule_id, res_model, res_id, state FROM sop_data_issue"
                " WHERE company_id = %s",
                company.id,
            )
        )

    @api.model
    def _read_blocked_products(self, company):
        """Ids of the products whose own data an open blocking issue is about."""
        return self._query(
            SQL(
                """
                SELECT DISTINCT product::int AS product_id
                  FROM sop_data_issue issue
                  JOIN LATERAL jsonb_array_elements_text(issue.touched) product ON TRUE
                  JOIN sop_data_rule rule ON rule.id = issue.rule_id AND rule.active
                 WHERE issue.company_id = %s AND issue.state = 'open' AND issue.is_blocking
                """,
                company.id,
            )
        )["product_id"].to_numpy("int64")

    @api.model
    def _read_planned_values(self, cycle):
        """Planned sales of the next twelve months by product: product_id, value."""
        return self._query(
            SQL(
                """
                SELECT fact.product_id, fact.amount_year::float8 AS value
                  FROM sop_supply_product fact
                  JOIN sop_scenario scenario
                    ON scenario.id = fact.scenario_id AND scenario.kind = 'base'
                 WHERE fact.cycle_id = %s AND fact.amount_year > 0
                """,
                cycle.id,
            )
        )

    @api.model
    def _read_bills(self, product_ids):
        """The chosen bill of each product: res_id, name, product_id."""
        return self._query(
            SQL(
                """
                SELECT stage.bom_id AS res_id,
                       COALESCE(bill.code, template.name->>'en_US') AS name, stage.product_id
                  FROM sop_bom_stage stage
                  JOIN mrp_bom bill ON bill.id = stage.bom_id
                  JOIN product_template template ON template.id = bill.product_tmpl_id
                 WHERE stage.product_id = ANY(%s)
                """,
                list(product_ids),
            )
        )

    def _find(self, rule, company, today):
        """The defects that a rule finds."""
        return self._query(getattr(self, f"_find_{rule.code}")(company, today, rule.limit))

    def _find_no_source(self, company, today, limit):
        return _products("item.kind = 'none' AND item.is_planned")

    def _find_no_vendor(self, company, today, limit):
        return _products("item.kind = 'none' AND NOT item.is_planned AND item.is_component")

    def _find_zero_cost(self, company, today, limit):
        return SQL(
            "%s AND COALESCE((product.standard_price->>%s)::float8, 0) <= 0",
            _products("(item.is_planned OR item.is_component) AND item.kind <> 'kit'"),
            str(company.id),
        )

    def _find_no_category(self, company, today, limit):
        return SQL("%s AND template.categ_id IS NULL", _products("item.is_planned"))

    def _find_no_operations(self, company, today, limit):
        return SQL(
            """
            SELECT 'mrp.bom' AS res_model, bom.bom_id AS res_id,
                   COALESCE(bill.code, template.name->>'en_US') AS name, bom.product_id
              FROM sop_bom_stage bom
              JOIN sop_supply_stage item ON item.product_id = bom.product_id
               AND (item.is_planned OR item.is_component)
              JOIN mrp_bom bill ON bill.id = bom.bom_id
              JOIN product_template template ON template.id = bill.product_tmpl_id
             WHERE item.kind = 'make' AND NOT EXISTS (
                   SELECT FROM mrp_routing_workcenter operation
                    WHERE operation.bom_id = bom.bom_id AND operation.active)
            """
        )

    def _find_no_time(self, company, today, limit):
        return SQL(
            """
            SELECT 'mrp.routing.workcenter' AS res_model, operation.id AS res_id,
                   operation.name || ': ' || (template.name->>'en_US') AS name, bom.product_id
              FROM sop_bom_stage bom
              JOIN sop_supply_stage item ON item.product_id = bom.product_id
              JOIN mrp_routing_workcenter operation
                ON operation.bom_id = bom.bom_id AND operation.active
              JOIN mrp_bom bill ON bill.id = bom.bom_id
              JOIN product_template template ON template.id = bill.product_tmpl_id
             WHERE COALESCE(operation.time_cycle_manual, 0) <= 0 AND operation.time_mode = 'manual'
               AND bom.kind <> 'subcontract'
            """
        )

    def _find_zero_lead_time(self, company, today, limit):
        return SQL(
            """
            SELECT 'product.supplierinfo' AS res_model, info.id AS res_id,
                   vendor.name || ': ' || (template.name->>'en_US') AS name, item.product_id
              FROM (%s) seller
              JOIN product_supplierinfo info ON info.id = seller.info_id
              JOIN res_partner vendor ON vendor.id = info.partner_id
              JOIN sop_supply_stage item ON item.product_id = seller.product_id
               AND item.kind = 'buy' AND (item.is_planned OR item.is_component)
              JOIN product_product product ON product.id = item.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE COALESCE(info.delay, 0) <= 0
            """,
            self._main_sellers(company, today),
        )

    def _find_duplicate_vendor_price(self, company, today, limit):
        return SQL(
            """
            SELECT DISTINCT 'product.supplierinfo' AS res_model, two.id AS res_id,
                   vendor.name || ': ' || (template.name->>'en_US') AS name, item.product_id
              FROM product_supplierinfo one
              JOIN product_supplierinfo two
                ON two.product_tmpl_id = one.product_tmpl_id AND two.partner_id = one.partner_id
               AND two.id > one.id AND two.min_qty = one.min_qty
               AND two.product_id IS NOT DISTINCT FROM one.product_id
               AND two.product_uom_id IS NOT DISTINCT FROM one.product_uom_id
               AND two.company_id IS NOT DISTINCT FROM one.company_id
               AND COALESCE(one.date_start, DATE '1900-01-01')
                   <= COALESCE(two.date_end, DATE '2999-12-31')
               AND COALESCE(two.date_start, DATE '1900-01-01')
                   <= COALESCE(one.date_end, DATE '2999-12-31')
              JOIN res_partner vendor ON vendor.id = one.partner_id
              JOIN product_product product ON product.product_tmpl_id = one.product_tmpl_id
               AND (one.product_id IS NULL OR one.product_id = product.id)
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN sop_supply_stage item ON item.product_id = product.id
             WHERE one.company_id IS NULL OR one.company_id = ANY(%s)
            """,
            list(company.parent_ids.ids),
        )

    def _find_no_calendar(self, company, today, limit):
        """Work centers in use without any working hour in the coming weeks."""
        hours = self._read_hours(company, today, today + relativedelta(weeks=HOURS_AHEAD_WEEKS))
        return SQL(
            """
            SELECT DISTINCT 'mrp.workcenter' AS res_model, center.id AS res_id,
                   center.name AS name, bom.product_id
              FROM sop_bom_stage bom
              JOIN mrp_routing_workcenter operation
                ON operation.bom_id = bom.bom_id AND operation.active
              JOIN mrp_workcenter center ON center.id = operation.workcenter_id AND center.active
             WHERE center.company_id = %s AND NOT center.id = ANY(%s)
            """,
            company.id,
            hours.loc[hours["hours"] > 0, "workcenter_id"].unique().tolist(),
        )

    def _find_negative_stock(self, company, today, limit):
        return SQL(
            """
            SELECT 'stock.quant' AS res_model, MIN(quant.id) AS res_id,
                   (template.name->>'en_US') || ': ' || SUM(quant.quantity)::numeric(16, 2) AS name,
                   product.id AS product_id
              FROM stock_quant quant
              JOIN stock_location location
                ON location.id = quant.location_id AND location.usage = 'internal'
              JOIN product_product product ON product.id = quant.product_id AND product.active
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE quant.company_id = %s
          GROUP BY product.id, template.name, quant.location_id
            HAVING SUM(quant.quantity) < -1e-6
            """,
            company.id,
        )

    def _find_overdue_sales(self, company, today, limit):
        return SQL(
            """
            SELECT 'sale.order' AS res_model, line.order_id AS res_id, sale.name,
                   stage.product_id
              FROM sop_demand_stage stage
              JOIN sale_order_line line ON line.id = stage.line_id
              JOIN sale_order sale ON sale.id = line.order_id
             WHERE stage.qty_open > 0 AND stage.day < %s
            """,
            today - relativedelta(days=int(limit)),
        )

    def _find_overdue_purchase(self, company, today, limit):
        return SQL(
            """
            SELECT 'purchase.order' AS res_model, purchase.id AS res_id, purchase.name,
                   line.product_id
              FROM purchase_order_line line
              JOIN purchase_order purchase ON purchase.id = line.order_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template
                ON template.id = product.product_tmpl_id AND template.type = 'consu'
             WHERE purchase.company_id = %s AND purchase.state = 'purchase'
               AND line.qty_received < line.product_qty
               AND (line.date_planned AT TIME ZONE 'UTC' AT TIME ZONE %s)::date < %s
            """,
            company.id,
            company._sop_timezone(),
            today - relativedelta(days=int(limit)),
        )

    def _find_overdue_production(self, company, today, limit):
        return SQL(
            """
            SELECT 'mrp.production' AS res_model, production.id AS res_id, production.name,
                   production.product_id
              FROM mrp_production production
             WHERE production.company_id = %s
               AND production.state IN ('confirmed', 'progress', 'to_close')
               AND (COALESCE(production.date_finished, production.date_start)
                    AT TIME ZONE 'UTC' AT TIME ZONE %s)::date < %s
            """,
            company.id,
            company._sop_timezone(),
            today - relativedelta(days=int(limit)),
        )

    def _find_date_out_of_range(self, company, today, limit):
        return SQL(
            """
            SELECT document.res_model, document.res_id, document.name, document.product_id
              FROM (%s) document
             WHERE document.day < %s OR document.day > %s
            """,
            _open_documents(company),
            today - relativedelta(years=int(limit)),
            today + relativedelta(years=int(limit)),
        )

    def _find_unit_mismatch(self, company, today, limit):
        """Lines in a unit that does not convert to the product's."""
        return SQL(
            """
            SELECT document.res_model, document.res_id, document.name,
                   document.touched_id AS product_id
              FROM (%s) document
              JOIN product_product product ON product.id = document.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom own ON own.id = template.uom_id
              JOIN uom_uom unit ON unit.id = document.uom_id
             WHERE split_part(unit.parent_path, '/', 1) <> split_part(own.parent_path, '/', 1)
            """,
            _lines_with_units(company),
        )


def _products(condition):
    """Products of the supply plan that meet a condition on ``item``; more may be added."""
    return SQL(
        """
        SELECT 'product.product' AS res_model, item.product_id AS res_id,
               template.name->>'en_US' AS name, item.product_id
          FROM sop_supply_stage item
          JOIN product_product product ON product.id = item.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
         WHERE %s
        """,
        SQL(condition),
    )


def _open_documents(company):
    """Open sale, purchase and manufacturing orders by product, with their day."""
    return SQL(
        """
        SELECT 'sale.order' AS res_model, sale.id AS res_id, sale.name, line.product_id,
               COALESCE(sale.commitment_date, sale.date_order)::date AS day
          FROM sale_order_line line
          JOIN sale_order sale ON sale.id = line.order_id
         WHERE sale.company_id = %(company)s AND sale.state = 'sale'
           AND line.product_id IS NOT NULL AND line.qty_delivered < line.product_uom_qty
         UNION ALL
        SELECT 'purchase.order', purchase.id, purchase.name, line.product_id,
               line.date_planned::date
          FROM purchase_order_line line
          JOIN purchase_order purchase ON purchase.id = line.order_id
         WHERE purchase.company_id = %(company)s AND purchase.state = 'purchase'
           AND line.product_id IS NOT NULL AND line.qty_received < line.product_qty
         UNION ALL
        SELECT 'mrp.production', production.id, production.name, production.product_id,
               production.date_start::date
          FROM mrp_production production
         WHERE production.company_id = %(company)s
           AND production.state IN ('confirmed', 'progress', 'to_close')
        """,
        company=company.id,
    )


def _lines_with_units(company):
    """Bill of materials lines, vendor prices and open order lines with their unit, and the product
    whose plan they touch: a bill's own, since its line is left out."""
    return SQL(
        """
        SELECT 'mrp.bom' AS res_model, bill.id AS res_id,
               COALESCE(bill.code, template.name->>'en_US') AS name,
               line.product_id, line.product_uom_id AS uom_id, stage.product_id AS touched_id
          FROM mrp_bom_line line
          JOIN mrp_bom bill ON bill.id = line.bom_id AND bill.active
          JOIN sop_bom_stage stage ON stage.bom_id = bill.id
          JOIN product_template template ON template.id = bill.product_tmpl_id
         WHERE bill.company_id IS NULL OR bill.company_id = ANY(%(owners)s)
         UNION ALL
        SELECT 'sale.order', sale.id, sale.name, line.product_id, line.product_uom_id,
               line.product_id
          FROM sop_demand_stage stage
          JOIN sale_order_line line ON line.id = stage.line_id
          JOIN sale_order sale ON sale.id = line.order_id
         WHERE NOT stage.is_convertible
         UNION ALL
        SELECT 'product.supplierinfo', info.id, template.name->>'en_US', variant.id,
               info.product_uom_id, variant.id
          FROM product_supplierinfo info
          JOIN product_template template ON template.id = info.product_tmpl_id
          JOIN product_product variant ON variant.product_tmpl_id = template.id
           AND (info.product_id IS NULL OR info.product_id = variant.id)
         WHERE info.company_id IS NULL OR info.company_id = ANY(%(owners)s)
        """,
        owners=list(company.parent_ids.ids),
    )
