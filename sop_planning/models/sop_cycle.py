from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

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
SETTINGS = {"month", "company_id", "horizon_months", "history_months", "reference"}


class SopCycle(models.Model):
    _name = "sop.cycle"
    _description = "S&OP Cycle"
    _inherit = ["sop.readonly.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "month desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", search="_search_name")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(
        required=True,
        compute="_compute_month",
        store=True,
        readonly=False,
        precompute=True,
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
        compute="_compute_horizon_months",
        store=True,
        readonly=False,
        precompute=True,
    )
    history_months = fields.Integer(
        string="Months of history",
        required=True,
        compute="_compute_history_months",
        store=True,
        readonly=False,
        precompute=True,
    )
    reference = fields.Selection(
        REFERENCES,
        string="Compare with",
        required=True,
        compute="_compute_reference",
        store=True,
        readonly=False,
        precompute=True,
        help="What the consensus of the next three months is compared with. The trend is the same"
        " months last year times the growth of the last half year, or the recent level of young"
        " products.",
    )
    date_open = fields.Date(string="Opened on", readonly=True)
    week_start = fields.Date(
        string="Week 1 starts on",
        compute="_compute_week_start",
        store=True,
        help="Monday of the week in which the cycle opened: the weeks of the supply plan are"
        " counted from it.",
    )
    date_end = fields.Date(
        string="Plan ends before", compute="_compute_date_end", store=True, help="Exclusive."
    )
    date_snapshot = fields.Datetime(
        string="Data as of",
        readonly=True,
        copy=False,
        help="When the native records behind the figures were last read.",
    )
    rate_working_days = fields.Float(
        string="Working-day effect",
        readonly=True,
        copy=False,
        help="How much demand follows the number of working days of a month: 0 not at all, 1 in"
        " proportion. Measured, and 0 unless the history shows it clearly.",
    )
    is_frozen = fields.Boolean(compute="_compute_is_frozen")
    is_current = fields.Boolean(
        compute="_compute_is_current",
        search="_search_is_current",
        help="The company's newest cycle that is not cancelled.",
    )
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

    # what a new cycle starts with; figures once computed keep their settings

    @api.depends("company_id")
    def _compute_month(self):
        for cycle in self:
            company = cycle.company_id
            cycle.month = cycle.month or company._sop_month(company._sop_today())

    @api.depends("company_id")
    def _compute_horizon_months(self):
        self._take_from_company("horizon_months", "sop_horizon_months")

    @api.depends("company_id")
    def _compute_history_months(self):
        self._take_from_company("history_months", "sop_history_months")

    @api.depends("company_id")
    def _compute_reference(self):
        self._take_from_company("reference", "sop_reference")

    def _take_from_company(self, name, setting):
        for cycle in self:
            kept = cycle[name] if cycle.date_snapshot else False
            cycle[name] = kept or cycle.company_id[setting]

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_name(self):
        for cycle in self:
            cycle.name = cycle.month and cycle._month_label(cycle.month)

    def _search_name(self, operator, value):
        """Cycles by their name in the user's language; a company has a dozen a year."""
        if operator not in ("in", "ilike", "like", "="):
            return NotImplemented
        words = [value] if isinstance(value, str) else list(value)
        is_exact = operator in ("in", "=")
        cycles = self.search([]).filtered(
            lambda cycle: any(
                cycle.name == word if is_exact else word.lower() in cycle.name.lower()
                for word in words
            )
        )
        return [("id", "in", cycles.ids)]

    @api.depends("state", "month", "company_id")
    def _compute_is_current(self):
        current = self._current_cycles()
        for cycle in self:
            cycle.is_current = cycle in current

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in" if True in value else "not in", self._current_cycles().ids)]

    @api.model
    def _open_cycles(self, company):
        """The company's cycles whose figures may still change, the newest first."""
        return self.search([("company_id", "=", company.id), ("state", "in", OPEN_STATES)])

    @api.model
    def _current_cycles(self):
        by_company = self.search([("state", "!=", CANCELLED)]).grouped("company_id")
        return self.browse().union(*(cycles[:1] for cycles in by_company.values()))

    def _month_label(self, day):
        return self.env["ir.qweb.field.date"].value_to_html(day, {"format": "MMMM yyyy"})

    @api.depends("month", "horizon_months")
    def _compute_date_end(self):
        for cycle in self:
            cycle.date_end = cycle.month and cycle.month + relativedelta(
                months=cycle.horizon_months
            )

    @api.depends("date_open", "month")
    def _compute_week_start(self):
        for cycle in self:
            day = max(day for day in (cycle.date_open, cycle.month) if day)
            cycle.week_start = cycle.company_id._sop_monday(day)

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
            if cycle.month > cycle.company_id._sop_month(cycle.company_id._sop_today()):
                raise ValidationError(
                    self.env._(
                        "%s has not begun: the cycle would be planned on a history with months"
                        " that are not over.",
                        cycle.name,
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

    @api.constrains("horizon_months", "month")
    def _check_figures_inside(self):
        """Nothing that people entered may fall out of the plan."""
        for cycle in self:
            outside = self.env["sop.demand.line"].search_count(
                [
                    ("cycle_id", "=", cycle.id),
                    "|", ("is_overridden", "=", True), ("is_sales", "=", True),
                    "|", ("bucket_start", "<", cycle.month), ("bucket_start", ">=", cycle.date_end),
                ]
            )  # fmt: skip
            if outside:
                raise ValidationError(
                    self.env._(
                        "%(count)s figures that people entered in %(cycle)s would fall out of the"
                        " plan: take them back first.",
                        count=outside,
                        cycle=cycle.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """A new cycle starts in its first step and without figures, whoever creates it."""
        if not self.env.su:
            fixed = {name for name, field in self._fields.items() if field.readonly and field.store}
            vals_list = [{k: v for k, v in vals.items() if k not in fixed} for vals in vals_list]
        cycles = super().create([{**vals, "state": OPEN_STATES[0]} for vals in vals_list])
        for cycle in cycles:
            cycle.sudo().date_open = cycle.date_open or cycle.company_id._sop_today()
            cycle._create_steps()
        return cycles

    def write(self, vals):
        """The settings of a frozen cycle stay, and computed figures keep their month."""
        if SETTINGS & set(vals):
            self._check_not_frozen()
        if {"month", "company_id"} & set(vals) and any(self.mapped("date_snapshot")):
            raise UserError(
                self.env._(
                    "The figures belong to their month and company: cancel %s and create another"
                    " cycle instead.",
                    ", ".join(self.mapped("name")),
                )
            )
        return super().write(vals)

    def _create_steps(self):
        """The five steps on the working days of their templates, counted from the opening."""
        templates = self.env["sop.step.template"]._of_company(self.company_id)
        plan = {
            code: (templates[code].day_start, templates[code].day_due)
            if code in templates
            else (number, number)
            for number, (code, _label) in enumerate(STEPS, 1)
        }
        days = self.company_id._sop_working_days(
            self.date_open, max(due for _s, due in plan.values())
        )
        self.env["sop.cycle.step"].create(
            [
                {
                    "cycle_id": self.id,
                    "code": code,
                    "sequence": sequence,
                    "date_start": days[plan[code][0] - 1],
                    "date_due": days[plan[code][1] - 1],
                    "user_id": (code in templates and templates[code].user_id or self.user_id).id,
                }
                for sequence, (code, _label) in enumerate(STEPS)
            ]
        )
        self._current_step()._begin()

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
        runs = self.env["sop.run"].sudo()
        runs._fail_dead(self)
        return runs.create({"cycle_id": self.id, "user_id": self.env.uid})
