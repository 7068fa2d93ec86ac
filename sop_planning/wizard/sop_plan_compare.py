from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.navigation import open_action

SIDES = [("version", "Approved version"), ("cycle", "Present figures of a cycle")]


class SopPlanCompare(models.TransientModel):
    """Two plans to compare: approved versions, or the present figures of cycles."""

    _name = "sop.plan.compare"
    _description = "S&OP Comparison of Plans"
    _transient_max_hours = 24.0  # of idleness: people leave a comparison open over lunch

    old_kind = fields.Selection(SIDES, string="Old plan", required=True, default="version")
    old_version_id = fields.Many2one("sop.plan.version", string="Old version", ondelete="cascade")
    old_cycle_id = fields.Many2one("sop.cycle", string="Old cycle", ondelete="cascade")
    new_kind = fields.Selection(SIDES, string="New plan", required=True, default="cycle")
    new_version_id = fields.Many2one(
        "sop.plan.version",
        string="New version",
        ondelete="cascade",
        domain="[('company_id', '=', company_id)]",
    )
    new_cycle_id = fields.Many2one(
        "sop.cycle",
        string="New cycle",
        ondelete="cascade",
        domain="[('company_id', '=', company_id), ('date_snapshot', '!=', False)]",
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id", store=True)
    date_from = fields.Date(
        string="From",
        compute="_compute_months",
        store=True,
        readonly=False,
        help="First month compared. Proposed: the months that both plans have, so that the passing"
        " of a month is no difference.",
    )
    date_until = fields.Date(
        string="Until before",
        compute="_compute_months",
        store=True,
        readonly=False,
        help="The month that the comparison ends before.",
    )

    @api.model
    def default_get(self, names):
        """The current plan beside the last one that was approved before it."""
        values = super().default_get(names)
        given = {"old_version_id", "old_cycle_id", "new_version_id", "new_cycle_id"} & set(values)
        cycle = self.env["sop.cycle"]._dashboard_cycle()
        if cycle and not given:
            values.update(self._side_values("new", cycle))
            last = cycle._last_plan() or cycle.version_ids.sorted("number")[-1:]
            if last:
                values.update(self._side_values("old", last))
        return {name: value for name, value in values.items() if name in names}

    @api.model
    def _side_values(self, side, plan):
        kind = "version" if plan._name == "sop.plan.version" else "cycle"
        return {f"{side}_kind": kind, f"{side}_{kind}_id": plan.id}

    @api.depends("old_kind", "old_version_id", "old_cycle_id")
    def _compute_company_id(self):
        for compare in self:
            compare.company_id = compare._side("old").company_id

    @api.depends(
        "old_kind", "old_version_id", "old_cycle_id", "new_kind", "new_version_id", "new_cycle_id"
    )
    def _compute_months(self):
        for compare in self:
            cycles = [compare._cycle_of(compare._side(side)) for side in ("old", "new")]
            if all(cycles):
                compare.date_from = max(cycle.month for cycle in cycles)
                compare.date_until = min(cycle.date_end for cycle in cycles)
            else:
                compare.date_from = compare.date_until = False

    def _side(self, side):
        """The plan on one side: a version or a cycle, or none yet."""
        return self[f"{side}_{self[f'{side}_kind']}_id"]

    def _sides(self):
        return self._side("old"), self._side("new")

    def _cycle_of(self, plan):
        return plan.cycle_id if plan._name == "sop.plan.version" else plan

    def _side_name(self, side):
        plan = self._side(side)
        if plan._name == "sop.plan.version" or not plan:
            return plan.display_name or ""
        return self.env._("%s (now)", plan.name)

    @api.depends("old_kind", "old_version_id", "new_kind", "new_version_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for compare in self:
            compare.display_name = f"{compare._side_name('old')} → {compare._side_name('new')}"

    @api.model
    def _of(self, old, new):
        """A comparison of two plans over the bridge's months."""
        values = {**self._side_values("old", old), **self._side_values("new", new)}
        compare = self.create(values)
        cycle = compare._cycle_of(new)
        if cycle != compare._cycle_of(old):
            compare.date_from, compare.date_until = cycle._bridge_months(old)
        return compare

    @api.model
    def _open(self, plan):
        """The dialog with a plan as the new one, and the last approved plan as the old one."""
        cycle = self._cycle_of(plan)
        values = self._side_values("new", plan)
        last = self._last_before(plan, cycle)
        if last:
            values.update(self._side_values("old", last))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare Plans"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {f"default_{name}": value for name, value in values.items()},
        }

    def _last_before(self, plan, cycle):
        """The version before a version, else the last approved plan before the cycle, else the
        cycle's own last version."""
        if plan._name == "sop.plan.version":
            earlier = cycle.version_ids.filtered(lambda v: v.number < plan.number)
            return earlier.sorted("number")[-1:] or cycle._last_plan()
        return cycle._last_plan() or cycle.version_ids.sorted("number")[-1:]

    def _check_plans(self):
        """Two different plans of one company that have figures in the months asked for."""
        self.ensure_one()
        for side in ("old", "new"):
            plan = self._side(side)
            if not plan:
                raise UserError(self.env._("Choose both plans that are to be compared."))
            plan.check_access("read")
            self._cycle_of(plan)._check_computed()
        old, new = self._sides()
        if old == new:
            raise UserError(
                self.env._("%s is on both sides: choose another plan.", old.display_name)
            )
        if old.company_id != new.company_id:
            raise UserError(
                self.env._(
                    "%(old)s belongs to %(one)s and %(new)s to %(other)s: only plans of the same"
                    " company can be compared.",
                    old=old.display_name,
                    one=old.company_id.name,
                    new=new.display_name,
                    other=new.company_id.name,
                )
            )
        if not self.date_from or not self.date_until or self.date_from >= self.date_until:
            raise UserError(
                self.env._(
                    "The two plans have no month in common: choose the months from which and before"
                    " which they are compared."
                )
            )

    def _fill(self):
        self._check_plans()
        self.env["sop.planner"]._compare_plans(self)

    def action_compare(self):
        """The two plans line by line."""
        self._fill()
        return self._action_lines([])

    def action_bridge(self):
        """What each cause changes, by family."""
        self._fill()
        action = open_action(self.env, "sop_plan_bridge_action", [("compare_id", "in", self.ids)])
        return self._titled(action)

    def _action_lines(self, domain):
        action = open_action(
            self.env,
            "sop_plan_comparison_action",
            [("compare_id", "in", self.ids), *domain],
            search_default_differs=0 if domain else 1,
        )
        return self._titled(action)

    def _titled(self, action):
        """An action that says which plans it compares."""
        title = self.display_name
        return {**action, "name": title, "display_name": title, "target": "current"}
