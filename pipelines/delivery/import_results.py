"""`closedwon imported`: which rows of a night's files the CRM took, from the results file that it gave back.

closedwon-store/imports/
    salesforce_6f1c0d5e83a94b27.parquet   a row for each id and night: whether it was taken, and if not, why
    salesforce_6f1c0d5e83a94b27.json      the file's name, digest and counts; the import is valid once this file exists

Rows that the CRM refused, and rows whose result is not known, go into the changes of each next night, until the CRM
takes them.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.config import Config
from pipelines.delivery.import_record import Import, make_outcomes, say_recorded
from pipelines.delivery.profiles import profiles
from pipelines.delivery.result_answers import is_answer, read_answer
from pipelines.delivery.result_files import TABLE, read_results
from pipelines.delivery.result_matching import matched_results
from pipelines.delivery.sent_file import read_sent
from pipelines.disk import sha256_of, write_text, written_whole
from pipelines.errors import BadInput, UsageError
from pipelines.store.ledger import nights
from pipelines.store.store import Store
from pipelines.store.upkeep.damaged_nights import fault_of
from scoring.crm.known import PROFILES

FORMAT, FOLDER = "closedwon-import/1", "imports"
#: The name of a record; all other files in the folder are somebody's.
_RECORD = re.compile(r"[a-z]+_[0-9a-f]{16}")
#: Imports are ordered by the number of their night times this, and within a night by when they were recorded.
ORDER = 1_000_000


def imported(
    store: Store,
    config: Config,
    file: Path,
    *,
    crms: Sequence[str] = (),
    asked: str | None = None,
    sent: Path | None = None,
    say: Callable[[str], None],
) -> Import | None:
    """Record which of the scores a CRM took, and why it refused others.

    Parameters
    ----------
    store : Store
        Open for writing.
    config : Config
        Names the fields as they were when the scores were sent.
    file : Path
        A results file of a kind in `scoring.crm.known.RESULTS`, or an answer of a kind in `ANSWERS` there.
    crms : sequence of str
        The CRMs that may have given it back; if empty, all.
    asked : str, optional
        The entity that it must be of; by default it is found from the ids.
    sent : Path, optional
        The file that was sent. Without it, nothing is recorded of rows that the results do not name.
    say : callable
        Takes each line about the result.

    Returns
    -------
    Import or None
        None if there is nothing to record: no rows, or a file that is already recorded.

    Raises
    ------
    BadInput
        If the file is not a results file, or not of any night in the ledger.
    UsageError
        If the file does not exist, is of another CRM, or may be of accounts as well as of leads.
    """
    import duckdb

    named = {profile.name: profile for profile in profiles(crms or tuple(PROFILES), config)}
    digest, sent_digest = _digest(file), None if sent is None else _digest(sent)
    past = nights(store)
    if any(digest == output.sha256 for night in past for output in night.record.outputs):
        raise BadInput(f"{file.name} is a file that was sent to the CRM; expected the file that the CRM gave back")
    if not file.stat().st_size:
        say(f"{file.name} is empty: nothing to record")
        return None
    folder = store.path / FOLDER
    # The answers to two files may be the same.
    mark = (digest if sent_digest is None else hashlib.sha256(f"{digest} {sent_digest}".encode()).hexdigest())[:16]
    if known := sorted(folder.glob(f"*_{mark}.json")):
        say(f"{file.name} is already recorded ({known[0].name}): nothing to do")
        return None
    with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        it = None if sent is None else read_sent(connection, sent, named.values(), Path(scratch))
        read = read_answer(connection, file, named, it, asked) if is_answer(file) else None
        if read is None and is_answer(file):
            nobody = f"{file.name} names nobody who was refused: nothing to record"
            say(f"{nobody} (with --sent, it is recorded who was taken)")
            return None
        results = read or read_results(connection, file, named, Path(scratch))
        if it is None and not any(connection.execute(f"SELECT count(*) FROM {TABLE}").fetchall()[0]):
            say(f"{file.name} has a header and no rows: nothing to record")
            return None
        entity = matched_results(connection, results, past, asked, file.name, it)
        now, records = datetime.now(UTC), sorted(folder.glob("*.json"))
        tables = (record.with_suffix(".parquet") for record in records)
        earlier = [str(table) for table in tables if table.is_file()]  # those of nights long ago are not kept
        result = make_outcomes(connection, results, past, entity, now, 1 + len(records), earlier, it)
        about = {
            "file": file.name,
            "sha256": digest,
            "form": results.kind.name,
            "imported_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        }
        if sent is not None:
            about |= {"sent": sent.name, "sent_sha256": str(sent_digest)}
        _record(connection, folder / f"{result.crm}_{mark}", {"format": FORMAT} | about | vars(result))
    say_recorded(result, file.name, say)
    return result


def keep_those_of(store: Store, kept: Collection[str]) -> None:
    """Remove what CRMs took of nights that are not in the ledger any more; the counts stay, which name nobody.

    Parameters
    ----------
    store : Store
        Open for writing.
    kept : collection of str
        The names of the nights in the ledger.
    """
    for record in (store.path / FOLDER).glob("*.json"):
        try:
            of = json.loads(record.read_text(encoding="utf-8"))["nights"]
        except (OSError, ValueError, KeyError, TypeError):  # somebody's, or torn: it is left alone
            continue
        if _RECORD.fullmatch(record.stem) and not set(of) & set(kept):
            record.with_suffix(".parquet").unlink(missing_ok=True)


def refused(store: Store) -> dict[str, dict[str, frozenset[str]]]:
    """The ids that a CRM refused the last time, by entity and CRM.

    The newest result of an id counts: that of the newest night, and within a night the one recorded last. So an old
    file that is recorded late changes nothing.
    """
    import duckdb

    records = (path.with_suffix(".parquet") for path in sorted((store.path / FOLDER).glob("*.json")))
    files = [str(path) for path in records if _RECORD.fullmatch(path.stem) and not fault_of(path, ("entity", "crm"))]
    if not files:
        return {}
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT entity, crm, unit FROM read_parquet($files) GROUP BY ALL "
            f'HAVING NOT arg_max(took, sequence * {ORDER} + "order") ORDER BY ALL',
            {"files": files},
        ).fetchall()
    ids: dict[str, dict[str, set[str]]] = {}
    for entity, crm, unit in rows:
        ids.setdefault(entity, {}).setdefault(crm, set()).add(unit)
    return {entity: {crm: frozenset(units) for crm, units in crms.items()} for entity, crms in ids.items()}


def _digest(file: Path) -> str:
    try:
        return sha256_of(file)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None


def _record(connection: Any, path: Path, about: Mapping[str, Any]) -> None:
    """Write the rows, and then the file that makes them valid; each in one step."""
    path.parent.mkdir(exist_ok=True)
    with written_whole(path.with_suffix(".parquet")) as temporary:
        connection.table("outcomes").write_parquet(str(temporary))
    write_text(path.with_suffix(".json"), json.dumps(about, indent=1, ensure_ascii=False) + "\n")
