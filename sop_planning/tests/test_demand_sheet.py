import base64
import io
from datetime import date, datetime

from openpyxl import Workbook, load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.sop_planning.report.sop_demand_sheet import FIRST_MONTH, FIRST_ROW, KEY_ROW

from .common import TODAY, SopCommon

NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)
MONTHS = (NOVEMBER, DECEMBER, JANUARY)


class SheetCommon(SopCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [100] * 24)
            cls._sell_monthly(cls.small_pump, [50] * 24)
            cls._sell_monthly(cls.valve, [30] * 24)
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()
        cls.reason = cls.env.ref("sop_planning.sop_override_reason_customer_new")

    def _export(self, user=None):
        sheets = self.env["sop.demand.sheet"].with_user(user or self.env.user)
        return sheets._build(self.cycle.with_user(user or self.env.user))

    def _book(self, content=None):
        book = load_workbook(io.BytesIO(content or self._export()))
        return book, book.worksheets[0]

    def _bytes(self, book):
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def _row(self, sheet, product):
        for row in range(FIRST_ROW + 1, sheet.max_row + 1):
            if sheet.cell(row, 1).value == product.id:
                return row
        raise AssertionError(product.display_name)

    def _cell(self, sheet, product, month):
        column = FIRST_MONTH + 1 + (month.year - 2026) * 12 + month.month - 11
        return sheet.cell(self._row(sheet, product), column)

    def _edited(self, figures, content=None):
        """The exported sheet with {(product, month): value} typed into it, as bytes."""
        book, sheet = self._book(content)
        for (product, month), value in figures.items():
            self._cell(sheet, product, month).value = value
        return self._bytes(book)

    def _wizard(self, content, user=None, cycle=None):
        return (
            self.env["sop.demand.sheet.import"]
            .with_user(user or self.env.user)
            .create(
                {
                    "cycle_id": (cycle or self.cycle).id,
                    "file": base64.b64encode(content),
                    "file_name": "plan.xlsx",
                    "reason_id": self.reason.id,
                }
            )
        )

    def _preview(self, content, user=None, cycle=None):
        wizard = self._wizard(content, user, cycle)
        wizard.action_preview()
        return wizard

    def _journal(self):
        return self.env["sop.demand.override"].search([("cycle_id", "=", self.cycle.id)])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDemandSheet(SheetCommon):
    """The demand leaves as a sheet and comes back as overrides of what was changed in it."""

    def test_sheet_that_nobody_changed_changes_nothing(self):
        self._line(self.cycle, self.pump).qty_override = 123.25
        before = self._journal()
        wizard = self._preview(self._bytes(self._book()[0]))  # saved by another program
        self.assertFalse(wizard.line_ids)
        self.assertIn("nothing is to do", wizard.notice)
        self.assertNotIn("refreshed since", wizard.notice)
        with self.assertRaisesRegex(UserError, "Nothing is chosen"):
            wizard.action_apply()
        self.assertEqual(self._journal(), before)

    def test_three_changed_cells_are_one_entry_that_can_be_undone(self):
        lines = [self._line(self.cycle, self.pump, month) for month in (NOVEMBER, JANUARY)]
        lines.append(self._line(self.cycle, self.valve, DECEMBER))
        before = [line.qty_consensus for line in lines]
        untouched = self._line(self.cycle, self.pump, DECEMBER)
        controller = self._user("controller")
        content = self._edited(
            {(self.pump, NOVEMBER): 140, (self.pump, JANUARY): 0, (self.valve, DECEMBER): 45.5}
        )
        wizard = self._preview(content, controller)
        self.assertEqual(set(wizard.line_ids.mapped("kind")), {"change"})
        self.assertEqual(wizard.chosen_count, 3)
        row = wizard.line_ids.filtered(lambda line: line.line_id == lines[0])
        self.assertEqual((row.qty_old, row.qty_new), (before[0], 140))
        self.assertEqual(row.change_label, f"{100 * (140 - before[0]) / before[0]:+,.1f} %")
        self.assertIn("Pumps", wizard.families)
        self.assertIn("Together", wizard.families)
        self.assertEqual([line.qty_consensus for line in lines], before, "a preview writes nothing")
        wizard.note = "Agreed with S. Roth"
        wizard.action_apply()
        self.assertEqual([line.qty_consensus for line in lines], [140, 0, 45.5])
        self.assertTrue(all(line.is_overridden for line in lines))
        self.assertFalse(untouched.is_overridden)
        entry = self._journal()
        self.assertEqual((len(entry), entry.user_id), (1, controller))
        self.assertEqual((entry.reason_id, entry.kind), (self.reason, "set"))
        self.assertIn("S. Roth", entry.note)
        self.assertIn("plan.xlsx", entry.note)
        self.assertEqual(entry.line_ids.line_id, lines[0] | lines[1] | lines[2])
        entry.with_user(controller).action_undo()
        self.assertEqual([line.qty_consensus for line in lines], before)
        self.assertFalse(any(line.is_overridden for line in lines))

    def test_reason_is_required(self):
        wizard = self._preview(self._edited({(self.pump, NOVEMBER): 140}))
        wizard.reason_id = False
        with self.assertRaisesRegex(UserError, "reason"):
            wizard.action_apply()
        self.assertFalse(self._journal())

    def test_figure_that_somebody_changed_since_is_a_conflict(self):
        line = self._line(self.cycle, self.pump)
        was = line.qty_consensus
        content = self._edited({(self.pump, NOVEMBER): 140, (self.valve, NOVEMBER): 41})
        line.with_user(self._user("manager")).qty_override = 120
        wizard = self._preview(content)
        conflict = wizard.line_ids.filtered(lambda row: row.line_id == line)
        self.assertEqual(conflict.kind, "conflict")
        self.assertEqual((conflict.qty_was, conflict.qty_old, conflict.qty_new), (was, 120, 140))
        self.assertIn("a_manager", conflict.message)
        for figure in (f"{was:.0f}", "120", "140"):
            self.assertIn(figure, conflict.message)
        self.assertFalse(conflict.is_chosen)
        wizard.action_apply()
        self.assertEqual(line.qty_consensus, 120, "left out unless ticked")
        self.assertEqual(self._line(self.cycle, self.valve).qty_consensus, 41)
        wizard = self._preview(content)
        self.assertEqual(wizard.line_ids.kind, "conflict", "the valve is as the file wants it")
        wizard.line_ids.is_chosen = True
        wizard.action_apply()
        self.assertEqual(line.qty_consensus, 140)

    def test_conflict_with_what_happens_while_the_dialog_is_open(self):
        wizard = self._preview(self._edited({(self.pump, NOVEMBER): 140}))
        self._line(self.cycle, self.pump).qty_override = 99
        with self.assertRaisesRegex(UserError, "changed since you opened it"):
            wizard.action_apply()
        self.assertEqual(self._line(self.cycle, self.pump).qty_consensus, 99)

    def test_cells_that_cannot_be_taken_say_why_and_the_others_are(self):
        content = self._edited(
            {
                (self.pump, NOVEMBER): "many",
                (self.pump, DECEMBER): -5,
                (self.pump, JANUARY): None,
                (self.small_pump, NOVEMBER): True,
                (self.small_pump, DECEMBER): datetime(2026, 5, 1),
                (self.valve, NOVEMBER): 44,
            }
        )
        wizard = self._preview(content)
        problems = wizard.line_ids.filtered(lambda row: row.kind == "problem")
        self.assertEqual(wizard.problem_count, 5)
        said = {(row.subject, row.bucket_start): row.message for row in problems}
        self.assertIn("“many” is no figure", said["Steady pump", NOVEMBER])
        self.assertIn("-5 is negative", said["Steady pump", DECEMBER])
        self.assertIn("empty", said["Steady pump", JANUARY])
        self.assertIn("no figure", said["Small pump", NOVEMBER])
        self.assertIn("no figure", said["Small pump", DECEMBER])
        problems.is_chosen = True
        wizard.action_apply()
        self.assertEqual(self._journal().line_ids.line_id, self._line(self.cycle, self.valve))

    def test_rows_that_were_removed_added_or_copied(self):
        book, sheet = self._book(self._edited({(self.valve, NOVEMBER): 44}))
        row = self._row(sheet, self.valve)
        for number, product_id in enumerate((self.valve.id, 999999999), start=sheet.max_row + 1):
            for column in range(1, sheet.max_column + 1):
                sheet.cell(number, column).value = sheet.cell(row, column).value
            sheet.cell(number, 1).value = product_id
        wizard = self._preview(self._bytes(book))
        self.assertEqual(wizard.line_ids.mapped("kind"), ["problem", "problem", "change"])
        self.assertIn("twice", wizard.line_ids[0].message)
        self.assertIn("unknown", wizard.line_ids[1].message)
        book, sheet = self._book()
        sheet.delete_rows(self._row(sheet, self.valve))
        wizard = self._preview(self._bytes(book))
        self.assertFalse(wizard.line_ids)
        self.assertIn("1 rows of the file were removed (Growing valve)", wizard.notice)

    def test_other_files_are_refused_with_what_to_do(self):
        with self.assertRaisesRegex(UserError, "Choose the demand sheet"):
            self.env["sop.demand.sheet.import"].create({"cycle_id": self.cycle.id}).action_preview()
        with self.assertRaisesRegex(UserError, "no Excel workbook"):
            self._preview(b"Product;Month\nPump;1")
        other = Workbook()
        other.active.append(["Product", "Month"])
        for _row in range(9):
            other.active.append(["{}", 3])
        with self.assertRaisesRegex(UserError, "no demand sheet"):
            self._preview(self._bytes(other))

    def test_months_that_were_renamed_or_removed_are_named(self):
        book, sheet = self._book()
        sheet.cell(FIRST_ROW - 1, FIRST_MONTH + 2).value = datetime(2026, 11, 1)
        with self.assertRaisesRegex(UserError, "heading.*December 2026"):
            self._preview(self._bytes(book))
        book, sheet = self._book()
        sheet.cell(KEY_ROW + 1, FIRST_MONTH + 1).value = None
        with self.assertRaisesRegex(UserError, "missing.*November 2026"):
            self._preview(self._bytes(book))

    def test_file_of_another_cycle_or_database(self):
        content = self._export()
        self.cycle.action_refresh()
        october = self._make_cycle(month=date(2026, 10, 1))
        october.action_refresh()
        with self.assertRaisesRegex(UserError, "demand of November 2026, not of October 2026"):
            self._preview(content, cycle=october)
        self.env["ir.config_parameter"].set_param("database.uuid", "another")
        with self.assertRaisesRegex(UserError, "another company or database"):
            self._preview(content)

    def test_frozen_months_and_locked_products_are_closed_in_the_file_and_in_the_import(self):
        fact = self.env["sop.demand.product"].search(
            [("cycle_id", "=", self.cycle.id), ("product_id", "=", self.valve.id)]
        )
        fact.is_locked = True
        self.company.write({"sop_frozen_months": 1, "sop_frozen_role": "executive"})
        controller = self._user("controller")
        content = self._export(controller)
        _book, sheet = self._book(content)
        self.assertTrue(sheet.protection.sheet)
        self.assertTrue(self._cell(sheet, self.pump, NOVEMBER).protection.locked)
        self.assertFalse(self._cell(sheet, self.pump, DECEMBER).protection.locked)
        self.assertTrue(self._cell(sheet, self.valve, DECEMBER).protection.locked)
        figures = {(self.pump, NOVEMBER): 1, (self.valve, DECEMBER): 2, (self.pump, DECEMBER): 3}
        wizard = self._preview(self._edited(figures, content), controller)
        rows = wizard.line_ids
        kinds = {(row.subject, row.bucket_start): row.message or row.kind for row in rows}
        self.assertIn("frozen: the first 1 months", kinds["Steady pump", NOVEMBER])
        self.assertIn("locked", kinds["Growing valve", DECEMBER])
        self.assertEqual(kinds["Steady pump", DECEMBER], "change")
        fact.is_locked = False
        # an executive who is a controller too may
        _book, sheet = self._book(self._export(self._user("manager")))
        self.assertFalse(self._cell(sheet, self.pump, NOVEMBER).protection.locked)

    def test_product_locked_while_the_dialog_is_open_stays(self):
        wizard = self._preview(self._edited({(self.pump, NOVEMBER): 140}))
        self.env["sop.demand.product"].search(
            [("cycle_id", "=", self.cycle.id), ("product_id", "=", self.pump.id)]
        ).is_locked = True
        with self.assertRaisesRegex(UserError, "locked meanwhile"):
            wizard.action_apply()

    def test_frozen_cycle_refuses(self):
        content = self._edited({(self.pump, NOVEMBER): 140})
        wizard = self._preview(content)
        self.cycle.sudo().state = "approved"
        with self.assertRaisesRegex(UserError, "frozen"):
            wizard.action_apply()
        with self.assertRaisesRegex(UserError, "frozen"):
            self._preview(content)
        self.assertFalse(self._journal())

    def test_only_controllers_import_and_all_roles_export(self):
        content = self._edited({(self.pump, NOVEMBER): 140})
        wizard = self._preview(content)
        for role in ("viewer", "sales", "operations", "executive"):
            user = self._user(role)
            self.assertTrue(self._export(user), role)
            with self.assertRaises(AccessError, msg=role):
                self._wizard(content, user)
            with self.assertRaises(AccessError, msg=role):
                wizard.with_user(user).action_apply()
        colleague = self._user("manager")
        with self.assertRaises(AccessError):
            wizard.with_user(colleague).action_apply()
        employee = self._user("")
        with self.assertRaises(AccessError):
            self._export(employee)
        self.assertFalse(self._journal())

    def test_other_company_gets_no_sheet(self):
        outsider = self.env["res.company"].create({"name": "Outsider"})
        stranger = self._user("controller", outsider)
        theirs = self.env(user=stranger, context={"allowed_company_ids": outsider.ids})
        with self.assertRaises(AccessError):
            theirs["sop.demand.sheet"]._build(self.cycle.with_env(theirs))
        export = self.env["sop.demand.sheet.export"].with_env(theirs)
        with self.assertRaises(AccessError):
            export.create({"cycle_id": self.cycle.id}).content  # noqa: B018

    def test_overridden_cells_tell_who_and_why(self):
        line = self._line(self.cycle, self.pump)
        controller = self._user("controller")
        line.with_user(controller).with_context(sop_reason_id=self.reason.id).qty_override = 140
        _book, sheet = self._book()
        note = self._cell(sheet, self.pump, NOVEMBER).comment.text
        self.assertIn("a_controller", note)
        self.assertIn(self.reason.name, note)
        self.assertIsNone(self._cell(sheet, self.pump, DECEMBER).comment)

    def test_dialog_starts_with_the_cycle_that_is_shown(self):
        wizards = self.env["sop.demand.sheet.import"]
        self.assertEqual(wizards.new({}).cycle_id._origin, self.cycle)
        october = self._make_cycle(month=date(2026, 10, 1))
        october.action_refresh()
        review = october.review_ids[:1]
        chosen = {"active_model": "sop.demand.review", "active_ids": review.ids}
        self.assertEqual(wizards.with_context(**chosen).new({}).cycle_id._origin, october)
        action = self.env["sop.demand.sheet.export"].with_context(**chosen)._download_shown()
        self.assertIn("SOP-demand-2026-10.xlsx", action["url"])


@tagged("post_install", "-at_install")
class TestDemandSheetDownload(SheetCommon, HttpCase):
    def test_sheet_arrives_in_the_browser_of_its_owner_only(self):
        viewer = self._user("viewer")
        action = (
            self.env["sop.demand.sheet.export"]
            .with_user(viewer)
            ._download(self.cycle.with_user(viewer))
        )
        self.env["res.users"].browse(viewer.id).password = viewer.login
        self.authenticate(viewer.login, viewer.login)
        response = self.url_open(action["url"])
        self.assertEqual(response.status_code, 200)
        self.assertEqual(load_workbook(io.BytesIO(response.content)).sheetnames[0], "Demand")
        self.authenticate(None, None)
        self.assertNotEqual(self.url_open(action["url"]).status_code, 200)
