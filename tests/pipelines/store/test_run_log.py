"""The log: what is in a line, where it goes, what never gets into it, and that it fails no run."""

import argparse
import json
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.errors import Refused, UsageError
from pipelines.redaction import Message, redacted
from pipelines.store.run_log import LONGEST, RunLog, place_of
from scoring.evidence.finding import GateResult
from tests.pipelines.conftest import Run, TrainedStore, market_export
from tests.pipelines.small_crm import AS_OF

KEYS = ["time", "level", "command", "run", "event", "message", "figures"]
GATE = GateResult("rows", False, "400 accounts, and 800 are usual", {"rows": 400.0})


def book(command: str = "score", **arguments: Any) -> RunLog:
    return RunLog(argparse.Namespace(command=command, **arguments))


def lines(folder: Path) -> list[dict[str, Any]]:
    (file,) = (folder / "log").glob("*.jsonl")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nobody known before 2025-12-29 is open", "nobody known before 2025-12-29 is open"),
        ("no answer for ada@x.example, a lead", "no answer for (e-mail), a lead"),
        ("ada.lovelace+crm@mail.x.example", "(e-mail)"),
        ("Ada <ada@x.example>; 'bob@y.example'", "Ada <(e-mail)>; '(e-mail)'"),
        ("no tracking at postgresql://me:secret@db/mlflow", "no tracking at postgresql://(hidden)@db/mlflow"),
        ("models:/closedwon-account@champion", "models:/closedwon-account@champion"),
        (Message.with_example("torn_row (2), such as", "row 3: Ada, CFO"), "torn_row (2), such as (left out)"),
        (Message.with_example("ada@x.example, as in:", "phone is '1'"), "(e-mail), as in: (left out)"),
        ("take it such as it is", "take it such as it is"),
    ],
)
def test_what_may_be_a_persons_is_redacted(text: str, expected: str) -> None:
    assert redacted(text) == expected


def test_a_line_has_the_same_keys_whatever_is_said_and_the_run_one_id(tmp_path: Path) -> None:
    said: list[str] = []
    run = book(store=tmp_path, data=Path("crm"), as_of=None, force=True)
    run.begin()
    run.telling(said.append)("\nScored 3 leads,\nfor ada@x.example")
    run.event("counted", "", rows=3, share=0.5, of=["a", "b"], who="ada@x.example", none=None)
    assert run.ended(0) == 0
    found = lines(tmp_path)
    assert [list(line) for line in found] == [KEYS] * 4
    assert {line["run"] for line in found} == {run.run}
    assert [line["event"] for line in found] == ["begun", "progress", "counted", "ended"]
    assert found[0]["figures"] == {"data": "crm", "force": True}
    assert (said, found[1]["message"]) == (
        ["\nScored 3 leads,\nfor (e-mail)"],
        "Scored 3 leads,\nfor (e-mail)",
    )
    assert found[2]["figures"] == {"rows": 3, "share": 0.5, "of": ["a", "b"], "who": "(e-mail)", "none": None}
    assert found[3]["figures"]["exit_code"] == 0
    assert 0 <= found[3]["figures"]["seconds"] < 60
    assert all(line["time"].endswith("Z") and line["time"] >= f"{run.begun:%Y-%m-%dT%H:%M:%S}" for line in found)


@pytest.mark.parametrize(("code", "level"), [(0, "info"), (1, "error"), (3, "error"), (4, "error"), (5, "warning")])
def test_how_a_run_ended_is_a_level(tmp_path: Path, code: int, level: str) -> None:
    assert book("train", store=tmp_path).ended(code, "why") == code
    (line,) = lines(tmp_path)
    assert (line["level"], line["message"], line["figures"]["exit_code"]) == (level, "why", code)


def test_a_refused_night_tells_what_each_gate_said(tmp_path: Path) -> None:
    refused = Refused("the accounts were cut in half", [GATE, replace(GATE, name="psi", kept=True, reason="as ever")])
    book(store=tmp_path).ended(refused.exit_code, str(refused), refused.gates)
    found = lines(tmp_path)
    assert [(line["event"], line["level"], line["message"]) for line in found] == [
        ("gate", "error", "400 accounts, and 800 are usual"),
        ("gate", "info", "as ever"),
        ("ended", "error", "the accounts were cut in half"),
    ]
    assert found[0]["figures"] == {"gate": "rows", "kept": False, "rows": 400.0}


def test_lines_wait_for_a_store_and_make_none(tmp_path: Path) -> None:
    store = tmp_path / "store"
    run = book("train", store=store)
    run.begin()
    assert not store.exists()
    store.mkdir()
    run.ended(0)
    assert [line["event"] for line in lines(store)] == ["begun", "ended"]


def test_runs_at_the_same_time_do_not_mix_their_lines(tmp_path: Path) -> None:
    def work(number: int) -> None:
        run = book("train", store=tmp_path)
        for _ in range(50):
            run.event("progress", f"{number}" * 4_000)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    found = [line["message"] for line in lines(tmp_path)]
    assert sorted(found) == sorted(f"{number}" * 4_000 for number in range(8) for _ in range(50))


@pytest.mark.parametrize("same_run", [True, False])
def test_half_a_line_spoils_no_other(tmp_path: Path, same_run: bool) -> None:
    """A run that broke off has left it, or a disk that was full for a moment."""
    first = book("train", store=tmp_path)
    first.event("progress", "whole")
    (file,) = (tmp_path / "log").glob("*.jsonl")
    file.write_bytes(file.read_bytes() + b'{"time": "20')
    (first if same_run else book("train", store=tmp_path)).event("progress", "x" * 2 * LONGEST)
    whole, half, new = file.read_text().splitlines()
    assert (json.loads(whole)["message"], half, json.loads(new)["message"]) == ("whole", '{"time": "20', "x" * LONGEST)


@pytest.mark.parametrize("log", ["/dev/full", "folder", "folder/../folder"])
def test_a_log_that_cannot_be_written_fails_no_run(closedwon: Run, tmp_path: Path, log: str) -> None:
    (tmp_path / "folder").mkdir()
    ended = closedwon("check", "--data", tmp_path / "none", "--log", tmp_path / log)
    own = f"closedwon check: --data {tmp_path}/none does not exist"
    assert (ended.code, len(ended.err.splitlines()), ended.err.startswith(own)) == (2, 1, True)


def test_a_store_whose_log_is_no_folder_fails_no_run(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("mine")
    run = book(store=tmp_path)
    run.begin()
    assert run.ended(4, "refused") == 4
    assert (tmp_path / "log").read_text() == "mine"


def test_another_file_may_be_named_and_its_folder_must_be_there(closedwon: Run, tmp_path: Path) -> None:
    words = ("check", "--data", tmp_path / "none", "--quiet", "--log")
    closedwon(*words, tmp_path / "a.jsonl")
    written = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert [line["event"] for line in written] == ["begun", "progress", "ended"]
    begun, read, own, end = closedwon(*words, "-").err.splitlines()
    assert [json.loads(line)["message"] for line in (begun, read, end)] == [line["message"] for line in written]
    assert own.startswith(f"closedwon check: --data {tmp_path}/none does not exist")
    ended = closedwon(*words, tmp_path / "nowhere" / "a.jsonl")
    assert (ended.code, ended.err) == (
        2,
        f"closedwon check: --log {tmp_path}/nowhere/a.jsonl: there is no folder {tmp_path}/nowhere\n",
    )
    with pytest.raises(UsageError):
        book("check", log=str(tmp_path / "nowhere" / "a")).begin()


def test_what_nobody_foresaw_is_told_by_its_place_and_never_by_what_it_says(
    closedwon: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*words: object, **named: object) -> None:
        raise ValueError("could not convert 'Ada Lovelace'")

    monkeypatch.setattr("pipelines.intake.point_in_time.read_tables", broken)
    assert closedwon("check", "--data", tmp_path, "--log", tmp_path / "log").code == 1
    last = json.loads((tmp_path / "log").read_text().splitlines()[-1])
    assert last["message"].startswith("unexpected failure, ValueError at pipelines/intake/point_in_time.py:")
    assert "Ada" not in (tmp_path / "log").read_text()
    assert place_of(ValueError("Ada")) == "unexpected failure, ValueError"


def test_whose_score_was_explained_is_not_told(tmp_path: Path) -> None:
    run = book("explain", store=tmp_path, id="L0001")
    run.begin()
    run.event("progress", "Reading crm")
    run.ended(2, "L0001 is not among the open leads")
    assert [line["message"] for line in lines(tmp_path)] == [
        "closedwon explain",
        "Reading crm",
        "(id) is not among the open leads",
    ]
    assert "L0001" not in str(lines(tmp_path))


def test_who_stops_reading_does_not_stop_a_run() -> None:
    program = (
        "import sys\nfrom pipelines.progress import progress_printer\nsay = progress_printer(False)\n"
        "for _ in range(9): say('x' * 99_999)\nprint('went on', file=sys.stderr)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        assert (run.stderr.read(), run.wait()) == (b"went on\n", 0)


@pytest.mark.slow
def test_a_night_is_told_from_begin_to_end(trained: TrainedStore) -> None:
    found = [line for line in lines(trained.store) if line["command"] == "score"]
    (begun, *_, ended) = found
    assert begun["figures"] == {"data": str(trained.crm), "as_of": AS_OF, "out": str(trained.out)}
    assert (ended["event"], ended["figures"]["exit_code"]) == ("ended", 0)
    said = [line["message"] for line in found]
    assert "set aside: leads, id_is_an_email_address (1), such as (left out)" in said
    assert any(text.startswith(f"{len(trained.scores('account')):,} accounts scored as of {AS_OF}") for text in said)


def test_nobodys_address_is_in_logs_mlflow_or_the_report(trained: TrainedStore, closedwon: Run, tmp_path: Path) -> None:
    """Every file of a store that trained and scored, and the report, holds no address of those that were read."""
    assert closedwon("report", "--store", trained.copy_of_store(tmp_path / "s"), "--out", tmp_path / "r.html").code == 0
    people = [email for email in market_export()["leads"]["email"] if isinstance(email, str)]
    assert len(people) > 2_000
    domains = {person.partition("@")[2] for person in people}
    files = [path for path in trained.store.rglob("*") if path.is_file()] + [tmp_path / "r.html"]
    assert {"mlflow.db", "last_run.json", "r.html", "scorecard.json"} <= {path.name for path in files}
    assert any(path.parent.name == "log" for path in files)
    for path in files:
        content = path.read_bytes().decode("utf-8", errors="replace")
        if path.suffix == ".parquet":
            content = pq.read_table(path).to_pandas().to_csv()
        elif path.suffix == ".db":
            content = "\n".join(sqlite3.connect(path).iterdump())
        found = {word for word in content.split("@")[1:] for domain in domains if word.startswith(domain)}
        assert found == set(), path


def test_an_example_is_left_out_also_where_an_id_is_hidden(tmp_path: Path) -> None:
    run = RunLog(argparse.Namespace(command="explain", store=tmp_path, id="L7"))
    run.telling(lambda text: None)(Message.with_example("L7: torn_row (2), such as", "row 3: Ada, CFO"))
    assert lines(tmp_path)[-1]["message"] == "(id): torn_row (2), such as (left out)"
