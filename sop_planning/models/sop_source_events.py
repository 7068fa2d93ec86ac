from odoo import api, models
from odoo.tools import SQL

from ..engine import EVENTS, OPEN_END
from .sop_source_sales import DEMAND_STAGE


class SopSource(models.AbstractModel):
    """Events, and what is needed to see what they add."""

    _inherit = "sop.source"

    @api.model
    def _read_events(self, company, first_day, last_day):
        """EVENTS that touch [first_day, last_day), one row a product: families are opened to
        their products that are for sale."""
        return EVENTS.build(
            self._query(
                SQL(
                    """
                SELECT event.id AS event_id, event.kind, scope.product_id,
                       COALESCE(CASE event.kind WHEN 'launch' THEN event.like_product_id
                                                WHEN 'phase_out' THEN event.successor_id END, 0)
                           AS other_id,
                       event.date_start::timestamp AS start,
                       (LEAST(event.date_end, %(forever)s::date - 1) + 1)::timestamp AS "end",
                       (CASE event.kind
                            WHEN 'promotion' THEN event.rate_uplift
                            WHEN 'launch' THEN event.rate_like
                            WHEN 'phase_out' THEN
                                CASE WHEN event.successor_id IS NULL THEN 0
                                     ELSE event.rate_transfer END
                            ELSE CASE WHEN event.certainty = 'probable'
                                      THEN event.rate_probability ELSE 1 END
                        END)::float8 AS rate,
                       -- units of a whole scope are shared equally by its products
                       COALESCE(event.qty, 0)::float8
                           / COUNT(*) OVER (PARTITION BY event.id) AS qty,
                       event.kind = 'promotion' AND event.uplift_unit = 'qty' AS is_qty,
                       COALESCE(event.ramp_months, 0) AS ramp_months,
                       COALESCE(usual.qty, 0)::float8 AS usual
                  FROM sop_event event
                  JOIN (%(scope)s) scope ON scope.event_id = event.id
             LEFT JOIN (%(usual)s) usual
                    ON usual.event_id = event.id AND usual.product_id = scope.product_id
                   AND NOT EXISTS (%(stronger)s)
                 WHERE event.company_id = %(company)s AND event.active
                   AND (event.kind IN ('launch', 'phase_out') OR
                        COALESCE(event.date_end, %(forever)s::date) >= %(first_day)s)
                   AND event.date_start < %(last_day)s
              ORDER BY event.id, scope.product_id
                """,
                    forever=OPEN_END,
                    scope=self._event_scope(company),
                    usual=self._usual_quantities(company),
                    stronger=self._stronger_commitments(company),
                    company=company.id,
                    first_day=first_day,
                    last_day=last_day,
                )
            )
        )

    def _event_scope(self, company):
        """Products of each event: event_id, product_id."""
        return SQL(
            """
            SELECT link.sop_event_id AS event_id, link.product_product_id AS product_id
              FROM product_product_sop_event_rel link
             UNION
            SELECT link.sop_event_id, product.id
              FROM product_category_sop_event_rel link
              JOIN product_category category ON category.sop_family_id = link.product_category_id
              JOIN product_template template
                ON template.categ_id = category.id AND template.type = 'consu'
               AND template.active AND template.sale_ok
               AND (template.company_id IS NULL OR template.company_id = ANY(%s))
              JOIN product_product product
                ON product.product_tmpl_id = template.id AND product.active
            """,
            list(company.parent_ids.ids),
        )

    def _stronger_commitments(self, company):
        """Another commitment of the same customer, product and time that is more certain, or
        larger: what the customer usually takes is set against one of them only."""
        certainty = "CASE WHEN {0}.certainty = 'probable' THEN {0}.rate_probability ELSE 1 END"
        return SQL(
            """
            SELECT FROM sop_event other
              JOIN (%(scope)s) other_scope ON other_scope.event_id = other.id
              JOIN res_partner other_partner ON other_partner.id = other.partner_id
              JOIN res_partner own_partner ON own_partner.id = event.partner_id
             WHERE other.kind = 'commitment' AND other.active
               AND other.company_id = event.company_id
               AND other_scope.product_id = scope.product_id
               AND other_partner.commercial_partner_id = own_partner.commercial_partner_id
               AND other.date_start <= COALESCE(event.date_end, %(forever)s::date)
               AND COALESCE(other.date_end, %(forever)s::date) >= event.date_start
               AND (%(other)s, COALESCE(other.qty, 0), -other.id)
                   > (%(own)s, COALESCE(event.qty, 0), -event.id)
            """,
            scope=self._event_scope(company),
            forever=OPEN_END,
            other=SQL(certainty.format("other")),
            own=SQL(certainty.format("event")),
        )

    def _usual_quantities(self, company):
        """Units a month that the customers of commitments took in the twelve months before:
        event_id, product_id, qty."""
        month = company._sop_month(company._sop_today())
        return SQL(
            """
            SELECT event.id AS event_id, demand.product_id, SUM(demand.qty) / 12 AS qty
              FROM %(demand)s demand
              JOIN res_partner partner ON partner.id = demand.partner_id
              JOIN res_partner customer
                ON customer.commercial_partner_id = partner.commercial_partner_id
              JOIN sop_event event ON event.partner_id = customer.id
               AND event.kind = 'commitment' AND event.company_id = %(company)s AND event.active
             WHERE demand.is_convertible AND demand.day >= %(since)s AND demand.day < %(month)s
          GROUP BY event.id, demand.product_id
            """,
            demand=DEMAND_STAGE,
            since=company._sop_months_after(month, -12),
            month=month,
            company=company.id,
        )

    @api.model
    def _read_launches(self, company, today, until):
        """Launches between two days: event_id, product_id, family_id, start, has_like, and the
        units at hand or on order: available."""
        return self._query(
            SQL(
                """
                SELECT event.id AS event_id, scope.product_id,
                       COALESCE(category.sop_family_id, 0) AS family_id,
                       event.date_start AS start,
                       event.like_product_id IS NOT NULL AS has_like,
                       COALESCE(stock.qty, 0)::float8 + COALESCE(supply.qty, 0)::float8
                           AS available
                  FROM sop_event event
                  JOIN (%(scope)s) scope ON scope.event_id = event.id
                  JOIN product_product product ON product.id = scope.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
             LEFT JOIN product_category category ON category.id = template.categ_id
             LEFT JOIN (SELECT quant.product_id, SUM(quant.quantity) AS qty
                          FROM stock_quant quant
                          JOIN stock_location place ON place.id = quant.location_id
                         WHERE place.usage = 'internal' AND quant.company_id = %(company)s
                      GROUP BY quant.product_id) stock ON stock.product_id = scope.product_id
             LEFT JOIN (SELECT move.product_id, SUM(move.product_qty) AS qty
                          FROM stock_move move
                          JOIN stock_location origin ON origin.id = move.location_id
                          JOIN stock_location target ON target.id = move.location_dest_id
                         WHERE move.company_id = %(company)s
                           AND move.state NOT IN ('done', 'cancel', 'draft')
                           AND target.usage = 'internal' AND origin.usage <> 'internal'
                      GROUP BY move.product_id) supply ON supply.product_id = scope.product_id
                 WHERE event.company_id = %(company)s AND event.active AND event.kind = 'launch'
                   AND event.date_start >= %(today)s AND event.date_start <= %(until)s
              ORDER BY event.id, scope.product_id
                """,
                scope=self._event_scope(company),
                company=company.id,
                today=today,
                until=until,
            )
        )
