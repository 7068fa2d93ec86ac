from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_sop_planning_money = fields.Boolean(
        string="Amounts are visible to everybody",
        group="sop_planning.sop_planning_group_viewer",
        implied_group="sop_planning.sop_planning_group_money",
        help="Everybody with access to S&OP sees prices, costs and values. Off: only controllers,"
        " executives and those who have the group S&OP: sees amounts.",
    )
