from odoo import api, fields, models
from odoo.tools import format_date, format_datetime

from .sop_cycle import APPROVED, OPEN_STATES

TOP_EXCEPTIONS = 12
RUN_MINUTES = 10


class SopCycle(models.Model):
    _inherit = "sop.cycle"

    @api.model
    @api.readonly
    def get_dashboard_data(self, cycle_id=False):
        """Everything the dashboard shows of a cycle, in one call; figures are the stored ones.

        Without ``cycle_id``, the newest open cycle of the user's companies, else the newest one.
        """
        cycle = self.browse(cycle_id).exists() if cycle_id else self._dashboard_cycle()
        if not cycle:
            return {"cycle": False, "can_create": self.has_access("create")}
        cycle.check_access("read")
        return {
            "cycle": cycle._dashboard_header(),
            "cycles": cycle._dashboard_choices(),
            "steps": cycle._dashboard_steps(),
            "tiles": cycle._dashboard_tiles(),
            "families": cycle._dashboard_families(),
            "exceptions": cycle._dashboard_exceptions(),
        }

    @api.model
    def _dashboard_cycle(self):
        for companies in (self.env.company, self.env.companies):
            for states in (OPEN_STATES, [*OPEN_STATES, APPROVED]):
                domain = [("company_id", "in", companies.ids), ("state", "in", states)]
                cycle = self.search(domain, limit=1)
                if cycle:
                    return cycle
        return self.browse()

    def _dashboard_header(self):
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "is_frozen": self.is_frozen,
            "company": self.company_id.name,
            "currency_id": self.currency_id.id,
            "data_as_of": self.date_snapshot
            and format_datetime(self.env, self.date_snapshot, dt_format="short"),
            "run_id": self._running_run().id,
            "hours_old": self._hours_since_snapshot(),
            "is_computed": bool(self.date_snapshot),
            "horizon_months": self.horizon_months,
            "reference": dict(self._fields["reference"]._description_selection(self.env))[
                self.reference
            ],
            "can_refresh": self.has_access("write") and not self.is_frozen,
        }

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
                "code": step.code,
                "name": step.display_name,
                "state": step.state,
                "is_late": step.is_late,
                "due": step.date_due and format_date(self.env, step.date_due),
                "user": step.user_id.name or "",
            }
            for step in self.step_ids.sorted("sequence")
        ]

    def _dashboard_tiles(self):
        """Figures at the top; each opens the records that it counts."""

        def tile(name, label, value, action, detail=""):
            return {
                "name": name, "label": label, "value": value, "detail": detail, "action": action
            }  # fmt: skip

        exceptions = "sop_exception_action"
        year = sum(self.review_ids.mapped("amount_year"))
        last_year = sum(self.review_ids.mapped("amount_last_year"))
        growth = f"{100 * (year / last_year - 1):+.0f} %" if last_year else ""
        return [
            tile("red", self.env._("red exceptions"), self.red_count,
                 self._dashboard_action(exceptions, search_default_open=1, search_default_red=1)),
            tile("amber", self.env._("amber exceptions"), self.amber_count,
                 self._dashboard_action(exceptions, search_default_open=1, search_default_amber=1)),
            tile("gaps", self.env._("supply gaps"), self.gap_count,
                 self._dashboard_action("sop_supply_gap_action", search_default_open=1,
                                        search_default_plan=1)),
            tile("suppliers", self.env._("suppliers flagged"), self.supplier_flag_count,
                 self._dashboard_action("sop_supplier_risk_action", search_default_flagged=1)),
            tile("trust", self.env._("trust score"), self.trust_label,
                 self._dashboard_action("sop_data_issue_action", search_default_open=1,
                                        search_default_group_rule=1),
                 self.env._("%s data issues", self.data_issue_count)),
            tile("agreed", self.env._("families agreed"),
                 f"{self.agreed_count} / {self.family_count}",
                 self._dashboard_action("sop_demand_review_action",
                                        search_default_pending=1)),
            tile("products", self.env._("products planned"), self.product_count,
                 self._dashboard_action("sop_demand_product_action")),
            tile("year", self.env._("next 12 months"), self._short_money(year),
                 self._dashboard_action("sop_plan_report_action"),
                 self.env._("%s on the last 12", growth) if growth else ""),
        ]  # fmt: skip

    def _dashboard_action(self, xmlid, **context):
        action = self._open(xmlid, **context)
        if action["res_model"] == "sop.data.issue":  # these belong to the company
            action["domain"] = [("company_id", "=", self.company_id.id)]
        return {
            key: action[key]
            for key in ("type", "res_model", "name", "views", "domain", "context", "help")
        }

    def _short_money(self, amount):
        """An amount in the company's currency, in thousands or millions."""
        for limit, unit in ((1e6, "M"), (1e3, "k")):
            if abs(amount) >= limit:
                return f"{amount / limit:,.1f} {unit}{self.currency_id.symbol}"
        return f"{amount:,.0f} {self.currency_id.symbol}"

    def _dashboard_families(self):
        """Families, the largest deviation in money first."""
        return [
            {
                "id": review.id,
                "name": review.family_id.name,
                "severity": review.severity,
                "label": review.severity_label,
                "consensus": review.qty_consensus,
                "reference": review.qty_reference,
                "impact": review.amount_impact,
                "impact_label": self._short_money(review.amount_impact),
                "owner": review.user_id.name or "",
                "state": review.state,
                "exceptions": review.exception_count,
                "series": review.series,
            }
            for review in self.review_ids.sorted("amount_impact", reverse=True)
        ]

    def _dashboard_exceptions(self):
        """The largest open exceptions by money."""
        exceptions = self.env["sop.exception"].search(
            [("cycle_id", "=", self.id), ("state", "=", "open")],
            order="amount_impact desc, id",
            limit=TOP_EXCEPTIONS,
        )
        return [
            {
                "id": exception.id,
                "severity": exception.severity,
                "label": exception.severity_label,
                "subject": exception._subject(),
                "is_family": not exception.product_id and not exception.partner_id,
                "reason": exception.reason,
                "impact_label": self._short_money(exception.amount_impact),
                "owner": exception.user_id.name or "",
            }
            for exception in exceptions
        ]

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
