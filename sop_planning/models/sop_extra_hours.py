from odoo import api, fields, models
from odoo.exceptions import ValidationError

WEEK_HOURS = 24 * 7


class SopExtraHours(models.Model):
    _name = "sop.extra.hours"
    _description = "S&OP Extra Hours"
    _inherit = ["sop.money.mixin"]
    _order = "date_from desc, workcenter_id"
    _check_company_auto = True

    active = fields.Boolean(default=True)
    workcenter_id = fields.Many2one(
        "mrp.workcenter", required=True, ondelete="cascade", index=True, check_company=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self.env.company._sop_today()
    )
    date_to = fields.Date(string="To", required=True, help="Last day, inclusive.")
    hours_per_week = fields.Float(
        string="Hours a week",
        required=True,
        help="On top of the calendar, Monday to Friday; negative hours take away, for"
        " short-time work.",
    )
    cost_hour = fields.Monetary(string="Extra cost an hour", help="Overtime or shift premium.")
    reason = fields.Char(help="Why, and who agreed: overtime, a second shift, a maintenance stop.")

    @api.depends("workcenter_id", "hours_per_week", "date_from")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = self.env._(
                "%(center)s: %(hours)+.1f h a week", center=entry.workcenter_id.name or "",
                hours=entry.hours_per_week,
            )  # fmt: skip

    @api.constrains("date_from", "date_to", "hours_per_week")
    def _check_entry(self):
        for entry in self:
            if entry.date_from and entry.date_to and entry.date_to < entry.date_from:
                raise ValidationError(
                    self.env._(
                        "The extra hours of %(center)s end on %(last)s, before they start on"
                        " %(first)s: exchange the days.",
                        center=entry.workcenter_id.name,
                        first=entry.date_from,
                        last=entry.date_to,
                    )
                )
            if not 0 < abs(entry.hours_per_week) <= WEEK_HOURS:
                raise ValidationError(
                    self.env._(
                        "%(hours)s extra hours a week were entered for %(center)s: a week has 168"
                        " hours, and 0 changes nothing.",
                        hours=entry.hours_per_week,
                        center=entry.workcenter_id.name,
                    )
                )
