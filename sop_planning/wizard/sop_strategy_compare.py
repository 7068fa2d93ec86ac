from odoo import api, fields, models
from odoo.exceptions import UserError

STRATEGIES = [
    ("chase", "Chase"),
    ("level", "Level"),
    ("hybrid", "Hybrid"),
]
FIGURES = (
    "rate_fill", "qty_late", "hours_overtime", "amount_extra", "amount_holding",
    "amount_penalty", "amount_total", "amount_stock",
)  # fmt: skip


class SopStrategyCompare(models.TransientModel):
    """Chase, level and hybrid side by side, each at its cheapest, on today's records."""

    _name = "sop.strategy.compare"
    _description = "S&OP Comparison of Strategies"

    cycle_id = fields.Many2one(
        "sop.cycle",
        required=True,
        default=lambda self: self.env["sop.cycle"]._dashboard_cycle(),
    )
    currency_id = fields.Many2one(related="cycle_id.currency_id")
    line_ids = fields.One2many("sop.strategy.compare.line", "wizard_id", readonly=True)
    is_best_known = fields.Boolean(readonly=True)

    @api.model
    def action_open(self):
        """Compute the strategies of the current cycle and show them."""
        if not self.env["sop.cycle"]._dashboard_cycle():
            raise UserError(self.env._("There is no cycle yet: open one first."))
        wizard = self.create({})
        wizard._compute_lines()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Chase, level or hybrid"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _compute_lines(self):
        self.cycle_id.check_access("read")
        self.cycle_id._check_computed()
        found = self.env["sop.planner"].sudo()._strategies(self.cycle_id)
        self.is_best_known = any(figures["is_best_known"] for figures in found.values())
        # amounts are written for whoever opens it, and read by those who see them
        self.sudo().line_ids = [fields.Command.clear()] + [
            fields.Command.create(
                {"strategy": name, **{field: figures[field] for field in FIGURES}}
            )
            for name, figures in found.items()
        ]


class SopStrategyCompareLine(models.TransientModel):
    _name = "sop.strategy.compare.line"
    _description = "S&OP Strategy"
    _inherit = ["sop.money.mixin"]

    wizard_id = fields.Many2one("sop.strategy.compare", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    strategy = fields.Selection(STRATEGIES, required=True, readonly=True)
    rate_fill = fields.Float(string="Fill rate", readonly=True)
    qty_late = fields.Float(string="Units late", readonly=True)
    hours_overtime = fields.Float(string="Overtime hours", readonly=True)
    amount_extra = fields.Monetary(string="Extra cost", readonly=True)
    amount_holding = fields.Monetary(string="Holding cost", readonly=True)
    amount_penalty = fields.Monetary(string="Cost of being late", readonly=True)
    amount_total = fields.Monetary(string="Total cost", readonly=True)
    amount_stock = fields.Monetary(string="Stock value", readonly=True)
