from datetime import date

from odoo.tests import freeze_time, tagged

from .common import MONTH, TODAY, SopCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReport(SopCommon):
    """Plan Analysis: history and plan side by side, and the way from a cell to its records."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [10] * 40)
            cls._sell_monthly(cls.valve, [30] * 40)
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()

    def _rows(self, **values):
        domain = [("cycle_id", "=", self.cycle.id)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.env["sop.plan.report"].search(domain)

    def test_history_of_the_cycle_stands_beside_its_plan(self):
        history = self._rows(period="history", product_id=self.pump.id)
        self.assertEqual(len(history), 36)
        self.assertEqual(sum(history.mapped("qty_actual")), 360)
        plan = self._rows(period="plan")
        self.assertEqual(len(plan), 36)
        totals = self.env["sop.demand.line"]._read_group(
            [("cycle_id", "=", self.cycle.id)], [], ["qty_consensus:sum", "amount_consensus:sum"]
        )[0]
        self.assertAlmostEqual(sum(plan.mapped("qty_consensus")), totals[0], places=2)
        self.assertAlmostEqual(sum(plan.mapped("amount_consensus")), totals[1], places=2)

    def test_pivot_groups_by_family_and_month(self):
        groups = self.env["sop.plan.report"]._read_group(
            [("cycle_id", "=", self.cycle.id), ("period", "=", "history")],
            ["family_id", "bucket_start:month"],
            ["qty_actual:sum"],
        )
        sums = {(family, month): qty for family, month, qty in groups}
        self.assertEqual(sums[self.valves, date(2026, 10, 1)], 30)

    def test_plan_meets_what_was_ordered_once_its_month_is_over(self):
        with freeze_time("2026-12-09"):
            self._sell(date(2026, 11, 25), {self.pump: 13})
            december = self._make_cycle(month=date(2026, 12, 1))
            december.action_refresh()
        row = self._rows(period="plan", product_id=self.pump.id, bucket_start=MONTH)
        self.assertEqual(row.qty_actual, 13)

    def test_past_cell_opens_its_orders_and_a_coming_one_its_plan_line(self):
        past = self._rows(product_id=self.pump.id, bucket_start=date(2026, 10, 1))
        action = past.action_open_source()
        lines = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(lines.order_id.commitment_date.date(), date(2026, 10, 10))
        coming = self._rows(product_id=self.pump.id, bucket_start=MONTH)
        action = coming.action_open_source()
        line = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(line, self._line(self.cycle, self.pump))
