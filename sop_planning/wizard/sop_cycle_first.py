from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.sop_cycle import STEPS
from ..palette import glyph

# who does a step's work: the group, and whether it is the executive meeting
ROLES = {
    "data": "controller",
    "demand": "sales",
    "supply": "operations",
    "pre_sop": "controller",
    "executive": "executive",
}
NAMED = 3


class SopCycleFirst(models.TransientModel):
    """The first cycle, explained: what its five steps are, when, and who does them."""

    _name = "sop.cycle.first"
    _description = "S&OP First Cycle"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    month = fields.Date(
        required=True,
        default=lambda self: self.env.company._sop_month(self.env.company._sop_today()),
    )
    user_id = fields.Many2one(
        "res.users",
        string="Controller",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        help="Leads the cycle: refreshes it, closes its steps, publishes the pack.",
    )
    horizon_months = fields.Integer(
        string="Months planned", default=lambda self: self.env.company.sop_horizon_months
    )
    months_sold = fields.Integer(compute="_compute_history")
    history_text = fields.Text(string="What it starts with", compute="_compute_history")
    line_ids = fields.One2many(
        "sop.cycle.first.line", "wizard_id", default=lambda self: self._default_line_ids()
    )

    @api.depends("company_id")
    def _compute_history(self):
        for wizard in self:
            months = self.env["sop.source"]._measure_history(wizard.company_id)["months"]
            wizard.months_sold = months
            wizard.history_text = (
                self.env._("%s months of sales orders: the forecast is computed from them.", months)
                if months
                else self.env._(
                    "No sales orders yet: the plan opens with zeros for every product for sale, and"
                    " you type the figures. The forecast takes over as orders come in."
                )
            )

    @api.model
    def _default_line_ids(self):
        company = self.env.company
        templates = self.env["sop.step.template"]._of_company(company)
        days = company._sop_working_days(company._sop_today(), 31)
        rows = []
        for number, (code, _label) in enumerate(STEPS, 1):
            template = templates.get(code)
            rows.append(
                Command.create(
                    {
                        "code": code,
                        "date_due": days[(template.day_due if template else number) - 1],
                        "user_id": (template and template.user_id or self.env.user).id,
                        "description": template and template.description,
                    }
                )
            )
        return rows

    def action_open(self):
        """Open the cycle with these people, and show it."""
        self.ensure_one()
        # the defaults of a new cycle come from the company it is opened in
        cycles = self.env["sop.cycle"].with_company(self.company_id)
        if cycles._has_cycle(self.company_id, self.month):
            raise UserError(self.env._("There is a cycle of this month already."))
        cycle = cycles.create(
            {
                "company_id": self.company_id.id,
                "month": self.month,
                "user_id": self.user_id.id,
                "horizon_months": self.horizon_months,
            }
        )
        people = {line.code: line.user_id for line in self.line_ids if line.user_id}
        for step in cycle.step_ids.filtered(lambda step: step.code in people):
            step.user_id = people[step.code]
        return self.env["ir.actions.client"]._for_xml_id("sop_planning.sop_dashboard_action")


class SopCycleFirstLine(models.TransientModel):
    """A step of the first cycle, and whether its people exist."""

    _name = "sop.cycle.first.line"
    _description = "S&OP Step of the First Cycle"

    wizard_id = fields.Many2one("sop.cycle.first", required=True, ondelete="cascade")
    code = fields.Selection(STEPS, string="Step", required=True, readonly=True)
    description = fields.Text(string="What is done", readonly=True)
    date_due = fields.Date(string="Due", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        domain="[('share', '=', False)]",
        help="Empty: the cycle's controller.",
    )
    is_staffed = fields.Boolean(compute="_compute_role_text")
    role_text = fields.Text(string="Role check", compute="_compute_role_text")
    check_text = fields.Text(string="Closes when", compute="_compute_check_text")

    @api.depends("code", "wizard_id.company_id")
    def _compute_role_text(self):
        for line in self:
            group = self.env.ref(f"sop_planning.sop_planning_group_{ROLES[line.code]}")
            people = self._people(group, line.wizard_id.company_id)
            line.is_staffed = bool(people)
            line.role_text = (
                self.env._("✔ %(role)s: %(names)s", role=group.sudo().name, names=_names(people))
                if people
                else self.env._(
                    "%(glyph)s Nobody is %(role)s: an administrator gives the role",
                    glyph=glyph("amber"),
                    role=group.sudo().name,
                )
            )

    def _people(self, group, company):
        return self.env["res.users"].search(
            [
                ("all_group_ids", "in", group.ids),
                ("company_ids", "in", company.ids),
                ("share", "=", False),
            ],
            limit=NAMED,
        )

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_check_text(self):
        checks = self.env["sop.step.check"].sudo().search([("moment", "=", "exit")])
        for line in self:
            own = checks.filtered(lambda check, code=line.code: check.step == code)
            line.check_text = " · ".join(own.mapped("name"))


def _names(people):
    return ", ".join(people.mapped("name"))
