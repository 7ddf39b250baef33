"""The names that code binds: the field's words, and not vague ones that fit anything."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
#: Words of which no variable, argument, function or class is made: sent, known, named, lines, index, folder, validated
#: or backtested say which is meant.
VAGUE = {"told", "given", "theirs", "crowd", "judge", "judged", "judging", "place", "places"}
VAGUE |= {"said", "came", "seen", "looks"}
#: Where an error arose, the phrase, and what a cell looks like.
KEPT = {"place_of", "in_place", "looks_like", "looks_for", "LOOKS"}
#: Words with one meaning, and where names have them: a verdict is the gate's, a snapshot is a unit at a day, and not
#: what the command `snapshot` keeps.
RESERVED = {
    "verdict": r"scoring/evidence/promotion/|pipelines/evaluation/promotion|pipelines/reports/scorecard/",
    "snapshot": r"(?!pipelines/(commands|history|store)/)",
}


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
        ("said, came = seen_before(looks=1)", {"said", "came"}),
        ("if JUDGED := 1: pass", {"JUDGED"}),
        ("in_place = f(told=g.place)", set()),
        ("replaced, misplaced = told", set()),
    ],
)
def test_a_vague_name_is_seen(text: str, expected: set[str]) -> None:
    assert vague_names(text) == expected


def reserved_names(path: str, text: str) -> set[str]:
    """The names of a file that use a reserved word for something else."""
    names = {name: set(name.lower().removesuffix("s").split("_")) for name in bound_names(ast.parse(text))}
    return {
        name
        for name, words in names.items()
        for word, where in RESERVED.items()
        if word in words and not re.match(where, path)
    }


def test_a_word_with_another_meaning_is_seen() -> None:
    assert reserved_names("pipelines/store/status.py", "class Verdict: pass\ndef verdict_of(): pass") == {
        "Verdict",
        "verdict_of",
    }
    assert reserved_names("scoring/evidence/promotion/gate.py", "verdict = 1") == set()
    assert reserved_names("pipelines/commands/nightly.py", "def _snapshot(): pass") == {"_snapshot"}


def test_names_are_the_words_of_the_field() -> None:
    files = [file for room in ("scoring", "models", "pipelines") for file in (ROOT / room).rglob("*.py")]
    found = {str(file.relative_to(ROOT)): vague_names(file.read_text(encoding="utf-8")) for file in files}
    assert {file: names for file, names in found.items() if names} == {}
    other = {path: reserved_names(path, (ROOT / path).read_text(encoding="utf-8")) for path in found}
    assert {file: names for file, names in other.items() if names} == {}
