from odoo import api, fields, models
from odoo.exceptions import UserError

STATES = [("open", "Open"), ("accepted", "Accepted"), ("solved", "Solved")]


class SopDataIssue(models.Model):
    _name = "sop.data.issue"
    _description = "S&OP Data Issue"
    _inherit = ["sop.readonly.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "is_blocking desc, amount_at_risk desc, id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    cycle_id = fields.Many2one(
        "sop.cycle", string="Last seen in", readonly=True, ondelete="set null", index=True
    )
    rule_id = fields.Many2one(
        "sop.data.rule", required=True, readonly=True, ondelete="cascade", index=True
    )
    rule_description = fields.Text(
        related="rule_id.description", string="Why it matters, what to do"
    )
    severity = fields.Selection([("amber", "Amber"), ("red", "Red")], required=True, readonly=True)
    severity_label = fields.Char(string="Severity in words", compute="_compute_severity_label")
    is_blocking = fields.Boolean(string="Blocking", readonly=True)
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record id", model_field="res_model", required=True, readonly=True, aggregator=False
    )
    record_name = fields.Char(string="Record", readonly=True)
    product_id = fields.Many2one(
        "product.product", readonly=True, ondelete="set null", index="btree_not_null"
    )
    family_id = fields.Many2one(
        "product.category", readonly=True, ondelete="set null", index="btree_not_null"
    )
    touched = fields.Json(
        readonly=True, help="Ids of the products whose own data it is, for the trust score."
    )
    product_count = fields.Integer(
        string="Products touched", readonly=True, help="Planned products that depend on it."
    )
    amount_at_risk = fields.Monetary(
        string="Plan at risk",
        readonly=True,
        help="Planned sales of the next twelve months of the products that it touches, and of all"
        " that they go into.",
    )
    user_id = fields.Many2one(
        "res.users", string="Owner", tracking=True, domain="[('share', '=', False)]", index=True
    )
    state = fields.Selection(STATES, default="open", required=True, tracking=True, index=True)
    note = fields.Text(string="Answer", tracking=True)
    date_found = fields.Date(string="Found on", readonly=True)

    _natural_key = models.UniqueIndex("(company_id, rule_id, res_model, res_id)")

    @api.depends("rule_id", "record_name")
    def _compute_display_name(self):
        for issue in self:
            issue.display_name = f"{issue.rule_id.name}: {issue.record_name}"

    @api.depends("severity", "is_blocking")
    @api.depends_context("lang")
    def _compute_severity_label(self):
        for issue in self:
            words = self.env._("blocking") if issue.is_blocking else self.env._("warning")
            issue.severity_label = f"{'▲▲' if issue.severity == 'red' else '▲'} {words}"

    def write(self, vals):
        if vals.get("state") == "accepted" or "note" in vals:
            for issue in self:
                state = vals.get("state", issue.state)
                if state == "accepted" and not (vals.get("note", issue.note) or "").strip():
                    raise UserError(
                        self.env._(
                            "Say why %s may stay as it is: enter an answer first.",
                            issue.display_name,
                        )
                    )
        result = super().write(vals)
        if "state" in vals:
            self.sudo().cycle_id._compute_trust()
        return result

    def action_accept(self):
        self.write({"state": "accepted"})

    def action_reopen(self):
        self.write({"state": "open"})

    def action_open_record(self):
        """The native record to correct, with the user's own rights."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(
                self.env._(
                    "%s does not exist any more: the next refresh closes this issue.",
                    self.record_name,
                )
            )
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
