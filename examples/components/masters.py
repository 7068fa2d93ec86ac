"""Company, people, families, products, bills of materials: what Odoo itself can create."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import pytz

from odoo.fields import Command

from . import plan as planning
from . import products, story
from .products import STEPS, price_values
from .values import product_values, shift_lines

TIME_ZONE = "Europe/Berlin"
ROLES = ("controller", "sales", "operations", "executive")


@dataclass(frozen=True)
class Masters:
    """The records that everything else refers to."""

    company: Any
    warehouse: Any
    users: dict
    families: dict
    materials: Any
    parts: Any  # the machined part of each product that has one, else nothing
    goods: list
    centers: dict
    vendors: Any
    customers: Any
    part_of: dict  # position of a product: its part
    material_of: dict  # position of a product: material of its part, grams or pieces a unit
    trader_of: dict  # position of a traded product: position of its vendor


def create(env, plan, rng):
    """Create all masters for a plan."""
    company = _company(env, plan)
    users = _users(env, company)
    families = _families(env, users)
    vendors = env["res.partner"].create(
        [
            {
                "name": name,
                "is_company": True,
                "supplier_rank": 1,
                "buyer_id": users["operations"].id,
            }
            for name in story.VENDORS
        ]
    )
    materials = _materials(env, vendors)
    centers = _centers(env, company, planning.setup_minutes(plan))
    goods, parts = products.create(env, plan, families)
    masters = Masters(
        company=company,
        warehouse=env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1),
        users=users, families=families, materials=materials, parts=parts, goods=goods,
        centers=centers, vendors=vendors, customers=_customers(env, plan.count),
        part_of={}, material_of={}, trader_of={},
    )  # fmt: skip
    products.create_bills(env, plan, masters, rng)
    return masters


def _company(env, plan):
    company = env.ref("base.main_company")
    company.write(
        {
            "name": "Rheinwerk Industrial Components",
            "currency_id": env.ref("base.EUR").id,
            "account_sale_tax_id": False,
            "account_purchase_tax_id": False,
        }
    )
    company.partner_id.write({"country_id": env.ref("base.de").id, "tz": TIME_ZONE})
    company.resource_calendar_id = company.resource_calendar_id.copy(
        {"name": "Rheinwerk 40 hours/week", "tz": TIME_ZONE}
    )
    zone = pytz.timezone(TIME_ZONE)
    years = range(plan.today.year - plan.months // 12 - 1, plan.today.year + 4)
    days = [(year, month, day) for year in years for month, day in story.PUBLIC_HOLIDAYS]
    env["resource.calendar.leaves"].create(
        [
            {
                "name": "Public holiday",
                "company_id": company.id,
                "calendar_id": False,
                "resource_id": False,
                "time_type": "leave",
                "date_from": _utc(zone, datetime(*day)),
                "date_to": _utc(zone, datetime(*day) + timedelta(hours=23, minutes=59)),
            }
            for day in days
        ]
    )
    return company


def _utc(zone, moment):
    return zone.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)


def _users(env, company):
    return {
        role: env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            {
                "name": f"{role.capitalize()} at Rheinwerk",
                "login": f"rheinwerk_{role}",
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                "tz": TIME_ZONE,
                "group_ids": [
                    Command.link(env.ref("base.group_user").id),
                    Command.link(env.ref(f"sop_planning.sop_planning_group_{role}").id),
                ],
            }
        )
        for role in ROLES
    }


def _families(env, users):
    above = env["product.category"].create({"name": "Industrial Components"})
    families = env["product.category"].create(
        [
            {
                "name": family.name,
                "parent_id": above.id,
                "is_sop_family": True,
                "sop_priority": family.priority,
                "sop_owner_id": users["sales" if number % 2 else "controller"].id,
            }
            for number, family in enumerate(story.FAMILIES)
        ]
    )
    return {family.name: record for family, record in zip(story.FAMILIES, families)}


def _materials(env, vendors):
    category = env["product.category"].create({"name": "Raw Material"})
    kilogram = env.ref("uom.product_uom_kgm")
    unit = env.ref("uom.product_uom_unit")
    made = env["product.product"].create(
        [
            product_values(f"M{number:03d}", name, category, 0.0, price, sale_ok=False)
            | {"uom_id": (kilogram if is_weight else unit).id}
            for number, (name, price, is_weight, _vendor, _days) in enumerate(story.MATERIALS, 1)
        ]
    )
    env["product.supplierinfo"].create(
        [
            price_values(product, vendors[vendor], price, days)
            for product, (_name, price, _weight, vendor, days) in zip(made, story.MATERIALS)
        ]
    )
    return made


def _centers(env, company, setup):
    """Work centers of three lines, open two shifts on five days, with ``setup`` minutes a batch."""
    calendar = env["resource.calendar"].create(
        {
            "name": "Two shifts",
            "tz": TIME_ZONE,
            "company_id": company.id,
            "attendance_ids": [Command.clear(), *shift_lines()],
        }
    )
    return {
        (line, step): env["mrp.workcenter"].create(
            {
                "name": f"Line {line} {step}",
                "code": f"L{line}{step[0]}",
                "resource_calendar_id": calendar.id,
                "time_efficiency": 100 * planning.EFFICIENCY[step],
                "time_start": setup,
                "costs_hour": 60.0 + 15.0 * number,
                "company_id": company.id,
            }
        )
        for line in (1, 2, 3)
        for number, step in enumerate(STEPS)
    }


def _customers(env, skus):
    """A few large and many small ones; see `orders` for who orders how often."""
    return env["res.partner"].create(
        [
            {
                "name": f"Customer {number:04d}",
                "is_company": True,
                "customer_rank": 1,
                "country_id": env.ref("base.de").id,
            }
            for number in range(1, min(1000, 40 + skus // 4) + 1)
        ]
    )


def noon(day):
    """A moment of the day that is the same day in every time zone of Europe, in UTC."""
    return datetime.combine(day, time(11))
