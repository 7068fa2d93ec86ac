"""Where the demand of products that end goes, and what is left of them."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PhaseOuts:
    """p phase-outs of products by position; h months.

    position, successor (p,): positions of the products, successor -1 is none; rate (p,): share of
    the loss that the successor gets; started, ended (p, h): share of each month's days after the
    start and after the end. No product may reach itself through its successors, see ``in_cycle``.
    """

    position: np.ndarray
    successor: np.ndarray
    rate: np.ndarray
    started: np.ndarray
    ended: np.ndarray

    def levels(self) -> list[np.ndarray]:
        """Rows in an order in which every product comes after those it succeeds."""
        rest, levels = np.arange(len(self.position)), []
        while len(rest):
            is_ready = ~np.isin(self.position[rest], self.successor[rest])
            levels.append(rest[is_ready])
            rest = rest[~is_ready]
        return levels

    def losses(
        self, running: np.ndarray, extra: np.ndarray, gains: np.ndarray, cuts: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """What the products lose (p, h), and the share (n, h) of all cuts that there is room for.

        running (n, h): demand that moves from the start on; extra (n, h): demand, of promotions in
        units and commitments, that is served until the end; gains (n, h): baseline and everything
        added; cuts (n, h) >= 0: everything taken away so far. What a product inherits from one that
        it succeeds moves on when it is phased out itself. Losses are net of the share.
        """
        losses = np.zeros(self.started.shape)
        inflow = np.zeros(gains.shape)
        kept = np.ones(gains.shape)
        for rows in self.levels():
            products, place = np.unique(self.position[rows], return_inverse=True)
            moving = (running + inflow)[products][place] * self.started[rows]
            loss = moving + extra[products][place] * self.ended[rows]
            wanted = cuts[products]
            np.add.at(wanted, place, loss)
            kept[products] = _room((gains + inflow)[products], wanted)
            losses[rows] = loss * kept[products][place]
            heirs = rows[self.successor[rows] >= 0]
            np.add.at(inflow, self.successor[heirs], self.rate[heirs, None] * losses[heirs])
        others = np.setdiff1d(np.arange(len(gains)), self.position)
        kept[others] = _room((gains + inflow)[others], cuts[others])
        return losses, kept


def in_cycle(position: np.ndarray, successor: np.ndarray) -> np.ndarray:
    """Whether (p,) a product comes back to itself through its successors, or lies between two such.

    >>> in_cycle(np.array([1, 2, 3]), np.array([2, 1, 1])).tolist()
    [True, True, False]
    """
    is_left = np.ones(len(position), bool)
    while True:
        is_inner = np.isin(position, successor[is_left]) & np.isin(successor, position[is_left])
        if (is_inner | ~is_left).all():
            return is_left
        is_left &= is_inner


def _room(available: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Share of what is wanted that is available, at most 1."""
    return np.divide(available, wanted, out=np.ones(wanted.shape), where=wanted > available)
