from odoo import api, models
from odoo.tools import SQL

# moves of a purchase line by which something is still expected
ENDED_MOVES = ("done", "cancel")


class SopSource(models.AbstractModel):
    """What vendors promised, and what came."""

    _inherit = "sop.source"

    @api.model
    def _stage_promises(self, company, since):
        """The lines that the feeds below are about: last promised on or after ``since``, or with an
        entry not judged yet. Staged, so that the database knows how many there are."""
        self.env.cr.execute(
            SQL(
                """
                DROP TABLE IF EXISTS sop_promise_stage;
                CREATE TEMPORARY TABLE sop_promise_stage ON COMMIT DROP AS
                SELECT promised.line_id,
                       COALESCE(bool_and(move.state = ANY(%(ended)s)), FALSE) AS is_closed
                  FROM (SELECT DISTINCT order_line_id AS line_id
                          FROM sop_promise
                         WHERE company_id = %(company)s AND order_line_id IS NOT NULL
                           AND is_cancelled IS NOT TRUE
                           AND (state = 'open' OR (is_last AND date_promised >= %(since)s)))
                       AS promised
             LEFT JOIN stock_move move ON move.purchase_line_id = promised.line_id
              GROUP BY promised.line_id;
                ANALYZE sop_promise_stage
                """,
                ended=list(ENDED_MOVES),
                company=company.id,
                since=since,
            )
        )

    @api.model
    def _read_promises(self, company, since):
        """A row a confirmed purchase line last promised on or after ``since``: the columns of
        PROMISES, and order_name. A line is closed when all its transfers have ended; without any it
        is still expected."""
        return self._query(
            SQL(
                """
                SELECT last.order_line_id AS line_id, last.partner_id, line.product_id,
                       counted.date_promised::timestamp AS first_day,
                       last.date_promised::timestamp AS last_day,
                       LEAST(counted.qty, last.qty)::float8 AS qty_first, last.qty::float8 AS qty,
                       (COALESCE(line.price_subtotal, 0)
                            / COALESCE(NULLIF(purchase.currency_rate, 0), 1))::float8 AS amount,
                       FALSE AS is_cancelled, stage.is_closed,
                       purchase.name AS order_name
                  FROM sop_promise_stage stage
                  JOIN sop_promise last ON last.order_line_id = stage.line_id
                  JOIN sop_promise counted
                    ON counted.order_line_id = last.order_line_id
                   AND counted.is_window AND counted.is_cancelled IS NOT TRUE
                  JOIN purchase_order_line line ON line.id = last.order_line_id
                  JOIN purchase_order purchase ON purchase.id = line.order_id
                 WHERE last.company_id = %(company)s AND last.is_last
                   AND last.is_cancelled IS NOT TRUE AND last.date_promised >= %(since)s
                   AND last.partner_id IS NOT NULL
              ORDER BY last.order_line_id
                """,
                company=company.id,
                since=since,
            )
        )

    @api.model
    def _read_promise_entries(self):
        """Every entry of the ledger that may have to be judged: the columns of ENTRIES, and the
        state, qty_received and days_late stored with it."""
        return self._query(
            SQL(
                """
                SELECT entry.id AS entry_id, entry.order_line_id AS line_id,
                       entry.date_promised::timestamp AS day, entry.qty::float8 AS qty,
                       COALESCE(entry.is_cancelled, FALSE) AS is_cancelled,
                       stage.is_closed, entry.state,
                       COALESCE(entry.qty_received, 0)::float8 AS qty_received,
                       entry.days_late::float8 AS days_late
                  FROM sop_promise_stage stage
                  JOIN sop_promise entry ON entry.order_line_id = stage.line_id
                 WHERE entry.is_cancelled IS NOT TRUE
              ORDER BY entry.id
                """
            )
        )

    @api.model
    def _read_received(self, company):
        """RECEIVED: what came for the lines of the two feeds above, by the company's day.

        As Odoo counts: what is returned to the vendor is taken off, and an exchange (a return that
        does not update the order) changes nothing. Goods sent straight to the customer have come
        when they arrive there. A kit comes as its components: a share of each is that share of the
        kit's quantity, divided by the number of components.
        """
        return self._query(
            SQL(
                """
                WITH receipts AS (%(receipts)s),
                     components AS (
                     SELECT line_id, product_id, SUM(demand) AS qty,
                            COUNT(*) OVER (PARTITION BY line_id) AS number
                       FROM receipts
                      WHERE NOT is_same AND direction > 0
                   GROUP BY line_id, product_id)
                SELECT receipt.line_id, receipt.day::timestamp AS day,
                       SUM(receipt.direction * CASE WHEN receipt.is_same THEN receipt.qty
                           ELSE receipt.line_qty * receipt.qty / component.qty / component.number
                           END)::float8 AS qty
                  FROM receipts receipt
             LEFT JOIN components component
                    ON component.line_id = receipt.line_id
                   AND component.product_id = receipt.product_id AND component.qty > 0
                 WHERE receipt.is_done AND (receipt.is_same OR component.qty > 0)
              GROUP BY receipt.line_id, receipt.day
              ORDER BY receipt.line_id, receipt.day
                """,
                receipts=self._receipts(company),
            )
        )

    def _receipts(self, company):
        """The moves of the promised lines, in product units: direction 1 in, -1 back."""
        return SQL(
            """
            SELECT move.purchase_line_id AS line_id, move.product_id,
                   move.product_id = line.product_id AS is_same,
                   move.state = 'done' AS is_done, %(day)s AS day,
                   CASE WHEN target.usage = 'supplier' THEN -1 ELSE 1 END AS direction,
                   move.quantity::float8 * unit.factor::float8 / product_unit.factor AS qty,
                   %(demand)s AS demand,
                   line.product_qty::float8 * line_unit.factor::float8
                       / COALESCE(line_product_unit.factor, 1) AS line_qty
              FROM %(moves)s
              JOIN purchase_order_line line ON line.id = move.purchase_line_id
              JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
              JOIN product_product line_product ON line_product.id = line.product_id
              JOIN product_template line_template ON line_template.id = line_product.product_tmpl_id
              JOIN uom_uom line_product_unit ON line_product_unit.id = line_template.uom_id
              JOIN stock_location origin ON origin.id = move.location_id
              JOIN stock_location target ON target.id = move.location_dest_id
              JOIN sop_promise_stage stage ON stage.line_id = move.purchase_line_id
             WHERE move.state <> 'cancel'
               AND target.usage IN ('internal', 'customer', 'supplier')
               AND (origin.usage <> 'customer' OR target.usage = 'supplier')
               AND (move.origin_returned_move_id IS NULL OR move.to_refund)
            """,
            day=self._move_day(company),
            demand=self._move_qty(),
            moves=self._moves(),
        )

    @api.model
    def _read_changed_promises(self, company):
        """Ids of ordered lines that promise another day or quantity than their last entry: changed
        past the hooks."""
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id
                  FROM sop_promise last
                  JOIN purchase_order_line line ON line.id = last.order_line_id
                  JOIN purchase_order purchase ON purchase.id = line.order_id
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN uom_uom unit ON unit.id = line.product_uom_id
                  JOIN uom_uom product_unit ON product_unit.id = template.uom_id
                 WHERE last.company_id = %s AND last.is_last AND last.is_cancelled IS NOT TRUE
                   AND purchase.state = 'purchase' AND line.date_planned IS NOT NULL
                   AND (line.date_planned IS DISTINCT FROM last.date_planned
                        OR abs(line.product_qty * unit.factor / product_unit.factor - last.qty)
                           > 0.005)
              ORDER BY line.id
                """,
                company.id,
            )
        )
        return [line_id for (line_id,) in self.env.cr.fetchall()]

    @api.model
    def _read_spend(self, company, since):
        """What was ordered from each vendor since a day, goods only: partner_id, amount_spend in
        company currency without taxes."""
        return self._query(
            SQL(
                """
                SELECT vendor.commercial_partner_id AS partner_id,
                       SUM(COALESCE(line.price_subtotal, 0)
                           / COALESCE(NULLIF(purchase.currency_rate, 0), 1))::float8 AS amount_spend
                  FROM purchase_order purchase
                  JOIN purchase_order_line line ON line.order_id = purchase.id
                  JOIN res_partner vendor ON vendor.id = purchase.partner_id
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                 WHERE purchase.company_id = %s AND purchase.state = 'purchase'
                   AND COALESCE(purchase.date_approve, purchase.date_order) >= %s
                   AND line.display_type IS NULL AND template.type = 'consu'
              GROUP BY vendor.commercial_partner_id
              ORDER BY vendor.commercial_partner_id
                """,
                company.id,
                since,
            )
        )

    @api.model
    def _read_buyers(self, company):
        """Vendors with the buyer who is responsible for them, if he may see the company:
        partner_id, user_id."""
        return self._query(
            SQL(
                """
                SELECT partner.id AS partner_id, partner.buyer_id AS user_id
                  FROM res_partner partner
                  JOIN res_users buyer ON buyer.id = partner.buyer_id AND buyer.active
                 WHERE EXISTS (SELECT FROM res_company_users_rel
                                WHERE cid = %s AND user_id = buyer.id)
              ORDER BY partner.id
                """,
                company.id,
            )
        )

    @api.model
    def _read_known_risks(self, cycle):
        """The cycle's supplier risks: id, partner_id, state, missed_answered, is_awake (a snooze is
        over)."""
        self.env["sop.supplier.risk"].flush_model()
        return self._query(
            SQL(
                """
                SELECT id, partner_id, state, COALESCE(missed_answered, 0) AS missed_answered,
                       state = 'snoozed' AND COALESCE(date_snooze <= %s, FALSE) AS is_awake
                  FROM sop_supplier_risk
                 WHERE cycle_id = %s
              ORDER BY id
                """,
                cycle.company_id._sop_today(),
                cycle.id,
            )
        )

    @api.model
    def _read_snoozed_risks(self, cycle):
        """Snoozes of the company's other cycles that still last, by partner_id: date_snooze, note,
        missed_answered."""
        return self._query(
            SQL(
                """
                SELECT DISTINCT ON (partner_id) partner_id, date_snooze, note, missed_answered
                  FROM sop_supplier_risk
                 WHERE company_id = %s AND cycle_id <> %s AND state = 'snoozed'
                   AND date_snooze > %s
              ORDER BY partner_id, date_snooze DESC
                """,
                cycle.company_id.id,
                cycle.id,
                cycle.company_id._sop_today(),
            )
        ).set_index("partner_id")
