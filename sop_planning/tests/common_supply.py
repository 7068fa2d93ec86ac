from datetime import timedelta

from odoo import Command
from odoo.tests import freeze_time

from .common import TODAY, SopCommon


@freeze_time(TODAY)
class SupplyCommon(SopCommon):
    """Rows of a supply plan as the planner writes them: week 1 begins on 2 November 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cycle = cls._make_cycle()
        cls.scenario = cls.env["sop.scenario"].create(cls._owned(with_scenario=False))
        cls.turning = cls._make_center("Line 2 turning")
        cls.bench = cls._make_center("Test bench")
        cls.vendor = cls.env["res.partner"].create({"name": "Steelco"})
        cls.steel = cls._make_product("Bar steel", cls.goods, 5.0, is_storable=True)

    @classmethod
    def _make_center(cls, name, **vals):
        return cls.env["mrp.workcenter"].create(
            {"name": name, "company_id": cls.company.id, **vals}
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
                "natural_key": f"{kind}:{first}:{vals}",
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
