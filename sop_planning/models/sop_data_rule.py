from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SopDataRule(models.Model):
    """What counts as a defect in the native data; every rule can be switched off."""

    _name = "sop.data.rule"
    _description = "S&OP Data Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True, help="The check that the rule runs.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    severity = fields.Selection(
        [("amber", "Amber"), ("red", "Red")], default="amber", required=True
    )
    is_blocking = fields.Boolean(
        string="Blocking",
        help="The planned value of the products it touches cannot be trusted; closing the data"
        " gathering asks for enough that can.",
    )
    limit = fields.Float(help="Days or years, where the rule has a limit.")
    limit_unit = fields.Char(string="Unit of the limit", translate=True, readonly=True)
    description = fields.Text(
        translate=True, help="Why it matters for the plan, and what to do about it."
    )
    issue_count = fields.Integer(compute="_compute_issue_count", string="Open issues")

    _code_unique = models.UniqueIndex("(code)", "There is a rule for this check already.")

    @api.constrains("limit")
    def _check_limit(self):
        for rule in self:
            if not 0 <= rule.limit < 10000:
                raise ValidationError(
                    self.env._("The limit of the rule %s lies between 0 and 10,000.", rule.name)
                )

    def _compute_issue_count(self):
        counts = dict(
            self.env["sop.data.issue"]._read_group(
                [("rule_id", "in", self.ids), ("state", "=", "open")], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.issue_count = counts.get(rule, 0)
