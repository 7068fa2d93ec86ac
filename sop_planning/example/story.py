"""What the company is, and what is about to happen: every number to tune is here. Pure."""

from dataclasses import dataclass

REVENUE = 40e6  # EUR a year, at 500 SKUs
WEEK_HOURS = 80.0  # of every work center: two shifts of eight hours, five days
SHIFTS = ((6.0, 14.0), (14.0, 22.0))
PRODUCE_DAYS = 7  # of finished goods: their work falls exactly a week before they are due
BATCH = 20  # units a manufacturing order of finished goods or parts
BOTTLENECK = "Line 2 Turning"
SHORT_WEEKS = (6, 7, 8)
# load / available hours of the bottleneck by week, while framework orders run: the month after the
# short weeks has room for the deliveries of the family that waits
USUAL_RATE, SHORT_RATE = 0.75, 1.25
FRAMEWORK_WEEKS = 17  # weeks of framework orders: through the month after the last short week
EASY_RATE = 0.50  # of every other work center, in an average week
FRAMEWORK_LEVEL = 2.0  # framework orders of a month against the sales of the past: all forecast is
# consumed, whatever the method says


@dataclass(frozen=True)
class Family:
    """A product family: its line (0: bought), priority, season, and share of its line's load."""

    name: str
    line: int
    priority: int
    season: float
    peak: int
    share: float
    kind: str = "make"


FAMILIES = (
    Family("Hydraulic Cylinders", 1, 10, 0.12, 5, 0.35),
    Family("Pumps", 1, 10, 0.10, 4, 0.30),
    Family("Valves", 1, 20, 0.12, 6, 0.20),
    Family("Fittings", 1, 20, 0.05, 3, 0.15),
    Family("Shafts", 2, 10, 0.0, 1, 0.55),
    Family("Couplings", 2, 20, 0.0, 1, 0.22),
    Family("Gears", 2, 20, 0.0, 1, 0.16),
    Family("Seal Sets", 2, 30, 0.0, 1, 0.07),
    Family("Filters", 3, 10, 0.15, 10, 0.45),
    Family("Hoses", 3, 20, 0.10, 7, 0.35),
    Family("Spare Parts", 3, 30, 0.0, 1, 0.20, kind="spare"),
    Family("Accessories", 0, 30, 0.08, 11, 0.0, kind="trade"),
)
SHORT_FAMILIES = ("Couplings", "Gears", "Seal Sets")
# family, first and last month from the cycle's on, uplift: exceptions that are meant to be seen
PROMOTIONS = (("Filters", 0, 2, 0.15), ("Valves", 1, 2, 0.60))
MATERIALS = (
    # name, price per kilogram or piece, in kilograms, vendor, days of lead time
    ("Bar Steel 20 mm", 2.1, True, 0, 28),
    ("Bar Steel 40 mm", 2.4, True, 0, 28),
    ("Stainless Bar 30 mm", 5.2, True, 0, 35),
    ("Casting Small", 9.5, False, 1, 42),
    ("Casting Large", 21.0, False, 1, 42),
    ("O-Ring Set", 0.9, False, 2, 14),
    ("Bearing 6204", 3.2, False, 3, 21),
    ("Rubber Compound", 3.8, True, 4, 21),
    ("Filter Fleece", 4.4, True, 5, 14),
    ("Packaging", 0.6, False, 6, 14),
)
VENDORS = (
    "Steelco Stahlhandel",
    "Gießerei Nordhaus",
    "Dichtungstechnik Weber",
    "Wälzlager Kranz",
    "Gummiwerk Ostfeld",
    "Vliesstoff Maier",
    "Kartonagen Busch",
    "Handelshaus Berger",
    "Industriebedarf Lenz",
)
LATE_VENDOR = 0
LATE_STOCK_WEEKS = 1  # of need that is on hand of the late vendor's materials
OPEN_ORDER_WEEKS = 8  # of need in each of its open orders
TRADERS = (7, 8)  # vendors of what is bought and sold as it is
PUBLIC_HOLIDAYS = ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))


def singular(name: str) -> str:
    """What one product of a family is called.

    >>> singular("Accessories"), singular("Pumps")
    ('Accessory', 'Pump')
    """
    return name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")
