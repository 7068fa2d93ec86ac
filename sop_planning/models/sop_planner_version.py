from odoo import api, models

from .. import engine

YEAR = 12  # months
MONEY_DIGITS = 2
SCENARIO_FIGURES = (
    "rate_fill", "rate_otif", "amount_revenue", "amount_margin", "amount_extra", "amount_total",
    "amount_stock", "amount_stock_end", "amount_late", "amount_short", "hours_short", "rate_peak",
)  # fmt: skip


class SopPlanner(models.AbstractModel):
    """Plan versions: what an approval keeps, and how two plans differ."""

    _inherit = "sop.planner"

    @api.model
    def _write_version(self, cycle):
        """Keep the figures of a plan that was approved just now. Returns the version."""
        scenario = cycle._followed_scenario().sudo()  # the approver may not see amounts
        version = self._insert_version(
            cycle,
            {
                "user_id": self.env.uid,
                "requested_by_id": cycle._requester().id or None,
                "scenario_id": scenario.id or None,
                "scenario_text": self._scenario_words(
                    scenario.with_context(sop_without_money=True)  # everybody reads it
                ),
                "reason": cycle.reopen_reason or None,
                "figures": self._version_figures(cycle, scenario),
                "fingerprint": scenario.fingerprint or {},
            },
        )
        cycle.sudo().reopen_reason = False
        cycle.message_post(
            body=self.env._(
                "Approved: %(count)s plan lines are kept as version %(number)s.",
                count=f"{version.line_count:,}",
                number=version.number,
            )
        )
        return version

    def _scenario_words(self, scenario):
        """The scenario and its levers, in words that stay when the records change."""
        return "\n".join([scenario.name, *scenario.lever_ids.mapped("label")]) if scenario else None

    def _version_figures(self, cycle, scenario):
        """The figures that the meeting approved, by name."""
        until = cycle.company_id._sop_months_after(cycle.month, YEAR)
        totals = self.env["sop.source"]._read_plan_totals(cycle, until)
        return {
            **totals,
            **{name: scenario[name] for name in SCENARIO_FIGURES},
            "gaps": scenario.gap_count,
            "exceptions_open": cycle.exception_count,
            "exceptions_red": cycle.red_count,
            "families_agreed": cycle.agreed_count,
            "rate_trust": cycle.rate_trust,
            "data_issues_blocking": cycle.blocking_issue_count,
        }

    @api.model
    def _bridged(self, old, new, first_day, until):
        """Two plans, versions or cycles, line by line with the causes of their difference."""
        source = self.env["sop.source"]
        return engine.bridge(
            source._read_plan(old, first_day, until),
            source._read_plan(new, first_day, until),
            self._digits(),
        )

    @api.model
    def _bridge_families(self, old, new, first_day, until):
        """The bridge between two plans by family, the largest differences by money first."""
        sums = engine.bridge_by_family(self._bridged(old, new, first_day, until))
        names = self.env["product.category"].browse(sums.index[sums.index > 0].tolist())
        names = {family.id: family.name for family in names.sudo()}
        rows = [
            {
                "family_id": int(family),
                "family": names.get(family, self.env._("No family")),
                "old": self._figure(row, "old"),
                "new": self._figure(row, "new"),
                "causes": {cause: self._figure(row, cause) for cause in engine.CAUSES},
            }
            for family, row in sums.iterrows()
        ]
        moved = {row["family_id"]: abs(row["new"]["amount"] - row["old"]["amount"]) for row in rows}
        return sorted(rows, key=lambda row: (-moved[row["family_id"]], row["family"]))

    def _figure(self, row, name):
        qty = round(float(row.get(f"qty_{name}", 0.0)), self._digits())
        return {"qty": qty + 0.0, "amount": round(float(row[f"amount_{name}"]), MONEY_DIGITS) + 0.0}

    @api.model
    def _compare_plans(self, compare):
        """Fill a comparison with the lines of its two plans."""
        old, new = compare._sides()
        rows = self._bridged(old, new, compare.date_from, compare.date_until)
        self._write_comparison(compare, rows)
