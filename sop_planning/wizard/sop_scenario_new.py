from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.sop_scenario_lever import IN_PERCENT

QUESTIONS = [
    ("extra_shift", "What if we add a shift?"),
    ("extra_hours", "What if we work overtime?"),
    ("supplier_delay", "What if a vendor delivers late?"),
    ("demand", "What if demand changes?"),
    ("postpone", "What if a family waits?"),
    ("machine_down", "What if a work center is down?"),
    ("prebuild", "What if we build ahead?"),
    ("subcontract", "What if we subcontract?"),
    ("alternative", "What if another work center helps?"),
    ("copy", "Start from another scenario"),
]


class SopScenarioNew(models.TransientModel):
    """A what-if question: one lever, calculated at once; more can be added afterwards."""

    _name = "sop.scenario.new"
    _description = "S&OP New Scenario"
    _inherit = ["sop.money.mixin"]

    cycle_id = fields.Many2one(
        "sop.cycle",
        required=True,
        default=lambda self: self.env["sop.cycle"]._dashboard_cycle(),
        domain="[('state', 'not in', ('approved', 'cancelled'))]",
    )
    company_id = fields.Many2one(related="cycle_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    question = fields.Selection(QUESTIONS, required=True, default="extra_shift")
    title = fields.Char(string="Name")
    scenario_id = fields.Many2one(
        "sop.scenario", string="Scenario to start from", domain="[('lever_ids', '!=', False)]"
    )
    workcenter_id = fields.Many2one(
        "mrp.workcenter",
        compute="_compute_workcenter_id",
        store=True,
        readonly=False,
        domain="[('company_id', '=', company_id)]",
    )
    other_workcenter_id = fields.Many2one(
        "mrp.workcenter", string="Done on", domain="[('company_id', '=', company_id)]"
    )
    family_id = fields.Many2one("product.category", domain="[('sop_family_id', '!=', False)]")
    product_id = fields.Many2one("product.product")
    vendor_id = fields.Many2one("res.partner")
    customer_id = fields.Many2one("res.partner")
    value = fields.Float(compute="_compute_value", store=True, readonly=False)
    unit = fields.Char(compute="_compute_unit")
    is_percent = fields.Boolean(compute="_compute_unit")
    date_from = fields.Date(string="From", compute="_compute_dates", store=True, readonly=False)
    date_to = fields.Date(string="To", compute="_compute_dates", store=True, readonly=False)
    date_target = fields.Date(
        string="Made from", compute="_compute_date_target", store=True, readonly=False
    )
    cost = fields.Monetary(compute="_compute_cost", store=True, readonly=False)

    @api.depends("cycle_id", "question")
    def _compute_workcenter_id(self):
        """The work center that is short of most hours, else the fullest one."""
        for wizard in self:
            worst = wizard._worst_gaps()[:1].workcenter_id or wizard._fullest()
            wizard.workcenter_id = wizard.workcenter_id or worst

    def _fullest(self):
        """The work center with the fullest week."""
        return (
            self.env["sop.capacity.line"]
            .search(
                [
                    ("scenario_id", "in", self.cycle_id._base_plan().ids),
                    ("has_hours", "=", True),
                ],
                order="rate_load desc",
                limit=1,
            )
            .workcenter_id
        )

    def _worst_gaps(self):
        """What the base plan is short of: the plan that is followed may have solved it already, and
        a question is about today's orders and hours."""
        return self.env["sop.supply.gap"].search(
            [
                ("scenario_id", "in", self.cycle_id._base_plan().ids),
                ("kind", "=", "capacity"),
            ],
            order="hours_short desc",
        )

    @api.depends("cycle_id", "question", "workcenter_id")
    def _compute_dates(self):
        """The weeks in which the work center is short, else the coming month."""
        for wizard in self:
            gaps = wizard._worst_gaps().filtered(
                lambda gap, wizard=wizard: gap.workcenter_id == wizard.workcenter_id
            )
            today = wizard.company_id._sop_today() if wizard.company_id else fields.Date.today()
            is_of_hours = wizard.question in ("extra_shift", "extra_hours", "alternative")
            first, last = today, fields.Date.add(today, months=1, days=-1)
            if gaps and is_of_hours:
                first = min(gaps.mapped("bucket_start"))
                last = fields.Date.subtract(max(gaps.mapped("bucket_end")), days=1)
            wizard.date_from, wizard.date_to = first, last

    @api.depends("date_from", "date_to", "question")
    def _compute_date_target(self):
        """The month after the days, or the month before them."""
        for wizard in self:
            if wizard.question == "prebuild":
                target = wizard.date_from and fields.Date.subtract(wizard.date_from, months=1)
            else:
                target = wizard.date_to and fields.Date.add(wizard.date_to.replace(day=1), months=1)
            wizard.date_target = target

    def _draft_lever(self):
        """The lever that the question asks for, not stored: its usual figures."""
        return self.env["sop.scenario.lever"].new(
            {
                "kind": self.question if self.question != "copy" else "extra_hours",
                "scenario_id": self.cycle_id._base_plan().id,
                "workcenter_id": self.workcenter_id.id,
                "partner_id": self.vendor_id.id,
            }
        )

    @api.depends("question", "vendor_id")
    def _compute_value(self):
        for wizard in self:
            wizard.value = wizard._draft_lever().value

    @api.depends("question", "workcenter_id")
    def _compute_cost(self):
        for wizard in self:
            wizard.cost = wizard._draft_lever().cost

    @api.depends("question")
    @api.depends_context("lang")
    def _compute_unit(self):
        for wizard in self:
            wizard.unit = wizard._draft_lever().unit
            wizard.is_percent = wizard.question in IN_PERCENT

    def action_create(self):
        """Make the scenario, calculate it and open it."""
        self.ensure_one()
        if self.question == "copy":
            scenario = self._copied()
        else:
            partner = self.vendor_id if self.question == "supplier_delay" else self.customer_id
            lever = {
                "kind": self.question,
                "value": self.value,
                # left out, it is the usual one
                **({"cost": self.cost} if self._sees_money() else {}),
                "date_from": self.date_from,
                "date_to": self.date_to,
                **self._targets(partner),
            }
            scenario = self.env["sop.scenario"].create(
                {
                    "cycle_id": self.cycle_id.id,
                    "title": self.title or False,
                    "lever_ids": [fields.Command.create(lever)],
                }
            )
            scenario.title = self.title or scenario.lever_ids.label
        scenario.action_simulate()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sop.scenario",
            "res_id": scenario.id,
            "views": [(False, "form")],
        }

    def _targets(self, partner):
        """What of the form the question is about."""
        of_center = self.question in ("extra_shift", "extra_hours", "machine_down", "alternative")
        if of_center:
            return {
                "workcenter_id": self.workcenter_id.id,
                "other_workcenter_id": self.question == "alternative"
                and self.other_workcenter_id.id,
            }
        moves = self.question in ("postpone", "prebuild")
        return {
            "family_id": self.question != "supplier_delay" and self.family_id.id,
            "product_id": self.product_id.id,
            "partner_id": partner.id,
            "date_target": moves and self.date_target,
        }

    def _copied(self):
        if not self.scenario_id:
            raise UserError(self.env._("Choose the scenario to start from."))
        return self.scenario_id.copy(
            {"cycle_id": self.cycle_id.id, **({"title": self.title} if self.title else {})}
        )
