from odoo import api, models
from odoo.tools import SQL


class SopSource(models.AbstractModel):
    """What a cell of the planning grid is made of, where records would be read one by one."""

    _inherit = "sop.source"

    @api.model
    def _read_widths(self, query):
        """The demand lines of a query (of the ORM, with its rights) by month and family: month,
        family_id, consensus and statistical in units, and of the halves of their intervals below
        and above the statistical forecast the sums, and the sums of their squares."""
        self.env["sop.demand.line"].flush_model()
        return self._query(
            SQL(
                """
                SELECT line.bucket_start AS month, COALESCE(line.family_id, 0) AS family_id,
                       SUM(line.qty_consensus)::float8 AS consensus,
                       SUM(line.qty_statistical)::float8 AS statistical,
                       SUM(half.below) AS below, SUM(half.below * half.below) AS below_squared,
                       SUM(half.above) AS above, SUM(half.above * half.above) AS above_squared
                  FROM sop_demand_line line
            CROSS JOIN LATERAL (
                SELECT GREATEST(0, line.qty_statistical - line.qty_low)::float8 AS below,
                       GREATEST(0, line.qty_high - line.qty_statistical)::float8 AS above) half
                 WHERE line.id IN %s
              GROUP BY 1, 2
              ORDER BY 1, 2
                """,
                query.subselect(),
            )
        )

    @api.model
    def _read_load_shares(self, lines):
        """How the load of capacity lines divides among families: family_id (0 without one), hours
        of released work orders, and the weight of planned production (standard minutes of what has
        to be started in those weeks)."""
        if not lines:
            return []
        company = lines.company_id[:1]
        rows = self._query(
            SQL(
                """
                SELECT family_id, SUM(hours)::float8 AS hours, SUM(weight)::float8 AS weight
                  FROM (%s UNION ALL %s) part
              GROUP BY family_id
                HAVING SUM(hours) > 0 OR SUM(weight) > 0
              ORDER BY family_id
                """,
                self._released_by_family(company, lines),
                self._planned_by_family(lines),
            )
        )
        return rows.to_dict("records")

    def _released_by_family(self, company, lines):
        return SQL(
            """
            SELECT COALESCE(category.sop_family_id, 0) AS family_id,
                   GREATEST(0, work.duration_expected - COALESCE(work.duration, 0)) / 60 AS hours,
                   0.0 AS weight
              FROM mrp_workorder work
              JOIN mrp_production production ON production.id = work.production_id
              JOIN product_product product ON product.id = production.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
         LEFT JOIN product_category category ON category.id = template.categ_id
             WHERE work.id = ANY(%s)
            """,
            self._work_order_ids(lines),
        )

    def _planned_by_family(self, lines):
        """A bucket in which only a part of its production has to be started counts in part."""
        return SQL(
            """
            SELECT COALESCE(supply.family_id, 0), 0.0,
                   supply.qty_planned * minutes.unit
                   * (LEAST(cell.bucket_end + fact.days_lead, supply.bucket_end)
                      - GREATEST(cell.bucket_start + fact.days_lead, supply.bucket_start))
                   / (supply.bucket_end - supply.bucket_start)
              FROM sop_capacity_line cell
              JOIN (SELECT product.id AS product_id, operation.workcenter_id,
                           SUM(operation.time_cycle_manual / GREATEST(bom.product_qty, 0.001))
                               AS unit
                      FROM mrp_routing_workcenter operation
                      JOIN mrp_bom bom ON bom.id = operation.bom_id AND bom.active
                      JOIN product_product product
                        ON product.product_tmpl_id = bom.product_tmpl_id
                       AND (bom.product_id IS NULL OR bom.product_id = product.id)
                     WHERE operation.active AND operation.workcenter_id = ANY(%(centers)s)
                  GROUP BY product.id, operation.workcenter_id) minutes
                ON minutes.workcenter_id = cell.workcenter_id
              JOIN sop_supply_product fact
                ON fact.scenario_id = cell.scenario_id AND fact.product_id = minutes.product_id
              JOIN sop_supply_line supply
                ON supply.scenario_id = cell.scenario_id
               AND supply.product_id = minutes.product_id AND supply.qty_planned > 0
               AND supply.bucket_start < cell.bucket_end + fact.days_lead
               AND supply.bucket_end > cell.bucket_start + fact.days_lead
             WHERE cell.id = ANY(%(lines)s)
            """,
            centers=lines.workcenter_id.ids,
            lines=lines.ids,
        )

    @api.model
    def _action_quotations(self, cycle, products, first, end):
        """Open the quotations that count in these months of the plan."""
        self.env["sale.order"].check_access("read")
        rows = self._read_quotations(cycle)
        inside = rows["product_id"].isin(products.ids)
        inside &= (rows["bucket_start"] >= first) & (rows["bucket_start"] < end)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Quotations"),
            "res_model": "sale.order",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", sorted(set(rows.loc[inside, "order_id"].tolist())))],
            "context": {"create": False},
        }
