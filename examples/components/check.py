"""Proof that the database says what was planned, and that a cycle finds what was planted.

`check(env)` draws the company again from its seed and compares it with native records;
`compare(env, truth)` puts the answers of the S&OP cycle beside the truth. The first thing that
differs is raised in one sentence. Nothing is changed.
"""

import json
from collections import defaultdict
from datetime import date, datetime, time, timedelta

import pytz

from odoo.exceptions import UserError
from odoo.fields import Command

from . import MARKER, masters, plan, products, story, truth_scenarios, weeks

HOURS_TOLERANCE = 0.02  # share of the hours short that an answer may differ from the truth
LEAST_HOURS = 0.05  # that it may always differ
CENT, RATE_ROUNDING = 0.01, 5e-5  # figures are stored with two digits, rates with four
COMPUTED = ("base", "overtime", "postpone", "optimal")  # scenarios of every refresh
BUSINESS = "p.default_code NOT LIKE 'D-%%'"  # all but the planted defects


def check(env) -> dict:
    """Compare everything; return {subject: figures compared}."""
    env.flush_all()
    known = truth(env)
    drawn = drawn_again(known)
    result = {
        "units sold": _sold(env, drawn),
        "open orders of line 2": _framework(env, drawn),
        "hours of the bottleneck": _hours(env, drawn),
        "load of the bottleneck": _load(env, drawn, known),
        "windows of vendors": _vendors(env, drawn, known),
        "invariants": _invariants(env, drawn),
    }
    if env["sop.cycle"].search_count([]):
        result["cycle"] = compare(env, known)
    return result


def truth(env) -> dict:
    """What was planted in this database."""
    text = env["ir.config_parameter"].sudo().get_param(MARKER)
    if not text:
        raise UserError("The example company is not loaded in this database.")
    return json.loads(text)


def drawn_again(known) -> plan.Plan:
    """The same company, from its parameters."""
    size = known["parameters"]
    today = date.fromisoformat(size["today"])
    return plan.draw(today, size["skus"], size["months"], size["seed"])


def _same(subject, wanted, found, tolerance=0.005):
    """Raise at the first key whose figures differ; return how many were compared."""
    for key in sorted(wanted.keys() | found.keys()):
        planned, native = wanted.get(key, 0.0), found.get(key, 0.0)
        if abs(planned - native) > tolerance:
            raise AssertionError(f"{subject}, {key}: {planned} planned, {native} in Odoo.")
    return len(wanted)


def _query(env, query, *params):
    """{leading columns: last column} of a query."""
    env.cr.execute(query, params)
    return {row[:-1]: float(row[-1] or 0) for row in env.cr.fetchall()}


def _codes(drawn):
    return [products.code(drawn, number) for number in range(drawn.count)]


def _sold(env, drawn):
    """Units requested before today, by product and month."""
    codes = _codes(drawn)
    wanted = {
        (
            codes[number],
            weeks.first_of_month(drawn.today, month - drawn.months).strftime("%Y-%m"),
        ): (float(drawn.sales[number, month]))
        for number, month in zip(*drawn.sales.nonzero())
    }
    found = _query(
        env,
        f"""SELECT p.default_code, to_char(o.commitment_date, 'YYYY-MM'), sum(l.product_uom_qty)
              FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id
              JOIN product_product p ON p.id = l.product_id AND {BUSINESS}
             WHERE o.state = 'sale' AND o.commitment_date < %s GROUP BY 1, 2""",
        drawn.today,
    )
    return _same("Units sold", wanted, found)


def _framework(env, drawn):
    """Open orders of line 2, by product and week."""
    codes = _codes(drawn)
    wanted = {
        (codes[number], weeks.monday(plan.due_day(drawn, int(week))).isoformat()): (
            float(drawn.framework[number, week])
        )
        for number, week in zip(*drawn.framework.nonzero())
    }
    found = _query(
        env,
        f"""SELECT p.default_code, date_trunc('week', o.commitment_date)::date::text,
                   sum(l.product_uom_qty - l.qty_delivered)
              FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id
              JOIN product_product p ON p.id = l.product_id AND {BUSINESS}
             WHERE o.state = 'sale' AND l.product_uom_qty > l.qty_delivered
               AND p.default_code = ANY(%s) GROUP BY 1, 2""",
        [codes[number] for number in (drawn.line() == 2).nonzero()[0]],
    )
    return _same("Open orders of line 2", wanted, found)


def _hours(env, drawn):
    """Clock hours of the bottleneck by week, as Odoo's calendar counts them."""
    center = env["mrp.workcenter"].search([("name", "=", story.BOTTLENECK)])
    calendar, zone = center.resource_calendar_id, pytz.timezone(masters.TIME_ZONE)
    start = weeks.monday(drawn.today)
    wanted = dict(enumerate(weeks.week_hours(drawn.today, story.FRAMEWORK_WEEKS), 1))
    found = {}
    for week in wanted:
        begin = start + timedelta(days=7 * (week - 1))
        moments = (max(begin, drawn.today), begin + timedelta(days=7))
        first, last = (zone.localize(datetime.combine(day, time())) for day in moments)
        found[week] = calendar.get_work_hours_count(first, last)
    return _same("Hours of the bottleneck in week", wanted, found)


def _load(env, drawn, known):
    """Hours that the short families' orders take on the bottleneck in the short weeks, from
    native orders, bills of materials and operations."""
    first = weeks.monday(drawn.today)
    load = _query(
        env,
        """SELECT c.name, (date_trunc('week', o.commitment_date)::date - %s) / 7,
                  sum((l.product_uom_qty - l.qty_delivered) / 60 * (op.time_cycle_manual
                      + w.time_start * w.time_efficiency / 100 / b.batch_size))
             FROM sale_order_line l JOIN sale_order o ON o.id = l.order_id
             JOIN product_product p ON p.id = l.product_id
             JOIN product_template t ON t.id = p.product_tmpl_id
             JOIN product_category c ON c.id = t.categ_id
             JOIN mrp_bom b ON b.product_id = p.id
             JOIN mrp_routing_workcenter op ON op.bom_id = b.id
             JOIN mrp_workcenter w ON w.id = op.workcenter_id
             JOIN resource_resource r ON r.id = w.resource_id AND r.name = %s
            WHERE o.state = 'sale' GROUP BY 1, 2""",
        first,
        story.BOTTLENECK,
    )
    center = env["mrp.workcenter"].search([("name", "=", story.BOTTLENECK)])
    hours = weeks.week_hours(drawn.today, max(story.SHORT_WEEKS))
    wanted, found = {}, {}
    for week in story.SHORT_WEEKS:
        due = sum(value for (_family, number), value in load.items() if number == week)
        found[week] = due - hours[week - 1] * center.time_efficiency / 100
        wanted[week] = sum(_by_week(gap).get(week, 0.0) for gap in known["gaps"])
    return _same("Hours short in week", wanted, found, 0.01)


def _by_week(gap):
    return {int(week): hours for week, hours in gap["by_week"].items()}


def _vendors(env, drawn, known):
    """Windows of the last year that were missed in a row, from orders and receipts."""
    env.cr.execute(
        """SELECT v.name, l.date_planned::date AS due,
                  bool_and(l.qty_received >= l.product_qty AND m.last <= l.date_planned::date)
             FROM purchase_order_line l JOIN purchase_order o ON o.id = l.order_id
             JOIN res_partner v ON v.id = o.partner_id
        LEFT JOIN (SELECT purchase_line_id, max(date)::date AS last FROM stock_move
                    WHERE state = 'done' GROUP BY 1) m ON m.purchase_line_id = l.id
            WHERE o.state = 'purchase' AND l.date_planned < %s AND l.product_qty > 0
              AND v.name = ANY(%s)
         GROUP BY 1, 2 ORDER BY 1, 2 DESC""",
        (drawn.today, list(story.VENDORS)),
    )
    kept = defaultdict(list)
    for name, _due, is_kept in env.cr.fetchall():
        kept[name].append(bool(is_kept))
    found = {(name,): float((windows + [True]).index(True)) for name, windows in kept.items()}
    wanted = {(row["vendor"],): float(row["missed_windows"]) for row in known["vendors"]}
    return _same("Missed windows in a row", wanted, found)


# What must have no row in a consistent database, each with its query.
_FORBIDDEN = {
    "quants that differ from the sum of done moves": f"""
        SELECT x.product_id, location_id FROM (
            SELECT product_id, location_id, quantity AS qty FROM stock_quant
            UNION ALL SELECT product_id, location_dest_id, -quantity_product_uom
                        FROM stock_move_line WHERE state = 'done'
            UNION ALL SELECT product_id, location_id, quantity_product_uom
                        FROM stock_move_line WHERE state = 'done') x
          JOIN product_product p ON p.id = x.product_id AND {BUSINESS}
         GROUP BY 1, 2 HAVING abs(sum(qty)) > 0.005""",
    "reservations that differ from the open move lines": f"""
        SELECT x.product_id, location_id FROM (
            SELECT product_id, location_id, reserved_quantity AS qty FROM stock_quant
            UNION ALL SELECT l.product_id, l.location_id, -l.quantity_product_uom
              FROM stock_move_line l JOIN stock_location s ON s.id = l.location_id
             WHERE l.state NOT IN ('done', 'cancel') AND s.usage = 'internal') x
          JOIN product_product p ON p.id = x.product_id AND {BUSINESS}
         GROUP BY 1, 2 HAVING abs(sum(qty)) > 0.005""",
    "moments with negative stock": f"""
        SELECT product_id FROM (
            SELECT l.product_id, sum(sum(CASE WHEN d.usage = 'internal' THEN l.quantity_product_uom
                                              ELSE -l.quantity_product_uom END))
                       OVER (PARTITION BY l.product_id ORDER BY l.date) AS level
              FROM stock_move_line l
              JOIN product_product p ON p.id = l.product_id AND {BUSINESS}
              JOIN stock_location s ON s.id = l.location_id
              JOIN stock_location d ON d.id = l.location_dest_id
             WHERE l.state = 'done' AND (s.usage = 'internal') <> (d.usage = 'internal')
             GROUP BY l.product_id, l.date) x WHERE level < -0.005""",
    "moves whose lines have another quantity": f"""
        SELECT m.id FROM stock_move m
          JOIN product_product p ON p.id = m.product_id AND {BUSINESS}
          LEFT JOIN (SELECT move_id, sum(quantity) AS qty FROM stock_move_line GROUP BY 1) l
            ON l.move_id = m.id
         WHERE abs(m.quantity - coalesce(l.qty, 0)) > 0.005""",
    "delivered quantities that differ from the moves": f"""
        SELECT l.id FROM sale_order_line l
          JOIN product_product p ON p.id = l.product_id AND {BUSINESS}
          LEFT JOIN mrp_bom kit ON kit.product_id = p.id AND kit.type = 'phantom'
          LEFT JOIN (SELECT sale_line_id, sum(quantity) AS qty FROM stock_move
                      WHERE state = 'done' GROUP BY 1) m ON m.sale_line_id = l.id
         WHERE kit.id IS NULL AND abs(l.qty_delivered - coalesce(m.qty, 0)) > 0.005""",
    "done moves in the future": """
        SELECT id FROM stock_move WHERE state = 'done' AND date::date > %(today)s""",
}


def _invariants(env, drawn):
    """Nothing that must not exist exists."""
    for name, query in _FORBIDDEN.items():
        env.cr.execute(query, {"today": drawn.today})
        rows = env.cr.fetchall()
        if rows:
            raise AssertionError(f"There are {len(rows)} {name}, the first is {rows[0]}.")
    return len(_FORBIDDEN)


def compare(env, known) -> dict:
    """Raise where the newest cycle misses, or adds to, the gaps, vendors, defects and scenarios
    planted."""
    cycle = env["sop.cycle"].search([], limit=1, order="month desc")
    return {
        "gaps": _compare_gaps(env, cycle, known),
        "vendors flagged": _compare_vendors(env, cycle, known),
        "defects": _compare_defects(env, cycle, known),
        **_compare_scenarios(env, cycle, known),
    }


def _compare_gaps(env, cycle, known):
    """Families, work center, weeks; hours by week within the tolerance; no further gap."""
    domain = [("cycle_id", "=", cycle.id)]
    if "scenario_id" in env["sop.supply.gap"]._fields:
        domain.append(("scenario_id.kind", "=", "base"))
    found = env["sop.supply.gap"].search(domain)
    keys = sorted(
        (gap.kind, gap.family_id.name, gap.workcenter_id.name or "", gap.week_from, gap.week_to)
        for gap in found
    )
    wanted = sorted(
        ("capacity", gap["family"], gap["workcenter"], gap["week_from"], gap["week_to"])
        for gap in known["gaps"]
    )
    if keys != wanted:
        raise AssertionError(f"Gaps planted: {wanted}; found: {keys}.")
    _same_hours("hours short", known["gaps"], found)
    return len(wanted)


def _same_hours(subject, wanted, gaps):
    """Raise where the hours short of a family differ by more than the tolerance."""
    planned = {row["family"]: row["hours_short"] for row in wanted}
    found = {gap.family_id.name: gap.hours_short for gap in gaps if gap.kind == "capacity"}
    for family in sorted(planned.keys() | found.keys()):
        _close(f"{family}, {subject}", planned.get(family, 0.0), found.get(family, 0.0))


def _close(subject, planned, found):
    """Raise if hours differ by more than the tolerance."""
    if abs(planned - found) > max(LEAST_HOURS, HOURS_TOLERANCE * planned):
        raise AssertionError(f"{subject}: {planned} planned, {found} found.")


def _compare_vendors(env, cycle, known):
    """Exactly the vendor that missed its windows is flagged."""
    risks = env["sop.supplier.risk"].search(
        [("cycle_id", "=", cycle.id), ("is_flagged", "=", True)]
    )
    flagged = sorted(risks.partner_id.mapped("name"))
    wanted = sorted(row["vendor"] for row in known["vendors"] if row["is_flagged"])
    if flagged != wanted:
        raise AssertionError(f"Vendors to flag: {wanted}; flagged: {flagged}.")
    return len(wanted)


def _compare_defects(env, cycle, known):
    """Every planted defect is found, and no other."""
    issues = env["sop.data.issue"].search([("cycle_id", "=", cycle.id), ("state", "!=", "solved")])
    found = {(issue.rule_id.code, issue.res_model, issue.res_id) for issue in issues}
    wanted = {(row["rule"], row["model"], row["id"]) for row in known["defects"]}
    if found != wanted:
        raise AssertionError(
            f"Defects missed: {sorted(wanted - found)}; found though not planted: "
            f"{sorted(found - wanted)}."
        )
    return len(wanted)


def _compare_scenarios(env, cycle, known):
    """The scenarios of the refresh and three questions; a line why not where there are none."""
    if "sop.scenario" not in env:
        return {"scenarios": "skipped: this version of sop_planning has no scenarios"}
    own = env["sop.scenario"].search([("cycle_id", "=", cycle.id), ("kind", "in", COMPUTED)])
    if not own:
        return {"scenarios": f"skipped: {cycle.name} has no scenarios yet, press Refresh"}
    wanted = known.get("scenarios") or truth_scenarios.scenarios(drawn_again(known))
    computed = {scenario.kind: scenario for scenario in own}
    undone = [kind for kind in COMPUTED if kind not in computed or computed[kind].state != "done"]
    if undone:
        raise AssertionError(f"Scenarios that are not calculated: {', '.join(undone)}.")
    _compare_overtime(computed["overtime"], wanted["overtime"])
    _compare_postponement(computed["postpone"], wanted["postpone"])
    asked = _compare_questions(env, cycle, computed["base"], wanted)
    _compare_figures(computed)
    return {"scenarios": len(computed), "questions": asked}


def _compare_overtime(scenario, wanted):
    """Clock hours by week, their cost, and no hours short."""
    found, start = defaultdict(float), date.fromisoformat(wanted["week_one"])
    for lever in scenario.lever_ids:
        if (lever.kind, lever.workcenter_id.name) != ("extra_hours", wanted["workcenter"]):
            raise AssertionError(f"Overtime has a lever that nothing asks for: {lever.label}.")
        cost = {lever.workcenter_id.name: lever.cost}
        _same("An hour of overtime", {wanted["workcenter"]: wanted["cost_hour"]}, cost, CENT)
        first, last = ((day - start).days // 7 + 1 for day in (lever.date_from, lever.date_to))
        for week in range(first, last + 1):
            found[week] += lever.value
    planned = {int(week): hours for week, hours in wanted["by_week"].items()}
    _same("Hours of overtime in week", planned, found, CENT)
    _compare_cost("Overtime", scenario, wanted)


def _compare_cost(subject, scenario, wanted):
    """Overtime in clock hours and money, and what is short all the same."""
    planned = {"hours": wanted["hours"], "amount": wanted["amount"]}
    found = {"hours": scenario.hours_overtime, "amount": scenario.amount_overtime}
    _same(f"{subject}, overtime", planned, found, CENT)
    _close(f"{subject}, hours short", wanted["hours_short"], scenario.hours_short)


def _compare_postponement(scenario, wanted):
    """The family that waits, how much of it, which days, and the hours short all the same."""
    levers = [
        (
            lever.kind, lever.family_id.name, round(lever.value, 4),
            *(str(day) for day in (lever.date_from, lever.date_to, lever.date_target)),
        )
        for lever in scenario.lever_ids
    ]  # fmt: skip
    names = ("family", "share", "date_from", "date_to", "date_target")
    planned = [("postpone", *(wanted[name] for name in names))]
    if levers != planned:
        raise AssertionError(f"Postponed should be {planned}, and is {levers}.")
    _close("Postponement, hours short", wanted["hours_short"], scenario.hours_short)


def _compare_figures(computed):
    """Overtime serves no family worse than the base, waiting only the one that waits; nothing is
    cheaper than the cheapest plan."""
    waiting = computed["postpone"].lever_ids.family_id
    before = {row.family_id: row.rate_fill for row in computed["base"].family_ids}
    for kind, but in (("overtime", waiting.browse()), ("postpone", waiting)):
        for row in computed[kind].family_ids:
            if row.family_id not in but and row.rate_fill < before[row.family_id] - RATE_ROUNDING:
                raise AssertionError(
                    f"{kind} delivers {row.rate_fill} of {row.family_id.name} in time, the base"
                    f" {before[row.family_id]}."
                )
    best = computed["optimal"].amount_total
    for kind, scenario in computed.items():
        if best > scenario.amount_total + CENT:
            raise AssertionError(
                f"The cheapest plan costs {best}, {kind} only {scenario.amount_total}."
            )


def _compare_questions(env, cycle, base, wanted):
    """Ask three questions, compare what comes of them, and forget them again."""
    with env.cr.savepoint() as savepoint:
        _ask_shift(env, cycle, wanted["shift"])
        _ask_demand(env, cycle, base, wanted["demand"])
        _ask_vendor(env, cycle, base, wanted["vendor"])
        savepoint.rollback()
    env.invalidate_all()
    return 3


def _asked(env, cycle, title, kind, wanted, **scope):
    """A calculated scenario of one lever."""
    lever = {"kind": kind, "value": wanted["value"], **scope}
    lever |= {name: wanted[name] for name in ("date_from", "date_to")}
    scenario = env["sop.scenario"].create(
        {"cycle_id": cycle.id, "title": title, "lever_ids": [Command.create(lever)]}
    )
    scenario.action_simulate()
    env.invalidate_all()
    if scenario.state != "done":
        raise AssertionError(f"{title} cannot be calculated: {scenario.message}")
    return scenario


def _named(env, model, name):
    return env[model].search([("name", "=", name)], limit=1)


def _ask_shift(env, cycle, wanted):
    """Hours are paid on working days only, and are enough or not."""
    center = _named(env, "mrp.workcenter", wanted["workcenter"])
    scenario = _asked(
        env, cycle, "A second-and-a-half shift", "extra_shift", wanted, workcenter_id=center.id
    )
    _compare_cost(scenario.name, scenario, wanted)


def _ask_demand(env, cycle, base, wanted):
    """Hours more on the bottleneck by week, and which families are short of how many."""
    family = _named(env, "product.category", wanted["family"])
    title = f"{family.name} {wanted['value']:+.0%}"
    scenario = _asked(env, cycle, title, "demand", wanted, family_id=family.id)
    loads = [_loads_by_week(env, item) for item in (scenario, base)]
    for week, hours in wanted["hours_more"].items():
        more = loads[0].get(int(week), 0.0) - loads[1].get(int(week), 0.0)
        _close(f"{title}, hours more in week {week}", hours, more)
    _same_hours(title, wanted["gaps"], scenario.gap_ids)
    _close(f"{title}, hours short", wanted["hours_short"], scenario.hours_short)


def _loads_by_week(env, scenario):
    """Hours needed of the bottleneck by week of the cycle."""
    lines = env["sop.capacity.line"].search(
        [("scenario_id", "=", scenario.id), ("workcenter_id.name", "=", story.BOTTLENECK)]
    )
    return {line.week: line.hours_load for line in lines if line.week}


def _ask_vendor(env, cycle, base, wanted):
    """What comes later makes nothing better."""
    vendor = _named(env, "res.partner", wanted["vendor"])
    title = f"{vendor.name} {wanted['value']} days later"
    scenario = _asked(env, cycle, title, "supplier_delay", wanted, partner_id=vendor.id)
    if scenario.rate_fill > base.rate_fill + RATE_ROUNDING:
        raise AssertionError(
            f"{title}: the fill rate rises from {base.rate_fill} to {scenario.rate_fill}."
        )
    if scenario.amount_late < base.amount_late - CENT:
        raise AssertionError(
            f"{title}: what is late falls from {base.amount_late} to {scenario.amount_late}."
        )
