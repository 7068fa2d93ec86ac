"""How pytest meets Odoo: engine tests run without it, the others with -p pytest_odoo."""

import pytest


def pytest_collect_directory(path, parent):
    """An addon folder is not a Python package outside Odoo: never import its __init__."""
    if any((folder / "__manifest__.py").exists() for folder in (path, *path.parents)):
        return pytest.Dir.from_parent(parent, path=path)
    return None


def pytest_configure(config):
    """Odoo gives tags only to the test classes of addons; those in examples/ need them too."""
    if config.pluginmanager.hasplugin("pytest_odoo"):
        from odoo.tests import BaseCase

        BaseCase.test_tags = {"standard", "at_install"}
        BaseCase.test_module = "examples"
