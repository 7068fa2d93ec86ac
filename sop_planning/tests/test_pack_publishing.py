import io
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from .common import TODAY
from .common_pack import PDF, SECTIONS, PackCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPackPublishing(PackCommon):
    """A published pack: its files, its mail, who reads it, and that it stays as it is."""

    def test_publish_makes_files_and_a_second_version_leaves_the_first(self):
        first = self._published()
        self.assertEqual(
            (first.number, first.state, first.user_id), (1, "published", self.env.user)
        )
        self.assertEqual(first.pdf_id.raw, b"%PDF-1.4 test")
        self.assertIn("Decisions asked", first.html_id.raw.decode())
        self.assertEqual(first.xlsx_id.raw[:2], b"PK")
        self.assertEqual((first.pdf_id + first.xlsx_id).mapped("res_id"), [first.id] * 2)
        self.assertEqual(self.cycle.date_pack_published, first.date)
        self.assertIn("version 1", self.cycle.message_ids[0].body)
        before = first.value
        line = self._line(self.cycle, self.pump)
        line.qty_override = line.qty_consensus + 50
        second = self._published()
        self.assertEqual(second.number, 2)
        self.assertNotEqual(self._rows_of(second), self._rows_of(first))
        first.invalidate_recordset()
        self.assertEqual(first.value, before)
        self.assertEqual(self.cycle.pack_count, 2)

    def _rows_of(self, pack):
        return self._section("overrides", pack.value)["tables"]

    def test_published_pack_never_changes(self):
        pack = self._published()
        for change in (
            lambda: pack.write({"note": "No"}),
            lambda: pack.sudo().write({"value": {}}),
            pack.action_publish,
            pack.action_preview,
            pack.unlink,
        ):
            with self.assertRaisesRegex(UserError, "published and stays"):
                change()

    def test_one_mail_a_person_as_preferred(self):
        controller = new_test_user(
            self.env, "lead", groups="sop_planning.sop_planning_group_controller",
            email="lead@maker.example", company_id=self.company.id, company_ids=self.company.ids,
        )  # fmt: skip
        inbox = new_test_user(
            self.env, "chief", groups="sop_planning.sop_planning_group_executive",
            email="chief@maker.example", notification_type="inbox",
            company_id=self.company.id, company_ids=self.company.ids,
        )  # fmt: skip
        stranger = self._user("executive", self.env["res.company"].create({"name": "Elsewhere"}))
        self.cycle.user_id = controller
        self.cycle.step_ids.user_id = controller
        pack = self._published()
        message = pack.message_ids.filtered("partner_ids")
        self.assertEqual(len(message), 1)
        people = message.partner_ids
        self.assertIn(self.pumps.sop_owner_id.partner_id, people)
        self.assertNotIn(stranger.partner_id, people)
        kinds = {n.res_partner_id: n.notification_type for n in message.notification_ids}
        self.assertEqual(len(kinds), len(message.notification_ids))
        self.assertEqual(
            (kinds[controller.partner_id], kinds[inbox.partner_id]), ("email", "inbox")
        )
        self.assertEqual(message.attachment_ids, pack.pdf_id)
        self.assertIn("Decisions asked", message.body)
        self.assertIn("Choose the supply scenario", message.body)
        mailed = message.mail_ids.recipient_ids
        self.assertIn(controller.partner_id, mailed)
        self.assertNotIn(inbox.partner_id, mailed)

    def test_recommendation_opens_the_pack(self):
        draft = self.env["sop.pack"]._draft_of(self.cycle)
        draft.note = "Take <b>overtime</b>."
        draft.action_preview()
        self.assertEqual(draft.value["sections"][0]["lead"], "Take <b>overtime</b>.")
        self.assertIn("Take &lt;b&gt;overtime", draft.html)

    def test_without_wkhtmltopdf_the_pack_says_why(self):
        reports = self.env.registry["ir.actions.report"]
        with patch.object(reports, "get_wkhtmltopdf_state", lambda _self: "install"):
            pack = self.env["sop.pack"]._draft_of(self.cycle)
            pack.action_publish()
            self.assertEqual(pack.action_print()["type"], "ir.actions.act_url")
        self.assertEqual(pack.state, "published")
        self.assertFalse(pack.pdf_id)
        self.assertTrue(pack.html_id)
        self.assertIn("wkhtmltopdf is not installed", pack.pdf_note)
        self.assertIn("apt-get install wkhtmltopdf", self.cycle.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "not installed"):
            pack.action_download_pdf()

    def test_pdf_has_a_page_a_section(self):
        reports = self.env["ir.actions.report"]
        if reports.get_wkhtmltopdf_state() != "ok":
            self.skipTest("wkhtmltopdf is not installed")
        pack = self.env["sop.pack"]._draft_of(self.cycle)
        with self.allow_pdf_render():
            content, reason = pack.with_context(force_report_rendering=True)._make_pdf()
        self.assertEqual(reason, "")
        self.assertEqual(PdfFileReader(io.BytesIO(content)).getNumPages(), len(SECTIONS))

    def test_rights(self):
        viewer = self._user("viewer")
        with self.assertRaises(AccessError):
            self.env["sop.pack"].with_user(viewer)._draft_of(self.cycle.with_user(viewer))
        draft = self.env["sop.pack"]._draft_of(self.cycle).with_user(viewer)
        with self.assertRaises(AccessError):
            draft.write({"note": "mine"})
        with self.assertRaises(AccessError):
            draft.action_publish()
        pack = self._published().with_user(viewer)
        self.assertIn("sections", pack.value)
        self.assertTrue(pack.pdf_id.raw)
        controller = self._user("controller")
        packs = self.env["sop.pack"].with_user(controller)
        mine = packs.create({"cycle_id": self.cycle.id, "state": "published", "number": 9})
        self.assertEqual((mine.state, mine.number), ("draft", 2))
        with self.assertRaises(UserError):
            mine.write({"value": {"sections": []}})
        with patch(PDF, lambda pack: (None, "none")):
            mine.action_publish()
        self.assertEqual(mine.user_id, controller)

    def test_other_company_sees_nothing(self):
        pack = self._published()
        company = self.env["res.company"].create({"name": "Outsider"})
        theirs = self.env(
            user=self._user("manager", company), context={"allowed_company_ids": company.ids}
        )
        self.assertFalse(theirs["sop.pack"].search([]))
        for action in (
            lambda: theirs["sop.pack"].browse(pack.id).value,
            lambda: theirs["sop.pack"]._build_value(theirs["sop.cycle"].browse(self.cycle.id)),
            lambda: theirs["sop.pack"].create({"cycle_id": self.cycle.id}),
            lambda: theirs["ir.attachment"].browse(pack.pdf_id.id).raw,
        ):
            with self.assertRaises(AccessError):
                action()

    def test_who_sees_no_amounts_gets_no_pack(self):
        pack = self._published()
        self.env.ref("sop_planning.sop_planning_group_viewer").implied_ids -= self.env.ref(
            "sop_planning.sop_planning_group_money"
        )
        viewer = self._user("viewer")
        self.assertFalse(self.env["sop.pack"].with_user(viewer).search([]))
        with self.assertRaises(AccessError):
            pack.pdf_id.with_user(viewer).raw  # noqa: B018
        self.assertEqual(self.cycle.with_user(viewer).pack_count, 0)

    def test_cancelled_cycle_has_no_meeting(self):
        self.cycle.action_cancel()
        with self.assertRaisesRegex(UserError, "cancelled"):
            self.env["sop.pack"]._draft_of(self.cycle)

    def test_button_opens_the_draft(self):
        action = self.cycle.action_publish_pack()
        draft = self.env["sop.pack"].browse(action["res_id"])
        self.assertEqual((draft.state, action["views"][0][1]), ("draft", "form"))
        self.assertEqual(self.cycle.action_publish_pack()["res_id"], draft.id)


@tagged("post_install", "-at_install")
class TestPackSchedule(PackCommon):
    """The cycle of these tests opened on Wednesday, 18 November: its week began on Monday 16."""

    def _run(self, moment):
        cron = self.env.ref("sop_planning.ir_cron_sop_publish_pack")
        with (
            freeze_time(moment),
            self.enter_registry_test_mode(),
            patch(PDF, lambda pack: (None, "none")),
        ):
            cron.method_direct_trigger()
        return self.env["sop.pack"].search([("company_id", "=", self.company.id)])

    def _opened_on(self, day):
        self.cycle.sudo().date_open = day

    def test_tuesday_morning_of_the_company(self):
        self._opened_on(date(2026, 11, 16))
        self.assertEqual(self.cycle._pack_day(), date(2026, 11, 17))
        self.assertFalse(self._run("2026-11-16 23:30:00"))
        # Berlin is an hour ahead: six o'clock there is five in UTC
        self.assertFalse(self._run("2026-11-17 04:50:00"))
        pack = self._run("2026-11-17 05:10:00")
        self.assertEqual((len(pack), pack.state), (1, "published"))
        self.assertEqual(self._run("2026-11-17 06:10:00"), pack)
        self.assertEqual(self._run("2026-11-18 05:10:00"), pack)

    def test_server_down_on_tuesday_catches_up(self):
        self._opened_on(date(2026, 11, 16))
        self.assertEqual(self._run("2026-11-18 09:10:00").state, "published")

    def test_holiday_moves_the_day(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": "2026-11-15 23:00:00",
                "date_to": "2026-11-16 22:59:59",
            }
        )
        self._opened_on(date(2026, 11, 17))
        self.assertEqual(self.cycle._pack_day(), date(2026, 11, 18))

    def test_draft_with_its_recommendation_is_what_goes_out(self):
        self._opened_on(date(2026, 11, 16))
        draft = self.env["sop.pack"]._draft_of(self.cycle)
        draft.note = "Take overtime."
        pack = self._run("2026-11-17 05:10:00")
        self.assertEqual((pack, pack.state), (draft, "published"))
        self.assertEqual(pack.value["sections"][0]["lead"], "Take overtime.")

    def test_published_by_hand_or_switched_off(self):
        self._opened_on(date(2026, 11, 16))
        self.company.sop_pack_auto = False
        self.assertFalse(self._run("2026-11-17 05:10:00"))
        self.company.sop_pack_auto = True
        with freeze_time(TODAY):
            pack = self._published()
        self.assertEqual(self._run("2026-11-19 05:10:00"), pack)

    def test_frozen_cycle_gets_none(self):
        self._opened_on(date(2026, 11, 16))
        self.cycle.action_cancel()
        self.assertFalse(self._run("2026-11-17 05:10:00"))

    @mute_logger("odoo.addons.sop_planning.models.sop_cycle_pack")
    def test_trouble_of_one_company_does_not_stop_the_others(self):
        self._opened_on(date(2026, 11, 16))
        other = self.env["res.company"].create({"name": "Second", "sop_pack_auto": True})
        self.env.user.company_ids += other
        month = date(2026, 10, 1)  # comes first
        broken = self.env["sop.cycle"].create({"company_id": other.id, "month": month})
        broken.sudo().date_snapshot = "2026-11-16 03:00:00"
        build = self.env.registry["sop.pack"]._compose

        def compose(pack, cycle, *args):
            if cycle.company_id == other:
                raise ValueError("out of order")
            return build(pack, cycle, *args)

        with patch.object(self.env.registry["sop.pack"], "_compose", compose):
            self.assertEqual(self._run("2026-11-17 05:10:00").state, "published")
        self.assertFalse(broken.pack_ids)
