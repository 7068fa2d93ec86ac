"""What Odoo creates the example's records from, however many there are of them."""

from odoo.fields import Command

from . import story


def product_values(code, name, category, price, cost, **vals):
    """What Odoo creates a stocked product from."""
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


def shift_lines():
    """The attendances of a calendar that is open for the story's shifts on five days."""
    return [
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
