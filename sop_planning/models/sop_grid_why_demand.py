from odoo import models
from odoo.fields import Domain

from ..palette import glyph

NAMES = 3  # of events and contributors in one sentence
SMALL = 0.005
WHOLE = 0.5
# what is added to the statistical forecast, and the kind of event that adds it
ADDED = {"qty_season": None, "qty_promotion": "promotion", "qty_launch": "launch",
         "qty_phase_out": "phase_out", "qty_commitment": "commitment",
         "qty_pipeline": None}  # fmt: skip
FIGURES = ("qty_statistical", *ADDED, "qty_computed", "qty_sales", "qty_override",
           "qty_consensus", "qty_last_year", "qty_orders", "qty_quotation")  # fmt: skip


class SopDemandLine(models.Model):
    """From the statistical forecast to the consensus of a cell, and what people did to it."""

    _name = "sop.demand.line"
    _inherit = ["sop.demand.line", "sop.grid.why.mixin"]

    def _cell_figures(self, cell):
        groups = self._cell_groups(cell)
        total = {name: sum(group[name] for group in groups) for name in FIGURES}
        level, gap = self._cell_level(cell, total)
        mark = glyph(level, gap < 0)
        changes = self._cell_changes(cell)
        series = self._cell_series(cell)
        refusal = self._refusal(lambda: self._one_line(cell)._check_may_override())
        return {
            "value": self._number(total["qty_consensus"]),
            "level": level,
            "glyph": mark,
            "deviation": self._gap_words(total, gap, mark),
            "parts": self._composition(cell, groups, total, changes),
            "beside": self._beside(total, series),
            "facts": [*self._cell_facts(cell), *([refusal] if cell.cycle.is_frozen else [])],
            "series": series,
            "changes": changes,
            "editable": not refusal,
            "refusal": refusal,
            "is_overridden": any(group["is_overridden"] for group in groups),
        }

    def _one_line(self, cell):
        return self.search(cell.spot, order="bucket_start", limit=1)

    def _cell_groups(self, cell):
        """The sums of the cell, apart for lines with an override or a sales input."""
        rows = self._read_group(
            cell.spot,
            ["is_overridden", "is_sales"],
            ["__count", *(f"{name}:sum" for name in FIGURES)],
        )
        return [
            {"is_overridden": overridden, "is_sales": sales, "count": count,
             **dict(zip(FIGURES, sums))}
            for overridden, sales, count, *sums in rows
        ]  # fmt: skip

    def _cell_level(self, cell, total):
        """(severity, deviation from the statistical forecast), as the grid colours it."""
        statistical, consensus = total["qty_statistical"], total["qty_consensus"]
        family, company = self._cell_family(cell), cell.cycle.company_id
        amber, red = self._grid_limits(family if family.sop_own_thresholds else company)
        [(count, price)] = self.sudo()._read_group(
            [("id", "in", self._search(cell.spot))],
            [],
            ["bucket_start:count_distinct", "amount_consensus:sum"],
        )
        price = price / consensus if consensus else 0.0
        asked = (consensus, statistical, amber, red, price, count)
        [level] = self.env["sop.planner"]._grid_severities(company, [asked])
        return level, round(consensus / statistical - 1, 4) if statistical else 0.0

    def _cell_family(self, cell):
        if cell.subject._name == "product.product":
            return cell.subject.categ_id.sop_family_id
        return cell.subject if cell.subject._name == "product.category" else cell.subject.browse()

    def _gap_words(self, total, gap, mark):
        if abs(total["qty_statistical"]) < SMALL:
            return f"{mark} {self.env._('new')}" if mark else ""
        if abs(gap) < WHOLE / 100:
            return self.env._("as statistical")
        words = self.env._("%s against statistical", f"{100 * gap:+,.0f} %".replace("-", "−"))
        return f"{mark} {words}".strip()

    # ---- the equation ----

    def _composition(self, cell, groups, total, changes):
        """Parts that add up to the consensus; what is zero is left out."""
        parts = [self._part(self.env._("Statistical"), total["qty_statistical"],
                            help=self._forecast_words(cell))]  # fmt: skip
        parts += self._added_parts(cell, total)
        rest = total["qty_computed"] - sum(part["value"] for part in parts)
        lines = sum(group["count"] for group in groups)
        if abs(rest) >= WHOLE:  # each line is rounded to whole units
            is_rounded = abs(rest) <= WHOLE * lines
            label = self.env._("Rounded") if is_rounded else self.env._("Not below zero")
            parts.append(self._part(label, rest, "+"))
        people = [*self._sales_parts(cell, groups), *self._override_parts(groups, changes)]
        if len(parts) > 1 and people:
            parts.append(self._part(self.env._("Computed"), total["qty_computed"], "="))
        return [
            *parts,
            *people,
            self._part(self.env._("Consensus"), total["qty_consensus"], "="),
        ]

    def _added_parts(self, cell, total):
        names = [name for name in ADDED if abs(total[name]) >= SMALL]
        events = self._event_words(cell) if names else {}
        return [
            self._part(self._fields[name]._description_string(self.env), total[name], "+",
                       events.get(ADDED[name], ""))
            for name in names
        ]  # fmt: skip

    def _event_domain(self, cell):
        """The effects of events in this cell."""
        inside = Domain("cycle_id", "=", cell.cycle.id)
        inside &= Domain("bucket_start", ">=", cell.first) & Domain("bucket_start", "<", cell.end)
        return inside & self._subject_domain(cell)

    def _subject_domain(self, cell):
        """Rows about the cell's products, for models that know product and family."""
        if cell.subject._name == "product.product":
            return Domain("product_id", "=", cell.subject.id)
        if cell.subject._name == "product.category":
            return Domain("family_id", "=", cell.subject.id or False)
        products = [product.id for (product,) in self._read_group(cell.row, ["product_id"])]
        return Domain("product_id", "in", products)

    def _event_words(self, cell):
        """{kind of event: the largest ones with their units}."""
        rows = self.env["sop.event.effect"]._read_group(
            self._event_domain(cell), ["kind", "event_id"], ["qty:sum"]
        )
        words = {}
        for kind, event, qty in sorted(rows, key=lambda row: -abs(row[2])):
            sign = "+" if qty >= 0 else ""
            words.setdefault(kind, []).append(f"{event.display_name} {sign}{self._number(qty)}")
        return {kind: ", ".join(names[:NAMES]) for kind, names in words.items()}

    def _sales_parts(self, cell, groups):
        given = [group for group in groups if group["is_sales"]]
        effect = sum(
            group["qty_sales" if group["is_overridden"] else "qty_consensus"]
            - group["qty_computed"]
            for group in given
        )
        if not given:
            return []
        entered = self._number(sum(group["qty_sales"] for group in given))
        people = self.env._("%(qty)s expected by %(people)s", qty=entered,
                            people=self._contributors(cell))  # fmt: skip
        return [self._part(self.env._("Sales input"), effect, "+", people)]

    def _contributors(self, cell):
        rows = self.env["sop.demand.input"]._read_group(
            self._event_domain(cell), ["user_id"], ["__count"]
        )
        names = [user.name for user, _count in rows]
        return ", ".join(names[:NAMES]) or self.env._("sales")

    def _override_parts(self, groups, changes):
        lines = [group for group in groups if group["is_overridden"]]
        if not lines:
            return []
        effect = sum(
            group["qty_consensus"] - group["qty_sales" if group["is_sales"] else "qty_computed"]
            for group in lines
        )
        values = {
            "qty": self._number(sum(group["qty_override"] for group in lines)),
            "count": sum(group["count"] for group in lines),
            "total": sum(group["count"] for group in groups),
        }
        words = self.env._("%(qty)s entered for %(count)s of %(total)s figures", **values)
        if values["total"] == 1:
            words = self.env._("%s entered", values["qty"])
        last = changes[0] if changes else {}
        about = ", ".join(filter(None, (last.get("user"), last.get("reason"))))
        return [self._part(self.env._("Override"), effect, "+",
                           f"{words} ({about})" if about else words)]  # fmt: skip

    def _forecast_words(self, cell):
        if cell.subject._name != "product.product":
            [(count,)] = self._read_group(cell.spot, [], ["product_id:count_distinct"])
            return self.env._("Sum of %s products", count)
        fact = self._cell_fact(cell)
        method = dict(fact._fields["method"]._description_selection(self.env)).get(fact.method, "")
        if not fact.has_backtest:
            return method
        return self.env._("%(method)s, forecast error %(error)s", method=method,
                          error=f"{100 * fact.rate_error:.0f} %")  # fmt: skip

    def _beside(self, total, series):
        """Figures to compare with, that are no part of the equation."""
        rows = [
            (self.env._("Last year"), total["qty_last_year"]),
            (self.env._("Orders"), total["qty_orders"]),
            (self.env._("Quotations, weighted"), total["qty_quotation"]),
        ]
        figures = [
            {"label": label, "text": self._number(qty)} for label, qty in rows if abs(qty) >= SMALL
        ]
        spot = series.get("spot")
        if spot:
            low, high = (self._number(qty) for qty in spot)
            figures.append({"label": self.env._("Likely (80 %)"), "text": f"{low} – {high}"})
        return figures
