from odoo import fields, models
from odoo.exceptions import UserError

from .navigation import open_action


class SopSupplierRisk(models.Model):
    """What a supplier risk opens, and what can be done about it."""

    _inherit = "sop.supplier.risk"

    def action_accept(self):
        return self._ask("accepted")

    def action_snooze(self):
        return self._ask("snoozed")

    def action_dismiss(self):
        return self._ask("dismissed")

    def action_reopen(self):
        self.write({"state": "open", "note": False})

    def _ask(self, state):
        """The dialog that asks for the reason of an answer."""
        wizard = self.env["sop.supplier.risk.answer"].create(
            {"state": state, "risk_ids": [fields.Command.set(self.ids)]}
        )
        titles = dict(wizard._fields["state"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": titles[state],
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_assign(self):
        """Ask the owner to settle it: a to-do with the sentence, and the risk is in progress."""
        for risk in self:
            if not risk.user_id:
                raise UserError(
                    self.env._(
                        "%s has no owner: choose one, or a buyer on the vendor.", risk.display_name
                    )
                )
            risk.write({"state": "in_progress"})
            risk._schedule_once()

    def _schedule_once(self):
        kind = self.env.ref("mail.mail_activity_data_todo")
        mine = self.activity_ids.filtered(
            lambda todo: todo.activity_type_id == kind and todo.user_id == self.user_id
        )
        if not mine:
            self.activity_schedule(
                activity_type_id=kind.id,
                user_id=self.user_id.id,
                summary=self.env._("Late deliveries of %s", self.partner_id.display_name),
                note=self.reason,
            )

    def action_open_orders(self):
        """The vendor's late purchase orders; the other ones are a filter away."""
        self.ensure_one()
        self.env["purchase.order"].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Purchase Orders"),
            "res_model": "purchase.order",
            "views": [(False, "list"), (False, "form")],
            "search_view_id": self.env.ref("purchase.purchase_order_view_search").ids,
            "domain": [
                ("partner_id", "child_of", self.partner_id.ids),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "purchase"),
            ],
            "context": {"create": False, "search_default_late_receipt": 1},
        }

    def action_open_promises(self):
        """What the vendor promised, and what became of it."""
        domain = [
            ("partner_id", "in", self.partner_id.ids),
            ("company_id", "in", self.company_id.ids),
        ]
        return open_action(self.env, "sop_promise_action", domain, search_default_window=1)

    def action_open_on_time(self):
        """Odoo's own on-time report of the vendor."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "purchase_stock.action_purchase_vendor_delay_report"
        )
        return {**action, "context": {"search_default_partner_id": self.partner_id.id}}

    def action_open_partner(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }

    def action_mail(self):
        """A mail to the vendor about what is overdue, to be read before it is sent."""
        self.ensure_one()
        self.check_access("write")
        template = self.env.ref("sop_planning.sop_supplier_risk_mail_template")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mail Vendor"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template.id,
                "default_composition_mode": "comment",
            },
        }

    def get_overdue_lines(self):
        """What the vendor still owes although its latest promise is over, for the mail: order,
        product, qty, unit and day of each line."""
        self.ensure_one()
        self.check_access("read")
        promises = self.env["sop.promise"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("is_last", "=", True),
                ("is_cancelled", "=", False),
                ("date_promised", "<", self.company_id._sop_today()),
            ],
            order="date_promised, id",
        )
        return [
            {
                "order": promise.order_name,
                "product": promise.product_id.display_name,
                "qty": promise.order_line_id.product_qty - promise.order_line_id.qty_received,
                "unit": promise.order_line_id.product_uom_id.name,
                "day": promise.date_promised,
            }
            for promise in promises.sudo()
            if promise.order_line_id._sop_is_expected()
        ]
