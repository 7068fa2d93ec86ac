import pandas as pd

from odoo import api, models
from odoo.tools import SQL

from ..engine import INPUTS, PRODUCTS, REVIEW_MONTHS

ORDERING_MONTHS = 27  # that customers are compared over


class SopSource(models.AbstractModel):
    """Native records to tables: the only reader of Odoo's figures, one query a feed.

    Feeds read by SQL with an explicit company, so that a plan never depends on the rights of
    whoever asked for it; what they become is guarded by its own rules. A bridge extends a feed by
    overriding its ``_read_*`` method.
    """

    _name = "sop.source"
    _description = "S&OP Source"

    @api.model
    def _read_demand_feeds(self, cycle, first_day, track):
        """Everything the demand plan is made of, by feed name.

        ``first_day`` is the first day of history; ``track(name)`` times a feed.
        """
        self.env.flush_all()
        company, last_day = cycle.company_id, cycle.date_end
        with track("order lines") as row:
            since = min(first_day, company._sop_months_after(cycle.month, -ORDERING_MONTHS))
            row["rows"] = self._stage_demand(company, since, last_day)
        readers = {
            "products": lambda: self._read_products(company),
            "families": lambda: self._read_families(company),
            "orders": lambda: self._read_orders(first_day, last_day),
            "inputs": lambda: self._read_inputs(cycle),
            "last plan": lambda: self._read_last_plan(cycle),
            "targets": lambda: self._read_targets(cycle),
            "stock-outs": lambda: self._read_stock_outs(company, first_day, cycle.month),
            "corrections": lambda: self._read_corrections(company, first_day, cycle.month),
            "seasonal indices": lambda: self._read_season_indices(company),
            "events": lambda: self._read_events(company, first_day, last_day),
            "quotations": lambda: self._read_quotations(cycle),
            "conversions": lambda: self._read_conversions(company),
        }
        feeds = {}
        for name, read in readers.items():
            with track(name) as row:
                feeds[name] = read()
                row["rows"] = len(feeds[name])
        feeds["demand"], feeds["foreign units"] = self._split_orders(feeds.pop("orders"))
        return feeds

    @api.model
    def _read_products(self, company):
        """PRODUCTS: every good of the company with its family and sales price.

        Archived goods and goods no longer sold are read too: their history belongs to the family.
        """
        main_company = self.env["res.company"]._get_main_company()
        rate = main_company.currency_id._convert(
            1.0, company.currency_id, company, company._sop_today(), round=False
        )
        return PRODUCTS.build(
            self._query(
                SQL(
                    """
                    SELECT product.id AS product_id,
                           COALESCE(category.sop_family_id, 0) AS family_id,
                           (COALESCE(template.list_price, 0) + COALESCE(extra.price, 0))::float8
                               * CASE WHEN template.company_id IS NULL THEN %(rate)s ELSE 1 END
                               AS price,
                           product.active AND template.active AND template.sale_ok AS is_planned
                      FROM product_product product
                      JOIN product_template template ON template.id = product.product_tmpl_id
                 LEFT JOIN product_category category ON category.id = template.categ_id
                 LEFT JOIN (SELECT combination.product_product_id AS product_id,
                                   SUM(value.price_extra) AS price
                              FROM product_variant_combination combination
                              JOIN product_template_attribute_value value
                                ON value.id = combination.product_template_attribute_value_id
                          GROUP BY combination.product_product_id) extra
                        ON extra.product_id = product.id
                     WHERE template.type = 'consu'
                       AND (template.company_id IS NULL OR template.company_id = ANY(%(owners)s))
                  ORDER BY product.id
                    """,
                    rate=rate,
                    owners=list(company.parent_ids.ids),
                )
            )
        )

    @api.model
    def _read_families(self, company):
        """Families with their thresholds, weights and the owner, if he may see the company:
        family_id, user_id (0: none), amber, red, priority, service_level, weight_computed,
        weight_sales, weight_last_year."""
        return self._query(
            SQL(
                """
                SELECT id AS family_id,
                       CASE WHEN sop_owner_id IN (SELECT user_id FROM res_company_users_rel
                                                   WHERE cid = %(company)s)
                            THEN sop_owner_id ELSE 0 END AS user_id,
                       CASE WHEN sop_own_thresholds THEN sop_threshold_amber
                            ELSE %(amber)s END AS amber,
                       CASE WHEN sop_own_thresholds THEN sop_threshold_red
                            ELSE %(red)s END AS red,
                       COALESCE(sop_priority, 10) AS priority,
                       COALESCE(NULLIF(sop_service_level, 0), %(service_level)s)::float8
                           AS service_level,
                       (CASE WHEN sop_own_weights THEN sop_weight_computed ELSE 0 END)::float8
                           AS weight_computed,
                       (CASE WHEN sop_own_weights THEN sop_weight_sales ELSE 1 END)::float8
                           AS weight_sales,
                       (CASE WHEN sop_own_weights THEN sop_weight_last_year ELSE 0 END)::float8
                           AS weight_last_year
                  FROM product_category
                 WHERE id IN (SELECT sop_family_id FROM product_category)
              ORDER BY id
                """,
                company=company.id,
                amber=company.sop_threshold_amber,
                red=company.sop_threshold_red,
                service_level=company.sop_service_level,
            )
        )

    @api.model
    def _read_inputs(self, cycle):
        """INPUTS: what people entered on the cycle's lines."""
        return INPUTS.build(
            self._query(
                SQL(
                    """
                    SELECT product_id, bucket_start,
                           COALESCE(qty_sales, 0)::float8 AS qty_sales,
                           COALESCE(qty_override, 0)::float8 AS qty_override,
                           COALESCE(is_sales, FALSE) AS is_sales,
                           COALESCE(is_overridden, FALSE) AS is_overridden
                      FROM sop_demand_line
                     WHERE cycle_id = %s AND (is_sales OR is_overridden)
                  ORDER BY product_id, bucket_start
                    """,
                    cycle.id,
                )
            )
        )

    @api.model
    def _read_last_plan(self, cycle):
        """The consensus of the company's last approved cycle: product_id, bucket_start, qty."""
        return self._query(
            SQL(
                """
                SELECT product_id, bucket_start, qty_consensus::float8 AS qty
                  FROM sop_demand_line
                 WHERE cycle_id = (SELECT id FROM sop_cycle
                                    WHERE company_id = %s AND state = 'approved' AND month < %s
                                 ORDER BY month DESC LIMIT 1)
              ORDER BY product_id, bucket_start
                """,
                cycle.company_id.id,
                cycle.month,
            )
        )

    @api.model
    def _read_targets(self, cycle):
        """The budget of the review months by family: family_id, measure (qty or revenue), value."""
        company = cycle.company_id
        return self._query(
            SQL(
                """
                SELECT family_id, measure, SUM(value)::float8 AS value
                  FROM sop_target
                 WHERE company_id = %s AND bucket_start >= %s AND bucket_start < %s
                   AND measure IN ('qty', 'revenue')
              GROUP BY family_id, measure
              ORDER BY family_id, measure
                """,
                company.id,
                cycle.month,
                company._sop_months_after(cycle.month, REVIEW_MONTHS),
            )
        )

    def _query(self, sql):
        """The rows of a query as a table; the query names its columns."""
        self.env.cr.execute(sql)
        names = [column.name for column in self.env.cr.description]
        return pd.DataFrame.from_records(self.env.cr.fetchall(), columns=names)
