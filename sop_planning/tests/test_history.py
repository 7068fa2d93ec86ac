from datetime import date, datetime

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import MONTH, TODAY, SopCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestHistory(SopCommon):
    """What a month's demand is: units, currencies, returns, cancellations, time zones, archives."""

    def _history(self, product, month=date(2026, 10, 1), company=None):
        cycle = self._make_cycle(company)
        cycle.action_refresh()
        return self.env["sop.demand.history"].search(
            [
                ("product_id", "=", product.id),
                ("bucket_start", "=", month),
                ("company_id", "=", (company or self.company).id),
            ]
        )

    def test_month_adds_up_confirmed_orders_by_requested_day(self):
        self._sell(date(2026, 10, 1), {self.pump: 5})
        self._sell(date(2026, 10, 31), {self.pump: 7})
        self._sell(date(2026, 9, 30), {self.pump: 100})
        row = self._history(self.pump)
        self.assertEqual((row.qty, row.amount), (12, 1200))

    def test_requested_day_wins_over_the_order_day(self):
        order = self._sell(date(2026, 9, 20), {self.pump: 5})
        order.commitment_date = datetime(2026, 10, 20, 12)
        self.assertEqual(self._history(self.pump).qty, 5)

    def test_customer_lead_time_counts_without_an_agreed_date(self):
        self.pump.sale_delay = 10
        order = self._sell(date(2026, 9, 25), {self.pump: 5})
        order.order_line.customer_lead = 10
        order.commitment_date = False
        self.assertEqual(self._history(self.pump).qty, 5)

    def test_day_is_the_company_s_not_utc(self):
        # 23:30 UTC of 30 September is 01:30 of 1 October in Berlin
        order = self._sell(date(2026, 9, 30), {self.pump: 5})
        order.commitment_date = datetime(2026, 9, 30, 23, 30)
        self.assertEqual(self._history(self.pump).qty, 5)

    def test_quotations_and_cancelled_orders_are_no_demand(self):
        self._sell(date(2026, 10, 10), {self.pump: 1})
        self._sell(date(2026, 10, 10), {self.pump: 50}, confirm=False)
        self._sell(date(2026, 10, 10), {self.pump: 70})._action_cancel()
        self.assertEqual(self._history(self.pump).qty, 1)

    def test_dozens_become_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self._sell(
            date(2026, 10, 10),
            {self.pump: {"product_uom_qty": 2, "product_uom_id": dozen.id, "price_unit": 1200}},
        )
        row = self._history(self.pump)
        self.assertEqual((row.qty, row.amount), (24, 2400))

    def test_unit_that_does_not_convert_is_left_out_and_told(self):
        kilo = self.env.ref("uom.product_uom_kgm")
        self._sell(date(2026, 10, 10), {self.pump: 3})
        order = self._sell(date(2026, 10, 11), {self.pump: {"product_uom_qty": 5, "price_unit": 9}})
        self.env.cr.execute(
            "UPDATE sale_order_line SET product_uom_id = %s WHERE order_id = %s",
            (kilo.id, order.id),
        )
        order.order_line.invalidate_recordset()
        row = self._history(self.pump)
        self.assertEqual(row.qty, 3)
        opened = row.action_open_orders()["domain"][0][2]
        self.assertNotIn(order.order_line.id, opened)
        exception = self.env["sop.exception"].search([("kind", "=", "unit_mismatch")])
        self.assertEqual(exception.product_id, self.pump)
        self.assertIn("cannot be converted", exception.reason)

    def test_second_currency_becomes_the_company_s(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {
                "name": date(2026, 1, 1),
                "rate": 2.0,
                "currency_id": usd.id,
                "company_id": self.company.id,
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "USD", "currency_id": usd.id, "company_id": self.company.id}
        )
        order = self._sell(
            date(2026, 10, 10),
            {self.pump: {"product_uom_qty": 3, "price_unit": 200}},
            pricelist_id=pricelist.id,
        )
        self.assertEqual(order.currency_id, usd)
        self.assertEqual(order.currency_rate, 2.0)
        self.assertEqual(self._history(self.pump).amount, 300)

    def _deliver(self, order):
        picking = order.picking_ids
        picking.move_ids.quantity = order.order_line.product_uom_qty
        picking.move_ids.picked = True
        picking.button_validate()
        return picking

    def _return(self, picking, qty):
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = qty
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.quantity = qty
        back.move_ids.picked = True
        back.button_validate()

    def test_return_is_taken_off_the_month_of_its_order(self):
        order = self._sell(date(2026, 9, 10), {self.pump: 10})
        self._return(self._deliver(order), 4)
        self._sell(date(2026, 10, 10), {self.pump: 1})
        self.assertEqual(self._history(self.pump, date(2026, 9, 1)).qty, 6)
        row = self._history_of(date(2026, 9, 1))
        self.assertEqual(row.amount, 600)

    def _history_of(self, month):
        return self.env["sop.demand.history"].search(
            [("product_id", "=", self.pump.id), ("bucket_start", "=", month)]
        )

    def _shipped_order(self, product, ordered, delivered):
        order = self._sell(date(2026, 10, 10), {product: ordered})
        picking = order.picking_ids
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty * delivered / ordered
            move.picked = True
        picking.with_context(skip_backorder=True, cancel_backorder=True).button_validate()
        return order, picking

    def test_goods_sent_again_after_a_return_count_again(self):
        order, picking = self._shipped_order(self.pump, 10, 10)
        self._return(picking, 4)
        back = order.picking_ids - picking
        self._return(back, 4)
        self.assertEqual(order.order_line.qty_delivered, 10)
        self.assertEqual(self._history(self.pump).qty, 10)

    def test_surplus_that_comes_back_does_not_make_the_order_smaller(self):
        order, picking = self._shipped_order(self.pump, 10, 12)
        self._return(picking, 2)
        self.assertEqual(order.order_line.qty_delivered, 10)
        self.assertEqual(self._history(self.pump).qty, 10)

    def test_returned_components_of_a_kit_return_the_kit(self):
        set_of_two = self._make_product("Pump set", self.pumps, 250)
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": set_of_two.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": self.small_pump.id, "product_qty": 2})
                ],
            }
        )
        order, picking = self._shipped_order(set_of_two, 10, 10)
        self._return(picking, 8)
        self.assertEqual(order.order_line.qty_delivered, 6)
        self.assertEqual(self._history(set_of_two).qty, 6)

    def test_orders_of_two_companies_open_together(self):
        other = self.env["res.company"].create({"name": "Other Maker"})
        self.env.user.company_ids += other
        ours = self._sell(date(2026, 10, 10), {self.pump: 2})
        theirs = self._sell(date(2026, 10, 10), {self.pump: 7}, company=other)
        rows = self._history(self.pump) + self._history(self.pump, company=other)
        action = rows.action_open_orders()
        self.assertEqual(set(action["domain"][0][2]), set((ours + theirs).order_line.ids))

    def test_services_sections_and_downpayments_are_no_demand(self):
        service = self._make_product("Commissioning", self.pumps, 500, type="service")
        order = self._sell(date(2026, 10, 10), {self.pump: 2, service: 3})
        order.order_line = [Command.create({"display_type": "line_section", "name": "Extras"})]
        self._history(self.pump)
        rows = self.env["sop.demand.history"].search([("company_id", "=", self.company.id)])
        self.assertEqual((rows.product_id, sum(rows.mapped("qty"))), (self.pump, 2))

    def test_archived_product_keeps_its_history_but_is_not_planned(self):
        self._sell(date(2026, 10, 10), {self.pump: 2, self.small_pump: 9})
        self.small_pump.active = False
        row = self._history(self.small_pump.with_context(active_test=False))
        self.assertEqual(row.qty, 9)
        lines = self.env["sop.demand.line"].search([("company_id", "=", self.company.id)])
        self.assertEqual(lines.product_id, self.pump)

    def test_other_company_s_orders_stay_there(self):
        other = self.env["res.company"].create({"name": "Other Maker"})
        self.env.user.company_ids += other
        self._sell(date(2026, 10, 10), {self.pump: 2})
        self._sell(date(2026, 10, 10), {self.pump: 70}, company=other)
        self.assertEqual(self._history(self.pump).qty, 2)
        self.assertEqual(self._history(self.pump, company=other).qty, 70)

    def test_history_is_what_one_query_over_native_records_gives(self):
        for month, qty in ((10, 3), (9, 4), (8, 5)):
            self._sell(date(2026, month, 5), {self.pump: qty, self.valve: 10 * qty})
        self._make_cycle().action_refresh()
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT line.product_id, date_trunc('month', sale.commitment_date)::date,
                   SUM(line.product_uom_qty)
              FROM sale_order_line line JOIN sale_order sale ON sale.id = line.order_id
             WHERE sale.company_id = %s AND sale.state = 'sale'
               AND sale.commitment_date < %s
          GROUP BY 1, 2 ORDER BY 1, 2
            """,
            (self.company.id, MONTH),
        )
        native = [(product, month, float(qty)) for product, month, qty in self.env.cr.fetchall()]
        rows = self.env["sop.demand.history"].search(
            [("company_id", "=", self.company.id)], order="product_id, bucket_start"
        )
        stored = [(row.product_id.id, row.bucket_start, row.qty) for row in rows]
        self.assertEqual(sorted(stored), sorted(native))
        self.assertEqual(len(stored), 6)

    def test_figure_opens_the_orders_it_is_made_of(self):
        first = self._sell(date(2026, 10, 2), {self.pump: 5})
        second = self._sell(date(2026, 10, 30), {self.pump: 7})
        self._sell(date(2026, 9, 30), {self.pump: 100})
        action = self._history(self.pump).action_open_orders()
        lines = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(lines, (first + second).order_line.sorted(lambda line: -line.id))

    def test_order_changed_after_a_refresh_moves_the_history(self):
        order = self._sell(date(2026, 10, 2), {self.pump: 5})
        cycle = self._make_cycle()
        cycle.action_refresh()
        order.order_line.product_uom_qty = 8
        cycle.action_refresh()
        self.assertEqual(self._history_of(date(2026, 10, 1)).qty, 8)
        order._action_cancel()
        self._sell(date(2026, 8, 2), {self.pump: 1})
        cycle.action_refresh()
        self.assertFalse(self._history_of(date(2026, 10, 1)))
