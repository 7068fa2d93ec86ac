"""A sheet of the workbook: headings, sentences, tables, print setup. Knows no Odoo.

Texts go in by ``write_string`` alone, so that a name that starts with = + - @ stays a name.
"""

from datetime import datetime

from xlsxwriter.utility import xl_col_to_name

from ..palette import COLORS
from .sop_pack_charts import GRID, INK, LEVELS, MUTED, PAPER, TOTAL

HEAD = COLORS["head"]  # headings of tables
BAND = INK  # the title of a sheet
SOFT = COLORS["soft"]
NOTHING = "–"
CELL_LIMIT = 32000  # Excel takes 32,767 characters
WIDTHS = {"text": (14, 34), "long": (40, 64), "lines": (26, 46), "code": (9, 14), "level": (13, 15)}
FIGURE_WIDTH = (12, 18)
PAGE_WIDTH = 980  # pixels of A4 landscape between its margins, and a little room
WORDS = ("text", "long", "lines", "code", "level", "date")


class Sheet:
    """A sheet that is written from top to bottom; ``row`` is the next free one."""

    def __init__(self, book, name, title, subtitle, color, column):
        self.book = book
        self.file = book.file.add_worksheet(name)
        self.widths = {}
        self.breaks = []
        self.wrapped = []  # (row, column, words): as high as they need, once widths are known
        self.row = 3
        band = book.format(bg_color=BAND, font_color=PAPER, valign="vcenter")
        self.file.set_row(0, 30, band)
        self.file.set_row(1, 17, band)
        self.text(0, column, title, bg_color=BAND, font_color=PAPER, font_size=18, bold=True,
                  valign="vcenter")  # fmt: skip
        self.text(1, column, subtitle, bg_color=BAND, font_color=GRID, font_size=9,
                  valign="vcenter")  # fmt: skip
        self.file.set_tab_color(color)
        self.file.hide_gridlines(2)
        self.file.set_landscape()
        self.file.set_paper(9)
        self.file.fit_to_pages(1, 0)
        self.file.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.file.set_footer(book.footer)
        self.file.freeze_panes(2, 0)

    def text(self, row, column, words, **props):
        """Words, never a formula."""
        words = str(words if words not in (None, False) else "")[:CELL_LIMIT]
        self.file.write_string(row, column, words, self.book.format(**props))

    def heading(self, words):
        self.text(self.row, 0, words, font_size=13, bold=True, font_color=TOTAL)
        self.file.set_row(self.row, 20)
        self.row += 1

    def sentence(self, words, last_column=7, **props):
        """A sentence over several columns, as high as it needs."""
        words = str(words or "")[:CELL_LIMIT]
        if not words:
            return
        style = self.book.format(text_wrap=True, **props)
        self.file.merge_range(self.row, 0, self.row, last_column, "", style)
        self.file.write_string(self.row, 0, words, style)
        lines = sum(1 + len(line) // 125 for line in words.split("\n"))
        self.file.set_row(self.row, 14.5 * lines)
        self.row += 1

    def value(self, row, column, value, form, **props):
        """A raw figure of the pack by its format."""
        if form == "level":
            return self._level(row, column, value)
        if value is None or value is False or value == "" and form not in WORDS:
            side = {"align": "right"} if form not in WORDS else {"align": "left", "indent": 1}
            return self.text(row, column, NOTHING, **{**side, "font_color": MUTED, **props})
        if form == "date":
            day = datetime.strptime(str(value)[:10], "%Y-%m-%d")
            style = self.book.format(num_format="d mmm yyyy", align="left", indent=1, **props)
            return self.file.write_datetime(row, column, day, style)
        if isinstance(value, (int, float)) and form not in WORDS:
            style = self.book.format(num_format=self.book.number_format(form, value), **props)
            return self.file.write_number(row, column, value, style)
        words = "\n".join(map(str, value)) if isinstance(value, list) else value
        self.wrapped.append((row, column, str(words)))
        return self.text(row, column, words, text_wrap=True, **{"indent": 1, **props})

    def _level(self, row, column, level):
        fill, ink, bar, glyph = LEVELS[level or ""]
        words = " ".join(filter(None, (glyph, self.book.level_words.get(level or "", ""))))
        edge = {"left": 5, "left_color": bar} if bar else {}
        self.text(row, column, words, bg_color=fill, font_color=ink, bold=bool(glyph),
                  bottom=1, bottom_color=GRID, **edge)  # fmt: skip

    def facts(self, facts):
        """Figures side by side, each under its label."""
        for place, fact in enumerate(facts):
            top = {"bg_color": SOFT, "left": 5, "left_color": TOTAL}
            self.text(self.row, place, fact["label"], font_color=MUTED, font_size=9, text_wrap=True,
                      **top)  # fmt: skip
            self.value(self.row + 1, place, fact["value"], fact["format"], font_size=15, bold=True,
                       align="left", **top)  # fmt: skip
            self.text(self.row + 2, place, fact["detail"], font_size=9, font_color=MUTED,
                      text_wrap=True, **top)  # fmt: skip
            self.widen(place, "money")
        self.file.set_row(self.row, 26)
        self.file.set_row(self.row + 1, 22)
        self.file.set_row(self.row + 2, 26)
        self.row += 4

    def table(self, table, level_label, name_label):
        """A table with a filter on each column; returns (first row, last row) of its figures."""
        columns, rows = table["columns"], table["rows"]
        if table["title"]:
            self.text(self.row, 0, table["title"], bold=True, font_size=11)
            self.row += 1
        head = self.row
        labels = self._labels(columns, level_label, name_label)
        for place, column in enumerate(columns):
            self._head(head, place, labels[place], column["format"])
        for offset, row in enumerate(rows, start=1):
            for place, column in enumerate(columns):
                form = row.get("format", "text") if column["format"] == "row" else column["format"]
                self.value(head + offset, place, row.get(column["name"]), form, bottom=1,
                           bottom_color=GRID)  # fmt: skip
                self.widen(place, form, row.get(column["name"]))
        if rows:
            self.file.add_table(
                head, 0, head + len(rows), len(columns) - 1,
                {"style": None, "columns": [{"header": label, "header_format": self._head_format(
                    column["format"])} for label, column in zip(labels, columns)]},
            )  # fmt: skip
        self.row = head + len(rows) + 2
        return head + 1, head + len(rows)

    def _labels(self, columns, level_label, name_label):
        """Headings: a table wants each of them once, and none empty."""
        labels = []
        for column in columns:
            words = column["label"] or (level_label if column["format"] == "level" else name_label)
            while words.lower() in {label.lower() for label in labels}:
                words += " "
            labels.append(words)
        return labels

    def _head_format(self, form):
        side = {"align": "left", "indent": 1} if form in WORDS else {"align": "right"}
        return self.book.format(bg_color=HEAD, font_color=PAPER, bold=True, text_wrap=True,
                                valign="vcenter", **side)  # fmt: skip

    def _head(self, row, column, label, form):
        self.file.write_string(row, column, label, self._head_format(form))
        self.file.set_row(row, 30)
        self.widen(column, "code" if form == "level" else form, label[:14])

    def widen(self, column, form, value=""):
        """Make room for a value; a column is as wide as the widest of its tables asks for."""
        least, most = WIDTHS.get(form, FIGURE_WIDTH)
        longest = 0
        if isinstance(value, (str, list)):
            lines = value if isinstance(value, list) else value.split("\n")
            longest = max((len(str(line)) for line in lines), default=0)
        width = min(max(least, longest + 2), most)
        self.widths[column] = max(self.widths.get(column, 9), width)

    def chart(self, chart, height=300, width=1080):
        """A chart under what is written so far."""
        if chart is None:
            return
        chart.set_size({"width": width, "height": height})
        self.file.insert_chart(self.row, 0, chart, {"x_offset": 4, "y_offset": 4,
                                                    "object_position": 3})  # fmt: skip
        self.row += height // 20 + 2

    def break_page(self):
        """What follows starts on a page of its own."""
        self.breaks.append(self.row)

    def finish(self):
        for column, width in self.widths.items():
            self.file.set_column(column, column, width)
        lines = {}
        for row, column, words in self.wrapped:
            room = max(1.1 * self.widths.get(column, 9) - 2, 5)
            count = sum(1 + max(len(line) - 1, 0) // int(room) for line in words.split("\n"))
            lines[row] = max(lines.get(row, 1), count)
        for row, count in lines.items():
            if count > 1:
                self.file.set_row(row, 2 + 13.5 * count)
        if self.breaks:  # Excel heeds them only at a fixed scale
            wide = sum(7 * width + 5 for width in self.widths.values())
            self.file.set_h_pagebreaks(self.breaks)
            self.file.set_print_scale(max(10, min(100, int(100 * PAGE_WIDTH / wide))))


def column_name(column):
    return xl_col_to_name(column)
