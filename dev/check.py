"""Compares the demo database with what was loaded into it, in Odoo's shell: make check."""

import importlib
import json
from pathlib import Path


def loaded(env):
    """The package in examples/ that filled this database: it left its marker there."""
    folder = Path(importlib.import_module("examples").__file__).parent
    for file in sorted(folder.glob("*/__init__.py")):
        company = importlib.import_module(f"examples.{file.parent.name}")
        marker = getattr(company, "MARKER", None)
        if marker and env["ir.config_parameter"].sudo().get_param(marker):
            return company
    raise SystemExit("No example company is loaded in this database: run make demo first.")


check = importlib.import_module(loaded(env).__name__ + ".check")  # noqa: F821 - given by the shell
result = check.check(env)  # noqa: F821
env.cr.rollback()  # noqa: F821
print(json.dumps(result, indent=2, default=str, ensure_ascii=False))
