from odoo import api, fields, models

from .sop_event import KINDS


class SopEventEffect(models.Model):
    """What an event adds to a product's month in a cycle; computed by the refresh."""

    _name = "sop.event.effect"
    _description = "S&OP Event Effect"
    _inherit = ["sop.money.mixin", "sop.bucket.mixin"]
    _order = "event_id, product_id, bucket_start"
    _log_access = False

    cycle_id = fields.Many2one("sop.cycle", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    event_id = fields.Many2one(
        "sop.event", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(KINDS, readonly=True)
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    family_id = fields.Many2one("product.category", readonly=True, ondelete="set null")
    qty = fields.Float(string="Effect", digits="Product Unit", readonly=True)
    amount = fields.Monetary(string="Value", readonly=True)

    _cycle_event_product_month_unique = models.Constraint(
        "UNIQUE (cycle_id, event_id, product_id, bucket_start)",
        "An event has one effect a product and month in a cycle.",
    )

    @api.depends("product_id", "bucket_start")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.product_id.display_name} {row.bucket_label or ''}"
