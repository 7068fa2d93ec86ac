import io
import zipfile
from datetime import date

from freezegun import api as freezer
from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import TODAY, SopCommon
from .common_maker import MakerCommon

SHEETS = ["Summary", "Demand", "Exceptions", "Gaps", "Capacity", "Scenarios", "Suppliers",
          "Decisions", "Raw data", "Read me"]  # fmt: skip
FORMULA = "=1+1"


class WorkbookCommon:
    def _content(self, value=None):
        value = value or self.env["sop.pack"]._build_value(self.cycle)
        return self.env["sop.pack.xlsx"]._build(value, self.cycle)

    def _load(self, content):
        return load_workbook(io.BytesIO(content))

    def _parts(self, content, ending):
        archive = zipfile.ZipFile(io.BytesIO(content))
        return [archive.read(name).decode() for name in archive.namelist() if ending in name]


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPackXlsx(WorkbookCommon, SopCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls.pump.write({"name": FORMULA, "default_code": "@SUM(A1)"})
            cls.valve.name = "-2+3+cmd|' /C calc'!A0"
            cls.valves.name = "+Valves"
            cls._sell_monthly(cls.pump, [100] * 24)
            cls._sell_monthly(cls.valve, [30] * 24)
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()
            cls._line(cls, cls.cycle, cls.pump).with_context(
                sop_note="=HYPERLINK(1)"
            ).qty_override = 300

    def test_sheets_are_there_in_order_and_ready_to_print(self):
        book = self._load(self._content())
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        self.assertEqual([sheet.title for sheet in visible], SHEETS)
        for sheet in visible:
            self.assertEqual(sheet.page_setup.orientation, "landscape", sheet.title)
            self.assertTrue(sheet.freeze_panes, sheet.title)
            scale = sheet.page_setup.scale
            self.assertTrue(sheet.sheet_properties.pageSetUpPr or scale < 100, sheet.title)
        self.assertIn("Small Maker", book.properties.title)
        guarded = [sheet.title for sheet in visible if sheet.protection.sheet]
        self.assertEqual(guarded, ["Demand"])

    def test_texts_that_look_like_formulas_stay_texts(self):
        content = self._content()
        book = self._load(content)
        allowed = ("=SUM(", "=SUBTOTAL(")
        seen = 0
        for sheet in book.worksheets:
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                if cell.data_type == "f":
                    self.assertEqual(sheet.title, "Demand")
                    self.assertTrue(str(cell.value).startswith(allowed), cell.value)
                seen += cell.value == FORMULA and cell.data_type == "s"
        self.assertGreaterEqual(seen, 2, "the product is on the sheets Demand and Raw data")
        self.assertFalse([part for part in self._parts(content, "worksheets/_rels")
                          if "hyperlink" in part])  # fmt: skip

    def test_figures_are_those_of_the_value(self):
        value = self.env["sop.pack"]._build_value(self.cycle)
        book = self._load(self._content(value))
        summary = [cell for row in book["Summary"].iter_rows(values_only=True) for cell in row]
        self.assertIn(value["facts"][0]["value"], summary)
        lines = self.env["sop.demand.line"].search([("cycle_id", "=", self.cycle.id)])
        raw = [row for row in book["Raw data"].iter_rows(min_row=5, values_only=True) if row[4]]
        self.assertEqual(len(raw), len(lines))
        heads = [cell.value for cell in book["Raw data"][4]]
        total = sum(row[heads.index("Consensus")] for row in raw)
        self.assertAlmostEqual(total, sum(lines.mapped("qty_consensus")), places=2)

    def test_charts_are_native(self):
        charts = self._parts(self._content(), "charts/chart")
        self.assertGreaterEqual(len(charts), 3)
        self.assertTrue(any("Bridge" in chart for chart in charts))
        self.assertTrue(any("Demand by family" in chart for chart in charts))

    def test_demand_sheet_of_the_pack_can_be_read_back(self):
        keys, rows = self.env["sop.demand.sheet"]._read_sheet(self._content(), self.cycle)
        self.assertEqual(keys["cycle"], self.cycle.id)
        figures = {product_id: months for product_id, _name, months in rows}
        self.assertEqual(figures[self.pump.id][date(2026, 11, 1)], (300, 300))
        changes, _notice = self.env["sop.demand.sheet"]._differences(keys, rows, self.cycle)
        self.assertFalse(changes)

    def test_workbook_is_as_closed_as_its_cycle(self):
        value = self.env["sop.pack"]._build_value(self.cycle)
        for user in (self._user(""), self._user("viewer", self.env["res.company"].create(
            {"name": "Outsider"}))):  # fmt: skip
            packs = self.env["sop.pack.xlsx"].with_user(user)
            with self.assertRaises(AccessError):
                packs._build(value, self.cycle.with_user(user))

    def test_empty_sections_have_their_sentence(self):
        value = self.env["sop.pack"]._build_value(self.cycle)
        for section in value["sections"]:
            section.update(tables=[], charts=[], facts=[], notes=[], lead="", empty="Nothing here.")
        book = self._load(self._content(value))
        for name in ("Gaps", "Capacity", "Scenarios", "Suppliers", "Decisions"):
            words = [c for row in book[name].iter_rows(values_only=True) for c in row if c]
            self.assertIn("Nothing here.", words, name)

    def test_five_hundred_products_in_seconds(self):
        products = [self._make_product(f"Pump {n}", self.pumps, 10 + n) for n in range(500)]
        months = self.env["sop.demand.line"].search(
            [("cycle_id", "=", self.cycle.id), ("product_id", "=", self.pump.id)]
        ).mapped("bucket_start")  # fmt: skip
        self.env["sop.demand.line"].sudo().create(
            [
                {"cycle_id": self.cycle.id, "company_id": self.company.id,
                 "product_id": product.id, "family_id": self.pumps.id, "bucket_start": month,
                 "qty_consensus": 10 + place, "qty_statistical": 9}
                for product in products for place, month in enumerate(months)
            ]
        )  # fmt: skip
        value = self.env["sop.pack"]._build_value(self.cycle)
        start = freezer.real_perf_counter()
        content = self._content(value)
        seconds = freezer.real_perf_counter() - start
        start = freezer.real_perf_counter()
        _keys, rows = self.env["sop.demand.sheet"]._read_sheet(content, self.cycle)
        print(  # noqa: T201
            f"\n502 products x {len(months)} months: workbook {len(content) / 1024:,.0f} kB in"
            f" {seconds:.1f} s, read back in {freezer.real_perf_counter() - start:.1f} s"
        )
        self.assertEqual(len(rows), 502)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPackXlsxMaker(WorkbookCommon, MakerCommon):
    """With work centers: the sheet of capacity."""

    def test_capacity_is_coloured_by_its_figures(self):
        self._sell_monthly(self.pump, [60] * 12)
        self.cycle = self._refreshed()
        value = self.env["sop.pack"]._build_value(self.cycle)
        section = next(s for s in value["sections"] if s["name"] == "capacity")
        sheet = self._load(self._content(value))["Capacity"]
        rows = [chart["rows"] for chart in section["charts"] if chart["kind"] == "heat"][0]
        cells = {row[0].value: row for row in sheet.iter_rows() if row[0].value}
        for row in rows:
            shown = [cell.value for cell in cells[row["label"]][2 : 2 + len(row["cells"])]]
            for figure, cell in zip(shown, row["cells"]):
                known = (cell or {}).get("value")
                self.assertEqual(figure, "–" if known is None else known)
        rules = [rule for area in sheet.conditional_formatting for rule in area.rules]
        rules = [rule for rule in rules if rule.type == "cellIs"]
        limits = {rule.formula[0]: rule.dxf.fill.bgColor.rgb for rule in rules}
        self.assertEqual(
            limits,
            {"1.2": "FF7F1D1D", "1.0": "FFB3261E", "0.95": "FFF2BE5C", "0.85": "FFD3DFEA"},
        )
        self.assertTrue(any("Load of" in part for part in self._parts(self._content(value),
                                                                      "charts/chart")))  # fmt: skip
