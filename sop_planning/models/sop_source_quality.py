from odoo import api, models
from odoo.tools import SQL

from .sop_source_structure import _applies_to_variant


class SopSource(models.AbstractModel):
    """Defects in native records: a query a rule; here those of products, bills and work centers.

    Every ``_find_<code>`` returns rows res_model, res_id, name, product_id (0: none), facts (JSON
    for the sentence, or NULL): the record to correct, and a product whose plan it touches;
    a defect that touches several has several rows. They read the tables that a refresh has staged:
    ``sop_bom_stage``, ``sop_demand_stage``, ``sop_supply_stage``, ``sop_center_stage``.
    """

    _inherit = "sop.source"

    @api.model
    def _stage_supply(self, items, open_centers):
        """The products of the supply plan as the temporary table sop_supply_stage: product_id,
        kind, is_planned (is sold and has demand), is_component; and the work centers with working
        hours in the coming weeks as sop_center_stage: workcenter_id."""
        self.env.cr.execute("DROP TABLE IF EXISTS sop_supply_stage, sop_center_stage")
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
        self.env.cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE sop_center_stage ON COMMIT DROP AS"
                " SELECT unnest(%s::int[]) AS workcenter_id",
                list(open_centers),
            )
        )
        self.env.cr.execute("ANALYZE sop_supply_stage")

    @api.model
    def _find(self, rule, company, today):
        """The defects that a rule finds."""
        return self._query(getattr(self, f"_find_{rule.code}")(company, today, rule.limit))

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
        """What happens with products in the plan: product_id, kind, value (planned sales of the
        next twelve months)."""
        return self._query(
            SQL(
                """
                SELECT fact.product_id, fact.supply_kind AS kind,
                       COALESCE(fact.amount_year, 0)::float8 AS value
                  FROM sop_supply_product fact
                 WHERE fact.cycle_id = %s
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
                SELECT bom.bom_id AS res_id, %s AS name, bom.product_id
                  FROM %s
                 WHERE bom.product_id = ANY(%s)
                """,
                _bill_label(),
                _bills(),
                list(product_ids),
            )
        )

    def _find_no_source(self, company, today, limit):
        """Sold products without a source; where nothing at all has one, the company itself."""
        return SQL(
            """
            %s AND EXISTS (SELECT FROM sop_supply_stage other WHERE other.kind <> 'none')
             UNION ALL
            SELECT 'res.company', company.id, company.name, item.product_id, NULL
              FROM sop_supply_stage item
              JOIN res_company company ON company.id = %s
             WHERE item.is_planned
               AND NOT EXISTS (SELECT FROM sop_supply_stage other WHERE other.kind <> 'none')
            """,
            _products("item.kind = 'none' AND item.is_planned"),
            company.id,
        )

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
            SELECT 'mrp.bom' AS res_model, bom.bom_id AS res_id, %(name)s AS name,
                   bom.product_id, NULL AS facts
              FROM %(bills)s
              JOIN sop_supply_stage item ON item.product_id = bom.product_id
               AND (item.is_planned OR item.is_component) AND item.kind = 'make'
             WHERE NOT EXISTS (
                   SELECT FROM mrp_routing_workcenter operation
                    WHERE operation.bom_id = bom.bom_id AND operation.active AND %(applies)s)
            """,
            name=_bill_label(),
            bills=_bills(),
            applies=_applies(),
        )

    def _find_no_time(self, company, today, limit):
        """Operations without minutes, neither entered nor taken from finished work orders."""
        return SQL(
            """
            SELECT 'mrp.routing.workcenter' AS res_model, operation.id AS res_id,
                   operation.name || ': ' || %(name)s AS name, bom.product_id, NULL AS facts
              FROM %(bills)s
              JOIN sop_supply_stage item ON item.product_id = bom.product_id
               AND item.kind IN ('make', 'kit')
              JOIN mrp_routing_workcenter operation
                ON operation.bom_id = bom.bom_id AND operation.active
         LEFT JOIN (%(automatic)s) automatic ON automatic.operation_id = operation.id
             WHERE COALESCE(automatic.minutes, operation.time_cycle_manual, 0) <= 0
               AND %(applies)s
            """,
            name=_bill_label(),
            bills=_bills(),
            automatic=self._automatic_minutes(company),
            applies=_applies(),
        )

    def _find_no_calendar(self, company, today, limit):
        """Work centers in use without any working hour in the coming weeks."""
        return SQL(
            """
            SELECT DISTINCT 'mrp.workcenter' AS res_model, center.id AS res_id,
                   center.name, bom.product_id, NULL::jsonb AS facts
              FROM %(bills)s
              JOIN sop_supply_stage item ON item.product_id = bom.product_id
               AND item.kind IN ('make', 'kit')
              JOIN mrp_routing_workcenter operation
                ON operation.bom_id = bom.bom_id AND operation.active
              JOIN mrp_workcenter center ON center.id = operation.workcenter_id AND center.active
             WHERE center.company_id = %(company)s AND %(applies)s
               AND NOT EXISTS (SELECT FROM sop_center_stage is_open
                                WHERE is_open.workcenter_id = center.id)
            """,
            bills=_bills(),
            company=company.id,
            applies=_applies(),
        )

    def _find_zero_lead_time(self, company, today, limit):
        return SQL(
            """
            SELECT 'product.supplierinfo' AS res_model, info.id AS res_id,
                   vendor.name || ': ' || %(name)s AS name, item.product_id, NULL AS facts
              FROM (%(sellers)s) seller
              JOIN product_supplierinfo info ON info.id = seller.info_id
              JOIN res_partner vendor ON vendor.id = info.partner_id
              JOIN sop_supply_stage item ON item.product_id = seller.product_id
               AND item.kind = 'buy' AND (item.is_planned OR item.is_component)
              JOIN product_product product ON product.id = item.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE COALESCE(info.delay, 0) <= 0
            """,
            name=_label(),
            sellers=self._main_sellers(company, today),
        )

    def _find_duplicate_vendor_price(self, company, today, limit):
        """The later entered of two prices that hold for the same quantity on the same days, as long
        as they are not over."""
        return SQL(
            """
            SELECT DISTINCT 'product.supplierinfo' AS res_model, two.id AS res_id,
                   vendor.name || ': ' || %(name)s AS name, item.product_id, NULL::jsonb AS facts
              FROM product_supplierinfo one
              JOIN product_supplierinfo two
                ON two.product_tmpl_id = one.product_tmpl_id AND two.partner_id = one.partner_id
               AND two.id > one.id AND COALESCE(two.min_qty, 0) = COALESCE(one.min_qty, 0)
               AND two.product_id IS NOT DISTINCT FROM one.product_id
               AND two.product_uom_id IS NOT DISTINCT FROM one.product_uom_id
               AND two.company_id IS NOT DISTINCT FROM one.company_id
               AND COALESCE(one.date_start, DATE '1900-01-01')
                   <= COALESCE(two.date_end, DATE '2999-12-31')
               AND COALESCE(two.date_start, DATE '1900-01-01')
                   <= COALESCE(one.date_end, DATE '2999-12-31')
              JOIN res_partner vendor ON vendor.id = one.partner_id AND vendor.active
              JOIN product_product product ON product.product_tmpl_id = one.product_tmpl_id
               AND (one.product_id IS NULL OR one.product_id = product.id)
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN sop_supply_stage item ON item.product_id = product.id
             WHERE (one.company_id IS NULL OR one.company_id = ANY(%(owners)s))
               AND COALESCE(LEAST(one.date_end, two.date_end), %(today)s) >= %(today)s
            """,
            name=_label(),
            owners=list(company.parent_ids.ids),
            today=today,
        )


def _label():
    """A product as planners call it."""
    return SQL(
        "COALESCE('[' || product.default_code || '] ', '') || COALESCE(template.name->>'en_US', '')"
    )


def _bill_label():
    return SQL("COALESCE(bill.code || ': ', '') || %s", _label())


def _bills():
    """The bills that the plan uses, with their product."""
    return SQL(
        """
        sop_bom_stage bom
          JOIN mrp_bom bill ON bill.id = bom.bom_id
          JOIN product_product product ON product.id = bom.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
        """
    )


def _applies():
    """Whether an operation applies to the staged bill's variant."""
    return _applies_to_variant("mrp_routing_workcenter", "operation")


def _products(condition):
    """Products of the supply plan that meet a condition on ``item``; more may be added."""
    return SQL(
        """
        SELECT 'product.product' AS res_model, item.product_id AS res_id, %s AS name,
               item.product_id, NULL::jsonb AS facts
          FROM sop_supply_stage item
          JOIN product_product product ON product.id = item.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
         WHERE %s
        """,
        _label(),
        SQL(condition),
    )
