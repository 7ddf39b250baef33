import datetime
import hashlib
import json
import os
import threading
from dataclasses import replace
from pathlib import Path

import ibis
import pyarrow.parquet as pq
import pytest

from pipelines import staging
from pipelines.failures import Refused, UsageError
from pipelines.publish import Scores, publish
from scoring.contracts.scores import score_columns
from scoring.crm.salesforce import SALESFORCE

AS_OF = datetime.date(2018, 4, 1)
SCORED_AT = datetime.datetime(2018, 4, 1, 3, 15)
HEADER = (
    "Id,closedwon_Win_Probability__c,closedwon_Expected_Amount__c,closedwon_Expected_Revenue__c,"
    "closedwon_Fit_Score__c,closedwon_Intent_Score__c,closedwon_Grade__c,closedwon_Rank__c,closedwon_Reason_1__c,"
    "closedwon_Reason_2__c,closedwon_Reason_3__c,closedwon_Concern_1__c,closedwon_Why_Now__c,closedwon_As_Of__c,"
    "closedwon_Scored_At__c,closedwon_Model_Version__c\n"
)


def scores(entity, *ids, reason="asked, once, for a demo", **change):
    """Sound scores, the first id ranked last."""
    rows = [
        {
            f"{entity}_id": key,
            "as_of": AS_OF,
            "scored_at": SCORED_AT,
            "model_version": "3",
            "win_probability": 0.1 * (1 + place),
            "expected_amount": 100.0,
            "expected_revenue": 0.1 * (1 + place) * 100.0,
            "fit_score": 50.0,
            "intent_score": 50.0,
            "grade": "B",
            "rank": len(ids) - place,
            "log_odds": 0.0,
            "fit_log_odds": 1.0,
            "intent_log_odds": 2.0,
            "reason_1": reason,
            "why_now": "",
        }
        | change
        for place, key in enumerate(ids)
    ]
    columns = score_columns(entity)
    rows = [dict.fromkeys(columns) | row for row in rows]
    return Scores(ibis.memtable(rows, schema=ibis.schema(columns)), base=-3.0, model_version="3")


def night(out, profiles=(SALESFORCE,), rejects=None, **by_entity):
    inputs = {"leads": {"rows": 4, "sha256": "5e11"}}
    return publish(by_entity, out, as_of=AS_OF, scored_at=SCORED_AT, profiles=profiles, inputs=inputs, rejects=rejects)


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_night(tmp_path):
    out = tmp_path / "scores"
    rejects = {
        "accounts": None,
        "leads": ibis.memtable({"lead_id": ["=9"], "email": ["x@y.example"], "rule": ["future_created_at"]}),
    }
    manifest = night(out, rejects=rejects, account=scores("account", "0017"), lead=scores("lead", "-8", "1", "02"))
    assert sorted(files(out)) == [
        "account_scores.parquet",
        "lead_scores.parquet",
        "manifest.json",
        "rejects/leads.csv",
        "rejects/salesforce_lead_scores.csv",
        "salesforce/account_scores.csv",
        "salesforce/lead_scores.csv",
    ]
    assert (out / "salesforce" / "lead_scores.csv").read_bytes().decode() == HEADER + (
        '02,30.0000,100.00,30.00,50.0,50.0,B,1,"asked, once, for a demo","#N/A","#N/A","#N/A","#N/A",'
        "2018-04-01,2018-04-01T03:15:00.000Z,3\n"
        '1,20.0000,100.00,20.00,50.0,50.0,B,2,"asked, once, for a demo","#N/A","#N/A","#N/A","#N/A",'
        "2018-04-01,2018-04-01T03:15:00.000Z,3\n"
    )
    assert (out / "rejects" / "salesforce_lead_scores.csv").read_text() == "lead_id,rule\n'-8,id_reads_as_formula\n"
    assert (out / "rejects" / "leads.csv").read_text() == "lead_id,rule\n'=9,future_created_at\n"
    table = pq.read_table(out / "lead_scores.parquet")
    assert table.column("lead_id").to_pylist() == ["02", "1", "-8"]
    assert table.column_names == list(score_columns("lead"))
    assert json.loads((out / "manifest.json").read_text()) == manifest
    assert manifest["as_of"] == "2018-04-01"
    assert manifest["scored_at"] == "2018-04-01T03:15:00Z"
    assert manifest["models"] == {"account": {"version": "3"}, "lead": {"version": "3"}}
    assert manifest["inputs"] == {"leads": {"rows": 4, "sha256": "5e11"}}
    assert manifest["rejected"] == {"leads": 1}
    assert manifest["counts"] == {
        "account": {"scored": 1, "salesforce": 1},
        "lead": {"scored": 3, "salesforce": 2},
    }
    assert {entry["path"] for entry in manifest["outputs"]} == set(files(out)) - {"manifest.json"}
    for entry in manifest["outputs"]:
        content = (out / entry["path"]).read_bytes()
        assert entry["bytes"] == len(content)
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_same_night_gives_the_same_files(tmp_path):
    for name in ("one", "two"):
        night(tmp_path / name, account=scores("account", "a", "b"), lead=scores("lead", "x"))
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_scores_from_a_file_and_from_arrow(tmp_path):
    made = scores("lead", "x", "y")
    night(tmp_path / "one", lead=made)
    night(tmp_path / "two", lead=replace(made, table=made.table.to_pyarrow()))
    night(tmp_path / "three", lead=replace(made, table=tmp_path / "one" / "lead_scores.parquet"))
    one, two, three = (pq.read_table(tmp_path / name / "lead_scores.parquet") for name in ("one", "two", "three"))
    assert one.to_pylist() == two.to_pylist() == three.to_pylist()


def test_nobody_to_score_is_a_night_too(tmp_path):
    manifest = night(tmp_path / "scores", lead=scores("lead"))
    assert manifest["counts"] == {"lead": {"scored": 0, "salesforce": 0}}
    assert (tmp_path / "scores" / "salesforce" / "lead_scores.csv").read_text() == HEADER


def test_a_new_night_replaces_the_old_one_and_keeps_what_is_not_ours(tmp_path):
    out = tmp_path / "scores"
    night(out, account=scores("account", "a"), lead=scores("lead", "-1"))
    out.chmod(0o750)
    mine = {"notes.txt": b"ask Ann", "salesforce/success.csv": b"Id\n1\n", "archive/2018/old.csv": b"x"}
    for name, content in mine.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)
    (out / "link").symlink_to("notes.txt")
    night(out, lead=scores("lead", "2"))
    ours = {"lead_scores.parquet", "manifest.json", "salesforce/lead_scores.csv"}
    assert set(files(out)) == ours | set(mine) | {"link"}
    assert {name: files(out)[name] for name in mine} == mine
    assert (out / "link").is_symlink()
    assert out.stat().st_mode & 0o777 == 0o750
    assert os.listdir(tmp_path) == ["scores"]


def broken_exchange(monkeypatch):
    def rename(path, target):
        if path.name == ".scores.next":
            raise OSError("no")
        return os.rename(path, target)

    monkeypatch.setattr(staging, "_swap", lambda one, other: False)
    monkeypatch.setattr(Path, "rename", rename)


def full_disk(monkeypatch):
    def to_csv(*arguments, **options):
        raise OSError("no space left on device")

    monkeypatch.setattr("ibis.backends.duckdb.Backend.to_csv", to_csv)


@pytest.mark.parametrize(
    ("trouble", "change", "error"),
    [
        (None, {"win_probability": 7.0}, Refused),
        (full_disk, {}, OSError),
        (broken_exchange, {}, OSError),
    ],
)
def test_a_bad_night_leaves_the_last_one_in_place(tmp_path, monkeypatch, trouble, change, error):
    out = tmp_path / "scores"
    night(out, account=scores("account", "a"), lead=scores("lead", "1"))
    before = files(out)
    if trouble:
        trouble(monkeypatch)
    with pytest.raises(error):
        night(out, account=scores("account", "b"), lead=scores("lead", "2", **change))
    assert files(out) == before
    assert os.listdir(tmp_path) == ["scores"]


def test_a_refusal_says_what_is_broken(tmp_path):
    with pytest.raises(Refused, match=r"lead_scores break their contract.*grade is A, B, C or D"):
        night(tmp_path / "scores", lead=scores("lead", "1", grade="Z"))
    assert not (tmp_path / "scores").exists()


def test_after_a_kill_between_two_renames_the_last_night_comes_back(tmp_path):
    out = tmp_path / "scores"
    night(out, lead=scores("lead", "1"))
    before = files(out)
    out.rename(tmp_path / ".scores.previous")
    (tmp_path / ".scores.next").mkdir()
    with pytest.raises(Refused):
        night(out, lead=scores("lead", "2", grade="Z"))
    assert files(out) == before
    assert os.listdir(tmp_path) == ["scores"]


def test_without_an_exchange_in_one_step_a_night_is_published_in_two(tmp_path, monkeypatch):
    monkeypatch.setattr(staging, "_swap", lambda one, other: False)
    for key in ("1", "2"):
        night(tmp_path / "scores", lead=scores("lead", key))
    assert b"\n2,10.0000" in files(tmp_path / "scores")["salesforce/lead_scores.csv"]
    assert os.listdir(tmp_path) == ["scores"]


def test_a_reader_always_finds_a_whole_folder(tmp_path):
    out, done, misses = tmp_path / "scores", threading.Event(), []

    def read():
        while not done.is_set():
            try:
                (out / staging.MANIFEST).read_text()
            except FileNotFoundError as missing:
                misses.append(missing)

    def write():
        with staging.replaced(out) as folder:
            content = {"format": staging.FORMAT, "outputs": []}
            (folder / staging.MANIFEST).write_text(json.dumps(content))

    write()
    if not can_swap(tmp_path):
        pytest.skip("this file system cannot exchange two folders in one step")
    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(30):
        write()
    done.set()
    reader.join()
    assert misses == []


def can_swap(folder):
    one, other = folder / "a", folder / "b"
    one.mkdir()
    other.mkdir()
    return staging._swap(one, other)


def test_only_closedwons_own_folder_is_replaced(tmp_path, monkeypatch):
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "manifest.json").write_text('{"format": "another", "outputs": []}')
    with pytest.raises(UsageError, match="holds files of another origin"):
        night(foreign, lead=scores("lead", "1"))
    with pytest.raises(UsageError, match="is a file"):
        night(foreign / "manifest.json", lead=scores("lead", "1"))
    night(tmp_path / "ours", lead=scores("lead", "1"))
    (tmp_path / "ours" / "account_scores.parquet").write_text("mine")
    with pytest.raises(UsageError, match="has the name of a file to write"):
        night(tmp_path / "ours", account=scores("account", "1"))
    monkeypatch.chdir(tmp_path / "ours")
    with pytest.raises(UsageError, match="holds the current directory"):
        night(".", lead=scores("lead", "1"))


def test_a_file_that_one_import_would_not_take_is_cut_between_records(tmp_path):
    profile = replace(SALESFORCE, max_bytes=len(HEADER) + 250)
    night(tmp_path / "scores", profiles=[profile], lead=scores("lead", "a", "b", "c", reason="x\n=\r\ny"))
    night(tmp_path / "whole", lead=scores("lead", "a", "b", "c", reason="x\n=\r\ny"))
    parts = [tmp_path / "scores" / "salesforce" / f"lead_scores{part}.csv" for part in ("", "_part_2")]
    assert sorted(os.listdir(parts[0].parent)) == ["lead_scores.csv", "lead_scores_part_2.csv"]
    texts = [part.read_text() for part in parts]
    assert all(text.startswith(HEADER) and len(text) <= profile.max_bytes for text in texts)
    whole = (tmp_path / "whole" / "salesforce" / "lead_scores.csv").read_text()
    assert HEADER + "".join(text.removeprefix(HEADER) for text in texts) == whole
