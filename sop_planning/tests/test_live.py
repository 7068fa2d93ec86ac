import json
from unittest.mock import MagicMock, patch

from odoo.tests import freeze_time, new_test_user, tagged

from ..models.sop_cycle_live import CHANNEL
from .common import TODAY, SopCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestLive(SopCommon):
    """What screens that show a cycle hear of the changes of others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._sell_monthly(cls.pump, [10] * 3)
        cls._sell_monthly(cls.valve, [20] * 3)
        cls.cycle = cls._make_cycle()
        cls.cycle.action_refresh()

    def setUp(self):
        super().setUp()
        self._told()

    def _told(self):
        """What was pushed since the last time: [(channel, payload)]."""
        self.env.cr.precommit.run()
        rows = self.env["bus.bus"].sudo().search([])
        messages = [(json.loads(row.channel), json.loads(row.message)) for row in rows]
        rows.unlink()
        return [
            (channel[1:], message["payload"])
            for channel, message in messages
            if message["type"] == CHANNEL
        ]

    def _channels(self, user, *names):
        """What a user listens to who asks for the channels of these names."""
        request = MagicMock()
        request.session.uid = user.id
        websocket = self.env(user=user, context={})["ir.websocket"]
        with patch("odoo.addons.bus.models.ir_websocket.wsrequest", new=request):
            channels = websocket._build_bus_channel_list([*names])
        self.assertIn(user.partner_id, channels, "what others listen to is kept")
        return channels

    def _heard(self, user, cycle_id):
        """The cycles that a user listens to who asks for one."""
        name = f"sop.cycle_{cycle_id}"
        channels = self._channels(user, name)
        self.assertNotIn(name, channels)
        return [channel for channel in channels if getattr(channel, "_name", "") == "sop.cycle"]

    def test_override_tells_who_changed_which_family(self):
        controller = self._user("controller")
        self._line(self.cycle, self.pump).with_user(controller).qty_override = 120
        told = {
            "cycle_id": self.cycle.id,
            "user_id": controller.id,
            "user": controller.name,
            "family_ids": self.pumps.ids,
        }
        self.assertEqual(self._told(), [(["sop.cycle", self.cycle.id], told)])

    def test_sales_input_is_told_as_well(self):
        self._line(self.cycle, self.valve).qty_sales = 30
        [(_channel, told)] = self._told()
        self.assertEqual(told["family_ids"], self.valves.ids)

    def test_undo_is_told(self):
        self._line(self.cycle, self.pump).qty_override = 120
        self._told()
        self.env["sop.demand.override"].search([("cycle_id", "=", self.cycle.id)]).action_undo()
        self.assertEqual(len(self._told()), 1)

    def test_refresh_is_told_once_and_names_no_family(self):
        self._line(self.cycle, self.pump).qty_override = 120
        self._told()
        self.cycle.action_refresh()
        [(_channel, told)] = self._told()
        self.assertIsNone(told["family_ids"])

    def test_who_may_read_a_cycle_may_listen_to_it(self):
        for role in ("viewer", "sales", "controller", "executive"):
            self.assertEqual(self._heard(self._user(role), self.cycle.id), [self.cycle], role)

    def test_nobody_else_listens(self):
        other = self.env["res.company"].create({"name": "Other Maker"})
        portal = new_test_user(self.env, "a_customer", groups="base.group_portal")
        for user in (self._user("controller", other), self._user(None), portal):
            self.assertEqual(self._heard(user, self.cycle.id), [], user.login)

    def test_cycle_that_is_gone_and_names_of_others_do_no_harm(self):
        user = self._user("controller")
        self.assertEqual(self._heard(user, self.cycle.id + 1000), [])
        self.assertIn("sop.cycle_1_2", self._channels(user, "sop.cycle_1_2"))
