"""Company, units, families and products: the master data that Odoo itself can create.

Some hundred records, so everything here goes through the ORM.
"""

from . import csvs

# What a vendor's unit holds of the stock unit. Gallons and dozens are facts; the data does
# not say what a case, can, container or pack holds, so these four are assumptions, chosen
# so that a part costs cents (39.92 for a container of bearing balls) and a pack of grip
# tape covers one handlebar (the bill of materials asks for 40 inches).
ASSUMED_UNITS = {
    "CS": ("Case (100)", "uom.product_uom_unit", 100),
    "CAN": ("Can (500)", "uom.product_uom_unit", 500),
    "CTN": ("Container (1000)", "uom.product_uom_unit", 1000),
    "PAK": ("Pack (40 in)", "uom.product_uom_inch", 40),
}
NATIVE_UNITS = {
    "EA": "uom.product_uom_unit",
    "DZ": "uom.product_uom_dozen",
    "GAL": "uom.product_uom_gal",
    "IN": "uom.product_uom_inch",
    "OZ": "uom.product_uom_floz",
}
KILOGRAMS = {"LB": 0.45359237, "G": 0.001, None: 0.0}
DAYS_TO_SHIP = 7
# The first range was withdrawn a year after the start: old enough to be archived.
ARCHIVED_BEFORE_ROW = "2012-06-30"


def set_company(env):
    """Make the main company Adventure Works Cycles and return it.

    Microsoft keeps money with four decimals; prices do too, so that no line is rounded
    before its total. Taxes are left out: the data has them per order, not per line.
    """
    company = env.ref("base.main_company")
    company.write(
        {
            "name": "Adventure Works Cycles",
            "currency_id": env.ref("base.USD").id,
            "account_sale_tax_id": False,
            "account_purchase_tax_id": False,
        }
    )
    company.partner_id.write({"country_id": env.ref("base.us").id, "tz": "America/Los_Angeles"})
    # a calendar of its own: Odoo moves the standard one to the time zone of whoever logs in first
    company.resource_calendar_id = company.resource_calendar_id.copy(
        {"name": "Adventure Works 40 hours/week", "tz": "America/Los_Angeles"}
    )
    env.ref("product.decimal_price").digits = 4
    return company


def create_units(env):
    """Return {unit code of the data: uom.uom}, creating the units that Odoo lacks."""
    units = {code: env.ref(xmlid) for code, xmlid in NATIVE_UNITS.items()}
    for code, (name, reference, factor) in ASSUMED_UNITS.items():
        units[code] = env["uom.uom"].create(
            {"name": name, "relative_factor": factor, "relative_uom_id": env.ref(reference).id}
        )
    return units


def create_categories(env):
    """Return {subcategory id, "made" or "bought": product.category}.

    Every subcategory of finished goods is a planning family, if the planning addon is
    there; parts without a subcategory are filed by how they are obtained.
    """
    root = env["product.category"].create({"name": "Adventure Works"})
    tops = {
        row["product_category_id"]: env["product.category"].create(
            {"name": row["name"], "parent_id": root.id}
        )
        for row in csvs.rows("product_category")
    }
    flag = {"is_sop_family": True} if "is_sop_family" in root._fields else {}
    families = {
        row["product_subcategory_id"]: env["product.category"].create(
            {"name": row["name"], "parent_id": tops[row["product_category_id"]].id, **flag}
        )
        for row in csvs.rows("product_subcategory")
    }
    parts = env["product.category"].create({"name": "Parts", "parent_id": root.id})
    for key, name in (("made", "Made parts"), ("bought", "Purchased parts")):
        families[key] = env["product.category"].create({"name": name, "parent_id": parts.id})
    return families


def create_products(env, shift, units, families):
    """Create the 504 products and return {product id of the data: product.product}."""
    offers = _cheapest_offers()
    stock_units = _stock_units()
    rows = csvs.rows("product")
    products = env["product.product"].create(
        [_product(row, shift, units, families, offers, stock_units) for row in rows]
    )
    return {row["product_id"]: product for row, product in zip(rows, products, strict=True)}


def _product(row, shift, units, families, offers, stock_units):
    """The values of one product."""
    key = row["product_id"]
    unit = units[stock_units.get(key, "EA")]
    family = row["product_subcategory_id"] or ("made" if row["make_flag"] else "bought")
    ended = row["sell_end_date"] and shift.happened(shift.move(row["sell_end_date"]))
    return {
        "name": row["name"],
        "default_code": row["product_number"],
        "type": "consu",
        "is_storable": True,
        "categ_id": families[family].id,
        "uom_id": unit.id,
        "list_price": row["list_price"],
        "standard_price": row["standard_cost"] or _offer_cost(offers.get(key), units, unit),
        "sale_ok": row["finished_goods_flag"] and not ended,
        "purchase_ok": key in offers or not row["make_flag"],
        "weight": (row["weight"] or 0) * KILOGRAMS[row["weight_unit_measure_code"]],
        "sale_delay": DAYS_TO_SHIP,
        "active": not _is_archived(row),
    }


def _is_archived(row):
    """Whether the product left the range with the first generation (mid-2012)."""
    ended = row["sell_end_date"]
    return bool(ended and ended.isoformat() <= ARCHIVED_BEFORE_ROW)


def _cheapest_offers():
    """{product id: the offer with the lowest price}."""
    offers = {}
    for row in sorted(csvs.rows("product_vendor"), key=lambda row: -row["standard_price"]):
        offers[row["product_id"]] = row
    return offers


def _offer_cost(offer, units, unit):
    """The vendor's price per stock unit: what a part costs whose cost the data lacks."""
    if not offer:
        return 0.0
    bought_in = units[offer["unit_measure_code"]]
    return offer["standard_price"] * unit.factor / bought_in.factor


def _stock_units():
    """{product id: unit code} of the parts that are not counted in pieces.

    They are kept in the unit they are bought in (gallons of paint, packs of tape); bills
    of materials ask for ounces and inches of them.
    """
    bought_in = {row["product_id"]: row["unit_measure_code"] for row in csvs.rows("product_vendor")}
    return {
        row["component_id"]: bought_in[row["component_id"]]
        for row in csvs.rows("bill_of_materials")
        if row["unit_measure_code"] != "EA"
    }
