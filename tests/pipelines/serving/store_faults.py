"""What may have happened to a store, to the scores or to a setting before a night, and what the night then does.

A row: its words in the table of docs/operations.md, how it comes about, the exit code, and what is said, in the error
or in the log.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq

Change = Callable[[Path], None]


def last_night(folder: Path) -> Path:
    """The entry of the newest night."""
    return max((folder / "store" / "ledger").glob("2*"), key=lambda night: int(night.name.split("_")[1]))


def record(text: str | None) -> Change:
    def change(folder: Path) -> None:
        file = last_night(folder) / "night.json"
        whole = file.read_text()
        file.unlink()
        if text is not None:
            file.write_text(text.replace("WHOLE", whole[: len(whole) // 2]))

    return change


def later_record(folder: Path) -> None:
    file = last_night(folder) / "night.json"
    file.write_text(file.read_text().replace("closedwon-night/1", "closedwon-night/9"))


def scores(size: int | None) -> Change:
    def change(folder: Path) -> None:
        file = last_night(folder) / "lead_scores.parquet"
        whole = file.read_bytes()
        file.unlink()
        if size is not None:
            file.write_bytes(whole[:size])

    return change


def retired(folder: Path) -> None:
    (last_night(folder) / "lead_retired.parquet").unlink()


def column(name: str) -> Change:
    def change(folder: Path) -> None:
        file = last_night(folder) / "lead_scores.parquet"
        rows = pq.read_table(file)
        pq.write_table(rows.drop_columns(name), file)

    return change


def lost_night(folder: Path) -> None:
    shutil.rmtree(last_night(folder))


def foreign(folder: Path) -> None:
    for place in (folder / "scores" / "nights", folder / "store" / "ledger"):
        for name in ("README", ".DS_Store", ".nfs0001", "Thumbs.db", "2025-notes.txt"):
            (place / name).write_text("of somebody")
        for name in ("mine", ".mine", "2025-12-29_1_aa copy"):
            (place / name).mkdir()
            (place / name / "night.json").write_text("{}")
        os.symlink("nowhere", place / "2025-12-29_99_cc")


def database(content: bytes) -> Change:
    def change(folder: Path) -> None:
        (folder / "store" / "mlflow.db").write_bytes(content)

    return change


def revision(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "store" / "mlflow.db")) as opened:
        opened.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
        opened.commit()


def moved(folder: Path) -> None:
    said = json.loads((folder / "store" / "store.json").read_text())
    (folder / "store" / "store.json").write_text(json.dumps(said | {"path": "/srv/elsewhere/closedwon-store"}))


def later_store(folder: Path) -> None:
    said = json.loads((folder / "store" / "store.json").read_text())
    (folder / "store" / "store.json").write_text(json.dumps(said | {"format": "closedwon-store/9"}))


def torn_place(folder: Path) -> None:
    (folder / "store" / "store.json").write_text('{"format": "clo')


def left_spill(folder: Path) -> None:
    spill = folder / "store" / "temporary" / "run-of-a-killed-one"
    spill.mkdir(parents=True)
    (spill / ".in_use").touch()
    (spill / "rows.csv").write_text("of somebody")


def instead(make: Callable[[Path], None]) -> Change:
    """Something else in the place of the table of leads."""

    def change(folder: Path) -> None:
        (folder / "crm" / "leads.csv").unlink(missing_ok=True)
        (folder / "crm" / "leads.parquet").unlink(missing_ok=True)
        make(folder / "crm" / "leads.csv")

    return change


def header(old: bytes, new: bytes) -> Change:
    def change(folder: Path) -> None:
        file = folder / "crm" / "leads.csv"
        file.write_bytes(file.read_bytes().replace(old, new, 1))

    return change


def setting(line: str) -> Change:
    def change(folder: Path) -> None:
        file = folder / "c.toml"
        file.write_text(f"{file.read_text()}\n{line}\n")

    return change


AGAIN = "all leads are sent to the CRM again"
FAULTS = [
    ("files and folders of somebody among the nights", foreign, 0, ""),
    ("torn record of the last night", record("WHOLE"), 0, "night.json cannot be read"),
    ("empty record of the last night", record(""), 0, "night.json cannot be read"),
    ("record of the last night deleted", record(None), 0, "night.json is missing"),
    ("record of another kind", record('{"format": "other/1"}'), 0, "night.json cannot be read"),
    ("record by a later version", later_record, 2, "update closedwon"),
    ("scores of the last night missing in the ledger", scores(None), 0, AGAIN),
    ("scores of the last night cut off in the ledger", scores(900), 0, AGAIN),
    ("scores of the last night empty in the ledger", scores(0), 0, AGAIN),
    ("retired of the last night missing in the ledger", retired, 0, "lead_retired.parquet is missing"),
    ("a ledger night without a column of today", column("sent_grade"), 0, ""),
    ("a night lost from the ledger", lost_night, 0, "was the store restored from an older backup?"),
    ("unreadable mlflow.db", database(b"no database\n" * 500), 2, "file is not a database"),
    ("empty mlflow.db", database(b""), 2, "restore the store from its backup"),
    ("mlflow.db of a later MLflow", revision, 2, "which the installed MLflow does not know"),
    ("store moved or copied", moved, 2, "closedwon moved"),
    ("store by a later version", later_store, 2, "was made by a later version of closedwon"),
    ("torn store.json", torn_place, 0, ""),
    ("temporary files of a killed run", left_spill, 0, ""),
    ("a pipe in place of a table", instead(os.mkfifo), 3, "leads.csv is a pipe"),
    ("NUL in a header", header(b"size", b"si\x00ze"), 4, "size is missing"),
    ("a column __row", header(b"size", b"__row"), 4, "size is missing"),
    ("a setting that is infinite", setting("[engine]\nmemory_gb = inf"), 2, "memory_gb in [engine] must be"),
    ("a setting of a million years", setting("[changes]\ntrend_days = 999999999"), 2, "trend_days in [changes]"),
]  # fmt: skip
CODES = {name: code for name, _, code, _ in FAULTS} | {"as of long ago": 2}
