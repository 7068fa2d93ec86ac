"""Company, people, families, products, bills of materials: what Odoo itself can create."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import pytz

from odoo.fields import Command

from . import plan as planning
from . import story, weeks

TIME_ZONE = "Europe/Berlin"
STEPS = ("Turning", "Assembly", "Machining")
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
    goods, parts = _products(env, plan, families)
    masters = Masters(
        company=company,
        warehouse=env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1),
        users=users, families=families, materials=materials, parts=parts, goods=goods,
        centers=centers, vendors=vendors, customers=_customers(env, plan.count),
        part_of={}, material_of={}, trader_of={},
    )  # fmt: skip
    _bills(env, plan, masters, rng)
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
    products = env["product.product"].create(
        [
            _goods(f"M{number:03d}", name, category, 0.0, price, sale_ok=False)
            | {"uom_id": (kilogram if is_weight else unit).id}
            for number, (name, price, is_weight, _vendor, _days) in enumerate(story.MATERIALS, 1)
        ]
    )
    env["product.supplierinfo"].create(
        [
            _price(product, vendors[vendor], price, days)
            for product, (_name, price, _weight, vendor, days) in zip(products, story.MATERIALS)
        ]
    )
    return products


def _goods(code, name, category, price, cost, **vals):
    return {
        "default_code": code,
        "name": name,
        "type": "consu",
        "is_storable": True,
        "categ_id": category.id,
        "list_price": price,
        "standard_price": cost,
        "taxes_id": [Command.clear()],
        "supplier_taxes_id": [Command.clear()],
        **vals,
    }


def _price(product, vendor, price, days):
    return {
        "partner_id": vendor.id,
        "product_tmpl_id": product.product_tmpl_id.id,
        "price": price,
        "delay": days,
        "min_qty": 1,
    }


def _centers(env, company, setup):
    """Work centers of three lines with ``setup`` minutes a batch; an hour is an hour of two shifts, five days a week."""
    lines = [
        Command.create(
            {
                "name": f"Shift {number}",
                "dayofweek": str(day),
                "hour_from": start,
                "hour_to": end,
                "day_period": "morning" if start < 12 else "afternoon",
            }
        )
        for day in range(5)
        for number, (start, end) in enumerate(story.SHIFTS, 1)
    ]
    calendar = env["resource.calendar"].create(
        {
            "name": "Two shifts",
            "tz": TIME_ZONE,
            "company_id": company.id,
            "attendance_ids": [Command.clear(), *lines],
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


def code(plan, number):
    """The reference of a finished good: its family and its number.

    >>> from types import SimpleNamespace
    >>> code(SimpleNamespace(family=[4]), 0)
    'SHA-00000'
    """
    return f"{story.FAMILIES[plan.family[number]].name[:3].upper()}-{number:05d}"


def _products(env, plan, families):
    """Finished goods, and a machined part for each that is made."""
    names = [family.name for family in story.FAMILIES]
    goods = env["product.product"].create(
        [
            _goods(
                code(plan, number),
                f"{names[f].removesuffix('s')} {number:05d}",
                families[names[f]],
                float(plan.price[number]),
                float(plan.cost[number]),
            )
            for number, f in enumerate(plan.family)
        ]
    )
    made = [number for number in range(plan.count) if plan.line()[number]]
    category = env["product.category"].create({"name": "Machined Parts"})
    parts = env["product.product"].create(
        [
            _goods(
                f"P-{number:05d}", f"Machined part {number:05d}", category, 0.0,
                round(float(plan.cost[number]) * 0.5, 2), sale_ok=False,
            )
            for number in made
        ]
    )  # fmt: skip
    return list(goods), dict(zip(made, parts))


def _bills(env, plan, masters, rng):
    """Two levels: the finished good from its machined part and packaging, the part from material,
    in grams where the material is kept in kilograms, with chips as by-product."""
    hours = {step: planning.unit_hours(plan, step) for step in STEPS}
    gram = env.ref("uom.product_uom_gram")
    chips = env["product.product"].create(
        _goods("CHIPS", "Metal chips", masters.materials[0].categ_id, 0.0, 0.1, sale_ok=False)
        | {"uom_id": env.ref("uom.product_uom_kgm").id}
    )
    packaging = masters.materials[-1]
    bills = []
    for number, part in masters.parts.items():
        material = int(rng.integers(0, len(story.MATERIALS) - 1))
        is_weight = story.MATERIALS[material][2]
        worth = float(plan.cost[number]) * 0.25 / story.MATERIALS[material][1]
        amount = max(round(1000 * worth), 1) if is_weight else max(round(worth), 1)
        masters.part_of[number] = part
        masters.material_of[number] = (material, amount / 1000 if is_weight else amount)
        line = plan.line()[number]
        bills.append(
            _bill(
                masters.goods[number],
                [
                    {"product_id": part.id, "product_qty": 1},
                    {"product_id": packaging.id, "product_qty": 1},
                ],
                [
                    _operation(plan, masters, line, step, hours[step][number])
                    for step in ("Turning", "Assembly")
                ],
                story.PRODUCE_DAYS,
            )
        )
        unit = gram if is_weight else masters.materials[material].uom_id
        bill = _bill(
            part,
            [
                {
                    "product_id": masters.materials[material].id,
                    "product_qty": amount,
                    "product_uom_id": unit.id,
                }
            ],
            [_operation(plan, masters, line, "Machining", hours["Machining"][number])],
            0,
        )
        if number % 10 == 0:
            waste = {"product_id": chips.id, "product_qty": 20, "product_uom_id": gram.id}
            bill["byproduct_ids"] = [Command.create(waste)]
        bills.append(bill)
    env["mrp.bom"].create(bills)
    _traded(env, plan, masters)


def _bill(product, lines, operations, days):
    return {
        "product_tmpl_id": product.product_tmpl_id.id,
        "product_id": product.id,
        "product_qty": 1,
        "type": "normal",
        "produce_delay": days,
        "enable_batch_size": True,
        "batch_size": story.BATCH,
        "bom_line_ids": [Command.create(line) for line in lines],
        "operation_ids": [Command.create(operation) for operation in operations],
    }


def _operation(plan, masters, line, step, hours):
    """An operation that takes these hours a unit at 100 % efficiency, its share of the setup
    included."""
    setup = planning.setup_minutes(plan) * planning.EFFICIENCY[step] / story.BATCH
    return {
        "name": step,
        "workcenter_id": masters.centers[line, step].id,
        "time_mode": "manual",
        "time_cycle_manual": 60 * hours - setup,
    }


def _traded(env, plan, masters):
    """Traded goods have a vendor; every fifth is a kit of two of them."""
    traded = [n for n in range(plan.count) if not plan.line()[n] and not plan.is_kit[n]]
    prices = []
    for place, number in enumerate(traded):
        masters.trader_of[number] = story.TRADERS[place % len(story.TRADERS)]
        vendor = masters.vendors[masters.trader_of[number]]
        prices.append(_price(masters.goods[number], vendor, float(plan.cost[number]), 21))
    env["product.supplierinfo"].create(prices)
    kits = [number for number in range(plan.count) if plan.is_kit[number]]
    env["mrp.bom"].create(
        [
            {
                "product_tmpl_id": masters.goods[number].product_tmpl_id.id,
                "product_id": masters.goods[number].id,
                "product_qty": 1,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": masters.goods[other].id, "product_qty": 1})
                    for other in traded[:2]
                ],
            }
            for number in kits
        ]
    )


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
