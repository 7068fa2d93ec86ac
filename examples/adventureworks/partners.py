"""Vendors with their price lists, sales teams, and twenty thousand customers."""

from . import csvs, sql

COUNTRIES = ("US", "CA", "FR", "DE", "AU", "GB")


def create_vendors(env):
    """Return {vendor id: res.partner}; vendors that are no longer used are archived."""
    rows = csvs.rows("vendor")
    vendors = env["res.partner"].create(
        [
            {
                "name": row["name"],
                "ref": row["account_number"],
                "is_company": True,
                "supplier_rank": 1,
                "country_id": env.ref("base.us").id,
                "active": row["active_flag"],
            }
            for row in rows
        ]
    )
    return {row["business_entity_id"]: vendor for row, vendor in zip(rows, vendors, strict=True)}


def create_price_lists(env, products, units, vendors):
    """Create what each vendor asks for a product, in the unit that the vendor sells."""
    return env["product.supplierinfo"].create(
        [
            {
                "partner_id": vendors[row["business_entity_id"]].id,
                "product_tmpl_id": products[row["product_id"]].product_tmpl_id.id,
                "product_uom_id": units[row["unit_measure_code"]].id,
                "price": row["standard_price"],
                "min_qty": row["min_order_qty"],
                "delay": row["average_lead_time"],
            }
            for row in csvs.rows("product_vendor")
        ]
    )


def create_teams(env, company):
    """Return {territory id: crm.team}."""
    return {
        row["territory_id"]: env["crm.team"].create({"name": row["name"], "company_id": company.id})
        for row in csvs.rows("sales_territory")
    }


def create_sources(env):
    """Return the sources of orders: (the web shop, the resellers)."""
    return env["utm.source"].create([{"name": "Web shop"}, {"name": "Resellers"}])


def country_partners(env):
    """One partner in each country of the territories: specimens of what varies by country."""
    return env["res.partner"].create(
        [
            {"name": f"Specimen {code}", "country_id": env.ref(f"base.{_xmlid(code)}").id}
            for code in COUNTRIES
        ]
    )


def _xmlid(code):
    return {"GB": "uk"}.get(code, code.lower())


def stage_countries(env):
    """Create `aw_country`: what Odoo derives from a customer's country.

    It asks Odoo for one partner per country, and forgets the partners.
    """
    with env.cr.savepoint() as savepoint:
        found = [
            (
                partner.country_id.code,
                partner.country_id.id,
                env["account.fiscal.position"]._get_fiscal_position(partner).id or None,
                partner.peppol_eas or None if "peppol_eas" in partner._fields else None,
            )
            for partner in country_partners(env)
        ]
        savepoint.rollback()
    env.cr.execute(
        """CREATE TEMP TABLE aw_country (code text, id int, fiscal_position_id int, peppol_eas text)
           ON COMMIT DROP"""
    )
    env.cr.execute_values("INSERT INTO aw_country VALUES %s", found)


def load_customers(env, patterns):
    """Write stores and consumers; `aw_customer_partner` maps customers to partners.

    A store's customer record is the person who orders there; nobody is named in the data,
    so the store itself is the partner. Consumers are known by their account number.
    """
    cr = env.cr
    stores = sql.table(
        cr,
        "aw_store_partner",
        """SELECT s.business_entity_id AS store_id, nextval('res_partner_id_seq')::int AS id,
                  s.name, 'STORE' || s.business_entity_id AS ref, TRUE AS is_company, k.*
             FROM aw_store s
             JOIN LATERAL (
                  SELECT c.id AS country_id, c.fiscal_position_id, c.peppol_eas
                    FROM aw_customer u JOIN aw_sales_territory USING (territory_id)
                    JOIN aw_country c ON c.code = country_region_code
                   WHERE u.store_id = s.business_entity_id
                   ORDER BY customer_id LIMIT 1) k ON TRUE""",
    )
    consumers = sql.table(
        cr,
        "aw_consumer_partner",
        """SELECT customer_id, nextval('res_partner_id_seq')::int AS id,
                  'Customer ' || account_number AS name, account_number AS ref,
                  FALSE AS is_company, c.id AS country_id, c.fiscal_position_id, c.peppol_eas
             FROM aw_customer JOIN aw_sales_territory USING (territory_id)
             JOIN aw_country c ON c.code = country_region_code
            WHERE store_id IS NULL ORDER BY customer_id""",
    )
    for source in ("aw_store_partner", "aw_consumer_partner"):
        sql.insert(cr, patterns["partner"], source, _PARTNER)
    sql.table(
        cr,
        "aw_customer_partner",
        """SELECT c.customer_id, p.id, p.fiscal_position_id
             FROM aw_customer c JOIN aw_store_partner p USING (store_id)
            UNION ALL SELECT customer_id, id, fiscal_position_id FROM aw_consumer_partner""",
    )
    return {"stores": stores, "consumers": consumers}


_PARTNER = {
    "id": "id",
    "name": "name",
    "complete_name": "name",
    "ref": "ref",
    "commercial_partner_id": "id",
    "country_id": "country_id",
    "peppol_eas": "peppol_eas",
    "commercial_company_name": "CASE WHEN is_company THEN name END",
    "is_company": "is_company",
    "customer_rank": "1",
    "calendar_last_notif_ack": "now() AT TIME ZONE 'UTC'",
}
