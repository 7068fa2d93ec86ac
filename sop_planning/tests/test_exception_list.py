from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY, SopCommon
from .test_exceptions import NEXT_MONTHS


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestExceptionList(SopCommon):
    """What the list of exceptions says, and its answers to one row or to many."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [1000] * 26)
            cls._sell_monthly(cls.valve, [9000] * 26)
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()
            for product, qty in ((cls.pump, 1300), (cls.valve, 7500)):
                for month in NEXT_MONTHS:
                    cls._line(cls, cls.cycle, product, month).qty_override = qty
        cls.found = cls._exceptions(cls, cls.cycle)

    def _about(self, family):
        return self.found.filtered(lambda row: row.family_id == family)

    def test_badge_has_glyph_word_and_figure(self):
        self.assertEqual(self._about(self.pumps).severity_badge, "▲▲ Red +30 %")
        self.assertEqual(self._about(self.valves).severity_badge, "▼ Amber −17 %")

    def test_columns_say_what_when_and_how_much(self):
        row = self._about(self.pumps)
        self.assertEqual((row.subject, row.months_label), ("Pumps", "Nov 26 – Jan 27"))
        self.assertEqual(row.qty_impact, 900)

    def test_accept_needs_no_reason_and_keeps_the_one_there_is(self):
        row = self._about(self.pumps)
        row.note = "Customer confirmed"
        self.found.action_accept()
        self.assertEqual(set(self.found.mapped("state")), {"accepted"})
        self.assertEqual(row.note, "Customer confirmed")
        self.assertFalse(self._about(self.valves).note)

    def test_dismissing_many_asks_for_one_reason_for_each(self):
        with self.assertRaises(UserError):
            self.found.with_user(self._user("controller")).write({"state": "dismissed"})
        action = self.found.action_dismiss()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.note = "Trade fair, as every year"
        wizard.action_apply()
        self.assertEqual(set(self.found.mapped("note")), {"Trade fair, as every year"})
        self.assertEqual(set(self.found.mapped("state")), {"dismissed"})

    def test_an_answer_without_words_keeps_those_of_each_exception(self):
        for row in self.found:
            row.note = f"About {row.subject}"
        self.found._answer("accepted", None)
        notes = self.found.mapped("note")
        self.assertEqual(sorted(notes), ["About Pumps", "About Valves"])

    def test_accept_with_a_reason(self):
        action = self.found.action_ask_accept()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.note = "Agreed with sales"
        wizard.action_apply()
        self.assertEqual(set(self.found.mapped("state")), {"accepted"})
        self.assertEqual(set(self.found.mapped("note")), {"Agreed with sales"})

    def test_an_empty_list_says_above_which_threshold_something_would_be_there(self):
        self.company.sop_threshold_amber = 0.125
        action = self.env["ir.actions.act_window"]._for_xml_id("sop_planning.sop_exception_action")
        self.assertIn("All clear: nothing over 12.5 %", action["help"])
