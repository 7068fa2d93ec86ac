from datetime import date

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import MONTH, TODAY, SopCommon

MARCH, JUNE, SEPTEMBER = date(2026, 3, 1), date(2026, 6, 1), date(2026, 9, 1)
DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)


class CorrectionCommon(SopCommon):
    """Three years of steady sales: 100 pumps (600 in June), 40 small pumps and 20 valves a month,
    of which 10 in September."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls.valve.is_storable = True
            for back in range(1, 37):
                month = MONTH - relativedelta(months=back)
                cls._sell(
                    month + relativedelta(days=9),
                    {
                        cls.pump: 600 if month == JUNE else 100,
                        cls.small_pump: 40,
                        cls.valve: 1 if month == SEPTEMBER else 20,
                    },
                )
            cls.cycle = cls._make_cycle()
        cls.Correction = cls.env["sop.demand.correction"]

    def _correction(self, product, month):
        return self.Correction.search(
            [("product_id", "=", product.id), ("bucket_start", "=", month)]
        )

    def _statistical(self, product, month=MONTH):
        return self._line(self.cycle, product, month).qty_statistical

    def _move(self, day, product, qty):
        """Receive goods, or ship them where ``qty`` is negative."""
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)])
        own = warehouse.lot_stock_id
        outside = self.env.ref(f"stock.stock_location_{'suppliers' if qty > 0 else 'customers'}")
        places = (outside, own) if qty > 0 else (own, outside)
        with freeze_time(day):
            move = self.env["stock.move"].create(
                {
                    "product_id": product.id,
                    "product_uom_qty": abs(qty),
                    "location_id": places[0].id,
                    "location_dest_id": places[1].id,
                    "company_id": self.company.id,
                }
            )
            move._action_confirm()
            move.write({"quantity": abs(qty), "picked": True})
            move._action_done()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCorrections(CorrectionCommon):
    """History is read differently where it tells nothing about demand; it is never changed."""

    def test_outlier_is_corrected_and_the_actual_stays(self):
        self.cycle.action_refresh()
        outlier = self._correction(self.pump, JUNE)
        self.assertEqual((outlier.kind, outlier.qty_actual), ("outlier", 600))
        self.assertAlmostEqual(outlier.qty_corrected, 100, delta=0.5)
        self.assertAlmostEqual(outlier.qty_difference, -500, delta=0.5)
        self.assertAlmostEqual(outlier.amount_difference, 50000, delta=9000)
        self.assertIn("600 in Jun 2026 is far from its neighbours", outlier.reason)
        self.assertAlmostEqual(self._statistical(self.pump), 100, delta=1)
        history = self.env["sop.demand.history"].search(
            [("product_id", "=", self.pump.id), ("bucket_start", "=", JUNE)]
        )
        self.assertEqual(history.qty, 600)
        self.assertFalse(self._correction(self.pump, MARCH))

    def test_reversed_correction_stays_reversed(self):
        self.cycle.action_refresh()
        outlier = self._correction(self.pump, JUNE).with_user(self._user("controller"))
        outlier.action_reverse()
        for _time in range(2):
            self.cycle.action_refresh()
            self.assertEqual((outlier.is_applied, outlier.kind), (False, "outlier"))
            self.assertGreater(self._statistical(self.pump), 105)
        outlier.action_apply()
        self.cycle.action_refresh()
        self.assertAlmostEqual(self._statistical(self.pump), 100, delta=1)

    def test_stock_out_of_a_stored_product_is_told_and_lifts_the_month(self):
        # in stock from 2023 on, nothing between 2 and 30 September
        self._move("2023-10-15", self.valve, 5000)
        self._move("2026-09-02", self.valve, -5000)
        self._move("2026-10-01", self.valve, 5000)
        self.cycle.action_refresh()
        stock_out = self._correction(self.valve, SEPTEMBER)
        self.assertEqual((stock_out.kind, stock_out.qty_actual), ("stock_out", 1))
        self.assertAlmostEqual(stock_out.qty_corrected, 20, delta=0.5)
        self.assertEqual(stock_out.qty_difference, stock_out.qty_corrected - 1)
        self.assertIn("out of stock most of the time", stock_out.reason)
        self.assertAlmostEqual(self._statistical(self.valve), 20, delta=1)

    def test_week_without_stock_explains_nothing(self):
        # the month is corrected as an outlier, but not blamed on a stock-out of 7 days
        self._move("2023-10-15", self.valve, 5000)
        self._move("2026-09-02", self.valve, -5000)
        self._move("2026-09-09", self.valve, 5000)
        self.cycle.action_refresh()
        self.assertEqual(self._correction(self.valve, SEPTEMBER).kind, "outlier")

    def test_stock_of_another_company_is_no_stock(self):
        self._move("2023-10-15", self.valve, 5000)
        self._move("2026-09-02", self.valve, -5000)
        self._move("2026-10-01", self.valve, 5000)
        other = self.env["res.company"].create({"name": "Other Maker"})
        warehouse = self.env["stock.warehouse"].sudo().search([("company_id", "=", other.id)])
        self.env["stock.quant"].sudo()._update_available_quantity(
            self.valve, warehouse.lot_stock_id, 99
        )
        self.cycle.action_refresh()
        self.assertEqual(self._correction(self.valve, SEPTEMBER).kind, "stock_out")

    def test_correction_by_hand_counts_and_survives(self):
        self.cycle.action_refresh()
        corrections = self.Correction.with_user(self._user("controller"))
        by_hand = corrections.create(
            [
                {
                    "product_id": self.small_pump.id,
                    "bucket_start": MONTH - relativedelta(months=back, days=-14),
                    "qty_corrected": 60,
                    "note": "Orders of the new shop came in by telephone",
                }
                for back in range(1, 13)
            ]
        )
        self.assertEqual({day.day for day in by_hand.mapped("bucket_start")}, {1})
        self.assertEqual(set(by_hand.mapped("qty_actual")), {40})
        for _time in range(2):
            self.cycle.action_refresh()
            self.assertEqual(set(by_hand.mapped("kind")), {"manual"})
            self.assertEqual(set(by_hand.mapped("qty_corrected")), {60})
            self.assertGreater(self._statistical(self.small_pump), 55)
        by_hand.action_reverse()
        self.cycle.action_refresh()
        self.assertAlmostEqual(self._statistical(self.small_pump), 40, delta=1)
        self.assertEqual(len(by_hand.exists()), 12)

    def test_correction_by_hand_takes_the_place_of_the_computed_one(self):
        self.cycle.action_refresh()
        computed = self._correction(self.pump, JUNE)
        by_hand = self.Correction.with_user(self._user("controller")).create(
            {"product_id": self.pump.id, "bucket_start": "2026-06-17", "qty_corrected": 250}
        )
        self.assertEqual(by_hand, computed)
        self.cycle.action_refresh()
        self.assertEqual((computed.kind, computed.qty_corrected), ("manual", 250))
        # without it the refresh judges again
        by_hand.unlink()
        self.cycle.action_refresh()
        self.assertEqual(self._correction(self.pump, JUNE).kind, "outlier")

    def test_actual_of_a_correction_by_hand_follows_its_orders(self):
        by_hand = self.Correction.with_user(self._user("controller")).create(
            {"product_id": self.small_pump.id, "bucket_start": MARCH, "qty_corrected": 60}
        )
        self.cycle.action_refresh()
        self.assertEqual((by_hand.qty_actual, by_hand.qty_difference), (40, 20))
        self.assertEqual(by_hand.amount_difference, 20 * 40)
        self._sell(date(2026, 3, 20), {self.small_pump: 5})
        self.cycle.action_refresh()
        self.assertEqual((by_hand.qty_actual, by_hand.qty_corrected), (45, 60))
        self.assertIn("45 in Mar 2026: the forecast reads 60", by_hand.reason)

    def test_correction_moved_to_another_day_stays_one_of_its_month(self):
        self.cycle.action_refresh()
        by_hand = self.Correction.create(
            {"product_id": self.pump.id, "bucket_start": MARCH, "qty_corrected": 90}
        )
        self._correction(self.pump, JUNE).unlink()
        by_hand.bucket_start = "2026-06-17"
        self.assertEqual(by_hand.bucket_start, JUNE)
        self.cycle.action_refresh()
        self.assertEqual(self._correction(self.pump, JUNE), by_hand)

    def test_figure_typed_over_a_computed_one_is_by_hand(self):
        self.cycle.action_refresh()
        outlier = self._correction(self.pump, JUNE).with_user(self._user("controller"))
        outlier.action_reverse()
        outlier.qty_corrected = 120
        self.assertEqual((outlier.kind, outlier.is_applied), ("manual", True))
        self.cycle.action_refresh()
        self.assertEqual((outlier.kind, outlier.qty_corrected), ("manual", 120))

    def test_impossible_corrections_are_refused_with_a_sentence(self):
        corrections = self.Correction.with_user(self._user("controller"))
        values = {"product_id": self.pump.id, "qty_corrected": 10}
        for month, label in ((MONTH, "Nov 2026"), (DECEMBER, "Dec 2026")):
            with (
                self.assertRaisesRegex(UserError, f"{label} is not over"),
                self.env.cr.savepoint(),
            ):
                corrections.create({**values, "bucket_start": month})
        with (
            self.assertRaisesRegex(UserError, "cannot be negative.*Steady pump Mar 2026"),
            self.env.cr.savepoint(),
        ):
            corrections.create({**values, "bucket_start": MARCH, "qty_corrected": -1})
        with self.assertRaises(AccessError):
            corrections.with_user(self._user("sales")).create({**values, "bucket_start": MARCH})

    def test_actual_cannot_be_typed(self):
        self.cycle.action_refresh()
        outlier = self._correction(self.pump, JUNE).with_user(self._user("controller"))
        with self.assertRaisesRegex(UserError, "Actual"):
            outlier.qty_actual = 100


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSeasons(CorrectionCommon):
    """Seasonal indices and working days: what people may change, and what is measured."""

    def _index(self, family, month_number):
        return self.env["sop.season.index"].search(
            [("family_id", "=", family.id), ("month_number", "=", month_number)]
        )

    def _season(self, product, month):
        return self._line(self.cycle, product, month).qty_season

    def test_index_changed_by_hand_moves_its_month_only(self):
        self.cycle.action_refresh()
        controller = self._user("controller")
        index = self._index(self.pumps, 12).with_user(controller)
        self.assertEqual((index.index_computed, index.index_used), (1, 1))
        index.index_override = 1.2
        self.assertEqual((index.index_used, index.user_id), (1.2, controller))
        self.cycle.action_refresh()
        for product, expected in ((self.pump, 20), (self.small_pump, 8), (self.valve, 0)):
            for month in (DECEMBER, date(2027, 12, 1)):
                line = self._line(self.cycle, product, month)
                self.assertAlmostEqual(line.qty_season, expected, delta=0.1)
                total = line.qty_statistical + line.qty_season
                self.assertAlmostEqual(line.qty_consensus, total, delta=1)
            self.assertEqual(self._season(product, MONTH), 0)
            self.assertEqual(self._season(product, JANUARY), 0)
        self.assertEqual(index.index_override, 1.2)
        index.action_reset()
        self.assertEqual((index.index_used, index.user_id.id), (1, False))
        self.cycle.action_refresh()
        self.assertEqual(self._season(self.pump, DECEMBER), 0)

    def test_index_of_zero_is_a_figure(self):
        self.cycle.action_refresh()
        self._index(self.pumps, 12).index_override = 0
        self.cycle.action_refresh()
        self.assertEqual(self._line(self.cycle, self.pump, DECEMBER).qty_consensus, 0)

    def test_promotion_lifts_what_the_season_makes_of_the_month(self):
        self.cycle.action_refresh()
        self._index(self.pumps, 12).index_override = 1.2
        self.env["sop.event"].create(
            {
                "name": "Advent",
                "date_start": DECEMBER,
                "date_end": date(2026, 12, 31),
                "product_ids": self.pump.ids,
                "rate_uplift": 0.1,
            }
        )
        self.cycle.action_refresh()
        line = self._line(self.cycle, self.pump, DECEMBER)
        self.assertAlmostEqual(line.qty_promotion, 12, delta=0.1)
        self.assertAlmostEqual(line.qty_consensus, 132, delta=1)

    def test_impossible_indices_are_refused(self):
        self.cycle.action_refresh()
        index = self._index(self.pumps, 12).with_user(self._user("controller"))
        for value in (-0.1, 12.5):
            with self.assertRaisesRegex(UserError, "between 0 .* and 12"):
                index.index_override = value
        with self.assertRaisesRegex(UserError, "Measured"):
            index.index_computed = 2
        with self.assertRaises(AccessError):
            index.with_user(self._user("viewer")).index_override = 1.1

    def test_steady_sales_know_no_working_days(self):
        self.cycle.action_refresh()
        self.assertEqual(self.cycle.rate_working_days, 0)

    def test_sales_of_five_a_working_day_are_planned_by_working_days(self):
        self.env["sale.order"].search([("company_id", "=", self.company.id)])._action_cancel()
        first = MONTH - relativedelta(months=36)
        days = self.company._sop_working_days_by_month(first, date(2027, 4, 1))
        self._sell_monthly(self.pump, [5 * count for count in days[:36]])
        self.cycle.action_refresh()
        self.assertAlmostEqual(self.cycle.rate_working_days, 1, delta=0.01)
        # 20 working days in February 2027 and 23 in March
        self.assertEqual(days[-2:], [20, 23])
        for month, expected in ((date(2027, 2, 1), 100), (date(2027, 3, 1), 115)):
            self.assertAlmostEqual(self._statistical(self.pump, month), expected, delta=1)
