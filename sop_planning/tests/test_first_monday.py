from odoo.tests import tagged

from .common_example import ExampleCase


@tagged("post_install", "-at_install")
class TestFirstMonday(ExampleCase):
    """The example company's people at their screens, on the day on which the cycle opened."""

    def test_the_controllers_first_monday_in_twelve_clicks(self):
        controller = self.people["controller"]
        sent = self.env["mail.notification"].search_count([])
        self.start_tour("/odoo", "sop_planning_first_monday", login=controller.login, timeout=180)
        entries = self.env["sop.demand.override"].search([("cycle_id", "=", self.cycle.id)])
        self.assertEqual(
            [(entry.family_id.name, entry.kind, entry.value) for entry in entries.sorted("id")],
            [("Valves", "percent", -20.0), ("Filters", "percent", 12.0)],
        )
        self.assertEqual(entries.user_id, controller)
        self.assertEqual(len(entries.mapped("reason_id")), 2, "each has its reason")
        chosen = self.cycle.selected_scenario_id
        self.assertEqual(chosen.kind, "postpone")
        self.assertEqual(self.cycle.select_reason, "Sales moved the order of Couplings")
        self.assertEqual(self.cycle.select_user_id, controller)
        self.assertEqual(len(self.cycle.scenario_ids), 4, "the others are kept")
        flagged = self.env["sop.supplier.risk"].search(
            [("cycle_id", "=", self.cycle.id), ("is_flagged", "=", True)]
        )
        self.assertEqual(flagged.state, "in_progress")
        self.assertEqual(flagged.activity_ids.user_id, flagged.user_id)
        pack = self.cycle.pack_ids
        self.assertEqual((pack.state, pack.user_id), ("published", controller))
        self.assertGreater(self.env["mail.notification"].search_count([]), sent)
