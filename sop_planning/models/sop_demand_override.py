from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from .navigation import open_action

SET, PERCENT, DELTA, RESET, UNDO = "set", "percent", "delta", "reset", "undo"
CARRY = "carry"
KINDS = [
    (SET, "Set to"),
    (PERCENT, "Change by percent"),
    (DELTA, "Change by units"),
    (RESET, "Take back"),
    (UNDO, "Undo"),
    (CARRY, "Carried over"),
]


class SopDemandOverride(models.Model):
    """The journal of human changes to the consensus: nothing in it is ever changed or deleted."""

    _name = "sop.demand.override"
    _description = "S&OP Override"
    _inherit = ["sop.readonly.mixin", "sop.money.mixin"]
    _order = "id desc"

    cycle_id = fields.Many2one("sop.cycle", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", string="Changed by", required=True, readonly=True)
    family_id = fields.Many2one(
        "product.category", readonly=True, index="btree_not_null", ondelete="set null"
    )
    product_id = fields.Many2one(
        "product.product",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Empty when the change was made to a family and spread to its products.",
    )
    month_from = fields.Date(string="From", required=True, readonly=True)
    month_to = fields.Date(string="To", required=True, readonly=True, help="The last month.")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    value = fields.Float(digits="Product Unit", readonly=True, help="As entered: units or percent.")
    reason_id = fields.Many2one("sop.override.reason", readonly=True, ondelete="restrict")
    source_ref = fields.Reference(
        selection="_selection_source_ref",
        string="Source",
        readonly=True,
        help="The record that the change rests on: when it is cancelled, the change falls with it.",
    )
    source_name = fields.Char(
        string="Rests on",
        compute="_compute_source_name",
        help="The source by its name, or by its kind for those who may not read it.",
    )
    note = fields.Text(readonly=True)
    undone_by_id = fields.Many2one(
        "sop.demand.override", string="Undone by", readonly=True, index="btree_not_null"
    )
    undoes_id = fields.Many2one("sop.demand.override", readonly=True, index="btree_not_null")
    line_ids = fields.One2many("sop.demand.override.line", "override_id", readonly=True)
    qty_old = fields.Float(string="Before", digits="Product Unit", readonly=True)
    qty_new = fields.Float(string="After", digits="Product Unit", readonly=True)
    qty_change = fields.Float(
        string="Change", digits="Product Unit", compute="_compute_qty_change", store=True
    )
    amount_change = fields.Monetary(string="Change in value", readonly=True)
    description = fields.Char(compute="_compute_description")

    _cycle_user = models.Index("(cycle_id, user_id)")

    @api.model
    def _selection_source_ref(self):
        """Models that a change may rest on; bridges add theirs."""
        return [("sale.order", self.env._("Sales order"))]

    @api.depends("source_ref")
    @api.depends_context("uid")
    def _compute_source_name(self):
        for entry in self:
            source = entry.source_ref and entry.source_ref.exists()
            is_open = source and source.has_access("read")
            entry.source_name = source and (source.display_name if is_open else source._description)

    @api.depends("qty_old", "qty_new")
    def _compute_qty_change(self):
        for entry in self:
            entry.qty_change = entry.qty_new - entry.qty_old

    @api.depends("family_id", "product_id", "month_from", "month_to")
    def _compute_display_name(self):
        for entry in self:
            subject = entry.product_id.display_name or entry.family_id.name or ""
            entry.display_name = f"{subject}: {entry._months_label()}"

    def _months_label(self):
        cycle = self.cycle_id
        labels = [cycle._month_label(day) for day in (self.month_from, self.month_to) if day]
        return " - ".join(dict.fromkeys(labels))

    @api.depends("kind", "value", "qty_old", "qty_new")
    @api.depends_context("lang")
    def _compute_description(self):
        for entry in self:
            entry.description = entry._change_words(entry.qty_old, entry.qty_new)

    def _change_words(self, old, new):
        """What the entry made of a figure: "190 → 246 (set to 246)"."""
        old, new, value = (
            formatLang(self.env, figure, digits=0 if float(figure).is_integer() else 2)
            for figure in (old, new, self.value)
        )
        labels = {
            SET: self.env._("set to %s", value),
            PERCENT: self.env._("changed by %s %%", value),
            DELTA: self.env._("changed by %s", value),
            RESET: self.env._("taken back"),
            UNDO: self.env._("undone"),
            CARRY: self.env._("carried over"),
        }
        return f"{old} → {new} ({labels.get(self.kind, '')})"

    def action_undo(self):
        """Restore what stood before these changes; each undo is an entry of its own."""
        for entry in self.sorted("id", reverse=True):
            entry._check_undoable()
            entry._undo(self.env._("Undone"))

    def _check_undoable(self):
        if self.undone_by_id or self.kind == UNDO:
            raise UserError(
                self.env._("%s is undone already, or is an undo itself.", self.display_name)
            )
        self.line_ids.line_id._check_may_override()
        later = self.line_ids.filtered(lambda row: not row._still_stands())
        if later:
            raise UserError(
                self.env._(
                    "%s was changed again after this entry: undo the later change first.",
                    ", ".join(later.mapped("display_name")[:5]),
                )
            )

    def _undo(self, note):
        """Reverse the lines that still stand as this entry left them."""
        rows = self.line_ids.filtered(lambda row: row._still_stands())
        lines = rows.line_id
        before = rows._restored()
        undo = lines._override(
            before,
            {"kind": UNDO, "note": note, "undoes_id": self.id, "reason_id": self.reason_id.id},
        )
        self.sudo().undone_by_id = undo or self
        return undo

    @api.model
    def _fall_with_sources(self, domain):
        """Undo the entries whose source was cancelled or deleted."""
        entries = self.search(
            [
                *domain,
                ("source_ref", "!=", False),
                ("undone_by_id", "=", False),
                ("kind", "!=", UNDO),
                ("cycle_id.state", "not in", ("approved", "cancelled")),
            ]
        )
        for entry in entries.sorted("id", reverse=True):
            name = entry._fallen_source()
            if name:
                entry.sudo()._undo(self.env._("%s was cancelled or lost.", name))

    def _fallen_source(self):
        """The name of a source that no longer stands; bridges add their models."""
        source = self.sudo().source_ref
        if not source or not source.exists():
            return self.env._("The source")
        if source._name == "sale.order" and source.state == "cancel":
            return source.display_name
        return False

    def action_open_lines(self):
        """The plan lines that were changed."""
        domain = [("id", "in", self.line_ids.line_id.ids)]
        return open_action(self.env, "sop_demand_line_action", domain, "list")

    def action_open_source(self):
        self.ensure_one()
        if not self.source_ref:
            raise UserError(self.env._("%s names no record that it came from.", self.display_name))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.source_ref._name,
            "res_id": self.source_ref.id,
            "views": [(False, "form")],
        }


class SopDemandOverrideLine(models.Model):
    _name = "sop.demand.override.line"
    _description = "S&OP Override of a Month"
    _inherit = ["sop.bucket.mixin"]
    _order = "override_id desc, bucket_start, id"
    _log_access = False

    override_id = fields.Many2one(
        "sop.demand.override", required=True, readonly=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        "sop.demand.line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(related="override_id.user_id")
    qty_old = fields.Float(
        string="Before", digits="Product Unit", readonly=True, help="Consensus before the change."
    )
    qty_new = fields.Float(
        string="After", digits="Product Unit", readonly=True, help="Consensus after the change."
    )
    override_old = fields.Float(digits="Product Unit", readonly=True)
    was_overridden = fields.Boolean(readonly=True)
    override_new = fields.Float(digits="Product Unit", readonly=True)
    is_overridden = fields.Boolean(string="Overridden", readonly=True)

    @api.depends("product_id", "bucket_start")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.product_id.display_name} {row.bucket_label or ''}"

    def _restored(self):
        """{plan line: its override before these rows, None without one}.

        What was left by a change that has been undone since is no state to return to: then it is
        what stood before that change.
        """
        earlier = {}
        for row in self.search([("line_id", "in", self.line_id.ids)], order="id desc"):
            earlier.setdefault(row.line_id, []).append(row)
        before = {}
        for row in self:
            for other in earlier[row.line_id]:
                is_left = other.is_overridden and other.override_new == row.override_old
                if other.id < row.id and row.was_overridden and is_left:
                    if not other.override_id.undone_by_id:
                        break
                    row = other
            before[row.line_id] = row.override_old if row.was_overridden else None
        return before

    def _still_stands(self):
        """Whether the plan line is as this entry left it."""
        line = self.line_id
        if not line or line.is_overridden != self.is_overridden:
            return False
        return not self.is_overridden or line.qty_override == self.override_new
