from itertools import combinations
from pathlib import Path

import pytest

import scoring.crm
from scoring.crm.fields import ABOUT
from scoring.crm.known import CONNECTORS, PROFILES, RESULTS
from scoring.crm.profile import SCORES
from scoring.crm.results import ResultsFile


def test_every_folder_is_in_the_list() -> None:
    folders = {file.parent.name for file in Path(scoring.crm.__path__[0]).glob("*/__init__.py")}
    assert folders == set(CONNECTORS) == set(PROFILES)


def test_no_kind_of_results_hides_one_that_is_tried_later() -> None:
    marks = [set(kind.marks) for _, kind in RESULTS]
    assert [(first, later) for first, later in combinations(marks, 2) if first <= later] == []


@pytest.mark.parametrize(("crm", "kind"), RESULTS, ids=lambda part: getattr(part, "name", part))
def test_a_kind_of_results_says_what_was_taken_and_why_not(crm: str, kind: ResultsFile) -> None:
    assert (kind.taken is None) == bool(kind.status) == bool(kind.taken_words and kind.refused_words)
    assert kind.taken or bool(kind.error) != bool(kind.reason)
    assert not kind.status or kind.status in kind.marks
    assert CONNECTORS[crm].record_id


def test_every_score_has_a_description() -> None:
    assert list(ABOUT) == [column.source for column in SCORES]
