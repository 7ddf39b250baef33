"""A night as it is published: its files, its entry in the ledger, and what a bad one leaves alone."""

import datetime
import hashlib
import json
import os
from dataclasses import replace
from typing import Any

import ibis
import pyarrow.parquet as pq
import pytest

from pipelines.config import Config
from pipelines.errors import Refused, UsageError
from pipelines.serving.publish import UnpublishedNight, publish, repeated
from pipelines.serving.score_files import ScoreTable
from pipelines.store import ledger, publication
from pipelines.store.store import Store
from scoring.contracts.scores import score_columns
from scoring.crm.odoo.profile import ODOO
from scoring.crm.salesforce.profile import SALESFORCE
from scoring.nights.parts import CrmCounts, EntityCounts, TableInput

AS_OF = datetime.date(2018, 4, 1)
SCORED_AT = datetime.datetime(2018, 4, 1, 3, 15)
UNCOMPARED = ("score_change", "trend")


def scores(entity, *ids, reason="asked, once, for a demo", **change):
    """Sound scores, the first id ranked last, and one feature of each."""
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
            "buying_group": "",
            "missing_role": "",
        }
        | change
        for place, key in enumerate(ids)
    ]
    columns = {name: kind for name, kind in score_columns(entity).items() if name not in UNCOMPARED}
    rows = [dict.fromkeys(columns) | row for row in rows]
    features = ibis.memtable({"unit": list(ids), "industry": ["Software"] * len(ids)})
    made = ibis.memtable(rows, schema=ibis.schema(columns))
    return ScoreTable(made, base=-3.0, model_version="3", features=features if ids else None)


def the_store(folder):
    return Store(path=folder / "store", tracking_uri="", own=True)


def night(
    folder, profiles=(SALESFORCE,), rejects=None, day=AS_OF, identity="5f0c9a1e", config=None, asked=None, **by_entity
):
    """Publish to folder/scores with the ledger in folder/store."""
    store = the_store(folder)
    past = ledger.nights(store)
    tonight = UnpublishedNight(
        as_of=day,
        scored_at=SCORED_AT,
        since=day - datetime.timedelta(days=7),
        identity=identity,
        past=past,
        inputs={"leads": TableInput(rows=4, sha256="5e11")},
    )
    out = publication.prepare_folder(folder / "scores", "score")
    return publish(
        by_entity, out, store, tonight, config or Config(), profiles=profiles, rejects=rejects, **(asked or {})
    )


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def latest(folder):
    return files((folder / "scores" / "latest").resolve())


def lines(folder, name):
    return (folder / "scores" / name).read_text().splitlines()


def test_a_night(tmp_path):
    rejects = {
        "accounts": None,
        "leads": ibis.memtable({"lead_id": ["=9"], "email": ["x@y.example"], "rule": ["future_created_at"]}),
    }
    record = night(tmp_path, rejects=rejects, account=scores("account", "0017"), lead=scores("lead", "-8", "1", "02"))
    manifest = record.manifest()
    kinds = ("scores", "changes", "retire")
    assert sorted(latest(tmp_path)) == sorted(
        [
            "account_scores.parquet",
            "lead_scores.parquet",
            "manifest.json",
            "rejects/leads.csv",
            "rejects/salesforce_lead_scores.csv",
            *[f"salesforce/{entity}_{kind}.csv" for entity in ("account", "lead") for kind in kinds],
            *[f"salesforce/{entity}{request}" for entity in ("account", "lead") for request in ("_job.json", ".sdl")],
        ]
    )
    out = tmp_path / "scores"
    assert (out / "rejects" / "salesforce_lead_scores.csv").read_text() == "lead_id,rule\n'-8,id_reads_as_formula\n"
    assert (out / "rejects" / "leads.csv").read_text() == "lead_id,rule\n'=9,future_created_at\n"
    table = pq.read_table(out / "lead_scores.parquet")
    assert table.column("lead_id").to_pylist() == ["02", "1", "-8"]
    assert table.column_names == list(score_columns("lead"))
    assert table.column("trend").to_pylist() == ["new"] * 3
    assert json.loads((out / "manifest.json").read_text()) == manifest
    assert manifest["night"] == "2018-04-01_1_5f0c9a1e"
    assert (manifest["as_of"], manifest["scored_at"]) == ("2018-04-01", "2018-04-01T03:15:00Z")
    assert manifest["models"] == {"account": {"version": "3"}, "lead": {"version": "3"}}
    read = {"file": "", "sha256": "5e11", "rows": 4, "rejected": 0, "last_known": None}
    assert manifest["inputs"] == {"leads": read}
    assert manifest["rejected"] == {"leads": 1}
    assert manifest["counts"] == {
        "account": {"scored": 1, "changed": 1, "retired": 0, "salesforce": 1}
        | {"crms": {"salesforce": {"rows": 1, "left_out": 0, "changed": 1, "retired": 0}}},
        "lead": {"scored": 3, "changed": 3, "retired": 0, "salesforce": 2}
        | {"crms": {"salesforce": {"rows": 2, "left_out": 1, "changed": 2, "retired": 0}}},
    }
    assert {entry["path"] for entry in manifest["outputs"]} == set(latest(tmp_path)) - {"manifest.json"}
    for entry in manifest["outputs"]:
        content = (out / entry["path"]).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())


def test_the_ledger_has_what_was_served(tmp_path):
    night(tmp_path, lead=scores("lead", "-8", "1", "02"))
    (entered,) = ledger.nights(the_store(tmp_path))
    served, kept = pq.read_table(tmp_path / "scores" / "lead_scores.parquet"), pq.read_table(entered.scores("lead"))
    assert kept.select(served.column_names).to_pylist() == served.to_pylist()
    assert kept.column("changed").to_pylist() == ["new"] * 3
    assert kept.column("features_digest").to_pylist() == ["33f78fba89d7d263"] * 3  # all are given the same
    given = pq.read_table(entered.features("lead")).to_pylist()
    assert given == [{"unit": unit, "industry": "Software"} for unit in ("-8", "02", "1")]


def test_the_same_night_gives_the_same_files(tmp_path):
    for name in ("one", "two"):
        night(tmp_path / name, account=scores("account", "a", "b"), lead=scores("lead", "x"))
    assert latest(tmp_path / "one") == latest(tmp_path / "two")


def test_scores_from_a_file_and_from_arrow(tmp_path):
    made = scores("lead", "x", "y")
    night(tmp_path / "one", lead=made)
    pq.write_table(made.table.to_pyarrow(), tmp_path / "made.parquet")
    night(tmp_path / "two", lead=replace(made, table=made.table.to_pyarrow()))
    night(tmp_path / "three", lead=replace(made, table=tmp_path / "made.parquet"))
    one, two, three = (
        pq.read_table(tmp_path / name / "scores" / "lead_scores.parquet") for name in ("one", "two", "three")
    )
    assert one.to_pylist() == two.to_pylist() == three.to_pylist()


def test_nobody_to_score_is_a_night_too(tmp_path):
    record = night(tmp_path, lead=scores("lead"))
    assert record.counts == {"lead": EntityCounts(0, 0, 0, {"salesforce": 0}, {"salesforce": CrmCounts(0)})}
    assert len(lines(tmp_path, "salesforce/lead_scores.csv")) == 1


def test_the_next_night_tells_the_crm_what_changed_and_whom_to_clear(tmp_path):
    night(tmp_path, lead=scores("lead", "L1", "L2", "L3"))
    tomorrow = AS_OF + datetime.timedelta(days=1)
    tonight = scores("lead", "L1", "L3", as_of=tomorrow, win_probability=0.3, expected_revenue=30.0)
    record = night(tmp_path, day=tomorrow, lead=tonight)
    assert record.counts["lead"] == EntityCounts(2, 1, 1, {"salesforce": 2}, {"salesforce": CrmCounts(2, 0, 1, 1)})
    changes = [line.partition(",")[0] for line in lines(tmp_path, "salesforce/lead_changes.csv")]
    assert changes == ["Id", "L1"]  # L3 has the probability, the grade and the decile it had
    header, cleared = lines(tmp_path, "salesforce/lead_retire.csv")
    assert cleared.startswith("L2,retired,")
    assert cleared.count("#N/A") == header.count(",") - 3  # all but the id, the status and the two stamps
    moved = {row["lead_id"]: row for row in pq.read_table(tmp_path / "scores" / "lead_scores.parquet").to_pylist()}
    assert moved["L1"]["score_change"] == pytest.approx(0.2)
    assert {key: row["trend"] for key, row in moved.items()} == {"L1": "rising", "L3": "steady"}
    night(tmp_path, day=tomorrow + datetime.timedelta(days=1), lead=tonight)
    assert len(lines(tmp_path, "salesforce/lead_changes.csv")) == 1
    assert len(lines(tmp_path, "salesforce/lead_retire.csv")) == 2  # named again, in case an import was missed


def test_who_is_gone_from_the_export_is_not_named_where_that_would_undo_the_file(tmp_path):
    night(tmp_path, profiles=[ODOO], lead=scores("lead", "L1", "L2", "L3"))
    tonight = replace(scores("lead", "L1"), state=lambda units: {"L2": "won", "L3": "gone"})
    night(tmp_path, profiles=[ODOO, SALESFORCE], day=AS_OF + datetime.timedelta(days=1), lead=tonight)
    cleared = {crm: lines(tmp_path, f"{crm}/lead_retire.csv")[1:] for crm in ("odoo", "salesforce")}
    assert {crm: [row.partition(",")[0] for row in rows] for crm, rows in cleared.items()} == {
        "odoo": ["L2"],
        "salesforce": ["L2", "L3"],
    }
    (_, entered) = ledger.nights(the_store(tmp_path))
    kept = pq.read_table(entered.retired("lead")).to_pylist()
    assert [(row["lead_id"], row["why"]) for row in kept] == [("L2", "won"), ("L3", "gone")]


def test_whom_a_crm_did_not_take_it_is_told_again(tmp_path):
    night(tmp_path, lead=scores("lead", "L1", "L2"))
    store = the_store(tmp_path)
    again = UnpublishedNight(
        AS_OF + datetime.timedelta(days=1), SCORED_AT, AS_OF, "6", past=ledger.nights(store),
        refused={"lead": {"salesforce": frozenset({"L1", "who"})}},
    )  # fmt: skip
    out = publication.prepare_folder(tmp_path / "scores", "score")
    publish({"lead": scores("lead", "L1", "L2")}, out, store, again, Config(), profiles=[SALESFORCE])
    assert [line.partition(",")[0] for line in lines(tmp_path, "salesforce/lead_changes.csv")] == ["Id", "L1"]


def full_disk(monkeypatch):
    def write(*arguments, **options):
        raise OSError("no space left on device")

    monkeypatch.setattr("pipelines.delivery.files.write_cells", write)


@pytest.mark.parametrize(
    ("trouble", "change", "error"),
    [(None, {"win_probability": 7.0}, Refused), (full_disk, {}, OSError)],
)
def test_a_bad_night_leaves_the_last_one_in_place(tmp_path, monkeypatch, trouble, change, error):
    night(tmp_path, account=scores("account", "a"), lead=scores("lead", "1"))
    before = files(tmp_path)
    if trouble:
        trouble(monkeypatch)
    with pytest.raises(error):
        night(tmp_path, account=scores("account", "b"), lead=scores("lead", "2", **change))
    assert files(tmp_path) == before


def test_a_refusal_says_what_is_broken(tmp_path):
    with pytest.raises(Refused, match=r"lead_scores break their contract.*grade is A, B, C or D"):
        night(tmp_path, lead=scores("lead", "1", grade="Z"))
    assert files(tmp_path) == {}


def test_the_same_night_is_known_again_while_it_is_whole(tmp_path):
    record = night(tmp_path, lead=scores("lead", "1"))
    out = tmp_path / "scores"
    again = UnpublishedNight(AS_OF, SCORED_AT, AS_OF, "5f0c9a1e", past=ledger.nights(the_store(tmp_path)))
    assert repeated(out, again) == record
    assert repeated(out, replace(again, identity="other")) is None
    # The record of an earlier version does not say how its tables were read.
    assert repeated(out, replace(again, declared="ab")) == record
    (kept,) = ledger.nights(the_store(tmp_path))
    known = replace(again, past=[replace(kept, record=replace(record, declared="ab"))])
    assert repeated(out, replace(known, declared="ab")) is not None
    assert repeated(out, replace(known, declared="cd")) is None
    (out / "salesforce" / "lead_scores.csv").write_text("edited")
    assert repeated(out, again) is None


def test_a_file_of_the_users_is_not_overwritten(tmp_path):
    night(tmp_path, lead=scores("lead", "1"))
    mine = tmp_path / "scores" / "account_scores.parquet"
    mine.write_text("mine")
    before = latest(tmp_path)
    with pytest.raises(UsageError, match="has the name of a file to write"):
        night(tmp_path, account=scores("account", "1"), lead=scores("lead", "1"))
    assert (latest(tmp_path), mine.read_text()) == (before, "mine")


def test_only_so_many_nights_are_kept_and_the_ledger_keeps_its_own(tmp_path):
    config = Config()
    config = replace(config, ledger=replace(config.ledger, keep_files=2, features_days=3, keep_days=5))
    for day in range(8):
        night(tmp_path, day=AS_OF + datetime.timedelta(days=day), config=config, lead=scores("lead", "1"))
    there = sorted(os.listdir(tmp_path / "scores" / "nights"))
    assert there == ["2018-04-07_7_5f0c9a1e", "2018-04-08_8_5f0c9a1e"]
    entered = ledger.nights(the_store(tmp_path))
    assert [(night.sequence, night.features("lead").exists()) for night in entered] == [
        (3, False), (4, False), (5, True), (6, True), (7, True), (8, True),
    ]  # fmt: skip


def test_a_file_that_one_import_would_not_take_is_cut_between_records(tmp_path):
    whole: dict[str, Any] = {"lead": scores("lead", "a", "b", "c", reason="x\n=\r\ny")}
    night(tmp_path / "whole", **whole)
    header, *rows = lines(tmp_path / "whole", "salesforce/lead_scores.csv")
    profile = replace(SALESFORCE, max_bytes=len(header) + len(rows[0]) + len(rows[1]) + 5)
    night(tmp_path, profiles=[profile], **whole)
    parts = [lines(tmp_path, f"salesforce/lead_scores{part}.csv") for part in ("", "_part_2")]
    assert [part[0] for part in parts] == [header] * 2
    assert [row for part in parts for row in part[1:]] == rows
