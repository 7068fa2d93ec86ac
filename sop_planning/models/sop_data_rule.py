from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .navigation import open_action


class SopDataRule(models.Model):
    """What counts as a defect in the native data; every rule can be switched off."""

    _name = "sop.data.rule"
    _description = "S&OP Data Rule"
    _inherit = ["sop.readonly.mixin"]
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
    description = fields.Text(string="Why it matters", translate=True)
    remedy = fields.Text(string="What to do", translate=True)
    failure = fields.Text(
        string="Could not be run",
        readonly=True,
        help="Why the last refresh could not run the rule; its issues stay as they were.",
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

    def write(self, vals):
        """How much an issue counts follows its rule at once; a refresh finds new ones."""
        result = super().write(vals)
        if {"active", "severity", "is_blocking"} & set(vals):
            self._follow_issues()
        return result

    def _follow_issues(self):
        # whoever changes a rule changes it for every company
        issues = self.env["sop.data.issue"].sudo().search([("rule_id", "in", self.ids)])
        about_records = issues.filtered(lambda issue: not issue._is_general())
        for rule, own in about_records.grouped("rule_id").items():
            own.write({"severity": rule.severity, "is_blocking": rule.is_blocking})
        self.env["sop.cycle"]._compute_trust(issues.company_id)

    def action_open_issues(self):
        self.ensure_one()
        domain = [("rule_id", "in", self.ids)]
        return open_action(self.env, "sop_data_issue_action", domain, "list", search_default_open=1)
