from odoo import fields, models


class ResCompany(models.Model):
    """Who may approve a plan."""

    _inherit = "res.company"

    sop_four_eyes = fields.Boolean(
        string="Requester and approver differ",
        help="Whoever signs the Pre-S&OP step off asks for the approval: somebody else gives it.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    sop_four_eyes = fields.Boolean(related="company_id.sop_four_eyes", readonly=False)
