"""Builds the scripts and styles of the pages once, so that no browser test has to wait for them.

Executed through dev/shell.py.
"""

env["ir.qweb"]._pregenerate_assets_bundles()  # noqa: F821
env.cr.commit()  # noqa: F821
