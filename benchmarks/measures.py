"""What is said about forecasts of held-out buckets. Definitions: Hyndman and Koehler (2006)."""

import numpy as np


def measures(past: np.ndarray, actual: np.ndarray, run: dict, season: int) -> dict:
    """All figures of one method's run; past (n, m) and actual (n, h) with NaN where nothing is.

    run: mean (n, h) and, where the method gives them, low, high, low95, high95 (n, h).
    """
    mean = run["mean"]
    known = ~np.isnan(actual)
    error = np.where(known, mean - np.nan_to_num(actual), 0.0)
    count, volume = known.sum(axis=1), np.nansum(actual)
    absolute = np.abs(error).sum(axis=1) / count
    square = np.sqrt(np.square(error).sum(axis=1) / count)
    size = np.where(known, np.abs(mean) + np.abs(np.nan_to_num(actual)), 0.0)
    relative = np.divide(2 * np.abs(error), size, out=np.zeros_like(error), where=size > 0)
    result = {
        "sMAPE": 100 * np.mean(relative.sum(axis=1) / count),
        "MASE": _mean_ratio(absolute, _step(past, season, np.abs)),
        "MASE_lag1": _mean_ratio(absolute, _step(past, 1, np.abs)),
        "RMSSE": _mean_ratio(square, np.sqrt(_step(past, 1, np.square))),
        "WMAPE": 100 * np.abs(error).sum() / volume,
        "bias": 100 * error.sum() / volume,
    }
    for share, suffix in ((80, ""), (95, "95")):
        if "low" + suffix in run:
            inside = (run["low" + suffix] <= actual) & (actual <= run["high" + suffix])
            result[f"cover{share}"] = 100 * inside[known].mean()
    return {name: float(value) for name, value in result.items()}


def _step(past: np.ndarray, lag: int, size) -> np.ndarray:
    """Mean size (n,) of the change within ``lag`` buckets; NaN where history is too short."""
    if past.shape[1] <= lag:
        return np.full(len(past), np.nan)
    change = size(past[:, lag:] - past[:, :-lag])
    count = (~np.isnan(change)).sum(axis=1)
    return np.divide(
        np.nansum(change, axis=1), count, out=np.full(len(past), np.nan), where=count > 0
    )


def _mean_ratio(error: np.ndarray, scale: np.ndarray) -> float:
    """Mean over the series whose history changes at all; NaN when there is none."""
    defined = scale > 0
    return (error[defined] / scale[defined]).mean() if defined.any() else np.nan
