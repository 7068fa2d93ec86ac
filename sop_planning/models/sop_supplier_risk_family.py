from odoo import fields, models


class SopSupplierRiskFamily(models.Model):
    """What a vendor's failure would cost a family."""

    _name = "sop.supplier.risk.family"
    _description = "S&OP Family at Supplier Risk"
    _inherit = ["sop.money.mixin"]
    _order = "amount desc, id"
    _rec_name = "family_id"

    risk_id = fields.Many2one(
        "sop.supplier.risk", required=True, readonly=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Vendor", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    cycle_id = fields.Many2one(
        "sop.cycle", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    family_id = fields.Many2one(
        "product.category", required=True, readonly=True, ondelete="cascade", index=True
    )
    amount = fields.Monetary(
        string="At risk",
        readonly=True,
        help="Sales of the family that need what the vendor supplies, before a replacement can.",
    )

    _risk_family_unique = models.Constraint(
        "UNIQUE (risk_id, family_id)", "A supplier risk names each family once."
    )
