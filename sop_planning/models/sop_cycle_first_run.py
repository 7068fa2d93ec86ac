from odoo import api, models
from odoo.exceptions import AccessError

from .navigation import FAMILY_NAMES

DONE, TODO, NOT_NEEDED = "done", "todo", "none"
NAMED = 2


class SopCycle(models.Model):
    """The first steps of a company: five things, each measured from its records.

    Not ``onboarding.onboarding``: since Odoo 19 no view has a place for its panel, and its steps
    remember a click, while these look at the records and open again when somebody takes them away.
    """

    _inherit = "sop.cycle"

    @api.model
    def _dashboard_first_run(self):
        """The first steps as the dashboard shows them, or None when there is nothing to say: all
        are done, somebody dismissed them, or the company is past its first cycle.

        ``{company, done, total, is_computed, can_dismiss, example, steps: [{code, name, state,
        detail, hint, ask, actions: [{label, action or method}]}]}``; state is done, todo or none
        (not needed).
        """
        company = self.company_id[:1] or self.env.company
        computed = self._first_run_cycles(company, [("date_snapshot", "!=", False)])
        if computed and not self._first_run_goes_on(company, computed):
            return None
        steps = self.with_company(company)._first_run_steps(company, computed)
        done = sum(step["state"] != TODO for step in steps)
        if computed and done == len(steps):
            return None
        return {
            "company": company.name,
            "done": done,
            "total": len(steps),
            "is_computed": bool(computed),
            "can_dismiss": bool(computed),
            "example": self._first_run_example(),
            "steps": steps,
        }

    @api.model
    def action_dismiss_first_run(self):
        """The company needs no first steps any more."""
        self._check_first_run_right()
        self.env.company.sudo().sop_first_run_over = True

    @api.model
    def action_accept_families(self):
        """Make the proposed categories families, and show them."""
        self.check_access("read")
        categories = self.env["product.category"]
        categories.check_access("write")  # with the rights on categories, or not at all
        categories._sop_proposal(self.env.company).write({"is_sop_family": True})
        return self._first_run_families([("is_sop_family", "=", True)])

    @api.model
    def _check_first_run_right(self):
        if not self.env.user.has_group("sop_planning.sop_planning_group_controller"):
            raise AccessError(self.env._("Only S&OP controllers dismiss the first steps."))

    @api.model
    def _first_run_cycles(self, company, domain):
        return self.sudo().search(
            [("company_id", "=", company.id), ("state", "!=", "cancelled"), *domain], limit=2
        )

    @api.model
    def _first_run_goes_on(self, company, computed):
        """Whether steps are still worth showing beside figures: to who can do them, in the first
        cycle."""
        is_first = len(computed) == 1 and computed.state != "approved"
        can_act = self.env.user.has_group("sop_planning.sop_planning_group_controller")
        return is_first and can_act and not company.sop_first_run_over

    @api.model
    def _first_run_steps(self, company, computed):
        return [
            self._first_run_step_families(company),
            self._first_run_step_history(company),
            self._first_run_step_capacity(company),
            self._first_run_step_people(company),
            self._first_run_step_cycle(company, computed),
        ]

    def _first_run_step(self, code, name, state, detail, hint="", actions=(), ask=""):
        return {
            "code": code, "name": name, "state": state, "detail": detail,
            "hint": hint if state == TODO else "", "ask": ask if state == TODO else "",
            "actions": list(actions),
        }  # fmt: skip

    # ---- example, links, who to ask ----

    @api.model
    def _first_run_example(self):
        """The example company's state, for who may load it; None otherwise."""
        is_manager = self.env.user.has_group("sop_planning.sop_planning_group_manager")
        if "sop.example" not in self.env or not is_manager:
            return None
        return self.env["sop.example"].get_state()

    @api.model
    def _first_run_open(self, name, model, views, domain):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [[False, view] for view in views],
            "domain": domain,
            "context": dict(FAMILY_NAMES),
        }

    @api.model
    def _first_run_act(self, action):
        kept = ("type", "name", "res_model", "views", "domain", "context", "help", "target")
        return {key: action[key] for key in kept if key in action}

    @api.model
    def _first_run_ask(self, company, group):
        """Who can do what this user cannot: one or two names."""
        people = self._first_run_people(company, group)[:NAMED]
        if not people:
            return self.env._("Ask your administrator.")
        return self.env._("Ask %s.", self.env._(" or ").join(people.mapped("name")))
