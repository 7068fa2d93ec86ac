from odoo import models
from odoo.tools import SQL

RECONSTRUCTED = "reconstructed"


class SopPlanner(models.AbstractModel):
    """The promise ledger completed by one statement each, for what was ordered before it began and
    for what loaders write past its hooks."""

    _inherit = "sop.planner"

    def _reconstruct_promises(self, company):
        """Make the company's ledger agree with its purchase lines; running it again changes
        nothing."""
        self.env.flush_all()
        # a ledger just filled has no statistics, and may be taken for empty
        self.env.cr.execute(SQL("SET LOCAL enable_nestloop = off"))
        self._withdraw_gone(company)
        missing = self._stage_missing(company)
        if missing:
            self._insert_reconstructed(company)
        self.env.cr.execute(SQL("SET LOCAL enable_nestloop = on"))
        self.env["sop.promise"].invalidate_model()
        changed = self.env["sop.source"]._read_changed_promises(company)
        lines = self.env["purchase.order.line"].sudo().browse(changed)
        self.env["sop.promise"].sudo()._record(lines)

    def _withdraw_gone(self, company):
        """Mark the promises of lines that are deleted, cancelled or not ordered any more."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE sop_promise promise
                   SET is_cancelled = TRUE, state = 'cancelled'
                 WHERE promise.company_id = %s AND promise.is_cancelled IS NOT TRUE
                   AND NOT EXISTS (
                       SELECT FROM purchase_order_line line
                         JOIN purchase_order purchase ON purchase.id = line.order_id
                        WHERE line.id = promise.order_line_id
                          AND purchase.state = 'purchase' AND line.product_qty > 0)
                """,
                company.id,
            )
        )

    def _stage_missing(self, company):
        """Stage the confirmed lines of goods without a standing promise; returns how many."""
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS sop_promise_missing"))
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMPORARY TABLE sop_promise_missing ON COMMIT DROP AS
                SELECT line.id AS line_id
                  FROM purchase_order_line line
                  JOIN purchase_order purchase ON purchase.id = line.order_id
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                 WHERE purchase.company_id = %s AND purchase.state = 'purchase'
                   AND line.display_type IS NULL AND line.is_downpayment IS NOT TRUE
                   AND template.type = 'consu' AND line.product_qty > 0
                   AND line.date_planned IS NOT NULL
                   AND NOT EXISTS (SELECT FROM sop_promise standing
                                    WHERE standing.order_line_id = line.id
                                      AND standing.is_cancelled IS NOT TRUE)
                """,
                company.id,
            )
        )
        count = self.env.cr.rowcount
        if count:
            self.env.cr.execute(SQL("ANALYZE sop_promise_missing"))
        return count

    def _insert_reconstructed(self, company):
        """Enter the staged lines.

        The deadline of the first receipt is the date that stood when the goods came: where the line
        shows another one, it was changed since, and both are entered.
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sop_promise (
                       company_id, order_line_id, order_id, order_name, partner_id, product_id,
                       date_promised, date_planned, date_recorded, source, sequence, is_first,
                       is_last, is_window, is_cancelled, days_moved, qty, qty_received, amount,
                       state, create_uid, create_date, write_uid, write_date)
                SELECT line.company_id, line.line_id, line.order_id, line.order_name,
                       line.partner_id, line.product_id,
                       entry.day, entry.planned, entry.recorded, %(source)s,
                       line.before + entry.number - 1 + CASE WHEN line.is_moved THEN 1 ELSE 0 END,
                       entry.number = 0 OR NOT line.is_moved, entry.number = 1,
                       entry.number = 0 OR NOT line.is_moved, FALSE,
                       CASE WHEN entry.number = 1 AND line.is_moved
                            THEN line.day - line.first_day ELSE 0 END,
                       line.qty, 0, line.amount,
                       'open', %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM (%(lines)s) line
                  JOIN LATERAL (VALUES
                       (0, line.first_day, line.first_deadline, line.ordered),
                       (1, line.day, line.planned,
                        CASE WHEN line.is_moved THEN line.first_receipt ELSE line.ordered END))
                       AS entry (number, day, planned, recorded)
                    ON entry.number = 1 OR line.is_moved
              ORDER BY line.line_id, entry.number
           ON CONFLICT DO NOTHING
                """,
                source=RECONSTRUCTED,
                uid=self.env.uid,
                lines=self._missing_promises(company),
            )
        )
        # never wait for the refresh of another company that does the same
        self.env.cr.execute(SQL("ANALYZE (SKIP_LOCKED) sop_promise"))

    def _missing_promises(self, company):
        """The staged lines with all that an entry is made of."""
        zone = company._sop_timezone()
        return SQL(
            """
            SELECT line.id AS line_id, purchase.company_id, purchase.id AS order_id,
                   purchase.name AS order_name, vendor.commercial_partner_id AS partner_id,
                   line.product_id, line.date_planned AS planned, %(day)s AS day,
                   COALESCE(purchase.date_approve, purchase.date_order, line.create_date)
                       AS ordered,
                   line.product_qty * unit.factor / product_unit.factor AS qty,
                   line.price_subtotal / COALESCE(NULLIF(purchase.currency_rate, 0), 1) AS amount,
                   1 + COALESCE(earlier.sequence, 0) AS before,
                   receipt.date_deadline AS first_deadline, %(first_day)s AS first_day,
                   receipt.date AS first_receipt,
                   COALESCE(%(first_day)s <> %(day)s, FALSE) AS is_moved
              FROM sop_promise_missing missing
              JOIN purchase_order_line line ON line.id = missing.line_id
              JOIN purchase_order purchase ON purchase.id = line.order_id
              JOIN res_partner vendor ON vendor.id = purchase.partner_id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              JOIN uom_uom unit ON unit.id = line.product_uom_id
              JOIN uom_uom product_unit ON product_unit.id = template.uom_id
         LEFT JOIN (
                   SELECT withdrawn.order_line_id, MAX(withdrawn.sequence) AS sequence
                     FROM sop_promise withdrawn
                     JOIN sop_promise_missing again ON again.line_id = withdrawn.order_line_id
                 GROUP BY withdrawn.order_line_id) earlier
                ON earlier.order_line_id = line.id
         LEFT JOIN (
                   SELECT DISTINCT ON (move.purchase_line_id) move.purchase_line_id,
                          move.date, move.date_deadline
                     FROM stock_move move
                     JOIN sop_promise_missing wanted ON wanted.line_id = move.purchase_line_id
                     JOIN stock_location target ON target.id = move.location_dest_id
                    WHERE move.state = 'done' AND target.usage <> 'supplier'
                      AND move.date_deadline IS NOT NULL
                 ORDER BY move.purchase_line_id, move.date, move.id) receipt
                ON receipt.purchase_line_id = line.id
            """,
            day=SQL("(line.date_planned AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", zone),
            first_day=SQL("(receipt.date_deadline AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", zone),
        )
