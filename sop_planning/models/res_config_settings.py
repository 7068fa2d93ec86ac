from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sop_auto_open = fields.Boolean(related="company_id.sop_auto_open", readonly=False)
    sop_horizon_months = fields.Integer(related="company_id.sop_horizon_months", readonly=False)
    sop_history_months = fields.Integer(related="company_id.sop_history_months", readonly=False)
    sop_reference = fields.Selection(related="company_id.sop_reference", readonly=False)
    sop_threshold_amber = fields.Float(related="company_id.sop_threshold_amber", readonly=False)
    sop_threshold_red = fields.Float(related="company_id.sop_threshold_red", readonly=False)
    sop_value_floor = fields.Monetary(
        related="company_id.sop_value_floor",
        readonly=False,
        currency_field="sop_currency_id",
    )
    sop_exception_cap = fields.Integer(related="company_id.sop_exception_cap", readonly=False)
    sop_currency_id = fields.Many2one(
        related="company_id.currency_id", string="S&OP currency", readonly=True
    )
