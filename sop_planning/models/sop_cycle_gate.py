from odoo import api, fields, models
from odoo.exceptions import UserError

from .sop_cycle import OPEN_STATES

STALE_HOURS = 48
NAMED = 3  # records in a sentence


class SopCycle(models.Model):
    """The gates of a cycle's steps: what is looked at, and who may pass one all the same.

    A check with code x is the method ``_gate_x``: it returns what is wrong as a sentence, or
    nothing.
    """

    _inherit = "sop.cycle"

    gate_status = fields.Json(compute="_compute_gate_status")
    gate_text = fields.Text(
        string="Still to do",
        compute="_compute_gate_status",
        help="What has to be done before the step can be closed.",
    )
    gate_warning = fields.Text(
        string="Worth a look",
        compute="_compute_gate_status",
        help="Checks that fail without keeping the step open.",
    )

    def _compute_gate_status(self):
        for cycle in self:
            rows = cycle._rows_of_gate() if not cycle.is_frozen else []
            cycle.gate_status = rows
            wrong = [row for row in rows if row["message"]]
            cycle.gate_text = "\n".join(row["message"] for row in wrong if row["is_blocking"])
            cycle.gate_warning = "\n".join(
                row["message"] for row in wrong if not row["is_blocking"]
            )

    def _rows_of_gate(self):
        """The checks that stand between this step and the next: [{name, message, is_blocking}]."""
        self.ensure_one()
        return [
            {
                "name": check.name,
                "message": getattr(self, f"_gate_{check.code}")() or "",
                "is_blocking": check.is_blocking,
            }
            for check in self._checks_of_gate()
        ]

    def _checks_of_gate(self):
        here = OPEN_STATES.index(self.state)
        after = OPEN_STATES[here + 1 : here + 2]
        return self.env["sop.step.check"].sudo().search(
            [
                "|",
                "&", ("step", "=", self.state), ("moment", "=", "exit"),
                "&", ("step", "in", after), ("moment", "=", "entry"),
            ]
        )  # fmt: skip

    def _pass_gate(self, reason=None):
        """Refuse to leave the step while a blocking check fails. Who may pass gates can, with a
        reason that is kept for good."""
        for cycle in self:
            wrong = [
                row["message"]
                for row in cycle._rows_of_gate()
                if row["message"] and row["is_blocking"]
            ]
            if not wrong:
                continue
            if not (reason or "").strip():
                raise UserError(
                    self.env._("%(cycle)s cannot leave this step yet:", cycle=cycle.name)
                    + "".join(f"\n- {sentence}" for sentence in wrong)
                )
            cycle._check_may_jump()
            # the history is read by people who see no amounts, too
            rows = cycle.with_context(sop_without_money=True)._rows_of_gate()
            kept = [row["message"] for row in rows if row["message"] and row["is_blocking"]]
            cycle._current_step()._note_jump(reason.strip(), kept)

    def _check_may_jump(self):
        if not self.env.user.has_group("sop_planning.sop_planning_group_gate"):
            raise UserError(
                self.env._(
                    "Only who may pass gates can close a step whose checks fail: an administrator"
                    " gives that right."
                )
            )

    def action_jump_gate(self):
        """Ask for the reason to close the step although checks fail."""
        self.ensure_one()
        self._check_may_jump()
        return self._ask("jump", self.env._("Close the step all the same"))

    def action_ask_send_back(self):
        """Ask why the cycle goes back a step."""
        self.ensure_one()
        return self._ask("back", self.env._("Send back"))

    def _ask(self, kind, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "sop.cycle.reason",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_cycle_id": self.id, "default_kind": kind},
        }

    # ---- what is looked at ----

    def _gate_computed(self):
        if not self.date_snapshot:
            return self.env._("The cycle has no figures yet: press Refresh.")
        return None

    def _gate_fresh(self):
        hours = self._hours_since_snapshot()
        if hours and hours > STALE_HOURS:
            return self.env._("The figures are %s hours old: press Refresh.", round(hours))
        return None

    def _gate_trusted(self):
        try:
            self._check_trusted()
        except UserError as error:
            return str(error)
        return None

    def _gate_reds(self):
        reds = self.exception_ids.filtered(lambda e: e.severity == "red" and e.state == "open")
        if reds:
            return self.env._(
                "Red exceptions without an answer: %(count)s (%(names)s).",
                count=len(reds), names=self._names(reds.mapped("display_name")),
            )  # fmt: skip
        return None

    def _gate_families(self):
        waiting = self.review_ids.filtered(lambda review: review.state != "agreed")
        if waiting:
            return self.env._(
                "Families not agreed: %(count)s (%(names)s).",
                count=len(waiting), names=self._names(waiting.family_id.mapped("name")),
            )  # fmt: skip
        return None

    def _gate_gaps(self):
        gaps = self.env["sop.supply.gap"].search(
            [
                ("cycle_id", "=", self.id), ("scenario_id.is_followed", "=", True),
                ("state", "=", "open"), ("week_from", ">", 0),
            ]
        )  # fmt: skip
        if gaps:
            return self.env._(
                "Supply gaps without a decision: %(count)s (%(names)s).",
                count=len(gaps), names=self._names(gaps.mapped("display_name")),
            )  # fmt: skip
        return None

    def _gate_suppliers(self):
        risks = self.env["sop.supplier.risk"].search(
            [("cycle_id", "=", self.id), ("is_flagged", "=", True), ("state", "=", "open")]
        )
        if risks:
            return self.env._(
                "Flagged vendors without an answer: %(count)s (%(names)s).",
                count=len(risks), names=self._names(risks.partner_id.mapped("name")),
            )  # fmt: skip
        return None

    def _gate_scenario(self):
        if not self.selected_scenario_id:
            return self.env._("No scenario is chosen: compare them and choose one.")
        return None

    def _gate_pack(self):
        if "date_pack_published" in self._fields and not self.date_pack_published:
            return self.env._("The meeting pack is not published.")
        return None

    def _gate_decision(self):
        if "has_decision" in self._fields and not self.has_decision:
            return self.env._("No decision is recorded: a meeting without one was a report.")
        return None

    def _gate_decided(self):
        if "sop.decision" not in self.env:
            return None
        waiting = self.env["sop.decision"].search(
            [("cycle_id", "=", self.id), ("kind", "=", "decision"), ("state", "=", "open")]
        )
        if waiting:
            return self.env._(
                "Open decisions: %(count)s (%(names)s).",
                count=len(waiting), names=self._names(waiting.mapped("name")),
            )  # fmt: skip
        return None

    @api.model
    def _names(self, names):
        named = [name for name in names if name][:NAMED]
        more = len(names) - len(named)
        text = ", ".join(named)
        return (
            self.env._("%(names)s and %(more)s more", names=text, more=more) if more > 0 else text
        )
