from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import MONTH, TODAY
from .common_gate import RemindCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestParticipation(RemindCommon):
    """Who has to give input, and who has."""

    def _rows(self, user, function):
        self.env.invalidate_all()
        rows = self.env["sop.participation"].search(
            [
                ("cycle_id", "=", self.cycle.id), ("user_id", "=", user.id),
                ("function", "=", function),
            ]
        )  # fmt: skip
        return [(row.step, row.subject, row.is_done, row.expected, row.given) for row in rows]

    def test_owner_gives_when_the_family_is_agreed(self):
        self.assertEqual(self._rows(self.anna, "owner"), [("demand", "Pumps", False, 1, 0)])
        self.pump_review.action_agree()
        self.assertEqual(self._rows(self.anna, "owner"), [("demand", "Pumps", True, 1, 1)])

    def test_contributor_gives_with_sales_input_for_the_family(self):
        waiting = [("demand", "Valves", False, 1, 0)]
        self.assertEqual(self._rows(self.anna, "contributor"), waiting)
        self._put("sop.demand.line", product_id=self.pump.id, bucket_start=MONTH)
        self._put("sop.demand.line", product_id=self.valve.id, bucket_start=MONTH)
        inputs = self.env["sop.demand.input"]
        vals = {"cycle_id": self.cycle.id, "bucket_start": MONTH, "qty": 0}
        inputs.with_user(self.anna).create({**vals, "product_id": self.pump.id})
        self.assertEqual(self._rows(self.anna, "contributor"), waiting, "of another family")
        inputs.create({**vals, "product_id": self.valve.id})
        self.assertEqual(self._rows(self.anna, "contributor"), waiting, "of somebody else")
        inputs.with_user(self.anna).create({**vals, "product_id": self.valve.id})
        self.assertEqual(self._rows(self.anna, "contributor"), [("demand", "Valves", True, 1, 1)])

    def test_responsible_gives_with_the_signature(self):
        self._step("supply").user_id = self.ben
        self.assertEqual(self._rows(self.ben, "responsible"), [("supply", False, False, 1, 0)])
        self._at("supply").with_user(self.carla).action_next_step()
        self.assertEqual(self._rows(self.ben, "responsible"), [("supply", False, True, 1, 1)])
        self.cycle.action_send_back("A figure was wrong")
        self.assertEqual(self._rows(self.ben, "responsible"), [("supply", False, False, 1, 0)])

    def test_rows_have_an_id_of_their_own_and_count_in_a_pivot(self):
        rows = self.env["sop.participation"].search([("cycle_id", "=", self.cycle.id)])
        self.assertEqual(len(set(rows.ids)), 8, "2 owners, 1 contributor, 5 steps")
        groups = self.env["sop.participation"]._read_group(
            [("cycle_id", "=", self.cycle.id)], ["step"], ["expected:sum", "given:sum"]
        )
        self.assertIn(("demand", 4, 0), groups)

    def test_rights_and_companies(self):
        domain = [("cycle_id", "=", self.cycle.id)]
        participation = self.env["sop.participation"]
        seen = participation.with_user(self._user("viewer")).search(domain)
        self.assertEqual(len(seen), 8)
        with self.assertRaises(AccessError):
            participation.with_user(self._user(None)).search(domain)
        with self.assertRaises(AccessError):
            participation.with_user(self.carla).create({"cycle_id": self.cycle.id})
        stranger = self._user("manager", self.env["res.company"].create({"name": "Stranger"}))
        participation = participation.with_context(allowed_company_ids=stranger.company_ids.ids)
        self.assertFalse(participation.with_user(stranger).search(domain))
