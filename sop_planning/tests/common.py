from datetime import date, datetime, time

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.tests import TransactionCase, freeze_time, new_test_user

# A Wednesday: the cycle of November 2026 opened on Monday, 2 November.
TODAY = date(2026, 11, 18)
MONTH = date(2026, 11, 1)


@freeze_time(TODAY)
class SopCommon(TransactionCase):
    """A small maker with two families: pumps that sell steadily, and valves that grow."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.company = cls.env["res.company"].create(
            {"name": "Small Maker", "currency_id": cls.env.ref("base.EUR").id}
        )
        cls.company.resource_calendar_id.tz = "Europe/Berlin"
        cls.company.sop_auto_open = False
        # what stands between two steps has tests of its own
        cls.env["sop.step.check"].search([]).active = False
        cls.env.user.company_ids += cls.company
        cls.env.user.company_id = cls.company
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=cls.company.ids))
        cls.company = cls.company.with_env(cls.env)
        cls.customer = cls.env["res.partner"].create({"name": "Reliable Customer"})
        cls.goods = cls.env["product.category"].create({"name": "Goods"})
        cls.pumps = cls._make_family("Pumps")
        cls.valves = cls._make_family("Valves")
        cls.pump = cls._make_product("Steady pump", cls.pumps, 100.0)
        cls.small_pump = cls._make_product("Small pump", cls.pumps, 40.0)
        cls.valve = cls._make_product("Growing valve", cls.valves, 10.0)

    @classmethod
    def _make_family(cls, name, **vals):
        return cls.env["product.category"].create(
            {"name": name, "parent_id": cls.goods.id, "is_sop_family": True, **vals}
        )

    @classmethod
    def _make_product(cls, name, category, price, **vals):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "categ_id": category.id if category else False,
                "list_price": price,
                "taxes_id": [Command.clear()],
                **vals,
            }
        )

    @classmethod
    def _sell(cls, day, quantities, confirm=True, company=None, **vals):
        """An order requested for noon of ``day``; ``quantities`` is {product: qty or line vals}."""
        company = company or cls.company
        lines = [
            {
                "product_id": product.id,
                **(qty if isinstance(qty, dict) else {"product_uom_qty": qty}),
            }
            for product, qty in quantities.items()
        ]
        order = (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": cls.customer.id,
                    "company_id": company.id,
                    "order_line": [Command.create(line) for line in lines],
                    **vals,
                }
            )
        )
        if confirm:
            order.action_confirm()
        noon = datetime.combine(day, time(12))
        order.write({"date_order": noon, "commitment_date": vals.get("commitment_date", noon)})
        return order

    @classmethod
    def _sell_monthly(cls, product, quantities, until=MONTH):
        """One order a month, the last one in the month before ``until``."""
        for back, qty in enumerate(reversed(quantities), start=1):
            if qty:
                cls._sell(
                    until - relativedelta(months=back) + relativedelta(days=9), {product: qty}
                )

    @classmethod
    def _make_cycle(cls, company=None, **vals):
        company = company or cls.company
        return (
            cls.env["sop.cycle"]
            .with_company(company)
            .create({"company_id": company.id, "month": MONTH, **vals})
        )

    def _user(self, role, company=None):
        """Somebody of the company with one S&OP group, or with none: the same person every time."""
        company = company or self.company
        if "_made_users" not in vars(self):
            self._made_users = {}
        if (role, company) not in self._made_users:
            self._made_users[role, company] = new_test_user(
                self.env,
                f"a_{role}_{company.id}",
                groups=f"sop_planning.sop_planning_group_{role}" if role else "base.group_user",
                company_id=company.id,
                company_ids=company.ids,
            )
        return self._made_users[role, company]

    def _line(self, cycle, product, month=MONTH):
        return self.env["sop.demand.line"].search(
            [
                ("cycle_id", "=", cycle.id),
                ("product_id", "=", product.id),
                ("bucket_start", "=", month),
            ]
        )

    def _review(self, cycle, family):
        return cycle.review_ids.filtered(lambda review: review.family_id == family)

    def _exceptions(self, cycle, **with_archived):
        return (
            self.env["sop.exception"]
            .with_context(**with_archived)
            .search([("cycle_id", "=", cycle.id)])
        )
