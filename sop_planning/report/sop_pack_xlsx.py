from odoo import api, fields, models
from odoo.tools import SQL, format_date, format_datetime

from .sop_pack_charts import DOWN, MUTED, TOTAL, UP
from .sop_pack_xlsx_book import Book
from .sop_pack_xlsx_charts import bar_chart, bridge_chart, families_chart, line_chart

RAW = (
    "qty_last_year", "qty_statistical", "qty_low", "qty_high", "qty_event", "qty_pipeline",
    "qty_sales", "qty_override", "qty_consensus", "qty_orders", "price_unit", "amount_consensus",
)  # fmt: skip


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
                self._put_table(sheet, self._level_second(table))
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
            sheet.chart(line_chart(book, chart))
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
            (self.env._("Last 12 months"), [row["last_year"] for row in rows], "#CBD5E1"),
            (self.env._("Next 12 months"), [row["year"] for row in rows], UP),
        ]
        title = self.env._("Demand by family")
        return families_chart(book, title, [row["family"] for row in rows], series, "money_short")

    def _sheet_exceptions(self, book, subtitle, sections):
        _ = self.env._
        sheet = book.sheet(_("Exceptions"), _("Exceptions"), subtitle, "#B3261E")
        section = sections.get("demand")
        table = self._table_of(section, "exceptions")
        if table:
            self._put_table(sheet, table)
        else:
            sheet.sentence(_("No exception is open."))
        sheet.finish()

    def _sheet_gaps(self, book, subtitle, sections):
        _ = self.env._
        sheet = book.sheet(_("Gaps"), _("Supply gaps"), subtitle, "#B3261E")
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

    # ---- raw data ----

    def _sheet_raw(self, book, subtitle, cycle):
        """Every plan line, one a row: for a pivot table of one's own."""
        _ = self.env._
        sheet = book.sheet(_("Raw data"), _("Plan lines"), subtitle, MUTED)
        labels = self.env["sop.demand.line"].fields_get(RAW, ["string"])
        heads = [_("Family"), _("Code"), _("Product"), _("Unit"), _("Month")]
        heads += [labels[name]["string"] if name in labels else name for name in RAW]
        products = self.env["sop.demand.sheet"]._products(cycle)
        style = book.format(num_format="#,##0.00")
        month = book.format(num_format="mmm yyyy", align="left")
        plain = book.format()
        text, number = sheet.file.write_string, sheet.file.write_number
        row = sheet.row
        for product_id, day, *figures in self._raw_lines(cycle):
            row += 1
            for column, words in enumerate(products[product_id][:4]):
                text(row, column, words, plain)
            sheet.file.write_datetime(row, 4, fields.Datetime.to_datetime(day), month)
            for column, figure in enumerate(figures, start=5):
                if figure is not None:
                    number(row, column, figure, style)
        self._finish_raw(book, sheet, heads, row)

    def _finish_raw(self, book, sheet, heads, last):
        for column, label in enumerate(heads):
            sheet._head(sheet.row, column, label, "text" if column < 5 else "number")
            sheet.widths[column] = {0: 22, 1: 14, 2: 34, 3: 9, 4: 12}.get(column, 13)
        if last > sheet.row:
            sheet.file.autofilter(sheet.row, 0, last, len(heads) - 1)
        sheet.file.freeze_panes(sheet.row + 1, 3)
        sheet.file.repeat_rows(sheet.row)
        sheet.finish()

    def _raw_lines(self, cycle):
        self.env["sop.demand.line"].flush_model()
        figures = SQL(", ").join(
            SQL("line.%s::float8", SQL.identifier(name))
            if name not in ("qty_sales", "qty_override")
            else SQL(  # 0 is a figure, no figure is none
                "CASE WHEN %s THEN line.%s::float8 END",
                SQL.identifier("is_sales" if name == "qty_sales" else "is_overridden"),
                SQL.identifier(name),
            )
            for name in RAW
        )
        return self.env.execute_query(
            SQL(
                """
                SELECT line.product_id, line.bucket_start, %s
                  FROM sop_demand_line line
             LEFT JOIN product_category family ON family.id = line.family_id
                 WHERE line.cycle_id = %s
              ORDER BY family.name, line.product_id, line.bucket_start
                """,
                figures,
                cycle.id,
            )
        )

    # ---- read me ----

    def _sheet_read_me(self, book, subtitle, value):
        _ = self.env._
        sheet = book.sheet(_("Read me"), _("Read me"), subtitle, TOTAL)
        header = value["header"]
        for title, words in self._read_me(header):
            sheet.heading(title)
            sheet.sentence(words)
            sheet.row += 1
        sheet.widths.update(dict.fromkeys(range(8), 16))
        sheet.finish()

    def _read_me(self, header):
        _ = self.env._
        return [
            (_("What this is"), _(
                "The S&OP plan of %(company)s for %(months)s months from %(cycle)s on, as it stood"
                " when version %(version)s of the meeting pack was made. Amounts are in"
                " %(currency)s at net sales prices unless a heading says otherwise.",
                company=header["company"], months=header["horizon_months"], cycle=header["cycle"],
                version=header["version"], currency=header["currency"]["name"])),
            (_("Sheets"), _(
                "Summary: the plan on one page. Demand: the consensus by product and month, to be"
                " edited and read back. Exceptions and Gaps: what deserves a decision. Capacity:"
                " load of each work center by week. Scenarios: the alternatives side by side."
                " Suppliers: vendors that missed their windows, risks and assumptions. Decisions:"
                " what is asked, what became of the last ones, and who changed the demand. Raw"
                " data: every plan line, for pivot tables.")),
            (_("Colours"), _(
                "Demand: amber from 10 %, red from 25 % away from the reference, unless a family"
                " has limits of its own. Capacity: grey from 85 %, amber from 95 %, red above"
                " 100 %, dark red above 120 %. Each level has a glyph too, for prints in black and"
                " white.")),
            (_("Weeks"), _(
                "W1 is the week that starts on %s; weeks start on Monday.",
                format_date(self.env, header["week_start"]))),
            (_("Demand sheet"), self.env["sop.demand.sheet"]._how_to()),
        ]  # fmt: skip
