from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_scenario import ScenarioCommon
from .common_supply import SupplyScreensCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestGridSupply(ScenarioCommon):
    """Gaps and capacity by week, of a calculated plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = [("cycle_id", "=", cls.cycle.id)]
        cls.gap_lines = cls.env["sop.supply.gap.line"]
        cls.loads = cls.env["sop.capacity.line"]

    def _followed(self, model):
        return self.env[model].search(
            [*self.domain, ("scenario_id", "=", self.cycle._followed_scenario().id)]
        )

    def test_gap_cells_are_their_records(self):
        data = self.gap_lines.get_grid_data(self.domain, {})
        rows = {row["key"]: row for row in data["rows"]}
        places = {column["key"]: n for n, column in enumerate(data["columns"])}
        lines = self._followed("sop.supply.gap.line")
        self.assertTrue(lines)
        for (family, start), own in lines.grouped(
            lambda line: (line.family_id, line.bucket_start)
        ).items():
            row = rows[f"family_id:{family.id}"]
            figure = row["cells"]["qty_short"][places[str(start)]]
            self.assertAlmostEqual(figure, sum(own.mapped("qty_short")), places=2)
            self.assertIn(row["levels"][places[str(start)]], ("amber", "red", "critical"))
        whole = sum(lines.mapped("qty_short"))
        self.assertAlmostEqual(sum(r["total"]["qty_short"] for r in rows.values()), whole, places=2)

    def test_the_columns_are_the_weeks_then_the_months(self):
        columns = self.gap_lines.get_grid_data(self.domain, {})["columns"]
        self.assertEqual(len(columns), len(set(self._followed("sop.capacity.line").mapped(
            "bucket_start"))))  # fmt: skip
        self.assertEqual(columns[3]["label"], "W4")
        self.assertEqual(columns[3]["title"], "Week 4 · ISO week 50 · 7 Dec – 13 Dec")
        self.assertNotIn("W", columns[-1]["label"])

    def test_short_families_come_first_with_their_cause(self):
        rows = self.gap_lines.get_grid_data(self.domain, {})["rows"]
        self.assertEqual([row["label"] for row in rows], ["Valves", "Pumps"])
        peak = self._gaps(self.cycle, kind="capacity").rate_peak
        self.assertEqual(rows[0]["tags"], [f"Lathe {100 * peak:.0f} %"])
        self.assertEqual(rows[1]["tags"], ["covered"])
        self.assertEqual(rows[1]["cells"]["qty_short"][0], 0)
        short = self.gap_lines.get_grid_data(self.domain, {"only_short": True})["rows"]
        self.assertEqual([row["label"] for row in short], ["Valves"])
        of_gap = [*self.domain, ("gap_id.kind", "=", "material")]
        self.assertEqual(self.gap_lines.get_grid_data(of_gap, {})["rows"], [])

    def test_more_than_half_of_the_demand_is_critical(self):
        data = self.gap_lines.get_grid_data(
            self.domain, {"measures": ["qty_short", "qty_demand", "qty_stock"]}
        )
        row = data["rows"][0]
        for n, short in enumerate(row["cells"]["qty_short"]):
            demand = row["cells"]["qty_demand"][n] or 0
            wanted = "none" if not short else "critical" if short > demand / 2 > 0 else "red"
            self.assertEqual(row["levels"][n], wanted)
        self.assertIn("critical", row["levels"])
        self.assertIsNone(row["total"]["qty_stock"])

    def test_a_family_opens_to_its_gaps(self):
        key = f"family_id:{self.valves.id}"
        rows = self.gap_lines.get_grid_data(self.domain, {"parent": key})["rows"]
        gaps = self._gaps(self.cycle, family_id=self.valves.id)
        self.assertEqual({row["res_id"] for row in rows}, set(gaps.ids))
        self.assertEqual(rows[0]["res_model"], "sop.supply.gap")

    def test_only_the_followed_scenario_counts(self):
        other = self._system("overtime")
        before = self.loads.get_grid_data(self.domain, {})["rows"][0]["cells"]
        self.loads.search([*self.domain, ("scenario_id", "=", other.id)]).sudo().write(
            {"rate_load": 9}
        )
        self.assertEqual(self.loads.get_grid_data(self.domain, {})["rows"][0]["cells"], before)
        other_domain = [*self.domain, ("scenario_id", "=", other.id)]
        row = self.loads.get_grid_data(other_domain, {})["rows"][0]
        self.assertEqual(row["total"]["rate_load"], 9)

    def test_capacity_cells_are_their_records(self):
        data = self.loads.get_grid_data(self.domain, {})
        [row] = data["rows"]
        places = {column["key"]: n for n, column in enumerate(data["columns"])}
        lines = self._capacity(self.cycle, self.lathe)
        self.assertEqual(len(lines), len(places))
        for line in lines:
            n = places[str(line.bucket_start)]
            self.assertAlmostEqual(row["cells"]["rate_load"][n], line.rate_load, places=4)
            self.assertEqual(row["levels"][n], line.level)
        self.assertEqual(row["label"], "Lathe")
        self.assertAlmostEqual(row["total"]["rate_load"], max(lines.mapped("rate_load")), places=4)
        self.assertEqual(row["links"][0]["res_id"], self.calendar.id)
        self.assertEqual((row["res_model"], row["res_id"]), ("mrp.workcenter", self.lathe.id))

    def test_capacity_in_hours_with_its_arithmetic(self):
        data = self.loads.get_grid_data(self.domain, {"unit": "hours"})
        [row] = data["rows"]
        line = self._capacity(self.cycle, self.lathe)[3]
        self.assertEqual(data["shown"], ["hours_load", "hours_available"])
        self.assertAlmostEqual(row["cells"]["hours_load"][3], line.hours_load, places=2)
        self.assertEqual(row["cells"]["hours_available"][3], 40)
        self.assertEqual(row["titles"][3], "orders 0.0 h · plan 57 h · available 40 h")
        self.assertIsNone(data["edit"]["reasons"] or None)

    def test_several_work_centers_together(self):
        rows = self.loads.get_grid_data(self.domain, {"groupby": ["company_id"]})["rows"]
        self.assertEqual([row["label"] for row in rows], [self.company.name])
        below = self.loads.get_grid_data(
            self.domain, {"groupby": ["company_id"], "parent": rows[0]["key"]}
        )["rows"]
        self.assertEqual([row["label"] for row in below], ["Lathe"])
        self.assertEqual(rows[0]["levels"], below[0]["levels"])

    def test_constraint_notes(self):
        gap = self._gaps(self.cycle, kind="capacity")
        [start, *_rest] = gap.line_ids.mapped("bucket_start")
        cell = (f"family_id:{self.valves.id}", str(start))
        planner = self.gap_lines.with_user(self._user("operations"))
        answer = planner.write_grid_note(self.domain, {}, *cell, "Second shift is asked for")
        self.assertEqual(gap.note, "Second shift is asked for")
        self.assertIn(4, answer["rows"][0]["marks"])
        marks = self.gap_lines.get_grid_data(self.domain, {})["rows"][0]["marks"]
        self.assertEqual(marks, answer["rows"][0]["marks"])
        with self.assertRaises(AccessError):
            self.gap_lines.with_user(self._user("viewer")).write_grid_note(
                self.domain, {}, *cell, "Mine"
            )
        with self.assertRaisesRegex(UserError, "Nothing is short there"):
            planner.write_grid_note(self.domain, {}, f"family_id:{self.pumps.id}", str(start), "x")
        with self.assertRaisesRegex(UserError, "Choose a cell"):
            planner.write_grid_note(self.domain, {}, cell[0], "never", "x")

    def test_amounts_are_hidden_from_those_without_the_right(self):
        viewers = self.env.ref("sop_planning.sop_planning_group_viewer")
        self.env.ref("sop_planning.sop_planning_group_money").implied_by_ids -= viewers
        viewer = self.gap_lines.with_user(self._user("viewer"))
        data = viewer.get_grid_data(self.domain, {"unit": "amount", "measures": ["amount_short"]})
        self.assertEqual(data["shown"], ["qty_short"])
        self.assertNotIn("amount", {measure["kind"] for measure in data["measures"]})
        self.assertNotIn("amount_short", data["rows"][0]["cells"])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestGridHours(SupplyScreensCommon):
    def test_no_calendar_is_not_zero(self):
        self.scenario.is_followed = True
        data = self.env["sop.capacity.line"].get_grid_data([("cycle_id", "=", self.cycle.id)], {})
        rows = {row["label"]: row for row in data["rows"]}
        self.assertEqual(rows["Test bench"]["cells"]["rate_load"], [None])
        self.assertEqual(rows["Test bench"]["titles"], ["no working time known"])
        self.assertEqual(rows["Line 2 turning"]["levels"], ["critical"])
        self.assertEqual(rows["Line 2 turning"]["glyphs"], ["▲▲▲"])
