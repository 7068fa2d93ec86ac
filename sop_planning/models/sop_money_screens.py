from odoo import api, models

from .sop_money_mixin import HIDDEN, without_hidden


class SopCycle(models.Model):
    """What the screens of a cycle show of money, for people who see amounts and for those who do
    not: the figures are read by the server and left out of what it hands over."""

    _name = "sop.cycle"
    _inherit = ["sop.cycle", "sop.money.mixin"]

    def _short_money(self, amount):
        return super()._short_money(amount) if self._sees_money() else HIDDEN

    def _money_label(self, amount):
        return super()._money_label(amount) if self._sees_money() else HIDDEN

    def get_summary(self):
        self.check_access("read")
        if self._sees_money():
            return super().get_summary()
        summary = super(SopCycle, self.sudo()).get_summary()
        return {name: value for name, value in summary.items() if not name.startswith("amount_")}

    # ---- comparison of scenarios ----

    def _comparison_header(self, scenarios):
        return {**super()._comparison_header(scenarios), "sees_money": self._sees_money()}

    def _comparison_columns(self, scenarios):
        if self._sees_money():
            return super()._comparison_columns(scenarios)
        columns = super()._comparison_columns(scenarios.sudo())
        return [{**column, "binds": [without_hidden(words) for words in column["binds"]]}
                for column in columns]  # fmt: skip

    def _comparison_sections(self, scenarios):
        if self._sees_money():
            return super()._comparison_sections(scenarios)
        sections = super(SopCycle, self.sudo())._comparison_sections(scenarios.sudo())
        for section in sections:
            section["rows"] = [row for row in section["rows"] if row["format"] != "money"]
        return [section for section in sections if section["rows"]]

    def _comparison_families(self, scenarios):
        if self._sees_money():
            return super()._comparison_families(scenarios)
        rows = super(SopCycle, self.sudo())._comparison_families(scenarios.sudo())
        for row in rows:
            row["values"] = [{"qty": value["qty"]} for value in row["values"]]
        return rows

    def _comparison_months(self, scenarios):
        return super()._comparison_months(scenarios) if self._sees_money() else []

    # ---- bridge ----

    def get_bridge_data(self):
        rows = super().get_bridge_data()
        if not self._sees_money():
            for row in rows:
                for figure in (row["old"], row["new"], *row["causes"].values()):
                    figure.pop("amount")
        return rows


class SopScenario(models.Model):
    _inherit = "sop.scenario"

    def copy(self, default=None):
        """A copy costs what its original costs, whoever makes it."""
        copies = super().copy(default)
        if not self._sees_money() and "lever_ids" not in (default or {}):
            for scenario, twin in zip(self.sudo(), copies.sudo()):
                pairs = zip(scenario.lever_ids.sorted("id"), twin.lever_ids.sorted("id"))
                for lever, own in pairs:
                    own.cost = lever.cost
        return copies


class SopDecision(models.Model):
    _name = "sop.decision"
    _inherit = ["sop.decision", "sop.money.mixin"]
    _money_fields = ("effect_expected", "effect_real")


class SopDecisionOption(models.Model):
    _name = "sop.decision.option"
    _inherit = ["sop.decision.option", "sop.money.mixin"]

    @api.depends_context("uid", "sop_without_money")
    def _compute_display_name(self):
        return super()._compute_display_name()

    def _cost_words(self):
        return super()._cost_words() if self._sees_money() else ""


class SopPlanVersion(models.Model):
    _name = "sop.plan.version"
    _inherit = ["sop.plan.version", "sop.money.mixin"]
    _money_fields = ("figures",)

    def _compute_figures(self):
        return super(SopPlanVersion, self.sudo())._compute_figures()


class SopPlanVersionLine(models.Model):
    _name = "sop.plan.version.line"
    _inherit = ["sop.plan.version.line", "sop.money.mixin"]
