from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_datetime, formatLang, html2plaintext

COMMENTS = 5
WHOLE_ROW = "total"  # the column of the sums over all buckets


@dataclass(frozen=True)
class GridCell:
    """A cell of the planning grid: the rows and the buckets that it sums up."""

    cycle: models.BaseModel
    row: Domain  # the records of its row, in all buckets
    spot: Domain  # the records that it sums up
    subject: models.BaseModel  # what its row is about: a family, a product, a work center
    name: str
    first: fields.Date
    end: fields.Date
    label: str  # of its column, short
    title: str


class SopGridWhyMixin(models.AbstractModel):
    """Why a figure of the planning grid is what it is, and what it is made of; beside
    ``sop.grid.mixin``, which reads rows and columns."""

    _name = "sop.grid.why.mixin"
    _description = "S&OP Reasons of a Grid Cell"

    @api.model
    @api.readonly
    def get_grid_cell(self, domain=None, options=None, row="", column="", measure=""):
        """How one cell came about, for the panel beside the grid.

        ``row`` is a row's key ("family_id:12"), ``column`` the first day of its bucket, or "total"
        for the whole row; ``domain`` and ``options`` are the grid's. Returns the equation
        (``parts``), sentences (``facts``), a chart (``series``), changes by people, drill-downs
        (``actions``, opened by ``open_grid_cell``) and the record that is talked about.
        Raises UserError for a cell that the plan does not have.
        """
        cell = self._cell_of(domain, options, row, column)
        return {
            "title": f"{cell.name} · {cell.label}",
            "subtitle": cell.title,
            "beside": [],
            "changes": [],
            "is_overridden": False,
            **self._cell_figures(cell),
            **self._cell_talk(self._cell_thread(cell)),
            "actions": [action for action in self._cell_actions(cell) if action],
        }

    @api.model
    def open_grid_cell(self, domain=None, options=None, row="", column="", name=""):
        """Open what a cell is made of: the window action of one of its ``actions``."""
        cell = self._cell_of(domain, options, row, column)
        opened = getattr(self, f"_open_cell_{name}", None)
        if not opened:
            raise UserError(self.env._("There is nothing to open of this kind: %s.", name))
        return opened(cell)

    # ---- hooks of each grid ----

    def _cell_figures(self, cell):
        """value, level, glyph, parts, facts, series; and changes, beside where there are some."""
        raise NotImplementedError

    def _cell_actions(self, cell):
        raise NotImplementedError

    def _cell_thread(self, cell):
        """The record with the chatter, or None."""

    def _cell_scope(self, grid):
        """What the grid shows beyond its domain."""
        return Domain.TRUE

    # ---- the cell ----

    @api.model
    def _cell_of(self, domain, options, row, column):
        """The cell of these arguments, read as the grid reads them. Raises UserError."""
        self.check_access("read")
        if not row or not column:
            raise UserError(self.env._("Choose a figure of the grid."))
        grid = self._grid(domain or (), options)
        if not grid.cycle:
            raise UserError(self.env._("There is no plan to show: open a cycle and refresh it."))
        self._grid_set_columns(grid)
        *_above, (path, value) = self._grid_parts(row).items()
        rows = grid.domain & self._cell_scope(grid) & self._grid_key_domain(row)
        first, end, label, title = self._cell_span(grid, column)
        spot = rows & Domain("bucket_start", ">=", first) & Domain("bucket_start", "<", end)
        return GridCell(
            cycle=grid.cycle,
            row=rows,
            spot=spot,
            subject=self._cell_subject(path, value),
            name=self._grid_label(path, self._cell_value(path, value)),
            first=first,
            end=end,
            label=label,
            title=title,
        )

    def _cell_value(self, path, value):
        known = self._grid_field(path)
        if known.type != "many2one":
            return value
        return self.env[known.comodel_name].browse(value or []).exists()

    def _cell_subject(self, path, value):
        """The record that the row is about, without one an empty one."""
        subject = self._cell_value(path, value)
        is_record = isinstance(subject, models.BaseModel)
        return subject if is_record else self.env["product.category"].browse()

    def _cell_span(self, grid, column):
        """(first day, day after, label, title) of the cell's column, or of all of them."""
        spans = {known["key"]: known for known in grid.columns}
        if column == WHOLE_ROW and spans:
            starts = [self._column_span(known) for known in grid.columns]
            first, end = min(start for start, _end in starts), max(end for _start, end in starts)
            return first, end, self._grid_total_label(grid), ""
        if column not in spans:
            raise UserError(self.env._("The grid has no column %s.", column))
        known = spans[column]
        return *self._column_span(known), known["label"], known["title"]

    def _column_span(self, column):
        return fields.Date.to_date(column["start"]), fields.Date.to_date(column["end"])

    # ---- words ----

    def _number(self, value, digits=0):
        return formatLang(self.env, value, digits=digits).replace("-", "\N{MINUS SIGN}")

    def _part(self, label, value, sign="", help="", digits=0):
        """A line of the equation; a change carries its sign."""
        text = self._number(value, digits)
        if sign == "+":
            text = f"{'+' if value >= 0 else ''}{text}"
        return {"label": label, "value": value, "text": text, "sign": sign, "help": help}

    def _drill(self, name, label, count=None, text=None, model=None, is_allowed=True, help=""):
        """A drill-down; without the right to its documents it shows what there is and says so."""
        may = is_allowed and (model is None or self.env[model].has_access("read"))
        if not may and not help:
            help = self.env._(
                "You have no right to read these documents: ask their department, or an"
                " administrator."
            )
        text = text if text is not None or count is None else self._number(count)
        return {"name": name, "label": label, "count": count, "text": text or "",
                "is_allowed": may, "help": help}  # fmt: skip

    # ---- talk ----

    def _cell_talk(self, thread):
        if not thread:
            return {"chatter": None, "comments": [], "owner": ""}
        messages = self.env["mail.message"].search(
            [("model", "=", thread._name), ("res_id", "=", thread.id),
             ("message_type", "=", "comment")],
            order="id desc",
            limit=COMMENTS,
        )  # fmt: skip
        return {
            "chatter": {
                "model": thread._name,
                "id": thread.id,
                "name": thread.display_name,
                "can_post": thread.has_access("write"),
            },
            "comments": [
                {
                    "id": message.id,
                    "when": format_datetime(self.env, message.date, dt_format="short"),
                    "user": message.author_id.name or message.email_from or "",
                    "text": html2plaintext(message.body or ""),
                }
                for message in messages
            ],
            "owner": thread.user_id.name or "",
        }

    def _open_cell_thread(self, cell):
        thread = self._cell_thread(cell)
        return thread and self._open_one(thread)

    def _open_one(self, record):
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def _open_cell_ask(self, cell):
        """The dialog that plans an activity for the owner of what the cell is about."""
        thread = self._cell_thread(cell)
        if not thread:
            raise UserError(self.env._("Nobody owns this row."))
        kind = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask %s", thread.user_id.name or thread.display_name),
            "res_model": "mail.activity.schedule",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "active_model": thread._name,
                "active_ids": thread.ids,
                "active_id": thread.id,
                "default_activity_type_id": kind and kind.id,
                "default_activity_user_id": (thread.user_id or self.env.user).id,
                "default_summary": self._cell_question(cell),
            },
        }

    def _cell_question(self, cell):
        return f"{cell.name}, {cell.label}"

    def _refusal(self, check):
        """Why something is refused, in a sentence; "" where it is not."""
        try:
            check()
        except (AccessError, UserError) as error:
            return str(error)
        return ""
