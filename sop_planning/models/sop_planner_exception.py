import json

import numpy as np
import pandas as pd

from odoo import models

from .. import engine
from .sop_planner_write import _nullable

SUBJECTS = ("event_id", "partner_id", "product_id", "family_id")
SNOOZE = ("date_snooze", "severity_answered", "deviation_answered", "note")
FIGURES = ["qty_consensus", "qty_reference", "deviation", "is_new", "amount_impact"]


class SopPlanner(models.AbstractModel):
    """Exceptions stored: the same cause stays the same record, with its owner and answer."""

    _inherit = "sop.planner"

    def _write_exceptions(self, cycle, kinds, rows, families):
        """Raise exceptions of these kinds, keep the ones already known with their state, owner and
        answer, and let those rest whose cause is gone.

        ``rows`` needs kind, severity and amount_impact; what it lacks of the subjects, figures,
        months (bucket_start, bucket_end) and facts takes its usual value.
        """
        known = self.env["sop.source"]._read_known_exceptions(cycle, kinds)
        if rows.empty and known.empty:
            return
        frame = self._exception_frame(cycle, rows, families)
        self._upsert(
            self.env["sop.exception"],
            ("cycle_id", "natural_key"),
            frame,
            insert_only=("state", "user_id", "active", *SNOOZE),
        )
        self._rest(known[~known["natural_key"].isin(frame["natural_key"])])
        self._reopen_worse(cycle, known, frame)
        self._cap(cycle)

    def _largest(self, cycle, rows):
        """As many rows as may be shown, by money, and those that people have answered."""
        rows = rows.reset_index(drop=True)
        top = engine.rank(rows["amount_impact"].to_numpy(float), cycle.company_id.sop_exception_cap)
        answered = self.env["sop.source"]._read_answered_keys(cycle)
        subjects = {name: rows[name] if name in rows else 0 for name in SUBJECTS}
        is_answered = _natural_keys(rows.assign(**subjects)).isin(answered)
        return rows.loc[np.union1d(top, np.flatnonzero(is_answered))]

    def _exception_frame(self, cycle, rows, families):
        until = cycle.company_id._sop_months_after(cycle.month, engine.REVIEW_MONTHS)
        rows = rows.drop(columns="id", errors="ignore").reset_index(drop=True)
        for name in (*SUBJECTS, *FIGURES):
            rows[name] = rows[name].fillna(0) if name in rows else 0
        for name, value in (
            ("bucket_start", cycle.month), ("bucket_end", until), ("facts", None),
            ("reference", None),
        ):  # fmt: skip
            if name not in rows:
                rows[name] = value
        owners = families.set_index("family_id")["user_id"].reindex(rows["family_id"])
        owners = owners.fillna(0).astype("int64").to_numpy()
        keys = _natural_keys(rows)
        snoozed = self.env["sop.source"]._read_snoozed(cycle).reindex(keys).set_axis(rows.index)
        was_amber = snoozed["severity_answered"].eq("amber")
        is_asleep = snoozed["date_snooze"].notna() & ~(was_amber & rows["severity"].eq("red"))
        return rows.assign(
            cycle_id=cycle.id,
            company_id=cycle.company_id.id,
            natural_key=keys,
            is_new=rows["is_new"].astype(bool),
            facts=[json.dumps(facts) if facts else None for facts in rows["facts"]],
            user_id=_nullable(np.where(owners > 0, owners, cycle.user_id.id)),
            state=np.where(is_asleep, "snoozed", "open"),
            **{name: snoozed[name].where(is_asleep).to_numpy() for name in SNOOZE},
            has_cause=True,
            active=True,
            **{name: _nullable(rows[name].astype("int64")) for name in SUBJECTS},
        )

    def _rest(self, gone):
        standing = gone.loc[gone["has_cause"].astype(bool), ["id"]]
        self._update(self.env["sop.exception"], standing.assign(has_cause=False))

    def _reopen_worse(self, cycle, known, frame):
        """An answer does not hold when amber has turned red, a rise into a fall, or the deviation
        has grown by more than amber; and a snooze ends on its day."""
        now = known.merge(frame[["natural_key", "severity", "deviation"]], on="natural_key")
        before = now["deviation_answered"].to_numpy(float)
        deviation = now["deviation"].to_numpy(float)
        is_red = (now["severity_answered"] == "amber") & (now["severity"] == "red")
        is_other = deviation * before < 0
        is_larger = np.abs(deviation) > np.abs(before) + cycle.company_id.sop_threshold_amber
        is_answered = (now["state"] != "open") & (now["severity_answered"] != "")
        worse = is_answered & (is_red | is_other | is_larger)
        awake = now["is_awake"].astype(bool) & ~worse
        exceptions = self.env["sop.exception"].sudo()
        exceptions.browse(now.loc[worse, "id"].tolist())._reopen_as_worse()
        exceptions.browse(now.loc[awake, "id"].tolist())._wake()

    def _cap(self, cycle):
        """Show the largest exceptions by money and those that people answered; the others wait."""
        rows = self.env["sop.source"]._read_exception_ranks(cycle)
        standing = np.flatnonzero(rows["has_cause"])
        top = engine.rank_and_cap(
            rows["amount_impact"].to_numpy(float)[standing],
            rows["severity"].to_numpy(str)[standing],
            cycle.company_id.sop_exception_cap,
        )
        shown = np.zeros(len(rows), bool)
        shown[standing[top]] = True
        shown[standing] |= rows["is_answered"].to_numpy(bool)[standing]
        self._update(self.env["sop.exception"], rows[["id"]].assign(active=shown))


def _natural_keys(rows):
    """What an exception is about, as one word: its kind, and all that it names."""
    keys = rows["kind"].astype(str)
    for name in SUBJECTS:
        number = pd.to_numeric(rows[name]).fillna(0).astype("int64")
        subject = name.removesuffix("_id")
        # the family of a product, customer or event may change without a new cause
        is_named = (number > 0) & ((name != "family_id") | (keys == rows["kind"]))
        keys = keys.where(~is_named, keys + ":" + subject + ":" + number.astype(str))
    return keys
