from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.sop_demand_override import DELTA, PERCENT, SET

KINDS = [
    (SET, "Set each month to"),
    ("total", "Set the total to"),
    (PERCENT, "Change by percent"),
    (DELTA, "Change each month by"),
]


class SopDemandAdjust(models.TransientModel):
    """Change the consensus of a family or of products for some months, with a reason."""

    _name = "sop.demand.adjust"
    _description = "S&OP Adjust Demand"
    _inherit = ["sop.money.mixin"]

    cycle_id = fields.Many2one("sop.cycle", required=True, readonly=True)
    company_id = fields.Many2one(related="cycle_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    scope_line_ids = fields.Many2many("sop.demand.line", readonly=True)
    subject = fields.Char(compute="_compute_figures")
    month_from = fields.Date(string="From", required=True)
    month_to = fields.Date(string="To", required=True)
    kind = fields.Selection(KINDS, string="How", required=True, default=PERCENT)
    value = fields.Float(string="Figure", digits="Product Unit")
    # required to apply: the dialog opens without one
    reason_id = fields.Many2one("sop.override.reason")
    source_ref = fields.Reference(
        selection=lambda self: self.env["sop.demand.override"]._selection_source_ref(),
        string="Rests on",
        help="Choose the quotation or opportunity that the change rests on: when it is cancelled or"
        " lost, the change is undone.",
    )
    note = fields.Text(help="What was agreed, and with whom.")
    versions = fields.Json(readonly=True)
    exception_id = fields.Many2one("sop.exception", readonly=True)
    product_count = fields.Integer(compute="_compute_figures", string="Products")
    locked_count = fields.Integer(compute="_compute_figures", string="Locked products")
    qty_old = fields.Float(compute="_compute_figures", string="Now", digits="Product Unit")
    qty_new = fields.Float(compute="_compute_figures", string="Then", digits="Product Unit")
    amount_change = fields.Monetary(compute="_compute_figures", string="Change in value")
    problem = fields.Char(compute="_compute_figures")

    @api.model
    def _open(self, lines, exception=None, **defaults):
        """The dialog for these plan lines of one cycle."""
        if not lines:
            raise UserError(self.env._("There are no plan lines to adjust: refresh the cycle."))
        if len(lines.cycle_id) > 1:
            raise UserError(self.env._("Choose lines of one cycle: each cycle is its own plan."))
        lines._check_may_override()
        months = lines.mapped("bucket_start")
        wizard = self.create(
            {
                "cycle_id": lines.cycle_id.id,
                "scope_line_ids": [fields.Command.set(lines.ids)],
                "month_from": min(months),
                "month_to": max(months),
                "versions": {str(line.id): line.version for line in lines},
                "exception_id": exception and exception.id,
                **defaults,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Adjust Demand"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _lines(self):
        if not (self.month_from and self.month_to):
            return self.scope_line_ids.browse()
        first = self.month_from.replace(day=1)
        return self.scope_line_ids.filtered(
            lambda line: first <= line.bucket_start <= self.month_to
        )

    def _figures(self):
        """{line: new consensus} of the lines that change."""
        return self.env["sop.planner"]._adjusted(self._lines(), self.kind, self.value)

    @api.depends("scope_line_ids", "month_from", "month_to", "kind", "value")
    def _compute_figures(self):
        for wizard in self:
            lines = wizard._lines()
            products = wizard.scope_line_ids.product_id
            family = wizard.scope_line_ids.family_id
            wizard.subject = products.display_name if len(products) == 1 else family[:1].name
            wizard.product_count = len(products)
            wizard.locked_count = len(lines._locked().product_id)
            wizard.qty_old = wizard.qty_new = sum(lines.mapped("qty_consensus"))
            wizard.amount_change = 0.0
            wizard.problem = False
            try:
                figures = wizard._figures()
            except UserError as error:
                wizard.problem = str(error)
                continue
            change = {line: figures[line] - line.qty_consensus for line in figures}
            wizard.qty_new = wizard.qty_old + sum(change.values())
            wizard.amount_change = sum(qty * line.price_unit for line, qty in change.items())

    def action_apply(self):
        self.ensure_one()
        lines = self._lines()
        if not lines:
            raise UserError(
                self.env._("There is no month of the plan between these dates: choose others.")
            )
        if not self.reason_id:
            raise UserError(self.env._("Choose the reason of the change."))
        lines._check_may_override()
        lines._check_seen({int(key): version for key, version in (self.versions or {}).items()})
        figures = self._figures()
        if figures:
            changed = lines.browse().union(*figures)
            changed._override(figures, self._prepare_entry_vals())
            if self.exception_id.cycle_id == self.cycle_id:
                self.exception_id._answer("adjusted", self.reason_id.name, self.note)
        return {"type": "ir.actions.act_window_close"}

    def _prepare_entry_vals(self):
        return {
            "kind": SET if self.kind == "total" else self.kind,
            "value": self.value,
            "reason_id": self.reason_id.id,
            "source_ref": self.source_ref and f"{self.source_ref._name},{self.source_ref.id}",
            "note": self.note,
        }
