from odoo import api, fields, models

CAUSES = [
    ("statistics", "Statistics"),
    ("event", "Events"),
    ("pipeline", "Pipeline"),
    ("sales", "Sales input"),
    ("override", "Overrides"),
    ("scope", "Scope"),
    ("price", "Price"),
]


class SopPlanBridge(models.TransientModel):
    """From one plan to the next: what each cause changes, by family and month."""

    _name = "sop.plan.bridge"
    _description = "S&OP Plan Bridge"
    _inherit = ["sop.money.mixin", "sop.bucket.mixin"]
    _order = "compare_id, family_id, cause, bucket_start, id"
    _transient_max_hours = 0  # goes with its comparison
    _transient_max_count = 0

    compare_id = fields.Many2one(
        "sop.plan.compare", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    family_id = fields.Many2one("product.category", readonly=True, ondelete="set null")
    cause = fields.Selection(
        CAUSES,
        readonly=True,
        help="What the consensus moves by when one input after the other becomes the new plan's:"
        " statistics, events, pipeline, sales input, override. Scope: products and months that only"
        " one plan has. Price: the old units at the new price.",
    )
    qty = fields.Float(string="Units", digits="Product Unit", readonly=True)
    amount = fields.Monetary(string="Value", readonly=True)

    @api.model
    def _causes(self):
        return CAUSES

    @api.depends("family_id", "cause")
    @api.depends_context("lang")
    def _compute_display_name(self):
        causes = dict(self._fields["cause"]._description_selection(self.env))
        for row in self:
            row.display_name = f"{row.family_id.name or ''}: {causes.get(row.cause)}"

    def action_open_lines(self):
        """The products behind a cause."""
        self.ensure_one()
        figure = "amount_price" if self.cause == "price" else f"qty_{self.cause}"
        return self.compare_id._action_lines(
            [
                ("family_id", "=", self.family_id.id),
                ("bucket_start", "=", self.bucket_start),
                (figure, "!=", 0),
            ]
        )
