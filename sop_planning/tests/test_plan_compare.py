from datetime import date

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import MONTH, TODAY
from .common_plan_version import OCTOBER, PlanVersionCommon

DECEMBER = date(2026, 12, 1)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPlanCompare(PlanVersionCommon):
    """Two plans line by line, and the causes that lead from the last plan to this one."""

    # ---- comparison ----

    def test_two_versions_line_by_line(self):
        first = self._approved()
        self.cycle.action_send_back("Wrong")
        line = self._line(self.cycle, self.pump)
        before = line.qty_consensus
        line.qty_override = before + 30
        second = self._approved()
        rows, _compare = self._compared(first, second)
        row = rows[self.pump, MONTH]
        self.assertEqual((row.kind, row.qty_old, row.qty_new), ("both", before, before + 30))
        self.assertEqual((row.qty_change, row.qty_override), (30, 30))
        self.assertAlmostEqual(row.amount_override, row.amount_new - row.amount_old, 2)
        others = [row for key, row in rows.items() if key != (self.pump, MONTH)]
        self.assertTrue(others)
        self.assertEqual({row.kind for row in others}, {"equal"})
        self.assertFalse(any(row.qty_change or row.amount_change for row in others))

    def test_months_that_both_plans_have_are_proposed(self):
        version = self._approved(self.october)
        rows, compare = self._compared(version, self.cycle)
        months = {month for _product, month in rows}
        self.assertEqual(min(months), MONTH)
        self.assertEqual((compare.date_from, compare.date_until), (MONTH, date(2027, 11, 1)))
        self.assertFalse([row for row in rows.values() if row.kind in ("new", "gone")])
        compare.date_from = OCTOBER
        compare.action_compare()
        lines = self.env["sop.plan.comparison"].search([("compare_id", "=", compare.id)])
        gone = lines.filtered(lambda row: row.kind == "gone")
        self.assertEqual(set(gone.mapped("bucket_start")), {OCTOBER})
        self.assertEqual(sum(gone.mapped("qty_scope")), -sum(gone.mapped("qty_old")))

    def test_causes_add_up_in_every_row_and_in_the_bridge(self):
        self._line(self.october, self.pump, DECEMBER).qty_override = 10
        version = self._approved(self.october)
        self._line(self.cycle, self.valve, DECEMBER).write({"qty_sales": 500})
        rows, compare = self._compared(version, self.cycle)
        causes = [cause for cause, _label in self.env["sop.plan.bridge"]._causes()]
        for row in rows.values():
            qty = sum(row[f"qty_{cause}"] for cause in causes if cause != "price")
            self.assertAlmostEqual(qty, row.qty_new - row.qty_old, 2)
            amount = sum(row[f"amount_{cause}"] for cause in causes)
            self.assertAlmostEqual(amount, row.amount_new - row.amount_old, 2)
        bridge = self.env["sop.plan.bridge"].search([("compare_id", "=", compare.id)])
        change = sum(row.qty_change for row in rows.values())
        self.assertAlmostEqual(sum(bridge.mapped("qty")), change, 2)
        december = bridge.filtered(lambda row: row.bucket_start == DECEMBER)
        self.assertIn((self.pumps, "override"), [(row.family_id, row.cause) for row in december])
        sales = december.filtered(lambda row: row.cause == "sales")
        self.assertEqual(sales.family_id, self.valves)
        opened = self.env["sop.plan.comparison"].search(sales.action_open_lines()["domain"])
        self.assertEqual(opened.product_id, self.valve)

    def test_wrong_choices_are_told(self):
        compare = self.env["sop.plan.compare"].create(
            {"old_kind": "cycle", "old_cycle_id": self.cycle.id, "new_cycle_id": self.cycle.id}
        )
        with self.assertRaisesRegex(UserError, "on both sides"):
            compare.action_compare()
        compare.new_cycle_id = False
        with self.assertRaisesRegex(UserError, "Choose both plans"):
            compare.action_compare()
        compare.new_cycle_id = self.october
        compare.date_until = compare.date_from
        with self.assertRaisesRegex(UserError, "no month in common"):
            compare.action_compare()

    def test_dialog_proposes_the_last_plan_and_the_current_one(self):
        version = self._approved(self.october)
        compare = self.env["sop.plan.compare"].create({})
        self.assertEqual(compare._sides(), (version, self.cycle))

    # ---- bridge of a cycle ----

    def test_bridge_from_the_last_approved_plan(self):
        self.assertEqual(self.cycle.get_bridge_data(), [])
        with self.assertRaisesRegex(UserError, "nothing to compare"):
            self.cycle.action_open_bridge()
        version = self._approved(self.october)
        self.assertEqual(self.cycle._last_plan(), version)
        line = self._line(self.cycle, self.pump)
        line.qty_override = line.qty_consensus + 1000
        data = self.cycle.get_bridge_data()
        self.assertEqual([row["family"] for row in data], ["Pumps", "Valves"])
        year = [("bucket_start", ">=", MONTH), ("bucket_start", "<", date(2027, 11, 1))]
        for row in data:
            domain = [("family_id", "=", row["family_id"]), *year]
            old = version.line_ids.filtered_domain(domain)
            new = self.env["sop.demand.line"].search([("cycle_id", "=", self.cycle.id), *domain])
            self.assertAlmostEqual(row["old"]["qty"], sum(old.mapped("qty_consensus")), 2)
            self.assertAlmostEqual(row["new"]["amount"], sum(new.mapped("amount_consensus")), 2)
            for figure in ("qty", "amount"):
                causes = sum(cause[figure] for cause in row["causes"].values())
                self.assertAlmostEqual(causes, row["new"][figure] - row["old"][figure], 1)
        self.assertAlmostEqual(data[0]["causes"]["override"]["qty"], 1000, 2)
        self.assertEqual(data[1]["causes"]["override"]["qty"], 0)
        action = self.cycle.action_open_bridge()
        self.assertTrue(self.env["sop.plan.bridge"].search(action["domain"]))

    def test_plan_approved_before_there_were_versions(self):
        self._approved(self.october)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM sop_plan_version_line; DELETE FROM sop_plan_version")
        self.env.invalidate_all()
        self.assertEqual(self.cycle._last_plan(), self.october)
        self.assertTrue(self.cycle.get_bridge_data())
