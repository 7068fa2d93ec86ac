"""Purchase orders with their receipts: reliable vendors, and one that missed its last windows."""

from datetime import timedelta

import numpy as np

from odoo.fields import Command

from . import levels, story, windows
from .masters import LEAD_DAYS

SPAN, EVERY = 48, 8  # weeks of history, weeks between two windows of a vendor
SPEND, SPEND_LATE = 900_000, 4_000_000  # EUR a year, of the first vendor and of the late one
LINES_LATE = 2  # of an order of the late vendor; those of others have one


def buy(env, masters, plan, rng):
    """Order, receive what arrived on its day, leave the rest open."""
    rows = _rows(masters, plan, windows.draw(rng, SPAN, EVERY), rng)
    orders = env["purchase.order"].create([_values(masters, row) for row in rows])
    orders.button_confirm()
    arrived = [(order, row["arrival"]) for order, row in zip(orders, rows) if row["arrival"]]
    _receive(masters, arrived)
    for order, row in zip(orders, rows):
        order.date_approve = masters.moment(row["ordered"], 9)


def _rows(masters, plan, drawn, rng):
    supplied = _supplied(masters, plan)
    needs = dict(zip(masters.materials.ids, levels.material_needs(plan, masters)))
    rows = []
    for vendor, own in drawn.items():
        products = supplied[vendor]
        for due, late in own:
            day = plan.today + timedelta(days=due)
            is_late = vendor == story.LATE_VENDOR
            count = LINES_LATE if is_late else 1
            chosen = [products[n] for n in rng.choice(len(products), count, replace=False)]
            is_awaited = is_late and due >= 0
            spend = SPEND_LATE if is_late else SPEND / (vendor + 1)
            rows.append(
                {
                    "vendor": vendor,
                    "ordered": min(day - timedelta(days=chosen[0][2]), plan.today),
                    "due": day,
                    "arrival": day + timedelta(days=late) if late is not None else None,
                    "lines": [
                        (product, _qty(needs, product, price, spend / count, is_awaited), price)
                        for product, price, _days in chosen
                    ],
                }
            )
    return rows


def _supplied(masters, plan):
    """{vendor: [(product, price, days)]}."""
    supplied = {}
    for product, (_name, price, _weight, vendor, days) in zip(masters.materials, story.MATERIALS):
        supplied.setdefault(vendor, []).append((product, price, days))
    for number, vendor in masters.trader_of.items():
        row = (masters.goods[number], float(plan.cost[number]), LEAD_DAYS)
        supplied.setdefault(vendor, []).append(row)
    return supplied


def _qty(needs, product, price, spend, is_awaited):
    """Units of a line; what is awaited of the late vendor covers the need of weeks."""
    qty = max(1, round(spend * EVERY / 52 / price))
    if is_awaited:
        qty = max(qty, int(np.ceil(story.OPEN_ORDER_WEEKS * needs[product.id])))
    return qty


def _values(masters, row):
    return {
        "partner_id": masters.vendors[row["vendor"]].id,
        "company_id": masters.company.id,
        "date_order": masters.moment(row["ordered"], 8),
        "order_line": [
            Command.create(
                {
                    "product_id": product.id,
                    "product_qty": qty,
                    "price_unit": price,
                    "date_planned": masters.moment(row["due"]),
                }
            )
            for product, qty, price in row["lines"]
        ],
    }


def _receive(masters, arrived):
    """Receive orders in full, each on its day."""
    pickings = masters.company.env["stock.picking"].union(*(o.picking_ids for o, _day in arrived))
    moves = pickings.move_ids
    for move in moves:
        move.quantity = move.product_uom_qty
    moves.picked = True
    pickings._action_done()
    for order, day in arrived:
        moment = masters.moment(day)
        order.picking_ids.date_done = moment
        order.picking_ids.move_ids.date = moment
        order.picking_ids.move_line_ids.date = moment


def spoil(masters):
    """Defects that the data check finds: a price entered twice, a good without a cost. Others are
    an overdue purchase order, customer orders that should have left, a bench without hours."""
    first, last = masters.materials[0], masters.goods[list(masters.trader_of)[-1]]
    first.seller_ids[:1].copy()
    last.standard_price = 0.0
