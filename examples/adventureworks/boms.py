"""Work centres with shift calendars, bills of materials with operations."""

from collections import defaultdict

from odoo.fields import Command

from . import csvs, hours

TIME_ZONE = "America/Los_Angeles"


def create_workcenters(env, company):
    """Return {location id: mrp.workcenter} for every location that has available hours.

    An hour of a work centre is an hour of all its stations, so its cost is their cost.
    """
    count = hours.stations()
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
                "name": f"Shift {int((start - hours.FIRST_SHIFT) // hours.SHIFT_HOURS) + 1}",
                "dayofweek": str(day),
                "hour_from": start,
                "hour_to": end,
                "day_period": "morning" if start < 12 else "afternoon",
            }
        )
        for day, start, end in hours.shifts(place["availability"])
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
    count = hours.stations()
    operations = defaultdict(list)
    ordered = sorted(hours.unit_hours().items(), key=lambda item: (item[0][0], item[1][1]))
    for (product, place), (needed, sequence) in ordered:
        values = {
            "name": workcenters[place].name,
            "workcenter_id": workcenters[place].id,
            "sequence": sequence,
            "time_mode": "manual",
            "time_cycle_manual": 60 * needed / count[place],
        }
        operations[product].append(Command.create(values))
    return operations
