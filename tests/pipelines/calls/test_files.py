"""What is written of the lists of a week: CSV, JSON, the page, and the files of six CRMs."""

import csv
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipelines.calls.call_lists import KeptList, keep, kept_lists, remove_old_lists
from pipelines.calls.files import publish
from pipelines.calls.text import lines
from pipelines.errors import UsageError
from pipelines.reports.calls import html_of
from scoring.crm.known import PROFILES
from tests.pipelines.calls.example_lists import LISTS

FIELDS = {
    "salesforce": ("Id", "closedwon_Call_Week__c"),
    "hubspot": ("Record ID", "closedwon_call_week"),
    "dynamics": ("Account", "closedwon Call Week"),
    "zoho": ("id", "closedwon_Call_Week"),
    "marketo": ("id", "closedwonCallWeek"),
    "odoo": ("id", "x_closedwon_call_week"),
}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("calls") / "out"
    said: list[str] = []
    publish(LISTS, html_of(LISTS), folder, list(PROFILES.values()), said.append)
    assert "  3 of 3 are not in the hubspot file: their ids are not of this CRM" in said
    return folder


def test_the_table_has_a_row_for_each_call_and_no_formula(out: Path) -> None:
    rows = list(csv.DictReader((out / "calls.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["owner"], row["order"], row["id"]) for row in rows] == [
        ("U-17", "1", "A1"),
        ("U-17", "2", "'=A2"),
        ("U-18", "1", "A3"),
    ]
    assert rows[0] | {"week": ""} == {
        "week": "",
        "owner": "U-17",
        "order": "1",
        "id": "A1",
        "account_id": "A1",
        "team": "inside sales",
        "grade": "A",
        "win_probability": "0.25",
        "expected_revenue": "12500.0",
        "why_now": "Came back after a silence on 2026-02-23",
        "happened": "2026-02-23",
        "expires": "2026-03-23",
        "freshness": "0.75",
        "people": "L1 L2",
        "missing_role": "economic buyer",
        "our_last": "call",
        "our_last_on": "2026-01-09",
        "their_last": "pricing_view",
        "their_last_on": "2026-02-23",
        "listed_since": "2026-02-23",
    }


def test_a_crm_gets_fields_of_the_record_that_name_the_week(out: Path) -> None:
    rows = list(csv.reader((out / "salesforce" / "account_calls.csv").read_text(encoding="utf-8").splitlines()))
    assert [row[1:4] for row in rows[1:]] == [
        ["2026-03-02", "1", "Came back after a silence on 2026-02-23"],
        ["2026-03-02", "1", "Came back after a silence on 2026-02-23"],
    ]
    assert [row[0] for row in rows[1:]] == ["A1", "A3"]  # `=A2` is no id that may be written
    assert rows[1][4:] == ["2026-03-23", "L1, L2; missing: economic buyer"]


@pytest.mark.parametrize("crm", sorted(PROFILES))
def test_each_crm_has_a_file_and_the_definitions_of_its_fields(out: Path, crm: str) -> None:
    entity = "lead" if crm == "marketo" else "account"
    (file,) = (out / crm).glob(f"{entity}_calls.*")
    if file.suffix == ".csv":
        header = file.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
        assert tuple(header[:2]) == FIELDS[crm]
    texts = [path.read_text(encoding="utf-8") for path in (out / crm / "fields").rglob("*") if path.is_file()]
    # Zoho makes the name from a label with blanks.
    assert any(name in text for text in texts for name in (FIELDS[crm][1], FIELDS[crm][1].replace("_", " ")))
    assert all("probability" not in text.lower() for text in texts)


def test_the_figures_are_those_of_the_lists(out: Path) -> None:
    found = json.loads((out / "calls.json").read_text(encoding="utf-8"))
    assert (found["week"], len(found["calls"]), found["capacity"]["owners"]) == ("2026-03-02", 3, dict(LISTS.slots))
    assert found["associations"][0]["ratio"] == 2
    assert found["associations"][1]["low"] is None
    assert found["calls"][0]["ours"] == {"kind": "call", "day": "2026-01-09"}


def test_the_page_has_no_script_no_request_and_no_cause(out: Path) -> None:
    page = (out / "calls.html").read_text(encoding="utf-8")
    assert re.findall(r'data-call="([^"]*)"', page) == ["A1", "=A2", "A3"]
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    words = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    causal = r"\b(because|cause[sd]?|effect of|leads to|thanks to|due to|results? in|brings?)\b"
    assert re.findall(causal, words + "\n".join(lines(LISTS))) == []
    assert "What a call does is not known" in words


def test_what_is_published_is_private_and_replaced_in_one_step(out: Path) -> None:
    before = (out / "latest").readlink()
    publish(replace(LISTS, calls=()), html_of(replace(LISTS, calls=())), out, [], lambda text: None)
    assert (out / "latest").readlink() != before
    assert len((out / "calls.csv").read_text(encoding="utf-8").splitlines()) == 1
    assert not (out / "salesforce").exists()
    assert (out / before / "calls.csv").exists()


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()
    with pytest.raises(UsageError, match="holds files of another origin"):
        publish(LISTS, "", tmp_path, [], lambda text: None)


def test_lists_are_kept_by_week_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    names = pd.DataFrame(
        {"owner": ["U-17"], "trigger": [""], "happened": [None], "since": [date(2026, 3, 2)]}, index=["007"]
    )
    for day in (9, 2):
        keep(tmp_path, "account", KeptList(date(2026, 3, day), names))
    keep(tmp_path, "lead", KeptList(date(2026, 3, 2), names))
    (tmp_path / "account_2026-03-16.parquet").write_bytes(b"PAR1")
    (tmp_path / "account_notes.parquet").write_bytes(b"somebody's")
    found, damaged = kept_lists(tmp_path, "account")
    assert [one.week.day for one in found] == [2, 9]
    assert found[0].names.loc["007"].to_dict() == names.loc["007"].to_dict()
    assert [line.split(" ")[0].rpartition("/")[2] for line in damaged] == ["account_2026-03-16.parquet"]
    remove_old_lists(tmp_path, "account", date(2026, 3, 9))
    assert [one.week.day for one in kept_lists(tmp_path, "account")[0]] == [9]
