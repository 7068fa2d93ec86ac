import numpy as np
import pandas as pd

from odoo import models
from odoo.tools import SQL

from .. import engine

MONEY_DIGITS, RATE_DIGITS, HOURS_DIGITS = 2, 4, 2
MOST_BINDING = 12  # weeks of work centers that are told


class SopPlanner(models.AbstractModel):
    """Scenarios stored: figures, families, hours and gaps; products for the followed one only."""

    _inherit = "sop.planner"

    def _system_scenario(self, cycle, kind):
        """The cycle's scenario of a kind that every refresh computes."""
        scenarios = self.env["sop.scenario"].sudo()
        found = scenarios.search([("cycle_id", "=", cycle.id), ("kind", "=", kind)], limit=1)
        return found or scenarios.create({"cycle_id": cycle.id, "kind": kind, "user_id": False})

    def _store_alternative(self, scenario, alternative, base, prints):
        """Store a scenario that was computed unasked, its levers and how they were found."""
        self._write_levers(scenario, alternative.levers)
        self._store_outcome(
            scenario, alternative.outcome, base, prints, 0.0, alternative.hour_values
        )
        bound = alternative.bound
        has_bound = bool(np.isfinite(bound))
        scenario.sudo().write(
            {
                "has_bound": has_bound,
                "amount_bound": round(bound, MONEY_DIGITS) if has_bound else 0.0,
                "facts": {
                    "candidates": [
                        {
                            "family_id": candidate.family_id,
                            "priority": candidate.priority,
                            "share": candidate.share,
                            "hours": candidate.hours,
                            "margin": candidate.margin,
                            "is_enough": candidate.is_enough,
                        }
                        for candidate in alternative.candidates
                    ],
                    "taken_from": alternative.taken_from,
                    "status": alternative.status,
                },
            }
        )

    def _input_counts(self, cycle):
        """Records of each kind of input; a refresh reads them once for all scenarios."""
        known = self.env.context.get("sop_input_counts")
        if known is not None:
            return known
        source = self.env["sop.source"]
        rows = source._read_changes(cycle.company_id, cycle, self.env.cr.now())
        return {row.name: int(row.total) for row in rows.itertuples(index=False)}

    def _write_levers(self, scenario, levers):
        """Replace the levers of a computed scenario where they differ."""
        scenario = scenario.sudo().with_context(sop_planner=True)
        rows = [
            {
                "kind": lever.kind,
                "value": round(lever.value, 6),
                "date_from": lever.first,
                "date_to": lever.last,
                "date_target": lever.target or False,
                "cost": round(lever.cost, MONEY_DIGITS),
                "workcenter_id": lever.workcenter_id or False,
                "other_workcenter_id": lever.other_workcenter_id or False,
                "family_id": lever.family_id or False,
                "product_id": lever.product_id or False,
                "partner_id": lever.partner_id or False,
            }
            for lever in levers
        ]
        known = [
            {name: lever[name].id if name.endswith("_id") else lever[name] for name in rows[0]}
            for lever in (scenario.lever_ids if rows else [])
        ]
        if len(known) != len(scenario.lever_ids) or known != rows:
            scenario.lever_ids.unlink()
            self.env["sop.scenario.lever"].sudo().with_context(sop_planner=True).create(
                [{"scenario_id": scenario.id, **row} for row in rows]
            )

    def _store_outcome(self, scenario, outcome, base, prints, seconds, values=None):
        """Store the figures of a scenario, its hours and gaps and its families."""
        buckets = outcome.inputs.supply.buckets
        if values is None:
            values = engine.hour_values(outcome, scenario.company_id.sop_solver_seconds)
        figures = {
            name: round(float(figure), RATE_DIGITS if name.startswith("rate_") else MONEY_DIGITS)
            for name, figure in outcome.measures.items()
        }
        figures |= {name: int(figures[name]) for name in ("family_count", "gap_count")}
        chances = engine.outcome_chances(outcome)
        weeks = buckets.weeks > 0
        figures["rate_risk"] = round(
            float(chances.overload[:, weeks].max(initial=0.0)), RATE_DIGITS
        )
        scenario.sudo().write(
            {
                **figures,
                "state": "done",
                "message": False,
                "date_simulated": self.env.cr.now(),
                "seconds": seconds,
                "fingerprint": prints,
                "cash": self._cash_rows(outcome, base),
                "binds": self._binding_rows(outcome, values),
                "input_counts": self._input_counts(scenario.cycle_id),
            }
        )
        self._write_capacity(scenario, buckets, outcome.plan.capacity, chances.overload)
        families = self.env["sop.source"]._read_families(scenario.company_id)
        gaps, lines = self._gap_frame(outcome.plan, outcome.inputs.supply)
        gaps = gaps.assign(rate_chance=np.round(chances.gaps, RATE_DIGITS))
        self._write_gaps(scenario, self._with_orders_hit(scenario, gaps), lines, families)
        self._write_scenario_families(scenario, outcome.families)

    def _store_plan(self, scenario, outcome, feeds, suppliers, today):
        """Store the products of the scenario that the plan follows."""
        inputs, plan = outcome.inputs.supply, outcome.plan
        self._write_supply_lines(scenario, inputs, plan)
        facts = self._supply_facts(inputs, plan, feeds["items"], suppliers, today)
        self._write_supply_products(scenario, facts)

    def _hand_over_plan(self, scenario):
        """The rows of products belong to the scenario that the plan follows: one set a cycle."""
        cycle = scenario.cycle_id
        others = cycle.scenario_ids.filtered("is_followed") - scenario
        if scenario.is_followed and not others:
            return
        self.env.flush_all()
        for name in ("sop.supply.line", "sop.supply.product"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET scenario_id = %s WHERE cycle_id = %s AND scenario_id <> %s",
                    SQL.identifier(self.env[name]._table),
                    scenario.id,
                    cycle.id,
                    scenario.id,
                )
            )
            self.env[name].invalidate_model()
        others.sudo().is_followed = False
        scenario.sudo().is_followed = True

    def _cash_rows(self, outcome, base):
        """Cash effect by month against the base plan: [{month, amount}]."""
        effect = outcome.cash_by_month() - base.cash_by_month()
        return [
            {"month": month.strftime("%Y-%m-%d"), "amount": round(float(amount), MONEY_DIGITS)}
            for month, amount in effect.items()
        ]

    def _binding_rows(self, outcome, values):
        """The hours that bind, the most valuable first: [{workcenter_id, bucket_start, week,
        amount}], company currency a clock hour."""
        buckets, centers = outcome.inputs.supply.buckets, outcome.inputs.supply.workcenters
        worth = values * centers["efficiency"].to_numpy(float)[:, None]
        order = np.argsort(-worth, axis=None)[:MOST_BINDING]
        row, column = np.unravel_index(order, worth.shape)
        ids = outcome.groups.load.workcenter_ids
        return [
            {
                "workcenter_id": int(ids[center]),
                "bucket_start": buckets.starts[bucket].strftime("%Y-%m-%d"),
                "week": int(buckets.weeks[bucket]),
                "amount": round(float(worth[center, bucket]), MONEY_DIGITS),
            }
            for center, bucket in zip(row, column)
            if worth[center, bucket] >= 0.01
        ]

    def _write_scenario_families(self, scenario, rows):
        digits = self._digits()
        rows = rows[rows["family_id"] > 0]
        frame = pd.DataFrame(
            {
                **self._owned(scenario),
                "family_id": rows["family_id"],
                "qty_demand": rows["qty_demand"].round(digits),
                "qty_late": rows["qty_late"].round(digits),
                "amount_late": rows["amount_late"].round(MONEY_DIGITS),
                "rate_fill": rows["rate_fill"].round(RATE_DIGITS),
            }
        )
        self._upsert(
            self.env["sop.scenario.family"],
            ("scenario_id", "family_id"),
            frame,
            gone=SQL("scenario_id = %s", scenario.id),
        )
