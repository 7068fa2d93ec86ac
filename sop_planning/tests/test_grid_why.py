from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import TODAY, SopCommon
from .common_supply import SupplyCommon

DECEMBER = "2026-12-01"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestGridWhyDemand(SopCommon):
    """How a figure of the demand grid came about."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [100] * 26)
            cls._sell_monthly(cls.small_pump, [50] * 26)
            cls._sell(date(2026, 12, 8), {cls.pump: 30})
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()
        cls.reason = cls.env["sop.override.reason"].search([], limit=1)

    def _cell(self, row=None, column=DECEMBER, user=None, **options):
        lines = self.env["sop.demand.line"].with_user(user or self.env.user)
        row = row or f"family_id:{self.pumps.id}"
        return lines.get_grid_cell([], options, row, column, "qty_consensus")

    def _product(self, product):
        return f"product_id:{product.id}"

    def _override(self, product, qty, month=date(2026, 12, 1)):
        line = self._line(self.cycle, product, month)
        line.with_context(sop_reason_id=self.reason.id).qty_override = qty
        return line

    def _sum(self, cell):
        """What the equation's own lines add up to."""
        return sum(part["value"] for part in cell["parts"] if part["sign"] != "=")

    def test_parts_add_up_to_the_consensus_and_zero_parts_are_left_out(self):
        self.env["sop.event"].create(
            {"name": "Fair", "kind": "promotion", "product_ids": self.pump.ids,
             "date_start": date(2026, 12, 1), "date_end": date(2026, 12, 31), "rate_uplift": 0.2}
        )  # fmt: skip
        self.cycle.action_refresh()
        cell = self._cell(self._product(self.pump))
        labels = [part["label"] for part in cell["parts"]]
        self.assertEqual(labels, ["Statistical", "Promotions", "Consensus"])
        self.assertIn("Fair +20", cell["parts"][1]["help"])
        line = self._line(self.cycle, self.pump, date(2026, 12, 1))
        self.assertAlmostEqual(self._sum(cell), line.qty_consensus, places=0)
        self.assertEqual(cell["parts"][-1]["value"], line.qty_consensus)

    def test_override_and_sales_input_are_told_with_their_people(self):
        seller = self._user("sales")
        self.pumps.sop_contributor_ids = seller
        self._line(self.cycle, self.pump, date(2026, 12, 1)).with_user(seller).qty_sales = 130
        self._override(self.pump, 150)
        cell = self._cell()
        parts = {part["label"]: part for part in cell["parts"]}
        self.assertIn(seller.name, parts["Sales input"]["help"])
        self.assertAlmostEqual(parts["Sales input"]["value"], 30, delta=1)
        self.assertAlmostEqual(parts["Override"]["value"], 20, delta=0.01)
        self.assertIn("150 entered for 1 of 2 figures", parts["Override"]["help"])
        self.assertIn(self.reason.name, parts["Override"]["help"])
        self.assertAlmostEqual(self._sum(cell), parts["Consensus"]["value"], delta=0.5)
        self.assertTrue(cell["is_overridden"])

    def test_a_family_change_is_one_row_of_the_history_with_its_sums(self):
        lines = self._line(self.cycle, self.pump, date(2026, 12, 1))
        lines |= self._line(self.cycle, self.small_pump, date(2026, 12, 1))
        wizard = self.env["sop.demand.adjust"].create(
            {"cycle_id": self.cycle.id, "scope_line_ids": lines.ids, "kind": "percent",
             "value": 20, "month_from": date(2026, 12, 1), "month_to": date(2026, 12, 31),
             "reason_id": self.reason.id, "note": "Agreed with S. Roth"}
        )  # fmt: skip
        before = sum(lines.mapped("qty_consensus"))
        wizard.action_apply()
        self._override(self.small_pump, 10)
        later, first = self._cell()["changes"]
        self.assertEqual(first["note"], "Agreed with S. Roth")
        self.assertTrue(first["text"].startswith(f"{before:,.0f} → {1.2 * before:,.0f}"))
        self.assertTrue(later["text"].endswith("→ 10 (set to 10)"))
        self.assertEqual(len(self._cell(self._product(self.pump))["changes"]), 1)
        self.assertFalse(self._cell(column="2027-01-01")["changes"])

    def test_the_interval_of_a_family_is_narrower_than_the_sum_of_its_products(self):
        lines = self.env["sop.demand.line"].search([("family_id", "=", self.pumps.id)])
        for line in lines:
            line.sudo()._write({"qty_low": line.qty_statistical - 10,
                                "qty_high": line.qty_statistical + 10})  # fmt: skip
        self.env.invalidate_all()
        series = self._cell()["series"]
        n = series["marker"]
        width = series["high"][n] - series["low"][n]
        # half widths of 10 and 10 that go together by 0.3: sqrt(0.3 * 20² + 0.7 * 200)
        self.assertAlmostEqual(width, 2 * (0.3 * 400 + 0.7 * 200) ** 0.5, places=3)
        own = self._cell(self._product(self.pump))["series"]
        self.assertAlmostEqual(own["high"][n] - own["low"][n], 20, places=3)

    def test_series_has_two_years_of_history_before_the_plan(self):
        series = self._cell()["series"]
        self.assertEqual((series["months"][0], series["months"][24]), ("2024-11", "2026-11"))
        self.assertEqual(series["history"][23], 150)
        self.assertIsNone(series["history"][24])
        self.assertIsNone(series["consensus"][23])
        self.assertEqual(series["months"][series["marker"]], "2026-12")

    def test_it_says_why_a_row_is_flagged_or_not(self):
        self.assertIn("Not flagged", " ".join(self._cell()["facts"]))
        for month in (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)):
            self._override(self.pump, 200, month)
        cell = self._cell()
        raised = self.env["sop.exception"].search([("cycle_id", "=", self.cycle.id)])
        self.assertIn(raised.reason, cell["facts"])
        self.assertEqual((cell["level"], cell["glyph"]), ("red", "▲▲"))
        self.assertIn("its family Pumps", " ".join(self._cell(self._product(self.pump))["facts"]))
        raised.write({"state": "dismissed", "note": "The tender is lost"})
        self.assertIn("Dismissed: The tender is lost", self._cell()["facts"][0])

    def test_drill_downs_open_the_documents_and_say_what_is_closed(self):
        lines = self.env["sop.demand.line"]
        row = f"family_id:{self.pumps.id}"
        drills = {drill["name"]: drill for drill in self._cell()["actions"]}
        self.assertEqual((drills["orders"]["count"], drills["products"]["count"]), (30, 2))
        action = lines.open_grid_cell([], {}, row, DECEMBER, "orders")
        sold = self.env["sale.order.line"].search(action["domain"])
        self.assertEqual(sum(sold.mapped("product_uom_qty")), 30)
        quarter = self._cell(column="2026-11-01", period="quarter")
        self.assertEqual(quarter["title"].split(" · ")[0], "Pumps")
        viewer = self._user("viewer")
        closed = {drill["name"]: drill for drill in self._cell(user=viewer)["actions"]}["orders"]
        self.assertEqual((closed["count"], closed["is_allowed"]), (30, False))
        self.assertIn("no right", closed["help"])
        with self.assertRaises(AccessError):
            lines.with_user(viewer).open_grid_cell([], {}, row, DECEMBER, "orders")

    def test_only_who_may_change_the_figure_is_offered_to(self):
        self.assertTrue(self._cell(user=self._user("controller"))["editable"])
        viewer = self._cell(user=self._user("viewer"))
        self.assertFalse(viewer["editable"])
        self.assertIn("Only S&OP controllers", viewer["refusal"])
        self.assertFalse(viewer["chatter"]["can_post"])

    def test_amounts_stay_hidden(self):
        for month in (date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)):
            self._override(self.pump, 200, month)
        self.assertIn("worth", " ".join(self._cell()["facts"]))
        viewer = self._user("viewer")
        self.env["res.config.settings"].create({"group_sop_planning_money": False}).execute()
        cell = self._cell(user=viewer)
        self.assertNotIn("worth", " ".join(cell["facts"]))
        self.assertEqual(cell["level"], "red")

    def test_comments_of_the_review_and_the_question_to_its_owner(self):
        review = self._review(self.cycle, self.pumps)
        review.user_id = self._user("controller")
        review.message_post(body="Customer moved to January", message_type="comment")
        cell = self._cell(self._product(self.pump))
        self.assertEqual(cell["comments"][0]["text"], "Customer moved to January")
        self.assertEqual(cell["owner"], review.user_id.name)
        action = self.env["sop.demand.line"].open_grid_cell(
            [], {}, self._product(self.pump), DECEMBER, "ask"
        )
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
        wizard.action_schedule_activities()
        activity = review.activity_ids
        self.assertEqual(activity.user_id, review.user_id)
        self.assertIn("Dec 26: is", activity.summary)

    def test_what_is_no_cell_is_refused_in_a_sentence(self):
        lines = self.env["sop.demand.line"]
        for row, column in (("", ""), ("family_id:1", "2031-01-01"), ("name:1", DECEMBER)):
            with self.subTest(row=row), self.assertRaises(UserError):
                lines.get_grid_cell([], {}, row, column, "qty_consensus")
        with self.assertRaises(UserError):
            lines.open_grid_cell([], {}, f"family_id:{self.pumps.id}", DECEMBER, "everything")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestGridWhySupply(SupplyCommon):
    """The arithmetic of a gap and of a work center's week."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scenario.sudo().is_followed = True
        for week in range(5, 9):
            cls._capacity(
                cls.turning, week, 72.0, 60.0, hours_orders=20.0, hours_plan=52.0,
                hours_calendar=56.0, hours_extra=4.0, level="red",
            )  # fmt: skip
            cls._projection(
                cls.valve, week, 40.0, qty_demand=100.0, qty_planned=80.0, qty_receipts=10.0
            )
        cls.gap = cls._gap(
            "capacity", 6, 7, workcenter_id=cls.turning.id, qty_short=60, hours_short=24,
            hours_load=144, hours_available=120, rate_peak=1.2, note="Second shift is asked for",
        )  # fmt: skip
        cls.gap.line_ids.write({"qty_short": 30.0, "hours_short": 12.0})

    def _why(self, model, row, week, user=None):
        records = self.env[model].with_user(user or self.env.user)
        domain = [("scenario_id", "=", self.scenario.id)]
        return records.get_grid_cell(domain, {}, row, str(self._week(week)), "")

    def _drill(self, model, row, week, name):
        domain = [("scenario_id", "=", self.scenario.id)]
        return self.env[model].open_grid_cell(domain, {}, row, str(self._week(week)), name)

    def test_gap_is_stock_and_supply_less_demand_and_what_does_not_fit(self):
        cell = self._why("sop.supply.gap.line", f"family_id:{self.valves.id}", 6)
        parts = {part["label"]: part["value"] for part in cell["parts"]}
        self.assertEqual(parts["Stock before"], 40 + 100 - 80 - 10)
        self.assertEqual(parts["Demand"], -100)
        self.assertEqual(parts["Short: Line 2 turning"], -30)
        self.assertEqual(cell["value"], "30 short")
        self.assertIn("needs 72.0 h", cell["facts"][0])
        self.assertIn("Constraint: Second shift is asked for", cell["facts"])
        self.assertEqual(cell["chatter"]["id"], self.gap.id)

    def test_covered_week_says_so(self):
        cell = self._why("sop.supply.gap.line", f"family_id:{self.valves.id}", 8)
        self.assertEqual((cell["value"], cell["level"]), ("covered", "none"))
        self.assertEqual(cell["facts"], ["Stock and supply cover the demand."])

    def test_gap_opens_the_causing_work_center_in_that_week(self):
        row = f"family_id:{self.valves.id}"
        action = self._drill("sop.supply.gap.line", row, 6, "capacity")
        line = self.env["sop.capacity.line"].search(action["domain"])
        self.assertEqual((line.workcenter_id, line.week), (self.turning, 6))
        self.assertEqual(self._drill("sop.supply.gap.line", row, 6, "gaps")["res_id"], self.gap.id)

    def test_load_against_hours(self):
        cell = self._why("sop.capacity.line", f"workcenter_id:{self.turning.id}", 6)
        parts = {part["label"]: part["value"] for part in cell["parts"]}
        self.assertEqual(
            parts,
            {"Released orders": 20, "Planned production": 52, "Load": 72, "Calendar": 56,
             "Extra hours": 4, "Available": 60},
        )  # fmt: skip
        self.assertEqual((cell["value"], cell["level"]), ("120 %", "red"))
        self.assertIn("12.0 h too much", cell["deviation"])
        self.assertIn("Valves is short of 24.0 h", " ".join(cell["facts"]))

    def test_planned_load_is_divided_by_family(self):
        bill = self.env["mrp.bom"].create(
            {"product_tmpl_id": self.valve.product_tmpl_id.id, "product_qty": 1,
             "operation_ids": [Command.create({"name": "Turn", "workcenter_id": self.turning.id,
                                               "time_cycle_manual": 6})]}
        )  # fmt: skip
        self.assertTrue(bill.operation_ids)
        self._fact(self.valve, "make", days_lead=0)
        cell = self._why("sop.capacity.line", f"workcenter_id:{self.turning.id}", 6)
        self.assertEqual(cell["facts"][0], "Load by family: Valves 52.0 h.")

    def test_extra_hours_are_tried_in_a_scenario_for_that_week(self):
        action = self._drill("sop.capacity.line", f"workcenter_id:{self.turning.id}", 6,
                             "extra_hours")  # fmt: skip
        wizard = self.env[action["res_model"]].with_context(**action["context"]).create({})
        self.assertEqual((wizard.question, wizard.workcenter_id), ("extra_hours", self.turning))
        self.assertEqual(wizard.value, 12)
        self.assertEqual((wizard.date_from, wizard.date_to.weekday()), (self._week(6), 6))
        viewer = self._user("viewer")
        cell = self._why("sop.capacity.line", f"workcenter_id:{self.turning.id}", 6, viewer)
        drills = {drill["name"]: drill for drill in cell["actions"]}
        self.assertFalse(drills["extra_hours"]["is_allowed"])
        self.assertFalse(drills["work_orders"]["is_allowed"])
