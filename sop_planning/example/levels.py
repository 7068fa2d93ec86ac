"""Stock that the story stands on: enough of everything but hours on the bottleneck. Pure: of the
masters it asks ids and positions only."""

import numpy as np

from . import story
from .plan import WEEKS_A_MONTH, minimums, weekly_units

MARGIN = 1.5  # on what is expected to be needed, against forecasts that come out higher


def levels(plan, masters):
    """{product id: (minimum, stock on hand)} of goods, parts and materials, today.

    Line 2 starts the second week with exactly its minimum, so that what is made is what is
    ordered. Everything else has its need until new supply can arrive, with a margin.
    """
    minimum = minimums(plan)
    kits = plan.level[plan.is_kit].sum() / WEEKS_A_MONTH
    weekly = weekly_units(plan)
    result = {}
    for number, good in enumerate(masters.goods):
        if plan.is_kit[number]:
            continue
        if plan.line()[number] == 2:
            result[good.id] = (minimum[number], minimum[number] + plan.framework[number, 0])
        elif plan.line()[number]:
            ample = np.ceil(3 * MARGIN * weekly[number])
            result[good.id] = (minimum[number], minimum[number] + ample)
        else:
            need = weekly[number] + (kits if number in masters_first(masters, plan) else 0.0)
            result[good.id] = (minimum[number], minimum[number] + np.ceil(8 * MARGIN * need))
    for number, part in masters.parts.items():
        least = max(round(weekly[number]), 1)
        result[part.id] = (least, least)
    result |= _materials(plan, masters)
    return result


def masters_first(masters, plan):
    """Positions of the two traded goods that kits are made of."""
    return [number for number in masters.trader_of][:2]


def material_needs(plan, masters):
    """Units of each material needed a week, at most."""
    weekly, need = weekly_units(plan), np.zeros(len(story.MATERIALS))
    for number, (material, amount) in masters.material_of.items():
        need[material] += weekly[number] * amount
    need[-1] = sum(weekly[number] for number in masters.parts)
    return need


def _materials(plan, masters):
    """Materials: what is needed over the lead time and a month, with a margin; of the late vendor's
    only three weeks, so that its open orders matter."""
    need, result = material_needs(plan, masters), {}
    for place, (product, row) in enumerate(zip(masters.materials, story.MATERIALS)):
        least = np.ceil(need[place]) + 1
        is_late = row[3] == story.LATE_VENDOR
        weeks = story.LATE_STOCK_WEEKS if is_late else (row[4] / 7 + 5) * MARGIN
        result[product.id] = (least, least + np.ceil(weeks * need[place]))
    return result
