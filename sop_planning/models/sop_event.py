import math

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .navigation import open_action

PROMOTION, LAUNCH, PHASE_OUT, COMMITMENT = "promotion", "launch", "phase_out", "commitment"
KINDS = [
    (PROMOTION, "Promotion"),
    (LAUNCH, "Launch"),
    (PHASE_OUT, "Phase-out"),
    (COMMITMENT, "Customer commitment"),
]
FIRM, PROBABLE = "firm", "probable"
# what the findings of the refresh about an event rest on
CAUSES = {"kind", "date_start", "date_end", "product_ids", "family_ids", "like_product_id",
          "successor_id", "uplift_unit"}  # fmt: skip


class SopEvent(models.Model):
    """Something that people know about coming demand and that history does not tell."""

    _name = "sop.event"
    _description = "S&OP Event"
    _inherit = [
        "sop.readonly.mixin", "sop.money.mixin", "mail.thread", "mail.activity.mixin",
    ]  # fmt: skip
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(KINDS, required=True, default=PROMOTION, tracking=True)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        tracking=True,
        domain="[('share', '=', False)]",
    )
    date_start = fields.Date(string="From", required=True, tracking=True)
    date_end = fields.Date(string="To", tracking=True, help="The last day; empty: open end.")
    product_ids = fields.Many2many(
        "product.product",
        string="Products",
        check_company=True,
        domain="[('type', '=', 'consu')]",
    )
    family_ids = fields.Many2many(
        "product.category",
        string="Families",
        domain="[('id', 'in', scope_family_ids)]",
        help="All products of these families.",
    )
    scope_family_ids = fields.Many2many("product.category", compute="_compute_scope_family_ids")
    uplift_unit = fields.Selection(
        [("percent", "Percent"), ("qty", "Units in total")], default="percent", required=True
    )
    rate_uplift = fields.Float(
        string="Uplift",
        default=0.2,
        tracking=True,
        help="Additional demand during the promotion as a share of the forecast without it.",
    )
    qty = fields.Float(
        string="Quantity",
        digits="Product Unit",
        tracking=True,
        help="Promotion: additional units in total. Commitment: units a month.",
    )
    like_product_id = fields.Many2one(
        "product.product",
        string="Like-item",
        check_company=True,
        tracking=True,
        help="The product whose first months, or whose level, the launch is expected to follow.",
    )
    rate_like = fields.Float(
        string="Scale", default=1.0, help="Expected demand as a share of the like-item's."
    )
    ramp_months = fields.Integer(
        string="Ramp", default=6, help="Months until the launched product reaches its level."
    )
    successor_id = fields.Many2one("product.product", check_company=True, tracking=True)
    rate_transfer = fields.Float(
        string="Goes to the successor",
        default=1.0,
        help="Share of the demand that moves to the successor.",
    )
    partner_id = fields.Many2one("res.partner", string="Customer", check_company=True)
    certainty = fields.Selection(
        [(FIRM, "Firm"), (PROBABLE, "Probable")], default=FIRM, tracking=True
    )
    rate_probability = fields.Float(string="Probability", default=0.5)
    note = fields.Text(string="Assumptions")
    state = fields.Selection(
        [("planned", "Planned"), ("running", "Running"), ("over", "Over")],
        compute="_compute_state",
        search="_search_state",
    )
    date_stop = fields.Date(
        string="Shown until", compute="_compute_date_stop", search="_search_date_stop"
    )
    effect_ids = fields.One2many("sop.event.effect", "event_id", readonly=True)
    qty_effect = fields.Float(
        string="Planned effect",
        digits="Product Unit",
        compute="_compute_effect",
        help="Units that the event adds to the plan of the current cycle, or takes from it.",
    )
    amount_effect = fields.Monetary(string="Planned value", compute="_compute_effect")
    has_result = fields.Boolean(readonly=True, copy=False)
    qty_result = fields.Float(
        string="Measured effect",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="Promotion that is over: what was ordered beyond the expected demand without it.",
    )
    rate_result = fields.Float(
        string="Measured uplift",
        readonly=True,
        copy=False,
        help="Measured effect as a share of the expected demand without the promotion.",
    )
    unused_code = fields.Char(readonly=True, copy=False)
    problem = fields.Char(
        compute="_compute_problem", help="What is missing for the event to count."
    )
    summary = fields.Char(compute="_compute_summary")

    @api.depends_context("allowed_company_ids")
    def _compute_scope_family_ids(self):
        families = self.env["product.category"].search([]).sop_family_id
        self.scope_family_ids = families

    @api.depends("date_start", "date_end")
    def _compute_state(self):
        for event in self:
            today = event.company_id._sop_today() if event.company_id else fields.Date.today()
            if not event.date_start or event.date_start > today:
                event.state = "planned"
            else:
                event.state = "over" if event.date_end and event.date_end < today else "running"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._sop_today()
        domains = {
            "planned": [("date_start", ">", today)],
            "running": ["&", ("date_start", "<=", today), "|", ("date_end", "=", False),
                        ("date_end", ">=", today)],
            "over": [("date_end", "<", today)],
        }  # fmt: skip
        return fields.Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("date_start", "date_end")
    def _compute_date_stop(self):
        """A calendar shows an event with an open end on its first day."""
        for event in self:
            event.date_stop = event.date_end or event.date_start

    def _search_date_stop(self, operator, value):
        ends = fields.Domain("date_end", operator, value)
        starts = fields.Domain("date_start", operator, value)
        return ends | (fields.Domain("date_end", "=", False) & starts)

    def _compute_effect(self):
        rows = (
            self.env["sop.event.effect"]
            .sudo()
            ._read_group(
                [("event_id", "in", self.ids), ("cycle_id.is_current", "=", True)],
                ["event_id"],
                ["qty:sum", "amount:sum"],
            )
        )
        sums = {event: (qty, amount) for event, qty, amount in rows}
        for event in self:
            event.qty_effect, event.amount_effect = sums.get(event, (0.0, 0.0))

    @api.constrains("date_start", "date_end")
    def _check_dates(self):
        for event in self:
            if event.date_end and event.date_end < event.date_start:
                raise ValidationError(
                    self.env._(
                        "%(event)s ends on %(end)s, but starts on %(start)s: correct the dates.",
                        event=event.name,
                        end=event.date_end,
                        start=event.date_start,
                    )
                )

    @api.constrains("kind", "qty", "rate_uplift", "rate_like", "rate_transfer", "rate_probability",
                    "ramp_months")  # fmt: skip
    def _check_figures(self):
        for event in self:
            figures = (event.qty, event.rate_uplift, event.rate_like)
            if not all(math.isfinite(figure) for figure in figures):
                raise ValidationError(
                    self.env._("A quantity or rate of %s is no number: correct it.", event.name)
                )
            shares = (event.rate_transfer, event.rate_probability)
            if not all(0 <= share <= 1 for share in shares):
                raise ValidationError(
                    self.env._(
                        "Shares and probabilities lie between 0 %% and 100 %%: correct %s.",
                        event.name,
                    )
                )
            if event.rate_uplift < -1 or event.rate_like < 0 or event.ramp_months < 0:
                raise ValidationError(
                    self.env._(
                        "%s: an uplift is at least -100 %%, a scale and a ramp are not negative.",
                        event.name,
                    )
                )
            if event.kind == COMMITMENT and event.qty < 0:
                raise ValidationError(
                    self.env._("The commitment %s cannot be negative.", event.name)
                )

    @api.constrains("kind", "product_ids", "like_product_id", "successor_id", "partner_id")
    def _check_partners_in_the_event(self):
        for event in self:
            own = event.product_ids
            if event.kind == LAUNCH and event.like_product_id & own:
                raise ValidationError(
                    self.env._(
                        "%s cannot be its own like-item.", event.like_product_id.display_name
                    )
                )
            if event.kind == PHASE_OUT and event.successor_id & own:
                raise ValidationError(
                    self.env._("%s cannot be its own successor.", event.successor_id.display_name)
                )
            if event.kind == COMMITMENT and not event.partner_id:
                raise ValidationError(
                    self.env._("Choose the customer who made the commitment %s.", event.name)
                )

    def write(self, vals):
        """What the last refresh found and measured does not hold for an event changed since."""
        if CAUSES & vals.keys():
            findings = ("unused_code", "has_result", "qty_result", "rate_result")
            super(SopEvent, self.sudo()).write(dict.fromkeys(findings, False))
        result = super().write(vals)
        if "company_id" in vals:
            self.check_access("write")  # nobody plans for a company that is not theirs
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_planned(self):
        """What an approved plan rests on is kept."""
        frozen = [("cycle_id.state", "=", "approved"), ("event_id", "in", self.ids)]
        effects = self.env["sop.event.effect"].sudo().search(frozen, limit=1)
        if effects:
            raise UserError(
                self.env._(
                    "%(event)s is part of the approved plan of %(cycle)s: archive it instead.",
                    event=effects.event_id.name,
                    cycle=effects.cycle_id.name,
                )
            )

    def action_open_effects(self):
        """What the event adds to the plan, by product and month."""
        domain = [("event_id", "in", self.ids), ("cycle_id.is_current", "=", True)]
        return open_action(self.env, "sop_event_effect_action", domain)

    def action_open_corrections(self):
        """The months of history that the forecast reads without the promotion."""
        domain = [("event_id", "in", self.ids)]
        return open_action(self.env, "sop_demand_correction_action", domain)
