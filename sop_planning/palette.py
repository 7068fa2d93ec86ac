"""The visual constants: colours, glyphs and limits of the levels. Knows no Odoo.

The colours are read from the style sheet that the browser gets, so that screens, meeting pack and
workbooks look alike; nothing else in the addon names them.
"""

import re
from pathlib import Path
from typing import NamedTuple

STYLES = Path(__file__).parent / "static" / "src" / "palette"
LINE = re.compile(r"^\$sop-([a-z-]+): (#[0-9A-Fa-f]{6});$", re.MULTILINE)

# lightest first; the level of what nobody looks at, and of what nothing is known of, is none
LEVELS = ("none", "watch", "amber", "red", "critical")
# level: (glyph of a rise, glyph of a fall): never colour alone
GLYPHS = {
    "none": ("", ""),
    "watch": ("", ""),
    "amber": ("▲", "▼"),
    "red": ("▲▲", "▼▼"),
    "critical": ("▲▲▲", "▼▼▼"),
}
# level: utilization strictly above, the worst first
LOAD_LIMITS = {"critical": 1.20, "red": 1.00, "amber": 0.95, "watch": 0.85}
# level: deviation from the reference strictly above, unless a company or family has its own
DEVIATION_LIMITS = {"red": 0.25, "amber": 0.10}
# level: share of a week's demand that is short strictly above; less is amber
SHORT_LIMITS = {"critical": 0.50, "red": 0.25}


class Level(NamedTuple):
    """How a level looks: colour of the cell, of its text, and of the bar at its start or None."""

    fill: str
    ink: str
    bar: str | None
    glyph: str


def read_colors(name="palette.scss"):
    """{name: "#RRGGBB"} of a style sheet of the palette, names without "sop-"."""
    text = (STYLES / name).read_text(encoding="utf-8")
    return {key: color.upper() for key, color in LINE.findall(text)}


def looks(colors):
    """{level: Level} of a palette."""
    return {
        level: Level(
            colors[f"level-{level}"],
            colors[f"level-{level}-ink"],
            colors.get(f"level-{level}-bar"),
            GLYPHS[level][0],
        )
        for level in LEVELS
    }


def level_above(figure, limits, lowest="none"):
    """The worst level whose limit a figure is strictly above."""
    return next((level for level, limit in limits.items() if figure > limit), lowest)


def short_level(short, demand):
    """The level of so many units short of a week's demand."""
    if not short or short < 0:
        return "none"
    if not demand or demand < 0:
        return "red"
    return level_above(short / demand, SHORT_LIMITS, "amber")


def glyph(level, is_fall=False):
    """The glyph of a level, empty for the levels that ask for nothing."""
    return GLYPHS.get(level or "none", ("", ""))[bool(is_fall)]


COLORS = read_colors()
LOOKS = looks(COLORS)
