import math

from odoo import api, fields, models
from odoo.tools import float_compare, format_datetime, formatLang

ORDER = {"conflict": 0, "problem": 1, "change": 2}
NAMED = 5  # rows that a sentence names


class SopDemandSheet(models.AbstractModel):
    """What an edited sheet asks for, compared with what it was and with the plan of now."""

    _inherit = "sop.demand.sheet"

    @api.model
    def _differences(self, keys, rows, cycle):
        """(values of sop.demand.sheet.change, what is said about the file as a whole)."""
        lines = self.env["sop.demand.line"].search([("cycle_id", "=", cycle.id)])
        plan = {(line.product_id.id, line.bucket_start): line for line in lines}
        known = set(lines.product_id.ids)
        state = {
            "plan": plan,
            "known": known,
            "locked": self._locked_products(cycle),
            "open_from": self._open_from(cycle),
            "cycle": cycle,
            "changers": {},
        }
        changes, seen = [], set()
        for product_id, name, figures in rows:
            problem = self._row_problem(product_id, name, figures, seen, state)
            seen.add(product_id)
            if problem:
                changes.append(problem)
                continue
            for month, (value, was) in figures.items():
                changes += self._cell(product_id, name, month, value, was, state)
        changes.sort(key=lambda vals: ORDER[vals["kind"]])
        self._name_changers(changes, state)
        return changes, self._notice(keys, seen & known, len(rows), changes, cycle)

    def _row_problem(self, product_id, name, figures, seen, state):
        """Why a row as a whole is left out, if something in it was changed."""
        _ = self.env._
        if product_id in seen:
            message = _("The product is in the file twice: the first row counts.")
        elif product_id in state["known"]:
            return None
        else:
            message = _(
                "The row is unknown: no product of %s belongs to it. Rows cannot be added in the"
                " file.",
                state["cycle"].name,
            )
        return {"kind": "problem", "subject": name or str(product_id or ""), "message": message}

    def _cell(self, product_id, name, month, value, was, state):
        """The difference that one cell makes: none or one."""
        line = state["plan"].get((product_id, month))
        if not self._is_edited(value, was):
            return []
        row = {"subject": name, "bucket_start": month}
        if isinstance(was, (int, float)):
            row["qty_was"] = was
        message = self._cell_problem(product_id, month, value, line, state)
        if message:
            return [{**row, "kind": "problem", "message": message}]
        if self._is_same(value, line.qty_consensus):
            return []  # it is so already
        row.update(line_id=line.id, version=line.version, qty_old=line.qty_consensus,
                   qty_new=value)  # fmt: skip
        if was is None or not self._is_same(was, line.qty_consensus):
            return [{**row, "kind": "conflict"}]
        return [{**row, "kind": "change", "is_chosen": True}]

    def _is_edited(self, value, was):
        if self._is_figure(value) and self._is_figure(was):
            return not self._is_same(value, was)
        return value != was

    def _is_figure(self, value):
        return isinstance(value, (int, float)) and not isinstance(value, bool)

    def _is_same(self, one, other):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return float_compare(one, other, precision_digits=digits) == 0

    def _cell_problem(self, product_id, month, value, line, state):
        """Why a changed cell cannot be taken, in a sentence."""
        _ = self.env._
        if not line:
            return _("This month of the product is not planned any more: export the sheet again.")
        if value is None:
            return _("The cell is empty: enter 0 where there is no demand.")
        if not self._is_figure(value) or not math.isfinite(value):
            return _("“%s” is no figure: enter units as a number.", str(value)[:40])
        if value < 0:
            return _(
                "%s is negative: demand is 0 or more.",
                formatLang(self.env, value, digits=0 if float(value).is_integer() else 2),
            )
        if product_id in state["locked"]:
            return _("The product is locked: unlock it in Product Forecasts to change its figures.")
        if month < state["open_from"]:
            company = state["cycle"].company_id
            return _(
                "The month is frozen: the first %(count)s months are changed by the role %(role)s"
                " only.",
                count=company.sop_frozen_months,
                role=self.env.ref(company._sop_frozen_group()).sudo().name,
            )
        return None

    def _name_changers(self, changes, state):
        """Say of each conflict who changed the figure since, with both figures."""
        conflicts = [vals for vals in changes if vals["kind"] == "conflict"]
        if not conflicts:
            return
        rows = self.env["sop.demand.override.line"].search(
            [("line_id", "in", [vals["line_id"] for vals in conflicts])], order="id"
        )
        last = {row.line_id.id: row for row in rows}
        for vals in conflicts:
            row = last.get(vals["line_id"])
            who = self.env._("a refresh or a sales input")
            if row and self._is_same(row.qty_new, vals["qty_old"]):
                who = row.user_id.name
            vals["message"] = self.env._(
                "Was %(was)s when the file was made; %(who)s made it %(now)s since. Tick it to"
                " write %(new)s over that.",
                was=self._qty(vals.get("qty_was")),
                who=who,
                now=self._qty(vals["qty_old"]),
                new=self._qty(vals["qty_new"]),
            )

    def _qty(self, figure):
        if figure is None:
            return "–"
        return formatLang(self.env, figure, digits=0 if float(figure).is_integer() else 2)

    def _notice(self, keys, present, row_count, changes, cycle):
        """What is said about the file as a whole, a line each."""
        _ = self.env._
        made = fields.Datetime.to_datetime(keys.get("made"))
        parts = []
        if made:
            parts.append(_("The file was made on %s.", format_datetime(self.env, made)))
        if keys.get("snapshot") != fields.Datetime.to_string(cycle.date_snapshot):
            parts.append(_("The cycle was refreshed since: figures that moved are conflicts."))
        lost = (keys.get("rows") or 0) - row_count
        if lost > 0:
            parts.append(self._lost_words(lost, present, cycle))
        if not changes:
            parts.append(_("No figure of the file differs from what it was: nothing is to do."))
        return "\n".join(parts)

    def _lost_words(self, lost, present, cycle):
        planned = self.env["sop.demand.line"]._read_group(
            [("cycle_id", "=", cycle.id), ("product_id", "not in", list(present))], ["product_id"]
        )
        names = [product.display_name for (product,) in planned[:NAMED]]
        more = len(planned) - len(names)
        words = ", ".join(names) + (self.env._(" and %s more", more) if more > 0 else "")
        return self.env._(
            "%(count)s rows of the file were removed (%(names)s): these products keep their"
            " figures. Enter 0 where there is no demand.",
            count=lost,
            names=words,
        )
