from odoo import models


class SopPack(models.Model):
    """Who may let the plan down, and what it rests on."""

    _inherit = "sop.pack"

    # ---- suppliers, risks and opportunities, assumptions ----

    def _supplier_risks(self, cycle):
        return self.env["sop.supplier.risk"].search(
            [("cycle_id", "=", cycle.id), ("severity", "in", ("red", "amber"))]
        )

    def _section_risks(self, cycle):
        _ = self.env._
        suppliers = self._supplier_table(cycle)
        risks = self._risk_table(cycle)
        assumptions = self._assumption_table(cycle)
        notes = []
        if not suppliers:
            notes.append(_("No vendor missed its last delivery window."))
        if not risks:
            notes.append(_("No risk or opportunity is recorded in this cycle."))
        if not assumptions:
            notes.append(_("No assumption is recorded: the plan rests on no event."))
        return self._section(
            "risks",
            _("Supplier risk, risks and opportunities, assumptions"),
            tables=[*suppliers, *risks, *assumptions],
            notes=notes,
        )

    def _supplier_table(self, cycle):
        _ = self.env._
        rows = [
            {
                "level": risk.severity,
                "vendor": risk.partner_id.display_name,
                "deliveries": risk.risk_label,
                "otif": risk.rate_otif_first if risk.has_data else None,
                "days": risk.days_late_mean,
                "overdue": risk.amount_overdue,
                "amount": risk.amount_at_risk,
                "week": risk.week_label or "",
                "families": ", ".join(risk.family_ids.mapped("name")),
                "owner": risk.user_id.name or "",
                "state": self._label(risk, "state"),
            }
            for risk in self._supplier_risks(cycle)
        ]
        columns = [
            ("level", "", "level"), ("vendor", _("Vendor"), "text"),
            ("deliveries", _("Deliveries"), "text"), ("otif", _("On time in full"), "percent"),
            ("days", _("Days late"), "days"), ("overdue", _("Overdue"), "money"),
            ("amount", _("Sales at risk"), "money"), ("week", _("Needed"), "code"),
            ("families", _("Families"), "text"), ("owner", _("Owner"), "text"),
            ("state", _("State"), "code"),
        ]  # fmt: skip
        return [self._pack_table("suppliers", _("Suppliers"), columns, rows, 8)] if rows else []

    def _risk_table(self, cycle):
        _ = self.env._
        risks = self._decisions(cycle, ["risk"])
        rows = [
            {
                "name": risk.name,
                "probability": risk.probability or None,
                "impact": risk.amount_impact or None,
                "exposure": risk.exposure or None,
                "response": risk.response or "",
                "owner": risk.user_id.name or "",
                "due": risk.date_due or None,
                "state": self._label(risk, "state"),
            }
            for risk in (risks.sorted("exposure", reverse=True) if risks else [])
        ]
        columns = [
            ("name", _("Risk or opportunity"), "text"),
            ("probability", _("Probability"), "percent"),
            ("impact", _("Impact"), "money"), ("exposure", _("Exposure"), "money"),
            ("response", _("Response"), "long"), ("owner", _("Owner"), "text"),
            ("due", _("Due"), "date"), ("state", _("State"), "code"),
        ]  # fmt: skip
        title = _("Risks and opportunities")
        return [self._pack_table("risks", title, columns, rows, 6)] if rows else []

    def _assumption_table(self, cycle):
        """Recorded assumptions, the events that move the plan, and what the families agreed on."""
        _ = self.env._
        rows = [
            {"kind": self._label(record, "kind"),
             "name": ": ".join(filter(None, (record.name, record.description))),
             "amount": None, "rate": None, "owner": record.user_id.name or ""}
            for record in self._decisions(cycle, ["assumption"])
        ]  # fmt: skip
        rows += self._event_rows(cycle)
        rows += [
            {"kind": _("Family"), "name": f"{self._family_name(review.family_id)}: {review.note}",
             "amount": None, "rate": None, "owner": review.user_id.name or ""}
            for review in cycle.review_ids.filtered("note")
        ]  # fmt: skip
        columns = [
            ("kind", _("Kind"), "text"), ("name", _("Assumption"), "long"),
            ("amount", _("In the plan"), "money"), ("rate", _("Probability"), "percent"),
            ("owner", _("Owner"), "text"),
        ]  # fmt: skip
        return [self._pack_table("assumptions", _("Assumptions"), columns, rows, 7)] if rows else []

    def _event_rows(self, cycle):
        effects = self.env["sop.event.effect"]._read_group(
            [("cycle_id", "=", cycle.id)], ["event_id"], ["amount:sum"]
        )
        return [
            {
                "kind": self._label(event, "kind"),
                "name": ": ".join(filter(None, (event.name, event.note))),
                "amount": amount,
                "rate": event.rate_probability if event.certainty == "probable" else 1.0,
                "owner": event.user_id.name or "",
            }
            for event, amount in sorted(effects, key=lambda row: -abs(row[1]))
        ]
