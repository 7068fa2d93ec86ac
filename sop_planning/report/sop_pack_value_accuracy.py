from odoo import fields, models
from odoo.tools import formatLang

WORST = 5
ACCURACY_MONTHS = 12


class SopPack(models.Model):
    """How good the forecasts were, and what people changed in this one."""

    _inherit = "sop.pack"

    # ---- accuracy and bias ----

    def _section_accuracy(self, cycle):
        _ = self.env._
        measured = self.env["sop.forecast.accuracy"]
        domain = [
            ("company_id", "=", cycle.company_id.id),
            ("lag", "=", 1),
            ("bucket_start", ">=", fields.Date.subtract(cycle.month, months=ACCURACY_MONTHS)),
            ("bucket_start", "<", cycle.month),
        ]
        figures = ["rate_wmape_value:avg", "rate_bias:avg", "amount_abs_error:sum",
                   "amount_actual:sum", "__count"]  # fmt: skip
        steps = measured._read_group(domain, ["step"], figures)
        consensus = [*domain, ("step", "=", "consensus")]
        families = measured._read_group(consensus, ["family_id"], figures)
        if not families:
            return self._section(
                "accuracy",
                _("Forecast accuracy and bias"),
                empty=_("No forecast can be measured yet: none was made for a month that is over."),
            )
        worst = sorted(families, key=lambda row: -(row[3] or 0.0))[:WORST]
        sources = [source for (source,) in measured._read_group(consensus, ["source"])]
        return self._section(
            "accuracy",
            _("Forecast accuracy and bias"),
            lead=_(
                "Months before %(month)s, %(count)s at most, forecast one month ahead; errors by"
                " value, so that dear products count more.",
                month=cycle.name,
                count=ACCURACY_MONTHS,
            ),
            charts=[self._error_chart(worst)],
            tables=[self._step_table(steps), self._worst_table(worst)],
            notes=[_("Part of it is a backtest: months of which no plan was kept.")]
            if "backtest" in sources
            else [],
        )

    def _error_chart(self, worst):
        return {
            "kind": "bar",
            "title": self.env._("Error of the five families with the largest one, in money"),
            "format": "money",
            "items": [
                {"label": self._family_name(family), "value": error or 0.0,
                 "note": self.env._("= %s of what was ordered",
                                    formatLang(self.env, 100 * (wmape or 0.0), digits=0) + " %")}
                for family, wmape, _bias, error, _actual, _count in worst
            ],
        }  # fmt: skip

    def _step_table(self, steps):
        _ = self.env._
        labels = dict(
            self.env["sop.forecast.accuracy"]._fields["step"]._description_selection(self.env)
        )
        rows, before = [], None
        for step, wmape, bias, *_rest in steps:
            if step == "override":
                continue
            added = None if before is None or wmape is None else before - wmape
            rows.append({"step": labels[step], "error": wmape, "bias": bias, "added": added})
            before = wmape
        columns = [
            ("step", _("Step of the forecast"), "text"), ("error", _("Error (WMAPE)"), "percent"),
            ("bias", _("Bias"), "change"), ("added", _("Value added to the step before"), "points"),
        ]  # fmt: skip
        return self._pack_table("steps", _("Who made the forecast better"), columns, rows, 6)

    def _worst_table(self, worst):
        _ = self.env._
        rows = [
            {"family": self._family_name(family), "error": wmape, "bias": bias,
             "amount_error": error, "amount_actual": actual}
            for family, wmape, bias, error, actual, _count in worst
        ]  # fmt: skip
        columns = [
            ("family", _("Family"), "text"), ("error", _("Error (WMAPE)"), "percent"),
            ("bias", _("Bias (+ too high)"), "change"), ("amount_error", _("Error"), "money"),
            ("amount_actual", _("Ordered"), "money"),
        ]  # fmt: skip
        return self._pack_table("worst", _("The worst five families"), columns, rows, WORST)

    # ---- overrides ----

    def _section_overrides(self, cycle):
        _ = self.env._
        entries = self.env["sop.demand.override"].search(
            [("cycle_id", "=", cycle.id), ("kind", "!=", "undo"), ("undone_by_id", "=", False)]
        )
        rows = [
            {
                "subject": entry.product_id.display_name or self._family_name(entry.family_id),
                "months": entry._months_label(),
                "before": entry.qty_old,
                "after": entry.qty_new,
                "amount": entry.amount_change,
                "kind": self._label(entry, "kind"),
                "reason": ": ".join(filter(None, (entry.reason_id.name, entry.note))),
                "owner": entry.user_id.name,
                "date": cycle.company_id._sop_day(entry.create_date),
            }
            for entry in entries.sorted(lambda entry: -abs(entry.amount_change))
        ]
        columns = [
            ("subject", _("What"), "text"), ("months", _("Months"), "text"),
            ("before", _("Before"), "units"), ("after", _("After"), "units"),
            ("amount", _("Change in value"), "change_money"), ("kind", _("Kind"), "text"),
            ("reason", _("Reason"), "long"), ("owner", _("By"), "text"), ("date", _("On"), "date"),
        ]  # fmt: skip
        total = sum(row["amount"] for row in rows)
        return self._section(
            "overrides",
            _("Overrides with reason and owner"),
            lead=_(
                "%(count)s changes by people stand, %(total)s together.",
                count=len(rows),
                total=self._money_words(cycle, total),
            )
            if rows
            else "",
            empty="" if rows else _("Nobody has overridden the computed demand in this cycle."),
            tables=[self._pack_table("overrides", "", columns, rows, 20)] if rows else [],
        )
