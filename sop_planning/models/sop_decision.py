from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

DECISION, ACTION, RISK, ASSUMPTION = "decision", "action", "risk", "assumption"
KINDS = [
    (DECISION, "Decision"),
    (ACTION, "Action"),
    (RISK, "Risk"),
    (ASSUMPTION, "Assumption"),
]
OPEN, DECIDED, DONE, DEFERRED, DROPPED = "open", "decided", "done", "deferred", "dropped"
STATES = [
    (OPEN, "Open"),
    (DEFERRED, "Deferred"),
    (DECIDED, "Decided"),
    (DONE, "Done"),
    (DROPPED, "Dropped"),
]
LIVE = (OPEN, DEFERRED)
EFFECTS = [
    ("fill_rate", "Fill rate, percentage points"),
    ("revenue", "Revenue"),
    ("margin", "Margin"),
    ("cost", "Cost"),
    ("stock", "Stock value"),
    ("hours", "Hours"),
]


class SopDecision(models.Model):
    """What a cycle has to decide, do, watch or assume, and what became of it."""

    _name = "sop.decision"
    _description = "S&OP Decision"
    _inherit = ["sop.readonly.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "cycle_id desc, sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10, help="The order in the meeting.")
    cycle_id = fields.Many2one(
        "sop.cycle",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env["sop.cycle"]._dashboard_cycle(),
        domain="[('state', 'not in', ('approved', 'cancelled'))]",
    )
    company_id = fields.Many2one(related="cycle_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(KINDS, required=True, default=DECISION, tracking=True, index=True)
    name = fields.Char(string="Subject", required=True, tracking=True)
    description = fields.Text(help="What it is about: the facts, in a few sentences.")
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        default=lambda self: self.env.user,
        tracking=True,
        index=True,
        domain="[('share', '=', False)]",
        help="Gets one to-do, which closes with the item.",
    )
    date_due = fields.Date(
        string="Due", tracking=True, help="Until when; the day of a deferred decision."
    )
    state = fields.Selection(
        STATES,
        string="Status",
        default=OPEN,
        required=True,
        tracking=True,
        copy=False,
        index=True,
        group_expand=True,
        help="Open and deferred items travel to the company's next cycle.",
    )
    option_ids = fields.One2many("sop.decision.option", "decision_id", string="Options", copy=True)
    choice_id = fields.Many2one(
        "sop.decision.option",
        tracking=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('decision_id', '=', id)]",
    )
    recommended_id = fields.Many2one("sop.decision.option", compute="_compute_recommended_id")
    # what the executive page shows of the options
    option_rows = fields.Json(compute="_compute_option_rows")
    reason = fields.Text(tracking=True, copy=False, help="Why it was decided, deferred or dropped.")
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True, copy=False)
    decided_on = fields.Datetime(string="Decided on", readonly=True, copy=False)
    probability = fields.Float(
        tracking=True, aggregator="avg", help="How likely the risk is, from 0 to 100 %."
    )
    amount_impact = fields.Monetary(
        string="Impact", tracking=True, help="What it costs if the risk comes true."
    )
    exposure = fields.Monetary(
        compute="_compute_exposure", store=True, help="Probability of a risk x its impact."
    )
    response = fields.Text(help="What is done about the risk, or if it comes true.")
    effect_measure = fields.Selection(
        EFFECTS, string="Effect on", help="What it is to change. Money in the company's currency."
    )
    effect_expected = fields.Float(string="Expected effect", tracking=True)
    effect_real = fields.Float(
        string="Real effect", tracking=True, copy=False, help="What it was in the end."
    )
    effect_note = fields.Text(string="What happened", copy=False)
    gap_id = fields.Many2one(
        "sop.supply.gap", string="Supply gap", check_company=True,
        index="btree_not_null", ondelete="set null",
    )  # fmt: skip
    exception_id = fields.Many2one(
        "sop.exception", check_company=True,
        index="btree_not_null", ondelete="set null",
    )  # fmt: skip
    supplier_risk_id = fields.Many2one(
        "sop.supplier.risk", string="Supplier risk", check_company=True,
        index="btree_not_null", ondelete="set null",
    )  # fmt: skip
    scenario_id = fields.Many2one(
        "sop.scenario", check_company=True,
        index="btree_not_null", ondelete="set null",
    )  # fmt: skip
    family_id = fields.Many2one(
        "product.category", index="btree_not_null", ondelete="set null",
        domain="[('sop_family_id', '!=', False)]",
    )  # fmt: skip
    carried_from_id = fields.Many2one(
        "sop.decision", string="Carried over from", readonly=True, copy=False,
        index="btree_not_null", ondelete="set null",
        help="The same item in the cycle before.",
    )  # fmt: skip
    carried_to_ids = fields.One2many("sop.decision", "carried_from_id", string="Carried over to")
    is_carried = fields.Boolean(
        compute="_compute_is_carried",
        search="_search_is_carried",
        help="It goes on in a later cycle.",
    )
    is_overdue = fields.Boolean(compute="_compute_is_overdue", search="_search_is_overdue")
    is_frozen = fields.Boolean(related="cycle_id.is_frozen")

    _carried_once = models.UniqueIndex(
        "(cycle_id, carried_from_id) WHERE carried_from_id IS NOT NULL",
        "An item is carried over to a cycle once.",
    )
    _probability_range = models.Constraint(
        "CHECK (probability >= 0 AND probability <= 1)",
        "The probability of a risk lies between 0 and 100 %.",
    )

    @api.depends("option_ids.is_recommended")
    def _compute_recommended_id(self):
        for item in self:
            item.recommended_id = item.option_ids.filtered("is_recommended")[:1]

    @api.depends("kind", "probability", "amount_impact")
    def _compute_exposure(self):
        for item in self:
            item.exposure = item.probability * item.amount_impact if item.kind == RISK else 0.0

    @api.depends("carried_to_ids.cycle_id.state")
    def _compute_is_carried(self):
        for item in self:
            item.is_carried = bool(item._copies())

    def _copies(self):
        """The same items in later cycles that count."""
        return self.carried_to_ids.filtered(lambda copy: copy.cycle_id.state != "cancelled")

    def _search_is_carried(self, operator, value):
        if operator != "in":
            return NotImplemented
        carried = Domain("carried_to_ids", "any", [("cycle_id.state", "!=", "cancelled")])
        return carried if True in value else ~carried

    @api.depends("state", "date_due", "carried_to_ids.cycle_id.state")
    def _compute_is_overdue(self):
        for item in self:
            is_late = item.date_due and item.date_due < item.cycle_id.company_id._sop_today()
            item.is_overdue = bool(is_late) and item.state in LIVE and not item.is_carried

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "in", LIVE) & Domain("is_carried", "=", False)
        late &= Domain("date_due", "<", fields.Date.context_today(self))
        return late if True in value else ~late

    @api.depends("option_ids", "choice_id")
    @api.depends_context("lang")
    def _compute_option_rows(self):
        for item in self:
            item.option_rows = [option._row() for option in item.option_ids]

    @api.constrains("kind", "state", "choice_id", "reason", "option_ids")
    def _check_decided(self):
        """A decision says what and why."""
        for item in self:
            if item.choice_id and item.choice_id not in item.option_ids:
                raise ValidationError(
                    self.env._("%(option)s is no option of %(item)s: choose one of its own.",
                               option=item.choice_id.name, item=item.name)
                )  # fmt: skip
            if not item._is_decided():
                continue
            if item.kind == DECISION and item.option_ids and not item.choice_id:
                raise ValidationError(self.env._("Choose an option of %s.", item.name))
            if not (item.reason or "").strip():
                raise ValidationError(self.env._("Say why %s is decided so.", item.name))

    def _is_decided(self):
        return self.state == DECIDED or (self.kind == DECISION and self.state == DONE)
