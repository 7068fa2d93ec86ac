from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

LEARNING_MONTHS = 12  # of finished work that minutes, batches and losses are learnt from
LEARNING_ORDERS = 5  # finished work orders below which nothing is learnt


class SopSource(models.AbstractModel):
    """How products are made: bills of materials, operations, losses."""

    _inherit = "sop.source"

    @api.model
    def _stage_boms(self, company):
        """Choose the bill of materials of every product once, as Odoo does: a kit first, then by
        sequence, the product's own before its template's. Returns the number of products."""
        self.env.cr.execute("DROP TABLE IF EXISTS sop_bom_stage")
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE sop_bom_stage ON COMMIT DROP AS
                SELECT DISTINCT ON (product.id)
                       product.id AS product_id, bom.id AS bom_id,
                       template.uom_id, bom.product_uom_id AS bom_uom_id,
                       CASE bom.type WHEN 'phantom' THEN 'kit'
                                     WHEN 'subcontract' THEN 'subcontract' ELSE 'make' END AS kind,
                       bom.produce_delay AS days_produce,
                       bom.product_qty::float8 * bom_unit.factor::float8
                           / unit.factor::float8 AS output,
                       CASE WHEN bom.enable_batch_size
                            THEN bom.batch_size::float8 * bom_unit.factor::float8
                                 / unit.factor::float8
                            ELSE 0 END AS batch
                  FROM mrp_bom bom
                  JOIN product_product product
                    ON product.product_tmpl_id = bom.product_tmpl_id
                   AND (bom.product_id IS NULL OR bom.product_id = product.id)
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN uom_uom unit ON unit.id = template.uom_id
                  JOIN uom_uom bom_unit ON bom_unit.id = bom.product_uom_id
                 WHERE bom.active AND product.active AND template.active
                   AND template.type = 'consu' AND bom.product_qty > 0
                   AND (bom.company_id IS NULL OR bom.company_id = ANY(%s))
                   AND %s
              ORDER BY product.id, bom.type = 'phantom' DESC, bom.sequence,
                       bom.product_id IS NULL, bom.id
                """,
                list(company.parent_ids.ids),
                _convertible("bom_unit", "unit"),
            )
        )
        count = self.env.cr.rowcount
        self.env.cr.execute("ANALYZE sop_bom_stage")
        return count

    @api.model
    def _read_bom_lines(self, company):
        """What a unit of a product is made of: product_id, component_id, qty; product units."""
        return self._query(self._made_of("mrp_bom_line", "component_id"))

    @api.model
    def _read_byproducts(self, company):
        """What making a unit of a product yields beside it: product_id, byproduct_id, qty."""
        return self._query(self._made_of("mrp_bom_byproduct", "byproduct_id"))

    def _made_of(self, table, name):
        """Lines of the chosen bills that apply to the variant, in units a unit made."""
        return SQL(
            """
            SELECT bom.product_id, line.product_id AS %(name)s,
                   SUM(line.product_qty::float8 * unit.factor::float8
                       / part_unit.factor::float8 / bom.output) AS qty
              FROM sop_bom_stage bom
              JOIN %(table)s line ON line.bom_id = bom.bom_id
              JOIN product_product part ON part.id = line.product_id AND part.active
              JOIN product_template template
                ON template.id = part.product_tmpl_id AND template.type = 'consu'
              JOIN uom_uom unit ON unit.id = line.product_uom_id
              JOIN uom_uom part_unit ON part_unit.id = template.uom_id
             WHERE line.product_qty > 0 AND %(convertible)s AND %(applies)s
          GROUP BY bom.product_id, line.product_id
          ORDER BY bom.product_id, line.product_id
            """,
            name=SQL.identifier(name),
            table=SQL.identifier(table),
            convertible=_convertible("unit", "part_unit"),
            applies=_applies_to_variant(table, "line"),
        )

    @api.model
    def _read_losses(self, company, today):
        """The share of what was made in the last year that was scrapped: product_id, loss."""
        return self._query(
            SQL(
                """
                SELECT made.product_id, LEAST(0.5, scrap.qty / made.qty) AS loss
                  FROM (SELECT product_id, SUM(quantity)::float8 AS qty
                          FROM stock_move
                         WHERE company_id = %(company)s AND state = 'done'
                           AND production_id IS NOT NULL AND date >= %(since)s
                      GROUP BY product_id) made
                  JOIN (SELECT scrap.product_id,
                               SUM(scrap.scrap_qty::float8 * unit.factor::float8
                                   / product_unit.factor::float8) AS qty
                          FROM stock_scrap scrap
                          JOIN mrp_production production ON production.id = scrap.production_id
                           AND production.product_id = scrap.product_id
                          JOIN uom_uom unit ON unit.id = scrap.product_uom_id
                          JOIN product_product product ON product.id = scrap.product_id
                          JOIN product_template template ON template.id = product.product_tmpl_id
                          JOIN uom_uom product_unit ON product_unit.id = template.uom_id
                         WHERE scrap.company_id = %(company)s AND scrap.state = 'done'
                           AND scrap.date_done >= %(since)s
                      GROUP BY scrap.product_id) scrap
                    ON scrap.product_id = made.product_id
                 WHERE made.qty > 0
              ORDER BY made.product_id
                """,
                company=company.id,
                since=today - relativedelta(months=LEARNING_MONTHS),
            )
        )

    @api.model
    def _read_operations(self, company, today):
        """OPERATIONS: minutes of the chosen bills' operations, by product."""
        since = today - relativedelta(months=LEARNING_MONTHS)
        return self._query(
            SQL(
                """
                SELECT bom.product_id, operation.id AS operation_id, operation.workcenter_id,
                       COALESCE(capacity.setup, COALESCE(center.time_start, 0)
                                + COALESCE(center.time_stop, 0))::float8 AS setup,
                       COALESCE(automatic.minutes, operation.time_cycle_manual, 0)::float8 AS cycle,
                       COALESCE(NULLIF(capacity.parallel, 0), bom.output)::float8 AS parallel,
                       COALESCE(NULLIF(bom.batch, 0), usual.batch, 0)::float8 AS batch,
                       COALESCE(learnt.minutes, 0)::float8 AS measured
                  FROM sop_bom_stage bom
                  JOIN mrp_routing_workcenter operation
                    ON operation.bom_id = bom.bom_id AND operation.active
                  JOIN mrp_workcenter center
                    ON center.id = operation.workcenter_id AND center.active
                   AND center.company_id = %(company)s
             LEFT JOIN LATERAL (%(capacities)s) capacity ON TRUE
             LEFT JOIN (%(automatic)s) automatic ON automatic.operation_id = operation.id
             LEFT JOIN (%(learnt)s) learnt
                    ON learnt.operation_id = operation.id AND learnt.product_id = bom.product_id
             LEFT JOIN (SELECT product_id,
                               GREATEST(1, ROUND(AVG(product_uom_qty)))::float8 AS batch
                          FROM mrp_production
                         WHERE company_id = %(company)s AND state = 'done'
                           AND date_finished >= %(since)s
                      GROUP BY product_id) usual
                    ON usual.product_id = bom.product_id
                 WHERE bom.kind <> 'subcontract' AND %(applies)s
              ORDER BY bom.product_id, operation.id
                """,
                company=company.id,
                since=since,
                capacities=_capacities(),
                automatic=self._automatic_minutes(company),
                learnt=self._learnt_minutes(company, since),
                applies=_applies_to_variant("mrp_routing_workcenter", "operation"),
            )
        )

    def _automatic_minutes(self, company):
        """Minutes a cycle of the operations that Odoo times by their last finished work orders."""
        return SQL(
            """
            SELECT operation_id, SUM(duration) / NULLIF(SUM(cycles), 0) AS minutes
              FROM (SELECT done.operation_id, done.duration::float8 AS duration,
                           CEIL(done.qty_produced::float8
                                / GREATEST(bill.product_qty::float8, 1e-6) - 1e-6) AS cycles,
                           operation.time_mode_batch,
                           ROW_NUMBER() OVER (PARTITION BY done.operation_id
                               ORDER BY done.date_finished DESC, done.id DESC) AS number
                      FROM mrp_workorder done
                      JOIN mrp_routing_workcenter operation
                        ON operation.id = done.operation_id AND operation.time_mode = 'auto'
                      JOIN mrp_bom bill ON bill.id = operation.bom_id
                      JOIN mrp_workcenter center ON center.id = done.workcenter_id
                       AND center.company_id = %s
                     WHERE done.state = 'done' AND done.qty_produced > 0) recent
             WHERE number <= time_mode_batch
          GROUP BY operation_id
            """,
            company.id,
        )

    def _learnt_minutes(self, company, since):
        """Clock minutes a unit that finished work orders really took."""
        return SQL(
            """
            SELECT done.operation_id, production.product_id,
                   SUM(done.duration)::float8
                       / SUM(done.qty_produced * unit.factor / product_unit.factor)::float8
                       AS minutes
              FROM mrp_workorder done
              JOIN mrp_production production ON production.id = done.production_id
               AND production.company_id = %s
              JOIN uom_uom unit ON unit.id = production.product_uom_id
              JOIN product_product product ON product.id = production.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom product_unit ON product_unit.id = template.uom_id
             WHERE done.state = 'done' AND done.date_finished >= %s
               AND done.qty_produced > 0 AND done.duration > 0
          GROUP BY done.operation_id, production.product_id
            HAVING COUNT(*) >= %s
            """,
            company.id,
            since,
            LEARNING_ORDERS,
        )


def _capacities():
    """How many units a work center takes at a time: for the product, else for its unit."""
    return SQL(
        """
        SELECT COALESCE(capacity.time_start, 0) + COALESCE(capacity.time_stop, 0) AS setup,
               capacity.capacity::float8 * own.factor::float8 / unit.factor::float8 AS parallel
          FROM mrp_workcenter_capacity capacity
          JOIN uom_uom own ON own.id = capacity.product_uom_id
          JOIN uom_uom unit ON unit.id = bom.uom_id
         WHERE capacity.workcenter_id = center.id
           AND (capacity.product_id = bom.product_id AND capacity.product_uom_id = bom.uom_id
                OR capacity.product_id IS NULL
                   AND capacity.product_uom_id IN (bom.bom_uom_id, bom.uom_id))
      ORDER BY capacity.product_id IS NULL, capacity.product_uom_id <> bom.bom_uom_id, capacity.id
         LIMIT 1
        """
    )


def _applies_to_variant(table, alias):
    """Whether a line of a bill applies to the variant: it has one of the values that the line asks
    for, of each attribute."""
    link = {
        "mrp_bom_line": "mrp_bom_line_product_template_attribute_value_rel",
        "mrp_bom_byproduct": "mrp_bom_byproduct_product_template_attribute_value_rel",
        "mrp_routing_workcenter": "mrp_routing_workcenter_product_template_attribute_value_rel",
    }[table]
    return SQL(
        """
        NOT EXISTS (
            SELECT FROM %s link
              JOIN product_template_attribute_value value
                ON value.id = link.product_template_attribute_value_id
         LEFT JOIN product_variant_combination own
                ON own.product_template_attribute_value_id = value.id
               AND own.product_product_id = bom.product_id
             WHERE link.%s = %s
          GROUP BY value.attribute_line_id
            HAVING COUNT(own.product_product_id) = 0)
        """,
        SQL.identifier(link),
        SQL.identifier(f"{table}_id"),
        SQL.identifier(alias, "id"),
    )


def _convertible(one, other):
    """Whether two units belong together."""
    return SQL(
        "split_part(%s, '/', 1) = split_part(%s, '/', 1)",
        SQL.identifier(one, "parent_path"),
        SQL.identifier(other, "parent_path"),
    )
