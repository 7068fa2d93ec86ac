"""What a scenario is computed from: a cycle's supply inputs, and what levers and money need."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from .supply import SupplyInputs
from .tables import Table
from .uncertainty import DemandRisk

ARRIVALS = Table(
    "arrivals",
    {"product_id": "int64", "day": "datetime64[s]", "partner_id": "int64", "qty": "float64"},
    key=("product_id", "day", "partner_id"),
    units={"qty": "product unit"},
)
CUSTOMERS = Table(
    "customers",
    {"partner_id": "int64", "product_id": "int64", "share": "float64"},
    key=("partner_id", "product_id"),
    units={"share": "of the product's demand, 0 to 1"},
)


@dataclass(frozen=True)
class Rates:
    """What things cost, and how far one may go.

    overtime_cost (w,): company currency a clock hour of overtime of each work center, in full.
    late: share of the sales price that a unit late costs a week; lost: of one never delivered;
    holding: share of the cost a year. overtime_peak: extra hours in one week as a share of the
    calendar's, overtime_average: the same over longer times. subcontract: extra cost of a unit from
    outside as a share of its cost, or None if nobody works for the company; subcontract_share: of
    the planned units that may come from outside.
    """

    overtime_cost: np.ndarray
    late: float = 0.02
    lost: float = 1.0
    holding: float = 0.15
    overtime_peak: float = 0.5
    overtime_average: float = 0.2
    subcontract: float | None = None
    subcontract_share: float = 0.0


@dataclass(frozen=True)
class Surcharge:
    """Money for every unit planned of some products: is_charged (n,), share of each bucket (T,),
    cost company currency a unit, kind of cost."""

    kind: str
    is_charged: np.ndarray
    share: np.ndarray
    cost: float


@dataclass(frozen=True)
class ScenarioInputs:
    """``supply`` is what is planned for: n products, T buckets.

    today: the company's day. promised (n, T): what customers want and when, which service is
    measured against; levers that move deliveries leave it. lines (n, T): open order lines by the
    bucket they are promised in. price (n, T): sales price. vendor (n,): main vendor, 0 none.
    arrivals: ARRIVALS, the open orders that ``supply.receipts`` sums. customers: CUSTOMERS, of the
    customers that levers name. charges: company currency of the levers by kind of cost and bucket
    (T,); hours: clock hours added by levers by kind and bucket (T,). risk: how uncertain the demand
    is, None: not known.
    """

    supply: SupplyInputs
    today: date
    promised: np.ndarray
    lines: np.ndarray
    price: np.ndarray
    vendor: np.ndarray
    arrivals: pd.DataFrame
    customers: pd.DataFrame
    rates: Rates
    charges: Mapping[str, np.ndarray] = field(default_factory=dict)
    hours: Mapping[str, np.ndarray] = field(default_factory=dict)
    surcharges: tuple[Surcharge, ...] = ()
    risk: DemandRisk | None = None

    def with_supply(self, **changes: object) -> "ScenarioInputs":
        """The same with other supply inputs."""
        return replace(self, supply=replace(self.supply, **changes))

    def charged(
        self, kind: str, amount: np.ndarray, hours: np.ndarray | None = None
    ) -> "ScenarioInputs":
        """The same with a cost (T,) and hours (T,) more."""
        charges = {**self.charges, kind: self.charges.get(kind, 0.0) + amount}
        if hours is None:
            return replace(self, charges=charges)
        added = {**self.hours, kind: self.hours.get(kind, 0.0) + hours}
        return replace(self, charges=charges, hours=added)
