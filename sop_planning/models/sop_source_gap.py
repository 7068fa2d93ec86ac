from odoo import api, models
from odoo.tools import SQL


class SopSource(models.AbstractModel):
    """What is known of gaps already, and the customer orders that they hit."""

    _inherit = "sop.source"

    @api.model
    def _read_known_gaps(self, scenario):
        """Every gap of a scenario, resting ones too: id, natural_key, kind, family_id,
        workcenter_id, product_id (0: none), bucket_start, bucket_end, active."""
        return self._query(
            SQL(
                """
                SELECT id, natural_key, kind, COALESCE(family_id, 0) AS family_id,
                       COALESCE(workcenter_id, 0) AS workcenter_id,
                       COALESCE(product_id, 0) AS product_id,
                       bucket_start, bucket_end, COALESCE(active, FALSE) AS active
                  FROM sop_supply_gap
                 WHERE scenario_id = %s
              ORDER BY id
                """,
                scenario.id,
            )
        )

    @api.model
    def _read_open_orders_by_family(self):
        """Open customer order lines of ``_stage_demand``: order_id, family_id (0: none), day,
        amount still to be shipped. A kit's order belongs to the kit's family."""
        return self._query(
            SQL(
                """
                SELECT line.order_id, COALESCE(category.sop_family_id, 0) AS family_id, stage.day,
                       (stage.amount * stage.qty_open / NULLIF(stage.qty, 0))::float8 AS amount
                  FROM sop_demand_stage stage
                  JOIN sale_order_line line ON line.id = stage.line_id
                  JOIN product_product product ON product.id = stage.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
             LEFT JOIN product_category category ON category.id = template.categ_id
                 WHERE stage.qty_open > 0 AND stage.is_convertible
              ORDER BY stage.line_id
                """
            )
        )

    @api.model
    def _action_gap_orders(self, gaps):
        """Open the sale orders still to be shipped that the gaps hit: of their family, promised
        inside their weeks."""
        self.env["sale.order"].check_access("read")
        order_ids = set()
        for company, own in gaps.grouped("company_id").items():
            first, last = min(own.mapped("bucket_start")), max(own.mapped("bucket_end"))
            order_ids.update(
                self._query(
                    SQL(
                        """
                        SELECT DISTINCT sold.order_id
                          FROM (%s) line
                          JOIN sale_order_line sold ON sold.id = line.line_id
                          JOIN product_product product ON product.id = line.product_id
                          JOIN product_template template ON template.id = product.product_tmpl_id
                          JOIN product_category category ON category.id = template.categ_id
                          JOIN sop_supply_gap gap
                            ON gap.id = ANY(%s) AND gap.family_id = category.sop_family_id
                           AND line.day >= gap.bucket_start AND line.day < gap.bucket_end
                         WHERE line.qty_open > 0 AND line.is_convertible
                        """,
                        self._demand_lines(company, first, last),
                        list(own.ids),
                    )
                )["order_id"].tolist()
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Orders hit"),
            "res_model": "sale.order",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", sorted(order_ids))],
            "context": {"create": False},
        }
