"""Rows whose result a CRM does not tell: they are counted, they add up, and nobody is forgotten."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.config import Config
from pipelines.delivery.import_results import imported, refused
from pipelines.errors import BadInput, UsageError
from pipelines.store.store import Store
from tests.crm_answers import dynamics, hubspot, marketo, odoo, salesforce
from tests.crm_answers.rows import as_csv
from tests.pipelines.delivery.import_nights import sent_file, sent_rows, store_with

SALES = [f"00Q00000000000{n}AAA" for n in range(6)]
GUIDS = [f"00000000-0000-4000-8000-00000000000{n}" for n in range(6)]
NUMBERS = [str(10_000_000 + n) for n in range(6)]
KEYS = [f"crm.lead_{n}" for n in range(6)]
Read = Callable[..., tuple[Any, list[str]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read results into a store whose newest night has these leads; gives the counts and the lines."""

    def read_into(text: str, ids: list[str], name: str = "results", **asked: Any) -> tuple[Any, list[str]]:
        folder = tmp_path / "store"
        store = Store(folder, "", own=True)
        if not folder.exists():
            store = store_with(tmp_path, {"2025-12-28": {"lead": ids}, "2025-12-29": {"lead": ids}})
        file, lines = tmp_path / name, list[str]()
        file.write_text(text, newline="")
        found = imported(store, Config(), file, **({"asked": "lead"} | asked), say=lines.append)
        counts = None if found is None else (found.taken, found.failed, found.unknown)
        return (counts, refused(store).get("lead", {})), lines

    return read_into


def test_rows_without_an_id_send_again_whoever_may_be_meant(read: Read) -> None:
    rows = [dict(row) for row in sent_rows("salesforce", "lead", SALES)]
    for row in rows[:3]:
        row["Id"] = ""
    failed = salesforce.loader_bulk_2(rows, dict.fromkeys((0, 1, 2, 3), "no"))[1]
    found, lines = read(failed, SALES)
    assert found == ((0, 1, 3), {"salesforce": frozenset(SALES)})  # one was refused, and three of the other five
    assert lines[1:] == [
        "  4 rows = 0 taken + 1 refused + 3 unknown",
        "        1  no",
        "  3 rows have no id: the results do not say whose they are",
        "  the refused ones go into the changes of the next night",
        "  of 5 leads the result is not known: they count as not taken and go into the changes of the next night, "
        "until a result names them",
    ]
    whole = sent_rows("salesforce", "lead", SALES)
    found, _ = read(salesforce.loader_bulk_2(whole, {0: "", 1: "", 2: "", 3: ""})[0], SALES, "successes")
    assert found == ((2, 0, 0), {"salesforce": frozenset(SALES[:4])})  # the successes settle who was not meant


def test_what_was_known_before_stays_known(read: Read) -> None:
    whole = sent_rows("salesforce", "lead", SALES)
    read(salesforce.bulk_2(whole, {0: "", 1: "", 2: "", 3: ""})[0], SALES, "successes")
    blank = [dict(row) | {"Id": ""} for row in whole]
    found, lines = read(salesforce.bulk_2(blank, dict.fromkeys(range(4), "no"))[1], SALES)
    assert "  for 2 leads an earlier result of this night is more precise and is kept" in lines
    assert found == ((0, 0, 4), {"salesforce": frozenset(SALES[:4])})


def test_salesforce_s_own_id_stands_in_for_ours(read: Read) -> None:
    (row,) = sent_rows("salesforce", "lead", SALES[:1])
    failed = as_csv(["ID", "ERROR", *row], [[SALES[0], "no", "", *list(row.values())[1:]]])
    assert read(failed, SALES)[0] == ((0, 1, 0), {"salesforce": frozenset(SALES[:1])})


@pytest.mark.parametrize("day", ["2025-12-28", "2025-12-29"])
def test_only_blank_ids(read: Read, day: str) -> None:
    rows = [dict(row) | {"Id": ""} for row in sent_rows("salesforce", "lead", SALES, day)]
    failed = salesforce.loader_bulk_2(rows, dict.fromkeys(range(6), "no"))[1]
    found, lines = read(failed, SALES)
    assert found == ((0, 0, 6), {"salesforce": frozenset(SALES)})
    assert lines[0] == f"results: of {day}_{1 + (day > '2025-12-28')}, salesforce took 0 leads and refused 0"


def test_a_status_that_zoho_does_not_document_is_no_success(read: Read) -> None:
    text = "id,STATUS,RECORD_ID,ERRORS\n10000000,UPDATED,1,\n10000001,QUEUED,,\n10000002,,,\n,SKIPPED,,\n"
    (counts, again), _ = read(text, NUMBERS)
    assert (counts, again) == ((1, 0, 3), {"zoho": frozenset(NUMBERS[1:])})


def test_errors_of_hubspot_without_the_row_or_without_the_last_page(read: Read, tmp_path: Path) -> None:
    rows = sent_rows("hubspot", "lead", NUMBERS)
    sent = sent_file(tmp_path, rows)
    by_number = hubspot.errors(rows, {2: "no"}, "contacts", cells=False)
    with pytest.raises(UsageError, match=r"does not quote all rows: give the file that was sent with --sent"):
        read(by_number, NUMBERS)
    # HubSpot does not say whether the header is line 1: both rows that it may mean are sent again.
    assert read(by_number, NUMBERS, sent=sent)[0] == ((4, 0, 2), {"hubspot": frozenset(NUMBERS[2:4])})
    first = hubspot.errors(rows, {0: "no", 1: "no"}, "contacts", page=1).splitlines()[0]
    again = {NUMBERS[0], *NUMBERS[2:4]}  # of the others the first answer said more
    assert read(first, NUMBERS, sent=sent)[0] == ((0, 1, 5), {"hubspot": frozenset(again)})
    whole = json.dumps({"results": [{"errorType": "INVALID_FILE_TYPE", "id": "1"}]})
    assert read(whole, NUMBERS, sent=sent)[0] == ((0, 0, 6), {"hubspot": frozenset(again)})


@pytest.mark.parametrize(
    ("answer", "ids"), [(hubspot.errors([], {}, "contacts"), NUMBERS), (odoo.load(6, {}, {}), KEYS)]
)
def test_no_errors_and_no_file_that_was_sent(read: Read, answer: str, ids: list[str]) -> None:
    found, lines = read(answer, ids)
    assert found == (None, {})
    assert lines == [
        "results names nobody who was refused: nothing to record (with --sent, it is recorded who was taken)"
    ]


def test_errors_of_another_record_type_are_not_leads(read: Read) -> None:
    rows = sent_rows("hubspot", "lead", NUMBERS)
    with pytest.raises(UsageError, match="is not of leads: it is of accounts"):
        read(hubspot.errors(rows, {0: "no"}, "companies"), NUMBERS)


def test_logs_of_dataverse_without_the_row(read: Read, tmp_path: Path) -> None:
    rows = sent_rows("dynamics", "lead", GUIDS)
    found, _ = read(dynamics.logs(rows, {3: "no"}, data=False), GUIDS, sent=sent_file(tmp_path, rows))
    assert found == ((4, 0, 2), {"dynamics": frozenset(GUIDS[2:4])})


def test_a_batch_that_stopped_or_is_of_another_file(read: Read, tmp_path: Path) -> None:
    rows = sent_rows("dynamics", "lead", GUIDS)
    sent = sent_file(tmp_path, rows)
    short = dynamics.batch(rows[:3], {2: "no"}, GUIDS)
    assert read(short, GUIDS, sent=sent)[0] == ((2, 0, 4), {"dynamics": frozenset(GUIDS[2:])})
    with pytest.raises(BadInput, match=r"does not follow the rows of lead_scores\.csv: row 1 is another record"):
        read(dynamics.batch(rows, {2: "no"}, GUIDS[::-1]), GUIDS, sent=sent)


def test_one_error_undoes_the_import_of_odoo(read: Read, tmp_path: Path) -> None:
    sent = sent_file(tmp_path, sent_rows("odoo", "lead", KEYS))
    with pytest.raises(UsageError, match="give the file that was sent with --sent"):
        read(odoo.load(6, {2: "bad"}, {}), KEYS)
    found, lines = read(odoo.load(6, {2: "bad"}, {4: "odd"}), KEYS, sent=sent)
    assert found == ((0, 6, 0), {"odoo": frozenset(KEYS)})
    assert lines[2:4] == ["        5  undone, because Odoo refused other rows of the file", "        1  bad"]
    found, lines = read(odoo.load(6, {}, {4: "odd"}), KEYS, sent=sent)
    assert found == ((6, 0, 0), {})
    assert "        1  taken with a warning: odd" in lines
    found, lines = read(odoo.failed("You may not write leads, it's so"), KEYS, sent=sent)
    assert found == ((0, 6, 0), {"odoo": frozenset(KEYS)})
    assert "        6  You may not write leads, it's so" in lines
    messages = json.dumps({"jsonrpc": "2.0", "result": json.loads(odoo.load(6, {5: "late"}, {}))["messages"]})
    found, lines = read(messages, KEYS, sent=sent)  # of the page of older versions: the messages alone
    assert (found[0], lines[3]) == ((0, 6, 0), "        1  late")
    batch = json.loads(odoo.load(4, {}, {})) | {"nextrow": 4}
    assert read(json.dumps(batch), KEYS, sent=sent)[0] == ((4, 0, 2), {"odoo": frozenset(KEYS[4:])})
    with pytest.raises(BadInput, match=r"names row 10 of lead_scores.csv, which has 6: not its answer"):
        read(odoo.load(12, {9: "bad"}, {}), KEYS, sent=sent)


def test_the_same_answer_to_two_files_is_recorded_twice(read: Read, tmp_path: Path) -> None:
    answer = odoo.load(6, {}, {})
    for day, name in (("2025-12-28", "one.csv"), ("2025-12-29", "two.csv")):
        sent = sent_file(tmp_path, sent_rows("odoo", "lead", KEYS, day), name)
        assert read(answer, KEYS, sent=sent)[0] == ((6, 0, 0), {})
    assert len(list((tmp_path / "store" / "imports").glob("*.json"))) == 2
    assert read(answer, KEYS, sent=sent)[0] == (None, {})


def test_a_warning_of_marketo_is_no_refusal(read: Read, tmp_path: Path) -> None:
    rows = sent_rows("marketo", "lead", NUMBERS)
    found, lines = read(marketo.warnings(rows, {1: "Invalid value"}), NUMBERS)
    assert found == ((1, 0, 0), {})
    assert "        1  taken with a warning: Invalid value" in lines


def test_a_file_that_was_not_sent(read: Read, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    failed = marketo.failures(sent_rows("marketo", "lead", NUMBERS), {0: "no"})
    with pytest.raises(BadInput, match=r"--sent other\.csv has not the columns of a file for"):
        read(failed, NUMBERS, sent=tmp_path / "other.csv")
    sent = sent_file(tmp_path, sent_rows("marketo", "lead", NUMBERS[3:]))
    found, lines = read(failed, NUMBERS, sent=sent)
    assert found == ((3, 0, 0), {})
    assert "  1 rows of the results are not in the file that was sent and were left out" in lines


@pytest.mark.parametrize(
    ("text", "reason"),
    [("{", "cannot be read"), ('{"a": 1}', "is no answer that closedwon knows"), ("[]", "is no answer")],
)
def test_what_is_no_answer(read: Read, text: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        read(text, NUMBERS)
