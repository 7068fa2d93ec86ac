"""Delivery windows of the vendors: reliable ones, and one that missed its last windows. Pure."""

import numpy as np

from . import story

WEEKS = 96  # of purchase history
EVERY = 2  # weeks between two windows of a vendor
LATE_CHANCE = 0.08
LATEST_DUE = 6  # days ago that the late vendor's last window was due
OPEN_WINDOWS = (10, 24)  # days from now on which further windows are promised


def draw(rng: np.random.Generator, span: int = WEEKS, every: int = EVERY) -> dict[int, list]:
    """{vendor: [(days from today due, days late or None while open), ...]}, the oldest first: a
    window every so many weeks over a span of weeks, and those to come."""
    windows = {}
    for vendor in range(len(story.VENDORS)):
        due = [-LATEST_DUE - 7 * every * n - vendor % 5 for n in range(span // every)][::-1]
        late = [int(rng.integers(3, 11)) if rng.random() < LATE_CHANCE else 0 for _ in due]
        late[-1] = late[-2] = late[-3] = 0
        if vendor == story.LATE_VENDOR:
            late[-2], late[-1] = 9, None
        windows[vendor] = list(zip(due, late)) + [
            (days + vendor % 5, None) for days in OPEN_WINDOWS
        ]
    return windows


def truth(windows: dict[int, list]) -> list[dict]:
    """Of each vendor: windows due in the last year, missed ones in a row, and on time in full."""
    truth = []
    for vendor, own in windows.items():
        due = [(days, late) for days, late in own if -365 <= days < 0]
        missed = 0
        for _days, late in reversed(due):
            if late == 0:
                break
            missed += 1
        kept = np.mean([late == 0 for _days, late in due])
        truth.append(
            {
                "vendor": story.VENDORS[vendor],
                "windows_due": len(due),
                "missed_windows": missed,
                "rate_otif": round(float(kept), 4),
                "is_flagged": missed >= 2,
            }
        )
    return truth
