from datetime import datetime, time

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.tests import freeze_time

from .common import MONTH, TODAY, SopCommon


@freeze_time(TODAY)
class QualityCommon(SopCommon):
    """The small maker in good order: the pump is made of a casting on a lathe, the rest is bought,
    and all that was due is delivered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.foundry = cls.env["res.partner"].create({"name": "Foundry", "is_company": True})
        cls.casting = cls._make_product("Casting", cls.goods, 0.0, sale_ok=False, is_storable=True)
        costs = {cls.casting: 20.0, cls.pump: 30.0, cls.small_pump: 12.0, cls.valve: 4.0}
        for product, cost in costs.items():
            product.standard_price = cost
        cls._make_price(cls.casting, 14)
        cls._make_price(cls.small_pump, 7)
        cls.price = cls._make_price(cls.valve, 7)
        cls.calendar = cls._make_calendar(range(5))
        cls.lathe = cls._make_workcenter("Lathe", cls.calendar)
        cls.bom = cls._make_bom(cls.pump, {cls.casting: 1}, {cls.lathe: 30.0})

    @classmethod
    def _make_price(cls, product, days, **vals):
        """What the foundry asks for a product, delivered in so many days."""
        return cls.env["product.supplierinfo"].create(
            {
                "partner_id": cls.foundry.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "price": 20.0,
                "delay": days,
                "company_id": cls.company.id,
                **vals,
            }
        )

    @classmethod
    def _make_calendar(cls, days):
        """Eight hours on each of these days of the week."""
        hours = {"name": "Shift", "hour_from": 8.0, "hour_to": 16.0, "day_period": "morning"}
        lines = [Command.create({**hours, "dayofweek": str(day)}) for day in days]
        return cls.env["resource.calendar"].create(
            {
                "name": "Shifts",
                "tz": "Europe/Berlin",
                "company_id": cls.company.id,
                "attendance_ids": [Command.clear(), *lines],
            }
        )

    @classmethod
    def _make_workcenter(cls, name, calendar):
        return cls.env["mrp.workcenter"].create(
            {
                "name": name,
                "resource_calendar_id": calendar.id,
                "company_id": cls.company.id,
            }
        )

    @classmethod
    def _make_bom(cls, product, parts, minutes):
        """``parts`` is {product: qty}, ``minutes`` {work center: a cycle}."""
        lines = [{"product_id": part.id, "product_qty": qty} for part, qty in parts.items()]
        operations = [
            {"name": "Work", "workcenter_id": center.id, "time_cycle_manual": cycle}
            for center, cycle in minutes.items()
        ]
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": 1,
                "company_id": cls.company.id,
                "bom_line_ids": [Command.create(line) for line in lines],
                "operation_ids": [
                    Command.create({"time_mode": "manual", **operation}) for operation in operations
                ],
            }
        )

    @classmethod
    def _make_bought(cls, name, **vals):
        """A product of the valves in good order, and its vendor price."""
        product = cls._make_product(name, cls.valves, 10.0, **{"standard_price": 4.0, **vals})
        return product, cls._make_price(product, 7)

    @classmethod
    def _make_made(cls, name, parts=None, minutes=None):
        """A product of the pumps in good order, and its bill of materials."""
        product = cls._make_product(name, cls.pumps, 10.0, standard_price=4.0)
        minutes = {cls.lathe: 5.0} if minutes is None else minutes
        return product, cls._make_bom(product, parts or {cls.casting: 1}, minutes)

    @classmethod
    def _history(cls, quantities, months=4, company=None):
        """Delivered orders of the months before the cycle."""
        for back in range(1, months + 1):
            day = MONTH - relativedelta(months=back) + relativedelta(days=9)
            moves = cls._sell(day, quantities, company=company).picking_ids.move_ids
            for move in moves:
                move.write({"quantity": move.product_uom_qty, "picked": True})
            moves._action_done()

    @classmethod
    def _noon(cls, day):
        return datetime.combine(day, time(12))

    @classmethod
    def _buy(cls, product, qty, day):
        """A confirmed purchase order, promised for ``day``."""
        line = {
            "product_id": product.id,
            "product_qty": qty,
            "price_unit": 20.0,
            "date_planned": cls._noon(day),
        }
        order = cls.env["purchase.order"].create(
            {
                "partner_id": cls.foundry.id,
                "company_id": cls.company.id,
                "order_line": [Command.create(line)],
            }
        )
        order.button_confirm()
        return order

    @classmethod
    def _make_order(cls, bom, start, end):
        """A confirmed manufacturing order of one unit."""
        order = cls.env["mrp.production"].create(
            {
                "product_id": bom.product_tmpl_id.product_variant_id.id,
                "product_qty": 1,
                "bom_id": bom.id,
                "company_id": cls.company.id,
            }
        )
        order.action_confirm()
        order.date_start = cls._noon(start)
        order.date_finished = cls._noon(end)
        return order

    @classmethod
    def _put_stock(cls, product, qty, location=None):
        product.is_storable = True
        return cls.env["stock.quant"].create(
            {
                "product_id": product.id,
                "location_id": (location or cls.warehouse.lot_stock_id).id,
                "quantity": qty,
            }
        )

    def _rule(self, code):
        return self.env.ref(f"sop_planning.sop_data_rule_{code}")

    def _issues(self, code=None, **domain):
        terms = [("company_id", "=", self.company.id)]
        terms += [("rule_code", "=", code)] if code else []
        terms += [(name, "=", value) for name, value in domain.items()]
        return self.env["sop.data.issue"].search(terms)

    def _found(self, code):
        """The records that a rule's open issues are about."""
        return {(i.res_model, i.res_id) for i in self._issues(code, state="open")}

    def _assert_found(self, code, *records):
        """A rule finds these records, and no other."""
        self.assertEqual(self._found(code), {(record._name, record.id) for record in records})

    def _amount_year(self, cycle, product):
        """The planned sales of a product over the next twelve months."""
        return (
            self.env["sop.supply.product"]
            .search([("cycle_id", "=", cycle.id), ("product_id", "=", product.id)])
            .amount_year
        )
