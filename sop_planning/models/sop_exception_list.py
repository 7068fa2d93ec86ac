from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

from ..palette import glyph

IN_UNITS = ("deviation", "order_intake")


class SopException(models.Model):
    """How the list and the cards of exceptions show them."""

    _inherit = "sop.exception"

    subject = fields.Char(
        string="About",
        compute="_compute_subject",
        help="The customer, product or family that the exception is about.",
    )
    months_label = fields.Char(string="Period", compute="_compute_months_label")
    severity_badge = fields.Char(
        string="Severity in a word",
        compute="_compute_severity_badge",
        help="Amber and red, and how far from the reference.",
    )
    qty_impact = fields.Float(
        string="Units",
        digits="Product Unit",
        compute="_compute_qty_impact",
        help="Consensus less its reference, or orders less the plan; nothing for what is not"
        " counted in units.",
    )

    @api.depends("partner_id", "product_id", "family_id")
    def _compute_subject(self):
        for exception in self:
            exception.subject = exception._subject()

    @api.depends("bucket_start", "bucket_end")
    @api.depends_context("lang")
    def _compute_months_label(self):
        for exception in self:
            first, end = exception.bucket_start, exception.bucket_end
            last = end and fields.Date.subtract(end, days=1)
            labels = [format_date(self.env, day, date_format="MMM yy") for day in (first, last)]
            exception.months_label = " – ".join(dict.fromkeys(filter(None, labels)))

    @api.depends("severity", "deviation", "is_new", "kind")
    @api.depends_context("lang")
    def _compute_severity_badge(self):
        words = dict(self._fields["severity"]._description_selection(self.env))
        for exception in self:
            severity = exception.severity or "none"
            figure = exception._severity_word()
            if not exception.is_new and figure == exception._deviation_label():
                figure = f"{100 * exception.deviation:+,.0f} %".replace("-", "\N{MINUS SIGN}")
            mark = glyph(severity, exception.deviation < 0)
            parts = dict.fromkeys((mark, words[severity], figure))
            exception.severity_badge = " ".join(filter(None, parts))

    @api.depends("kind", "qty_consensus", "qty_reference")
    def _compute_qty_impact(self):
        for exception in self:
            is_counted = exception.kind in IN_UNITS
            change = exception.qty_consensus - exception.qty_reference
            exception.qty_impact = change if is_counted else 0.0

    @api.model
    def get_empty_list_help(self, help_message):
        """All clear: with the threshold above which something would be here."""
        amber = f"{100 * self.env.company.sop_threshold_amber:g} %"
        title = self.env._("All clear: nothing over %s", amber)
        head = Markup('<p class="o_view_nocontent_smiling_face">%s</p>') % title
        return super().get_empty_list_help(head + Markup(help_message or ""))
