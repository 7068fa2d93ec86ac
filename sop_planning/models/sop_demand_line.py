from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .navigation import open_action

# Only people write these fields; every other figure belongs to the planner's refresh.
CONTROLLER_FIELDS = {"qty_override", "is_overridden"}
SALES_FIELDS = {"qty_sales", "is_sales"}
# figure written by a person: flag that says it was given, so that zero is a figure too
FLAGS = {"qty_override": "is_overridden", "qty_sales": "is_sales"}


class SopDemandLine(models.Model):
    _name = "sop.demand.line"
    _description = "S&OP Demand Line"
    _inherit = ["sop.bucket.mixin"]
    _order = "cycle_id desc, family_id, product_id, bucket_start"

    cycle_id = fields.Many2one(
        "sop.cycle", required=True, ondelete="cascade", readonly=True, index=False
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    cycle_state = fields.Selection(related="cycle_id.state", string="Cycle step")
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="restrict"
    )
    family_id = fields.Many2one(
        "product.category", readonly=True, index="btree_not_null", ondelete="set null"
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    qty_last_year = fields.Float(
        string="Last year",
        digits="Product Unit",
        readonly=True,
        help="Ordered in the same month of last year; 0 where that month is not over yet.",
    )
    qty_statistical = fields.Float(
        string="Statistical",
        digits="Product Unit",
        readonly=True,
        help="Forecast computed from the demand history.",
    )
    qty_low = fields.Float(
        string="Low",
        digits="Product Unit",
        readonly=True,
        help="Demand stays above this with 90 % probability.",
    )
    qty_high = fields.Float(
        string="High",
        digits="Product Unit",
        readonly=True,
        help="Demand stays below this with 90 % probability.",
    )
    qty_event = fields.Float(
        string="Events",
        digits="Product Unit",
        readonly=True,
        help="Added to the statistical forecast by promotions, launches and commitments.",
    )
    qty_pipeline = fields.Float(
        string="Pipeline",
        digits="Product Unit",
        readonly=True,
        help="Added to the statistical forecast for open quotations.",
    )
    qty_sales = fields.Float(
        string="Sales input",
        digits="Product Unit",
        help="What sales expects; it takes the place of the computed figures.",
    )
    is_sales = fields.Boolean(string="Sales input given")
    qty_override = fields.Float(
        string="Override",
        digits="Product Unit",
        help="The agreed figure, entered by a person; 0 is a figure too.",
    )
    is_overridden = fields.Boolean(string="Overridden")
    qty_consensus = fields.Float(
        string="Consensus",
        digits="Product Unit",
        readonly=True,
        help="The override if there is one, else the sales input, else statistical forecast,"
        " events and pipeline together.",
    )
    qty_orders = fields.Float(
        string="Orders",
        digits="Product Unit",
        readonly=True,
        help="Confirmed orders requested for this month.",
    )
    price_unit = fields.Float(
        string="Price",
        digits="Product Price",
        readonly=True,
        aggregator="avg",
        help="Average net price of the last twelve months, else the sales price.",
    )
    amount_last_year = fields.Monetary(string="Last year value", readonly=True)
    amount_statistical = fields.Monetary(string="Statistical value", readonly=True)
    amount_consensus = fields.Monetary(string="Consensus value", readonly=True)
    amount_orders = fields.Monetary(string="Orders value", readonly=True)

    _cycle_product_month_unique = models.Constraint(
        "UNIQUE (cycle_id, product_id, bucket_start)",
        "A product has one line a month in a cycle.",
    )

    @api.depends("product_id", "bucket_start")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.product_id.display_name} {line.bucket_label or ''}"

    def write(self, vals):
        """People enter overrides and sales inputs; the consensus follows at once."""
        self._check_may_enter(vals)
        self.cycle_id._check_not_frozen()
        for figure, flag in FLAGS.items():
            if figure in vals:
                vals = {flag: True, **vals}
            if vals.get(flag) is False:
                vals = {**vals, figure: 0.0}
        result = super().write(vals)
        self.env["sop.planner"]._recompose(self)
        return result

    def _check_may_enter(self, vals):
        unknown = set(vals) - CONTROLLER_FIELDS - SALES_FIELDS
        if unknown:
            labels = [self._fields[name]._description_string(self.env) for name in unknown]
            raise UserError(
                self.env._(
                    "%s: these figures are computed by Refresh. Enter an override or a sales"
                    " input instead.",
                    ", ".join(sorted(labels)),
                )
            )
        is_controller = self.env.user.has_group("sop_planning.sop_planning_group_controller")
        if CONTROLLER_FIELDS & set(vals) and not (is_controller or self.env.su):
            raise AccessError(
                self.env._(
                    "Only S&OP controllers override the consensus. Enter a sales input instead."
                )
            )
        for figure in set(vals) & set(FLAGS):
            if (vals[figure] or 0) < 0:
                raise UserError(
                    self.env._(
                        "Demand cannot be negative: %(value)s was entered for %(line)s.",
                        value=vals[figure],
                        line=self[:1].display_name,
                    )
                )

    def action_reset_override(self):
        """Take the override back: the computed consensus returns."""
        self.write({"is_overridden": False})

    def action_open_orders(self):
        """The sale order lines requested for these months."""
        return self._action_demand()

    def action_open_last_year(self):
        """The sale order lines of the same months last year."""
        return self._action_demand(years=1)

    def _action_demand(self, **back):
        return self.env["sop.source"]._action_demand_lines(
            [
                (
                    line.company_id,
                    line.product_id.id,
                    fields.Date.subtract(line.bucket_start, **back),
                )
                for line in self
            ],
        )

    def action_open_history(self):
        """The product's demand month by month."""
        return open_action(
            self.env,
            "sop_demand_history_action",
            [
                ("product_id", "in", self.product_id.ids),
                ("company_id", "in", self.company_id.ids),
            ],
        )
