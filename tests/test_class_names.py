"""The names of classes: one meaning a name, in all that is shipped."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
#: Two classes with one name, and why: empty, because no two of them mean the same.
SHARED: dict[str, str] = {}


def classes(text: str) -> Iterator[str]:
    """The public classes of a file, also those within classes and functions."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def defined_twice(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """The names of classes that more than one file defines, or one file twice."""
    found: dict[str, list[str]] = defaultdict(list)
    for path, text in texts.items():
        for name in classes(text):
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


def test_each_class_has_a_name_of_its_own() -> None:
    files = [path for top in ("scoring", "models", "pipelines") for path in sorted((ROOT / top).rglob("*.py"))]
    found = defined_twice({str(path.relative_to(ROOT)): path.read_text() for path in files})
    assert {name: paths for name, paths in found.items() if name not in SHARED} == {}
