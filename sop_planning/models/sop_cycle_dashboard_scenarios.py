from odoo import models

from .sop_cycle_dashboard import BLOCKED
from .sop_cycle_dashboard_tiles import _percent
from .sop_scenario import BASE, USER


class SopCycle(models.Model):
    """The scenarios on the dashboard: what each changes, what it costs, which one is chosen."""

    _inherit = "sop.cycle"

    def _dashboard_scenarios(self):
        """The base plan and what was calculated beside it, with letters: A, B, C."""
        scenarios = self.scenario_ids.filtered(
            lambda row: row.kind != USER or row.is_followed
        )  # what-ifs of people are on the comparison
        if not any(row.state == "done" for row in scenarios):
            failed = scenarios.filtered("message")[:1]
            words = failed.message or self.env._("No scenario was calculated yet.")
            return {"state": BLOCKED, "message": words,
                    "fix": self._dashboard_action("sop_scenario_action")}  # fmt: skip
        base = self._base_plan()
        best = self._recommended(scenarios if self._sees_money() else scenarios.sudo())
        letters = iter("ABCDEFGH")
        return {
            "rows": [
                self._scenario_row(row, base, best, "" if row == base else next(letters))
                for row in scenarios
            ],
            "goal": self._goal_words(),
            "can_choose": scenarios.has_access("write") and not self.is_frozen,
            "compare": self._compare_action(),
        }

    def _scenario_row(self, scenario, base, best, letter):
        is_done = scenario.state == "done"
        levers = scenario.lever_ids.mapped("label") or [scenario._empty_words()]
        return {
            "id": scenario.id,
            "letter": letter,
            "name": scenario.name,
            "is_base": scenario == base,
            "state": scenario.state,
            "message": scenario.message or "",
            "levers": levers,
            "is_followed": scenario.is_followed,
            "is_chosen": scenario.is_chosen,
            "is_best": scenario.id == best.id,
            "gaps": [base.gap_count, scenario.gap_count] if is_done else None,
            "late": [base.qty_late, scenario.qty_late] if is_done else None,
            "extra": self._extra_words(scenario) if is_done else None,
            "service": f"{_percent(scenario.rate_fill)} %" if is_done else None,
            "otif": f"{_percent(scenario.rate_otif)} %" if is_done else None,
        }

    def _extra_words(self, scenario):
        """The extra cost with its sign; None for who does not see amounts."""
        if not self._sees_money():
            return None
        if scenario.kind == BASE or not round(scenario.amount_extra):
            return self._short_money(0.0)
        return f"+{self._short_money(scenario.amount_extra)}"
