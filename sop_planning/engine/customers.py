"""Customers who changed how they order: whether, how often, how much at a time, and what.

Each customer is compared with their own earlier months, corrected for the season, and never raised
for what they did in the same months of earlier years too. With thousands of customers some look
strange by chance, so the share of false alarms is what is controlled.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from .buckets import Buckets
from .predictive import Prediction, company_season, false_discovery, predict
from .tables import EngineError, Table

SEASON = 12
LEAST_ORDERS = 6  # order days before the recent months without which nothing is judged
LEAST_MONTHS = 12  # since the first order, before the recent months
LEAST_CHANGE = 0.25  # of what was expected: less is no news, however certain
LEAST_SHIFT = 0.10  # share of the order days that moved between families
MAIN_SHARE = 0.5  # share of the change that makes a family the one concerned
KINDS = ("stopped", "surge", "drop", "interval", "size", "mix")  # one cause, one kind: the first

ORDERING = Table(
    "ordering",
    {
        "partner_id": "int64",
        "family_id": "int64",
        "month": "datetime64[s]",
        "qty": "float64",
        "amount": "float64",
        "orders": "float64",
        "lines": "int64",
    },
    key=("partner_id", "family_id", "month"),
    units={
        "month": "first day",
        "qty": "product unit",
        "amount": "company currency",
        "orders": "order days; a day with k families counts 1/k in each, so that families add up",
    },
)
CHANGES = {
    "partner_id": "int64",
    "kind": "str",
    "p_value": "float64",
    "orders_recent": "float64",
    "orders_expected": "float64",
    "amount_recent": "float64",
    "amount_expected": "float64",
    "order_value_recent": "float64",
    "order_value_expected": "float64",
    "gained_family_id": "int64",
    "gained_share_recent": "float64",
    "gained_share_expected": "float64",
    "lost_family_id": "int64",
    "lost_share_recent": "float64",
    "lost_share_expected": "float64",
    "amount_impact": "float64",
    "family_id": "int64",
}


@dataclass(frozen=True)
class _Customers:
    """c customers and their p pairs of customer and family, m months of which r are recent.

    ids (c,); owner (p,) position of the customer; families (p,) ids; orders and amount (p, m).
    """

    ids: np.ndarray
    owner: np.ndarray
    families: np.ndarray
    orders: np.ndarray
    amount: np.ndarray
    recent: int

    def total(self, values: np.ndarray) -> np.ndarray:
        """Sums of (p, k) by customer, (c, k)."""
        starts = np.searchsorted(self.owner, np.arange(len(self.ids)))
        return np.add.reduceat(values, starts, axis=0)

    def foremost(self, values: np.ndarray) -> np.ndarray:
        """Position (c,) of the pair with the largest of the values (p,) of each customer."""
        order = np.lexsort((-values, self.owner))
        return order[np.searchsorted(self.owner, np.arange(len(self.ids)))]

    def only(self, keep: np.ndarray) -> "_Customers":
        """The customers of a mask (c,)."""
        pairs = keep[self.owner]
        owner = (np.cumsum(keep) - 1)[self.owner[pairs]]
        parts = (values[pairs] for values in (self.families, self.orders, self.amount))
        return _Customers(self.ids[keep], owner, *parts, self.recent)


def customer_changes(
    ordering: pd.DataFrame, months: Buckets, recent: int = 3, false_alarm_rate: float = 0.05
) -> pd.DataFrame:
    """One row, with the columns of CHANGES, for each customer who changed: the main change.

    ``ordering`` is an ORDERING table; ``months`` are the base and, last, the ``recent`` months.
    ``stopped``: no order; ``surge`` and ``drop``: amount; ``interval``: number of order days;
    ``size``: value of an order day; ``mix``: share of the families in the order days. Recent and
    expected figures are sums over the recent months. ``amount_impact`` is the amount less the
    expected one, signed; for ``mix`` that of the family that gained. ``family_id`` has most of the
    change, else 0. On average at most ``false_alarm_rate`` of what is found is chance (Benjamini
    and Hochberg). Raises EngineError ``bucket_count`` or ``false_alarm_rate``.
    """
    if not 0 < recent < months.count:
        raise EngineError("bucket_count", count=months.count, recent=recent)
    if not 0 < false_alarm_rate < 1:
        raise EngineError("false_alarm_rate", rate=false_alarm_rate)
    everyone = _arranged(ordering, months, recent)
    if not len(everyone.ids):
        return _frame({})
    seasons = [_season(everyone.orders, recent), _season(everyone.amount, recent)]
    customers = everyone.only(_has_base(everyone))
    if not len(customers.ids):
        return _frame({})
    predictions = _predictions(customers, *seasons)
    mix, shares = _mix(customers)
    p_values = _p_values(*predictions, mix)
    figures = _figures(customers, *predictions) | shares
    found = false_discovery(p_values, false_alarm_rate)
    first = found.argmax(axis=1)
    figures["kind"] = np.array(KINDS)[first]
    figures["p_value"] = p_values[np.arange(len(first)), first]
    figures |= _concerned(customers, figures)
    return _frame({name: values[found.any(axis=1)] for name, values in figures.items()})


def _frame(columns: dict[str, np.ndarray]) -> pd.DataFrame:
    return pd.DataFrame({name: columns.get(name, []) for name in CHANGES}).astype(CHANGES)


def _arranged(ordering: pd.DataFrame, months: Buckets, recent: int) -> _Customers:
    """The table as arrays, sorted by customer and family."""
    column = months.locate(ordering["month"])
    rows = ordering[column >= 0]
    ids, owner = np.unique(rows["partner_id"].to_numpy(np.int64), return_inverse=True)
    families, family = np.unique(rows["family_id"].to_numpy(np.int64), return_inverse=True)
    pairs, pair = np.unique(owner * max(len(families), 1) + family, return_inverse=True)
    cell = pair * months.count + column[column >= 0]

    def dense(name: str) -> np.ndarray:
        sums = np.bincount(cell, rows[name].to_numpy(float), len(pairs) * months.count)
        return sums.astype(float).reshape(len(pairs), months.count)

    owners, members = np.divmod(pairs, max(len(families), 1))
    return _Customers(ids, owners, families[members], dense("orders"), dense("amount"), recent)


def _season(values: np.ndarray, recent: int) -> np.ndarray:
    """The company's seasonal factors (m,), known from the base months only."""
    return company_season(values[:, :-recent].sum(axis=0), SEASON, recent)


def _has_base(customers: _Customers) -> np.ndarray:
    base = customers.total(customers.orders)[:, : -customers.recent]
    months = base.shape[1] - _first(base)
    return (base.sum(axis=1) > LEAST_ORDERS - 0.5) & (months >= LEAST_MONTHS)


def _first(values: np.ndarray) -> np.ndarray:
    return (np.cumsum(values > 0, axis=1) == 0).sum(axis=1)


def _predictions(
    customers: _Customers, order_season: np.ndarray, amount_season: np.ndarray
) -> tuple[Prediction, Prediction, Prediction]:
    """Order days by month, amount by month, amount by order day: recent months against base."""
    orders = customers.total(customers.orders)
    sales = np.maximum(customers.total(customers.amount), 0.0)  # returns are no negative demand
    alive = np.arange(orders.shape[1]) >= _first(orders)[:, None]
    interval = predict(orders, alive * order_season, customers.recent, SEASON)
    money = predict(sales, alive * amount_season, customers.recent, SEASON, interval.rate)
    return interval, money, predict(sales, orders, customers.recent, SEASON, np.ones(len(orders)))


def _p_values(
    interval: Prediction, money: Prediction, size: Prediction, mix: np.ndarray
) -> np.ndarray:
    """(c, kinds), NaN where there is no test: who orders nothing changed nothing else."""
    is_surge, is_here = money.recent > money.expected, interval.recent > 0
    columns = {
        "stopped": interval.lower,
        "surge": np.where(is_surge, _two_sided(money), np.nan),
        "drop": np.where(is_surge, np.nan, _two_sided(money)),
        "interval": _two_sided(interval),
        "size": _two_sided(size),
        "mix": mix,
    }
    is_stop = np.array(KINDS) == "stopped"
    p_values = np.column_stack([columns[kind] for kind in KINDS])
    return np.where(is_here[:, None] == is_stop, np.nan, p_values)


def _figures(
    customers: _Customers, interval: Prediction, money: Prediction, size: Prediction
) -> dict[str, np.ndarray]:
    """Recent and expected figures (c,) by column of CHANGES."""
    amount = customers.total(customers.amount)[:, -customers.recent :].sum(axis=1)
    orders, is_here = interval.recent, interval.recent > 0
    value = np.stack([np.where(is_here, amount, 0.0), np.where(is_here, size.expected, size.rate)])
    value /= np.where(is_here, orders, 1.0)
    return {
        "partner_id": customers.ids,
        "orders_recent": orders,
        "orders_expected": interval.expected,
        "amount_recent": amount,
        "amount_expected": money.expected,
        "order_value_recent": value[0],
        "order_value_expected": value[1],
    }


def _two_sided(prediction: Prediction) -> np.ndarray:
    """p-values (c,); 1 where the change is too small to be news."""
    change = np.abs(prediction.recent - prediction.expected)
    p_value = np.minimum(2 * np.minimum(prediction.lower, prediction.upper), 1.0)
    return np.where(change >= LEAST_CHANGE * prediction.expected, p_value, 1.0)


def _mix(customers: _Customers) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """p-values (c,) of a G-test of the order days by family, recent against base, and the families
    that gained and lost most. NaN with one family only.

    The statistic is divided by what the base's own periods show, so that customers who buy this one
    month and that the next are not raised (over-dispersion, as in quasi-likelihood).
    """
    orders, recent, owner = customers.orders, customers.recent, customers.owner
    base = orders[:, :-recent]
    sides = np.column_stack([orders[:, -recent:].sum(axis=1), base.sum(axis=1)])
    periods = base[:, base.shape[1] % recent :].reshape(len(base), -1, recent).sum(axis=2)
    g, freedom = _g_statistic(customers, sides)
    base_g, base_freedom = _g_statistic(customers, periods)
    base_freedom = np.maximum(base_freedom, periods.shape[1] - 1)
    noise = np.maximum(base_g / np.maximum(base_freedom, 1), 1.0)
    known = np.maximum(freedom, 1)
    p_value = special.fdtrc(known, np.maximum(base_freedom, 1), g / known / noise)
    total = customers.total(sides)[owner]
    share = np.divide(sides, total, out=np.zeros_like(sides), where=total > 0)
    shift = share[:, 0] - share[:, 1]
    moved = customers.total(np.abs(shift)[:, None])[:, 0] / 2
    p_value = np.where(moved >= LEAST_SHIFT, p_value, 1.0)
    figures = {}
    for side, pair in (("gained", customers.foremost(shift)), ("lost", customers.foremost(-shift))):
        figures[f"{side}_family_id"] = customers.families[pair]
        figures[f"{side}_share_recent"], figures[f"{side}_share_expected"] = share[pair].T
    return np.where(freedom > 0, p_value, np.nan), figures


def _g_statistic(customers: _Customers, observed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """G (c,) of homogeneity of counts (p, k) over k periods, and its degrees of freedom (c,)."""
    total = customers.total(observed)
    whole = np.maximum(total.sum(axis=1), 1e-12)
    pair = observed.sum(axis=1)
    expected = total[customers.owner] * (pair / whole[customers.owner])[:, None]
    ratio = np.divide(observed, expected, out=np.ones_like(observed), where=observed > 0)
    g = 2 * customers.total(special.xlogy(observed, ratio)).sum(axis=1)
    families = customers.total((pair > 0)[:, None].astype(int))[:, 0]
    return g, np.maximum(families - 1, 0) * np.maximum((total > 0).sum(axis=1) - 1, 0)


def _concerned(customers: _Customers, figures: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The money at stake and the family behind it, and no mix figures where the mix is not it."""
    owner, amount, recent = customers.owner, customers.amount, customers.recent
    base = np.maximum(amount[:, :-recent].sum(axis=1), 0.0)
    whole = customers.total(base[:, None])[owner, 0]
    share = np.divide(base, whole, out=np.zeros_like(base), where=whole > 0)
    change = amount[:, -recent:].sum(axis=1) - share * figures["amount_expected"][owner]
    impact = figures["amount_recent"] - figures["amount_expected"]
    main = customers.foremost(change * np.sign(impact)[owner])
    is_main = np.abs(change[main]) >= MAIN_SHARE * np.abs(impact)
    family = np.where(is_main & (impact != 0), customers.families[main], 0)
    is_mix = figures["kind"] == "mix"
    pairs = customers.families == figures["gained_family_id"][owner]
    gained = customers.total(np.where(pairs, change, 0.0)[:, None])[:, 0]
    blank = {
        name: np.where(is_mix, values, 0)
        for name, values in figures.items()
        if name.startswith(("gained_", "lost_"))
    }
    return blank | {
        "amount_impact": np.where(is_mix, gained, impact),
        "family_id": np.where(is_mix, figures["gained_family_id"], family),
    }
