import json
from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from ..report.sop_pack_charts import draw
from ..report.sop_pack_layout import PAGE, layout
from .common import TODAY
from .common_pack import SECTIONS, PackCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPackValue(PackCommon):
    """What the pack says, section by section, and how it is drawn on its pages."""

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
