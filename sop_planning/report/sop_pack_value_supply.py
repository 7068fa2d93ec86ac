from odoo import fields, models
from odoo.tools import format_date

WEEKS = 26


class SopPack(models.Model):
    """The supply side of the pack: KPIs, gaps, capacity, scenarios, stock."""

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
        last = self._last_plan(cycle)
        notes = [] if last else [_("No plan has been approved before this one: no last plan.")]
        if not any(row["target"] is not None for row in rows):
            notes.append(_("No target is entered for these months (Configuration > Targets)."))
        return self._section(
            "kpis",
            _("Key figures against last plan and target"),
            charts=[self._demand_chart(cycle)],
            tables=[self._table("kpis", "", columns, rows, 18)],
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
        last = self._last_plan(cycle)
        now = sum(self._family_amounts(cycle, cycle).values())
        before = sum(self._family_amounts(last, cycle).values()) if last else None
        return [
            self._kpi(self.env._("Demand, next 12 months"), "money", now, before,
                      self._target_sum(cycle, "revenue"), "more")
        ]  # fmt: skip

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
        now, last = cycle._followed_scenario(), self._last_plan(cycle)._followed_scenario()
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
            self._kpi(label, form, self._figure(now, name), self._figure(last, name),
                      budget.get(measure) or None, better)
            for name, label, form, measure, better in rows
        ]  # fmt: skip

    def _figure(self, scenario, name):
        return scenario[name] if scenario and scenario.state == "done" else None

    def _process_kpis(self, cycle):
        last = self._last_plan(cycle)
        _ = self.env._
        return [
            self._kpi(_("Red exceptions open"), "number", cycle.red_count,
                      last.red_count if last else None),
            self._kpi(_("Suppliers flagged"), "number", cycle.supplier_flag_count,
                      last.supplier_flag_count if last else None),
            self._kpi(_("Trust in the data"), "percent",
                      cycle.rate_trust if cycle.has_trust else None,
                      last.rate_trust if last and last.has_trust else None,
                      cycle.company_id.sop_trust_threshold or None, "more"),
        ]  # fmt: skip

    # ---- gaps ----

    def _section_gaps(self, cycle):
        _ = self.env._
        gaps = self._gaps(cycle)
        if not gaps:
            words = _("Supply covers demand for %s weeks: there is no gap.", WEEKS)
            return self._section("gaps", _("Supply gaps"), empty=words)
        rows = [
            {
                "level": gap.severity,
                "family": self._family_name(gap.family_id),
                "subject": gap.subject,
                "weeks": gap.run_label,
                "units": gap.qty_short,
                "hours": gap.hours_short or None,
                "amount": gap.amount_short,
                "orders": gap.order_count,
                "reason": gap.reason or "",
                "note": gap.note or "",
                "owner": gap.user_id.name or "",
                "state": self._label(gap, "state"),
            }
            for gap in gaps
        ]
        columns = [
            ("level", "", "level"), ("family", _("Family"), "text"),
            ("subject", _("What is short"), "text"), ("weeks", _("Weeks"), "text"),
            ("units", _("Units"), "units"), ("hours", _("Hours"), "hours"),
            ("amount", _("Value"), "money"), ("orders", _("Orders hit"), "number"),
            ("reason", _("Arithmetic"), "long"), ("note", _("Constraint"), "long"),
            ("owner", _("Owner"), "text"), ("state", _("State"), "text"),
        ]  # fmt: skip
        return self._section(
            "gaps",
            _("Supply gaps"),
            lead=_(
                "%(count)s gaps in the plan that is followed (%(scenario)s).",
                count=len(gaps),
                scenario=cycle._followed_scenario().name,
            ),
            charts=[self._gap_chart(gaps)],
            tables=[self._table("gaps", "", columns, rows, 8)],
        )

    def _gap_chart(self, gaps):
        by_family = gaps.grouped("family_id").items()
        sums = sorted(((sum(own.mapped("amount_short")), family, own) for family, own in by_family),
                      key=lambda row: -row[0])  # fmt: skip
        return {
            "kind": "bar",
            "title": self.env._("Value short by family"),
            "format": "money",
            "items": [
                {"label": self._family_name(family), "value": amount, "level": "red",
                 "note": ", ".join(dict.fromkeys(own.mapped("run_label")[:4]))}
                for amount, family, own in sums[:6]
            ],
        }  # fmt: skip

    # ---- capacity ----

    def _section_capacity(self, cycle):
        _ = self.env._
        lines = self.env["sop.capacity.line"].search(
            [("cycle_id", "=", cycle.id), ("scenario_id.is_followed", "=", True),
             ("week", ">", 0)], order="bucket_start",
        )  # fmt: skip
        if not lines:
            return self._section(
                "capacity",
                _("Capacity by week"),
                empty=_("No work center is planned: bills of materials without operations have"
                        " no load."),
            )  # fmt: skip
        weeks = {line.week: line.bucket_start for line in lines}
        rows = self._capacity_rows(lines, sorted(weeks))
        full = [row for row in rows if row["peak"] > 1]
        return self._section(
            "capacity",
            _("Capacity by week"),
            lead=_(
                "Load / available hours of each work center, the fullest first; %(full)s of"
                " %(count)s exceed their hours in some week. Week 1 starts on %(day)s.",
                full=len(full),
                count=len(rows),
                day=format_date(self.env, cycle.week_start),
            ),
            charts=[{"kind": "heat", "title": _("Utilization"), "format": "percent_plain",
                     "columns": [_("W%s", week) for week in sorted(weeks)], "rows": rows,
                     "limit": 20}],
            notes=[_("▲ 95 to 100 %, ▲▲ above 100 %, ▲▲▲ above 120 %; – no hours known.")],
        )  # fmt: skip

    def _capacity_rows(self, lines, weeks):
        rows = []
        for center, own in lines.grouped("workcenter_id").items():
            by_week = {line.week: line for line in own}
            cells = [
                {
                    "value": line.rate_load if line.has_hours and line.hours_available else None,
                    "level": line.level,
                    "load": line.hours_load,
                    "available": line.hours_available,
                }
                if (line := by_week.get(week))
                else None
                for week in weeks
            ]
            peak = max((cell["value"] or 0.0 for cell in cells if cell), default=0.0)
            rows.append({"label": center.name, "peak": peak, "cells": cells})
        return sorted(rows, key=lambda row: -row["peak"])

    # ---- scenarios ----

    def _section_scenarios(self, cycle):
        _ = self.env._
        if not cycle.scenario_ids:
            return self._section("scenarios", _("Scenarios side by side"),
                                 empty=_("No scenario is calculated in this cycle."))  # fmt: skip
        data = cycle.get_comparison_data(cycle.id)
        rows = [
            {"name": row["label"], "format": row["format"],
             **{f"s{place}": value for place, value in enumerate(row["values"])}}
            for section in data["sections"]
            for row in section["rows"]
        ]  # fmt: skip
        columns = [("name", "", "text")]
        levers = {"name": _("What is different"), "format": "lines"}
        for place, scenario in enumerate(data["scenarios"]):
            columns.append((f"s{place}", self._scenario_title(scenario), "row"))
            levers[f"s{place}"] = scenario["levers"][:3]
            if len(scenario["levers"]) > 3:
                more = _("and %s more", len(scenario["levers"]) - 3)
                levers[f"s{place}"] = [*scenario["levers"][:3], more]
        return self._section(
            "scenarios",
            _("Scenarios side by side"),
            lead=_("Recommended by the goal: %(goal)s. %(formula)s", goal=data["goal"]["label"],
                   formula=data["goal"]["formula"]),
            tables=[self._table("scenarios", "", columns, [*rows, levers], 40)],
            notes=[cycle._selected_words()],
        )  # fmt: skip

    def _scenario_title(self, scenario):
        """The name with what it is: recommended, followed, not calculated."""
        marks = []
        if scenario["is_recommended"]:
            marks.append(self.env._("★ recommended"))
        if scenario["is_selected"]:
            marks.append(self.env._("✔ plan follows it"))
        if scenario["state"] != "done":
            marks.append(self.env._("not calculated"))
        return f"{scenario['name']} ({', '.join(marks)})" if marks else scenario["name"]

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
        return self._table("stock", _("By family, at cost"), columns, rows, 11)

    def _stock_bars(self, rows):
        return {
            "kind": "bar",
            "title": self.env._("Stock by family, the hatched part is excess"),
            "format": "money",
            "items": [
                {"label": row["family"], "value": row["stock"], "part": row["excess"]}
                for row in rows[:6]
                if row["stock"]
            ],
        }

    def _stock_chart(self, cycle, domain):
        """Projected stock value at the end of each week."""
        sums = self.env["sop.supply.line"]._read_group(
            [*domain, ("week", ">", 0)], ["week"], ["amount_stock:sum"], order="week"
        )
        return {
            "kind": "line",
            "title": self.env._("Projected stock value by week"),
            "format": "money_short",
            "labels": [self.env._("W%s", week) for week, _amount in sums],
            "series": [
                {"style": "main", "label": self.env._("Projected stock value at the end of the week"),
                 "values": [amount for _week, amount in sums]}
            ],
        }  # fmt: skip
