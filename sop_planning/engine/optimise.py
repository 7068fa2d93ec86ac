"""The schedule of least cost: one sparse linear programme over all groups and buckets [M27]."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.optimize import OptimizeResult, linprog

from .problem import Problem, Schedule, behind_due, same_work, waiting
from .tables import EngineError

# Variables, named as the fields of Schedule; K pairs, G groups or W work centers by T buckets. Here
# work, ahead and behind are end units rather than hours, so that most coefficients are 1. rate is
# that of a level schedule; put_off are units due that are not held, as their work waits.
LETTERS = {
    "work": "K", "ahead": "K", "behind": "K", "deficit": "G", "stock": "G", "backlog": "G",
    "shortfall": "G", "lost": "G", "subcontracted": "G", "extra": "W", "rate": "W",
    "put_off": "K",
}  # fmt: skip
HOURS = ("work", "ahead", "behind")
TIME_LIMIT = 1  # the status of linprog for "iteration or time limit reached"

Rule = tuple[Mapping[str, sparse.csr_array], np.ndarray]  # coefficients by variable; right side
Values = Mapping[str, np.ndarray]


def optimised(
    problem: Problem,
    *,
    may_work_ahead: bool = True,
    may_extend: bool = True,
    is_level: bool = False,
    fallback: Schedule | None = None,
    time_limit: float = 60.0,
) -> Schedule:
    """The schedule of least ``total_cost``, with what one more hour would save.

    may_work_ahead: work may be done before it is planned; without it output follows demand (chase).
    may_extend: hours can be added. is_level: each work center whose hours are known uses the same
    share of them in all buckets, and adds none; its hour_value leaves out what more hours in one
    bucket would make it work in all. time_limit: seconds for the solver; after them ``fallback`` is
    the result, with status ``time_limit`` and a bound that holds. Raises EngineError
    ``time_limit`` if there is no fallback, and ``solver`` (status, message) if there is no optimum,
    as with a cost below 0: doing nothing is always possible.
    """
    is_extended = may_extend and not is_level
    upper = _upper(problem, may_work_ahead, is_extended, is_level)
    equal = [_progress(problem), _balance(problem)] + ([_level(problem)] if is_level else [])
    at_most = [_hours(problem), _finish(problem), _shortfall(problem), *_put_off(problem)]
    result = _solved(problem, equal, at_most, upper, time_limit)
    if result.status == TIME_LIMIT:
        if fallback is None:
            raise EngineError("time_limit", seconds=time_limit)
        return replace(fallback, status="time_limit", bound=_forced_cost(problem))
    if result.status:
        raise EngineError("solver", status=int(result.status), message=result.message)
    return _schedule(problem, result)


# Rules: each as the coefficients of its variables and its right-hand side


def _progress(p: Problem) -> Rule:
    """A+[k,t] - A-[k,t] - (A+[k,t-1] - A-[k,t-1]) - V[k,t] - sum of (lost + sub)[group_k,u] over
    the u with due[k,u] = t = -work[k,t] / hours_k: progress is what is worked beyond the plan, and
    what needs no work any more.
    """
    count, buckets = p.work.shape
    step = sparse.eye_array(buckets) - sparse.eye_array(buckets, k=-1)
    change = sparse.kron(sparse.eye_array(count), step, format="csr")
    pair, bucket = np.nonzero(p.due >= 0)
    relief = _entries(
        pair * buckets + p.due[pair, bucket],
        p.group[pair] * buckets + bucket,
        (p.work.size, p.demand.size),
    )
    coefficients = {"ahead": change, "behind": -change, "work": -sparse.eye_array(p.work.size)}
    coefficients |= {"lost": -relief, "subcontracted": -relief}
    return coefficients, -(p.work / p.hours[:, None]).ravel()


def _finish(p: Problem) -> Rule:
    """A-[k,due[k,t]] + sum of (lost + sub)[group_k,u] over the later u with the same due -
    deficit[group_k,t] <= later[k,t] / hours_k: all work of a unit is done before it is there, and
    that for later ones waits first.
    """
    buckets = len(p.days)
    pair, bucket = np.nonzero(p.due >= 0)
    row, size = np.arange(len(pair)), (len(pair), p.demand.size)
    behind = _entries(row, pair * buckets + p.due[pair, bucket], (len(row), p.work.size))
    deficit = _entries(row, p.group[pair] * buckets + bucket, size)
    number = np.zeros(p.work.shape, np.int64)
    number[pair, bucket] = row
    of_pair, of_bucket, other = same_work(p)
    relief = _entries(number[of_pair, of_bucket], p.group[of_pair] * buckets + other, size)
    coefficients = {"behind": behind, "deficit": -deficit, "lost": relief, "subcontracted": relief}
    return coefficients, (p.later / p.hours[:, None])[pair, bucket]


def _put_off(p: Problem) -> list[Rule]:
    """H[k,t] - A-[k,due[k,t]] <= 0 and H[k,t] - deficit[group_k,t] <= 0, where the second does not
    follow: what is not held is work that waits, and of a unit that waits for it.
    """
    buckets = len(p.days)
    pair, bucket = np.nonzero(_is_partial(p))
    row = np.arange(len(pair))
    one = _entries(row, pair * buckets + bucket, (len(row), p.work.size))
    behind = _entries(row, pair * buckets + p.due[pair, bucket], (len(row), p.work.size))
    deficit = _entries(row, p.group[pair] * buckets + bucket, (len(row), p.demand.size))
    none = np.zeros(len(row))
    return [
        ({"put_off": one, "behind": -behind}, none),
        ({"put_off": one, "deficit": -deficit}, none),
    ]


def _is_partial(p: Problem) -> np.ndarray:
    """Pairs and buckets (K, T) for which work may wait though nothing due waits for it."""
    return (p.due >= 0) & (p.later > 0) & (p.holding_cost[p.group] > 0)[:, None]


def _balance(p: Problem) -> Rule:
    """I[g,t] - b[g,t] + deficit[g,t] = stock[g,t]."""
    one = sparse.eye_array(p.demand.size, format="csr")
    return {"stock": one, "backlog": -one, "deficit": one}, p.stock.ravel()


def _shortfall(p: Problem) -> Rule:
    """-I[g,t] - s[g,t] <= -target[g,t], where a target is set."""
    rows = np.flatnonzero(p.target.ravel() > 0)
    one = sparse.eye_array(p.demand.size, format="csr")[rows]
    return {"stock": -one, "shortfall": -one}, -p.target.ravel()[rows]


def _hours(p: Problem) -> Rule:
    """sum of hours_k V[k,t] over the pairs of w - O[w,t] <= available[w,t], where it is known."""
    known = np.flatnonzero(np.isfinite(p.available.ravel()))
    extra = sparse.eye_array(p.available.size, format="csr")[known]
    return {"work": _by_center(p)[known], "extra": -extra}, p.available.ravel()[known]


def _level(p: Problem) -> Rule:
    """sum of hours_k V[k,t] over the pairs of w - r[w,t] available[w,t] = 0 where it is known and
    material limits nothing, and r[w,t] is that of the first bucket: each work center works at one
    rate, from when on new material can be there.
    """
    is_limited = np.zeros(p.available.shape, bool)
    np.logical_or.at(is_limited, p.center, np.isfinite(p.ahead)[p.group])
    known = np.flatnonzero((np.isfinite(p.available) & ~is_limited).ravel())
    first = known // len(p.days) * len(p.days)
    rate = _entries(np.arange(len(known)), first, (len(known), p.available.size))
    hours = sparse.diags_array(p.available.ravel()[known], dtype=float)
    return {"work": _by_center(p)[known], "rate": -hours @ rate}, np.zeros(len(known))


def _upper(p: Problem, may_work_ahead: bool, may_extend: bool, is_level: bool) -> Values:
    """Upper bounds: A+ <= ahead, 0 while frozen; O <= extra_limit, 0 where hours are not scarce;
    sub <= subcontract_limit; lost <= what customers want; s is 0 where no target is set.
    """
    upper = {name: np.full(_shape(p, name), np.inf) for name in LETTERS}
    upper["ahead"] = p.ahead[p.group] * 1.0 if may_work_ahead else np.zeros(p.work.shape)
    upper["ahead"][:, : p.frozen] = 0.0
    upper["extra"] = np.where(np.isfinite(p.available) & may_extend, p.extra_limit, 0.0)
    upper["subcontracted"] = p.subcontract_limit
    upper["lost"] = np.maximum(p.demand, 0.0)
    upper["shortfall"] = np.where(p.target > 0, np.inf, 0.0)
    upper["put_off"] = np.where(_is_partial(p), np.inf, 0.0)
    upper["rate"] = np.zeros(p.available.shape)
    upper["rate"][:, :1] = np.inf if is_level else 0.0
    return upper


def _prices(p: Problem) -> Values:
    """What one unit of each variable costs: the coefficients of ``problem.costs``. Where a deficit
    is at least what is behind, that is what is not held."""
    share = (p.holding_cost / p.parts)[p.group][:, None]
    saved, is_partial = share * p.saved_weeks, _is_partial(p)
    pair, bucket = np.nonzero((p.due >= 0) & ~is_partial)
    price = {name: np.zeros(_shape(p, name)) for name in LETTERS}
    price["work"] += (p.hours * p.hour_cost[p.center])[:, None]
    price["extra"] += p.extra_cost - p.hour_cost[:, None]
    price["subcontracted"] += p.subcontract_cost[:, None]
    price["lost"] += p.lost_cost[:, None]
    price["stock"] += np.outer(p.holding_cost, p.weeks)
    price["deficit"] += np.outer(p.holding_cost, p.weeks)
    price["ahead"] += share * p.weeks
    np.subtract.at(price["behind"], (pair, p.due[pair, bucket]), saved[pair, bucket])
    price["put_off"] -= np.where(is_partial, saved, 0.0)
    price["behind"][:, -1] += p.hours * p.hour_cost[p.center]
    price["shortfall"] += np.outer(p.shortfall_cost, p.weeks)
    price["backlog"] += np.outer(p.late_cost, p.weeks)
    price["backlog"][:, -1] += p.lost_cost
    return price


# The programme and its result


def _solved(
    p: Problem, equal: list[Rule], at_most: list[Rule], upper: Values, time_limit: float
) -> OptimizeResult:
    """Result of linprog: its ``x`` over all variables, costs and duals in company currency.

    Columns that can only be 0 are left out. Costs are divided by their median, since the solver's
    tolerance for them is absolute; what it leaves below 0 or above a limit is cut off.
    """
    ceiling, price = _flat(upper), _flat(_prices(p))
    none = {name: np.zeros(_shape(p, name)) for name in LETTERS}
    floor = _flat(none | {"deficit": np.maximum(p.missing, 0.0)})
    used = np.flatnonzero(ceiling > 0)
    positive = price[used][price[used] > 0]
    scale = float(np.median(positive)) if len(positive) else 1.0
    (left, right), (below, limit) = _stacked(p, equal), _stacked(p, at_most)
    result = linprog(
        price[used] / scale,
        A_ub=below[:, used],
        b_ub=limit,
        A_eq=left[:, used],
        b_eq=right,
        bounds=np.column_stack([floor, ceiling])[used],
        method="highs-ds",
        options={"time_limit": time_limit},
    )
    if result.status == 0:
        vector = np.zeros(len(price))
        vector[used] = np.clip(result.x, floor[used], ceiling[used])
        result.x, result.fun = vector, result.fun * scale
        result.ineqlin.marginals = result.ineqlin.marginals * scale
    return result


def _schedule(p: Problem, result: OptimizeResult) -> Schedule:
    """The optimum as a schedule in hours, with the value of an hour: minus the dual of its rule,
    which is 0 where hours are not known. The rows of ``_hours`` come first.
    """
    values = _tidy(p, _tables(p, result.x))
    del values["rate"], values["put_off"]
    hours = {name: values[name] * p.hours[:, None] for name in HOURS}
    known = np.isfinite(p.available)
    worth = np.zeros(p.available.shape)
    worth[known] = np.maximum(-result.ineqlin.marginals[: known.sum()], 0.0)
    return Schedule(**values | hours, hour_value=worth, bound=float(result.fun), status="optimal")


def _tidy(p: Problem, values: Values) -> dict[str, np.ndarray]:
    """The same work at the same cost or less: nothing both ahead and behind, and each unit finished
    as soon as work and material allow, which the cost alone does not ask for, or as late as it is
    worth while work waits.
    """
    progress = values["ahead"] - values["behind"]
    behind = np.maximum(-progress, 0.0)
    hours = behind * p.hours[:, None]
    deficit, latest = np.maximum(p.missing, 0.0), np.zeros_like(p.demand)
    np.maximum.at(deficit, p.group, waiting(p, hours, values["lost"] + values["subcontracted"]))
    np.maximum.at(latest, p.group, behind_due(p, hours))
    deficit = np.maximum(deficit, np.minimum(values["deficit"], latest))
    stock = np.maximum(p.stock - deficit, 0.0)
    return dict(values) | {
        "ahead": np.maximum(progress, 0.0),
        "behind": behind,
        "deficit": deficit,
        "stock": stock,
        "backlog": np.maximum(deficit - p.stock, 0.0),
        "shortfall": np.maximum(p.target - stock, 0.0),
    }


def _forced_cost(p: Problem) -> float:
    """A bound for the cost of every schedule, in closed form: b >= missing - stock, as deficit >=
    missing, I >= 0 and I - b = stock - deficit; all other parts are 0 or more.
    """
    late = np.maximum(np.maximum(p.missing, 0.0) - p.stock, 0.0)
    return float(p.late_cost @ late @ p.weeks + p.lost_cost @ late[:, -1])


# Positions


def _shape(p: Problem, name: str) -> tuple[int, int]:
    return {"K": p.work, "G": p.demand, "W": p.available}[LETTERS[name]].shape


def _flat(tables: Values) -> np.ndarray:
    """Tables by variable as one vector, in the order of ``LETTERS``."""
    return np.concatenate([tables[name].ravel() for name in LETTERS])


def _tables(p: Problem, vector: np.ndarray) -> dict[str, np.ndarray]:
    """One vector as tables by variable."""
    shapes = [_shape(p, name) for name in LETTERS]
    ends = np.cumsum([rows * columns for rows, columns in shapes])
    parts = np.split(vector, ends[:-1])
    return {name: part.reshape(shape) for name, part, shape in zip(LETTERS, parts, shapes)}


def _stacked(p: Problem, rules: list[Rule]) -> tuple[sparse.csc_array, np.ndarray]:
    """Rules one below the other, over all variables."""
    rows = []
    for coefficients, right in rules:
        size = {name: (len(right), int(np.prod(_shape(p, name)))) for name in LETTERS}
        blocks = [coefficients.get(name, sparse.csr_array(size[name])) for name in LETTERS]
        rows.append(sparse.hstack(blocks, format="csr"))
    return sparse.vstack(rows, format="csc"), np.concatenate([right for _, right in rules])


def _entries(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> sparse.csr_array:
    """A matrix with 1 at the positions, added up where one is given twice."""
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)


def _by_center(p: Problem) -> sparse.csr_array:
    """Matrix (W T, K T) that sums the hours of pairs by work center."""
    pairs = np.arange(len(p.center))
    hours = sparse.csr_array((p.hours, (p.center, pairs)), shape=(len(p.available), len(pairs)))
    return sparse.kron(hours, sparse.eye_array(len(p.days)), format="csr")
