import io
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from openpyxl import Workbook

from odoo.tests import freeze_time, tagged

from .common import MONTH, TODAY, SopCommon

DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)
OCTOBER, SEPTEMBER = date(2026, 10, 1), date(2026, 9, 1)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class BadInputCommon(SopCommon):
    @classmethod
    def _sell_often(cls, days, product, qty=1, partner=None, company=None):
        """Many confirmed orders at once, without deliveries."""
        orders = cls.env["sale.order"].create(
            [
                {
                    "partner_id": (partner or cls.customer).id,
                    "company_id": (company or cls.company).id,
                    "commitment_date": datetime.combine(day, time(12)),
                    "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": qty})],
                }
                for day in days
            ]
        )
        orders.state = "sale"

    @classmethod
    def _months(cls, count):
        """The tenth of each of the ``count`` months before the cycle."""
        return [MONTH + relativedelta(months=-back, day=10) for back in range(1, count + 1)]

    def _refreshed(self, **vals):
        cycle = self._make_cycle(**vals)
        cycle.action_refresh()
        return cycle

    def _lines(self, cycle, product):
        lines = self.env["sop.demand.line"].search(
            [("cycle_id", "=", cycle.id), ("product_id", "=", product.id)]
        )
        return lines.sorted("bucket_start")

    def _history(self, product):
        rows = self.env["sop.demand.history"].search(
            [("company_id", "=", self.company.id), ("product_id", "=", product.id)]
        )
        return {row.bucket_start: row.qty for row in rows}

    def _raised(self, cycle, kind):
        return self._exceptions(cycle).filtered(lambda row: row.kind == kind)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestBadHistory(BadInputCommon):
    """Histories that no textbook has: the plan stays sane, or a sentence says what is missing."""

    def test_one_month_of_history_is_enough_for_a_plan(self):
        self._sell_often(self._months(1), self.pump, 50)
        lines = self._lines(self._refreshed(), self.pump)
        self.assertEqual(len(lines), 18)
        for line in lines:
            self.assertAlmostEqual(line.qty_consensus, 50, delta=5)
            self.assertTrue(line.qty_low <= line.qty_statistical <= line.qty_high)
        self.assertFalse(self.env["sop.demand.correction"].search([]))

    def test_company_that_only_quoted_plans_by_hand(self):
        self._sell(date(2026, 10, 10), {self.pump: 50}, confirm=False)
        cycle = self._refreshed()
        for product in (self.pump, self.valve):
            self.assertEqual(set(self._lines(cycle, product).mapped("qty_statistical")), {0})

    def test_orders_of_nothing_are_no_sales(self):
        self._sell_often(self._months(3), self.pump, 0)
        cycle = self._refreshed()
        # nothing was sold: whatever is for sale is planned by hand
        self.assertEqual(len(self._lines(cycle, self.valve)), 18)
        self._sell_often(self._months(3), self.valve, 10)
        cycle.action_refresh()
        lines = self._lines(cycle, self.pump)
        self.assertEqual(set(lines.mapped("qty_consensus")), {0})

    def test_one_absurd_order_moves_neither_the_plan_nor_the_family(self):
        self._sell_often(self._months(36), self.pump, 100)
        self._sell_often([date(2026, 4, 2)], self.pump, 9_999_900)
        cycle = self._refreshed()
        for line in self._lines(cycle, self.pump):
            self.assertAlmostEqual(line.qty_consensus, 100, delta=1)
        self.assertEqual(self._history(self.pump)[date(2026, 4, 1)], 10_000_000)

    def test_months_of_returns_only_are_negative_history_and_no_negative_plan(self):
        self._sell_often(self._months(24), self.pump, 100)
        self._sell_often([date(2026, 10, 20)], self.pump, -130)
        self._sell_often([date(2026, 8, 20), date(2026, 9, 20)], self.valve, -5)
        cycle = self._refreshed()
        self.assertEqual(self._history(self.pump)[OCTOBER], -30)
        self.assertEqual(self._history(self.valve), {date(2026, 8, 1): -5, SEPTEMBER: -5})
        for line in self._lines(cycle, self.pump) | self._lines(cycle, self.valve):
            self.assertGreaterEqual(min(line.qty_low, line.qty_statistical), 0)
        self.assertEqual(set(self._lines(cycle, self.valve).mapped("qty_consensus")), {0})
        self.assertGreater(self._line(cycle, self.pump).qty_consensus, 80)

    def test_ten_years_of_orders_are_read_as_far_as_the_settings_say(self):
        # before the five years that count, ten times as much was sold
        self._sell_often(self._months(120)[60:], self.pump, 1000)
        self._sell_often(self._months(60), self.pump, 100)
        self.company.sop_history_months = 60
        cycle = self._refreshed()
        history = self._history(self.pump)
        self.assertEqual((min(history), len(history)), (date(2021, 11, 1), 60))
        self.assertAlmostEqual(self._line(cycle, self.pump).qty_consensus, 100, delta=1)

    def test_dozens_and_units_of_one_product_add_up(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        for day in (date(2026, 10, 5), date(2026, 12, 5)):
            self._sell(day, {self.pump: {"product_uom_qty": 2, "product_uom_id": dozen.id}})
            self._sell(day, {self.pump: 6})
        cycle = self._refreshed()
        self.assertEqual(self._history(self.pump), {OCTOBER: 30})
        self.assertEqual(self._line(cycle, self.pump, DECEMBER).qty_orders, 30)
        # 2 dozens at 12 x 100 and 6 at 100
        self.assertEqual(self._line(cycle, self.pump).price_unit, 100)

    def test_orders_of_an_archived_product_are_told_and_the_others_planned(self):
        self._sell_often(self._months(3), self.pump, 100)
        self._sell(date(2026, 12, 5), {self.small_pump: 7})
        self.small_pump.active = False
        cycle = self._refreshed()
        self.assertTrue(self._line(cycle, self.pump))
        self.assertFalse(self._lines(cycle, self.small_pump))
        raised = self._raised(cycle, "no_product_data")
        self.assertEqual((raised.product_id, raised.amount_impact), (self.small_pump, 280))
        for part in ("Small pump", "archived or not for sale", "280", "open orders"):
            self.assertIn(part, raised.reason)
        self.small_pump.active = True
        cycle.action_refresh()
        self.assertFalse(self._raised(cycle, "no_product_data"))
        self.assertEqual(self._line(cycle, self.small_pump, DECEMBER).qty_orders, 7)

    def test_product_without_a_price_is_planned_and_told(self):
        self.valve.list_price = 0
        self._sell_often(self._months(24), self.valve, 100)
        self._sell_often(self._months(24), self.pump, 10)
        cycle = self._refreshed()
        line = self._line(cycle, self.valve)
        self.assertAlmostEqual(line.qty_consensus, 100, delta=1)
        self.assertEqual((line.price_unit, line.amount_consensus), (0, 0))
        raised = self._raised(cycle, "no_product_data")
        self.assertEqual(raised.product_id, self.valve)
        self.assertIn("enter a sales price", raised.reason)
        self.assertEqual(self._review(cycle, self.valves).amount_last_year, 0)

    def test_company_of_another_time_zone_and_currency(self):
        # 23:30 of 31 October in New York is 03:30 of 1 November in UTC
        dollar = self.env.ref("base.USD")
        dollar.active = True
        branch = self.env["res.company"].create({"name": "Overseas", "currency_id": dollar.id})
        branch.resource_calendar_id.tz = "America/New_York"
        branch.sop_auto_open = False
        self.env.user.company_ids += branch
        self.env["res.currency.rate"].create(
            {
                "name": date(2026, 1, 1),
                "rate": 0.5,
                "currency_id": self.env.ref("base.EUR").id,
                "company_id": branch.id,
            }
        )
        euros = self.env["product.pricelist"].create(
            {"name": "EUR", "currency_id": self.env.ref("base.EUR").id, "company_id": branch.id}
        )
        order = self._sell(
            date(2026, 10, 31),
            {self.pump: {"product_uom_qty": 4, "price_unit": 60}},
            company=branch, pricelist_id=euros.id,
        )  # fmt: skip
        order.commitment_date = datetime(2026, 11, 1, 3, 30)
        cycle = self._make_cycle(branch)
        cycle.action_refresh()
        history = self.env["sop.demand.history"].search([("company_id", "=", branch.id)])
        # 240 EUR at half a EUR a dollar
        self.assertEqual((history.bucket_start, history.qty, history.amount), (OCTOBER, 4, 480))
        self.assertEqual(self._line(cycle, self.pump).currency_id, dollar)
        self.assertEqual(self._line(cycle, self.pump).price_unit, 120)

    def test_orders_far_beyond_the_horizon_or_before_the_history_are_left_out(self):
        self._sell_often(self._months(3), self.pump, 100)
        self._sell_often([date(1999, 1, 5), date(2099, 1, 5)], self.pump, 100)
        cycle = self._refreshed()
        self.assertEqual(len(self._history(self.pump)), 3)
        self.assertEqual(sum(self._lines(cycle, self.pump).mapped("qty_orders")), 0)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCustomers(BadInputCommon):
    def test_customer_who_stopped_is_raised_and_a_steady_one_is_not(self):
        # both ordered 10 valves at 100 every week; one stopped in August
        faithful, gone, small = self.env["res.partner"].create(
            [{"name": name} for name in ("Faithful", "Gone", "Small")]
        )
        self.valve.list_price = 100
        first, last = date(2024, 9, 2), date(2026, 10, 31)
        weeks = [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]
        until = [day for day in weeks if day < date(2026, 8, 1)]
        self._sell_often(weeks, self.valve, 10, faithful)
        self._sell_often(until, self.valve, 10, gone)
        # worth less than the value floor of 1,000 in three months
        self._sell_often(until, self.valve, 0.5, small)
        cycle = self._refreshed()
        raised = self._raised(cycle, "customer")
        self.assertEqual((raised.partner_id, raised.severity), (gone, "red"))
        self.assertEqual((raised.family_id, raised.deviation), (self.valves, -1))
        # 13 weeks of 1,000
        self.assertAlmostEqual(raised.amount_impact, 13_000, delta=1_000)
        for part in ("Gone ordered nothing in Aug 2026 - Oct 2026", "usual", "less"):
            self.assertIn(part, raised.reason)
        # the answer stays with the same cause
        raised.action_accept()
        cycle.action_refresh()
        self.assertEqual(self._raised(cycle, "customer"), raised)
        self.assertEqual(raised.state, "accepted")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestBadFile(BadInputCommon):
    """Sales input from a spreadsheet that is not what it should be."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._sell_often(cls._months(12), cls.pump, 100)
            cls._sell_often(cls._months(12), cls.valve, 20)
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()

    def _import(self, *rows, **options):
        book = Workbook()
        for row in (["Product", "Month", "Expected demand"], *rows):
            book.active.append(row)
        data = io.BytesIO()
        book.save(data)
        job = self.env["base_import.import"].create(
            {
                "res_model": "sop.demand.input",
                "file": data.getvalue(),
                "file_name": "input.xlsx",
                "file_type": XLSX,
            }
        )
        preview = job.parse_preview({"has_headers": True, "keep_matches": False})
        options = {**preview["options"], **options}
        return job.execute_import(
            ["product_id", "bucket_start", "qty"], preview["headers"], options
        )

    def _state(self):
        lines = self._lines(self.cycle, self.pump) | self._lines(self.cycle, self.valve)
        return [(line.id, line.qty_sales, line.is_sales, line.qty_consensus) for line in lines]

    def test_unknown_product_is_named_and_the_known_rows_can_be_imported_alone(self):
        rows = (
            ["Steady pump", DECEMBER, 130], ["No such pump", DECEMBER, 40],
            ["Growing valve", JANUARY, 0],
        )  # fmt: skip
        before = self._state()
        result = self._import(*rows)
        message = result["messages"][0]
        self.assertIn("No such pump", message["message"])
        self.assertEqual(message["rows"]["from"], 1)
        self.assertEqual(self._state(), before)
        self._import(rows[0], rows[2])
        for _time in range(2):
            pump = self._line(self.cycle, self.pump, DECEMBER)
            valve = self._line(self.cycle, self.valve, JANUARY)
            self.assertEqual((pump.qty_sales, pump.qty_consensus), (130, 130))
            self.assertEqual((valve.is_sales, valve.qty_consensus), (True, 0))
            self.cycle.action_refresh()
        # the same file again changes nothing
        after = self._state()
        inputs = self.env["sop.demand.input"].search([])
        self._import(rows[0], rows[2])
        self.assertEqual(self._state(), after)
        self.assertEqual(self.env["sop.demand.input"].search([]), inputs)

    def test_one_bad_row_stops_the_file_with_a_sentence(self):
        good = ["Growing valve", DECEMBER, 25]
        for bad, sentence in (
            (["Steady pump", DECEMBER, -5], "cannot be negative: -5.0 .* Steady pump Dec 2026"),
            (["Steady pump", DECEMBER, "many"], "many"),
            (["Steady pump", "soon", 5], "soon"),
            (["Steady pump", None, 5], "required.*Month"),
            (["Steady pump", date(2030, 1, 1), 5], "Jan 2030 is not planned"),
            (["Small pump", DECEMBER, 5], "Small pump is not in the plan"),
        ):
            before = self._state()
            result = self._import(good, bad)
            self.assertFalse(result.get("ids"), bad)
            self.assertRegex(result["messages"][0]["message"], sentence)
            self.assertEqual(self._state(), before, bad)

    def test_corrections_from_a_file_name_what_is_missing(self):
        corrections = self.env["sop.demand.correction"]
        names = ["product_id", "bucket_start", "qty_corrected"]
        for row, sentence in (
            (["Steady pump", "", "60"], "required.*Month"),
            (["No such pump", "2026-03-01", "60"], "No such pump"),
            (["Steady pump", "2026-11-05", "60"], "Nov 2026 is not over"),
        ):
            result = corrections.load(names, [row])
            self.assertFalse(result["ids"], row)
            self.assertRegex(result["messages"][0]["message"], sentence)
        for _time in range(2):
            result = corrections.load(names, [["Steady pump", "2026-03-17", "60"]])
            self.assertFalse(result["messages"])
        self.assertEqual(corrections.search([]).qty_corrected, 60)
