"""`closedwon imported`: which rows of a night's files the CRM took, from the results file that it gave back.

closedwon-store/imports/
    salesforce_6f1c0d5e83a94b27.parquet   a row for each id and night: whether it was taken, and if not, why
    salesforce_6f1c0d5e83a94b27.json      the file's name, digest and counts; the import is valid once this file exists

Rows that the CRM refused go into the changes of each next night, until the CRM takes them.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.config import Config
from pipelines.delivery.profiles import profiles
from pipelines.delivery.result_files import TABLE, Results, read_results
from pipelines.delivery.result_matching import matched, stamp_of
from pipelines.disk import sha256_of, write_text, written_whole
from pipelines.errors import BadInput, UsageError
from pipelines.store.ledger import Night, nights
from pipelines.store.store import Store
from pipelines.store.upkeep.damaged_nights import fault_of
from scoring.crm.known import CONNECTORS, PROFILES

FORMAT, FOLDER = "closedwon-import/1", "imports"
#: The name of a record; all other files in the folder are somebody's.
_RECORD = re.compile(r"[a-z]+_[0-9a-f]{16}")
#: Record ids in an error. They are removed, because with them one error would look like many.
RECORD = rf"\b(?:{'|'.join(crm.record_id for crm in CONNECTORS.values() if crm.record_id)})\b"
#: Imports are ordered by the number of their night times this, and within a night by when they were recorded.
ORDER = 1_000_000
#: The most reasons of refusals that are shown and kept.
SHOWN = 5


@dataclass(frozen=True)
class Import:
    """The record of one results file.

    Attributes
    ----------
    crm, entity : str
    nights : tuple of str
        The nights whose scores were imported.
    taken, failed, unknown : int
        Numbers of rows. Rows that are `unknown` belong to no night in the ledger and are not recorded.
    errors : tuple of (str, int)
        The most frequent reasons of refusals, with the number of rows of each.
    """

    crm: str
    entity: str
    nights: tuple[str, ...]
    taken: int
    failed: int
    unknown: int
    errors: tuple[tuple[str, int], ...]


def imported(
    store: Store,
    config: Config,
    file: Path,
    *,
    crms: Sequence[str] = (),
    asked: str | None = None,
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
        A results file of a kind in `scoring.crm.known.RESULTS`.
    crms : sequence of str
        The CRMs that may have given it back; if empty, all.
    asked : str, optional
        The entity that it must be of; by default it is found from the ids.
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
    digest = _digest(file)
    past = nights(store)
    if any(digest == output.sha256 for night in past for output in night.record.outputs):
        raise BadInput(f"{file.name} is a file that was sent to the CRM; expected the file that the CRM gave back")
    if not file.stat().st_size:
        say(f"{file.name} is empty: nothing to record")
        return None
    folder = store.path / FOLDER
    known = sorted(folder.glob(f"*_{digest[:16]}.json"))
    if known:
        say(f"{file.name} is already recorded ({known[0].name}): nothing to do")
        return None
    with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        results = read_results(connection, file, named, Path(scratch))
        if not any(connection.execute(f"SELECT count(*) FROM {TABLE}").fetchall()[0]):
            say(f"{file.name} has a header and no rows: nothing to record")
            return None
        entity = matched(connection, results, past, asked, file.name)
        now = datetime.now(UTC)
        _make_outcomes(connection, results, past, entity, now, order=1 + sum(1 for _ in folder.glob("*.json")))
        result = _counted(connection, results.profile.name, entity)
        about = {
            "file": file.name,
            "sha256": digest,
            "form": results.kind.name,
            "imported_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        }
        _record(connection, folder / f"{result.crm}_{digest[:16]}", {"format": FORMAT} | about | vars(result))
    _report(result, file.name, say)
    return result


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


def _make_outcomes(
    connection: Any, results: Results, past: Sequence[Night], entity: str, now: datetime, order: int
) -> None:
    """Make the table `outcomes`, as it is recorded: an id is refused in a night if any row of it was refused."""
    connection.execute("CREATE TABLE night_names (sequence BIGINT, night VARCHAR)")
    connection.executemany("INSERT INTO night_names VALUES (?, ?)", [(night.sequence, night.name) for night in past])
    key, matches = results.key(entity), f"matched_{entity}"
    connection.execute(
        f"""
        CREATE TABLE outcomes AS
        WITH answers AS (
            SELECT {key} AS unit, {stamp_of(results, entity)} AS stamp, {results.took} AS took, {results.error} AS error
            FROM {TABLE}
        )
        SELECT '{results.profile.name}' AS crm, '{entity}' AS entity, unit, any_value(night) AS night, sequence,
            bool_and(took) AS took, min(error) FILTER (NOT took) AS error,
            TIMESTAMP '{now:%Y-%m-%d %H:%M:%S}' AS imported_at, CAST({order} AS BIGINT) AS "order"
        FROM answers JOIN {matches} AS matches USING (unit) JOIN night_names USING (sequence)
        WHERE answers.stamp IS NOT DISTINCT FROM matches.stamp
        GROUP BY unit, sequence ORDER BY unit, sequence
        """
    )


def _counted(connection: Any, crm: str, entity: str) -> Import:
    taken, failed = connection.execute(
        "SELECT count(*) FILTER (took), count(*) FILTER (NOT took) FROM outcomes",
    ).fetchone()
    (unknown,) = connection.execute(
        f"SELECT (SELECT count(*) FROM asked_{entity}) - (SELECT count(*) FROM matched_{entity})",
    ).fetchone()
    names = connection.execute("SELECT night FROM outcomes GROUP BY night ORDER BY any_value(sequence)").fetchall()
    errors = connection.execute(
        f"SELECT regexp_replace(error, '{RECORD}', '(id)', 'g') AS reason, count(*) FROM outcomes WHERE NOT took "
        f"GROUP BY reason ORDER BY count(*) DESC, reason LIMIT {SHOWN}"
    ).fetchall()
    return Import(crm, entity, tuple(name for (name,) in names), taken, failed, unknown, tuple(errors))


def _record(connection: Any, path: Path, about: Mapping[str, Any]) -> None:
    """Write the rows, and then the file that makes them valid; each in one step."""
    path.parent.mkdir(exist_ok=True)
    with written_whole(path.with_suffix(".parquet")) as temporary:
        connection.table("outcomes").write_parquet(str(temporary))
    write_text(path.with_suffix(".json"), json.dumps(about, indent=1, ensure_ascii=False) + "\n")


def _report(result: Import, name: str, say: Callable[[str], None]) -> None:
    sent = ", ".join(result.nights)
    say(f"{name}: of {sent}, {result.crm} took {result.taken:,} {result.entity}s and refused {result.failed:,}")
    for reason, count in result.errors:
        say(f"  {count:>7,}  {reason}")
    if result.unknown:
        say(f"  {result.unknown:,} rows are of no night in the ledger and were left out")
    if result.failed:
        say("  the refused ones go into the changes of the next night")
