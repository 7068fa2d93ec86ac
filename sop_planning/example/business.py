"""Sales, production and stock: what happened, and what is open.

Three years of deliveries are taken over as from a system before: orders with what was delivered
and without transfers, which would take minutes to make. What is open has its transfers.
"""

from datetime import date, timedelta

import numpy as np

from odoo import SUPERUSER_ID
from odoo.fields import Command

from . import plan as planning
from . import story, weeks

MAIN_SHARE = 0.8  # of a product's months that go to its main customer
LEAD = (5, 30)  # days between order and delivery
FRAMEWORK_CUSTOMERS = 3
OVERDUE, OVERDUE_DAYS = 2, 12  # customer orders that should have left: a defect
QUOTATIONS, QUOTED = 8, (5, 40)
BATCHES = 8  # open manufacturing orders


def deliver(env, masters, plan, rng):
    """Orders of the past, a month and customer each."""
    buyers = _buyers(masters, plan, rng)
    found = {}
    for number, month in zip(*plan.sales.nonzero()):
        buyer = buyers[number][0 if rng.random() < MAIN_SHARE else 1]
        found.setdefault((month, buyer), []).append((number, plan.sales[number, month]))
    rows = []
    for (month, buyer), lines in sorted(found.items()):
        day = _working_day(plan, month, rng)
        rows.append((buyer, day, lines))
    orders = _create(env, masters, plan, rng, rows)
    orders.write({"state": "sale"})
    env.flush_all()
    for line in orders.order_line:
        line.qty_delivered = line.product_uom_qty


def _buyers(masters, plan, rng):
    """Positions of the main and the second customer of each product: a few buy most."""
    count = len(masters.customers)
    chance = 1.0 / np.arange(1, count + 1) ** 0.7
    return [
        [int(n) for n in rng.choice(count, 2, replace=False, p=chance / chance.sum())]
        for _number in range(plan.count)
    ]


def _working_day(plan, month, rng):
    """A working day of a month of the past, before today."""
    start = weeks.first_of_month(plan.today, int(month) - plan.months)
    end = min(weeks.first_of_month(start, 1), plan.today)
    days = weeks.working_days(start, end) or [start]
    return days[rng.integers(len(days))]


def _create(env, masters, plan, rng, rows):
    """Quotations from rows (customer, day of delivery, [(product, units)])."""
    return env["sale.order"].create(
        [
            {
                "partner_id": masters.customers[buyer].id,
                "company_id": masters.company.id,
                "pricelist_id": False,
                "date_order": masters.moment(_ordered(plan, day, rng), 9),
                "commitment_date": masters.moment(day),
                "order_line": [
                    Command.create(
                        {
                            "product_id": masters.goods[number].id,
                            "product_uom_qty": float(qty),
                            "price_unit": _price(plan, number, rng),
                        }
                    )
                    for number, qty in lines
                ],
            }
            for buyer, day, lines in rows
        ]
    )


def _price(plan, number, rng):
    return round(float(plan.price[number] * rng.uniform(0.92, 1)), 2)


def _ordered(plan, day, rng):
    return min(day - timedelta(days=int(rng.integers(*LEAD))), plan.today)


def order(env, masters, plan, rng):
    """What is ordered and not due yet, some orders that are overdue, and open quotations."""
    buyers, found = _buyers(masters, plan, rng), {}
    for number, day, qty in np.concatenate(planning.ahead(plan, rng)).tolist():
        is_framework = plan.line()[int(number)] == 2
        buyer = int(number) % FRAMEWORK_CUSTOMERS if is_framework else buyers[int(number)][0]
        found.setdefault((day, buyer), []).append((int(number), qty))
    rows = [
        (buyer, date.fromordinal(int(day)), lines) for (day, buyer), lines in sorted(found.items())
    ]
    others = np.flatnonzero(np.isin(plan.line(), (1, 3)) & (plan.died > plan.months))
    late = plan.today - timedelta(days=OVERDUE_DAYS)
    rows += [(buyers[n][0], late, [(n, 1)]) for n in others[:OVERDUE].tolist()]
    orders = _create(env, masters, plan, rng, rows)
    days = {order: order.date_order for order in orders}
    orders.action_confirm()
    for placed, moment in days.items():
        placed.date_order = moment
    _quote(env, masters, plan, rng, others)


def _quote(env, masters, plan, rng, numbers):
    rows = [
        (int(rng.integers(len(masters.customers))), plan.today + timedelta(days=30),
         [(int(number), int(rng.integers(*QUOTED)))])
        for number in rng.choice(numbers, QUOTATIONS, replace=False)
    ]  # fmt: skip
    _create(env, masters, plan, rng, rows)


def make(env, masters, plan, rng):
    """A batch of some products of lines 1 and 3, to start on one of the next working days."""
    numbers = [n for n in masters.parts if plan.line()[n] in (1, 3) and plan.died[n] > plan.months]
    numbers = numbers[:: max(1, len(numbers) // BATCHES)][:BATCHES]
    first = plan.today + timedelta(days=1)
    days = weeks.working_days(first, first + timedelta(days=13))
    orders = env["mrp.production"].create(
        [
            {
                "product_id": masters.goods[number].id,
                "product_qty": story.BATCH,
                "company_id": masters.company.id,
                "date_start": masters.moment(days[place % len(days)]),
            }
            for place, number in enumerate(numbers)
        ]
    )
    orders.action_confirm()
    for place, made in enumerate(orders):
        start = days[place % len(days)]
        made.write(
            {
                "date_start": masters.moment(start),
                "date_finished": masters.moment(start + timedelta(days=story.PRODUCE_DAYS)),
            }
        )


def count(env, masters, wanted):
    """Count the stock, and a reordering rule a product; ``wanted`` is {product id: (minimum, on
    hand)}."""
    location = masters.warehouse.lot_stock_id
    # who loads the example need not count stock elsewhere; without that right nothing is counted,
    # and what was counted would be added to what was received
    quants = env["stock.quant"].with_user(SUPERUSER_ID).with_context(inventory_mode=True)
    quants.create(
        [
            {
                "product_id": product,
                "location_id": location.id,
                "inventory_quantity": round(float(on_hand), 2),
            }
            for product, (_least, on_hand) in wanted.items()
        ]
    ).action_apply_inventory()
    env["stock.warehouse.orderpoint"].create(
        [
            {
                "product_id": product,
                "warehouse_id": masters.warehouse.id,
                "location_id": location.id,
                "company_id": masters.company.id,
                "trigger": "manual",
                "product_min_qty": round(float(least), 2),
                "product_max_qty": 2 * round(float(least), 2),
            }
            for product, (least, _on_hand) in wanted.items()
        ]
    )
