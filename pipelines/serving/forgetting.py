"""`closedwon forget`: an account or a lead is taken out of everything that closedwon has kept or published of it.

closedwon-store/
    forgetting.json    only while it is done: what to take out. A run that was killed is completed by the next one
    forgotten.jsonl    when it was done, of how many records and in how many files; no id

Files are replaced one by one, each whole, and those of a published night before its manifest. What is kept of the
engagement days is removed: the next night reads all activities again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.delivery.import_results import FOLDER as IMPORTS
from pipelines.disk import sha256_of, write_text
from pipelines.errors import UsageError
from pipelines.progress import Say
from pipelines.serving.forgotten_rows import without_rows, without_words
from pipelines.store import publication
from pipelines.store.ledger import PENDING, RECORD, Night, nights, settle
from pipelines.store.store import Store
from scoring.crm.profile import WRAPPINGS
from scoring.entity import ENTITIES

JOURNAL, DONE = "forgetting.json", "forgotten.jsonl"
#: An id with fewer signs may be a word or a number of a text, which is left as it is.
LEAST_SIGNS = 4
#: What else may hold a record that closedwon cannot reach.
ELSEWHERE = (
    "the CRM and its exports: whoever is in the next export is scored again",
    "files that were imported into a CRM or copied away, rejected rows that `check` wrote, and backups of the store",
    "the models, which are tables over many records and hold no record",
)


@dataclass(frozen=True)
class Forgotten:
    """What was taken out: of how many records, how many rows, and from how many files."""

    records: int
    rows: int
    files: int


def forget(store: Store, identifiers: Sequence[str], *, asked: str | None, say: Say) -> Forgotten:
    """Take accounts or leads out of everything that the store and the folders of its nights hold.

    Parameters
    ----------
    store : Store
        Open for writing, so no night is under way.
    identifiers : sequence of str
        Ids, in any way in which CRMs write them.
    asked : str, optional
        `account` or `lead`; by default what the ids are found as.
    say : callable
        Takes each line about what was done, and what cannot be.

    Raises
    ------
    UsageError
        If an id is found as an account and as a lead, and nobody said which is meant.
    """
    settle(store)
    complete(store, say)
    spelled = {entity: _spellings(store, entity, identifiers) for entity in ENTITIES if asked in (None, "both", entity)}
    both = [name for name in identifiers if all(name in found for found in spelled.values())]
    if both and len(spelled) > 1 and asked is None:
        raise UsageError("one of the ids is that of an account and of a lead: say which is meant with --entity")
    ids = {entity: sorted({*found, *identifiers}) for entity, found in spelled.items()}
    if asked is None:
        ids = {entity: names for entity, names in ids.items() if spelled[entity]} or ids
    write_text(store.path / JOURNAL, json.dumps({"records": len(set(identifiers)), "ids": ids}))
    os.chmod(store.path / JOURNAL, 0o600)
    return _taken_out(store, say)


def complete(store: Store, say: Say) -> None:
    """Complete what a killed run has begun.

    Parameters
    ----------
    store : Store
        Open for writing.
    say : callable
    """
    if (store.path / JOURNAL).exists():
        say("A `closedwon forget` was ended from outside: it is completed first")
        _taken_out(store, say)


def _taken_out(store: Store, say: Say) -> Forgotten:
    asked = json.loads((store.path / JOURNAL).read_text(encoding="utf-8"))
    ids: dict[str, list[str]] = asked["ids"]
    rows = files = 0
    store.engagement.unlink(missing_ok=True)
    store.engagement.with_suffix(".duckdb.wal").unlink(missing_ok=True)
    past = nights(store)
    outs = sorted({Path(night.record.out) for night in past})
    for folder in _folders(store, outs):
        for left in folder.glob(".*.[0-9]*"):  # temporary files of a killed run
            left.unlink()
        for file in sorted(folder.iterdir()):
            if file.is_file() and (count := without_rows(file, ids)):
                rows, files = rows + count, files + 1
    words = sorted({word for names in ids.values() for word in names if len(word) >= LEAST_SIGNS})
    files += sum(without_words(file, words) for file in _texts(store))
    for night in past:
        _state_files(night)
    done = Forgotten(asked["records"], rows, files)
    line = {"at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "records": done.records, "rows": rows, "files": files}
    kept = store.path / DONE
    before = kept.read_text(encoding="utf-8") if kept.exists() else ""
    write_text(kept, f"{before}{json.dumps(line)}\n")
    (store.path / JOURNAL).unlink()
    _report(store, done, [out for out in outs if not out.is_dir()], say)
    return done


def _report(store: Store, done: Forgotten, missing: Sequence[Path], say: Say) -> None:
    said = "record" if done.records == 1 else "records"
    if done.files:
        say(f"Forgotten: {done.records:,} {said}, {done.rows:,} rows taken out of {done.files:,} files")
    else:
        say(f"Of {done.records:,} {said} nothing was found")
    say("  the engagement days were removed: the next night reads all activities again, and takes longer")
    for out in missing:
        say(f"  not there any more, and not looked at: {out}")
    if not store.own:
        say(f"  not looked at: the artifacts of {store.location}")
    for what in ELSEWHERE:
        say(f"  not changed: {what}")


def _folders(store: Store, outs: Sequence[Path]) -> Iterator[Path]:
    """The folders with files that have a row for each record."""
    top = [store.ledger, store.path / IMPORTS, store.backtests]
    top += [out / publication.NIGHTS for out in outs]
    for folder in top:
        if folder.is_dir():
            yield folder
            yield from sorted(path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink())


def _texts(store: Store) -> list[Path]:
    """The texts that may name a record: the log, the newest run, and the files of the models and reports."""
    kinds = (".json", ".jsonl", ".html", ".csv", ".txt")
    places = [store.path / "log", store.artifacts]
    found = [path for place in places for path in sorted(place.rglob("*")) if path.is_file() and path.suffix in kinds]
    return [path for path in (store.path / "last_run.json", *found) if path.is_file()]


def _spellings(store: Store, entity: str, identifiers: Sequence[str]) -> set[str]:
    """How the ids are written in the ledger, the imports and the backtests, wherever they are found."""
    import ibis

    from scoring.contracts import ids

    connection = ibis.duckdb.connect()
    places = [
        (store.ledger, f"[0-9]*/{entity}_scores.parquet", f"{entity}_id"),
        (store.ledger, f"[0-9]*/{entity}_retired.parquet", f"{entity}_id"),
        (store.ledger, f"{PENDING}/[0-9]*/{entity}_scores.parquet", f"{entity}_id"),
        (store.path / IMPORTS, "*.parquet", "unit"),
        (store.backtests / entity, "*/*.parquet", "unit"),
    ]
    wanted = ibis.memtable({"asked": list(identifiers)})
    wanted = wanted.select("asked", canonical=ids.canonical(wanted.asked))
    found: set[str] = set()
    for folder, pattern, column in places:
        files = sorted(str(file) for file in folder.glob(pattern))
        if not files:
            continue
        rows = connection.read_parquet(files, union_by_name=True)
        if "entity" in rows.columns:
            rows = rows.filter(rows.entity == entity)
        if column not in rows.columns:
            continue
        written = rows.select(written=rows[column].cast("string")).distinct()
        written = written.mutate(canonical=ids.canonical(written.written))
        same = written.inner_join(wanted, written.canonical == wanted.canonical)
        both = same.select("written", "asked").to_pyarrow().to_pydict()
        found |= {*both["written"], *both["asked"]}
    # CRMs are sent ids without what their exports write around them.
    return found | {bare for name in found for bare in _unwrapped(name)}


def _unwrapped(name: str) -> Iterator[str]:
    import re

    for wrapping in WRAPPINGS.values():
        if bare := re.sub(wrapping, "", name):
            yield bare


def _state_files(night: Night) -> None:
    """State the size and the digest of the published files anew, in the manifest and in the ledger."""
    folder = Path(night.record.out) / publication.NIGHTS / night.name
    if not folder.is_dir():
        return
    outputs = tuple(
        replace(output, bytes=file.stat().st_size, sha256=sha256_of(file))
        for output in night.record.outputs
        if (file := folder / output.path).is_file()
    )
    if outputs == tuple(night.record.outputs):
        return
    record = replace(night.record, outputs=outputs)
    _write(folder / publication.MANIFEST, record.manifest())
    _write(night.folder / RECORD, record.to_json())


def _write(file: Path, content: Any) -> None:
    write_text(file, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
