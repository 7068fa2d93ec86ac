from odoo import fields, models
from odoo.tools import SQL, format_date

YEAR, PAST = 12, 12  # months compared; months of history drawn
BRIDGE_FAMILIES = 8
SEVERITY_ORDER = {"red": 0, "amber": 1, "none": 2}


class SopPack(models.Model):
    """The demand side of the pack: families and bridge."""

    _inherit = "sop.pack"

    # ---- demand by family and exceptions ----

    def _section_demand(self, cycle):
        _ = self.env._
        reviews = cycle.review_ids.sorted(
            lambda review: (SEVERITY_ORDER[review.severity], -review.amount_impact)
        )
        tables = []
        if reviews:
            tables.append(self._family_table(reviews))
        exceptions = self.env["sop.exception"].search(
            [("cycle_id", "=", cycle.id), ("state", "=", "open")], order="amount_impact desc, id"
        )
        if exceptions:
            tables.append(self._exception_table(exceptions))
        red = len(reviews.filtered(lambda review: review.severity == "red"))
        return self._section(
            "demand",
            _("Demand by family and exceptions"),
            lead=_(
                "%(red)s of %(count)s families are red, %(agreed)s are agreed; compared with:"
                " %(reference)s.",
                red=red,
                count=len(reviews),
                agreed=cycle.agreed_count,
                reference=self._label(cycle, "reference"),
            )
            if reviews
            else "",
            empty="" if reviews else _("No family is planned in this cycle."),
            tables=tables,
            notes=[] if exceptions or not reviews else [_("No exception is open.")],
        )

    def _family_table(self, reviews):
        _ = self.env._
        rows = [
            {
                "level": review.severity,
                "family": self._family_name(review.family_id),
                "consensus": review.qty_consensus,
                "reference": review.qty_reference,
                "deviation": None if review.is_new else review.deviation,
                "impact": review.amount_impact,
                "year": review.amount_year,
                "last_year": review.amount_last_year,
                "owner": review.user_id.name or "",
                "state": self._label(review, "state"),
            }
            for review in reviews
        ]
        columns = [
            ("level", "", "level"), ("family", _("Family"), "text"),
            ("consensus", _("Consensus, 3 months"), "units"),
            ("reference", _("Reference"), "units"),
            ("deviation", _("Deviation"), "change"), ("impact", _("Impact"), "money"),
            ("year", _("Next 12 months"), "money"), ("last_year", _("Last 12 months"), "money"),
            ("owner", _("Owner"), "text"), ("state", _("State"), "text"),
        ]  # fmt: skip
        return self._pack_table("families", _("Families, the most urgent first"), columns, rows, 13)

    def _exception_table(self, exceptions):
        _ = self.env._
        rows = [
            {
                "level": exception.severity,
                "subject": exception._subject(),
                "kind": self._label(exception, "kind"),
                "reason": exception.reason or "",
                "impact": exception.amount_impact,
                "owner": exception.user_id.name or "",
            }
            for exception in exceptions
        ]
        columns = [
            ("level", "", "level"), ("subject", _("What"), "text"), ("kind", _("Kind"), "text"),
            ("reason", _("Why"), "long"), ("impact", _("Impact"), "money"),
            ("owner", _("Owner"), "text"),
        ]  # fmt: skip
        title = _("Open exceptions, the largest first")
        return self._pack_table("exceptions", title, columns, rows, 7)

    def _demand_chart(self, cycle):
        """Orders of the last year, the plan with its interval, the last plan; in money a month."""
        _ = self.env._
        months = self._months(cycle, -PAST, cycle.horizon_months)
        plan = self._monthly_plan(cycle)
        history = dict(
            self.env["sop.demand.history"]._read_group(
                [("company_id", "=", cycle.company_id.id), ("bucket_start", ">=", months[0]),
                 ("bucket_start", "<", cycle.month)],
                ["bucket_start:month"], ["amount:sum"],
            )
        )  # fmt: skip
        last = self._last_plan(cycle)
        before = self._monthly_plan(last) if last else {}
        series = [
            ("past", _("Ordered"), [history.get(m, 0.0) if m < cycle.month else None
                                    for m in months]),
            ("main", _("Consensus"), [plan[m][0] if m in plan else None for m in months]),
            ("dashed", _("Statistical forecast"), [plan[m][1] if m in plan else None
                                                   for m in months]),
            ("dotted", _("Last plan"), [before[m][0] if m in before and m >= cycle.month else None
                                        for m in months]),
        ]  # fmt: skip
        return {
            "kind": "line",
            "title": _("Demand by month"),
            "format": "money_short",
            "labels": [format_date(self.env, m, date_format="MMM yy") for m in months],
            "series": [
                {"style": style, "label": label, "values": values}
                for style, label, values in series
                if any(values)
            ],
            "low": [max(0.0, plan[m][0] - plan[m][2]) if m in plan else None for m in months],
            "high": [plan[m][0] + plan[m][3] if m in plan else None for m in months],
            "band_label": _("From all products at their low to all at their high (80 % each)"),
        }

    def _monthly_plan(self, cycle):
        """{month: (consensus, statistical, interval below it, above it)} in money."""
        self.env["sop.demand.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT bucket_start, SUM(amount_consensus)::float8,
                       SUM(amount_statistical)::float8,
                       SUM(price_unit * GREATEST(0, qty_statistical - qty_low))::float8,
                       SUM(price_unit * GREATEST(0, qty_high - qty_statistical))::float8
                  FROM sop_demand_line
                 WHERE cycle_id = %s
              GROUP BY bucket_start
                """,
                cycle.id,
            )
        )
        return {month: [figure or 0.0 for figure in figures] for month, *figures in rows}

    # ---- bridge ----

    def _section_bridge(self, cycle):
        """Why the plan differs from the last one; without one, from what was ordered last year."""
        _ = self.env._
        last = self._last_plan(cycle)
        start, first, before = (
            (_("Last plan (%s)", last.name), last, self._family_amounts(last, cycle))
            if last
            else (
                _("Ordered in the last 12 months"),
                cycle,
                {r.family_id: r.amount_last_year for r in cycle.review_ids},
            )
        )
        now = self._family_amounts(cycle, cycle)
        if not first or not (before or now):
            return self._section("bridge", _("Bridge to the new plan"),
                                 empty=_("There is no plan to compare."))  # fmt: skip
        items, rows = self._bridge_items(start, before, now)
        columns = [
            ("family", _("Family"), "text"), ("before", start, "money"),
            ("now", _("This plan"), "money"), ("change", _("Change"), "change_money"),
            ("rate", _("In percent"), "change"),
        ]  # fmt: skip
        return self._section(
            "bridge",
            _("Bridge to the new plan, next 12 months"),
            lead=self._bridge_words(last, before, now),
            charts=[{"kind": "bridge", "title": _("Bridge"), "format": "money_short",
                     "items": items}],
            tables=[self._pack_table("bridge", _("By family"), columns, rows, 11)],
        )  # fmt: skip

    def _family_amounts(self, plan, cycle):
        """{family: value of the plan's months within the next twelve of the cycle}."""
        return dict(
            self.env["sop.demand.line"]._read_group(
                [
                    ("cycle_id", "=", plan.id),
                    ("bucket_start", ">=", cycle.month),
                    ("bucket_start", "<", fields.Date.add(cycle.month, months=YEAR)),
                ],
                ["family_id"],
                ["amount_consensus:sum"],
            )
        )

    def _bridge_items(self, start, before, now):
        families = sorted(
            set(before) | set(now), key=lambda f: -abs(now.get(f, 0.0) - before.get(f, 0.0))
        )
        rows = []
        for family in families:
            old, new = before.get(family, 0.0), now.get(family, 0.0)
            rows.append(
                {
                    "family": self._family_name(family),
                    "before": old,
                    "now": new,
                    "change": new - old,
                    "rate": (new / old - 1) if old else None,
                }
            )
        shown, others = rows[:BRIDGE_FAMILIES], rows[BRIDGE_FAMILIES:]
        items = [{"label": start, "value": sum(before.values()), "kind": "total"}]
        items += [
            {"label": row["family"], "value": row["change"], "kind": "delta"} for row in shown
        ]
        if others:
            label = self.env._("%s other families", len(others))
            rest = sum(row["change"] for row in others)
            items.append({"label": label, "value": rest, "kind": "delta"})
        total = {"label": self.env._("This plan"), "value": sum(now.values()), "kind": "total"}
        return [*items, total], rows

    def _bridge_words(self, last, before, now):
        old, new = sum(before.values()), sum(now.values())
        change = self._percent(new / old - 1) if old else self.env._("new")
        if last:
            return self.env._(
                "%(change)s on the plan approved in %(cycle)s, for the same months.",
                change=change,
                cycle=last.name,
            )
        return self.env._(
            "No plan has been approved before this one: the bridge starts from what was ordered in"
            " the last 12 months (%s).",
            change,
        )
