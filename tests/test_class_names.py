"""The names of classes and of public functions: one meaning a name, in all that is shipped."""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
#: Two classes with one name, and why: empty, because no two of them mean the same.
SHARED: dict[str, str] = {}
#: Functions of several modules with one name: each answers the same question of another part, so that whoever knows one
#: knows all of them.
PROTOCOLS = {
    # What each CRM's package has, what each part of the simulated market has, and what each store of ours has.
    "definitions", "field_name", "requests", "draw", "table", "keep", "publish",
    # What is found, as lines for a terminal and as a page.
    "lines", "html_of",
    # What is computed, and the chart or table that draws it.
    "by_month", "captured", "curve", "learning_curve", "months", "ratio", "reliability",
    # The same on both sides of a wall: `models` and `scoring`, nights and cut-offs, files and raw exports.
    "calibrated", "horizon_probability", "log_loss", "resamples", "without_headers",
}  # fmt: skip


def classes(text: str) -> Iterator[str]:
    """The public classes of a file, also those within classes and functions."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def functions(text: str) -> Iterator[str]:
    """The public functions of a module, without methods and what is within functions."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node.name


def defined_twice(texts: Mapping[str, str], names: Callable[[str], Iterator[str]] = classes) -> dict[str, list[str]]:
    """The names that more than one file defines, or one file twice."""
    found: dict[str, list[str]] = defaultdict(list)
    for path, text in texts.items():
        for name in names(text):
            found[name].append(path)
    return {name: sorted(paths) for name, paths in found.items() if len(paths) > 1}


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"a.py": "class Plan: pass", "b.py": "class Plan: pass"}, {"Plan": ["a.py", "b.py"]}),
        ({"a.py": "class Plan:\n    class Part: pass", "b.py": "class Part: pass"}, {"Part": ["a.py", "b.py"]}),
        ({"a.py": "class Plan: pass\nclass Plan: pass"}, {"Plan": ["a.py", "a.py"]}),
        ({"a.py": "class _Row: pass", "b.py": "class _Row: pass"}, {}),
        ({"a.py": "class Plan: pass", "b.py": "from a import Plan\n\nclass PlanPart(Plan): pass"}, {}),
    ],
)
def test_a_name_of_two_classes_is_seen(texts: dict[str, str], expected: dict[str, list[str]]) -> None:
    assert defined_twice(texts) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"a.py": "def limits(): pass", "b.py": "async def limits(): pass"}, {"limits": ["a.py", "b.py"]}),
        ({"a.py": "def _limits(): pass", "b.py": "def _limits(): pass"}, {}),
        ({"a.py": "class A:\n    def limits(self): pass", "b.py": "def limits():\n    def plan(): pass"}, {}),
    ],
)
def test_a_name_of_two_functions_is_seen(texts: dict[str, str], expected: dict[str, list[str]]) -> None:
    assert defined_twice(texts, functions) == expected


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    files = [path for top in ("scoring", "models", "pipelines") for path in sorted((ROOT / top).rglob("*.py"))]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in files}


def test_each_class_has_a_name_of_its_own(texts: dict[str, str]) -> None:
    assert {name: paths for name, paths in defined_twice(texts).items() if name not in SHARED} == {}


def test_a_function_has_a_name_of_its_own_unless_it_is_one_of_a_protocol(texts: dict[str, str]) -> None:
    found = defined_twice(texts, functions)
    assert {name: paths for name, paths in found.items() if name not in PROTOCOLS} == {}
    assert PROTOCOLS - set(found) == set()  # what is left of one is no protocol any more
