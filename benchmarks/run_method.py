"""Runs one method in a process of its own, so that its time and memory are its own.

Usage: run_method.py METHOD HORIZON SEASON INPUT.npz OUTPUT.npz. Input: past (n, m), NaN before a
series begins, and groups (n,) if there are families. Output: mean, and intervals where the method
gives them, (n, h). Prints CPU seconds and peak memory as JSON. METHOD is ``engine``, the name of a
method registered in the engine, or ``sf:`` and the name of a model of statsforecast.
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

FIGURES = {  # and what statsforecast calls them
    "mean": "mean",
    "low": "lo-80",
    "high": "hi-80",
    "low95": "lo-95",
    "high95": "hi-95",
}


def engine_run(name: str):
    """The engine, or one of its registered methods alone."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "sop_planning"))
    from engine.forecast import forecast
    from engine.methods import chosen

    def whole(past, horizon, season, groups):
        result = forecast(np.nan_to_num(past), horizon, season, groups)
        names = ("mean", "low", "high", "low95", "high95", "naive")
        return {key: getattr(result, key) for key in names}

    def alone(past, horizon, season, groups):
        return {"mean": chosen([name])[0](np.nan_to_num(past), horizon, season)}

    return whole if name == "engine" else alone


def yardstick_run(name: str, season: int):
    """A model of statsforecast on every series."""
    from statsforecast import models

    model = getattr(models, name)(season_length=season)

    def run(past, horizon, season, groups):
        result = {key: np.zeros((len(past), horizon)) for key in FIGURES}
        for row, values in enumerate(past):
            own = values[~np.isnan(values)]
            try:
                figures = model.forecast(own, horizon, level=[80, 95])
            except Exception:  # too short or too flat for this model: the last value
                figures = {}
            for key, its_name in FIGURES.items():
                result[key][row] = np.nan_to_num(figures.get(its_name, own[-1]))
        return result

    run(np.arange(40.0)[None] % 7 + 1, 2, season, None)  # compile first
    return run


def main() -> None:
    """See above."""
    name, horizon, season, source, target = sys.argv[1:]
    data = dict(np.load(source))
    is_yardstick = name.startswith("sf:")
    run = yardstick_run(name[3:], int(season)) if is_yardstick else engine_run(name)
    started = time.process_time()
    result = run(data["past"], int(horizon), int(season), data.get("groups"))
    seconds = time.process_time() - started
    np.savez(target, **result)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"cpu_seconds": round(seconds, 2), "peak_mb": round(peak)}))


main()
