from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    sop_first_run_over = fields.Boolean(
        string="First steps dismissed", help="The dashboard shows no first steps any more."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sop_first_run_over = fields.Boolean(related="company_id.sop_first_run_over", readonly=False)
