"""The order of things; nothing is committed here."""

from dataclasses import replace

import numpy as np

from . import business, buying, cycles, levels, masters, story
from . import plan as planning

SKUS, MONTHS, SEED = 60, 36, 1
PRICES = 5.0  # times those of the larger company: fewer products of more value, EUR 24 M a year
# of the framework orders of line 2 that the past of its products is: enough for the forecast to be
# consumed by what is ordered ahead, whatever the day
FRAMEWORK_SHARE = 0.6
# stage: share of the work done when it ends, as measured
STAGES = {
    "start": 0.0,
    "company": 0.04,
    "products": 0.10,
    "history": 0.40,
    "orders": 0.55,
    "purchases": 0.72,
    "production": 0.75,
    "stock": 0.80,
    "last": 0.90,
    "cycle": 1.0,
}


def draw(today):
    """The plan of the company as of a day."""
    drawn = planning.draw(today, SKUS, MONTHS, SEED)
    past = np.where(drawn.line() == 2, FRAMEWORK_SHARE * story.FRAMEWORK_LEVEL, 1.0)
    return replace(
        drawn,
        price=drawn.price * PRICES,
        cost=drawn.cost * PRICES,
        sales=np.round(drawn.sales * past[:, None]),
    )


def load(env, tell):
    """Create the company and all its records as the environment's user; ``tell(stage)`` is called
    when a stage ends. Returns the open cycle.

    ``env`` is a superuser's: see `sop.example`.
    """
    company = masters.create_company(env)
    env = quiet(env, company)
    company = company.with_env(env)
    tell("company")
    plan = draw(company._sop_today())
    rng = np.random.default_rng(SEED + 1)
    made = masters.create(env, company, plan, rng)
    env.flush_all()  # as this company: some fields are computed from the one that writes them
    tell("products")
    for stage, work in WORK.items():
        work(env, made, plan, rng)
        env["sop.source"]._analyze_filled()
        tell(stage)
    return env["sop.cycle"].search([("company_id", "=", company.id)], limit=1)


def _count(env, made, plan, rng):
    business.count(env, made, levels.levels(plan, made))
    buying.spoil(made)


def _approve(env, made, plan, rng):
    cycles.budget(env, made, plan)
    cycles.approve_last(env, made, plan)


def _open(env, made, plan, rng):
    cycles.announce(env, made, plan)
    cycles.open_current(env, made, plan)


WORK = {
    "history": business.deliver,
    "orders": business.order,
    "purchases": buying.buy,
    "production": business.make,
    "stock": _count,
    "last": _approve,
    "cycle": _open,
}


def quiet(env, company):
    """An environment of the company in which thousands of records tell nobody of themselves."""
    return env(
        context={
            **env.context,
            "allowed_company_ids": company.ids,
            "tracking_disable": True,
            "mail_create_nolog": True,
            "mail_create_nosubscribe": True,
            "mail_auto_subscribe_no_notify": True,
        }
    )
