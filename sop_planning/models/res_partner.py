from odoo import fields, models

from .navigation import open_action


class ResPartner(models.Model):
    _inherit = "res.partner"

    sop_has_otif = fields.Boolean(
        string="Deliveries known",
        compute="_compute_sop_risk",
        groups="sop_planning.sop_planning_group_viewer",
    )
    sop_rate_otif = fields.Float(
        string="On time in full",
        compute="_compute_sop_risk",
        groups="sop_planning.sop_planning_group_viewer",
        help="Share of the purchase lines due in the last twelve months that were fully in by their"
        " first promise, as of the company's current S&OP cycle.",
    )
    sop_missed_windows = fields.Integer(
        string="Missed windows",
        compute="_compute_sop_risk",
        groups="sop_planning.sop_planning_group_viewer",
        help="The latest delivery windows in a row that the vendor missed.",
    )

    def _compute_sop_risk(self):
        vendors = self.commercial_partner_id
        risks = self.env["sop.supplier.risk"].search(
            [
                ("partner_id", "in", vendors.ids),
                ("company_id", "=", self.env.company.id),
                ("cycle_id.is_current", "=", True),
            ]
        )
        by_vendor = {risk.partner_id: risk for risk in risks}
        for partner in self:
            risk = by_vendor.get(partner.commercial_partner_id, risks.browse())
            partner.sop_has_otif = risk.has_data
            partner.sop_rate_otif = risk.rate_otif_first
            partner.sop_missed_windows = risk.missed_windows

    def action_open_sop_promises(self):
        """What the vendor promised, and what became of it."""
        domain = [("partner_id", "in", self.commercial_partner_id.ids)]
        return open_action(self.env, "sop_promise_action", domain, search_default_window=1)

    def action_open_sop_risk(self):
        """The vendor's risk, cycle by cycle."""
        domain = [("partner_id", "in", self.commercial_partner_id.ids)]
        return open_action(self.env, "sop_supplier_risk_action", domain)
