import numpy as np

from odoo import models
from odoo.tools import SQL

from .. import engine

CAUSE = ("kind", "family_id", "workcenter_id", "product_id")
INSERT_ONLY = ("state", "user_id")


class SopPlanner(models.AbstractModel):
    """Gaps stored: the same cause in the same weeks stays the same record, and what people said."""

    _inherit = "sop.planner"

    def _write_gaps(self, scenario, gaps, lines, families):
        """Store the gaps of a scenario and their buckets.

        ``gaps`` has CAUSE, bucket_start, bucket_end and the figures; ``lines`` the figures a gap
        (position in ``gaps``) and bucket. A run that has moved keeps its record: it is the one of
        the same cause that it overlaps most. Gaps that are gone rest, solved.
        """
        source = self.env["sop.source"]
        known = source._read_known_gaps(scenario)
        keys = engine.matched_runs(gaps, known, list(CAUSE))
        owners = families.set_index("family_id")["user_id"].reindex(gaps["family_id"])
        owners = owners.fillna(0).astype("int64").to_numpy()
        controller = scenario.cycle_id.user_id.id
        frame = gaps.assign(
            **self._owned(scenario),
            natural_key=keys,
            **{name: self._nullable(gaps[name]) for name in CAUSE if name != "kind"},
            user_id=self._nullable(np.where(owners > 0, owners, controller)),
            state="open",
            active=True,
        )
        self._upsert(
            self.env["sop.supply.gap"],
            ("scenario_id", "natural_key"),
            frame,
            insert_only=INSERT_ONLY,
        )
        gone = known[known["active"].astype(bool) & ~known["natural_key"].isin(keys)]
        self._update(self.env["sop.supply.gap"], gone[["id"]].assign(active=False))
        self._write_gap_lines(scenario, keys, lines)

    def _write_gap_lines(self, scenario, keys, lines):
        ids = self.env["sop.source"]._read_known_gaps(scenario).set_index("natural_key")["id"]
        frame = lines.assign(
            **self._owned(scenario), gap_id=ids.reindex(keys).to_numpy()[lines["gap"]]
        ).drop(columns="gap")
        frame["family_id"] = self._nullable(frame["family_id"])
        self._upsert(
            self.env["sop.supply.gap.line"],
            ("gap_id", "bucket_start"),
            frame,
            gone=SQL("scenario_id = %s", scenario.id),
        )

    def _gap_frame(self, plan, inputs):
        """The gaps of a plan as rows of the model, and their buckets."""
        buckets, gaps = inputs.buckets, plan.gaps
        first, last = gaps["first"].to_numpy(int), gaps["last"].to_numpy(int)
        facts = gaps.drop(columns=["first", "last"]).assign(
            bucket_start=buckets.starts[first],
            bucket_end=buckets.ends[last],
            week_from=buckets.weeks[first],
            week_to=np.where(buckets.weeks[last] > 0, buckets.weeks[last], 0),
        )
        lines = plan.gap_lines
        position = lines["bucket"].to_numpy(int)
        lines = lines.drop(columns="bucket").assign(
            bucket_start=buckets.starts[position],
            bucket_end=buckets.ends[position],
            week=buckets.weeks[position],
            period=self._periods(buckets)[position],
            family_id=gaps["family_id"].to_numpy()[lines["gap"].to_numpy(int)],
        )
        return facts, lines

    def _with_orders_hit(self, scenario, gaps):
        """Gaps with the number and value of the open customer orders of their family that are
        promised inside their weeks."""
        orders = self.env["sop.source"]._read_open_orders_by_family()
        counts = engine.orders_within(gaps, orders)
        return gaps.assign(order_count=counts["order_count"], amount_orders=counts["amount"])
