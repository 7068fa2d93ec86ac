import ast
from pathlib import Path

from odoo.modules.module import get_module_path
from odoo.tests import BaseCase

ADDON = Path(get_module_path("sop_planning"))
PURE = {"numpy", "pandas", "scipy"}
STDLIB = {"__future__", "collections", "dataclasses", "datetime", "enum", "functools", "hashlib",
          "itertools", "math", "typing"}  # fmt: skip
# what draws the example company: arrays as the engine has, and no records
PURE_EXAMPLE = {"story", "weeks", "plan", "windows", "truth", "truth_scenarios", "levels"}
SQL_CALLS = {"execute", "execute_query", "execute_values", "copy_expert", "copy_from"}


def imports(path):
    """(module, level) of every import of a file; level 0 is absolute."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, 0) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.level


def sql_calls(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in SQL_CALLS:
                yield f"{path.name}:{node.lineno}"


def outside_tests():
    return [path for path in ADDON.rglob("*.py") if "tests" not in path.relative_to(ADDON).parts]


class TestLayers(BaseCase):
    """Arrows point down: screens -> records -> door -> engine."""

    def test_engine_knows_only_numbers(self):
        for path in (ADDON / "engine").rglob("*.py"):
            for module, level in imports(path):
                if level:
                    self.assertEqual(level, 1, f"{path.name} imports from above")
                else:
                    self.assertIn(module.split(".")[0], PURE | STDLIB, path.name)

    def test_only_door_and_feeds_import_the_engine(self):
        for path in outside_tests():
            if path.parent.name == "engine":
                continue
            uses = [m for m, level in imports(path) if level == 2 and m.split(".")[0] == "engine"]
            text = path.read_text()
            if uses or "import engine" in text:
                self.assertTrue(path.name.startswith(("sop_planner", "sop_source")), path.name)

    def test_sql_lives_in_feeds_reports_and_bulk_writes(self):
        homes = ("sop_source", "sop_planner_write")
        for path in outside_tests():
            calls = list(sql_calls(path))
            if path.parent.name != "report" and not path.name.startswith(homes):
                self.assertFalse(calls)

    def test_pandas_stays_behind_the_door(self):
        for path in outside_tests():
            if path.parent.name == "engine" or path.name.startswith(("sop_planner", "sop_source")):
                continue
            if path.parent.name == "example":
                continue  # beside the plan: the next test
            modules = {module.split(".")[0] for module, _level in imports(path)}
            self.assertFalse(modules & PURE, path.name)

    def test_the_example_is_drawn_without_records_and_read_by_its_model_only(self):
        for path in outside_tests():
            modules = set(imports(path))
            if path.parent.name == "example":
                self.assertFalse({m for m, _level in modules if "examples" in m}, path.name)
                self.assertFalse(list(sql_calls(path)))
                if path.stem in PURE_EXAMPLE:
                    outer = {m.split(".")[0] for m, level in modules if not level}
                    self.assertLessEqual(outer, {"numpy"} | STDLIB, path.name)
            elif path.name != "sop_example.py":
                self.assertNotIn("example", {m.split(".")[0] for m, level in modules if level})
