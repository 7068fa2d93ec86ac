from odoo import api, fields, models
from odoo.tools import format_date

CHANGE, CONFLICT, PROBLEM = "change", "conflict", "problem"


class SopDemandSheetChange(models.TransientModel):
    """A figure of the file that differs from the plan, or that cannot be taken."""

    _name = "sop.demand.sheet.change"
    _description = "S&OP Demand Sheet Difference"
    _order = "sequence, id"

    import_id = fields.Many2one(
        "sop.demand.sheet.import", required=True, readonly=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(
        [(CHANGE, "Change"), (CONFLICT, "Conflict"), (PROBLEM, "Left out")],
        string="What",
        required=True,
        readonly=True,
        help="Conflict: somebody, or a refresh, changed the figure since the file was made.",
    )
    is_chosen = fields.Boolean(string="Take", help="Write the figure of the file into the plan.")
    line_id = fields.Many2one("sop.demand.line", readonly=True, ondelete="cascade")
    version = fields.Integer(readonly=True, help="Of the plan line, when it was compared.")
    subject = fields.Char(string="Product", readonly=True)
    family_id = fields.Many2one(related="line_id.family_id", string="Family")
    bucket_start = fields.Date(string="Month", readonly=True)
    month = fields.Char(string="Month name", compute="_compute_month")
    qty_was = fields.Float(
        string="In the file before",
        digits="Product Unit",
        readonly=True,
        help="The consensus when the file was made.",
    )
    qty_old = fields.Float(
        string="Old", digits="Product Unit", readonly=True, help="Consensus now."
    )
    qty_new = fields.Float(
        string="New", digits="Product Unit", readonly=True, help="What the file asks for."
    )
    qty_change = fields.Float(string="Change", digits="Product Unit", compute="_compute_change")
    change_label = fields.Char(string="%", compute="_compute_change")
    message = fields.Char(readonly=True)

    @api.depends("bucket_start")
    @api.depends_context("lang")
    def _compute_month(self):
        for change in self:
            change.month = change.bucket_start and format_date(
                self.env, change.bucket_start, date_format="MMM yyyy"
            )

    @api.depends("qty_old", "qty_new", "kind")
    def _compute_change(self):
        for change in self:
            is_taken = change.kind != PROBLEM
            change.qty_change = change.qty_new - change.qty_old if is_taken else 0.0
            change.change_label = ""
            if is_taken:
                change.change_label = (
                    f"{100 * change.qty_change / change.qty_old:+,.1f} %"
                    if change.qty_old
                    else self.env._("new")
                )
