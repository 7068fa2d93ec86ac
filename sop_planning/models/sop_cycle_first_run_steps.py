from odoo import models
from odoo.tools import format_date

from .navigation import open_action
from .sop_cycle_first_run import DONE, NOT_NEEDED, TODO

ENOUGH_MONTHS = 12


class SopCycle(models.Model):
    """What each first step says and offers."""

    _inherit = "sop.cycle"

    # ---- families ----

    def _first_run_step_families(self, company):
        categories = self.env["product.category"]
        goods = categories._sop_goods(company)
        families = goods.sop_family_id.filtered("is_sop_family")
        proposal = categories._sop_proposal(company)
        may = categories.has_access("write")
        actions = []
        if may and proposal and not families:
            label = self.env._("Accept %s families", len(proposal))
            actions.append({"label": label, "method": "action_accept_families"})
        if goods:
            ids = (proposal or families).ids
            action = self._first_run_families([("id", "in", ids)])
            actions.append({"label": self.env._("Review"), "action": action})
        elif self.env["product.template"].has_access("create"):
            actions.append(
                {
                    "label": self.env._("Add products"),
                    "action": self._first_run_open(
                        self.env._("Products"), "product.template", ["kanban", "list", "form"],
                        [("sale_ok", "=", True)],
                    ),
                }
            )  # fmt: skip
        return self._first_run_step(
            "families",
            self.env._("Product families"),
            DONE if families else TODO,
            self._first_run_family_words(goods, families, proposal),
            self.env._("Demand is reviewed family by family: 5 to 30 of them make a good meeting."),
            actions,
            "" if may else self._first_run_ask(company, "product.group_product_manager"),
        )

    def _first_run_family_words(self, goods, families, proposal):
        if not goods:
            return self.env._("No goods with a category are for sale yet")
        if not families:
            return self.env._("%s proposed from your product categories", len(proposal))
        if proposal:
            return self.env._(
                "%(families)s families; %(count)s categories are in none of them",
                families=len(families),
                count=len(proposal),
            )
        return self.env._("%s families", len(families))

    def _first_run_families(self, domain):
        # the proposal is reviewed as a list, to be ticked and owned in place
        return self._first_run_act(open_action(self.env, "product_category_action_sop", domain))

    # ---- history ----

    def _first_run_step_history(self, company):
        months = self.env["sop.source"]._measure_history(company)["months"]
        may = self.env["sale.order"].has_access("create")
        actions = []
        if months and self.env["sale.order"].has_access("read"):
            action = self._first_run_open(
                self.env._("Sales Orders"), "sale.order", ["list", "form"],
                [("state", "=", "sale"), ("company_id", "=", company.id)],
            )  # fmt: skip
            actions.append({"label": self.env._("Check"), "action": action})
        if months < ENOUGH_MONTHS and may:
            action = {
                "type": "ir.actions.client", "tag": "import",
                "name": self.env._("Import sales history"),
                # orders of the past: nothing is to be delivered any more
                "params": {"model": "sale.order", "context": {"skip_procurement": True}},
            }  # fmt: skip
            actions.append({"label": self.env._("Import"), "action": action})
        return self._first_run_step(
            "history",
            self.env._("Sales history"),
            DONE if months >= ENOUGH_MONTHS else TODO,
            self.env._("%s months of sales found", months)
            if months >= ENOUGH_MONTHS
            else self.env._(
                "%(need)s months make a forecast, you have %(months)s",
                need=ENOUGH_MONTHS,
                months=months,
            ),
            self.env._(
                "Import past sales orders (the import screen offers a template for sales history),"
                " or start with figures that you type: the plan opens without history too."
            ),
            actions,
            "" if may else self._first_run_ask(company, "sales_team.group_sale_manager"),
        )

    # ---- capacity ----

    def _first_run_step_capacity(self, company):
        source = self.env["sop.source"]
        centers = source._measure_centers(company)
        is_ready = centers["has_calendar"] & centers["has_operations"]
        lacking = centers.loc[~is_ready, "workcenter_id"].tolist()
        may = self.env["mrp.workcenter"].has_access("write")
        actions = []
        if lacking or not len(centers):
            action = self._first_run_open(
                self.env._("Work Centers"), "mrp.workcenter", ["list", "form"],
                [("id", "in", lacking)] if lacking else [],
            )  # fmt: skip
            label = self.env._("Fix") if lacking else self.env._("Add work centers")
            if may or (lacking and self.env["mrp.workcenter"].has_access("read")):
                actions.append({"label": label, "action": action})
        if not len(centers) and not source._measure_boms(company):
            state, detail = NOT_NEEDED, self.env._("Nothing is manufactured: no capacity to plan")
        else:
            state = TODO if lacking or not len(centers) else DONE
            detail = self.env._(
                "%(ready)s of %(count)s work centers have a calendar and operations",
                ready=int(is_ready.sum()),
                count=len(centers),
            )
        return self._first_run_step(
            "capacity",
            self.env._("Capacity"),
            state,
            detail,
            self.env._("Without hours and operations a work center is never full in the plan."),
            actions,
            "" if may else self._first_run_ask(company, "mrp.group_mrp_manager"),
        )

    # ---- people ----

    def _first_run_step_people(self, company):
        families = self.env["product.category"].search([("is_sop_family", "=", True)])
        orphans = families.filtered(lambda family: not family.sop_owner_id)
        controllers = self._first_run_people(company, "sop_planning.sop_planning_group_controller")
        executives = self._first_run_people(company, "sop_planning.sop_planning_group_executive")
        is_done = bool(families and not orphans and controllers and executives)
        actions = []
        if families:
            action = self._first_run_families([("id", "in", (orphans or families).ids)])
            actions.append({"label": self.env._("Assign"), "action": action})
        if self.env["res.users"].has_access("create"):
            action = self._first_run_open(
                self.env._("Users"), "res.users", ["list", "form"], [("share", "=", False)]
            )
            actions.append({"label": self.env._("Roles"), "action": action})
        owned = self.env._(
            "%(owned)s of %(families)s families have an owner",
            owned=len(families) - len(orphans),
            families=len(families),
        )
        roles = self.env._(
            "controllers: %(controllers)s · executives: %(executives)s",
            controllers=len(controllers),
            executives=len(executives),
        )
        detail = f"{owned if families else self.env._('No families to own yet')} · {roles}"
        return self._first_run_step(
            "people",
            self.env._("People"),
            DONE if is_done else TODO,
            detail,
            self.env._("An owner answers for a family's figures; an executive approves the plan."),
            actions,
            "" if actions else self._first_run_ask(company, "base.group_system"),
        )

    def _first_run_people(self, company, group):
        return self.env["res.users"].search(
            [
                ("all_group_ids", "in", self.env.ref(group).ids),
                ("company_ids", "in", company.ids),
                ("share", "=", False),
            ]
        )

    # ---- cycle ----

    def _first_run_step_cycle(self, company, computed):
        waiting = self._first_run_cycles(company, [("date_snapshot", "=", False)])[:1]
        actions = []
        if not computed and not waiting and self.has_access("create"):
            action = self._first_run_act(
                open_action(self.env, "sop_cycle_first_action", [], dialog_size="extra-large")
            )
            actions.append({"label": self.env._("Open cycle"), "action": action})
        elif not computed and waiting.with_env(self.env).has_access("write"):
            actions.append({"label": self.env._("Compute"), "compute": True})
        return self._first_run_step(
            "cycle",
            self.env._("First cycle"),
            DONE if computed else TODO,
            self._first_run_cycle_words(company, computed[:1], waiting),
            self.env._("Five steps from data to an approved plan, each with its date and person."),
            actions,
            ""
            if actions
            else self._first_run_ask(company, "sop_planning.sop_planning_group_controller"),
        )

    def _first_run_cycle_words(self, company, computed, waiting):
        if computed:
            return self.env._("%s is computed", computed.name)
        if waiting:
            return self.env._("%s is open and not computed yet", waiting.name)
        today = company._sop_today()
        month = company._sop_month(today)
        day = company._sop_opening_day(month)
        if day < today:
            day = company._sop_opening_day(company._sop_months_after(month, 1))
        if not company.sop_auto_open:
            return self.env._("%s months, opened by hand", company.sop_horizon_months)
        return self.env._(
            "Opens by itself on %(day)s once there are sales, or now: %(months)s months",
            day=format_date(self.env, day, date_format="EEE d MMM"),
            months=company.sop_horizon_months,
        )
