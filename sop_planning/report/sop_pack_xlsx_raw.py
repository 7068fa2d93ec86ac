from odoo import fields, models
from odoo.tools import SQL, format_date

from ..palette import DEVIATION_LIMITS, LOAD_LIMITS
from .sop_pack_charts import MUTED, TOTAL

RAW = (
    "qty_last_year", "qty_statistical", "qty_low", "qty_high", "qty_event", "qty_pipeline",
    "qty_sales", "qty_override", "qty_consensus", "qty_orders", "price_unit", "amount_consensus",
)  # fmt: skip


class SopPackXlsx(models.AbstractModel):
    """The plan lines behind the figures, and what the workbook is."""

    _inherit = "sop.pack.xlsx"

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
                "Demand: amber above %(low)s, red above %(high)s away from the reference, unless"
                " the company or a family has limits of its own. Capacity: grey above %(watch)s,"
                " amber above %(amber)s, red above %(red)s, dark red above %(critical)s. Each level"
                " has a glyph too, for prints in black and white.",
                low=f"{100 * DEVIATION_LIMITS['amber']:.0f} %",
                high=f"{100 * DEVIATION_LIMITS['red']:.0f} %",
                **{level: f"{100 * limit:.0f} %" for level, limit in LOAD_LIMITS.items()})),
            (_("Weeks"), _(
                "W1 is the week that starts on %s; weeks start on Monday.",
                format_date(self.env, header["week_start"]))),
            (_("Demand sheet"), self.env["sop.demand.sheet"]._how_to()),
        ]  # fmt: skip
