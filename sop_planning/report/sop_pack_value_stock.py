from odoo import fields, models


class SopPack(models.Model):
    """The plan in key figures, and the money that lies in stock."""

    _inherit = "sop.pack"

    # ---- KPIs ----

    def _section_kpis(self, cycle):
        _ = self.env._
        rows = [*self._demand_kpis(cycle), *self._supply_kpis(cycle), *self._process_kpis(cycle)]
        columns = [
            ("name", _("Figure"), "text"), ("now", _("This plan"), "row"),
            ("last", _("Last plan"), "row"), ("target", _("Target"), "row"),
            ("level", "", "level"), ("status", _("Against target"), "text"),
        ]  # fmt: skip
        notes = (
            []
            if cycle._last_plan()
            else [_("No plan has been approved before this one: no last plan.")]
        )
        if not any(row["target"] is not None for row in rows):
            notes.append(_("No target is entered for these months (Configuration > Targets)."))
        return self._section(
            "kpis",
            _("Key figures against last plan and target"),
            charts=[self._demand_chart(cycle)],
            tables=[self._pack_table("kpis", "", columns, rows, 18)],
            notes=notes,
        )

    def _kpi(self, name, form, now, last=None, target=None, better=""):
        row = {"name": name, "format": form, "now": now, "last": last, "target": target,
               "level": "", "status": ""}  # fmt: skip
        if target is None or now is None or not better:
            return row
        is_met = now >= target if better == "more" else now <= target
        row["level"] = "" if is_met else "red"
        row["status"] = self.env._("met") if is_met else self.env._("missed")
        return row

    def _demand_kpis(self, cycle):
        last = self._last_amounts(cycle, "family_id")
        return [
            self._kpi(
                self.env._("Demand, next 12 months"),
                "money",
                sum(self._family_amounts(cycle).values()),
                sum(last.values()) if last else None,
                self._target_sum(cycle, "revenue"),
                "more",
            )
        ]

    def _target_sum(self, cycle, measure, months=12):
        [(value, count)] = self.env["sop.target"]._read_group(
            [
                ("company_id", "=", cycle.company_id.id),
                ("measure", "=", measure),
                ("bucket_start", ">=", cycle.month),
                ("bucket_start", "<", fields.Date.add(cycle.month, months=months)),
            ],
            [],
            ["value:sum", "__count"],
        )
        return value if count else None

    def _supply_kpis(self, cycle):
        """Figures of the plan that is followed, beside those of the last plan and the budget."""
        _ = self.env._
        now = cycle._followed_scenario()
        budget = self.env["sop.planner"]._budget(cycle)
        rows = [
            ("rate_fill", _("Demand served in its week"), "percent", "service", "more"),
            ("rate_otif", _("Orders on time in full"), "percent", "", ""),
            ("amount_late", _("Value late"), "money", "", ""),
            ("gap_count", _("Supply gaps"), "number", "", ""),
            ("hours_short", _("Hours short"), "hours", "", ""),
            ("rate_peak", _("Peak load"), "percent", "", ""),
            ("amount_revenue", _("Revenue delivered in the horizon"), "money", "revenue", "more"),
            ("amount_margin", _("Margin"), "money", "margin", "more"),
            ("amount_extra", _("Extra cost"), "money", "", ""),
            ("amount_stock", _("Stock value, mean"), "money", "stock", "less"),
            ("days_stock", _("Days of stock"), "days", "", ""),
        ]
        return [
            self._kpi(
                label,
                form,
                self._figure(now, name),
                self._last_figure(cycle, name, "gaps" if name == "gap_count" else name),
                budget.get(measure) or None,
                better,
            )
            for name, label, form, measure, better in rows
        ]

    def _process_kpis(self, cycle):
        _ = self.env._
        return [
            self._kpi(_("Red exceptions open"), "number", cycle.red_count,
                      self._last_figure(cycle, "exceptions_red")),
            self._kpi(_("Suppliers flagged"), "number", cycle.supplier_flag_count),
            self._kpi(_("Trust in the data"), "percent",
                      cycle.rate_trust if cycle.has_trust else None,
                      self._last_figure(cycle, "rate_trust"),
                      cycle.company_id.sop_trust_threshold or None, "more"),
        ]  # fmt: skip

    # ---- inventory and working capital ----

    def _section_stock(self, cycle):
        _ = self.env._
        domain = [("cycle_id", "=", cycle.id), ("scenario_id.is_followed", "=", True)]
        sums = self.env["sop.supply.product"]._read_group(
            domain,
            ["family_id"],
            ["amount_on_hand:sum", "amount_excess:sum", "amount_short:sum", "amount_year:sum",
             "__count"],
        )  # fmt: skip
        if not sums:
            return self._section(
                "stock",
                _("Inventory and working capital"),
                empty=_("No product has a supply plan in this cycle."),
            )
        late = dict(self.env["sop.supply.product"]._read_group(
            [*domain, ("is_order_late", "=", True)], ["family_id"], ["__count"]))  # fmt: skip
        rows = sorted(
            (
                {"family": self._family_name(family), "stock": stock, "excess": excess,
                 "rate": excess / stock if stock else None, "short": short, "year": year,
                 "count": count, "late": late.get(family, 0)}
                for family, stock, excess, short, year, count in sums
            ),
            key=lambda row: -row["stock"],
        )  # fmt: skip
        return self._section(
            "stock",
            _("Inventory and working capital"),
            facts=self._stock_facts(cycle, rows),
            charts=[self._stock_chart(cycle, domain), self._stock_bars(rows)],
            tables=[self._stock_table(rows)],
        )

    def _stock_facts(self, cycle, rows):
        _ = self.env._
        followed = cycle._followed_scenario()
        stock, excess, short, late = (
            sum(row[name] for row in rows) for name in ("stock", "excess", "short", "late")
        )
        return [
            self._fact(_("Stock on hand"), stock, "money"),
            self._fact(_("Excess stock"), excess, "money",
                       _("%s of the stock", f"{100 * excess / stock:.0f} %") if stock else ""),
            self._fact(_("Mean stock planned"), self._figure(followed, "amount_stock"), "money"),
            self._fact(_("Target"), self.env["sop.planner"]._budget(cycle).get("stock"), "money"),
            self._fact(_("Days of stock"), self._figure(followed, "days_stock"), "days"),
            self._fact(_("Short, at sales price"), short, "money"),
            self._fact(_("Latest order dates passed"), late, "number"),
        ]  # fmt: skip

    def _stock_table(self, rows):
        _ = self.env._
        columns = [
            ("family", _("Family"), "text"), ("count", _("Products"), "number"),
            ("stock", _("Stock"), "money"), ("excess", _("Excess"), "money"),
            ("rate", _("Excess share"), "percent"), ("short", _("Short"), "money"),
            ("late", _("Order dates passed"), "number"),
            ("year", _("Planned sales, 12 months"), "money"),
        ]  # fmt: skip
        return self._pack_table("stock", _("By family, at cost"), columns, rows, 10)

    def _stock_bars(self, rows):
        return {
            "kind": "bar",
            "title": self.env._("Stock by family, the hatched part is excess"),
            "format": "money",
            "items": [
                {"label": row["family"], "value": row["stock"], "part": row["excess"]}
                for row in rows[:5]
                if row["stock"]
            ],
        }

    def _stock_chart(self, cycle, domain):
        """Projected stock value at the end of each week."""
        sums = self.env["sop.supply.line"]._read_group(
            [*domain, ("week", ">", 0)], ["week"], ["amount_stock:sum"], order="week"
        )
        label = self.env._("Projected stock value at the end of the week")
        return {
            "kind": "line",
            "title": self.env._("Projected stock value by week"),
            "height": 170,
            "format": "money_short",
            "labels": [self.env._("W%s", week) for week, _amount in sums],
            "series": [
                {"style": "main", "label": label, "values": [amount for _week, amount in sums]}
            ],
        }  # fmt: skip
