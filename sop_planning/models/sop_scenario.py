from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from .navigation import open_action

BASE, OVERTIME, POSTPONE, OPTIMAL, USER = "base", "overtime", "postpone", "optimal", "user"
KINDS = [
    (BASE, "Base plan"),
    (OVERTIME, "Overtime"),
    (POSTPONE, "Postponement"),
    (OPTIMAL, "Cheapest plan"),
    (USER, "What if"),
]
STATES = [("draft", "Not calculated"), ("done", "Calculated"), ("failed", "Failed")]


class SopScenario(models.Model):
    _name = "sop.scenario"
    _description = "S&OP Scenario"
    _inherit = [
        "sop.readonly.mixin", "sop.money.mixin", "mail.thread", "mail.activity.mixin",
    ]  # fmt: skip
    _money_fields = ("cash", "binds", "facts")
    _order = "cycle_id desc, sequence, id"
    _rec_names_search = ["title", "kind"]

    active = fields.Boolean(default=True)
    sequence = fields.Integer(compute="_compute_sequence", store=True)
    cycle_id = fields.Many2one(
        "sop.cycle",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self._default_cycle(),
        domain="[('state', 'not in', ('approved', 'cancelled'))]",
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(KINDS, default=USER, required=True, readonly=True, index=True)
    title = fields.Char(string="Question", help="What is tried: a second shift, a late vendor.")
    name = fields.Char(compute="_compute_name")
    note = fields.Text(string="Assumptions")
    lever_ids = fields.One2many("sop.scenario.lever", "scenario_id", string="Levers", copy=True)
    lever_text = fields.Text(string="What is different", compute="_compute_lever_text")
    state = fields.Selection(STATES, default="draft", required=True, readonly=True, copy=False)
    message = fields.Text(readonly=True, copy=False, help="What stands in the way.")
    date_simulated = fields.Datetime(
        string="Calculated on", readonly=True, copy=False, help="When its data was read."
    )
    seconds = fields.Float(readonly=True, copy=False, digits=(12, 2))
    fingerprint = fields.Json(readonly=True, copy=False)
    input_counts = fields.Json(
        readonly=True, copy=False, help="Records of each kind of input: fewer are a change too."
    )
    is_stale = fields.Boolean(compute="_compute_stale")
    stale_text = fields.Char(string="Changed since", compute="_compute_stale")
    is_followed = fields.Boolean(
        string="Plan follows it",
        readonly=True,
        copy=False,
        help="The cycle's plan, gaps and capacity are this scenario's.",
    )
    is_chosen = fields.Boolean(
        string="Chosen", compute="_compute_is_chosen", help="By somebody, with a reason."
    )
    user_id = fields.Many2one(
        "res.users", string="Made by", default=lambda self: self.env.user, readonly=True, copy=False
    )
    family_ids = fields.One2many("sop.scenario.family", "scenario_id", readonly=True)
    gap_ids = fields.One2many("sop.supply.gap", "scenario_id", readonly=True)

    _system_unique = models.UniqueIndex(
        "(cycle_id, kind) WHERE kind != 'user'", "A cycle has each computed scenario once."
    )

    @api.model
    def _default_cycle(self):
        return self.env["sop.cycle"]._dashboard_cycle()

    @api.depends("cycle_id")
    def _compute_company_id(self):
        for scenario in self:
            scenario.company_id = scenario.cycle_id.company_id

    @api.depends("kind")
    def _compute_sequence(self):
        order = [kind for kind, _label in KINDS]
        for scenario in self:
            scenario.sequence = order.index(scenario.kind)

    @api.depends("kind", "title", "lever_ids")
    @api.depends_context("lang")
    def _compute_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for scenario in self:
            scenario.name = scenario.title or kinds.get(scenario.kind)

    @api.depends("cycle_id.selected_scenario_id", "is_followed")
    def _compute_is_chosen(self):
        for scenario in self:
            chosen = scenario.cycle_id.selected_scenario_id
            scenario.is_chosen = scenario.is_followed and scenario == chosen

    @api.depends("name", "cycle_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for scenario in self:
            scenario.display_name = f"{scenario.name}, {scenario.cycle_id.name}"

    @api.depends("lever_ids.label", "kind")
    @api.depends_context("lang")
    def _compute_lever_text(self):
        for scenario in self:
            labels = scenario.lever_ids.mapped("label")
            scenario.lever_text = "\n".join(labels) if labels else scenario._empty_words()

    def _empty_words(self):
        """Why a scenario has no lever."""
        words = {
            BASE: self.env._("Today's orders, hours and demand plan."),
            OVERTIME: self.env._("No work center is short of hours: overtime changes nothing."),
            POSTPONE: self.env._("No family has to wait, or none that may."),
            OPTIMAL: self.env._("Nothing is cheaper than the plan as it is."),
        }
        return words.get(self.kind, self.env._("No lever yet: add what is different."))

    @api.depends("date_simulated", "state", "lever_ids.write_date", "cycle_id.date_snapshot")
    @api.depends_context("lang")
    def _compute_stale(self):
        """What was written since the figures were computed, by kind of input with counts."""
        for scenario in self:
            scenario.is_stale, scenario.stale_text = False, False
        may_move = self.filtered(
            lambda s: s.state == "done" and s.date_simulated and not s.cycle_id.is_frozen
        )
        together = may_move.grouped(lambda s: (s.cycle_id, s.date_simulated))
        for scenarios in together.values():
            words = self.env["sop.planner"]._changed_inputs(scenarios[0])
            if words:
                scenarios.is_stale = True
                scenarios.stale_text = self._stale_words(words)

    def _stale_words(self, words):
        if len(words) == 1:
            return self.env._("1 input changed: %s", words[0])
        return self.env._(
            "%(count)s inputs changed: %(names)s", count=len(words), names=", ".join(words)
        )

    # ---- rights ----

    @api.model_create_multi
    def create(self, vals_list):
        """People make scenarios of the kind what-if, in cycles that are not frozen."""
        scenarios = self
        if not self.env.su:
            own = {name for name, field in self._fields.items() if field.readonly and field.store}
            vals_list = [
                {**{k: v for k, v in vals.items() if k not in own}, "kind": USER}
                for vals in vals_list
            ]
            scenarios = self.with_context(  # pylint: disable=context-overridden
                {
                    key: value
                    for key, value in self.env.context.items()
                    if key.removeprefix("default_") not in own
                }
            )
        scenarios = super(SopScenario, scenarios).create(vals_list).with_env(self.env)
        scenarios.cycle_id._check_not_frozen()
        return scenarios

    def write(self, vals):
        if {"title", "lever_ids", "cycle_id", "note", "active"} & set(vals) and not self.env.su:
            self._check_changeable()
        if "cycle_id" in vals and any(vals["cycle_id"] != s.cycle_id.id for s in self):
            raise UserError(
                self.env._("A scenario belongs to its cycle: duplicate it in the other cycle.")
            )
        if vals.get("active") is False:
            self._check_not_followed()
        return super().write(vals)

    def _check_changeable(self):
        """Only scenarios of people can be changed, while their cycle is open."""
        self.cycle_id._check_not_frozen()
        for scenario in self:
            if scenario.kind != USER:
                raise UserError(
                    self.env._(
                        "%s is computed by every refresh: duplicate it to change the copy.",
                        scenario.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_followed(self):
        self._check_changeable()
        self._check_not_followed()

    def _check_not_followed(self):
        for scenario in self.filtered("is_followed"):
            raise UserError(
                self.env._(
                    "The plan of %(cycle)s follows %(scenario)s: choose another one first.",
                    cycle=scenario.cycle_id.name,
                    scenario=scenario.name,
                )
            )

    def copy_data(self, default=None):
        """A copy is a what-if of people, also of a computed scenario."""
        rows = super().copy_data(default)
        for scenario, row in zip(self, rows):
            row["kind"] = USER
            if not (default or {}).get("title"):
                row["title"] = self.env._("%s (copy)", scenario.name)
        return rows

    # ---- actions ----

    def action_simulate(self):
        """Compute these scenarios on today's records."""
        self._check_may_simulate()
        for scenario in self:
            before = scenario.fingerprint
            changed = self.env["sop.planner"].sudo()._simulate(scenario.sudo())
            if before and changed:
                scenario.message_post(
                    body=self.env._("Calculated again; changed since: %s.", ", ".join(changed))
                )
        return True

    def _check_may_simulate(self):
        self.check_access("write")
        self.cycle_id._check_not_frozen()
        for scenario in self:
            scenario.cycle_id._check_computed()
            if scenario.kind == USER and not scenario.lever_ids:
                raise UserError(
                    self.env._(
                        "%s has no lever: add what is different from the plan, extra hours or a"
                        " late vendor for example.",
                        scenario.name,
                    )
                )

    def action_open_select(self):
        """Ask why this scenario is chosen."""
        self.ensure_one()
        self._check_choosable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Choose %s", self.name),
            "res_model": "sop.scenario.select",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_scenario_id": self.id},
        }

    def _check_choosable(self):
        self.check_access("write")
        self.cycle_id._check_not_frozen()
        for scenario in self:
            if scenario.state != "done":
                raise UserError(
                    self.env._("%s is not calculated: calculate it first.", scenario.name)
                )

    def action_select(self, reason):
        """Let the cycle's plan follow this scenario; who, when and why are kept, the others too."""
        self.ensure_one()
        self._check_choosable()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why %s is chosen.", self.name))
        cycle = self.cycle_id
        self.env["sop.planner"].sudo()._follow(self.sudo())
        cycle.sudo().write(
            {
                "selected_scenario_id": self.id,
                "select_user_id": self.env.uid,
                "select_date": fields.Datetime.now(),
                "select_reason": reason.strip(),
            }
        )
        words = self.env._(
            "Scenario chosen: %(scenario)s. %(reason)s", scenario=self.name, reason=reason.strip()
        )
        cycle.sudo().message_post(body=words)
        self.message_post(body=words)
        return True

    def action_open_gaps(self):
        return self._open_own("sop_supply_gap_action")

    def action_open_capacity(self):
        return self._open_own("sop_capacity_line_action", search_default_weeks=1)

    def _open_own(self, xmlid, **context):
        return open_action(self.env, xmlid, [("scenario_id", "in", self.ids)], **context)

    def action_compare(self):
        """The scenarios of the cycle side by side."""
        return self.cycle_id.action_compare_scenarios()

    def _date_words(self):
        return self.date_simulated and format_datetime(
            self.env, self.date_simulated, dt_format="short"
        )
