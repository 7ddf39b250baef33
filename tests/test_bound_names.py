"""The names that code binds: the field's words, and not vague ones that fit anything."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
#: Words of which no variable, argument, function or class is made: sent, known, named, lines, index, folder, validated
#: or backtested say which is meant.
VAGUE = {"told", "given", "theirs", "crowd", "judge", "judged", "judging", "place", "places"}
#: Where an error arose, and the phrase.
KEPT = {"place_of", "in_place"}


def bound_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.alias(asname=str(name)):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def vague_names(text: str) -> set[str]:
    names = set(bound_names(ast.parse(text))) - KEPT
    return {name for name in names if set(name.lower().split("_")) & VAGUE}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("told = 1", {"told"}),
        ("for i, place in x: pass", {"place"}),
        ("def f(given): pass", {"given"}),
        ("class C:\n    def judged_as(self): self.theirs: int = 1", {"judged_as", "theirs"}),
        ("import a as told", {"told"}),
        ("if JUDGED := 1: pass", {"JUDGED"}),
        ("in_place = f(told=g.place)", set()),
        ("replaced, misplaced = told", set()),
    ],
)
def test_a_vague_name_is_seen(text: str, expected: set[str]) -> None:
    assert vague_names(text) == expected


def test_names_are_the_words_of_the_field() -> None:
    files = [file for room in ("scoring", "models", "pipelines") for file in (ROOT / room).rglob("*.py")]
    found = {str(file.relative_to(ROOT)): vague_names(file.read_text(encoding="utf-8")) for file in files}
    assert {file: names for file, names in found.items() if names} == {}
