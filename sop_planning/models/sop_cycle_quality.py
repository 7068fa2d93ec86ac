import math

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from .navigation import open_action
from .sop_cycle import OPEN_STATES

# what the rules that are switched on say is wrong, and nobody has answered
OPEN_ISSUES = [("state", "=", "open"), ("rule_id.active", "=", True)]


class SopCycle(models.Model):
    """How far the data below a plan can be trusted, and the gate of the first step."""

    _inherit = "sop.cycle"

    rate_trust = fields.Float(
        string="Trusted share",
        readonly=True,
        copy=False,
        help="Share of the planned value of the next twelve months that no open blocking data issue"
        " touches.",
    )
    has_trust = fields.Boolean(string="Trust score known", readonly=True, copy=False)
    trust_label = fields.Char(string="Trust score", compute="_compute_trust_label")
    data_issue_count = fields.Integer(compute="_compute_issue_counts", string="Data issues")
    blocking_issue_count = fields.Integer(
        compute="_compute_issue_counts", string="Blocking data issues"
    )
    gap_count = fields.Integer(compute="_compute_issue_counts", string="Supply gaps")
    supplier_flag_count = fields.Integer(
        compute="_compute_issue_counts", string="Flagged suppliers"
    )

    @api.depends("has_trust", "rate_trust")
    @api.depends_context("lang")
    def _compute_trust_label(self):
        for cycle in self:
            # rounded down: all of the plan is 100 %, and what is below the threshold looks below it
            rate = f"{math.floor(1000 * cycle.rate_trust) / 10:g} %"
            cycle.trust_label = rate if cycle.has_trust else self.env._("no data")

    def _compute_issue_counts(self):
        issues = {}
        for company, is_blocking, count in self.env["sop.data.issue"]._read_group(
            [("company_id", "in", self.company_id.ids), *OPEN_ISSUES],
            ["company_id", "is_blocking"],
            ["__count"],
        ):
            issues.setdefault(company, {})[is_blocking] = count
        gaps = self._count("sop.supply.gap", "active", [("scenario_id.is_followed", "=", True)])
        flags = self._count("sop.supplier.risk", "is_flagged", [("is_flagged", "=", True)])
        for cycle in self:
            own = issues.get(cycle.company_id, {})
            cycle.data_issue_count = sum(own.values())
            cycle.blocking_issue_count = own.get(True, 0)
            cycle.gap_count = sum(gaps.get(cycle, {}).values())
            cycle.supplier_flag_count = sum(flags.get(cycle, {}).values())

    @api.model
    def _compute_trust(self, companies):
        """Compute the trust scores again after an answer to a data issue or a change of a rule."""
        cycles = self.sudo().search(
            [
                ("company_id", "in", companies.ids),
                ("state", "in", OPEN_STATES),
                ("date_snapshot", "!=", False),
            ]
        )
        for cycle in cycles:
            self.env["sop.planner"].sudo()._store_trust(cycle)

    def _check_trusted(self):
        """Data gathering is not closed on data that cannot be trusted."""
        for cycle in self.filtered(lambda cycle: cycle.state == OPEN_STATES[0]):
            threshold = cycle.company_id.sop_trust_threshold
            if not cycle.has_trust or cycle.rate_trust >= threshold:
                continue
            domain = [("company_id", "=", cycle.company_id.id), *OPEN_ISSUES]
            blocking = self.env["sop.data.issue"].search([*domain, ("is_blocking", "=", True)])
            raise UserError(
                self.env._(
                    "Only %(score)s of the planned value of %(cycle)s is free of blocking data"
                    " issues, less than %(threshold)s. Blocking issues: %(count)s, the largest:"
                    " %(worst)s. Correct the records and refresh, accept an issue with a reason, or"
                    " switch its rule off.",
                    score=cycle.trust_label,
                    cycle=cycle.name,
                    threshold=f"{100 * threshold:.0f} %",
                    count=len(blocking),
                    worst="; ".join(
                        f"{issue.display_name} ({cycle._money_label(issue.amount_at_risk)})"
                        for issue in blocking[:3]
                    ),
                )
            )

    def _money_label(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id, rounding_unit="units")

    def action_open_issues(self):
        domain = [("company_id", "in", self.company_id.ids)]
        return open_action(
            self.env,
            "sop_data_issue_action",
            domain,
            "list",
            search_default_open=1,
            search_default_group_rule=1,
        )

    def action_open_gaps(self):
        return self._open("sop_supply_gap_action", search_default_plan=1)

    def action_open_suppliers(self):
        return self._open("sop_supplier_risk_action", search_default_flagged=1)

    def action_open_capacity(self):
        return self._open("sop_capacity_line_action", search_default_plan=1)

    def action_open_supply(self):
        return self._open("sop_supply_line_action")
