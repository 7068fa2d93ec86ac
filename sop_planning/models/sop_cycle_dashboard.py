from odoo import api, fields, models
from odoo.tools import format_date, format_datetime

from .sop_cycle import APPROVED, OPEN_STATES

RUN_MINUTES = 10
STALE_HOURS = 26  # the nightly refresh missed its turn
CHANGES_COUNTED = 1000  # more are not counted
# what a tile or a panel can say of itself; the browser adds computing and stale
OK, BLOCKED, NO_RIGHT, EMPTY, LATER = "ok", "blocked", "no_right", "empty", "later"
COMPUTING, STALE = "computing", "stale"
PACK_STATES = [code for code in OPEN_STATES if code != "executive"]
CHANGED = ["sale", "purchase", "done", "confirmed", "progress", "to_close", "cancel"]


class SopCycle(models.Model):
    """The dashboard: one call, figures as they are stored, a panel a file."""

    _inherit = "sop.cycle"

    @api.model
    @api.readonly
    def get_dashboard_data(self, cycle_id=False):
        """Everything the dashboard shows of a cycle, in one call; figures are the stored ones.

        Without ``cycle_id``, the newest open cycle of the user's companies, else the newest one.
        Amounts are None for users who do not see amounts.
        """
        cycle = self.browse(cycle_id).exists() if cycle_id else self._dashboard_cycle()
        if not cycle:
            return {
                "cycle": False,
                "can_create": self.has_access("create"),
                **self._dashboard_start(),
            }
        cycle.check_access("read")
        return cycle._dashboard_data()

    def _dashboard_data(self):
        return {
            "cycle": self._dashboard_header(),
            "cycles": self._dashboard_choices(),
            "steps": self._dashboard_steps(),
            "tiles": self._dashboard_tiles(),
            "families": self._dashboard_families(),
            "family_action": self._dashboard_family_action(),
            "exceptions": self._dashboard_exceptions(),
            "gaps": self._dashboard_panel("sop.supply.gap", self._dashboard_gaps),
            "scenarios": self._dashboard_panel("sop.scenario", self._dashboard_scenarios),
            "suppliers": self._dashboard_panel("sop.supplier.risk", self._dashboard_suppliers),
            "bridge": self._dashboard_panel("sop.plan.version", self._dashboard_bridge),
            "tasks": self._dashboard_tasks(),
            **self._dashboard_start(),
        }

    def _dashboard_start(self):
        """The first steps of a company, as long as there is something to say of them."""
        steps = self._dashboard_first_run()
        return {"first_run": steps} if steps else {}

    def _dashboard_panel(self, model, build):
        """A panel, or whom to ask for the right to what it is made of."""
        if self.env[model].has_access("read"):
            return {"state": OK, "message": "", **build()}
        return {"state": NO_RIGHT, "message": self._ask_words()}

    def _ask_words(self):
        """Whom to ask for what is hidden."""
        if not self.user_id or self.user_id == self.env.user:
            return self.env._("Ask your administrator for the right to see it.")
        return self.env._("Ask %s for the right to see it.", self.user_id.name)

    @api.model
    def _dashboard_cycle(self):
        for companies in (self.env.company, self.env.companies):
            for states in (OPEN_STATES, [*OPEN_STATES, APPROVED]):
                domain = [("company_id", "in", companies.ids), ("state", "in", states)]
                cycle = self.search(domain, limit=1)
                if cycle:
                    return cycle
        return self.browse()

    # ---- header ----

    def _dashboard_header(self):
        run = self._running_run()
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "is_frozen": self.is_frozen,
            "company": self.company_id.name,
            "currency_id": self.currency_id.id,
            "data_as_of": self.date_snapshot
            and format_datetime(self.env, self.date_snapshot, dt_format="short"),
            "run_id": run.id,
            "figures": self._figures_state(run),
            "hours_old": self._hours_since_snapshot(),
            "changes": self._dashboard_changes(),
            "is_computed": bool(self.date_snapshot),
            "horizon_months": self.horizon_months,
            "reference": dict(self._fields["reference"]._description_selection(self.env))[
                self.reference
            ],
            "can_refresh": self.has_access("write") and not self.is_frozen,
            "health": self._dashboard_health(),
            "sees_money": self._sees_money(),
            **self._dashboard_publishing(),
        }

    def _figures_state(self, run):
        """Whether the figures are those of now: ok, computing (a run is at work) or stale."""
        if run:
            return COMPUTING
        is_old = self.date_snapshot and self._hours_since_snapshot() > STALE_HOURS
        return STALE if is_old and not self.is_frozen else OK

    def _running_run(self):
        """The refresh at work now; one that began long ago died with its server."""
        since = fields.Datetime.subtract(fields.Datetime.now(), minutes=RUN_MINUTES)
        return self.env["sop.run"].search(
            [
                ("cycle_id", "=", self.id),
                ("state", "=", "running"),
                ("create_date", ">", since),
            ],
            limit=1,
        )

    def _hours_since_snapshot(self):
        if not self.date_snapshot:
            return False
        return (fields.Datetime.now() - self.date_snapshot).total_seconds() / 3600

    def _dashboard_changes(self):
        """The orders that changed since the figures were read, by kind; the count is for everybody,
        the list for who may read the orders."""
        if not self.date_snapshot or self.is_frozen:
            return {"label": "", "kinds": []}
        counts = self.env["sop.source"]._count_changed_orders(
            self.company_id, self.date_snapshot, CHANGES_COUNTED + 1
        )
        kinds = [
            {"label": f"{_counted(counts[model])} {words}",
             "action": self._changes_action(model, words, lines)}
            for model, words, lines in (
                ("sale.order", self.env._("sales orders"), "order_line"),
                ("purchase.order", self.env._("purchase orders"), "order_line"),
                ("mrp.production", self.env._("manufacturing orders"), ""),
            ) if counts[model]
        ]  # fmt: skip
        return {"label": _counted(sum(counts.values())) if kinds else "", "kinds": kinds}

    def _changes_action(self, model, words, lines):
        if not self.env[model].has_access("read"):
            return False
        moment = fields.Datetime.to_string(self.date_snapshot)
        changed = [("write_date", ">", moment)]
        if lines:
            changed = ["|", *changed, (f"{lines}.write_date", ">", moment)]
        domain = [("company_id", "=", self.company_id.id), ("state", "in", CHANGED), *changed]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Changed since: %s", words),
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": domain,
            "context": {"create": False},
        }

    def _dashboard_health(self):
        return {
            "label": self.trust_label if self.has_trust else "",
            "issues": self.data_issue_count,
            "action": self._dashboard_action(
                "sop_data_issue_action", search_default_open=1, search_default_group_rule=1
            ),
        }

    def _dashboard_publishing(self):
        may_publish = self.env["sop.pack"].has_access("create")
        return {
            "can_remove_example": self.env["sop.example"]._may_remove(self.company_id),
            "can_publish": bool(self.date_snapshot) and may_publish and self.state in PACK_STATES,
            "published": self.date_pack_published
            and format_datetime(self.env, self.date_pack_published, dt_format="short"),
        }

    def _dashboard_choices(self):
        companies = self.env.companies
        cycles = self.search([("company_id", "in", companies.ids)], limit=12)
        return [
            {
                "id": cycle.id,
                "name": f"{cycle.name}, {cycle.company_id.name}"
                if len(companies) > 1
                else cycle.name,
            }
            for cycle in cycles
        ]

    def _dashboard_steps(self):
        return [
            {
                "id": step.id,
                "code": step.code,
                "name": step.display_name,
                "state": step.state,
                "is_late": step.is_late,
                "due": step.date_due and self._day_words(step.date_due),
                "user": step.user_id.name or "",
            }
            for step in self.step_ids.sorted("sequence")
        ]

    def _day_words(self, day):
        """A day of the cycle: Tue 8 Dec, in the order of the user's language."""
        return format_date(self.env, day, date_format="EEE d MMM")

    # ---- what several panels use ----

    def _dashboard_action(self, xmlid, **context):
        action = self._open(xmlid, **context)
        if action["res_model"] == "sop.data.issue":  # these belong to the company
            action["domain"] = [("company_id", "=", self.company_id.id)]
        return {
            key: action[key]
            for key in ("type", "res_model", "name", "views", "domain", "context", "help")
        }

    def _compare_action(self):
        action = self.env["ir.actions.client"]._for_xml_id("sop_planning.sop_compare_action")
        return {
            "type": action["type"],
            "tag": action["tag"],
            "name": action["name"],
            "params": {"cycle_id": self.id},
        }

    def _short_money(self, amount):
        """An amount in the company's currency, in thousands or millions."""
        for limit, unit in ((1e6, "M"), (1e3, "k")):
            if abs(amount) >= limit:
                return f"{amount / limit:,.1f} {unit}{self.currency_id.symbol}"
        return f"{amount:,.0f} {self.currency_id.symbol}"

    def _shown_money(self, amount):
        """The same, or None for who does not see amounts."""
        return self._short_money(amount) if self._sees_money() else None

    def get_summary(self):
        """The cycle in a few plain figures, for scripts and logs."""
        self.ensure_one()
        run = self.run_ids.sorted("id")[-1:]
        products = self.env["sop.demand.product"].search_count([("cycle_id", "=", self.id)])
        return {
            "company": self.company_id.name,
            "cycle": self.name,
            "month": str(self.month),
            "state": self.state,
            "data_as_of": str(self.date_snapshot or ""),
            "families": self.family_count,
            "products": products,
            "demand_lines": self.env["sop.demand.line"].search_count([("cycle_id", "=", self.id)]),
            "history_rows": self.env["sop.demand.history"].search_count(
                [("company_id", "=", self.company_id.id)]
            ),
            "amount_next_12_months": round(sum(self.review_ids.mapped("amount_year")), 2),
            "amount_last_12_months": round(sum(self.review_ids.mapped("amount_last_year")), 2),
            "currency": self.currency_id.name,
            "exceptions_red": self.red_count,
            "exceptions_amber": self.amber_count,
            "refresh_state": run.state,
            "refresh_seconds": round(run.seconds, 2),
            "exceptions": [row["reason"] for row in self._dashboard_exceptions()],
        }


def _counted(count):
    return f"{CHANGES_COUNTED:,}+" if count > CHANGES_COUNTED else f"{count:,}"
