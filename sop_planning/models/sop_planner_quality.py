import json
import logging

import numpy as np
import pandas as pd
from psycopg2 import Error

from odoo import models

from .. import engine

_logger = logging.getLogger(__name__)
BOM_CYCLE = "bom_cycle"
KEY = ("company_id", "rule_id", "res_model", "res_id")
ENTERED = ("user_id", "state", "note", "date_found")


class SopPlanner(models.AbstractModel):
    """Defects in the native data, what they put at risk, and how far the plan can be trusted."""

    _inherit = "sop.planner"

    def _check_quality(self, cycle, base, inputs):
        """Run the active rules, store their issues, and the trust score of the cycle."""
        items = inputs.items
        is_planned = np.isin(items["product_id"], base.product_ids[base.is_planned])
        used = np.diff(inputs.structure.bom.tocsr().indptr) > 0
        self.env["sop.source"]._stage_supply(items.assign(is_planned=is_planned, is_component=used))
        found = self._found(cycle, inputs)
        self._write_issues(cycle, inputs, found, self._year_value(inputs))
        self._store_trust(cycle, inputs.structure)

    def _found(self, cycle, inputs):
        """All defects: rule_id, severity, is_blocking, res_model, res_id, name, product_id. A rule
        that fails is logged and stops neither the others nor the refresh."""
        today = cycle.company_id._sop_today()
        rows = []
        for rule in self.env["sop.data.rule"].sudo().search([]):
            if rule.code == BOM_CYCLE:
                defects = self._bom_cycles(inputs)
            else:
                try:
                    with self.env.cr.savepoint():
                        defects = self.env["sop.source"]._find(rule, cycle.company_id, today)
                except (Error, AttributeError):
                    _logger.exception("The data rule %s could not be run", rule.code)
                    continue
            rows.append(
                defects.assign(
                    rule_id=rule.id, severity=rule.severity, is_blocking=rule.is_blocking
                )
            )
        columns = [
            "rule_id",
            "severity",
            "is_blocking",
            "res_model",
            "res_id",
            "name",
            "product_id",
        ]
        return (
            pd.concat(rows, ignore_index=True)[columns] if rows else pd.DataFrame(columns=columns)
        )

    def _bom_cycles(self, inputs):
        """Bills that contain themselves, one issue a product in the loop."""
        products = [product for loop in inputs.structure.loops for product in loop]
        names = self.env["sop.source"]._read_bills(products)
        return names.assign(res_model="mrp.bom")

    def _year_value(self, inputs):
        """Planned sales of each product over the next twelve months (n,)."""
        buckets = inputs.buckets
        before = np.cumsum(buckets.days) - buckets.days
        share = np.clip((365 - before) / buckets.days, 0.0, 1.0)
        return (inputs.demand * share).sum(axis=1) * inputs.items["price"].to_numpy(float)

    def _write_issues(self, cycle, inputs, found, own):
        """Store one issue a rule and record; owners and answers stay, gone ones are solved."""
        ids = inputs.items["product_id"].to_numpy()
        keys = ["rule_id", "res_model", "res_id"]
        issues = found.drop_duplicates(keys).reset_index(drop=True)
        number = found.merge(issues[keys].assign(issue=np.arange(len(issues))), on=keys)["issue"]
        amounts, touched = engine.touched_value(
            inputs.structure,
            number.to_numpy("int64"),
            pd.Index(ids).get_indexer(found["product_id"]),
            len(issues),
            own,
        )
        family = pd.Series(inputs.items["family_id"].to_numpy(), ids)
        family = family.reindex(issues["product_id"]).fillna(0).astype("int64").to_numpy()
        owners = self.env["sop.source"]._read_families(cycle.company_id)
        owner = owners.set_index("family_id")["user_id"].reindex(family).fillna(0).to_numpy("int64")
        frame = pd.DataFrame(
            {
                "company_id": cycle.company_id.id,
                "cycle_id": cycle.id,
                "rule_id": issues["rule_id"],
                "severity": issues["severity"],
                "is_blocking": issues["is_blocking"],
                "res_model": issues["res_model"],
                "res_id": issues["res_id"],
                "record_name": issues["name"],
                "product_id": self._nullable(issues["product_id"]),
                "family_id": self._nullable(family),
                "touched": self._direct_products(found, number, len(issues)),
                "product_count": touched,
                "amount_at_risk": np.round(amounts, 2),
                "user_id": self._nullable(np.where(owner > 0, owner, cycle.user_id.id)),
                "state": "open",
                "note": None,
                "date_found": cycle.company_id._sop_today(),
            }
        )
        self._upsert(self.env["sop.data.issue"], KEY, frame, insert_only=ENTERED)
        self._settle_issues(cycle, frame)

    def _direct_products(self, found, number, count):
        """The products that each issue touches itself, as JSON."""
        lists = found["product_id"].groupby(number.to_numpy()).agg(lambda ids: sorted(set(ids)))
        return [json.dumps([int(i) for i in ids if i]) for ids in lists.reindex(range(count))]

    def _settle_issues(self, cycle, frame):
        """What is gone is solved; what was solved and is back is open again."""
        known = self.env["sop.source"]._read_issues(cycle.company_id)
        known = known.merge(
            frame[["rule_id", "res_model", "res_id"]].assign(is_found=True),
            on=["rule_id", "res_model", "res_id"],
            how="left",
        )
        is_found = known["is_found"].eq(True)
        gone = known[~is_found & (known["state"] != "solved")]
        back = known[is_found & (known["state"] == "solved")]
        issues = self.env["sop.data.issue"]
        self._update(issues, gone[["id"]].assign(state="solved"))
        self._update(issues, back[["id"]].assign(state="open"))

    def _store_trust(self, cycle, structure=None):
        """The share of planned value that no open blocking issue touches."""
        source = self.env["sop.source"]
        self.env.flush_all()
        planned = source._read_planned_values(cycle)
        blocked = source._read_blocked_products(cycle.company_id)
        structure = structure or self._current_structure(cycle.company_id)
        touched = structure.product_ids[
            engine.touched(structure, np.isin(structure.product_ids, blocked))
        ]
        score = engine.trust_score(
            planned["value"].to_numpy(float),
            planned["product_id"].isin([*touched, *blocked]).to_numpy(),
        )
        cycle.sudo().write(
            {"has_trust": not np.isnan(score), "rate_trust": float(np.nan_to_num(score))}
        )

    def _current_structure(self, company):
        """What products are made of, from today's bills."""
        source = self.env["sop.source"]
        source._stage_boms(company)
        lines = source._read_bom_lines(company)
        ids = np.union1d(lines["product_id"], lines["component_id"]).astype("int64")
        return engine.structure(ids, lines, engine.BYPRODUCTS.empty(), np.zeros(len(ids)))
