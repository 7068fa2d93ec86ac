"""Charts of the meeting pack as SVG markup: pure functions of plain values.

No script runs where the pack is printed, and it is printed in black and white as often as not: what
a colour says is said by a hatch, a glyph, a sign or a label as well. ``fmt(value, format)`` words a
figure in the reader's language.
"""

from markupsafe import Markup, escape

from ..palette import COLORS, LOOKS, Level

INK, MUTED, GRID, PAPER = (COLORS[name] for name in ("ink", "muted", "rule", "paper"))
UP, DOWN, TOTAL, BAND = (COLORS[name] for name in ("up", "down", "total", "interval"))
LEVELS = {"": Level(PAPER, INK, None, ""), **LOOKS}
STYLES = {
    "main": (INK, 3, ""),
    "past": (MUTED, 2, ""),
    "dashed": (UP, 2, "7,4"),
    "dotted": (DOWN, 2, "2,4"),
}
FONT = "DejaVu Sans, Arial, sans-serif"


def draw(chart, fmt, width=1280):
    """The markup of a chart by its kind; nothing for a chart without figures."""
    drawers = {"line": line_chart, "bar": bar_chart, "bridge": bridge_chart, "heat": heat_map}
    return drawers[chart["kind"]](chart, fmt, width)


def line_chart(chart, fmt, width=1280):
    """Series over time, with the interval of the forecast behind them."""
    low, high = chart.get("low") or [], chart.get("high") or []
    figures = [v for s in chart["series"] for v in s["values"] if v is not None]
    figures += [v for v in (*low, *high) if v is not None]
    if not figures:
        return Markup("")
    height = chart.get("height") or 250
    left, top, right, bottom = 92, 26, width - 12, height - 24
    lower, upper = _range(figures)
    count = len(chart["labels"])

    def at(place, value):
        x = left + (right - left) * (place + 0.5) / count
        return x, bottom - (bottom - top) * (value - lower) / (upper - lower)

    parts = _axis(lower, upper, left, right, top, bottom, lambda v: fmt(v, chart["format"]))
    parts += _band(low, high, at)
    for series in chart["series"]:
        parts += _curve(series["values"], series["style"], at)
    step = 1 + count // 26
    for place, label in enumerate(chart["labels"]):
        if place % step == 0:
            parts.append(_text(at(place, lower)[0], bottom + 17, label, 11, "middle", MUTED))
    parts += _legend(chart, left)
    return _svg(parts, width, height, chart["title"])


def _range(figures):
    lower, upper = min(0, *figures), max(0, *figures)
    span = (upper - lower) or 1.0
    return (lower - 0.05 * span if lower < 0 else 0.0), upper + 0.06 * span


def _axis(lower, upper, left, right, top, bottom, word):
    """Four horizontal lines with their figures."""
    parts = []
    for part in range(5):
        value = lower + (upper - lower) * part / 4
        y = bottom - (bottom - top) * part / 4
        parts.append(_line(left, y, right, y, GRID, 1))
        parts.append(_text(left - 8, y + 4, word(value), 11, "end", MUTED))
    return parts


def _band(low, high, at):
    pairs = [(place, bounds) for place, bounds in enumerate(zip(low, high)) if None not in bounds]
    if not pairs:
        return []
    edge = [at(place, bounds[1]) for place, bounds in pairs]
    edge += [at(place, bounds[0]) for place, bounds in reversed(pairs)]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in edge)
    return [Markup('<polygon points="%s" fill="%s" stroke="%s" stroke-dasharray="1,3"/>')
            % (points, BAND, MUTED)]  # fmt: skip


def _curve(values, style, at):
    color, thick, dash = STYLES[style]
    runs, run = [], []
    for place, value in enumerate(values):
        if value is None:
            runs, run = [*runs, run], []
        else:
            run.append(at(place, value))
    return [
        Markup('<polyline points="%s" fill="none" stroke="%s" stroke-width="%s"%s/>')
        % (" ".join(f"{x:.1f},{y:.1f}" for x, y in points), color, thick, _dash(dash))
        for points in [*runs, run]
        if points
    ]


def _legend(chart, x):
    parts = []
    if chart.get("band_label"):
        parts += [_rect(x, 4, 26, 11, BAND, MUTED), _text(x + 32, 14, chart["band_label"], 12)]
        x += 60 + 7.2 * len(chart["band_label"])
    for series in chart["series"]:
        color, thick, dash = STYLES[series["style"]]
        parts += [_line(x, 10, x + 26, 10, color, thick, dash), _text(x + 32, 14, series["label"], 12)]  # fmt: skip  # noqa: E501
        x += 60 + 7.2 * len(series["label"])
    return parts


def bar_chart(chart, fmt, width=1280):
    """Horizontal bars with their figures; the hatched part of a bar is ``part``."""
    items = chart["items"]
    if not items:
        return Markup("")
    step, left = 24, 250
    right = width - 330
    upper = max(max(abs(item["value"]) for item in items), 1e-9)
    parts = []
    for place, item in enumerate(items):
        y = place * step + 4
        size = (right - left) * abs(item["value"]) / upper
        look = LEVELS.get(item.get("level") or "", LEVELS[""])
        fill, glyph = TOTAL if look.fill == PAPER else look.fill, look.glyph
        parts.append(_text(left - 8, y + 13, _short(item["label"], 34), 12, "end"))
        parts.append(_rect(left, y, size, 17, fill, INK))
        if item.get("part"):
            parts.append(_hatch(left, y, size * min(1.0, item["part"] / (item["value"] or 1)), 17))
        words = f"{glyph} {fmt(item['value'], chart['format'])} {item.get('note') or ''}".strip()
        parts.append(_text(left + size + 7, y + 13, words, 12))
    return _svg(parts, width, len(items) * step + 6, chart["title"])


def bridge_chart(chart, fmt, width=1280, height=330):
    """From one total to another: floating bars, rises and falls told by sign, colour and hatch."""
    items = chart["items"]
    if not items:
        return Markup("")
    left, top, right, bottom = 92, 24, width - 12, height - 46
    spans = _spans(items)
    lower, upper = _bridge_range(items, spans)
    step = (right - left) / len(items)

    def y_of(value):
        return bottom - (bottom - top) * (value - lower) / (upper - lower)

    parts = _axis(lower, upper, left, right, top, bottom, lambda v: fmt(v, chart["format"]))
    for place, (item, (start, end)) in enumerate(zip(items, spans)):
        parts += _bridge_bar(item, start, end, left + step * place, step, y_of, fmt, chart, bottom)
    return _svg(parts, width, height, chart["title"])


def _spans(items):
    """Where each bar starts and ends: totals at zero, changes where the last one ended."""
    spans, level = [], 0.0
    for item in items:
        start = 0.0 if item["kind"] == "total" else level
        level = start + item["value"]
        spans.append((start, level))
    return spans


def _bridge_range(items, spans):
    """The totals are cut off below where that makes the changes readable; the axis says so."""
    ends = [end for _start, end in spans]
    lower, upper = min(ends), max(*ends, 0)
    spread = (upper - lower) or abs(upper) or 1.0
    is_far = lower > 2 * spread and any(item["kind"] != "total" for item in items)
    return (lower - 0.4 * spread if is_far else min(0, lower)), upper + 0.12 * spread


def _bridge_bar(item, start, end, x, step, y_of, fmt, chart, bottom):
    is_total = item["kind"] == "total"
    high, low = min(y_of(start), y_of(end), bottom), min(max(y_of(start), y_of(end)), bottom)
    color = TOTAL if is_total else UP if item["value"] >= 0 else DOWN
    bar = (x + 0.18 * step, high, 0.64 * step, max(low - high, 1.5))
    sign = "" if is_total else "change_"
    parts = [_rect(*bar, color, INK)]
    if not is_total and item["value"] < 0:
        parts.append(_hatch(*bar))
    words = fmt(item["value"], f"{sign}{chart['format']}")
    parts.append(_text(x + step / 2, high - 5, words, 12, "middle", INK, not is_total or "bold"))
    parts.append(_line(x + 0.82 * step, y_of(end), x + 1.18 * step, y_of(end), MUTED, 1, "3,3"))
    for row, words in enumerate(_wrap(item["label"], int(step / 7))):
        parts.append(_text(x + step / 2, bottom + 17 + 14 * row, words, 11.5, "middle"))
    return parts


def heat_map(chart, fmt, width=1280):
    """Rows by columns of ratios: fill, figure and glyph of the level."""
    rows, columns = chart["rows"][: chart["limit"]], chart["columns"]
    if not rows:
        return Markup("")
    left, head = 200, 22
    wide, tall = (width - left) / max(len(columns), 1), min(42, 600 / len(rows))
    parts = [
        _text(left + wide * (place + 0.5), 14, label, 11, "middle", MUTED)
        for place, label in enumerate(columns)
    ]
    for line, row in enumerate(rows):
        y = head + line * tall
        parts.append(_text(left - 8, y + tall / 2 + 4, _short(row["label"], 26), 12, "end"))
        for place, cell in enumerate(row["cells"]):
            parts += _cell(cell, left + wide * place, y, wide, tall, fmt, chart["format"])
    return _svg(parts, width, head + tall * len(rows) + 4, chart["title"])


def _cell(cell, x, y, wide, tall, fmt, form):
    fill, ink, bar, glyph = LEVELS[(cell or {}).get("level") or ""]
    parts = [_rect(x, y, wide - 1.5, tall - 1.5, fill, GRID)]
    if cell is None or cell["value"] is None:
        if glyph:  # load where there are no hours at all
            return [*parts, _text(x + wide / 2, y + tall / 2 + 3, glyph, 8, "middle", ink)]
        return [*parts, _text(x + wide / 2, y + tall / 2 + 4, "–", 11, "middle", MUTED)]
    if bar:
        parts.append(_rect(x, y, 3, tall - 1.5, bar))
    weight = "bold" if ink == PAPER else False
    middle = y + tall / 2 + (0 if glyph else 4)
    parts.append(_text(x + wide / 2, middle, fmt(cell["value"], form), 11.5, "middle", ink, weight))
    if glyph:
        parts.append(_text(x + wide / 2, middle + 10, glyph, 7.5, "middle", ink))
    return parts


# ---- markup ----


def _svg(parts, width, height, title):
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d"'
        ' role="img" aria-label="%s" font-family="%s">'
    ) % (width, round(height), width, round(height), title, FONT)
    return head + Markup("").join(parts) + Markup("</svg>")


def _rect(x, y, width, height, fill, stroke="none"):
    return Markup('<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s" stroke="%s"/>') % (
        x,
        y,
        max(width, 0),
        max(height, 0),
        fill,
        stroke,
    )


def _line(x1, y1, x2, y2, color, thick, dash=""):
    return Markup(
        '<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="%s"%s/>'
    ) % (x1, y1, x2, y2, color, thick, _dash(dash))


def _dash(dash):
    return Markup(' stroke-dasharray="%s"') % dash if dash else Markup("")


def _text(x, y, words, size, anchor="start", color=INK, weight=False):
    return Markup(
        '<text x="%.1f" y="%.1f" font-size="%s" text-anchor="%s" fill="%s"%s>%s</text>'
    ) % (x, y, size, anchor, color, Markup(' font-weight="bold"') if weight else "", escape(words))


def _hatch(x, y, width, height, gap=7):
    """Diagonal lines over a rectangle, drawn one by one: old printers know no SVG patterns."""
    lines = []
    start = x - height
    while start < x + width:
        first, last = max(start, x), min(start + height, x + width)
        if last > first:
            y1, y2 = y + height - (first - start), y + height - (last - start)
            lines.append(_line(first, y1, last, y2, PAPER, 1.6))
        start += gap
    return Markup("").join(lines)


def _short(words, size):
    words = str(words or "")
    return words if len(words) <= size else words[: size - 1].rstrip() + "…"


def _wrap(words, size):
    """Up to two lines of words."""
    lines = [""]
    for word in str(words).split():
        if lines[-1] and len(lines[-1]) + len(word) >= size:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [*lines[:1], _short(" ".join(lines[1:]), size)] if len(lines) > 1 else lines
