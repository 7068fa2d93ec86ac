from odoo import api, fields, models
from odoo.exceptions import UserError

from .sop_cycle import APPROVED

YEAR = 12  # months


class SopCycle(models.Model):
    """What the approval of a cycle freezes, and how the plan differs from the one before."""

    _inherit = "sop.cycle"

    version_ids = fields.One2many("sop.plan.version", "cycle_id", string="Versions", readonly=True)
    version_count = fields.Integer(string="Approved versions", compute="_compute_version_count")
    reopen_reason = fields.Text(
        string="Opened again because",
        readonly=True,
        copy=False,
        help="Why the approved plan was taken back. The next version remembers it.",
    )

    def _compute_version_count(self):
        counts = self._count("sop.plan.version", "number", [])
        for cycle in self:
            cycle.version_count = sum(counts.get(cycle, {}).values())

    def action_approve(self, reason=None):
        """Approve the plan and keep its figures as a version that nobody changes."""
        self._check_executive()
        self._check_four_eyes()
        result = super().action_approve(reason)
        for cycle in self:
            self.env["sop.planner"]._write_version(cycle)
        return result

    def _check_four_eyes(self):
        for cycle in self.filtered("company_id.sop_four_eyes"):
            requester = cycle._requester()
            if not requester:
                raise UserError(
                    self.env._(
                        "Nobody has signed Pre-S&OP of %s off, so nobody has asked for the approval"
                        " yet: send the cycle back to Pre-S&OP and close that step.",
                        cycle.name,
                    )
                )
            if requester == self.env.user:
                raise UserError(
                    self.env._(
                        "%(user)s closed Pre-S&OP of %(cycle)s and so asked for this approval:"
                        " another executive has to approve the plan. The settings ask for two"
                        " people.",
                        user=requester.name,
                        cycle=cycle.name,
                    )
                )

    def _requester(self):
        """Who asked for the approval: whoever signed the step before the executives' off."""
        return self.step_ids.filtered(lambda step: step.code == "pre_sop").signed_by_id

    def action_send_back(self, reason=None):
        """Taking an approval back keeps the reason for the next version."""
        approved = self.filtered(lambda cycle: cycle.state == APPROVED)
        result = super().action_send_back(reason)
        approved.sudo().reopen_reason = (reason or "").strip()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_versions(self):
        """An approved version stays, also when its cycle was opened again since."""
        for cycle in self.filtered("version_count"):
            raise UserError(
                self.env._(
                    "%(cycle)s has %(count)s approved versions, which are kept for good: cancel the"
                    " cycle instead of deleting it.",
                    cycle=cycle.name,
                    count=cycle.version_count,
                )
            )

    # ---- comparison ----

    def _last_plan(self):
        """The company's last approved plan before this cycle: a version, the cycle itself where it
        was approved without one, or nothing."""
        self.ensure_one()
        earlier = [("company_id", "=", self.company_id.id), ("month", "<", self.month)]
        with_version = [("version_ids", "!=", False)]
        cycle = self.search(
            ["&", "&", *earlier, "|", ("state", "=", APPROVED), *with_version],
            order="month desc, id desc",
            limit=1,
        )
        return cycle.version_ids.sorted("number")[-1:] or cycle

    def get_bridge_data(self):
        """Why the next twelve months differ from the last approved plan, by family.

        [{"family_id", "family", "old", "new", "causes"}], each figure {"qty", "amount"} and causes
        {cause: figure}, the largest differences by money first; causes add up to new - old. Months
        that the last plan did not reach are left out. [] without a last plan.
        """
        self.ensure_one()
        self.check_access("read")
        last = self._last_plan()
        if not last or not self.date_snapshot:
            return []
        return self.env["sop.planner"]._bridge_families(last, self, *self._bridge_months(last))

    def _bridge_months(self, last):
        """First month of the bridge, and the month that it ends before."""
        until = self.company_id._sop_months_after(self.month, YEAR)
        cycle = last if last._name == self._name else last.cycle_id
        return self.month, min(until, self.date_end, cycle.date_end)

    def action_open_bridge(self):
        """The bridge from the last approved plan to this one."""
        self.ensure_one()
        last = self._last_plan()
        if not last:
            raise UserError(
                self.env._(
                    "No plan of %(company)s was approved before %(cycle)s, so there is nothing to"
                    " compare it with. Approve this plan: the next cycle is compared with it.",
                    company=self.company_id.name,
                    cycle=self.name,
                )
            )
        self._check_computed()
        return self.env["sop.plan.compare"]._of(last, self).action_bridge()

    def action_open_versions(self):
        return self._open("sop_plan_version_action")

    def action_compare_plans(self):
        """Choose the plan to compare this one with."""
        self.ensure_one()
        return self.env["sop.plan.compare"]._open(self)
