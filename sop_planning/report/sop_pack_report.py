import re

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime, formatLang

from ..palette import COLORS
from .sop_pack_charts import LEVELS, draw
from .sop_pack_layout import layout, lead

TEXT_LIMIT = 210  # characters of a sentence that a page has room for
NO_PDF = ("install", "broken", "upgrade")  # states of wkhtmltopdf in which nothing is printed
SYMBOL_SPACE = "\N{NO-BREAK SPACE}"
BIG = ((1e6, "M"), (1e4, "k"))


class PackFormat:
    """Words the raw figures of a pack's value by their format, in the language of ``env``."""

    def __init__(self, env, currency):
        self.env = env
        self.symbol = currency["symbol"]

    def __call__(self, value, form="text"):
        if value is None or (value is False and form != "text"):
            return "–"
        if form.startswith("change_"):
            return self._signed(value, self(abs(value), form.removeprefix("change_")))
        return getattr(self, f"_{form}")(value)

    def cell(self, row, column):
        """A cell's words: a column of format "row" has the format of its row."""
        form = row.get("format", "text") if column["format"] == "row" else column["format"]
        return self(row.get(column["name"]), form)

    def is_lines(self, row, column):
        return isinstance(row.get(column["name"]), list)

    def align(self, column):
        is_words = column["format"] in ("text", "code", "long", "lines", "date", "level")
        return "words" if is_words else "figure"

    def moment(self, value):
        """A stored moment (UTC) in the time zone of the pack."""
        moment = fields.Datetime.to_datetime(value)
        return format_datetime(self.env, moment, dt_format="short") if moment else "–"

    def _signed(self, value, words):
        return f"{'+' if value > 0 else '-' if value < 0 else ''}{words}"

    def _figure(self, value, digits):
        return formatLang(self.env, value, digits=digits)

    def _text(self, value):
        return self._cut(value or "")

    _long = _code = _text

    def _cut(self, words):
        words = str(words)
        return words if len(words) <= TEXT_LIMIT else f"{words[: TEXT_LIMIT - 1].rstrip()}…"

    def _lines(self, value):
        return [self._cut(line) for line in value] if isinstance(value, list) else self._cut(value)

    def _number(self, value):
        return self._figure(value, 0)

    def _units(self, value):
        return self._figure(value, 0 if abs(value) >= 100 or float(value).is_integer() else 1)

    def _hours(self, value):
        return f"{self._figure(value, 0 if abs(value) >= 100 else 1)}{SYMBOL_SPACE}h"

    def _days(self, value):
        return self._figure(value, 1)

    def _money(self, value):
        return f"{self._figure(value, 0)}{SYMBOL_SPACE}{self.symbol}"

    def _money_short(self, value):
        for limit, unit in BIG:
            if abs(value) >= limit:
                figure = value / (1e6 if unit == "M" else 1e3)
                digits = 0 if unit == "k" or abs(figure) >= 100 else 1
                return f"{self._figure(figure, digits)}{SYMBOL_SPACE}{unit}{self.symbol}"
        return self._money(value)

    def _percent(self, value):
        return f"{self._figure(100 * value, 1)}{SYMBOL_SPACE}%"

    def _percent_plain(self, value):
        return self._figure(100 * value, 0)

    def _change(self, value):
        return self._signed(value, self._percent(abs(value)))

    def _points(self, value):
        points = self.env._("pp")
        return self._signed(value, f"{self._figure(abs(100 * value), 1)}{SYMBOL_SPACE}{points}")

    def _date(self, value):
        return format_date(self.env, value) if value else ""

    def _level(self, value):
        return LEVELS.get(value or "", LEVELS[""]).glyph


class SopPackReport(models.AbstractModel):
    """The printed face: the pages as they were frozen in the pack."""

    _name = "report.sop_planning.sop_pack_report"
    _description = "S&OP Meeting Pack Report"

    @api.model
    def _get_report_values(self, docids, data=None):
        return {"docs": self.env["sop.pack"].browse(docids)}

    @api.model
    def _render_pages(self, value):
        """The pages of a value as markup."""
        return self._render("sop_planning.sop_pack_pages", value)

    @api.model
    def _render_mail_page(self, value):
        """The first page as a mail shows it: no chart, and every style inline."""
        return self._render("sop_planning.sop_pack_mail_page", value)

    def _render(self, template, value):
        header = value["header"]
        env = self.with_context(lang=header["lang"], tz=header["tz"]).env
        fmt = PackFormat(env, header["currency"])
        return env["ir.qweb"]._render(
            template,
            {
                "value": value,
                "fmt": fmt,
                "draw": lambda chart: draw(chart, fmt),
                "layout": layout,
                "lead": lead,
                "colors": COLORS,
            },
        )


class IrActionsReport(models.Model):
    _inherit = "ir.actions.report"

    def _prepare_html(self, html, report_model=False):
        """A pack is a whole document: its styles are in it, so nothing is fetched from the server
        while it is printed, and no header is lost where wkhtmltopdf knows none."""
        if report_model != "sop.pack":
            return super()._prepare_html(html, report_model)
        page = html.decode() if isinstance(html, bytes) else str(html)
        ids = [int(number) for number in re.findall(r'data-oe-id="(\d+)"', page)]
        return [page], ids, None, None, {}

    @api.model
    def _sop_no_pdf_reason(self):
        """Why there can be no PDF on this server, in a sentence; empty when there can."""
        state = self.get_wkhtmltopdf_state()
        if state not in NO_PDF:
            return ""
        if state == "install":
            return self.env._(
                "There is no PDF: wkhtmltopdf is not installed on the server. Ask the administrator"
                " to install it (on Debian: apt-get install wkhtmltopdf), or print the pages from"
                " the browser."
            )
        return self.env._(
            "There is no PDF: the wkhtmltopdf of the server is broken or too old. Ask the"
            " administrator to install it again, or print the pages from the browser."
        )
