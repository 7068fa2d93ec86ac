import io
import json
from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from ..report.sop_pack_charts import draw
from ..report.sop_pack_layout import PAGE, layout
from .common import TODAY
from .common_maker import MakerCommon

SECTIONS = [
    "decisions", "kpis", "demand", "bridge", "accuracy", "overrides", "gaps", "capacity",
    "scenarios", "stock", "risks", "actions",
]  # fmt: skip
PDF = "odoo.addons.sop_planning.models.sop_pack_publish.SopPack._make_pdf"


class PackCommon(MakerCommon):
    """A computed cycle of the small maker, whose lathe is too small for the orders of week 3."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.company"].search([]).sop_pack_auto = False
        cls.company.sop_pack_auto = True
        cls.pumps.sop_owner_id = new_test_user(
            cls.env, "owner", groups="sop_planning.sop_planning_group_sales",
            email="o@maker.example",
            company_id=cls.company.id, company_ids=cls.company.ids,
        )  # fmt: skip
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [100] * 14)
            cls._overload(cls)
            cls.cycle = cls._refreshed(cls)

    def _value(self, cycle=None):
        return self.env["sop.pack"]._build_value(cycle or self.cycle)

    def _section(self, name, value=None):
        return next(s for s in (value or self._value())["sections"] if s["name"] == name)

    def _rows(self, section, table):
        return next(t for t in self._section(section)["tables"] if t["name"] == table)["rows"]

    def _published(self, pdf=b"%PDF-1.4 test"):
        draft = self.env["sop.pack"]._draft_of(self.cycle)
        with patch(PDF, lambda pack: (pdf, "" if pdf else "There is no PDF: out of paper.")):
            draft.action_publish()
        return draft


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPackValue(PackCommon):
    def test_value_has_every_section_and_is_json(self):
        value = self._value()
        self.assertEqual([section["name"] for section in value["sections"]], SECTIONS)
        self.assertEqual(json.loads(json.dumps(value)), value)
        for section in value["sections"]:
            shown = section["tables"] or section["charts"] or section["empty"] or section["notes"]
            self.assertTrue(shown, f"{section['name']} says nothing at all")

    def test_figures_equal_the_records(self):
        review = self._review(self.cycle, self.pumps)
        row = self._rows("demand", "families")[0]
        self.assertEqual(row["consensus"], review.qty_consensus)
        self.assertAlmostEqual(row["year"], review.amount_year, 2)
        gaps = self._gaps(self.cycle)
        self.assertTrue(gaps)
        rows = self._rows("gaps", "gaps")
        self.assertAlmostEqual(sum(r["amount"] for r in rows), sum(gaps.mapped("amount_short")), 2)
        self.assertEqual(rows[0]["reason"], gaps.sorted("amount_short")[-1].reason)
        [lathe] = self._section("capacity")["charts"][0]["rows"]
        loads = self._capacity(self.cycle, self.lathe).filtered(
            lambda line: line.scenario_id.is_followed and line.week
        )
        self.assertAlmostEqual(lathe["peak"], max(loads.mapped("rate_load")), 4)
        stock = self._rows("stock", "stock")
        facts = self.env["sop.supply.product"].search(
            [("cycle_id", "=", self.cycle.id), ("scenario_id.is_followed", "=", True)]
        )
        self.assertAlmostEqual(
            sum(r["stock"] for r in stock), sum(facts.mapped("amount_on_hand")), 2
        )

    def test_interval_and_targets(self):
        self.env["sop.target"].create(
            {"family_id": self.pumps.id, "bucket_start": self.cycle.month, "value": 1e9}
        )
        row = self._rows("kpis", "kpis")[0]
        self.assertEqual((row["target"], row["level"]), (1e9, "red"))
        chart = self._section("kpis")["charts"][0]
        place = chart["labels"].index("Nov 26")
        line = self._line(self.cycle, self.pump)
        spread = line.price_unit * (line.qty_high - line.qty_statistical)
        plan = next(s for s in chart["series"] if s["style"] == "main")["values"]
        self.assertAlmostEqual(plan[place], line.amount_consensus, 2)
        self.assertAlmostEqual(chart["high"][place] - plan[place], spread, 1)

    def test_override_with_reason_and_owner(self):
        self.assertIn("Nobody", self._section("overrides")["empty"])
        line = self._line(self.cycle, self.pump)
        line.qty_override = line.qty_consensus + 50
        [row] = self._rows("overrides", "overrides")
        self.assertEqual(row["after"] - row["before"], 50)
        self.assertEqual(row["owner"], self.env.user.name)

    def test_decision_asked_and_scenario_proposed(self):
        names = [row["name"] for row in self._rows("decisions", "decisions")]
        self.assertIn("Choose the supply scenario", names)
        self.env["sop.decision"].create(
            {
                "cycle_id": self.cycle.id,
                "name": "Second lathe?",
                "option_ids": [
                    Command.create({"name": "Buy", "amount_cost": 9.0, "is_recommended": True}),
                    Command.create({"name": "Wait"}),
                ],
            }
        )
        [row] = self._rows("decisions", "decisions")
        self.assertEqual((row["name"], row["recommended"], row["amount"]),
                         ("Second lathe?", "Buy", 9.0))  # fmt: skip
        self.assertEqual(len(row["options"]), 2)

    def test_bridge_and_actions_of_the_last_cycle(self):
        """With an approved plan before it, the bridge has causes, and promises are followed up."""
        with freeze_time("2026-10-07"):
            old = self._make_cycle(month=date(2026, 10, 1))
            old.action_refresh()
        line = self._line(old, self.pump)
        line.qty_override = line.qty_consensus + 70
        self.env["sop.decision"].sudo().create(
            {"cycle_id": old.id, "kind": "action", "name": "Hire a turner", "state": "open"}
        )
        old.sudo().state = "approved"
        self.env["sop.planner"]._write_version(old)
        section = self._section("bridge")
        data = self.cycle.get_bridge_data()
        self.assertTrue(data)
        items = section["charts"][0]["items"]
        self.assertAlmostEqual(items[0]["value"], sum(row["old"]["amount"] for row in data), 2)
        self.assertAlmostEqual(sum(item["value"] for item in items[:-1]), items[-1]["value"], 1)
        self.assertGreater(len(items), 2)
        kpi = self._rows("kpis", "kpis")[0]
        self.assertAlmostEqual(kpi["last"], items[0]["value"], 2)
        self.assertEqual(
            [row["name"] for row in self._rows("actions", "actions")], ["Hire a turner"]
        )
        self.assertTrue(draw(section["charts"][0], lambda value, _format: f"{value:.0f}"))

    def test_cycle_without_figures_is_refused(self):
        cycle = self._make_cycle(month=date(2026, 10, 1))
        with self.assertRaisesRegex(UserError, "press Refresh first"):
            self._value(cycle)

    def test_pages_fit_with_many_rows(self):
        """30 families and 60 exceptions: a page each, what is left out is counted."""
        value = self._value()
        section = self._section("demand", value)
        families = section["tables"][0]
        families["rows"] = families["rows"][:1] * 30
        columns = [{"name": "level", "label": "", "format": "level"},
                   {"name": "reason", "label": "Why", "format": "long"}]  # fmt: skip
        rows = [{"level": "red", "reason": "much " * 80}] * 60
        section["tables"] = [
            families,
            {"name": "exceptions", "title": "x", "columns": columns, "rows": rows, "limit": 7},
        ]
        html = str(self.env["report.sop_planning.sop_pack_report"]._render_pages(value))
        self.assertEqual(html.count('data-section="'), len(SECTIONS))
        self.assertEqual(html.count("page-break-after: always"), 1)
        shown = layout(section, False)["limits"]
        self.assertLess(shown["exceptions"], 8)
        self.assertIn(f"and {60 - shown['exceptions']} more", html)
        self.assertIn(f"and {30 - shown['families']} more", html)

    def test_long_sections_give_up_rows_not_the_page(self):
        table = {
            "name": "t", "title": "T", "limit": 20,
            "columns": [{"name": "a", "label": "A", "format": "long"}],
            "rows": [{"a": "word " * 60}] * 20,
        }  # fmt: skip
        full = {"name": "s", "lead": "", "empty": "", "notes": [], "charts": [
            {"kind": "line", "height": PAGE - 300}], "tables": [table]}  # fmt: skip
        plan = layout(full, False)
        self.assertFalse(plan["roomy"])
        self.assertLess(plan["limits"]["t"], 20)
        self.assertTrue(layout({**full, "charts": [], "tables": []}, False)["roomy"])

    def test_charts_escape_and_read_without_colour(self):
        def fmt(value, _format):
            return f"{value:+.0f}"

        bar = {"kind": "bar", "title": "<b>", "format": "money",
               "items": [{"label": "<script>", "value": 5, "level": "red"}]}  # fmt: skip
        words = str(draw(bar, fmt))
        self.assertNotIn("<script>", words)
        self.assertIn("▲▲", words)
        bridge = {"kind": "bridge", "title": "", "format": "money", "items": [
            {"label": "Old", "value": 10, "kind": "total"},
            {"label": "Fall", "value": -4, "kind": "delta"},
            {"label": "New", "value": 6, "kind": "total"}]}  # fmt: skip
        words = str(draw(bridge, fmt))
        self.assertIn("-4", words)
        self.assertIn('stroke="#FFFFFF"', words)  # the fall is hatched
        heat = {"kind": "heat", "title": "", "format": "money", "limit": 9,
                "columns": ["W1", "W2"],
                "rows": [{"label": "L", "cells": [{"value": 1.3, "level": "critical"}, None]}
                ]}  # fmt: skip
        words = str(draw(heat, fmt))
        self.assertIn("▲▲▲", words)
        self.assertIn("–", words)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPackPublishing(PackCommon):
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
