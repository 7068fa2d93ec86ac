"""A workbook that a board can read: formats, properties, data of its charts. Knows no Odoo.

Texts go in by ``write_string`` alone, so that a name that starts with = + - @ stays a name.
"""

import io

import xlsxwriter

from .sop_pack_charts import INK, TOTAL
from .sop_pack_xlsx_sheet import Sheet


class Book:
    """A workbook in memory; ``close`` gives its bytes."""

    def __init__(self, properties, symbol="", is_symbol_first=False, level_words=None):
        self.stream = io.BytesIO()
        self.file = xlsxwriter.Workbook(
            self.stream,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": True,
            },
        )
        self.file.set_properties(properties)
        title = properties["title"].replace("&", "&&")
        self.footer = f"&L&8 {title}&R&8 &P / &N"
        self.level_words = level_words or {}
        mark = symbol.replace('"', "")
        money = f'"{mark}"#,##0' if is_symbol_first else f'#,##0" {mark}"'
        self.number_formats = {
            "number": "#,##0", "units": "#,##0", "hours": '#,##0.0" h"', "days": "0.0",
            "money": f"{money};-{money}", "money_short": '[>=1000000]0.0,,"M";[>=10000]0,"k";0',
            "change_money": f"+{money};-{money};{money}", "percent": "0.0%", "percent_plain": "0%",
            "change": "+0.0%;-0.0%;0.0%", "points": "+0.0%;-0.0%;0.0%", "date": "d mmm yyyy",
        }  # fmt: skip
        self._formats = {}
        self._names = set()
        self._data = None
        self._data_row = 0

    def close(self):
        self.file.close()
        return self.stream.getvalue()

    def format(self, **props):
        """A cell format, made once."""
        key = tuple(sorted(props.items()))
        if key not in self._formats:
            base = {"font_name": "Calibri", "font_size": 10, "font_color": INK, "valign": "top"}
            self._formats[key] = self.file.add_format({**base, **props})
        return self._formats[key]

    def sheet(self, name, title, subtitle, color=TOTAL, column=0):
        return Sheet(self, self._sheet_name(name), title, subtitle, color, column)

    def _sheet_name(self, name):
        """Excel's rules for the name of a sheet."""
        name = "".join(" " if letter in "[]:*?/\\'" else letter for letter in name)[:31].strip()
        while name.lower() in self._names:
            name = f"{name[:28]} {len(self._names)}"
        self._names.add(name.lower())
        return name

    def number_format(self, form, value=None):
        if form == "units" and value is not None and abs(value) < 100 and value != int(value):
            return "#,##0.0"
        return self.number_formats.get(form, "#,##0.##")

    def data(self, columns):
        """Columns of figures for a chart on the hidden data sheet: their cell ranges, in order."""
        if self._data is None:
            self._data = self.file.add_worksheet(self._sheet_name("chart_data"))
            self._data.hide()
        first, ranges = self._data_row, []
        for place, values in enumerate(columns):
            for row, value in enumerate(values):
                if isinstance(value, str):
                    self._data.write_string(first + row, place, value)
                elif value is not None:
                    self._data.write_number(first + row, place, value)
            ranges.append([self._data.get_name(), first, place, first + len(values) - 1, place])
        self._data_row += max(len(values) for values in columns) + 1
        return ranges
