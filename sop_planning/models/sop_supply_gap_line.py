from odoo import api, fields, models


class SopSupplyGapLine(models.Model):
    _name = "sop.supply.gap.line"
    _description = "S&OP Supply Gap by Bucket"
    _inherit = ["sop.readonly.mixin", "sop.money.mixin", "sop.supply.bucket.mixin"]
    _order = "gap_id, bucket_start"

    gap_id = fields.Many2one(
        "sop.supply.gap", required=True, ondelete="cascade", readonly=True, index=True
    )
    family_id = fields.Many2one("product.category", readonly=True, ondelete="cascade")
    kind = fields.Selection(related="gap_id.kind", store=False)
    qty_short = fields.Float(string="Units short", digits="Product Unit", readonly=True)
    hours_short = fields.Float(string="Hours short", readonly=True)
    amount_short = fields.Monetary(string="Value short", readonly=True)

    _natural_key = models.UniqueIndex("(gap_id, bucket_start)")

    @api.depends("gap_id", "bucket_start", "week")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.gap_id.family_id.name}, {line.period_label}"
