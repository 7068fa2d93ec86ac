from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .navigation import open_action
from .res_company import HISTORY_LIMITS, HORIZON_LIMITS, REFERENCES

STEPS = [
    ("data", "Data Gathering"),
    ("demand", "Demand Review"),
    ("supply", "Supply Review"),
    ("pre_sop", "Pre-S&OP"),
    ("executive", "Executive S&OP"),
]
APPROVED, CANCELLED = "approved", "cancelled"
STATES = [*STEPS, (APPROVED, "Approved"), (CANCELLED, "Cancelled")]
OPEN_STATES = [code for code, _label in STEPS]


class SopCycle(models.Model):
    _name = "sop.cycle"
    _description = "S&OP Cycle"
    _inherit = ["sop.readonly.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "month desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(
        required=True,
        default=lambda self: self._default_month(),
        help="First day of the month in which the plan starts.",
    )
    state = fields.Selection(
        STATES,
        default="data",
        required=True,
        tracking=True,
        readonly=True,
        copy=False,
        group_expand=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Controller",
        default=lambda self: self.env.user,
        tracking=True,
        domain="[('share', '=', False)]",
    )
    horizon_months = fields.Integer(
        string="Months planned",
        required=True,
        default=lambda self: self.env.company.sop_horizon_months,
    )
    history_months = fields.Integer(
        string="Months of history",
        required=True,
        default=lambda self: self.env.company.sop_history_months,
    )
    reference = fields.Selection(
        REFERENCES,
        string="Compare with",
        required=True,
        default=lambda self: self.env.company.sop_reference,
        help="What the consensus of the next three months is compared with. The trend is the same"
        " months last year times the growth of the last twelve months.",
    )
    date_open = fields.Date(string="Opened on", readonly=True)
    date_end = fields.Date(
        string="Plan ends before", compute="_compute_date_end", store=True, help="Exclusive."
    )
    date_snapshot = fields.Datetime(
        string="Data as of",
        readonly=True,
        copy=False,
        help="When the native records behind the figures were last read.",
    )
    is_frozen = fields.Boolean(compute="_compute_is_frozen")
    step_ids = fields.One2many("sop.cycle.step", "cycle_id", string="Steps")
    review_ids = fields.One2many("sop.demand.review", "cycle_id", string="Family reviews")
    exception_ids = fields.One2many("sop.exception", "cycle_id", string="Exceptions")
    run_ids = fields.One2many("sop.run", "cycle_id", string="Runs")
    exception_count = fields.Integer(compute="_compute_counts")
    red_count = fields.Integer(string="Red", compute="_compute_counts")
    amber_count = fields.Integer(string="Amber", compute="_compute_counts")
    family_count = fields.Integer(string="Families", compute="_compute_counts")
    product_count = fields.Integer(string="Products planned", compute="_compute_counts")
    agreed_count = fields.Integer(string="Families agreed", compute="_compute_counts")

    _company_month_unique = models.UniqueIndex(
        "(company_id, month) WHERE state != 'cancelled'",
        "The company already has an S&OP cycle for this month.",
    )

    @api.model
    def _default_month(self):
        company = self.env.company
        return company._sop_month(company._sop_today())

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_name(self):
        for cycle in self:
            cycle.name = cycle.month and cycle._month_label(cycle.month)

    def _month_label(self, day):
        return self.env["ir.qweb.field.date"].value_to_html(day, {"format": "MMMM yyyy"})

    @api.depends("month", "horizon_months")
    def _compute_date_end(self):
        for cycle in self:
            cycle.date_end = cycle.month and cycle.month + relativedelta(
                months=cycle.horizon_months
            )

    @api.depends("state")
    def _compute_is_frozen(self):
        for cycle in self:
            cycle.is_frozen = cycle.state not in OPEN_STATES

    def _compute_counts(self):
        exceptions = self._count("sop.exception", "severity", [("state", "=", "open")])
        reviews = self._count("sop.demand.review", "state", [])
        products = self._count("sop.demand.product", "cycle_id", [])
        for cycle in self:
            by_severity = exceptions.get(cycle, {})
            by_state = reviews.get(cycle, {})
            cycle.red_count = by_severity.get("red", 0)
            cycle.amber_count = by_severity.get("amber", 0)
            cycle.exception_count = sum(by_severity.values())
            cycle.family_count = sum(by_state.values())
            cycle.agreed_count = by_state.get("agreed", 0)
            cycle.product_count = sum(products.get(cycle, {}).values())

    def _count(self, model, groupby, domain):
        # {cycle: {group value: number of records}}
        counts = {}
        rows = self.env[model]._read_group(
            [("cycle_id", "in", self.ids), *domain], ["cycle_id", groupby], ["__count"]
        )
        for cycle, value, count in rows:
            counts.setdefault(cycle, {})[value] = count
        return counts

    @api.constrains("month")
    def _check_month(self):
        for cycle in self:
            if cycle.month.day != 1:
                raise ValidationError(
                    self.env._(
                        "A cycle starts on the first day of a month: enter %(first)s instead of"
                        " %(entered)s.",
                        first=cycle.month.replace(day=1),
                        entered=cycle.month,
                    )
                )

    @api.constrains("horizon_months", "history_months")
    def _check_months(self):
        limits = {"horizon_months": HORIZON_LIMITS, "history_months": HISTORY_LIMITS}
        for cycle in self:
            for name, (lowest, highest) in limits.items():
                if not lowest <= cycle[name] <= highest:
                    raise ValidationError(
                        self.env._(
                            "%(setting)s must be between %(lowest)s and %(highest)s:"
                            " %(value)s was entered for the cycle %(cycle)s.",
                            setting=self._fields[name]._description_string(self.env),
                            lowest=lowest,
                            highest=highest,
                            value=cycle[name],
                            cycle=cycle.name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        """A new cycle starts in its first step, whatever the screen it is created from shows."""
        cycles = super().create([{**vals, "state": OPEN_STATES[0]} for vals in vals_list])
        for cycle in cycles:
            cycle.sudo().date_open = cycle.date_open or cycle.company_id._sop_today()
            cycle._create_steps()
        return cycles

    def _create_steps(self):
        days = self.company_id._sop_working_days(self.date_open, len(STEPS))
        self.env["sop.cycle.step"].create(
            [
                {
                    "cycle_id": self.id,
                    "code": code,
                    "sequence": sequence,
                    "date_due": day,
                    "user_id": self.user_id.id,
                }
                for sequence, ((code, _label), day) in enumerate(zip(STEPS, days))
            ]
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        for cycle in self:
            if cycle.state == APPROVED:
                raise UserError(
                    self.env._("%s is approved: an approved plan is kept for good.", cycle.name)
                )

    def action_refresh(self):
        """Read the native records again and compute the plan now, in this transaction."""
        for cycle in self:
            cycle._start_run()._compute_plan()
        return True

    def action_start_refresh(self):
        """Record a run for the browser to execute and follow; returns its id."""
        self.ensure_one()
        return self._start_run().id

    def _start_run(self):
        self.ensure_one()
        self.check_access("write")
        self._check_not_frozen()
        return self.env["sop.run"].sudo().create({"cycle_id": self.id, "user_id": self.env.uid})

    def _open(self, xmlid, **context):
        domain = [("cycle_id", "in", self.ids)]
        return open_action(self.env, xmlid, domain, default_cycle_id=self[:1].id, **context)

    def action_open_reviews(self):
        return self._open("sop_demand_review_action")

    def action_open_lines(self):
        return self._open("sop_demand_line_action")

    def action_open_products(self):
        return self._open("sop_demand_product_action")

    def action_open_exceptions(self):
        return self._open("sop_exception_action", search_default_open=1)

    def action_open_runs(self):
        return self._open("sop_run_action")

    def action_open_report(self):
        return self._open("sop_plan_report_action")
