from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import TODAY, SopCommon

NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSalesInput(SopCommon):
    """Several contributors, one sales input; families weigh what they get."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [100] * 24)
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()
        cls.line = cls._line(cls, cls.cycle, cls.pump)

    def _contributor(self, login):
        user = new_test_user(
            self.env,
            login,
            groups="sop_planning.sop_planning_group_sales",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.pumps.sop_contributor_ids += user
        return user

    def test_contributors_are_combined_by_their_mean_or_sum(self):
        anna, bert = self._contributor("anna"), self._contributor("bert")
        self.line.with_user(anna).qty_sales = 120
        self.line.with_user(bert).qty_sales = 160
        self.assertEqual((self.line.qty_sales, self.line.qty_consensus), (140, 140))
        self.company.sop_sales_combination = "sum"
        self.line.with_user(bert).qty_sales = 30
        self.assertEqual(self.line.qty_sales, 150)
        inputs = self.env["sop.demand.input"].search([("cycle_id", "=", self.cycle.id)])
        self.assertEqual({row.user_id: row.qty for row in inputs}, {anna: 120, bert: 30})

    def test_contributor_takes_back_only_the_own_figure(self):
        anna, bert = self._contributor("anna"), self._contributor("bert")
        self.line.with_user(anna).qty_sales = 120
        self.line.with_user(bert).qty_sales = 160
        self.line.with_user(bert).is_sales = False
        self.assertEqual(self.line.qty_sales, 120)
        self.line.with_user(self._user("controller")).is_sales = False
        self.assertFalse(self.line.is_sales)

    def test_somebody_else_s_figure_is_not_changed(self):
        anna, bert = self._contributor("anna"), self._contributor("bert")
        self.line.with_user(anna).qty_sales = 120
        row = self.env["sop.demand.input"].search([("user_id", "=", anna.id)])
        with self.assertRaises(AccessError):
            row.with_user(bert).qty = 1
        forged = self.env["sop.demand.input"].with_user(bert).create(
            {
                "cycle_id": self.cycle.id, "product_id": self.pump.id,
                "bucket_start": NOVEMBER, "qty": 160, "user_id": anna.id,
            }
        )  # fmt: skip
        self.assertEqual(forged.user_id, bert)
        self.assertEqual(row.qty, 120)

    def test_own_figure_cannot_be_moved_to_somebody_else_or_another_family(self):
        bert = self._contributor("bert")
        self.line.with_user(bert).qty_sales = 120
        row = self.env["sop.demand.input"].search([("user_id", "=", bert.id)])
        own = row.with_user(bert)
        with self.assertRaises(UserError):
            own.user_id = self._contributor("anna")
        self._sell_monthly(self.valve, [5] * 6)
        self.cycle.action_refresh()
        with self.assertRaises(AccessError):
            own.product_id = self.valve
        self.assertFalse(self._line(self.cycle, self.valve).is_sales)

    def test_frozen_months_hold_for_the_list_of_inputs_too(self):
        bert = self._contributor("bert")
        self.line.with_user(bert).qty_sales = 120
        self.company.write({"sop_frozen_months": 2, "sop_frozen_role": "executive"})
        own = self.env["sop.demand.input"].search([("user_id", "=", bert.id)]).with_user(bert)
        with self.assertRaisesRegex(UserError, "frozen"):
            own.unlink()
        with self.assertRaisesRegex(UserError, "frozen"):
            own.bucket_start = "2027-03-01"
        self.assertEqual(self.line.qty_consensus, 120)

    def test_figure_outside_the_plan_is_refused_with_the_reason(self):
        inputs = self.env["sop.demand.input"].with_user(self._user("controller"))
        vals = {"cycle_id": self.cycle.id, "product_id": self.pump.id, "qty": 5}
        with self.assertRaisesRegex(UserError, "runs from November 2026 to April 2028"):
            inputs.create({**vals, "bucket_start": "2028-05-03"})
        with self.assertRaisesRegex(UserError, "is not in the plan"):
            inputs.create({**vals, "product_id": self.valve.id, "bucket_start": "2026-12-03"})
        with self.assertRaisesRegex(UserError, "cannot be negative"):
            inputs.create({**vals, "bucket_start": "2026-12-03", "qty": -1})

    def test_input_survives_a_refresh_and_stays_below_an_override(self):
        self.line.with_user(self._contributor("anna")).qty_sales = 120
        self.line.qty_override = 99
        self.cycle.action_refresh()
        self.assertEqual((self.line.qty_sales, self.line.qty_consensus), (120, 99))
        self.line.action_reset_override()
        self.assertEqual(self.line.qty_consensus, 120)

    def test_family_weighs_its_inputs_at_once_and_at_a_refresh(self):
        self.pumps.write(
            {
                "sop_own_weights": True,
                "sop_weight_computed": 1,
                "sop_weight_sales": 3,
                "sop_weight_last_year": 0,
            }
        )
        computed = self.line.qty_computed
        self.line.with_user(self._contributor("anna")).qty_sales = 200
        expected = round((computed + 3 * 200) / 4, 2)
        self.assertAlmostEqual(self.line.qty_consensus, expected, places=2)
        self.cycle.action_refresh()
        self.assertAlmostEqual(self.line.qty_consensus, expected, places=2)
        other = self._line(self.cycle, self.pump, DECEMBER)
        self.assertEqual(other.qty_consensus, other.qty_computed)
