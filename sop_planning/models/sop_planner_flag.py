import numpy as np
import pandas as pd

from odoo import models

from .. import engine
from .sop_exception import DEVIATION, NO_FAMILY, UNIT_MISMATCH
from .sop_planner_write import _nullable

EXCEPTION_COLUMNS = [
    "kind", "severity", "family_id", "product_id", "reference", "qty_consensus",
    "qty_reference", "deviation", "is_new", "amount_impact",
]  # fmt: skip


class SopPlanner(models.AbstractModel):
    _inherit = "sop.planner"

    def _flag(self, cycle):
        """Compare the stored consensus of the review months with its reference, by product and by
        family, and raise the exceptions that follow."""
        source = self.env["sop.source"]
        thresholds = source._read_families(cycle.company_id)
        months_after = cycle.company_id._sop_months_after
        until = months_after(cycle.month, engine.REVIEW_MONTHS)
        year_end = months_after(cycle.month, engine.SEASON)
        products = self._rate(cycle, source._read_product_review(cycle, until), thresholds)
        families = source._read_family_review(cycle, until, year_end)
        families = self._rate(cycle, families, thresholds)
        figures = ["id", "qty_consensus", "deviation", "is_new", "severity", "amount_impact"]
        self._update(self.env["sop.demand.product"], products[figures])
        self._update(self.env["sop.demand.review"], families[[*figures, "qty_year", "amount_year"]])
        self._write_exceptions(
            cycle, [DEVIATION], self._deviations(cycle, products, families), thresholds
        )

    def _rate(self, cycle, rows, thresholds):
        """Rows with deviation, severity and impact, by the thresholds of their family."""
        company = cycle.company_id
        own = thresholds.set_index("family_id").reindex(rows["family_id"])
        plan = rows["qty_consensus"].to_numpy(float)
        reference = rows["qty_reference"].to_numpy(float)
        impact = np.round((plan - reference) * rows["price_unit"].to_numpy(float), 2)
        deviation = engine.deviation(plan, reference)
        return rows.assign(
            deviation=np.round(np.where(np.isfinite(deviation), deviation, 0.0), 4),
            is_new=np.isinf(deviation),
            amount_impact=np.abs(impact),
            severity=engine.severity(
                plan,
                reference,
                amber=own["amber"].fillna(company.sop_threshold_amber).to_numpy(float),
                red=own["red"].fillna(company.sop_threshold_red).to_numpy(float),
                value=impact,
                floor=company.sop_value_floor,
            ),
        )

    def _deviations(self, cycle, products, families):
        """Exceptions for every flagged family and for the largest flagged products."""
        flagged = products[products["severity"] != "none"]
        top = engine.rank(
            flagged["amount_impact"].to_numpy(float), cycle.company_id.sop_exception_cap
        )
        rows = [families[families["severity"] != "none"], flagged.iloc[top]]
        return pd.concat(rows, ignore_index=True).assign(kind=DEVIATION)

    def _write_data_exceptions(self, cycle, base, feeds):
        """Exceptions for demand that the plan cannot place: no family, foreign units."""
        orphans = base.is_planned & (base.family_ids == 0)
        year = base.past.amount[orphans, -engine.SEASON :].sum(axis=1)
        mismatches = feeds["foreign units"]
        rows = pd.concat(
            [
                pd.DataFrame(
                    {
                        "kind": NO_FAMILY,
                        "product_id": base.product_ids[orphans],
                        "family_id": 0,
                        "amount_impact": np.round(year, 2),
                    }
                ),
                pd.DataFrame(
                    {
                        "kind": UNIT_MISMATCH,
                        "product_id": mismatches["product_id"],
                        "family_id": 0,
                        "amount_impact": mismatches["amount"].astype(float).round(2),
                    }
                ),
            ],
            ignore_index=True,
        ).assign(severity="amber", deviation=0.0, is_new=False, qty_consensus=0.0)
        rows = rows.assign(qty_reference=0.0, reference=None)
        self._write_exceptions(cycle, [NO_FAMILY, UNIT_MISMATCH], rows, feeds["families"])

    def _write_exceptions(self, cycle, kinds, rows, families):
        """Raise exceptions of these kinds, keep the ones already known with their state, owner and
        answer, and archive those whose cause is gone."""
        owners = families.set_index("family_id")["user_id"].reindex(rows["family_id"])
        owners = owners.fillna(0).astype("int64").to_numpy()
        until = cycle.company_id._sop_months_after(cycle.month, engine.REVIEW_MONTHS)
        frame = rows.reindex(columns=EXCEPTION_COLUMNS).assign(
            cycle_id=cycle.id,
            company_id=cycle.company_id.id,
            natural_key=_natural_keys(rows),
            family_id=_nullable(rows["family_id"]),
            product_id=_nullable(rows["product_id"]),
            bucket_start=cycle.month,
            bucket_end=until,
            user_id=_nullable(np.where(owners > 0, owners, cycle.user_id.id)),
            state="open",
            active=True,
        )
        self._upsert(
            self.env["sop.exception"],
            ("cycle_id", "natural_key"),
            frame,
            insert_only=("state", "user_id"),
        )
        self._archive_exceptions(cycle, kinds, frame["natural_key"].tolist())

    def _archive_exceptions(self, cycle, kinds, keys):
        gone = self.env["sop.exception"].search(
            [
                ("cycle_id", "=", cycle.id),
                ("kind", "in", kinds),
                ("natural_key", "not in", keys),
            ]
        )
        gone.sudo().active = False


def _natural_keys(rows):
    """What an exception is about, as one word: kind, then product or family."""
    by_product = rows["product_id"].fillna(0) > 0
    subject = np.where(by_product, "product", "family")
    number = np.where(by_product, rows["product_id"].fillna(0), rows["family_id"]).astype("int64")
    return rows["kind"] + ":" + subject + ":" + pd.Series(number, index=rows.index).astype(str)
