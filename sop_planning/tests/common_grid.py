from datetime import date

from odoo.tests import freeze_time

from .common import MONTH, TODAY, SopCommon

NOV, DEC, JAN = MONTH, date(2026, 12, 1), date(2027, 1, 1)


@freeze_time(TODAY)
class GridCommon(SopCommon):
    """A demand plan of two families: 100 and 40 pumps, 50 valves a month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls._sell_monthly(cls.pump, [100] * 24)
            cls._sell_monthly(cls.small_pump, [40] * 24)
            cls._sell_monthly(cls.valve, [50] * 24)
            cls.cycle = cls._make_cycle()
            cls.cycle.action_refresh()
        cls.lines = cls.env["sop.demand.line"]
        cls.reason = cls.env["sop.override.reason"].search([], limit=1)
        cls.domain = [("cycle_id", "=", cls.cycle.id)]

    def _data(self, user=None, domain=None, **options):
        """The grid as a user opens it, by role or record."""
        user = self._user(user) if isinstance(user, str) else user or self.env.user
        lines = self.lines.with_user(user)
        return lines.get_grid_data(self.domain if domain is None else domain, options)

    def _rows(self, *args, **options):
        return {row["key"]: row for row in self._data(*args, **options)["rows"]}

    def _key(self, record):
        return f"{'family_id' if record._name == 'product.category' else 'product_id'}:{record.id}"

    def _cell(self, record, value=None, month=NOV, kind="set", **vals):
        return {
            "row": self._key(record),
            "column": str(month),
            "kind": kind,
            "value": value,
            **vals,
        }

    def _write(self, *cells, user=None, measure="qty_consensus", reason=None, options=None, **vals):
        change = {"measure": measure, "cells": list(cells), **vals}
        if reason:
            change["reason_id"] = reason.id
        lines = self.lines.with_user(user or self.env.user)
        return lines.write_grid(self.domain, options or {}, change)

    def _sum(self, family, month, field="qty_consensus"):
        lines = self.lines.search(
            [*self.domain, ("family_id", "=", family.id), ("bucket_start", "=", month)]
        )
        return sum(lines.mapped(field))

    def _hide_money(self):
        """Viewers do not see amounts any more."""
        viewers = self.env.ref("sop_planning.sop_planning_group_viewer")
        self.env.ref("sop_planning.sop_planning_group_money").implied_by_ids -= viewers
