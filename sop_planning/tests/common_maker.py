from datetime import date, datetime, time, timedelta

from odoo import Command

from .common import SopCommon

MONDAY = date(2026, 11, 16)  # of the week in which the tests run: week 1


class MakerCommon(SopCommon):
    """The small maker makes its pumps: from a casting, on a lathe that is open 40 hours a week."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the orders of the tests' history are not shipped: they are not expected any more
        cls.company.sop_overdue_days = 0
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.foundry = cls.env["res.partner"].create({"name": "Foundry", "is_company": True})
        cls.casting = cls._make_product("Casting", cls.goods, 0.0, sale_ok=False, is_storable=True)
        cls.casting.standard_price = 20.0
        cls._make_vendor(cls.casting, cls.foundry, 14)
        cls.calendar = cls._make_calendar(8.0)
        cls.lathe = cls._make_workcenter("Lathe", cls.calendar)
        cls.pump.is_storable = True
        cls.bom = cls._make_bom(cls.pump, {cls.casting: 1}, {cls.lathe: 30.0})

    @classmethod
    def _make_vendor(cls, product, partner, days, **vals):
        return cls.env["product.supplierinfo"].create(
            {
                "partner_id": partner.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "price": 20.0,
                "delay": days,
                "company_id": cls.company.id,
                **vals,
            }
        )

    @classmethod
    def _make_calendar(cls, hours):
        """Monday to Friday from 8 on, without a break."""
        lines = [
            Command.create(
                {
                    "name": "Shift",
                    "dayofweek": str(day),
                    "hour_from": 8.0,
                    "hour_to": 8.0 + hours,
                    "day_period": "morning",
                }
            )
            for day in range(5)
        ]
        return cls.env["resource.calendar"].create(
            {
                "name": f"{hours} hours a day",
                "tz": "Europe/Berlin",
                "company_id": cls.company.id,
                "attendance_ids": [Command.clear(), *lines],
            }
        )

    @classmethod
    def _make_workcenter(cls, name, calendar, **vals):
        return cls.env["mrp.workcenter"].create(
            {
                "name": name,
                "resource_calendar_id": calendar.id,
                "company_id": cls.company.id,
                **vals,
            }
        )

    @classmethod
    def _make_bom(cls, product, parts, minutes, **vals):
        """``parts`` is {product: qty or line vals}, ``minutes`` {work center: a cycle}."""
        lines = [
            {"product_id": part.id, **(qty if isinstance(qty, dict) else {"product_qty": qty})}
            for part, qty in parts.items()
        ]
        operations = [
            {
                "name": f"{center.name} work",
                "workcenter_id": center.id,
                "time_mode": "manual",
                "time_cycle_manual": cycle,
            }
            for center, cycle in minutes.items()
        ]
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": 1,
                "company_id": cls.company.id,
                "bom_line_ids": [Command.create(line) for line in lines],
                "operation_ids": [Command.create(operation) for operation in operations],
                **vals,
            }
        )

    @classmethod
    def _put_stock(cls, product, qty):
        cls.env["stock.quant"].create(
            {
                "product_id": product.id,
                "location_id": cls.warehouse.lot_stock_id.id,
                "quantity": qty,
            }
        )

    @classmethod
    def _buy(cls, product, qty, day, partner=None):
        order = cls.env["purchase.order"].create(
            {
                "partner_id": (partner or cls.foundry).id,
                "company_id": cls.company.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_qty": qty,
                            "price_unit": 20.0,
                            "date_planned": datetime.combine(day, time(12)),
                        }
                    )
                ],
            }
        )
        order.button_confirm()
        return order

    @classmethod
    def _make_order(cls, product, qty, day, bom=None):
        """A confirmed manufacturing order that starts at noon of ``day``."""
        order = cls.env["mrp.production"].create(
            {
                "product_id": product.id,
                "product_qty": qty,
                "bom_id": (bom or product.bom_ids[:1]).id,
                "company_id": cls.company.id,
                "date_start": datetime.combine(day, time(12)),
                "date_finished": datetime.combine(day, time(13)),
            }
        )
        order.action_confirm()
        order.write({"date_start": datetime.combine(day, time(12))})
        return order

    @classmethod
    def _no_safety_stock(cls):
        cls.company.sop_stock_target = "none"

    def _refreshed(self, **vals):
        cycle = self._make_cycle(**vals)
        cycle.action_refresh()
        return cycle

    def _supply(self, cycle, product):
        return self.env["sop.supply.line"].search(
            [("cycle_id", "=", cycle.id), ("product_id", "=", product.id)], order="bucket_start"
        )

    def _fact(self, cycle, product):
        return self.env["sop.supply.product"].search(
            [("cycle_id", "=", cycle.id), ("product_id", "=", product.id)]
        )

    def _capacity(self, cycle, center):
        return self.env["sop.capacity.line"].search(
            [
                ("cycle_id", "=", cycle.id),
                ("workcenter_id", "=", center.id),
                ("scenario_id.is_followed", "=", True),
            ],
            order="bucket_start",
        )

    def _gaps(self, cycle, **domain):
        return self.env["sop.supply.gap"].search(
            [
                ("cycle_id", "=", cycle.id),
                ("scenario_id.is_followed", "=", True),
                *((name, "=", value) for name, value in domain.items()),
            ]
        )

    def _overload(self, week=3, qty=200):
        """Orders of one week far above the lathe's 80 pumps a week."""
        day = MONDAY + timedelta(days=7 * (week - 1) + 2)
        return self._sell(day, {self.pump: qty})
