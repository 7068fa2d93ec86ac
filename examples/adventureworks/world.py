"""The master data as one value, and the specimens that show how Odoo uses it."""

from dataclasses import dataclass
from typing import Any

from . import boms, hours, masters, partners, scrap, sql

STAGED = (
    "customer",
    "product",
    "product_inventory",
    "product_vendor",
    "purchase_order_detail",
    "purchase_order_header",
    "sales_order_detail_rebuilt",
    "sales_order_header",
    "sales_territory",
    "store",
    "work_order",
    "work_order_routing",
)


@dataclass(frozen=True)
class World:
    """Everything the bulk loaders refer to; dictionaries map the data's ids to records."""

    shift: Any
    company: Any
    warehouse: Any
    units: dict
    products: dict
    workcenters: dict
    boms: dict
    vendors: dict
    teams: dict
    sources: Any
    reasons: dict


@dataclass(frozen=True)
class Specimens:
    """Records with which `patterns.collect` plays through every process."""

    warehouse: Any
    products: Any
    boms: Any
    partners: Any
    case: Any


def create(env, shift):
    """Create the master data through the ORM."""
    company = masters.set_company(env)
    units = masters.create_units(env)
    families = masters.create_categories(env)
    products = masters.create_products(env, shift, units, families)
    vendors = partners.create_vendors(env)
    partners.create_price_lists(env, products, units, vendors)
    workcenters = boms.create_workcenters(env, company)
    return World(
        shift=shift,
        company=company,
        warehouse=env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1),
        units=units,
        products=products,
        workcenters=workcenters,
        boms=boms.create_boms(env, products, units, workcenters),
        vendors=vendors,
        teams=partners.create_teams(env, company),
        sources=partners.create_sources(env),
        reasons=scrap.create_reasons(env),
    )


def specimens(env):
    """A helmet and a gallon of paint, a frame with operations and a part without."""
    helmet, paint, frame, part = (
        env["product.product"].search([("default_code", "=", code)])
        for code in ("HL-U509", "PA-187B", "FR-M94B-38", "BE-2349")
    )
    return Specimens(
        warehouse=env["stock.warehouse"].search([], limit=1),
        products=helmet + paint,
        boms=frame.bom_ids + part.bom_ids,
        partners=partners.country_partners(env),
        case=env["uom.uom"].search([("name", "=", masters.ASSUMED_UNITS["CS"][0])]),
    )


def stage(env, world):
    """Copy the CSVs into temporary tables, beside maps from the data's ids to records."""
    for name in STAGED:
        sql.stage(env.cr, name, world.shift)
    maps = {
        "aw_product_map": world.products,
        "aw_vendor_partner": world.vendors,
        "aw_team": world.teams,
        "aw_workcenter": world.workcenters,
        "aw_bom": world.boms,
    }
    for name, records in maps.items():
        sql.mapping(env.cr, name, [(key, record.id) for key, record in records.items()])
    sql.mapping(env.cr, "aw_stations", list(hours.stations().items()))
    env.cr.execute("CREATE TEMP TABLE aw_unit (code text, id int) ON COMMIT DROP")
    env.cr.execute_values(
        "INSERT INTO aw_unit VALUES %s", [(code, unit.id) for code, unit in world.units.items()]
    )
    partners.stage_countries(env)
    _stage_products(env, world)


def _stage_products(env, world):
    """`aw_p`: what the bulk loaders need to know of a product."""
    sql.table(
        env.cr,
        "aw_p",
        f"""
        SELECT k.key AS product_id, p.id, t.uom_id, u.factor, t.weight,
               coalesce((p.standard_price ->> '{world.company.id}')::numeric, 0) AS cost,
               '[' || p.default_code || '] ' || (t.name ->> 'en_US') AS label
          FROM aw_product_map k
          JOIN product_product p ON p.id = k.id
          JOIN product_template t ON t.id = p.product_tmpl_id
          JOIN uom_uom u ON u.id = t.uom_id""",
    )
