import json

from odoo import api, fields, models

from ..palette import COLORS
from .sop_demand_sheet import (
    BLOCK_ROW,
    CONSENSUS,
    FIRST_MONTH,
    FIRST_ROW,
    HEAD_ROW,
    ID_COLUMN,
    KEY_ROW,
    LAST_YEAR,
    MARK,
    ORDERS,
    STATISTICAL,
    SUM_ROW,
    WAS,
)
from .sop_pack_charts import GRID, MUTED, PAPER, UP
from .sop_pack_xlsx_sheet import HEAD, column_name

EDIT, OFF, KEPT = (COLORS[name] for name in ("edit", "off", "kept"))


class SopDemandSheet(models.AbstractModel):
    """Writing the sheet."""

    _inherit = "sop.demand.sheet"

    @api.model
    def _write_sheet(self, book, cycle):
        _ = self.env._
        products, lines = self._products(cycle), self._lines(cycle)
        order = sorted(lines, key=lambda product_id: products[product_id][:3])
        months = sorted({month for own in lines.values() for month in own})
        title = _("Demand of %s", cycle.name)
        sheet = book.sheet(_("Demand"), title, self._how_short(), UP, ID_COLUMN + 1)
        blocks = self._blocks(months)
        self._write_keys(sheet, cycle, blocks, len(order))
        self._write_heads(book, sheet, blocks, months)
        self._write_sums(book, sheet, blocks, lines)
        locked, open_from = self._locked_products(cycle), self._open_from(cycle)
        comments, styles = self._comments(cycle), self._styles(book)
        for row, product_id in enumerate(order, start=FIRST_ROW):
            sheet.file.write_number(row, ID_COLUMN, product_id, styles["text"])
            for column, words in enumerate(products[product_id], start=1):
                sheet.file.write_string(row, column, words, styles["text"])
            first = cycle.date_end if product_id in locked else open_from
            self._write_row(sheet, row, lines[product_id], blocks, first, comments, styles)
        codes = max([13, *(len(products[product_id][1]) + 2 for product_id in order)])
        sheet.file.set_column(2, 2, min(codes, 26))
        self._finish(book, sheet, blocks, FIRST_ROW + len(order) - 1, cycle)

    def _how_short(self):
        return self.env._(
            "Change the light yellow cells, save, and read the file back: S&OP > Demand > Import"
            " Demand Sheet"
        )

    def _blocks(self, months):
        """[(key, label, first column, months)] of the months to edit and of those beside them."""
        _ = self.env._
        names = ((CONSENSUS, _("Consensus, units")), (STATISTICAL, _("Statistical forecast")),
                 (LAST_YEAR, _("Last year")), (ORDERS, _("Orders")),
                 (WAS, _("Consensus as it was")))  # fmt: skip
        size = len(months)
        return [
            (key, label, FIRST_MONTH + place * (size + (1 if place else 0)), months)
            for place, (key, label) in enumerate(names)
        ]

    def _write_keys(self, sheet, cycle, blocks, count):
        keys = {
            "sheet": MARK,
            "database": self._database_key(cycle),
            "cycle": cycle.id,
            "name": cycle.name,
            "company": cycle.company_id.name,
            "snapshot": fields.Datetime.to_string(cycle.date_snapshot),
            "made": fields.Datetime.to_string(fields.Datetime.now()),
            "rows": count,
            "months": [fields.Date.to_string(month) for month in blocks[0][3]],
        }
        sheet.file.write_string(KEY_ROW, 0, json.dumps(keys))
        for key, _label, first, months in blocks:
            for place, month in enumerate(months):
                sheet.file.write_string(KEY_ROW, first + place, f"{key}:{month}")
        sheet.file.set_row(KEY_ROW, None, None, {"hidden": True})

    def _write_heads(self, book, sheet, blocks, months):
        _ = self.env._
        style = book.format(bg_color=HEAD, font_color=PAPER, bold=True, valign="vcenter")
        month = book.format(bg_color=HEAD, font_color=PAPER, bold=True, align="right",
                            num_format="mmm yyyy", valign="vcenter")  # fmt: skip
        label = book.format(bold=True, font_color=MUTED)
        total = book.format(bold=True, num_format="#,##0", bottom=1, bottom_color=GRID)
        heads = ("ID", _("Family"), _("Code"), _("Product"), _("Unit"), _("Sum"))
        for column, words in enumerate(heads):
            sheet.file.write_string(HEAD_ROW, column, words, style)
            sheet.file.write_blank(SUM_ROW, column, None, total)
        sheet.file.write_string(SUM_ROW, 1, _("Sum of the rows shown"), total)
        for _key, words, first, _months in blocks:
            sheet.file.write_string(BLOCK_ROW, first, words, label)
            for place, day in enumerate(months):
                sheet.file.write_datetime(
                    HEAD_ROW, first + place, fields.Datetime.to_datetime(day), month
                )

    def _write_sums(self, book, sheet, blocks, lines):
        """Sums of the rows that a filter shows, over each month."""
        style = book.format(bold=True, num_format="#,##0", bottom=1, bottom_color=GRID)
        last = FIRST_ROW + max(len(lines), 1) - 1
        places = {CONSENSUS: 1, STATISTICAL: 2, LAST_YEAR: 3, ORDERS: 4}
        total = 0.0
        for key, _label, first, months in blocks:
            for column, month in enumerate(months, start=first) if key in places else ():
                value = sum(own[month][places[key]] for own in lines.values() if month in own)
                total += value if key == CONSENSUS else 0.0
                self._subtotal(sheet, column, last, style, value)
        self._subtotal(sheet, FIRST_MONTH - 1, last, style, total)

    def _subtotal(self, sheet, column, last, style, value):
        name = column_name(column)
        formula = f"=SUBTOTAL(109,{name}{FIRST_ROW + 1}:{name}{last + 1})"
        sheet.file.write_formula(SUM_ROW, column, formula, style, value)

    def _styles(self, book):
        edge = {"border": 1, "border_color": GRID}
        figure = {"num_format": "#,##0", **edge}
        return {
            "text": book.format(**edge),
            "edit": book.format(bg_color=EDIT, locked=False, **figure),
            "kept": book.format(bg_color=KEPT, locked=False, bold=True, **figure),
            "off": book.format(bg_color=OFF, font_color=MUTED, **figure),
            "plain": book.format(font_color=MUTED, **figure),
            "sum": book.format(bold=True, **figure),
        }

    def _write_row(self, sheet, row, own, blocks, open_from, comments, styles):
        """A product's months: to edit from ``open_from`` on, and the figures beside them."""
        starts = {key: first for key, _label, first, _months in blocks}
        number = sheet.file.write_number
        total = 0.0
        for place, month in enumerate(blocks[0][3]):
            column = starts[CONSENSUS] + place
            if month not in own:
                sheet.file.write_blank(row, column, None, styles["off"])
                continue
            line_id, qty, statistical, last_year, orders, is_overridden = own[month]
            total += qty
            style = "off" if month < open_from else "kept" if is_overridden else "edit"
            number(row, column, qty, styles[style])
            number(row, starts[WAS] + place, qty)
            for key, value in ((STATISTICAL, statistical), (LAST_YEAR, last_year),
                               (ORDERS, orders)):  # fmt: skip
                number(row, starts[key] + place, value, styles["plain"])
            if line_id in comments:
                sheet.file.write_comment(row, column, comments[line_id], {"x_scale": 1.6})
        first, last = (column_name(FIRST_MONTH + place) for place in (0, len(blocks[0][3]) - 1))
        formula = f"=SUM({first}{row + 1}:{last}{row + 1})"
        sheet.file.write_formula(row, FIRST_MONTH - 1, formula, styles["sum"], total)

    def _finish(self, book, sheet, blocks, last, cycle):
        """Widths, folded and hidden columns, what may be typed, protection, print setup."""
        file, months = sheet.file, blocks[0][3]
        for column, width in ((ID_COLUMN, 4), (1, 20), (3, 32), (4, 8), (5, 11)):
            file.set_column(column, column, width, None, {"hidden": column == ID_COLUMN})
        for key, _label, first, _months in blocks:
            options = {"level": 1, "hidden": True} if key != CONSENSUS else {}
            if key == WAS:
                options = {"hidden": True}
            file.set_column(first, first + len(months) - 1, 9.5, None, options)
            if key not in (CONSENSUS, WAS):  # the column with the + that unfolds its block
                file.set_column(first + len(months), first + len(months), 3, None,
                                {"collapsed": True})  # fmt: skip
        if last >= FIRST_ROW:
            self._guard(book, file, blocks, last)
        file.freeze_panes(FIRST_ROW, FIRST_MONTH)
        file.repeat_rows(HEAD_ROW)
        file.print_area(0, 1, max(last, FIRST_ROW), FIRST_MONTH + len(months) - 1)
        file.set_comments_author(cycle.company_id.name[:50])
        file.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})

    def _guard(self, book, file, blocks, last):
        """Only figures from 0 on can be typed; what was typed turns blue; fractions are shown."""
        _ = self.env._
        starts = {key: first for key, _label, first, _months in blocks}
        end = FIRST_MONTH + len(blocks[0][3]) - 1
        cells = (FIRST_ROW, FIRST_MONTH, last, end)
        here = f"{column_name(FIRST_MONTH)}{FIRST_ROW + 1}"
        was = f"{column_name(starts[WAS])}{FIRST_ROW + 1}"
        file.autofilter(HEAD_ROW, 1, last, end)
        file.data_validation(*cells, {
            "validate": "decimal", "criteria": ">=", "value": 0, "ignore_blank": False,
            "error_title": _("Demand"), "error_message": _("Enter units: 0 or more."),
        })  # fmt: skip
        edited = book.file.add_format({"bg_color": UP, "font_color": PAPER,
                                       "bold": True})  # fmt: skip
        file.conditional_format(*cells, {"type": "formula", "criteria": f"={here}<>{was}",
                                         "format": edited})  # fmt: skip
        fraction = book.file.add_format({"num_format": "#,##0.0#"})
        file.conditional_format(*cells, {"type": "formula", "criteria": f"=MOD({here},1)<>0",
                                         "format": fraction})  # fmt: skip
