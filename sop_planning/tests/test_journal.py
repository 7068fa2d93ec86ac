from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY, SopCommon

NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestJournal(SopCommon):
    """Every human change to the consensus is remembered, can be explained and undone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [100] * 24)
            cls._sell_monthly(cls.small_pump, [50] * 24)
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()
        cls.reason = cls.env.ref("sop_planning.sop_override_reason_customer_new")

    def _journal(self):
        return self.env["sop.demand.override"].search([("cycle_id", "=", self.cycle.id)])

    def _family_lines(self):
        return self.env["sop.demand.line"].search(
            [("cycle_id", "=", self.cycle.id), ("family_id", "=", self.pumps.id)]
        )

    def _adjust(self, lines=None, user=None, **vals):
        lines = self._family_lines() if lines is None else lines
        if user:
            lines = lines.with_user(user)
        action = lines.action_adjust()
        wizard = self.env[action["res_model"]].with_env(lines.env).browse(action["res_id"])
        wizard.write(
            {
                "month_from": DECEMBER,
                "month_to": DECEMBER,
                "kind": "percent",
                "value": 10,
                "reason_id": self.reason.id,
                **vals,
            }
        )
        return wizard

    def _pair(self, month=DECEMBER):
        return [self._line(self.cycle, product, month) for product in (self.pump, self.small_pump)]

    def _total(self, month=DECEMBER):
        return round(sum(line.qty_consensus for line in self._pair(month)), 2)

    def test_typed_figure_is_an_entry_with_old_and_new(self):
        line = self._line(self.cycle, self.pump)
        before = line.qty_consensus
        controller = self._user("controller")
        line.with_user(controller).qty_override = 140
        entry = self._journal()
        self.assertEqual((entry.user_id, entry.kind), (controller, "set"))
        self.assertEqual(entry.product_id, self.pump)
        self.assertEqual((entry.month_from, entry.month_to), (NOVEMBER, NOVEMBER))
        self.assertEqual((entry.qty_old, entry.qty_new), (before, 140))
        self.assertAlmostEqual(entry.amount_change, (140 - before) * 100, places=2)
        self.assertIn("140", entry.description)

    def test_family_change_spreads_in_proportion_and_keeps_the_sum(self):
        total = self._total()
        wizard = self._adjust(value=20)
        self.assertAlmostEqual(wizard.qty_new, round(total * 1.2, 2), places=2)
        wizard.action_apply()
        self.assertEqual(self._total(), round(total * 1.2, 2))
        large, small = self._pair()
        self.assertAlmostEqual(large.qty_override / small.qty_override, 2, places=1)
        entry = self._journal()
        self.assertEqual((entry.reason_id, entry.family_id), (self.reason, self.pumps))
        self.assertFalse(entry.product_id)
        self.assertEqual(len(entry.line_ids), 2)
        self.assertFalse(self._line(self.cycle, self.pump, JANUARY).is_overridden)

    def test_one_total_over_months_keeps_their_proportions(self):
        self._adjust(kind="total", value=600, month_to=JANUARY).action_apply()
        self.assertEqual(self._total() + self._total(JANUARY), 600)
        self.assertAlmostEqual(self._total(), 300, delta=3)

    def test_locked_product_keeps_its_figure(self):
        fact = self.env["sop.demand.product"].search(
            [("cycle_id", "=", self.cycle.id), ("product_id", "=", self.pump.id)]
        )
        fact.with_user(self._user("controller")).is_locked = True
        large, small = self._pair()
        kept = large.qty_consensus
        wizard = self._adjust(kind="set", value=400)
        self.assertEqual(wizard.locked_count, 1)
        wizard.action_apply()
        self.assertEqual(large.qty_consensus, kept)
        self.assertFalse(large.is_overridden)
        self.assertEqual(self._total(), 400)
        wizard = self._adjust(kind="set", value=50)
        self.assertIn("locked products", wizard.problem)
        with self.assertRaisesRegex(UserError, "unlock products"):
            wizard.action_apply()
        self.cycle.action_refresh()
        self.assertTrue(fact.is_locked)
        self.assertEqual(small.qty_consensus, 400 - kept)

    def test_more_is_not_taken_than_there_is(self):
        with self.assertRaisesRegex(UserError, "cannot become negative"):
            self._adjust(kind="delta", value=-100000).action_apply()
        self.assertFalse(self._journal())

    def test_undo_restores_what_stood_before_and_is_an_entry_itself(self):
        line = self._line(self.cycle, self.pump)
        computed = line.qty_consensus
        line.qty_override = 140
        line.qty_override = 150
        second, first = self._journal()
        with self.assertRaisesRegex(UserError, "changed again"):
            first.action_undo()
        second.action_undo()
        self.assertEqual((line.qty_consensus, line.is_overridden), (140, True))
        first.action_undo()
        self.assertEqual((line.qty_consensus, line.is_overridden), (computed, False))
        self.assertEqual(self._journal().mapped("kind"), ["undo", "undo", "set", "set"])
        self.assertEqual(first.undone_by_id.undoes_id, first)
        with self.assertRaisesRegex(UserError, "undone already"):
            first.action_undo()

    def test_override_falls_with_the_quotation_it_rests_on(self):
        quotation = self._sell(date(2026, 12, 10), {self.pump: 500}, confirm=False)
        self._adjust(
            self._line(self.cycle, self.pump, DECEMBER),
            value=50,
            source_ref=f"sale.order,{quotation.id}",
        ).action_apply()
        line = self._line(self.cycle, self.pump, DECEMBER)
        self.assertTrue(line.is_overridden)
        quotation._action_cancel()
        self.assertFalse(line.is_overridden)
        undo = self._journal()[0]
        self.assertEqual(undo.kind, "undo")
        self.assertIn(quotation.name, undo.note)

    def test_override_whose_source_was_deleted_falls_at_the_next_refresh(self):
        quotation = self._sell(date(2026, 12, 10), {self.pump: 500}, confirm=False)
        line = self._line(self.cycle, self.pump, DECEMBER)
        self._adjust(line, source_ref=f"sale.order,{quotation.id}").action_apply()
        quotation.unlink()
        self.cycle.action_refresh()
        self.assertFalse(line.is_overridden)

    def test_figure_that_rested_on_a_cancelled_quotation_does_not_come_back(self):
        line = self._line(self.cycle, self.pump, DECEMBER)
        computed = line.qty_consensus
        first, second = (
            self._sell(date(2026, 12, 10), {self.pump: qty}, confirm=False) for qty in (500, 600)
        )
        for quotation, value in ((first, 600), (second, 1100)):
            self._adjust(
                line, kind="set", value=value, source_ref=f"sale.order,{quotation.id}"
            ).action_apply()
        first._action_cancel()
        self.assertEqual(line.qty_consensus, 1100)
        second._action_cancel()
        self.assertEqual((line.is_overridden, line.qty_consensus), (False, computed))

    def test_figure_that_rounds_at_a_tie_can_be_undone(self):
        line = self._line(self.cycle, self.pump)
        line.write({"qty_override": 140.125})
        self.assertEqual(line.qty_override, self._journal().line_ids.override_new)
        self._journal().action_undo()
        self.assertFalse(line.is_overridden)

    def test_cancelled_quotation_leaves_a_later_figure_alone(self):
        quotation = self._sell(date(2026, 12, 10), {self.pump: 500}, confirm=False)
        line = self._line(self.cycle, self.pump, DECEMBER)
        self._adjust(line, source_ref=f"sale.order,{quotation.id}").action_apply()
        line.qty_override = 77
        quotation._action_cancel()
        self.assertEqual(line.qty_consensus, 77)

    def test_frozen_months_are_changed_by_their_role_only(self):
        self.company.write({"sop_frozen_months": 2, "sop_frozen_role": "executive"})
        controller = self._user("controller")
        december = self._line(self.cycle, self.pump, DECEMBER)
        with self.assertRaisesRegex(UserError, "frozen: the first 2 months.*Executive"):
            december.with_user(controller).qty_override = 5
        with self.assertRaisesRegex(UserError, "frozen"):
            december.with_user(controller).qty_sales = 5
        with self.assertRaisesRegex(UserError, "frozen"):
            self._adjust(december, user=controller)
        self._line(self.cycle, self.pump, JANUARY).with_user(controller).qty_override = 5
        december.with_user(self._user("manager")).qty_override = 5
        self.assertEqual(december.qty_consensus, 5)

    def test_dialog_belongs_to_who_opened_it(self):
        wizard = self._adjust(user=self._user("controller"))
        colleague = self._user("manager")
        with self.assertRaises(AccessError):
            wizard.with_user(colleague).read(["value"])
        with self.assertRaises(AccessError):
            wizard.with_user(colleague).action_apply()

    def test_second_person_is_told_and_nothing_is_overwritten(self):
        line = self._line(self.cycle, self.pump, DECEMBER)
        seen = line.version
        anna, bert = self._user("controller"), self._user("manager")
        line.with_user(anna).write({"qty_override": 120, "version": seen})
        with self.assertRaisesRegex(UserError, "a_controller.* entered 120"):
            line.with_user(bert).write({"qty_override": 130, "version": seen})
        self.assertEqual(line.qty_consensus, 120)
        line.with_user(bert).write({"qty_override": 130, "version": line.version})
        self.assertEqual(line.qty_consensus, 130)

    def test_dialog_opened_before_a_change_does_not_overwrite_it(self):
        wizard = self._adjust(value=20)
        self._line(self.cycle, self.pump, DECEMBER).qty_override = 99
        with self.assertRaisesRegex(UserError, "changed since you opened it"):
            wizard.action_apply()
        self.assertEqual(self._line(self.cycle, self.pump, DECEMBER).qty_consensus, 99)

    def test_refresh_keeps_five_hundred_overrides(self):
        products = [self._make_product(f"Pump {n}", self.pumps, 10 + n) for n in range(32)]
        self._sell(date(2026, 10, 5), {product: 5 for product in products})
        self.cycle.action_refresh()
        lines = self._family_lines().filtered(lambda line: line.product_id in products)
        chosen = lines.sorted("id")[:500]
        self.assertEqual(len(chosen), 500)
        chosen._override(
            {line: float(n) for n, line in enumerate(chosen)}, {"kind": "set", "value": 0}
        )
        self._sell(date(2026, 10, 20), {product: 500 for product in products})
        self.cycle.action_refresh()
        self.assertEqual(chosen.mapped("qty_consensus"), [float(n) for n in range(500)])
        self.assertTrue(all(chosen.mapped("is_overridden")))

    def test_next_cycle_starts_with_what_people_decided_for_its_months(self):
        controller = self._user("controller")
        line = self._line(self.cycle, self.pump, JANUARY)
        line.with_user(controller).qty_override = 333
        self._line(self.cycle, self.pump, NOVEMBER).qty_override = 1
        with freeze_time("2026-12-09"):
            december = self._make_cycle(month=DECEMBER)
            december.action_refresh()
            carried = self._line(december, self.pump, JANUARY)
            self.assertEqual((carried.qty_consensus, carried.is_overridden), (333, True))
            entry = self.env["sop.demand.override"].search([("cycle_id", "=", december.id)])
            self.assertEqual((entry.kind, entry.user_id), ("carry", controller))
            self.assertIn("November 2026", entry.note)
            entry.action_undo()
            december.action_refresh()
            self.assertFalse(carried.is_overridden)
            self.assertEqual(line.qty_consensus, 333)

    def test_company_may_start_each_cycle_afresh(self):
        self.company.sop_carry_overrides = False
        self._line(self.cycle, self.pump, JANUARY).qty_override = 333
        with freeze_time("2026-12-09"):
            december = self._make_cycle(month=DECEMBER)
            december.action_refresh()
            self.assertFalse(self._line(december, self.pump, JANUARY).is_overridden)

    def test_journal_cannot_be_written_or_deleted(self):
        self._line(self.cycle, self.pump).qty_override = 140
        entry = self._journal().with_user(self._user("manager"))
        for change in (
            lambda: entry.write({"note": "Never happened"}),
            lambda: entry.unlink(),
            lambda: entry.create({"cycle_id": self.cycle.id}),
        ):
            with self.assertRaises(UserError):  # access errors are user errors
                change()

    def test_only_controllers_undo_and_adjust(self):
        line = self._line(self.cycle, self.pump)
        line.qty_override = 140
        for role in ("viewer", "sales", "operations", "executive"):
            user = self._user(role)
            with self.assertRaises(AccessError, msg=role):
                self._journal().with_user(user).action_undo()
            with self.assertRaises(AccessError, msg=role):
                line.with_user(user).action_adjust()
        self.assertEqual(line.qty_consensus, 140)

    def test_exception_is_adjusted_from_its_own_dialog(self):
        for month in (NOVEMBER, DECEMBER, JANUARY):
            self._line(self.cycle, self.pump, month).qty_override = 300
        exception = self._exceptions(self.cycle).filtered(lambda row: row.kind == "deviation")
        action = exception.action_adjust()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((wizard.month_from, wizard.product_count), (NOVEMBER, 2))
        wizard.write({"kind": "percent", "value": -5, "reason_id": self.reason.id})
        wizard.note = "Agreed with S. Roth"
        wizard.action_apply()
        self.assertEqual(exception.state, "adjusted")
        self.assertIn("Agreed with S. Roth", exception.note)
