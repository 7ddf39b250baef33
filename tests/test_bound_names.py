"""The names that code binds, and those of columns and keywords: the words of the field, and none that fit anything."""

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
#: Names of CRMs, and the keys of records that are on disk, by the file that reads them.
NOT_OURS = {
    "scoring/crm/hubspot/never.py": {"time_first_seen", "time_last_seen"},
    "scoring/crm/zoho/fields.py": {"decimal_place"},
    "scoring/evidence/backtest_evidence.py": {"told"},
    "scoring/evidence/promotion/decision.py": {"judged_as_of"},
    "scoring/evidence/promotion/without_value.py": {"came", "came_of_others"},
    "scoring/scores/changes.py": {"told_"},
}
#: A word that can be the name of a column or a keyword, and the name that a part of a query gets.
WORD, ALIAS = re.compile(r"_?[A-Za-z][a-z0-9]*(_[a-z0-9]+)*"), re.compile(r"\bAS (\w+)")
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


def column_names(tree: ast.AST) -> Iterator[str]:
    """Keywords and what is read by them, and texts that are one word, a word and a number, or a query's own name."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg=str(name)) | ast.Attribute(attr=name):
                yield name
            case ast.Constant(value=str(text)):
                if WORD.fullmatch(text.strip("_")):
                    yield text
                yield from ALIAS.findall(text)


def vague(names: Iterator[str]) -> set[str]:
    return {name for name in set(names) - KEPT if set(name.lower().split("_")) & VAGUE}


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
    assert vague(bound_names(ast.parse(text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('row["told_grade"]', {"told_grade"}),
        ("rows.mutate(place=1).select(known='said')", {"place", "said"}),
        ("rows.came + other.judged_unit", {"came", "judged_unit"}),
        ('f"judged_{i}" + "_came"', {"judged_", "_came"}),
        ('"SELECT a AS place, b AS placed FROM t"', {"place"}),
        ('"of the first place" + "Seen: came" + names["told"]', {"told"}),
    ],
)
def test_a_vague_column_or_keyword_is_seen(text: str, expected: set[str]) -> None:
    assert vague(column_names(ast.parse(text))) == expected


def reserved_names(path: str, tree: ast.AST) -> set[str]:
    """The names of a file that use a reserved word for something else."""
    names = {name: set(name.lower().removesuffix("s").split("_")) for name in bound_names(tree)}
    return {
        name
        for name, words in names.items()
        for word, where in RESERVED.items()
        if word in words and not re.match(where, path)
    }


def test_a_word_with_another_meaning_is_seen() -> None:
    verdicts = ast.parse("class Verdict: pass\ndef verdict_of(): pass")
    assert reserved_names("pipelines/store/status.py", verdicts) == {"Verdict", "verdict_of"}
    assert reserved_names("scoring/evidence/promotion/gate.py", ast.parse("verdict = 1")) == set()
    assert reserved_names("pipelines/commands/nightly.py", ast.parse("def _snapshot(): pass")) == {"_snapshot"}


def test_names_are_the_words_of_the_field() -> None:
    files = [file for room in ("scoring", "models", "pipelines", "benchmarks") for file in (ROOT / room).rglob("*.py")]
    trees = {str(file.relative_to(ROOT)): ast.parse(file.read_text(encoding="utf-8")) for file in files}
    bound = {path: vague(bound_names(tree)) for path, tree in trees.items()}
    assert {path: names for path, names in bound.items() if names} == {}
    columns = {path: vague(column_names(tree)) for path, tree in trees.items()}
    assert {path: names for path, names in columns.items() if names} == NOT_OURS
    reserved = {path: reserved_names(path, tree) for path, tree in trees.items()}
    assert {path: names for path, names in reserved.items() if names} == {}
