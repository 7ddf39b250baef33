import ast
from itertools import combinations
from pathlib import Path

import pytest

import scoring.crm
from scoring.crm.fields import ABOUT
from scoring.crm.known import CONNECTORS, PROFILES, RESULTS
from scoring.crm.layouts import LAYOUTS
from scoring.crm.profile import SCORES
from scoring.crm.results import ResultsFile


def test_every_folder_is_in_the_list() -> None:
    folders = {file.parent.name for file in Path(scoring.crm.__path__[0]).glob("*/__init__.py")}
    assert set(CONNECTORS) == set(PROFILES)
    # Of some CRMs an export is read, and no file is imported.
    assert folders == set(CONNECTORS) | {layout.sql.split("/")[0] for layout in LAYOUTS.values()}


def names(source: str) -> set[str]:
    """The names, keys and one-word texts in a file."""
    nodes = list(ast.walk(ast.parse(source)))
    found = {str(getattr(node, field, "")) for node in nodes for field in ("id", "attr", "arg", "value")}
    return found | {part for node in nodes if isinstance(node, ast.ImportFrom) for part in str(node.module).split(".")}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("if profile.name == 'odoo': pass", True),
        ("settings.odoo", True),
        ("from scoring.crm.odoo.profile import ODOO", True),
        ("say(profile.name)  # odoo", False),
    ],
)
def test_a_crm_that_is_named_is_seen(source: str, found: bool) -> None:
    assert ("odoo" in names(source)) is found


def test_nothing_but_the_list_names_a_crm() -> None:
    root = Path(scoring.crm.__path__[0]).parents[1]
    files = [*(root / "pipelines").rglob("*.py"), *(root / "scoring").rglob("*.py")]
    own = {file for file in files if file.parent.name in CONNECTORS}
    # The configuration has a default of one CRM; a cut-off's key has those of release 0.1.0, and no later one.
    # Columns of an export are known by words, and makers are among these. Layouts of exports are a list beside it.
    listed = ("known.py", "layouts.py", "config.py", "cutoff_key.py", "role_patterns.py", "column_names.py")
    others = [file for file in files if file not in own and file.name not in listed]
    found = {file.name: names(file.read_text(encoding="utf-8")) & set(CONNECTORS) for file in others}
    assert {name: crms for name, crms in found.items() if crms} == {}


def test_no_kind_of_results_hides_one_that_is_tried_later() -> None:
    marks = [set(kind.marks) for _, kind in RESULTS]
    assert [(first, later) for first, later in combinations(marks, 2) if first <= later and later] == []
    unmarked = [crm for crm, kind in RESULTS if not kind.marks]
    assert len(unmarked) == len(set(unmarked))  # among these the columns of the CRM's file decide


@pytest.mark.parametrize(("crm", "kind"), RESULTS, ids=lambda part: getattr(part, "name", part))
def test_a_kind_of_results_says_what_was_taken_and_why_not(crm: str, kind: ResultsFile) -> None:
    assert (kind.taken is None) == bool(kind.status) == bool(kind.taken_words and kind.refused_words)
    assert kind.taken or kind.error or kind.reason
    assert not kind.status or kind.status in kind.marks
    assert CONNECTORS[crm].record_id


def test_every_score_has_a_description() -> None:
    assert list(ABOUT) == [column.source for column in SCORES]
