import io

import numpy as np
import pandas as pd

from odoo import models
from odoo.tools import SQL

from .. import engine

STAGE = SQL.identifier("sop_stage")
# tables of a plan in which people write
SEALED = (
    "sop.demand.line",
    "sop.demand.product",
    "sop.demand.review",
    "sop.exception",
    "sop.supply.gap",
    "sop.supplier.risk",
)


class SopPlanner(models.AbstractModel):
    _inherit = "sop.planner"

    def _write_history(self, cycle, base):
        """Store the ordered quantities of the closed months; months without any have no row."""
        product, month = np.nonzero((base.past.qty != 0) | (base.past.amount != 0))
        frame = pd.DataFrame(
            {
                "company_id": cycle.company_id.id,
                "product_id": base.product_ids[product],
                "family_id": _nullable(base.family_ids[product]),
                "bucket_start": base.past.buckets.starts[month],
                "qty": np.round(base.past.qty[product, month], self._digits()),
                "amount": np.round(base.past.amount[product, month], 2),
            }
        )
        self._upsert(
            self.env["sop.demand.history"],
            ("company_id", "product_id", "bucket_start"),
            frame,
            gone=SQL(
                "company_id = %s AND bucket_start >= %s AND bucket_start < %s",
                cycle.company_id.id,
                base.past.buckets.starts[0].date(),
                cycle.month,
            ),
        )

    def _write_lines(self, cycle, lines):
        """Store the plan lines; what people entered is inserted with a new line, never updated."""
        frame = lines.assign(
            cycle_id=cycle.id,
            company_id=cycle.company_id.id,
            family_id=_nullable(lines["family_id"]),
            price_unit=lines["price_unit"].round(6),
            version=0,
        )
        self._upsert(
            self.env["sop.demand.line"],
            ("cycle_id", "product_id", "bucket_start"),
            frame,
            insert_only=("qty_sales", "is_sales", "qty_override", "is_overridden", "version"),
            gone=SQL(
                "cycle_id = %s AND is_overridden IS NOT TRUE AND is_sales IS NOT TRUE", cycle.id
            ),
        )

    def _write_products(self, cycle, base, forecast, reference):
        facts = self._product_facts(base, forecast, reference)
        frame = facts.assign(
            cycle_id=cycle.id,
            company_id=cycle.company_id.id,
            family_id=_nullable(facts["family_id"]),
            severity="none",
            is_locked=False,
        )
        self._upsert(
            self.env["sop.demand.product"],
            ("cycle_id", "product_id"),
            frame,
            insert_only=("severity", "is_locked"),
            gone=SQL("cycle_id = %s", cycle.id),
        )

    def _write_reviews(self, cycle, base, families, kind, reference):
        """Store a review a family that has planned products; a family that lost them keeps its."""
        owners = families.set_index("family_id")["user_id"]
        figures = self._last_year_by_family(base)
        figures["qty_reference"] = np.round(
            engine.family_reference(kind, base, reference), self._digits()
        )
        planned = np.setdiff1d(base.family_ids[base.is_planned], [0])
        kept = self.env["sop.source"]._read_review_families(cycle)
        frame = figures.reindex(np.union1d(planned, kept), fill_value=0.0)
        owner = owners.reindex(frame.index).fillna(0).astype("int64").to_numpy()
        frame = (
            frame.rename_axis("family_id")
            .reset_index()
            .assign(
                cycle_id=cycle.id,
                company_id=cycle.company_id.id,
                user_id=_nullable(np.where(owner > 0, owner, cycle.user_id.id)),
                state="todo",
                severity="none",
                reference=kind,
            )
        )
        self._upsert(
            self.env["sop.demand.review"],
            ("cycle_id", "family_id"),
            frame,
            insert_only=("user_id", "state", "severity"),
        )

    def _last_year_by_family(self, base):
        # one row a family: what was ordered in the twelve months before the cycle
        last_year = slice(-engine.SEASON, None)
        ids, qty = engine.by_family(base, base.past.qty[:, last_year].sum(axis=1))
        _ids, amount = engine.by_family(base, base.past.amount[:, last_year].sum(axis=1))
        return pd.DataFrame(
            {
                "qty_last_year": np.round(qty, self._digits()),
                "amount_last_year": np.round(amount, 2),
            },
            index=ids,
        )

    def _upsert_corrections(self, cycle, months, frame):
        """Store corrections; reversed ones and those made by hand are kept for good."""
        self._upsert(
            self.env["sop.demand.correction"],
            ("company_id", "product_id", "bucket_start"),
            frame,
            insert_only=("is_applied",),
            gone=SQL(
                "company_id = %s AND bucket_start >= %s AND bucket_start < %s"
                " AND kind <> 'manual' AND is_applied",
                cycle.company_id.id,
                months.starts[0].date(),
                cycle.month,
            ),
        )

    def _upsert_effects(self, cycle, frame):
        self._upsert(
            self.env["sop.event.effect"],
            ("cycle_id", "event_id", "product_id", "bucket_start"),
            frame,
            gone=SQL("cycle_id = %s", cycle.id),
        )

    def _seal(self, cycles):
        """Give every row of frozen plans a new version, with the figures that it has: a change
        that began before and is still under way cannot be stored any more. Its transaction begins
        again, and then it is refused."""
        self.env.flush_all()
        for name in SEALED:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET cycle_id = cycle_id WHERE cycle_id = ANY(%s)",
                    SQL.identifier(self.env[name]._table),
                    list(cycles.ids),
                )
            )

    def _nullable(self, ids):
        return _nullable(ids)

    def _upsert(self, model, key, frame, insert_only=(), gone=None):
        """Bring a model's rows in line with a table, matched on their natural key.

        New rows are inserted, changed ones updated, equal ones left alone (their ids, write dates
        and row versions stay), and rows that match ``gone`` but have no row in the table deleted.
        Columns in ``insert_only`` are written with a new row only. One statement each.
        """
        self.env.flush_all()
        names = [name for name in frame.columns if name in model._fields]
        frame = frame[names]
        self._stage(model, frame)
        update = [name for name in names if name not in (*key, *insert_only)]
        self._insert_staged(model, names, key, update)
        if gone is not None:
            self._delete_unstaged(model, key, gone)
        self.env.cr.execute(SQL("DROP TABLE %s", STAGE))
        model.invalidate_model()

    def _stage(self, model, frame):
        """Copy a table into a temporary one with the types of the model's columns."""
        columns = _identifiers(frame.columns)
        self.env.cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE %s ON COMMIT DROP AS SELECT %s FROM %s WITH NO DATA",
                STAGE,
                columns,
                SQL.identifier(model._table),
            )
        )
        data = io.StringIO(frame.to_csv(index=False, header=False))
        self.env.cr.copy_expert(f"COPY sop_stage ({_names(frame.columns)}) FROM STDIN CSV", data)
        self.env.cr.execute(SQL("ANALYZE %s", STAGE))

    def _insert_staged(self, model, names, key, update):
        table = SQL.identifier(model._table)
        log = ["create_uid", "create_date", "write_uid", "write_date"] if model._log_access else []
        stamp = SQL("%s, now() AT TIME ZONE 'UTC'", self.env.uid)
        changed = [SQL("%s = EXCLUDED.%s", SQL.identifier(n), SQL.identifier(n)) for n in update]
        if log:
            changed += [SQL("write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date")]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s AS target (%s) SELECT %s FROM %s"
                " ON CONFLICT (%s) DO UPDATE SET %s WHERE (%s) IS DISTINCT FROM (%s)",
                table,
                _identifiers([*names, *log]),
                SQL(", ").join([_identifiers(names), *([stamp, stamp] if log else [])]),
                STAGE,
                _identifiers(key),
                SQL(", ").join(changed),
                _identifiers(update, "target"),
                _identifiers(update, "excluded"),
            )
        )

    def _delete_unstaged(self, model, key, gone):
        """A table filled for the first time has no statistics: without the setting PostgreSQL may
        compare every row with every other one."""
        self.env.cr.execute(SQL("SET LOCAL enable_nestloop = off"))
        matches = [
            SQL("%s = %s", SQL.identifier("target", n), SQL.identifier("sop_stage", n)) for n in key
        ]
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s AS target WHERE %s AND NOT EXISTS (SELECT FROM %s WHERE %s)",
                SQL.identifier(model._table),
                gone,
                STAGE,
                SQL(" AND ").join(matches),
            )
        )
        self.env.cr.execute(SQL("SET LOCAL enable_nestloop = on"))

    def _update(self, model, frame):
        """Write a table with an ``id`` column to existing rows, one statement."""
        names = [name for name in frame.columns if name != "id"]
        self._stage(model, frame)
        self.env.cr.execute(
            SQL(
                "UPDATE %s AS target SET %s FROM %s WHERE target.id = %s"
                " AND (%s) IS DISTINCT FROM (%s)",
                SQL.identifier(model._table),
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(n), SQL.identifier("sop_stage", n)) for n in names
                ),
                STAGE,
                SQL.identifier("sop_stage", "id"),
                _identifiers(names, "target"),
                _identifiers(names, "sop_stage"),
            )
        )
        self.env.cr.execute(SQL("DROP TABLE %s", STAGE))
        model.invalidate_model()


def _identifiers(names, table=None):
    return SQL(", ").join(
        SQL.identifier(table, name) if table else SQL.identifier(name) for name in names
    )


def _names(names):
    return ", ".join(f'"{name}"' for name in names)


def _nullable(ids):
    """Ids as a column in which 0 is NULL."""
    ids = pd.Series(np.asarray(ids, dtype="int64"))
    return ids.where(ids > 0).astype("Int64").to_numpy(object, na_value=None)
