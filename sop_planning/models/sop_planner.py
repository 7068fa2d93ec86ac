import numpy as np
import pandas as pd

from odoo import api, models
from odoo.exceptions import LockError, UserError

from .. import engine

RATE_DIGITS = 4


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
            base, lines, feeds = self._refresh_demand(cycle, track)
            self._refresh_supply(cycle, base, lines, feeds, track)
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
        with track("gather"):
            self.env["sop.demand.override"]._fall_with_sources([("cycle_id", "=", cycle.id)])
            feeds = self._gather(cycle, track)
            base = self._base(cycle, feeds)
            self._check_base(cycle, base)
        with track("clean") as row:
            history = self._usable_history(cycle, base, feeds)
            row["rows"] = int((history.kind != "").sum())
        with track("forecast") as row:
            forecast = self._forecast(base, history)
            row["rows"] = len(forecast.mean)
        with track("compose") as row:
            knowledge, effects, unused, seasons = self._know(base, forecast, history, feeds)
            lines = engine.plan_lines(
                base, forecast, knowledge, feeds["inputs"], feeds["families"], self._digits()
            )
            row["rows"] = len(lines)
            kind, reference = self._reference(cycle, base, history, lines, feeds)
        with track("write"):
            self._write_history(cycle, base)
            if cycle.is_current:  # what belongs to the company follows its newest cycle
                self._write_corrections(cycle, base, history, feeds)
                self._write_season_indices(cycle, seasons)
                self._write_event_results(base, history, feeds)
                self._write_problems(feeds, unused)
            self._write_lines(cycle, lines)
            self._write_effects(cycle, base, effects)
            self._write_products(cycle, base, forecast, reference)
            self._write_reviews(cycle, base, feeds["families"], kind, reference)
        with track("learn"):
            self._freeze(cycle)
            self._write_backtest(cycle, base, forecast)
            self._learn(cycle)
            if not cycle.date_snapshot and cycle.company_id.sop_carry_overrides:
                self._carry_overrides(cycle)
        with track("flag"):
            self._write_data_exceptions(cycle, base, feeds)
            self._write_signals(cycle, base, lines, feeds)
            self._flag(cycle)
        cycle.sudo().rate_working_days = history.elasticity
        return base, lines, feeds

    def _base(self, cycle, feeds):
        months = engine.Buckets.months(cycle.month, cycle.horizon_months)
        events = feeds["events"]
        expected = np.concatenate(
            [
                feeds["quotations"]["product_id"],
                events["product_id"],
                events.loc[events["kind"] == "phase_out", "other_id"],
                self._without_history(feeds),
            ]
        )
        return engine.demand_base(
            feeds["products"],
            feeds["demand"],
            feeds["inputs"]["product_id"].to_numpy(),
            months,
            cycle.history_months,
            expected.astype("int64"),
        )

    def _without_history(self, feeds):
        """The products to plan by hand: all for sale that have a family, where nothing was sold."""
        products = feeds["products"]
        is_start = not feeds["demand"]["qty"].any() and feeds["foreign units"].empty
        is_plannable = products["is_planned"] & (products["family_id"] > 0)
        return products.loc[is_plannable & is_start, "product_id"].to_numpy()

    def _reference(self, cycle, base, history, lines, feeds):
        """The kind of reference really used and its figures by product (n,)."""
        clean = base.past.qty.copy()
        clean[base.is_planned] = history.clean
        if cycle.reference == "budget":
            budget = engine.budget_reference(base, lines, feeds["targets"], clean)
            if budget is not None:
                return "budget", budget
        wanted = "trend" if cycle.reference == "budget" else cycle.reference
        return engine.reference(wanted, base, lines, feeds["last plan"], clean)

    def _gather(self, cycle, track):
        first_day = cycle.company_id._sop_months_after(cycle.month, -cycle.history_months)
        return self.env["sop.source"]._read_demand_feeds(cycle, first_day, track)

    def _check_base(self, cycle, base):
        company = cycle.company_id.name
        if not len(base.product_ids):
            raise UserError(
                self.env._(
                    "%(company)s has no confirmed sales of goods requested in the %(months)s months"
                    " before %(cycle)s, and no goods with a category are for sale: confirm or"
                    " import sales orders, or tick Sales on products.",
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
            case "value" | "kind":
                return self.env._("Enter a figure to change the demand by.")
            case "negative":
                return self.env._(
                    "Demand cannot become negative: the change takes more than there is. Enter a"
                    " smaller one."
                )
            case "locked":
                return self.env._(
                    "The locked products alone exceed this figure, or all products are locked:"
                    " unlock products or enter another figure."
                )
            case "price":
                return self.env._("The products have no price: give them one, or enter a quantity.")
            case "weights":
                return self.env._(
                    "The weights of the families' inputs cannot be negative: correct them on the"
                    " families."
                )
            case "method_unknown":
                return self.env._(
                    "There is no forecast method %(method)s: register it, or choose one of"
                    " %(known)s.",
                    method=error.details["method"],
                    known=", ".join(error.details["known"]),
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
                    details=str(error.details),
                )

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
                "rate_bias": np.round(np.nan_to_num(forecast.bias), RATE_DIGITS),
                "rate_coverage": np.round(np.nan_to_num(forecast.coverage), RATE_DIGITS),
                "rate_trend": np.round(forecast.shares[:, 0], RATE_DIGITS),
                "rate_season": np.round(forecast.shares[:, 1:].max(axis=1), RATE_DIGITS),
                "is_reconciled": forecast.reconciled,
                "rate_error": np.round(np.nan_to_num(forecast.error), RATE_DIGITS),
                "rate_error_naive": np.round(np.nan_to_num(forecast.error_naive), RATE_DIGITS),
                "has_backtest": has_backtest,
                "months_sold": base.past.qty.shape[1] - first,
                "price_unit": np.round(base.price[planned], 6),
                "qty_reference": np.round(reference[planned], self._digits()),
            }
        )
