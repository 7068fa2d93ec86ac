"""Fills the demo database and describes it; executed by dev/demo through dev/shell.py.

SOP_COMPANY names a package in examples/ whose load(env, today) creates the native records and
returns what it did. SOP_STAGE is "build" (load, then open and compute the first cycle) or
"refresh" (only describe it again).
"""

import importlib
import json
import os
import time
from datetime import date
from pathlib import Path

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
    return company.load(env, date.today())  # noqa: F821


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
