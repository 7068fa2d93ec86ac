"""Company, families, products, bills of materials, work centers, vendors and customers."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import pytz

from odoo.fields import Command

from . import plan as planning
from . import story
from .values import product_values, shift_lines

COMPANY = "S&OP Example"
MADE_BY = "Machined Parts"
STEPS = ("Turning", "Assembly", "Machining")
SIZES = (16, 20, 25, 32, 40, 50, 63, 80)
LEAD_DAYS = 21  # of traded goods
KIT_PARTS = 2  # traded goods in a kit
BENCH_FAMILY = "Valves"  # whose first products are tested on a bench that has no hours: a defect
SEQUENCES = ("sale.order", "purchase.order", "stock.orderpoint")
VENDORS = (
    "Steelco Trading",
    "Northfield Foundry",
    "Weber Sealing Technology",
    "Kranz Bearings",
    "Eastfield Rubber",
    "Maier Nonwovens",
    "Busch Packaging",
    "Berger Trading House",
    "Lenz Industrial Supplies",
)
CUSTOMERS = (
    "Harbour Cranes", "Alpine Machinery", "Baltic Shipyard", "Central Agri Machines",
    "Eastern Rail", "Forest Harvesters", "Highland Mining", "Inland Waterways",
    "Kestrel Automation", "Meridian Energy", "Nordic Trucks", "Pacific Loaders",
    "Quarry Equipment", "Summit Ropeways", "Union Forklifts", "Western Drilling",
)  # fmt: skip


@dataclass
class Masters:
    """The records that everything else refers to; products and parts by position in the plan."""

    company: Any
    warehouse: Any
    families: dict
    materials: Any
    goods: Any
    vendors: Any
    customers: Any
    centers: dict
    parts: dict = field(default_factory=dict)
    material_of: dict = field(default_factory=dict)  # (material, its units a good)
    trader_of: dict = field(default_factory=dict)  # vendor of a traded good

    def moment(self, day, hour=12):
        """An hour of the company's day, as fields hold it."""
        zone = pytz.timezone(self.company._sop_timezone())
        local = zone.localize(datetime.combine(day, time(hour)))
        return local.astimezone(pytz.utc).replace(tzinfo=None)


def create_company(env):
    """The company with a calendar, numbers and a warehouse of its own.

    Without a country: that would install its accounting. In euros, where they are used.
    """
    euro = env.ref("base.EUR")
    company = env["res.company"].create(
        {
            "name": COMPANY,
            "currency_id": (euro if euro.active else env.company.currency_id).id,
            "sop_auto_open": False,
            "sop_four_eyes": False,
        }
    )
    zone = env.user.tz or "UTC"
    company.partner_id.tz = zone
    calendar = company.resource_calendar_id
    if calendar.company_id != company:
        calendar = calendar.copy({"name": f"{COMPANY}: 40 hours/week", "company_id": company.id})
        company.resource_calendar_id = calendar
    calendar.tz = zone
    for code in SEQUENCES:  # those of other companies do not move
        _own_sequence(env, company, code)
    if not env["stock.warehouse"].search_count([("company_id", "=", company.id)]):
        values = {"name": COMPANY, "code": "EX", "company_id": company.id}
        env["stock.warehouse"].create({**values, "partner_id": company.partner_id.id})
    return company


def _own_sequence(env, company, code):
    sequences = env["ir.sequence"]
    if sequences.search_count([("code", "=", code), ("company_id", "=", company.id)]):
        return
    usual = sequences.search([("code", "=", code), ("company_id", "=", False)], limit=1)
    sequences.create(
        {
            "name": f"{COMPANY}: {usual.name or code}",
            "code": code,
            "company_id": company.id,
            "prefix": f"EX-{usual.prefix or ''}",
            "padding": usual.padding or 5,
        }
    )


def create(env, company, plan, rng):
    """Create all masters for a plan."""
    families = _families(env, company)
    vendors = _partners(env, company, VENDORS, supplier_rank=1, buyer_id=env.uid)
    masters = Masters(
        company=company,
        warehouse=env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1),
        families=families,
        materials=_materials(env, company, vendors),
        goods=_goods(env, company, plan, families),
        vendors=vendors,
        customers=_partners(env, company, CUSTOMERS, customer_rank=1),
        centers=_centers(env, company, plan),
    )
    _holidays(env, masters, plan)
    _parts(env, masters, plan)
    _bills(env, masters, plan, rng)
    _traded(env, masters, plan)
    return masters


def _families(env, company):
    root = company.sop_example_category_id = env["product.category"].create({"name": COMPANY})
    families = env["product.category"].create(
        [
            {
                "name": family.name,
                "parent_id": root.id,
                "is_sop_family": True,
                "sop_priority": family.priority,
                "sop_owner_id": env.uid,
            }
            for family in story.FAMILIES
        ]
    )
    return {family.name: record for family, record in zip(story.FAMILIES, families)}


def _partners(env, company, names, **vals):
    return env["res.partner"].create(
        [{"name": name, "is_company": True, "company_id": company.id, **vals} for name in names]
    )


def _values(company, code, name, category, price, cost, **vals):
    return product_values(code, name, category, price, cost, company_id=company.id, **vals)


def _price(company, product, vendor, price, days):
    return {
        "partner_id": vendor.id,
        "product_tmpl_id": product.product_tmpl_id.id,
        "product_id": product.id,
        "price": price,
        "delay": days,
        "min_qty": 1,
        "company_id": company.id,
    }


def _materials(env, company, vendors):
    category = _category(env, company, "Raw Material")
    units = {True: env.ref("uom.product_uom_kgm"), False: env.ref("uom.product_uom_unit")}
    rows = list(enumerate(story.MATERIALS, 1))
    made = env["product.product"].create(
        [
            _values(company, f"M{number:03d}", name, category, 0.0, price, sale_ok=False)
            | {"uom_id": units[is_weight].id}
            for number, (name, price, is_weight, _vendor, _days) in rows
        ]
    )
    env["product.supplierinfo"].create(
        [
            _price(company, product, vendors[vendor], price, days)
            for product, (_name, price, _weight, vendor, days) in zip(made, story.MATERIALS)
        ]
    )
    return made


def _category(env, company, name):
    values = {"name": name, "parent_id": company.sop_example_category_id.id}
    return env["product.category"].create(values)


def _goods(env, company, plan, families):
    rows, counts = [], {}
    for number, place in enumerate(plan.family):
        name = story.FAMILIES[place].name
        size = SIZES[counts.get(name, 0) % len(SIZES)]
        counts[name] = counts.get(name, 0) + 1
        code, label = f"{name[:3].upper()}-{size:02d}", f"{story.singular(name)} {size}"
        price, cost = float(plan.price[number]), float(plan.cost[number])
        if plan.is_kit[number]:
            label = f"{story.singular(name)} Kit {size}"
        rows.append(_values(company, code, label, families[name], price, cost))
    return env["product.product"].create(rows)


def _centers(env, company, plan):
    """Work centers of three lines, open two shifts on five days, and a bench without hours."""
    values = {"tz": company._sop_timezone(), "company_id": company.id}
    calendars = env["resource.calendar"].create(
        [
            {"name": "Two shifts", "attendance_ids": [Command.clear(), *shift_lines()], **values},
            {"name": "Hours to be agreed", "attendance_ids": [Command.clear()], **values},
        ]
    )
    rows = {
        (line, step): {
            "name": f"Line {line} {step}",
            "code": f"L{line}{step[0]}",
            "time_efficiency": 100 * planning.EFFICIENCY[step],
            "time_start": planning.setup_minutes(plan),
            "costs_hour": 60.0 + 15.0 * number,
        }
        for line in (1, 2, 3)
        for number, step in enumerate(STEPS)
    }
    rows["bench"] = {"name": "Test Bench", "code": "TEST", "costs_hour": 45.0}
    made = env["mrp.workcenter"].create(
        [
            {
                **row,
                "company_id": company.id,
                "resource_calendar_id": calendars[key == "bench"].id,
            }
            for key, row in rows.items()
        ]
    )
    return dict(zip(rows, made))


def _holidays(env, masters, plan):
    years = range(plan.today.year - 1, plan.today.year + 4)
    days = [
        planning.date(year, month, day) for year in years for month, day in story.PUBLIC_HOLIDAYS
    ]
    env["resource.calendar.leaves"].create(
        [
            {
                "name": "Public holiday",
                "company_id": masters.company.id,
                "calendar_id": False,
                "resource_id": False,
                "time_type": "leave",
                "date_from": masters.moment(day, 0),
                "date_to": masters.moment(day + timedelta(days=1), 0) - timedelta(minutes=1),
            }
            for day in days
        ]
    )


def _parts(env, masters, plan):
    """A machined part for each good that is made."""
    category = _category(env, masters.company, MADE_BY)
    numbers = [number for number in range(plan.count) if plan.line()[number]]
    made = env["product.product"].create(
        [
            _values(
                masters.company,
                f"P-{good.default_code}",
                f"Machined part for {good.name}",
                category,
                0.0,
                round(good.standard_price * 0.5, 2),
                sale_ok=False,
            )
            for good in (masters.goods[number] for number in numbers)
        ]
    )
    masters.parts.update(zip(numbers, made))


def _bills(env, masters, plan, rng):
    """Two levels: the good from its part and packaging, the part from material."""
    minutes = {step: planning.cycle_minutes(plan, step) for step in STEPS}
    lines, rows, tested = plan.line(), [], _tested(plan)
    for number, part in masters.parts.items():
        material, amount = _material(plan, number, rng)
        masters.material_of[number] = (material, amount)
        work = {
            step: (step, masters.centers[lines[number], step], float(minutes[step][number]))
            for step in STEPS
        }
        steps = [work["Turning"], work["Assembly"]]
        if number in tested:
            steps.append(("Test", masters.centers["bench"], 2.0))
        good, packaging = masters.goods[number], masters.materials[-1]
        rows.append(_bill(masters, good, {part: 1, packaging: 1}, steps, story.PRODUCE_DAYS))
        line = {masters.materials[material]: amount}
        rows.append(_bill(masters, part, line, [work["Machining"]], 0))
    env["mrp.bom"].create(rows)


def _tested(plan):
    place = [family.name for family in story.FAMILIES].index(BENCH_FAMILY)
    return [number for number in range(plan.count) if plan.family[number] == place]


def _material(plan, number, rng):
    """The material of a part, for a quarter of the good's cost: kilograms or pieces."""
    material = int(rng.integers(0, len(story.MATERIALS) - 1))
    _name, price, is_weight, *_ = story.MATERIALS[material]
    worth = float(plan.cost[number]) * 0.25 / price
    return material, max(round(worth, 2) if is_weight else round(worth), 0.01 if is_weight else 1)


def _bill(masters, product, parts, operations, days, kind="normal"):
    return {
        "product_tmpl_id": product.product_tmpl_id.id,
        "product_id": product.id,
        "product_qty": 1,
        "type": kind,
        "produce_delay": days,
        "company_id": masters.company.id,
        "enable_batch_size": bool(operations),
        "batch_size": story.BATCH if operations else 1,
        "bom_line_ids": [
            Command.create(
                {"product_id": part.id, "product_qty": qty, "product_uom_id": part.uom_id.id}
            )
            for part, qty in parts.items()
        ],
        "operation_ids": [
            Command.create(
                {
                    "name": name,
                    "workcenter_id": center.id,
                    "time_mode": "manual",
                    "time_cycle_manual": minutes,
                }
            )
            for name, center, minutes in operations
        ],
    }


def _traded(env, masters, plan):
    """Vendors of what is bought and sold as it is, and kits of the first of it."""
    bought = [n for n in range(plan.count) if not plan.line()[n] and not plan.is_kit[n]]
    for place, number in enumerate(bought):
        masters.trader_of[number] = story.TRADERS[place % len(story.TRADERS)]
    env["product.supplierinfo"].create(
        [
            _price(
                masters.company,
                masters.goods[number],
                masters.vendors[vendor],
                float(plan.cost[number]),
                LEAD_DAYS,
            )
            for number, vendor in masters.trader_of.items()
        ]
    )
    inside = {masters.goods[number]: 1 for number in bought[:KIT_PARTS]}
    kits = [masters.goods[number] for number in range(plan.count) if plan.is_kit[number]]
    env["mrp.bom"].create([_bill(masters, kit, inside, [], 0, "phantom") for kit in kits])
