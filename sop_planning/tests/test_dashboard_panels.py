from datetime import datetime
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_dashboard import DashboardCommon, tiles_of
from .common_roles import MONEY
from .common_supply import SupplyCommon

DEMAND = "odoo.addons.sop_planning.models.sop_cycle_dashboard_demand"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDashboardPanels(DashboardCommon):
    """The panels below the tiles: gaps, scenarios, families, bridge and tasks."""

    # ---- gaps, scenarios and families ----

    def test_gap_matrix_has_the_units_of_the_gap_lines(self):
        data = self._data()["gaps"]
        self.assertEqual(data["state"], "ok")
        labels = [column["label"] for column in data["columns"]]
        self.assertIn("W4", labels)
        self.assertLessEqual(len(labels), 8)
        [row] = data["rows"]
        gap = self._gaps(self.cycle)
        self.assertEqual((row["id"], row["name"]), (self.valves.id, "Valves"))
        cell = row["cells"][labels.index("W4")]
        self.assertEqual(cell["ids"], gap.ids)
        self.assertAlmostEqual(cell["qty"], sum(gap.line_ids.mapped("qty_short")))
        self.assertIn(self.lathe.name, cell["title"])
        self.assertEqual([column for column in row["cells"] if column], [cell])

    def test_gap_cells_look_as_in_the_grid(self):
        domain = [("cycle_id", "=", self.cycle.id)]
        [line] = self._gaps(self.cycle).line_ids
        supply = self.env["sop.supply.line"].search(
            [("scenario_id", "=", line.gap_id.scenario_id.id),
             ("family_id", "=", self.valves.id), ("bucket_start", "=", line.bucket_start)]
        )  # fmt: skip
        supply.qty_demand = 0
        levels = {4.1: "amber", 3.9: "red", 2.1: "red", 1.9: "critical"}  # a quarter, half of it
        for times, level in levels.items():
            supply[:1].qty_demand = times * line.qty_short
            [cell] = filter(None, self._data()["gaps"]["rows"][0]["cells"])
            data = self.env["sop.supply.gap.line"].get_grid_data(domain, {})
            place = [column["key"] for column in data["columns"]].index(str(line.bucket_start))
            self.assertEqual((cell["severity"], data["rows"][0]["levels"][place]), (level, level))

    def test_gaps_beyond_the_columns_are_counted(self):
        gap = self._gaps(self.cycle)
        late = fields.Date.add(gap.bucket_start, weeks=15)
        gap.copy({"natural_key": "late", "week_from": 19, "week_to": 19, "bucket_start": late,
                  "bucket_end": fields.Date.add(late, weeks=1)})  # fmt: skip
        data = self._data()["gaps"]
        self.assertEqual((data["later"], len(data["columns"])), (1, 8))
        self.assertEqual(tiles_of(self._data())["gaps"]["detail"], "W4–W19")

    def test_scenarios_with_letters_star_and_choice(self):
        data = self._data()["scenarios"]
        self.assertEqual([row["letter"] for row in data["rows"]], ["", "A", "B", "C"])
        base, overtime = data["rows"][0], data["rows"][1]
        self.assertTrue(base["is_base"] and base["is_followed"])
        self.assertFalse(base["is_chosen"])
        record = self._system("overtime")
        self.assertEqual(overtime["gaps"], [1, record.gap_count])
        self.assertEqual(overtime["late"], [self._system("base").qty_late, record.qty_late])
        self.assertEqual(overtime["extra"], f"+{self.cycle._short_money(record.amount_extra)}")
        best = self.cycle._recommended(self.cycle.scenario_ids)
        self.assertEqual([row["id"] for row in data["rows"] if row["is_best"]], best.ids)
        self.assertTrue(data["can_choose"])
        self.assertFalse(self._data(self._user("viewer"))["scenarios"]["can_choose"])

    def test_families_with_the_last_plan(self):
        self.assertEqual({row["last_plan"] for row in self._data()["families"]}, {None})
        self._approve_october()
        rows = {row["name"]: row for row in self._data()["families"]}
        review = self.cycle.review_ids.filtered(lambda row: row.family_id == self.pumps)
        self.assertAlmostEqual(rows["Pumps"]["consensus"], review.qty_consensus)
        lines = self.env["sop.plan.version.line"].search(
            [("version_id", "=", self.cycle._last_plan().id), ("family_id", "=", self.pumps.id),
             ("bucket_start", ">=", "2026-11-01"), ("bucket_start", "<", "2027-02-01")]
        )  # fmt: skip
        self.assertTrue(lines)
        self.assertAlmostEqual(rows["Pumps"]["last_plan"], sum(lines.mapped("qty_consensus")))

    # ---- bridge ----

    def _approve_october(self):
        """The plan of the month before, with half of this plan's units."""
        october = self._make_cycle(month="2026-10-01")
        october.action_refresh()
        for line in self.env["sop.demand.line"].search([("cycle_id", "=", october.id)]):
            line.qty_override = line.qty_consensus / 2
        self.env.flush_all()
        october.sudo().state = "approved"
        self.env["sop.planner"]._write_version(october)
        return october

    def test_bridge_starts_with_the_second_cycle(self):
        data = self._data()["bridge"]
        self.assertEqual(data["state"], "empty")
        self.assertIn("next cycle", data["message"])

    def test_no_bridge_to_a_plan_without_figures(self):
        self._approve_october()
        self.cycle.date_snapshot = False
        self.assertEqual(self.cycle.get_dashboard_bridge()["state"], "empty")

    def test_bridge_adds_up(self):
        self._approve_october()
        for user in (self._user("controller"), self._blind()):
            data = self._data(user)["bridge"]
            first, *moves, last = data["bars"]
            self.assertAlmostEqual(
                first["end"] + sum(bar["end"] - bar["start"] for bar in moves), last["end"], 1
            )
            self.assertIn("override", [bar["name"] for bar in moves])
            self.assertEqual(data["unit"], "amount" if user.has_group(MONEY) else "qty")

    def test_large_bridge_comes_later(self):
        self._approve_october()
        with patch(f"{DEMAND}.BRIDGE_LINES", 0):
            data = self._data()
            later = self.cycle.with_user(self._user("viewer")).get_dashboard_bridge()
        self.assertEqual(data["bridge"]["state"], "later")
        self.assertEqual(later["state"], "ok")
        self.assertTrue(later["bars"])

    # ---- tasks ----

    def test_my_tasks_and_the_next_dates(self):
        planner, other = self._user("controller"), self._user("executive")
        decision = self.env["sop.decision"].create(
            {"cycle_id": self.cycle.id, "name": "Second shift?", "user_id": planner.id,
             "date_due": "2026-11-20"}
        )  # fmt: skip
        gap = self._gaps(self.cycle)
        gap.activity_schedule(
            "mail.mail_activity_data_todo", date_deadline=fields.Date.to_date("2026-11-10"),
            summary="Call the lathe", user_id=planner.id,
        )  # fmt: skip
        self.cycle.step_ids[3].date_meeting = datetime(2026, 11, 5, 13, 0)
        tasks = self._data(planner)["tasks"]
        self.assertEqual(
            [(todo["label"], todo["is_late"], todo["model"], todo["res_id"])
             for todo in tasks["todos"]],
            [("Call the lathe", True, "sop.supply.gap", gap.id),
             ("Second shift?", False, "sop.decision", decision.id)],
        )  # fmt: skip
        self.assertEqual(
            [todo["activity_id"] for todo in tasks["todos"]],
            [gap.activity_ids.id, decision.activity_ids.id],
        )
        self.assertEqual([date["name"] for date in tasks["dates"]][0], "Data Gathering")
        self.assertIn("5 Nov", tasks["dates"][3]["meeting"])
        self.assertFalse(self._data(other)["tasks"]["todos"])

    def test_tasks_of_other_cycles_are_left_out(self):
        self.cycle.activity_schedule("mail.mail_activity_data_todo", user_id=self.env.uid)
        self.cycle.sudo().state = "cancelled"
        self.env.flush_all()
        cycle = self._make_cycle()
        self.assertFalse(cycle._dashboard_tasks()["todos"])
        self.assertTrue(self.cycle._dashboard_todos())


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDashboardSuppliers(SupplyCommon):
    """Flagged suppliers on the dashboard."""

    def _risk(self, **vals):
        return self.env["sop.supplier.risk"].create(
            {"cycle_id": self.cycle.id, "company_id": self.company.id,
             "partner_id": self.vendor.id, "has_data": True, "is_flagged": True, "severity": "red",
             "missed_windows": 2, "windows_due": 26, "week_needed": 6,
             "family_line_ids": [
                 Command.create({"cycle_id": self.cycle.id, "company_id": self.company.id,
                                 "family_id": family.id, "amount": 1000 * n})
                 for n, family in enumerate((self.pumps, self.valves), 1)],
             **vals}
        )  # fmt: skip

    def _suppliers(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        cycle = self.cycle.with_user(user or self._user("controller"))
        return cycle.get_dashboard_data(cycle.id)["suppliers"]

    def test_no_flag_is_good_news(self):
        self.assertEqual(self._suppliers()["state"], "empty")

    def test_whom_a_late_supplier_hits(self):
        risk = self._risk(amount_at_risk=3000)
        data = self._suppliers()
        [row] = data["rows"]
        self.assertEqual((row["id"], row["name"]), (risk.id, "Steelco"))
        self.assertEqual(row["families"], ["Valves", "Pumps"], "the largest first")
        self.assertEqual((row["needed"], row["at_risk"]), ("W6", "3.0 k€"))
        self.assertEqual(row["missed"], "missed its last 2 windows of 26")
        self.assertTrue(data["can_answer"])

    def test_buttons_are_for_those_who_may(self):
        self._risk()
        viewer = self._user("viewer")
        data = self._suppliers(viewer)
        self.assertFalse(data["can_answer"])
        self.assertFalse(data["can_open_orders"])
        viewer.sudo().group_ids += self.env.ref("purchase.group_purchase_user")
        self.assertTrue(self._suppliers(viewer)["can_open_orders"])
        self.cycle.sudo().state = "approved"
        self.assertFalse(self._suppliers()["can_answer"], "the plan is frozen")
