from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import MONTH, TODAY
from .common_plan_version import PlanVersionCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPlanVersion(PlanVersionCommon):
    """An approval freezes the plan: what is kept, that nobody changes it, and who reads it."""

    # ---- what is frozen ----

    def test_approval_keeps_every_line_and_the_figures(self):
        line = self._line(self.cycle, self.pump)
        line.qty_override = 130
        version = self._approved()
        lines = self.env["sop.demand.line"].search([("cycle_id", "=", self.cycle.id)])
        kept = {(row.product_id, row.bucket_start): row for row in version.line_ids}
        self.assertEqual(len(kept), len(lines))
        for name in ("qty_statistical", "qty_override", "is_overridden", "qty_consensus",
                     "price_unit", "amount_consensus", "family_id"):  # fmt: skip
            self.assertEqual(kept[self.pump, MONTH][name], line[name], name)
        self.assertEqual(kept[self.pump, MONTH].qty_consensus, 130)
        year = lines.filtered(lambda row: row.bucket_start < date(2027, 11, 1))
        self.assertAlmostEqual(version.qty_year, sum(year.mapped("qty_consensus")), 2)
        self.assertAlmostEqual(version.amount_year, sum(year.mapped("amount_consensus")), 2)
        self.assertEqual(version.override_count, 1)
        self.assertEqual((version.product_count, version.line_count), (2, len(lines)))
        scenario = self.cycle._followed_scenario()
        self.assertTrue(scenario)
        self.assertEqual(version.scenario_id, scenario)
        self.assertEqual(version.amount_revenue, scenario.amount_revenue)
        self.assertEqual(version.fingerprint, scenario.fingerprint)
        self.assertIn("version 1", version.name)
        self.assertTrue(version.is_in_force)

    def test_who_asked_and_who_approved(self):
        controller, executive = self._user("controller"), self._user("executive")
        while self.cycle.state != "executive":
            self.cycle.with_user(controller).action_next_step()
        version = self._approved(user=executive)
        self.assertEqual((version.requested_by_id, version.user_id), (controller, executive))

    def test_next_approval_makes_the_next_version(self):
        first = self._approved()
        self.cycle.action_send_back("The pump customer cancelled")
        self.assertFalse(first.is_in_force)
        self._line(self.cycle, self.pump).qty_override = 7
        second = self._approved()
        self.assertEqual((first.number, second.number), (1, 2))
        self.assertEqual(second.reason, "The pump customer cancelled")
        self.assertFalse(self.cycle.reopen_reason)
        month = [("product_id", "=", self.pump.id), ("bucket_start", "=", MONTH)]
        self.assertEqual(second.line_ids.filtered_domain(month).qty_consensus, 7)
        self.assertNotEqual(first.line_ids.filtered_domain(month).qty_consensus, 7)
        self.assertEqual((first.is_in_force, second.is_in_force), (False, True))
        in_force = self.env["sop.plan.version"].search(
            [("is_in_force", "=", True), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(in_force, second)
        self.assertTrue(first.is_valid)

    def test_lines_are_frozen_in_one_statement_whatever_their_number(self):
        while self.cycle.state != "executive":
            self.cycle.action_next_step()
        with self.assertQueryCount(__system__=90):  # there are 36 lines
            self.cycle.action_approve()

    # ---- nobody changes it ----

    def test_no_way_to_write_a_version(self):
        version = self._approved()
        line = version.line_ids[0]
        for role in ("viewer", "controller", "executive", "manager"):
            user = self._user(role)
            for record in (version, line):
                mine = record.with_user(user)
                with self.assertRaises(UserError, msg=role):
                    mine.write({"company_id": self.company.id})
                with self.assertRaises(UserError, msg=role):
                    mine.unlink()
                with self.assertRaises(UserError, msg=role):
                    mine.create({"company_id": self.company.id})
                with self.assertRaises(UserError, msg=role):
                    mine.copy()
        self.assertTrue(version.is_valid)

    def test_not_even_the_system_writes_a_version(self):
        version = self._approved()
        for record, vals in ((version, {"number": 9}), (version.line_ids[0], {"qty_consensus": 1})):
            with self.assertRaisesRegex(UserError, "nobody creates, changes or deletes"):
                record.sudo().write(vals)
            with self.assertRaisesRegex(UserError, "nobody creates, changes or deletes"):
                record.sudo().unlink()
            with self.assertRaisesRegex(UserError, "nobody creates, changes or deletes"):
                record.sudo().create(vals)

    def test_import_changes_nothing(self):
        version = self._approved()
        line = version.line_ids[0]
        manager = self._user("manager")
        for record, names, row in (
            (version, [".id", "number"], [str(version.id), "5"]),
            (line, [".id", "qty_consensus"], [str(line.id), "5"]),
            (line, ["version_id/.id", "qty_consensus"], [str(version.id), "5"]),
        ):
            try:
                result = record.browse().with_user(manager).load(names, [row])
                self.assertFalse(result["ids"])
            except AccessError:
                continue
        self.assertEqual((version.number, version.is_valid), (1, True))

    def test_a_change_in_the_database_is_found_out(self):
        version = self._approved()
        self.assertEqual(version.action_check()["params"]["type"], "success")
        for statement in (
            "UPDATE sop_plan_version_line SET qty_consensus = qty_consensus + 0.01 WHERE id = %s",
            "DELETE FROM sop_plan_version_line WHERE id = %s",
        ):
            self.env.flush_all()
            with self.env.cr.savepoint(flush=False) as point:
                self.env.cr.execute(statement, [version.line_ids[0].id])
                self.env.invalidate_all()
                self.assertFalse(version.is_valid)
                answer = version.action_check()["params"]
                self.assertEqual(answer["type"], "danger")
                self.assertIn("Changed since its approval", answer["message"])
                point.rollback()
            self.env.invalidate_all()
            self.assertTrue(version.is_valid)
        self.env.cr.execute(
            "UPDATE sop_plan_version SET figures = jsonb_set(figures, '{rate_fill}', '1.5')"
            " WHERE id = %s",
            [version.id],
        )
        self.env.invalidate_all()
        self.assertFalse(version.is_valid)

    def test_cycle_with_a_version_is_kept(self):
        self._approved()
        self.cycle.action_send_back("Wrong")
        with self.assertRaisesRegex(UserError, "cancel the cycle instead"):
            self.cycle.unlink()

    # ---- two people ----

    def test_requester_does_not_approve(self):
        self.company.sop_four_eyes = True
        both = self._user("controller")
        both.group_ids += self.env.ref("sop_planning.sop_planning_group_executive")
        cycle = self.cycle.with_user(both)
        while cycle.state != "executive":
            cycle.action_next_step()
        with self.assertRaisesRegex(UserError, "another executive"):
            cycle.action_approve()
        self.assertFalse(self.cycle.version_ids)
        self.assertEqual(self._approved(user=self._user("executive")).requested_by_id, both)

    def test_without_the_setting_one_person_may_do_both(self):
        self.assertFalse(self.company.sop_four_eyes)
        version = self._approved()
        self.assertEqual(version.user_id, version.requested_by_id)

    def test_two_people_need_a_request(self):
        self.company.sop_four_eyes = True
        while self.cycle.state != "executive":
            self.cycle.action_next_step()
        self.cycle.step_ids.filtered(lambda step: step.code == "pre_sop").sudo().unlink()
        with self.assertRaisesRegex(UserError, "Nobody has signed"):
            self.cycle.action_approve()

    # ---- rights ----

    def test_every_role_reads_and_compares(self):
        version = self._approved(self.october)
        for role in ("viewer", "sales", "operations", "controller", "executive", "manager"):
            user = self._user(role)
            self.assertTrue(version.with_user(user).line_ids[0].qty_consensus)
            self.assertTrue(version.with_user(user).is_valid)
            rows, _compare = self._compared(version, self.cycle, user=user)
            self.assertTrue(rows, role)

    def test_comparisons_are_one_s_own(self):
        version = self._approved(self.october)
        self._line(self.cycle, self.pump).qty_override = 1
        _rows, compare = self._compared(version, self.cycle, user=self._user("controller"))
        other = self._user("viewer")
        for model in ("sop.plan.comparison", "sop.plan.bridge"):
            domain = [("compare_id", "=", compare.id)]
            self.assertTrue(self.env[model].sudo().search_count(domain))
            self.assertFalse(self.env[model].with_user(other).search(domain))
        with self.assertRaises(AccessError):
            compare.with_user(other).action_compare()

    def test_other_company_sees_nothing(self):
        version = self._approved(self.october)
        outsider = self.env["res.company"].create({"name": "Outsider"})
        stranger = self._user("manager", outsider)
        theirs = self.env(user=stranger, context={"allowed_company_ids": outsider.ids})
        for model in ("sop.plan.version", "sop.plan.version.line"):
            self.assertFalse(theirs[model].search([]), model)
        for record in (version, self.cycle):
            with self.assertRaises(AccessError):
                theirs["sop.plan.compare"]._of(
                    record.with_env(theirs), self.october
                ).action_compare()
        with self.assertRaises(AccessError):
            self.cycle.with_env(theirs).get_bridge_data()
        with self.assertRaises(AccessError):
            version.with_env(theirs).action_check()

    def test_people_outside_sop_see_nothing(self):
        self._approved(self.october)
        employee = self._user("")
        for model in ("sop.plan.version", "sop.plan.version.line", "sop.plan.compare",
                      "sop.plan.comparison", "sop.plan.bridge"):  # fmt: skip
            with self.assertRaises(AccessError, msg=model):
                self.env[model].with_user(employee).search([])
