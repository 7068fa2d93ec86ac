"""Finite loading by priority: what gets done when hours are short and nobody decides anything."""

import numpy as np

from .problem import Problem, Schedule, waiting


def loaded(problem: Problem) -> Schedule:
    """Work in the bucket in which it is planned as far as the hours reach; what does not fit waits.

    The most important groups first (lowest number), among equals in proportion to what they want,
    on each work center for itself: nothing is worked ahead, extended or subcontracted. A group's
    output waits for the work center that is furthest behind. More hours never make any group later
    (a queue served by preemptive priority is monotone in its server).
    """
    behind = _backlogs(problem)
    deficit = np.maximum(problem.missing, _deficits(problem, behind))
    return scheduled(problem, behind, deficit)


def scheduled(problem: Problem, behind: np.ndarray, deficit: np.ndarray) -> Schedule:
    """The schedule that follows from the hours behind (K, T) and units in deficit (G, T)."""
    p = problem
    before = np.hstack([np.zeros((len(behind), 1)), behind[:, :-1]])
    rest = p.stock - deficit
    stock = np.maximum(rest, 0.0)
    none = np.zeros_like(p.demand)
    return Schedule(
        work=p.work + before - behind,
        ahead=np.zeros_like(behind),
        behind=behind,
        deficit=deficit,
        stock=stock,
        backlog=np.maximum(-rest, 0.0),
        shortfall=np.maximum(p.target - stock, 0.0),
        lost=none,
        subcontracted=none.copy(),
        extra=np.zeros_like(p.available),
    )


def _backlogs(problem: Problem) -> np.ndarray:
    """Hours (K, T) that wait at the end of each bucket."""
    p = problem
    left, behind = p.available.copy(), np.zeros_like(p.work)
    classes = p.priority[p.group]
    for number in np.unique(classes):
        pairs = np.flatnonzero(classes == number)
        center, waiting = p.center[pairs], np.zeros(len(pairs))
        for bucket in range(len(p.days)):
            wanted = waiting + p.work[pairs, bucket]
            total = np.bincount(center, weights=wanted, minlength=len(left))
            free = left[:, bucket]
            done = np.minimum(free, total)
            share = np.divide(done, total, out=np.zeros_like(total), where=total > 0)
            waiting = wanted * (1.0 - share[center])
            left[:, bucket] = free - done
            behind[pairs, bucket] = waiting
    return behind


def _deficits(problem: Problem, behind: np.ndarray) -> np.ndarray:
    """Units (G, T) that cannot be finished, as the work center furthest behind has them."""
    deficit = np.zeros_like(problem.demand)
    np.maximum.at(deficit, problem.group, waiting(problem, behind))
    return deficit
