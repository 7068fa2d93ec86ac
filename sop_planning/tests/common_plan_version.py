from datetime import date

from odoo.tests import freeze_time

from .common import TODAY, SopCommon

OCTOBER = date(2026, 10, 1)


class PlanVersionCommon(SopCommon):
    """The computed cycles of October and November: the approval of one makes a version."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [100] * 14)
            cls._sell_monthly(cls.valve, [50] * 14)
            cls.october = cls._make_cycle(month=OCTOBER)
            cls.cycle = cls._make_cycle()
            (cls.october + cls.cycle).action_refresh()

    def _approved(self, cycle=None, user=None):
        """The version that an approval makes."""
        cycle = cycle or self.cycle
        while cycle.state != "executive":
            cycle.action_next_step()
        cycle.with_user(user or self.env.user).action_approve()
        return cycle.version_ids.sorted("number")[-1]

    def _compared(self, old, new, user=None):
        """The lines of a comparison by product and month."""
        compare = self.env["sop.plan.compare"].with_user(user or self.env.user)._of(old, new)
        action = compare.action_compare()
        lines = self.env["sop.plan.comparison"].with_user(user or self.env.user)
        return {(r.product_id, r.bucket_start): r for r in lines.search(action["domain"])}, compare
