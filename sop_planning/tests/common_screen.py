from datetime import datetime

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.tests import HttpCase, new_test_user


class HootMixin:
    """For an HttpCase: runs the addon's unit tests of JavaScript."""

    def _run_hoot(self, name, preset):
        """The suite of a name; Hoot's id of a suite is a hash of it."""
        suite = 0
        for char in name:
            suite = ((suite << 5) - suite + ord(char)) & 0xFFFFFFFF
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset={preset}&timeout=15000&id={suite:08x}",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )


class ScreenCase(HttpCase):
    """A controller of a small company, today, for screens in a browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Small Maker on Screen"})
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(
            context={
                **cls.env.context,
                "allowed_company_ids": cls.company.ids,
                "tracking_disable": True,
            }
        )
        cls.company = cls.company.with_env(cls.env)
        cls.controller = new_test_user(
            cls.env,
            login="controller_on_screen",
            groups="sop_planning.sop_planning_group_controller",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _make_product(cls, family, name):
        category = cls.env["product.category"].create(
            {
                "name": family,
                "is_sop_family": True,
                # any deviation is red, whatever method forecasts
                "sop_own_thresholds": True,
                "sop_threshold_amber": 0.0001,
                "sop_threshold_red": 0.0002,
            }
        )
        return cls.env["product.product"].create(
            {"name": name, "type": "consu", "categ_id": category.id, "list_price": 5000.0}
        )

    @classmethod
    def _sell_monthly(cls, quantities):
        """An order a month until the last month; ``quantities`` is {product: units by month}."""
        customer = cls.env["res.partner"].create({"name": "Reliable Customer"})
        month = cls.company._sop_month(cls.company._sop_today())
        count = max(len(units) for units in quantities.values())
        for n in range(count):
            order = cls.env["sale.order"].create(
                {
                    "partner_id": customer.id,
                    "company_id": cls.company.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "product_uom_qty": units[n]})
                        for product, units in quantities.items()
                    ],
                }
            )
            order.action_confirm()
            day = month - relativedelta(months=count - n) + relativedelta(days=9)
            noon = datetime.combine(day, datetime.min.time()) + relativedelta(hours=12)
            order.write({"date_order": noon, "commitment_date": noon})
