"""Measures what the screens of the newest open cycle cost the server, a refresh of it and one
what-if scenario: seconds by step, queries, peak memory. Prints JSON.

Usage: python benchmarks/refresh.py [database]; needs the demo database (make demo). The refreshes
are rolled back. The second one is reported too: it finds nothing to change.
"""

import json
import resource
import sys
import time
from datetime import timedelta

import odoo
from odoo.tools import config

config.parse_config(["-d", sys.argv[1] if len(sys.argv) > 1 else "sop_demo", "--log-level=warn"])


def refresh(cycle):
    """One refresh: wall and CPU seconds, queries, and the log of its run."""
    cr = cycle.env.cr
    queries, wall, cpu = cr.sql_log_count, time.perf_counter(), time.process_time()
    cycle.action_refresh()
    cycle.env.flush_all()
    run = cycle.run_ids.sorted("id")[-1]
    return {
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "queries": cr.sql_log_count - queries,
        "steps": {row["name"]: row["seconds"] for row in run.log},
        "rows": {row["name"]: row["rows"] for row in run.log if row["rows"] is not None},
    }


def what_if(cycle):
    """One scenario on today's records: 20 % more of the family that sells most."""
    family = cycle.review_ids.sorted("amount_year")[-1:].family_id
    first, last = cycle.company_id._sop_today(), cycle.date_end - timedelta(days=1)
    lever = {
        "kind": "demand", "family_id": family.id, "value": 0.2, "date_from": first, "date_to": last,
    }  # fmt: skip
    scenario = cycle.env["sop.scenario"].create(
        {"cycle_id": cycle.id, "lever_ids": [odoo.fields.Command.create(lever)]}
    )
    cr = cycle.env.cr
    queries, wall, cpu = cr.sql_log_count, time.perf_counter(), time.process_time()
    scenario.action_simulate()
    cycle.env.flush_all()
    return {
        "question": scenario.lever_text,
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "queries": cr.sql_log_count - queries,
    }


def screens(cycle):
    """Seconds and queries of the calls behind the screens, the caches as a new request has them."""
    lines, own = cycle.env["sop.demand.line"], [("cycle_id", "=", cycle.id)]
    family = cycle.review_ids[:1].family_id
    calls = {
        "dashboard": lambda: cycle.get_dashboard_data(cycle.id),
        "grid_families": lambda: lines.get_grid_data(own),
        "grid_products": lambda: lines.get_grid_data(own, {"groupby": ["product_id"]}),
        "grid_one_family": lambda: lines.get_grid_data(own, {"parent": f"family_id:{family.id}"}),
        "gaps": lambda: cycle.env["sop.supply.gap.line"].get_grid_data(own),
        "capacity": lambda: cycle.env["sop.capacity.line"].get_grid_data(own),
    }
    return {name: measured(cycle.env, call) for name, call in calls.items()}


def measured(env, call):
    env.invalidate_all()
    queries, wall = env.cr.sql_log_count, time.perf_counter()
    call()
    return {
        "seconds": round(time.perf_counter() - wall, 3),
        "queries": env.cr.sql_log_count - queries,
    }


def main():
    database = config["db_name"]
    database = database[0] if isinstance(database, list) else database
    with odoo.modules.registry.Registry(database).cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        cycle = env["sop.cycle"]._dashboard_cycle()
        if not cycle:
            sys.exit("There is no open cycle in this database: run make demo first.")
        result = {
            "company": cycle.company_id.name,
            "cycle": cycle.name,
            "screens": screens(cycle),
            "refresh": refresh(cycle),
            "second_refresh": refresh(cycle),
            "what_if": what_if(cycle),
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
        cr.rollback()
    print(json.dumps(result, indent=2))


main()
