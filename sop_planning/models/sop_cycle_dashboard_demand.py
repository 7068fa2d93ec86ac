from odoo import fields, models

from .sop_cycle_dashboard import EMPTY, LATER, OK

REVIEW_MONTHS = 3
TOP_EXCEPTIONS = 6
# a bridge of more plan lines is asked for after the rest is on the screen
BRIDGE_LINES = 100_000
BRIDGE_MONTHS = 12


class SopCycle(models.Model):
    """Demand on the dashboard: families, the largest exceptions, why it is another plan."""

    _inherit = "sop.cycle"

    # ---- families ----

    def _dashboard_families(self):
        """Families, the largest deviation in money first; quantities of the next three months."""
        last = self._last_plan_by_family()
        reviews = self.env["sop.demand.review"].search([("cycle_id", "=", self.id)])
        amounts = reviews if self._sees_money() else False
        return [
            {
                "id": review.id,
                "family_id": review.family_id.id,
                "name": review.family_id.name,
                "severity": review.severity,
                "label": review.severity_label,
                "consensus": review.qty_consensus,
                "reference": review.qty_reference,
                "last_plan": None if last is None else last.get(review.family_id, 0.0),
                "impact": amounts and review.amount_impact,
                "impact_label": self._short_money(review.amount_impact) if amounts else "",
                "owner": review.user_id.name or "",
                "state": review.state,
                "exceptions": review.exception_count,
                "series": review.series,
            }
            for review in reviews
        ]

    def _last_plan_by_family(self):
        """{family: units of the last approved plan in the months of the review}, or None without
        such a plan."""
        last = self._last_plan()
        if not last:
            return None
        is_version = last._name == "sop.plan.version"
        lines = self.env["sop.plan.version.line" if is_version else "sop.demand.line"]
        until = fields.Date.add(self.month, months=REVIEW_MONTHS)
        return dict(
            lines._read_group(
                [
                    ("version_id" if is_version else "cycle_id", "=", last.id),
                    ("bucket_start", ">=", self.month),
                    ("bucket_start", "<", until),
                ],
                ["family_id"],
                ["qty_consensus:sum"],
            )
        )

    def _dashboard_family_action(self):
        """The demand grid, to which the browser adds the family; False where there is none."""
        grid = self.env.ref("sop_planning.sop_demand_grid_action", raise_if_not_found=False)
        return bool(grid) and self._dashboard_action("sop_demand_grid_action")

    # ---- exceptions ----

    def _dashboard_exceptions(self):
        """The largest open exceptions by money."""
        exceptions = self.env["sop.exception"].search(
            [("cycle_id", "=", self.id), ("state", "=", "open")],
            order="amount_impact desc, id",
            limit=TOP_EXCEPTIONS,
        )
        sees_money = self._sees_money()
        return [
            {
                "id": exception.id,
                "severity": exception.severity,
                "label": exception.severity_label,
                "subject": exception._subject(),
                "is_family": not exception.product_id and not exception.partner_id,
                "reason": exception.reason,
                "impact_label": self._short_money(exception.amount_impact) if sees_money else "",
                "owner": exception.user_id.name or "",
            }
            for exception in exceptions
        ]

    # ---- bridge ----

    def _dashboard_bridge(self):
        """The bridge from the last approved plan, or why there is none; a very large one later."""
        last = self._last_plan()
        if not last or not self.date_snapshot:
            words = self.env._(
                "No plan was approved before this one: the bridge starts with the next cycle."
            )
            return {"state": EMPTY, "message": words}
        if self.product_count * BRIDGE_MONTHS > BRIDGE_LINES:
            return {"state": LATER}
        return self._bridge_bars(last)

    def get_dashboard_bridge(self):
        """The bridge in a call of its own, where the dashboard's one call would be too slow with
        it or where it stands alone: as "bridge" of ``get_dashboard_data``."""
        self.ensure_one()
        self.check_access("read")
        last = self.date_snapshot and self._last_plan()
        return {"message": "", **(self._bridge_bars(last) if last else self._dashboard_bridge())}

    def _bridge_bars(self, last):
        """The difference to the last plan by cause, all families together: bars with their start
        and end; in money, or in units for who does not see amounts."""
        rows = self.get_bridge_data()
        cycle = last if last._name == self._name else last.cycle_id
        unit = "amount" if self._sees_money() else "qty"
        old, new = (sum(row[side][unit] for row in rows) for side in ("old", "new"))
        bars = [self._bridge_bar("old", cycle.name, 0.0, old, is_total=True)]
        at = old
        for cause, label in self._bridge_causes():
            move = sum(row["causes"][cause][unit] for row in rows)
            if self._bridge_words(abs(move)) != self._bridge_words(0.0):
                bars.append(self._bridge_bar(cause, label, at, at + move))
            at += move
        bars.append(self._bridge_bar("new", self.env._("Consensus"), 0.0, new, is_total=True))
        months = self._range_words(*self._bridge_months(last))
        return {"state": OK, "bars": bars, "months": months, "unit": unit}

    def _bridge_bar(self, name, label, start, end, is_total=False):
        move = end - start
        sign = "" if is_total else "+" if move > 0 else "−"
        return {
            "name": name, "label": label, "start": start, "end": end, "is_total": is_total,
            "text": sign + self._bridge_words(abs(move)),
        }  # fmt: skip

    def _bridge_words(self, figure):
        return self._short_money(figure) if self._sees_money() else f"{figure:,.0f}"

    def _bridge_causes(self):
        return self.env["sop.plan.bridge"]._fields["cause"]._description_selection(self.env)
