from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.sop_planning.tests.common import TODAY
from odoo.addons.sop_planning_crm.hooks import uninstall_hook

from .common import DECEMBER, CrmCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLost(CrmCommon):
    """A change to the plan that rests on an opportunity falls with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [100] * 24)
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()
            cls.lead = cls._lead(cls.proposition)
            cls.line = cls._line(cls, cls.cycle, cls.pump, DECEMBER)
            cls.entry = cls._adjust(cls.lead)

    @classmethod
    def _adjust(cls, lead):
        """Set December to 400 through the dialog, because of an opportunity."""
        action = cls.line.action_adjust()
        wizard = cls.env["sop.demand.adjust"].browse(action["res_id"])
        wizard.write(
            {
                "kind": "set",
                "value": 400,
                "reason_id": cls.env["sop.override.reason"].search([], limit=1).id,
                "source_ref": f"crm.lead,{lead.id}",
            }
        )
        wizard.action_apply()
        return cls.env["sop.demand.override"].search([], limit=1)

    def assertStands(self):
        self.assertEqual(self.line.qty_consensus, 400)
        self.assertFalse(self.entry.undone_by_id)

    def assertFell(self, note="Pumps for the waterworks was cancelled or lost."):
        self.assertFalse(self.line.is_overridden)
        self.assertNotEqual(self.line.qty_consensus, 400)
        self.assertEqual(self.entry.undone_by_id.note, note)

    def test_losing_the_opportunity_undoes_the_change_at_once(self):
        self.assertStands()
        self.lead.action_set_lost()
        self.assertFell()
        self.lead.action_restore()
        self.assertFell()
        self.cycle.action_refresh()
        self.assertFell()

    def test_losing_it_with_a_reason_by_a_seller_without_any_right_on_the_plan(self):
        seller = new_test_user(
            self.env,
            "seller",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.lead.user_id = seller
        with self.assertRaises(AccessError):
            self.entry.with_user(seller).read(["note"])
        dialog = self.env["crm.lead.lost"].with_user(seller)
        dialog.create({"lead_ids": self.lead.ids}).action_lost_reason_apply()
        self.assertFell()
        self.assertEqual(self.entry.undone_by_id.user_id, seller)

    def test_archiving_with_probability_zero_is_losing(self):
        self.lead.probability = 0
        self.assertStands()
        self.lead.action_archive()
        self.assertFell()

    def test_archiving_alone_and_other_opportunities_change_nothing(self):
        self._lead(self.proposition).action_set_lost()
        self.lead.action_archive()
        self.assertStands()
        self.lead.action_unarchive()
        self.lead.action_set_won()
        self.cycle.action_refresh()
        self.assertStands()

    def test_refresh_finds_what_was_lost_or_deleted_behind_its_back(self):
        self.lead.flush_recordset()
        self.env.cr.execute(
            "UPDATE crm_lead SET won_status = 'lost', active = FALSE WHERE id = %s", [self.lead.id]
        )
        self.lead.invalidate_recordset()
        self.cycle.action_refresh()
        self.assertFell()
        self.entry = self._adjust(self._lead(self.new))
        self.entry.source_ref.unlink()
        self.assertStands()
        self.cycle.action_refresh()
        self.assertFell("The source was cancelled or lost.")

    def test_change_of_an_approved_plan_stays(self):
        self.cycle.sudo().state = "approved"
        self.lead.action_set_lost()
        self.assertStands()

    def test_change_rests_on_the_opportunity_that_a_merge_keeps(self):
        kept = self._lead(self.proposition, probability=90)
        (kept | self.lead).merge_opportunity()
        self.assertFalse(self.lead.exists())
        self.assertEqual(self.entry.source_ref, kept)
        self.cycle.action_refresh()
        self.assertStands()
        kept.action_set_lost()
        self.assertFell()

    def test_viewer_without_crm_reads_the_journal(self):
        viewer = self._user("viewer")
        fields = {"source_ref": {"fields": {"display_name": {}}}, "description": {}}
        (row,) = self.entry.with_user(viewer).web_read(fields)
        self.assertIn("have access", row["source_ref"]["display_name"])

    def test_uninstalling_leaves_a_journal_that_can_be_read(self):
        uninstall_hook(self.env)
        self.assertFalse(self.entry.source_ref)
        self.cycle.action_refresh()
        self.assertStands()
