from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY
from .common_suppliers import SupplierCommon

ROLES = ("viewer", "sales", "operations", "controller", "executive", "manager")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPromiseHooks(SupplierCommon):
    def test_request_for_quotation_promises_nothing(self):
        order = self._buy(25, confirm=False)
        order.order_line.date_planned = self._noon(27)
        self.assertFalse(self._promises(order.order_line))

    def test_confirmed_by_button(self):
        order = self._buy(25, 10)
        promise = self._promises(order.order_line)
        self.assertEqual(promise.date_promised, date(2026, 11, 25))
        self.assertEqual((promise.qty, promise.amount, promise.source), (10, 50, "confirmed"))
        self.assertEqual(promise.partner_id, self.vendor)
        self.assertEqual(promise.order_name, order.name)
        self.assertTrue(promise.is_first and promise.is_last and promise.is_window)
        self.assertEqual((promise.state, promise.company_id), ("open", self.company))

    def test_confirmed_by_two_steps_of_approval(self):
        self.company.write({"po_double_validation": "two_step", "po_double_validation_amount": 1})
        order = self._buy(25, confirm=False)
        order.with_user(self.buyer).button_confirm()
        self.assertEqual(order.state, "to approve")
        self.assertFalse(self._promises(order.order_line))
        order.button_approve()
        self.assertEqual(self._days(order.order_line), [25])

    def test_confirmed_by_writing_the_state(self):
        order = self._buy(25, confirm=False)
        order.write({"state": "purchase"})
        self.assertEqual(self._days(order.order_line), [25])

    def test_imported_as_confirmed(self):
        order = self._buy(25, confirm=False)
        copy = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "state": "purchase",
                "order_line": [
                    Command.create(
                        {"product_id": self.steel.id, "product_qty": 3, "price_unit": 1,
                         "date_planned": self._noon(26)}
                    )
                ],
            }
        )  # fmt: skip
        self.assertEqual(self._days(copy.order_line), [26])
        self.assertFalse(self._promises(order.order_line))

    def test_line_added_to_a_confirmed_order(self):
        order = self._buy(25)
        order.order_line = [
            Command.create(
                {"product_id": self.steel.id, "product_qty": 3, "date_planned": self._noon(28)}
            )
        ]
        added = order.order_line[-1]
        self.assertEqual(self._days(added), [28])
        self.assertEqual(self._promises(added).source, "confirmed")

    def test_services_notes_and_nothing_promise_nothing(self):
        service = self._make_product("Assembly", self.goods, 5.0, type="service")
        order = self._buy(25, product=service)
        order.order_line = [
            Command.create(
                {"display_type": "line_note", "name": "Mind the paint", "product_qty": 0}
            ),
            Command.create({"product_id": self.steel.id, "product_qty": 0}),
        ]
        self.assertFalse(self._promises(order.order_line))

    def test_buyer_without_any_planning_right_is_recorded(self):
        order = self._buy(25, confirm=False).with_user(self.buyer)
        order.button_confirm()
        order.order_line.date_planned = self._noon(27)
        promises = self._promises(order.order_line)
        self.assertEqual(promises.user_id, self.buyer)
        self.assertEqual(len(promises), 2)
        with self.assertRaises(AccessError):
            promises.with_user(self.buyer).read(["date_promised"])

    def test_every_later_date_is_kept(self):
        line = self._buy(23).order_line
        line.date_planned = self._noon(26)
        line.write({"date_planned": self._noon(30)})
        promises = self._promises(line)
        self.assertEqual(self._days(line), [23, 26, 30])
        self.assertEqual(promises.mapped("sequence"), [1, 2, 3])
        self.assertEqual(promises.mapped("days_moved"), [0, 3, 4])
        self.assertEqual(promises.mapped("source"), ["confirmed", "changed", "changed"])
        self.assertEqual(promises.mapped("is_first"), [True, False, False])
        self.assertEqual(promises.mapped("is_last"), [False, False, True])
        self.assertEqual(promises.mapped("is_window"), [True, False, False])

    def test_date_edited_on_the_order_form(self):
        order = self._buy(23)
        with Form(order) as form:
            form.date_planned = self._noon(27)
        self.assertEqual(self._days(order.order_line), [23, 27])

    def test_same_day_is_no_new_promise(self):
        line = self._buy(23).order_line
        line.date_planned += timedelta(hours=3)
        line.write({"date_planned": self._noon(23), "name": "Steel bar, polished"})
        self.assertEqual(self._days(line), [23])

    def test_day_is_the_companys(self):
        line = self._buy(23).order_line
        line.date_planned = self._noon(23).replace(hour=23, minute=30)  # 0:30 in Berlin
        self.assertEqual(self._days(line), [23, 24])

    def test_changed_time_zone_of_the_company_is_no_new_promise(self):
        line = self._buy(23).order_line
        line.date_planned = self._noon(24).replace(hour=23, minute=30)
        self.company.resource_calendar_id.tz = "UTC"
        self._check_ledger()
        self.assertEqual(self._days(line), [23, 25])

    def test_earlier_date_confirmed_by_the_vendor_counts(self):
        line = self._buy(27).order_line
        line.date_planned = self._noon(24)
        line.date_planned = self._noon(30)
        promises = self._promises(line)
        self.assertEqual(promises.mapped("is_window"), [False, True, False])
        self.assertTrue(promises[0].is_first)

    def test_date_corrected_to_the_past_promises_nothing(self):
        line = self._buy(27).order_line
        line.date_planned = self._noon(10)
        self.assertEqual(self._days(line), [27, 10])
        self.assertEqual(self._promises(line).mapped("is_window"), [True, False])

    def test_changed_quantity_is_kept_in_product_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        line = self._buy(25, 2, product_uom_id=dozen.id).order_line
        line.product_qty = 3
        self.assertEqual(self._promises(line).mapped("qty"), [24, 36])

    def test_date_that_odoo_proposes_with_another_quantity_is_no_confirmation(self):
        line = self._buy(25, 10).order_line
        line.product_qty = 15  # the usual lead time is none: the line expects it today
        self.assertEqual(line.date_planned.date(), TODAY)
        self.assertEqual(self._days(line), [25, 18])
        self.assertEqual(self._promises(line).mapped("is_window"), [True, False])

    def test_amount_is_in_company_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": dollar.id,
                "name": TODAY,
                "rate": 2.0,
                "company_id": self.company.id,
            }
        )
        order = self._buy(25, 10, confirm=False)
        order.currency_id = dollar
        order.order_line.price_unit = 8.0
        order.button_confirm()
        self.assertAlmostEqual(self._promises(order.order_line).amount, 40.0)

    def test_cancelled_order_keeps_its_history(self):
        order = self._buy(23)
        line = order.order_line
        line.date_planned = self._noon(26)
        order.button_cancel()
        promises = self._promises(line)
        self.assertEqual(len(promises), 2)
        self.assertEqual(set(promises.mapped("state")), {"cancelled"})
        self.assertTrue(all(promises.mapped("is_cancelled")))

    def test_order_confirmed_again_promises_anew(self):
        order = self._buy(23)
        order.button_cancel()
        order.button_draft()
        order.order_line.date_planned = self._noon(30)
        order.button_confirm()
        promises = self._promises(order.order_line)
        self.assertEqual(promises.mapped("is_cancelled"), [True, False])
        self.assertEqual(promises.mapped("sequence"), [1, 2])
        self.assertTrue(promises[1].is_first and promises[1].is_window and promises[1].is_last)
        self.assertFalse(promises[0].is_last)

    def test_line_reduced_to_nothing_is_withdrawn(self):
        line = self._buy(23).order_line
        line.product_qty = 0
        self.assertEqual(self._promises(line).state, "cancelled")

    def test_deleted_line_and_order_leave_their_promises(self):
        order = self._buy(23, 10)
        name, promise = order.name, self._promises(order.order_line)
        order.button_cancel()
        order.order_line.unlink()
        order.unlink()
        promise.invalidate_recordset()
        self.assertEqual((promise.order_name, promise.qty), (name, 10))
        self.assertEqual(promise.date_promised, date(2026, 11, 23))
        self.assertFalse(promise.order_line_id or promise.order_id)
        self.assertEqual(promise.state, "cancelled")
        self.assertEqual(promise.action_open_history()["domain"][1], ("order_name", "=", name))
        with self.assertRaisesRegex(UserError, name):
            promise.action_open_order()

    def test_nobody_edits_the_ledger(self):
        promise = self._promises(self._buy(23).order_line)
        values = promise.copy_data()[0]
        for role in ROLES:
            ledger = promise.with_user(self._user(role))
            self.assertEqual(ledger.date_promised, date(2026, 11, 23), role)
            for change in (
                lambda ledger=ledger: ledger.write({"date_promised": TODAY}),
                lambda ledger=ledger: ledger.write({"state": "kept"}),
                lambda ledger=ledger: ledger.unlink(),
                lambda ledger=ledger: ledger.create(values),
            ):
                with self.assertRaises(AccessError, msg=role):
                    change()

    def test_many_lines_need_few_queries(self):
        order = self._buy(23, confirm=False)
        order.order_line = [
            Command.create(
                {"product_id": self.steel.id, "product_qty": 1 + n, "date_planned": self._noon(23)}
            )
            for n in range(60)
        ]
        order.button_confirm()
        self.env.flush_all()
        self.env.invalidate_all()
        lines = order.order_line
        for line in lines:
            line.price_unit  # noqa: B018 (warm the cache)
        ledger = self.env["sop.promise"]
        before = self.cr.sql_log_count
        ledger._record(lines)
        self.assertLess(self.cr.sql_log_count - before, 20)
        self.assertEqual(len(self._promises(lines)), 61)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPromiseHistory(SupplierCommon):
    def _forget(self, lines):
        """As if the ledger had not been there when the lines were ordered."""
        self._promises(lines).unlink()

    def _write_past_hooks(self, line, **vals):
        """What a loader does: the database only."""
        self.env.flush_all()
        for name, value in vals.items():
            self.env.cr.execute(
                f"UPDATE purchase_order_line SET {name} = %s WHERE id = %s",  # noqa: S608
                (value, line.id),
            )
        line.invalidate_recordset()

    def test_orders_of_before_are_reconstructed_once(self):
        order = self._buy(23, 10)
        other = self._buy(20, confirm=False)
        order.date_approve = self._noon(2)
        self._forget(order.order_line)
        for _again in range(2):
            self._check_ledger()
        promise = self._promises(order.order_line)
        self.assertEqual((promise.source, promise.sequence), ("reconstructed", 1))
        self.assertEqual((promise.date_promised.day, promise.qty, promise.amount), (23, 10, 50))
        self.assertEqual(promise.date_recorded, self._noon(2))
        self.assertTrue(promise.is_first and promise.is_last and promise.is_window)
        self.assertFalse(self._promises(other.order_line))

    def test_date_of_the_first_receipt_tells_what_was_promised_then(self):
        order = self._buy(3, 10)
        self._receive(order, 9, 4)
        order.order_line.date_planned = self._noon(24)
        self._forget(order.order_line)
        self._check_ledger()
        promises = self._promises(order.order_line)
        self.assertEqual(self._days(order.order_line), [3, 24])
        self.assertEqual(promises.mapped("is_window"), [True, False])
        self.assertEqual(promises.mapped("is_last"), [False, True])
        self.assertEqual(promises.mapped("state"), ["missed", "open"])
        self.assertEqual(promises[1].days_moved, 21)

    def test_dates_changed_past_the_hooks_are_found(self):
        line = self._buy(23).order_line
        self._write_past_hooks(line, date_planned=self._noon(27))
        for _again in range(2):
            self._check_ledger()
        self.assertEqual(self._days(line), [23, 27])

    def test_order_cancelled_past_the_hooks_is_withdrawn(self):
        order = self._buy(23)
        self.env.flush_all()
        self.env.cr.execute("UPDATE purchase_order SET state = 'cancel' WHERE id = %s", order.ids)
        order.invalidate_recordset()
        self._check_ledger()
        self.assertEqual(self._promises(order.order_line).state, "cancelled")

    def test_other_companies_are_left_alone(self):
        other = self.env["res.company"].create({"name": "Other Maker"})
        self.env.user.company_ids += other
        order = self._buy(3, company=other)
        self._forget(order.order_line)
        self._check_ledger()
        self.assertFalse(self._promises(order.order_line))
        self._check_ledger(other)
        promise = self._promises(order.order_line)
        self.assertEqual((promise.company_id, promise.state), (other, "missed"))
        self.assertNotIn(self.vendor.id, self._facts())

    def test_ledger_of_another_company_is_not_seen(self):
        promise = self._promises(self._buy(23).order_line)
        other = self.env["res.company"].create({"name": "Other Maker"})
        stranger = self._user("manager", other)
        theirs = self.env(user=stranger, context={"allowed_company_ids": other.ids})
        self.assertFalse(theirs["sop.promise"].search([]))
        with self.assertRaises(AccessError):
            promise.with_env(theirs).read(["date_promised"])

    def test_nightly_check_serves_every_company(self):
        order = self._buy(3)
        self._forget(order.order_line)
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("sop_planning.ir_cron_sop_promise").method_direct_trigger()
        self.assertEqual(self._promises(order.order_line).state, "missed")

    def test_kept_missed_and_open(self):
        kept, late, open_ = (self._buy(day) for day in (3, 10, 25))
        self._receive(kept, 2)
        self._receive(late, 14)
        self._check_ledger()
        rows = self._promises((kept + late + open_).order_line)
        by_order = {row.order_id: row for row in rows}
        self.assertEqual(
            [by_order[order].state for order in (kept, late, open_)], ["kept", "missed", "open"]
        )
        self.assertEqual((by_order[kept].days_late, by_order[late].days_late), (-1, 4))
        self.assertEqual((by_order[kept].qty_received, by_order[late].qty_received), (10, 0))
        self.assertFalse(by_order[open_].has_days_late)
        groups = self.env["sop.promise"]._read_group(
            [("id", "in", rows.ids)], ["state"], ["__count"]
        )
        self.assertEqual(dict(groups), {"kept": 1, "missed": 1, "open": 1})

    def test_partial_receipt_is_missed_with_what_came(self):
        order = self._buy(10, 10)
        self._receive(order, 9, 6)
        self._check_ledger()
        promise = self._promises(order.order_line)
        self.assertEqual((promise.state, promise.qty_received, promise.days_late), ("missed", 6, 8))

    def test_return_in_the_window_breaks_the_promise(self):
        order = self._buy(10, 10)
        self._return(self._receive(order, 8), 9, 4)
        self._check_ledger()
        promise = self._promises(order.order_line)
        self.assertEqual((promise.state, promise.qty_received), ("missed", 6))

    def test_return_later_does_not(self):
        order = self._buy(10, 10)
        self._return(self._receive(order, 8), 16, 4)
        self._check_ledger()
        self.assertEqual(self._promises(order.order_line).state, "kept")
        # all transfers have ended: nothing more is expected
        self.assertEqual(self._facts()[self.vendor.id]["amount_open"], 0)

    def test_receipts_are_counted_in_product_units(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._buy(10, 2, product_uom_id=dozen.id)
        self._receive(order, 10)
        self._check_ledger()
        promise = self._promises(order.order_line)
        self.assertEqual((promise.state, promise.qty_received), ("kept", 24))

    def test_kit_is_there_when_its_components_are(self):
        kit = self._make_product("Repair kit", self.goods, 20.0, is_storable=True)
        seal = self._make_product("Seal", self.goods, 2.0, is_storable=True)
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": self.steel.id, "product_qty": 2}),
                    Command.create({"product_id": seal.id, "product_qty": 1}),
                ],
            }
        )
        order = self._buy(10, 5, product=kit)
        self.assertEqual(len(order.picking_ids.move_ids), 2)
        self._receive(order, 9)
        self._check_ledger()
        promise = self._promises(order.order_line)
        self.assertEqual((promise.state, promise.qty_received), ("kept", 5))
