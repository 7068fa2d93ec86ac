from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from .navigation import open_action
from .sop_cycle import OPEN_STATES


class SopCycle(models.Model):
    """How far the data below a plan can be trusted, and the gate of the first step."""

    _inherit = "sop.cycle"

    rate_trust = fields.Float(
        string="Trust score",
        readonly=True,
        copy=False,
        help="Share of the planned value of the next twelve months that no open blocking data issue"
        " touches.",
    )
    has_trust = fields.Boolean(string="Trust score known", readonly=True, copy=False)
    data_issue_count = fields.Integer(compute="_compute_issue_counts", string="Data issues")
    gap_count = fields.Integer(compute="_compute_issue_counts", string="Supply gaps")
    supplier_flag_count = fields.Integer(
        compute="_compute_issue_counts", string="Flagged suppliers"
    )

    def _compute_issue_counts(self):
        issues = dict(
            self.env["sop.data.issue"]._read_group(
                [("company_id", "in", self.company_id.ids), ("state", "=", "open")],
                ["company_id"],
                ["__count"],
            )
        )
        gaps = self._count("sop.supply.gap", "active", [])
        flags = self._count("sop.supplier.risk", "is_flagged", [("is_flagged", "=", True)])
        for cycle in self:
            cycle.data_issue_count = issues.get(cycle.company_id, 0)
            cycle.gap_count = sum(gaps.get(cycle, {}).values())
            cycle.supplier_flag_count = sum(flags.get(cycle, {}).values())

    def _compute_trust(self):
        """Compute the trust score again after an answer to a data issue."""
        for cycle in self.filtered(lambda cycle: cycle.state in OPEN_STATES):
            self.env["sop.planner"]._store_trust(cycle)

    def action_next_step(self):
        self._check_trusted()
        return super().action_next_step()

    def _check_trusted(self):
        """Data gathering is not closed on data that cannot be trusted."""
        for cycle in self.filtered(lambda cycle: cycle.state == OPEN_STATES[0]):
            threshold = cycle.company_id.sop_trust_threshold
            if not cycle.has_trust or cycle.rate_trust >= threshold:
                continue
            worst = self.env["sop.data.issue"].search(
                [
                    ("company_id", "=", cycle.company_id.id),
                    ("state", "=", "open"),
                    ("is_blocking", "=", True),
                ]
            )
            raise UserError(
                self.env._(
                    "Only %(score)s of the planned value of %(cycle)s is free of blocking data"
                    " issues, less than %(threshold)s. %(count)s are open, the largest: %(worst)s."
                    " Correct the records and refresh, accept an issue with a reason, or change the"
                    " rule.",
                    score=f"{100 * cycle.rate_trust:.1f} %",
                    cycle=cycle.name,
                    threshold=f"{100 * threshold:.0f} %",
                    count=len(worst),
                    worst="; ".join(
                        f"{issue.display_name} ({cycle._money_label(issue.amount_at_risk)})"
                        for issue in worst[:3]
                    ),
                )
            )

    def _money_label(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id, rounding_unit="units")

    def action_open_issues(self):
        domain = [("company_id", "in", self.company_id.ids)]
        return open_action(self.env, "sop_data_issue_action", domain, "list", search_default_open=1)

    def action_open_gaps(self):
        return self._open("sop_supply_gap_action")

    def action_open_suppliers(self):
        return self._open("sop_supplier_risk_action", search_default_flagged=1)

    def action_open_capacity(self):
        return self._open("sop_capacity_line_action")

    def action_open_supply(self):
        return self._open("sop_supply_line_action")
