import numpy as np
import pandas as pd

from odoo import models
from odoo.tools import SQL

from ..palette import LOAD_LIMITS

HOURS_DIGITS = 2
RATE_DIGITS = 4
MONEY_DIGITS = 2


class SopPlanner(models.AbstractModel):
    """The supply plan stored: one statement a model, equal rows left alone."""

    _inherit = "sop.planner"

    def _owned(self, scenario):
        """The columns by which every row of a scenario is found and guarded."""
        return {
            "scenario_id": scenario.id,
            "cycle_id": scenario.cycle_id.id,
            "company_id": scenario.company_id.id,
        }

    def _bucket_columns(self, buckets, position):
        """The columns of the buckets at these positions."""
        return {
            "bucket_start": buckets.starts[position],
            "bucket_end": buckets.ends[position],
            "week": buckets.weeks[position],
            "period": self._periods(buckets)[position],
        }

    def _periods(self, buckets):
        """Names of the buckets that sort as time does: "2026-12-28 W6", "2027-06-01 M"."""
        words = [f"W{week}" if week else "M" for week in buckets.weeks]
        days = buckets.starts.strftime("%Y-%m-%d")
        return np.array([f"{day} {word}" for day, word in zip(days, words)], dtype=object)

    def _write_capacity(self, scenario, buckets, load, chance):
        """Store a row a work center and bucket; hours in 100 % efficiency, chance (w, T)."""
        centers, count = load.available.shape
        position = np.tile(np.arange(count), centers)
        has_hours = np.repeat(load.is_open, count)
        figures = {
            "hours_calendar": load.calendar,
            "hours_extra": load.extra,
            "hours_available": load.available,
            "hours_orders": load.orders,
            "hours_plan": load.plan,
            "hours_plan_standard": load.plan_standard,
            "hours_plan_measured": load.plan_measured,
            "hours_load": load.load,
        }
        rate = np.where(np.isfinite(load.rate), load.rate, 0.0).ravel()
        frame = pd.DataFrame(
            {
                **self._owned(scenario),
                "workcenter_id": np.repeat(load.workcenter_ids, count),
                **self._bucket_columns(buckets, position),
                **{
                    name: np.round(np.nan_to_num(hours.ravel()), HOURS_DIGITS)
                    for name, hours in figures.items()
                },
                "rate_load": np.round(rate, RATE_DIGITS),
                "rate_chance": np.round(chance.ravel(), RATE_DIGITS),
                "has_hours": has_hours,
                "level": self._levels(load, has_hours),
            }
        )
        self._upsert(
            self.env["sop.capacity.line"],
            ("scenario_id", "workcenter_id", "bucket_start"),
            frame,
            gone=SQL("scenario_id = %s", scenario.id),
        )

    def _levels(self, load, has_hours):
        """How full a work center is, strictly above each limit; a load that rounds to no hours at
        all fills nothing."""
        rate = load.rate.ravel()
        is_loaded = np.round(np.nan_to_num(load.load.ravel()), HOURS_DIGITS) > 0
        rate = np.where(has_hours & is_loaded & ~np.isnan(rate), rate, 0.0)
        return np.select(
            [rate > limit for limit in LOAD_LIMITS.values()], list(LOAD_LIMITS), "none"
        )

    def _write_supply_lines(self, scenario, inputs, plan):
        """Store a row a product and bucket, of the products that anything happens with."""
        digits, net, items = self._digits(), plan.net, inputs.items
        figures = {
            "qty_demand": inputs.demand,
            "qty_dependent": net.dependent + inputs.needs,
            "qty_receipts": net.receipts,
            "qty_planned": net.planned,
            "qty_stock": net.stock,
            "qty_target": net.target,
            "qty_short": net.short,
        }
        rows = np.flatnonzero(plan.is_moving)
        count = inputs.buckets.count
        position = np.tile(np.arange(count), len(rows))
        cost = items["cost"].to_numpy(float)[rows][:, None]
        price = items["price"].to_numpy(float)[rows][:, None]
        money = {
            "amount_short": net.short[rows] * price,
            "amount_stock": np.maximum(net.stock[rows], 0.0) * cost,
        }
        frame = pd.DataFrame(
            {
                **self._owned(scenario),
                "product_id": np.repeat(items["product_id"].to_numpy()[rows], count),
                "family_id": self._nullable(np.repeat(items["family_id"].to_numpy()[rows], count)),
                **self._bucket_columns(inputs.buckets, position),
                "zone": inputs.zones[position],
                **{
                    name: np.round(values[rows].ravel(), digits) for name, values in figures.items()
                },
                **{name: np.round(values.ravel(), MONEY_DIGITS) for name, values in money.items()},
            }
        )
        self._upsert(
            self.env["sop.supply.line"],
            ("scenario_id", "product_id", "bucket_start"),
            frame,
            gone=SQL("scenario_id = %s", scenario.id),
        )

    def _write_supply_products(self, scenario, facts):
        """Store a row a product: ``facts`` has the columns of sop.supply.product."""
        frame = facts.assign(
            **self._owned(scenario),
            family_id=self._nullable(facts["family_id"]),
            partner_id=self._nullable(facts["partner_id"]),
        )
        self._upsert(
            self.env["sop.supply.product"],
            ("scenario_id", "product_id"),
            frame,
            gone=SQL("scenario_id = %s", scenario.id),
        )
