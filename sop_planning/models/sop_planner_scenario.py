import time
from contextlib import nullcontext

import numpy as np
import pandas as pd

from odoo import models
from odoo.exceptions import UserError

from .. import engine
from .sop_scenario import BASE, USER
from .sop_scenario_lever import OF_PRODUCT


class SopPlanner(models.AbstractModel):
    """Scenarios: the engine's inputs from records, and what it answers into records."""

    _inherit = "sop.planner"

    def _refresh_scenarios(self, cycle, inputs, feeds, risk, today):
        """Compute and store the cycle's scenarios: base, overtime, postponement, the cheapest plan
        and those that people made. Returns the scenario that the cycle's plan follows and its
        outcome. A scenario of people that cannot be computed any more says why and keeps its
        figures; if the plan followed it, it follows the base again."""
        self = self.with_context(sop_input_counts=self._input_counts(cycle))
        company = cycle.company_id
        own = cycle.scenario_ids.filtered(lambda scenario: scenario.kind == USER)
        customers = self._customer_shares(company, today, own.lever_ids)
        whatif = self._scenario_inputs(company, inputs, feeds, risk, today, customers)
        prints = engine.fingerprint(whatif)
        found = engine.alternatives(whatif, company.sop_solver_seconds)
        base = found[0].outcome
        outcomes = {}
        for alternative in found:
            scenario = self._system_scenario(cycle, alternative.kind)
            self._store_alternative(scenario, alternative, base, prints)
            outcomes[scenario] = alternative.outcome
        for scenario in own:
            outcome = self._try_simulate(scenario, whatif, base, prints)
            if outcome:
                outcomes[scenario] = outcome
        followed = cycle.selected_scenario_id
        if followed not in outcomes:
            followed = self._system_scenario(cycle, BASE)
        self._hand_over_plan(followed)
        return followed, outcomes[followed]

    def _simulate(self, scenario):
        """Compute one scenario on today's records and store it; the kinds of input that have
        changed since it was computed last are returned."""
        cycle, started = scenario.cycle_id, time.monotonic()
        whatif, feeds, suppliers, today = self._live_inputs(cycle, scenario.lever_ids)
        prints = engine.fingerprint(whatif)
        names = self._part_names()
        parts = engine.changed_parts(scenario.fingerprint or {}, prints)
        changed = [names.get(part, part) for part in parts]
        if scenario.kind == USER:
            base = engine.simulate(whatif)
            outcome = self._outcome(scenario, whatif)
            self._store_outcome(scenario, outcome, base, prints, time.monotonic() - started)
        else:
            found = engine.alternatives(whatif, cycle.company_id.sop_solver_seconds)
            mine = next(item for item in found if item.kind == scenario.kind)
            outcome = mine.outcome
            self._store_alternative(scenario, mine, found[0].outcome, prints)
        if scenario.is_followed:
            self._store_plan(scenario, outcome, feeds, suppliers, today)
        return changed

    def _follow(self, scenario):
        """Make the cycle's plan, gaps and lines those of a scenario, on today's records."""
        whatif, feeds, suppliers, today = self._live_inputs(scenario.cycle_id, scenario.lever_ids)
        outcome = self._outcome(scenario, whatif)
        base = outcome if scenario.kind == BASE else engine.simulate(whatif)
        self._store_outcome(scenario, outcome, base, engine.fingerprint(whatif), scenario.seconds)
        self._hand_over_plan(scenario)
        self._store_plan(scenario, outcome, feeds, suppliers, today)

    def _strategies(self, cycle):
        """Figures of the classic strategies on today's records: {strategy: measures, status}."""
        whatif, _feeds, _suppliers, _today = self._live_inputs(
            cycle, self.env["sop.scenario.lever"]
        )
        found = engine.strategies(whatif, cycle.company_id.sop_solver_seconds)
        return {
            name: outcome.measures | {"is_best_known": outcome.schedule.status == "time_limit"}
            for name, outcome in found.items()
        }

    def _outcome(self, scenario, whatif):
        """What comes of a scenario's levers; a lever that cannot work is a sentence."""
        try:
            return engine.simulate(whatif, self._levers(scenario))
        except engine.EngineError as error:
            raise UserError(self._lever_sentence(error, scenario.lever_ids)) from error

    def _try_simulate(self, scenario, whatif, base, prints):
        """The outcome of a scenario of people, stored; None if it cannot be computed any more."""
        started = time.monotonic()
        if not scenario.lever_ids:
            return None
        try:
            outcome = self._outcome(scenario, whatif)
        except UserError as error:
            scenario.sudo().write({"state": "failed", "message": str(error)})
            return None
        self._store_outcome(scenario, outcome, base, prints, time.monotonic() - started)
        return outcome

    def _levers(self, scenario):
        return [
            engine.Lever(
                kind=lever.kind,
                value=lever.value,
                first=lever.date_from,
                last=lever.date_to,
                cost=lever.cost,
                workcenter_id=lever.workcenter_id.id or 0,
                other_workcenter_id=lever.other_workcenter_id.id or 0,
                family_id=lever.family_id.id or 0,
                product_id=lever.product_id.id or 0,
                partner_id=lever.partner_id.commercial_partner_id.id or 0,
                target=lever.date_target or None,
            )
            for lever in scenario.lever_ids
        ]

    # ---- inputs ----

    def _live_inputs(self, cycle, levers):
        """ScenarioInputs from the stored demand plan and today's records, with the feeds and vendor
        facts that storing a plan needs."""
        company, source = cycle.company_id, self.env["sop.source"]
        today = company._sop_today()
        lines = source._read_demand_plan(cycle)
        if lines.empty:
            raise UserError(self.env._("%s has no demand plan: press Refresh.", cycle.name))
        base, lines = self._stored_base(cycle, lines)
        oldest = (pd.Timestamp(today) - pd.Timedelta(days=company.sop_overdue_days)).date()
        source._stage_demand(company, min(oldest, cycle.month), cycle.date_end)
        feeds = source._read_supply_feeds(cycle, today, lambda _name: nullcontext({}))
        orders = source._read_orders(cycle.month, cycle.date_end)
        feeds["demand"], _foreign = source._split_orders(orders)
        families = source._read_families(company)
        suppliers = self._supplier_facts(company, today)
        inputs = self._supply_inputs(cycle, base, lines, families, feeds, suppliers, today)
        feeds["families"] = families
        customers = self._customer_shares(company, today, levers)
        risk = self._demand_risk(cycle, base, lines, feeds, inputs, today)
        whatif = self._scenario_inputs(company, inputs, feeds, risk, today, customers)
        return whatif, feeds, suppliers, today

    def _stored_base(self, cycle, lines):
        """The demand base of stored lines, and the lines as one full row a product and month."""
        months = engine.Buckets.months(cycle.month, cycle.horizon_months)
        products = lines.groupby("product_id", sort=True)[["family_id", "price_unit"]].first()
        ids = products.index.to_numpy("int64")
        names = ("qty_consensus", "qty_low", "qty_high")
        full = pd.DataFrame(
            {name: engine.arranged(lines, name, ids, months).ravel() for name in names}
        )
        zeros = np.zeros((len(ids), months.count))
        none = engine.History(ids, months, zeros, zeros)
        base = engine.DemandBase(
            product_ids=ids,
            family_ids=products["family_id"].to_numpy("int64"),
            is_planned=np.ones(len(ids), bool),
            price=products["price_unit"].to_numpy(float),
            past=none,
            booked=none,
        )
        return base, full

    def _scenario_inputs(self, company, inputs, feeds, risk, today, customers):
        """The engine's ScenarioInputs from the supply inputs and their feeds."""
        ids, items = inputs.structure.product_ids, feeds["items"].set_index("product_id")
        keys = ["product_id", "day", "partner_id"]
        receipts = feeds["open receipts"].groupby(keys, as_index=False)["qty"].sum()
        price = inputs.items["price"].to_numpy(float)
        lines = feeds["open sales"].astype({"lines": float})
        return engine.ScenarioInputs(
            supply=inputs,
            today=today,
            promised=inputs.demand,
            lines=engine.by_bucket(lines, "lines", ids, inputs.buckets),
            price=np.repeat(price[:, None], inputs.buckets.count, axis=1),
            vendor=items["partner_id"].reindex(ids).fillna(0).to_numpy("int64"),
            arrivals=engine.ARRIVALS.build(receipts),
            customers=engine.CUSTOMERS.build(customers),
            rates=self._rates(company, inputs.workcenters["workcenter_id"]),
            risk=risk,
        )

    def _rates(self, company, workcenter_ids):
        costs = self.env["sop.source"]._read_hour_costs(company).set_index("workcenter_id")["cost"]
        hourly = costs.reindex(workcenter_ids).fillna(company.sop_hour_cost).to_numpy(float)
        has_outside = company.sop_subcontract_share > 0
        return engine.Rates(
            overtime_cost=hourly * (1.0 + company.sop_overtime_premium),
            late=company.sop_late_cost,
            holding=company.sop_holding_cost,
            overtime_peak=company.sop_overtime_peak,
            overtime_average=company.sop_overtime_average,
            subcontract=company.sop_subcontract_premium if has_outside else None,
            subcontract_share=company.sop_subcontract_share,
        )

    def _customer_shares(self, company, today, levers):
        of_customers = levers.filtered(lambda lever: lever.kind in OF_PRODUCT)
        partners = of_customers.partner_id.commercial_partner_id
        if not partners:
            return engine.CUSTOMERS.empty()
        return self.env["sop.source"]._read_customer_shares(company, today, partners.ids)
