import base64

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..models.navigation import FAMILY_NAMES, open_action
from ..models.sop_demand_override import SET
from .sop_demand_sheet_change import CONFLICT, PROBLEM


class SopDemandSheetImport(models.TransientModel):
    """An edited demand sheet: what differs is shown first, then written as one change."""

    _name = "sop.demand.sheet.import"
    _description = "S&OP Import Demand Sheet"

    cycle_id = fields.Many2one(
        "sop.cycle",
        required=True,
        default=lambda self: self.env["sop.demand.sheet.export"]._shown_cycle(),
        domain="[('state', 'not in', ('approved', 'cancelled'))]",
        help="The cycle that the file was exported from.",
    )
    company_id = fields.Many2one(related="cycle_id.company_id")
    file = fields.Binary(
        string="Edited sheet", help="The workbook of Export Demand Sheet, with changed figures."
    )
    file_name = fields.Char()
    state = fields.Selection(
        [("upload", "File"), ("preview", "Differences")], default="upload", readonly=True
    )
    line_ids = fields.One2many("sop.demand.sheet.change", "import_id", string="Differences")
    notice = fields.Text(readonly=True, help="What is said about the file as a whole.")
    # required to apply: the dialog opens without one
    reason_id = fields.Many2one("sop.override.reason")
    note = fields.Text(help="What was agreed, and with whom.")
    chosen_count = fields.Integer(string="Changes chosen", compute="_compute_counts")
    conflict_count = fields.Integer(string="Conflicts", compute="_compute_counts")
    problem_count = fields.Integer(string="Left out", compute="_compute_counts")
    families = fields.Html(string="By family", compute="_compute_families", sanitize=False)

    @api.depends("line_ids.is_chosen", "line_ids.kind")
    def _compute_counts(self):
        for wizard in self:
            kinds = wizard.line_ids.mapped("kind")
            wizard.chosen_count = len(wizard._chosen())
            wizard.conflict_count = kinds.count(CONFLICT)
            wizard.problem_count = kinds.count(PROBLEM)

    def _chosen(self):
        return self.line_ids.filtered(lambda line: line.is_chosen and line.kind != PROBLEM)

    # ---- totals by family ----

    @api.depends("line_ids.is_chosen")
    def _compute_families(self):
        for wizard in self:
            changes = {}
            for line in wizard._chosen():
                changes.setdefault(line.family_id._origin, []).append(line.qty_change)
            wizard.families = wizard._family_table(changes)

    def _family_table(self, changes):
        """Each family's plan over all its months, before and after the chosen changes."""
        if not changes:
            return False
        now = dict(
            self.env["sop.demand.line"]._read_group(
                [
                    ("cycle_id", "=", self.cycle_id.id),
                    ("family_id", "in", [family.id or False for family in changes]),
                ],
                ["family_id"],
                ["qty_consensus:sum"],
            )
        )
        rows = [(self._family_name(family), now.get(family, 0.0), sum(own), len(own))
                for family, own in changes.items()]  # fmt: skip
        rows.sort(key=lambda row: -abs(row[2]))
        if len(rows) > 1:
            sums = (sum(row[place] for row in rows) for place in (1, 2, 3))
            rows.append((self.env._("Together"), *sums))
        return self._markup([self._words(*row) for row in rows])

    def _family_name(self, family):
        return family.name or self.env._("Without family")

    def _words(self, name, now, change, count):
        qty = lambda figure: formatLang(self.env, figure, digits=0)  # noqa: E731
        percent = f"{100 * change / now:+,.1f} %" if now else self.env._("new")
        sign = "+" if change > 0 else ""
        return name, str(count), qty(now), qty(now + change), f"{sign}{qty(change)}", percent

    def _markup(self, rows):
        _ = self.env._
        heads = (_("Family"), _("Changes"), _("Plan now"), _("Then"), _("Change"), "%")
        cell = Markup('<%s class="%s">%s</%s>')
        lines = [("th", heads), *(("td", row) for row in rows)]
        body = Markup("").join(
            Markup("<tr>%s</tr>")
            % Markup("").join(
                cell % (tag, "text-end" if place else "", words, tag)
                for place, words in enumerate(row)
            )
            for tag, row in lines
        )
        return Markup('<table class="table table-sm w-auto mb-0">%s</table>') % body

    # ---- buttons ----

    def action_preview(self):
        """Read the file and show what differs."""
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose the demand sheet that you changed."))
        self.cycle_id._check_computed()
        self.cycle_id._check_not_frozen()
        self.env["sop.demand.line"].browse()._check_controller()
        content = base64.b64decode(self.file)
        keys, rows = self.env["sop.demand.sheet"]._read_sheet(content, self.cycle_id)
        changes, notice = self.env["sop.demand.sheet"]._differences(keys, rows, self.cycle_id)
        self.line_ids.unlink()
        self.line_ids = [fields.Command.create(vals) for vals in changes]
        self.write({"state": "preview", "notice": notice})
        return self._reopen()

    def action_back(self):
        """Choose another file."""
        self.line_ids.unlink()
        self.write({"state": "upload", "file": False, "notice": False})
        return self._reopen()

    def action_export(self):
        """The sheet of the chosen cycle, to be changed."""
        return self.env["sop.demand.sheet.export"]._download(self.cycle_id)

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Demand Sheet"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {**FAMILY_NAMES, "dialog_size": "extra-large"},
        }

    def action_apply(self):
        """Write the chosen differences as overrides: one entry of the journal."""
        self.ensure_one()
        chosen = self._chosen()
        lines = chosen.line_id
        if not lines:
            raise UserError(self.env._("Nothing is chosen: there is no figure to change."))
        if not self.reason_id:
            raise UserError(self.env._("Choose the reason of the changes."))
        lines._check_may_override()
        self._check_chosen(chosen)
        lines._check_seen({change.line_id.id: change.version for change in chosen})
        figures = {change.line_id: change.qty_new for change in chosen}
        entry = {
            "kind": SET,
            "value": sum(figures.values()),
            "reason_id": self.reason_id.id,
            "note": "\n".join(filter(None, (self.note, self._source_words()))),
        }
        journal = lines._override(figures, entry)
        return open_action(self.env, "sop_demand_override_action", [("id", "in", journal.ids)])

    def _source_words(self):
        return self.env._("Demand sheet %s", self.file_name or "").strip()

    def _check_chosen(self, chosen):
        """What was compared is checked again: the dialog may have been open for an hour."""
        chosen = chosen.filtered("line_id")
        if chosen.line_id.cycle_id != self.cycle_id:
            raise UserError(self.env._("The cycle was changed: show the differences again."))
        for change in chosen:
            change.line_id._check_not_negative(change.qty_new)
        locked = chosen.line_id._locked().product_id
        if locked:
            raise UserError(
                self.env._(
                    "%s is locked meanwhile: unlock the product, or leave its rows out.",
                    ", ".join(locked.mapped("display_name")[:5]),
                )
            )
