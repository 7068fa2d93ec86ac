from datetime import timedelta

from odoo import Command
from odoo.tests import freeze_time, new_test_user

from .common import TODAY, SopCommon


@freeze_time(TODAY)
class SupplyCommon(SopCommon):
    """Rows of a supply plan as the planner writes them: week 1 begins on 16 November 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cycle = cls._make_cycle()
        cls.scenario = cls.env["sop.scenario"].create(
            {**cls._owned(with_scenario=False), "kind": "base"}
        )
        cls.turning = cls._make_center("Line 2 turning")
        cls.bench = cls._make_center("Test bench")
        cls.vendor = cls.env["res.partner"].create({"name": "Steelco"})
        cls.steel = cls._make_product("Bar steel", cls.goods, 5.0, is_storable=True)

    @classmethod
    def _make_center(cls, name, **vals):
        return cls.env["mrp.workcenter"].create(
            {
                "name": name,
                "company_id": cls.company.id,
                "resource_calendar_id": cls.company.resource_calendar_id.id,
                **vals,
            }
        )

    @classmethod
    def _owned(cls, with_scenario=True):
        owned = {"cycle_id": cls.cycle.id, "company_id": cls.company.id}
        return {**owned, "scenario_id": cls.scenario.id} if with_scenario else owned

    @classmethod
    def _week(cls, number):
        """First day of a week of the cycle."""
        return cls.cycle.week_start + timedelta(weeks=number - 1)

    @classmethod
    def _bucket(cls, week):
        first = cls._week(week)
        return {
            **cls._owned(),
            "bucket_start": first,
            "bucket_end": first + timedelta(weeks=1),
            "week": week,
            "period": f"{first} W{week}",
        }

    @classmethod
    def _capacity(cls, center, week, load, available, **vals):
        return cls.env["sop.capacity.line"].create(
            {
                **cls._bucket(week),
                "workcenter_id": center.id,
                "hours_load": load,
                "hours_available": available,
                "rate_load": load / available if available else 0.0,
                "has_hours": True,
                **vals,
            }
        )

    @classmethod
    def _projection(cls, product, week, stock, **vals):
        return cls.env["sop.supply.line"].create(
            {
                **cls._bucket(week),
                "product_id": product.id,
                "family_id": product.categ_id.sop_family_id.id,
                "qty_stock": stock,
                **vals,
            }
        )

    @classmethod
    def _fact(cls, product, kind="buy", **vals):
        return cls.env["sop.supply.product"].create(
            {
                **cls._owned(),
                "product_id": product.id,
                "family_id": product.categ_id.sop_family_id.id,
                "supply_kind": kind,
                **vals,
            }
        )

    @classmethod
    def _gap(cls, kind, first, last, **vals):
        """A gap of the valves from week ``first`` to week ``last``, and its weeks."""
        return cls.env["sop.supply.gap"].create(
            {
                **cls._owned(),
                "natural_key": f"{kind}:{first}:{last}:{vals}",
                "kind": kind,
                "family_id": cls.valves.id,
                "bucket_start": cls._week(first),
                "bucket_end": cls._week(last + 1),
                "week_from": first,
                "week_to": last,
                "line_ids": [
                    Command.create({**cls._bucket(week), "family_id": cls.valves.id})
                    for week in range(first, last + 1)
                ],
                **vals,
            }
        )

    @classmethod
    def _capacity_gap(cls, **vals):
        return cls._gap(
            "capacity",
            6,
            8,
            **{
                "workcenter_id": cls.turning.id,
                "hours_load": 312.5,
                "hours_available": 240.0,
                "hours_short": 24.1,
                "rate_peak": 1.3,
                "qty_short": 410,
                "amount_short": 61000,
                **vals,
            },
        )


@freeze_time(TODAY)
class SupplyScreensCommon(SupplyCommon):
    """One record of everything that people see of the supply plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load = cls._capacity(cls.turning, 6, 104, 80, level="critical")
        cls._capacity(cls.bench, 6, 1, 0, has_hours=False)
        cls.row = cls._projection(cls.steel, 4, -1200, qty_short=1200)
        cls.fact = cls._fact(
            cls.steel, is_component=True, qty_short=1200, is_order_late=True,
            date_order_latest="2026-11-03", qty_safety_proposed=40.2, amount_excess=90,
        )  # fmt: skip
        cls.gap = cls._capacity_gap(order_count=2)
        cls.entry = cls.env["sop.extra.hours"].create(
            {
                "workcenter_id": cls.turning.id,
                "date_from": "2026-12-07",
                "date_to": "2026-12-20",
                "hours_per_week": 8,
            }
        )

    @classmethod
    def _person(cls, login, *groups):
        """Somebody of the company with several groups, each named by its xml id."""
        return new_test_user(
            cls.env,
            login,
            groups=",".join(groups),
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )
