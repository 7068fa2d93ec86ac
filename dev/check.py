"""Compares the demo database with the files it was loaded from, in Odoo's shell: make check."""

import json

from examples.adventureworks import check

result = check.check(env)  # noqa: F821 - given by the shell
env.cr.rollback()  # noqa: F821
print(json.dumps(result, indent=2, default=str))
