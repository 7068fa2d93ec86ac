import numpy as np
import pandas as pd

from odoo import api, fields, models

from .sop_forecast import BACKTEST, FROZEN_MONTHS

KEY = ["product_id", "bucket_start", "lag"]
FREEZE_DAYS = 14  # after the opening of a cycle


class SopPlanner(models.AbstractModel):
    """What was forecast, kept until it can be compared with what came."""

    _inherit = "sop.planner"

    @api.model
    def _apply_inputs(self, lines):
        result = super()._apply_inputs(lines)
        for cycle, own in lines.grouped("cycle_id").items():
            self._freeze(cycle, own)
        return result

    @api.model
    def _freeze(self, cycle, lines=None):
        """Keep the forecasts of the cycle's first months, or of some of its plan lines, as they
        stand: until its plan is approved, and no longer than FREEZE_DAYS after its opening, so that
        nobody forecasts a month that is nearly over."""
        company = cycle.company_id
        today = company._sop_today()
        is_late = today > fields.Date.add(cycle.date_open, days=FREEZE_DAYS)
        if cycle.is_frozen or is_late or cycle.month != company._sop_month(today):
            return
        until = company._sop_months_after(cycle.month, FROZEN_MONTHS)
        self._write_frozen(cycle, until, lines)

    @api.model
    def _learn(self, cycle):
        """Fill in what was ordered in the months that the cycle's history covers."""
        first_day = cycle.company_id._sop_months_after(cycle.month, -cycle.history_months)
        self._write_actuals(cycle.company_id, first_day, cycle.month)

    @api.model
    def _write_backtest(self, cycle, base, forecast):
        """Store what today's method would have said in the months before the company's newest
        cycle; months of which a plan was kept need no backtest."""
        if not cycle.is_current:
            return
        frame = self._backtest_rows(base, forecast.past)
        first_day = frame["bucket_start"].min().date() if len(frame) else cycle.month
        kept = self.env["sop.source"]._read_frozen_keys(cycle.company_id, first_day)
        kept["bucket_start"] = pd.to_datetime(kept["bucket_start"])
        is_kept = pd.MultiIndex.from_frame(frame[KEY]).isin(pd.MultiIndex.from_frame(kept))
        self._upsert_backtest(cycle, frame[~is_kept])

    def _backtest_rows(self, base, past):
        """One row a product, month and lag that the backtest measured and that is not all zero."""
        is_something = (past.actual != 0) | (past.mean != 0) | (past.naive != 0)
        row, column = np.nonzero(past.seen & is_something)
        planned, digits = base.is_planned, self._digits()
        frame = pd.DataFrame(
            {
                "product_id": base.product_ids[planned][row],
                "bucket_start": base.past.buckets.starts[past.buckets[column]],
                "lag": past.lags[column],
                "family_id": self._nullable(base.family_ids[planned][row]),
                "qty_naive": past.naive[row, column].round(digits),
                "qty_statistical": past.mean[row, column].round(digits),
                "qty_actual": past.actual[row, column].round(digits),
                "price_unit": base.price[planned][row].round(6),
            }
        )
        return frame.assign(
            source=BACKTEST,
            is_closed=True,
            qty_computed=frame["qty_statistical"],
            qty_consensus=frame["qty_statistical"],
        )
