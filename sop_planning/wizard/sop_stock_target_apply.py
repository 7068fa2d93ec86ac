import math

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..palette import glyph

WHOLE_FROM = 10  # units


class SopStockTargetApply(models.TransientModel):
    """Proposed safety stocks beside the reordering rules that they would change."""

    _name = "sop.stock.target.apply"
    _description = "S&OP Write Safety Stocks to Reordering Rules"

    line_ids = fields.One2many("sop.stock.target.apply.line", "wizard_id", string="Products")

    def action_apply(self):
        """Write the minimums shown, with the user's own rights on reordering rules."""
        self.ensure_one()
        rules = self.env["stock.warehouse.orderpoint"]
        self._check_right()
        for line in self.line_ids:
            line._check_one_rule()
        for line in self.line_ids:
            vals = {"product_min_qty": line.qty_new, "product_max_qty": line.qty_max}
            if line.rule_id:
                line.rule_id.write(vals)
            else:
                company = line.fact_id.company_id
                warehouse = self.env["stock.warehouse"].search(
                    [("company_id", "=", company.id)], limit=1
                )
                rules.create(
                    {
                        **vals,
                        "product_id": line.product_id.id,
                        "company_id": company.id,
                        "warehouse_id": warehouse.id,
                        "location_id": warehouse.lot_stock_id.id,
                        "trigger": "manual",
                    }
                )
        return {"type": "ir.actions.act_window_close"}

    def _check_right(self):
        if not self.env["stock.warehouse.orderpoint"].has_access("create"):
            raise AccessError(
                self.env._(
                    "Safety stocks are written to reordering rules in your own name, and you may"
                    " not change those. Ask an Inventory Administrator to write them, or to give"
                    " you the right."
                )
            )


class SopStockTargetApplyLine(models.TransientModel):
    _name = "sop.stock.target.apply.line"
    _description = "S&OP Reordering Rule to Write"

    wizard_id = fields.Many2one("sop.stock.target.apply", required=True, ondelete="cascade")
    fact_id = fields.Many2one("sop.supply.product", required=True, ondelete="cascade")
    product_id = fields.Many2one(related="fact_id.product_id")
    rule_count = fields.Integer(compute="_compute_rule_id")
    rule_id = fields.Many2one(
        "stock.warehouse.orderpoint", string="Reordering rule", compute="_compute_rule_id"
    )
    rule_label = fields.Char(string="What happens", compute="_compute_rule_label")
    qty_old = fields.Float(
        string="Minimum now", related="rule_id.product_min_qty", digits="Product Unit"
    )
    qty_new = fields.Float(
        string="New minimum",
        digits="Product Unit",
        compute="_compute_qty_new",
        store=True,
        readonly=False,
        precompute=True,
    )
    qty_max = fields.Float(compute="_compute_qty_max", digits="Product Unit", string="Maximum")

    @api.depends("fact_id")
    def _compute_rule_id(self):
        rules = self.env["stock.warehouse.orderpoint"].search(
            [
                ("product_id", "in", self.product_id.ids),
                ("company_id", "in", self.fact_id.company_id.ids),
            ]
        )
        by_product = rules.grouped(lambda rule: (rule.product_id, rule.company_id))
        for line in self:
            own = by_product.get((line.product_id, line.fact_id.company_id), rules.browse())
            line.rule_count = len(own)
            line.rule_id = own[:1]

    @api.depends("rule_count")
    @api.depends_context("lang")
    def _compute_rule_label(self):
        for line in self:
            if line.rule_count > 1:
                line.rule_label = self.env._(
                    "%(glyph)s has %(count)s rules: remove this line",
                    glyph=glyph("amber"),
                    count=line.rule_count,
                )
            elif line.rule_count:
                line.rule_label = self.env._("rule changed")
            else:
                line.rule_label = self.env._("new rule, to order by hand")

    @api.depends("fact_id")
    def _compute_qty_new(self):
        """Rounded up to what the unit can be counted in; to whole units from ten on."""
        for line in self:
            qty = line.fact_id.qty_safety_proposed
            line.qty_new = (
                math.ceil(qty)
                if qty >= WHOLE_FROM or not line.fact_id
                else line.fact_id.uom_id.round(qty, rounding_method="UP")
            )

    @api.depends("qty_new", "rule_id")
    def _compute_qty_max(self):
        """The maximum stays, and never lies below the minimum."""
        for line in self:
            line.qty_max = max(line.rule_id.product_max_qty, line.qty_new)

    def _check_one_rule(self):
        if self.rule_count > 1:
            raise UserError(
                self.env._(
                    "%(product)s has %(count)s reordering rules: share its safety stock among them"
                    " by hand and leave it out here.",
                    product=self.product_id.display_name,
                    count=self.rule_count,
                )
            )
        if self.qty_new < 0:
            raise UserError(
                self.env._(
                    "The minimum of %s cannot be negative: enter 0 or more.",
                    self.product_id.display_name,
                )
            )
