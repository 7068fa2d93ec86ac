from odoo import api, fields, models


class SopFlagMixin(models.AbstractModel):
    """Deviation, severity, and the rule by which an exception was raised or not."""

    _name = "sop.flag.mixin"
    _description = "S&OP Flag"
    _inherit = ["sop.money.mixin", "sop.severity.mixin"]

    flag_code = fields.Char(readonly=True)
    flag_reason = fields.Char(
        string="Why flagged or not",
        compute="_compute_flag_reason",
        help="The rule that decided whether an exception was raised, with its figures.",
    )

    @api.depends("flag_code", "deviation", "amount_impact", "severity")
    @api.depends_context("lang", "uid", "sop_without_money")
    def _compute_flag_reason(self):
        for record in self:
            record.flag_reason = record._shown(record._flag_sentence())

    def _flag_sentence(self):
        amber, red = self._thresholds()
        company = self.company_id
        values = {
            "deviation": self.env._("new demand")
            if self.is_new
            else f"{100 * self.deviation:+,.2f} %",
            "amber": f"{100 * amber:,.2f} %",
            "red": f"{100 * red:,.2f} %",
            "impact": self._money(self.sudo().amount_impact),
            "floor": self._money(company.sop_value_floor),
            "cap": company.sop_exception_cap,
            "family": self.family_id.name or "",
        }
        match self.flag_code:
            case "flagged":
                return self.env._(
                    "Raised: %(deviation)s is above the threshold (amber %(amber)s, red %(red)s),"
                    " worth %(impact)s.",
                    **values,
                )
            case "within_threshold":
                return self.env._(
                    "Not flagged: %(deviation)s is within the amber threshold of %(amber)s.",
                    **values,
                )
            case "below_floor":
                return self.env._(
                    "Not flagged: %(deviation)s is worth %(impact)s only, less than %(floor)s.",
                    **values,
                )
            case "beyond_cap":
                return self.env._(
                    "Flagged but not raised: only the %(cap)s largest exceptions by money are"
                    " raised, and %(impact)s is not among them.",
                    **values,
                )
            case "same_cause":
                return self.env._(
                    "Flagged but not raised on its own: its family %(family)s deviates the same way"
                    " and speaks for it.",
                    **values,
                )
            case "no_reference_no_plan":
                return self.env._("Not flagged: nothing is planned and nothing was expected.")
        return ""

    def _thresholds(self):
        family, company = self.family_id, self.company_id
        owner = family if family.sop_own_thresholds else company
        return owner.sop_threshold_amber, owner.sop_threshold_red
