from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .common import MONTH, TODAY, SopCommon

DECEMBER, JANUARY, FEBRUARY = date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)
JUNE = date(2026, 6, 1)


class EventCommon(SopCommon):
    """Three years of steady sales: 100 pumps, 40 small pumps and 20 valves a month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            for back in range(1, 37):
                day = MONTH - relativedelta(months=back) + relativedelta(days=9)
                cls._sell(day, {cls.pump: 100, cls.small_pump: 40, cls.valve: 20})
            cls.cycle = cls._make_cycle()

    def _event(self, kind, start, end=False, **vals):
        vals = {
            "name": "What we know",
            "kind": kind,
            "date_start": start,
            "date_end": end,
            "product_ids": self.pump.ids,
            **vals,
        }
        return self.env["sop.event"].create(vals)

    def _figure(self, name, product, *months):
        return [self._line(self.cycle, product, month)[name] for month in months]

    def _assert_figures(self, name, product, expected, delta=0.02):
        for month, qty in expected.items():
            figure = self._line(self.cycle, product, month)[name]
            self.assertAlmostEqual(figure, qty, delta=delta, msg=f"{name} {month}")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestEvents(EventCommon):
    """What people know becomes figures of the plan, each in its own column."""

    def test_promotion_of_half_a_month_adds_its_days_share(self):
        event = self._event("promotion", DECEMBER, date(2026, 12, 15), rate_uplift=0.3)
        self.cycle.action_refresh()
        line = self._line(self.cycle, self.pump, DECEMBER)
        self.assertAlmostEqual(line.qty_statistical, 100, delta=0.5)
        # 0.3 x 100 x 15 of 31 days; the plan itself is in whole units, as all orders are
        self.assertAlmostEqual(line.qty_promotion, 14.52, delta=0.1)
        self.assertEqual(line.qty_event, line.qty_promotion)
        self.assertAlmostEqual(line.qty_computed, 115, delta=1)
        self.assertEqual(line.qty_consensus, line.qty_computed)
        self.assertEqual(self._figure("qty_event", self.pump, MONTH, JANUARY), [0, 0])
        effect = event.effect_ids
        self.assertEqual((effect.product_id, effect.bucket_start), (self.pump, DECEMBER))
        self.assertEqual((effect.qty, effect.family_id), (line.qty_promotion, self.pumps))
        self.assertAlmostEqual(effect.amount, 100 * effect.qty, places=2)
        self.assertEqual((event.qty_effect, event.amount_effect), (effect.qty, effect.amount))
        self.assertEqual((event.state, event.problem), ("planned", False))

    def test_archived_event_leaves_the_plan_with_the_next_refresh(self):
        event = self._event("promotion", DECEMBER, date(2026, 12, 15))
        self.cycle.action_refresh()
        self.assertTrue(event.effect_ids)
        event.active = False
        self.cycle.action_refresh()
        self.assertFalse(event.effect_ids)
        line = self._line(self.cycle, self.pump, DECEMBER)
        self.assertEqual((line.qty_event, line.qty_consensus), (0, line.qty_statistical))

    def test_event_of_a_family_reaches_all_its_products(self):
        event = self._event(
            "promotion", DECEMBER, date(2026, 12, 31), rate_uplift=0.1,
            product_ids=False, family_ids=self.pumps.ids,
        )  # fmt: skip
        self.cycle.action_refresh()
        self.assertEqual(event.effect_ids.product_id, self.pump | self.small_pump)
        for product in self.pump | self.small_pump:
            line = self._line(self.cycle, product, DECEMBER)
            self.assertAlmostEqual(line.qty_promotion, line.qty_statistical / 10, delta=0.1)
        self.assertEqual(self._figure("qty_event", self.valve, DECEMBER), [0])

    def test_promotion_in_units_is_spread_over_its_days_and_products(self):
        # 15 days in December and 15 in January; 60 units shared by what sells: 100 to 40 a month
        self._event(
            "promotion", date(2026, 12, 17), date(2027, 1, 15), uplift_unit="qty", qty=60,
            product_ids=(self.pump | self.small_pump).ids,
        )  # fmt: skip
        self.cycle.action_refresh()
        for product, half in ((self.pump, 21.43), (self.small_pump, 8.57)):
            expected = {MONTH: 0, DECEMBER: half, JANUARY: half, FEBRUARY: 0}
            self._assert_figures("qty_promotion", product, expected, delta=0.2)

    def test_two_events_on_one_month_add_up_and_never_fall_below_zero(self):
        first = self._event("promotion", DECEMBER, date(2026, 12, 31), rate_uplift=0.2)
        second = self._event("promotion", DECEMBER, date(2026, 12, 31), rate_uplift=0.1)
        self.cycle.action_refresh()
        self._assert_figures("qty_promotion", self.pump, {DECEMBER: 30}, delta=0.2)
        first.rate_uplift = second.rate_uplift = -0.8
        self.cycle.action_refresh()
        line = self._line(self.cycle, self.pump, DECEMBER)
        self.assertEqual(line.qty_consensus, 0)
        self.assertAlmostEqual(line.qty_promotion, -line.qty_statistical, delta=0.5)
        effects = (first | second).effect_ids.mapped("qty")
        self.assertAlmostEqual(sum(effects), line.qty_promotion, delta=0.02)

    def test_launch_follows_its_like_item_up_the_ramp(self):
        fresh = self._make_product("Fresh pump", self.pumps, 120)
        event = self._event(
            "launch", DECEMBER, product_ids=fresh.ids, like_product_id=self.pump.id,
            rate_like=0.6, ramp_months=3,
        )  # fmt: skip
        self.cycle.action_refresh()
        expected = {MONTH: 0, DECEMBER: 20, JANUARY: 40, FEBRUARY: 60, date(2028, 4, 1): 60}
        for name in ("qty_launch", "qty_event", "qty_consensus"):
            self._assert_figures(name, fresh, expected, delta=1)
        self.assertEqual(len(event.effect_ids), 17)
        self.assertEqual(self._line(self.cycle, fresh, JANUARY).price_unit, 120)
        self.assertFalse(event.problem)

    def test_launch_follows_the_first_months_of_a_like_item_launched_lately(self):
        model = self._make_product("Last year's launch", self.pumps, 120)
        for back, qty in ((10, 10), (9, 30), (8, 80), (7, 50), (6, 50)):
            self._sell(MONTH - relativedelta(months=back), {model: qty})
        fresh = self._make_product("Fresh pump", self.pumps, 120)
        self._event("launch", DECEMBER, product_ids=fresh.ids, like_product_id=model.id)
        self.cycle.action_refresh()
        expected = {MONTH: 0, DECEMBER: 10, JANUARY: 30, FEBRUARY: 80, date(2027, 3, 1): 50}
        self._assert_figures("qty_consensus", fresh, expected, delta=1)

    def test_launch_without_like_item_says_so_and_adds_nothing(self):
        # 8 December is 20 days ahead, 8 January 51; both are within the 90 days of the settings
        near = self._make_product("Near pump", self.pumps, 120)
        later = self._make_product("Later pump", self.pumps, 120)
        events = self._event("launch", date(2026, 12, 8), product_ids=near.ids)
        events |= self._event("launch", date(2027, 1, 8), product_ids=later.ids)
        self.cycle.action_refresh()
        self.assertFalse(events.effect_ids)
        self.assertEqual(self._figure("qty_consensus", near, DECEMBER, JANUARY), [0, 0])
        for event in events:
            self.assertIn("Choose a like-item", event.problem)
        raised = self._launches()
        self.assertEqual(
            {row.product_id: row.severity for row in raised}, {near: "red", later: "amber"}
        )
        sentence = raised.filtered(lambda row: row.product_id == near).reason
        for part in ("Near pump", "20 days", "What we know", "like-item", "first quantity"):
            self.assertIn(part, sentence)

    def _launches(self):
        return self._exceptions(self.cycle).filtered(lambda row: row.kind == "launch")

    def test_launch_without_stock_is_raised_until_there_is_some(self):
        fresh = self._make_product("Fresh pump", self.pumps, 120, is_storable=True)
        self._event("launch", DECEMBER, product_ids=fresh.ids, like_product_id=self.pump.id)
        self.cycle.action_refresh()
        raised = self._launches()
        self.assertEqual((raised.product_id, raised.severity), (fresh, "red"))
        self.assertIn("neither stock nor an open order", raised.reason)
        self.assertNotIn("like-item", raised.reason)
        # a usual quarter of the family's three products: (30,000 + 4,800 + 0) / 3
        self.assertAlmostEqual(raised.amount_impact, 11_600, places=2)
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)])
        self.env["stock.quant"]._update_available_quantity(fresh, warehouse.lot_stock_id, 5)
        self.cycle.action_refresh()
        self.assertFalse(self._launches())
        self.assertFalse(raised.has_cause)

    def test_phase_out_moves_the_demand_to_the_successor_and_keeps_the_total(self):
        # from 16 December: 16 of 31 days
        event = self._event("phase_out", date(2026, 12, 16), successor_id=self.small_pump.id)
        self.cycle.action_refresh()
        for month, share in ((MONTH, 0), (DECEMBER, 16 / 31), (JANUARY, 1), (FEBRUARY, 1)):
            old, new = (self._line(self.cycle, p, month) for p in (self.pump, self.small_pump))
            self.assertAlmostEqual(old.qty_phase_out, -100 * share, delta=0.5)
            self.assertEqual(new.qty_phase_out, -old.qty_phase_out)
            total = old.qty_statistical + new.qty_statistical
            self.assertAlmostEqual(old.qty_consensus + new.qty_consensus, total, delta=1)
        self.assertAlmostEqual(event.qty_effect, 0, delta=0.1)

    def test_part_of_a_phase_out_goes_to_the_successor_and_none_without_one(self):
        event = self._event(
            "phase_out", DECEMBER, successor_id=self.small_pump.id, rate_transfer=0.25
        )
        self.cycle.action_refresh()
        self._assert_figures("qty_phase_out", self.small_pump, {DECEMBER: 25}, delta=0.2)
        event.successor_id = False
        self.cycle.action_refresh()
        self._assert_figures("qty_phase_out", self.small_pump, {DECEMBER: 0})
        self._assert_figures("qty_consensus", self.pump, {DECEMBER: 0, FEBRUARY: 0})

    def test_commitment_adds_what_exceeds_the_usual(self):
        # the customer takes 100 a month anyway; a customer without history takes nothing
        event = self._event(
            "commitment", DECEMBER, date(2027, 1, 31), qty=130, partner_id=self.customer.id
        )
        self.cycle.action_refresh()
        expected = {MONTH: 0, DECEMBER: 30, JANUARY: 30, FEBRUARY: 0}
        self._assert_figures("qty_commitment", self.pump, expected)
        event.write({"certainty": "probable", "rate_probability": 0.5})
        self.cycle.action_refresh()
        self._assert_figures("qty_commitment", self.pump, {DECEMBER: 15, JANUARY: 15})
        event.partner_id = self.env["res.partner"].create({"name": "New Customer"})
        self.cycle.action_refresh()
        self._assert_figures("qty_commitment", self.pump, {DECEMBER: 65, JANUARY: 65})
        self.assertIn("130 a month for New Customer, 50 % certain", event.summary)

    def test_commitment_below_the_usual_lowers_the_plan(self):
        self._event("commitment", DECEMBER, date(2026, 12, 31), qty=80, partner_id=self.customer.id)
        self.cycle.action_refresh()
        self._assert_figures("qty_commitment", self.pump, {DECEMBER: -20, JANUARY: 0})

    def test_two_commitments_of_a_customer_are_set_against_the_usual_once(self):
        days = (DECEMBER, date(2026, 12, 31))
        partner = {"partner_id": self.customer.id}
        self._event("commitment", *days, qty=130, **partner)
        probable = self._event(
            "commitment", *days, qty=20, certainty="probable", rate_probability=0.5, **partner
        )
        self.cycle.action_refresh()
        # 130 for sure and 20 with one half, where 100 are usual
        self._assert_figures("qty_commitment", self.pump, {DECEMBER: 40})
        probable.write({"date_start": JANUARY, "date_end": date(2027, 1, 31)})
        self.cycle.action_refresh()
        self._assert_figures("qty_commitment", self.pump, {DECEMBER: 30, JANUARY: -40})

    def test_commitment_of_a_contact_is_compared_with_the_whole_customer(self):
        buyer = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.customer.id})
        self._event("commitment", DECEMBER, date(2026, 12, 31), qty=130, partner_id=buyer.id)
        self.cycle.action_refresh()
        self._assert_figures("qty_commitment", self.pump, {DECEMBER: 30})

    def test_events_of_another_company_stay_there(self):
        other = self.env["res.company"].create({"name": "Other Maker"})
        self.env.user.company_ids += other
        self._event("promotion", DECEMBER, date(2026, 12, 31), company_id=other.id)
        self.cycle.action_refresh()
        self.assertEqual(self._figure("qty_event", self.pump, DECEMBER), [0])

    def test_promotion_that_is_over_is_measured_and_taken_out_of_the_history(self):
        # 100 pumps are usual; half as many more were sold in June
        event = self._event("promotion", JUNE, date(2026, 6, 30), rate_uplift=0.4, name="Summer")
        self._sell(date(2026, 6, 20), {self.pump: 50})
        self.cycle.action_refresh()
        self.assertEqual((event.state, event.has_result), ("over", True))
        self.assertAlmostEqual(event.qty_result, 50, delta=1)
        self.assertAlmostEqual(event.rate_result, 0.5, delta=0.01)
        correction = self.env["sop.demand.correction"].search(
            [("product_id", "=", self.pump.id), ("bucket_start", "=", JUNE)]
        )
        self.assertEqual((correction.kind, correction.event_id), ("promotion", event))
        self.assertEqual(correction.qty_actual, 150)
        self.assertAlmostEqual(correction.qty_corrected, 100, delta=1)
        self.assertIn("was lifted by Summer", correction.reason)
        self._assert_figures("qty_statistical", self.pump, {MONTH: 100}, delta=1)
        self.assertFalse(event.effect_ids)
        # moved into the future it has not been measured
        event.write({"date_start": DECEMBER, "date_end": date(2026, 12, 31)})
        self.assertEqual((event.has_result, event.rate_result), (False, 0))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestEventProblems(EventCommon):
    """What is wrong with an event is told where it can be put right."""

    def _assert_refused(self, sentence, *args, **vals):
        with self.assertRaisesRegex(ValidationError, sentence), self.env.cr.savepoint():
            self._event(*args, **vals)

    def test_impossible_entries_are_refused_with_a_sentence(self):
        self._assert_refused("but starts on", "promotion", JANUARY, DECEMBER)
        self._assert_refused("at least -100 %", "promotion", DECEMBER, rate_uplift=-1.5)
        self._assert_refused(
            "Steady pump cannot be its own like-item", "launch", DECEMBER,
            like_product_id=self.pump.id,
        )  # fmt: skip
        self._assert_refused(
            "Steady pump cannot be its own successor", "phase_out", DECEMBER,
            successor_id=self.pump.id,
        )  # fmt: skip
        commitment = {"qty": 10, "partner_id": self.customer.id}
        self._assert_refused(
            "between 0 % and 100 %", "commitment", DECEMBER,
            **commitment, certainty="probable", rate_probability=2,
        )  # fmt: skip
        self._assert_refused("Choose the customer", "commitment", DECEMBER, qty=10)
        self._assert_refused(
            "cannot be negative", "commitment", DECEMBER, **{**commitment, "qty": -10}
        )
        self._assert_refused("are not negative", "launch", DECEMBER, ramp_months=-1)

    def test_archived_product_is_named_and_does_not_stop_the_others(self):
        event = self._event(
            "promotion", DECEMBER, date(2026, 12, 31),
            product_ids=(self.pump | self.small_pump).ids,
        )  # fmt: skip
        self.small_pump.active = False
        self.cycle.action_refresh()
        self.assertEqual(event.effect_ids.product_id, self.pump)
        self.assertIn("Small pump: archived or not for sale", event.problem)
        self.small_pump.active = True
        self.cycle.action_refresh()
        self.assertFalse(event.problem)
        self.assertEqual(event.effect_ids.product_id, self.pump | self.small_pump)

    def test_event_without_products_says_so(self):
        event = self._event("promotion", DECEMBER, product_ids=False)
        self.cycle.action_refresh()
        self.assertIn("Choose the products or families", event.problem)

    def test_units_without_an_end_say_so(self):
        event = self._event("promotion", DECEMBER, uplift_unit="qty", qty=60)
        self.cycle.action_refresh()
        self.assertFalse(event.effect_ids)
        self.assertIn("Enter the last day", event.problem)

    def test_successors_in_a_circle_count_nothing_and_say_so(self):
        first = self._event("phase_out", DECEMBER, successor_id=self.valve.id)
        second = self._event(
            "phase_out", DECEMBER, product_ids=self.valve.ids, successor_id=self.pump.id
        )
        self.cycle.action_refresh()
        self.assertFalse((first | second).effect_ids)
        for event in first | second:
            self.assertIn("lead back to the first product", event.problem)
        # the sentence does not outlive its cause
        second.successor_id = self.small_pump
        self.assertFalse(second.problem)
        self.cycle.action_refresh()
        self.assertFalse(first.problem)
        self.assertTrue(first.effect_ids)

    def test_like_item_that_was_never_sold_is_named(self):
        fresh, unsold = (self._make_product(name, self.pumps, 9) for name in ("Fresh", "Unsold"))
        event = self._event("launch", DECEMBER, product_ids=fresh.ids, like_product_id=unsold.id)
        self.cycle.action_refresh()
        self.assertFalse(event.effect_ids)
        self.assertIn("like-item Unsold", event.problem)

    def test_archived_successor_inherits_nothing_and_is_named(self):
        event = self._event("phase_out", DECEMBER, successor_id=self.small_pump.id)
        self.small_pump.active = False
        self.cycle.action_refresh()
        self.assertIn("successor Small pump is not in the plan", event.problem)
        self._assert_figures("qty_consensus", self.pump, {DECEMBER: 0})

    def test_like_item_that_is_no_longer_sold_still_lends_its_level(self):
        fresh = self._make_product("Fresh pump", self.pumps, 120)
        event = self._event(
            "launch", DECEMBER, product_ids=fresh.ids, like_product_id=self.pump.id,
            ramp_months=0,
        )  # fmt: skip
        self.pump.active = False
        self.cycle.action_refresh()
        self.assertFalse(event.problem)
        self._assert_figures("qty_consensus", fresh, {DECEMBER: 100, FEBRUARY: 100}, delta=1)
