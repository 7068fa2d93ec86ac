from odoo import api, fields, models

from ..models.navigation import open_action

KINDS = [
    ("both", "Changed"),
    ("equal", "Unchanged"),
    ("new", "Only in the new plan"),
    ("gone", "Only in the old plan"),
]
ORDER = (
    "Causes are changed one after the other: statistics, events, pipeline, sales input, override;"
    " each one's part is what the consensus then moves by."
)


class SopPlanComparison(models.TransientModel):
    """Two plans line by line: filled by the door for the person who asked."""

    _name = "sop.plan.comparison"
    _description = "S&OP Plan Comparison"
    _inherit = ["sop.money.mixin", "sop.bucket.mixin"]
    _order = "compare_id, product_id, bucket_start, id"
    # goes with its comparison, by the database: there may be a third of a million rows
    _transient_max_hours = 0
    _transient_max_count = 0

    compare_id = fields.Many2one(
        "sop.plan.compare", required=True, readonly=True, index=False, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    family_id = fields.Many2one("product.category", readonly=True, ondelete="set null")
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    kind = fields.Selection(KINDS, string="Line", readonly=True)
    qty_old = fields.Float(string="Old plan", digits="Product Unit", readonly=True)
    qty_new = fields.Float(string="New plan", digits="Product Unit", readonly=True)
    qty_change = fields.Float(string="Difference", digits="Product Unit", readonly=True)
    qty_statistics = fields.Float(
        string="By statistics",
        digits="Product Unit",
        readonly=True,
        help="The statistical forecast, the changes of its season, and what their rounding does.",
    )
    qty_event = fields.Float(string="By events", digits="Product Unit", readonly=True, help=ORDER)
    qty_pipeline = fields.Float(
        string="By pipeline", digits="Product Unit", readonly=True, help=ORDER
    )
    qty_sales = fields.Float(
        string="By sales input", digits="Product Unit", readonly=True, help=ORDER
    )
    qty_override = fields.Float(
        string="By overrides", digits="Product Unit", readonly=True, help=ORDER
    )
    qty_scope = fields.Float(
        string="By scope",
        digits="Product Unit",
        readonly=True,
        help="Products and months that only one of the plans has.",
    )
    amount_old = fields.Monetary(string="Old plan value", readonly=True)
    amount_new = fields.Monetary(string="New plan value", readonly=True)
    amount_change = fields.Monetary(string="Difference in value", readonly=True)
    amount_statistics = fields.Monetary(
        string="Value by statistics", readonly=True, help="At the price of the new plan."
    )
    amount_event = fields.Monetary(
        string="Value by events", readonly=True, help="At the price of the new plan."
    )
    amount_pipeline = fields.Monetary(
        string="Value by pipeline", readonly=True, help="At the price of the new plan."
    )
    amount_sales = fields.Monetary(
        string="Value by sales input", readonly=True, help="At the price of the new plan."
    )
    amount_override = fields.Monetary(
        string="Value by overrides", readonly=True, help="At the price of the new plan."
    )
    amount_scope = fields.Monetary(
        string="Value by scope",
        readonly=True,
        help="Products and months that only one of the plans has, at their price.",
    )
    amount_price = fields.Monetary(
        string="Value by price",
        readonly=True,
        help="The old plan's units at the new price, less their old value.",
    )

    _compare_product_month_unique = models.Constraint(
        "UNIQUE (compare_id, product_id, bucket_start)",
        "A comparison has one line a product and month.",
    )

    @api.depends("product_id", "bucket_start")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.product_id.display_name} {line.bucket_label or ''}"

    def action_open_history(self):
        """What the product sold, month by month."""
        domain = [
            ("product_id", "in", self.product_id.ids),
            ("company_id", "in", self.company_id.ids),
        ]
        return open_action(self.env, "sop_demand_history_action", domain)
