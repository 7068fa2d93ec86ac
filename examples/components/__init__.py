"""An industrial-components maker, generated from a seed, with a story that is known.

`load(env, today, ...)` fills a fresh database with native records and returns, under
"truth", what was planted: the families, weeks and hours short, the vendor that missed its
last two windows, the defects in the data. `check.compare(env, truth)` puts the S&OP cycle
beside it.
"""

from datetime import date
from pathlib import Path

# the story, its plan and what is true of it are those of the example company inside the product:
# `story`, `plan`, `weeks`, `windows`, `truth` and `truth_scenarios` are found there
__path__.append(str(Path(__file__).resolve().parents[2] / "sop_planning" / "example"))

# The configuration parameter that keeps the truth of the data that was loaded.
MARKER = "sop_examples.components"


def load(
    env,
    today: date,
    progress=print,
    skus: int = 500,
    order_lines: int = 50_000,
    months: int = 36,
    seed: int = 1,
) -> dict:
    """Fill the main company with ``months`` months of business that end ``today``.

    Returns counts, the seconds of every stage, and the truth. Commits nothing. Run it as
    superuser on a database without other business.
    """
    from . import loader

    return loader.load(env, today, progress, skus, order_lines, months, seed)
