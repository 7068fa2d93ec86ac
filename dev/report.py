"""Prints the demo's summary for a reader: python dev/report.py FILE KEY=VALUE...

Each KEY=VALUE is added to the file first; a whole number stays a number, a dotted key goes one
level down.
"""

import json
import sys
from pathlib import Path


def add(values, assignment):
    key, _, value = assignment.partition("=")
    *outer, key = key.split(".")
    for name in outer:
        values = values.setdefault(name, {})
    values[key] = int(value) if value.isdigit() else value


def lines(value, indent=0):
    pad = "  " * indent
    if isinstance(value, dict):
        for key, inner in value.items():
            label = str(key).replace("_", " ")
            if isinstance(inner, (dict, list)) and inner:
                yield f"{pad}{label}:"
                yield from lines(inner, indent + 1)
            else:
                yield f"{pad}{label}: {'-' if inner in (None, '', [], {}) else inner}"
    elif isinstance(value, list):
        for inner in value[:12]:
            if isinstance(inner, dict):
                yield pad + "- " + ", ".join(f"{key} {item}" for key, item in inner.items())
            else:
                yield f"{pad}- {inner}"
        if len(value) > 12:
            yield f"{pad}- and {len(value) - 12} more"
    else:
        yield f"{pad}{value}"


def main(file, *assignments):
    path = Path(file)
    values = json.loads(path.read_text(encoding="utf-8"))
    for assignment in assignments:
        add(values, assignment)
    path.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print("\n".join(lines(values)))


if __name__ == "__main__":
    main(*sys.argv[1:])
