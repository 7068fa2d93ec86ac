"""The charts of the pack as native Excel charts. Knows no Odoo."""

from ..palette import COLORS
from .sop_pack_charts import (
    DOWN,
    GRID,
    INK,
    LEVELS,
    MUTED,
    PAPER,
    TOTAL,
    UP,
    _bridge_range,
    _spans,
)

LINES = {
    "main": {"color": INK, "width": 2.5},
    "past": {"color": MUTED, "width": 1.5},
    "dashed": {"color": UP, "width": 1.75, "dash_type": "dash"},
    "dotted": {"color": DOWN, "width": 1.75, "dash_type": "round_dot"},
}
INTERVAL = {"color": COLORS["interval-line"], "width": 0.75, "dash_type": "square_dot"}
FONT = {"name": "Calibri", "size": 9, "color": MUTED}


def line_chart(book, chart):
    """Series over time, the bounds of their interval as thin lines."""
    series = [(one["label"], one["values"], LINES[one["style"]]) for one in chart["series"]]
    for bound in ("low", "high"):
        if any(value is not None for value in chart.get(bound) or []):
            series.append((chart["band_label"], chart[bound], INTERVAL))
    if not series:
        return None
    labels, *values = book.data([chart["labels"], *(values for _label, values, _line in series)])
    native = book.file.add_chart({"type": "line"})
    for (label, _values, line), cells in zip(series, values):
        native.add_series({"name": label, "categories": labels, "values": cells, "line": line})
    _dress(book, native, chart["title"], chart["format"])
    if chart.get("low") and len(series) > 1:
        native.set_legend({"position": "top", "font": FONT, "delete_series": [len(series) - 1]})
    return native


def families_chart(book, title, names, series, form):
    """Columns by family: [(label, values, colour)]."""
    if not names:
        return None
    labels, *values = book.data([names, *(values for _label, values, _color in series)])
    native = book.file.add_chart({"type": "column"})
    for (label, _values, color), cells in zip(series, values):
        native.add_series(
            {"name": label, "categories": labels, "values": cells, "gap": 60,
             "fill": {"color": color}, "border": {"color": INK, "width": 0.5}}
        )  # fmt: skip
    _dress(book, native, title, form)
    return native


def bar_chart(book, chart):
    """Horizontal bars with their figures."""
    items = [item for item in chart["items"] if item["value"]]
    if not items:
        return None
    names = [" ".join(filter(None, (item["label"], item.get("note")))) for item in items]
    labels, values = book.data([names, [item["value"] for item in items]])
    native = book.file.add_chart({"type": "bar"})
    fills = [LEVELS.get(item.get("level") or "", LEVELS[""]).fill for item in items]
    native.add_series(
        {
            "name": chart["title"], "categories": labels, "values": values, "gap": 50,
            "data_labels": {"value": True, "num_format": book.number_format(chart["format"]),
                            "font": FONT},
            "points": [{"fill": {"color": TOTAL if fill == PAPER else fill}} for fill in fills],
        }
    )  # fmt: skip
    _dress(book, native, chart["title"], chart["format"])
    native.set_legend({"none": True})
    native.set_y_axis({"reverse": True, "num_font": FONT})
    native.set_x_axis({"num_format": book.number_format("money_short"), "num_font": FONT,
                       "major_gridlines": {"visible": True, "line": {"color": GRID}}})  # fmt: skip
    return native


def bridge_chart(book, chart, words):
    """From one total to another: floating columns on columns without fill.

    ``words`` names (total, rise, fall) for the legend.
    """
    items = chart["items"]
    if not items:
        return None
    spans = _spans(items)
    size = [abs(end - start) for start, end in spans]
    kinds = ["total" if item["kind"] == "total" else "rise" if item["value"] >= 0 else "fall"
             for item in items]  # fmt: skip
    columns = [[min(start, end) for start, end in spans]]
    for kind in ("total", "rise", "fall"):
        columns.append([value if kind == own else None for value, own in zip(size, kinds)])
    labels, base, *parts = book.data([[item["label"] for item in items], *columns])
    native = book.file.add_chart({"type": "column", "subtype": "stacked"})
    native.add_series({"name": " ", "categories": labels, "values": base, "gap": 40,
                       "fill": {"none": True}, "border": {"none": True}})  # fmt: skip
    for name, cells, color in zip(words, parts, (TOTAL, UP, DOWN)):
        native.add_series({"name": name, "categories": labels, "values": cells,
                           "fill": {"color": color}, "border": {"color": INK, "width": 0.5}})  # fmt: skip  # noqa: E501
    native.combine(_bridge_labels(book, items, spans, labels))
    _dress(book, native, chart["title"], chart["format"])
    lower, upper = _bridge_range(items, spans)
    short = book.number_format("money_short")
    native.set_y_axis({"min": lower, "max": upper, "num_format": short, "num_font": FONT,
                       "major_gridlines": {"visible": True, "line": {"color": GRID}}})  # fmt: skip
    native.set_legend({"position": "top", "font": FONT, "delete_series": [0, 4]})
    return native


def _bridge_labels(book, items, spans, labels):
    """The figures above the bars: a line without a line."""
    (tops,) = book.data([[max(span) for span in spans]])
    words = [_short_money(item["value"], item["kind"] != "total") for item in items]
    line = book.file.add_chart({"type": "line"})
    line.add_series(
        {
            "name": " ", "categories": labels, "values": tops,
            "line": {"none": True}, "marker": {"type": "none"},
            "data_labels": {"value": True, "position": "above", "custom":
                            [{"value": one, "font": {"bold": True, "size": 9}} for one in words]},
        }
    )  # fmt: skip
    return line


def _short_money(value, is_signed):
    """Words of an amount on a chart: 3.4M, +356k."""
    sign = "+" if is_signed and value > 0 else "-" if value < 0 else ""
    value = abs(value)
    if value >= 1e6:
        return f"{sign}{value / 1e6:,.1f}M"
    return f"{sign}{value / 1e3:,.0f}k" if value >= 1e3 else f"{sign}{value:,.0f}"


def load_chart(book, sheet_name, title, labels, load, available, words):
    """Hours needed by week as columns, hours there are as a line; cell ranges of the sheet."""
    native = book.file.add_chart({"type": "column"})
    native.add_series({"name": words[0], "categories": [sheet_name, *labels],
                       "values": [sheet_name, *load], "gap": 40, "fill": {"color": TOTAL}})  # fmt: skip  # noqa: E501
    line = book.file.add_chart({"type": "line"})
    line.add_series({"name": words[1], "categories": [sheet_name, *labels],
                     "values": [sheet_name, *available],
                     "line": {"color": LEVELS["red"].fill, "width": 2.5}})  # fmt: skip
    native.combine(line)
    _dress(book, native, title, "number")
    return native


def _dress(book, native, title, form):
    native.set_title({"name": title, "overlay": False,
                      "name_font": {"name": "Calibri", "size": 11, "bold": True, "color": INK}})  # fmt: skip  # noqa: E501
    native.set_legend({"position": "top", "font": FONT})
    native.set_chartarea({"border": {"color": GRID}})
    native.set_x_axis({"num_font": FONT, "line": {"color": GRID}})
    native.set_y_axis({"num_format": book.number_format(form), "num_font": FONT, "min": 0,
                       "major_gridlines": {"visible": True, "line": {"color": GRID}},
                       "line": {"none": True}})  # fmt: skip
    native.show_blanks_as("gap")
