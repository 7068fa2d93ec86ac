from odoo import api, fields, models
from odoo.tools import format_date

from ..palette import LOAD_LIMITS, glyph
from .navigation import open_action

CAPACITY, MATERIAL, LEAD_TIME = "capacity", "material", "lead_time"
KINDS = [(CAPACITY, "Capacity"), (MATERIAL, "Material"), (LEAD_TIME, "Lead time")]
STATES = [
    ("open", "Open"),
    ("in_progress", "In progress"),
    ("accepted", "Accepted"),
    ("solved", "Solved"),
]
ANSWERS = {"note", "user_id", "state"}


class SopSupplyGap(models.Model):
    _name = "sop.supply.gap"
    _description = "S&OP Supply Gap"
    _inherit = [
        "sop.readonly.mixin",
        "sop.money.mixin",
        "sop.supply.bucket.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "cycle_id desc, amount_short desc, id"

    active = fields.Boolean(
        default=True, readonly=True, help="Off when the cause is gone: the gap is solved."
    )
    natural_key = fields.Char(required=True, readonly=True, index=False)
    kind = fields.Selection(KINDS, string="Cause", required=True, readonly=True)
    family_id = fields.Many2one(
        "product.category", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    workcenter_id = fields.Many2one("mrp.workcenter", readonly=True, ondelete="cascade")
    product_id = fields.Many2one(
        "product.product", string="Short product", readonly=True, ondelete="cascade"
    )
    subject = fields.Char(string="What is short", compute="_compute_subject")
    bucket_end = fields.Date(readonly=True, required=True)
    run_label = fields.Char(string="Weeks of the cycle", compute="_compute_run_label")
    week_from = fields.Integer(string="From week", readonly=True, aggregator=False)
    week_to = fields.Integer(string="To week", readonly=True, aggregator=False)
    qty_short = fields.Float(
        string="Units short",
        digits="Product Unit",
        readonly=True,
        help="Of the family's products; what cannot be delivered in these weeks.",
    )
    qty_component = fields.Float(
        string="Component units short", digits="Product Unit", readonly=True
    )
    hours_short = fields.Float(string="Hours short", readonly=True)
    amount_short = fields.Monetary(
        string="Value short", readonly=True, help="Units short at the family's sales price."
    )
    hours_load = fields.Float(string="Hours needed", readonly=True, aggregator=False)
    hours_available = fields.Float(string="Hours available", readonly=True, aggregator=False)
    rate_peak = fields.Float(
        string="Peak load",
        readonly=True,
        aggregator="max",
        help="Highest load / available hours of a week in the run.",
    )
    rate_chance = fields.Float(
        string="Chance",
        readonly=True,
        aggregator="max",
        help="How likely the gap happens, demand being as uncertain as its forecast; orders on hand"
        " are certain.",
    )
    severity = fields.Selection(
        [("red", "Red"), ("critical", "Critical")], compute="_compute_severity"
    )
    severity_label = fields.Char(string="Severity in words", compute="_compute_severity")
    order_count = fields.Integer(
        string="Orders hit",
        readonly=True,
        help="Open customer orders of the family promised in these weeks.",
    )
    amount_orders = fields.Monetary(string="Value of orders hit", readonly=True)
    line_ids = fields.One2many("sop.supply.gap.line", "gap_id", string="By week", readonly=True)
    reason = fields.Text(
        string="Arithmetic", compute="_compute_reason", help="What is needed, what there is, why."
    )
    note = fields.Text(
        string="Constraint",
        tracking=True,
        help="What stands in the way and what is being done; goes into the meeting pack.",
    )
    user_id = fields.Many2one(
        "res.users", string="Owner", tracking=True, domain="[('share', '=', False)]", index=True
    )
    state = fields.Selection(STATES, default="open", required=True, tracking=True, index=True)

    _natural_key = models.UniqueIndex("(scenario_id, natural_key)")

    @api.depends("kind", "workcenter_id", "product_id")
    def _compute_subject(self):
        for gap in self:
            gap.subject = gap.workcenter_id.name or gap.product_id.display_name or ""

    @api.depends("family_id", "subject", "run_label")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for gap in self:
            family = gap.family_id.name or self.env._("without family")
            gap.display_name = f"{family}: {gap.subject}, {gap.run_label}"

    @api.depends("bucket_start", "bucket_end", "week_from", "week_to")
    @api.depends_context("lang")
    def _compute_period_label(self):
        return super()._compute_period_label()

    @api.depends("bucket_start", "bucket_end", "week_from", "week_to")
    @api.depends_context("lang")
    def _compute_run_label(self):
        """The run in weeks of the cycle, or months: "W6-W8"."""
        for gap in self:
            edges = (gap._edge_words(gap.week_from, gap.bucket_start), gap._last_words())
            gap.run_label = "-".join(dict.fromkeys(edges))

    def _period_words(self):
        """The run with its ISO weeks: "W6-W8 (2026-W49 to 2026-W51)"."""
        if not self.week_to:
            return self.run_label
        first, last = (self._iso_week(day) for day in (self.bucket_start, self._last_day()))
        weeks = self.env._("%(first)s to %(last)s", first=first, last=last)
        return f"{self.run_label} ({first if first == last else weeks})"

    def _last_day(self):
        return fields.Date.subtract(self.bucket_end, days=1)

    def _last_words(self):
        return self._edge_words(self.week_to, self._last_day())

    def _edge_words(self, week, day):
        if week:
            return self.env._("W%s", week)
        return format_date(self.env, day, date_format="MMM yyyy")

    def _iso_week(self, day):
        year, week, _weekday = day.isocalendar()
        return f"{year}-W{week:02d}"

    @api.depends("rate_peak", "kind", "hours_load", "hours_available")
    @api.depends_context("lang")
    def _compute_severity(self):
        for gap in self:
            is_closed = gap.kind == CAPACITY and not gap.hours_available
            is_critical = gap.kind == CAPACITY and (
                is_closed or gap.rate_peak > LOAD_LIMITS["critical"]
            )
            gap.severity = "critical" if is_critical else "red"
            gap.severity_label = f"{glyph(gap.severity)} {gap._severity_word()}"

    def _severity_word(self):
        """What stands beside the glyph: how full, or what is late."""
        if self.kind == CAPACITY:
            return self._peak_words()
        if self.kind == MATERIAL:
            return self.env._("no material")
        return self.env._("too late")

    def _peak_words(self):
        if not self.hours_available:
            return self.env._("no hours")
        return f"{100 * self.rate_peak:,.0f} %"

    def write(self, vals):
        if ANSWERS & set(vals):
            self.cycle_id._check_not_frozen()
        return super().write(vals)

    def action_start(self):
        self.write({"state": "in_progress"})

    def action_accept(self):
        self.write({"state": "accepted"})

    def action_solve(self):
        self.write({"state": "solved"})

    def action_reopen(self):
        self.write({"state": "open"})

    def _weeks_domain(self):
        """The plan's rows in the weeks of these gaps."""
        return [
            ("scenario_id", "in", self.scenario_id.ids),
            ("bucket_start", ">=", min(self.mapped("bucket_start"))),
            ("bucket_start", "<", max(self.mapped("bucket_end"))),
        ]

    def action_open_capacity(self):
        """The hours of the work centers in the gap's weeks."""
        domain = [*self._weeks_domain(), ("workcenter_id", "in", self.workcenter_id.ids)]
        return open_action(self.env, "sop_capacity_line_action", domain, "list")

    def action_open_work_orders(self):
        """The released work orders of the work center in the gap's weeks."""
        rows = self.env["sop.capacity.line"].search(
            [*self._weeks_domain(), ("workcenter_id", "in", self.workcenter_id.ids)]
        )
        return rows.action_open_work_orders()

    def action_open_plan(self):
        """The supply plan of the family in the gap's weeks."""
        products = self.product_id
        subject = (
            ("product_id", "in", products.ids)
            if products
            else ("family_id", "in", self.family_id.ids)
        )
        domain = [*self._weeks_domain(), subject]
        return open_action(self.env, "sop_supply_line_action", domain, "list")

    def action_open_purchases(self):
        """Open purchases of what is short."""
        facts = self.env["sop.supply.product"].search(
            [
                ("scenario_id", "in", self.scenario_id.ids),
                ("product_id", "in", self.product_id.ids),
            ]
        )
        return facts.action_open_purchases()

    def action_open_productions(self):
        """Open manufacturing orders of the family, or of what is short."""
        self.env["mrp.production"].check_access("read")
        subject = (
            ("product_id", "in", self.product_id.ids)
            if self.product_id
            else ("product_id.categ_id.sop_family_id", "in", self.family_id.ids)
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Manufacturing Orders"),
            "res_model": "mrp.production",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                subject,
                ("company_id", "in", self.company_id.ids),
                ("state", "in", ["confirmed", "progress", "to_close"]),
            ],
            "context": {"create": False},
        }

    def action_open_workcenter(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "mrp.workcenter",
            "res_id": self.workcenter_id[:1].id,
            "views": [(False, "form")],
        }

    def action_open_orders(self):
        """The customer orders of the family promised in the gap's weeks."""
        return self.env["sop.source"]._action_gap_orders(self)
