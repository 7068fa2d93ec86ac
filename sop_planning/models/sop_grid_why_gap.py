from odoo import models
from odoo.fields import Domain

from ..palette import glyph, short_level
from .navigation import open_action
from .sop_supply_gap import CAPACITY

SMALL = 0.005
GAP = "sop.supply.gap"
FLOWS = ("qty_receipts", "qty_planned", "qty_demand", "qty_dependent", "qty_stock")


class SopSupplyGapLine(models.Model):
    """What a family has and needs in a week, what is missing and why."""

    _name = "sop.supply.gap.line"
    _inherit = ["sop.supply.gap.line", "sop.grid.why.supply"]

    def _cell_figures(self, cell):
        lines = self.search(cell.spot)
        short = sum(lines.mapped("qty_short"))
        level = short_level(short, self._cell_flow(cell).get("qty_demand"))
        return {
            "value": self.env._("%s short", self._number(short))
            if short
            else self.env._("covered"),
            "level": level,
            "glyph": glyph(level),
            "deviation": f"{glyph(level)} {self._cause_words(lines)}".strip(),
            "parts": self._balance_parts(cell, lines),
            "facts": self._gap_facts(cell, lines),
            "series": self._gap_series(cell),
            "editable": False,
        }

    def _cause_words(self, lines):
        return ", ".join(dict.fromkeys(lines.gap_id.filtered("subject").mapped("subject")))

    def _supply_domain(self, cell):
        """The supply plan of the cell's products, in all buckets."""
        subject = cell.subject.family_id if cell.subject._name == GAP else cell.subject
        return Domain("scenario_id", "=", self._scenario(cell).id) & Domain(
            "family_id", "=", subject.id or False
        )

    def _cell_flow(self, cell):
        """Sums of the cell's buckets: what comes, what is needed; stock as it is at the end."""
        inside = self._supply_domain(cell) & Domain("bucket_start", ">=", cell.first)
        inside &= Domain("bucket_start", "<", cell.end)
        buckets = self.env["sop.supply.line"]._read_group(
            inside,
            ["bucket_start:day"],
            [f"{name}:sum" for name in FLOWS],
            order="bucket_start:day",
        )
        if not buckets:
            return {}
        sums = {name: [row[1 + n] or 0.0 for row in buckets] for n, name in enumerate(FLOWS)}
        return {
            **{name: sum(own) for name, own in sums.items()},
            "qty_stock": sums["qty_stock"][-1],
        }

    def _balance_parts(self, cell, lines):
        """Stock + supply - demand of the week as planned, then what cannot be had."""
        flow = self._cell_flow(cell)
        if not flow:
            return self._short_parts(lines)
        change = flow["qty_receipts"] + flow["qty_planned"]
        start = flow["qty_stock"] - change + flow["qty_demand"] + flow["qty_dependent"]
        parts = [
            self._part(self.env._("Open orders"), flow["qty_receipts"], "+"),
            self._part(self.env._("Planned supply"), flow["qty_planned"], "+"),
            self._part(self.env._("Demand"), -flow["qty_demand"], "+"),
            self._part(self.env._("Taken by production"), -flow["qty_dependent"], "+"),
        ]
        after = self.env._("Stock after")
        if lines:
            after = self.env._("Stock after, if all of it comes")
        return [
            self._part(self.env._("Stock before"), start),
            *(part for part in parts if abs(part["value"]) >= SMALL),
            self._part(after, flow["qty_stock"], "="),
            *self._short_parts(lines),
        ]

    def _short_parts(self, lines):
        return [
            self._part(
                self.env._("Short: %s", line.gap_id.subject or line.gap_id.display_name),
                -line.qty_short,
                "!",
                self._hours_words(line) if line.kind == CAPACITY else "",
            )
            for line in lines.sorted("qty_short", reverse=True)
        ]

    def _hours_words(self, line):
        return self.env._("%s h of its production do not fit", self._number(line.hours_short, 1))

    def _gap_facts(self, cell, lines):
        gaps = lines.gap_id
        if not gaps:
            return [self.env._("Stock and supply cover the demand.")]
        facts = [*self._load_sentences(cell, gaps), *gaps.mapped("reason")]
        facts += [self.env._("Constraint: %s", gap.note) for gap in gaps if gap.note]
        states = dict(gaps._fields["state"]._description_selection(self.env))
        facts += [self.env._("%(gap)s: %(state)s", gap=gap.run_label, state=states[gap.state])
                  for gap in gaps if gap.state != "open"]  # fmt: skip
        return [fact for fact in facts if fact]

    def _load_sentences(self, cell, gaps):
        """What the causing work centers are asked for in this very week."""
        loads = self.env["sop.capacity.line"].search(
            self._inside(cell, gaps.scenario_id[:1])
            & Domain("workcenter_id", "in", gaps.workcenter_id.ids)
        )
        return [
            self.env._(
                "%(center)s needs %(load)s h in %(week)s and has %(available)s h: %(level)s.",
                center=line.workcenter_id.name,
                week=line.period_label,
                load=self._number(line.hours_load, 1),
                available=self._number(line.hours_available, 1),
                level=line.level_label,
            )
            for line in loads
        ]

    def _gap_series(self, cell):
        rows = self.env["sop.supply.line"]._read_group(
            self._supply_domain(cell),
            ["bucket_start:day", "week"],
            ["qty_demand:sum", "qty_dependent:sum", "qty_receipts:sum", "qty_planned:sum"],
            order="bucket_start:day",
        )
        short = dict(self._read_group(cell.row, ["bucket_start:day"], ["qty_short:sum"]))
        weeks = [row for row in rows if row[1]]
        return self._bars(
            [row[:2] for row in weeks],
            [
                ("need", self.env._("Needed"), [row[2] + row[3] for row in weeks]),
                ("supply", self.env._("Supply"), [row[4] + row[5] for row in weeks]),
                ("short", self.env._("Short"), [short.get(row[0]) or 0.0 for row in weeks]),
            ],
            cell,
        )

    def _cell_thread(self, cell):
        """The gap that misses most."""
        return self._gaps(cell).sorted("qty_short", reverse=True)[:1]

    def _gaps(self, cell):
        return self.search(cell.spot).gap_id

    def _cell_actions(self, cell):
        gaps = self._gaps(cell)
        centers, products = gaps.workcenter_id, gaps.product_id
        return [
            centers and self._drill("capacity", self.env._("Capacity of %s", centers[:1].name)),
            centers and self._drill("work_orders", self.env._("Work orders"),
                                    model="mrp.workorder"),
            products and self._drill("purchases", self.env._("Purchases"),
                                     model="purchase.order.line"),
            gaps and self._drill("orders", self.env._("Orders hit"),
                                 sum(gaps.mapped("order_count")), model="sale.order"),
            self._drill("plan", self.env._("Supply plan")),
            gaps and self._drill("gaps", self.env._("Gap") if len(gaps) == 1
                                 else self.env._("Gaps"), len(gaps)),
            centers and self._extra_hours_drill(cell),
        ]  # fmt: skip

    def _extra_hours_drill(self, cell):
        return self.env["sop.capacity.line"]._extra_hours_drill(cell)

    def _cell_loads(self, cell):
        gaps = self._gaps(cell)
        return self.env["sop.capacity.line"].search(
            self._inside(cell, self._scenario(cell))
            & Domain("workcenter_id", "in", gaps.workcenter_id.ids)
        )

    def _open_cell_capacity(self, cell):
        domain = [("id", "in", self._cell_loads(cell).ids)]
        return open_action(self.env, "sop_capacity_line_action", domain, "list")

    def _open_cell_work_orders(self, cell):
        return self._cell_loads(cell).action_open_work_orders()

    def _open_cell_purchases(self, cell):
        return self._gaps(cell).action_open_purchases()

    def _open_cell_orders(self, cell):
        return self._gaps(cell).action_open_orders()

    def _open_cell_plan(self, cell):
        domain = self._supply_domain(cell) & self._inside(cell, self._scenario(cell))
        return open_action(self.env, "sop_supply_line_action", list(domain), "list")

    def _open_cell_gaps(self, cell):
        gaps = self._gaps(cell)
        if len(gaps) == 1:
            return self._open_one(gaps)
        return open_action(self.env, "sop_supply_gap_action", [("id", "in", gaps.ids)], "list")

    def _open_cell_extra_hours(self, cell):
        return self._cell_loads(cell)._extra_hours_dialog(cell)
