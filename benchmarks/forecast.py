"""Accuracy and cost of the statistical forecast beside what else could be used. See README.md.

Usage: python benchmarks/forecast.py [FILE ...] [--horizon H] [--season S] [--methods NAME ...]
[--yardstick PYTHON] [--out FILE.json]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from measures import measures
from series import Data, DataError, read

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "sop_planning"))
from engine.methods import registered  # noqa: E402

COLUMNS = ("sMAPE", "MASE", "MASE_lag1", "RMSSE", "WMAPE", "bias", "cover80", "cover95")
COSTS = ("cpu_seconds", "peak_mb")
YARDSTICKS = ("sf:Theta", "sf:AutoETS")
SPEED = ((5000, 40, 600), (500, 4, None))  # series of 60 months, CPU seconds and MB they may take
FIGURES = ("mean", "low", "high", "low95", "high95")


def main() -> int:
    """Measure, print, write; 2 when the data or a setting cannot be used."""
    report = {"files": [], "speed": []}
    try:
        wanted = _arguments()
        for path in wanted.files:
            report["files"].append(_of_file(path, wanted))
    except DataError as error:
        print(f"bench-forecast: {error}", file=sys.stderr)
        return 2
    if not wanted.files:
        print(
            "Only the speed is measured. Accuracy needs held-out data, which is not shipped: give"
            " some with DATA=file.csv (benchmarks/README.md says in which form)."
        )
    report["speed"] = [_speed(*target) for target in SPEED]
    if wanted.out:
        Path(wanted.out).write_text(json.dumps(_plain(report), indent=1) + "\n")
        print(f"Figures and forecasts of every series: {wanted.out}")
    return 0


def _arguments() -> argparse.Namespace:
    """The settings; DataError says which one cannot be used."""
    parser = argparse.ArgumentParser(prog="bench-forecast", description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*")
    parser.add_argument("--horizon")
    parser.add_argument("--season", default="12")
    parser.add_argument("--methods", nargs="*", default=[])
    parser.add_argument("--yardstick", help="Python that has statsforecast")
    parser.add_argument("--out")
    wanted = parser.parse_args()
    wanted.horizon = wanted.horizon and _whole("H", wanted.horizon, 1)
    wanted.season = _whole("SEASON", wanted.season, 2)
    unknown = sorted(set(wanted.methods) - set(registered()))
    if unknown:
        raise DataError(f"There is no method {unknown[0]}; there are {', '.join(registered())}.")
    if wanted.out and not Path(wanted.out).resolve().parent.is_dir():
        raise DataError(f"There is no folder {Path(wanted.out).resolve().parent} for OUT.")
    return wanted


def _whole(name: str, text: str, least: int) -> int:
    if not text.isdecimal() or int(text) < least:
        raise DataError(f"{name} must be a whole number from {least} on, not {text!r}.")
    return int(text)


def _plain(value: object) -> object:
    """What JSON can say: null for what cannot be measured."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _of_file(path: str, wanted: argparse.Namespace) -> dict:
    """All methods on the series of one file."""
    data = read(path, wanted.horizon, wanted.season)
    _introduce(path, data, wanted.season)
    result = {"file": path, "series": len(data.ids), "left_out": data.left_out, "methods": {}}
    result |= {"horizon": data.horizon, "season": wanted.season}
    yardsticks = YARDSTICKS if wanted.yardstick else ()
    for name in ("engine", "seasonal_naive", *wanted.methods, *yardsticks):
        run, cost = run_method(name, data.past, data.horizon, wanted.season, wanted.yardstick)
        if run is None:
            print(f"{name:16}{cost}")
            continue
        result["methods"][name] = measures(data.past, data.actual, run, wanted.season) | cost
        _print_row(name, result["methods"][name])
        if name == "engine":
            result["forecasts"] = _forecasts(data, run)
    if not wanted.yardstick:
        print("statsforecast is not installed (make yardstick): no Theta and AutoETS beside it.")
    print()
    return result


def _introduce(path: str, data: Data, season: int) -> None:
    print(f"{path}: {len(data.ids)} series, {data.horizon} buckets held out, season of {season}")
    if data.left_out:
        print(f"  {data.left_out} series are too short and left out")
    if data.gaps:
        print(f"  {data.gaps} empty cells within series count as 0")
    print(f"{'method':16}" + "".join(f"{name:>10}" for name in (*COLUMNS, "CPU s", "MB")))


def _print_row(name: str, figures: dict) -> None:
    cells = [f"{figures[column]:10.3f}" if column in figures else f"{'':10}" for column in COLUMNS]
    costs = f"{figures['cpu_seconds']:10.1f}{figures['peak_mb']:10d}"
    print(f"{name:16}" + "".join(cells) + costs, flush=True)


def _forecasts(data: Data, run: dict) -> dict:
    """Every series' actual and forecast, so that others can check the measures."""
    return {
        name: {"actual": _digits(data.actual[row])}
        | {figure: _digits(run[figure][row]) for figure in FIGURES}
        for row, name in enumerate(data.ids)
    }


def _digits(values: np.ndarray) -> list[float]:
    return [float(f"{value:.7g}") for value in values]


def run_method(
    name: str,
    past: np.ndarray,
    horizon: int,
    season: int,
    yardstick: str | None,
    groups: np.ndarray | None = None,
) -> tuple[dict | None, dict | str]:
    """Figures (n, h) by name and cost of one method; None and why when it does not work."""
    python = yardstick if name.startswith("sf:") else sys.executable
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.npz"), Path(folder, "out.npz")
        np.savez(source, past=past, **({} if groups is None else {"groups": groups}))
        command = [python, HERE / "run_method.py", name, str(horizon), str(season), source, target]
        done = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        if done.returncode:
            return None, "failed: " + (done.stderr.strip().splitlines() or ["no message"])[-1]
        return dict(np.load(target)), json.loads(done.stdout.splitlines()[-1])


def _speed(n: int, seconds: float, memory: float | None) -> dict:
    """Cost of n synthetic series of 60 months with 18 to come, in families of about 40."""
    groups = np.arange(n) % max(1, n // 40)
    _run, cost = run_method("engine", synthetic(n, 60), 18, 12, None, groups)
    if _run is None:
        raise SystemExit(f"The engine {cost}")
    line = f"{n} x 60 months: {cost['cpu_seconds']} CPU s (target {seconds})"
    line += f", peak {cost['peak_mb']} MB" + (f" (target {memory})" if memory else "")
    print(line, flush=True)
    return {"series": n, "months": 60} | cost


def synthetic(n: int, months: int, seed: int = 1) -> np.ndarray:
    """Sales (n, months) like a manufacturer's: seasonal, growing, rare, and launched lately."""
    noise = np.random.default_rng(seed)
    t = np.arange(months)
    level = noise.lognormal(4, 1.5, (n, 1))
    season = 1 + noise.uniform(0, 0.6, (n, 1)) * np.sin(2 * np.pi * (t / 12 + noise.random((n, 1))))
    growth = np.exp(noise.normal(0, 0.01, (n, 1)) * t)
    rate = np.where(
        noise.random((n, 1)) < 0.3, noise.uniform(0.1, 2, (n, 1)), level * season * growth
    )
    sales = noise.poisson(rate * noise.gamma(6, 1 / 6, (n, months))).astype(float)
    launch = np.where(noise.random(n) < 0.2, noise.integers(0, months - 3, n), 0)
    return np.where(t >= launch[:, None], sales, 0.0)


if __name__ == "__main__":
    sys.exit(main())
