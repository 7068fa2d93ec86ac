from odoo import api, models
from odoo.tools import SQL


class SopSource(models.AbstractModel):
    """The exceptions as they stand, for steps that raise or rank them."""

    _inherit = "sop.source"

    @api.model
    def _read_known_exceptions(self, cycle, kinds):
        """Exceptions of these kinds: id, natural_key, state, has_cause, severity and deviation when
        they were answered, and whether a snooze is over: is_awake."""
        self.env["sop.exception"].flush_model()
        return self._query(
            SQL(
                """
                SELECT id, natural_key, state, COALESCE(has_cause, FALSE) AS has_cause,
                       COALESCE(severity_answered, '') AS severity_answered,
                       COALESCE(deviation_answered, 0)::float8 AS deviation_answered,
                       state = 'snoozed' AND COALESCE(date_snooze <= %s, FALSE) AS is_awake
                  FROM sop_exception
                 WHERE cycle_id = %s AND kind = ANY(%s)
              ORDER BY id
                """,
                cycle.company_id._sop_today(),
                cycle.id,
                list(kinds),
            )
        )

    @api.model
    def _read_snoozed(self, cycle):
        """Snoozes of the company's other cycles that still last, by natural_key: date_snooze, note,
        severity_answered, deviation_answered."""
        rows = self._query(
            SQL(
                """
                SELECT DISTINCT ON (natural_key) natural_key, date_snooze, note,
                       severity_answered, deviation_answered
                  FROM sop_exception
                 WHERE company_id = %s AND cycle_id <> %s AND state = 'snoozed'
                   AND date_snooze > %s
              ORDER BY natural_key, date_snooze DESC
                """,
                cycle.company_id.id,
                cycle.id,
                cycle.company_id._sop_today(),
            )
        )
        return rows.set_index("natural_key")

    @api.model
    def _read_answered_keys(self, cycle):
        """Natural keys of the cycle's exceptions that people answered."""
        self.env["sop.exception"].flush_model()
        rows = self._query(
            SQL(
                "SELECT natural_key FROM sop_exception WHERE cycle_id = %s AND state <> 'open'",
                cycle.id,
            )
        )
        return set(rows["natural_key"])

    @api.model
    def _read_exception_ranks(self, cycle):
        """All exceptions of the cycle: id, amount_impact, severity, has_cause, is_answered."""
        return self._query(
            SQL(
                """
                SELECT id, COALESCE(amount_impact, 0)::float8 AS amount_impact, severity,
                       COALESCE(has_cause, FALSE) AS has_cause, state <> 'open' AS is_answered
                  FROM sop_exception
                 WHERE cycle_id = %s
              ORDER BY id
                """,
                cycle.id,
            )
        )

    @api.model
    def _read_shown_deviations(self, cycle):
        """Whose deviations are shown: subject (product_id or family_id) and its id."""
        return self._query(
            SQL(
                """
                SELECT CASE WHEN product_id IS NULL THEN 'family_id' ELSE 'product_id' END
                           AS subject,
                       COALESCE(product_id, family_id) AS id
                  FROM sop_exception
                 WHERE cycle_id = %s AND kind = 'deviation' AND active
                """,
                cycle.id,
            )
        )
