from ast import literal_eval
from datetime import datetime, timedelta
from unittest.mock import patch

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_roles import MONEY
from .common_scenario import ScenarioCommon
from .common_supply import SupplyCommon

DEMAND = "odoo.addons.sop_planning.models.sop_cycle_dashboard_demand"
ALL_TILES = [
    "red", "amber", "gaps", "suppliers", "service", "stock", "trust", "agreed", "year",
]  # fmt: skip


def tiles_of(data):
    return {tile["name"]: tile for tile in data["tiles"]}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDashboard(ScenarioCommon):
    """The one call of the dashboard on a computed cycle with a gap in week 4."""

    def _data(self, user=None, cycle=None):
        self.env.flush_all()
        self.env.invalidate_all()
        cycle = cycle or self.cycle
        return cycle.with_user(user or self._user("controller")).get_dashboard_data(cycle.id)

    def _count(self, action, user=None):
        """How many records an action opens, its default filters applied."""
        model = self.env[action["res_model"]].with_user(user or self._user("controller"))
        arch = model.get_views([(False, "search")])["views"]["search"]["arch"]
        domain = list(action["domain"])
        for name in action["context"]:
            if name.startswith("search_default_"):
                domain += _filter_domain(arch, name.removeprefix("search_default_"))
        return model.search_count(domain)

    # ---- figures ----

    def test_tiles_are_what_they_open(self):
        tiles = tiles_of(self._data())
        self.assertEqual(list(tiles), ALL_TILES)
        self.assertEqual(tiles["gaps"]["value"], 1)
        self.assertEqual(tiles["gaps"]["detail"], "W4")
        for name in ("red", "amber", "gaps", "suppliers"):
            with self.subTest(tile=name):
                expected = tiles[name]["value"] or 0
                self.assertEqual(self._count(tiles[name]["action"]), expected)
        self.assertEqual(tiles["agreed"]["value"], "0 / 2")
        year = sum(self.cycle.review_ids.mapped("amount_year"))
        self.assertEqual(tiles["year"]["value"], self.cycle._short_money(year))

    def test_answered_gap_is_counted_no_more(self):
        self._gaps(self.cycle).write({"state": "accepted"})
        data = self._data()
        self.assertEqual(tiles_of(data)["gaps"]["value"], 0)
        self.assertEqual(data["gaps"]["state"], "empty")
        self.assertIn("26 weeks", data["gaps"]["message"])

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
        self.assertEqual((cell["ids"], cell["severity"]), (gap.ids, gap.severity))
        self.assertAlmostEqual(cell["qty"], sum(gap.line_ids.mapped("qty_short")))
        self.assertIn(self.lathe.name, cell["title"])
        self.assertEqual([column for column in row["cells"] if column], [cell])

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

    def test_chosen_scenario_moves_the_service(self):
        self._system("overtime").action_select("Customers first")
        tiles = tiles_of(self._data())
        self.assertRegex(tiles["service"]["value"], r"^[\d.]+→100 %$")
        self.assertEqual(tiles["service"]["detail"], "base plan → Overtime")
        self.assertEqual(tiles["gaps"]["value"], self._system("overtime").gap_count)
        rows = self._data()["scenarios"]["rows"]
        self.assertEqual([row["name"] for row in rows if row["is_chosen"]], ["Overtime"])

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

    # ---- states ----

    def test_figures_are_ok_computing_or_stale(self):
        self.cycle.date_snapshot = fields.Datetime.now()
        self.assertEqual(self._data()["cycle"]["figures"], "ok")
        self.cycle.date_snapshot = fields.Datetime.now() - timedelta(hours=27)
        self.assertEqual(self._data()["cycle"]["figures"], "stale")
        self.cycle.sudo().state = "approved"
        self.assertEqual(self._data()["cycle"]["figures"], "ok", "a frozen plan is not stale")
        self.cycle.sudo().state = "demand"
        run = self.cycle.action_start_refresh()
        data = self._data()["cycle"]
        self.assertEqual((data["figures"], data["run_id"]), ("computing", run))

    def test_no_operations_blocks_the_gaps(self):
        self._gaps(self.cycle).unlink()
        self.env["mrp.routing.workcenter"].search([]).sudo().unlink()
        planner = self._user("controller")
        data = self._data(planner)
        tile = tiles_of(data)["gaps"]
        self.assertEqual((tile["state"], tile["value"]), ("blocked", None))
        self.assertRegex(tile["message"], r"^0 of \d+ work centers have operations")
        self.assertFalse(tile["fix"], "no right to manufacturing: no link")
        self.assertEqual(data["gaps"]["state"], "blocked")
        planner.sudo().group_ids += self.env.ref("mrp.group_mrp_user")
        fix = tiles_of(self._data(planner))["gaps"]["fix"]
        self.assertEqual(fix["res_model"], "mrp.routing.workcenter")

    def test_failed_plan_blocks_service_and_stock(self):
        base = self._system("base").sudo()
        base.write({"state": "failed", "message": "The calendar of the lathe is missing."})
        self._gaps(self.cycle).unlink()
        tiles = tiles_of(self._data())
        for name in ("gaps", "service", "stock"):
            self.assertEqual(tiles[name]["state"], "blocked", name)
            self.assertEqual(tiles[name]["message"], "The calendar of the lathe is missing.")

    def test_cycle_without_figures(self):
        self.cycle.sudo().state = "cancelled"
        self.env.flush_all()
        cycle = self._make_cycle()
        data = self._data(cycle=cycle)
        self.assertFalse(data["cycle"]["is_computed"])
        self.assertFalse(data["cycle"]["can_publish"])
        tiles = tiles_of(data)
        self.assertEqual({tiles[name]["state"] for name in ("trust", "service", "agreed")},
                         {"blocked"})  # fmt: skip

    # ---- rights ----

    def _blind(self):
        """Somebody who sees everything but amounts."""
        user = self._user("viewer")
        self.env["res.config.settings"].create({"group_sop_planning_money": False}).execute()
        self.env.invalidate_all()
        self.assertFalse(user.has_group(MONEY))
        return user

    def test_no_amount_without_the_money_group(self):
        self.cycle.sudo().user_id = self._user("controller")
        data = self._data(self._blind())
        tiles = tiles_of(data)
        for name in ("stock", "year"):
            self.assertEqual(tiles[name]["value"], None)
            self.assertEqual(tiles[name]["state"], "no_right")
            self.assertIn(self._user("controller").name, tiles[name]["message"])
        self.assertEqual({row["extra"] for row in data["scenarios"]["rows"]}, {None})
        self.assertEqual({row["impact_label"] for row in data["families"]}, {""})
        self.assertNotIn("€", str(data))
        self.assertFalse(data["cycle"]["sees_money"])

    def test_the_order_is_the_same_without_amounts(self):
        seen, blind = self._data(), self._data(self._blind())
        for part in ("families", "exceptions"):
            self.assertEqual([row["id"] for row in seen[part]], [row["id"] for row in blind[part]])

    def test_other_companies_are_left_out(self):
        other = self.env["res.company"].create({"name": "Somebody else"})
        stranger = self._user("controller", other)
        with self.assertRaises(AccessError):
            self.cycle.with_user(stranger).get_dashboard_data(self.cycle.id)
        cycles = self.env["sop.cycle"].with_user(stranger)
        cycles = cycles.with_context(allowed_company_ids=other.ids)
        self.assertFalse(cycles.get_dashboard_data()["cycle"])

    def test_who_may_publish(self):
        self.assertTrue(self._data()["cycle"]["can_publish"])
        self.assertFalse(self._data(self._user("sales"))["cycle"]["can_publish"])
        self.cycle.sudo().state = "executive"
        self.assertFalse(self._data()["cycle"]["can_publish"], "the pack was for the step before")

    # ---- orders changed since ----

    def test_orders_changed_since_the_snapshot(self):
        self.cycle.date_snapshot = datetime(2026, 11, 18, 6, 10)
        self._age("sale_order", "sale_order_line", "purchase_order", "purchase_order_line",
                  "mrp_production")  # fmt: skip
        self.assertEqual(self._data()["cycle"]["changes"], {"label": "", "kinds": []})
        self._written("sale_order_line", self.small.order_line[0])
        self._written("purchase_order", self.purchase)
        seller = self._user("controller")
        changes = self._data(seller)["cycle"]["changes"]
        self.assertEqual(changes["label"], "2")
        self.assertEqual(
            [kind["label"] for kind in changes["kinds"]], ["1 sales orders", "1 purchase orders"]
        )
        self.assertEqual([kind["action"] for kind in changes["kinds"]], [False, False])
        seller.sudo().group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        action = self._data(seller)["cycle"]["changes"]["kinds"][0]["action"]
        self.assertEqual(self.env["sale.order"].search(action["domain"]), self.small)

    def _age(self, *tables):
        self.env.flush_all()
        for table in tables:
            self.env.cr.execute(f"UPDATE {table} SET write_date = '2026-11-17'")

    def _written(self, table, record):
        self.env.cr.execute(
            f"UPDATE {table} SET write_date = '2026-11-18 07:00' WHERE id = %s", [record.id]
        )

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

    # ---- speed ----

    def test_as_many_queries_for_thirty_families_as_for_three(self):
        user = self._user("controller")
        self._copy_families(1)
        self._data(user)
        few = self._queries(user)
        self._copy_families(27)
        self._data(user)
        self.assertEqual(len(self._data(user)["families"]), 30)
        self.assertEqual(self._queries(user), few)
        self.assertLess(few, 250)

    def _queries(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.cycle.with_user(user).get_dashboard_data(self.cycle.id)
        return self.env.cr.sql_log_count - before

    def _copy_families(self, count):
        """More families, each with a review, a red exception and its own part of the gap."""
        gap = self._gaps(self.cycle, family_id=self.valves.id)
        review = self.cycle.review_ids[0]
        reviews = self.env["sop.demand.review"]
        start = reviews.search_count([("cycle_id", "=", self.cycle.id)])
        for number in range(start, start + count):
            family = self._make_family(f"Family {number}")
            owner = self._user("sales")
            reviews.sudo().create(
                {"cycle_id": self.cycle.id, "company_id": self.company.id, "family_id": family.id,
                 "severity": "red", "deviation": 0.4, "qty_consensus": 14, "qty_reference": 10,
                 "reference": review.reference, "user_id": owner.id}
            )  # fmt: skip
            twin = gap.copy({"natural_key": family.name, "family_id": family.id})
            for line in gap.line_ids:
                line.copy({"gap_id": twin.id, "family_id": family.id})


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


def _filter_domain(arch, name):
    """The domain of a filter of a search view."""
    node = etree.fromstring(arch).find(f".//filter[@name='{name}']")
    return literal_eval(node.get("domain")) if node.get("domain") else []
