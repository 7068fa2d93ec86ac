from odoo import api, fields, models
from odoo.tools import format_date

from .navigation import FAMILY_NAMES
from .sop_decision import ASSUMPTION, DECIDED, DECISION, DROPPED, LIVE, OPEN, RISK
from .sop_money_mixin import without_hidden

YEAR = 12


class SopCycle(models.Model):
    """The page from which the executives decide: decisions first, then the plan in figures."""

    _name = "sop.cycle"
    _inherit = ["sop.cycle", "sop.money.mixin"]

    agenda_ids = fields.Many2many("sop.decision", string="To decide", compute="_compute_meeting")
    agenda_open_count = fields.Integer(compute="_compute_meeting")
    risk_ids = fields.Many2many("sop.decision", string="Risks", compute="_compute_meeting")
    assumption_ids = fields.Many2many(
        "sop.decision", string="Assumptions", compute="_compute_meeting"
    )
    accepted_exception_ids = fields.Many2many(
        "sop.exception", string="Exceptions accepted", compute="_compute_accepted"
    )
    year_label = fields.Char(string="Consensus of 12 months", compute="_compute_plan_told")
    growth_label = fields.Char(string="Growth", compute="_compute_plan_told")
    last_plan_label = fields.Char(string="Against the last plan", compute="_compute_plan_told")
    last_plan_text = fields.Char(compute="_compute_plan_told")
    budget_label = fields.Char(string="Against budget", compute="_compute_plan_told")
    budget_text = fields.Char(compute="_compute_plan_told")
    gap_label = fields.Char(string="Value short", compute="_compute_followed")
    followed_id = fields.Many2one(
        "sop.scenario", string="Plan follows", compute="_compute_followed"
    )
    followed_name = fields.Char(compute="_compute_followed")
    followed_text = fields.Text(compute="_compute_followed")
    fill_label = fields.Char(string="Fill rate", compute="_compute_followed")
    extra_label = fields.Char(string="Extra cost", compute="_compute_followed")
    total_label = fields.Char(string="Total cost", compute="_compute_followed")
    plan_warning = fields.Char(compute="_compute_plan_warning")

    @api.depends("decision_ids.state", "decision_ids.kind", "decision_ids.exposure")
    def _compute_meeting(self):
        for cycle in self:
            shown = cycle.decision_ids.filtered(lambda item: item.state != DROPPED)
            decisions = shown.filtered(lambda item: item.kind == DECISION)
            # in the order of the meeting: what is answered stays where it was
            cycle.agenda_ids = decisions
            cycle.agenda_open_count = len(decisions.filtered(lambda item: item.state == OPEN))
            risks = shown.filtered(
                lambda item: item.kind == RISK and item.state in (*LIVE, DECIDED)
            )
            # the rank is for everybody, the amount is not
            cycle.risk_ids = risks.sorted(lambda item: item.sudo().exposure, reverse=True)
            cycle.assumption_ids = shown.filtered(lambda item: item.kind == ASSUMPTION)

    @api.depends("exception_ids.state")
    def _compute_accepted(self):
        accepted = self.exception_ids.search(
            [("cycle_id", "in", self.ids), ("state", "=", "accepted")]
        ).grouped("cycle_id")
        for cycle in self:
            cycle.accepted_exception_ids = accepted.get(cycle)

    # ---- the plan in figures ----

    @api.depends("review_ids.amount_year", "review_ids.amount_last_year")
    @api.depends_context("lang", "uid", "sop_without_money")
    def _compute_plan_told(self):
        """Growth rates are for everybody, amounts for those who see amounts."""
        for cycle in self:
            reviews = cycle.review_ids.sudo()
            year = sum(reviews.mapped("amount_year"))
            before = sum(reviews.mapped("amount_last_year"))
            growth = bool(before) and _percent(year, before)
            cycle.year_label = cycle._short_money(year) if cycle._sees_money() else growth
            told = growth if cycle._sees_money() else ""
            cycle.growth_label = bool(before) and without_hidden(
                self.env._(
                    "%(growth)s on the last 12 months (%(amount)s)",
                    growth=told,
                    amount=cycle._short_money(before),
                ).strip()
            )
            cycle.last_plan_label, cycle.last_plan_text = cycle._against_last_plan()
            cycle.budget_label, cycle.budget_text = cycle._against_budget()

    def _against_last_plan(self):
        """The distance to the last approved plan over the months that both plan."""
        last = self._last_plan()
        if not last:
            return False, False
        first, until = self._bridge_months(last)
        before = self._planned_value(last, first, until)
        if not before:
            return False, False
        cycle = last if last._name == self._name else last.cycle_id
        words = self.env._(
            "%(plan)s for %(months)s: %(amount)s",
            plan=cycle.name,
            months=self._range_words(first, until),
            amount=self._short_money(before),
        )
        return _percent(self._planned_value(self, first, until), before), without_hidden(words)

    def _against_budget(self):
        """The distance to the revenue budget, in the families and months that have one."""
        first, until = self._year_range()
        targets = self.env["sop.target"].sudo()._read_group(
            [("company_id", "=", self.company_id.id), ("measure", "=", "revenue"),
             *_months(first, until)],
            ["family_id", "bucket_start:month"],
            ["value:sum"],
        )  # fmt: skip
        budget = sum(value for _family, _month, value in targets)
        if not budget:
            return False, False
        keys = {(family.id, month) for family, month, _value in targets}
        planned = sum(
            amount
            for family, month, amount in self._planned_by_family(first, until)
            if (family.id, month) in keys
        )
        words = self.env._("Families and months that have one: %s", self._short_money(budget))
        return _percent(planned, budget), without_hidden(words)

    def _year_range(self):
        first = self.month
        return first, min(fields.Date.add(first, months=YEAR), self.date_end)

    def _range_words(self, first, until):
        last = fields.Date.subtract(until, days=1)
        words = [format_date(self.env, day, date_format="MMM yyyy") for day in (first, last)]
        return " - ".join(words)

    def _planned_value(self, plan, first, until):
        """The consensus of a cycle, or of an approved version of one."""
        is_cycle = plan._name == self._name
        model = "sop.demand.line" if is_cycle else "sop.plan.version.line"
        owner = "cycle_id" if is_cycle else "version_id"
        domain = [(owner, "=", plan.id), *_months(first, until)]
        [[amount]] = self.env[model].sudo()._read_group(domain, [], ["amount_consensus:sum"])
        return amount or 0.0

    def _planned_by_family(self, first, until):
        return (
            self.env["sop.demand.line"]
            .sudo()
            ._read_group(
                [("cycle_id", "=", self.id), *_months(first, until)],
                ["family_id", "bucket_start:month"],
                ["amount_consensus:sum"],
            )
        )

    # ---- the scenario that the plan follows ----

    @api.depends("scenario_ids.is_followed", "selected_scenario_id", "select_reason")
    @api.depends_context("lang", "uid", "sop_without_money")
    def _compute_followed(self):
        for cycle in self:
            scenario = cycle._followed_scenario()
            figures = scenario.sudo() if cycle._sees_money() else scenario.browse()
            is_known = scenario.state == "done"
            cycle.followed_id = scenario
            cycle.followed_name = scenario.name
            cycle.followed_text = cycle._choice_words(scenario)
            cycle.fill_label = is_known and f"{100 * scenario.rate_fill:.1f} %"
            short = sum(figures.gap_ids.mapped("amount_short"))
            cycle.gap_label = bool(figures) and self.env._("%s short", cycle._short_money(short))
            is_told = is_known and bool(figures)
            cycle.extra_label = is_told and cycle._short_money(figures.amount_extra)
            cycle.total_label = is_told and cycle._short_money(figures.amount_total)

    def _choice_words(self, scenario):
        """Who chose the scenario, when and why."""
        if not scenario:
            return False
        if scenario != self.selected_scenario_id:
            return self.env._("No scenario was chosen.")
        return self.env._(
            "Chosen by %(user)s on %(day)s: %(reason)s",
            user=self.select_user_id.name,
            day=format_date(self.env, self.select_date),
            reason=self.select_reason or "",
        )

    @api.depends("decision_ids.choice_id", "decision_ids.state", "scenario_ids.is_followed")
    @api.depends_context("lang")
    def _compute_plan_warning(self):
        """A decision for a scenario that the plan does not follow."""
        for cycle in self:
            choices = cycle.decision_ids.filtered(lambda item: item.state == DECIDED).choice_id
            others = choices.scenario_id.filtered(lambda row: not row.is_followed)
            cycle.plan_warning = bool(others) and self.env._(
                "Decided for %(decided)s, but the plan follows %(followed)s: a controller chooses"
                " the scenario before the approval.",
                decided=", ".join(others.mapped("name")),
                followed=cycle._followed_scenario().name,
            )

    def action_open_executive_review(self):
        """The executive page of this cycle, or of the current one."""
        cycle = self[:1] or self._dashboard_cycle()
        cycle.check_access("read")
        if not cycle:
            return self.env["ir.actions.act_window"]._for_xml_id("sop_planning.sop_cycle_action")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sop_planning.sop_cycle_executive_action"
        )
        form = [view for view in action["views"] if view[1] == "form"]
        return {**action, "views": form, "res_id": cycle.id, "context": FAMILY_NAMES}


def _percent(value, base):
    return f"{100 * (value / base - 1):+.1f} %"


def _months(first, until):
    return [("bucket_start", ">=", first), ("bucket_start", "<", until)]
