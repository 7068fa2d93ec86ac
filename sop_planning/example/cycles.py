"""What people add, and the cycles: last month's was approved, this month's is open."""

from odoo.fields import Command

from . import story, weeks

# family, first and last month from the cycle's on, uplift: amber and red, whatever the day
PROMOTIONS = (("Filters", 0, 2, 0.20), ("Valves", 0, 2, 0.60))
BUDGET_MONTHS = 18
BUDGET_GROWTH = 1.04  # of what was budgeted on what is sold now
REASON = "Approved before the example begins: its meetings are not part of it."


def approve_last(env, masters, plan):
    """Open, compute and approve the cycle of last month, by what a controller would press.

    It is planned from the history before its month, as it was then. Stock and open orders are
    those of today: nobody has kept how they were. The gates that only meetings open are passed with
    the reason.
    """
    company = masters.company
    month = weeks.first_of_month(plan.today, -1)
    cycle = env["sop.cycle"].create(
        {
            "company_id": company.id,
            "month": month,
            "user_id": env.uid,
            "date_open": company._sop_opening_day(month),
        }
    )
    cycle.action_refresh()
    cycle.review_ids.action_agree()
    cycle.exception_ids.filtered(lambda item: item.state == "open").action_accept()
    base = cycle.scenario_ids.filtered(lambda scenario: scenario.kind == "base")
    base.action_select("The month's orders fit into the usual shifts.")
    while cycle.state != "executive":
        cycle.action_next_step(REASON)
    cycle.action_approve(REASON)


def budget(env, masters, plan):
    """Revenue of each family by month, with its season."""
    rows = []
    for number, family in enumerate(story.FAMILIES):
        mine = plan.family == number
        usual = float((plan.level * plan.price)[mine].sum()) * BUDGET_GROWTH
        for later in range(BUDGET_MONTHS):
            first = weeks.first_of_month(plan.today, later)
            rows.append(
                {
                    "company_id": masters.company.id,
                    "family_id": masters.families[family.name].id,
                    "bucket_start": first,
                    "measure": "revenue",
                    "value": round(usual * weeks.season(family, first), -3),
                }
            )
    env["sop.target"].create(rows)


def announce(env, masters, plan):
    """Campaigns to come, which raise amber and red exceptions; entered after the last approval."""
    env["sop.event"].create(
        [
            {
                "name": f"{name} campaign",
                "kind": "promotion",
                "company_id": masters.company.id,
                "family_ids": [Command.set(masters.families[name].ids)],
                "date_start": weeks.first_of_month(plan.today, first),
                "date_end": weeks.first_of_month(plan.today, last + 1),
                "rate_uplift": uplift,
            }
            for name, first, last, uplift in PROMOTIONS
        ]
    )


def open_current(env, masters, plan):
    """Open and compute the cycle of this month."""
    month = weeks.first_of_month(plan.today)
    cycle = env["sop.cycle"]._open_cycle(masters.company, month)
    cycle.action_refresh()
