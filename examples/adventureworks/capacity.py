"""The load of work centres beside the CSV files, hour by hour in plain Python.

What the planned production takes is worked out from the files' hours per piece and from the
quantities of the stored plan, spread over days one by one; what released orders still take,
from the files' work orders. Nothing of the planning engine is used.
"""

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from . import csvs, hours

HOUR_TOLERANCE = 0.02  # sums of figures that are stored with two decimals
FORGOTTEN_DAYS = 90


def check(env, shift, products, compare):
    """Compare hours by work centre and bucket with the base plan of the newest cycle."""
    cycle = env["sop.cycle"].search([], limit=1, order="month desc")
    lines = env["sop.capacity.line"].search([("cycle_id", "=", cycle.id)])
    if not lines:
        return {}
    today = cycle.company_id._sop_today()
    starts = sorted(set(lines.mapped("bucket_start")))
    ends = dict(zip(starts, sorted(set(lines.mapped("bucket_end")))))
    centres = _centres(env)
    released = _released(shift, products, centres, starts, ends, today)
    planned = _planned(env, cycle, products, centres, starts, ends)
    wanted, found = {}, {}
    for line in lines:
        key = f"{line.workcenter_id.name} {line.bucket_start}"
        place = (line.workcenter_id.name, line.bucket_start)
        wanted[key] = (released.get(place, 0.0), planned.get(place, 0.0))
        found[key] = (line.hours_orders, line.hours_plan_standard)
    return compare(
        "load of work centres",
        wanted,
        found,
        lambda _index, numbers: HOUR_TOLERANCE + 0.001 * max(numbers),
    )


def _centres(env):
    """{location id: (name, stations)} of the locations that are work centres."""
    count = hours.stations()
    return {
        row["location_id"]: (row["name"], count[row["location_id"]])
        for row in csvs.rows("location")
        if row["availability"]
    }


def _bucket(day, starts, ends):
    """The bucket of a day: the first one for what is overdue, none beyond the last."""
    day = max(day, starts[0])
    return next((start for start in reversed(starts) if start <= day < ends[start]), None)


def _released(shift, products, centres, starts, ends, today):
    """Hours of unfinished operations of open orders, in the bucket of the order's start."""
    works = defaultdict(list)
    for row in csvs.rows("work_order_routing"):
        works[row["work_order_id"]].append(row)
    unit = hours.unit_hours()
    load = defaultdict(float)
    midnight = datetime.combine(shift.today, time(23, 59, 59))
    for order in csvs.rows("work_order"):
        rows = sorted(works[order["work_order_id"]], key=lambda row: row["operation_sequence"])
        if not rows:
            continue
        last = max([order["end_date"], *(row["actual_end_date"] for row in rows)])
        if shift.move(last) <= shift.today:
            continue
        started = datetime.combine(shift.move(order["start_date"]), time(16))
        ended = datetime.combine(shift.move(last), time(20))
        if started.date() < today - timedelta(days=FORGOTTEN_DAYS):
            continue
        for number, row in enumerate(rows, 1):
            done = started + (ended - started) * number / len(rows)
            if done.replace(microsecond=0) <= midnight:
                continue
            name, count = centres[row["location_id"]]
            needed = unit[order["product_id"], row["location_id"]][0] * order["order_qty"] / count
            bucket = _bucket(started.date(), starts, ends)
            load[name, bucket] += float(needed)
    return load


def _planned(env, cycle, products, centres, starts, ends):
    """Hours of planned production: what is due in a bucket is due evenly over its days, and is
    worked on the days of manufacture earlier."""
    keys = {product.id: key for key, product in products.items()}
    lead = {row["product_id"]: row["days_to_manufacture"] for row in csvs.rows("product")}
    scrapped = _losses(env)
    unit = defaultdict(list)
    for (product, place), (needed, _sequence) in hours.unit_hours().items():
        unit[product].append((place, float(needed)))
    load = defaultdict(float)
    rows = env["sop.supply.line"].search_fetch(
        [("cycle_id", "=", cycle.id), ("qty_planned", ">", 0)],
        ["product_id", "bucket_start", "bucket_end", "qty_planned"],
    )
    for row in rows:
        key = keys.get(row.product_id.id)
        if not unit.get(key):
            continue
        days = (row.bucket_end - row.bucket_start).days
        pieces = row.qty_planned / days / (1 - scrapped.get(row.product_id.id, 0.0))
        for number in range(days):
            day = row.bucket_start + timedelta(days=number - lead[key])
            bucket = _bucket(day, starts, ends)
            for place, needed in unit[key]:
                name, count = centres[place]
                load[name, bucket] += pieces * needed / count
    return load


def _losses(env):
    """{product: share of the last year's output that was scrapped}, through the ORM."""
    since = date.today() - timedelta(days=366)
    made = dict(
        env["mrp.production"]._read_group(
            [("state", "=", "done"), ("date_finished", ">=", since)],
            ["product_id"],
            ["product_qty:sum"],
        )
    )
    scraps = env["stock.scrap"].search(
        [("state", "=", "done"), ("date_done", ">=", since), ("production_id", "!=", False)]
    )
    lost = defaultdict(float)
    for scrap in scraps:
        if scrap.product_id == scrap.production_id.product_id:
            lost[scrap.product_id] += scrap.scrap_qty
    return {product.id: lost[product] / made[product] for product in lost if made.get(product)}
