from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .sop_cycle import STEPS

LAST_DAY = 23  # a month has no more working days


class SopStepTemplate(models.Model):
    """When a step of a new cycle starts and is due, and who is responsible."""

    _name = "sop.step.template"
    _description = "S&OP Step Template"
    _order = "sequence, company_id, id"

    code = fields.Selection(STEPS, string="Step", required=True)
    sequence = fields.Integer(compute="_compute_sequence", store=True)
    company_id = fields.Many2one(
        "res.company", help="Only for cycles of this company; empty: for all that have no own one."
    )
    day_start = fields.Integer(
        string="Starts on working day",
        required=True,
        default=1,
        help="Working day of the company calendar, counted from the day on which the cycle opens.",
    )
    day_due = fields.Integer(string="Due on working day", required=True, default=1)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        domain="[('share', '=', False)]",
        help="Empty: the cycle's controller.",
    )
    description = fields.Text(help="What is done in the step; shown in its reminder.")

    # an index, since older servers of PostgreSQL take two general templates for different ones
    _company_code_unique = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "A step has one template a company."
    )

    @api.depends("code")
    def _compute_sequence(self):
        order = [code for code, _label in STEPS]
        for template in self:
            template.sequence = order.index(template.code) if template.code else 0

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for template in self:
            template.display_name = labels.get(template.code)

    @api.constrains("day_start", "day_due")
    def _check_days(self):
        for template in self:
            if not 1 <= template.day_start <= template.day_due <= LAST_DAY:
                raise ValidationError(
                    self.env._(
                        "%(step)s: the working days lie between 1 and %(last)s, and a step starts"
                        " before it is due.",
                        step=template.display_name,
                        last=LAST_DAY,
                    )
                )

    @api.model
    def _of_company(self, company):
        """{step code: template}: the company's own, else the general one."""
        found = self.sudo().search([("company_id", "in", (False, company.id))])
        by_code = {}
        for template in found.sorted(lambda template: bool(template.company_id)):
            by_code[template.code] = template
        return by_code
