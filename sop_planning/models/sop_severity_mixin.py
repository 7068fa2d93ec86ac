from odoo import api, fields, models

from ..palette import glyph

SEVERITIES = [("none", "None"), ("amber", "Amber"), ("red", "Red")]


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
            mark = glyph(record.severity, record.deviation < 0)
            record.severity_label = f"{mark} {record._severity_word()}".strip()

    def _severity_word(self):
        """What stands beside the glyph: how far from the reference."""
        return self.env._("new") if self.is_new else self._deviation_label()

    def _deviation_label(self):
        """The deviation in percent."""
        return f"{100 * self.deviation:+,.1f} %"
