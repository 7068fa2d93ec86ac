from ast import literal_eval
from datetime import datetime, timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_dashboard import DashboardCommon, tiles_of

ALL_TILES = [
    "red", "amber", "gaps", "suppliers", "service", "stock", "trust", "agreed", "year",
]  # fmt: skip


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDashboard(DashboardCommon):
    """Tiles, states of the figures, and what nobody sees without the right to it."""

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

    def test_chosen_scenario_moves_the_service(self):
        self._system("overtime").action_select("Customers first")
        tiles = tiles_of(self._data())
        self.assertRegex(tiles["service"]["value"], r"^[\d.]+→100 %$")
        self.assertEqual(tiles["service"]["detail"], "base plan → Overtime")
        self.assertEqual(tiles["gaps"]["value"], self._system("overtime").gap_count)
        rows = self._data()["scenarios"]["rows"]
        self.assertEqual([row["name"] for row in rows if row["is_chosen"]], ["Overtime"])

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


def _filter_domain(arch, name):
    """The domain of a filter of a search view."""
    node = etree.fromstring(arch).find(f".//filter[@name='{name}']")
    return literal_eval(node.get("domain")) if node.get("domain") else []
