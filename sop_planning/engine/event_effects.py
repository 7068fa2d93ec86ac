"""What the events do to the plan: units a product and month, added up without double counting."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .buckets import Buckets
from .events import (
    COMMITMENT,
    EVENTS,
    LAUNCH,
    OPEN_END,
    PHASE_OUT,
    PROMOTION,
    RATE_LIMITS,
    day_number,
    day_shares,
    days_inside,
)
from .history import NOTHING, usable
from .launches import launch_curves, recent_level
from .phase_outs import PhaseOuts, in_cycle
from .tables import EngineError, Table

EFFECTS = Table(
    "effects",
    {
        "event_id": "int64",
        "kind": "str",
        "product_id": "int64",
        "bucket_start": "datetime64[s]",
        "qty": "float64",
    },
    key=("event_id", "product_id", "bucket_start"),
    units={"qty": "product unit"},
)
UNUSED_EVENTS = Table(
    "unused_events",
    {"event_id": "int64", "product_id": "int64", "code": "str"},
    key=("event_id", "product_id", "code"),
)


def event_effects(
    events: pd.DataFrame,
    product_ids: np.ndarray,
    baseline: np.ndarray,
    months: Buckets,
    past: np.ndarray,
    past_ids: np.ndarray,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """EFFECTS of an EVENTS table on the plan, and UNUSED_EVENTS with the code of what is wrong.

    product_ids (n,) and baseline (n, h) >= 0: the products planned and their statistical forecast
    in ``months``; past (k, m) units in the months right before, of the products past_ids (k,), the
    like-items among them. Events on the same product and month add up. Sums never take a product
    below zero: where they would, all negative effects of the month are reduced in proportion.

    launch      Curve of the like-item (launches.launch_curves) x rate, less the product's own
                forecast, which knows nothing yet; no effect any more once the launch was
                ``ramp_months`` ago when the plan starts: from then on the forecast knows enough.
    promotion   Rate x expected demand (baseline and launch) x share of the month's days, or qty
                spread evenly over the days.
    commitment  Probability x (qty - usual) a month; less than usual is a negative effect.
    phase_out   From the start on the expected demand is taken away, the successor gets ``rate`` of
                it; until the end promotions in units and commitments are still served.

    All by days in the first and last month. Codes: ``dates``, ``kind``, ``rate`` (out of limits),
    ``unknown_product``, ``no_like_item``, ``unknown_like_item``, ``like_item_without_demand``,
    ``open_end`` (units without an end), ``cycle`` of successors; ``unknown_successor`` is only
    a note: the product is phased out, nobody inherits. Events outside the months have no rows.
    Raises EngineError ``shape``, ``bucket_unit``, or what Table.build raises.
    """
    events = EVENTS.build(events)
    scope = _scope(events, product_ids, baseline, months, past, past_ids)
    codes = scope.codes()
    unused = events.assign(code=codes).loc[codes != "", list(UNUSED_EVENTS.columns)]
    used = scope.only(((codes == "") | (codes == "unknown_successor")) & scope.is_near())
    return used.effects(months), UNUSED_EVENTS.build(unused)


def _scope(
    events: pd.DataFrame,
    product_ids: np.ndarray,
    baseline: np.ndarray,
    months: Buckets,
    past: np.ndarray,
    past_ids: np.ndarray,
) -> "_Scope":
    if months.unit != "month":
        raise EngineError("bucket_unit", unit=months.unit)
    for values, shape in (
        (baseline, (len(product_ids), months.count)),
        (past, (len(past_ids), *np.shape(past)[1:])),
    ):
        if np.shape(values) != shape or len(shape) != 2:
            raise EngineError("shape", shape=np.shape(values), expected=shape)
    index = pd.Index(product_ids)
    start, last = events["start"], np.datetime64(OPEN_END)
    ended = day_shares(events["end"], np.full(len(events), last), months)
    is_phase_out = (events["kind"] == PHASE_OUT).to_numpy()
    until = np.where(is_phase_out, last, events["end"].to_numpy("datetime64[s]"))
    first = months.start
    return _Scope(
        events=events,
        product_ids=np.asarray(product_ids),
        baseline=np.maximum(np.nan_to_num(np.asarray(baseline, dtype=float)), 0.0),
        past=usable(past),
        position=index.get_indexer(events["product_id"]),
        other=index.get_indexer(events["other_id"]),
        other_past=pd.Index(past_ids).get_indexer(events["other_id"]),
        share=day_shares(start, until, months),
        ended=ended,
        age=12 * (first.year - start.dt.year.to_numpy()) + first.month - start.dt.month.to_numpy(),
    )


@dataclass(frozen=True)
class _Scope:
    """e events, n products, h months and m before them; positions are -1 where unknown.

    position, other, other_past (e,): product, like-item or successor, like-item in the history;
    share (e, h) of the days in the event (a phase-out has no end), ended (e, h) after it; age (e,)
    months from the event's first month to the first planned one.
    """

    events: pd.DataFrame
    product_ids: np.ndarray
    baseline: np.ndarray
    past: np.ndarray
    position: np.ndarray
    other: np.ndarray
    other_past: np.ndarray
    share: np.ndarray
    ended: np.ndarray
    age: np.ndarray

    def column(self, name: str) -> np.ndarray:
        return self.events[name].to_numpy()

    def only(self, mask: np.ndarray) -> "_Scope":
        """The events of the mask (e,)."""
        names = ("position", "other", "other_past", "share", "ended", "age")
        parts = {name: getattr(self, name)[mask] for name in names}
        return replace(self, events=self.events[mask], **parts)

    def is_kind(self, kind: str) -> np.ndarray:
        return self.column("kind") == kind

    def is_near(self) -> np.ndarray:
        """Whether (e,) an event has days in the planned months and is still to be told."""
        is_known = self.is_kind(LAUNCH) & (self.age >= np.maximum(self.column("ramp_months"), 1))
        return (self.share > 0).any(axis=1) & ~is_known

    def codes(self) -> np.ndarray:
        """What is wrong (e,) with each event, ``""`` if nothing is or it does not matter now."""
        other_id = self.column("other_id")
        launch, ends = self.is_kind(LAUNCH), self.is_kind(PHASE_OUT)
        is_open = self.column("end").astype("datetime64[D]") >= np.datetime64(OPEN_END)
        days = day_number(self.column("end")) - day_number(self.column("start"))
        wrong = {
            "dates": (days < 0) | ((days == 0) & ~ends),
            "kind": ~np.isin(self.column("kind"), list(RATE_LIMITS)),
            "unknown_product": self.position < 0,
            "rate": self._is_rate_wrong(),
            "open_end": self.is_kind(PROMOTION) & self.column("is_qty") & is_open,
            "no_like_item": launch & (other_id == 0),
            "unknown_like_item": launch & (self.other < 0) & (self.other_past < 0),
            "like_item_without_demand": launch & ~(self.curves() > 0).any(axis=1),
        }
        is_near = self.is_near()
        alive = np.flatnonzero(ends & is_near & ~np.any(list(wrong.values()), axis=0))
        wrong["cycle"] = np.zeros(len(ends), bool)
        wrong["cycle"][alive] = in_cycle(self.position[alive], self.other[alive])
        wrong["unknown_successor"] = ends & (other_id != 0) & (self.other < 0)
        codes = np.select(list(wrong.values()), list(wrong), "")
        return np.where(is_near | wrong["dates"], codes, "")

    def _is_rate_wrong(self) -> np.ndarray:
        kinds = [self.is_kind(kind) for kind in RATE_LIMITS]
        low, high = (np.select(kinds, side) for side in zip(*RATE_LIMITS.values()))
        rate = self.column("rate")
        return ((rate < low) | (rate > high)) & ~(self.is_kind(PROMOTION) & self.column("is_qty"))

    def by_product(self, values: np.ndarray) -> np.ndarray:
        """Sums (n, h) of (e, h)."""
        sums = np.zeros(self.baseline.shape)
        np.add.at(sums, self.position, values)
        return sums

    def curves(self) -> np.ndarray:
        """What launches sell (e, h), without days; 0 for other events."""
        launch = np.flatnonzero(self.is_kind(LAUNCH))
        past = self.past[self.other_past[launch]] * (self.other_past[launch] >= 0)[:, None]
        planned = (self.other[launch] >= 0)[:, None]
        future = np.where(planned, self.baseline[self.other[launch]], recent_level(past)[:, None])
        ramp = self.column("ramp_months")[launch]
        curves = np.zeros(self.share.shape)
        curves[launch] = launch_curves(past, future, self.age[launch], ramp)
        return curves * self.column("rate")[:, None]

    def launches(self) -> np.ndarray:
        """Effects (e, h) of launches: the curve in place of the own forecast, taken off once; with
        every month that the product is out, its own forecast counts for more."""
        told = np.clip(self.age / np.maximum(self.column("ramp_months"), 1), 0.0, 1.0)
        share = self.share * (self.is_kind(LAUNCH) * (1.0 - told))[:, None]
        count = self.by_product((share > 0).astype(float))[self.position]
        own = self.baseline[self.position] / np.maximum(count, 1.0)
        return share * (self.curves() - own)

    def promotions(self, expected: np.ndarray, months: Buckets) -> tuple[np.ndarray, np.ndarray]:
        """Effects (e, h) of promotions by ratio of ``expected`` (n, h), and in units."""
        is_meant, is_qty = self.is_kind(PROMOTION), self.column("is_qty")
        rate = np.where(is_meant & ~is_qty, self.column("rate"), 0.0)
        start, end = self.column("start"), self.column("end")
        length = np.maximum(day_number(end) - day_number(start), 1)
        a_day = np.where(is_meant & is_qty, self.column("qty"), 0.0) / length
        ratio = rate[:, None] * expected[self.position] * self.share
        return ratio, a_day[:, None] * days_inside(start, end, months)

    def commitments(self) -> np.ndarray:
        """Effects (e, h) of commitments."""
        more = self.column("rate") * (self.column("qty") - self.column("usual"))
        return np.where(self.is_kind(COMMITMENT), more, 0.0)[:, None] * self.share

    def effects(self, months: Buckets) -> pd.DataFrame:
        """All effects as EFFECTS."""
        launch = self.launches()
        expected = np.maximum(self.baseline + self.by_product(launch), 0.0)
        ratio, units = self.promotions(expected, months)
        units = units + self.commitments()
        own = launch + ratio + units
        ends = self.is_kind(PHASE_OUT)
        losses, kept = self.phase_outs().losses(
            running=np.maximum(expected + self.by_product(ratio), 0.0),
            extra=np.maximum(self.by_product(units), 0.0),
            gains=self.baseline + self.by_product(np.maximum(own, 0.0)),
            cuts=self.by_product(np.maximum(-own, 0.0)),
        )
        own = np.where(own < 0, own * kept[self.position], own)
        own[ends] = -losses
        heirs = ends & (self.other >= 0)
        inherited = -own[heirs] * self.column("rate")[heirs, None]
        rows = np.concatenate([np.arange(len(own)), np.flatnonzero(heirs)])
        products = np.concatenate([self.position, self.other[heirs]])
        return self._table(rows, products, np.vstack([own, inherited]), months)

    def phase_outs(self) -> PhaseOuts:
        ends = self.is_kind(PHASE_OUT)
        return PhaseOuts(
            position=self.position[ends],
            successor=self.other[ends],
            rate=self.column("rate")[ends],
            started=self.share[ends],
            ended=self.ended[ends],
        )

    def _table(
        self, rows: np.ndarray, products: np.ndarray, qty: np.ndarray, months: Buckets
    ) -> pd.DataFrame:
        """EFFECTS of (r, h) units of events at positions ``rows`` and products (r,)."""
        place, month = np.nonzero(np.abs(qty) > NOTHING)
        table = pd.DataFrame(
            {
                "event_id": self.column("event_id")[rows[place]],
                "kind": self.column("kind")[rows[place]],
                "product_id": self.product_ids[products[place]],
                "bucket_start": months.starts[month],
                "qty": qty[place, month],
            }
        )
        keys = ["event_id", "kind", "product_id", "bucket_start"]
        return EFFECTS.build(table.groupby(keys, as_index=False)["qty"].sum())
