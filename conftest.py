"""An addon folder is not a Python package outside Odoo: pytest must never import its __init__."""

import pytest


def pytest_collect_directory(path, parent):
    if any((folder / "__manifest__.py").exists() for folder in (path, *path.parents)):
        return pytest.Dir.from_parent(parent, path=path)
    return None
