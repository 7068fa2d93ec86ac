from odoo import api, fields, models

from .navigation import open_action
from .res_company import REFERENCES


class SopDemandReview(models.Model):
    _name = "sop.demand.review"
    _description = "S&OP Demand Review"
    _inherit = ["sop.readonly.mixin", "sop.flag.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "cycle_id desc, amount_impact desc, id"

    cycle_id = fields.Many2one("sop.cycle", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    family_id = fields.Many2one(
        "product.category", required=True, readonly=True, index=True, ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        tracking=True,
        domain="[('share', '=', False)]",
    )
    state = fields.Selection(
        [("todo", "To Do"), ("discuss", "To Discuss"), ("agreed", "Agreed")],
        default="todo",
        required=True,
        tracking=True,
        group_expand=True,
    )
    signed_by_id = fields.Many2one("res.users", string="Agreed by", readonly=True)
    date_signed = fields.Datetime(string="Agreed on", readonly=True)
    note = fields.Text(help="Assumptions and agreements of this family.")
    reference = fields.Selection(REFERENCES, string="Compared with", readonly=True)
    amount_impact = fields.Monetary(
        string="Impact", readonly=True, help="Deviation of the three months in money."
    )
    qty_year = fields.Float(
        string="Next 12 months",
        digits="Product Unit",
        readonly=True,
        help="Consensus of the twelve months from the cycle's month on.",
    )
    amount_year = fields.Monetary(string="Next 12 months value", readonly=True)
    qty_last_year = fields.Float(
        string="Last 12 months",
        digits="Product Unit",
        readonly=True,
        help="Ordered in the twelve months before the cycle's month.",
    )
    amount_last_year = fields.Monetary(string="Last 12 months value", readonly=True)
    # units a month for charts: {months, history, consensus, statistical}, None where none is
    series = fields.Json(string="History and plan", compute="_compute_series")
    exception_count = fields.Integer(compute="_compute_exception_count")
    override_count = fields.Integer(string="Overrides", compute="_compute_override_count")
    color = fields.Integer(compute="_compute_color")

    _cycle_family_unique = models.Constraint(
        "UNIQUE (cycle_id, family_id)", "A cycle has one review a family."
    )

    @api.depends("family_id")
    def _compute_display_name(self):
        for review in self:
            review.display_name = review.family_id.name

    @api.depends("severity")
    def _compute_color(self):
        # the palette of Odoo's kanban: 1 red, 3 yellow
        for review in self:
            review.color = {"red": 1, "amber": 3}.get(review.severity, 0)

    def _compute_series(self):
        history = self._sums_by_month("sop.demand.history", "company_id", ["qty"])
        plan = self._sums_by_month(
            "sop.demand.line", "cycle_id", ["qty_consensus", "qty_statistical"]
        )
        for review in self:
            cycle, family = review.cycle_id, review.family_id.id
            first = fields.Date.subtract(cycle.month, months=cycle.history_months)
            months = [
                fields.Date.add(first, months=n)
                for n in range(cycle.history_months + cycle.horizon_months)
            ]
            coming = [month >= cycle.month for month in months]
            past = [history.get((cycle.company_id.id, family, month), [0])[0] for month in months]
            planned = [plan.get((cycle.id, family, month), [0, 0]) for month in months]
            review.series = {
                "months": [str(month)[:7] for month in months],
                "history": [None if ahead else qty for qty, ahead in zip(past, coming)],
                **{
                    name: [sums[place] if ahead else None for sums, ahead in zip(planned, coming)]
                    for place, name in enumerate(("consensus", "statistical"))
                },
            }

    def _sums_by_month(self, model, scope, measures):
        # {(scope id, family id, month): [units of each measure]}
        rows = self.env[model]._read_group(
            [
                (scope, "in", self[scope].ids),
                ("family_id", "in", self.family_id.ids),
            ],
            [scope, "family_id", "bucket_start:month"],
            [f"{measure}:sum" for measure in measures],
        )
        return {(owner.id, family.id, month): units for owner, family, month, *units in rows}

    def _compute_exception_count(self):
        rows = self.env["sop.exception"]._read_group(
            [
                ("cycle_id", "in", self.cycle_id.ids),
                ("family_id", "in", self.family_id.ids),
                ("state", "=", "open"),
            ],
            ["cycle_id", "family_id"],
            ["__count"],
        )
        counts = {(cycle, family): count for cycle, family, count in rows}
        for review in self:
            review.exception_count = counts.get((review.cycle_id, review.family_id), 0)

    def _compute_override_count(self):
        rows = self.env["sop.demand.override"]._read_group(
            [("cycle_id", "in", self.cycle_id.ids), *self._family_domain()],
            ["cycle_id", "family_id"],
            ["__count"],
        )
        counts = {(cycle, family): count for cycle, family, count in rows}
        for review in self:
            review.override_count = counts.get((review.cycle_id, review.family_id), 0)

    def write(self, vals):
        """Agreeing signs the review off; leaving the agreement takes the signature back."""
        if set(vals) & {"state", "user_id", "note"}:
            self.cycle_id._check_not_frozen()
        result = super().write(vals)
        if "state" in vals:
            self._sign(vals["state"] == "agreed")
        return result

    def _sign(self, is_agreed):
        self.sudo().write(
            {
                "signed_by_id": is_agreed and self.env.uid,
                "date_signed": is_agreed and fields.Datetime.now(),
            }
        )

    def action_agree(self):
        self.write({"state": "agreed"})

    def action_discuss(self):
        self.write({"state": "discuss"})

    def action_reopen(self):
        self.write({"state": "todo"})

    def action_open_lines(self):
        """The family's plan by product and month."""
        return self._open("sop_demand_line_action", "list", search_default_by_product=1)

    def action_open_products(self):
        return self._open("sop_demand_product_action")

    def action_open_exceptions(self):
        return self._open("sop_exception_action", search_default_open=1)

    def action_adjust(self):
        """Change the family's consensus and spread the change over its products."""
        lines = self.env["sop.demand.line"].search(
            [("cycle_id", "in", self.cycle_id.ids), *self._family_domain()]
        )
        first = self.cycle_id[:1].month
        until = fields.Date.subtract(fields.Date.add(first, months=3), days=1)
        return self.env["sop.demand.adjust"]._open(lines, month_from=first, month_to=until)

    def action_open_overrides(self):
        """The journal of changes to the family's consensus."""
        return self._open("sop_demand_override_action")

    def action_open_effects(self):
        """What events add to the family's plan."""
        return self._open("sop_event_effect_action")

    def action_open_history(self):
        domain = [("company_id", "in", self.company_id.ids)]
        return open_action(self.env, "sop_demand_history_action", domain + self._family_domain())

    def _open(self, xmlid, first_view=None, **context):
        domain = [("cycle_id", "in", self.cycle_id.ids), *self._family_domain()]
        return open_action(self.env, xmlid, domain, first_view, **context)

    def _family_domain(self):
        return [("family_id", "in", self.family_id.ids)]
