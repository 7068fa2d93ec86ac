"""Defects in the data, one of each kind, on small products of their own."""

from datetime import timedelta

from odoo.fields import Command

from .masters import noon
from .products import price_values
from .values import product_values


def plant(env, masters, plan):
    """Create the defective records; returns [{rule, model, id}, ...]."""
    planter = _Planter(env, masters, plan)
    for name in (
        "no_source", "no_vendor", "no_operations", "no_time", "zero_lead_time", "zero_cost",
        "no_calendar", "negative_stock", "overdue_sales", "overdue_production", "unit_mismatch",
        "bom_cycle", "duplicate_vendor_price", "date_out_of_range", "no_category",
    ):  # fmt: skip
        getattr(planter, name)()
    planter.sell()
    return planter.found


class _Planter:
    def __init__(self, env, masters, plan):
        self.env, self.masters, self.plan = env, masters, plan
        self.category = masters.families["Accessories"]
        self.vendor = masters.vendors[8]
        self.sold = []
        self.found = []

    def found_in(self, rule, *records):
        self.found += [{"rule": rule, "model": r._name, "id": r.id} for r in records]

    def product(self, name, is_sold=True, **vals):
        code = f"D-{name.upper().replace(' ', '-')}"
        category = vals.pop("category", self.category)
        product = self.env["product.product"].create(
            product_values(code, f"Sample {name}", category, 5.0, 2.0) | vals
        )
        if is_sold:
            self.sold.append(product)
        return product

    def bought(self, name, **vals):
        product = self.product(name, **vals)
        self.env["product.supplierinfo"].create(price_values(product, self.vendor, 2.0, 14))
        return product

    def bill(self, product, part, operation=None, **vals):
        line = {"product_id": part.id, "product_qty": 1}
        operations = [Command.create(operation)] if operation else []
        return self.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_id": product.id,
                "product_qty": 1,
                # no setup worth telling, also in a week whose last working day is over
                "enable_batch_size": True,
                "batch_size": 100,
                "bom_line_ids": [Command.create(line)],
                "operation_ids": operations,
                **vals,
            }
        )

    def operation(self, center=None, minutes=0.01):
        center = center or self.masters.centers[3, "Assembly"]
        return {
            "name": "Make",
            "workcenter_id": center.id,
            "time_mode": "manual",
            "time_cycle_manual": minutes,
        }

    def no_source(self):
        self.found_in("no_source", self.product("without source"))

    def no_vendor(self):
        part = self.product("part without vendor", is_sold=False, sale_ok=False)
        self.bill(self.product("with unknown part"), part, self.operation())
        self.found_in("no_vendor", part)

    def no_operations(self):
        product = self.product("without operations")
        self.bare = product
        self.found_in("no_operations", self.bill(product, self.masters.materials[-1]))

    def no_time(self):
        bill = self.bill(
            self.product("without minutes"), self.masters.materials[-1], self.operation(minutes=0)
        )
        bill.operation_ids.time_cycle_manual = 0
        self.found_in("no_time", bill.operation_ids)

    def zero_lead_time(self):
        product = self.product("at once")
        price = self.env["product.supplierinfo"].create(price_values(product, self.vendor, 2.0, 0))
        self.found_in("zero_lead_time", price)

    def zero_cost(self):
        self.found_in("zero_cost", self.bought("for nothing", standard_price=0.0))

    def no_calendar(self):
        idle = self.env["resource.calendar"].create(
            {
                "name": "Not open",
                "company_id": self.masters.company.id,
                "attendance_ids": [Command.clear()],
            }
        )
        center = self.env["mrp.workcenter"].create(
            {
                "name": "Test Bench",
                "resource_calendar_id": idle.id,
                "company_id": self.masters.company.id,
            }
        )
        self.bill(
            self.product("tested"), self.masters.materials[-1], self.operation(center, minutes=1)
        )
        self.found_in("no_calendar", center)

    def negative_stock(self):
        product = self.bought("overdrawn")
        quant = self.env["stock.quant"].create(
            {
                "product_id": product.id,
                "location_id": self.masters.warehouse.lot_stock_id.id,
                "quantity": -3.0,
            }
        )
        self.found_in("negative_stock", quant)

    def overdue_sales(self):
        order = self.order(self.bought("shipped late"), self.plan.today - timedelta(days=20))
        self.found_in("overdue_sales", order)

    def date_out_of_range(self):
        order = self.order(self.bought("far away"), self.plan.today + timedelta(days=5 * 365))
        self.found_in("date_out_of_range", order)

    def overdue_production(self):
        day = self.plan.today - timedelta(days=20)
        order = self.env["mrp.production"].create(
            {"product_id": self.bare.id, "product_qty": 1, "bom_id": self.bare.bom_ids[:1].id}
        )
        order.action_confirm()
        order.write({"date_start": noon(day), "date_finished": noon(day + timedelta(days=1))})
        self.found_in("overdue_production", order)

    def unit_mismatch(self):
        bill = self.bill(self.product("in kilograms"), self.masters.materials[-1], self.operation())
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mrp_bom_line SET product_uom_id = %s WHERE bom_id = %s",
            (self.env.ref("uom.product_uom_kgm").id, bill.id),
        )
        self.env.invalidate_all()
        self.found_in("unit_mismatch", bill)

    def bom_cycle(self):
        one, two = self.product("snake"), self.product("tail", is_sold=False)
        bills = [
            self.bill(product, self.masters.materials[-1], self.operation())
            for product in (one, two)
        ]
        self.env.flush_all()
        for bill, part in zip(bills, (two, one)):  # Odoo refuses such bills; imports do not ask it
            self.env.cr.execute(
                "UPDATE mrp_bom_line SET product_id = %s, product_tmpl_id = %s WHERE bom_id = %s",
                (part.id, part.product_tmpl_id.id, bill.id),
            )
        self.env.invalidate_all()
        self.found_in("bom_cycle", *bills)

    def duplicate_vendor_price(self):
        product = self.bought("priced twice")
        again = self.env["product.supplierinfo"].create(price_values(product, self.vendor, 3.0, 14))
        self.found_in("duplicate_vendor_price", again)

    def no_category(self):
        product = self.bought("anywhere")
        product.product_tmpl_id.categ_id = False
        self.found_in("no_category", product)

    def order(self, product, day):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.masters.customers[0].id,
                "company_id": self.masters.company.id,
                "commitment_date": noon(day),
                "order_line": [Command.create({"product_id": product.id, "product_uom_qty": 1})],
            }
        )
        order.action_confirm()
        order.write({"date_order": noon(min(day, self.plan.today) - timedelta(days=5))})
        return order

    def sell(self):
        """A little history, delivered, so that the products are planned at all."""
        for back in (40, 75, 110):
            day = self.plan.today - timedelta(days=back)
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.masters.customers[1].id,
                    "company_id": self.masters.company.id,
                    "commitment_date": noon(day),
                    "order_line": [
                        Command.create({"product_id": product.id, "product_uom_qty": 1})
                        for product in self.sold
                    ],
                }
            )
            order.action_confirm()
            order.write({"date_order": noon(day - timedelta(days=3))})
            order.picking_ids.action_cancel()
            self.env.flush_all()
            # shipped without a move: these goods have no stock to ship from
            self.env.cr.execute(
                "UPDATE sale_order_line SET qty_delivered = product_uom_qty WHERE order_id = %s",
                (order.id,),
            )
        self.env.invalidate_all()
