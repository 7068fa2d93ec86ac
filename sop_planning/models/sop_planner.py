import numpy as np
import pandas as pd

from odoo import api, models
from odoo.exceptions import LockError, UserError

from .. import engine

METHOD_DIGITS = 4


class SopPlanner(models.AbstractModel):
    """The door between records and engine: read, compute, write; engine codes become sentences."""

    _name = "sop.planner"
    _description = "S&OP Planner"

    @api.model
    def _refresh(self, cycle, track):
        """Compute the cycle's demand plan from today's native records.

        Everything is read and computed before the first row is written, in one transaction: a
        failure leaves the last plan as it was. ``track(name)`` times a step and shows progress.
        """
        cycle._check_not_frozen()
        self._lock(cycle)
        try:
            self._refresh_demand(cycle, track)
        except engine.EngineError as error:
            raise UserError(self._sentence(error)) from error
        cycle.sudo().date_snapshot = self.env.cr.now()

    def _lock(self, cycle):
        try:
            cycle.sudo().lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._("%s is being refreshed already: wait for it to end.", cycle.name)
            ) from error

    def _refresh_demand(self, cycle, track):
        months = engine.Buckets.months(cycle.month, cycle.horizon_months)
        with track("gather"):
            feeds = self._gather(cycle, track)
            base = engine.demand_base(
                feeds["products"], feeds["demand"], feeds["inputs"], months, cycle.history_months
            )
            self._check_base(cycle, base)
        with track("forecast") as row:
            forecast = self._forecast(base)
            row["rows"] = len(forecast.mean)
        with track("compose") as row:
            lines = engine.plan_lines(base, forecast, feeds["inputs"], self._digits())
            row["rows"] = len(lines)
            kind, reference = engine.reference(cycle.reference, base, lines, feeds["last plan"])
        with track("write"):
            self._write_history(cycle, base)
            self._write_lines(cycle, lines)
            self._write_products(cycle, base, forecast, reference)
            self._write_reviews(cycle, base, feeds["families"], kind, reference)
        with track("flag"):
            self._write_data_exceptions(cycle, base, feeds)
            self._flag(cycle)

    def _gather(self, cycle, track):
        first_day = cycle.company_id._sop_months_after(cycle.month, -cycle.history_months)
        return self.env["sop.source"]._read_demand_feeds(cycle, first_day, track)

    def _check_base(self, cycle, base):
        company = cycle.company_id.name
        if not base.past.qty.any() and not base.booked.qty.any():
            raise UserError(
                self.env._(
                    "%(company)s has no confirmed sales of goods requested in the %(months)s months"
                    " before %(cycle)s: confirm or import sales orders, or choose another company.",
                    company=company,
                    months=cycle.history_months,
                    cycle=cycle.name,
                )
            )
        if not base.is_planned.any():
            raise UserError(
                self.env._(
                    "None of the %(count)s products that %(company)s sold is still for sale:"
                    " activate products and tick Sales on them.",
                    count=len(base.product_ids),
                    company=company,
                )
            )
        if not base.family_ids[base.is_planned].any():
            raise UserError(
                self.env._(
                    "None of the products that %s sells has a product category, so there is no"
                    " family to plan: give the products categories.",
                    company,
                )
            )

    def _forecast(self, base):
        planned = base.is_planned
        return engine.forecast(
            base.past.qty[planned], base.months.count, groups=base.peers[planned]
        )

    def _digits(self):
        return self.env["decimal.precision"].precision_get("Product Unit")

    def _sentence(self, error):
        """What an engine error means for a user, and what to do about it."""
        match error.code:
            case "thresholds":
                return self.env._(
                    "The amber threshold must be above 0 and below red: correct them in the"
                    " settings or on the families."
                )
            case "duplicate_key":
                return self.env._(
                    "The records of %s contain the same key twice: report this to your"
                    " administrator.",
                    error.details.get("table"),
                )
            case _:
                return self.env._(
                    "The plan could not be computed (%(code)s: %(details)s).",
                    code=error.code,
                    details=error.details,
                )

    @api.model
    def _recompose(self, lines):
        """Bring the consensus of lines that a person changed, and all that follows, up to date."""
        if not lines:
            return
        frame = self.env["sop.source"]._read_lines(lines)
        frame["qty_consensus"] = np.round(engine.consensus(frame), self._digits())
        frame["amount_consensus"] = np.round(frame["qty_consensus"] * frame["price_unit"], 2)
        self._update(lines.browse(), frame[["id", "qty_consensus", "amount_consensus"]])
        for cycle in lines.cycle_id:
            self._flag(cycle)

    def _product_facts(self, base, forecast, reference):
        planned = base.is_planned
        first = engine.first_sale(base.past.qty[planned])
        has_backtest = np.isfinite(forecast.error)
        return pd.DataFrame(
            {
                "product_id": base.product_ids[planned],
                "family_id": base.family_ids[planned],
                "pattern": forecast.pattern,
                "method": forecast.method,
                "months_corrected": forecast.corrected,
                "rate_error": np.round(np.nan_to_num(forecast.error), METHOD_DIGITS),
                "rate_error_naive": np.round(np.nan_to_num(forecast.error_naive), METHOD_DIGITS),
                "has_backtest": has_backtest,
                "months_sold": base.past.qty.shape[1] - first,
                "price_unit": np.round(base.price[planned], 6),
                "qty_reference": np.round(reference[planned], self._digits()),
            }
        )
