"""Fills the demo database and describes it; executed by dev/demo through dev/shell.py.

SOP_COMPANY names a package in examples/ whose load(env, today) creates the native records and
returns what it did. SKUS, LINES, MONTHS and SEED go to a company that is generated; the truth that
it planted is written beside the summary. SOP_STAGE is "build" (load, then open and compute the
first cycle) or "refresh" (only describe it again).
"""

import importlib
import inspect
import json
import os
import time
from datetime import date
from pathlib import Path

SIZES = {"SKUS": "skus", "LINES": "order_lines", "MONTHS": "months", "SEED": "seed"}

result = Path(os.environ["SOP_RESULT"])
seconds = {}


def timed(name, function):
    start = time.monotonic()
    value = function()
    env.cr.commit()  # noqa: F821 - each stage is kept
    seconds[name] = round(time.monotonic() - start, 1)
    return value


def load():
    company = importlib.import_module("examples." + os.environ["SOP_COMPANY"])
    known = inspect.signature(company.load).parameters
    sizes = {SIZES[name]: int(os.environ[name]) for name in SIZES if os.environ.get(name)}
    if sizes.keys() - known.keys():
        raise SystemExit(
            f"The company {os.environ['SOP_COMPANY']} is as it is: leave out"
            " SKUS, LINES, MONTHS, SEED."
        )
    loaded = company.load(env, date.today(), **sizes)  # noqa: F821
    truth = loaded.pop("truth", None)
    file = result.with_name("truth.json" if result.stem == "demo" else f"{result.stem}-truth.json")
    file.unlink(missing_ok=True)  # the truth of the company before
    if truth:
        text = json.dumps(truth, indent=2, default=str, ensure_ascii=False)
        file.write_text(text + "\n", encoding="utf-8")
    return loaded


def open_cycle():
    env.ref("sop_planning.ir_cron_sop_open_cycle").method_direct_trigger()  # noqa: F821
    env.cr.rollback()  # noqa: F821 - the action ran in a transaction of its own
    company = env.company  # noqa: F821
    if not env["sop.cycle"].search_count([("company_id", "=", company.id)]):  # noqa: F821
        # before the month's first Monday no cycle is due: the demo opens it all the same
        month = company._sop_month(company._sop_today())
        env["sop.cycle"]._open_cycle(company, month).action_refresh()  # noqa: F821


def summary():
    cycle = env["sop.cycle"].search([], limit=1, order="month desc")  # noqa: F821
    if not cycle:
        raise SystemExit("The scheduled action opened no planning cycle: see .dev/log/shell.log")
    return cycle.get_summary()


known = json.loads(result.read_text(encoding="utf-8")) if result.exists() else {}
if os.environ["SOP_STAGE"] == "build":
    seconds["install"] = int(os.environ.get("SOP_INSTALL_SECONDS", "0"))
    known = {"data": timed("data", load)}
    timed("cycle", open_cycle)
timed("pages", env["ir.qweb"]._pregenerate_assets_bundles)  # noqa: F821 - the first page opens fast
figures = timed("summary", summary)
seconds = {**known.get("seconds", {}), **seconds}
text = json.dumps(
    {**known, **figures, "seconds": seconds}, indent=2, default=str, ensure_ascii=False
)
result.write_text(text + "\n", encoding="utf-8")
