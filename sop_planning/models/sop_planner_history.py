import numpy as np
import pandas as pd

from odoo import models

from .. import engine

MANUAL = "manual"


class SopPlanner(models.AbstractModel):
    """History made usable: the corrections, what people think of them, and the working days."""

    _inherit = "sop.planner"

    def _usable_history(self, cycle, base, feeds):
        """The planned products' history as the forecast reads it: UsableHistory."""
        planned = base.is_planned
        ids, months = base.product_ids[planned], base.past.buckets
        actual = base.past.qty[planned]
        promoted, uplift = engine.past_promotions(feeds["events"], ids, months)
        out = engine.arranged(feeds["stock-outs"], "share", ids, months)
        clean, kind = engine.corrections(actual, engine.SEASON, out, promoted, uplift)
        proposal = clean.copy()
        spoken = self._located(feeds["corrections"], ids, months)
        for row, column, qty, is_applied in spoken:
            clean[row, column] = qty if is_applied else max(actual[row, column], 0.0)
        days = cycle.company_id._sop_working_days_by_month(months.starts[0].date(), cycle.date_end)
        # in money, so that kilograms and pieces add up
        worth = clean * base.price[planned][:, None]
        factors, elasticity = engine.working_day_factors(worth, np.array(days, float))
        return engine.UsableHistory(
            actual=actual,
            proposal=proposal,
            clean=clean,
            kind=kind,
            promoted=promoted,
            out_of_stock=out,
            factors=factors,
            elasticity=elasticity,
        )

    def _located(self, corrections, ids, months):
        """What people said, as (row, column, units, is_applied)."""
        row = pd.Index(ids).get_indexer(corrections["product_id"])
        column = months.locate(corrections["bucket_start"])
        known = (row >= 0) & (column >= 0)
        applied = corrections["is_applied"].astype(bool) & corrections["is_manual"].astype(bool)
        return zip(row[known], column[known], corrections["qty"][known], applied[known])

    def _forecast(self, base, history):
        """The forecast from the corrected history, freed of working-day effects."""
        planned, m = base.is_planned, base.past.buckets.count
        factors = history.factors
        forecast = engine.forecast(
            history.actual / factors[:m],
            base.months.count,
            groups=base.peers[planned],
            clean=history.clean / factors[:m],
            methods=self._forecast_methods(),
        )
        return engine.scaled(forecast, factors)

    def _forecast_methods(self):
        """Names of registered forecast methods to combine with the filters; addons add theirs."""
        return ()

    def _write_corrections(self, cycle, base, history, feeds):
        """Store the proposed corrections; those that people made or reversed stay as they are."""
        spoken = feeds["corrections"]
        manual = spoken[spoken["is_manual"].astype(bool)]
        planned = base.is_planned
        row, column = np.nonzero(history.kind != "")
        events = engine.promoting_events(
            feeds["events"], base.product_ids[planned], base.past.buckets
        )
        is_promotion = history.kind[row, column] == "promotion"
        frame = pd.DataFrame(
            {
                "company_id": cycle.company_id.id,
                "product_id": base.product_ids[planned][row],
                "family_id": self._nullable(base.family_ids[planned][row]),
                "bucket_start": base.past.buckets.starts[column],
                "kind": history.kind[row, column],
                "qty_actual": np.round(history.actual[row, column], self._digits()),
                "qty_corrected": np.round(history.proposal[row, column], self._digits()),
                "event_id": self._nullable(np.where(is_promotion, events[row, column], 0)),
                "is_applied": True,
            }
        )
        frame["qty_difference"] = frame["qty_corrected"] - frame["qty_actual"]
        price = base.price[planned][row]
        frame["amount_difference"] = np.round(np.abs(frame["qty_difference"]) * price, 2)
        by_hand = pd.MultiIndex.from_arrays(
            [manual["product_id"], pd.to_datetime(manual["bucket_start"])]
        )
        keys = pd.MultiIndex.from_arrays([frame["product_id"], frame["bucket_start"]])
        self._write_spoken(base, spoken)
        self._upsert_corrections(cycle, base.past.buckets, frame[~keys.isin(by_hand)])

    def _write_spoken(self, base, spoken):
        """Keep the actual figure of the corrections that people made or reversed up to date."""
        row = pd.Index(base.product_ids).get_indexer(spoken["product_id"])
        column = base.past.buckets.locate(spoken["bucket_start"])
        known = (row >= 0) & (column >= 0)
        actual = base.past.qty[row[known], column[known]].round(self._digits())
        difference = spoken["qty"].to_numpy(float)[known] - actual
        frame = pd.DataFrame(
            {
                "id": spoken["id"][known],
                "qty_actual": actual,
                "qty_difference": difference.round(self._digits()),
                "amount_difference": np.abs(difference * base.price[row[known]]).round(2),
            }
        )
        self._update(self.env["sop.demand.correction"], frame)

    def _write_season_indices(self, cycle, seasons):
        """Store the measured indices; those that people chose stay."""
        families, months = len(seasons.family_ids), engine.SEASON
        frame = pd.DataFrame(
            {
                "company_id": cycle.company_id.id,
                "family_id": np.repeat(seasons.family_ids, months),
                "month_number": np.tile(np.arange(1, months + 1), families),
                "index_computed": np.round(seasons.computed.ravel(), 3),
                "index_used": np.round(seasons.chosen.ravel(), 3),
            }
        )
        self._upsert(
            self.env["sop.season.index"],
            ("company_id", "family_id", "month_number"),
            frame[frame["family_id"] > 0],
        )

    def _write_event_results(self, base, history, feeds):
        """What promotions that are over did, beside what was planned."""
        expected = engine.baseline(
            history.actual, history.promoted, engine.SEASON, history.out_of_stock
        )
        results = engine.promotion_results(
            feeds["events"],
            base.product_ids[base.is_planned],
            base.past.buckets,
            history.actual,
            expected,
        )
        sums = results.groupby("event_id")[["qty_effect", "qty_expected"]].sum()
        sums = sums[sums["qty_expected"] > 0]
        frame = pd.DataFrame(
            {
                "id": sums.index,
                "qty_result": sums["qty_effect"].round(self._digits()).to_numpy(),
                "rate_result": (sums["qty_effect"] / sums["qty_expected"]).round(4).to_numpy(),
                "has_result": True,
            }
        )
        self._update(
            self.env["sop.event"], frame[["id", "qty_result", "rate_result", "has_result"]]
        )
