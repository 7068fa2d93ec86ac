from odoo import fields, models


class SopOverrideReason(models.Model):
    _name = "sop.override.reason"
    _description = "S&OP Reason Code"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Short code for lists and files.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    description = fields.Char(translate=True, help="When to choose this reason.")

    _code_unique = models.Constraint("UNIQUE (code)", "A reason code exists once.")
