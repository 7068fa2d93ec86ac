from .common_roles import MONEY
from .common_scenario import ScenarioCommon


def tiles_of(data):
    return {tile["name"]: tile for tile in data["tiles"]}


class DashboardCommon(ScenarioCommon):
    """The one call of the dashboard on a computed cycle with a gap in week 4."""

    def _data(self, user=None, cycle=None):
        self.env.flush_all()
        self.env.invalidate_all()
        cycle = cycle or self.cycle
        return cycle.with_user(user or self._user("controller")).get_dashboard_data(cycle.id)

    def _blind(self):
        """Somebody who sees everything but amounts."""
        user = self._user("viewer")
        self.env["res.config.settings"].create({"group_sop_planning_money": False}).execute()
        self.env.invalidate_all()
        self.assertFalse(user.has_group(MONEY))
        return user
