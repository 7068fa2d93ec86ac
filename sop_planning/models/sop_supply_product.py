from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..palette import glyph
from .navigation import open_action

SUPPLY_KINDS = [
    ("make", "Made"),
    ("buy", "Bought"),
    ("kit", "Kit"),
    ("subcontract", "Subcontracted"),
    ("none", "No source"),
]


class SopSupplyProduct(models.Model):
    _name = "sop.supply.product"
    _description = "S&OP Supply of a Product"
    _inherit = ["sop.readonly.mixin", "sop.money.mixin"]
    _order = "cycle_id desc, amount_short desc, family_id, product_id"

    scenario_id = fields.Many2one(
        "sop.scenario", required=True, ondelete="cascade", readonly=True, index=False
    )
    cycle_id = fields.Many2one(
        "sop.cycle", required=True, ondelete="cascade", readonly=True, index=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="restrict"
    )
    family_id = fields.Many2one(
        "product.category", readonly=True, index="btree_not_null", ondelete="set null"
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    supply_kind = fields.Selection(SUPPLY_KINDS, string="Supplied", readonly=True)
    is_component = fields.Boolean(
        string="Component", readonly=True, help="Goes into other products."
    )
    partner_id = fields.Many2one("res.partner", string="Main vendor", readonly=True)
    days_lead = fields.Integer(
        string="Lead time",
        readonly=True,
        aggregator="avg",
        help="Days promised: the vendor's, or the bill of materials'.",
    )
    days_lead_cumulative = fields.Float(
        string="Cumulative lead time",
        readonly=True,
        digits=(12, 0),
        aggregator="avg",
        help="Days from ordering the first raw material: the longest way through the bill of"
        " materials, not the sum of its branches.",
    )
    days_lead_measured = fields.Float(
        string="Lead time measured",
        readonly=True,
        digits=(12, 1),
        aggregator="avg",
        help="Days promised plus how late the vendor was on average.",
    )
    has_lead_measured = fields.Boolean(readonly=True)
    qty_on_hand = fields.Float(string="On hand", digits="Product Unit", readonly=True)
    amount_on_hand = fields.Monetary(string="Stock value", readonly=True)
    qty_safety_proposed = fields.Float(
        string="Proposed safety stock",
        digits="Product Unit",
        readonly=True,
        help="z * sqrt((lead time + review) * error^2 + demand^2 * lead time error^2), for the"
        " service level, on average of the next quarter.",
    )
    qty_safety_current = fields.Float(
        string="Reordering minimum",
        digits="Product Unit",
        readonly=True,
        help="Of the native reordering rules.",
    )
    has_rule = fields.Boolean(string="Has a reordering rule", readonly=True)
    service_level = fields.Float(readonly=True, aggregator="avg")
    days_of_supply = fields.Float(
        string="Days of supply",
        readonly=True,
        digits=(12, 1),
        aggregator="avg",
        help="Days of future need that the stock on hand covers.",
    )
    cover_label = fields.Char(string="Days of supply in words", compute="_compute_cover_label")
    is_days_capped = fields.Boolean(
        string="Beyond the horizon", readonly=True, help="Stock outlasts the plan."
    )
    qty_excess = fields.Float(
        string="Excess",
        digits="Product Unit",
        readonly=True,
        help="Stock beyond safety stock and the need over lead time and review period.",
    )
    amount_excess = fields.Monetary(string="Excess value", readonly=True, help="At cost.")
    qty_short = fields.Float(
        string="Largest shortage", digits="Product Unit", readonly=True, aggregator="max"
    )
    amount_short = fields.Monetary(
        string="Shortage value", readonly=True, help="At the sales price."
    )
    amount_year = fields.Monetary(
        string="Planned sales", readonly=True, help="Of the product itself, next twelve months."
    )
    bucket_short = fields.Date(string="Short from", readonly=True)
    week_short = fields.Integer(
        string="Short from week", readonly=True, aggregator=False, help="Of the cycle; 0 for none."
    )
    date_order_latest = fields.Date(
        string="Latest order date",
        readonly=True,
        help="The lead time before stock and open orders alone fall below the target.",
    )
    is_order_late = fields.Boolean(string="Latest order date passed", readonly=True)
    order_label = fields.Char(string="Order", compute="_compute_order_label")

    _natural_key = models.UniqueIndex("(scenario_id, product_id)")

    @api.depends("product_id", "cycle_id")
    def _compute_display_name(self):
        for fact in self:
            fact.display_name = f"{fact.product_id.display_name}, {fact.cycle_id.name}"

    @api.depends("days_of_supply", "is_days_capped")
    @api.depends_context("lang")
    def _compute_cover_label(self):
        for fact in self:
            days = f"{fact.days_of_supply:,.0f}"
            fact.cover_label = self.env._("over %s", days) if fact.is_days_capped else days

    @api.depends("date_order_latest", "is_order_late")
    @api.depends_context("lang")
    def _compute_order_label(self):
        for fact in self:
            day = fact.date_order_latest and format_date(self.env, fact.date_order_latest)
            if not day:
                fact.order_label = self.env._("covered")
            elif fact.is_order_late:
                fact.order_label = self.env._(
                    "%(glyph)s was due %(day)s", glyph=glyph("red"), day=day
                )
            else:
                fact.order_label = self.env._("by %s", day)

    def action_open_projection(self):
        domain = [
            ("scenario_id", "in", self.scenario_id.ids),
            ("product_id", "in", self.product_id.ids),
        ]
        first_view = "graph" if len(self.product_id) == 1 else "list"
        return open_action(
            self.env, "sop_supply_line_action", domain, first_view, search_default_weeks=1
        )

    def action_open_purchases(self):
        """Open purchase order lines of the products."""
        self.env["purchase.order.line"].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open Purchases"),
            "res_model": "purchase.order.line",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("product_id", "in", self.product_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("order_id.state", "=", "purchase"),
            ],
            "context": {"create": False},
        }

    def action_apply_safety_stock(self):
        """The dialog that writes proposed safety stocks to reordering rules, after a look."""
        self.env["sop.stock.target.apply"]._check_right()
        facts = self.filtered(lambda fact: fact.supply_kind not in ("kit", "none"))
        if not facts:
            raise UserError(
                self.env._(
                    "None of these products can have a reordering rule: kits hold no stock, and"
                    " products without a source cannot be ordered."
                )
            )
        wizard = self.env["sop.stock.target.apply"].create(
            {"line_ids": [fields.Command.create({"fact_id": fact.id}) for fact in facts]}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write to Reordering Rules"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }
