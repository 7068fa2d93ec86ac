import json
from datetime import timedelta

import numpy as np
import pandas as pd

from odoo import models
from odoo.tools import SQL

from ..engine import suppliers as engine
from .sop_planner_write import _nullable

YEAR = timedelta(days=365)  # over which vendors are measured
WINDOWS_NAMED, ORDERS_NAMED = 3, 2  # in the sentence
ANSWER = ("state", "user_id", "note", "date_snooze", "missed_answered")
RATES = ("rate_otif_first", "rate_otif_last", "days_late_mean", "days_late_std")
MONEY = ("amount_overdue", "amount_open", "amount_spend")
COUNTS = ("windows_due", "missed_windows", "lines_due", "lines_open", "lines_overdue")


class SopPlanner(models.AbstractModel):
    """How vendors keep their promises, and what depends on them."""

    _inherit = "sop.planner"

    def _supplier_facts(self, company, today):
        """One row a vendor that was promised by or ordered from in the last twelve months: the
        columns of ``engine.supplier_facts``, amount_spend, and facts (what the sentence names)."""
        since = today - YEAR
        source = self.env["sop.source"]
        received = self._judge_promises(company, today)
        rows = source._read_promises(company, since)
        promises = engine.PROMISES.build(rows[list(engine.PROMISES.columns)])
        tolerance = company.sop_window_tolerance_days
        facts = engine.supplier_facts(
            promises, received, today, company.sop_missed_windows, tolerance
        )
        named = self._missed_windows(rows, engine.line_facts(promises, received, today, tolerance))
        facts = facts.merge(source._read_spend(company, since), on="partner_id", how="outer")
        filled = dict.fromkeys((*COUNTS, *MONEY, "qty_overdue"), 0)
        facts = facts.fillna({**filled, "is_flagged": False})
        types = {**dict.fromkeys(COUNTS, "int64"), "is_flagged": bool, "partner_id": "int64"}
        return facts.assign(facts=facts["partner_id"].map(named)).astype(types)

    def _judge_promises(self, company, today):
        """Write what became of each promise that is not settled: kept, missed, how late. Returns
        the receipts (RECEIVED) that tell."""
        source = self.env["sop.source"]
        self.env.flush_all()
        source._stage_promises(company, today - YEAR)
        received = engine.RECEIVED.build(source._read_received(company))
        rows = source._read_promise_entries()
        entries = engine.ENTRIES.build(rows[list(engine.ENTRIES.columns)])
        states = engine.promise_states(entries, received, today, company.sop_window_tolerance_days)
        late, was_late = (table["days_late"].astype("float64") for table in (states, rows))
        changed = (
            (states["state"] != rows["state"])
            | ~np.isclose(states["qty_received"], rows["qty_received"].astype("float64"))
            | ~np.isclose(late, was_late, equal_nan=True)
        )
        states = states.rename(columns={"entry_id": "id"}).assign(has_days_late=late.notna())
        states["qty_received"] = states["qty_received"].round(self._digits())
        if changed.any():
            self._update(self.env["sop.promise"], states[changed])
        return received

    def _missed_windows(self, rows, lines):
        """By vendor: its latest missed windows in a row with their orders, as JSON."""
        windows = engine.delivery_windows(lines)
        kept = windows[~windows["is_missed"]].groupby("partner_id")["place"].min()
        until = kept.reindex(windows["partner_id"]).fillna(len(windows)).to_numpy()
        named = windows[(windows["place"] < until) & (windows["place"] < WINDOWS_NAMED)]
        late = lines[lines["is_due_first"] & ~lines["is_in_first"]].merge(
            rows[["line_id", "order_name"]], on="line_id"
        )
        late = late.drop_duplicates(["partner_id", "first_day", "order_name"])
        late = named.merge(
            late, left_on=["partner_id", "day"], right_on=["partner_id", "first_day"]
        )
        orders = late.sort_values(["partner_id", "day", "order_name"]).groupby(
            ["partner_id", "day"], sort=True
        )["order_name"]
        by_partner = {}
        for (partner_id, day), names in orders.agg(list).items():
            window = {
                "day": day.date().isoformat(),
                "orders": names[:ORDERS_NAMED],
                "more": max(len(names) - ORDERS_NAMED, 0),
            }
            by_partner.setdefault(partner_id, []).append(window)
        return {partner_id: json.dumps(named) for partner_id, named in by_partner.items()}

    def _write_supplier_risks(self, cycle, facts, at_risk, by_family, gap_families=()):
        """Store a row a vendor, with what people answered.

        ``facts`` as ``_supplier_facts`` returns them; ``at_risk`` has partner_id, amount_at_risk
        and week_needed (0: never), ``by_family`` partner_id, family_id and amount: the families
        that the vendor's failure would hit; ``gap_families`` are ids of families with a supply gap:
        who supplies one of these is a key supplier, whatever is spent.
        """
        known = self.env["sop.source"]._read_known_risks(cycle)
        frame = self._risk_frame(cycle, facts, at_risk, by_family, gap_families)
        self._upsert(
            self.env["sop.supplier.risk"],
            ("cycle_id", "partner_id"),
            frame,
            insert_only=ANSWER,
        )
        gone = known[(known["state"] == "open") & ~known["partner_id"].isin(frame["partner_id"])]
        self.env["sop.supplier.risk"].sudo().browse(gone["id"].tolist()).unlink()
        self._write_risk_families(cycle, by_family)
        self._reopen_risks(known, frame)

    def _write_risk_families(self, cycle, by_family):
        """Store what the failure of each vendor would cost each family."""
        ids = self.env["sop.source"]._read_known_risks(cycle).set_index("partner_id")["id"]
        rows = by_family[by_family["partner_id"].isin(ids.index) & (by_family["family_id"] > 0)]
        frame = rows.groupby(["partner_id", "family_id"], as_index=False)["amount"].sum()
        self._upsert(
            self.env["sop.supplier.risk.family"],
            ("risk_id", "family_id"),
            frame.assign(
                risk_id=ids.reindex(frame["partner_id"]).to_numpy(),
                cycle_id=cycle.id,
                company_id=cycle.company_id.id,
                amount=frame["amount"].round(2),
            ),
            gone=SQL("cycle_id = %s", cycle.id),
        )

    def _risk_frame(self, cycle, facts, at_risk, by_family, gap_families):
        company = cycle.company_id
        rows = facts.merge(
            at_risk[["partner_id", "amount_at_risk", "week_needed"]], on="partner_id", how="left"
        ).fillna({"amount_at_risk": 0.0, "week_needed": 0})
        spend = rows["amount_spend"].to_numpy(float)
        share = spend / spend.sum() if spend.sum() > 0 else np.zeros(len(spend))
        in_gap = by_family.loc[by_family["family_id"].isin(list(gap_families)), "partner_id"]
        is_large = (spend > 0) & (share >= company.sop_key_supplier_share - 1e-9)
        rows["is_key"] = is_large | rows["partner_id"].isin(in_gap).to_numpy()
        return rows.assign(
            cycle_id=cycle.id,
            company_id=company.id,
            week_needed=rows["week_needed"].astype("int64"),
            has_data=rows["lines_due"] > 0,
            rate_spend=np.round(share, 4),
            severity=self._risk_severity(rows),
            qty_overdue=rows["qty_overdue"].round(self._digits()),
            **{name: rows[name].astype(float).round(4) for name in RATES},
            **{name: rows[name].astype(float).round(2) for name in (*MONEY, "amount_at_risk")},
            **self._first_answers(cycle, rows["partner_id"]),
        )

    def _risk_severity(self, rows):
        """Red: a flagged vendor that matters. Amber: another flagged one, or one that missed its
        last window. Without data nothing is known: never red."""
        matters = rows["is_key"] | (rows["amount_at_risk"] > 0)
        return np.select(
            [rows["lines_due"] == 0, rows["is_flagged"] & matters, rows["missed_windows"] > 0],
            ["no_data", "red", "amber"],
            "none",
        )

    def _first_answers(self, cycle, partners):
        """Owner and state of rows that are new: the vendor's buyer, else the cycle's controller;
        asleep as long as the last cycle's snooze lasts."""
        source = self.env["sop.source"]
        buyers = source._read_buyers(cycle.company_id).set_index("partner_id")["user_id"]
        buyers = buyers.reindex(partners).fillna(0).astype("int64").to_numpy()
        snoozed = source._read_snoozed_risks(cycle).reindex(partners).set_axis(partners.index)
        is_asleep = snoozed["date_snooze"].notna()
        return {
            "user_id": _nullable(np.where(buyers > 0, buyers, cycle.user_id.id or 0)),
            "state": np.where(is_asleep, "snoozed", "open"),
            "note": snoozed["note"],
            "date_snooze": snoozed["date_snooze"],
            "missed_answered": pd.to_numeric(snoozed["missed_answered"]).fillna(0).astype("int64"),
        }

    def _reopen_risks(self, known, frame):
        """An answer does not hold when a flagged vendor has missed more windows in a row since; and
        a snooze ends on its day."""
        now = known.merge(frame[["partner_id", "missed_windows", "is_flagged"]], on="partner_id")
        is_worse = (
            now["state"].isin(["accepted", "dismissed"])
            & now["is_flagged"]
            & (now["missed_windows"] > now["missed_answered"])
        )
        awake = now["is_awake"].astype(bool)
        risks = self.env["sop.supplier.risk"].sudo()
        risks.browse(now.loc[is_worse, "id"].tolist())._reopen_as_worse()
        risks.browse(now.loc[awake, "id"].tolist())._wake()
