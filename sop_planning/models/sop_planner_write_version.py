from psycopg2.extras import Json

from odoo import fields, models
from odoo.tools import SQL

from .sop_source_version import KEPT

EQUAL = "equal"


class SopPlanner(models.AbstractModel):
    """Versions and comparisons stored: one statement each. Nothing else writes a version."""

    _inherit = "sop.planner"

    def _insert_version(self, cycle, values):
        """A new version of the cycle with all its plan lines, and its hash. Returns it."""
        self.env.flush_all()
        columns = {
            "cycle_id": cycle.id,
            "company_id": cycle.company_id.id,
            "date_approved": fields.Datetime.now(),
            "create_uid": self.env.uid,
            "write_uid": self.env.uid,
            **{name: Json(v) if isinstance(v, dict) else v for name, v in values.items()},
        }
        [[version_id]] = self.env.execute_query(
            SQL(
                """
                INSERT INTO sop_plan_version (%s, create_date, write_date, number)
                     SELECT %s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC',
                            COALESCE(MAX(number), 0) + 1
                       FROM sop_plan_version WHERE cycle_id = %s
                  RETURNING id
                """,
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(SQL("%s", value) for value in columns.values()),
                cycle.id,
            )
        )
        version = self.env["sop.plan.version"].browse(version_id)
        self._insert_version_lines(cycle, version)
        self._write_hash(version)
        self.env["sop.plan.version"].invalidate_model()
        cycle.invalidate_recordset(["version_ids"])
        return version

    def _insert_version_lines(self, cycle, version):
        kept = SQL(", ").join(map(SQL.identifier, KEPT))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sop_plan_version_line
                            (version_id, company_id, product_id, bucket_start, family_id, %s)
                     SELECT %s, company_id, product_id, bucket_start, family_id, %s
                       FROM sop_demand_line
                      WHERE cycle_id = %s
                   ORDER BY product_id, bucket_start
                """,
                kept,
                version.id,
                kept,
                cycle.id,
            )
        )

    def _write_hash(self, version):
        hashes = self.env["sop.source"]._read_version_hashes(version)
        self.env.cr.execute(
            SQL(
                "UPDATE sop_plan_version SET hash = %s WHERE id = %s",
                hashes[version.id],
                version.id,
            )
        )

    def _write_comparison(self, compare, rows):
        """Store the lines of a comparison and, summed over the products, its causes."""
        figures = [name for name in rows.columns if name.startswith(("qty_", "amount_"))]
        rows = rows[rows[figures].ne(0).any(axis=1)]
        qty = (rows["qty_new"] - rows["qty_old"]).round(self._digits())
        amount = (rows["amount_new"] - rows["amount_old"]).round(2)
        is_equal = rows["kind"].eq("both") & qty.eq(0) & amount.eq(0)
        frame = rows.assign(
            compare_id=compare.id,
            company_id=compare.company_id.id,
            family_id=self._nullable(rows["family_id"]),
            kind=rows["kind"].mask(is_equal, EQUAL),
            qty_change=qty,
            amount_change=amount,
        )
        own = SQL("compare_id = %s", compare.id)
        self._upsert(
            self.env["sop.plan.comparison"],
            ("compare_id", "product_id", "bucket_start"),
            frame,
            gone=own,
        )
        self._write_bridge(compare, own)

    def _write_bridge(self, compare, own):
        """A row a family, month and cause that moved something."""
        bridge = self.env["sop.plan.bridge"]
        self.env.cr.execute(SQL("DELETE FROM sop_plan_bridge WHERE %s", own))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sop_plan_bridge
                            (compare_id, company_id, family_id, bucket_start, cause, qty, amount,
                             create_uid, write_uid, create_date, write_date)
                     SELECT line.compare_id, line.company_id, line.family_id, line.bucket_start,
                            part.cause, SUM(part.qty), SUM(part.amount), %s, %s,
                            now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                       FROM sop_plan_comparison line,
                    LATERAL (VALUES %s) part (cause, qty, amount)
                      WHERE %s AND (part.qty <> 0 OR part.amount <> 0)
                   GROUP BY line.compare_id, line.company_id, line.family_id, line.bucket_start,
                            part.cause
                """,
                self.env.uid,
                self.env.uid,
                SQL(", ").join(self._part(cause) for cause, _label in bridge._causes()),
                own,
            )
        )
        bridge.invalidate_model()

    def _part(self, cause):
        qty = SQL("0") if cause == "price" else SQL.identifier("line", f"qty_{cause}")
        return SQL("(%s, %s, %s)", cause, qty, SQL.identifier("line", f"amount_{cause}"))
