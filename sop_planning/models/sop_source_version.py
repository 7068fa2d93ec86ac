from odoo import api, models
from odoo.tools import SQL

# what a version's line keeps, in the order in which the hash reads it
KEPT = (
    "qty_statistical", "qty_season", "qty_event", "qty_pipeline", "qty_sales", "is_sales",
    "qty_override", "is_overridden", "qty_consensus", "price_unit", "amount_consensus",
)  # fmt: skip
HEAD = (
    "cycle_id", "number", "user_id", "requested_by_id", "scenario_text", "reason", "figures",
    "fingerprint",
)  # fmt: skip


class SopSource(models.AbstractModel):
    """Plans and their versions, read for freezing, checking and comparing."""

    _inherit = "sop.source"

    @api.model
    def _read_plan(self, plan, first_day, until):
        """The lines of a version, or the present ones of a cycle, from a month on and before
        another: what the engine's bridge takes."""
        self.env.flush_all()
        is_version = plan._name == "sop.plan.version"
        lines = self.env["sop.plan.version.line" if is_version else "sop.demand.line"]
        return self._query(
            SQL(
                """
                SELECT product_id, bucket_start::timestamp AS bucket_start,
                       COALESCE(family_id, 0) AS family_id,
                       (COALESCE(qty_statistical, 0) + COALESCE(qty_season, 0))::float8
                           AS qty_statistical,
                       COALESCE(qty_event, 0)::float8 AS qty_event,
                       COALESCE(qty_pipeline, 0)::float8 AS qty_pipeline,
                       COALESCE(qty_sales, 0)::float8 AS qty_sales,
                       COALESCE(is_sales, FALSE) AS is_sales,
                       COALESCE(qty_override, 0)::float8 AS qty_override,
                       COALESCE(is_overridden, FALSE) AS is_overridden,
                       COALESCE(qty_consensus, 0)::float8 AS qty_consensus,
                       COALESCE(price_unit, 0)::float8 AS price_unit,
                       COALESCE(amount_consensus, 0)::float8 AS amount_consensus
                  FROM %s
                 WHERE %s = %s AND bucket_start >= %s AND bucket_start < %s
                """,
                SQL.identifier(lines._table),
                SQL.identifier("version_id" if is_version else "cycle_id"),
                plan.id,
                first_day,
                until,
            )
        ).astype({"bucket_start": "datetime64[s]"})

    @api.model
    def _read_plan_totals(self, cycle, until):
        """What the cycle's plan adds up to, units and money before ``until``: one row."""
        self.env.flush_all()
        rows = self._query(
            SQL(
                """
                SELECT COUNT(*) AS lines, COUNT(DISTINCT product_id) AS products,
                       COUNT(DISTINCT family_id) AS families,
                       COUNT(*) FILTER (WHERE is_overridden) AS overrides,
                       COUNT(*) FILTER (WHERE is_sales) AS sales_inputs,
                       COALESCE(SUM(qty_consensus) FILTER (WHERE bucket_start < %(until)s), 0)
                           ::float8 AS qty_year,
                       COALESCE(SUM(amount_consensus) FILTER (WHERE bucket_start < %(until)s), 0)
                           ::float8 AS amount_year,
                       COALESCE(SUM(qty_consensus), 0)::float8 AS qty,
                       COALESCE(SUM(amount_consensus), 0)::float8 AS amount
                  FROM sop_demand_line
                 WHERE cycle_id = %(cycle)s
                """,
                until=until,
                cycle=cycle.id,
            )
        )
        counts = dict.fromkeys(("lines", "products", "families", "overrides", "sales_inputs"), int)
        return rows.astype(counts).astype(object).to_dict("records")[0]

    @api.model
    def _read_version_hashes(self, versions):
        """SHA-256 of the stored figures and lines of versions, {version id: hash}.

        Canonical: what was decided as a JSON array, then a line a row in the order of product and
        month, its figures without trailing zeros; so the same figures have the same hash in every
        database.
        """
        self.env.flush_all()
        if not versions.ids:
            return {}
        rows = self._query(
            SQL(
                """
                SELECT version.id, encode(sha256(convert_to(
                           %s || E'\\n' || COALESCE(string_agg(
                               %s, E'\\n' ORDER BY line.product_id, line.bucket_start), ''),
                           'UTF8')), 'hex') AS hash
                  FROM sop_plan_version version
             LEFT JOIN sop_plan_version_line line ON line.version_id = version.id
                 WHERE version.id = ANY(%s)
              GROUP BY version.id
                """,
                self._version_head(),
                self._version_row(),
                list(versions.ids),
            )
        )
        return dict(zip(rows["id"].tolist(), rows["hash"]))

    def _version_head(self):
        columns = SQL(", ").join(SQL.identifier("version", name) for name in HEAD)
        return SQL(
            "jsonb_build_array(%s, to_char(version.date_approved, 'YYYY-MM-DD HH24:MI:SS'))::text",
            columns,
        )

    def _version_row(self):
        fields = self.env["sop.plan.version.line"]._fields
        parts = [
            SQL("COALESCE(line.%s, FALSE)::int", SQL.identifier(name))
            if fields[name].type == "boolean"
            else SQL("trim_scale(COALESCE(line.%s, 0)::numeric)", SQL.identifier(name))
            for name in KEPT
        ]
        return SQL(
            "CASE WHEN line.id IS NOT NULL THEN concat_ws('|', line.product_id,"
            " to_char(line.bucket_start, 'YYYY-MM-DD'), COALESCE(line.family_id, 0), %s) END",
            SQL(", ").join(parts),
        )
