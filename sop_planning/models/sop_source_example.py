from odoo import api, models
from odoo.tools import SQL

LOCK = 7_190_011  # of the example company, in this database
MANY_ROWS = 100  # inserted into a table by one transaction


class SopSource(models.AbstractModel):
    """Who is at work on the example company."""

    _inherit = "sop.source"

    @api.model
    def _lock_example(self):
        """Take the lock until the end of the transaction; whether it was free."""
        self.env.cr.execute("SELECT pg_try_advisory_xact_lock(%s)", (LOCK,))
        return self.env.cr.fetchone()[0]

    @api.model
    def _is_example_locked(self):
        """Whether another transaction holds the lock."""
        self.env.cr.execute(
            """
            SELECT EXISTS (
                SELECT FROM pg_locks
                 WHERE locktype = 'advisory' AND objid = %s AND classid = 0 AND objsubid = 1
                   AND granted AND pid <> pg_backend_pid()
                   AND database = (SELECT oid FROM pg_database
                                    WHERE datname = current_database()))
            """,
            (LOCK,),
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _analyze_filled(self):
        """Give PostgreSQL the statistics of the tables which this transaction filled.

        Whoever analyzes them from outside, as autovacuum does, sees them empty until the commit:
        from then on the planner would join a hundred thousand rows one by one, for hours. Until the
        end of the transaction autovacuum keeps away from the tables analyzed here.
        """
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT relname
              FROM pg_stat_xact_user_tables
             WHERE schemaname = current_schema AND n_tup_ins >= %s
          ORDER BY relname
            """,
            (MANY_ROWS,),
        )
        tables = [name for (name,) in self.env.cr.fetchall()]
        if tables:
            names = SQL(", ").join(SQL.identifier(name) for name in tables)
            self.env.cr.execute(SQL("ANALYZE %s", names))

    @api.model
    def _forget_company(self, company_id):
        """Drop the values that records of other companies keep for a company that is gone."""
        self.env.flush_all()
        for model in self.env.registry.models.values():
            if model._abstract or not model._auto:
                continue
            for field in model._fields.values():
                if field.company_dependent and field.store and not field.inherited:
                    self._forget_in(model._table, field.name, str(company_id))
        self.env.invalidate_all()

    def _forget_in(self, table, column, key):
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s SET %(column)s = NULLIF(%(column)s - %(key)s, '{}'::jsonb)"
                " WHERE jsonb_exists(%(column)s, %(key)s)",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                key=key,
            )
        )
