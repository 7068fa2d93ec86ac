"""AdventureWorks, Microsoft's sample bicycle maker, as native Odoo records.

`load(env, today)` fills a fresh database; `check.check(env)` proves the figures against
the CSV files. The modules that need no Odoo (`dates`, `csvs`, `expected`) import alone.
"""

from datetime import date

# The configuration parameter that keeps the day for which the data was loaded.
MARKER = "sop_examples.adventureworks"


def load(env, today: date, progress=print) -> dict:
    """Fill the main company with three years of business that end `today`.

    Returns the counts, the seconds of every stage and the shift in months. Commits
    nothing. Run it as superuser on a database without other business.
    """
    from . import loader

    return loader.load(env, today, progress)
