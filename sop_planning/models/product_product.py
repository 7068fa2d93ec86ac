from dateutil.relativedelta import relativedelta

from odoo import fields, models

from .navigation import open_action

NEXT = 3  # months that people look ahead


class ProductProduct(models.Model):
    _inherit = "product.product"

    sop_qty_next = fields.Float(
        string="Planned, next 3 months",
        digits="Product Unit",
        compute="_compute_sop_qty_next",
        groups="sop_planning.sop_planning_group_viewer",
        help="Consensus of the first three months of the current cycle.",
    )

    def _compute_sop_qty_next(self):
        planned = self._sop_planned()
        for product in self:
            product.sop_qty_next = planned.get(product.id, 0.0)

    def _sop_planned(self):
        """{product id: units of the next three months} in the company's current cycle."""
        cycle = self.env["sop.cycle"].search(
            [("company_id", "=", self.env.company.id), ("is_current", "=", True)], limit=1
        )
        rows = self.env["sop.demand.line"]._read_group(
            [
                ("cycle_id", "=", cycle.id),
                ("product_id", "in", self.ids),
                ("bucket_start", "<", cycle.month and cycle.month + relativedelta(months=NEXT)),
            ],
            ["product_id"],
            ["qty_consensus:sum"],
        )
        return {product.id: qty for product, qty in rows}

    def action_open_sop_plan(self):
        """The plan of these products, cycle by cycle and month by month."""
        domain = [("product_id", "in", self.ids), ("cycle_id.is_current", "=", True)]
        return open_action(self.env, "sop_plan_report_action", domain)

    def action_open_sop_projection(self):
        """Stock at the end of each week beside its target, in the current cycle."""
        return open_action(
            self.env,
            "sop_supply_line_action",
            [("product_id", "in", self.ids)],
            "graph",
            search_default_current=1,
            search_default_weeks=1,
        )
