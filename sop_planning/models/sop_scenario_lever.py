from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

KINDS = [
    ("extra_hours", "Extra hours"),
    ("extra_shift", "Extra shift"),
    ("machine_down", "Work center down"),
    ("alternative", "Alternative work center"),
    ("subcontract", "Subcontract"),
    ("supplier_delay", "Vendor late"),
    ("expedite", "Vendor faster"),
    ("other_vendor", "Alternative vendor"),
    ("demand", "Demand in percent"),
    ("demand_units", "Demand in units"),
    ("postpone", "Postpone deliveries"),
    ("prebuild", "Build ahead"),
    ("stock_target", "Stock target"),
    ("price", "Sales price"),
]
OF_WORKCENTER = ("extra_hours", "extra_shift", "machine_down", "alternative")
OF_VENDOR = ("supplier_delay", "expedite", "other_vendor")
OF_PRODUCT = (
    "demand", "demand_units", "postpone", "prebuild", "subcontract", "stock_target", "price",
)  # fmt: skip
IN_PERCENT = ("machine_down", "demand", "postpone", "prebuild", "stock_target", "price")


class SopScenarioLever(models.Model):
    _name = "sop.scenario.lever"
    _description = "S&OP Scenario Lever"
    _inherit = ["sop.money.mixin"]
    _order = "scenario_id, sequence, id"
    _rec_name = "label"

    scenario_id = fields.Many2one("sop.scenario", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        related="scenario_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(KINDS, string="Lever", required=True, default="extra_hours")
    workcenter_id = fields.Many2one("mrp.workcenter", string="Work center", ondelete="restrict")
    other_workcenter_id = fields.Many2one(
        "mrp.workcenter", string="Done on", ondelete="restrict", help="Which one takes the work."
    )
    family_id = fields.Many2one(
        "product.category",
        ondelete="cascade",
        domain="[('sop_family_id', '!=', False)]",
    )
    product_id = fields.Many2one("product.product", ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner",
        string="Vendor or customer",
        ondelete="cascade",
        help="The vendor, or the customer whose demand changes.",
    )
    value = fields.Float(
        required=True,
        compute="_compute_value",
        store=True,
        readonly=False,
        precompute=True,
        help="Hours a week, hours a working day, days, units (a week), or a share.",
    )
    unit = fields.Char(compute="_compute_unit")
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self.env.company._sop_today()
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: self._default_date_to(),
        help="Last day, inclusive.",
    )  # fmt: skip
    date_target = fields.Date(
        string="Made from",
        help="Postponed deliveries are made in the month from this day on; those built ahead"
        " between this day and the first one.",
    )
    # not precomputed: whoever does not see amounts pulls levers too
    cost = fields.Monetary(
        compute="_compute_cost",
        store=True,
        readonly=False,
        help="A clock hour, or a unit. Overtime hours are paid in full beside the regular ones.",
    )

    @api.model
    def _default_date_to(self):
        return fields.Date.add(self.env.company._sop_today(), months=1, days=-1)

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """A vendor's lateness as the promise ledger has it."""
        if self.kind == "supplier_delay":
            self.value = self._measured_lateness() or self.value

    @api.depends("kind")
    def _compute_value(self):
        """A usual figure to start from; a vendor's lateness as the promise ledger has it."""
        usual = {
            "extra_hours": 8.0, "extra_shift": 8.0, "machine_down": 1.0, "alternative": 8.0,
            "supplier_delay": 14.0, "expedite": 7.0, "other_vendor": 14.0, "demand": 0.2,
            "postpone": 1.0, "prebuild": 0.5, "stock_target": -0.1, "price": 0.05,
        }  # fmt: skip
        for lever in self:
            late = lever._measured_lateness() if lever.kind == "supplier_delay" else 0
            lever.value = late or usual.get(lever.kind, lever.value)

    def _measured_lateness(self):
        """Days: the vendor's mean lateness and its spread, of the cycle's supplier risks."""
        risk = self.env["sop.supplier.risk"].search(
            [
                ("cycle_id", "=", self.scenario_id.cycle_id.id),
                ("partner_id", "=", self.partner_id.commercial_partner_id.id),
                ("has_data", "=", True),
            ],
            limit=1,
        )
        return round(max(risk.days_late_mean + risk.days_late_std, 0.0)) if risk else 0

    @api.depends("kind", "workcenter_id")
    def _compute_cost(self):
        """Overtime costs the work center's hour and the premium of the settings."""
        for lever in self:
            if lever.kind in ("extra_hours", "extra_shift"):
                lever.cost = lever.workcenter_id and lever.workcenter_id._sop_overtime_cost()
            else:
                lever.cost = lever.cost or 0.0

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_unit(self):
        units = {
            "extra_hours": self.env._("hours a week"),
            "extra_shift": self.env._("hours a working day"),
            "alternative": self.env._("hours a week"),
            "supplier_delay": self.env._("days"),
            "expedite": self.env._("days"),
            "other_vendor": self.env._("days of lead time"),
            "demand_units": self.env._("units in all"),
            "subcontract": self.env._("units a week"),
        }
        for lever in self:
            lever.unit = units.get(lever.kind, "")

    @api.constrains(
        "kind", "value", "date_from", "date_to", "cost", "workcenter_id", "other_workcenter_id",
        "family_id", "product_id", "partner_id", "date_target",
    )  # fmt: skip
    def _check_lever(self):
        for lever in self:
            problem = lever._problem()
            if problem:
                raise ValidationError(problem)

    def _problem(self):
        """What is wrong with the lever on its own, None if nothing is."""
        _ = self.env._
        name = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        if self.date_to < self.date_from:
            return _(
                "%(lever)s ends on %(last)s, before it starts on %(first)s: exchange the days.",
                lever=name, last=self.date_to, first=self.date_from,
            )  # fmt: skip
        if self.kind in OF_WORKCENTER and not self.workcenter_id:
            return _("%s needs a work center.", name)
        if self.kind == "alternative" and not self.other_workcenter_id:
            return _("%s needs the work center that takes the work.", name)
        if self.kind == "alternative" and self.other_workcenter_id == self.workcenter_id:
            return _("%s: the work already is on this work center, choose another one.", name)
        if self.kind in OF_VENDOR and not self.partner_id and not self.product_id:
            return _("%s needs a vendor or a product.", name)
        if self.kind in OF_PRODUCT and not (self.family_id or self.product_id or self.partner_id):
            return _("%s needs a family or a product.", name)
        if self.kind in ("postpone", "prebuild") and not self.date_target:
            return _("%s needs the day from which the deliveries are made instead.", name)
        if self.value < 0 and self.kind not in ("demand", "demand_units", "stock_target", "price"):
            return _(
                "%(lever)s cannot be negative: %(value)s was entered.", lever=name, value=self.value
            )
        if self.sudo().cost < 0:
            return _("The cost of %s cannot be negative.", name)
        return self._foreign_record()

    def _foreign_record(self):
        """A record of another company cannot change this one's plan."""
        for record in (
            self.workcenter_id, self.other_workcenter_id, self.product_id, self.partner_id,
        ):  # fmt: skip
            owner = record.sudo().company_id
            if owner and owner not in self.company_id.parent_ids and owner != self.company_id:
                return self.env._(
                    "%(record)s belongs to %(owner)s, the scenario to %(company)s: choose one of"
                    " its own.",
                    record=record.sudo().display_name,
                    owner=owner.name,
                    company=self.company_id.name,
                )
            if record and "active" in record._fields and not record.sudo().active:
                return self.env._(
                    "%s is archived: choose an active one, or activate it.",
                    record.sudo().display_name,
                )
        return None

    @api.model_create_multi
    def create(self, vals_list):
        levers = super().create(vals_list)
        levers._touch()
        return levers

    def write(self, vals):
        if any(vals.get("scenario_id", own.scenario_id.id) != own.scenario_id.id for own in self):
            raise UserError(
                self.env._("A lever belongs to its scenario: add it to the other one instead.")
            )
        self._touch()
        return super().write(vals)

    def unlink(self):
        self._touch()
        return super().unlink()

    def _touch(self):
        """Figures of other levers are not the scenario's any more."""
        if self.env.su and self.env.context.get("sop_planner"):
            return
        scenarios = self.scenario_id
        scenarios._check_changeable()
        scenarios.sudo().filtered(lambda s: s.state != "draft").write({"state": "draft"})
