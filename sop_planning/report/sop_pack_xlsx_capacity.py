from odoo import api, models

from ..palette import LOAD_LIMITS
from .sop_pack_charts import GRID, LEVELS, MUTED
from .sop_pack_xlsx_charts import load_chart

FIRST = 2  # column of the first week


class SopPackXlsxCapacity(models.AbstractModel):
    """The load of work centers by week, in the colours of the screens, and of the fullest one."""

    _name = "sop.pack.xlsx.capacity"
    _description = "S&OP Pack Capacity Sheet"

    @api.model
    def _write_sheet(self, book, subtitle, section):
        _ = self.env._
        sheet = book.sheet(_("Capacity"), _("Capacity by week"), subtitle, LEVELS["red"].fill)
        section = section or {}
        maps = [chart for chart in section.get("charts") or [] if chart["kind"] == "heat"]
        chart = maps[0] if maps and maps[0]["rows"] else None
        sheet.sentence(section.get("lead") or section.get("empty"), last_column=20)
        if chart:
            last = FIRST + len(chart["columns"]) - 1
            self._matrix(book, sheet, chart)
            for note in section["notes"]:
                sheet.sentence(note, last_column=last, italic=True, font_color=MUTED)
            sheet.row += 1
            self._bottleneck(book, sheet, chart)
        sheet.finish()

    def _heads(self, sheet, chart, words):
        for column, label in enumerate([*words, *chart["columns"]]):
            sheet._head(sheet.row, column, label, "text" if column == 0 else "number")
        sheet.widths.update({0: 26, 1: 11})
        sheet.widths.update({FIRST + place: 10.5 for place in range(len(chart["columns"]))})

    def _matrix(self, book, sheet, chart):
        self._heads(sheet, chart, [self.env._("Work center"), self.env._("Peak")])
        sheet.file.freeze_panes(sheet.row + 1, FIRST)
        sheet.file.repeat_rows(sheet.row)
        first = sheet.row + 1
        style = {"align": "right", "border": 1, "border_color": GRID}
        for offset, row in enumerate(chart["rows"]):
            sheet.text(first + offset, 0, row["label"], bold=True, border=1, border_color=GRID)
            figures = [row["peak"], *((cell or {}).get("value") for cell in row["cells"])]
            for column, figure in enumerate(figures, start=1):
                sheet.value(first + offset, column, figure, "percent_plain", **style)
            for column, cell in enumerate(row["cells"], start=FIRST):
                if cell and cell["value"] is None and cell["level"] == "critical":
                    fill, ink, _bar, glyph = LEVELS["critical"]  # load, and no hour for it
                    full = {**style, "bg_color": fill, "font_color": ink, "bold": True}
                    sheet.text(first + offset, column, glyph, **full)
        last = first + len(chart["rows"]) - 1
        self._colour(book, sheet, first, last, FIRST + len(chart["columns"]) - 1)
        sheet.file.autofilter(sheet.row, 0, last, 1)
        sheet.row = last + 2

    def _colour(self, book, sheet, first, last, last_column):
        """Colour, glyph and weight by the figure itself, so that they follow when it is changed."""
        cells = (first, 1, last, last_column)
        sheet.file.conditional_format(*cells, {"type": "text", "criteria": "containing",
                                               "value": "–", "stop_if_true": True})  # fmt: skip
        for level, limit in LOAD_LIMITS.items():
            fill, ink, _bar, glyph = LEVELS[level]
            form = f'"{glyph} "0%' if glyph else "0%"
            style = book.file.add_format(
                {"bg_color": fill, "font_color": ink, "bold": bool(glyph), "num_format": form}
            )
            sheet.file.conditional_format(*cells, {"type": "cell", "criteria": ">",
                                                   "value": limit, "format": style,
                                                   "stop_if_true": True})  # fmt: skip

    def _bottleneck(self, book, sheet, chart):
        """Hours needed and hours there are of the fullest work center, week by week."""
        _ = self.env._
        row = chart["rows"][0]
        sheet.heading(_("Bottleneck: %s", row["label"]))
        self._heads(sheet, chart, [_("Hours"), _("Sum")])
        lines = {"load": _("Load"), "available": _("Available")}
        ranges = {}
        head = sheet.row
        last = FIRST + len(row["cells"]) - 1
        for offset, (name, label) in enumerate(lines.items(), start=1):
            hours = [(cell or {}).get(name) or 0.0 for cell in row["cells"]]
            sheet.text(head + offset, 0, label, bold=True)
            for column, figure in enumerate([sum(hours), *hours], start=1):
                sheet.value(head + offset, column, figure, "number")
            ranges[name] = [head + offset, FIRST, head + offset, last]
        sheet.row = head + len(lines) + 2
        words = (_("Load, hours"), _("Available, hours"))
        title = _("Load of %s by week", row["label"])
        labels = [head, FIRST, head, last]
        name = sheet.file.get_name()
        sheet.chart(load_chart(book, name, title, labels, *ranges.values(), words))
