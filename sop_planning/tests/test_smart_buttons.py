from datetime import datetime

from odoo import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import TODAY
from .common_supply import SupplyCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestQuotationNotice(SupplyCommon):
    """A quotation for a week in which its family is full says so, and when there is room."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scenario.is_followed = True
        cls.gap = cls._capacity_gap()  # the valves, weeks 6 to 8

    def _quote(self, week, *products, **vals):
        day = datetime.combine(self._week(week), datetime.min.time()).replace(hour=10)
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "commitment_date": day,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 5})
                    for product in products or (self.valve,)
                ],
                **vals,
            }
        )

    def test_full_week_is_told_with_the_first_free_one(self):
        notice = self._quote(7).sop_full_notice
        self.assertIn("Valves is full in week 7 (from 28 Dec).", notice)
        self.assertIn("Earliest with capacity: week 9 (from 11 Jan).", notice)

    def test_free_weeks_and_other_families_say_nothing(self):
        self.assertFalse(self._quote(9).sop_full_notice)
        self.assertFalse(self._quote(5).sop_full_notice)
        self.assertFalse(self._quote(7, self.pump).sop_full_notice)

    def test_gaps_that_touch_are_walked_to_their_end(self):
        self._gap("material", 9, 10, product_id=self.steel.id)
        self.assertIn("Earliest with capacity: week 11", self._quote(7).sop_full_notice)
        self.assertIn("Valves is short of material in week 9", self._quote(9).sop_full_notice)

    def test_solved_gaps_other_scenarios_and_orders_say_nothing(self):
        order = self._quote(7)
        order.action_confirm()
        self.assertFalse(order.sop_full_notice)
        self.gap.state = "solved"
        self.assertFalse(self._quote(7).sop_full_notice)
        self.gap.state = "open"
        self.scenario.is_followed = False
        self.assertFalse(self._quote(7).sop_full_notice)

    def test_the_date_is_followed_while_it_is_typed(self):
        with Form(self._quote(9)) as form:
            self.assertFalse(form.sop_full_notice)
            form.commitment_date = datetime.combine(self._week(7), datetime.min.time())
            self.assertIn("full in week 7", form.sop_full_notice)

    def test_salesperson_without_sop_reads_the_sentence_and_no_figure(self):
        seller = new_test_user(
            self.env, "plain_seller", "sales_team.group_sale_salesman",
            company_id=self.company.id, company_ids=self.company.ids,
        )  # fmt: skip
        order = self._quote(7, user_id=seller.id).with_user(seller)
        self.assertIn("Valves is full in week 7", order.sop_full_notice)
        for hidden in ("410", "61", "24.1", "130"):
            self.assertNotIn(hidden, order.sop_full_notice)
        self.assertNotIn("action_open_sop_gaps", order.get_view(view_type="form")["arch"])
        self.assertFalse(self.env["sop.supply.gap"].with_user(seller).has_access("read"))

    def test_other_companies_plans_do_not_speak(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids += other
        order = (
            self.env["sale.order"]
            .with_context(allowed_company_ids=other.ids)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": other.id,
                    "commitment_date": self._quote(7).commitment_date,
                    "order_line": [Command.create({"product_id": self.valve.id})],
                }
            )
        )
        self.assertFalse(order.sop_full_notice)

    def test_many_quotations_cost_the_queries_of_one(self):
        one = self._quote(7)
        many = one.union(*(self._quote(6 + n % 4, self.valve, self.pump) for n in range(12)))
        self.env.flush_all()

        def count(orders):
            self.env.invalidate_all()
            orders.mapped("order_line.product_id.categ_id.sop_family_id.name")
            orders.mapped("expected_date")
            before = self.env.cr.sql_log_count
            orders.mapped("sop_full_notice")
            return self.env.cr.sql_log_count - before

        self.assertLessEqual(count(many), count(one) + 2)

    def test_link_opens_the_gap(self):
        action = self._quote(7).action_open_sop_gaps()
        self.assertEqual(self.env["sop.supply.gap"].search(action["domain"]), self.gap)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSmartButtons(SupplyCommon):
    """What native records tell of the current plan."""

    def test_product_shows_its_next_three_months(self):
        self._sell_monthly(self.pump, [30] * 24)
        self.cycle.action_refresh()
        lines = self.env["sop.demand.line"].search(
            [("cycle_id", "=", self.cycle.id), ("product_id", "=", self.pump.id)],
            order="bucket_start", limit=3,
        )  # fmt: skip
        expected = sum(lines.mapped("qty_consensus"))
        self.assertGreater(expected, 0)
        self.assertAlmostEqual(self.pump.sop_qty_next, expected)
        self.assertAlmostEqual(self.pump.product_tmpl_id.sop_qty_next, expected)
        action = self.pump.product_tmpl_id.action_open_sop_plan()
        self.assertIn(("product_id", "in", self.pump.ids), action["domain"])

    def test_work_center_shows_its_next_four_weeks(self):
        self.scenario.is_followed = True
        self._capacity(self.turning, 1, 40, 80)
        self._capacity(self.turning, 2, 80, 80)
        self._capacity(self.turning, 9, 800, 80)
        self.assertEqual(self.turning.sop_load_label, "75 %")
        self.assertFalse(self.bench.sop_load_label)

    def test_family_shows_its_gaps(self):
        self.scenario.is_followed = True
        self._capacity_gap()
        self.assertEqual((self.valves.sop_gap_count, self.pumps.sop_gap_count), (1, 0))
        self.assertEqual(self.valves.sop_red_count, 0)
