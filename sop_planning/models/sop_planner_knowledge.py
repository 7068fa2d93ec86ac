import numpy as np
import pandas as pd

from odoo import models

from .. import engine


class SopPlanner(models.AbstractModel):
    """What people know beside the history, as figures of the plan."""

    _inherit = "sop.planner"

    def _know(self, base, forecast, history, feeds):
        """Knowledge of the planned products, the effects of events by event, what keeps events
        from having any, and the seasons."""
        planned = base.is_planned
        ids, months = base.product_ids[planned], base.months
        seasons = self._seasons(base, history, feeds["seasonal indices"])
        season = engine.season_effect(
            forecast.mean, seasons.position, seasons.computed, seasons.chosen, base.months.start
        )
        expected = np.maximum(forecast.mean + season, 0.0)
        past = base.past.qty.copy()  # like-items may be products that are no longer sold
        past[planned] = history.clean
        known = engine.shared_units(feeds["events"], ids, expected.sum(axis=1))
        effects, unused = engine.event_effects(known, ids, expected, months, past, base.product_ids)
        events = {
            kind: engine.arranged(effects[effects["kind"] == kind], "qty", ids, months)
            for kind in engine.EVENT_KINDS
        }
        expected = np.maximum(expected + sum(events.values()), 0.0)
        quotation = engine.arranged(self._weighted(feeds), "qty", ids, months)
        pipeline = engine.added_pipeline(expected, base.booked.qty[planned], quotation)
        return engine.Knowledge(season, events, quotation, pipeline), effects, unused, seasons

    def _weighted(self, feeds):
        """Open quotations times the conversion of their stage and team."""
        decided = feeds["conversions"]
        if not decided["lost"].sum():
            decided = decided[:0]
        rates = engine.conversion(decided)
        return engine.weighted_pipeline(feeds["quotations"], rates)

    def _seasons(self, base, history, chosen):
        """The families' seasonal indices by calendar month, measured and as people chose them."""
        planned = base.is_planned
        families, position = np.unique(base.family_ids[planned], return_inverse=True)
        sums = np.zeros((len(families), history.clean.shape[1]))
        np.add.at(sums, position, history.clean / history.factors[: history.clean.shape[1]])
        computed = engine.seasonal_indices(sums, engine.SEASON, base.past.buckets.start.month)
        used = computed.copy()
        row = pd.Index(families).get_indexer(chosen["family_id"])
        known = row >= 0
        used[row[known], chosen["month_number"][known].to_numpy(int) - 1] = chosen["index"][known]
        return engine.Seasons(families, position, computed, used)

    def _write_problems(self, feeds, unused):
        """Keep on each event why it, or one of its products, does not count in the plan."""
        codes = unused.drop_duplicates("event_id").set_index("event_id")["code"]
        events = feeds["events"]["event_id"].drop_duplicates()
        frame = pd.DataFrame({"id": events, "unused_code": codes.reindex(events).to_numpy()})
        self._update(self.env["sop.event"], frame)

    def _write_effects(self, cycle, base, effects):
        """Store what each event adds, by product and month."""
        planned = base.is_planned
        ids = base.product_ids[planned]
        row = pd.Index(ids).get_indexer(effects["product_id"])
        qty = effects["qty"].to_numpy(float).round(self._digits())
        frame = pd.DataFrame(
            {
                "cycle_id": cycle.id,
                "company_id": cycle.company_id.id,
                "event_id": effects["event_id"],
                "kind": effects["kind"],
                "product_id": effects["product_id"],
                "family_id": self._nullable(base.family_ids[planned][row]),
                "bucket_start": effects["bucket_start"],
                "qty": qty,
                "amount": np.round(qty * base.price[planned][row], 2),
            }
        )
        self._upsert_effects(cycle, frame[frame["qty"] != 0])
