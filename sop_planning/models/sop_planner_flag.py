import numpy as np
import pandas as pd

from odoo import models

from .. import engine
from .sop_exception import DEVIATION


class SopPlanner(models.AbstractModel):
    """How far families and products are from their reference."""

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
        position = pd.Index(families["family_id"]).get_indexer(products["family_id"])
        products["is_same_cause"] = engine.same_cause(
            _direction(products), products["severity"], _direction(families),
            families["severity"], position,
        )  # fmt: skip
        families["is_same_cause"] = False
        raised = pd.concat(
            [self._raised(cycle, families), self._raised(cycle, products)], ignore_index=True
        )
        raised["facts"] = self._driver_facts(raised, families, products, position)
        self._write_exceptions(cycle, [DEVIATION], raised.assign(kind=DEVIATION), thresholds)
        self._store_flags(cycle, products, families)

    def _rate(self, cycle, rows, thresholds):
        """Rows with deviation, severity and impact, by the thresholds of their family."""
        company = cycle.company_id
        own = thresholds.set_index("family_id").reindex(rows["family_id"])
        plan = rows["qty_consensus"].to_numpy(float)
        reference = rows["qty_reference"].to_numpy(float)
        impact = np.round((plan - reference) * rows["price_unit"].to_numpy(float), 2)
        deviation = engine.deviation(plan, reference)
        limits = {
            "amber": own["amber"].fillna(company.sop_threshold_amber).to_numpy(float),
            "red": own["red"].fillna(company.sop_threshold_red).to_numpy(float),
            "value": impact,
            "floor": company.sop_value_floor,
        }
        return rows.assign(
            deviation=np.round(np.where(np.isfinite(deviation), deviation, 0.0), 4),
            is_new=np.isinf(deviation),
            amount_impact=np.abs(impact),
            severity=engine.severity(plan, reference, **limits),
            change=impact,
            amber=limits["amber"],
            red=limits["red"],
        )

    def _raised(self, cycle, rows):
        """The flagged rows that say something of their own, at most as many as are shown."""
        flagged = rows[(rows["severity"] != "none") & ~rows["is_same_cause"]]
        return self._largest(cycle, flagged.assign(kind=DEVIATION))

    def _driver_facts(self, raised, families, products, position):
        """What contributes most to a family's deviation, for its sentence."""
        places, amounts = engine.drivers(
            products["change"].to_numpy(float), position, families["change"].to_numpy(float)
        )
        by_family = dict(zip(families["family_id"], zip(places, amounts)))
        units = (products["qty_consensus"] - products["qty_reference"]).to_numpy(float)
        facts = []
        for product_id, family_id in zip(raised["product_id"], raised["family_id"]):
            place, amount = by_family.get(family_id, (-1, 0.0))
            if product_id or place < 0:
                facts.append(None)
                continue
            facts.append(
                {
                    "driver_id": int(products["product_id"].iloc[place]),
                    "driver_qty": round(float(units[place]), 2),
                    "driver_amount": round(float(amount), 2),
                }
            )
        return facts

    def _store_flags(self, cycle, products, families):
        """Keep each row's figures, and the rule by which it was raised or not."""
        shown = self.env["sop.source"]._read_shown_deviations(cycle)
        figures = ["id", "qty_consensus", "deviation", "is_new", "severity", "amount_impact"]
        for model, subject, rows, extra in (
            ("sop.demand.product", "product_id", products, []),
            ("sop.demand.review", "family_id", families, ["qty_year", "amount_year"]),
        ):
            is_shown = rows[subject].isin(shown.loc[shown["subject"] == subject, "id"])
            codes = engine.why_not_flagged(
                rows["qty_consensus"].to_numpy(float),
                rows["qty_reference"].to_numpy(float),
                rows["amber"].to_numpy(float),
                rows["red"].to_numpy(float),
                rows["change"].to_numpy(float),
                cycle.company_id.sop_value_floor,
                np.where(is_shown, 0, -1),
                1,
                rows["is_same_cause"].to_numpy(bool),
            )
            self._update(
                self.env[model], rows.assign(flag_code=codes)[[*figures, *extra, "flag_code"]]
            )


def _direction(rows):
    """Deviation of rows; new demand is a rise."""
    return np.where(rows["is_new"], 1.0, rows["deviation"].to_numpy(float))
