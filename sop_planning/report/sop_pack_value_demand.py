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
            ("owner", _("Owner"), "text"), ("state", _("State"), "code"),
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
        before = self._last_amounts(cycle, "bucket_start:month")
        series = [
            ("past", _("Ordered"), [history.get(m, 0.0) if m < cycle.month else None
                                    for m in months]),
            ("main", _("Consensus"), [plan[m][0] if m in plan else None for m in months]),
            ("dashed", _("Statistical forecast"), [plan[m][1] if m in plan else None
                                                   for m in months]),
            ("dotted", _("Last plan"), [before.get(m) for m in months]),
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
        title = self.env._("Bridge to the new plan, next 12 months")
        data = cycle.get_bridge_data()
        if data:
            return self._bridge_of_causes(cycle, title, data)
        return self._bridge_of_families(cycle, title)

    def _bridge_of_causes(self, cycle, title, data):
        _ = self.env._
        last = cycle._last_plan()
        causes = dict(self.env["sop.plan.bridge"]._fields["cause"]._description_selection(self.env))
        moved = [cause for cause in causes if any(row["causes"][cause]["amount"] for row in data)]
        rows = [
            {
                "family": row["family"],
                "before": row["old"]["amount"],
                **{cause: row["causes"][cause]["amount"] for cause in moved},
                "now": row["new"]["amount"],
                "change": row["new"]["amount"] - row["old"]["amount"],
            }
            for row in data
        ]
        start = _("Last plan (%s)", last.display_name)
        deltas = [(causes[cause], sum(row[cause] for row in rows)) for cause in moved]
        columns = [
            ("family", _("Family"), "text"), ("before", _("Last plan"), "money"),
            *((cause, causes[cause], "change_money") for cause in moved),
            ("now", _("This plan"), "money"), ("change", _("Change"), "change_money"),
        ]  # fmt: skip
        return self._bridge(title, start, deltas, columns, rows, self._change_words(rows, last))

    def _bridge_of_families(self, cycle, title):
        _ = self.env._
        before = {review.family_id: review.amount_last_year for review in cycle.review_ids}
        now = self._family_amounts(cycle)
        if not before and not now:
            return self._section("bridge", title, empty=_("There is no plan to compare."))
        families = sorted(
            set(before) | set(now), key=lambda f: -abs(now.get(f, 0.0) - before.get(f, 0.0))
        )
        rows = [
            {"family": self._family_name(family), "before": before.get(family, 0.0),
             "now": now.get(family, 0.0), "change": now.get(family, 0.0) - before.get(family, 0.0)}
            for family in families
        ]  # fmt: skip
        deltas = [(row["family"], row["change"]) for row in rows[:BRIDGE_FAMILIES]]
        rest = [row["change"] for row in rows[BRIDGE_FAMILIES:]]
        if rest:
            deltas.append((_("%s other families", len(rest)), sum(rest)))
        start = _("Ordered in the last 12 months")
        columns = [
            ("family", _("Family"), "text"), ("before", start, "money"),
            ("now", _("This plan"), "money"), ("change", _("Change"), "change_money"),
        ]  # fmt: skip
        return self._bridge(title, start, deltas, columns, rows, self._change_words(rows, None))

    def _bridge(self, title, start, deltas, columns, rows, lead):
        _ = self.env._
        ends = [(start, sum(row["before"] for row in rows)),
                (_("This plan"), sum(row["now"] for row in rows))]  # fmt: skip
        items = [
            {"label": label, "value": value, "kind": kind}
            for (label, value), kind in zip(
                [ends[0], *deltas, ends[1]], ["total", *["delta"] * len(deltas), "total"]
            )
        ]
        chart = {"kind": "bridge", "title": _("Bridge"), "format": "money_short", "items": items}
        table = self._pack_table("bridge", _("By family"), columns, rows, 11)
        return self._section("bridge", title, lead=lead, charts=[chart], tables=[table])

    def _family_amounts(self, cycle):
        """{family: value of the cycle's plan in its next twelve months}."""
        return dict(
            self.env["sop.demand.line"]._read_group(
                [
                    ("cycle_id", "=", cycle.id),
                    ("bucket_start", ">=", cycle.month),
                    ("bucket_start", "<", fields.Date.add(cycle.month, months=YEAR)),
                ],
                ["family_id"],
                ["amount_consensus:sum"],
            )
        )

    def _change_words(self, rows, last):
        old, new = sum(row["before"] for row in rows), sum(row["now"] for row in rows)
        change = self._percent(new / old - 1) if old else self.env._("new")
        if last:
            return self.env._(
                "%(change)s on the plan approved as %(plan)s, for the same months.",
                change=change,
                plan=last.display_name,
            )
        return self.env._(
            "No plan has been approved before this one: the bridge starts from what was ordered in"
            " the last 12 months (%s).",
            change,
        )
