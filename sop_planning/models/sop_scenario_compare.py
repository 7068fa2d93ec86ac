from odoo import api, fields, models
from odoo.tools import format_date, format_datetime

from .sop_scenario import BASE

# sections of the comparison: name, [(field, format, which is better)]
SECTIONS = [
    ("service", [
        ("rate_fill", "percent", "more"), ("rate_otif", "percent", "more"),
        ("qty_late", "units", "less"), ("amount_late", "money", "less"),
        ("family_count", "number", "less"),
    ]),
    ("gaps", [
        ("gap_count", "number", "less"), ("hours_short", "hours", "less"),
        ("amount_short", "money", "less"),
    ]),
    ("capacity", [
        ("hours_overtime", "hours", "less"), ("rate_peak", "percent", ""),
        ("rate_mean", "percent", ""), ("rate_risk", "percent", "less"),
    ]),
    ("money", [
        ("amount_revenue", "money", "more"), ("amount_margin", "money", "more"),
        ("amount_overtime", "money", "less"), ("amount_subcontract", "money", "less"),
        ("amount_expedite", "money", "less"), ("amount_alternative", "money", "less"),
        ("amount_vendor", "money", "less"), ("amount_extra", "money", "less"),
        ("amount_holding", "money", "less"), ("amount_penalty", "money", "less"),
        ("amount_total", "money", "less"),
    ]),
    ("stock", [
        ("amount_stock", "money", "less"), ("amount_stock_end", "money", ""),
        ("days_stock", "days", "less"),
    ]),
]  # fmt: skip
ONLY_IF_ANY = {
    "amount_overtime", "amount_subcontract", "amount_expedite", "amount_alternative",
    "amount_vendor",
}  # fmt: skip
# measure of the budget: the figure it is compared with
BUDGETS = {"revenue": "amount_revenue", "margin": "amount_margin", "stock": "amount_stock",
           "service": "rate_fill"}  # fmt: skip


class SopCycle(models.Model):
    """The scenarios of a cycle side by side."""

    _inherit = "sop.cycle"

    @api.model
    @api.readonly
    def get_comparison_data(self, cycle_id=False):
        """Everything that the comparison shows, in one call; figures are the stored ones.

        Without ``cycle_id``, the cycle of the dashboard.
        """
        cycle = self.browse(cycle_id).exists() if cycle_id else self._dashboard_cycle()
        if not cycle:
            return {"cycle": False}
        cycle.check_access("read")
        scenarios = cycle.scenario_ids
        return {
            "cycle": cycle._comparison_header(scenarios),
            "cycles": cycle._dashboard_choices(),
            "goal": cycle._goal_words(),
            "scenarios": cycle._comparison_columns(scenarios),
            "sections": cycle._comparison_sections(scenarios),
            "families": cycle._comparison_families(scenarios),
            "months": cycle._comparison_months(scenarios),
        }

    def _comparison_header(self, scenarios):
        may_write = scenarios.has_access("write") and not self.is_frozen
        return {
            "id": self.id,
            "name": self.name,
            "company": self.company_id.name,
            "is_frozen": self.is_frozen,
            "data_as_of": self.date_snapshot
            and format_datetime(self.env, self.date_snapshot, dt_format="short"),
            "currency_id": self.currency_id.id,
            "can_simulate": may_write and self.env["sop.scenario"].has_access("create"),
            "can_choose": may_write,
            "can_decide": self.env["sop.decision"].has_access("create"),
        }

    def _goal_words(self):
        company = self.company_id
        labels = dict(company._fields["sop_scenario_goal"]._description_selection(self.env))
        formulas = {
            "cost": self.env._(
                "Least of: overtime, subcontracting and other extra cost + holding cost + %(late)s"
                " of the sales price a unit and week late, doubled by each step of priority.",
                late=f"{100 * company.sop_late_cost:g} %",
            ),
            "service": self.env._(
                "Most of the demand, by value, in its week; then the least cost."
            ),
            "margin": self.env._(
                "Most revenue less cost of goods and extra cost; then the least cost."
            ),
        }
        goal = company.sop_scenario_goal
        return {"label": labels[goal], "formula": formulas[goal]}

    def _recommended(self, scenarios):
        """The calculated scenario that serves the company's goal best; the simplest of equals."""
        goal = self.company_id.sop_scenario_goal
        worth = {
            "cost": lambda s: (s.amount_total,),
            "service": lambda s: (-round(s.rate_fill, 4), s.amount_total),
            "margin": lambda s: (-s.amount_margin, s.amount_total),
        }[goal]
        done = scenarios.filtered(lambda scenario: scenario.state == "done")
        return done.sorted(lambda s: (*worth(s), s.sequence, s.id))[:1]

    def _comparison_columns(self, scenarios):
        recommended = self._recommended(scenarios)
        kinds = dict(scenarios._fields["kind"]._description_selection(self.env))
        return [
            {
                "id": scenario.id,
                "name": scenario.name,
                "kind": scenario.kind,
                "kind_label": kinds[scenario.kind],
                "state": scenario.state,
                "message": scenario.message or "",
                "is_selected": scenario.is_chosen,
                "is_recommended": scenario == recommended,
                "stale": scenario.stale_text or "",
                "date": scenario._date_words() or "",
                "levers": scenario.lever_ids.mapped("label") or [scenario._empty_words()],
                "reason": scenario.reason or "",
                "selected_text": self._selected_words() if scenario.is_followed else "",
                "binds": scenario._binding_words(),
            }
            for scenario in scenarios
        ]

    def _selected_words(self):
        if not self.selected_scenario_id.is_followed:
            return self.env._("The plan follows the base plan: nothing is chosen yet.")
        return self.env._(
            "Chosen by %(user)s, %(day)s: %(reason)s",
            user=self.select_user_id.name,
            day=format_date(self.env, self.select_date),
            reason=self.select_reason,
        )

    def _comparison_sections(self, scenarios):
        labels = {
            "service": self.env._("Service"), "gaps": self.env._("Gaps"),
            "capacity": self.env._("Capacity"), "money": self.env._("Money"),
            "stock": self.env._("Stock"), "budget": self.env._("Against budget"),
        }  # fmt: skip
        base = scenarios.filtered(lambda scenario: scenario.kind == BASE)[:1]
        sections = [
            {
                "name": name,
                "label": labels[name],
                "rows": [
                    self._comparison_row(scenarios, base, field, unit, better)
                    for field, unit, better in rows
                    if field not in ONLY_IF_ANY or any(scenarios.mapped(field))
                ],
            }
            for name, rows in SECTIONS
        ]
        budget = self._budget_rows(scenarios, base)
        if budget:
            sections.append({"name": "budget", "label": labels["budget"], "rows": budget})
        return sections

    def _comparison_row(self, scenarios, base, name, unit, better):
        field = self.env["sop.scenario"]._fields[name]
        return self._row(
            name, field._description_string(self.env), field._description_help(self.env) or "",
            unit, better, scenarios, base, lambda scenario: scenario[name],
        )  # fmt: skip

    def _row(self, name, label, text, unit, better, scenarios, base, figure):
        """One row: a figure a scenario and its difference to the base; None: not calculated."""
        known = [figure(s) if s.state == "done" else None for s in scenarios]
        start = figure(base) if base.state == "done" else None
        changes = [
            None if value is None or start is None or s == base else value - start
            for s, value in zip(scenarios, known)
        ]
        return {
            "name": name, "label": label, "help": text, "format": unit, "better": better,
            "values": known, "changes": changes,
        }  # fmt: skip

    def _budget_rows(self, scenarios, base):
        """The distance of each scenario to the budget of the plan's months, where there is one."""
        budget = self.env["sop.planner"]._budget(self)
        measures = dict(self.env["sop.target"]._fields["measure"]._description_selection(self.env))
        rows = []
        for measure, name in BUDGETS.items():
            if not budget.get(measure):
                continue
            aim = budget[measure]
            rows.append(
                self._row(
                    f"budget_{measure}",
                    measures[measure],
                    self.env._("Difference to the budget of %s.", f"{aim:,.2f}"),
                    "percent" if name.startswith("rate") else "money",
                    "less" if measure == "stock" else "more",
                    scenarios,
                    base,
                    lambda scenario, name=name, aim=aim: scenario[name] - aim,
                )
            )
        return rows

    def _comparison_families(self, scenarios):
        """Families with something late in any scenario: units and value, one a scenario."""
        rows = self.env["sop.scenario.family"].search([("scenario_id", "in", scenarios.ids)])
        by_family = rows.grouped("family_id")
        table = []
        for family, own in by_family.items():
            if not any(own.mapped("qty_late")):
                continue
            by_scenario = {row.scenario_id: row for row in own}
            table.append(
                {
                    "name": family.name,
                    "values": [
                        {"qty": by_scenario[s].qty_late, "amount": by_scenario[s].amount_late}
                        if s in by_scenario
                        else {"qty": 0.0, "amount": 0.0}
                        for s in scenarios
                    ],
                }
            )
        return sorted(table, key=lambda row: -max(value["amount"] for value in row["values"]))

    def _comparison_months(self, scenarios):
        """Cash effect by month against the base, the months in which any scenario differs."""
        effects = [
            {row["month"]: row["amount"] for row in scenario.cash or []} for scenario in scenarios
        ]
        months = sorted({month for effect in effects for month, value in effect.items() if value})
        return [
            {
                "label": format_date(self.env, fields.Date.to_date(month), date_format="MMM yyyy"),
                "values": [effect.get(month, 0.0) for effect in effects],
            }
            for month in months
        ]
