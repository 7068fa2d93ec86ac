from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.tests import freeze_time

from .common import MONTH, TODAY
from .common_maker import MONDAY, MakerCommon

# of the scenarios that every refresh computes, in their order
KINDS = ["base", "overtime", "postpone", "optimal"]
WEEK_4 = (date(2026, 12, 7), date(2026, 12, 13))
# what changes in the database while an hour passes, as far as scenarios look at it
WATCHED = (
    "sop_demand_line", "sale_order_line", "stock_quant", "purchase_order_line", "mrp_production",
    "mrp_workorder", "mrp_bom", "mrp_bom_line", "mrp_routing_workcenter", "mrp_workcenter",
    "resource_calendar_leaves", "sop_extra_hours", "product_supplierinfo",
    "stock_warehouse_orderpoint", "sale_order", "purchase_order", "stock_move",
    "resource_calendar", "resource_calendar_attendance", "product_category", "product_product",
    "product_template", "res_company", "sop_scenario_lever",
)  # fmt: skip


@freeze_time(TODAY)
class ScenarioCommon(MakerCommon):
    """The lathe of 40 h a week makes pumps (30 minutes, 100 EUR) and valves (20 minutes, 10 EUR).

    Week 2: 30 pumps and 12 valves, 19 h. Week 4: 75 pumps (37.5 h) and 59 valves (19 h 40 min):
    57 h 10 min, so 17 h 10 min are missing = 51.5 valves, the less important family. The orders
    are more than the forecast of their months: nothing else is wanted until February. A quarter of
    the pumps is ordered by the second customer. 60 castings are there, 500 come in week 3.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._no_safety_stock()
        cls.pumps.sop_priority, cls.valves.sop_priority = 10, 20
        cls.lathe.costs_hour = 40.0
        cls.pump.standard_price, cls.valve.standard_price = 60.0, 5.0
        cls.valve.is_storable = True
        cls.valve_bom = cls._make_bom(cls.valve, {}, {cls.lathe: 20.0})
        cls.second = cls.env["res.partner"].create({"name": "Second Customer"})
        cls._put_stock(cls.casting, 60)
        cls._sell_history()
        cls.purchase = cls._buy(cls.casting, 500, date(2026, 12, 2))
        cls.small = cls._sell(date(2026, 11, 25), {cls.pump: 30, cls.valve: 12})
        cls.large = cls._sell(date(2026, 12, 9), {cls.pump: 75, cls.valve: 59})
        cls.cycle = cls._make_cycle()
        cls.cycle.action_refresh()

    @classmethod
    def _sell_history(cls):
        for back in range(1, 13):
            day = MONTH - relativedelta(months=back) + timedelta(days=9)
            cls._sell(day, {cls.pump: 15, cls.valve: 12})
            cls._sell(day, {cls.pump: 5}, partner_id=cls.second.id)

    def _system(self, kind, cycle=None):
        return (cycle or self.cycle).scenario_ids.filtered(lambda row: row.kind == kind)

    def _lever(self, kind, value, dates=WEEK_4, **vals):
        """Values of a lever; records as vals."""
        return {
            "kind": kind,
            "value": value,
            "date_from": dates[0],
            "date_to": dates[1],
            **{f"{name}_id" if hasattr(record, "id") else name: getattr(record, "id", record)
               for name, record in vals.items()},
        }  # fmt: skip

    def _ask(self, *levers, user=None, title=False, simulate=True):
        """A what-if of some levers, calculated."""
        scenario = (
            self.env["sop.scenario"]
            .with_user(user or self.env.user)
            .create(
                {
                    "cycle_id": self.cycle.id,
                    "title": title,
                    "lever_ids": [Command.create(lever) for lever in levers],
                }
            )
        )
        if simulate:
            scenario.action_simulate()
        return scenario

    def _overtime(self, hours=18.0, **vals):
        return self._lever("extra_hours", hours, workcenter=self.lathe, **vals)

    def _gap_rows(self, scenario):
        """Gaps of a scenario: {(kind, family): (hours, units)}."""
        gaps = self.env["sop.supply.gap"].search([("scenario_id", "=", scenario.id)])
        return {
            (gap.kind, gap.family_id.name): (round(gap.hours_short, 2), round(gap.qty_short, 1))
            for gap in gaps
        }

    def _an_hour_passes(self):
        """All of this test's records are an hour old: one transaction has one time."""
        self.env.flush_all()
        for table in WATCHED:
            self.env.cr.execute(
                f"UPDATE {table} SET write_date = write_date - interval '1 hour',"
                " create_date = create_date - interval '1 hour'"
            )
        self.env.cr.execute(
            "UPDATE sop_scenario SET date_simulated = date_simulated - interval '1 hour'"
        )
        self.env.invalidate_all()

    def _approve(self, cycle=None):
        cycle = cycle or self.cycle
        while cycle.state != "executive":
            cycle.action_next_step()
        cycle.action_approve()


def week(number):
    """First and last day of a week of the cycle."""
    first = MONDAY + timedelta(weeks=number - 1)
    return first, first + timedelta(days=6)
