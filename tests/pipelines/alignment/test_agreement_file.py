"""An agreement's file: what it says, its digest, and all that is wrong with it at once."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.alignment.agreed import Agreed
from pipelines.alignment.agreement import Approved
from pipelines.alignment.agreement_file import read_agreement
from pipelines.errors import UsageError
from tests.pipelines.alignment.example_agreement import TEXT, written


def test_what_a_file_says(tmp_path: Path) -> None:
    found = read_agreement(written(tmp_path))
    assert (found.terms.name, found.terms.first_day, found.terms.days) == ("2027-Q1", date(2027, 1, 1), 90)
    assert (found.terms.revenue_target, found.terms.horizon_days) == (1_200_000.0, 180)
    assert str(found.market) == "employees at least 200; country DE or US"
    assert (found.grades.a, found.capacity.all, found.service_level.promised) == (4.0, 150.0, {"A": 4.0, "B": 24.0})
    assert found.handoff.reasons == ("no budget", "duplicate")
    assert found.approved.missing == []
    (part,) = found.parts
    assert (part.name, str(part.market), part.revenue_target) == ("enterprise", "employees at least 1,000", 800_000.0)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("# The first quarter.\n", "", True),
        ("sales = 2026-12-10", "sales = 2026-12-14", True),
        ("inside_sales = 120", "inside_sales = 120.0", True),
        ("inside_sales = 120", "inside_sales = 121", False),
        ("at_least = 200", "at_least = 100", False),
        ('accepted = "', 'accepted = "really ', False),
    ],
)
def test_the_digest_is_of_what_it_says(tmp_path: Path, old: str, new: str, same: bool) -> None:
    assert old in TEXT
    other = read_agreement(written(tmp_path, TEXT.replace(old, new)))
    assert (read_agreement(written(tmp_path)).digest == other.digest) == same


def test_all_errors_at_once(tmp_path: Path) -> None:
    text = """
[agreement]
nam = "2027-Q1"
first_day = 2027-04-01
last_day = 2027-03-31
revenue_target = "much"
[target_markt]
x = 1
[target_market]
employees = { min = 200 }
[service_level]
a = -4
[grades]
a = 1.0
[parts.enterprise]
"""
    with pytest.raises(UsageError) as error:
        read_agreement(written(tmp_path, text))
    assert str(error.value).replace("2027-Q1.toml: ", "").splitlines() == [
        "unknown section [target_markt] of the agreement; did you mean 'target_market'?",
        "unknown key 'nam' in [agreement] of the agreement; did you mean 'name'?",
        "name in [agreement] is missing: say it",
        "revenue_target in [agreement] must be a number: found 'much'",
        "last_day in [agreement] must be 2027-04-01 or later: found 2027-03-31",
        "a, b, c in [grades] must be falling and above 0: found (1.0, 1.5, 0.5)",
        "a in [service_level] must be 0 or more: found -4",
        "[target_market] employees is compared by at_least, above, at_most, below: found min",
        "where in [parts.enterprise] must say which accounts or leads it is: found None",
    ]


def test_what_a_store_keeps_is_the_same_agreement(tmp_path: Path) -> None:
    found = read_agreement(written(tmp_path))
    kept = Agreed.from_json(json.loads(json.dumps(Agreed.of(found, date(2026, 12, 11)).to_json())))
    assert kept.agreement == replace(found, approved=Approved())
    for wrong, says in (
        ({"service_level": {"a": -4}}, r"a in \[service_level\] must be 0 or more"),
        ({"agreement": {"name": "2027-Q1", "first_day": "soon", "last_day": "2027-03-31"}}, "first_day in"),
    ):
        with pytest.raises(UsageError, match=f"the agreement 2027-Q1 of the store: {says}"):
            _ = replace(kept, content={**kept.content, **wrong}).agreement


def test_it_names_no_person(tmp_path: Path) -> None:
    text = TEXT.replace('"duplicate"', '"write to ada@lovelace.example", "Anna Markowitz has left"')
    text = text.replace("[parts.enterprise]", '[parts."call +49 30 1234567"]')
    with pytest.raises(UsageError) as error:
        read_agreement(written(tmp_path, text))
    assert str(error.value).replace("2027-Q1.toml: ", "").splitlines() == [
        "[handoff].reasons holds e-mail addresses: say what role it is, not who",
        "[handoff].reasons holds a name of a person: say what role it is, not who",
        "a name in [parts] holds phone numbers: say what role it is, not who",
    ]


@pytest.mark.parametrize(
    ("text", "message"), [("[agreement", "is not valid TOML"), (None, "cannot read the agreement")]
)
def test_a_file_that_is_none(tmp_path: Path, text: str | None, message: str) -> None:
    file = tmp_path / "none.toml" if text is None else written(tmp_path, text)
    with pytest.raises(UsageError, match=message):
        read_agreement(file)
