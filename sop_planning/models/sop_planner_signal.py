import numpy as np
import pandas as pd

from odoo import fields, models

from .. import engine
from .sop_exception import (
    BIAS,
    CUSTOMER,
    LAUNCH,
    NO_FAMILY,
    NO_PRODUCT_DATA,
    ORDER_INTAKE,
    UNIT_MISMATCH,
)
from .sop_source import ORDERING_MONTHS

RECENT_MONTHS = 3
BASE_MONTHS = ORDERING_MONTHS - RECENT_MONTHS
NEAR_DAYS = 30  # before a launch, from which on what is missing is red


class SopPlanner(models.AbstractModel):
    """What else deserves a look: customers, launches, orders above the plan, a leaning forecast,
    and demand that the plan cannot place."""

    _inherit = "sop.planner"

    def _write_signals(self, cycle, base, lines, feeds):
        families = feeds["families"]
        for kind, rows in (
            (CUSTOMER, self._customer_changes(cycle)),
            (LAUNCH, self._launch_gaps(cycle, base)),
            (ORDER_INTAKE, self._order_intake(cycle, base, lines)),
            (BIAS, self._biased(cycle)),
        ):
            rows = self._largest(cycle, rows.assign(kind=kind))
            self._write_exceptions(cycle, [kind], rows, families)

    def _customer_changes(self, cycle):
        company = cycle.company_id
        first = company._sop_months_after(cycle.month, -BASE_MONTHS - RECENT_MONTHS)
        changes = engine.customer_changes(
            self.env["sop.source"]._read_ordering(first, cycle.month),
            engine.Buckets.months(first, BASE_MONTHS + RECENT_MONTHS),
            RECENT_MONTHS,
            company.sop_false_alarm_rate,
        )
        amount = changes["amount_impact"].abs()
        changes = changes[amount >= company.sop_value_floor].reset_index(drop=True)
        expected = changes["amount_expected"].to_numpy(float)
        return pd.DataFrame(
            {
                "severity": np.where(changes["kind"].isin(["stopped", "drop"]), "red", "amber"),
                "partner_id": changes["partner_id"],
                "family_id": changes["family_id"],
                "deviation": np.round(
                    np.where(
                        expected > 0,
                        changes["amount_recent"] / np.where(expected > 0, expected, 1) - 1,
                        0,
                    ),
                    4,
                ),
                "amount_impact": changes["amount_impact"].abs().round(2),
                "bucket_start": company._sop_months_after(cycle.month, -RECENT_MONTHS),
                "bucket_end": cycle.month,
                "facts": [
                    {"change": row.pop("kind"), **{k: _short(v) for k, v in row.items()}}
                    for row in changes.drop(columns=["partner_id", "amount_impact"]).to_dict(
                        "records"
                    )
                ],
            }
        )

    def _launch_gaps(self, cycle, base):
        company = cycle.company_id
        today = company._sop_today()
        until = fields.Date.add(today, days=company.sop_launch_days)
        launches = self.env["sop.source"]._read_launches(company, today, until)
        days = (pd.to_datetime(launches["start"]) - pd.Timestamp(today)).dt.days.to_numpy(int)
        gaps = engine.launch_gaps(
            days,
            launches["has_like"].to_numpy(bool),
            launches["available"].to_numpy(float),
            company.sop_launch_days,
        )
        codes = ["_".join(np.array(engine.LAUNCH_GAPS)[row]) for row in gaps]
        rows = launches.assign(code=codes, days=days)
        rows = rows[rows["code"] != ""].reset_index(drop=True)
        return pd.DataFrame(
            {
                "severity": np.where(rows["days"] <= NEAR_DAYS, "red", "amber"),
                "event_id": rows["event_id"],
                "product_id": rows["product_id"],
                "family_id": rows["family_id"],
                "amount_impact": self._usual_quarter(base, rows["family_id"]).round(2),
                "facts": [
                    {"gap": code, "days": int(left), "date": str(start)}
                    for code, left, start in zip(rows["code"], rows["days"], rows["start"])
                ],
            }
        )

    def _usual_quarter(self, base, family_ids):
        """What a product of each family sells in three months, in money: what a launch that is not
        ready may cost."""
        planned = base.is_planned
        year = base.past.amount[planned, -engine.SEASON :].sum(axis=1)
        sold = pd.DataFrame({"family_id": base.family_ids[planned], "amount": year / 4})
        mean = sold.groupby("family_id")["amount"].mean()
        return mean.reindex(family_ids).fillna(sold["amount"].mean()).to_numpy(float)

    def _order_intake(self, cycle, base, lines):
        """Confirmed orders that exceed the consensus of their month, by product; by family where
        that holds for several of its products, since they share a cause."""
        rows = self._products_with_orders_above(cycle, base, lines)
        sizes = rows.groupby("family_id")["product_id"].transform("size")
        is_shared = (sizes > 1) & (rows["family_id"] > 0)
        rows = pd.concat([rows[~is_shared], _by_family(rows[is_shared])], ignore_index=True)
        ratio = engine.deviation(rows["qty_consensus"], rows["qty_reference"])
        return rows.assign(
            severity=np.where(ratio > cycle.company_id.sop_threshold_red, "red", "amber"),
            deviation=np.round(np.where(np.isinf(ratio), 0, ratio), 4),
            is_new=np.isinf(ratio),
        )

    def _products_with_orders_above(self, cycle, base, lines):
        shape = (-1, cycle.horizon_months)
        orders = lines["qty_orders"].to_numpy(float).reshape(shape)[:, : engine.REVIEW_MONTHS]
        plan = lines["qty_consensus"].to_numpy(float).reshape(shape)[:, : engine.REVIEW_MONTHS]
        intake = engine.order_intake(orders, plan)
        planned = base.is_planned
        value = np.round(intake.excess * base.price[planned], 2)
        is_worth = value >= cycle.company_id.sop_value_floor
        hit = np.flatnonzero((intake.excess > 0) & is_worth)
        return pd.DataFrame(
            {
                "product_id": base.product_ids[planned][hit],
                "family_id": base.family_ids[planned][hit],
                "qty_consensus": np.round(intake.ordered[hit], self._digits()),
                "qty_reference": np.round(intake.planned[hit], self._digits()),
                "amount_impact": value[hit],
                "bucket_start": base.months.starts[intake.first[hit]],
                "bucket_end": base.months.ends[intake.last[hit]],
                "facts": np.full(len(hit), None),
            }
        )

    def _biased(self, cycle):
        """Products whose forecast leans to one side: beyond control, and by more than amber."""
        rows = self.env["sop.source"]._read_bias(cycle)
        months = sorted(rows["bucket_start"].unique())
        ids = np.sort(rows["product_id"].unique())
        if not len(ids):
            return pd.DataFrame(columns=["severity", "amount_impact"])
        shape = {"index": "product_id", "columns": "bucket_start", "aggfunc": "sum"}
        actual = rows.pivot_table(values="qty_actual", **shape).reindex(index=ids, columns=months)
        plan = rows.pivot_table(values="qty_consensus", **shape).reindex(index=ids, columns=months)
        seen = actual.notna().to_numpy()
        found = engine.biased(
            np.nan_to_num(actual.to_numpy(float)),
            np.nan_to_num(plan.to_numpy(float)),
            seen,
            false_alarm_rate=cycle.company_id.sop_false_alarm_rate,
        )
        facts = rows.groupby("product_id").agg(
            family_id=("family_id", "first"),
            price=("price_unit", "last"),
            source=("source", "first"),
            months=("bucket_start", "count"),
        )
        facts = facts.reindex(ids)
        units = np.nan_to_num(np.where(seen, plan - actual, 0)).sum(axis=1)
        # of as many months as other exceptions are worth
        quarter = engine.REVIEW_MONTHS / np.maximum(facts["months"].to_numpy(float), 1)
        value = np.abs(units * facts["price"].to_numpy(float) * quarter).round(2)
        company = cycle.company_id
        is_worth = value >= company.sop_value_floor
        leans = np.abs(np.nan_to_num(found.bias)) > company.sop_threshold_amber
        hit = np.flatnonzero(found.is_biased & leans & is_worth)
        leaning = np.nan_to_num(found.bias[hit])
        return pd.DataFrame(
            {
                "severity": np.where(np.abs(leaning) > company.sop_threshold_red, "red", "amber"),
                "product_id": ids[hit],
                "family_id": facts["family_id"].fillna(0).to_numpy("int64")[hit],
                "deviation": np.round(leaning, 4),
                "amount_impact": value[hit],
                "bucket_start": [rows["bucket_start"].min()] * len(hit),
                "bucket_end": [cycle.month] * len(hit),
                "facts": [
                    {
                        "signal": round(float(found.tracking_signal[i]), 2),
                        "source": facts["source"].iloc[i],
                        "months": int(facts["months"].iloc[i]),
                        "units": round(float(units[i]), 2),
                    }
                    for i in hit
                ],
            }
        )

    def _write_data_exceptions(self, cycle, base, feeds):
        """Exceptions for demand that the plan cannot place or value."""
        planned = base.is_planned
        orphans = planned & (base.family_ids == 0)
        year = base.past.amount[:, -engine.SEASON :].sum(axis=1)
        coming = base.booked.amount.sum(axis=1)
        retired = ~planned & (coming > 0)
        unpriced = planned & (base.price <= 0) & (base.past.qty[:, -engine.SEASON :].sum(1) > 0)
        mismatches = feeds["foreign units"]
        parts = [
            (NO_FAMILY, base.product_ids[orphans], year[orphans], None),
            (NO_PRODUCT_DATA, base.product_ids[retired], coming[retired], "retired"),
            (NO_PRODUCT_DATA, base.product_ids[unpriced], year[unpriced], "price"),
            (UNIT_MISMATCH, mismatches["product_id"], mismatches["amount"].astype(float), None),
        ]
        rows = pd.concat(
            [
                pd.DataFrame(
                    {
                        "product_id": np.asarray(ids, "int64"),
                        "amount_impact": np.round(np.asarray(amount, float), 2),
                    }
                ).assign(
                    kind=kind, severity="amber", facts=[{"gap": gap} if gap else None] * len(ids)
                )
                for kind, ids, amount, gap in parts
            ],
            ignore_index=True,
        )
        kinds = [NO_FAMILY, NO_PRODUCT_DATA, UNIT_MISMATCH]
        self._write_exceptions(cycle, kinds, rows, feeds["families"])


def _short(value):
    """A figure as JSON keeps it; what cannot be said is None."""
    if isinstance(value, float):
        return round(value, 6) if np.isfinite(value) else None
    return value


def _by_family(products):
    """Orders above the plan of several products, one row a family: how many they are, and which of
    them has most of it."""
    excess = products["qty_consensus"] - products["qty_reference"]
    ranked = products.assign(excess=excess).sort_values("amount_impact", ascending=False)
    families = ranked.groupby("family_id", as_index=False).agg(
        qty_consensus=("qty_consensus", "sum"),
        qty_reference=("qty_reference", "sum"),
        amount_impact=("amount_impact", "sum"),
        bucket_start=("bucket_start", "min"),
        bucket_end=("bucket_end", "max"),
        products=("product_id", "size"),
        driver_id=("product_id", "first"),
        driver_qty=("excess", "first"),
        driver_amount=("amount_impact", "first"),
    )
    facts = families[["products", "driver_id", "driver_qty", "driver_amount"]]
    return families.drop(columns=facts.columns).assign(facts=facts.to_dict("records"))
