from odoo import api, fields, models
from odoo.exceptions import UserError

from .navigation import open_action

# figures of the Json that lists, charts and the form show: field, key
SHOWN = {
    "qty_year": "qty_year",
    "amount_year": "amount_year",
    "line_count": "lines",
    "product_count": "products",
    "family_count": "families",
    "override_count": "overrides",
    "sales_count": "sales_inputs",
    "rate_fill": "rate_fill",
    "amount_revenue": "amount_revenue",
    "amount_margin": "amount_margin",
    "amount_extra": "amount_extra",
    "amount_stock": "amount_stock",
    "amount_short": "amount_short",
    "gap_count": "gaps",
}
# what people say about a version is no part of it
DISCUSSION = ("message_", "activity_", "my_activity_")


class SopPlanVersion(models.Model):
    """What was approved: figures that nobody changes any more, with a hash that proves it.

    The door writes a version when a plan is approved; there is no way to write one by hand.
    """

    _name = "sop.plan.version"
    _description = "S&OP Plan Version"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_approved desc, id desc"
    _mail_post_access = "read"

    name = fields.Char(compute="_compute_name")
    cycle_id = fields.Many2one(
        "sop.cycle", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    number = fields.Integer(
        string="Version",
        required=True,
        readonly=True,
        aggregator=None,
        help="Counts the approvals of the cycle: a plan that was sent back and approved again has"
        " another version.",
    )
    month = fields.Date(related="cycle_id.month", string="Plan starts")
    user_id = fields.Many2one(
        "res.users", string="Approved by", required=True, readonly=True, ondelete="restrict"
    )
    date_approved = fields.Datetime(string="Approved on", required=True, readonly=True)
    requested_by_id = fields.Many2one(
        "res.users",
        string="Requested by",
        readonly=True,
        ondelete="restrict",
        help="Who signed the Pre-S&OP step off.",
    )
    scenario_id = fields.Many2one(
        "sop.scenario",
        readonly=True,
        ondelete="set null",
        help="The scenario that the plan follows.",
    )
    scenario_text = fields.Text(
        string="What is different",
        readonly=True,
        help="The name of the scenario and its levers, as they were at the approval.",
    )
    reason = fields.Text(
        string="Opened again because",
        readonly=True,
        help="Why the version before was taken back.",
    )
    figures = fields.Json(readonly=True, help="The figures of the approved plan.")
    fingerprint = fields.Json(
        readonly=True, help="What the scenario was computed from, a digest each kind of input."
    )
    hash = fields.Char(
        string="SHA-256",
        readonly=True,
        help="Over the version's figures and all its lines: whoever changes one of them in the"
        " database is found out.",
    )
    is_valid = fields.Boolean(
        string="Unchanged",
        compute="_compute_is_valid",
        help="The hash of the stored figures is still the one of the approval.",
    )
    is_in_force = fields.Boolean(
        string="In force",
        compute="_compute_is_in_force",
        search="_search_is_in_force",
        help="The cycle's last version, while the cycle is approved.",
    )
    line_ids = fields.One2many("sop.plan.version.line", "version_id", readonly=True)

    qty_year = fields.Float(
        string="Next 12 months", digits="Product Unit", compute="_compute_figures"
    )
    amount_year = fields.Monetary(string="Next 12 months value", compute="_compute_figures")
    line_count = fields.Integer(string="Plan lines", compute="_compute_figures")
    product_count = fields.Integer(string="Products", compute="_compute_figures")
    family_count = fields.Integer(string="Families", compute="_compute_figures")
    override_count = fields.Integer(string="Overridden lines", compute="_compute_figures")
    sales_count = fields.Integer(string="Lines with sales input", compute="_compute_figures")
    rate_fill = fields.Float(
        string="Fill rate",
        compute="_compute_figures",
        help="Share of the demand of the 26 weeks, by value, that is there in its week.",
    )
    amount_revenue = fields.Monetary(string="Revenue", compute="_compute_figures")
    amount_margin = fields.Monetary(string="Margin", compute="_compute_figures")
    amount_extra = fields.Monetary(string="Extra cost", compute="_compute_figures")
    amount_stock = fields.Monetary(string="Stock value", compute="_compute_figures")
    amount_short = fields.Monetary(string="Value of gaps", compute="_compute_figures")
    gap_count = fields.Integer(string="Gaps", compute="_compute_figures")

    _cycle_number_unique = models.Constraint(
        "UNIQUE (cycle_id, number)",
        "Somebody else approved the plan at the same moment: reload to see the version.",
    )

    @api.depends("cycle_id", "number")
    @api.depends_context("lang")
    def _compute_name(self):
        for version in self:
            version.name = self.env._(
                "%(cycle)s, version %(number)s", cycle=version.cycle_id.name, number=version.number
            )

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for version in self:
            version.display_name = version.name

    @api.model
    def _search_display_name(self, operator, value):
        """Versions by the name of their cycle."""
        if operator not in ("ilike", "like", "=", "in"):
            return NotImplemented
        words = [value] if isinstance(value, str) else list(value)
        cycles = self.env["sop.cycle"].browse()
        for word in words:
            month = word.split(",")[0].strip()
            cycles |= self.env["sop.cycle"].search([("name", "ilike", month)])
        return [("cycle_id", "in", cycles.ids)]

    @api.depends("figures")
    def _compute_figures(self):
        for version in self:
            figures = version.figures or {}
            for name, key in SHOWN.items():
                version[name] = figures.get(key) or 0

    @api.depends("hash")
    def _compute_is_valid(self):
        hashes = self.env["sop.source"]._read_version_hashes(self)
        for version in self:
            version.is_valid = bool(version.hash) and hashes.get(version.id) == version.hash

    @api.depends("cycle_id.state", "cycle_id.version_ids")
    def _compute_is_in_force(self):
        for version in self:
            newest = max(version.cycle_id.version_ids.mapped("number"), default=0)
            is_approved = version.cycle_id.state == "approved"
            version.is_in_force = is_approved and version.number == newest

    def _search_is_in_force(self, operator, value):
        if operator != "in":
            return NotImplemented
        rows = self._read_group([("cycle_id.state", "=", "approved")], ["cycle_id"], ["id:max"])
        return [("id", "in" if True in value else "not in", [newest for _cycle, newest in rows])]

    # ---- nobody writes ----

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        self._refuse()

    def write(self, vals):
        if not all(name.startswith(DISCUSSION) for name in vals):
            self._refuse()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse()

    def _refuse(self):
        raise UserError(
            self.env._(
                "A plan version is what was approved: nobody creates, changes or deletes it. To"
                " change the plan, an executive opens the cycle again and approves it anew."
            )
        )

    # ---- actions ----

    def action_check(self):
        """Compute the hash again and say whether it is still that of the approval."""
        self.ensure_one()
        self.check_access("read")
        self.invalidate_recordset(["is_valid"])
        is_valid = self.is_valid
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if is_valid else "danger",
                "sticky": not is_valid,
                "title": self.name,
                "message": self._check_sentence(is_valid),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_sentence(self, is_valid):
        if is_valid:
            return self.env._(
                "Unchanged: the %(count)s lines and the figures have the hash of the approval.",
                count=f"{self.line_count:,}",
            )
        return self.env._(
            "Changed since its approval: somebody wrote into the database. Compare it with a backup"
            " of %s before you rely on it.",
            fields.Date.context_today(self, self.date_approved),
        )

    def action_open_lines(self):
        """The approved figures, product by product and month by month."""
        domain = [("version_id", "in", self.ids)]
        return open_action(self.env, "sop_plan_version_line_action", domain)

    def action_compare(self):
        """Choose the plan to compare this version with."""
        self.ensure_one()
        return self.env["sop.plan.compare"]._open(self)
