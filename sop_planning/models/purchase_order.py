from odoo import api, models

# what a promise is made of
ORDER_FIELDS = {"state", "partner_id"}
LINE_FIELDS = {"date_planned", "product_qty", "product_uom_id", "product_id", "order_id"}


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    def write(self, vals):
        """A confirmed order's dates are promises, whichever way it was confirmed."""
        result = super().write(vals)
        if ORDER_FIELDS & vals.keys():
            self.order_line._sop_record_promises()
        return result

    @api.ondelete(at_uninstall=False)
    def _sop_withdraw_promises(self):
        """The database deletes the lines with their order, without their own hooks."""
        self.env["sop.promise"].sudo()._withdraw(self.order_line)


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered(lambda line: line.order_id.state == "purchase")._sop_record_promises()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if LINE_FIELDS & vals.keys():
            self.filtered(lambda line: line.order_id.state == "purchase")._sop_record_promises()
        return result

    @api.ondelete(at_uninstall=False)
    def _sop_withdraw_promises(self):
        self.env["sop.promise"].sudo()._withdraw(self)

    def _sop_record_promises(self):
        """Keep what these lines promise in the ledger; what is not ordered (any more) is withdrawn.

        Whoever changes a purchase order may not read the ledger, so it is written as superuser; the
        entry names the user all the same.
        """
        if not self:
            return
        ledger = self.env["sop.promise"].sudo()
        ordered = self.sudo().filtered(lambda line: line._sop_is_promise())
        if ordered:
            ledger._record(ordered)
        if self - ordered:
            ledger._withdraw(self - ordered)

    def _sop_is_promise(self):
        """Goods that are ordered from a vendor and expected on a day."""
        self.ensure_one()
        return bool(
            self.order_id.state == "purchase"
            and not self.display_type
            and not self.is_downpayment
            and self.product_id.type == "consu"
            and self.date_planned
            and self.product_uom_id.compare(self.product_qty, 0.0) > 0
        )

    def _sop_promise_facts(self):
        """What the line promises now: the day in the company's time zone, the quantity in the
        product's unit, the amount in company currency."""
        self.ensure_one()
        order = self.order_id
        return {
            "company_id": order.company_id.id,
            "order_line_id": self.id,
            "order_id": order.id,
            "order_name": order.name,
            "partner_id": order.partner_id.commercial_partner_id.id,
            "product_id": self.product_id.id,
            "date_planned": self.date_planned,
            "date_promised": order.company_id._sop_day(self.date_planned),
            "qty": self.product_uom_id._compute_quantity(
                self.product_qty, self.product_id.uom_id, round=False
            ),
            "amount": self.price_subtotal / (order.currency_rate or 1.0),
        }

    def _sop_is_expected(self):
        """Whether something of the line is still to come: not all is there, and a transfer that
        would bring it is open (or none has been made)."""
        is_full = self.product_uom_id.compare(self.qty_received, self.product_qty) >= 0
        moves = self.move_ids
        is_closed = moves and all(move.state in ("done", "cancel") for move in moves)
        return bool(self) and not is_full and not is_closed
