from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

HISTORY_MONTHS = 24
CHANGES = 20
NAMES = 3  # sentences of a kind


class SopDemandLine(models.Model):
    """Why a cell of demand is flagged or not, its chart, and what people changed."""

    _inherit = "sop.demand.line"

    def _cell_fact(self, cell):
        return self.env["sop.demand.product"].search(
            [("cycle_id", "=", cell.cycle.id), ("product_id", "=", cell.subject.id)], limit=1
        )

    def _cell_thread(self, cell):
        family = self._cell_family(cell)
        return family and self.env["sop.demand.review"].search(
            [("cycle_id", "=", cell.cycle.id), ("family_id", "=", family.id)], limit=1
        )

    def _cell_exceptions(self, cell):
        """Exceptions about the row that reach into the cell's months."""
        near = Domain("cycle_id", "=", cell.cycle.id) & self._subject_domain(cell)
        near &= Domain("bucket_start", "<", cell.end) & Domain("bucket_end", ">", cell.first)
        return self.env["sop.exception"].search(near)

    def _cell_facts(self, cell):
        """Why the row is flagged or not, and how its forecast was made."""
        exceptions = self._cell_exceptions(cell)
        is_product = cell.subject._name == "product.product"
        own = exceptions if is_product else exceptions.filtered(
            lambda exception: not (exception.product_id or exception.partner_id)
        )  # fmt: skip
        facts = [self._exception_words(exception) for exception in own[:NAMES]]
        others = exceptions - own
        if others:
            facts.append(self.env._("%s exceptions of its products and customers.", len(others)))
        flagged = self._cell_fact(cell) if is_product else self._cell_thread(cell)
        if flagged and not (own and flagged.flag_code == "flagged"):
            facts.append(flagged.flag_reason)
        if is_product and flagged:
            facts.append(flagged.reason)
            if flagged.is_locked:
                facts.append(self.env._("Locked: a change of its family leaves it as it is."))
        facts += self._input_words(cell)
        return [fact for fact in facts if fact]

    def _exception_words(self, exception):
        if exception.state == "open":
            return exception.reason
        states = dict(exception._fields["state"]._description_selection(self.env))
        answer = ": ".join(filter(None, (states[exception.state], exception.note)))
        return f"{exception.reason} {answer}"

    def _input_words(self, cell):
        inputs = self.env["sop.demand.input"].search(
            self._event_domain(cell) & Domain("note", "!=", False), limit=NAMES
        )
        return [
            self.env._("%(user)s expects %(qty)s: %(note)s", user=entry.user_id.name,
                       qty=self._number(entry.qty), note=entry.note)
            for entry in inputs
        ]  # fmt: skip

    # ---- chart and changes ----

    def _cell_series(self, cell):
        """Units a month: the months behind, then the plan with the interval of the forecast."""
        first = fields.Date.subtract(cell.cycle.month, months=HISTORY_MONTHS)
        history = dict(self.env["sop.demand.history"]._read_group(
            Domain("company_id", "=", cell.cycle.company_id.id)
            & Domain("bucket_start", ">=", first)
            & Domain("bucket_start", "<", cell.cycle.month)
            & self._subject_domain(cell),
            ["bucket_start:month"],
            ["qty:sum"],
        ))  # fmt: skip
        plan = self.env["sop.planner"]._demand_by_month(self._search(cell.row))
        past = [fields.Date.add(first, months=n) for n in range(HISTORY_MONTHS)]
        behind, ahead = [None] * len(past), [None] * len(plan)
        series = {
            "months": [str(day)[:7] for day in (*past, *(row["month"] for row in plan))],
            "history": [history.get(day, 0.0) for day in past] + ahead,
            **{name: behind + [row[name] for row in plan]
               for name in ("consensus", "statistical", "low", "high")},
        }  # fmt: skip
        inside = [n for n, row in enumerate(plan) if cell.first <= row["month"] < cell.end]
        if inside:
            series["marker"] = len(past) + inside[0]
        if len(inside) == 1:
            series["spot"] = [plan[inside[0]]["low"], plan[inside[0]]["high"]]
        return series

    def _cell_changes(self, cell):
        """What people changed in the cell, the newest first: one row an entry of the journal."""
        rows = self.env["sop.demand.override.line"]._read_group(
            [("line_id", "in", self._search(cell.spot))],
            ["override_id"],
            ["qty_old:sum", "qty_new:sum", "id:max"],
            order="id:max desc",
            limit=CHANGES,
        )
        return [
            {
                "id": entry.id,
                "when": format_datetime(self.env, entry.create_date, dt_format="short"),
                "user": entry.user_id.name,
                "text": entry._change_words(old, new),
                "reason": entry.reason_id.name or "",
                "note": entry.note or "",
            }
            for entry, old, new, _last in rows
        ]
