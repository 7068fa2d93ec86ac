from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

FIGURES = {"amount_cost", "rate_service", "qty"}
NOTE_LINES = 3  # on the executive page


class SopDecisionOption(models.Model):
    """One answer to a decision, with what it costs and what it brings."""

    _name = "sop.decision.option"
    _description = "S&OP Decision Option"
    _inherit = ["sop.readonly.mixin"]
    _order = "decision_id, sequence, id"

    decision_id = fields.Many2one(
        "sop.decision", required=True, ondelete="cascade", index=True, copy=False
    )
    cycle_id = fields.Many2one(related="decision_id.cycle_id")
    company_id = fields.Many2one(related="decision_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    sequence = fields.Integer(default=10)
    scenario_id = fields.Many2one(
        "sop.scenario",
        index="btree_not_null",
        ondelete="set null",
        help="The option takes the scenario's figures of the moment in which it is added.",
    )
    name = fields.Char(
        string="Option", compute="_compute_figures", store=True, readonly=False, precompute=True,
        copy=True, required=True,
    )  # fmt: skip
    # not precomputed: whoever does not see amounts adds options too
    amount_cost = fields.Monetary(
        string="Extra cost", compute="_compute_amount_cost", store=True, readonly=False, copy=True,
        help="Beside today's plan.",
    )  # fmt: skip
    rate_service = fields.Float(
        string="Fill rate", compute="_compute_figures", store=True, readonly=False,
        precompute=True, copy=True, aggregator="avg",
        help="Share of the demand that is there in its week.",
    )  # fmt: skip
    qty = fields.Float(
        string="Units late", compute="_compute_figures", store=True, readonly=False,
        precompute=True, copy=True, digits="Product Unit",
        help="What is not there in the week in which customers want it.",
    )  # fmt: skip
    note = fields.Text(
        compute="_compute_figures", store=True, readonly=False, precompute=True, copy=True,
        help="What is done, and what speaks for or against it.",
    )  # fmt: skip
    is_recommended = fields.Boolean(string="Recommended", help="One option a decision.")

    @api.depends("scenario_id")
    def _compute_figures(self):
        """A scenario gives its figures once; what it becomes later does not change the option."""
        for option in self:
            # kept for everybody, so without the amounts that only some may see
            scenario = option.scenario_id.with_context(sop_without_money=True)
            option.name = scenario.name or option.name
            option.rate_service = scenario.rate_fill if scenario else option.rate_service
            option.qty = scenario.qty_late if scenario else option.qty
            option.note = scenario.lever_text if scenario else option.note

    @api.depends("scenario_id")
    def _compute_amount_cost(self):
        for option in self:
            scenario = option.scenario_id
            option.amount_cost = scenario.amount_extra if scenario else option.amount_cost

    @api.depends("name", "is_recommended", "amount_cost", "rate_service")
    @api.depends_context("with_figures", "lang")
    def _compute_display_name(self):
        for option in self:
            option.display_name = option.name
            if self.env.context.get("with_figures"):
                star = self.env._(", recommended") if option.is_recommended else ""
                figures = [option._cost_words(), option._service_words()]
                words = ", ".join(word for word in figures if word)
                option.display_name = f"{option.name}{star}" + (words and f" ({words})")

    def _cost_words(self):
        if not self.amount_cost:
            return self.env._("no extra cost") if self.rate_service else ""
        return formatLang(
            self.env, self.amount_cost, currency_obj=self.currency_id, rounding_unit="units"
        )

    def _service_words(self):
        rate = f"{100 * self.rate_service:.1f} %"
        return self.env._("fill rate %s", rate) if self.rate_service else ""

    def _row(self):
        """What the executive page shows of the option."""
        rate = f"{100 * self.rate_service:.1f} %" if self.rate_service else ""
        return {
            "id": self.id,
            "name": self.name,
            "is_recommended": self.is_recommended,
            "is_chosen": self == self.decision_id.choice_id,
            "cost": self._cost_words(),
            "service": rate,
            "qty": formatLang(self.env, self.qty, digits=0) if self.qty or rate else "",
            "note": self._note_words(),
        }

    def _note_words(self):
        """The first lines of the note: a meeting reads no list."""
        lines = (self.note or "").splitlines()
        if len(lines) > NOTE_LINES + 1:
            more = len(lines) - NOTE_LINES
            lines = [*lines[:NOTE_LINES], self.env._("and %s more", more)]
        return "\n".join(lines)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [self._without_figures(vals) for vals in vals_list]
        options = super().create(vals_list)
        options.decision_id._check_options_open()
        options._check_scenario()
        options.filtered("is_recommended")._keep_one_recommended()
        return options

    def write(self, vals):
        self.decision_id._check_options_open()
        if FIGURES & vals.keys() and not self.env.su:
            self._check_own_figures(vals)
        if any(
            vals.get("decision_id", option.decision_id.id) != option.decision_id.id
            for option in self
        ):
            raise UserError(self.env._("An option belongs to its decision: add it there again."))
        result = super().write(vals)
        if "scenario_id" in vals:
            self._check_scenario()
        if vals.get("is_recommended"):
            self._keep_one_recommended()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_while_open(self):
        self.decision_id._check_options_open()

    def _without_figures(self, vals):
        is_scenario = vals.get("scenario_id")
        return {k: v for k, v in vals.items() if not (is_scenario and k in FIGURES)}

    def _check_own_figures(self, vals):
        for option in self:
            if vals.get("scenario_id", option.scenario_id):
                raise UserError(
                    self.env._(
                        "The figures of %s are its scenario's: take the scenario off to enter"
                        " others.",
                        option.name,
                    )
                )

    def _check_scenario(self):
        for option in self.filtered("scenario_id"):
            scenario = option.scenario_id
            if scenario.cycle_id != option.decision_id.cycle_id:
                raise UserError(
                    self.env._(
                        "%(scenario)s is no scenario of %(cycle)s.",
                        scenario=scenario.display_name,
                        cycle=option.decision_id.cycle_id.name,
                    )
                )
            if scenario.state != "done":
                raise UserError(
                    self.env._("%s is not calculated: calculate it first.", scenario.name)
                )

    def _keep_one_recommended(self):  # pylint: disable=missing-return
        """Past the own ``write``, which calls this."""
        for decision, options in self.grouped("decision_id").items():
            others = decision.option_ids.filtered("is_recommended") - options[:1]
            if others:
                # pylint: disable-next=super-method-mismatch
                super(SopDecisionOption, others).write({"is_recommended": False})
