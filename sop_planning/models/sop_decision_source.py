from odoo import fields, models

from .navigation import FAMILY_NAMES, open_action

# how a decision calls what it was made of
SOURCES = {
    "sop.supply.gap": "gap_id",
    "sop.exception": "exception_id",
    "sop.supplier.risk": "supplier_risk_id",
    "sop.scenario": "scenario_id",
}


class SopDecisionSource(models.AbstractModel):
    """Something that the meeting may have to decide about."""

    _name = "sop.decision.source.mixin"
    _description = "S&OP Source of Decisions"

    decision_count = fields.Integer(compute="_compute_decision_count", string="Decisions")

    def _compute_decision_count(self):
        name = SOURCES[self._name]
        rows = self.env["sop.decision"]._read_group([(name, "in", self.ids)], [name], ["__count"])
        counts = {source.id: count for source, count in rows}
        for source in self:
            source.decision_count = counts.get(source.id, 0)

    def action_make_decision(self):
        """Put it to the meeting: an item with what is known, to be completed."""
        self.ensure_one()
        decision = self.env["sop.decision"].create(
            {
                "cycle_id": self.cycle_id.id,
                "user_id": self._decision_owner().id,
                SOURCES[self._name]: self.id,
                # kept for everybody, so without the amounts that only some may see
                **self.with_context(sop_without_money=True)._decision_vals(),
            }
        )
        amounts = self.sudo()._decision_amounts()
        if amounts:
            decision.sudo().write(amounts)
        return {
            "type": "ir.actions.act_window",
            "res_model": decision._name,
            "res_id": decision.id,
            "views": [(False, "form")],
            "context": FAMILY_NAMES,
        }

    def _decision_owner(self):
        """Controllers ask the owner; others ask themselves, as the rights want it."""
        is_controller = self.env.user.has_group("sop_planning.sop_planning_group_controller")
        return self.user_id if is_controller and self.user_id else self.env.user

    def _decision_vals(self):
        return {"name": self.display_name, "description": self.reason}

    def _decision_amounts(self):
        """Its amounts, which whoever makes the decision need not see."""
        return {}

    def action_open_decisions(self):
        """The decisions that were made of it."""
        domain = [(SOURCES[self._name], "in", self.ids)]
        return open_action(self.env, "sop_decision_action", domain, "list")


class SopSupplyGap(models.Model):
    _name = "sop.supply.gap"
    _inherit = ["sop.supply.gap", "sop.decision.source.mixin"]

    def _decision_vals(self):
        return {
            "name": self.env._("Close the gap %s", self.display_name),
            "description": self.reason,
            "family_id": self.family_id.id,
            "effect_measure": "revenue",
        }

    def _decision_amounts(self):
        return {"effect_expected": self.amount_short}


class SopException(models.Model):
    _name = "sop.exception"
    _inherit = ["sop.exception", "sop.decision.source.mixin"]

    def _decision_vals(self):
        return {**super()._decision_vals(), "family_id": self.family_id.id}


class SopSupplierRisk(models.Model):
    _name = "sop.supplier.risk"
    _inherit = ["sop.supplier.risk", "sop.decision.source.mixin"]

    def _decision_vals(self):
        """Whoever makes a risk of it finds its exposure filled in."""
        return {
            "name": self.env._("Late deliveries of %s", self.partner_id.display_name),
            "description": self.reason,
            "family_id": self.family_line_ids[:1].family_id.id,
            "probability": 1 - self.rate_otif_first if self.has_data else 0.0,
        }

    def _decision_amounts(self):
        return {"amount_impact": self.amount_at_risk}


class SopScenario(models.Model):
    _name = "sop.scenario"
    _inherit = ["sop.scenario", "sop.decision.source.mixin"]

    def _decision_owner(self):
        return self.env.user

    def _decision_vals(self):
        """The scenario is proposed beside the base plan."""
        others = (self.cycle_id._base_plan() - self).filtered(lambda row: row.state == "done")
        mine = self if self.state == "done" else self.browse()
        return {
            "name": self.env._("Which scenario does the plan follow?"),
            "description": self.note or self.reason,
            "option_ids": [
                fields.Command.create(
                    {"scenario_id": scenario.id, "is_recommended": scenario == self}
                )
                for scenario in others + mine
            ],
        }
