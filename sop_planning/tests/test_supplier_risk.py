import math
from datetime import date, timedelta

import pandas as pd

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY
from .common_suppliers import SupplierCommon

NOBODY = pd.DataFrame({"partner_id": [], "amount_at_risk": [], "week_needed": []})


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSupplierRisk(SupplierCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls.cycle = cls._make_cycle()

    def _rate(self, at_risk=None, by_family=None, gaps=(), cycle=None, today=TODAY):
        """Rate the vendors of a cycle, as its refresh does; returns Steelco's risk."""
        cycle, planner = cycle or self.cycle, self.env["sop.planner"]
        planner._reconstruct_promises(self.company)
        facts = planner._supplier_facts(self.company, today)
        exposed = pd.DataFrame(
            [(partner.id, *values) for partner, values in (at_risk or {}).items()],
            columns=["partner_id", "amount_at_risk", "week_needed"],
        )
        families = pd.DataFrame(
            [(vendor.id, family.id, amount) for vendor, family, amount in by_family or ()],
            columns=["partner_id", "family_id", "amount"],
        )
        ids = [family.id for family in gaps]
        planner._write_supplier_risks(cycle, facts, exposed, families, ids)
        return self._risk(self.vendor, cycle)

    def _risk(self, vendor, cycle=None):
        return self.env["sop.supplier.risk"].search(
            [("partner_id", "=", vendor.id), ("cycle_id", "=", (cycle or self.cycle).id)]
        )

    def _miss(self, *days):
        """Orders promised for these days of November and received six days late, or not yet."""
        orders = [self._buy(day) for day in days]
        for day, order in zip(days, orders):
            if day + 6 < TODAY.day:
                self._receive(order, day + 6)
        return orders

    def test_last_two_windows_missed_flag(self):
        self._receive(self._buy(2), 2)
        first, second = self._miss(4, 16)
        risk = self._rate()
        self.assertEqual((risk.missed_windows, risk.windows_due, risk.lines_due), (2, 3, 3))
        self.assertTrue(risk.is_flagged)
        self.assertAlmostEqual(risk.rate_otif_first, 1 / 3, places=4)
        self.assertEqual(
            risk.reason,
            f"Missed its last 2 delivery windows: {first.name} due 4 Nov, {second.name} due 16 Nov;"
            " on time in full 33 % of 3 lines; 3 days late on average.",
        )
        self.assertEqual(risk.severity, "red")  # the only vendor has all the spend
        self.assertEqual(risk.risk_label, "▲▲ Last 2 windows missed")

    def test_one_missed_window_is_no_flag(self):
        self._receive(self._buy(2), 2)
        self._miss(16)
        risk = self._rate()
        self.assertEqual((risk.missed_windows, risk.is_flagged), (1, False))
        self.assertEqual(risk.severity, "amber")

    def test_open_overdue_counts_as_missed(self):
        self._buy(10, 10)
        risk = self._rate()
        self.assertEqual((risk.missed_windows, risk.rate_otif_first), (1, 0.0))
        self.assertEqual((risk.lines_overdue, risk.qty_overdue, risk.amount_overdue), (1, 10, 50))
        self.assertEqual((risk.amount_open, risk.days_late_mean), (50, 8))

    def test_no_data_is_neither_full_marks_nor_red(self):
        self._buy(25)
        risk = self._rate({self.vendor: (9000.0, 3)}, gaps=[self.pumps])
        self.assertFalse(risk.has_data or risk.is_flagged)
        self.assertEqual((risk.severity, risk.otif_label), ("no_data", "No data"))
        self.assertIn("no data", risk.reason)
        self.assertEqual(risk.risk_label, "No data")
        facts = self._facts()[self.vendor.id]
        self.assertTrue(math.isnan(facts["rate_otif_first"]))
        [(rate,)] = self.env["sop.supplier.risk"]._read_group(
            [("id", "=", risk.id)], aggregates=["rate_otif_first:avg"]
        )
        self.assertFalse(rate)  # unknown: it does not pull the mean of others either way

    def test_postponing_does_not_help(self):
        for day in (4, 11):
            order = self._buy(day)
            order.order_line.date_planned = self._noon(27)
        risk = self._rate()
        self.assertEqual((risk.missed_windows, risk.is_flagged), (2, True))
        self.assertEqual(risk.amount_overdue, 0)  # by the latest promise it is not yet due

    def test_earlier_date_moves_the_window(self):
        with freeze_time("2026-11-02 09:00:00"):
            order = self._buy(17)
            order.order_line.date_planned = self._noon(10)
            order.order_line.date_planned = self._noon(17)
        self._receive(order, 13)
        risk = self._rate()
        self.assertEqual(risk.missed_windows, 1)  # in time for the 17th, not for the 10th
        self.assertIn("due 10 Nov", risk.reason)

    def test_cancelled_orders_and_services_do_not_count(self):
        self._buy(4).button_cancel()
        service = self._make_product("Assembly", self.goods, 5.0, type="service")
        self._buy(4, product=service)
        self.assertNotIn(self.vendor.id, self._facts())
        self.assertFalse(self._rate())

    def test_tolerance_and_number_of_windows_are_settings(self):
        self._miss(4, 16)
        self.company.sop_window_tolerance_days = 6
        self.assertEqual(self._rate().missed_windows, 0)
        self.company.write({"sop_window_tolerance_days": 0, "sop_missed_windows": 3})
        risk = self._rate()
        self.assertEqual((risk.missed_windows, risk.is_flagged), (2, False))
        for vals in (
            {"sop_missed_windows": 0},
            {"sop_window_tolerance_days": -1},
            {"sop_key_supplier_share": 0.0},
            {"sop_key_supplier_share": 1.5},
        ):
            with self.assertRaises(ValidationError, msg=vals):
                self.company.write(vals)

    def test_deliveries_to_an_address_of_the_vendor_are_the_vendors(self):
        depot = self.env["res.partner"].create(
            {"name": "Depot", "parent_id": self.vendor.id, "type": "delivery"}
        )
        self._buy(4, vendor=depot)
        self._buy(11)
        self.assertEqual(self._rate().missed_windows, 2)
        self.assertFalse(self._risk(depot))

    def test_key_supplier_by_spend_or_by_a_gap(self):
        small = self.env["res.partner"].create({"name": "Small Vendor"})
        tiny = self.env["res.partner"].create({"name": "Tiny Vendor"})
        self._buy(25, 1000)
        self._buy(25, 10, vendor=small)
        self._buy(25, 10, vendor=tiny)
        self._rate(
            by_family=[(small, self.pumps, 10.0), (tiny, self.valves, 10.0)], gaps=[self.pumps]
        )
        keys = {vendor: self._risk(vendor).is_key for vendor in (self.vendor, small, tiny)}
        self.assertEqual(keys, {self.vendor: True, small: True, tiny: False})
        self.assertAlmostEqual(self._risk(self.vendor).rate_spend, 1000 / 1020, places=4)

    def test_families_and_money_at_risk(self):
        self._miss(4, 11)
        at_risk = {self.vendor: (1234.5, 7)}
        hit = [(self.vendor, self.pumps, 1000.0), (self.vendor, self.valves, 234.5)]
        risk = self._rate(at_risk, hit)
        self.assertEqual(risk.family_ids, self.pumps + self.valves)
        self.assertEqual((risk.amount_at_risk, risk.week_label), (1234.5, "W7"))
        by_family = [("family_ids", "in", self.pumps.ids)]
        self.assertEqual(self.env["sop.supplier.risk"].search(by_family), risk)
        self._rate(at_risk, hit[:1])  # one family is safe now
        risk.invalidate_recordset()
        self.assertEqual(risk.family_ids, self.pumps)

    def test_owner_is_the_buyer_else_the_controller(self):
        self.vendor.buyer_id = self.buyer
        other = self.env["res.partner"].create({"name": "Other Vendor"})
        outsider = self.env["res.company"].create({"name": "Outsider"})
        other.buyer_id = self._user("viewer", outsider)  # cannot see this company
        self.cycle.user_id = self._user("controller")
        self._buy(4)
        self._buy(4, vendor=other)
        self.assertEqual(self._rate().user_id, self.buyer)
        self.assertEqual(self._risk(other).user_id, self.cycle.user_id)

    def test_refresh_keeps_what_people_said(self):
        self._miss(4, 11)
        risk = self._rate()
        operations = self._user("operations")
        mine = risk.with_user(operations)
        mine.write({"user_id": operations.id, "state": "accepted", "note": "They moved their mill"})
        self._miss(13)
        again = self._rate()
        self.assertEqual(again, risk)
        self.assertEqual((risk.user_id, risk.note), (operations, "They moved their mill"))
        self.assertEqual(risk.missed_windows, 3)
        self.assertEqual(risk.state, "open")  # a third window was missed since
        self.assertIn("3 windows missed in a row, 2 when answered", risk.message_ids[0].body)
        risk.with_user(operations).write({"state": "dismissed"})
        self._rate()
        self.assertEqual(risk.state, "dismissed")

    def test_snooze_lasts_until_its_day_in_whatever_cycle(self):
        self._miss(4, 11)
        risk = self._rate()
        risk.write({"state": "snoozed", "note": "New mill", "date_snooze": "2026-12-10"})
        with freeze_time("2026-12-07"):
            december = self._make_cycle(month=date(2026, 12, 1))
            self._rate(cycle=december, today=date(2026, 12, 7))
        self.assertEqual(self._risk(self.vendor, december).state, "snoozed")
        self.assertEqual(self._risk(self.vendor, december).note, "New mill")
        with freeze_time("2026-12-11"):
            self._rate(cycle=december, today=date(2026, 12, 11))
        self.assertEqual(self._risk(self.vendor, december).state, "open")

    def test_vendor_without_orders_left_disappears(self):
        order = self._buy(4)
        risk = self._rate()
        risk.activity_schedule("mail.mail_activity_data_todo", user_id=self.env.uid)
        order.button_cancel()
        self.assertFalse(self._rate())
        self.assertFalse(
            self.env["mail.activity"].search([("res_model", "=", "sop.supplier.risk")])
        )

    def test_answers_need_a_reason(self):
        self._miss(4, 11)
        risk = self._rate().with_user(self._user("operations"))
        for state in ("accepted", "dismissed", "snoozed"):
            with self.assertRaisesRegex(UserError, "Steelco"):
                risk.write({"state": state, "date_snooze": TODAY + timedelta(days=9)})
        with self.assertRaisesRegex(UserError, "coming day"):
            risk.write({"state": "snoozed", "note": "Later", "date_snooze": TODAY})
        wizard = self.env[risk.action_snooze()["res_model"]].browse(risk.action_snooze()["res_id"])
        with Form(wizard.with_user(risk.env.user)) as form:
            form.note = "Wait for the new mill"
            form.date_snooze = TODAY + timedelta(days=9)
        wizard.with_user(risk.env.user).action_apply()
        self.assertEqual((risk.state, risk.note), ("snoozed", "Wait for the new mill"))
        self.assertEqual(risk.date_snooze, TODAY + timedelta(days=9))
        risk.action_reopen()
        self.assertEqual((risk.state, risk.date_snooze), ("open", False))

    def test_who_may_answer(self):
        self._miss(4, 11)
        risk = self._rate()
        for role in ("viewer", "sales", "executive"):
            with self.assertRaises(AccessError, msg=role):
                risk.with_user(self._user(role)).write({"note": "fine"})
        for role in ("operations", "controller", "manager"):
            user = self._user(role)
            risk.with_user(user).write({"note": role, "user_id": user.id})
            with self.assertRaises(UserError, msg=role):
                risk.with_user(user).write({"missed_windows": 0})
            with self.assertRaises(AccessError, msg=role):
                risk.with_user(user).unlink()
            with self.assertRaises(AccessError, msg=role):
                risk.with_user(user).create({"partner_id": self.vendor.id})
        self.assertEqual(risk.note, "manager")

    def test_frozen_cycle_takes_no_answers(self):
        self._miss(4, 11)
        risk = self._rate()
        self.cycle.sudo().write({"state": "approved"})
        with self.assertRaises(UserError):
            risk.with_user(self._user("operations")).write({"note": "too late"})

    def test_other_company_sees_nothing(self):
        self._miss(4, 11)
        risk = self._rate(by_family=[(self.vendor, self.pumps, 10.0)])
        other = self.env["res.company"].create({"name": "Outsider"})
        theirs = self.env(
            user=self._user("manager", other), context={"allowed_company_ids": other.ids}
        )
        for model in ("sop.supplier.risk", "sop.supplier.risk.family"):
            self.assertFalse(theirs[model].search([]))
        with self.assertRaises(AccessError):
            risk.with_env(theirs).read(["missed_windows"])
        vendor = self.vendor.with_env(theirs)
        self.assertFalse(vendor.sop_has_otif)
        self.assertEqual(vendor.sop_missed_windows, 0)

    def test_assigning_asks_the_buyer_once(self):
        self._miss(4, 11)
        self.vendor.buyer_id = self.buyer
        risk = self._rate().with_user(self._user("operations"))
        risk.action_assign()
        risk.action_assign()
        self.assertEqual(risk.state, "in_progress")
        todo = risk.sudo().activity_ids
        self.assertEqual((len(todo), todo.user_id), (1, self.buyer))
        self.assertIn("Missed its last 2", todo.note)
        risk.sudo().user_id = False
        with self.assertRaisesRegex(UserError, "Steelco"):
            risk.action_assign()

    def test_mail_lists_what_is_overdue(self):
        orders = self._miss(4, 16)
        self.vendor.email = "sales@steelco.example"
        risk = self._rate().with_user(self._user("operations"))
        action = risk.action_mail()
        composer = self.env["mail.compose.message"].with_user(risk.env.user)
        form = Form(composer.with_context(**action["context"]))
        self.assertIn(orders[1].name, form.body)
        self.assertNotIn(orders[0].name, form.body)  # has come meanwhile
        self.assertIn("Small Maker", form.subject)
        mail = form.save()
        self.assertEqual(mail.partner_ids, self.vendor)
        with self.assertRaises(AccessError):
            risk.with_user(self._user("viewer")).action_mail()

    def test_drills(self):
        late, coming = self._buy(4), self._buy(25)
        risk = self._rate()
        action = risk.action_open_orders()
        orders = self.env["purchase.order"].search(action["domain"])
        self.assertEqual(orders, late + coming)
        self.assertTrue(action["context"]["search_default_late_receipt"])
        with self.assertRaises(AccessError):
            risk.with_user(self._user("viewer")).action_open_orders()
        promises = self.env["sop.promise"].search(risk.action_open_promises()["domain"])
        self.assertEqual(promises.order_id, late + coming)
        self.assertEqual(risk.action_open_on_time()["res_model"], "vendor.delay.report")

    def test_vendor_shows_its_figures(self):
        self._miss(4, 11)
        self._rate()
        vendor = self.vendor.with_user(self._user("viewer"))
        self.assertTrue(vendor.sop_has_otif)
        self.assertEqual((vendor.sop_missed_windows, vendor.sop_rate_otif), (2, 0.0))
        domain = vendor.action_open_sop_risk()["domain"]
        self.assertEqual(self.env["sop.supplier.risk"].search(domain), self._risk(self.vendor))
        stranger = self.vendor.with_user(self.buyer)
        with self.assertRaises(AccessError):
            stranger.read(["sop_missed_windows"])
        stranger.read(["name"])

    def test_screens_open_for_a_viewer(self):
        self._miss(4, 11)
        self._rate()
        viewer = self._user("viewer")
        for model in ("sop.supplier.risk", "sop.promise"):
            records = self.env[model].with_user(viewer)
            views = [(False, kind) for kind in ("list", "form", "pivot", "graph", "search")]
            self.assertTrue(records.get_views(views)["views"])
            self.assertTrue(records.search([]).read())
