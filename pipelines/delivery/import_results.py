"""`closedwon imported`: what the CRM took of a night's files, from the results file that it gave back.

closedwon-store/imports/
    salesforce_6f1c0d5e83a94b27.parquet   a row for each id: of which night, whether it was taken, and if not, why
    salesforce_6f1c0d5e83a94b27.json      the file's name, digest and counts; the import counts once this is there

Whoever was not taken last time goes into the next night's changes, until the CRM says that it took them.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.config import Config
from pipelines.delivery.profiles import profiles
from pipelines.delivery.result_files import Results, read_results
from pipelines.delivery.result_matching import matched, stamp_of
from pipelines.errors import BadInput, UsageError
from pipelines.store.ledger import Night, nights
from pipelines.store.store import Store
from scoring.crm.known import PROFILES

FORMAT, FOLDER = "closedwon-import/1", "imports"
#: Record ids in an error, which make one error look like many.
RECORD = r"\b(?:[0a][0-9A-Za-z]{14}|[0a][0-9A-Za-z]{17}|[0-9]{12,})\b"
#: Imports of one night are ordered by when they were recorded, after the night's own number.
ORDER = 1_000_000
SHOWN = 5


@dataclass(frozen=True)
class Import:
    """What was recorded of one results file.

    Attributes
    ----------
    crm, entity : str
    nights : tuple of str
        The nights whose scores these are the results of.
    taken, failed, unknown : int
        Rows; `unknown` ones are of no night in the ledger, and are not recorded.
    errors : tuple of (str, int)
        The commonest reasons and how many rows each is of.
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
    """Record what a CRM took of the scores it was sent.

    Parameters
    ----------
    store : Store
        Open for writing.
    config : Config
        Names the fields, as they were named when the scores were sent.
    file : Path
        What the CRM gave back: Salesforce's successful, failed or unprocessed records, Data Loader's success or
        error file, or Zoho's bulk write result.
    crms, asked : sequence of str, str
        The CRM and the entity that it must be of; otherwise the file tells.

    Returns
    -------
    Import or None
        None if there was nothing to record: no rows, or a file that is recorded already.

    Raises
    ------
    BadInput
        If this is no results file, or not of any night in the ledger.
    UsageError
        If the file is not there, or of another CRM, or could be of accounts as well as of leads.
    """
    import duckdb

    named = {profile.name: profile for profile in profiles(crms or tuple(PROFILES), config)}
    digest = _digest(file)
    past = nights(store)
    if any(digest == output.sha256 for night in past for output in night.record.outputs):
        raise BadInput(f"{file.name} is a file that was sent to the CRM; give what the CRM gave back")
    if not file.stat().st_size:
        say(f"{file.name} is empty: nothing to record")
        return None
    folder = store.path / FOLDER
    known = sorted(folder.glob(f"*_{digest[:16]}.json"))
    if known:
        say(f"{file.name} is recorded already ({known[0].name}): nothing to do")
        return None
    with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        results = read_results(engine, file, named, Path(scratch))
        if not any(engine.execute("SELECT count(*) FROM given").fetchall()[0]):
            say(f"{file.name} has a header and no rows: nothing to record")
            return None
        whose = matched(engine, results, past, asked, file.name)
        now = datetime.now(UTC)
        _judge(engine, results, past, whose, now, order=1 + sum(1 for _ in folder.glob("*.json")))
        found = _counted(engine, results.profile.name, whose)
        about = {
            "file": file.name,
            "sha256": digest,
            "form": results.form.name,
            "imported_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        }
        _record(engine, folder / f"{found.crm}_{digest[:16]}", {"format": FORMAT} | about | vars(found))
    _tell(found, file.name, say)
    return found


def refused(store: Store) -> dict[str, dict[str, frozenset[str]]]:
    """By entity and CRM, the ids whose newest result says that they were not taken.

    The newest result is that of the newest night, and of one night's the one that was recorded last: an old file
    that is recorded late changes nothing.
    """
    import duckdb

    files = [str(path.with_suffix(".parquet")) for path in sorted((store.path / FOLDER).glob("*.json"))]
    if not files:
        return {}
    with duckdb.connect() as engine:
        rows = engine.execute(
            f"SELECT entity, crm, unit FROM read_parquet($files) GROUP BY ALL "
            f'HAVING NOT arg_max(took, sequence * {ORDER} + "order") ORDER BY ALL',
            {"files": files},
        ).fetchall()
    found: dict[str, dict[str, set[str]]] = {}
    for entity, crm, unit in rows:
        found.setdefault(entity, {}).setdefault(crm, set()).add(unit)
    return {entity: {crm: frozenset(units) for crm, units in crms.items()} for entity, crms in found.items()}


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None


def _judge(engine: Any, results: Results, past: Sequence[Night], whose: str, now: datetime, order: int) -> None:
    """Make the table `judged`, as it is recorded: a row for each id and night, not taken if any row of it was not."""
    engine.execute("CREATE TABLE night_names (sequence BIGINT, night VARCHAR)")
    engine.executemany("INSERT INTO night_names VALUES (?, ?)", [(night.sequence, night.name) for night in past])
    key = results.key(whose)
    engine.execute(
        f"""
        CREATE TABLE judged AS
        WITH answers AS (
            SELECT {key} AS unit, {stamp_of(results, whose)} AS stamp, {results.took} AS took, {results.error} AS error
            FROM given
        )
        SELECT '{results.profile.name}' AS crm, '{whose}' AS entity, unit, any_value(night) AS night, sequence,
            bool_and(took) AS took, min(error) FILTER (NOT took) AS error,
            TIMESTAMP '{now:%Y-%m-%d %H:%M:%S}' AS imported_at, CAST({order} AS BIGINT) AS "order"
        FROM answers JOIN told_{whose} AS told USING (unit) JOIN night_names USING (sequence)
        WHERE answers.stamp IS NOT DISTINCT FROM told.stamp
        GROUP BY unit, sequence ORDER BY unit, sequence
        """
    )


def _counted(engine: Any, crm: str, entity: str) -> Import:
    taken, failed = engine.execute(
        "SELECT count(*) FILTER (took), count(*) FILTER (NOT took) FROM judged",
    ).fetchone()
    (unknown,) = engine.execute(
        f"SELECT (SELECT count(*) FROM sent_{entity}) - (SELECT count(*) FROM told_{entity})",
    ).fetchone()
    names = engine.execute("SELECT night FROM judged GROUP BY night ORDER BY any_value(sequence)").fetchall()
    errors = engine.execute(
        f"SELECT regexp_replace(error, '{RECORD}', '(id)', 'g') AS reason, count(*) FROM judged WHERE NOT took "
        f"GROUP BY reason ORDER BY count(*) DESC, reason LIMIT {SHOWN}"
    ).fetchall()
    return Import(crm, entity, tuple(name for (name,) in names), taken, failed, unknown, tuple(errors))


def _record(engine: Any, path: Path, about: Mapping[str, Any]) -> None:
    """Write the rows and then, as what makes them count, what is said of them; each at once."""
    path.parent.mkdir(exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    engine.table("judged").write_parquet(str(fresh))
    fresh.replace(path.with_suffix(".parquet"))
    fresh.write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    fresh.replace(path.with_suffix(".json"))


def _tell(found: Import, name: str, say: Callable[[str], None]) -> None:
    of = ", ".join(found.nights)
    say(f"{name}: {found.crm} took {found.taken:,} {found.entity}s and refused {found.failed:,} of {of}")
    for reason, count in found.errors:
        say(f"  {count:>7,}  {reason}")
    if found.unknown:
        say(f"  {found.unknown:,} rows are of no night in the ledger, and were left out")
    if found.failed:
        say("  those that were refused go into the changes of the next night")
