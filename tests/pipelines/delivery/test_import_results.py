"""A CRM's results, read against a ledger made by hand: two nights, three accounts and two leads."""

import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from pipelines.cli import main
from pipelines.config import Config, Crm
from pipelines.delivery.import_results import imported, refused
from pipelines.errors import BadInput, UsageError
from pipelines.store.store import REVISION, Store
from scoring.nights.parts import Output
from scoring.nights.record import NightRecord

NIGHTS = {"2025-12-28": ("2025-12-28T02:10:00Z", 1), "2025-12-29": ("2025-12-29T02:14:09Z", 2)}
#: 003 left before the second night.
IDS = {
    "2025-12-28": {"account": ["001", "002", "003"], "lead": ["701"]},
    "2025-12-29": {"account": ["001", "002"], "lead": ["701", "702"]},
}
SENT = "Id,closedwon_Win_Probability__c,closedwon_Scored_At__c"
DEFAULTS = Config()
RENAMED = Config(crm=Crm(salesforce={"lead": {"id": "Ref__c", "scored_at": "When__c"}}))
#: What Salesforce says of the night of the 29th; it minds no order, and quotes everything.
FAILED = f""""sf__Id","sf__Error",{SENT}
"","INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--",002,1.5,2025-12-29T02:14:09.000Z
"""
TAKEN = f""""sf__Id","sf__Created",{SENT}
"001","false",001,21.5,2025-12-29T02:14:09.000Z
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store", "", own=True)
    for day, (scored_at, sequence) in NIGHTS.items():
        folder = store.ledger / f"{day}_{sequence}"
        folder.mkdir(parents=True)
        record = NightRecord(
            night=folder.name,
            sequence=sequence,
            as_of=date.fromisoformat(day),
            scored_at=datetime.fromisoformat(scored_at),
            since=date.fromisoformat(day),
            models={"account": "1", "lead": "1"},
            outputs=[Output("salesforce/account_scores.csv", 351, "0" * 64)],
            out="scores",
            identity=day,
        )
        (folder / "night.json").write_text(json.dumps(record.to_json()))
        for entity, ids in IDS[day].items():
            pd.DataFrame({f"{entity}_id": ids}).to_parquet(folder / f"{entity}_scores.parquet")
    pd.DataFrame({"account_id": ["003"], "since": [1], "why": ["won"]}).to_parquet(folder / "account_retired.parquet")
    return store


@pytest.fixture
def import_text(store: Store, tmp_path: Path) -> Any:
    """Import a text, and give what was recorded and the lines about it."""
    lines: list[str] = []

    def tell(text: str, name: str = "results.csv", config: Config = DEFAULTS, **asked: Any) -> Any:
        file = tmp_path / name
        file.write_text(text)
        lines.clear()
        found = imported(store, config, file, **asked, say=lines.append)
        return (None if found is None else (found.crm, found.entity, found.taken, found.failed)), list(lines)

    return tell


def test_what_was_taken_and_what_was_not(store: Store, import_text: Any) -> None:
    assert import_text(TAKEN) == (
        ("salesforce", "account", 1, 0),
        [
            "results.csv: of 2025-12-29_2, salesforce took 1 accounts and refused 0",
            "  1 rows = 1 taken + 0 refused + 0 unknown",
        ],
    )
    assert refused(store) == {}
    assert import_text(FAILED)[0] == ("salesforce", "account", 0, 1)
    assert refused(store) == {"account": {"salesforce": {"002"}}}


def test_what_is_recorded(store: Store, import_text: Any) -> None:
    import_text(FAILED.replace("id:--", "id: ada@example.com"))
    written = sorted((store.path / "imports").iterdir())
    assert [path.suffix for path in written] == [".json", ".parquet"]
    with duckdb.connect() as engine:
        rows = engine.execute("SELECT * EXCLUDE (imported_at) FROM read_parquet(?)", [str(written[1])]).fetchall()
    error = "INVALID_CROSS_REFERENCE_KEY:invalid cross reference id: (e-mail)"
    assert rows == [("salesforce", "account", "002", "2025-12-29_2", 2, False, error, 1)]
    about = json.loads(written[0].read_text())
    assert (about["form"], about["nights"], about["errors"]) == (
        "failed records of Bulk API 2.0", ["2025-12-29_2"], [[error, 1]],
    )  # fmt: skip


def test_a_file_is_recorded_once(store: Store, import_text: Any) -> None:
    assert import_text(FAILED)[0]
    found, lines = import_text(FAILED, name="again.csv")
    assert found is None
    assert "already recorded" in lines[0]
    assert len(list((store.path / "imports").glob("*.parquet"))) == 1


def test_an_import_that_was_killed_does_not_count(store: Store, import_text: Any) -> None:
    import_text(FAILED)
    next((store.path / "imports").glob("*.json")).unlink()  # rows are there, but not what makes them count
    assert refused(store) == {}
    assert import_text(FAILED)[0] == ("salesforce", "account", 0, 1)
    assert refused(store) == {"account": {"salesforce": {"002"}}}


def test_the_newest_night_decides_and_then_the_newest_import(store: Store, import_text: Any) -> None:
    import_text(FAILED)
    retried = TAKEN.replace('"001","false",001', '"002","false",002')
    import_text(retried)
    assert refused(store) == {}
    import_text(FAILED.replace("2025-12-29T02:14:09", "2025-12-28T02:10:00"))  # of the night before, found late
    assert refused(store) == {}
    import_text(FAILED.replace("1.5", "1.6"))
    assert refused(store) == {"account": {"salesforce": {"002"}}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{SENT}\n001,21.5,2025-12-29T02:14:09.000Z\n", ("salesforce", "account", 0, 1)),  # never tried
        (f"{SENT.upper()},STATUS\n001,21.5,2025-12-28T02:10:00.000Z,Item Updated\n", ("salesforce", "account", 1, 0)),
        (f"{SENT},ERROR\n001,21.5,2025-12-28T02:10:00.000Z,no such column\n", ("salesforce", "account", 0, 1)),
        ("id,closedwon_Status,closedwon_Rank,STATUS,RECORD_ID,ERRORS\n701,scored,1,UPDATED,9,\n702,scored,2,SKIPPED,,"
         "INVALID_DATA-closedwon_Rank\n", ("zoho", "lead", 1, 1)),
        ("id,closedwon_As_Of,STATUS,RECORD_ID,ERRORS\n003,2025-12-28,ADDED,9,\n", ("zoho", "account", 1, 0)),
        (TAKEN.replace('"001","false",001', '"003","false",003'), ("salesforce", "account", 1, 0)),  # it was retired
        (TAKEN + "x,false,701,1,2025-12-29T02:14:09.000Z\nx,false,702,1,2025-12-29T02:14:09.000Z\n",
         ("salesforce", "lead", 2, 0)),
    ],
)  # fmt: skip
def test_forms(text: str, expected: tuple[str, str, int, int], import_text: Any) -> None:
    assert import_text(text)[0] == expected


def test_without_a_stamp_it_is_the_newest_night_of_each(store: Store, import_text: Any) -> None:
    import_text(
        "id,closedwon_Status,closedwon_Rank,STATUS,RECORD_ID,ERRORS\n001,scored,1,SKIPPED,,\n003,scored,2,SKIPPED,,\n"
    )
    file = next((store.path / "imports").glob("*.parquet"))
    with duckdb.connect() as engine:
        rows = engine.execute(f"SELECT unit, sequence, error FROM read_parquet('{file}')").fetchall()
    assert rows == [("001", 2, "no reason given"), ("003", 2, "no reason given")]  # 003 was cleared in it


def test_a_zip_is_unpacked(store: Store, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "Leads.zip", "w") as archive:
        archive.writestr("../Leads-scores.csv", "id,STATUS,RECORD_ID,ERRORS\n702,unprocessed,,\n")
    found = imported(store, DEFAULTS, tmp_path / "Leads.zip", say=print)
    assert found is not None
    assert (found.entity, found.failed, found.nights) == ("lead", 1, ("2025-12-29_2",))


def test_rows_of_no_night_are_counted_and_left_out(store: Store, import_text: Any) -> None:
    found, lines = import_text(
        FAILED + "x,late:--,009,1.5,2025-12-29T02:14:09.000Z\nx,late:--,001,1.5,2025-12-01T02:00:00.000Z\n"
    )
    assert found == ("salesforce", "account", 0, 1)
    assert "  2 rows are of no night in the ledger and were left out" in lines


def test_one_error_is_one_line_whatever_record_it_is_of(import_text: Any) -> None:
    error = (
        'x,"DUPLICATE_VALUE:duplicates value on record with id: 001A0000006Vm{}:--",00{},1,2025-12-29T02:14:09.000Z\n'
    )
    text = FAILED.splitlines()[0] + "\n" + error.format("9u", 1) + error.format("9v", 2)
    assert "        2  DUPLICATE_VALUE:duplicates value on record with id: (id):--" in import_text(text)[1]


def test_fields_go_by_the_names_of_the_configuration(store: Store, import_text: Any) -> None:
    text = "sf__Id,sf__Error,Ref__c,When__c\nx,no,701,2025-12-28T02:10:00.000Z\n"
    assert import_text(text, config=RENAMED)[0] == ("salesforce", "lead", 0, 1)
    with pytest.raises(
        BadInput, match=r"columns that no file for salesforce has: Ref__c, When__c.* expected .*sf__Error"
    ):
        import_text(text + "\n", name="other.csv")


@pytest.mark.parametrize(
    ("text", "asked", "reason"),
    [
        ("sf__Id,sf__Error,Name\n1,no,Acme\n", {}, "columns that no file for salesforce has: Name"),
        ("a,b\n1,2\n", {}, "columns that no file for salesforce has: a, b"),
        ("sf__Id,sf__Error,closedwon_Rank__c\n1,no,2\n", {}, "the results have no id"),
        (FAILED.replace("12-29", "12-31"), {}, "no row of results.csv is of a night in the ledger (nights: 2025-12-28"),
        ("id,STATUS,RECORD_ID,ERRORS\n702,pending,,\n", {}, "has the status 'pending'; expected added, updated"),
        (FAILED + "x\n", {}, "row 3: missing columns"),
    ],
)
def test_bad_files(text: str, asked: dict[str, str], reason: str, import_text: Any) -> None:
    with pytest.raises(BadInput) as error:
        import_text(text, **asked)
    assert reason in str(error.value)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"crms": ["zoho"]}, "failed records of Bulk API 2.0, of salesforce and not of zoho"),
        ({"crms": ["sugar"]}, "--crm sugar is not a known CRM"),
        ({"config": RENAMED, "asked": "lead"}, "is not of leads"),
    ],
)
def test_wrong_usage(asked: dict[str, Any], reason: str, import_text: Any) -> None:
    with pytest.raises(UsageError) as error:
        import_text(FAILED, **asked)
    assert reason in str(error.value)


def test_as_much_of_one_as_of_the_other(import_text: Any) -> None:
    both = TAKEN + "x,false,701,1,2025-12-29T02:14:09.000Z\n"
    with pytest.raises(UsageError, match="say which with --entity"):
        import_text(both)
    assert import_text(both, asked="lead")[0] == ("salesforce", "lead", 1, 0)


def test_nothing_to_record(store: Store, import_text: Any, tmp_path: Path) -> None:
    assert import_text("") == (None, ["results.csv is empty: nothing to record"])
    assert import_text(FAILED.splitlines()[0]) == (None, ["results.csv has a header and no rows: nothing to record"])
    assert refused(store) == {}
    with pytest.raises(UsageError, match=r"gone\.csv cannot be read"):
        imported(store, DEFAULTS, tmp_path / "gone.csv", say=print)


def test_what_was_sent_is_no_result(store: Store, import_text: Any) -> None:
    import hashlib

    sent = f"{SENT}\n001,21.5,2025-12-29T02:14:09.000Z\n"
    record = store.ledger / "2025-12-29_2" / "night.json"
    record.write_text(record.read_text().replace("0" * 64, hashlib.sha256(sent.encode()).hexdigest()))
    with pytest.raises(BadInput, match="is a file that was sent to the CRM"):
        import_text(sent)


def test_the_command(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(store.path / "mlflow.db")) as database:
        database.execute(f"CREATE TABLE alembic_version AS SELECT '{REVISION}' AS version_num")
        database.commit()
    (tmp_path / "failed.csv").write_text(FAILED)
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    words = ["imported", str(tmp_path / "failed.csv"), "--crm", "salesforce", "--store", str(store.path)]
    assert main(words) == 0
    assert "failed.csv: of 2025-12-29_2, salesforce took 0 accounts and refused 1" in capsys.readouterr().out
    assert main([*words[:1], str(tmp_path / "other.csv"), *words[2:]]) == 3
    assert refused(store) == {"account": {"salesforce": {"002"}}}
