from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .sop_cycle import STEPS

WHEN = [("entry", "Before it starts"), ("exit", "Before it is signed off")]


class SopStepCheck(models.Model):
    """One condition of a step; what it looks at is the method ``_check_<code>`` of the cycle."""

    _name = "sop.step.check"
    _description = "S&OP Step Check"
    _order = "sequence, id"

    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="What is looked at; given by the addon.")
    step = fields.Selection(STEPS, required=True)
    moment = fields.Selection(WHEN, required=True, default="exit")
    is_blocking = fields.Boolean(
        string="Blocks",
        default=True,
        help="The step cannot be passed while it fails, but with a reason by who may pass gates."
        " Otherwise it only warns.",
    )
    description = fields.Text(translate=True)

    _code_step_unique = models.Constraint(
        "UNIQUE (code, step, moment)", "A step has each check once."
    )

    @api.constrains("code")
    def _check_code(self):
        for check in self:
            if not hasattr(self.env["sop.cycle"], f"_gate_{check.code}"):
                raise ValidationError(
                    self.env._(
                        "There is no check %s: choose one of the existing codes.", check.code
                    )
                )
