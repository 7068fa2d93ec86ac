import numpy as np
import pandas as pd

from odoo import models

from .. import engine

WEEKS = 26
DAYS_A_MONTH = 365.25 / 12
INTERVAL = 2 * 1.2816  # widths of the standard deviation in the 80 % interval
ERROR_MONTHS = 3  # over which the forecast's error is taken


class SopPlanner(models.AbstractModel):
    """The supply side of a refresh: what demand means for stock, material and capacity."""

    _inherit = "sop.planner"

    def _refresh_supply(self, cycle, base, lines, demand_feeds, track):
        """Compute and store the scenarios from the consensus lines just written."""
        company = cycle.company_id
        today = company._sop_today()
        with track("supply"):
            feeds = self.env["sop.source"]._read_supply_feeds(cycle, today, track)
            feeds["demand"], families = demand_feeds["demand"], demand_feeds["families"]
            self._reconstruct_promises(company)
            suppliers = self._supplier_facts(company, today)
        with track("net"):
            inputs = self._supply_inputs(cycle, base, lines, families, feeds, suppliers, today)
        with track("scenarios") as row:
            risk = self._demand_risk(cycle, base, lines, feeds, inputs, today)
            scenario, outcome = self._refresh_scenarios(cycle, inputs, feeds, risk, today)
            plan = outcome.plan
            row["rows"] = len(cycle.scenario_ids)
        with track("store") as row:
            self._store_plan(scenario, outcome, feeds, suppliers, today)
            row["rows"] = int(plan.is_moving.sum()) * inputs.buckets.count
        with track("suppliers") as row:
            risks, by_family = self._supplier_exposure(
                outcome.inputs.supply, plan, feeds["items"], suppliers
            )
            gap_families = plan.gaps["family_id"].unique()
            self._write_supplier_risks(cycle, suppliers, risks, by_family, gap_families)
            row["rows"] = len(suppliers)
        with track("check"):
            self._check_quality(cycle, base, inputs)

    def _supply_inputs(self, cycle, base, lines, families, feeds, suppliers, today):
        company = cycle.company_id
        buckets = engine.SupplyBuckets.plan(cycle.week_start, today, WEEKS, cycle.date_end)
        items = self._items(company, base, lines, families, feeds, suppliers)
        ids = items["product_id"].to_numpy()
        loss = engine.output_loss(ids, feeds["losses"])
        shape = engine.planned_structure(items, feeds["components"], feeds["by-products"], loss)
        frozen = self._weeks_left(buckets, company.sop_frozen_weeks)
        first_feasible = buckets.locate_due(
            pd.Timestamp(today) + pd.to_timedelta(items["days_lead"], unit="D")
        )
        late = np.where(first_feasible < 0, buckets.count, first_feasible)
        return engine.SupplyInputs(
            buckets=buckets,
            items=items,
            structure=shape,
            loss=loss,
            demand=self._demand_by_bucket(cycle, base, lines, feeds, ids, buckets, today, frozen),
            receipts=engine.by_bucket(feeds["open receipts"], "qty", ids, buckets),
            needs=engine.by_bucket(feeds["component needs"], "qty", ids, buckets),
            earliest=np.maximum(late, frozen),
            zones=engine.zones(buckets, company.sop_frozen_weeks, company.sop_slushy_weeks),
            family_ids=families["family_id"].to_numpy("int64"),
            priority=families["priority"].to_numpy("int64"),
            operations=engine.OPERATIONS.build(feeds["operations"]),
            workcenters=self._workcenters(feeds),
            hours=engine.HOURS.build(feeds["working hours"]),
            extra=engine.HOURS.build(feeds["extra hours"]),
            work=engine.WORK.build(feeds["work orders"]),
            use_measured=company.sop_use_measured_times,
            target_source=company.sop_stock_target,
            review_days=company.sop_review_days,
            rebuild_weeks=company.sop_rebuild_weeks,
            floor=company.sop_value_floor,
        )

    def _weeks_left(self, buckets, weeks):
        """How many buckets the first ``weeks`` weeks of the cycle still are."""
        return int(((buckets.weeks > 0) & (buckets.weeks <= weeks)).sum())

    def _workcenters(self, feeds):
        centers = feeds["work centers"]
        hours = feeds["working hours"].groupby("workcenter_id")["hours"].sum()
        is_open = hours.reindex(centers["workcenter_id"]).fillna(0).to_numpy() > 0
        return engine.WORKCENTERS.build(centers.assign(is_open=is_open))

    def _demand_by_bucket(self, cycle, base, lines, feeds, ids, buckets, today, frozen):
        """Independent demand of every product (n, T)."""
        months = base.months
        placed = pd.Index(ids).get_indexer(base.product_ids[base.is_planned])
        consensus = np.zeros((len(ids), months.count))
        consensus[placed] = lines["qty_consensus"].to_numpy(float).reshape(-1, months.count)
        coming = feeds["demand"][feeds["demand"]["day"] >= pd.Timestamp(today)]
        working = cycle.company_id._sop_working_days_between(cycle.month, cycle.date_end)
        return engine.independent_demand(
            consensus,
            engine.monthly(coming, ids, months).qty,
            engine.by_bucket(feeds["open sales"], "qty", ids, buckets),
            months,
            buckets,
            pd.DatetimeIndex(working),
            today,
            frozen,
        )

    def _demand_risk(self, cycle, base, lines, feeds, inputs, today):
        """How uncertain the demand of the supply plan's products is: DemandRisk."""
        months, ids = base.months, inputs.structure.product_ids
        placed = pd.Index(ids).get_indexer(base.product_ids[base.is_planned])
        working = cycle.company_id._sop_working_days_between(cycle.month, cycle.date_end)
        shares = inputs.buckets.month_shares(months, pd.DatetimeIndex(working), today)
        left = shares.sum(axis=1)
        mean, deviation = np.zeros((2, len(ids), months.count))
        mean[placed] = lines["qty_consensus"].to_numpy(float).reshape(-1, months.count) * left
        width = (lines["qty_high"] - lines["qty_low"]).to_numpy(float).reshape(-1, months.count)
        deviation[placed] = np.maximum(width, 0.0) / INTERVAL * left
        coming = feeds["demand"][feeds["demand"]["day"] >= pd.Timestamp(today)]
        spread = np.divide(
            shares, left[:, None], out=np.zeros_like(shares), where=left[:, None] > 0
        )
        return engine.DemandRisk(
            mean=mean,
            deviation=deviation,
            orders=np.maximum(engine.monthly(coming, ids, months).qty, 0.0),
            spread=spread,
            family_index=inputs.family_index,
        )

    def _items(self, company, base, lines, families, feeds, suppliers):
        """ITEMS: what is supplied, and how. A planned product that is gone has no source."""
        planned = base.product_ids[base.is_planned]
        rows = feeds["items"].set_index("product_id")
        rows = rows.reindex(rows.index.union(planned)).reset_index()
        for name in ("is_bought_by_route", "is_made_by_route", "has_rule"):
            rows[name] = rows[name].eq(True)
        rows["bom_kind"] = rows["bom_kind"].fillna("")
        rows = rows.fillna(0.0)
        kind = engine.supply_kind(rows)
        bought = np.isin(kind, ["buy", "subcontract"])
        lead = np.select([bought, kind == "make"], [rows["days_purchase"], rows["days_produce"]], 0)
        late = suppliers.set_index("partner_id")["days_late_std"].reindex(rows["partner_id"])
        level = families.set_index("family_id")["service_level"].reindex(rows["family_id"])
        price = pd.Series(base.price, base.product_ids).reindex(rows["product_id"])
        return engine.ITEMS.build(
            pd.DataFrame(
                {
                    "product_id": rows["product_id"],
                    "family_id": rows["family_id"].astype("int64"),
                    "kind": kind,
                    "days_lead": np.ceil(np.maximum(lead, 0)).astype("int64"),
                    "days_lead_std": np.where(bought, late.fillna(0.0).to_numpy(float), 0.0),
                    "price": price.fillna(rows["price"].set_axis(price.index)).to_numpy(float),
                    "cost": rows["cost"],
                    "stock": rows["qty_stock"],
                    "minimum": rows["qty_minimum"],
                    "has_rule": rows["has_rule"],
                    "service_level": level.fillna(company.sop_service_level).to_numpy(float),
                    "error": self._daily_errors(base, lines, rows["product_id"]),
                }
            )
        )

    def _daily_errors(self, base, lines, ids):
        """Standard deviation of the forecast error of a day (n,), from the 80 % interval."""
        months = base.months.count
        width = (lines["qty_high"] - lines["qty_low"]).to_numpy(float).reshape(-1, months)
        monthly = width[:, :ERROR_MONTHS].mean(axis=1) / INTERVAL
        by_product = pd.Series(monthly / np.sqrt(DAYS_A_MONTH), base.product_ids[base.is_planned])
        return by_product.reindex(ids).fillna(0.0).to_numpy(float)
