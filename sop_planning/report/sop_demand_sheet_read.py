import io
import json
from datetime import date, datetime

from openpyxl import load_workbook

from odoo import api, fields, models
from odoo.exceptions import UserError

from .sop_demand_sheet import CONSENSUS, FIRST_MONTH, FIRST_ROW, HEAD_ROW, ID_COLUMN, KEY_ROW, MARK
from .sop_demand_sheet import WAS as WAS_KEY

MOST_ROWS = 100_000


class SopDemandSheet(models.AbstractModel):
    """Reading a demand sheet that somebody edited."""

    _inherit = "sop.demand.sheet"

    @api.model
    def _read_sheet(self, content, cycle):
        """What a file of this cycle says: (keys, rows), a row being (product id, name of the
        product as the file shows it, {month: (figure as read, figure as it was)})."""
        keys, rows = self._demand_rows(content)
        self._check_keys(keys, cycle)
        columns = self._month_columns(keys, rows)
        products = []
        for row in rows[FIRST_ROW:]:
            if not any(value is not None for value in row[:FIRST_MONTH]):
                continue
            figures = {month: (row[here], row[was]) for month, (here, was) in columns.items()}
            products.append((row[ID_COLUMN], self._row_name(row), figures))
        return keys, products

    def _row_name(self, row):
        code, name = (str(row[column] or "").strip() for column in (2, 3))
        return f"[{code}] {name}" if code else name

    def _demand_rows(self, content):
        """The keys and all rows of the file's demand sheet."""
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        except Exception as error:  # whatever a file that is no workbook makes of it
            raise UserError(
                self.env._(
                    "This file is no Excel workbook (.xlsx): export the demand sheet, change it,"
                    " and save it as Excel workbook."
                )
            ) from error
        for sheet in book.worksheets:
            rows = []
            for number, row in enumerate(sheet.iter_rows(values_only=True)):
                rows.append(row)
                if number == KEY_ROW:
                    keys = self._keys(row)
                    if not keys:
                        break
                if number > MOST_ROWS:
                    break
            else:
                if len(rows) > KEY_ROW:
                    return keys, self._same_length(rows)
        raise UserError(
            self.env._(
                "This workbook has no demand sheet of S&OP in it: press Export Demand Sheet, change"
                " the figures in that file, and import it."
            )
        )

    def _same_length(self, rows):
        width = max(map(len, rows))
        return [tuple(row) + (None,) * (width - len(row)) for row in rows]

    def _keys(self, row):
        """What the hidden row says of the file; nothing where it is another one."""
        try:
            keys = json.loads(row[0] or "")
        except (IndexError, TypeError, ValueError):
            return None
        return keys if isinstance(keys, dict) and keys.get("sheet") == MARK else None

    def _check_keys(self, keys, cycle):
        if keys.get("database") == self._database_key(cycle):
            return
        if keys.get("company") == cycle.company_id.name and keys.get("name") != cycle.name:
            raise UserError(
                self.env._(
                    "This file is the demand of %(file)s, not of %(cycle)s: choose that cycle, or"
                    " export the demand sheet of %(cycle)s.",
                    file=keys.get("name"),
                    cycle=cycle.name,
                )
            )
        raise UserError(
            self.env._(
                "This file (%(file)s, %(company)s) was made by another company or database than"
                " %(cycle)s: export its demand sheet here and change that.",
                file=keys.get("name") or "?",
                company=keys.get("company") or "?",
                cycle=cycle.name,
            )
        )

    def _month_columns(self, keys, rows):
        """{month: (column to read, column of what it was)}, each of them where the hidden row says
        it is, and its heading as it was."""
        places = {key: column for column, key in enumerate(rows[KEY_ROW]) if isinstance(key, str)}
        columns, renamed, lost = {}, [], []
        for text in keys.get("months") or []:
            month = fields.Date.to_date(text)
            here, was = places.get(f"{CONSENSUS}:{text}"), places.get(f"{WAS_KEY}:{text}")
            if here is None or was is None:
                lost.append(month)
            elif self._as_day(rows[HEAD_ROW][here]) != month:
                renamed.append(month)
            else:
                columns[month] = (here, was)
        self._refuse_months(lost, renamed)
        return columns

    def _as_day(self, value):
        if isinstance(value, datetime):
            return value.date()
        return value if isinstance(value, date) else None

    def _refuse_months(self, lost, renamed):
        label = self.env["sop.cycle"]._month_label
        if lost:
            raise UserError(
                self.env._(
                    "The columns of these months are missing from the file: %s. Export the demand"
                    " sheet again and change the figures only.",
                    ", ".join(label(month) for month in lost),
                )
            )
        if renamed:
            raise UserError(
                self.env._(
                    "The heading of these months was changed in the file: %s. It is not clear which"
                    " month is meant: put the heading back, or export the demand sheet again.",
                    ", ".join(label(month) for month in renamed),
                )
            )
