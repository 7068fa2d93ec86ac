from datetime import date, timedelta

from odoo import Command
from odoo.tests import freeze_time

from .common import TODAY
from .common_supply import SupplyCommon

DECEMBER = date(2026, 12, 1)
NEXT_WEEK = TODAY + timedelta(days=7)


class DecisionCommon(SupplyCommon):
    """A gap of the cycle, a calculated scenario, and people of every role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gap = cls._capacity_gap()
        cls.scenario.sudo().write(
            {"title": "Second shift", "state": "done", "amount_extra": 18000.0, "rate_fill": 0.98,
             "qty_late": 12.0}
        )  # fmt: skip

    @classmethod
    def _item(cls, user=None, **vals):
        return cls.env["sop.decision"].create(
            {
                "cycle_id": cls.cycle.id,
                "name": "Second shift?",
                "user_id": (user or cls.env.user).id,
                **vals,
            }
        )

    @classmethod
    def _with_options(cls, **vals):
        """A decision between waiting and the scenario, which is recommended."""
        options = [
            Command.create({"name": "Wait"}),
            Command.create({"scenario_id": cls.scenario.id, "is_recommended": True}),
        ]
        return cls._item(option_ids=options, **vals)

    def _as(self, record, role):
        return record.with_user(self._user(role))

    def _reach(self, state):
        self.cycle.sudo().write({"state": state})

    def _next_cycle(self):
        with freeze_time("2026-12-07"):
            return self._make_cycle(month=DECEMBER)
