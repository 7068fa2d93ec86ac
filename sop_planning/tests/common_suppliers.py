from datetime import datetime, time

from odoo import Command
from odoo.tests import freeze_time, new_test_user

from .common import TODAY, SopCommon


@freeze_time(TODAY)
class SupplierCommon(SopCommon):
    """A maker that buys steel for its pumps."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create({"name": "Steelco", "is_company": True})
        cls.steel = cls._make_product(
            "Steel bar", cls.goods, 5.0, is_storable=True, sale_ok=False, purchase_ok=True
        )
        cls.buyer = new_test_user(
            cls.env,
            "a_buyer",
            groups="purchase.group_purchase_user",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )

    @classmethod
    def _noon(cls, day):
        """Noon of a day in November 2026, or of a date."""
        return datetime.combine(TODAY.replace(day=day) if isinstance(day, int) else day, time(12))

    @classmethod
    def _buy(cls, day, qty=10.0, confirm=True, product=None, vendor=None, company=None, **vals):
        """An order of one line, promised for ``day``."""
        company = company or cls.company
        order = (
            cls.env["purchase.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": (vendor or cls.vendor).id,
                    "company_id": company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": (product or cls.steel).id,
                                "product_qty": qty,
                                "price_unit": 5.0,
                                "tax_ids": [Command.clear()],
                                "date_planned": cls._noon(day),
                                **vals,
                            }
                        )
                    ],
                }
            )
        )
        if confirm:
            order.button_confirm()
        return order

    @classmethod
    def _receive(cls, order, day, qty=None):
        """Receive an order, or a part of it, on ``day``; the rest stays on a backorder."""
        with freeze_time(cls._noon(day)):
            picking = order.picking_ids.filtered(lambda transfer: transfer.state == "assigned")
            for move in picking.move_ids:
                move.quantity = move.product_uom_qty if qty is None else qty
                move.picked = True
            picking._action_done()
        return picking

    @classmethod
    def _return(cls, picking, day, qty):
        with freeze_time(cls._noon(day)):
            wizard = (
                cls.env["stock.return.picking"]
                .with_context(active_id=picking.id, active_model="stock.picking")
                .create({"picking_id": picking.id})
            )
            wizard.product_return_moves.quantity = qty
            back = wizard._create_return()
            back.move_ids.write({"quantity": qty, "picked": True})
            back._action_done()

    @classmethod
    def _promises(cls, lines):
        """The ledger of purchase lines, oldest entry first."""
        return cls.env["sop.promise"].search([("order_line_id", "in", lines.ids)], order="sequence")

    def _days(self, lines):
        return [promise.date_promised.day for promise in self._promises(lines)]

    def _check_ledger(self, company=None):
        self.env["sop.promise"]._check(company or self.company)

    def _facts(self, company=None):
        """The vendors' facts by partner id."""
        company = company or self.company
        planner = self.env["sop.planner"]
        planner._reconstruct_promises(company)
        facts = planner._supplier_facts(company, TODAY)
        return {row["partner_id"]: row for row in facts.to_dict("records")}
