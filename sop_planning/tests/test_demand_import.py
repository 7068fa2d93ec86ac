import io
from datetime import date

from openpyxl import Workbook

from odoo.tests import freeze_time, tagged
from odoo.tools.misc import file_open

from .common import TODAY, SopCommon
from .test_demand_screens import MONTH, ScreensCommon

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPTIONS = {"has_headers": True, "keep_matches": False}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDemandImport(ScreensCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = SopCommon._user(cls, "sales")
        (cls.pumps | cls.valves).sop_contributor_ids = cls.seller
        cls.pump.default_code = "P-100"

    def _import(self, model, rows, user, **options):
        """Import rows, the first one the header, as the screen does; the fields by guess."""
        book = Workbook()
        for row in rows:
            book.active.append(row)
        data = io.BytesIO()
        book.save(data)
        return self._import_file(model, data.getvalue(), user, **options)

    def _import_file(self, model, content, user, **options):
        job = self.env["base_import.import"].with_user(user).create(
            {
                "res_model": model,
                "file": content,
                "file_name": "plan.xlsx",
                "file_type": XLSX,
            }
        )  # fmt: skip
        preview = job.parse_preview({**OPTIONS})
        self.assertNotIn("error", preview)
        columns = preview["headers"]
        names = ["/".join(preview["matches"].get(n, [])) or False for n in range(len(columns))]
        options = {**preview["options"], **options}
        return names, job.execute_import(names, columns, options)

    def _inputs(self):
        return self._rows("sop.demand.input").filtered(lambda row: row.user_id == self.seller)

    def test_sales_input_is_imported_and_imported_again(self):
        rows = [
            ["Product", "Month", "Expected demand", "Note"],
            ["P-100", date(2027, 1, 15), 130, "New customer"],
            ["Growing valve", date(2027, 1, 1), 55, None],
        ]
        for _time in range(2):
            names, result = self._import("sop.demand.input", rows, self.seller)
            self.assertEqual(names, ["product_id", "bucket_start", "qty", "note"])
            self.assertFalse(result["messages"])
            self.assertEqual(len(self._inputs()), 2)
        self.assertEqual(self._line(self.cycle, self.pump, MONTH).qty_sales, 130)
        rows[1][2] = 140
        self._import("sop.demand.input", rows, self.seller)
        self.assertEqual(self._line(self.cycle, self.pump, MONTH).qty_sales, 140)
        self.assertEqual(len(self._inputs()), 2)

    def test_unknown_product_is_named_with_its_row(self):
        rows = [
            ["Product", "Month", "Expected demand"],
            ["Steady pump", MONTH, 130],
            ["Unheard-of pump", MONTH, 40],
            ["Growing valve", MONTH, 55],
        ]
        _names, result = self._import("sop.demand.input", rows, self.seller)
        self.assertFalse(result["ids"], "nothing is imported behind the user's back")
        message = result["messages"][0]
        self.assertIn("Unheard-of pump", message["message"])
        self.assertEqual(message["rows"]["from"], 1)
        self.assertEqual(message["field_name"], "Product")
        # the screen's way out: leave the row with the unknown product out
        _names, result = self._import(
            "sop.demand.input", rows, self.seller, import_skip_records=["product_id"]
        )
        self.assertFalse([m for m in result["messages"] if m["type"] == "error"])
        self.assertEqual(sorted(self._inputs().mapped("qty")), [55, 130])

    def test_month_outside_the_plan_is_named(self):
        rows = [["Product", "Month", "Expected demand"], ["Steady pump", date(2020, 1, 1), 1]]
        _names, result = self._import("sop.demand.input", rows, self.seller)
        self.assertFalse(result["ids"])
        self.assertIn("2020", result["messages"][0]["message"])

    def test_targets_are_imported(self):
        rows = [
            ["Family", "Month", "Measure", "Value"],
            ["Goods / Valves", date(2027, 2, 1), "Revenue", 4000],
            ["Goods / Valves", date(2027, 2, 1), "Service level", 0.97],
        ]
        names, result = self._import("sop.target", rows, self._user("controller"))
        self.assertEqual(names, ["family_id", "bucket_start", "measure", "value"])
        self.assertFalse(result["messages"])
        targets = self._rows("sop.target").filtered(lambda target: target.family_id == self.valves)
        self.assertEqual(set(targets.mapped("measure")), {"revenue", "service"})

    def test_templates_match_the_fields(self):
        for model, expected in (
            ("sop.demand.input", ["product_id", "bucket_start", "qty", "note"]),
            ("sop.target", ["family_id", "bucket_start", "measure", "value"]),
        ):
            template = self.env[model].get_import_templates()[0]["template"]
            with file_open(template.removeprefix("/"), "rb") as file:
                names, result = self._import_file(model, file.read(), self._user("controller"))
            self.assertEqual(names, expected)
            # the example row names nothing that exists: left in the file, it is refused
            self.assertIn("No matching record", result["messages"][0]["message"])
