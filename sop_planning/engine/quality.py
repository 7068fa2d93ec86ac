"""How far a plan can be trusted, given the defects in the data below it."""

import numpy as np


def trust_score(value: np.ndarray, is_touched: np.ndarray) -> float:
    """Share of the planned value that no blocking defect touches; nan when nothing is planned.

    value (n,) money of each product, is_touched (n,) bool.

    >>> trust_score(np.array([60.0, 30.0, 10.0]), np.array([False, False, True]))
    0.9
    """
    total = float(np.maximum(value, 0.0).sum())
    if total <= 0:
        return float("nan")
    return float(np.maximum(value, 0.0)[~is_touched].sum()) / total
