"""How much of a section fits on a page: large letters where there is little, fewer rows where
there is too much. Pure functions of a section; heights are estimates in pixels, on the safe side.
"""

import math

PAGE = 880
HEAD = 74
LEAD_LINES, LEAD_CHARS = 6, 700
FEWEST = 2  # rows of a table that a full page keeps
CHARTS = {"line": 250, "bridge": 330}
WORDS = ("text", "long", "lines", "row")
FIGURE_CHARS, LEVEL_CHARS = 11, 5
WRAP_LOSS = 1.3  # words do not fill their lines
# letters: (characters of a line, height of a line, padding of a row, rest of a table)
NORMAL, ROOMY = (190, 17, 8, 32), (154, 21, 15, 36)
TITLE = 30


def layout(section, has_facts):
    """{"roomy": whether the letters are large, "limits": {table name: rows shown}}."""
    tables = section["tables"]
    limits = {table["name"]: min(table["limit"], len(table["rows"])) for table in tables}
    fixed = HEAD + 86 * has_facts + 100 * bool(section["empty"]) + 24 * len(section["notes"])
    fixed += 20 * lead_lines(section["lead"]) + 8
    fixed += sum(40 + chart_height(chart) for chart in section["charts"])
    if fixed + _height(tables, limits, ROOMY) <= PAGE:
        return {"roomy": True, "limits": limits}
    while fixed + _height(tables, limits, NORMAL) > PAGE:
        longest = max(tables, key=lambda table: limits[table["name"]], default=None)
        if not longest or limits[longest["name"]] <= FEWEST:
            break
        limits[longest["name"]] -= 1
    return {"roomy": False, "limits": limits}


def lead(text):
    """As much of a recommendation as the first page has room for."""
    lines = text.splitlines()
    short = "\n".join(lines[:LEAD_LINES])[:LEAD_CHARS].rstrip()
    return short if short == text.rstrip() else f"{short} …"


def lead_lines(text):
    return sum(math.ceil(len(line) / 135) or 1 for line in lead(text).splitlines())


def chart_height(chart):
    if chart["kind"] == "heat":
        rows = len(chart["rows"][: chart["limit"]])
        return 46 + min(42 * rows, 600)
    return chart.get("height") or CHARTS.get(chart["kind"]) or 24 * len(chart["items"])


def _height(tables, limits, letters):
    return sum(_table_height(table, limits[table["name"]], letters) for table in tables)


def _table_height(table, limit, letters):
    _chars, line, padding, rest = letters
    lines = sum(_row_lines(table["columns"], row, letters) for row in table["rows"][:limit])
    more = line + padding if len(table["rows"]) > limit else 0
    return rest + TITLE * bool(table["title"]) + limit * padding + lines * line + more


def _row_lines(columns, row, letters):
    """Lines that the words of a row take beside its figures."""
    wide, words, lists = letters[0], 0, 1
    share = max(28, wide // len(columns))
    for column in columns:
        value = row.get(column["name"])
        if isinstance(value, list):
            lists = max(lists, sum(math.ceil(len(str(part)) / share) for part in value))
            wide -= share
        elif column["format"] in WORDS and isinstance(value, str):
            words += min(len(value), 210)
        else:
            wide -= LEVEL_CHARS if column["format"] == "level" else FIGURE_CHARS
    is_one = words <= 0.6 * wide
    return max(lists, 1 if is_one else math.ceil(WRAP_LOSS * words / max(wide, 40)))
