from odoo import models


class SopPlanner(models.AbstractModel):
    """What has changed since a scenario was computed, and what is wrong with a lever, in words."""

    _inherit = "sop.planner"

    def _changed_inputs(self, scenario):
        """Kinds of input that were written or deleted since a scenario was computed, in words with
        counts."""
        cycle, before = scenario.cycle_id, scenario.input_counts or {}
        source = self.env["sop.source"].sudo()
        rows = source._read_changes(cycle.company_id, cycle, scenario.date_simulated)
        gone = rows["name"].map(before).fillna(0).sub(rows["total"]).clip(lower=0)
        changes = rows.set_index("name")["count"].add(gone.to_numpy()).astype(int)
        changes = changes[changes > 0]
        names = self._input_names()
        return [f"{names.get(name, name)} ({count})" for name, count in changes.items()]

    def _part_names(self):
        """The parts of a fingerprint in words."""
        _ = self.env._
        return {
            "weeks": _("weeks"),
            "demand": _("demand"),
            "stock": _("stock"),
            "orders": _("open orders"),
            "bills": _("bills of materials"),
            "routings": _("operations"),
            "hours": _("working hours"),
            "work": _("released work"),
            "lead times": _("lead times"),
            "targets": _("stock targets"),
            "prices": _("prices and costs"),
            "families": _("families"),
        }

    def _input_names(self):
        _ = self.env._
        return {
            "demand plan": _("demand plan"),
            "sales orders": _("sales orders"),
            "stock": _("stock"),
            "purchase orders": _("purchase orders"),
            "manufacturing orders": _("manufacturing orders"),
            "work orders": _("work orders"),
            "bills of materials": _("bills of materials"),
            "operations": _("operations"),
            "work centers": _("work centers"),
            "absences": _("absences"),
            "extra hours": _("extra hours"),
            "vendor prices": _("vendor prices"),
            "reordering rules": _("reordering rules"),
            "working schedules": _("working schedules"),
            "products": _("products"),
            "families": _("families"),
            "settings": _("settings"),
        }

    def _budget(self, cycle):
        """Budget of the plan's months by measure."""
        rows = self.env["sop.source"]._read_budget(cycle)
        return dict(zip(rows["measure"], rows["value"]))

    # ---- sentences ----

    def _lever_sentence(self, error, levers):
        """What is wrong with a lever, and what to do about it."""
        position = error.details.get("position", -1)
        lever = levers[position : position + 1] if position >= 0 else levers.browse()
        other = error.details.get("other", -1)
        sentence = self._lever_sentences().get(error.code)
        if not sentence:
            return self._sentence(error)
        return sentence % {
            "lever": lever.label or "",
            "value": error.details.get("value"),
            "other": levers[other : other + 1].label if other >= 0 else "",
        }

    def _lever_sentences(self):
        """What the engine's codes of levers mean, and what to do about it."""
        _ = self.env._
        return {
            "lever_dates": _(
                "%(lever)s: the dates lie outside the plan's horizon, or end before they start."
            ),
            "lever_value": _("%(lever)s: %(value)s is not a possible figure here."),
            "lever_target": _(
                "%(lever)s: the deliveries cannot be made from this day on. Postponed ones move to"
                " a month behind the last day, ones built ahead to days before the first, both"
                " inside the horizon."
            ),
            "lever_scope": _(
                "%(lever)s: there is nothing that this lever could change. Look at its target and"
                " dates: no demand, no deliveries, no such work center, or nothing left to take."
            ),
            "lever_closed": _(
                "%(lever)s: the work center has no working hours, so nothing is known to add to."
                " Give it a working schedule."
            ),
            "lever_conflict": _(
                "%(lever)s contradicts %(other)s: change the dates or remove one of them."
            ),
        }
