"""The supply plan of a cycle: from demand, stock and structure to production, load and gaps."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from .buckets import Buckets
from .capacity import Capacity, capacity, unit_hours
from .consumption import bucket_demand, consumed
from .gaps import capacity_gaps
from .material_gaps import joined, shortage_gaps
from .netting import NetPlan, net
from .stock_targets import rebuilt, stock_targets
from .structure import Structure, accumulate, family_shares, structure
from .supply_buckets import SupplyBuckets
from .tables import Table

MADE = ("make", "kit", "subcontract")
ITEMS = Table(
    "items",
    {
        "product_id": "int64",
        "family_id": "int64",
        "kind": "str",
        "days_lead": "int64",
        "days_lead_std": "float64",
        "price": "float64",
        "cost": "float64",
        "stock": "float64",
        "minimum": "float64",
        "has_rule": "bool",
        "service_level": "float64",
        "error": "float64",
    },
    key=("product_id",),
    units={
        "days_lead": "days",
        "days_lead_std": "days",
        "price": "company currency per unit",
        "cost": "company currency per unit",
        "stock": "product unit",
        "minimum": "product unit",
        "error": "standard deviation of the forecast error of a day, product unit",
    },
)


@dataclass(frozen=True)
class SupplyInputs:
    """What a supply plan is computed from: n products, T buckets, F families.

    items: ITEMS, one row a product in the order of ``structure.product_ids``. loss (n,): share of
    the output that is lost, which is worked on all the same. demand: independent demand, receipts:
    open orders, needs: what released orders still take, all (n, T) product units.
    earliest (n,): first bucket in which something newly planned can arrive. family_ids (F,) in the
    order of ``priority`` (F,); ``family_index`` (n,), -1 without a family. operations, workcenters,
    hours, extra, work: tables of capacity.py. floor: company currency below which material gaps are
    not worth a record. target_scale (n,) or one: what target stocks are multiplied by.
    """

    buckets: SupplyBuckets
    items: pd.DataFrame
    structure: Structure
    loss: np.ndarray
    demand: np.ndarray
    receipts: np.ndarray
    needs: np.ndarray
    earliest: np.ndarray
    zones: np.ndarray
    family_ids: np.ndarray
    priority: np.ndarray
    operations: pd.DataFrame
    workcenters: pd.DataFrame
    hours: pd.DataFrame
    extra: pd.DataFrame
    work: pd.DataFrame
    use_measured: bool
    target_source: str
    review_days: int
    rebuild_weeks: int
    floor: float
    target_scale: np.ndarray | float = 1.0

    @property
    def family_index(self) -> np.ndarray:
        """Position (n,) of each product's family, -1 without."""
        return pd.Index(self.family_ids).get_indexer(self.items["family_id"])

    @property
    def yield_rate(self) -> np.ndarray:
        """Good units (n,) a unit worked on."""
        return 1.0 - self.loss

    @property
    def days_made(self) -> np.ndarray:
        """Days (n,) int64 that production of each product takes, 0 for what is not made."""
        is_made = self.kind_is("make", "subcontract")
        return np.where(is_made, self.items["days_lead"], 0).astype(np.int64)

    @property
    def frozen(self) -> int:
        """How many of the first buckets are frozen."""
        return int((self.zones == "frozen").sum())

    def kind_is(self, *kinds: str) -> np.ndarray:
        """Which products (n,) are supplied in one of these ways."""
        return self.items["kind"].isin(kinds).to_numpy()


@dataclass(frozen=True)
class SupplyPlan:
    """What comes out: quantities by product, hours by work center, and where they fall short.

    safety (n, T): proposed safety stocks. shares (n, F): whose need a product's is. gaps: a row a
    gap (kind, family_id, workcenter_id, product_id, first, last bucket, hours_short, qty_short,
    amount_short, rate_peak, hours_load, hours_available); gap_lines: a row a gap (position) and
    bucket.
    """

    net: NetPlan
    safety: np.ndarray
    shares: sparse.csr_matrix
    capacity: Capacity
    gaps: pd.DataFrame
    gap_lines: pd.DataFrame
    is_moving: np.ndarray

    @property
    def gross(self) -> np.ndarray:
        """What is needed of each product in each bucket (n, T)."""
        return self.net.gross


def supply_kind(items: pd.DataFrame) -> np.ndarray:
    """How each product is supplied (n,): make, buy, kit, subcontract or none.

    ``items`` has bom_kind ("" without a bill), partner_id (main vendor, 0 none) and whether the
    product's own routes buy or make it. A bill that no route makes does not count where a route
    buys from a vendor, which is what Odoo's procurement does.

    >>> supply_kind(pd.DataFrame({"bom_kind": ["make", "make", "", "kit", ""],
    ...     "partner_id": [0, 3, 3, 0, 0], "is_bought_by_route": [False, True, True, True, True],
    ...     "is_made_by_route": [True, False, False, False, False]})).tolist()
    ['make', 'buy', 'buy', 'kit', 'none']
    """
    bill = items["bom_kind"].to_numpy(str)
    has_vendor = items["partner_id"].to_numpy() > 0
    bought = has_vendor & items["is_bought_by_route"].to_numpy(bool)
    bought &= ~items["is_made_by_route"].to_numpy(bool)
    return np.select(
        [bill == "kit", bill == "subcontract", (bill == "make") & ~bought, has_vendor],
        ["kit", "subcontract", "make", "buy"],
        "none",
    )


def by_bucket(
    rows: pd.DataFrame, column: str, product_ids: np.ndarray, buckets: SupplyBuckets
) -> np.ndarray:
    """Dated quantities as (n, T); what is overdue counts in the first bucket, what lies beyond the
    horizon not at all. ``rows`` has product_id, day and ``column``."""
    row = pd.Index(product_ids).get_indexer(rows["product_id"])
    bucket = buckets.locate_due(rows["day"])
    known = (row >= 0) & (bucket >= 0)
    values = np.zeros((len(product_ids), buckets.count))
    np.add.at(values, (row[known], bucket[known]), rows[column].to_numpy(float)[known])
    return values


def independent_demand(
    consensus: np.ndarray,
    orders: np.ndarray,
    open_orders: np.ndarray,
    months: Buckets,
    buckets: SupplyBuckets,
    working_days: pd.DatetimeIndex,
    today: object,
    frozen: int,
) -> np.ndarray:
    """Demand by bucket (n, T): open orders where they are due, and what of the monthly consensus no
    order has consumed. consensus (n, M); orders (n, M) requested from ``today`` on; open_orders
    (n, T). Of the current month only the share of its working days still to come is expected."""
    shares = buckets.month_shares(months, working_days, today)
    left = shares.sum(axis=1)
    net = consumed(consensus * left, orders)
    spread = np.divide(shares, left[:, None], out=np.zeros_like(shares), where=left[:, None] > 0)
    is_whole = (consensus == np.rint(consensus)).all(axis=1)
    return bucket_demand(net, open_orders, spread, frozen, is_whole)


def output_loss(product_ids: np.ndarray, losses: pd.DataFrame) -> np.ndarray:
    """Share of the output of each product (n,) that is lost; ``losses`` has product_id, loss."""
    return losses.set_index("product_id")["loss"].reindex(product_ids).fillna(0.0).to_numpy(float)


def planned_structure(
    items: pd.DataFrame, components: pd.DataFrame, byproducts: pd.DataFrame, loss: np.ndarray
) -> Structure:
    """The structure of what is made: bills of bought products do not count. loss (n,)."""
    ids = items["product_id"].to_numpy()
    made = items.loc[items["kind"].isin(MADE), "product_id"]

    def own(lines: pd.DataFrame, part: str) -> pd.DataFrame:
        return lines[lines["product_id"].isin(made) & lines[part].isin(ids)]

    return structure(ids, own(components, "component_id"), own(byproducts, "byproduct_id"), loss)


def supply_plan(inputs: SupplyInputs) -> SupplyPlan:
    """Net, explode, load and compare: the whole supply plan, in one pass."""
    items, shape = inputs.items, inputs.structure
    lead = inputs.days_made
    shifts = {days: inputs.buckets.shift(int(days)) for days in np.unique(lead)}
    safety, target = _targets(inputs)
    result = net(
        shape,
        shifts,
        inputs.demand,
        inputs.receipts,
        inputs.needs,
        items["stock"].to_numpy(float),
        target,
        lead,
        inputs.earliest,
        inputs.kind_is("kit"),
    )
    families, index = len(inputs.family_ids), inputs.family_index
    shares = family_shares(
        shape, result.gross.sum(axis=1), inputs.demand.sum(axis=1), index, families
    )
    load = capacity(
        inputs.buckets, inputs.workcenters, inputs.hours, inputs.extra, inputs.work,
        inputs.operations, shape.product_ids, result.started / inputs.yield_rate[:, None], shares,
        inputs.use_measured,
    )  # fmt: skip
    gaps, lines = _gaps(inputs, result, shares, load)
    moving = [inputs.demand, result.dependent, inputs.needs, result.receipts, result.planned]
    is_moving = np.any([np.any(values != 0, axis=1) for values in moving], axis=0)
    is_moving |= (items["stock"].to_numpy(float) != 0) | items["has_rule"].to_numpy(bool)
    return SupplyPlan(result, safety, shares, load, gaps, lines, is_moving)


def _targets(inputs: SupplyInputs) -> tuple[np.ndarray, np.ndarray]:
    """Proposed safety stocks and the stock to plan towards, both (n, T); kits hold none."""
    items = inputs.items
    safety = stock_targets(
        inputs.structure,
        inputs.demand,
        items["error"].to_numpy(float),
        items["service_level"].to_numpy(float),
        items["days_lead"].to_numpy(float),
        items["days_lead_std"].to_numpy(float),
        inputs.review_days,
        inputs.buckets.days,
    )
    safety[inputs.kind_is("kit", "none")] = 0.0
    rule = items["has_rule"].to_numpy(bool)[:, None]
    minimum = np.broadcast_to(items["minimum"].to_numpy(float)[:, None], safety.shape)
    match inputs.target_source:
        case "none":
            target = np.zeros_like(safety)
        case "proposed":
            target = safety.copy()
        case _:
            target = np.where(rule, minimum, safety)
    target[inputs.kind_is("kit")] = 0.0
    target *= np.reshape(inputs.target_scale, (-1, 1))
    return safety, rebuilt(target, items["stock"].to_numpy(float), inputs.rebuild_weeks)


def _gaps(
    inputs: SupplyInputs, plan: NetPlan, shares: sparse.csr_matrix, load: Capacity
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All gaps: of capacity first, then of material and lead time."""
    shape, price = inputs.structure, inputs.items["price"].to_numpy(float)
    hours = unit_hours(
        inputs.operations, inputs.workcenters, shape.product_ids, inputs.use_measured
    )
    bill = accumulate(shape, hours.T.toarray() / inputs.yield_rate[:, None]).T
    nobody = np.max(inputs.priority, initial=0) + 1
    of_capacity = capacity_gaps(
        load,
        np.append(inputs.priority, nobody),
        bill,
        inputs.demand,
        price,
        inputs.family_ids,
        inputs.family_index,
    )
    of_supply = shortage_gaps(
        plan.short,
        inputs.kind_is("buy"),
        shares,
        shape,
        inputs.demand,
        price,
        inputs.family_ids,
        inputs.family_index,
        inputs.floor,
    )
    return joined(of_capacity, of_supply)
