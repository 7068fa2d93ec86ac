"""What the CSV files say, in the figures that Odoo must show. Pure: no Odoo, no SQL.

Each function returns {key: numbers} for the data as seen from a shift's today.
"""

from collections import Counter, defaultdict

from . import csvs

PENDING, REJECTED = 1, 3


def sales_by_month(shift):
    """{month: (orders, lines, quantity, revenue)} of the orders up to today.

    Revenue is the line total; 64 lines lack theirs (and their discount), which is then
    quantity times price: it agrees with the order's subtotal.
    """
    months = _sale_months(shift)
    orders = Counter(months.values())
    totals = defaultdict(lambda: [0, 0, 0.0])
    for line in csvs.rows("sales_order_detail_rebuilt"):
        month = months.get(line["sales_order_id"])
        if month:
            total = totals[month]
            total[0] += 1
            total[1] += line["order_qty"]
            total[2] += _line_total(line)
    return {month: (orders[month], *totals[month]) for month in sorted(totals)}


def _sale_months(shift):
    return {
        order["sales_order_id"]: _month(shift.move(order["order_date"]))
        for order in csvs.rows("sales_order_header")
        if shift.happened(shift.move(order["order_date"]))
    }


def _line_total(line):
    if line["line_total"] is None:
        return line["order_qty"] * line["unit_price"]
    return line["line_total"]


def delivered_by_month(shift):
    """{month of shipment: quantity} of what shipped up to today."""
    shipped = {
        order["sales_order_id"]: shift.move(order["ship_date"])
        for order in csvs.rows("sales_order_header")
    }
    totals = Counter()
    for line in csvs.rows("sales_order_detail_rebuilt"):
        day = shipped[line["sales_order_id"]]
        if shift.happened(day):
            totals[_month(day)] += line["order_qty"]
    return dict(totals)


def purchases_by_state(shift):
    """{state: (orders, lines, quantity, received, amount)}, quantities in vendors' units."""
    states, dates = {}, {}
    for order in csvs.rows("purchase_order_header"):
        day = shift.move(order["order_date"])
        state = {PENDING: "draft", REJECTED: "cancel"}.get(order["status"], "purchase")
        if shift.happened(day) or state == "draft":
            states[order["purchase_order_id"]] = state
            dates[order["purchase_order_id"]] = day
    orders = Counter(states.values())
    totals = defaultdict(lambda: [0, 0, 0, 0.0])
    for line in csvs.rows("purchase_order_detail"):
        key = line["purchase_order_id"]
        if key in states:
            arrival = max(shift.move(line["due_date"]), dates[key])
            arrived = states[key] == "purchase" and shift.happened(arrival)
            total = totals[states[key]]
            total[0] += 1
            total[1] += line["order_qty"]
            total[2] += line["received_qty"] if arrived else 0
            total[3] += line["line_total"]
    return {state: (orders[state], *totals[state]) for state in sorted(totals)}


def production_by_month(shift):
    """{month of start: (orders, pieces, pieces scrapped up to today)}."""
    ends = _production_ends()
    totals = defaultdict(lambda: [0, 0, 0])
    for order in csvs.rows("work_order"):
        end = max(order["end_date"], ends.get(order["work_order_id"], order["end_date"]))
        total = totals[_month(shift.move(order["start_date"]))]
        total[0] += 1
        total[1] += order["order_qty"]
        total[2] += order["scrapped_qty"] if shift.happened(shift.move(end)) else 0
    return {month: tuple(total) for month, total in sorted(totals.items())}


def _production_ends():
    """{work order id: the day its last operation ended}."""
    ends = {}
    for work in csvs.rows("work_order_routing"):
        key = work["work_order_id"]
        ends[key] = max(work["actual_end_date"], ends.get(key, work["actual_end_date"]))
    return ends


def hours_by_location():
    """{location name: (operations, resource hours, cost)} of all work."""
    names = {row["location_id"]: row["name"] for row in csvs.rows("location")}
    totals = defaultdict(lambda: [0, 0.0, 0.0])
    for work in csvs.rows("work_order_routing"):
        total = totals[names[work["location_id"]]]
        total[0] += 1
        total[1] += work["actual_resource_hrs"]
        total[2] += work["planned_cost"]
    return {name: tuple(total) for name, total in totals.items()}


def hours_of(works):
    """{name: [(resource hours, cost)]} of `works`: {(work order id, location id): name}."""
    found = defaultdict(list)
    for work in csvs.rows("work_order_routing"):
        name = works.get((work["work_order_id"], work["location_id"]))
        if name:
            found[name].append((work["actual_resource_hrs"], work["planned_cost"]))
    return found


def inventory():
    """{product number: quantity on hand} over all locations."""
    numbers = {row["product_id"]: row["product_number"] for row in csvs.rows("product")}
    totals = Counter()
    for row in csvs.rows("product_inventory"):
        totals[numbers[row["product_id"]]] += row["quantity"]
    return {number: quantity for number, quantity in totals.items() if quantity}


def masters():
    """{what: how many} of the master data."""
    bill = [
        row
        for row in csvs.rows("bill_of_materials")
        if row["product_assembly_id"] and not row["end_date"]
    ]
    return {
        "products": len(csvs.rows("product")),
        "bills of materials": len({row["product_assembly_id"] for row in bill}),
        "components": len(bill),
        "vendors": len(csvs.rows("vendor")),
        "vendor prices": len(csvs.rows("product_vendor")),
        "stores": len(csvs.rows("store")),
        "consumers": sum(row["store_id"] is None for row in csvs.rows("customer")),
        "work centres": sum(row["availability"] > 0 for row in csvs.rows("location")),
    }


def _month(day):
    return day.strftime("%Y-%m")
