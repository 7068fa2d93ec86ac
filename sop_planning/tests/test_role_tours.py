import time
from pathlib import Path
from tempfile import gettempdir

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common_camera import camera
from .common_example import ExampleCase

PASSED = "The meeting agreed to go on."
SHORT_WAIT, WAITS = 0.2, 100
# the consensus of the valves in the fourth month
CELL = """[...document.querySelectorAll(
    ".o_sop_grid_cell[data-measure=qty_consensus][data-column='3']"
)].find((cell) => cell.ariaLabel.includes("Valves"))"""


@tagged("post_install", "-at_install")
class TestRoleTours(ExampleCase):
    """What the people of each role come for, and what they are kept from, in a real browser."""

    def _walk(self, user, path, name, **screen):
        for key, value in screen.items():
            setattr(self, key, value)
        self.start_tour(f"/odoo/{path}", f"sop_planning_role_{name}", login=user.login, timeout=180)
        self.env.invalidate_all()

    def _person_too(self, login, *groups):
        """Somebody else who works in the example only."""
        return new_test_user(
            self.env,
            login=login,
            name=login.replace("_", " ").title(),
            groups=",".join(groups),
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def _family(self, name):
        return self.cycle.review_ids.family_id.filtered(lambda family: family.name == name)

    def _lines(self, family, column):
        lines = self.cycle.env["sop.demand.line"].search(
            [("cycle_id", "=", self.cycle.id), ("family_id", "=", self._family(family).id)]
        )
        month = sorted(set(lines.mapped("bucket_start")))[column]
        return lines.filtered(lambda line: line.bucket_start == month)

    def _entries(self):
        return self.env["sop.demand.override"].search([("cycle_id", "=", self.cycle.id)])

    def _reach(self, state):
        """Close the steps before, as who may pass gates does."""
        cycle = self.cycle.with_user(self.manager)
        while cycle.state != state:
            cycle.action_next_step(PASSED)

    # ---- sales ----

    def _own(self, name):
        """The family is that of the sales contributor, in the plan as well."""
        owner = self.people["sales"]
        self._family(name).sop_owner_id = owner
        self.cycle.review_ids.filtered(lambda review: review.family_id.name == name).user_id = owner
        return owner

    def _inputs(self):
        return self.env["sop.demand.input"].search([("cycle_id", "=", self.cycle.id)])

    def test_sales_from_the_activity_to_a_saved_input_in_four_clicks(self):
        sales = self._own("Valves")
        self._reach("demand")
        activity = self.cycle.activity_ids.filtered(lambda todo: todo.user_id == sales)
        self.assertEqual(len(activity), 1, "the step tells its people")
        self._walk(sales, "sop-tasks", "sales_activity")
        inputs = self._inputs()
        self.assertEqual(inputs.user_id, sales)
        self.assertEqual(inputs.product_id.categ_id.sop_family_id, self._family("Valves"))
        lines = self._lines("Valves", 1)
        self.assertEqual(set(inputs.mapped("bucket_start")), set(lines.mapped("bucket_start")))
        self.assertAlmostEqual(sum(inputs.mapped("qty")), 250, 2)
        self.assertAlmostEqual(sum(lines.mapped("qty_sales")), 250, 2)
        self.assertFalse(self._entries(), "nobody overrode a consensus")

    def test_sales_from_the_mail_to_a_saved_input_in_four_clicks(self):
        sales = self._own("Valves")
        self._walk(sales, "sop", "sales_mail")
        self.assertAlmostEqual(sum(self._lines("Valves", 2).mapped("qty_sales")), 260, 2)
        self.assertEqual(self._inputs().user_id, sales)

    # ---- operations ----

    def test_operations_from_a_gap_to_its_cause_and_a_note(self):
        self._walk(self.people["operations"], "sop-gaps-grid", "operations_gaps")
        gaps = self.env["sop.supply.gap"].search(
            [("cycle_id", "=", self.cycle.id), ("note", "not in", [False, ""])]
        )
        self.assertEqual(gaps.family_id.name, "Couplings")
        self.assertTrue(gaps.scenario_id.is_followed)
        self.assertEqual(gaps.note, "Two lathes, one operator in the late shift")
        self.assertEqual(gaps.write_uid, self.people["operations"])

    def test_operations_see_the_full_weeks_of_the_bottleneck(self):
        path = "action-sop_planning.sop_capacity_line_action"
        self._walk(self.people["operations"], path, "operations_capacity")

    # ---- executives ----

    def _decision(self):
        options = [
            Command.create(
                {"scenario_id": scenario.id, "is_recommended": scenario.kind == "overtime"}
            )
            for scenario in self.cycle.scenario_ids
            if scenario.kind in ("base", "overtime")
        ]
        controller = self.people["controller"]
        return self.cycle.env["sop.decision"].with_user(controller).create(
            {"cycle_id": self.cycle.id, "name": "Overtime or not?", "option_ids": options}
        )  # fmt: skip

    def test_executive_decides_and_approves_in_three_clicks(self):
        executive = self.people["executive"]
        overtime = self.cycle.scenario_ids.filtered(lambda scenario: scenario.kind == "overtime")
        overtime.with_user(self.people["controller"]).action_select("The customers wait for it")
        decision = self._decision()
        self._reach("executive")
        self._walk(executive, "sop", "executive_menu")
        self._walk(executive, f"sop-executive/{self.cycle.id}", "executive_approve")
        self.assertEqual((decision.state, decision.decided_by_id), ("decided", executive))
        self.assertEqual(decision.choice_id.scenario_id, overtime)
        self.assertEqual(self.cycle.state, "approved")
        last = self.cycle.step_ids.sorted("sequence")[-1]
        self.assertEqual((last.signed_by_id, last.is_jumped), (executive, False))

    def test_executive_reads_the_grid(self):
        self._reads_the_grid(self.people["executive"])

    # ---- who reads ----

    def _reads_the_grid(self, user):
        before = {line: (line.qty_consensus, line.version) for line in self._lines("Valves", 1)}
        self._walk(user, "sop-demand-grid", "reads_the_grid")
        lines = self._lines("Valves", 1)
        self.assertEqual({line: (line.qty_consensus, line.version) for line in lines}, before)
        self.assertFalse(self._entries() or self._inputs())
        with self.assertRaises(AccessError):
            self._change(user, 987)

    def test_viewer_sees_every_screen_and_changes_nothing(self):
        viewer = self._person_too("example_viewer", "sop_planning.sop_planning_group_viewer")
        self._walk(viewer, "sop", "viewer")
        self._reads_the_grid(viewer)
        self.assertEqual(self.cycle.state, "data")

    # ---- the administrator ----

    def test_administrator_finds_configuration_and_the_way_to_remove_the_example(self):
        administrator = self._person_too(
            "example_administrator", "sop_planning.sop_planning_group_manager", "base.group_system"
        )
        self._walk(administrator, "sop", "manager")
        self.assertTrue(self.company.exists(), "it was only looked at")

    # ---- a phone ----

    def test_controller_adjusts_on_a_phone(self):
        lines = self._lines("Valves", 1)
        before = sum(lines.mapped("qty_consensus"))
        controller = self.people["controller"]
        phone = {"browser_size": "390x844", "touch_enabled": True}
        self._walk(controller, "sop-demand-grid", "phone", **phone)
        entry = self._entries()
        self.assertEqual((entry.kind, entry.value, entry.user_id), ("percent", 5.0, controller))
        self.assertEqual((entry.reason_id.name, entry.note), ("Promotion", "Agreed on the phone"))
        self.assertEqual(entry.family_id.name, "Valves")
        after = sum(self._lines("Valves", 1).mapped("qty_consensus"))
        self.assertAlmostEqual(after, 1.05 * before, delta=1)

    # ---- two people at once ----

    def _change(self, user, value):
        """What another browser would send."""
        change = {
            "measure": "qty_consensus",
            "cells": [
                {
                    "row": f"family_id:{self._family('Valves').id}",
                    "column": str(self._lines("Valves", 3)[:1].bucket_start),
                    "kind": "set",
                    "value": value,
                }
            ],
            "reason_id": self.env["sop.override.reason"].search([], limit=1).id,
        }
        lines = self.cycle.env["sop.demand.line"].with_user(user)
        answer = lines.write_grid([("cycle_id", "=", self.cycle.id)], {}, change)
        self.env.flush_all()
        return answer

    def test_who_was_faster_is_not_overwritten(self):
        other = self._person_too("somebody_else", "sop_planning.sop_planning_group_controller")
        controller = self.people["controller"]
        with camera(self, controller.login, 1400, 900, Path(gettempdir())) as browser:
            browser.open("/odoo/sop-demand-grid")
            _click(browser, CELL)
            # with the grid still as it was before
            self.assertEqual(self._change(other, 240)["status"], "done")
            _press(browser, "2", "2", "5", "Enter")
            notice = _wait(browser, "document.querySelector('.o_sop_grid_conflict')?.innerText")
            self.assertIn("Somebody Else changed Valves", notice)
            self.assertIn("to 240", notice)
            self.assertIn("You entered 225; it is not saved.", notice)
            self._expect(240, other)
            _press(browser, "Enter")  # "Take theirs" has the focus
            self.assertTrue(_wait(browser, "!document.querySelector('.o_sop_grid_conflict')"))
            figure = f"{CELL}.querySelector('.o_sop_grid_figure')?.innerText"
            self.assertEqual(_wait(browser, figure), "240")
            self._expect(240, other)

    def _expect(self, qty, user):
        self.env.invalidate_all()
        self.assertAlmostEqual(sum(self._lines("Valves", 3).mapped("qty_consensus")), qty, 2)
        self.assertEqual(self._entries().user_id, user)


def _wait(browser, code):
    """What JavaScript gives once it gives something."""
    for _ in range(WAITS):
        answer = browser.evaluate(code)
        if answer:
            return answer
        time.sleep(SHORT_WAIT)
    return None


def _send(browser, event, **params):
    browser.browser._websocket_request(f"Input.dispatch{event}", params=params, timeout=10)


def _click(browser, code):
    """A click of a real mouse in the middle of an element."""
    x, y = browser.evaluate(
        f"(({{x, y, width, height}}) => [x + width / 2, y + height / 2])"
        f"(({code}).getBoundingClientRect())"
    )
    for kind in ("mousePressed", "mouseReleased"):
        _send(browser, "MouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)


def _press(browser, *keys):
    """Keys of a real keyboard."""
    for key in keys:
        text = {"text": "\r" if key == "Enter" else key}
        _send(browser, "KeyEvent", type="keyDown", key=key, **text)
        _send(browser, "KeyEvent", type="keyUp", key=key)
