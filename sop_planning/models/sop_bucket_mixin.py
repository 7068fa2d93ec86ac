import math

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class SopBucketMixin(models.AbstractModel):
    _name = "sop.bucket.mixin"
    _description = "S&OP Month"

    bucket_start = fields.Date(
        string="Month", required=True, readonly=True, help="First day of the month."
    )
    bucket_label = fields.Char(string="Month name", compute="_compute_bucket_label")

    @api.depends("bucket_start")
    @api.depends_context("lang")
    def _compute_bucket_label(self):
        for record in self:
            record.bucket_label = record.bucket_start and format_date(
                self.env, record.bucket_start, date_format="MMM yyyy"
            )

    def _check_not_negative(self, qty):
        """Refuse a figure below zero, or none at all, for these months."""
        if not 0 <= qty < math.inf:
            raise UserError(
                self.env._(
                    "Demand cannot be negative: %(value)s was entered for %(line)s.",
                    value=qty,
                    line=self[:1].display_name,
                )
            )
