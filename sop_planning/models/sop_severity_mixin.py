from odoo import api, fields, models

SEVERITIES = [("none", "None"), ("amber", "Amber"), ("red", "Red")]
# severity: (glyph of a rise, glyph of a fall): never colour alone
GLYPHS = {"amber": ("▲", "▼"), "red": ("▲▲", "▼▼"), "none": ("", "")}


class SopSeverityMixin(models.AbstractModel):
    _name = "sop.severity.mixin"
    _description = "S&OP Deviation and Severity"

    qty_consensus = fields.Float(
        string="Consensus",
        digits="Product Unit",
        readonly=True,
        help="Consensus of the three months from the cycle's month on.",
    )
    qty_reference = fields.Float(
        string="Reference",
        digits="Product Unit",
        readonly=True,
        help="What the consensus is compared with, for the same three months.",
    )
    deviation = fields.Float(
        readonly=True,
        aggregator="avg",
        help="(consensus - reference) / reference; 0 when there is no reference.",
    )
    is_new = fields.Boolean(
        string="New demand", readonly=True, help="There is demand but no reference for it."
    )
    severity = fields.Selection(SEVERITIES, default="none", required=True, readonly=True)
    severity_label = fields.Char(string="Deviation in words", compute="_compute_severity_label")

    @api.depends("severity", "deviation", "is_new")
    def _compute_severity_label(self):
        for record in self:
            glyph = GLYPHS[record.severity or "none"][record.deviation < 0]
            ratio = self.env._("new") if record.is_new else record._deviation_label()
            record.severity_label = f"{glyph} {ratio}".strip()

    def _deviation_label(self):
        """The deviation in percent."""
        return f"{100 * self.deviation:+,.1f} %"
