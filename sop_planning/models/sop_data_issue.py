from odoo import api, fields, models
from odoo.exceptions import UserError

from ..palette import glyph

OPEN, ACCEPTED, SOLVED = "open", "accepted", "solved"
STATES = [(OPEN, "Open"), (ACCEPTED, "Accepted"), (SOLVED, "Solved")]


class SopDataIssue(models.Model):
    """One defect in the native data: which record, what it puts at risk, and who sees to it."""

    _name = "sop.data.issue"
    _description = "S&OP Data Issue"
    _inherit = [
        "sop.readonly.mixin", "sop.money.mixin", "mail.thread", "mail.activity.mixin",
    ]  # fmt: skip
    _order = "is_blocking desc, amount_at_risk desc, id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    cycle_id = fields.Many2one(
        "sop.cycle", string="Last seen in", readonly=True, ondelete="set null", index=True
    )
    rule_id = fields.Many2one(
        "sop.data.rule", required=True, readonly=True, ondelete="cascade", index=True
    )
    rule_code = fields.Char(related="rule_id.code", string="Check")
    rule_description = fields.Text(related="rule_id.description")
    rule_remedy = fields.Text(related="rule_id.remedy")
    severity = fields.Selection([("red", "Red"), ("amber", "Amber")], required=True, readonly=True)
    severity_label = fields.Char(string="Severity in words", compute="_compute_severity_label")
    is_blocking = fields.Boolean(string="Blocking", readonly=True)
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record id", model_field="res_model", required=True, readonly=True, aggregator=False
    )
    record_name = fields.Char(string="Record", readonly=True)
    facts = fields.Json(readonly=True, help="Figures of the sentence, by rule.")
    reason = fields.Char(compute="_compute_reason", string="What was found")
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
        aggregator="max",
        help="Planned sales of the next twelve months of the products that it touches, and of all"
        " that they go into. Issues may touch the same products, so a group shows its largest.",
    )
    user_id = fields.Many2one(
        "res.users", string="Owner", tracking=True, domain="[('share', '=', False)]", index=True
    )
    state = fields.Selection(STATES, default=OPEN, required=True, tracking=True, index=True)
    note = fields.Text(string="Answer", tracking=True, help="Why it may stay as it is.")
    date_found = fields.Date(string="Found on", readonly=True)

    _natural_key = models.UniqueIndex("(company_id, rule_id, res_model, res_id)")

    def _is_general(self):
        """About the company as a whole: that never blocks."""
        return self.res_model == "res.company"

    @api.depends("rule_id", "record_name")
    def _compute_display_name(self):
        for issue in self:
            issue.display_name = f"{issue.rule_id.name}: {issue.record_name or ''}"

    @api.depends("severity", "is_blocking")
    @api.depends_context("lang")
    def _compute_severity_label(self):
        for issue in self:
            words = self.env._("blocking") if issue.is_blocking else self.env._("warning")
            issue.severity_label = f"{glyph(issue.severity)} {words}"

    @api.depends("facts", "res_model", "rule_id")
    @api.depends_context("lang")
    def _compute_reason(self):
        loops = {product_id for issue in self for product_id in (issue.facts or {}).get("loop", [])}
        products = self.env["product.product"].sudo().browse(loops).exists()
        names = {product.id: product.display_name for product in products}
        for issue in self:
            issue.reason = issue._reason(names)

    def _reason(self, names):
        """The figures behind an issue in one sentence, if there are any."""
        match self.facts or {}:
            case _ if self._is_general():
                return self.env._(
                    "No product has a bill of materials or a vendor: only demand is planned."
                )
            case {"days": days} if days > self.company_id.sop_overdue_days:
                return self.env._(
                    "%(days)s days overdue, more than %(limit)s: the plan does not expect it any"
                    " more.",
                    days=days,
                    limit=self.company_id.sop_overdue_days,
                )
            case {"days": days}:
                return self.env._("%s days overdue: it counts in the current week.", days)
            case {"day": day}:
                return self.env._("Dated %s.", self._day_label(day))
            case {"qty": qty}:
                return self.env._("%s on hand.", f"{qty:,.2f}")
            case {"unit": unit, "own": own}:
                return self.env._(
                    "In %(unit)s, which does not convert to %(own)s.", unit=unit, own=own
                )
            case {"loop": loop}:
                return self.env._(
                    "Goes round by %s.", ", ".join(names.get(i, str(i)) for i in loop)
                )
        return False

    def _day_label(self, day):
        return self.env["ir.qweb.field.date"].value_to_html(fields.Date.to_date(day), {})

    def write(self, vals):
        if {"state", "note"} & set(vals) and not self.env.su:
            self._check_answer(vals)
        result = super().write(vals)
        if "state" in vals:
            self.env["sop.cycle"]._compute_trust(self.sudo().company_id)
        return result

    def _check_answer(self, vals):
        """Who says that a defect may stay says why; whether it is gone is for a refresh to see."""
        for issue in self:
            state = vals.get("state", issue.state)
            if state == ACCEPTED and not (vals.get("note", issue.note) or "").strip():
                raise UserError(
                    self.env._("Say why %s may stay as it is: enter an answer.", issue.display_name)
                )
            if state == SOLVED and issue.state != SOLVED:
                raise UserError(
                    self.env._(
                        "%s is solved when a refresh does not find it any more: correct the record"
                        " and refresh, or accept the issue with a reason.",
                        issue.display_name,
                    )
                )

    def action_accept(self):
        """Ask for the reason why the issues may stay."""
        self.check_access("write")
        wizard = self.env["sop.data.issue.answer"].create(
            {"issue_ids": [fields.Command.set(self.ids)]}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Accept"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_reopen(self):
        self.write({"state": OPEN})

    def action_open_record(self):
        """The native record to correct, with the user's own rights."""
        self.ensure_one()
        record = self._native_record()
        if self.res_model == "stock.quant":
            return self._count_action(record)
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def _count_action(self, quant):
        """Stock is corrected by counting it, in Odoo's list of physical inventory."""
        action = self.env["stock.quant"].action_view_inventory()
        domain = [
            ("product_id", "=", quant.product_id.id),
            ("location_id", "=", quant.location_id.id),
        ]
        return {**action, "domain": domain, "context": {"no_at_date": True}}

    def _native_record(self):
        """The record, if it is still there and the user may see it."""
        record = self.res_model in self.env and self.env[self.res_model].browse(self.res_id)
        if not record or not record.exists():
            raise UserError(
                self.env._(
                    "%s does not exist any more: the next refresh closes this issue.",
                    self.record_name,
                )
            )
        if not record.has_access("read"):
            raise UserError(
                self.env._(
                    "You have no right to see %(record)s (%(model)s): ask %(owner)s or your"
                    " administrator.",
                    record=self.record_name,
                    model=self.env["ir.model"]._get(self.res_model).sudo().name,
                    owner=self.user_id.name or self.env._("the controller"),
                )
            )
        return record
