"""Intervals that hold what they promise: margins corrected by what the backtest has seen."""

import numpy as np

EVIDENCE = 200.0  # months seen at which the correction counts half
LIMITS = (0.5, 2.5)


def margin_factor(excess: np.ndarray, margin: np.ndarray, share: float = 0.1) -> float:
    """Factor on a margin such that only ``share`` of the excesses lie beyond it.

    excess (k,) and margin (k,) units: how far actuals lay from the forecast on one side, negative
    on the other one. Conformal prediction (Vovk, Gammerman and Shafer, 2005), shrunk to 1 while
    little was seen.

    >>> excess = np.linspace(-9, 10, 2000)
    >>> round(margin_factor(excess, np.full(2000, 5.0)), 2)
    1.56
    """
    is_measured = margin > 0
    count = int(is_measured.sum())
    if count == 0:
        return 1.0
    ratio = float(np.quantile(excess[is_measured] / margin[is_measured], 1 - share))
    trust = count / (count + EVIDENCE)
    return float(np.clip(trust * ratio + 1 - trust, *LIMITS))
