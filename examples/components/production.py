"""Open manufacturing orders of lines 1 and 3, with the work orders that Odoo plans for them."""

from datetime import timedelta

from . import story
from .masters import noon

ORDERS = 24  # at most


def load(env, masters, plan):
    """Confirm a batch of the first products of lines 1 and 3, starting within two weeks."""
    lines = plan.line()
    numbers = [n for n in masters.parts if lines[n] in (1, 3) and plan.died[n] > plan.months]
    numbers = numbers[:: max(1, len(numbers) // ORDERS)][:ORDERS]
    orders = env["mrp.production"].create(
        [
            {
                "product_id": masters.goods[number].id,
                "product_qty": story.BATCH,
                "bom_id": masters.goods[number].bom_ids[:1].id,
                "date_start": noon(plan.today + timedelta(days=1 + place % 12)),
                "date_finished": noon(
                    plan.today + timedelta(days=1 + place % 12 + story.PRODUCE_DAYS)
                ),
                "company_id": masters.company.id,
            }
            for place, number in enumerate(numbers)
        ]
    )
    orders.action_confirm()
    return {"manufacturing_orders": len(orders)}
