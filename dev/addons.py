"""Prints the addons of a folder that can be installed, comma separated.

An addon counts when everything it depends on, through any number of steps, is on the addons path.
"""

import ast
import sys
from pathlib import Path


def manifest(name, folders):
    for folder in folders:
        file = folder / name / "__manifest__.py"
        if file.is_file():
            return ast.literal_eval(file.read_text(encoding="utf-8"))
    return None


def is_complete(name, folders, seen=()):
    values = manifest(name, folders)
    if values is None or not values.get("installable", True):
        return False
    return all(
        depend in seen or is_complete(depend, folders, (*seen, name))
        for depend in values.get("depends", [])
        if depend != "base"
    )


def main(own, path, *wanted):
    folders = [Path(folder) for folder in path.split(",")]
    names = {file.parent.name for file in Path(own).glob("sop_planning*/__manifest__.py")}
    names.update(wanted)
    complete = sorted(name for name in names if is_complete(name, folders))
    for name in sorted(names.difference(complete)):
        print(f"==> {name} is left out: something it depends on is not here", file=sys.stderr)
    print(",".join(complete))


if __name__ == "__main__":
    main(*sys.argv[1:])
