"""`closedwon forget`: an account or a lead is taken out of everything that closedwon has kept or published of it.

closedwon-store/
    forgetting.json    only while it is done: what to take out. A run that was killed is completed by the next one
    forgotten.jsonl    when it was done, of how many records and in how many files; no id

Files are replaced one by one, each whole, and those of a published night before its manifest. What is kept of the
engagement days is removed: the next night reads all activities again. What cannot be looked at is named, and the rest
goes on.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.delivery.import_results import FOLDER as IMPORTS
from pipelines.disk import sha256_of, write_text
from pipelines.errors import ClosedwonError, UsageError, is_out_of_space
from pipelines.progress import Say
from pipelines.serving.forgotten_rows import REJECTS, rejected_ids, without_rows
from pipelines.store import publication
from pipelines.store.ledger import PENDING, RECORD, Night, nights, settle
from pipelines.store.store import Store
from pipelines.store.upkeep.damaged_nights import fault_of
from pipelines.store.upkeep.forgotten_ids import IdColumn, Spellings, spellings
from pipelines.store.upkeep.forgotten_texts import id_pattern, without_words
from pipelines.store.upkeep.input_examples import examples, made_up
from pipelines.store.upkeep.open_forgetting import JOURNAL
from pipelines.store.upkeep.score_folders import ScoreFolders, score_folders
from scoring.entity import ENTITIES, OPPORTUNITY

DONE = "forgotten.jsonl"
#: The scores of deals, below a folder of nights.
DEAL_SCORES = "[0-9]*/opportunity_scores.parquet"
#: What else may hold a record that closedwon cannot reach.
ELSEWHERE = (
    "the CRM and its exports: whoever is in the next export is scored again",
    "call lists that were published, and files that were imported into a CRM or copied away",
    "rows that `check` rejected and wrote, and backups of the store",
    "the models: they are tables over many records and hold no record and no id",
)


@dataclass(frozen=True)
class Forgotten:
    """What was taken out: of how many records, how many rows, from how many files; and what could not be looked at."""

    records: int
    rows: int
    files: int
    unread: tuple[str, ...] = ()


class _Work:
    """Counts what is done file by file; a file that cannot be read is named, and the next one is looked at."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.rows = self.files = 0
        self.unread: list[str] = []

    def on(self, file: Path, change: Callable[[Path], int]) -> int:
        """Change a file; gives what the change counted, and 0 where it could not be done."""
        try:
            return change(file)
        except Exception as error:  # whatever is torn in it, and whichever library finds that
            if is_out_of_space(error):
                raise
            self.skip(f"{file} ({type(error).__name__})", "bring it back from a backup, or delete it")
            return 0

    def skip(self, what: str, remedy: str) -> None:
        self.unread.append(what)
        self.say(f"  not looked at: {what}: {remedy}; then run `closedwon forget` again")


def forget(
    store: Store, identifiers: Sequence[str], *, asked: str | None, outs: Sequence[Path] = (), say: Say
) -> Forgotten:
    """Take accounts or leads out of everything that the store and the folders of its nights hold.

    Parameters
    ----------
    store : Store
        Open for writing, so no night is under way.
    identifiers : sequence of str
        Ids, in any way in which CRMs write them.
    asked : str, optional
        `account` or `lead`; by default what the ids are found as.
    outs : sequence of Path
        Folders of score files, where the store cannot know which are its own.
    say : callable
        Takes each line about what was done, and what cannot be.

    Raises
    ------
    UsageError
        If no id is found, or one is found as an account and as a lead and nobody said which is meant.
    ClosedwonError
        If something could not be looked at. All else is done by then.
    """
    settle(store)
    try:
        before = _completed(store, say)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{store.path / JOURNAL} cannot be read ({type(error).__name__}): delete it") from None
    wanted = [name for name in dict.fromkeys(identifiers) if before is None or name not in before[1]]
    if before is not None and not wanted:
        return _checked(before[0])
    folders = score_folders(store, nights(store), outs)
    found = {entity: _found(store, entity, wanted, folders) for entity in ENTITIES if asked in (None, "both", entity)}
    if asked is None and len(found) > 1 and any(all(name in ids for ids in found.values()) for name in wanted):
        raise UsageError("one of the ids is that of an account and of a lead: say which is meant with --entity")
    missing = [name for name in wanted if not any(name in ids for ids in found.values())]
    if missing and len(missing) == len(wanted):
        raise UsageError(f"nothing is kept of {', '.join(missing)}: no such id was found, and nothing was changed")
    ids = {entity: sorted(set().union(*names.values())) for entity, names in found.items() if names}
    if deals := _deals_of(store, ids.get("account", ()), folders):
        ids[OPPORTUNITY] = deals
    journal = {"records": len(wanted) - len(missing), "ids": ids, "outs": [str(out.resolve()) for out in outs]}
    write_text(store.path / JOURNAL, json.dumps(journal))
    os.chmod(store.path / JOURNAL, 0o600)
    for name in missing:
        say(f"Not found: {name}")
    return _checked(_taken_out(store, journal, say))


def finish_forgetting(store: Store, say: Say) -> None:
    """Complete what a killed run has begun; if that fails it is said, and whoever calls this goes on.

    Parameters
    ----------
    store : Store
        Open for writing.
    say : callable
    """
    try:
        _completed(store, say)
    except Exception as error:  # a night must not end for it; `status` tells that it is still open
        say(f"WARNING a `closedwon forget` was not finished and cannot be ({type(error).__name__}): run it again")


def _completed(store: Store, say: Say) -> tuple[Forgotten, set[str]] | None:
    """Complete what a killed run has begun, if one has; gives what was done, and all spellings of the ids."""
    if not (store.path / JOURNAL).exists():
        return None
    say("A `closedwon forget` was ended from outside: it is completed first")
    asked = json.loads((store.path / JOURNAL).read_text(encoding="utf-8"))
    return _taken_out(store, asked, say), {name for names in asked["ids"].values() for name in names}


def _checked(done: Forgotten) -> Forgotten:
    if done.unread:
        raise ClosedwonError(f"all else is done, but not looked at: {'; '.join(done.unread)}")
    return done


def _taken_out(store: Store, asked: Mapping[str, Any], say: Say) -> Forgotten:
    ids: dict[str, list[str]] = asked["ids"]
    work = _Work(say)
    past = nights(store)
    named = [Path(out) for out in asked.get("outs", ())]
    try:
        folders = score_folders(store, past, named)
    except UsageError:  # a folder that was named is not there any more
        folders = score_folders(store, past)
    store.engagement.unlink(missing_ok=True)
    store.engagement.with_suffix(".duckdb.wal").unlink(missing_ok=True)
    for folder in _folders(store, folders.own):
        for file in sorted(folder.iterdir()):
            if file.name.startswith(".") and file.suffix[1:].isdigit():  # a temporary file of a killed run
                file.unlink(missing_ok=True)
            elif file.is_file() and not file.is_symlink():
                count = work.on(file, lambda path: without_rows(path, ids))
                work.rows, work.files = work.rows + count, work.files + (count > 0)
    found = id_pattern(name for names in ids.values() for name in names)
    for file in [*sorted((store.path / "log").glob("*.jsonl*")), *sorted(store.path.glob("last_*.json"))]:
        work.files += work.on(file, lambda path: without_words(path, found))
    for file in examples(store.artifacts):
        work.files += work.on(file, made_up)
    for night in past:
        _state_files(night, folders.own, work)
    for out in folders.unknown:
        work.skip(f"the score files in {out}", "name the folder where this store's are with --out")
    done = Forgotten(asked["records"], work.rows, work.files, tuple(work.unread))
    line = {"at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "records": done.records, "rows": done.rows}
    kept = store.path / DONE
    before = kept.read_text(encoding="utf-8", errors="replace") if kept.exists() else ""
    write_text(kept, f"{before}{json.dumps(line | {'files': done.files, 'not_looked_at': len(done.unread)})}\n")
    (store.path / JOURNAL).unlink()
    _report(store, done, folders, say)
    return done


def _report(store: Store, done: Forgotten, folders: ScoreFolders, say: Say) -> None:
    noun = "record" if done.records == 1 else "records"
    say(f"Forgotten: {done.records:,} {noun}, {done.rows:,} rows taken out of {done.files:,} files")
    say("  the engagement days were removed: the next night reads all activities again, and takes longer")
    for out in folders.gone:
        say(f"  not there any more, and not looked at: {out}")
    if not store.own:
        say(f"  not looked at: the artifacts of {store.location}")
    for what in ELSEWHERE:
        say(f"  not changed: {what}")


def _folders(store: Store, outs: Sequence[Path]) -> Iterator[Path]:
    """The folders with files that have a row for each record."""
    top = [store.ledger, store.path / IMPORTS, store.backtests, store.history, store.calls, store.experiments]
    top += [out / publication.NIGHTS for out in outs]
    for folder in top:
        if folder.is_dir():
            yield folder
            yield from sorted(path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink())


def _found(store: Store, entity: str, identifiers: Sequence[str], folders: ScoreFolders) -> Spellings:
    """How the ids are written in the ledger, the imports, the backtests and the score files, if they are there."""
    tops = [store.ledger, store.ledger / PENDING, *(out / publication.NIGHTS for out in folders.own)]
    id_columns = [
        IdColumn(store.path / IMPORTS, "*.parquet", "unit"),
        IdColumn(store.backtests / entity, "*/*.parquet", "unit"),
        IdColumn(store.calls, f"{entity}_*.parquet", "unit"),
        IdColumn(store.experiments, f"{entity}_*.parquet", "unit"),
        *(IdColumn(store.history, f"{name}_*.parquet", f"{entity}_id") for name in (entity, "deal")),
    ]
    for top in tops:
        id_columns += [
            IdColumn(top, f"[0-9]*/{entity}_{kind}.parquet", f"{entity}_id") for kind in ("scores", "retired")
        ]
        id_columns += [IdColumn(top, f"[0-9]*/{entity}_features.parquet", "unit")]
    if entity == "account":  # of a lead or a deal
        id_columns += [IdColumn(top, "[0-9]*/lead_scores.parquet", "account_id") for top in tops]
        id_columns += [IdColumn(top, DEAL_SCORES, "account_id") for top in tops]
        id_columns += [IdColumn(store.backtests / other, "*/*.parquet", "account") for other in ("lead", OPPORTUNITY)]
    rejected = set[str]()
    for top in tops:
        for file in top.glob(f"[0-9]*/{REJECTS}/*.csv"):
            try:
                rejected |= rejected_ids(file)[entity]
            except (OSError, ValueError, csv.Error):  # named when its rows are looked at
                continue
    return spellings(entity, identifiers, id_columns, sorted(rejected))


def _deals_of(store: Store, accounts: Sequence[str], folders: ScoreFolders) -> list[str]:
    """The scored deals of some accounts: they are forgotten with them, also where a file names the deal alone."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    tops = [store.ledger, store.ledger / PENDING, *(out / publication.NIGHTS for out in folders.own)]
    read = [(file, "opportunity_id", "account_id") for top in tops for file in top.glob(DEAL_SCORES)]
    read += [(file, "unit", "account") for file in (store.backtests / OPPORTUNITY).glob("*/*.parquet")]
    found = set[str]()
    for file, deal, account in read if accounts else ():
        if not fault_of(file, (deal, account)):  # else it is named when its rows are looked at
            rows = pq.read_table(file, columns=[deal, account])
            of_them = pc.is_in(rows.column(account).cast(pa.string()), value_set=pa.array(accounts, pa.string()))
            found |= set(rows.filter(of_them).column(deal).to_pylist())
    return sorted(found)


def _state_files(night: Night, outs: Sequence[Path], work: _Work) -> None:
    """State the size and the digest of the published files anew, in the manifest and in the ledger."""
    for out in outs:
        folder = out / publication.NIGHTS / night.name
        if not night.damage and folder.is_dir():
            work.on(folder / publication.MANIFEST, lambda manifest: _stated(night, manifest))


def _stated(night: Night, manifest: Path) -> int:
    outputs = tuple(
        replace(output, bytes=file.stat().st_size, sha256=sha256_of(file))
        for output in night.record.outputs
        if (file := manifest.parent / output.path).is_file()
    )
    if outputs != tuple(night.record.outputs):
        record = replace(night.record, outputs=outputs)
        _write(manifest, record.manifest())
        _write(night.folder / RECORD, record.to_json())
    return 0


def _write(file: Path, content: Any) -> None:
    write_text(file, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
