from datetime import date, datetime

from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.sop_planning.engine import conversion
from odoo.addons.sop_planning.tests.common import MONTH, TODAY

from .common import DECEMBER, FEBRUARY, CrmCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPipeline(CrmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [100] * 24)
            cls.cycle = cls._make_cycle()

    def test_conversion_by_stage_and_team(self):
        direct, partner = self.direct.id, self.partner.id
        self.assertEqual(
            self._conversions(),
            {
                ("New", direct): (3, 5),
                ("Qualified", direct): (3, 3),
                ("Proposition", direct): (3, 2),
                ("Won", direct): (3, 0),
                ("New", partner): (1, 3),
                ("Qualified", partner): (1, 3),
                ("Proposition", partner): (1, 0),
                ("Won", partner): (1, 0),
            },
        )

    def test_only_opportunities_that_were_decided_lately_count(self):
        before = self._conversions()
        self._lead(self.qualified)  # open
        self._lead(self.qualified).action_archive()  # put away, not lost
        self._decide(self.direct, [self.new], is_lost=True, type="lead")
        old = self._decide(self.direct, [self.won]) + self._decide(
            self.direct, [self.new], is_lost=True
        )
        old.date_closed = datetime(2024, 11, 17)
        self.assertEqual(self._conversions(), before)
        old.date_closed = datetime(2024, 11, 18)
        self.assertEqual(self._conversions()["New", self.direct.id], (4, 6))

    def test_a_stage_of_another_team_is_never_passed(self):
        self.qualified.team_ids = self.partner
        conversions = self._conversions()
        # lost there before the stage was the partners' own
        self.assertEqual(conversions["Qualified", self.direct.id], (0, 1))
        self.assertEqual(conversions["Qualified", self.partner.id], (1, 3))
        self._decide(self.env["crm.team"], [self.won])
        self.assertNotIn(("Qualified", 0), self._conversions())
        self.assertEqual(self._conversions()["New", 0], (1, 0))

    def test_companies_do_not_mix(self):
        other = self.env["res.company"].create({"name": "Other"})
        team = self.env["crm.team"].create({"name": "Others", "company_id": other.id})
        before = self._conversions()
        foreign = self._decide(team, [self.won] * 2, company_id=other.id, user_id=False)
        self._quote(self._lead(self.new), 10, DECEMBER)
        self.assertEqual(foreign.company_id, other)
        self.assertEqual(self._conversions(), before)
        self.assertEqual(self._conversions(other)["New", team.id], (2, 0))
        cycle = self._make_cycle(other)
        self.assertTrue(self.Source._read_quotations(self.cycle)["qty"].sum())
        self.assertTrue(self.Source._read_quotations(cycle).empty)

    def test_quotation_takes_the_stage_of_its_opportunity(self):
        lead = self._lead(self.qualified, self.partner)
        self._quote(lead, 10, DECEMBER)
        code = f"crm:{self.qualified.id}"
        self.assertEqual(self._quotations(), [(code, self.partner.id, DECEMBER, 10)])
        lead.stage_id = self.proposition
        self.assertEqual(self._quotations()[0][0], f"crm:{self.proposition.id}")

    def test_quotation_without_opportunity_keeps_its_state(self):
        order = self._sell(DECEMBER, {self.pump: 10}, confirm=False)
        self.assertEqual(self._quotations()[0][0], "draft")
        order.state = "sent"
        self.assertEqual(self._quotations()[0][0], "sent")

    def test_variant_beside_the_order_keeps_its_state(self):
        lead = self._lead(self.proposition)
        chosen, variant = self._quote(lead, 10, DECEMBER), self._quote(lead, 20, DECEMBER)
        lead.action_set_won()
        stages = {stage for stage, *_rest in self._quotations()}
        self.assertEqual(stages, {f"crm:{lead.stage_id.id}"})
        chosen.action_confirm()
        self.assertEqual(
            self._quotations(),
            [("draft", self.direct.id, DECEMBER, variant.order_line.product_uom_qty)],
        )

    def test_quotation_of_a_lost_opportunity_does_not_count(self):
        lead = self._lead(self.proposition)
        self._quote(lead, 10, DECEMBER)
        lead.action_archive()
        self.assertEqual(len(self._quotations()), 1)
        lead.action_set_lost()
        self.assertFalse(self._quotations())
        lead.action_restore()
        self.assertEqual(len(self._quotations()), 1)

    def test_expected_closing_is_the_date_of_a_quotation_that_has_none(self):
        lead = self._lead(self.new, date_deadline=date(2027, 1, 25))
        quotation = self._quote(lead, 10)
        self.assertFalse(quotation.commitment_date)
        self.assertEqual(self._quotations()[0][2], date(2027, 1, 1))
        quotation.order_line.customer_lead = 7  # 1 February
        self.assertEqual(self._quotations()[0][2], FEBRUARY)
        lead.date_deadline = date(2026, 9, 1)  # over: in the cycle's month
        self.assertEqual(self._quotations()[0][2], MONTH)
        lead.date_deadline = False  # 18 November and a week
        self.assertEqual(self._quotations()[0][2], MONTH)
        quotation.commitment_date = datetime(2026, 12, 9, 12)
        lead.date_deadline = date(2027, 1, 25)
        self.assertEqual(self._quotations()[0][2], DECEMBER)

    def test_order_is_demand_of_its_own_date_whatever_was_expected(self):
        order = self._quote(self._lead(self.new, date_deadline=date(2027, 1, 25)), 10)
        order.action_confirm()
        order.date_order = datetime(2026, 12, 9, 12)
        self.cycle.action_refresh()
        self.assertEqual(self._line(self.cycle, self.pump, DECEMBER).qty_orders, 10)

    def test_plan_shows_the_weighted_quotation(self):
        self._quote(self._lead(self.new), 1000, DECEMBER)
        self._quote(self._lead(self.proposition, self.partner), 100, DECEMBER)
        self.cycle.action_refresh()
        rates = conversion(self.Source._read_conversions(self.company)).by_team
        new = rates[f"crm:{self.new.id}", self.direct.id]
        late = rates[f"crm:{self.proposition.id}", self.partner.id]
        self.assertLess(new, late)
        line = self._line(self.cycle, self.pump, DECEMBER)
        self.assertAlmostEqual(line.qty_quotation, 1000 * new + 100 * late, places=1)
        self.assertGreater(line.qty_pipeline, 0)

    def test_plan_needs_no_right_on_opportunities(self):
        lead = self._lead(self.new)
        self._quote(lead, 1000, DECEMBER)
        controller = self._user("controller")
        self.assertFalse(lead.with_user(controller).has_access("read"))
        self.cycle.with_user(controller).action_refresh()
        self.assertGreater(self._line(self.cycle, self.pump, DECEMBER).qty_quotation, 0)

    def test_menu_opens_what_is_expected_in_the_months_planned(self):
        wanted = self._lead(self.new, date_deadline=self.cycle.month)
        self._lead(self.new, date_deadline=self.cycle.date_end)
        self._lead(self.new, date_deadline=date(2026, 10, 31))
        self._lead(self.new)
        seller = self._seller()
        action = self.env.ref("sop_planning_crm.crm_lead_action_sop").with_user(seller).run()
        self.assertEqual(self.Lead.with_user(seller).search(action["domain"]), wanted)
        self.assertEqual(action["res_model"], "crm.lead")

    def test_menu_opens_without_a_cycle(self):
        self.cycle.sudo().unlink()
        wanted = self._lead(self.new, date_deadline=MONTH)
        domain = self.Lead._action_sop_pipeline()["domain"]
        self.assertEqual(self.Lead.search(domain), wanted)

    def test_menu_is_for_planners_who_sell(self):
        menu = self.env.ref("sop_planning_crm.crm_lead_menu_sop")
        for user, is_shown in ((self._user("viewer"), False), (self._seller(), True)):
            shown = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            self.assertEqual(menu.id in shown, is_shown, user.login)

    def _seller(self):
        return new_test_user(
            self.env,
            "planner_who_sells",
            groups="sop_planning.sop_planning_group_viewer,"
            "sales_team.group_sale_salesman_all_leads",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
