from odoo import api, fields, models
from odoo.tools import format_datetime

from ..palette import COLORS, LOOKS
from .sop_pack_charts import DOWN, MUTED, UP
from .sop_pack_xlsx_book import Book
from .sop_pack_xlsx_charts import bar_chart, bridge_chart, families_chart, line_chart


class SopPackXlsx(models.AbstractModel):
    """The meeting pack as a workbook: the pack's value sheet by sheet, and the demand to edit."""

    _name = "sop.pack.xlsx"
    _description = "S&OP Pack Workbook"

    @api.model
    def _build(self, value, cycle):
        """The workbook of a pack's value and of the plan lines of its cycle, as bytes."""
        cycle.ensure_one()
        cycle.check_access("read")
        header = value["header"]
        context = {"lang": header["lang"], "tz": header["tz"], "hierarchical_naming": False}
        return self.with_context(**context)._compose(value, cycle.with_context(**context))

    def _compose(self, value, cycle):
        sections = {section["name"]: section for section in value["sections"]}
        book = self._book(value["header"], cycle)
        subtitle = self._subtitle(value["header"])
        self._sheet_summary(book, subtitle, value, sections)
        self.env["sop.demand.sheet"]._write_sheet(book, cycle)
        for build in (
            self._sheet_exceptions, self._sheet_gaps, self._sheet_capacity,
            self._sheet_scenarios, self._sheet_suppliers, self._sheet_decisions,
        ):  # fmt: skip
            build(book, subtitle, sections)
        self._sheet_raw(book, subtitle, cycle)
        self._sheet_read_me(book, subtitle, value)
        return book.close()

    def _book(self, header, cycle):
        _ = self.env._
        currency = cycle.currency_id
        title = _("S&OP %(cycle)s - %(company)s", cycle=header["cycle"], company=header["company"])
        properties = {
            "title": title,
            "subject": _("Meeting pack, version %s", header["version"]),
            "author": header["controller"] or header["company"],
            "company": header["company"],
            "category": _("Sales & Operations Planning"),
            "comments": _("Data as of %s", self._moment(header["data_as_of"])),
        }
        words = {"none": _("Normal"), "watch": _("Watch"), "amber": _("Amber"), "red": _("Red"),
                 "critical": _("Critical")}  # fmt: skip
        return Book(properties, currency.symbol, currency.position == "before", words)

    def _moment(self, value):
        moment = fields.Datetime.to_datetime(value)
        return format_datetime(self.env, moment, dt_format="short") if moment else ""

    def _subtitle(self, header):
        return self.env._(
            "%(company)s  ·  %(cycle)s  ·  version %(version)s  ·  %(state)s  ·  data as of"
            " %(moment)s",
            company=header["company"],
            cycle=header["cycle"],
            version=header["version"],
            state=header["state"],
            moment=self._moment(header["data_as_of"]),
        )

    # ---- sections ----

    def _put(self, sheet, section, tables=None, heading=True):
        """A section from top to bottom: title, sentence, figures, tables, notes."""
        if not section:
            return
        if heading:
            sheet.heading(section["title"])
        sheet.sentence(section["lead"] or section["empty"])
        if section["lead"] and section["empty"]:
            sheet.sentence(section["empty"])
        if section["facts"]:
            sheet.facts(section["facts"])
        for table in section["tables"]:
            if tables is None or table["name"] in tables:
                self._put_table(sheet, self._level_second(table) if heading else table)
        for note in section["notes"]:
            sheet.sentence(note, italic=True, font_color=MUTED)
        sheet.row += 1

    def _put_table(self, sheet, table):
        return sheet.table(table, self.env._("Level"), self.env._("Figure"))

    def _level_second(self, table):
        """The level after the name: tables below each other share the width of their columns."""
        columns = table["columns"]
        if columns and columns[0]["format"] == "level":
            columns = [*columns[1:2], columns[0], *columns[2:]]
        return {**table, "columns": columns}

    def _table_of(self, section, name):
        tables = (section or {}).get("tables") or []
        return next((table for table in tables if table["name"] == name), None)

    def _charts(self, section, kind):
        return [chart for chart in (section or {}).get("charts") or [] if chart["kind"] == kind]

    def _sheet_summary(self, book, subtitle, value, sections):
        _ = self.env._
        sheet = book.sheet(_("Summary"), _("Summary"), subtitle)
        sheet.facts(value["facts"])
        if (sections.get("decisions") or {}).get("lead"):
            sheet.heading(_("Recommendation"))
            sheet.sentence(sections["decisions"]["lead"], font_size=11)
            sheet.row += 1
        for chart in self._charts(sections.get("kpis"), "line"):
            sheet.chart(line_chart(book, chart), height=200)
        self._put(sheet, sections.get("kpis"))
        sheet.break_page()
        sheet.chart(self._family_chart(book, sections.get("demand")))
        self._put(sheet, sections.get("demand"), ["families"])
        words = (_("Total"), _("Rise"), _("Fall"))
        sheet.break_page()
        for chart in self._charts(sections.get("bridge"), "bridge"):
            sheet.chart(bridge_chart(book, chart, words), height=340)
        self._put(sheet, sections.get("bridge"))
        sheet.break_page()
        self._put(sheet, sections.get("accuracy"))
        sheet.break_page()
        for chart in self._charts(sections.get("stock"), "line"):
            sheet.chart(line_chart(book, chart))
        self._put(sheet, sections.get("stock"))
        sheet.finish()

    def _family_chart(self, book, section):
        table = self._table_of(section, "families")
        if not table:
            return None
        rows = sorted(table["rows"], key=lambda row: -(row["year"] or 0.0))
        series = [
            (self.env._("Last 12 months"), [row["last_year"] for row in rows], COLORS["last-year"]),
            (self.env._("Next 12 months"), [row["year"] for row in rows], UP),
        ]
        title = self.env._("Demand by family")
        return families_chart(book, title, [row["family"] for row in rows], series, "money_short")

    def _sheet_exceptions(self, book, subtitle, sections):
        _ = self.env._
        sheet = book.sheet(_("Exceptions"), _("Exceptions"), subtitle, LOOKS["red"].fill)
        section = sections.get("demand")
        table = self._table_of(section, "exceptions")
        if table:
            self._put_table(sheet, table)
        else:
            sheet.sentence(_("No exception is open."))
        sheet.finish()

    def _sheet_gaps(self, book, subtitle, sections):
        _ = self.env._
        sheet = book.sheet(_("Gaps"), _("Supply gaps"), subtitle, LOOKS["red"].fill)
        self._put(sheet, sections.get("gaps"), heading=False)
        for chart in self._charts(sections.get("gaps"), "bar"):
            sheet.chart(bar_chart(book, chart), height=80 + 32 * len(chart["items"]))
        sheet.finish()

    def _sheet_capacity(self, book, subtitle, sections):
        self.env["sop.pack.xlsx.capacity"]._write_sheet(book, subtitle, sections.get("capacity"))

    def _sheet_scenarios(self, book, subtitle, sections):
        _ = self.env._
        sheet = book.sheet(_("Scenarios"), _("Scenarios"), subtitle, UP)
        self._put(sheet, sections.get("scenarios"), heading=False)
        for column in range(1, 6):  # scenarios of a width, with their differences in words
            if column in sheet.widths:
                sheet.widths[column] = 34
        sheet.finish()

    def _sheet_suppliers(self, book, subtitle, sections):
        _ = self.env._
        sheet = book.sheet(_("Suppliers"), _("Suppliers, risks, assumptions"), subtitle, DOWN)
        self._put(sheet, sections.get("risks"), heading=False)
        sheet.finish()

    def _sheet_decisions(self, book, subtitle, sections):
        _ = self.env._
        sheet = book.sheet(_("Decisions"), _("Decisions"), subtitle, UP)
        for name in ("decisions", "actions", "overrides"):
            self._put(sheet, sections.get(name))
        sheet.finish()
