from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import TODAY
from .common_scenario import WEEK_4, ScenarioCommon, week


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestQuestions(ScenarioCommon):
    """What if, against figures worked out by hand from the docstring of ScenarioCommon."""

    def test_a_shift_on_the_lathe(self):
        shift = self._ask(self._lever("extra_shift", 8, workcenter=self.lathe))
        self.assertEqual((shift.kind, shift.state), ("user", "done"))
        # 5 days of 8 h, at 40 EUR an hour and half of it more
        self.assertEqual(shift.lever_ids.cost, 60)
        self.assertEqual((shift.hours_overtime, shift.amount_overtime), (40, 2400))
        self.assertEqual((shift.amount_extra, shift.amount_margin), (2400, 17455 - 2400))
        self.assertEqual((shift.gap_count, shift.hours_short, shift.qty_late), (0, 0, 0))
        self.assertEqual((shift.rate_fill, shift.rate_otif), (1, 1))
        line = shift.env["sop.capacity.line"].search(
            [("scenario_id", "=", shift.id), ("workcenter_id", "=", self.lathe.id),
             ("week", "=", 4)]
        )  # fmt: skip
        self.assertEqual((line.hours_extra, line.hours_available), (40, 80))
        self.assertAlmostEqual(line.hours_load, 57.17, places=2)

    def test_a_shift_too_short(self):
        shift = self._ask(self._lever("extra_shift", 1, workcenter=self.lathe))
        # 57 h 10 min less 45 h are 36.5 valves
        self.assertEqual(self._gap_rows(shift), {("capacity", "Valves"): (12.17, 36.5)})
        self.assertEqual((shift.qty_late, shift.amount_late, shift.amount_overtime),
                         (36.5, 365, 300))  # fmt: skip
        rows = {row.family_id.name: row for row in shift.family_ids}
        self.assertEqual((rows["Valves"].qty_late, rows["Pumps"].qty_late), (36.5, 0))

    def test_the_foundry_14_days_late(self):
        late = self._ask(
            self._lever("supplier_delay", 14, (TODAY, date(2027, 3, 31)), partner=self.foundry)
        )
        # 30 castings are left after week 2, the 500 of week 3 come in week 5: 45 pumps wait
        gaps = self._gap_rows(late)
        self.assertEqual(gaps["material", "Pumps"], (0, 45))
        self.assertEqual(gaps["capacity", "Valves"], (17.17, 51.5))
        self.assertEqual((late.qty_late, late.amount_late), (45 + 51.5, 4500 + 515))
        self.assertIn("Foundry 14 days late", late.lever_text)

    def test_a_late_foundry_nobody_waits_for(self):
        """Two days make no difference: the castings of week 3 are needed in week 4."""
        late = self._ask(
            self._lever("supplier_delay", 2, (TODAY, date(2027, 3, 31)), partner=self.foundry)
        )
        self.assertEqual(self._gap_rows(late), {("capacity", "Valves"): (17.17, 51.5)})

    def test_pumps_sell_20_percent_more(self):
        more = self._ask(self._lever("demand", 0.2, family=self.pumps))
        # 90 pumps need 45 h: 5 h and all valves (19 h 40 min) do not fit
        self.assertEqual(
            self._gap_rows(more),
            {("capacity", "Valves"): (19.67, 59), ("capacity", "Pumps"): (5, 10)},
        )
        self.assertAlmostEqual(more.hours_short, 24.67, places=2)
        self.assertEqual((more.qty_late, more.amount_late), (69, 1590))
        self.assertAlmostEqual(more.amount_revenue, self._system("base").amount_revenue + 1500)

    def test_pumps_sell_20_percent_more_until_the_end_of_the_plan(self):
        more = self._ask(
            self._lever("demand", 0.2, (TODAY, self.cycle.date_end), family=self.pumps)
        )
        self.assertEqual(
            self._gap_rows(more),
            {("capacity", "Valves"): (19.67, 59), ("capacity", "Pumps"): (5, 10)},
        )

    def test_demand_of_one_customer(self):
        double = self._ask(self._lever("demand", 1, partner=self.second))
        # a quarter of the pumps, no valve: 93.75 pumps need 46 h 52.5 min
        self.assertEqual(self._gap_rows(double)["capacity", "Valves"], (19.67, 59))
        self.assertAlmostEqual(self._gap_rows(double)["capacity", "Pumps"][0], 6.88, places=2)
        self.assertAlmostEqual(double.qty_late, 59 + 13.75)

    def test_demand_of_a_customers_contact_is_the_customers(self):
        contact = self.env["res.partner"].create({"name": "Buyer", "parent_id": self.second.id})
        double = self._ask(self._lever("demand", 1, partner=contact))
        self.assertAlmostEqual(double.qty_late, 59 + 13.75)

    def test_demand_in_units(self):
        less = self._ask(self._lever("demand_units", -59, family=self.valves))
        self.assertEqual((less.gap_count, less.qty_late), (0, 0))

    def test_the_lathe_is_down(self):
        down = self._ask(self._lever("machine_down", 0.5, workcenter=self.lathe))
        # 20 h are left: all valves and 17.5 h of pumps do not fit
        self.assertEqual(
            self._gap_rows(down),
            {("capacity", "Valves"): (19.67, 59), ("capacity", "Pumps"): (17.5, 35)},
        )

    def test_another_work_center_helps(self):
        mill = self._make_workcenter("Mill", self.calendar)
        helped = self._ask(
            self._lever("alternative", 10, workcenter=self.lathe, other_workcenter=mill, cost=7)
        )
        self.assertEqual(self._gap_rows(helped), {("capacity", "Valves"): (7.17, 21.5)})
        self.assertEqual((helped.amount_alternative, helped.amount_overtime), (70, 0))

    def test_half_of_the_valves_are_subcontracted(self):
        outside = self._ask(self._lever("subcontract", 30, family=self.valves, cost=2))
        # 29 valves are left: 47 h 10 min
        self.assertEqual(self._gap_rows(outside), {("capacity", "Valves"): (7.17, 21.5)})
        self.assertEqual((outside.amount_subcontract, outside.amount_extra), (60, 60))

    def test_valves_wait_or_are_built_ahead(self):
        wait = self._ask(
            self._lever("postpone", 1, family=self.valves, date_target=date(2027, 1, 1))
        )
        self.assertFalse(self._gap_rows(wait))
        self.assertAlmostEqual(wait.qty_late, 59, places=1, msg="customers want them all the same")
        ahead = self._ask(
            self._lever("prebuild", 1, family=self.valves, date_target=date(2026, 11, 30))
        )
        self.assertFalse(self._gap_rows(ahead))
        self.assertEqual((ahead.qty_late, ahead.rate_fill), (0, 1))

    def test_prices_change_money_and_nothing_else(self):
        dearer = self._ask(self._lever("price", 0.1, family=self.pumps))
        base = self._system("base")
        self.assertAlmostEqual(dearer.amount_revenue, base.amount_revenue + 750)
        self.assertEqual(self._gap_rows(dearer), self._gap_rows(base))

    def test_two_levers_add_up(self):
        both = self._ask(
            self._lever("demand", 0.2, family=self.pumps),
            self._overtime(25),
        )
        self.assertEqual((both.gap_count, both.qty_late), (0, 0))
        self.assertEqual((both.hours_overtime, both.amount_extra), (25, 1500))

    def test_nothing_but_the_scenario_is_written(self):
        """Neither native records, nor the cycle, nor other scenarios: two people who try something
        at the same time do not wait for each other, and the plan stays."""
        before = self._versions()
        scenario = self._ask(self._overtime(), self._lever("demand", 0.2, family=self.pumps))
        scenario.action_simulate()
        self.assertEqual(self._versions(without=scenario), before)

    def _versions(self, without=None):
        """Row versions of what a simulation must not touch."""
        self.env.flush_all()
        tables = {
            "mrp_production": "", "mrp_workorder": "", "mrp_bom": "", "mrp_workcenter": "",
            "purchase_order": "", "purchase_order_line": "", "sale_order": "",
            "sale_order_line": "", "stock_quant": "", "stock_move": "", "resource_calendar": "",
            "resource_calendar_attendance": "", "sop_extra_hours": "", "product_product": "",
            "product_category": "", "res_company": "", "sop_cycle": "", "sop_demand_line": "",
            "sop_supply_line": "", "sop_supply_product": "",
            "sop_scenario": "id", "sop_scenario_lever": "scenario_id",
            "sop_scenario_family": "scenario_id", "sop_capacity_line": "scenario_id",
            "sop_supply_gap": "scenario_id", "sop_supply_gap_line": "scenario_id",
        }  # fmt: skip
        rows = {}
        for table, owner in tables.items():
            condition = f"WHERE {owner} <> {without.id}" if owner and without else ""
            self.env.cr.execute(f"SELECT id, ctid::text FROM {table} {condition} ORDER BY id")
            rows[table] = self.env.cr.fetchall()
        return rows


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLevers(ScenarioCommon):
    """Usual figures of levers, and sentences that name the lever that cannot be."""

    def _refused(self, words, *levers, error=(UserError, ValidationError)):
        with self.assertRaisesRegex(error, words), self.env.cr.savepoint():
            self._ask(*levers)

    def test_archived_work_center(self):
        mill = self._make_workcenter("Mill", self.calendar)
        mill.active = False
        self._refused("Mill is archived", self._lever("extra_hours", 8, workcenter=mill))

    def test_records_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other Maker"})
        self.env.user.company_ids += other
        mill = self.env["mrp.workcenter"].create(
            {
                "name": "Mill",
                "company_id": other.id,
                "resource_calendar_id": other.resource_calendar_id.id,
            }
        )
        thing = self._make_product("Thing", self.pumps, 10.0, company_id=other.id)
        vendor = self.env["res.partner"].create({"name": "Steelco", "company_id": other.id})
        self._refused("Mill belongs to Other Maker", self._lever("extra_hours", 8, workcenter=mill))
        self._refused(
            "Mill belongs to Other Maker",
            self._lever("alternative", 8, workcenter=self.lathe, other_workcenter=mill),
        )
        self._refused("Thing belongs to Other Maker", self._lever("demand", 0.1, product=thing))
        self._refused(
            "Steelco belongs to Other Maker", self._lever("supplier_delay", 5, partner=vendor)
        )

    def test_negative_figures(self):
        self._refused("Extra hours cannot be negative: -8", self._overtime(-8))
        self._refused("cost of Extra hours cannot be negative", self._overtime(8, cost=-1))

    def test_impossible_figures(self):
        self._refused(r"\+200 h a week on Lathe.*200.*possible", self._overtime(200))
        self._refused(
            "Lathe down by 150 %.*possible", self._lever("machine_down", 1.5, workcenter=self.lathe)
        )
        self._refused(r"\+0 h a week on Lathe.*possible", self._overtime(0))

    def test_dates(self):
        self._refused("exchange the days", self._overtime(8, dates=WEEK_4[::-1]))
        for day in (TODAY - timedelta(days=90), self.cycle.date_end + timedelta(days=40)):
            self._refused(
                r"\+8 h a week on Lathe.*horizon",
                self._overtime(8, dates=(day, day + timedelta(days=6))),
            )

    def test_a_weekend_has_no_hours_to_add(self):
        saturday = week(4)[1] - timedelta(days=1)
        self._refused(
            r"\+8 h a working day on Lathe.*nothing",
            self._lever("extra_shift", 8, (saturday, saturday), workcenter=self.lathe),
        )

    def test_no_lever(self):
        with self.assertRaisesRegex(UserError, "Second thoughts has no lever"):
            self._ask(title="Second thoughts")

    def test_no_target(self):
        self._refused("Extra hours needs a work center", self._lever("extra_hours", 8))
        self._refused("Vendor late needs a vendor", self._lever("supplier_delay", 8))
        self._refused("Demand in percent needs a family", self._lever("demand", 0.1))
        self._refused(
            "Alternative work center needs", self._lever("alternative", 8, workcenter=self.lathe)
        )
        self._refused(
            "already is on this work center",
            self._lever("alternative", 8, workcenter=self.lathe, other_workcenter=self.lathe),
        )
        self._refused(
            "Postpone deliveries needs the day", self._lever("postpone", 1, family=self.valves)
        )

    def test_family_and_vendor_that_nothing_is_known_of(self):
        taps = self._make_family("Taps")
        stranger = self.env["res.partner"].create({"name": "Nobody"})
        self._refused(r"Demand of Taps \+10 %.*nothing", self._lever("demand", 0.1, family=taps))
        self._refused(
            "Nobody 5 days late.*nothing", self._lever("supplier_delay", 5, partner=stranger)
        )
        self._refused(r"Demand of Nobody \+10 %", self._lever("demand", 0.1, partner=stranger))

    def test_work_center_without_hours(self):
        closed = self._make_calendar(8.0)
        closed.attendance_ids.unlink()
        idle = self._make_workcenter("Idle", closed)
        self._refused(
            r"\+8 h a week on Idle.*working schedule",
            self._lever("extra_hours", 8, workcenter=idle),
        )

    def test_two_levers_that_contradict_each_other(self):
        self._refused(
            r"Lathe down by 50 %.*contradicts \+8 h a week on Lathe",
            self._overtime(8),
            self._lever("machine_down", 0.5, workcenter=self.lathe),
        )
        self._refused(
            "built ahead.*contradicts.*made in the month",
            self._lever("postpone", 1, family=self.valves, date_target=date(2027, 1, 1)),
            self._lever("prebuild", 1, family=self.valves, date_target=date(2026, 11, 30)),
        )

    def test_deliveries_that_move_into_their_own_weeks(self):
        for kind, target in (
            ("postpone", WEEK_4[0]),
            ("postpone", self.cycle.date_end),
            ("prebuild", WEEK_4[1]),
            ("prebuild", date(2026, 10, 1)),
        ):
            self._refused(
                "Valves.*deliveries cannot be made",
                self._lever(kind, 0.5, family=self.valves, date_target=target),
            )

    def test_figures_stay_where_a_scenario_cannot_be_calculated(self):
        scenario = self._ask(self._overtime())
        scenario.lever_ids.write({"value": 200})
        self.assertEqual(scenario.state, "draft")
        with self.assertRaises(UserError), self.env.cr.savepoint():
            scenario.action_simulate()
        self.assertEqual((scenario.state, scenario.amount_overtime), ("draft", 1080))
        with self.assertRaisesRegex(UserError, "calculate it first"):
            scenario.action_select("It looked good")

    def test_a_scenario_stays_in_its_cycle(self):
        scenario = self._ask(self._overtime())
        other = self._make_cycle(month=date(2026, 10, 1))
        with self.assertRaisesRegex(UserError, "duplicate it in the other cycle"):
            scenario.cycle_id = other

    def test_usual_figures_to_start_from(self):
        scenario = self._ask({"kind": "extra_shift", "workcenter_id": self.lathe.id},
                             simulate=False)  # fmt: skip
        lever = scenario.lever_ids
        self.assertEqual((lever.value, lever.cost, lever.date_from), (8, 60, TODAY))
        self.assertEqual(lever.date_to, date(2026, 12, 17))
        self.lathe.costs_hour = 0
        other = self._ask({"kind": "extra_hours", "workcenter_id": self.lathe.id}, simulate=False)
        self.assertEqual(other.lever_ids.cost, 75, "50 EUR of the settings and half of it more")

    def test_measured_lateness_is_the_usual_one(self):
        def asked():
            lever = {"kind": "supplier_delay", "partner_id": self.foundry.id}
            return self._ask(lever, simulate=False).lever_ids.value

        self.assertEqual(asked(), 14, "nothing is measured yet")
        risk = self.env["sop.supplier.risk"].search(
            [("cycle_id", "=", self.cycle.id), ("partner_id", "=", self.foundry.id)]
        )
        self.assertTrue(risk)
        risk.sudo().write({"has_data": True, "days_late_mean": 3.4, "days_late_std": 2.0})
        self.assertEqual(asked(), 5)

    def test_a_customer_chosen_later_leaves_the_figure(self):
        lever = self._ask(self._lever("demand", 0.5, family=self.pumps), simulate=False).lever_ids
        lever.partner_id = self.second
        self.assertEqual(lever.value, 0.5)

    def test_in_words(self):
        scenario = self._ask(
            self._lever("extra_shift", 7.5, workcenter=self.lathe),
            self._lever("demand", -0.25, family=self.pumps, partner=self.second),
            simulate=False,
        )
        shift, demand = scenario.lever_text.splitlines()
        self.assertRegex(shift, r"^\+7\.5 h a working day on Lathe, .*W4")
        self.assertRegex(demand, "^Demand of Pumps, Second Customer -25 %, .*W4")
        self.assertIn("No lever yet", self._ask(simulate=False).lever_text)

    def test_changed_levers_make_a_draft(self):
        scenario = self._ask(self._overtime())
        changes = [
            lambda: scenario.lever_ids.write({"value": 20}),
            lambda: scenario.write({"lever_ids": [Command.create(self._lever(
                "demand", 0.1, family=self.pumps))]}),
            lambda: scenario.lever_ids[-1:].unlink(),
            lambda: self.env["sop.scenario.lever"].create(
                {"scenario_id": scenario.id,
                 **self._lever("price", 0.1, family=self.pumps)}),
        ]  # fmt: skip
        for number, change in enumerate(changes):
            change()
            self.assertEqual(scenario.state, "draft", number)
            scenario.action_simulate()
            self.assertEqual(scenario.state, "done", number)
