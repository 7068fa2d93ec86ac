"""Further signals beside the deviation, and how they become the short list of a meeting."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from .accuracy import bias, tracking_signal
from .exceptions import severity as deviation_severity
from .predictive import false_discovery
from .tables import EngineError

NEAR_MONTHS = 3
LAUNCH_GAPS = ("no_like_item", "no_stock")
SEVERITIES = ("red", "amber", "none")  # worst first
EXPLANATIONS = (
    "no_reference_no_plan",
    "within_threshold",
    "below_floor",
    "same_cause",
    "beyond_cap",
    "flagged",
)


@dataclass(frozen=True)
class ForecastBias:
    """n forecasts (n,): bias (ratio) and tracking signal over the ``months`` seen, NaN = n/a."""

    bias: np.ndarray
    tracking_signal: np.ndarray
    months: np.ndarray
    is_biased: np.ndarray


@dataclass(frozen=True)
class OrderIntake:
    """n products whose orders exceed the plan in a run of months, the first one, each (n,).

    excess, ordered, planned: units of these months together; first, last: positions of the months,
    -1 where no month is exceeded.
    """

    excess: np.ndarray
    ordered: np.ndarray
    planned: np.ndarray
    first: np.ndarray
    last: np.ndarray


def order_intake(orders: np.ndarray, consensus: np.ndarray, near: int = NEAR_MONTHS) -> OrderIntake:
    """Orders already above the consensus of their month, in the first run of such months.

    orders, consensus (n, h) units; only the first ``near`` months count. What comes behind a month
    within the plan is another story. Raises EngineError ``shape``.

    >>> intake = order_intake(np.array([[5, 9, 4]]), np.array([[8, 7, 3]]))
    >>> intake.excess.tolist(), intake.first.tolist(), intake.last.tolist()
    ([3.0], [1], [2])
    """
    orders, consensus = np.asarray(orders, float), np.asarray(consensus, float)
    if orders.shape != consensus.shape:
        raise EngineError("shape", orders=orders.shape, consensus=consensus.shape)
    orders, consensus = orders[:, : max(near, 0)], consensus[:, : max(near, 0)]
    above = orders - consensus > 1e-9 * np.maximum(np.abs(consensus), 1.0)
    began = np.cumsum(above, axis=1) > 0
    run = above & (np.cumsum(began & ~above, axis=1) == 0)
    ordered, planned = (np.where(run, units, 0.0).sum(axis=1) for units in (orders, consensus))
    month = np.arange(run.shape[1])
    return OrderIntake(
        excess=ordered - planned,
        ordered=ordered,
        planned=planned,
        first=np.where(run.any(axis=1), (~began).sum(axis=1), -1),
        last=np.where(run, month, -1).max(axis=1, initial=-1),
    )


def biased(
    actual: np.ndarray,
    forecast: np.ndarray,
    seen: np.ndarray,
    limit: float = 4.0,
    least: int = 4,
    false_alarm_rate: float = 1.0,
) -> ForecastBias:
    """Forecasts that lean to one side: |tracking signal| > ``limit``, ``least`` months or more.

    A sum of errors wanders by chance, the more the longer, and with hundreds of forecasts some
    always do: below 1, ``false_alarm_rate`` also asks for a mean error that is none by Student's t
    test, with at most that share of false alarms among those found (Benjamini and Hochberg).

    actual, forecast (n, k) units; ``seen`` (n, k) marks the months that count. The tracking signal
    never exceeds the number of months, so a limit of 4 needs five.

    >>> biased(np.full((1, 5), 10.0), np.full((1, 5), 12.0), np.ones((1, 5), bool)).is_biased
    array([ True])
    """
    months = np.asarray(seen, bool).sum(axis=-1)
    actual, forecast = (np.where(seen, values, 0.0) for values in (actual, forecast))
    mean_of_seen = months / max(actual.shape[-1], 1)  # unseen months add no error, only their count
    signal = tracking_signal(actual, forecast) * mean_of_seen
    is_biased = (np.abs(np.nan_to_num(signal)) > limit * (1 + 1e-9)) & (months >= least)
    if false_alarm_rate < 1.0:
        p_values = _chance_of_mean(forecast - actual, months, seen)
        is_biased &= false_discovery(np.where(months >= least, p_values, np.nan), false_alarm_rate)
    return ForecastBias(bias(actual, forecast), signal, months, is_biased)


def _chance_of_mean(error: np.ndarray, months: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Two-sided p-values (n,) of the mean of errors (n, k) by Student's t test; 1 for one month."""
    count = np.maximum(months, 2)
    mean = error.sum(axis=-1) / count
    squares = (np.square(error - mean[:, None]) * np.asarray(seen, bool)).sum(axis=-1)
    deviation = np.maximum(np.sqrt(squares / (count - 1) / count), 1e-12 + 1e-9 * np.abs(mean))
    return np.where(months > 1, 2 * stdtr(count - 1, -np.abs(mean) / deviation), 1.0)


def launch_gaps(
    days_to_launch: np.ndarray,
    has_like_item: np.ndarray,
    qty_available: np.ndarray,
    within: int = 60,
) -> np.ndarray:
    """What launches of the next ``within`` days still lack, (n, 2) in the order of LAUNCH_GAPS.

    ``days_to_launch`` (n,), negative once launched; ``has_like_item`` (n,) bool: history of another
    product to plan with; ``qty_available`` (n,) stock and open supply together.

    >>> launch_gaps(np.array([30, 90, -1]), np.array([True, False, False]), np.zeros(3)).tolist()
    [[False, True], [False, False], [False, False]]
    """
    days = np.asarray(days_to_launch, float)
    is_near = (days >= 0) & (days <= within)
    missing = [~np.asarray(has_like_item, bool), ~(np.asarray(qty_available, float) > 0)]
    return np.column_stack(missing) & is_near[:, None]


def rank_and_cap(
    amount: np.ndarray, severity: np.ndarray, cap: int, kind: np.ndarray | None = None
) -> np.ndarray:
    """Positions of the ``cap`` exceptions that matter most, of all kinds together, first first.

    By money in absolute terms; at the same money red before amber, then by ``kind`` (n,), then in
    order. ``none`` is no exception. An amount that is not known counts as 0. Raises EngineError
    ``severity``.

    >>> rank_and_cap(np.array([5, -9, 5, 99]), np.array(["amber", "amber", "red", "none"]), 2)
    array([1, 2])
    """
    severity = np.asarray(severity)
    if not np.isin(severity, SEVERITIES).all():
        raise EngineError("severity")
    money = np.abs(np.nan_to_num(np.asarray(amount, float), posinf=np.inf))
    kinds = np.zeros(len(money)) if kind is None else np.asarray(kind)
    order = np.lexsort((kinds, severity != "red", -money))
    return order[severity[order] != "none"][: max(cap, 0)]


def same_cause(
    product_deviation: np.ndarray,
    product_severity: np.ndarray,
    family_deviation: np.ndarray,
    family_severity: np.ndarray,
    family: np.ndarray,
) -> np.ndarray:
    """Flagged products (n,) whose family is flagged in the same direction: said once is enough.

    ``family`` (n,) is each product's position in the families (f,), -1 without one.

    >>> same_cause(np.array([0.5, -0.5]), np.array(["red", "red"]), np.array([0.3]),
    ...            np.array(["amber"]), np.array([0, 0])).tolist()
    [True, False]
    """
    family = np.asarray(family)
    direction = np.where(np.asarray(family_severity) != "none", np.sign(family_deviation), 0.0)
    theirs = np.append(direction, 0.0)[family]  # -1, no family, is the zero at the end
    is_flagged = np.asarray(product_severity) != "none"
    return is_flagged & (theirs != 0) & (np.sign(product_deviation) == theirs)


def drivers(
    amount: np.ndarray, family: np.ndarray, family_amount: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The product that moves each family most: its position (f,) and contribution (f,) in money.

    amount (n,) and family_amount (f,): plan less reference, signed. Only products that go the same
    way as their family count; -1 and 0 where there is none. Ties go to the first.

    >>> drivers(np.array([50, -80, 30]), np.array([0, 0, 1]), np.array([-30, 0]))
    (array([ 1, -1]), array([-80.,   0.]))
    """
    amount, family = np.asarray(amount, float), np.asarray(family)
    direction = np.append(np.sign(np.asarray(family_amount, float)), 0.0)
    push = amount * direction[family]
    order = np.lexsort((-push, family))
    order = order[push[order] > 0]
    found, first = np.unique(family[order], return_index=True)
    position = np.full(len(direction) - 1, -1)
    position[found] = order[first]
    return position, np.where(position >= 0, np.append(amount, 0.0)[position], 0.0)


def why_not_flagged(
    plan: np.ndarray,
    reference: np.ndarray,
    amber: np.ndarray | float,
    red: np.ndarray | float,
    value: np.ndarray,
    floor: np.ndarray | float,
    rank: np.ndarray,
    cap: int,
    is_same_cause: np.ndarray | bool = False,
) -> np.ndarray:
    """One code of EXPLANATIONS for each row (n,), the first that holds.

    Arguments as in ``exceptions.severity``; ``rank`` (n,) is the place in the ranking of all
    exceptions, from 0, -1 without one.

    >>> why_not_flagged(np.array([0, 105, 130, 130]), np.array([0, 100, 100, 100]), 0.1, 0.25,
    ...                 np.array([0, 50, 300, 300]), 100, np.array([-1, -1, 0, 1]), 1).tolist()
    ['no_reference_no_plan', 'within_threshold', 'flagged', 'beyond_cap']
    """
    plan, reference, rank = np.asarray(plan), np.asarray(reference), np.asarray(rank)
    reasons = (
        (plan <= 0) & (reference <= 0),
        deviation_severity(plan, reference, amber, red) == "none",
        deviation_severity(plan, reference, amber, red, value, floor) == "none",
        np.broadcast_to(is_same_cause, plan.shape),
        (rank < 0) | (rank >= cap),
    )
    return np.select(reasons, EXPLANATIONS[:-1], EXPLANATIONS[-1])
