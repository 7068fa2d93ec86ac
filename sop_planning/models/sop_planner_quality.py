import json
import logging

import numpy as np
import pandas as pd

from odoo import models

from .. import engine

_logger = logging.getLogger(__name__)
BOM_CYCLE = "bom_cycle"
WEEKS_AHEAD = 8  # in which a work center must be open at some time
DEFECT = ["res_model", "res_id", "name", "product_id", "facts"]
RECORD = ["rule_id", "res_model", "res_id"]
ENTERED = ("user_id", "state", "note", "date_found")


class SopPlanner(models.AbstractModel):
    """Defects in the native data, what they put at risk, and how far the plan can be trusted."""

    _inherit = "sop.planner"

    def _check_quality(self, cycle, base, inputs):
        """Run the active rules, store their issues, and the trust score of the cycle. Issues belong
        to the company, so they follow its newest cycle."""
        if cycle.is_current:
            self._stage_quality(cycle, base, inputs)
            found, failed = self._find_defects(cycle, inputs.structure.loops)
            issues = self._write_issues(cycle, inputs, found)
            self._settle_issues(cycle, issues, failed)
        self._store_trust(cycle, inputs.structure)

    def _stage_quality(self, cycle, base, inputs):
        """What the rules compare native records with."""
        items, hours = inputs.items, inputs.hours
        until = pd.Timestamp(cycle.company_id._sop_today()) + pd.Timedelta(weeks=WEEKS_AHEAD)
        is_open = (hours["day"] < until) & (hours["hours"] > 0)
        self.env["sop.source"]._stage_supply(
            items.assign(
                is_planned=np.isin(items["product_id"], base.product_ids[base.is_planned]),
                is_component=np.diff(inputs.structure.bom.tocsr().indptr) > 0,
            ),
            hours.loc[is_open, "workcenter_id"].unique().tolist(),
        )

    def _find_defects(self, cycle, loops):
        """All defects: DEFECT with rule_id, severity, is_blocking; and the ids of the rules that
        could not be run. ``loops``: product ids of bills that contain themselves. A rule that fails
        stops neither the others nor the refresh."""
        tables, failed = [], []
        for rule in self.env["sop.data.rule"].sudo().search([]):
            defects, failure = self._run_rule(rule, cycle.company_id, loops)
            if (rule.failure or "") != failure:
                rule.failure = failure
            if failure:
                failed.append(rule.id)
                continue
            is_general = defects["res_model"] == "res.company"
            tables.append(
                defects.assign(
                    rule_id=rule.id,
                    severity=np.where(is_general, "amber", rule.severity),
                    is_blocking=~is_general & rule.is_blocking,
                )
            )
        tables = [table for table in tables if len(table)]
        if not tables:
            return pd.DataFrame(columns=["rule_id", "severity", "is_blocking", *DEFECT]), failed
        return pd.concat(tables, ignore_index=True), failed

    def _run_rule(self, rule, company, loops):
        """The defects that a rule finds, and why it could not be run ("" if it could)."""
        try:
            with self.env.cr.savepoint():
                if rule.code == BOM_CYCLE:
                    defects = self._bom_cycles(loops)
                else:
                    defects = self.env["sop.source"]._find(rule, company, company._sop_today())
                defects = defects[DEFECT].dropna(subset=["res_model", "res_id"])
                ids = {
                    name: defects[name].fillna(0).astype("int64")
                    for name in ("res_id", "product_id")
                }
                return defects.assign(**ids), ""
        except Exception as error:  # a rule may come from another addon and fail in any way
            _logger.exception("The data rule %s could not be run", rule.code)
            return None, f"{type(error).__name__}: {error}".strip()

    def _bom_cycles(self, loops):
        """Bills that contain themselves: each touches every product of its loop."""
        members = [(part, product, loop) for loop in loops for part in loop for product in loop]
        touched = pd.DataFrame(members, columns=["part_id", "product_id", "loop"])
        bills = self.env["sop.source"]._read_bills(touched["part_id"].unique().tolist())
        rows = bills.rename(columns={"product_id": "part_id"}).merge(touched, on="part_id")
        facts = [{"loop": [int(i) for i in loop]} for loop in rows["loop"]]
        return rows.assign(res_model="mrp.bom", facts=facts)

    def _year_value(self, inputs):
        """Planned sales of each product over the next twelve months (n,)."""
        buckets = inputs.buckets
        before = np.cumsum(buckets.days) - buckets.days
        share = np.clip((365 - before) / buckets.days, 0.0, 1.0)
        return (inputs.demand * share).sum(axis=1) * inputs.items["price"].to_numpy(float)

    def _write_issues(self, cycle, inputs, found):
        """Store one issue a rule and record; owners and answers stay. Returns what was stored."""
        issues = found.drop_duplicates(RECORD).reset_index(drop=True)
        number = found.merge(
            issues[RECORD].assign(issue=np.arange(len(issues))), on=RECORD, how="left"
        )
        number = number["issue"].to_numpy("int64")
        position = pd.Index(inputs.items["product_id"]).get_indexer(found["product_id"])
        amounts, touched = engine.touched_value(
            inputs.structure, number, position, len(issues), self._year_value(inputs)
        )
        families = np.append(inputs.items["family_id"].to_numpy("int64"), 0)[position]
        family = _only(number, families, len(issues))
        is_general = (issues["res_model"] == "res.company").to_numpy(bool)
        frame = issues[[*RECORD, "severity", "is_blocking"]].assign(
            company_id=cycle.company_id.id,
            cycle_id=cycle.id,
            record_name=issues["name"],
            facts=[json.dumps(facts) if facts else None for facts in issues["facts"]],
            product_id=self._nullable(_only(number, found["product_id"], len(issues))),
            family_id=self._nullable(family),
            touched=self._direct_products(found["product_id"], number, is_general),
            product_count=touched,
            amount_at_risk=np.round(amounts, 2),
            user_id=self._nullable(self._owners(cycle, family)),
            state="open",
            note=None,
            date_found=cycle.company_id._sop_today(),
        )
        self._upsert(
            self.env["sop.data.issue"], ("company_id", *RECORD), frame, insert_only=ENTERED
        )
        return frame

    def _owners(self, cycle, family):
        """Who sees to an issue: the family's owner, else the controller."""
        owners = self.env["sop.source"]._read_families(cycle.company_id)
        owner = owners.set_index("family_id")["user_id"].reindex(family).fillna(0)
        return np.where(owner > 0, owner, cycle.user_id.id).astype("int64")

    def _direct_products(self, products, number, is_general):
        """The products that each issue is about, as JSON; none where it is about the company."""
        lists = products.groupby(number).agg(lambda ids: sorted(set(ids)))
        return [
            json.dumps([] if general else [int(i) for i in lists[issue] if i])
            for issue, general in enumerate(is_general)
        ]

    def _settle_issues(self, cycle, issues, failed):
        """What is gone is solved; what was solved and is back is open again. Nobody knows about the
        issues of rules that could not be run."""
        known = self.env["sop.source"]._read_issues(cycle.company_id)
        known = known.merge(issues[RECORD].assign(is_found=True), on=RECORD, how="left")
        is_found = known["is_found"].eq(True)
        is_gone = ~is_found & (known["state"] != "solved") & ~known["rule_id"].isin(failed)
        is_back = is_found & (known["state"] == "solved")
        model = self.env["sop.data.issue"]
        self._update(model, known.loc[is_gone, ["id"]].assign(state="solved"))
        self._update(model, known.loc[is_back, ["id"]].assign(state="open"))

    def _store_trust(self, cycle, structure=None):
        """The share of planned value that no open blocking issue touches."""
        source = self.env["sop.source"]
        self.env.flush_all()
        planned = source._read_planned_values(cycle)
        blocked = source._read_blocked_products(cycle.company_id)
        if structure is None:
            structure = self._current_structure(cycle.company_id, planned)
        direct = np.isin(structure.product_ids, blocked)
        touched = structure.product_ids[engine.touched(structure, direct)]
        score = engine.trust_score(
            planned["value"].to_numpy(float),
            planned["product_id"].isin([*touched, *blocked]).to_numpy(bool),
        )
        has_trust, rate = not np.isnan(score), float(np.nan_to_num(score))
        if (cycle.has_trust, cycle.rate_trust) != (has_trust, rate):
            cycle.sudo().write({"has_trust": has_trust, "rate_trust": rate})

    def _current_structure(self, company, planned):
        """What products are made of, from today's bills; those of bought products do not count."""
        source = self.env["sop.source"]
        source._stage_boms(company)
        lines = source._read_bom_lines(company)
        bought = planned.loc[planned["kind"].isin(["buy", "none"]), "product_id"]
        lines = lines[~lines["product_id"].isin(bought)]
        ids = np.union1d(lines["product_id"], lines["component_id"]).astype("int64")
        return engine.structure(ids, lines, engine.BYPRODUCTS.empty(), np.zeros(len(ids)))


def _only(number, values, count):
    """The value that all rows of a number share (count,), 0 where they differ."""
    by_number = pd.Series(np.asarray(values, "int64")).groupby(number)
    shared = by_number.first().where(by_number.nunique() == 1, 0)
    return shared.reindex(range(count)).fillna(0).to_numpy("int64")
