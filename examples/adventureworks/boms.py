"""Work centres with shift calendars, bills of materials with operations."""

from collections import defaultdict
from math import ceil

from odoo.fields import Command

from . import csvs

TIME_ZONE = "America/Los_Angeles"
FIRST_SHIFT = 6.0
SHIFT_HOURS = 8.0
WEEKS_PER_MONTH = 52 / 12
BUSY_MONTHS = 12


def stations():
    """{location id: how many stations work there side by side}.

    The data's resource hours are several times a location's weekly availability: one
    location is several stations. Their number is the smallest that carried the busiest of
    the last twelve full months.
    """
    hours = defaultdict(float)
    for row in csvs.rows("work_order_routing"):
        month = row["actual_start_date"].strftime("%Y-%m")
        hours[row["location_id"], month] += row["actual_resource_hrs"]
    months = sorted({month for _place, month in hours})[-BUSY_MONTHS - 1 : -1]
    return {
        place["location_id"]: ceil(
            max(hours[place["location_id"], month] for month in months)
            / (place["availability"] * WEEKS_PER_MONTH)
        )
        for place in csvs.rows("location")
        if place["availability"]
    }


def unit_hours():
    """{(product id, location id): resource hours per piece}, total hours / total pieces.

    The data records the same hours for an order of one piece and of seven hundred; per
    piece they reproduce the total load, not the single order.
    """
    pieces = {row["work_order_id"]: row["order_qty"] for row in csvs.rows("work_order")}
    totals = defaultdict(lambda: [0.0, 0.0, 0])
    for row in csvs.rows("work_order_routing"):
        total = totals[row["product_id"], row["location_id"]]
        total[0] += row["actual_resource_hrs"]
        total[1] += pieces[row["work_order_id"]]
        total[2] = row["operation_sequence"]
    return {key: (hours / made, sequence) for key, (hours, made, sequence) in totals.items()}


def shifts(hours):
    """The week of a work centre open `hours` a week: (day, from, to), shifts of 8 hours.

    >>> shifts(80)[:2]
    [(0, 6.0, 14.0), (0, 14.0, 22.0)]
    >>> sum(end - start for _day, start, end in shifts(108))
    108.0
    """
    days = 5 if hours % 5 == 0 else 6
    per_day = hours / days
    opening = FIRST_SHIFT if per_day <= 24 - FIRST_SHIFT else 24 - per_day
    week = []
    for day in range(days):
        start, left = opening, per_day
        while left > 0:
            length = min(SHIFT_HOURS, left)
            week.append((day, start, start + length))
            start, left = start + length, left - length
    return week


def create_workcenters(env, company):
    """Return {location id: mrp.workcenter} for every location that has available hours.

    An hour of a work centre is an hour of all its stations, so its cost is their cost.
    """
    count = stations()
    return {
        row["location_id"]: env["mrp.workcenter"].create(
            {
                "name": row["name"],
                "code": f"L{row['location_id']}",
                "costs_hour": row["cost_rate"] * count[row["location_id"]],
                "resource_calendar_id": _calendar(env, company, row).id,
                "note": f"<p>{count[row['location_id']]} stations side by side.</p>",
                "company_id": company.id,
            }
        )
        for row in csvs.rows("location")
        if row["availability"]
    }


def _calendar(env, company, place):
    """The shift calendar of a location."""
    lines = [
        Command.create(
            {
                "name": f"Shift {int((start - FIRST_SHIFT) // SHIFT_HOURS) + 1}",
                "dayofweek": str(day),
                "hour_from": start,
                "hour_to": end,
                "day_period": "morning" if start < 12 else "afternoon",
            }
        )
        for day, start, end in shifts(place["availability"])
    ]
    return env["resource.calendar"].create(
        {
            "name": f"{place['name']} ({place['availability']:.0f} h/week)",
            "tz": TIME_ZONE,
            "company_id": company.id,
            "attendance_ids": [Command.clear(), *lines],
        }
    )


def create_boms(env, products, units, workcenters):
    """Create one bill per assembly in use; return {product id: mrp.bom}."""
    lines, operations = _lines(products, units), _operations(workcenters)
    days = {row["product_id"]: row["days_to_manufacture"] for row in csvs.rows("product")}
    keys = sorted(lines)
    boms = env["mrp.bom"].create(
        [
            {
                "product_tmpl_id": products[key].product_tmpl_id.id,
                "product_id": products[key].id,
                "product_qty": 1,
                "type": "normal",
                "produce_delay": days[key],
                "bom_line_ids": lines[key],
                "operation_ids": operations[key],
            }
            for key in keys
        ]
    )
    return dict(zip(keys, boms, strict=True))


def _lines(products, units):
    """{assembly id: commands for its components}; superseded rows have an end date."""
    lines = defaultdict(list)
    for row in csvs.rows("bill_of_materials"):
        if row["product_assembly_id"] and not row["end_date"]:
            values = {
                "product_id": products[row["component_id"]].id,
                "product_qty": row["per_assembly_qty"],
                "product_uom_id": units[row["unit_measure_code"]].id,
            }
            lines[row["product_assembly_id"]].append(Command.create(values))
    return lines


def _operations(workcenters):
    """{product id: commands for its operations}, in the routing's order."""
    count = stations()
    operations = defaultdict(list)
    ordered = sorted(unit_hours().items(), key=lambda item: (item[0][0], item[1][1]))
    for (product, place), (hours, sequence) in ordered:
        values = {
            "name": workcenters[place].name,
            "workcenter_id": workcenters[place].id,
            "sequence": sequence,
            "time_mode": "manual",
            "time_cycle_manual": 60 * hours / count[place],
        }
        operations[product].append(Command.create(values))
    return operations
