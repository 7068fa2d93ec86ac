from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_round

from .navigation import open_action
from .sop_demand_override import RESET, SET

# Only people write these fields; every other figure belongs to the planner's refresh.
CONTROLLER_FIELDS = {"qty_override", "is_overridden"}
SALES_FIELDS = {"qty_sales", "is_sales"}
# figure written by a person: flag that says it was given, so that zero is a figure too
FLAGS = {"qty_override": "is_overridden", "qty_sales": "is_sales"}


class SopDemandLine(models.Model):
    """What people enter on the plan: who may, when, and how it is remembered."""

    _inherit = "sop.demand.line"

    override_line_ids = fields.One2many(
        "sop.demand.override.line", "line_id", string="Changes", readonly=True
    )

    def write(self, vals):
        """People enter overrides and sales inputs; the consensus follows at once.

        ``version`` is what the writer saw of a line, or {line id: version} of several: older ones
        are refused.
        """
        vals = dict(vals)
        seen = vals.pop("version", None)
        for figure, flag in FLAGS.items():
            if vals.get(flag) and figure not in vals:
                vals.pop(flag)  # a flag alone says nothing
        self._check_may_enter(vals)
        self.cycle_id._check_not_frozen()
        self._check_months_open()
        if CONTROLLER_FIELDS & set(vals):  # contributors have a figure of their own each
            if isinstance(seen, dict):
                self._check_seen({int(line_id): version for line_id, version in seen.items()})
            elif seen is not None and len(self) == 1:
                self._check_seen({self.id: seen})
            qty = self._entered(vals, "qty_override")
            self._override(
                dict.fromkeys(self, qty),
                {
                    "kind": RESET if qty is None else SET,
                    "value": qty or 0.0,
                    "reason_id": self.env.context.get("sop_reason_id"),
                    "note": self.env.context.get("sop_note"),
                },
            )
        if SALES_FIELDS & set(vals):
            self.env["sop.demand.input"]._enter(self, self._entered(vals, "qty_sales"))
        return super().write({})  # the planner has stored the figures

    def _entered(self, vals, figure):
        """The figure that was entered; None where it is taken back."""
        is_given = vals.get(FLAGS[figure], True)
        return vals.get(figure, 0.0) or 0.0 if is_given else None

    def _check_may_enter(self, vals):
        unknown = set(vals) - CONTROLLER_FIELDS - SALES_FIELDS
        if unknown:
            labels = [self._fields[name]._description_string(self.env) for name in unknown]
            raise UserError(
                self.env._(
                    "%s: these figures are computed by Refresh. Enter an override or a sales"
                    " input instead.",
                    ", ".join(sorted(labels)),
                )
            )
        if CONTROLLER_FIELDS & set(vals):
            self._check_controller()
        self.check_access("write")
        for figure in set(vals) & set(FLAGS):
            self._check_not_negative(vals[figure] or 0.0)

    def _check_controller(self):
        is_controller = self.env.user.has_group("sop_planning.sop_planning_group_controller")
        if not (is_controller or self.env.su):
            raise AccessError(
                self.env._(
                    "Only S&OP controllers override the consensus. Enter a sales input instead."
                )
            )

    def _check_may_override(self):
        """Whether the user may change the consensus of all these lines now."""
        self._check_controller()
        self.check_access("write")
        self.cycle_id._check_not_frozen()
        self._check_months_open()

    def _locked(self):
        """The lines of products whose figures a controller locked."""
        facts = self.env["sop.demand.product"].search(
            [
                ("cycle_id", "in", self.cycle_id.ids),
                ("product_id", "in", self.product_id.ids),
                ("is_locked", "=", True),
            ]
        )
        locked = {(fact.cycle_id, fact.product_id) for fact in facts}
        return self.filtered(lambda line: (line.cycle_id, line.product_id) in locked)

    def _check_months_open(self):
        """The first months of a plan may be frozen, for all but the role that the settings name."""
        if self.env.su:
            return
        for cycle, lines in self.grouped("cycle_id").items():
            company = cycle.company_id
            until = company._sop_months_after(cycle.month, company.sop_frozen_months)
            frozen = lines.filtered(lambda line, until=until: line.bucket_start < until)
            if frozen and not self.env.user.has_group(company._sop_frozen_group()):
                raise UserError(
                    self.env._(
                        "%(month)s is frozen: the first %(count)s months of the plan are changed by"
                        " the role %(role)s only.",
                        month=frozen[:1].bucket_label,
                        count=company.sop_frozen_months,
                        role=self.env.ref(company._sop_frozen_group()).sudo().name,
                    )
                )

    def _check_seen(self, versions):
        """Refuse a change to lines that somebody changed since they were shown."""
        moved = self.filtered(lambda line: line.version != versions.get(line.id, line.version))
        if not moved:
            return
        user = moved[:1]._last_changed_by()
        raise UserError(
            self.env._(
                "%(lines)s changed since you opened it: %(user)s entered %(qty)s. Reload to see the"
                " new figure, then enter yours.",
                lines=", ".join(moved.mapped("display_name")[:5]),
                user=user.name or self.env._("somebody"),
                qty=f"{moved[:1].qty_consensus:,.0f}",
            )
        )

    def _last_changed_by(self):
        """Who changed a line last, by an override or a sales input."""
        override = self.override_line_ids.sorted("id")[-1:].override_id
        entered = self.env["sop.demand.input"].search(
            [
                ("cycle_id", "=", self.cycle_id.id),
                ("product_id", "=", self.product_id.id),
                ("bucket_start", "=", self.bucket_start),
            ],
            order="write_date desc, id desc",
            limit=1,
        )
        if entered and (not override or entered.write_date > override.create_date):
            return entered.user_id
        return override.user_id

    def _override(self, figures, entry):
        """Override the consensus of these lines by ``{line: units, or None to take back}`` and
        write it in the journal as one entry a cycle, with the values of ``entry``; returns the
        entries."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        figures = {
            line: None if qty is None else float_round(qty, precision_digits=digits)
            for line, qty in figures.items()
        }
        journal = self.env["sop.demand.override"]
        for cycle, lines in self.grouped("cycle_id").items():
            rows = lines._journal_rows(figures)
            self.env["sop.planner"]._apply_overrides(lines, figures)
            journal |= lines._write_journal(cycle, rows, entry)
        return journal

    def _journal_rows(self, figures):
        return [
            {
                "line_id": line.id,
                "company_id": line.company_id.id,
                "product_id": line.product_id.id,
                "bucket_start": line.bucket_start,
                "qty_old": line.qty_consensus,
                "override_old": line.qty_override,
                "was_overridden": line.is_overridden,
                "override_new": figures[line] or 0.0,
                "is_overridden": figures[line] is not None,
            }
            for line in self
        ]

    def _write_journal(self, cycle, rows, entry):
        rows = [
            {**row, "qty_new": line.qty_consensus, "bucket_start": line.bucket_start}
            for row, line in zip(rows, self)
        ]
        before = sum(row["qty_old"] for row in rows)
        after = sum(row["qty_new"] for row in rows)
        price = {line.id: line.price_unit for line in self.sudo()}
        return (
            self.env["sop.demand.override"]
            .sudo()
            .create(
                {
                    "cycle_id": cycle.id,
                    "company_id": cycle.company_id.id,
                    "user_id": self.env.uid,
                    "product_id": self.product_id.id if len(self.product_id) == 1 else False,
                    "family_id": self.family_id.id if len(self.family_id) == 1 else False,
                    "month_from": min(self.mapped("bucket_start")),
                    "month_to": max(self.mapped("bucket_start")),
                    "qty_old": before,
                    "qty_new": after,
                    "amount_change": sum(
                        (row["qty_new"] - row["qty_old"]) * price[row["line_id"]] for row in rows
                    ),
                    "line_ids": [fields.Command.create(row) for row in rows],
                    **entry,
                }
            )
            .sudo(self.env.su)
        )

    def action_reset_override(self):
        """Take the override back: the computed consensus returns."""
        self.write({"is_overridden": False})

    def action_open_changes(self):
        """The journal entries of these lines."""
        domain = [("line_ids.line_id", "in", self.ids)]
        return open_action(self.env, "sop_demand_override_action", domain)

    def action_adjust(self):
        """Change these lines together, with a reason."""
        return self.env["sop.demand.adjust"]._open(self)
