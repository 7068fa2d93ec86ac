from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import TODAY, SopCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSettings(SopCommon):
    """Wrong settings and empty companies give a sentence that says what to do."""

    def test_settings_screen_changes_the_company(self):
        with Form(self.env["res.config.settings"]) as settings:
            settings.sop_horizon_months = 15
            settings.sop_threshold_amber = 0.28
            settings.sop_threshold_red = 0.3
        settings.record.execute()
        self.assertEqual(
            (self.company.sop_horizon_months, self.company.sop_threshold_red), (15, 0.3)
        )
        self.assertEqual(self._make_cycle().horizon_months, 15)

    def test_horizon_outside_its_limits(self):
        with self.assertRaisesRegex(ValidationError, "Demand horizon must be between 12 and 24"):
            self.company.sop_horizon_months = 0
        self.company.sop_horizon_months = 18
        with self.assertRaisesRegex(ValidationError, "Sales history must be between 24 and 60"):
            self.company.sop_history_months = 6

    def test_swapped_thresholds(self):
        with self.assertRaisesRegex(ValidationError, "below red: amber 30.0 % and red 20.0 %"):
            self.company.write({"sop_threshold_amber": 0.3, "sop_threshold_red": 0.2})
        with self.assertRaisesRegex(ValidationError, "for the family Goods / Pumps"):
            self.pumps.write({"sop_own_thresholds": True, "sop_threshold_amber": 0.5})

    def test_negative_floor_and_no_exceptions(self):
        with self.assertRaisesRegex(ValidationError, "value floor"):
            self.company.sop_value_floor = -1
        with self.assertRaisesRegex(ValidationError, "at least one"):
            self.company.sop_exception_cap = 0

    def test_company_without_sales_and_goods(self):
        self.env["product.template"].search([]).sale_ok = False
        cycle = self._make_cycle()
        with self.assertRaisesRegex(UserError, "Small Maker has no confirmed sales"):
            cycle.action_refresh()
        self.assertFalse(cycle.date_snapshot)

    def test_history_too_old_is_no_history(self):
        self._sell(date(2022, 5, 5), {self.pump: 5})
        cycle = self._make_cycle()
        cycle.action_refresh()
        self.assertEqual(set(self._line(cycle, self.pump).mapped("qty_statistical")), {0})

    def test_nothing_for_sale_any_more(self):
        self._sell(date(2026, 5, 5), {self.pump: 5})
        self.pump.sale_ok = False
        with self.assertRaisesRegex(UserError, "tick Sales"):
            self._make_cycle().action_refresh()

    def test_no_product_has_a_category(self):
        orphan = self._make_product("Orphan", False, 10)
        self._sell(date(2026, 5, 5), {orphan: 5})
        with self.assertRaisesRegex(UserError, "no family to plan"):
            self._make_cycle().action_refresh()

    def test_one_order_is_enough_to_start(self):
        self._sell(date(2026, 10, 5), {self.pump: 5})
        cycle = self._make_cycle()
        cycle.action_refresh()
        self.assertEqual(self._review(cycle, self.pumps).qty_last_year, 5)
